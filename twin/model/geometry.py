"""What the sun's models need of footprints: edges with heights, and points on roofs and walls."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Edges:
    """Upper edges of buildings, as horizons are made of.

    Attributes
    ----------
    xy_m : ndarray, shape (m, 4)
        x0, y0, x1, y1 of every edge of every ring, holes included, with the building on its left [m].
    height_m : ndarray, shape (m,)
        Height of the edge above ground [m].
    owner : ndarray of int, shape (m,)
        Row of its building.
    """

    xy_m: Array
    height_m: Array
    owner: Index


def building_edges(footprints: gpd.GeoSeries, height_m: Array) -> Edges:
    """Take footprints apart into edges.

    Parameters
    ----------
    footprints : geopandas.GeoSeries, length n
        Polygons or multipolygons in metres.
    height_m : ndarray, shape (n,)
        Height of each building [m].

    Returns
    -------
    Edges
        Without edges of no length.
    """
    parts, building = shapely.get_parts(shapely.orient_polygons(np.asarray(footprints.array)), return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    points, ring = shapely.get_coordinates(rings, return_index=True)
    if len(points) < 2:
        return Edges(np.zeros((0, 4)), np.zeros(0), np.zeros(0, dtype=np.int64))
    xy = np.hstack([points[:-1], points[1:]])
    real = (ring[:-1] == ring[1:]) & (xy[:, :2] != xy[:, 2:]).any(axis=1)
    owner = building[part[ring[:-1]]][real].astype(np.int64)
    return Edges(np.ascontiguousarray(xy[real]), np.asarray(height_m, dtype=np.float64)[owner], owner)


def land_around(x_m: Array, y_m: Array, bounds: tuple[float, float, float, float], radius_m: float) -> Array:
    """Measure the land within a radius of points that lies inside a rectangle, shape (n,) [m²].

    Around a building at a district's edge, half of the circle is land that the district's table knows nothing of.
    """
    circles = shapely.buffer(shapely.points(x_m, y_m), radius_m)
    return np.asarray(shapely.area(shapely.intersection(circles, shapely.box(*bounds))))


def roof_points(roofs: gpd.GeoDataFrame) -> Array:
    """Centres of roof planes, shape (p, 3): easting, northing, height above ground [m]."""
    inside = shapely.point_on_surface(np.asarray(roofs.geometry.array))
    return np.column_stack([shapely.get_x(inside), shapely.get_y(inside), roofs["height_m"].to_numpy(dtype=np.float64)])


def wall_points(walls: pd.DataFrame) -> Array:
    """Centres of walls, shape (w, 3): easting, northing, height above ground [m]."""
    return np.asarray(walls[["x_m", "y_m", "height_m"]].to_numpy(dtype=np.float64))


def rows_of(building_ids: pd.Series, index: pd.Index) -> Index:
    """Row of each id in an index; -1 where it isn't there."""
    return np.asarray(index.get_indexer(building_ids.to_numpy()), dtype=np.int64)
