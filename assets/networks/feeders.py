"""Feeders: consumers grouped into areas of transformers, radial feeders, and open rings between substations."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from assets._errors import InputError
from assets.networks._feeder_kernel import assign_by_regret, savings_routes, savings_tree, two_opt
from assets.networks.graph import Array, Graph, Index, nearest_source, path_edges

SHARED_TRENCH = 2.0
"""Cost of a metre where the ring has a cable already against a free one: assumed, so that one digger cuts one arm."""
_ROUNDS = 30


@dataclass(frozen=True)
class Areas:
    """Consumers grouped around sites.

    Attributes
    ----------
    site : ndarray of int64, shape (k,)
        Column of the distance table that each area's site is.
    area : ndarray of int64, shape (c,)
        Area of each consumer, place in `site`; -1 where no site is near enough or the demand alone is too great.
    """

    site: Index
    area: Index


@dataclass(frozen=True)
class Feeders:
    """Radial feeders of one centre.

    Attributes
    ----------
    feeder : ndarray of int64, shape (n,)
        Number of each consumer's feeder, from 0.
    parent : ndarray of int64, shape (n,)
        Consumer that each one hangs on; -1 for those on the centre itself.
    """

    feeder: Index
    parent: Index


@dataclass(frozen=True)
class Ring:
    """A ring from a substation over stops to a substation, run open.

    Attributes
    ----------
    stops : ndarray of int64, shape (k,)
        In the order passed.
    open_leg : int
        Leg that is open in normal operation, 0 to k: leg i leads to stop i, leg k back to the (other) substation.
    length_m : float
        Of all legs [m].
    """

    stops: Index
    open_leg: int
    length_m: float

    @property
    def two_trees(self) -> tuple[Index, Index]:
        """Stops fed from the first end and from the other, each in the order that the current passes them."""
        return self.stops[: self.open_leg], self.stops[self.open_leg :][::-1]


def transformer_areas(
    distance_m: npt.ArrayLike, demand_kw: npt.ArrayLike, capacity_kw: float, *, longest_m: float = np.inf
) -> Areas:
    """Group consumers around as few sites as hold them: capacitated clustering of Mulvey and Beck (1984).

    Parameters
    ----------
    distance_m : array_like, shape (c, s)
        From each consumer to each place where a site may stand, along the streets [m]; infinite where there is no way.
    demand_kw : array_like, shape (c,)
        Peak demand with its diversity [kW].
    capacity_kw : float
        Most that a site may carry [kW].
    longest_m : float
        Farthest that a consumer may be from its site [m]; a place that nothing leads to is never a site.

    Returns
    -------
    Areas

    Raises
    ------
    InputError
        Shapes that don't fit, or distances and demands that are negative or missing.
    """
    distance, demand = _table(distance_m, demand_kw)
    if not capacity_kw > 0.0:
        raise InputError([f"the capacity of a site is {capacity_kw} kW: give more than 0"])
    nearest = distance.min(axis=1, initial=np.inf)
    able = (demand <= capacity_kw) & (nearest <= longest_m) & np.isfinite(nearest)
    if not able.any():
        return Areas(np.empty(0, dtype=np.int64), np.full(len(demand), -1, dtype=np.int64))
    near, load = distance[able], demand[able]
    least = max(1, int(np.ceil(load.sum() / capacity_kw)))
    sites = _spread(near, load, least)
    while True:
        sites, area = _settled(near, load, capacity_kw, sites, longest_m)
        lost = np.flatnonzero(area < 0)
        if len(lost) == 0:
            break
        worst = lost[np.argmax(load[lost])]
        fresh = np.setdiff1d(np.flatnonzero(near[worst] <= longest_m), sites)
        if len(fresh) == 0:  # every place in reach has a site, all of them full
            break
        sites = np.append(sites, fresh[np.argmin(near[worst, fresh])])
    used = np.unique(area[area >= 0])
    found = np.full(len(demand), -1, dtype=np.int64)
    found[able] = np.where(area >= 0, np.searchsorted(used, area), -1)
    return Areas(sites[used], found)


def radial_feeders(
    between_m: npt.ArrayLike, centre_m: npt.ArrayLike, demand_kw: npt.ArrayLike, capacity_kw: float
) -> Feeders:
    """Group consumers into radial feeders: the capacitated minimum spanning tree of Esau and Williams (1966).

    Parameters
    ----------
    between_m : array_like, shape (n, n)
        Way from each consumer to each other [m].
    centre_m : array_like, shape (n,)
        Way from each to the transformer or substation [m].
    demand_kw : array_like, shape (n,)
        Peak demand [kW].
    capacity_kw : float
        Most that a feeder may carry [kW]; a consumer with more has a feeder of its own.

    Returns
    -------
    Feeders

    Raises
    ------
    InputError
        Shapes that don't fit, or ways and demands that are negative, missing or infinite.
    """
    between, demand = _table(between_m, demand_kw, square=True)
    centre, _ = _table(np.atleast_2d(centre_m).T, demand_kw, finite=True)
    count = len(demand)
    table = np.zeros((count + 1, count + 1))
    table[1:, 1:], table[1:, 0], table[0, 1:] = between, centre[:, 0], centre[:, 0]
    group, parent = savings_tree(table, np.append(0.0, demand), float(capacity_kw))
    return Feeders(np.unique(group[1:], return_inverse=True)[1].astype(np.int64), parent[1:] - 1)


def open_rings(
    between_m: npt.ArrayLike,
    start_m: npt.ArrayLike,
    demand_kw: npt.ArrayLike,
    capacity_kw: float,
    *,
    end_m: npt.ArrayLike | None = None,
    most_stops: int = 20,
) -> tuple[Ring, ...]:
    """Join stops into rings by the savings of Clarke and Wright (1964), shortened by turning stretches (Croes 1958).

    Parameters
    ----------
    between_m : array_like, shape (n, n)
        Way from each stop to each other [m].
    start_m : array_like, shape (n,)
        Way from the substation to each stop [m].
    demand_kw : array_like, shape (n,)
        Peak demand of each stop [kW].
    capacity_kw : float
        Most that a ring may carry: either end must hold all of it when the other is cut [kW].
    end_m : array_like, shape (n,), optional
        Way from each stop to the substation at the other end [m]; by default the ring closes at the first.
    most_stops : int
        Most stops of a ring.

    Returns
    -------
    tuple of Ring
        Open where both arms drop the voltage alike: the greater moment of load and distance is least.

    Raises
    ------
    InputError
        Shapes that don't fit, or ways and demands that are negative, missing or infinite.
    """
    between, demand = _table(between_m, demand_kw, square=True)
    start = _table(np.atleast_2d(start_m).T, demand_kw, finite=True)[0][:, 0]
    end = start if end_m is None else _table(np.atleast_2d(end_m).T, demand_kw, finite=True)[0][:, 0]
    count = len(demand)
    one, other = (side.ravel() for side in np.indices((count, count)))
    saved = end[one] + start[other] - between.ravel()
    order = np.argsort(-saved, kind="stable")
    order = order[(saved[order] > 0.0) & (one[order] != other[order])]
    turn = end_m is None
    after, before = savings_routes(order, one, other, demand, float(capacity_kw), int(most_stops), turn=turn)
    table = np.full((count + 2, count + 2), np.inf)
    table[:count, :count] = between
    table[count, :count] = table[:count, count] = start
    table[count + 1, :count] = table[:count, count + 1] = end
    table[count, count + 1] = table[count + 1, count] = 0.0
    return tuple(_ring(table, demand, after, int(first)) for first in np.flatnonzero(before < 0))


def lay_ring(
    graph: Graph, start: int, end: int, stops: npt.ArrayLike, cost: npt.ArrayLike | None = None
) -> list[Index]:
    """Lay a ring's legs along the graph; a way that has a cable of the ring already is taken only where it saves much.

    Parameters
    ----------
    graph : Graph
    start, end : int
        Nodes of the substations at its ends; the same for a ring of one substation.
    stops : array_like of int, shape (k,)
        Nodes of the stops in their order.
    cost : array_like, shape (m,), optional
        Cost of each edge; its length by default.

    Returns
    -------
    list of ndarray of int64
        Edges of each of the k + 1 legs in the order walked; none where two stops share a node.

    Raises
    ------
    InputError
        There is no way to some stop.
    """
    price = np.array(graph.length_m if cost is None else cost, dtype=np.float64)
    passed = [start, *np.asarray(stops, dtype=np.int64).tolist(), end]
    legs: list[Index] = []
    for here, there in itertools.pairwise(passed):
        far, _, through = nearest_source(graph, [there], price, goal=here)
        if not np.isfinite(far[here]):
            raise InputError([f"there is no way from node {here} to node {there}: join the graph's parts first"])
        legs.append(path_edges(graph, through, here))
        fresh = legs[-1][~np.isin(legs[-1], np.concatenate([*legs[:-1], np.empty(0, dtype=np.int64)]))]
        price[fresh] *= SHARED_TRENCH
    return legs


def _ring(table: Array, demand: Array, after: Index, first: int) -> Ring:
    """One ring, shortened, and open where its arms are even."""
    count = len(demand)
    tour = [count, first]
    while after[tour[-1]] >= 0:
        tour.append(int(after[tour[-1]]))
    whole = np.array([*tour, count + 1], dtype=np.int64)
    two_opt(table, whole)
    legs = table[whole[:-1], whole[1:]]
    stops = whole[1:-1]
    from_start = np.concatenate([[0.0], np.cumsum(demand[stops] * np.cumsum(legs)[:-1])])
    back = np.cumsum(legs[::-1])[:-1]
    from_end = np.concatenate([[0.0], np.cumsum(demand[stops][::-1] * back)])[::-1]
    return Ring(stops, int(np.argmin(np.maximum(from_start, from_end))), float(legs.sum()))


def _spread(distance: Array, demand: Array, count: int) -> Index:
    """First sites: the best single one, then each time where demand and distance to the nearest site are greatest."""
    within = np.where(np.isfinite(distance), distance, 1e6)
    sites = [int(np.argmin((demand[:, None] * within).sum(axis=0)))]
    while len(sites) < min(count, distance.shape[1]):
        lack = demand * within[:, sites].min(axis=1)
        nearest = np.argsort(within[int(np.argmax(lack))], kind="stable")
        sites.append(int(next(site for site in nearest if site not in sites)))
    return np.array(sites, dtype=np.int64)


def _settled(distance: Array, demand: Array, capacity_kw: float, sites: Index, longest_m: float) -> tuple[Index, Index]:
    """Assign and move each site to the middle of its area in turn, until no site moves."""
    area = assign_by_regret(distance, demand, capacity_kw, sites, longest_m)
    for _ in range(_ROUNDS):
        moved = sites.copy()
        for k in range(len(sites)):
            members = np.flatnonzero(area == k)
            if len(members):
                reach = distance[members]
                work = np.where((reach <= longest_m).all(axis=0), demand[members] @ np.minimum(reach, 1e9), np.inf)
                work[moved[np.arange(len(sites)) != k]] = np.inf
                moved[k] = int(np.argmin(work))
        if (moved == sites).all():
            break
        again = assign_by_regret(distance, demand, capacity_kw, moved, longest_m)
        if (again < 0).sum() > (area < 0).sum():
            break
        sites, area = moved, again
    return sites, area


def _table(
    distance_m: npt.ArrayLike, demand_kw: npt.ArrayLike, *, square: bool = False, finite: bool = False
) -> tuple[Array, Array]:
    """Distances and demands as arrays that fit; all that is wrong at once."""
    distance, demand = np.asarray(distance_m, dtype=np.float64), np.asarray(demand_kw, dtype=np.float64)
    findings = []
    if distance.ndim != 2 or len(distance) != len(demand) or (square and distance.shape[0] != distance.shape[1]):
        wanted = f"({len(demand)}, {len(demand) if square else 's'})"
        findings.append(f"the distances have the shape {distance.shape}; {len(demand)} demands need {wanted}")
    elif not (distance >= 0.0).all():
        row = int(np.flatnonzero(~(distance >= 0.0).all(axis=1))[0])
        findings.append(f"a distance of consumer {row} is negative or missing: give 0 m or more")
    elif (square or finite) and not np.isfinite(distance).all():
        row = int(np.flatnonzero(~np.isfinite(distance).all(axis=1))[0])
        findings.append(f"consumer {row} cannot be reached from all others: join the graph's parts first")
    if not ((demand >= 0.0) & np.isfinite(demand)).all():
        row = int(np.flatnonzero(~((demand >= 0.0) & np.isfinite(demand)))[0])
        findings.append(f"the demand of consumer {row} is negative or missing: give 0 kW or more")
    if findings:
        raise InputError(findings)
    return distance, demand
