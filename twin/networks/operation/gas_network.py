"""A year of the gas network as it is planned: what is drawn where, what local plants put in, what enters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from assets.networks.gas import GasLimits, GasYear, Injection, blend, gas_pipes, gas_year
from assets.networks.gas.pipes import MAX_VELOCITY_M_S
from twin.networks.layout.plan import NetworkPlan

Array = npt.NDArray[np.float64]

ENTRY_GAS = "natural_gas_fi"
ENTRY_BAR = 4.0
LEAST_BAR = 3.0


@dataclass(frozen=True, eq=False)
class GasNetworkYear:
    """A year of the gas network, nodes and edges in the orders of its plan.

    Attributes
    ----------
    pressure_bar, hydrogen_share, wobbe_kwh_m3 : ndarray of float32, shape (nodes, T)
    flow_m3_h, velocity_m_s : ndarray of float32, shape (edges, T)
        Normal m³/h, positive away from the entry; m/s.
    entry_kw : ndarray, shape (T,)
        Energy that enters from outside, lower heating value.
    injected_kw, curtailed_kw : dict of str to ndarray, shape (T,)
        By the name of what injects.
    limits : GasLimits
    """

    pressure_bar: Any
    hydrogen_share: Any
    wobbe_kwh_m3: Any
    flow_m3_h: Any
    velocity_m_s: Any
    entry_kw: Array
    injected_kw: dict[str, Array]
    curtailed_kw: dict[str, Array]
    limits: GasLimits


def entry_blend(plan: NetworkPlan) -> dict[str, float]:
    """Volume shares of the gas that enters from outside."""
    share = float(plan.design.get("hydrogen_share", 0.0))
    return {ENTRY_GAS: 1.0 - share, "hydrogen": share} if share > 0.0 else {ENTRY_GAS: 1.0}


def gas_limits(plan: NetworkPlan) -> GasLimits:
    """Tell what the network is held to: as it was laid out, and as appliances burn."""
    least = float(plan.design.get("least_bar", LEAST_BAR))
    most = max(0.2, float(plan.design.get("hydrogen_share", 0.0)) if plan.design.get("hydrogen_network") else 0.2)
    return GasLimits(pressure_min_bar=least, hydrogen_share_max=most)


def hydrogen_room(plan: NetworkPlan) -> float:
    """Part of the energy drawn that may come as hydrogen put in on the way, beside what enters with the gas."""
    limit = gas_limits(plan).hydrogen_share_max
    there = entry_blend(plan).get("hydrogen", 0.0)
    if there >= limit:
        return 0.0
    base, pure = blend(entry_blend(plan)).lhv_kwh_m3, blend("hydrogen").lhv_kwh_m3
    # Volume x put into 1 - x of the blend that enters: x + (1 - x) there = limit.
    x = (limit - there) / (1.0 - there)
    return x * pure / (x * pure + (1.0 - x) * base)


def gas_network_year(
    plan: NetworkPlan,
    load_kw: Any,
    others_kw: Mapping[int, Array],
    injections: Sequence[tuple[str, int, str, Array]] = (),
    *,
    ground_c: npt.ArrayLike,
) -> GasNetworkYear:
    """Run the network through the year.

    Parameters
    ----------
    plan : NetworkPlan
        Of gas, with its tree.
    load_kw : ndarray, shape (buildings, T)
        Gas that the buildings draw, lower heating value [kW].
    others_kw : mapping of int to ndarray, shape (T,)
        What plants and stores take, by the node's row [kW].
    injections : sequence of (name, node's row, gas, power)
        What plants put in: "hydrogen", "sng" or "biomethane" [kW].
    ground_c : array_like
        Temperature of the gas [°C].

    Returns
    -------
    GasNetworkYear
    """
    tree = plan.laid_tree
    place = np.zeros(len(plan.nodes), dtype=np.int64)
    place[tree.nodes] = np.arange(len(tree.nodes))
    load = np.asarray(load_kw)
    demand = np.zeros((len(tree.nodes), load.shape[1]))
    for building in np.flatnonzero(load.any(axis=1)):
        row = plan.consumers[building]
        demand[place[row if row >= 0 else plan.entry]] += load[building]
    for row, taken in others_kw.items():
        demand[place[row]] += taken
    sizes = plan.edges["size"].to_numpy(dtype=object)
    pipes = gas_pipes(tuple(str(sizes[edge]) if edge >= 0 else "" for edge in tree.edge))
    year = gas_year(
        tree,
        pipes,
        demand,
        [Injection(int(place[row]), gas, power) for _, row, gas, power in injections],
        entry_gas=entry_blend(plan),
        entry_bar=float(plan.design.get("entry_bar", ENTRY_BAR)),
        ground_c=ground_c,
        limits=gas_limits(plan),
    )
    return _by_plan(plan, year, [name for name, *_ in injections])


def _by_plan(plan: NetworkPlan, year: GasYear, names: Sequence[str]) -> GasNetworkYear:
    tree = plan.laid_tree
    piped = tree.edge >= 0

    def nodes(values: Any) -> Any:
        out = np.full((len(plan.nodes), values.shape[1]), np.nan, dtype=np.float32)
        out[tree.nodes] = values
        return out

    def edges(values: Any) -> Any:
        out = np.zeros((len(plan.edges), values.shape[1]), dtype=np.float32)
        out[tree.edge[piped]] = values[piped]
        return out

    return GasNetworkYear(
        pressure_bar=nodes(year.pressure_bar),
        hydrogen_share=nodes(year.hydrogen_share),
        wobbe_kwh_m3=nodes(year.wobbe_kwh_m3),
        flow_m3_h=edges(year.flow_m3_h),
        velocity_m_s=edges(year.velocity_m_s),
        entry_kw=year.entry_kw.sum(axis=0),
        injected_kw={name: year.injected_kw[k] for k, name in enumerate(names)},
        curtailed_kw={name: year.curtailed_kw[k] for k, name in enumerate(names)},
        limits=year.limits,
    )


VELOCITY_M_S = MAX_VELOCITY_M_S
"""Velocity that a gas pipe is held to [m/s]."""
