"""Service connections: from each building's wall, or a point, to the street or mapped way that is nearest."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely
from scipy import sparse
from shapely.ops import substring

from gis_data.features import Problem
from gis_data.street_graph import StreetGraph, take_edges

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]
Objects = npt.NDArray[Any]

CROSSING_COST = 5.0
"""A metre under another building counts as so many in the open: assumed; a service goes round where it can."""
_CANDIDATES = 16
_MERGED_M = 0.5
_ISLAND_SHARE = 0.05


@dataclass(frozen=True, eq=False)
class Connection:
    """Buildings joined to a street graph.

    Attributes
    ----------
    graph : StreetGraph
        The graph given, its edges cut where services meet them, and the services (`kind` "service").
    node : ndarray of int64, shape (b,)
        Node of each building; -1 where it could not be connected.
    edge : ndarray of int64, shape (b,)
        Its service; -1 where it stands on the street itself or could not be connected.
    crosses : mapping of str to tuple of str
        Other buildings that a service passes under, by the building that it serves.
    problems : tuple of Problem
        Buildings without a connection, and services under other buildings.
    """

    graph: StreetGraph
    node: Index
    edge: Index
    crosses: Mapping[str, tuple[str, ...]]
    problems: tuple[Problem, ...]


def connect(
    graph: StreetGraph, shapes: gpd.GeoSeries, *, obstacles: gpd.GeoSeries | None = None, longest_m: float = 300.0
) -> Connection:
    """Join buildings or points to the graph by straight services.

    Parameters
    ----------
    graph : StreetGraph
        Of one carrier (`of_carrier`), so that no service leads to somebody else's pipe.
    shapes : geopandas.GeoSeries
        Footprints or points by id, in the graph's CRS.
    obstacles : geopandas.GeoSeries, optional
        Footprints by id that services should not pass under; by default the footprints among the shapes.
    longest_m : float
        Longest service; what lies farther away is not connected, and told.

    Returns
    -------
    Connection
        Each service starts at the wall nearest to where it ends; one that would pass under another building gives way
        to a longer one in the open (`CROSSING_COST`).
    """
    places = np.asarray(shapes, dtype=object)
    ids = shapes.index.astype(str).to_numpy(dtype=object)
    walls = shapes[shapely.get_dimensions(places) == 2] if obstacles is None else obstacles
    building, edge, line = _candidates(graph, places, longest_m)
    crossed, under = _crossed(line, ids[building], walls)
    pick = _cheapest(building, shapely.length(line) + CROSSING_COST * crossed)
    building, edge, line = building[pick], edge[pick], line[pick]
    wider, node, service = _joined(graph, building, edge, line, len(ids))
    crosses = {str(ids[b]): under[k] for b, k in zip(building, pick, strict=True) if k in under}
    problems = [Problem(str(ids[k]), f"no street within {longest_m:g} m", "dropped") for k in np.flatnonzero(node < 0)]
    problems += [Problem(key, f"the service passes under {', '.join(names)}", "kept") for key, names in crosses.items()]
    return Connection(wider, node, service, crosses, tuple(problems))


def _candidates(graph: StreetGraph, places: Objects, longest_m: float) -> tuple[Index, Index, Objects]:
    """Edges near each place, nearest first, and the shortest line there; islands only where nothing else is near."""
    main = _mainland(graph)
    able = np.flatnonzero((graph.layer == 0) & (graph.kind != "service"))
    found = _near(graph, places, able[main[able]], longest_m)
    left = np.setdiff1d(np.arange(len(places)), found[0])
    more = _near(graph, places[left], able, longest_m)
    building = np.concatenate([found[0], left[more[0]]])
    return building, np.concatenate([found[1], more[1]]), np.concatenate([found[2], more[2]])


def _near(graph: StreetGraph, places: Objects, able: Index, longest_m: float) -> tuple[Index, Index, Objects]:
    none: Index = np.empty(0, dtype=np.int64)
    if len(able) == 0 or len(places) == 0:
        return none, none, np.empty(0, dtype=object)
    tree = shapely.STRtree(graph.lines[able])
    (who, _), first = tree.query_nearest(places, return_distance=True, all_matches=False)
    reach = np.full(len(places), -1.0)
    reach[who] = np.minimum(longest_m, 2.0 * first + 30.0)
    reach[who[first > longest_m]] = -1.0
    asked = np.flatnonzero(reach >= 0.0)
    building, edge = tree.query(places[asked], predicate="dwithin", distance=reach[asked])
    building, edge = asked[building], able[edge]
    far = shapely.distance(places[building], graph.lines[edge])
    order = np.lexsort((edge, far, building))
    building, edge = building[order], edge[order]
    begin = np.searchsorted(building, building)
    few = np.arange(len(building)) - begin < _CANDIDATES
    building, edge = building[few], edge[few]
    return building, edge, np.asarray(shapely.shortest_line(places[building], graph.lines[edge]), dtype=object)


def _mainland(graph: StreetGraph) -> npt.NDArray[np.bool_]:
    """Edges of parts that hold a real share of all streets, shape (m,): no footway in a yard that leads nowhere."""
    n = len(graph.x_m)
    links = sparse.coo_array((np.ones(len(graph.start), dtype=np.int8), (graph.start, graph.end)), shape=(n, n))
    label = sparse.csgraph.connected_components(links, directed=False)[1][graph.start]
    length = np.bincount(label, weights=graph.length_m)
    return np.asarray(length[label] >= _ISLAND_SHARE * length.max(initial=0.0), dtype=bool)


def _crossed(lines: Objects, own: Objects, walls: gpd.GeoSeries) -> tuple[Array, dict[int, tuple[str, ...]]]:
    """Metres of each line under buildings other than its own, and whose they are."""
    shapes = np.asarray(walls, dtype=object)
    names = walls.index.astype(str).to_numpy(dtype=object)
    if len(shapes) == 0 or len(lines) == 0:
        return np.zeros(len(lines)), {}
    line, wall = shapely.STRtree(shapes).query(lines, predicate="intersects")
    other = names[wall] != own[line]
    line, wall = line[other], wall[other]
    metres = shapely.length(shapely.intersection(lines[line], shapes[wall]))
    real = metres > 0.1  # a line that only touches a wall passes by
    under: dict[int, tuple[str, ...]] = {}
    for k, name in zip(line[real].tolist(), names[wall[real]], strict=True):
        under[k] = (*under.get(k, ()), str(name))
    total = np.zeros(len(lines))
    np.add.at(total, line[real], metres[real])
    return total, under


def _cheapest(building: Index, cost: Array) -> Index:
    """Place of each building's cheapest candidate, buildings in order."""
    order = np.lexsort((np.arange(len(cost)), cost, building))
    first = np.unique(building[order], return_index=True)[1]
    return np.asarray(order[first], dtype=np.int64)


