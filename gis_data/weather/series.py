"""Tools of the generator: curves that keep given means, red noise, and tables of months and days."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.interpolate import CubicSpline
from scipy.signal import lfilter

from gis_data.weather.sun import FloatArray

IntArray = npt.NDArray[np.int64]

DAYS_IN_MONTH: IntArray = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31], dtype=np.int64)
"""Days of the months of a year without a leap day."""

DAYS, HOURS = 365, 8760

MONTH_OF_DAY: IntArray = np.repeat(np.arange(12), DAYS_IN_MONTH)
"""Month (0 to 11) of each day of the year, shape (365,)."""

MONTH_OF_HOUR: IntArray = np.repeat(MONTH_OF_DAY, 24)
"""Month (0 to 11) of each hour of the year, shape (8760,)."""


def mean_keeping_curve(means: FloatArray, lengths: npt.ArrayLike) -> FloatArray:
    """Make a smooth periodic curve at unit steps that keeps the mean of every interval exactly.

    The running sum is interpolated by a periodic cubic spline; its increments are the curve. No jump at the borders of
    intervals, and the mean of each interval is met by construction.

    Parameters
    ----------
    means : ndarray, shape (n,)
        Mean of each interval.
    lengths : array_like of int
        Length of each interval in steps; a number when all are equal.

    Returns
    -------
    ndarray, shape (sum of lengths,)

    References
    ----------
    Delhez, E. J. M. (2003), A spline interpolation technique that preserves mass budgets, Applied Mathematics Letters
    16(1), 17–26.
    """
    steps = np.broadcast_to(np.asarray(lengths), np.shape(means)).astype(float)
    edges = np.concatenate([[0.0], np.cumsum(steps)])
    overall = float(np.average(means, weights=steps))
    running = np.concatenate([[0.0], np.cumsum((means - overall) * steps)])
    running[-1] = 0.0
    spline = CubicSpline(edges, running, bc_type="periodic")
    return np.asarray(overall + np.diff(spline(np.arange(int(edges[-1]) + 1))), dtype=float)


def month_means(daily: FloatArray) -> FloatArray:
    """Mean of each month of a daily series, shape (365,) to (12,)."""
    return np.asarray(np.bincount(MONTH_OF_DAY, weights=daily, minlength=12) / DAYS_IN_MONTH, dtype=float)


def without_month_means(daily: FloatArray) -> FloatArray:
    """Take a smooth curve off a daily series so that the mean of every month becomes zero."""
    return daily - mean_keeping_curve(month_means(daily), DAYS_IN_MONTH)


def red_noise(rng: np.random.Generator, steps: int, lag1: float) -> FloatArray:
    """Draw a stationary Gaussian AR(1) series of mean 0 and variance 1.

    Parameters
    ----------
    rng : numpy.random.Generator
    steps : int
        Length.
    lag1 : float
        Autocorrelation from one step to the next.

    Returns
    -------
    ndarray, shape (steps,)
    """
    warm_up = 200
    white = rng.standard_normal(steps + warm_up)
    white[0] /= np.sqrt(1.0 - lag1**2)
    series = lfilter([np.sqrt(1.0 - lag1**2)], [1.0, -lag1], white)
    return np.asarray(series[warm_up:], dtype=float)
