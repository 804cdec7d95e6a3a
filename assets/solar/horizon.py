"""The horizon that buildings around a point make."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from assets.solar._errors import SolarInputError
from assets.solar._horizon_kernel import BUCKETS, EdgeGrid, Rays, cut_edges, horizon_kernel, pseudo_azimuth
from assets.solar._threads import share_out

CELL_M = 25.0
# Cells from a point to the rim of what it sees, at most.
REACH = 16
MOST_CELLS = 1_000_000


def horizon_angles(
    points: ArrayLike,
    edges: ArrayLike,
    edge_height_m: ArrayLike,
    *,
    edge_owner: ArrayLike | None = None,
    point_owner: ArrayLike | None = None,
    own_walls: ArrayLike = False,
    n_azimuth: int = 36,
    radius_m: float = 300.0,
) -> NDArray[np.float32]:
    """Elevation of the horizon around points among buildings.

    A building is a prism: each edge of its outline is a wall from the ground up to its height. From every point a ray
    is sent at each azimuth, and the highest elevation that it meets within the radius counts.

    Parameters
    ----------
    points : (n, 3) m
        Easting, northing and height above ground: the middle of a roof plane, or of a wall.
    edges : (m, 4) m
        x0, y0, x1, y1 of each wall seen from above.
    edge_height_m : (m,) m
        Height of its top above ground.
    edge_owner, point_owner : (m,), (n,) int, optional
        Building of each edge and point; -1 is nobody's. A point doesn't see its own building's edges.
    own_walls : bool or (n,) bool
        True for points that do see the outsides of their own building, as the walls of a courtyard do. The edges of
        that building must run with it on their left: outlines counter-clockwise, courtyards clockwise.
    n_azimuth : int
        Rays: azimuths 0, 360/n, … clockwise from north.
    radius_m : float, m
        What stands farther away isn't seen.

    Returns
    -------
    (n, n_azimuth) float32, °
        0 where nothing is in the way: the ground is flat.
    """
    at = _array(points, 3, "points")
    walls = _array(edges, 4, "edges")
    height = np.ascontiguousarray(edge_height_m, dtype=np.float64)
    if height.shape != (len(walls),) or not np.isfinite(height).all():
        raise SolarInputError(
            f"edge_height_m has shape {height.shape}: give one height for each of {len(walls)} edges."
        )
    if n_azimuth < 4 or not radius_m > 0.0:
        raise SolarInputError(f"n_azimuth is {n_azimuth}, radius_m {radius_m}: give 4 or more, and more than 0.")
    out = np.zeros((len(at), n_azimuth), dtype=np.float32)
    if not len(at) or not len(walls):
        return out
    owner = _owner(point_owner, len(at), "point_owner")
    see_own = np.ascontiguousarray(np.broadcast_to(np.asarray(own_walls, dtype=bool), (len(at),)))
    grid = _grid(walls, height, _owner(edge_owner, len(walls), "edge_owner"), max(CELL_M, radius_m / REACH))
    rays = _rays(n_azimuth, radius_m, grid.size_m)
    share_out(lambda first, stop: horizon_kernel(at, owner, see_own, grid, rays, first, stop, out), len(at), chunk=256)
    return out


def rack_horizon(
    horizon: ArrayLike | None,
    tilt_deg: ArrayLike,
    azimuth_deg: ArrayLike,
    cover_ratio: ArrayLike,
    *,
    n_azimuth: int = 36,
) -> NDArray[np.float32]:
    """Horizon of modules in rows: what the row in front hides, added to what the surroundings hide.

    The row in front ends endlessly far to both sides; from the middle of the module its top stands at the elevation
    ψ = atan(sinβ/2 / (1/g - cosβ/2)), straight ahead [1]_. A row that shades a part of a module is taken to shade it
    when it reaches its middle.

    Parameters
    ----------
    horizon : (p, k) °, optional
        Horizon of the surroundings; None is free.
    tilt_deg, azimuth_deg : (p,) °
        Of the modules.
    cover_ratio : (p,) or float
        Length of the module over the distance from row to row (ground cover ratio). 0 is a single row.
    n_azimuth : int
        Bins, where no horizon says how many.

    Returns
    -------
    (p, k) float32, °

    References
    ----------
    .. [1] J. Appelbaum, J. Bany, Shadow effect of adjacent solar collectors. Solar Energy 23 (1979) 497, eq. 9 with the
       point halfway up, as pvlib.shading.masking_angle.
    """
    tilt = np.atleast_1d(np.asarray(tilt_deg, dtype=np.float64))
    azimuth = np.broadcast_to(np.asarray(azimuth_deg, dtype=np.float64), tilt.shape)
    cover = np.broadcast_to(np.asarray(cover_ratio, dtype=np.float64), tilt.shape)
    if not ((cover >= 0.0) & (cover <= 1.0)).all():
        raise SolarInputError("cover_ratio lies outside 0 … 1: give module length over distance from row to row.")
    free = np.zeros((tilt.size, n_azimuth), dtype=np.float32)
    around = free if horizon is None else np.asarray(horizon, dtype=np.float32)
    beta = np.radians(tilt)
    tangent = cover * np.sin(beta) / 2.0 / np.maximum(1.0 - cover * np.cos(beta) / 2.0, 1e-9)
    bearing = np.arange(around.shape[1]) * (2.0 * np.pi / around.shape[1])
    ahead = np.maximum(np.cos(bearing[None, :] - np.radians(azimuth)[:, None]), 0.0)
    row = np.degrees(np.arctan(tangent[:, None] * ahead))
    return np.asarray(np.maximum(around, row), dtype=np.float32)


def _array(values: ArrayLike, width: int, name: str) -> NDArray[np.float64]:
    array = np.ascontiguousarray(values, dtype=np.float64)
    if array.size == 0:
        return np.empty((0, width))
    if array.ndim != 2 or array.shape[1] != width:
        raise SolarInputError(f"{name} has shape {array.shape}: give one row of {width} numbers each.")
    gaps = np.flatnonzero(~np.isfinite(array).all(axis=1))
    if gaps.size:
        raise SolarInputError(f"{name} has {gaps.size} rows with missing numbers, first row {gaps[0]}: drop them.")
    return array


def _owner(owner: ArrayLike | None, count: int, name: str) -> NDArray[np.int64]:
    if owner is None:
        return np.full(count, -1, dtype=np.int64)
    array = np.ascontiguousarray(owner, dtype=np.int64)
    if array.shape != (count,):
        raise SolarInputError(f"{name} has shape {array.shape}: give {count} integers.")
    return array


def _grid(edges: NDArray[np.float64], height: NDArray[np.float64], owner: NDArray[np.int64], size_m: float) -> EdgeGrid:
    """Edges sorted into square cells by their middle."""
    low = np.minimum(edges[:, :2].min(axis=0), edges[:, 2:].min(axis=0))
    span = np.maximum(edges[:, :2].max(axis=0), edges[:, 2:].max(axis=0)) - low
    size = max(size_m, math.sqrt(float((span[0] + size_m) * (span[1] + size_m)) / MOST_CELLS))
    columns, rows = int(span[0] // size) + 1, int(span[1] // size) + 1
    pieces, piece_owner = cut_edges(edges, height, owner, size)
    column = np.clip(((pieces[:, 0] + pieces[:, 2]) / 2 - low[0]) // size, 0, columns - 1).astype(np.int64)
    row = np.clip(((pieces[:, 1] + pieces[:, 3]) / 2 - low[1]) // size, 0, rows - 1).astype(np.int64)
    cell = row * columns + column
    order = np.argsort(cell, kind="stable")
    top = np.full(columns * rows, -np.inf)
    np.maximum.at(top, cell, pieces[:, 4])
    begin = np.searchsorted(cell[order], np.arange(columns * rows + 1)).astype(np.int64)
    return EdgeGrid(float(low[0]), float(low[1]), size, columns, rows, begin, top, pieces[order], piece_owner[order])


def _rays(n_azimuth: int, radius_m: float, size_m: float) -> Rays:
    """Directions that are looked at, and the cells they can reach."""
    azimuth = np.arange(n_azimuth) * (2.0 * np.pi / n_azimuth)
    east, north = np.sin(azimuth), np.cos(azimuth)
    order = np.array([pseudo_azimuth(e, n) for e, n in zip(east, north, strict=True)])
    first = np.searchsorted(order, np.arange(4 * BUCKETS + 1) / BUCKETS).astype(np.int64)
    # The point lies anywhere in its cell, and a piece reaches at most half a cell beyond the cell of its middle.
    reach = math.ceil(radius_m / size_m + 0.5)
    offset = np.arange(-reach, reach + 1)
    cells = np.stack(np.meshgrid(offset, offset), axis=-1).reshape(-1, 2)
    gap = np.maximum(np.abs(cells) - 1.5, 0.0) * size_m
    distance = np.hypot(gap[:, 0], gap[:, 1])
    in_reach = np.flatnonzero(distance <= radius_m)
    near = in_reach[np.argsort(distance[in_reach], kind="stable")]
    towards = np.array([_rays_towards(float(c), float(r), n_azimuth) for c, r in cells[near]])
    table = np.hstack([cells[near], towards]).astype(np.int64)
    return Rays(east, north, order, first, table, distance[near], float(radius_m))


def _rays_towards(column: float, row: float, n_azimuth: int) -> tuple[int, int]:
    """First ray and number of rays that can meet a cell at an offset, from anywhere in the cell in the middle."""
    corners = [(column + dx, row + dy) for dx in (-1.5, 1.5) for dy in (-1.5, 1.5)]
    middle = math.atan2(column, row)
    away = [math.remainder(math.atan2(e, n) - middle, 2.0 * math.pi) for e, n in corners]
    step = 2.0 * math.pi / n_azimuth
    first = math.floor((middle + min(away)) / step)
    return first % n_azimuth, min(math.ceil((middle + max(away)) / step) - first + 1, n_azimuth)
