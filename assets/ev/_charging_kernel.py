"""The compiled loops that charge cars: session after session, onto the hours of their owners."""

# ruff: noqa: PLR0917 - compiled code takes plain arrays by position
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit

MOST_HOURS = 258
"""Hours that a stay may touch: more than ten days."""
AT_ONCE, CHEAPEST, LEVELLED = 0, 1, 2
_COMPILE: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy"}
_HALVINGS = 48
NEAR_KWH = 1e-6
"""To which the level of a valley is found."""


@njit(**_COMPILE)
def charge(order, owner, plug_in, stay, need, power, clock, strategy, signal, base, base_of, grid, out, given):
    """Charge the sessions, those of an owner together and in time; `out` (owners, T) and `given` (sessions) in kWh.

    `clock` is the length of a step [h] and whether the time is a ring.
    """
    step_h, ring = clock
    steps, longest = out.shape[1], math.ceil(MOST_HOURS / step_h)
    room, want, cost = np.empty(longest), np.empty(longest), np.empty(longest)
    taken = np.zeros(steps)
    for p in range(order.shape[0]):
        s = order[p]
        o = owner[s]
        first = math.floor(plug_in[s] / step_h)
        n = min(math.ceil((plug_in[s] + stay[s]) / step_h) - first, longest)
        possible = 0.0
        for k in range(n):
            here = min(plug_in[s] + stay[s], (first + k + 1.0) * step_h) - max(plug_in[s], (first + float(k)) * step_h)
            room[k] = power[s] * max(here, 0.0)
            want[k] = 0.0
            possible += room[k]
        given[s] = min(need[s], possible)
        if strategy == AT_ONCE or need[s] >= possible:
            _fill_in_time(n, room, want, given[s])
        elif strategy == CHEAPEST:
            for k in range(n):
                cost[k] = signal[(first + k) % steps]
            _fill_cheapest(n, room, want, cost, given[s])
        else:
            for k in range(n):
                t = (first + k) % steps
                cost[k] = np.float64(base[base_of[o], t]) + taken[t]
            _fill_valley(n, room, want, cost, given[s])
        for k in range(n):
            if ring or first + k < steps:
                taken[(first + k) % steps] += want[k]
            else:
                given[s] -= want[k]
        if p + 1 == order.shape[0] or owner[order[p + 1]] != o:
            _write(taken, grid[o], out[o])
            taken[:] = 0.0


@njit(**_COMPILE)
def _write(taken, grid, out):
    """Round the steps to the grid so that they add up to the sum of the sessions, as near as the grid allows."""
    so_far, put = 0.0, 0.0
    for t in range(taken.shape[0]):
        if taken[t] > 0.0:
            so_far += taken[t]
            out[t] = max(np.rint(so_far / grid) * grid - put, 0.0)
            put += np.float64(out[t])


@njit(**_COMPILE)
def _fill_in_time(n, room, want, needed):
    left = needed
    for k in range(n):
        want[k] = min(room[k], left)
        left -= want[k]


@njit(**_COMPILE)
def _fill_cheapest(n, room, want, cost, needed):
    """Fill the hours from the cheapest up; of equal ones, the first comes first."""
    left = needed
    while left > 0.0:
        best = -1
        for k in range(n):
            if want[k] == 0.0 and room[k] > 0.0 and (best < 0 or cost[k] < cost[best]):
                best = k
        if best < 0:
            break
        want[best] = min(room[best], left)
        left -= want[best]


@njit(**_COMPILE)
def _fill_valley(n, room, want, load, needed):
    """Raise the lowest hours to one level: the level is sought by halving, what is left over goes in time."""
    low, high = np.inf, -np.inf
    for k in range(n):
        low = min(low, load[k])
        high = max(high, load[k] + room[k])
    for _ in range(_HALVINGS):
        if high - low < NEAR_KWH:
            break
        level = 0.5 * (low + high)
        total = 0.0
        for k in range(n):
            total += min(max(level - load[k], 0.0), room[k])
        if total > needed:
            high = level
        else:
            low = level
    left = needed
    for k in range(n):
        want[k] = min(min(max(low - load[k], 0.0), room[k]), left)  # noqa: PLW3301  numba takes two at a time
        left -= want[k]
    for k in range(n):
        more = min(room[k] - want[k], left)
        want[k] += more
        left -= more
