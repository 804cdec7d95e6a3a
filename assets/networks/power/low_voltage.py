"""Low voltage: consumers grouped around substations, and radial feeders along the streets from each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from assets.networks.feeders import radial_feeders, transformer_areas
from assets.networks.graph import Array, Graph, Index, Tree, distances, nearest_source, positions, sum_below, tree_of
from assets.networks.power.coincidence import Diversity
from assets.networks.power.equipment import LOW, cable_capacity_kw, cables
from assets.networks.power.plan import Terrain
from assets.networks.power.sizing import size_feeder
from assets.networks.quarters import quarters
from assets.networks.routing import steiner_tree

_QUARTER = 512
"""Most points that are grouped around new stations at once: every one is held against every other. Assumed."""


@dataclass(frozen=True)
class Stations:
    """Substations and whom they supply.

    Attributes
    ----------
    name : tuple of str
    node : ndarray of int64, shape (s,)
    mapped : ndarray of bool, shape (s,)
    kva : ndarray, shape (s,)
        Known rated power; NaN where it is to be sized [kVA].
    of_consumer : ndarray of int64, shape (c,)
        Station of each consumer at low voltage; -1 for those at medium voltage.
    """

    name: tuple[str, ...]
    node: Index
    mapped: npt.NDArray[np.bool_]
    kva: Array
    of_consumer: Index


@dataclass(frozen=True)
class Feeder:
    """A low-voltage feeder: sections in the order of a sweep, section 0 the busbar.

    Attributes
    ----------
    node : ndarray of int64, shape (k,)
        Graph node at each section's end.
    parent : ndarray of int64, shape (k,)
    edges : tuple of ndarray of int64
        Graph edges of each section, from its parent on.
    length_m, peak_kw : ndarray, shape (k,)
    consumer : ndarray of bool, shape (k,)
        Whether a consumer is at its end.
    cable : tuple of str
    parallel : ndarray of int64, shape (k,)
    drop_percent : float
        Largest drop along it [%].
    """

    node: Index
    parent: Index
    edges: tuple[Index, ...]
    length_m: Array
    peak_kw: Array
    consumer: npt.NDArray[np.bool_]
    cable: tuple[str, ...]
    parallel: Index
    drop_percent: float


def part_peaks(diversity: Diversity, member: Index, parts: npt.ArrayLike, capacity_kw: float) -> Array:
    """Peaks of some points that add up, about, to the peaks of the groups that they will be put into.

    Each point's own peak is scaled by what diversity takes from a group as large as the capacity.

    Parameters
    ----------
    diversity : Diversity
    member : ndarray of int64, shape (c,)
        Consumers.
    parts : array_like of int, shape (c,)
        Point of each consumer, from 0.
    capacity_kw : float
        Of a group.

    Returns
    -------
    ndarray, shape (points,)
    """
    point = np.asarray(parts, dtype=np.int64)
    features = np.zeros((int(point.max(initial=-1)) + 1, diversity.features.shape[1]))
    np.add.at(features, point, diversity.features[member])
    own, whole = diversity.peak_kw(features), features.sum(axis=0)
    groups = max(1.0, float(np.ceil(diversity.peak_kw(whole) / capacity_kw)))
    common = groups * float(diversity.peak_kw(whole / groups))
    return np.asarray(own * min(1.0, common / max(float(own.sum()), 1e-12)))


def place_stations(terrain: Terrain, low: Index, mapped: pd.DataFrame) -> Stations:
    """Give each consumer at low voltage a substation: a mapped one in reach, or one of as few new ones as will do.

    Parameters
    ----------
    terrain : Terrain
    low : ndarray of int64
        Consumers at low voltage.
    mapped : DataFrame
        Mapped substations: index name, columns node and kva (NaN where unknown).

    Returns
    -------
    Stations
    """
    graph, rules, node = terrain.graph, terrain.rules, terrain.node
    share = rules.power_factor * rules.transformer_use
    most = rules.largest_kva * share
    spots, spot = np.unique(node[low], return_inverse=True)
    demand = part_peaks(terrain.diversity, low, spot, most)
    place = mapped["node"].to_numpy(np.int64)
    kva = mapped["kva"] if "kva" in mapped else pd.Series(np.nan, index=mapped.index)
    room = kva.fillna(rules.largest_kva).to_numpy(dtype=np.float64) * share
    far = distances(graph, spots, targets=place, limit=rules.lv_reach_m)
    station = _nearest_with_room(far, demand, room, rules.lv_reach_m)
    names, nodes = [str(name) for name in mapped.index], [int(n) for n in place]
    rest = np.flatnonzero(station < 0)
    site, number = _new_sites(terrain, spots[rest], demand[rest], most)
    lone = np.flatnonzero(number < 0)
    fresh = [*spots[rest][site].tolist(), *spots[rest][lone].tolist()]
    number[lone] = len(site) + np.arange(len(lone))
    station[rest] = len(nodes) + number
    names += [f"station {k + 1}" for k in range(len(fresh))]
    of_consumer = np.full(len(node), -1, dtype=np.int64)
    of_consumer[low] = station[spot]
    known = np.arange(len(names)) < len(nodes)
    rated = np.concatenate([kva.to_numpy(dtype=np.float64), np.full(len(fresh), np.nan)])
    return Stations(tuple(names), np.array([*nodes, *fresh], dtype=np.int64), known, rated, of_consumer)


def _new_sites(terrain: Terrain, spots: Index, demand: Array, most_kw: float) -> tuple[Index, Index]:
    """Sites for points out of reach of all that is mapped, quarter by quarter: place among them, and each one's site.

    Points whose own demand is too great for a site, or that nothing has room for, have -1.
    """
    graph, sites = terrain.graph, [np.empty(0, dtype=np.int64)]
    number, count = np.full(len(spots), -1, dtype=np.int64), 0
    for part in quarters(graph.x_m[spots], graph.y_m[spots], _QUARTER):
        far = distances(graph, spots[part], targets=spots[part])
        areas = transformer_areas(far, demand[part], most_kw, longest_m=terrain.rules.lv_reach_m)
        number[part] = np.where(areas.area >= 0, areas.area + count, -1)
        sites.append(part[areas.site])
        count += len(areas.site)
    return np.concatenate(sites), number


def _nearest_with_room(far: Array, demand: Array, room: Array, reach_m: float) -> Index:
    """Assign points to sites with room, the nearest pairs first; -1 for those that find none."""
    found = np.full(len(demand), -1, dtype=np.int64)
    left = room.copy()
    point, site = np.nonzero(far <= reach_m)
    for k in np.argsort(far[point, site], kind="stable"):
        if found[point[k]] < 0 and left[site[k]] >= demand[point[k]]:
            found[point[k]] = site[k]
            left[site[k]] -= demand[point[k]]
    return found


def lay_feeders(terrain: Terrain, station: int, member: Index) -> list[Feeder]:
    """Lay and size the feeders of one substation.

    Parameters
    ----------
    terrain : Terrain
    station : int
        Its node.
    member : ndarray of int64
        Its consumers that do not stand at that node.

    Returns
    -------
    list of Feeder
    """
    if len(member) == 0:
        return []
    graph, diversity, rules = terrain.graph, terrain.diversity, terrain.rules
    kinds = cables(LOW, rules.country)
    capacity = float(cable_capacity_kw(kinds, rules.power_factor).iloc[-1]) * rules.cable_use
    spots, spot = np.unique(terrain.node[member], return_inverse=True)
    demand = part_peaks(diversity, member, spot, capacity)
    ends = np.append(spots, station)
    ways = distances(graph, ends, terrain.cost, targets=ends)
    found = radial_feeders(ways[:-1, :-1], ways[-1, :-1], demand, capacity)
    features = np.zeros((len(spots), diversity.features.shape[1]))
    np.add.at(features, spot, diversity.features[member])
    around = _around(terrain, station, _AROUND * float(ways[-1, :-1].max()))
    members = [np.flatnonzero(found.feeder == k) for k in range(int(found.feeder.max()) + 1)]
    return [_feeder(terrain, around.tree(spots[own], station), (spots[own], features[own]), kinds) for own in members]


_AROUND = 1.25
"""So much farther than the farthest consumer of a station its feeders look for ways."""


@dataclass(frozen=True)
class _Around:
    """The part of a graph around a station, nodes and edges in their order: a whole town is slow to search."""

    graph: Graph
    cost: Array
    nodes: Index
    edges: Index

    def tree(self, spots: Index, station: int) -> Tree:
        """Find the Steiner tree of some nodes, rooted at the station, in the whole graph's numbers."""
        ends = np.searchsorted(self.nodes, np.append(spots, station))
        tree = tree_of(self.graph, steiner_tree(self.graph, ends, self.cost, rounds=3), ends[-1:])
        edge = np.where(tree.edge >= 0, self.edges[tree.edge], -1) if len(self.edges) else tree.edge
        return Tree(self.nodes[tree.nodes], tree.parent, edge, tree.length_m)


