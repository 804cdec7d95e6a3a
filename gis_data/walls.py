"""Walls: how much of each building faces the open in each direction, and how much a neighbour covers."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gis_data.buildings.north import north_bearing_deg

SECTORS = ("N", "NE", "E", "SE", "S", "SW", "W", "NW")
SECTOR_DEG = 45.0
TOUCH_M = 0.35
"""Walls at most this far apart are one party wall: footprints drawn from aerial images seldom meet exactly, m."""
PARALLEL_COS = 0.94
"""Party walls run side by side: at most 20° apart."""
SHORTEST_M = 0.01

WALL_COLUMNS = ("building_id", "azimuth_deg", "area_m2", "shared_m2", "x_m", "y_m", "height_m")
FloatArray = NDArray[np.float64]


def walls_of(buildings: gpd.GeoDataFrame) -> pd.DataFrame:
    """Wall area of each building by the direction that it faces.

    Courtyards count, gables don't: a wall reaches from the building's underside to its eaves. What touches a
    neighbour is shared up to the lower of the two eaves.

    Parameters
    ----------
    buildings : geopandas.GeoDataFrame
        Index building_id; columns geometry, height_m, min_height_m.

    Returns
    -------
    pandas.DataFrame
        The table `walls` of tables.csv: one row for each building and sector of 45° that has a wall. For each
        building the sum of area_m2 and shared_m2 is its perimeter times its height.
    """
    edges = _edges(buildings)
    height = buildings["height_m"].to_numpy(dtype=np.float64)
    base = buildings["min_height_m"].to_numpy(dtype=np.float64)
    shared, shared_moment = _party_walls(edges, height, base)
    owner = edges["owner"]
    tall = (height - base)[owner]
    total = edges["length"] * tall
    middle = np.column_stack([edges["x"], edges["y"], (height + base)[owner] / 2])
    moment = total[:, None] * middle - shared_moment
    north = _north(buildings)[owner]
    sector = np.round((edges["bearing"] - north) / SECTOR_DEG).astype(np.int64) % len(SECTORS)
    key = owner * len(SECTORS) + sector
    return _by_sector(buildings.index, key, total=total, shared=shared, moment=moment, middle=middle)


def _north(buildings: gpd.GeoDataFrame) -> FloatArray:
    if buildings.empty:
        return np.zeros(0)
    box = shapely.bounds(buildings.geometry.to_numpy())
    return north_bearing_deg(buildings.crs, (box[:, 0] + box[:, 2]) / 2, (box[:, 1] + box[:, 3]) / 2)


def _edges(buildings: gpd.GeoDataFrame) -> dict[str, Any]:
    """Every straight piece of outline, courtyards included, with the outside on its right."""
    shapes = shapely.orient_polygons(buildings.geometry.to_numpy())
    polygons, polygon_owner = shapely.get_parts(shapes, return_index=True)
    rings, ring_polygon = shapely.get_rings(polygons, return_index=True)
    points, ring = shapely.get_coordinates(rings, return_index=True)
    follows = ring[1:] == ring[:-1]
    start, end = points[:-1][follows], points[1:][follows]
    owner = polygon_owner[ring_polygon[ring[:-1][follows]]]
    step = end - start
    length = np.hypot(step[:, 0], step[:, 1])
    real = length > 0
    start, end, step, length, owner = start[real], end[real], step[real], length[real], owner[real]
    # The exterior runs counter-clockwise, so the outward normal is the direction turned right.
    bearing = np.degrees(np.arctan2(step[:, 1], -step[:, 0]))
    return {
        "start": start,
        "end": end,
        "along": step / length[:, None],
        "length": length,
        "owner": owner,
        "bearing": bearing,
        "x": (start[:, 0] + end[:, 0]) / 2,
        "y": (start[:, 1] + end[:, 1]) / 2,
    }


def _party_walls(edges: dict[str, Any], height: FloatArray, base: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Area of each edge that touches a neighbour, m², and its first moments, m³."""
    start, along, length, owner = edges["start"], edges["along"], edges["length"], edges["owner"]
    lines = shapely.linestrings(np.stack([start, edges["end"]], axis=1))
    one, other = _neighbouring_edges(lines, along, owner)
    # Where the other edge lies beside this one, measured along this one.
    first = np.einsum("ij,ij->i", start[other] - start[one], along[one])
    last = np.einsum("ij,ij->i", edges["end"][other] - start[one], along[one])
    begin = np.clip(np.minimum(first, last), 0.0, length[one])
    finish = np.clip(np.maximum(first, last), 0.0, length[one])
    overlap = finish - begin
    apart = _distance_at(edges, one, other, (begin + finish) / 2)
    low = np.maximum(base[owner[one]], base[owner[other]])
    tall = np.minimum(height[owner[one]], height[owner[other]]) - low
    real = (overlap > SHORTEST_M) & (tall > 0) & (apart <= TOUCH_M)
    one, overlap, tall, low = one[real], overlap[real], tall[real], low[real]
    area = overlap * tall
    at = start[one] + along[one] * ((begin + finish)[real] / 2)[:, None]
    moments = area[:, None] * np.column_stack([at, low + tall / 2])
    count = len(length)
    shared = np.bincount(one, area, minlength=count).astype(np.float64)
    moment = np.column_stack([np.bincount(one, moments[:, axis], minlength=count) for axis in range(3)])
    # Two neighbours drawn over each other must not cover more wall than there is.
    total = length * (height - base)[owner]
    too_much = np.where(shared > total, total / np.maximum(shared, 1e-12), 1.0)
    return np.asarray(shared * too_much), np.asarray(moment * too_much[:, None], dtype=np.float64)


