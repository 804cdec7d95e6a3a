"""Cut lines where they meet, so that they become edges between nodes."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from gis_data.schema import COORDINATE_DECIMALS

Index = npt.NDArray[np.int64]
_MM = 10.0**COORDINATE_DECIMALS
_TOUCHING_M = 2.0 / _MM
_ROUNDING_M = 1e-6


@dataclass(frozen=True)
class Pieces:
    """Lines cut where they meet.

    Attributes
    ----------
    places_m : ndarray, shape (n, 2)
        Nodes.
    start, end : ndarray of int64, shape (m,)
        Nodes of each piece.
    lines : ndarray of shapely.LineString, shape (m,)
    owner : ndarray of int64, shape (m,)
        Line that each piece is of.
    """

    places_m: npt.NDArray[np.float64]
    start: Index
    end: Index
    lines: npt.NDArray[Any]
    owner: Index


def to_mm(xy: npt.ArrayLike) -> Index:
    """Coordinates in whole millimetres, by which places are the same or not."""
    return np.asarray(np.round(np.asarray(xy, dtype=float) * _MM), dtype=np.int64)


def simple_lines(lines: Any) -> tuple[npt.NDArray[Any], Index]:
    """Cut lines that cross or run over themselves into pieces that don't; which line each is of."""
    parts = [np.array([line], dtype=object) for line in lines]
    for k in np.flatnonzero(~shapely.is_simple(lines)):
        parts[k] = shapely.get_parts(shapely.union_all(lines[k : k + 1]))
    owner = np.repeat(np.arange(len(parts)), [len(part) for part in parts])
    return np.concatenate([*parts, np.empty(0, dtype=object)]), owner


def meeting_points(lines: Any, level: Index, kind: Index) -> tuple[Index, npt.NDArray[np.float64]]:
    """Find where lines meet: anywhere on the same level, at their ends and vertices between levels.

    Parameters
    ----------
    lines : array of shapely.LineString, shape (n,)
    level : ndarray of int64, shape (n,)
        OSM's layer: a bridge passes over what it crosses.
    kind : ndarray of int64, shape (n,)
        0 joins with all; others only with 0 and with their own kind.

    Returns
    -------
    owner : ndarray of int64, shape (p,)
        Line on which each point lies; a point where two lines meet stands here for both.
    places_m : ndarray, shape (p, 2)
    """
    one, other = shapely.STRtree(lines).query(lines, predicate="dwithin", distance=_ROUNDING_M)
    keep = (one < other) & ((kind[one] == kind[other]) | (kind[one] == 0) | (kind[other] == 0))
    one, other = one[keep], other[keep]
    shared, pair = shapely.get_coordinates(shapely.intersection(lines[one], lines[other]), return_index=True)
    touching = [_vertices_on(lines[one], lines[other]), _vertices_on(lines[other], lines[one])]
    shared = np.concatenate([shared, *(places for places, _ in touching)])
    pair = np.concatenate([pair, *(pairs for _, pairs in touching)])
    apart = np.flatnonzero(level[one[pair]] != level[other[pair]])
    wrong = [k for k in apart if not _is_joint(lines[one[pair[k]]], lines[other[pair[k]]], shared[k])]
    shared, pair = np.delete(shared, wrong, axis=0), np.delete(pair, wrong)
    return np.concatenate([one[pair], other[pair]]), np.concatenate([shared, shared])


def _vertices_on(lines: Any, others: Any) -> tuple[npt.NDArray[np.float64], Index]:
    """Vertices of lines that lie on the other line of their pair, but for rounding, and the pairs' numbers.

    Where lines run along each other, an intersection of floating-point coordinates misses where that ends.
    """
    places, pair = shapely.get_coordinates(lines, return_index=True)
    on = shapely.distance(shapely.points(places), others[pair]) < _ROUNDING_M
    return places[on], pair[on].astype(np.int64)


def _is_joint(line: Any, other: Any, place: npt.NDArray[np.float64]) -> bool:
    """Whether lines of two levels share a vertex here that is an end of one of them: the end of a bridge."""
    spot = to_mm(place)
    at_vertex = [np.flatnonzero((to_mm(shapely.get_coordinates(each)) == spot).all(axis=1)) for each in (line, other)]
    ends = [shapely.get_num_points(each) - 1 for each in (line, other)]
    met = all(len(found) for found in at_vertex)
    return met and any(({0, int(last)} & set(found.tolist())) for found, last in zip(at_vertex, ends, strict=True))


