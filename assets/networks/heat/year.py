"""A year of a heat, cooling or ambient network on a tree: flows, temperatures, pressures and losses, step by step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from assets._errors import InputError
from assets.fluids.water import WATER, Water
from assets.hours_on_disk import BLOCK_HOURS, hours_array, let_go
from assets.networks.graph import Tree
from assets.networks.heat._book_kernel import Extremes, Kept, Totals
from assets.networks.heat._prepare import Case, prepare
from assets.networks.heat._sweep_kernel import solve, solve_both
from assets.networks.heat._tree_kernel import WIDTH, Block
from assets.networks.heat._year_kernel import book_block, scratch, set_hours
from assets.networks.heat.inputs import Array, Consumers, HeatLimits, HeatState, Ints, Kind, Producers, refuse
from assets.networks.heat.pipes import PipeSizes
from assets.time_grid import TimeGrid

Floats = npt.NDArray[np.float32]

NODE_ARRAYS = ("supply_temp_c", "return_temp_c", "mass_flow_kg_s", "velocity_m_s", "loss_kw", "pressure_kpa")
CONSUMER_ARRAYS = ("consumer_supply_temp_c", "consumer_return_temp_c", "consumer_flow_kg_s", "shortfall_kw")
MISFIT = 1e-4
"""Part of each consumer's heat that flow and temperatures may miss it by; what is booked is balanced all the same."""
_COUNTS = ("_hour", "_hours", "_over", "_under")
UNSOLVED = 1e-3
"""Misfit beyond which an hour counts as unsolved."""


@dataclass(frozen=True)
class HeatYear:
    """Results of T steps. In cooling networks heat is cold throughout, and a loss is warmth taken up.

    Attributes
    ----------
    producer_heat_kw : ndarray, shape (p, T)
        What each producer gives [kW]. The one that balances gives what the network's water stores besides, and takes
        heat (negative) where an ambient network has too much, or where the supply is let cool down faster than heat
        is drawn.
    producer_flow_kg_s : ndarray, shape (p, T)
        Flow of those that balance [kg/s]; 0 for others.
    met_kw, shortfall_kw : ndarray, shape (T,)
        Heat that consumers get, and lack because the supply is too cold for their valves [kW].
    loss_kw : ndarray, shape (T,)
        Heat lost to the ground [kW].
    stored_kw : ndarray, shape (T,)
        Heat that the water in the pipes takes up; negative where it gives [kW].
    pump_kw : ndarray, shape (T,)
        Electricity of all pumps [kW].
    head_kpa : ndarray, shape (s, T)
        Pressure that the balancing producer of each tree gives [kPa].
    misfit : ndarray, shape (T,)
        Part of the worst consumer's heat by which flow and temperatures miss it.
    extremes : Extremes
        Worst values by pipe and consumer, their hours, and hours beyond the limits; see `limits`.
    end : HeatState
        Of the water in the pipes at the end, to go on from.
    supply_temp_c, return_temp_c : ndarray of float32, shape (k, T), optional
        At the tree's nodes [°C]. Only what was asked for in `keep` is there.
    mass_flow_kg_s, velocity_m_s : ndarray of float32, shape (k, T), optional
        In the pipe to the parent; positive where the supply flows away from the root.
    loss_kw_by_pipe : ndarray of float32, shape (k, T), optional
        Of the pair of pipes to the parent [kW].
    pressure_kpa : ndarray of float32, shape (k, T), optional
        Between supply and return at the nodes [kPa].
    consumer_supply_temp_c, consumer_return_temp_c, consumer_flow_kg_s, shortfall_by_consumer_kw : ndarray, optional
        float32 of shape (c, T).
    """

    producer_heat_kw: Array
    producer_flow_kg_s: Array
    met_kw: Array
    shortfall_kw: Array
    loss_kw: Array
    stored_kw: Array
    pump_kw: Array
    head_kpa: Array
    misfit: Array
    extremes: Extremes
    end: HeatState
    supply_temp_c: Floats | None = None
    return_temp_c: Floats | None = None
    mass_flow_kg_s: Floats | None = None
    velocity_m_s: Floats | None = None
    loss_kw_by_pipe: Floats | None = None
    pressure_kpa: Floats | None = None
    consumer_supply_temp_c: Floats | None = None
    consumer_return_temp_c: Floats | None = None
    consumer_flow_kg_s: Floats | None = None
    shortfall_by_consumer_kw: Floats | None = None

    @property
    def balance_kw(self) -> Array:
        """What producers give less what is drawn, lost and stored, shape (T,): zero but for rounding."""
        return np.asarray(self.producer_heat_kw.sum(axis=0) - self.met_kw - self.loss_kw - self.stored_kw)

    @property
    def unsolved_hours(self) -> Ints:
        """Hours in which some consumer's flow was not found within `UNSOLVED` of its heat."""
        return np.flatnonzero(self.misfit > UNSOLVED)


