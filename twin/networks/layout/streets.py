"""The streets of a district as the graph that a carrier's network is laid in, with a service to every building."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from assets.networks.graph import Graph, components, distances
from gis_data.services import connect
from gis_data.street_graph import StreetGraph, of_carrier, select_edges, street_graph, take_edges
from twin._cache.memo import Memo, content_key
from twin._errors import DistrictDataError
from twin.model.ground import Site
from twin.networks.layout.plan import Index

Array = npt.NDArray[np.float64]

EDGE_M = 60.0
"""So near to the district's edge a network may come in from outside: half a block, assumed."""
LATERAL_M = 10.0
"""Crossings so near to a mapped way are taken to be joined to it: half a street's width and the pavement, assumed."""
_TOUCHING_M = 0.5
_CANDIDATES = 60


@dataclass(frozen=True, eq=False)
class Ground:
    """What a network is laid in.

    Attributes
    ----------
    streets : StreetGraph
        Streets, mapped ways of this carrier and services.
    graph : Graph
        The same, as the router takes it.
    node : ndarray of int64, shape (s,)
        Node of each shape that was connected, buildings first; -1 where there is no street near.
    street : ndarray of str, shape (m,)
        Name of the street that each edge is of; empty without.
    problems : tuple of str
        What a reader should know of the streets and services.
    key : str
        Digest of what it was made of.
    """

    streets: StreetGraph
    graph: Graph
    node: Index
    street: npt.NDArray[Any]
    problems: tuple[str, ...]
    key: str


def make_ground(
    site: Site,
    carrier: str,
    memo: Memo,
    *,
    points: gpd.GeoSeries | None = None,
    pipes: gpd.GeoDataFrame | None = None,
) -> Ground:
    """Join the streets, what is mapped of a carrier, and the buildings as they are.

    Parameters
    ----------
    site : Site
    carrier : str
    memo : Memo
        Remembers it by its content.
    points : geopandas.GeoSeries, optional
        More places to connect, behind the buildings: substations, charging stations.
    pipes : geopandas.GeoDataFrame, optional
        Imported lines of this carrier that stand in the place of what is mapped.

    Returns
    -------
    Ground

    Raises
    ------
    DistrictDataError
        The district has no streets.
    """
    streets = _streets(site)
    base = content_key(streets[["kind", "layer", "name"]], streets.geometry)
    shapes = site.buildings.geometry
    if points is not None and len(points):
        shapes = pd.concat([shapes, points])
    if pipes is None:
        mapped, cables = site.pipes, site.power
        told = content_key(base, mapped, cables)
        whole = memo.get("street graph", told, lambda: street_graph(streets, mapped, cables))
    else:
        told = content_key(base, pipes)
        whole = memo.get("street graph", told, lambda: street_graph(streets, pipes))
    key = content_key(told, carrier, shapes.index.astype(str), shapes)
    return memo.get(f"ground of {carrier}", key, lambda: _connected(site, whole, carrier, shapes, key))


def _streets(site: Site) -> gpd.GeoDataFrame:
    if site.streets is None or not len(site.streets):
        raise DistrictDataError("the district has no streets to lay networks along; build it again, with its streets")
    return site.streets


def _connected(site: Site, whole: StreetGraph, carrier: str, shapes: gpd.GeoSeries, key: str) -> Ground:
    found = connect(with_laterals(of_carrier(whole, carrier), carrier), shapes, obstacles=site.buildings.geometry)
    streets = found.graph
    graph = Graph(
        streets.x_m, streets.y_m, streets.start, streets.end, streets.length_m, np.asarray(streets.mapped(carrier))
    )
    problems = tuple(f"{problem.feature_id}: {problem.what}" for problem in found.problems if problem.done == "dropped")
    return Ground(streets, graph, found.node, street_names(site, streets), problems, key)


def with_laterals(streets: StreetGraph, carrier: str) -> StreetGraph:
    """Join mapped ways to the crossings of streets that they pass, so that no second one is laid beside them.

    Parameters
    ----------
    streets : StreetGraph
        Of one carrier.
    carrier : str

    Returns
    -------
    StreetGraph
        With short edges of the kind "gap" (`LATERAL_M`) more, and the mapped ways cut where these begin.
    """
    mapped = np.flatnonzero(streets.mapped(carrier))
    ground = np.flatnonzero((streets.kind == "street") & (streets.layer == 0))
    spots = np.unique(np.concatenate([streets.start[ground], streets.end[ground]]))
    if not len(mapped) or not len(spots):
        return streets
    places = shapely.points(streets.x_m[spots], streets.y_m[spots])
    lines = shapely.STRtree(streets.lines[mapped])
    near = np.unique(lines.query(places, predicate="dwithin", distance=LATERAL_M)[0])
    near = np.setdiff1d(near, lines.query(places, predicate="dwithin", distance=_TOUCHING_M)[0])
    if not len(near):
        return streets
    spots = spots[near]
    own = np.unique(np.concatenate([streets.start[mapped], streets.end[mapped]]))
    none = gpd.GeoSeries([], index=pd.Index([], dtype=object))
    found = connect(select_edges(streets, mapped), gpd.GeoSeries(places[near]), obstacles=none, longest_m=LATERAL_M)
    more = found.graph
    number = len(streets.x_m) + np.arange(len(more.x_m))
    number[: len(own)] = own
    number[found.node[found.node >= 0]] = spots[found.node >= 0]
    rest = take_edges(streets, np.setdiff1d(np.arange(len(streets.start)), mapped))
    lateral = more.kind == "service"
    wider = replace(
        rest,
        x_m=np.append(rest.x_m, more.x_m),
        y_m=np.append(rest.y_m, more.y_m),
        start=np.append(rest.start, number[more.start]),
        end=np.append(rest.end, number[more.end]),
        length_m=np.append(rest.length_m, more.length_m),
        carrier=np.append(rest.carrier, np.where(lateral, carrier, more.carrier)),
        kind=np.append(rest.kind, np.where(lateral, "gap", more.kind)),
        layer=np.append(rest.layer, more.layer),
        lines=np.append(rest.lines, more.lines),
        ways=rest.ways + more.ways,
    )
    return select_edges(wider, np.arange(len(wider.start)))


