"""The compiled loop of layered water: tanks and pits, hot or cold, all of them, all hours.

Water moves as plugs (Kleinbach, Beckman, Klein 1993; Duffie and Beckman 2013, 8.4): segments of any volume, the warmest
on top. What is drawn at one end comes back at the other; what stands upside down mixes; neighbours conduct; walls and
ground take heat by layer of depth. Temperatures of cold stores come with their sign turned, so that cold is "hot".
"""

# ruff: noqa: PLR0917 - compiled code takes plain arrays by position
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

MOST_SEGMENTS = 40
"""Beyond so many, the two neighbours most alike are joined."""
COARSEST = 16
"""Segments are no larger than this part of the volume: conduction needs them fine."""
_ROOM = 2 * COARSEST + 4
_COMPILE: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy"}
_ALIKE_K = 0.02
_NOTHING = 1e-12


@njit(**_COMPILE)
def _join(volume, temp, n, k):
    """Mix segments k and k + 1; returns how many are left."""
    both = volume[k] + volume[k + 1]
    temp[k] = (volume[k] * temp[k] + volume[k + 1] * temp[k + 1]) / both
    volume[k] = both
    for j in range(k + 1, n - 1):
        volume[j], temp[j] = volume[j + 1], temp[j + 1]
    return n - 1


@njit(**_COMPILE)
def settle(volume, temp, n, total):
    """Mix what is colder than what lies below it; keep segments neither too large nor too many; returns how many."""
    k = 0
    while k < n - 1:
        if temp[k] < temp[k + 1]:
            n = _join(volume, temp, n, k)
            k = max(k - 1, 0)
        else:
            k += 1
    largest = total / COARSEST
    k = 0
    while k < n:
        parts = int(np.ceil(volume[k] / largest - 1e-6))
        if parts > 1:
            for j in range(n - 1, k, -1):
                volume[j + parts - 1], temp[j + parts - 1] = volume[j], temp[j]
            each, warm = volume[k] / parts, temp[k]
            for j in range(k, k + parts):
                volume[j], temp[j] = each, warm
            n += parts - 1
            k += parts
        else:
            k += 1
    while n > MOST_SEGMENTS:
        # There always is such a pair: were all larger, they would hold more than there is.
        best, least = 0, np.inf
        for j in range(n - 1):
            both = volume[j] + volume[j + 1]
            # What mixing would destroy of order: the smallest goes first.
            spread = (temp[j] - temp[j + 1]) ** 2 * volume[j] * volume[j + 1] / both
            if both <= largest and spread < least:
                best, least = j, spread
        n = _join(volume, temp, n, best)
    return n


@njit(**_COMPILE)
def _put(volume, temp, n, on_top, v, t):
    """Add a segment at an end; returns how many there are."""
    if v <= _NOTHING:
        return n
    if on_top:
        for j in range(n, 0, -1):
            volume[j], temp[j] = volume[j - 1], temp[j - 1]
        volume[0], temp[0] = v, t
    else:
        volume[n], temp[n] = v, t
    return n + 1


@njit(**_COMPILE)
def charge(volume, temp, n, supply, wanted, most_volume, lift_least, per_m3_k):
    """Draw from the bottom, heat to `supply`, put on top; returns the heat taken and how many segments there are."""
    heat, moved = 0.0, 0.0
    while n > 0 and heat < wanted and moved < most_volume:
        lift = supply - temp[n - 1]
        if lift < lift_least:
            break
        v = min(volume[n - 1], (wanted - heat) / (per_m3_k * lift), most_volume - moved)
        heat += v * per_m3_k * lift
        moved += v
        volume[n - 1] -= v
        if volume[n - 1] > _NOTHING:
            break
        # A crumb goes with the plug that follows it, at the plug's temperature: its heat is counted.
        heat += volume[n - 1] * per_m3_k * lift
        moved += volume[n - 1]
        n -= 1
    return heat, _put(volume, temp, n, True, moved, supply)


@njit(**_COMPILE)
def discharge(volume, temp, n, returned, wanted, most_volume, least_temp, per_m3_k):
    """Draw from the top, cool to `returned`, put below; returns the heat given and how many segments there are."""
    heat, moved = 0.0, 0.0
    first = 0
    while first < n and heat < wanted and moved < most_volume:
        drop = temp[first] - returned
        if temp[first] < least_temp or drop <= _ALIKE_K:
            break
        v = min(volume[first], (wanted - heat) / (per_m3_k * drop), most_volume - moved)
        heat += v * per_m3_k * drop
        moved += v
        volume[first] -= v
        if volume[first] > _NOTHING:
            break
        heat += volume[first] * per_m3_k * drop
        moved += volume[first]
        first += 1
    for j in range(first, n):
        volume[j - first], temp[j - first] = volume[j], temp[j]
    return heat, _put(volume, temp, n - first, False, moved, returned)


