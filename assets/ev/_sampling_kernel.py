"""The compiled loop that draws charging sessions: every charger by its own stream of random numbers."""

# ruff: noqa: PLR0917 - compiled code takes plain arrays by position
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit

WARM_UP_H = 168
"""A week before the year begins, so that cars are plugged in at its first midnight as at any other."""
_COMPILE: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy"}


@njit(**_COMPILE)
def _next(state):
    """Next state and number in [0, 1): splitmix64 (Steele, Lea, Flood, OOPSLA 2014)."""
    state = state + np.uint64(0x9E3779B97F4A7C15)
    z = state
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    z = z ^ (z >> np.uint64(31))
    return state, np.float64(z >> np.uint64(11)) * (1.0 / 9007199254740992.0)


@njit(**_COMPILE)
def _normal(state):
    """Next state and number of the standard normal distribution (Box and Muller 1958)."""
    state, u = _next(state)
    state, v = _next(state)
    return state, math.sqrt(-2.0 * math.log(1.0 - u)) * math.cos(2.0 * math.pi * v)


@njit(**_COMPILE)
def _share_below(score):
    return 0.5 * math.erfc(-score / math.sqrt(2.0))


@njit(**_COMPILE)
def _quantile(levels, values, share):
    k = min(max(np.searchsorted(levels, share, side="right") - 1, 0), levels.shape[0] - 2)
    part = (share - levels[k]) / (levels[k + 1] - levels[k])
    return values[k] + min(max(part, 0.0), 1.0) * (values[k + 1] - values[k])


@njit(**_COMPILE)
def cumulated_rate(rate, cell):
    """Plug-in rate of each kind of users summed up from the start of the warm-up, shape (K, warm-up + T + 1)."""
    hours = cell.shape[0]
    total = np.zeros((rate.shape[0], WARM_UP_H + hours + 1))
    for k in range(rate.shape[0]):
        for t in range(-WARM_UP_H, hours):
            at = cell[t] if t >= 0 else cell[(t + WARM_UP_H) % hours]
            total[k, t + WARM_UP_H + 1] = total[k, t + WARM_UP_H] + rate[k, at]
    return total


@njit(**_COMPILE)
def _plug_in(total, since, budget):
    """Time at which the rate summed up from a time reaches a budget, in h of `total`; its end where it never does."""
    last = total.shape[0] - 1
    hour = min(int(since), last - 1)
    wanted = total[hour] + (since - hour) * (total[hour + 1] - total[hour]) + budget
    if wanted >= total[last]:
        return float(last)
    after = np.searchsorted(total, wanted, side="right")
    return after - 1 + (wanted - total[after - 1]) / (total[after] - total[after - 1])


@njit(**_COMPILE)
def draw(seeds, kind, cell, levels, total, dwell, energy, correlation, factor, between, power_share, power_corr, powers, oftener, out):  # fmt: skip # noqa: E501
    """Draw the sessions of all chargers; with arrays of no length in `out`, only count them."""
    charger, plug_in, stay, need, power = out
    end = float(WARM_UP_H + cell.shape[0])
    count = 0
    for c in range(seeds.shape[0]):
        k = kind[c]
        state = seeds[c]
        state, often = _next(state)
        state, user = _normal(state)
        state, other = _normal(state)
        strength = _share_below(power_corr[k] * user + math.sqrt(1.0 - power_corr[k] ** 2) * other)
        # The strongest that there is of this kind of users.
        top = np.searchsorted(power_share[k], 1.0 - 1e-9)
        usual = min(np.searchsorted(power_share[k], strength, side="right"), top)
        scale = max(_quantile(levels, factor[k], often) * oftener, 1e-12)
        t = 0.0
        while t < end:
            state, u = _next(state)
            t = _plug_in(total[k], t, -math.log(1.0 - u) / scale)
            if t >= end:
                break
            hour = int(t)
            at = cell[hour - WARM_UP_H] if hour >= WARM_UP_H else cell[hour % cell.shape[0]]
            rho = correlation[k, at]
            state, a = _normal(state)
            state, b = _normal(state)
            h = _quantile(levels, dwell[k, at], _share_below(a))
            if t >= WARM_UP_H:
                if charger.shape[0] > 0:
                    of_user = math.sqrt(between[k]) * user + math.sqrt(1.0 - between[k]) * b
                    score = rho * a + math.sqrt(1.0 - rho**2) * of_user
                    kwh = _quantile(levels, energy[k, at], _share_below(score))
                    # Stays and energies are the measured ones: where the user's car could not, a stronger one came.
                    level = usual
                    while level < top and kwh > powers[level] * h:
                        level += 1
                    charger[count], plug_in[count], stay[count] = c, t - WARM_UP_H, h
                    need[count], power[count] = kwh, powers[level]
                count += 1
            t += h
    return count
