"""No two buildings switch on together: seeded shifts and swings that keep the year's energy."""
# ruff: noqa: PLR0917 - compiled code takes plain arrays by position
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from typing import Any
from zlib import crc32

import numpy as np
import numpy.typing as npt
import pandas as pd
from numba import njit

from assets.demand.daytypes import LocalTime

Float32 = npt.NDArray[np.float32]
Float64 = npt.NDArray[np.float64]

SHIFT_H = 1.0
"""Habits differ by up to this many hours either way (assumed)."""
UNIT_M2 = 75.0
"""Floor area that behaves as one household or one tenant."""
DAY_SPREAD = 0.20
HOUR_SPREAD = 0.45
"""Standard deviation of one unit's daily and hourly use around its profile; it shrinks with the root of the units."""

_COMPILE: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy"}


@njit(**_COMPILE)
def _mix(state):
    """SplitMix64 (Steele, Lea & Flood 2014): a good random number from a counter."""
    z = state + np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


@njit(**_COMPILE)
def _swing(state):
    """Return a number of mean 0 and deviation 1: the triangular sum of two uniform ones, never beyond ±2.45."""
    bits = _mix(state)
    low = np.float64(bits & np.uint64(0xFFFFFFFF)) * (1.0 / 4294967296.0)
    high = np.float64(bits >> np.uint64(32)) * (1.0 / 4294967296.0)
    return (low + high - 1.0) * 2.449489742783178


@njit(**_COMPILE)
def _spread(annual, table, row_of, seeds, shift_h, day_spread, hour_spread, day, step_h, out):
    hours = out.shape[1]
    for i in range(out.shape[0]):
        shape = table[row_of[i]]
        seed = seeds[i]
        shift = shift_h / step_h * (2.0 * np.float64(_mix(seed) >> np.uint64(11)) / 9007199254740992.0 - 1.0)
        whole = int(np.floor(shift))
        part = shift - whole
        total = 0.0
        wanted = 0.0
        before = -1
        of_day = 1.0
        for t in range(hours):
            if day[t] != before:
                before = day[t]
                of_day = max(0.0, 1.0 + day_spread[i] * _swing(seed + np.uint64(1 + before)))
            late = t - whole
            # The year is a ring. A remainder would cost as much as all the rest.
            if late < 0:
                late += hours
            elif late >= hours:
                late -= hours
            value = (1.0 - part) * shape[late] + part * shape[late - 1]
            value *= of_day * max(0.0, 1.0 + hour_spread[i] * _swing(seed + np.uint64(100000 + int(t * step_h + 1e-9))))
            out[i, t] = value
            total += value
            wanted += shape[t]
        scale = annual[i] * wanted / total / step_h if total > 0.0 else 0.0
        for t in range(hours):
            out[i, t] *= scale


def seeds_of(ids: pd.Index, quantity: str, seed: int) -> npt.NDArray[np.uint64]:
    """Return a seed for each building that hangs on its id alone, not on its neighbours or its place in the table."""
    start = np.uint64(crc32(f"{seed}/{quantity}".encode())) << np.uint64(32)
    return np.array([start | np.uint64(crc32(str(name).encode())) for name in ids], dtype=np.uint64)


def spread(
    annual_kwh: Float64,
    table: Float32,
    row_of: npt.NDArray[np.int32],
    *,
    units: Float64,
    seeds: npt.NDArray[np.uint64],
    time: LocalTime,
    out: Float32,
    shift_h: float = SHIFT_H,
) -> None:
    """Write each building's use: its profile, shifted and swinging, with the year's energy kept.

    Parameters
    ----------
    annual_kwh : ndarray (n,)
        Energy of a year, kWh.
    table : ndarray of float32 (U, T)
        Share of a year's energy in each step.
    row_of : ndarray of int32 (n,)
        Row of the table of each building.
    units : ndarray (n,)
        Households or tenants: the more, the smoother.
    seeds : ndarray of uint64 (n,)
        From `seeds_of`.
    time : LocalTime
        T steps; a building's use swings by the day and by the hour.
    out : ndarray of float32 (n, T)
        Receives kW.
    shift_h : float
        Largest shift in time, h; 0 for services that run by the clock.
    """
    root = np.sqrt(np.maximum(units, 1.0))
    _spread(
        np.ascontiguousarray(annual_kwh, dtype=np.float64), table, row_of, seeds, shift_h,
        DAY_SPREAD / root, HOUR_SPREAD / root, time.day, time.grid.step_h, out,
    )  # fmt: skip
