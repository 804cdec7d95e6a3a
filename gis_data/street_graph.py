"""The graph that networks are laid in: streets, and pipes and cables that somebody mapped, as nodes and edges."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from scipy import sparse

from gis_data.features import Problem
from gis_data.noding import cut_all, meeting_points, simple_lines
from gis_data.streets import CLASS_WIDTH_M

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]
Objects = npt.NDArray[Any]

LAYABLE = tuple(kind for kind in CLASS_WIDTH_M if not kind.startswith(("motorway", "trunk")) and kind != "bus_guideway")
"""Kinds of streets that pipes and cables are laid along: all but motorways, trunk roads and guideways."""
CARRIERS = ("heat", "cold", "gas", "hydrogen", "electricity")
"""What mapped ways carry; streets have the empty text."""
_DISTRIBUTION_V = 45_000.0
_TRACTION_V = frozenset({600.0, 750.0, 1500.0, 3000.0})
_POWER_LINES = ("cable", "minor_line")


@dataclass(frozen=True, eq=False)
class StreetGraph:
    """Streets and mapped ways as a graph in metres.

    Attributes
    ----------
    x_m, y_m : ndarray, shape (n,)
        Nodes in the district's CRS [m].
    start, end : ndarray of int64, shape (m,)
        Nodes of each edge.
    length_m : ndarray, shape (m,)
        Length along the line [m].
    carrier : ndarray of str, shape (m,)
        What the mapped way, or the one whose gap it bridges, carries: heat, cold, gas, hydrogen, electricity; empty for
        streets and services.
    kind : ndarray of str, shape (m,)
        "street", "mapped", "gap" (bridges a gap between a loose end and a street) or "service" (to a building).
    layer : ndarray of int64, shape (m,)
        OSM's layer: 1 is a bridge.
    lines : ndarray of shapely.LineString, shape (m,)
        Shape of each edge, to be drawn.
    ways : tuple of tuple of str, length m
        Ids of the ways in the tables `streets`, `pipes` or `power` that the edge is of.
    problems : tuple of Problem
        Gaps bridged and ways left out.
    """

    x_m: Array
    y_m: Array
    start: Index
    end: Index
    length_m: Array
    carrier: Objects
    kind: Objects
    layer: Index
    lines: Objects
    ways: tuple[tuple[str, ...], ...]
    problems: tuple[Problem, ...] = ()

    def mapped(self, carrier: str) -> npt.NDArray[np.bool_]:
        """Edges that follow a mapped way of a carrier, shape (m,)."""
        return np.asarray((self.kind == "mapped") & (self.carrier == carrier), dtype=bool)


@dataclass(frozen=True)
class _Ways:
    """Lines of all tables, one after another."""

    lines: Objects
    carrier: Objects
    kind: Objects
    layer: Index
    ids: Objects


def street_graph(
    streets: gpd.GeoDataFrame,
    pipes: gpd.GeoDataFrame | None = None,
    power: gpd.GeoDataFrame | None = None,
    *,
    kinds: Collection[str] = LAYABLE,
    tunnels: bool = False,
    gap_m: float = 15.0,
    snap_m: float = 1.0,
) -> StreetGraph:
    """Make the graph out of a district's tables.

    Streets are cut where they meet on the same layer; a bridge joins others at its ends only. Mapped ways are cut where
    they cross streets, and their loose ends are joined to the nearest street.

    Parameters
    ----------
    streets : geopandas.GeoDataFrame
        Table `streets` of tables.csv.
    pipes : geopandas.GeoDataFrame, optional
        Table `pipes`, or what `read_network_geojson` returns.
    power : geopandas.GeoDataFrame, optional
        Table `power`: its cables and minor lines of distribution count as mapped electricity.
    kinds : collection of str
        OSM's highway values that networks may be laid along.
    tunnels : bool
        True keeps streets below ground.
    gap_m : float
        Loose ends of mapped ways within this distance of a street or of a way of the same carrier are joined to it. A
        way that is joined nowhere is joined where it is nearest, however far.
    snap_m : float
        The same for loose ends of streets.

    Returns
    -------
    StreetGraph
    """
    ways, problems = _ways(streets, pipes, power, kinds=kinds, tunnels=tunnels)
    if len(ways.lines) == 0:
        none, number = np.empty(0), np.empty(0, dtype=np.int64)
        words = np.empty(0, dtype=object)
        return StreetGraph(none, none, number, number, none, words, words, number, words, (), tuple(problems))
    group = np.searchsorted(np.array(sorted(CARRIERS)), ways.carrier.astype(str)) + 1
    group = np.where(ways.carrier == "", 0, group)
    owner, places = meeting_points(ways.lines, ways.layer, group)
    bridges, feet, tips, more = _gaps(ways, owner, places, gap_m=gap_m, snap_m=snap_m)
    ways = _Ways(
        np.append(ways.lines, bridges),
        np.append(ways.carrier, ways.carrier[tips]),
        np.append(ways.kind, ["gap"] * len(bridges)),
        np.append(ways.layer, ways.layer[tips]),
        np.append(ways.ids, ways.ids[tips]),
    )
    foot_places = shapely.get_coordinates(shapely.get_point(ways.lines[len(ways.lines) - len(bridges) :], -1))
    pieces = cut_all(ways.lines, ways.layer, np.append(owner, feet), np.concatenate([places, foot_places]))
    graph = StreetGraph(
        x_m=pieces.places_m[:, 0].copy(),
        y_m=pieces.places_m[:, 1].copy(),
        start=pieces.start,
        end=pieces.end,
        length_m=shapely.length(pieces.lines),
        carrier=ways.carrier[pieces.owner],
        kind=ways.kind[pieces.owner],
        layer=ways.layer[pieces.owner],
        lines=pieces.lines,
        ways=tuple((str(key),) for key in ways.ids[pieces.owner]),
        problems=(*problems, *more),
    )
    return _without_doubles(graph)


def of_carrier(graph: StreetGraph, carrier: str) -> StreetGraph:
    """Graph for one carrier: streets and services, and mapped ways of this carrier only.

    Parameters
    ----------
    graph : StreetGraph
    carrier : str
        One of `CARRIERS`.

    Returns
    -------
    StreetGraph
        Nodes are numbered anew; those of no edge are gone.
    """
    if carrier not in CARRIERS:
        raise ValueError(f"there is no carrier {carrier!r}: take one of {', '.join(CARRIERS)}")
    return select_edges(graph, np.flatnonzero((graph.carrier == "") | (graph.carrier == carrier)))


def select_edges(graph: StreetGraph, edges: Index) -> StreetGraph:
    """Graph of some edges and their nodes, numbered anew."""
    nodes = np.unique(np.concatenate([graph.start[edges], graph.end[edges]]))
    return replace(
        take_edges(graph, edges),
        x_m=graph.x_m[nodes],
        y_m=graph.y_m[nodes],
        start=np.searchsorted(nodes, graph.start[edges]),
        end=np.searchsorted(nodes, graph.end[edges]),
    )


def take_edges(graph: StreetGraph, edges: Index) -> StreetGraph:
    """Graph of some edges, each as often as it is named, with all nodes as they are."""
    return replace(
        graph,
        start=graph.start[edges],
        end=graph.end[edges],
        length_m=graph.length_m[edges],
        carrier=graph.carrier[edges],
        kind=graph.kind[edges],
        layer=graph.layer[edges],
        lines=graph.lines[edges],
        ways=tuple(graph.ways[k] for k in edges),
    )


def _ways(
    streets: gpd.GeoDataFrame,
    pipes: gpd.GeoDataFrame | None,
    power: gpd.GeoDataFrame | None,
    *,
    kinds: Collection[str],
    tunnels: bool,
) -> tuple[_Ways, list[Problem]]:
    """Lines of the three tables that count, and what is left out."""
    problems: list[Problem] = []
    laid = streets[streets["kind"].isin(list(kinds)) & (tunnels | (streets["layer"] >= 0))]
    parts = [(laid.geometry, [""] * len(laid), "street", laid["layer"].to_numpy(dtype=np.int64))]
    if pipes is not None and len(pipes):
        told = pipes if pipes.crs == streets.crs else pipes.to_crs(streets.crs)
        parts.append((told.geometry, list(told["carrier"]), "mapped", np.zeros(len(told), dtype=np.int64)))
    if power is not None and len(power):
        cables = power[power["kind"].isin(_POWER_LINES) & (power.geometry.geom_type == "LineString")]
        volts = cables["voltage_v"].to_numpy(dtype=float)
        rails, high = np.isin(volts, list(_TRACTION_V)), volts > _DISTRIBUTION_V
        problems += [Problem(str(key), "a cable of a railway or tramway", "dropped") for key in cables.index[rails]]
        problems += [Problem(str(key), "a cable of the transmission grid", "dropped") for key in cables.index[high]]
        cables = cables[~rails & ~high]
        parts.append((cables.geometry, ["electricity"] * len(cables), "mapped", np.zeros(len(cables), dtype=np.int64)))
    ids = np.concatenate([shapes.index.to_numpy(dtype=object) for shapes, *_ in parts])
    kind = np.concatenate([np.full(len(shapes), name, dtype=object) for shapes, _, name, _ in parts])
    carrier = np.concatenate([np.array(told, dtype=object) for _, told, *_ in parts])
    lines = np.concatenate([np.asarray(shapes, dtype=object) for shapes, *_ in parts])
    layer = np.concatenate([level for *_, level in parts])
    plain, source = simple_lines(lines)
    return _Ways(plain, carrier[source], kind[source], layer[source], ids[source]), problems


def _gaps(
    ways: _Ways, owner: Index, places: Array, *, gap_m: float, snap_m: float
) -> tuple[Objects, Index, Index, list[Problem]]:
    """Short lines from loose ends to what is near: the lines, what they lead to, whose ends they are, what to tell."""
    count = len(ways.lines)
    tips = np.concatenate([shapely.get_point(ways.lines, 0), shapely.get_point(ways.lines, -1)])
    whose = np.tile(np.arange(count), 2)
    met = pd.MultiIndex.from_arrays([owner, *np.round(places, 3).T])
    at = pd.MultiIndex.from_arrays([whose, *np.round(shapely.get_coordinates(tips), 3).T])
    mapped = ways.kind == "mapped"
    ring = shapely.is_closed(ways.lines)
    loose = ~at.isin(met) & ~ring[whose]
    reach = np.where(mapped[whose], gap_m, snap_m)
    found = _within(ways, tips, whose, loose, reach)
    label = _parts(ways, owner, places, [(int(whose[k]), hit[0]) for k, hit in found.items()])
    joined = np.isin(label, label[~mapped])
    for part in np.unique(label[~joined]):
        ends = np.flatnonzero((label[whose] == part) & mapped[whose])
        far = {int(k): hit for k in ends if (hit := _nearest_street(ways, tips[k]))}
        if far:
            nearest = min(far, key=lambda k: far[k][1])
            found[nearest] = far[nearest]
    order = sorted(found)
    lines = [shapely.linestrings([*tips[k].coords, _foot(ways.lines[found[k][0]], tips[k])]) for k in order]
    told = [
        Problem(str(ways.ids[whose[k]]), f"a gap of {found[k][1]:.1f} m to {ways.ids[found[k][0]]}", "repaired")
        for k in order
    ]
    real = [n for n, line in enumerate(lines) if line.length > 0.0]
    shapes = np.array([*(lines[n] for n in real), None], dtype=object)[:-1]
    feet = np.array([found[order[n]][0] for n in real], dtype=np.int64)
    return shapes, feet, whose[[order[n] for n in real]].astype(np.int64), [told[n] for n in real]


def _foot(line: Any, tip: Any) -> tuple[float, float]:
    """Place on a line nearest to a tip, to the millimetre as all coordinates are."""
    foot = shapely.line_interpolate_point(line, shapely.line_locate_point(line, tip))
    x, y = np.round(shapely.get_coordinates(foot), 3)[0]
    return float(x), float(y)


def _within(ways: _Ways, tips: Objects, whose: Index, loose: Objects, reach_m: Array) -> dict[int, tuple[int, float]]:
    """Nearest way in reach of each loose end and how far it is: a street of its layer, or a way of its carrier."""
    ends = np.flatnonzero(loose)
    tip, way = shapely.STRtree(ways.lines).query(tips[ends], predicate="dwithin", distance=reach_m[ends])
    end = ends[tip]
    own = whose[end]
    able = (way != own) & (ways.layer[way] == ways.layer[own])
    able &= (ways.carrier[way] == "") | (ways.carrier[way] == ways.carrier[own])
    able &= (ways.kind[own] == "mapped") | (ways.kind[way] == "street")
    end, way = end[able], way[able]
    far = shapely.distance(tips[end], ways.lines[way])
    found: dict[int, tuple[int, float]] = {}
    for k in np.lexsort((way, far)):
        found.setdefault(int(end[k]), (int(way[k]), float(far[k])))
    return found


def _nearest_street(ways: _Ways, tip: Any) -> tuple[int, float] | None:
    """Nearest street at ground level, however far."""
    far = np.where((ways.kind == "street") & (ways.layer == 0), shapely.distance(ways.lines, tip), np.inf)
    best = int(np.argmin(far))
    return (best, float(far[best])) if np.isfinite(far[best]) else None


def _parts(ways: _Ways, owner: Index, places: Array, pairs: list[tuple[int, int]]) -> Index:
    """Find the connected part of each way, by the points that they share and by pairs."""
    count = len(ways.lines)
    spots = np.unique(np.round(places, 3), axis=0, return_inverse=True)[1].ravel() if len(places) else owner
    spots = spots + count
    a = np.concatenate([owner, [pair[0] for pair in pairs]]).astype(np.int64)
    b = np.concatenate([spots, [pair[1] for pair in pairs]]).astype(np.int64)
    size = count + len(places) + 1
    links = sparse.coo_array((np.ones(len(a), dtype=np.int8), (a, b)), shape=(size, size))
    return np.asarray(sparse.csgraph.connected_components(links, directed=False)[1][:count], dtype=np.int64)


def _without_doubles(graph: StreetGraph) -> StreetGraph:
    """Graph without edges that lie on another of the same carrier: mapped ways go before streets, ids are kept."""
    low, high = np.minimum(graph.start, graph.end), np.maximum(graph.start, graph.end)
    shape = shapely.to_wkb(shapely.normalize(graph.lines))
    frame = pd.DataFrame({"low": low, "high": high, "carrier": graph.carrier, "shape": shape})
    group = frame.groupby(list(frame.columns), sort=False).ngroup().to_numpy()
    _, first, inverse = np.unique(group, return_index=True, return_inverse=True)
    if len(first) == len(group):
        return graph
    ways: list[tuple[str, ...]] = [()] * len(first)
    for k, own in zip(inverse, graph.ways, strict=True):
        ways[k] = tuple(dict.fromkeys([*ways[k], *own]))
    graph = replace(graph, ways=tuple(ways[inverse[k]] for k in range(len(inverse))))
    return select_edges(graph, np.sort(first))
