"""Compiled search for the horizon: edges in a grid, rays at fixed azimuths from every point."""

# ruff: noqa: PLR0917 - compiled loops take plain arrays by position

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

Array = NDArray[np.float64]
Index = NDArray[np.int64]

# Hits nearer than this are the point's own place: a wall that it lies on.
TOUCHING_M = 0.1
# Buckets per unit of the pseudo-azimuth, to find the first ray behind it.
BUCKETS = 64


class EdgeGrid(NamedTuple):
    """Edges cut to the size of a cell, sorted by the cell of their middle."""

    west: float
    south: float
    size_m: float
    columns: int
    rows: int
    begin: Index  # (columns * rows + 1,) first piece of each cell
    top_m: Array  # (columns * rows,) highest piece of each cell
    pieces: Array  # (q, 5) x0 y0 x1 y1 height
    owner: Index  # (q,)


class Rays(NamedTuple):
    """Azimuths that are looked at, clockwise from north."""

    east: Array
    north: Array
    order: Array  # pseudo-azimuth of each ray, rising from 0 to below 4
    first: Index  # (4 * BUCKETS + 1,) first ray that may lie behind a pseudo-azimuth
    cells: Index  # (c, 4) cells in reach, near ones first: offset east and north, first ray towards them, rays
    near_m: Array  # (c,) least distance of anything in them
    radius_m: float


@njit(cache=True, nogil=True, error_model="numpy")
def pseudo_azimuth(east: float, north: float) -> float:
    """Return a number from 0 to 4 that rises clockwise from north as the azimuth does, at the price of a division."""
    if east >= 0.0:
        if north > 0.0:
            return east / (east + north)
        return 1.0 - north / (east - north) if east - north > 0.0 else 0.0
    if north <= 0.0:
        return 2.0 + east / (east + north)
    return 3.0 + north / (north - east)


@njit(cache=True, nogil=True, error_model="numpy")
def cut_edges(edges: Array, height: Array, owner: Index, longest_m: float) -> tuple[Array, Index]:
    """Cut edges into pieces no longer than `longest_m`, in their own direction."""
    parts = np.empty(edges.shape[0], dtype=np.int64)
    for e in range(edges.shape[0]):
        length = math.hypot(edges[e, 2] - edges[e, 0], edges[e, 3] - edges[e, 1])
        parts[e] = max(1, math.ceil(length / longest_m))
    pieces = np.empty((parts.sum(), 5))
    piece_owner = np.empty(pieces.shape[0], dtype=np.int64)
    at = 0
    for e in range(edges.shape[0]):
        dx = (edges[e, 2] - edges[e, 0]) / parts[e]
        dy = (edges[e, 3] - edges[e, 1]) / parts[e]
        for k in range(parts[e]):
            pieces[at, 0] = edges[e, 0] + k * dx
            pieces[at, 1] = edges[e, 1] + k * dy
            pieces[at, 2] = edges[e, 0] + (k + 1) * dx
            pieces[at, 3] = edges[e, 1] + (k + 1) * dy
            pieces[at, 4] = height[e]
            piece_owner[at] = owner[e]
            at += 1
    return pieces, piece_owner


@njit(cache=True, nogil=True, error_model="numpy")
def _see_piece(
    rays: Rays, ax: float, ay: float, bx: float, by: float, rise: float, own: bool, best: NDArray[np.float64]
) -> None:
    """Raise the tangents of the rays that meet a piece, given relative to the point."""
    cross = ax * by - ay * bx
    if cross == 0.0:
        return  # seen end on
    # Clockwise from the first end to the second.
    if cross < 0.0:
        start, end = pseudo_azimuth(ax, ay), pseudo_azimuth(bx, by)
    else:
        start, end = pseudo_azimuth(bx, by), pseudo_azimuth(ax, ay)
    count = rays.order.size
    k = rays.first[min(int(start * BUCKETS), 4 * BUCKETS)]
    while k < count and rays.order[k] < start:
        k += 1
    turns = 4.0 if end < start else 0.0
    dx, dy = bx - ax, by - ay
    base = 0.0
    while True:
        if k == count:
            k, base = 0, base + 4.0
        if rays.order[k] + base > end + turns:
            return
        facing = rays.east[k] * dy - rays.north[k] * dx
        # Of its own building a point sees only outsides: with the building left of its edges, a ray meets an outside
        # where it turns right of the edge.
        if facing != 0.0 and (facing < 0.0 or not own):
            distance = cross / facing
            if TOUCHING_M < distance <= rays.radius_m:
                best[k] = max(best[k], rise / distance)
        k += 1


@njit(cache=True, nogil=True, error_model="numpy")
def _hidden(best: Array, first: int, count: int, rise: float, near_m: float) -> bool:
    """Tell whether all that a cell may hold lies below what the rays towards it have met already."""
    if near_m <= 0.0:
        return False
    tangent = rise / near_m
    for n in range(count):
        k = first + n
        if best[k if k < best.size else k - best.size] < tangent:
            return False
    return True


@njit(cache=True, nogil=True, error_model="numpy")
def horizon_kernel(
    points: Array,
    point_owner: Index,
    see_own: NDArray[np.bool_],
    grid: EdgeGrid,
    rays: Rays,
    first: int,
    stop: int,
    out: NDArray[np.float32],
) -> None:
    """Elevation [°] of the horizon of points first … stop-1 into out (n, k)."""
    best = np.empty(rays.order.size)
    for i in range(first, stop):
        x, y, z = points[i, 0], points[i, 1], points[i, 2]
        best[:] = 0.0
        column = math.floor((x - grid.west) / grid.size_m)
        row = math.floor((y - grid.south) / grid.size_m)
        for o in range(rays.cells.shape[0]):
            c, r = column + rays.cells[o, 0], row + rays.cells[o, 1]
            if c < 0 or r < 0 or c >= grid.columns or r >= grid.rows:
                continue
            cell = r * grid.columns + c
            rise = grid.top_m[cell] - z
            if rise <= 0.0 or _hidden(best, rays.cells[o, 2], rays.cells[o, 3], rise, rays.near_m[o]):
                continue
            for q in range(grid.begin[cell], grid.begin[cell + 1]):
                rise = grid.pieces[q, 4] - z
                own = grid.owner[q] == point_owner[i] and point_owner[i] >= 0
                if rise > 0.0 and (not own or see_own[i]):
                    _see_piece(
                        rays,
                        grid.pieces[q, 0] - x,
                        grid.pieces[q, 1] - y,
                        grid.pieces[q, 2] - x,
                        grid.pieces[q, 3] - y,
                        rise,
                        own,
                        best,
                    )
        for k in range(best.size):
            out[i, k] = math.degrees(math.atan(best[k]))
