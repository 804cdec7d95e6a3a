"""The compiled loops of batteries: all batteries, all hours.

Energies are counted in steps of a battery's grid while they are worked on: whole numbers, exact in floating point.
"""

# ruff: noqa: PLR0917 - compiled code takes plain arrays by position
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from assets._exact import grid_of

_COMPILE: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy"}


@njit(**_COMPILE)
def settle_grids(load, pv, of, spec, grid):
    """Give each battery the grid of its building, or a coarser one where its own size needs it."""
    for i in range(of.shape[0]):
        most = spec[i, 0] + spec[i, 1] + spec[i, 2]
        if grid[i] <= 0.0:
            for t in range(load.shape[1]):
                most = max(most, load[of[i], t], pv[of[i], t])
        grid[i] = max(grid[i], grid_of(most))


@njit(**_COMPILE)
def _limits(spec, q):
    """Least and most energy held, most in and out in a step of time: in steps of the grid."""
    low = np.rint(spec[0] * spec[6] / q)
    return low, max(np.floor(spec[0] * spec[7] / q), low), np.floor(spec[1] / q), np.floor(spec[2] / q)


@njit(**_COMPILE)
def _begin(start, low, high, q):
    """Energy held at the start, in steps: the least where nothing is told."""
    return low if np.isnan(start) else min(max(np.rint(start / q), low), high)


@njit(**_COMPILE)
def greedy(load, pv, of, spec, grid, start, charge, discharge, level):
    """Charge every surplus, discharge into every deficit."""
    for i in range(of.shape[0]):
        b, q = of[i], grid[i]
        steps = 1.0 / q
        low, high, in_max, out_max = _limits(spec[i], q)
        eta_in, eta_out, leak = spec[i, 3], spec[i, 4], spec[i, 5]
        per_in, per_out = 1.0 / eta_in, 1.0 / eta_out
        soc = _begin(start[i], low, high, q)
        start[i] = soc * q
        for t in range(load.shape[1]):
            soc -= np.rint((soc - low) * leak)
            surplus = (np.float64(pv[b, t]) - np.float64(load[b, t])) * steps
            taken, given = 0.0, 0.0
            if surplus > 0.0:
                taken = min(np.floor(surplus), in_max, np.floor((high - soc) * per_in))
                # Held to the brim: rounding may otherwise take a step more than there is room for.
                soc = min(soc + np.rint(taken * eta_in), high)
            else:
                given = min(np.floor(-surplus), out_max, np.floor((soc - low) * eta_out))
                soc = max(soc - np.rint(given * per_out), low)
            charge[i, t] = taken * q
            discharge[i, t] = given * q
            level[i, t] = soc * q


@njit(**_COMPILE)
def by_price(load, pv, of, spec, grid, start, days, window, pair_of, first_pair, hour_in, hour_out, by_sun, out):
    """Once a day, plan all steps that prices are known for from their pairs; follow the plan until the next."""
    charge, discharge, level = out
    planned_in, planned_out = np.zeros(window), np.zeros(window)
    stored, surplus, need = np.empty(window), np.empty(window), np.empty(window)
    for i in range(of.shape[0]):
        b, q = of[i], grid[i]
        limits = _limits(spec[i], q)
        soc = _begin(start[i], limits[0], limits[1], q)
        start[i] = soc * q
        for d in range(days.shape[0] - 1):
            first, last = days[d], days[d + 1]
            known = min(first + window, load.shape[1])
            for t in range(first, known):
                net = (np.float64(pv[b, t]) - np.float64(load[b, t])) / q
                surplus[t - first] = max(net, 0.0)
                need[t - first] = max(-net, 0.0)
            p, p_end = first_pair[pair_of[i], d], first_pair[pair_of[i], d + 1]
            pairs = (hour_in[p:p_end], hour_out[p:p_end], by_sun[p:p_end])
            _plan_window(known - first, spec[i], limits, soc, pairs, surplus, need, stored, planned_in, planned_out)
            for t in range(first, last):
                soc, taken, given = _follow(
                    soc,
                    planned_in[t - first],
                    planned_out[t - first],
                    (np.float64(load[b, t]) - np.float64(pv[b, t])) / q,
                    spec[i],
                    limits,
                )
                charge[i, t] = taken * q
                discharge[i, t] = given * q
                level[i, t] = soc * q


@njit(**_COMPILE)
def _plan_window(n, spec, limits, soc, pairs, surplus, need, stored, planned_in, planned_out):
    """Fill a plan, the pair that earns most first; `stored` is what the battery would hold after each hour."""
    low, high, in_max, out_max = limits
    hour_in, hour_out, by_sun = pairs
    planned_in[:n] = 0.0
    planned_out[:n] = 0.0
    stored[:n] = soc
    held = soc - low
    for p in range(hour_in.shape[0]):
        i, j = hour_in[p], hour_out[p]
        amount = min(need[j], out_max - planned_out[j]) / spec[4]
        if amount < 1.0:
            continue
        if i < 0:
            # What yesterday left, as far as no later plan has counted on it.
            amount = min(amount, held)
            if amount < 1.0:
                continue
            held -= amount
            stored[j:n] -= amount
        else:
            amount = min(amount, _room_to_charge(by_sun[p], in_max - planned_in[i], surplus[i]) * spec[3])
            if amount < 1.0:
                continue
            for k in range(i, j):
                amount = min(amount, high - stored[k])
            if amount < 1.0:
                continue
            stored[i:j] += amount
            planned_in[i] += amount / spec[3]
            if by_sun[p]:
                surplus[i] -= amount / spec[3]
        planned_out[j] += amount * spec[4]
        need[j] -= amount * spec[4]


@njit(**_COMPILE)
def _room_to_charge(by_sun, power, surplus):
    """Energy that can be charged in an hour: of its sun, or from outside where no sun is left to sell."""
    if by_sun:
        return min(power, surplus)
    return power if surplus < 1.0 else 0.0


@njit(**_COMPILE)
def _follow(soc, planned_in, planned_out, deficit, spec, limits):
    """Carry an hour of the plan out in whole steps; the limits catch what rounding and leakage change."""
    low, high, in_max, out_max = limits
    soc -= np.rint((soc - low) * spec[5])
    taken, given = 0.0, 0.0
    if planned_in > 0.0:
        taken = max(min(np.rint(planned_in), in_max, np.floor((high - soc) / spec[3])), 0.0)
        soc = min(soc + np.rint(taken * spec[3]), high)
    elif planned_out > 0.0 and deficit > 0.0:
        given = min(np.rint(planned_out), np.floor(deficit), out_max, np.floor((soc - low) * spec[4]))
        soc = max(soc - np.rint(given / spec[4]), low)
    return soc, taken, given