def street_names(site: Site, streets: StreetGraph) -> npt.NDArray[Any]:
    """Name of the street that each edge is of, shape (m,); empty without."""
    told = _streets(site)["name"]
    names = dict(zip(told.index.astype(str), told.where(told.notna(), ""), strict=True))
    return np.array([next((names[w] for w in ways if names.get(w)), "") for ways in streets.ways], dtype=object)


def choose_entry(ground: Ground, nodes: Index, load_kw: Array, *, mapped: Sequence[int] = ()) -> tuple[int, str]:
    """Choose where the outside feeds in.

    Parameters
    ----------
    ground : Ground
    nodes : ndarray of int64, shape (c,)
        Where consumers are.
    load_kw : ndarray, shape (c,)
        Their loads.
    mapped : sequence of int
        Nodes of mapped substations; ends of mapped ways are found in the graph.

    Returns
    -------
    node : int
    origin : str
        "mapped" for a substation or the end of a mapped way at the district's edge, "assumed" for a street there: the
        one with the least sum of load times way (the 1-median among them, Hakimi 1964).
    """
    graph = ground.graph
    label = components(graph)
    weight = np.bincount(label[nodes], weights=load_kw + 1e-9, minlength=int(label.max()) + 1)
    reachable = label == int(np.argmax(weight))
    at_edge = reachable & near_edge(ground)
    ends = np.bincount(np.concatenate([graph.start[graph.mapped], graph.end[graph.mapped]]), minlength=graph.node_count)
    tips = np.flatnonzero((ends == 1) & at_edge)
    known = np.unique(np.concatenate([tips, [n for n in mapped if at_edge[n]]])).astype(np.int64)
    if len(known):
        return _cheapest(graph, known, nodes, load_kw), "mapped"
    on_street = np.zeros(graph.node_count, dtype=bool)
    street = ground.streets.kind == "street"
    on_street[graph.start[street]] = on_street[graph.end[street]] = True
    some = np.flatnonzero(on_street & at_edge)
    if not len(some):
        some = np.flatnonzero(reachable)
    return _cheapest(graph, some, nodes, load_kw), "assumed"


def near_edge(ground: Ground) -> npt.NDArray[np.bool_]:
    """Nodes near the edge of the rectangle around all that is connected, shape (n,)."""
    graph, own = ground.graph, ground.node[ground.node >= 0]
    if not len(own):
        return np.ones(graph.node_count, dtype=bool)
    x, y = graph.x_m, graph.y_m
    inside = [x - x[own].min(), x[own].max() - x, y - y[own].min(), y[own].max() - y]
    return np.asarray(np.min(inside, axis=0) < EDGE_M, dtype=bool)


def _cheapest(graph: Graph, candidates: Index, nodes: Index, load_kw: Array) -> int:
    straight = [float(load_kw @ np.hypot(graph.x_m[nodes] - graph.x_m[c], graph.y_m[nodes] - graph.y_m[c]))
                for c in candidates]  # fmt: skip
    few = candidates[np.argsort(straight, kind="stable")[:_CANDIDATES]]
    way = distances(graph, few, targets=nodes)
    far = np.where(np.isfinite(way), way, 0.0) @ load_kw + 1e9 * (~np.isfinite(way)).sum(axis=1)
    return int(few[int(np.argmin(far))])


def street_along(ground: Ground, graph: Graph, edges: Sequence[int]) -> str:
    """Name of the street that most of some edges is along."""
    metres: dict[str, float] = {}
    for edge in edges:
        if edge < len(ground.street) and ground.street[edge]:
            metres[str(ground.street[edge])] = metres.get(str(ground.street[edge]), 0.0) + float(graph.length_m[edge])
    return max(metres, key=lambda name: metres[name], default="")


def edge_line(ground: Ground, graph: Graph, edge: int) -> Any:
    """Shape of an edge; straight where it bridges a gap."""
    if edge < len(ground.streets.lines):
        return ground.streets.lines[edge]
    a, b = int(graph.start[edge]), int(graph.end[edge])
    return shapely.linestrings([(graph.x_m[a], graph.y_m[a]), (graph.x_m[b], graph.y_m[b])])


def line_along(lines: Sequence[Any]) -> Any:
    """One line of pieces that follow each other, whichever way each is drawn."""
    parts = [shapely.get_coordinates(line) for line in lines]
    if len(parts) == 1:
        return shapely.linestrings(parts[0])
    first, second = parts[0], parts[1]
    if min(_gap(first[-1], second[0]), _gap(first[-1], second[-1])) > min(
        _gap(first[0], second[0]), _gap(first[0], second[-1])
    ):
        first = first[::-1]
    points = [first]
    for part in parts[1:]:
        forward = _gap(points[-1][-1], part[0]) <= _gap(points[-1][-1], part[-1])
        points.append(part[1:] if forward else part[::-1][1:])
    return shapely.linestrings(np.concatenate(points))


def _gap(one: Array, other: Array) -> float:
    return float(np.hypot(*(one - other)))