def _neighbouring_edges(lines: Any, along: FloatArray, owner: Any) -> tuple[Any, Any]:
    """Pairs of edges of different buildings that lie close and run against each other."""
    one, other = shapely.STRtree(lines).query(lines, predicate="dwithin", distance=TOUCH_M)
    apart = owner[one] != owner[other]
    one, other = one[apart], other[apart]
    against = np.einsum("ij,ij->i", along[one], along[other]) < -PARALLEL_COS
    return one[against], other[against]


def _distance_at(edges: dict[str, Any], one: Any, other: Any, position: FloatArray) -> FloatArray:
    """Distance from a point on one edge to the line of the other, m."""
    point = edges["start"][one] + edges["along"][one] * position[:, None]
    offset = point - edges["start"][other]
    along = edges["along"][other]
    return np.asarray(np.abs(offset[:, 0] * along[:, 1] - offset[:, 1] * along[:, 0]), dtype=np.float64)


def _by_sector(
    index: pd.Index, key: Any, *, total: FloatArray, shared: FloatArray, moment: FloatArray, middle: FloatArray
) -> pd.DataFrame:
    keys, row = np.unique(key, return_inverse=True)
    count = len(keys)
    total_sum = np.bincount(row, total, minlength=count)
    shared_sum = np.bincount(row, shared, minlength=count)
    exposed = np.maximum(total_sum - shared_sum, 0.0)
    # Centre of the open wall; where all of it is shared, of the wall.
    whole = np.column_stack([np.bincount(row, total * middle[:, a], minlength=count) for a in range(3)])
    free = np.column_stack([np.bincount(row, moment[:, a], minlength=count) for a in range(3)])
    is_open = exposed > 1e-6 * np.maximum(total_sum, 1.0)
    exposed[~is_open] = 0.0
    divisor = np.where(is_open, exposed, np.maximum(total_sum, 1e-12))
    centre = np.where(is_open[:, None], free, whole) / divisor[:, None]
    building, sector = keys // len(SECTORS), keys % len(SECTORS)
    ids = index.to_numpy()[building].astype(object)
    names = np.array(SECTORS, dtype=object)[sector]
    return pd.DataFrame(
        {
            "building_id": ids,
            "azimuth_deg": sector * SECTOR_DEG,
            "area_m2": exposed,
            "shared_m2": total_sum - exposed,
            "x_m": centre[:, 0],
            "y_m": centre[:, 1],
            "height_m": centre[:, 2],
        },
        index=pd.Index(ids + "-" + names, name="wall_id"),
    )
