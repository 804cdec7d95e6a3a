"""The compiled loops that sum a year up: one pass over each array, in double precision."""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from typing import Any

from numba import njit

_COMPILE: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy"}


@njit(**_COMPILE)
def sum_up(energy, of_row, of_hour):
    """Write the sum of every row, and add every hour to `of_hour`."""
    for b in range(energy.shape[0]):
        total = 0.0
        for t in range(energy.shape[1]):
            value = float(energy[b, t])
            total += value
            of_hour[t] += value
        of_row[b] = total


@njit(**_COMPILE)
def weigh(energy, weight, of_row):
    """Write the sum of every row, each hour times its weight."""
    for b in range(energy.shape[0]):
        total = 0.0
        for t in range(energy.shape[1]):
            total += float(energy[b, t]) * weight[t]
        of_row[b] = total


@njit(**_COMPILE)
def peak(first, second, of_row):
    """Write the highest hour of the sum of two arrays."""
    for b in range(first.shape[0]):
        most = 0.0
        for t in range(first.shape[1]):
            most = max(most, float(first[b, t]) + float(second[b, t]))
        of_row[b] = most


@njit(**_COMPILE)
def above(temperature, hours, limit, of_row):
    """Write the degree hours above a limit in some hours."""
    for b in range(temperature.shape[0]):
        total = 0.0
        for k in range(hours.shape[0]):
            total += max(float(temperature[b, hours[k]]) - limit, 0.0)
        of_row[b] = total
