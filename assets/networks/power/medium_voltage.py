"""Medium voltage: open rings from the primary substation through the stops, safe when any section is cut."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from assets.networks.feeders import lay_ring, open_rings
from assets.networks.graph import Array, Graph, Index, distances
from assets.networks.power.equipment import MEDIUM, cable_capacity_kw, cables
from assets.networks.power.low_voltage import part_peaks
from assets.networks.power.plan import Terrain
from assets.networks.power.sizing import drop_percent
from assets.networks.quarters import quarters

_QUARTER = 128
"""Most stops that are joined into rings at once: every one is held against every other. Assumed."""


@dataclass(frozen=True)
class LaidRing:
    """A ring, laid and sized.

    Attributes
    ----------
    stops : ndarray of int64, shape (k,)
        Places in the list of stops, in the order passed.
    open_leg : int
        Leg that is open in normal operation: leg i leads to stop i, leg k back.
    legs : tuple of ndarray of int64
        Graph edges of the k + 1 legs.
    peak_kw : ndarray, shape (k + 1,)
        Peak of each leg in normal operation; 0 for the open one [kW].
    cable : str
    parallel : int
    drop_percent : float
        When all is fed from the worse end [%].
    """

    stops: Index
    open_leg: int
    legs: tuple[Index, ...]
    peak_kw: Array
    cable: str
    parallel: int
    drop_percent: float


def best_infeed(graph: Graph, stops: Index, demand: Array) -> int:
    """Node with the least sum of demand times way to all stops (the 1-median, Hakimi 1964)."""
    reach = distances(graph, stops)
    return int(
        np.argmin(np.where(np.isfinite(reach).all(axis=0), demand @ np.where(np.isfinite(reach), reach, 0), np.inf))
    )


def lay_rings(terrain: Terrain, infeed: int, stops: Index, stop_of: Index) -> list[LaidRing]:
    """Lay and size the rings.

    Parameters
    ----------
    terrain : Terrain
    infeed : int
        Node of the primary substation.
    stops : ndarray of int64, shape (n,)
        Nodes to be supplied, none of them the infeed.
    stop_of : ndarray of int64, shape (c,)
        Stop of each consumer, -1 for those at the infeed's node.

    Returns
    -------
    list of LaidRing
    """
    if len(stops) == 0:
        return []
    graph, diversity, rules = terrain.graph, terrain.diversity, terrain.rules
    kinds = cables(MEDIUM, rules.country)
    capacity = cable_capacity_kw(kinds, rules.power_factor).to_numpy(float) * rules.ring_use
    member = np.flatnonzero(stop_of >= 0)
    demand = np.zeros(len(stops))
    known = part_peaks(diversity, member, stop_of[member], float(capacity[-1]))
    demand[: len(known)] = known
    start = distances(graph, [infeed], terrain.cost, targets=stops)[0]
    features = np.zeros((len(stops), diversity.features.shape[1]))
    np.add.at(features, stop_of[member], diversity.features[member])
    found = []
    for part in quarters(graph.x_m[stops], graph.y_m[stops], _QUARTER):
        ways = distances(graph, stops[part], terrain.cost, targets=stops[part])
        rings = open_rings(ways, start[part], demand[part], float(capacity[-1]), most_stops=rules.ring_stops)
        for ring in rings:
            passed = part[ring.stops]
            legs = tuple(lay_ring(graph, infeed, infeed, stops[passed], terrain.cost))
            found.append(_sized(terrain, passed, ring.open_leg, legs, features))
    return found


def _sized(terrain: Terrain, stops: Index, open_leg: int, legs: tuple[Index, ...], features: Array) -> LaidRing:
    """One cable type all around, that carries the whole ring from either end and keeps the voltage."""
    diversity, rules = terrain.diversity, terrain.rules
    kinds = cables(MEDIUM, rules.country)
    capacity = cable_capacity_kw(kinds, rules.power_factor).to_numpy(float) * rules.ring_use
    length = np.array([terrain.graph.length_m[leg].sum() for leg in legs])
    own = features[stops]
    onward = np.array([float(diversity.peak_kw(own[k:].sum(axis=0))) for k in range(len(stops))])
    backward = np.array([float(diversity.peak_kw(own[: k + 1].sum(axis=0))) for k in range(len(stops))])
    tangent = float(np.tan(np.arccos(rules.power_factor)))
    parallel = int(np.clip(np.ceil(onward[0] / capacity[-1] - 1e-9), 1, rules.most_parallel))
    row = int(np.minimum(np.searchsorted(capacity, onward[0] / parallel - 1e-9), len(kinds) - 1))
    while True:
        r, x = float(kinds["r_ohm_per_km"].iloc[row]), float(kinds["x_ohm_per_km"].iloc[row])
        ends = [drop_percent(flow, part, r=r, x=x, tangent=tangent, kv=rules.mv_kv).sum() / parallel
                for flow, part in ((onward, length[:-1]), (backward, length[1:]))]  # fmt: skip
        if max(ends) <= rules.mv_drop_percent or (row == len(kinds) - 1 and parallel >= rules.most_parallel):
            break
        row, parallel = (row + 1, parallel) if row < len(kinds) - 1 else (row, parallel + 1)
    first = [float(diversity.peak_kw(own[k:open_leg].sum(axis=0))) for k in range(open_leg)]
    second = [float(diversity.peak_kw(own[open_leg:k].sum(axis=0))) for k in range(open_leg + 1, len(stops) + 1)]
    return LaidRing(
        stops=stops, open_leg=open_leg, legs=legs, peak_kw=np.array([*first, 0.0, *second]),
        cable=str(kinds.index[row]), parallel=parallel, drop_percent=float(max(ends)),
    )  # fmt: skip