def _runs(lines: Any, owner: Index, places_m: npt.NDArray[np.float64]) -> tuple[list[npt.NDArray[np.float64]], Index]:
    """Pieces of lines cut at places, line by line in their order, and the line that each is of."""
    points, line = shapely.get_coordinates(lines, return_index=True)
    # One number for each spot of each line: equal where two vertices or places of it are one to the millimetre.
    told = np.column_stack([np.concatenate([line, owner]), to_mm(np.concatenate([points, places_m]))])
    spot = np.unique(told, axis=0, return_inverse=True)[1].ravel()
    inner = ~np.isin(spot[len(points) :], spot[: len(points)])
    at = shapely.line_locate_point(lines[owner[inner]], shapely.points(places_m[inner]))
    first = np.searchsorted(line, np.arange(len(lines) + 1))
    step = np.hypot(*np.diff(points, axis=0, prepend=points[:1]).T)
    step[first[:-1]] = 0.0
    along = np.concatenate([np.cumsum(step[a:b]) for a, b in itertools.pairwise(first)])
    whose = np.concatenate([line, owner[inner]])
    order = np.lexsort((np.concatenate([along, at]), whose))
    every = np.concatenate([points, places_m[inner]])[order]
    spots = np.concatenate([spot[: len(points)], spot[len(points) :][inner]])[order]
    whose = whose[order]
    wanted = np.zeros(int(spot.max(initial=-1)) + 1, dtype=bool)
    wanted[spot[len(points) :]] = True
    cut = wanted[spots] | (np.bincount(spots, minlength=len(wanted))[spots] > 1)
    cut[1:] |= whose[1:] != whose[:-1]
    cut[:-1] |= whose[1:] != whose[:-1]
    cut[[0, -1]] = True
    marks = np.flatnonzero(cut)
    inside = whose[marks[:-1]] == whose[marks[1:]]
    begins, ends = marks[:-1][inside], marks[1:][inside]
    pieces = [every[a : b + 1] for a, b in zip(begins, ends, strict=True)]
    long = np.array([np.hypot(*np.diff(piece, axis=0).T).sum() > _TOUCHING_M for piece in pieces], dtype=bool)
    return list(itertools.compress(pieces, long)), whose[begins][long]


def cut_all(lines: Any, level: Index, owner: Index, places_m: npt.NDArray[np.float64]) -> Pieces:
    """Cut lines at the places given and number the nodes.

    Parameters
    ----------
    lines : array of shapely.LineString, shape (n,)
    level : ndarray of int64, shape (n,)
    owner : ndarray of int64, shape (p,)
        Line that each place cuts.
    places_m : ndarray, shape (p, 2)

    Returns
    -------
    Pieces
        Pieces that start and end at one node are halved.
    """
    order = np.argsort(owner, kind="stable")
    whole, of = _runs(lines, owner[order], places_m[order])
    halved = [_halves(run) for run in whole]
    runs = [half for halves in halved for half in halves]
    own = np.repeat(of, [len(halves) for halves in halved])
    start, end, places = _numbered(runs, own, level, lines)
    # Ends are put on their node to the last bit: pieces that lie on each other are then equal.
    count = np.array([len(run) for run in runs], dtype=np.int64)
    last = np.cumsum(count) - 1
    points = np.concatenate([*runs, np.empty((0, 2))])
    points[last - count + 1], points[last] = places[start], places[end]
    shapes = np.asarray(shapely.linestrings(points, indices=np.repeat(np.arange(len(runs)), count)))
    return Pieces(places, start, end, shapes, own)


def _halves(run: npt.NDArray[np.float64]) -> list[npt.NDArray[np.float64]]:
    """Halve a loop at its middle vertex; leave out one that goes there and back, and other pieces whole."""
    if (np.abs(run[0] - run[-1]) > _TOUCHING_M).any() or (to_mm(run[0]) != to_mm(run[-1])).any():
        return [run]
    middle = len(run) // 2
    halves = [run[: middle + 1], run[middle:]]
    return halves if all((to_mm(half[0]) != to_mm(half[-1])).any() for half in halves) else []


def _numbered(
    runs: list[npt.NDArray[np.float64]], owner: Index, level: Index, lines: Any
) -> tuple[Index, Index, npt.NDArray[np.float64]]:
    """Nodes of the pieces: one for each place and level, levels joined where a line ends."""
    count = len(runs)
    tips = np.array([run[0] for run in runs] + [run[-1] for run in runs]).reshape(-1, 2)
    spot = np.unique(to_mm(tips), axis=0, return_inverse=True)[1].ravel()
    whole_ends = np.concatenate([shapely.get_coordinates(shapely.get_point(lines, k)) for k in (0, -1)])
    ends = {tuple(place) for place in to_mm(whole_ends).tolist()}
    joined = np.array([tuple(place) in ends for place in to_mm(tips).tolist()], dtype=bool)
    key = np.where(joined, np.iinfo(np.int64).min, np.concatenate([level[owner], level[owner]]))
    _, first, node = np.unique(np.column_stack([spot, key]), axis=0, return_index=True, return_inverse=True)
    node = node.ravel().astype(np.int64)
    return node[:count], node[count:], tips[first]
