"""The compiled loops of ageing: cycles counted by rainflow, the stress of rest and of cycles, battery by battery."""

# ruff: noqa: PLR0917 - compiled code takes plain arrays by position
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

_COMPILE: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy"}
LFP, NMC = 0, 1
KELVIN = 273.15
GAS_CONSTANT = 8.314462618
"""J/(mol K)."""


@njit(**_COMPILE)
def turning_points(series, at):
    """Write the positions of a series' ends and reversals into `at`; returns how many."""
    n = 0
    direction = 0.0
    last = 0
    for t in range(1, series.shape[0]):
        step = series[t] - series[last]
        if step == 0.0:
            continue
        if n == 0:
            at[0] = 0
            n = 1
        elif step * direction < 0.0:
            at[n] = last
            n += 1
        direction = step
        last = t
    if n > 0:
        at[n] = last
        n += 1
    return n


@njit(**_COMPILE)
def count_cycles(series, at, first, last, weight):
    """Count cycles by rainflow (ASTM E1049-85, 5.4.4).

    Writes where each cycle's range begins and ends into `first` and `last`, and 1 or 0.5 into `weight`; returns how
    many there are. `at` is scratch space; all as long as the series.
    """
    n = turning_points(series, at)
    found, top = 0, 0
    for k in range(n):
        at[top] = at[k]
        top += 1
        while top >= 3:
            newest = abs(series[at[top - 1]] - series[at[top - 2]])
            before = abs(series[at[top - 2]] - series[at[top - 3]])
            if newest < before:
                break
            first[found], last[found] = at[top - 3], at[top - 2]
            if top == 3:
                weight[found] = 0.5
                at[0], at[1] = at[1], at[2]
                top = 2
            else:
                weight[found] = 1.0
                at[top - 3] = at[top - 1]
                top -= 2
            found += 1
    for k in range(top - 1):
        first[found], last[found], weight[found] = at[k], at[k + 1], 0.5
        found += 1
    return found


@njit(**_COMPILE)
def lfp_rest(soc, kelvin, p):
    """Loss per square root of a second (Naumann et al. 2018, eq. 7 to 9)."""
    arrhenius = np.exp(-p[1] / GAS_CONSTANT * (1.0 / kelvin - 1.0 / 298.15))
    return p[0] * arrhenius * (p[2] * (soc - 0.5) ** 3 + p[3])


@njit(**_COMPILE)
def lfp_cycle(depth, c_rate, p):
    """Loss per square root of a full equivalent cycle (Naumann et al. 2020, eq. 5 to 7)."""
    return 0.01 * (p[4] * c_rate + p[5]) * (p[6] * (depth - 0.6) ** 3 + p[7])


@njit(**_COMPILE)
def voltage(soc, ocv):
    """Open-circuit voltage at a state of charge, from a table of equal steps [V]."""
    place = min(max(soc, 0.0), 1.0) * (ocv.shape[0] - 1)
    k = min(int(place), ocv.shape[0] - 2)
    return ocv[k] + (place - k) * (ocv[k + 1] - ocv[k])


@njit(**_COMPILE)
def nmc_rest(soc, kelvin, p, ocv):
    """Loss per day to the power of 0.75 (Schmalstieg et al. 2014, eq. 9)."""
    return max((p[0] * voltage(soc, ocv) + p[1]) * 1e6 * np.exp(p[2] / kelvin), 0.0)


@njit(**_COMPILE)
def nmc_cycle(depth, mean_soc, p, ocv):
    """Loss per square root of an ampere-hour through the cell (Schmalstieg et al. 2014, eq. 21)."""
    return p[3] * (voltage(mean_soc, ocv) - p[4]) ** 2 + p[5] + p[6] * depth


@njit(**_COMPILE)
def stresses(level, capacity, law, parameters, ocv, temperature, step_h, out):
    """Sum up the stress of rest and of cycles, and the full cycles: three columns of `out`, a row each battery.

    A loss that grows as stress^p under constant conditions is (sum of rate^(1/p) × amount)^p under changing ones.
    """
    hours = level.shape[1]
    soc = np.empty(hours)
    moved = np.empty(hours)
    at, first, last = np.empty(hours, np.int64), np.empty(hours, np.int64), np.empty(hours, np.int64)
    weight = np.empty(hours)
    for i in range(level.shape[0]):
        rest, cycled, full = 0.0, 0.0, 0.0
        p = parameters[i]
        busy = 0.0
        for t in range(hours):
            soc[t] = min(max(level[i, t] / capacity[i], 0.0), 1.0) if capacity[i] > 0.0 else 0.0
            if t > 0 and soc[t] != soc[t - 1]:
                busy += step_h
            moved[t] = busy
            kelvin = temperature[i, t] + KELVIN
            if law[i] == LFP:
                rest += lfp_rest(soc[t], kelvin, p) ** 2 * step_h * 3600.0
            else:
                rest += nmc_rest(soc[t], kelvin, p, ocv) ** (4.0 / 3.0) * step_h / 24.0
        for k in range(count_cycles(soc, at, first, last, weight)):
            a, b = soc[first[k]], soc[last[k]]
            depth = abs(a - b)
            cycles = weight[k] * depth
            full += cycles
            if law[i] == LFP:
                rate = depth / max(moved[last[k]] - moved[first[k]], step_h)
                cycled += lfp_cycle(depth, rate, p) ** 2 * cycles
            else:
                cycled += nmc_cycle(depth, 0.5 * (a + b), p, ocv) ** 2 * cycles * 2.0 * p[7]
        out[i, 0], out[i, 1], out[i, 2] = rest, cycled, full
