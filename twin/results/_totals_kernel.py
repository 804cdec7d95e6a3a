"""The compiled loops that sum a year up: one pass over each array, in double precision."""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

_COMPILE: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy"}


@njit(**_COMPILE)
def sum_up(energy, size, of_row, of_group):
    """Write the sum of every row, and add every hour to its group of `size` rows.

    Four sums side by side do not wait for each other.
    """
    hours = energy.shape[1]
    for b in range(energy.shape[0]):
        row, group = energy[b], of_group[b // size]
        s0, s1, s2, s3 = 0.0, 0.0, 0.0, 0.0
        for q in range(hours // 4):
            t = 4 * q  # counted so, the compiler knows that no index is negative
            s0 += float(row[t])
            s1 += float(row[t + 1])
            s2 += float(row[t + 2])
            s3 += float(row[t + 3])
        for t in range(hours - hours % 4, hours):
            s0 += float(row[t])
        of_row[b] = (s0 + s1) + (s2 + s3)
        for t in range(hours):
            group[t] += float(row[t])


@njit(**_COMPILE)
def weigh(energy, weight, of_row):
    """Write the sum of every row, each hour times its weight."""
    hours = energy.shape[1]
    for b in range(energy.shape[0]):
        row = energy[b]
        s0, s1, s2, s3 = 0.0, 0.0, 0.0, 0.0
        for q in range(hours // 4):
            t = 4 * q
            s0 += float(row[t]) * weight[t]
            s1 += float(row[t + 1]) * weight[t + 1]
            s2 += float(row[t + 2]) * weight[t + 2]
            s3 += float(row[t + 3]) * weight[t + 3]
        for t in range(hours - hours % 4, hours):
            s0 += float(row[t]) * weight[t]
        of_row[b] = (s0 + s1) + (s2 + s3)


@njit(**_COMPILE)
def peak(first, second, of_row):
    """Write the highest hour of the sum of two arrays."""
    hours = first.shape[1]
    for b in range(first.shape[0]):
        one, other = first[b], second[b]
        most = np.zeros(4)
        for q in range(hours // 4):
            t = 4 * q
            for k in range(4):
                value = float(one[t + k]) + float(other[t + k])
                most[k] = max(most[k], value)
        for t in range(hours - hours % 4, hours):
            value = float(one[t]) + float(other[t])
            most[0] = max(most[0], value)
        of_row[b] = most.max()


@njit(**_COMPILE)
def above(temperature, hours, limit, of_row):
    """Write the degree hours above a limit in some hours."""
    for b in range(temperature.shape[0]):
        total = 0.0
        for k in range(hours.shape[0]):
            total += max(float(temperature[b, hours[k]]) - limit, 0.0)
        of_row[b] = total
