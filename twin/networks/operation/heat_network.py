"""A year of a heat or cold network as it is planned: who draws where, what plants give where, what is lost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from assets.catalogue import table
from assets.fluids.water import WATER
from assets.hours_on_disk import hours_array, let_go, row_blocks, row_sums
from assets.networks.graph import Tree
from assets.networks.heat.friction import friction_factor
from assets.networks.heat.inputs import Consumers, HeatLimits, Producers
from assets.networks.heat.pipes import PipeSizes, heat_pipes
from assets.networks.heat.year import HeatYear, heat_year
from assets.time_grid import TimeGrid
from twin.networks.layout.plan import NetworkPlan
from twin.networks.layout.temperatures import Temperatures

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]

GRADIENT_PA_M = 300.0
"""Friction that a pipe may take in its worst hour [Pa/m]: networks are laid out for 100 to 250 (Frederiksen and Werner,
District Heating and Cooling, 2013)."""
KEEP = ("supply_temp_c", "return_temp_c", "mass_flow_kg_s", "pressure_kpa", "loss_kw", "shortfall_kw")
SHARED = 5
"""Substations at the end of a street that share in keeping its pipe warm: assumed; all of them or none would change the
loss of a dense centre by less than a hundredth."""
_NUDGE_M = 1e-7


@dataclass(frozen=True, eq=False)
class WaterYear:
    """A year of a heat or cold network; arrays over nodes and edges in the order of its plan.

    Attributes
    ----------
    supply_temp_c, return_temp_c, pressure_kpa : ndarray of float32, shape (nodes, T)
        [°C], [kPa] between supply and return.
    flow_kg_s, edge_loss_kw : ndarray of float32, shape (edges, T)
        [kg/s] positive away from the root, [kW].
    capacity_kg_s : ndarray, shape (edges,)
        Flow that a pipe is held to: by its velocity or its friction, whichever comes first.
    gradient_pa_m, velocity_m_s : ndarray, shape (edges,)
        Worst of the year.
    shortfall_kw : ndarray of float32, shape (consumers, T)
        What each of the buildings that draw lacks because its supply is too cold.
    drawing : ndarray of int64, shape (consumers,)
        Row of the building of each.
    network_kw : ndarray, shape (T,)
        What plants must give: drawn, lost and stored.
    loss_kw, stored_kw, pump_kw, missing_kw : ndarray, shape (T,)
    producer_kw : mapping of int to ndarray, shape (T,)
        What is given at each node of a producer.
    unsolved : int
        Hours in which flows were not found within a thousandth.
    """

    supply_temp_c: Any
    return_temp_c: Any
    pressure_kpa: Any
    flow_kg_s: Any
    edge_loss_kw: Any
    capacity_kg_s: Array
    gradient_pa_m: Array
    velocity_m_s: Array
    shortfall_kw: Any
    drawing: Index
    network_kw: Array
    loss_kw: Array
    stored_kw: Array
    pump_kw: Array
    missing_kw: Array
    producer_kw: Mapping[int, Array]
    unsolved: int


def water_year_of(
    plan: NetworkPlan,
    load_kw: Any,
    temperatures: Temperatures,
    ground_c: Array,
    time: TimeGrid,
    *,
    balance: int,
    least_c: float,
    injected_kw: Mapping[int, Array] | None = None,
) -> WaterYear:
    """Run a network through the year.

    Parameters
    ----------
    plan : NetworkPlan
        Of heat or cold, with its tree.
    load_kw : ndarray, shape (buildings, T)
        Heat (cold) that the buildings draw [kW].
    temperatures : Temperatures
    ground_c : ndarray, shape (T,)
    time : TimeGrid
        T steps.
    balance : int
        Row of the node whose producer gives what the others don't.
    least_c : float
        Coldest supply (of cold: warmest) that a consumer must get [°C].
    injected_kw : mapping of int to ndarray, shape (T,), optional
        What plants and stores give (negative: take) at other nodes, by the node's row.

    Returns
    -------
    WaterYear
    """
    tree, place = plan.laid_tree, _places(plan)
    load = np.asarray(load_kw)
    drawing = np.flatnonzero((plan.consumers >= 0) & (load > 0.0).any(axis=1))
    heat, node = load[drawing], place[plan.consumers[drawing]]
    hours = load.shape[1]
    given = {row: flow for row, flow in (injected_kw or {}).items() if np.any(flow)}
    taking = {row: np.maximum(-flow, 0.0) for row, flow in given.items() if (flow < 0.0).any()}
    giving = {row: np.maximum(flow, 0.0) for row, flow in given.items() if (flow > 0.0).any() and row != balance}
    if taking:
        heat = np.concatenate([heat, np.stack(list(taking.values())).astype(heat.dtype)])
        node = np.append(node, place[list(taking)])
    if not len(node):
        heat, node = np.zeros((1, hours), dtype=np.float32), place[[plan.entry]]
    fed = np.full((1 + len(giving), hours), np.nan)
    for k, flow in enumerate(giving.values(), start=1):
        fed[k] = flow
    sizes, size_of = pipes_of(plan, tree)
    loop = str(plan.design.get("kind", "")) == "ambient"
    back, drop = temperatures.return_c[None], (temperatures.supply_c - temperatures.return_c)[None]
    bypass = np.zeros(len(node))
    if plan.carrier == "heat" and not loop:
        bypass = bypass_kg_s(
            tree, sizes.u_w_m_k[size_of], node, temperatures, ground_c=ground_c, least_c=least_c,
            shared=int(plan.design.get("bypass_shared", SHARED)),
        )  # fmt: skip
        bypass[len(drawing) :] = 0.0  # plants and stores rest as they like
    year = heat_year(
        tree,
        size_of,
        Consumers(node, heat, return_temp_c=None if loop else back, drop_k=drop if loop else None, bypass_kg_s=bypass),
        # Where others give more than is drawn, the one that balances takes it up: no hour is without a temperature.
        Producers(place[[balance, *giving]], heat_kw=fed, return_temp_c=back if giving or loop else None),
        temperatures.supply_c,
        ground_c,
        sizes=sizes,
        time=time,
        kind="ambient" if loop else "cooling" if plan.carrier == "cold" else "heating",
        limits=HeatLimits(gradient_pa_m=GRADIENT_PA_M, supply_temp_c=least_c),
        keep=KEEP,
    )
    mean_c = float((temperatures.supply_c.mean() + temperatures.return_c.mean()) / 2.0)
    taken = sum(taking.values(), np.zeros(hours))
    return _by_plan(
        plan,
        year,
        capacity=flow_capacity_kg_s(sizes, mean_c)[size_of],
        drawing=drawing,
        producers=[balance, *giving],
        taken=taken,
    )


def _by_plan(
    plan: NetworkPlan, year: HeatYear, *, capacity: Array, drawing: Index, producers: list[int], taken: Array
) -> WaterYear:
    """Bring a year from the tree's order into the plan's."""
    tree = plan.laid_tree

    piped = tree.edge >= 0
    node_at, edge_at = _places(plan), np.full(len(plan.edges), -1, dtype=np.int64)
    edge_at[tree.edge[piped]] = np.flatnonzero(piped)

    def taken_at(values: Any, at: Index, nothing: float) -> Any:
        found = np.asarray(values)[at] if np.ndim(values) == 1 else _reordered(values, at)
        found[at < 0] = nothing
        return found

    nodes, edges = partial(taken_at, at=node_at, nothing=np.nan), partial(taken_at, at=edge_at, nothing=0.0)
    shortfall = year.shortfall_by_consumer_kw
    lacking = np.zeros((0, len(taken)), dtype=np.float32) if shortfall is None else shortfall[: len(drawing)]
    missing = row_sums(lacking)
    given = year.producer_heat_kw
    return WaterYear(
        supply_temp_c=nodes(year.supply_temp_c),
        return_temp_c=nodes(year.return_temp_c),
        pressure_kpa=nodes(year.pressure_kpa),
        flow_kg_s=edges(year.mass_flow_kg_s),
        edge_loss_kw=edges(year.loss_kw_by_pipe),
        capacity_kg_s=edges(capacity),
        gradient_pa_m=edges(year.extremes.gradient),
        velocity_m_s=edges(year.extremes.velocity),
        shortfall_kw=lacking,
        drawing=drawing,
        # Taken by stores and plants is theirs: what is left is drawn by buildings, lost and stored.
        network_kw=given.sum(axis=0) - taken,
        loss_kw=year.loss_kw,
        stored_kw=year.stored_kw,
        pump_kw=year.pump_kw,
        missing_kw=missing,
        producer_kw={row: given[k] for k, row in enumerate(producers)},
        unsolved=len(year.unsolved_hours),
    )


def _reordered(values: Any, at: Index) -> Any:
    """Rows of an array in another order, a block at a time; -1 gives some row."""
    found = hours_array(len(at), values.shape[1])
    for row in row_blocks(*found.shape):
        found[row] = values[at[row]]
        let_go(found, values)
    return found


def bypass_kg_s(
    tree: Tree,
    u_w_m_k: Array,
    node: Index,
    temperatures: Temperatures,
    *,
    ground_c: Array,
    least_c: float,
    shared: int = SHARED,
) -> Array:
    """Flow that each substation lets pass so that its pipes do not go cold, shape (c,) [kg/s].

    Thermostatic valves at the ends of services and streets do this in Nordic networks (Frederiksen and Werner, District
    Heating and Cooling, 2013, ch. 10). Each is sized for its part of the pipes that few others use: that they take half
    of what the supply of mild days has above the least that must arrive. Larger mains that stagnate are not helped.

    Parameters
    ----------
    tree : Tree
    u_w_m_k : ndarray, shape (k,)
        Loss of the supply pipe to the parent [W/(m K)].
    node : ndarray of int64, shape (c,)
        Place in the tree of each consumer.
    temperatures : Temperatures
    ground_c : ndarray, shape (T,)
    least_c : float
        Supply that must arrive [°C].
    shared : int
        Pipes of up to so many substations are kept warm by them, each taking its part.
    """
    count = np.bincount(node, minlength=len(tree.nodes)).astype(np.int64)
    for k in range(len(count) - 1, -1, -1):
        if tree.parent[k] >= 0:
            count[tree.parent[k]] += count[k]
    loss_kw_k = np.where(tree.parent >= 0, u_w_m_k * tree.length_m / 1000.0, 0.0)
    own = np.zeros(len(count))
    for k in range(len(count)):  # parents stand before their children
        if tree.parent[k] >= 0 and 1 <= count[k] <= shared:
            own[k] = loss_kw_k[k] / count[k] + own[tree.parent[k]]
    mild = float(temperatures.supply_c.min())
    allowed = max((mild - least_c) / 2.0, 1.0)
    return np.asarray(own[node] * (mild - float(ground_c.mean())) / (WATER.cp_kj_kg_k * allowed))


def pipes_of(plan: NetworkPlan, tree: Tree) -> tuple[PipeSizes, Index]:
    """Sizes of a plan's pipes, smallest first, and which of them leads to each tree node's parent.

    Raises
    ------
    KeyError
        A size is not in the catalogue.
    """
    named = plan.edges["size"].to_numpy(dtype=object)[tree.edge]
    piped = tree.edge >= 0
    names = sorted(set(named[piped])) or [str(table("heat_pipes")["name"].iloc[0])]
    sizes = sizes_named(tuple(names))
    rank = {name: k for k, name in enumerate(sizes.name)}
    return sizes, np.array([rank[name] if there else 0 for name, there in zip(named, piped, strict=True)], np.int64)


def sizes_named(names: tuple[str, ...]) -> PipeSizes:
    """Sizes of the catalogue by their names, of any families and series, smallest first."""
    rows = table("heat_pipes").set_index("name").loc[list(names)]
    parts: list[tuple[Any, ...]] = []
    for (family, series), group in rows.groupby(["family", "series"]):
        sizes = heat_pipes(str(family), int(series))
        columns = [value for key, value in vars(sizes).items() if key != "name"]
        parts += [
            (name, *(float(column[k]) for column in columns))
            for k, name in enumerate(sizes.name)
            if name in group.index
        ]
    parts.sort(key=lambda part: (part[1], part[0]))
    # Sizes of two makers may be equal inside: they are told apart by less than a hair.
    numbers = [np.array(column) for column in zip(*(part[1:] for part in parts), strict=True)]
    numbers[0] = numbers[0] + _NUDGE_M * np.arange(len(parts))
    return PipeSizes(tuple(part[0] for part in parts), *numbers)


def flow_capacity_kg_s(sizes: PipeSizes, temp_c: float, gradient_pa_m: float = GRADIENT_PA_M) -> Array:
    """Flow at which a size reaches its velocity or its friction, whichever comes first, shape (n,) [kg/s].

    Parameters
    ----------
    sizes : PipeSizes
    temp_c : float
        Mean temperature of the water [°C].
    gradient_pa_m : float
        Friction allowed [Pa/m].
    """
    density, viscosity = float(WATER.density_kg_m3(temp_c)), float(WATER.viscosity_pa_s(temp_c))
    d = sizes.inner_diameter_m
    speed = sizes.max_velocity_m_s.copy()
    rough = sizes.roughness_m / d
    for _ in range(30):  # λ changes little with the velocity: it settles in a few rounds
        factor = friction_factor(density * np.maximum(speed, 1e-6) * d / viscosity, rough)
        speed = np.sqrt(2.0 * d * gradient_pa_m / (factor * density))
    return np.asarray(np.minimum(speed, sizes.max_velocity_m_s) * density * np.pi / 4.0 * d**2)


def _places(plan: NetworkPlan) -> Index:
    """Place in the tree of each row of the plan's nodes; -1 where the tree does not reach."""
    place = np.full(len(plan.nodes), -1, dtype=np.int64)
    place[plan.laid_tree.nodes] = np.arange(len(plan.laid_tree.nodes))
    return place
