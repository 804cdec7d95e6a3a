"""Water: lakes, rivers and basins as mapped, and the sea from the coastline."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gis_data.features import Features, Problem
from gis_data.quantities import parse_layer, parse_length_m
from gis_data.readers.selection import polygonal
from gis_data.schema import conform, project

_KIND_OF_WATER: Mapping[str, str] = {
    "river": "river",
    "stream": "river",
    "canal": "river",
    "oxbow": "lake",
    "lake": "lake",
    "lagoon": "lake",
    "reservoir": "basin",
    "basin": "basin",
    "wastewater": "basin",
    "pool": "basin",
    "lock": "river",
    "moat": "pond",
    "pond": "pond",
    "reflecting_pool": "fountain",
    "fountain": "fountain",
}
_POND_BELOW_M2 = 10_000.0
_LINE_WIDTH_M: Mapping[str, float] = {"river": 10.0, "canal": 8.0, "stream": 2.0}
"""Width in m of a river, canal or stream that is mapped as a line without a width: assumed."""


def water_of(features: Features, crs: str) -> tuple[gpd.GeoDataFrame, tuple[Problem, ...]]:
    """Table `water` of tables.csv.

    Parameters
    ----------
    features : Features
    crs : str
        The district's metric CRS.

    Returns
    -------
    water : geopandas.GeoDataFrame
        Areas as mapped, rivers mapped as lines widened to areas, the sea cut at the bounds (id `sea-1`, `sea-2`, …).
    problems : tuple of Problem
        Coastlines that don't tell where the sea is.
    """
    areas = _mapped_areas(features, crs)
    rivers = _rivers(features, crs, areas)
    sea, problems = _sea(features, crs)
    table = pd.concat([part for part in (areas, rivers, sea) if len(part)] or [areas])
    return conform("water", table, crs), problems


def water_kind(tags: Mapping[str, str], area_m2: float) -> str | None:
    """Kind of water that an area's tags say, or None where it is none.

    Parameters
    ----------
    tags : mapping of str to str
    area_m2 : float
        Still water without a kind is a pond below 1 ha, else a lake.

    Returns
    -------
    str or None
    """
    if tags.get("amenity") == "fountain":
        return "fountain"
    if tags.get("waterway") in {"riverbank", "dock"}:
        return "river"
    if tags.get("landuse") in {"basin", "reservoir"}:
        return "basin"
    if tags.get("natural") != "water" or tags.get("building"):
        return None
    told = _KIND_OF_WATER.get(tags.get("water", ""))
    return told or ("pond" if area_m2 < _POND_BELOW_M2 else "lake")


def sea_areas(coast: Any, box: Any) -> list[Any]:
    """Areas of a box that are sea: to the right of the coastline, as OSM draws it.

    Parameters
    ----------
    coast : array of shapely.LineString
        In their own direction, joined or not, reaching over the edge of the box or ending near it.
    box : shapely.Polygon
        The area to divide.

    Returns
    -------
    list of shapely.Polygon
        The largest first; empty where no coastline enters the box.
    """
    lines = [_to_edge(line, box) for line in _merged(coast) if line.intersects(box)]
    if not lines:
        return []
    # Lines and edge are noded together and not cut first: a cut end misses the edge by the last digit.
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(shapely.union_all([*lines, box.exterior]))))
    faces = faces[shapely.within(shapely.point_on_surface(faces), box)]
    votes = np.zeros(len(faces))
    tree = shapely.STRtree(faces)
    for line in lines:
        points = shapely.get_coordinates(line)
        ahead = np.diff(points, axis=0)
        length = np.hypot(ahead[:, 0], ahead[:, 1])
        ahead, starts, length = ahead[length > 0], points[:-1][length > 0], length[length > 0]
        right = np.column_stack([ahead[:, 1], -ahead[:, 0]]) / length[:, None] * 0.05
        for side, weight in ((right, 1.0), (-right, -1.0)):
            spot, face = tree.query(shapely.points(starts + ahead / 2 + side), predicate="within")
            np.add.at(votes, face, weight * length[spot])
    sea = faces[votes > 0]
    return list(sea[np.argsort(-shapely.area(sea), kind="stable")])


def _mapped_areas(features: Features, crs: str) -> pd.DataFrame:
    # Whether still water is a pond or a lake hangs on its size; whether it is water does not.
    frame = features.where(lambda tags: water_kind(tags, 0.0) is not None, dimensions=[2])
    shapes = polygonal(np.asarray(project(frame.geometry, crs), dtype=object))
    sizes = shapely.area(shapes)
    kinds = [water_kind(tags, size) for tags, size in zip(frame["tags"], sizes, strict=True)]
    names = [tags.get("name") for tags in frame["tags"]]
    table = pd.DataFrame({"kind": kinds, "name": names, "geometry": shapes}, index=frame.index)
    return table[sizes > 0]


def _rivers(features: Features, crs: str, areas: pd.DataFrame) -> pd.DataFrame:
    """Open rivers, canals and streams that are only lines, widened; what runs in mapped water is there already."""
    frame = features.where(_is_open_river, dimensions=[1])
    shapes = np.asarray(project(frame.geometry, crs), dtype=object)
    if len(areas) and len(shapes):
        shapes = shapely.difference(shapes, shapely.union_all(np.asarray(areas["geometry"], dtype=object)))
    width = [parse_length_m(t.get("width")) or _LINE_WIDTH_M[t["waterway"]] for t in frame["tags"]]
    shapes = shapely.buffer(shapes, np.asarray(width, dtype=float) / 2, cap_style="flat", quad_segs=2)
    box = _box(features, crs)
    shapes = shapely.intersection(shapes, box)
    names = [tags.get("name") for tags in frame["tags"]]
    table = pd.DataFrame({"kind": "river", "name": names, "geometry": shapes}, index=frame.index)
    return table[shapely.area(shapes) > 0]


def _is_open_river(tags: Mapping[str, str]) -> bool:
    return tags.get("waterway") in _LINE_WIDTH_M and parse_layer(tags) >= 0 and tags.get("tunnel") != "culvert"


def _sea(features: Features, crs: str) -> tuple[pd.DataFrame, tuple[Problem, ...]]:
    frame = features.where(lambda tags: tags.get("natural") == "coastline", dimensions=[1])
    coast = shapely.get_parts(np.asarray(project(frame.geometry, crs), dtype=object))
    areas = sea_areas(coast, _box(features, crs)) if len(coast) else []
    index = [f"sea-{number}" for number in range(1, len(areas) + 1)]
    table = pd.DataFrame({"kind": "sea", "name": None, "geometry": np.array(areas, dtype=object)}, index=index)
    if len(coast) and not areas and shapely.intersects(coast, _box(features, crs)).any():
        return table, (Problem(frame.index[0], "the coastline does not tell where the sea is", "dropped"),)
    return table, ()


def _merged(coast: Any) -> Any:
    return shapely.get_parts(shapely.line_merge(shapely.multilinestrings(list(coast)), directed=True))


def _to_edge(line: Any, box: Any) -> Any:
    """Coastline whose loose ends inside the box, left by an extract that cut it, go on to the nearest edge."""
    if line.is_closed:
        return line
    points = shapely.get_coordinates(line)
    for at in (0, -1):
        end = shapely.Point(points[at])
        if box.contains(end):
            reach = shapely.get_coordinates(shapely.shortest_line(end, box.exterior))
            # A metre further, so that it crosses the edge whatever the last digit.
            edge = reach[1:] + (reach[1:] - reach[:1]) / max(np.hypot(*(reach[1] - reach[0])), 1e-9)
            points = np.vstack([edge, points]) if at == 0 else np.vstack([points, edge])
    return shapely.linestrings(points)


def _box(features: Features, crs: str) -> Any:
    """Bounds in the metric CRS, with corners on the way so that the edges bend as the projection does."""
    outline = shapely.segmentize(shapely.box(*features.bounds), 0.002)
    return project(gpd.GeoSeries([outline], crs="EPSG:4326"), crs).iloc[0]