@njit(**_COMPILE)
def _conduct(volume, temp, n, layer_volume, layer_area, conductivity, per_m3_k, step_h, height, area, scratch):
    """Conduct heat between neighbours for a step, implicitly: kW/(m K) times m² over m."""
    layers = layer_volume.shape[0]
    place, left = 0, layer_volume[0]
    for k in range(n):
        rest = volume[k]
        height[k] = 0.0
        while rest > _NOTHING:
            part = min(rest, left)
            height[k] += part / layer_area[place]
            rest -= part
            left -= part
            if left <= _NOTHING:
                if place == layers - 1:
                    break
                place += 1
                left = layer_volume[place]
        area[k] = layer_area[place]
    # Thomas algorithm on (C + G) T = C T0.
    above = 0.0
    for k in range(n):
        below = 0.0
        if k < n - 1:
            below = conductivity * area[k] / max(0.5 * (height[k] + height[k + 1]), 1e-6) * step_h
        c = volume[k] * per_m3_k
        diagonal = c + above + below
        right = c * temp[k]
        if k > 0:
            diagonal -= above * scratch[k - 1]
            right += above * temp[k - 1]
        scratch[k] = below / diagonal
        temp[k] = right / diagonal
        above = below
    for k in range(n - 2, -1, -1):
        temp[k] += scratch[k] * temp[k + 1]


@njit(**_COMPILE)
def _lose(volume, temp, n, ua, layer_volume, around, ground, ground_kwh_k, ground_ua, per_m3_k, step_h):
    """Exchange heat with what lies around each layer of depth; returns the heat lost [kWh].

    A layer's ground follows with its own heat capacity where it has one; its loss to what is farther away is not the
    water's. Every piece of water decays towards what is around it: exact for constant surroundings.
    """
    lost = 0.0
    k, rest = 0, volume[0]
    for j in range(layer_volume.shape[0]):
        left = layer_volume[j]
        outside = ground[j] if ground_kwh_k[j] > 0.0 else around[j]
        decay = 1.0 - np.exp(-ua[j] * step_h / (layer_volume[j] * per_m3_k))
        into = 0.0
        while left > _NOTHING and k < n:
            part = min(rest, left)
            heat = part * per_m3_k * (temp[k] - outside) * decay
            temp[k] -= heat / (volume[k] * per_m3_k)
            into += heat
            left -= part
            rest -= part
            if rest <= _NOTHING:
                k += 1
                if k < n:
                    rest = volume[k]
        lost += into
        if ground_kwh_k[j] > 0.0:
            share = 1.0 - np.exp(-ground_ua[j] * step_h / ground_kwh_k[j])
            ground[j] += into / ground_kwh_k[j]
            ground[j] -= (ground[j] - around[j]) * share
    return lost


@njit(**_COMPILE)
def content(volume, temp, n, reference, per_m3_k):
    """Heat above a temperature [kWh]."""
    held = 0.0
    for k in range(n):
        held += volume[k] * per_m3_k * (temp[k] - reference)
    return held


@njit(**_COMPILE)
def run(
    figures, layer_volume, layer_area, ua, ground_ua, ground_kwh_k, supply, returned, outside, soil, wanted, flow_m3,
    step_h, ground, out, state,
):  # fmt: skip
    """Run all stores; `figures`: per_m3_k, least_temp, reference, conductivity, charge_kw, discharge_kw, lift_least."""
    done_in, done_out, level, loss, top, bottom, start = out
    m, hours = wanted.shape
    volume, temp = np.empty(MOST_SEGMENTS + _ROOM), np.empty(MOST_SEGMENTS + _ROOM)
    height, area, scratch = (
        np.empty(MOST_SEGMENTS + _ROOM),
        np.empty(MOST_SEGMENTS + _ROOM),
        np.empty(MOST_SEGMENTS + _ROOM),
    )
    around = np.empty(layer_volume.shape[1])
    for i in range(m):
        per_m3_k, least, reference, conductivity = figures[i, 0], figures[i, 1], figures[i, 2], figures[i, 3]
        n, total = 0, layer_volume[i].sum()
        for j in range(layer_volume.shape[1]):
            volume[n], temp[n] = layer_volume[i, j], state[i, j]
            n += 1
        n = settle(volume, temp, n, total)
        start[i] = content(volume, temp, n, reference, per_m3_k)
        for t in range(hours):
            around[0] = outside[i, t]
            for j in range(1, around.shape[0]):
                around[j] = outside[i, t] if ground_kwh_k[i, j] <= 0.0 else soil[i]
            gone = _lose(
                volume, temp, n, ua[i], layer_volume[i], around, ground[i], ground_kwh_k[i], ground_ua[i], per_m3_k,
                step_h,
            )  # fmt: skip
            _conduct(
                volume, temp, n, layer_volume[i], layer_area[i], conductivity, per_m3_k, step_h, height, area, scratch
            )
            n = settle(volume, temp, n, total)
            taken, given = 0.0, 0.0
            if wanted[i, t] > 0.0:
                wish = min(wanted[i, t], figures[i, 4] * step_h)
                taken, n = charge(volume, temp, n, supply[i, t], wish, flow_m3[i, t], figures[i, 6], per_m3_k)
            elif wanted[i, t] < 0.0:
                wish = min(-wanted[i, t], figures[i, 5] * step_h)
                given, n = discharge(volume, temp, n, returned[i, t], wish, flow_m3[i, t], least, per_m3_k)
            n = settle(volume, temp, n, total)
            done_in[i, t], done_out[i, t], loss[i, t] = taken, given, gone
            level[i, t] = content(volume, temp, n, reference, per_m3_k)
            top[i, t], bottom[i, t] = temp[0], temp[n - 1]
        k, rest = 0, volume[0]
        for j in range(layer_volume.shape[1]):
            left, heat = layer_volume[i, j], 0.0
            while left > _NOTHING and k < n:
                part = min(rest, left)
                heat += part * temp[k]
                left -= part
                rest -= part
                if rest <= _NOTHING:
                    k += 1
                    if k < n:
                        rest = volume[k]
            state[i, j] = heat / max(layer_volume[i, j] - left, _NOTHING)
