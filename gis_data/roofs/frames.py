"""Wings of a building, each with its own axis."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

RECTANGULAR = 0.86
"""A footprint that fills this share of its smallest rectangle is one wing."""
LEAST_GAIN = 0.03
MOST_ROUNDS = 4
MOST_CUTS = 10
NARROWEST_M = 2.0
NIBBLE_M = 0.6
_FAR = 1e5

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Frames:
    """Smallest rectangle around each of n polygons.

    Attributes
    ----------
    centre : array of shape (n, 2)
        m.
    axis : array of shape (n, 2)
        Unit vector along the rectangle's x.
    half_x, half_y : arrays of shape (n,)
        Half sides, m.
    """

    centre: FloatArray
    axis: FloatArray
    half_x: FloatArray
    half_y: FloatArray


def frames_along(polygons: Any, axis: FloatArray) -> Frames:
    """Rectangles around polygons along given axes.

    Parameters
    ----------
    polygons : array of shapely polygons, shape (n,)
        Polygons.
    axis : array of shape (n, 2)
        Unit vectors.
    """
    points, owner = shapely.get_coordinates(polygons, return_index=True)
    along = np.einsum("ij,ij->i", points, axis[owner])
    across = points[:, 1] * axis[owner, 0] - points[:, 0] * axis[owner, 1]
    first = np.flatnonzero(np.r_[True, owner[1:] != owner[:-1]]) if len(owner) else np.zeros(0, dtype=np.intp)
    low = np.column_stack([np.minimum.reduceat(v, first) for v in (along, across)]) if len(owner) else np.zeros((0, 2))
    top = np.column_stack([np.maximum.reduceat(v, first) for v in (along, across)]) if len(owner) else np.zeros((0, 2))
    middle = (low + top) / 2
    centre = np.column_stack(
        [middle[:, 0] * axis[:, 0] - middle[:, 1] * axis[:, 1], middle[:, 0] * axis[:, 1] + middle[:, 1] * axis[:, 0]]
    )
    return Frames(centre, axis, (top - low)[:, 0] / 2, (top - low)[:, 1] / 2)


def frames_of(polygons: Any) -> Frames:
    """Smallest rectangles, x along the longer side."""
    boxes = shapely.oriented_envelope(polygons)
    corners = np.full((len(polygons), 3, 2), np.nan)
    points, owner = shapely.get_coordinates(boxes, return_index=True)
    first = np.searchsorted(owner, np.arange(len(polygons)))
    for corner in range(3):
        corners[:, corner] = points[first + corner]
    one, two = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 1]
    longer = np.where((np.hypot(*one.T) >= np.hypot(*two.T) - 1e-6)[:, None], one, two)
    axis = longer / np.maximum(np.hypot(*longer.T), 1e-9)[:, None]
    # One sense for each direction, so that the same roof comes out however the outline was drawn.
    turned = (axis[:, 0] < -1e-9) | ((np.abs(axis[:, 0]) <= 1e-9) & (axis[:, 1] < 0))
    return frames_along(polygons, np.where(turned[:, None], -axis, axis))


def rectangularity(polygons: Any) -> FloatArray:
    """Share of its smallest rectangle that each polygon fills."""
    return np.asarray(shapely.area(polygons) / np.maximum(shapely.area(shapely.oriented_envelope(polygons)), 1e-12))


def wings_of(polygons: Any) -> tuple[Any, Any]:
    """Cut L-, T-, U-shaped and closed blocks into wings along their main axes.

    Greedy: the straight cut through an inner corner that makes the pieces most like rectangles, up to four times over.

    Parameters
    ----------
    polygons : array of shapely polygons, shape (n,)
        Footprints.

    Returns
    -------
    wings : array of shapely polygons, shape (m,)
        Together they are the footprints.
    owner : array of int, shape (m,)
        Row of the footprint.
    """
    pieces, owner = np.asarray(polygons, dtype=object), np.arange(len(polygons))
    done = np.zeros(len(pieces), dtype=bool)
    for _ in range(MOST_ROUNDS):
        open_rows = np.flatnonzero(~done & (rectangularity(pieces) < RECTANGULAR))
        if open_rows.size == 0:
            break
        cut, parent = _best_cuts(pieces[open_rows])
        was_cut = np.zeros(len(pieces), dtype=bool)
        was_cut[open_rows[np.unique(parent)]] = True
        finished = done.copy()
        finished[open_rows] = True
        pieces = np.concatenate([pieces[~was_cut], cut])
        done = np.concatenate([finished[~was_cut], np.zeros(len(cut), dtype=bool)])
        owner = np.concatenate([owner[~was_cut], owner[open_rows[parent]]])
    order = np.lexsort((-shapely.area(pieces), owner))
    return pieces[order], owner[order]


def _best_cuts(pieces: Any) -> tuple[Any, Any]:
    """Pieces of those polygons that a cut makes better, and their rows."""
    line_row, line_axis, line_at = _candidate_lines(pieces)
    if line_row.size == 0:
        return np.zeros(0, dtype=object), np.zeros(0, dtype=np.intp)
    normal = np.column_stack([-line_axis[:, 1], line_axis[:, 0]])
    halves, half_line = [], []
    for side in (1.0, -1.0):
        corners = np.stack(
            [
                line_at - _FAR * line_axis,
                line_at + _FAR * line_axis,
                line_at + _FAR * line_axis + side * _FAR * normal,
                line_at - _FAR * line_axis + side * _FAR * normal,
            ],
            axis=1,
        )
        found, which = shapely.get_parts(
            shapely.intersection(pieces[line_row], shapely.polygons(corners)), return_index=True
        )
        solid = shapely.get_dimensions(found) == 2
        halves.append(found[solid])
        half_line.append(which[solid])
    parts, line = np.concatenate(halves), np.concatenate(half_line)
    area = shapely.area(parts)
    boxes = shapely.oriented_envelope(parts)
    box_area = np.maximum(shapely.area(boxes), 1e-12)
    perimeter = shapely.length(boxes)
    width = perimeter / 4 - np.sqrt(np.maximum(perimeter**2 / 16 - box_area, 0.0))
    count = len(line_row)
    fill = np.bincount(line, area**2 / box_area, minlength=count) / shapely.area(pieces[line_row])
    too_narrow = np.bincount(line, width < NARROWEST_M, minlength=count) > 0
    gain = np.where(too_narrow, -1.0, fill - rectangularity(pieces)[line_row])
    # The best line of each piece comes last and stays.
    order = np.lexsort((np.arange(count), np.round(gain, 9)))
    best = np.full(len(pieces), -1, dtype=np.intp)
    best[line_row[order]] = order
    chosen = best[(best >= 0) & (gain[best] >= LEAST_GAIN)]
    taken = np.isin(line, chosen)
    return parts[taken], line_row[line[taken]]


def _candidate_lines(pieces: Any) -> tuple[Any, FloatArray, FloatArray]:
    """Lines along both axes of each piece through its inner corners: row, unit vector, point."""
    frames = frames_of(pieces)
    plain = shapely.simplify(pieces, NIBBLE_M)
    rows, axes, points = [], [], []
    for row, polygon in enumerate(plain):
        corners = _inner_corners(polygon)
        axis = frames.axis[row]
        for direction in (axis, np.array([-axis[1], axis[0]])):
            offset = corners @ np.array([-direction[1], direction[0]])
            _, first = np.unique(np.round(offset / NIBBLE_M), return_index=True)
            first = first[:: max(1, -(-len(first) // MOST_CUTS))]
            rows += [row] * len(first)
            axes += [direction] * len(first)
            points += list(corners[first])
    return (
        np.array(rows, dtype=np.intp),
        np.array(axes, dtype=np.float64).reshape(-1, 2),
        np.array(points, dtype=np.float64).reshape(-1, 2),
    )


def _inner_corners(polygon: Any) -> FloatArray:
    """Corners where the outline turns inwards, and all corners of courtyards."""
    found = [shapely.get_coordinates(hole)[:-1] for hole in polygon.interiors]
    outline = shapely.get_coordinates(shapely.orient_polygons(polygon).exterior)[:-1]
    before, after = outline - np.roll(outline, 1, axis=0), np.roll(outline, -1, axis=0) - outline
    turn = before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0]
    return np.concatenate([outline[turn < 0], *found])