def heat_year(  # noqa: PLR0917 - these six make a network
    tree: Tree,
    pipes: npt.ArrayLike,
    consumers: Consumers,
    producers: Producers,
    supply_temp_c: npt.ArrayLike,
    ground_temp_c: npt.ArrayLike,
    *,
    sizes: PipeSizes,
    time: TimeGrid,
    start: HeatState | None = None,
    kind: Kind = "heating",
    water: Water = WATER,
    fittings: float = 0.0,
    pump_efficiency: float = 0.65,
    limits: HeatLimits | None = None,
    keep: Sequence[str] = (),
) -> HeatYear:
    """Flows, temperatures, pressures, losses and pump power of a network on a tree.

    Each step is solved as a steady state of supply and return together, for any direction of flow in any pipe: heat and
    temperatures give flows, flows give temperatures, by Newton's method. Pipes lose heat along their length [1]_;
    friction follows Colebrook and White [2]_. Pumps hold the pressure at the worst consumer. Water that stands cools
    towards the ground from step to step, and the change of the pipes' content counts as stored.

    Parameters
    ----------
    tree : Tree
        Tree or forest; each tree has one producer that balances it.
    pipes : array_like of int, shape (k,)
        Size of the pipe pair to the parent, see `size_tree`; the roots' don't matter.
    consumers : Consumers
    producers : Producers
    supply_temp_c : array_like
        Temperature that producers feed in at [°C], one value or (T,), as of a heating curve.
    ground_temp_c : array_like
        Undisturbed ground at the pipes' depth [°C], one value or (T,).
    sizes : PipeSizes
        That `pipes` counts in.
    time : TimeGrid
        T steps.
    start : HeatState, optional
        Of the water in the pipes at the start, as `HeatYear.end` of the time before; by default what flows starts
        steady and what stands as warm as the ground.
    kind : {"heating", "cooling", "ambient"}
    water : Water
    fittings : float
        Pressure taken by bends and fittings by that of straight pipes.
    pump_efficiency : float
        Electricity to hydraulic power; 0.65 is a good wet-running pump's at its best point (EN 16297-1).
    limits : HeatLimits, optional
        Hours beyond them are counted.
    keep : sequence of str
        Of `NODE_ARRAYS` and `CONSUMER_ARRAYS`, or "all": each takes 4 bytes a node (consumer) and hour.

    Returns
    -------
    HeatYear

    Raises
    ------
    InputError
        With all that is wrong.

    Notes
    -----
    Friction's own warmth and heat passing between the pipes of a pair are left out.

    An hour is solved where each consumer's (and producer's) flow times its drop is within `MISFIT` of the heat asked
    for, but for valves shut to their bypass or fully open. Where flow turns round between two plants its temperature
    has a kink, and steps could go to and fro over it: the part of a step that an exchanger takes is halved each time
    that its misfit changes its sign without falling to half. Whatever is left after 100 rounds shows in `misfit`. Heat
    is balanced and water is between the ground's and the warmest feed's temperature in such hours as well: a consumer
    takes what it asks for, or what comes through where that is less.

    References
    ----------
    .. [1] V. D. Stevanovic et al., Prediction of thermal transients in district heating systems. Energy Conversion and
       Management 50, 2009: T_out = T_g + (T_in - T_g) exp(-U L / (m cp)).
    .. [2] C. F. Colebrook, Turbulent flow in pipes. J. Inst. Civil Eng. 11, 1939.
    """
    case = prepare(
        tree, pipes, consumers, producers, supply_temp_c=supply_temp_c, ground_temp_c=ground_temp_c, sizes=sizes,
        kind=kind, water=water, fittings=fittings, limits=limits, time=time, start=start,
    )  # fmt: skip
    if not 0.0 < pump_efficiency <= 1.0:
        raise InputError([f"pump_efficiency is {pump_efficiency:g}: give a share above 0 and up to 1"])
    totals, extremes, kept = _results(case, keep)
    block = scratch(len(tree.parent), len(case.exchangers.node), len(case.plants.need_kpa))
    solver = solve_both if case.both else solve
    for t0 in range(0, len(case.hours.ground), WIDTH):
        size = _ask(case, block, t0)
        set_hours(case.exchangers, case.pipes, case.hours, case.liquid, t0, size, block)
        solver(case.pipes, case.exchangers, case.plants, case.liquid, block, case.consumers, MISFIT)
        book_block(
            case.pipes, case.exchangers, case.plants, case.liquid, case.limits, case.state, block, t0, size,
            case.consumers, pump_efficiency, totals, extremes, kept,
        )  # fmt: skip
        if t0 % BLOCK_HOURS == 0:
            let_go(*kept)
    let_go(*kept)
    return _year(case, water, time, totals=totals, extremes=extremes, kept=kept)


