"""Where a new pipe or cable runs: from place to place, straight or along the streets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pyproj
import shapely

from apps.views.bounded_cache import cached_by_stamp
from apps.views.networks.network_views import NetworkView
from apps.views.view import View
from assets.networks.graph import Graph, nearest_source, path_edges
from gis_data.street_graph import street_graph
from twin.networks.layout.streets import line_along

Place = tuple[float, float]
"""Longitude and latitude [°]."""
_WGS84 = "EPSG:4326"
_DETAIL_M = 0.5
_MOST_POINTS = 400


@dataclass(frozen=True, eq=False)
class _Streets:
    graph: Graph
    lines: npt.NDArray[np.object_]
    tree: shapely.STRtree


def places_of(networks: NetworkView, name: str, carrier: str) -> list[Place]:
    """Give where a line may begin or end at a building or an element, in WGS84.

    Parameters
    ----------
    networks : NetworkView
        Of `Networks.open`.
    name : str
        Id of a building or an element.
    carrier : str
        Network of the line.

    Returns
    -------
    list of tuple of float
        Both ends of a pipe or a cable; of a building, where the network reaches it, else its middle.
    """
    if name in networks.elements.index:
        shape = networks.elements.geometry.loc[name]
        if shape.geom_type == "Point":
            return [(float(shape.x), float(shape.y))]
        ends = shapely.get_coordinates(shape)[[0, -1]]
        return [(float(x), float(y)) for x, y in ends]
    if name not in networks.view.buildings.index:
        return []
    mine = networks.elements["carrier"] == carrier
    for element in networks.elements.index[mine]:
        if name in networks.served.get(str(element), ()):
            point = networks.elements.geometry.loc[element].representative_point()
            return [(float(point.x), float(point.y))]
    middle = networks.view.buildings.geometry.loc[name].representative_point()
    return [(float(middle.x), float(middle.y))]


def line_between(view: View, places: Sequence[Sequence[Place]], *, along_streets: bool) -> tuple[Place, ...]:
    """Lead a line from place to place.

    Parameters
    ----------
    view : View
        Its district has the streets.
    places : sequence of sequence of tuple
        Where it passes, each with the points that it may pass through.
    along_streets : bool
        Whether it follows streets between them, or goes straight.

    Returns
    -------
    tuple of tuple of float
        Longitude and latitude of its points; empty with less than two places.
    """
    if len(places) < 2 or not all(places):
        return ()
    crs = view.district.crs
    there = pyproj.Transformer.from_crs(_WGS84, crs, always_xy=True)
    back = pyproj.Transformer.from_crs(crs, _WGS84, always_xy=True)
    points = _nearest_ends([np.column_stack(there.transform(*np.array(some).T)) for some in places])
    parts = [points[:1]]
    for start, end in pairwise(points):
        if along_streets:
            parts.append(_along(_streets(view), start, end))
        parts.append(end[None])
    line = shapely.simplify(shapely.linestrings(np.concatenate(parts)), _DETAIL_M)
    found = shapely.get_coordinates(line)[:_MOST_POINTS]
    x, y = back.transform(*found.T)
    return tuple((round(float(a), 6), round(float(b), 6)) for a, b in zip(x, y, strict=True))


def _nearest_ends(places: Sequence[npt.NDArray[np.float64]]) -> npt.NDArray[np.float64]:
    """Choose of each place the point nearest to the place before; of the first, nearest to the second."""
    first, second = places[0], places[1]
    far = np.hypot(*(first[:, None] - second[None]).transpose(2, 0, 1))
    chosen = [first[int(far.min(axis=1).argmin())]]
    for some in places[1:]:
        chosen.append(some[int(np.hypot(*(some - chosen[-1]).T).argmin())])
    return np.array(chosen)


@cached_by_stamp
def _streets(view: View) -> _Streets:
    made = street_graph(view.district.tables["streets"])
    mapped = np.zeros(len(made.start), dtype=bool)
    graph = Graph(made.x_m, made.y_m, made.start, made.end, made.length_m, mapped)
    return _Streets(graph, made.lines, shapely.STRtree(shapely.points(made.x_m, made.y_m)))


def _along(streets: _Streets, start: npt.NDArray[np.float64], end: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Points of the shortest way along the streets; none where they do not lead there."""
    first, last = (int(streets.tree.nearest(shapely.points(at))) for at in (start, end))
    if first == last:
        return np.empty((0, 2))
    far, _, through = nearest_source(streets.graph, [first])
    if not np.isfinite(far[last]):
        return np.empty((0, 2))
    edges = path_edges(streets.graph, through, last)[::-1]
    way: npt.NDArray[np.float64] = shapely.get_coordinates(line_along([streets.lines[edge] for edge in edges]))
    graph = streets.graph
    begin = np.array([graph.x_m[first], graph.y_m[first]])
    return way if np.hypot(*(way[0] - begin)) <= np.hypot(*(way[-1] - begin)) else way[::-1]