def _around(terrain: Terrain, station: int, longest: float) -> _Around:
    """Cut out what lies no farther from a station than some cost."""
    whole = terrain.graph
    nodes = np.flatnonzero(np.isfinite(nearest_source(whole, [station], terrain.cost, limit=longest)[0]))
    links = whole.links
    many = links.first[nodes + 1] - links.first[nodes]
    entry = np.repeat(links.first[nodes] - np.cumsum(many) + many, many) + np.arange(many.sum())
    # An edge between two nodes of the part stands in the rows of both.
    edges, times = np.unique(links.edge[entry], return_counts=True)
    edges = edges[times == 2]
    start, end = (np.searchsorted(nodes, side[edges]) for side in (whole.start, whole.end))
    part = Graph(whole.x_m[nodes], whole.y_m[nodes], start, end, whole.length_m[edges], whole.mapped[edges])
    return _Around(part, terrain.cost[edges], nodes, edges)


def _feeder(terrain: Terrain, tree: Tree, load: tuple[Index, Array], kinds: pd.DataFrame) -> Feeder:
    """Size one feeder, with a section between any two of its consumers and branches."""
    (spots, features), graph, rules = load, terrain.graph, terrain.rules
    own = np.zeros((len(tree.nodes), features.shape[1]))
    own[positions(tree, spots)] = features
    peak = terrain.diversity.peak_kw(sum_below(tree, own))
    children = np.bincount(tree.parent[tree.parent >= 0], minlength=len(tree.nodes))
    kept = np.isin(tree.nodes, spots) | (children != 1) | (tree.parent < 0)
    row = np.cumsum(kept) - 1
    parent, edges = [], []
    for k in np.flatnonzero(kept):
        way, above = [], int(k)
        while above >= 0 and (above == k or not kept[above]):
            if tree.edge[above] >= 0:
                way.append(int(tree.edge[above]))
            above = int(tree.parent[above])
        parent.append(int(row[above]) if above >= 0 else -1)
        edges.append(np.array(way[::-1], dtype=np.int64))
    length = np.array([graph.length_m[way].sum() for way in edges])
    sized = size_feeder(
        np.array(parent, dtype=np.int64), length, peak[kept], kinds, power_factor=rules.power_factor, kv=rules.lv_kv,
        use=rules.cable_use, limit_percent=rules.lv_drop_percent, most_parallel=rules.most_parallel,
    )  # fmt: skip
    return Feeder(
        node=tree.nodes[kept],
        parent=np.array(parent, dtype=np.int64),
        edges=tuple(edges),
        length_m=length,
        peak_kw=peak[kept],
        consumer=np.isin(tree.nodes[kept], spots),
        cable=tuple(str(kinds.index[k]) for k in sized.cable),
        parallel=sized.parallel,
        drop_percent=float(sized.drop_percent.max()),
    )