def _ask(case: Case, block: Block, t0: int) -> int:
    """Copy a block of hours of what is asked for, whatever its layout; the last hour fills the block up."""
    c, some = case.consumers, slice(t0, t0 + WIDTH)
    size = min(WIDTH, len(case.hours.ground) - t0)
    block.asked[:c, :size], block.aim[:c, :size] = case.asked.consumer_kw[:, some], case.asked.consumer_aim[:, some]
    block.asked[c:, :size], block.aim[c:, :size] = -case.asked.producer_kw[:, some], case.asked.producer_aim[:, some]
    if size < WIDTH:
        block.asked[:, size:], block.aim[:, size:] = block.asked[:, size - 1 : size], block.aim[:, size - 1 : size]
    return size


def _results(case: Case, keep: Sequence[str]) -> tuple[Totals, Extremes, Kept]:
    known = (*NODE_ARRAYS, *CONSUMER_ARRAYS)
    names = {keep} if isinstance(keep, str) else set(keep)
    names = set(known) if names == {"all"} else names
    refuse([f"nothing called {name} can be kept: take of {', '.join(known)}" for name in sorted(names - set(known))])
    k, x, s, hours = (
        len(case.pipes.parent),
        len(case.exchangers.node),
        len(case.plants.need_kpa),
        len(case.hours.ground),
    )
    rows = {
        "head_kpa": s,
        "plant_kw": s,
        "plant_kg_s": s,
        "stored_kw": s,
        "still_kw": s,
        "given_kw": x - case.consumers,
    }
    totals = Totals(**{name: np.zeros((rows[name], hours) if name in rows else hours) for name in Totals._fields})
    extremes = _no_extremes(k, x)
    none = np.zeros((0, 0), dtype=np.float32)
    tall = {name: k if name in NODE_ARRAYS else case.consumers for name in known}
    kept = Kept(**{name: hours_array(tall[name], hours) if name in names else none for name in Kept._fields})
    return totals, extremes, kept


def _end(case: Case) -> HeatState:
    """Bring the state at the end into the tree's own order."""
    k, state = len(case.pipes.parent), case.state
    supply_pipe, return_pipe, supply_node, return_node = (np.empty(k) for _ in range(4))
    supply_pipe[case.pipes.pipe_row], return_pipe[case.pipes.pipe_row] = state.supply_pipe, state.return_pipe
    supply_node[case.pipes.node_row], return_node[case.pipes.node_row] = state.supply_node, state.return_node
    return HeatState(supply_pipe, return_pipe, supply_node, return_node)


def _no_extremes(nodes: int, exchangers: int) -> Extremes:
    rows = {name: nodes if name.startswith(("velocity", "gradient")) else exchangers for name in Extremes._fields}
    values: dict[str, Any] = {
        name: np.zeros(size, dtype=np.int64 if name.endswith(_COUNTS) else np.float64) for name, size in rows.items()
    }
    values["coldest"][:] = np.inf
    return Extremes(**values)


def _year(case: Case, water: Water, time: TimeGrid, *, totals: Totals, extremes: Extremes, kept: Kept) -> HeatYear:
    heat = np.zeros((len(case.balances), len(case.hours.ground)))
    flow = np.zeros_like(heat)
    heat[~case.balances] = totals.given_kw
    heat[case.balance_of] = totals.plant_kw + totals.stored_kw - totals.still_kw
    flow[case.balance_of] = totals.plant_kg_s
    drew = np.isfinite(extremes.coldest)
    coldest = np.where(drew, water.temp_c(case.liquid.sign * np.where(drew, extremes.coldest, 0.0)), np.nan)
    arrays = {name: array if array.size else None for name, array in kept._asdict().items()}
    renamed = {"loss_kw": "loss_kw_by_pipe", "shortfall_kw": "shortfall_by_consumer_kw"}
    consumers = slice(0, case.consumers)
    names = ("coldest_hour", "coldest_under", "missed_kwh", "missed_most", "missed_hour", "missed_hours")
    return HeatYear(
        producer_heat_kw=heat,
        producer_flow_kg_s=flow,
        met_kw=totals.met_kw,
        shortfall_kw=totals.missed_kw,
        loss_kw=totals.loss_kw,
        stored_kw=totals.stored_kw.sum(axis=0),
        pump_kw=totals.pump_kw,
        head_kpa=totals.head_kpa,
        misfit=totals.misfit,
        extremes=extremes._replace(
            coldest=coldest[consumers],
            **{name: getattr(extremes, name)[consumers] for name in names}
            | {"missed_kwh": time.kwh_of(extremes.missed_kwh[consumers])},
        ),
        end=_end(case),
        **{renamed.get(name, name): array for name, array in arrays.items()},
    )
