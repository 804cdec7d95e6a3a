"""What neighbours of the same kind tell of a building."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

FloatArray = NDArray[np.float64]


def neighbour_median(
    points: FloatArray,
    values: FloatArray,
    groups: NDArray[np.object_],
    *,
    count: int = 5,
    least: int = 1,
    radius_m: float = 250.0,
) -> FloatArray:
    """Median of the nearest known values of the same group, NaN where none is near.

    Parameters
    ----------
    points : array of shape (n, 2)
        Positions, m.
    values : array of shape (n,)
        Known values; NaN is unknown.
    groups : array of shape (n,)
        Only members of the same group count.
    count : int
        How many neighbours count.
    least : int
        With fewer than this nothing is told.
    radius_m : float
        How far they may stand, m.

    Returns
    -------
    array of shape (n,)
        NaN where the value is known already or no neighbour knows one.
    """
    found = np.full(len(values), np.nan)
    known = ~np.isnan(values)
    for group in sorted(set(groups[~known])):
        givers = np.flatnonzero(known & (groups == group))
        takers = np.flatnonzero(~known & (groups == group))
        if givers.size < least:
            continue
        asked = min(count, givers.size)
        distance, nearest = cKDTree(points[givers]).query(points[takers], k=asked, distance_upper_bound=radius_m)
        distance = distance.reshape(len(takers), asked)
        nearest = nearest.reshape(len(takers), asked)
        near = np.isfinite(distance)
        told = np.full(near.shape, np.nan)
        told[near] = values[givers][nearest[near]]
        any_near = near.sum(axis=1) >= least
        found[takers[any_near]] = np.nanmedian(told[any_near], axis=1)
    return found


def neighbour_votes(
    points: FloatArray,
    sizes: FloatArray,
    votes: FloatArray,
    takers: NDArray[np.intp],
    givers: NDArray[np.intp],
    *,
    count: int = 8,
    radius_m: float = 200.0,
) -> FloatArray:
    """Weighted votes of the nearest givers: near ones and those of like size weigh more.

    Parameters
    ----------
    points : array of shape (n, 2)
        Positions, m.
    sizes : array of shape (n,)
        Size by which likeness is judged (floor area), > 0.
    votes : array of shape (n, k)
        Vote of each building for each of k uses.
    takers, givers : arrays of int
        Rows that ask, rows that answer.
    count : int
        How many givers answer.
    radius_m : float
        How far they may stand, m.

    Returns
    -------
    array of shape (len(takers), k)
        Sum of weighted votes, 0 where no giver is near.
    """
    total = np.zeros((len(takers), votes.shape[1]))
    if givers.size == 0 or takers.size == 0:
        return total
    asked = min(count, givers.size)
    distance, nearest = cKDTree(points[givers]).query(points[takers], k=asked, distance_upper_bound=radius_m)
    distance = distance.reshape(len(takers), asked)
    nearest = nearest.reshape(len(takers), asked)
    for rank in range(asked):
        near = np.isfinite(distance[:, rank])
        giver = givers[nearest[near, rank]]
        alike = np.exp(-np.abs(np.log(sizes[giver] / sizes[takers[near]])))
        weight = alike / (20.0 + distance[near, rank])
        total[near] += weight[:, None] * votes[giver]
    return total


def coverage_around(points: FloatArray, footprint_m2: FloatArray, *, radius_m: float = 100.0) -> FloatArray:
    """Share of the ground around each building that is built over: about 0.5 in a city centre, 0.2 in a suburb.

    Parameters
    ----------
    points : array of shape (n, 2)
        Positions, m.
    footprint_m2 : array of shape (n,)
        m².
    radius_m : float
        How far around, m.
    """
    if len(points) == 0:
        return np.zeros(0)
    tree = cKDTree(points)
    pairs = tree.query_pairs(radius_m, output_type="ndarray")
    covered = footprint_m2.astype(np.float64)
    for one, other in ((0, 1), (1, 0)):
        covered = covered + np.bincount(pairs[:, one], footprint_m2[pairs[:, other]], minlength=len(points))
    return np.asarray(covered / (np.pi * radius_m**2))