def _joined(
    graph: StreetGraph, building: Index, edge: Index, line: Objects, count: int
) -> tuple[StreetGraph, Index, Index]:
    """Cut edges where services meet them; the wider graph, and the node and service of each building."""
    wall = shapely.get_coordinates(shapely.get_point(line, 0))
    foot = shapely.get_coordinates(shapely.get_point(line, -1))
    cut, meets = _cut_edges(graph, edge, foot)
    at = np.column_stack([cut.x_m[meets], cut.y_m[meets]])
    real = np.hypot(*(wall - at).T) > _MERGED_M
    n, m, more = len(cut.x_m), len(cut.start), int(real.sum())
    node, service = np.full(count, -1, dtype=np.int64), np.full(count, -1, dtype=np.int64)
    node[building] = meets
    node[building[real]] = n + np.arange(more)
    service[building[real]] = m + np.arange(more)
    lines = shapely.linestrings(np.stack([wall[real], at[real]], axis=1)) if more else np.empty(0, dtype=object)
    wider = replace(
        cut,
        x_m=np.append(cut.x_m, wall[real, 0]),
        y_m=np.append(cut.y_m, wall[real, 1]),
        start=np.append(cut.start, node[building[real]]),
        end=np.append(cut.end, meets[real]),
        length_m=np.append(cut.length_m, shapely.length(lines)),
        carrier=np.append(cut.carrier, np.full(more, "", dtype=object)),
        kind=np.append(cut.kind, np.full(more, "service", dtype=object)),
        layer=np.append(cut.layer, np.zeros(more, dtype=np.int64)),
        lines=np.append(cut.lines, lines),
        ways=cut.ways + ((),) * more,
    )
    return wider, node, service


def _cut_edges(graph: StreetGraph, edge: Index, foot: Array) -> tuple[StreetGraph, Index]:
    """Graph with a node at every foot of a service, and which node that is; feet near each other share one."""
    along = shapely.line_locate_point(graph.lines[edge], shapely.points(foot))
    meets = np.where(along <= _MERGED_M, graph.start[edge], graph.end[edge])
    inside = np.flatnonzero((along > _MERGED_M) & (graph.length_m[edge] - along > _MERGED_M))
    cuts: dict[int, list[float]] = {}
    numbers: dict[int, list[int]] = {}
    count = len(graph.x_m)
    for k in inside[np.lexsort((along[inside], edge[inside]))]:
        own = cuts.setdefault(int(edge[k]), [])
        if not own or along[k] - own[-1] > _MERGED_M:
            own.append(float(along[k]))
            numbers.setdefault(int(edge[k]), []).append(count)
            count += 1
        meets[k] = numbers[int(edge[k])][-1]
    whole = np.setdiff1d(np.arange(len(graph.start)), list(cuts))
    owner, start, end, lines, places = list(whole), list(graph.start[whole]), list(graph.end[whole]), [], []
    for which, at in cuts.items():
        line: Any = graph.lines[which]
        stops = [0.0, *at, float(graph.length_m[which])]
        nodes = [int(graph.start[which]), *numbers[which], int(graph.end[which])]
        lines += [substring(line, a, b) for a, b in itertools.pairwise(stops)]
        places += [line.interpolate(stop).coords[0] for stop in at]
        owner += [which] * (len(nodes) - 1)
        start += nodes[:-1]
        end += nodes[1:]
    shapes = np.array([*graph.lines[whole], *lines, None], dtype=object)[:-1]
    fresh = np.array(places, dtype=float).reshape(-1, 2)
    cut = replace(
        take_edges(graph, np.array(owner, dtype=np.int64)),
        x_m=np.append(graph.x_m, fresh[:, 0]),
        y_m=np.append(graph.y_m, fresh[:, 1]),
        start=np.array(start, dtype=np.int64),
        end=np.array(end, dtype=np.int64),
        lines=shapes,
        length_m=shapely.length(shapes),
    )
    return cut, meets
