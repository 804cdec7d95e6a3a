"""The compiled loops of plug flow: every step, every pipe in the order of the flow."""

# ruff: noqa: PLR0917 - compiled code takes plain arrays by position
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

LAMINAR_NU = 3.66
"""Nusselt number of laminar flow, taken for standing water too."""
STEADY_K_S = 1e-8
"""Change of the wall per second below which a pipe is steady: the rest of the step goes at one stroke."""
_JIT: dict[str, Any] = {"cache": True, "error_model": "numpy", "nogil": True}


@njit(**_JIT)
def viscosity_pa_s(temp_c):
    """Dynamic viscosity of water [Pa s], Vogel's form, 0 to 150 °C within 3 %."""
    return 2.414e-5 * 10.0 ** (247.8 / (min(max(temp_c, 0.0), 150.0) + 133.15))


@njit(**_JIT)
def film_w_m2_k(mass_flow_kg_s, diameter_m, temp_c, cp_j_kg_k):
    """Heat transfer from water to the wall of a pipe [W/(m² K)], Gnielinski (1976) above Re 2300, laminar below."""
    temp = min(max(temp_c, 0.0), 150.0)
    viscosity = viscosity_pa_s(temp)
    conductivity = 0.56 + 0.0019 * temp - 7.7e-6 * temp * temp
    reynolds = 4.0 * abs(mass_flow_kg_s) / (np.pi * diameter_m * viscosity)
    nusselt = LAMINAR_NU
    if reynolds > 2300.0:
        prandtl = cp_j_kg_k * viscosity / conductivity
        eighth = (1.8 * np.log10(reynolds) - 1.5) ** -2 / 8.0
        turbulent = eighth * (reynolds - 1000.0) * prandtl
        nusselt = max(nusselt, turbulent / (1.0 + 12.7 * np.sqrt(eighth) * (prandtl ** (2.0 / 3.0) - 1.0)))
    return nusselt * conductivity / diameter_m


@njit(**_JIT)
def _trade(spec, film, ambient, seconds, shift, water, wall):
    """Trade heat of water, wall and surroundings where they lie side by side.

    Gives the heat lost [J] and the largest change of the wall [K].
    """
    n = wall.shape[0]
    cell, of_water, of_wall = spec[0] / n, spec[3], spec[4]
    a, b, e = film / of_water, film / of_wall, spec[5] / of_wall
    half = -0.5 * (a + b + e)
    fast = half - np.sqrt(max(half * half - a * e, 0.0))
    slow = a * e / fast
    grown_fast, grown_slow = np.exp(fast * seconds), np.exp(slow * seconds)
    scale = 1.0 / (slow - fast)
    stay_water = (grown_slow * (-a - fast) - grown_fast * (-a - slow)) * scale
    stay_wall = (grown_slow * (-b - e - fast) - grown_fast * (-b - e - slow)) * scale
    mix = (grown_slow - grown_fast) * scale
    lost, change = 0.0, 0.0
    carried = 0.0
    for j in range(n):
        # Left part of wall cell j lies beside water cell j, its right part beside the next.
        y = wall[j] - ambient
        x0, x1 = water[j] - ambient, water[j + 1] - ambient
        new_x0, new_y0 = stay_water * x0 + mix * a * y, mix * b * x0 + stay_wall * y
        new_x1, new_y1 = stay_water * x1 + mix * a * y, mix * b * x1 + stay_wall * y
        y_new = shift * new_y0 + (1.0 - shift) * new_y1
        lost += cell * (of_wall * (y - y_new) + of_water * (shift * (x0 - new_x0) + (1.0 - shift) * (x1 - new_x1)))
        change = max(change, abs(y_new - y))
        wall[j] = y_new + ambient
        # Water cell j has had its other part with wall cell j - 1, by the temperature before.
        water[j] += carried + (shift if j > 0 else 1.0) * (new_x0 - x0)
        carried = (1.0 - shift if j < n - 1 else 1.0) * (new_x1 - x1)
    water[n] += carried
    return lost, change


@njit(**_JIT)
def spread(mass_flow_kg_s, diameter_m, temp_c):
    """Longitudinal dispersion of a flow by its speed and diameter [1], Hart et al. (2013)."""
    reynolds = max(4.0 * abs(mass_flow_kg_s) / (np.pi * diameter_m * viscosity_pa_s(temp_c)), 2300.0)
    return 1.17e9 * reynolds**-2.5 + 0.41


@njit(**_JIT)
def _spread(share, water):
    """Mix neighbouring full cells of water."""
    before = water[1]
    for i in range(2, water.shape[0]):
        traded = share * (before - water[i])
        before = water[i]
        water[i - 1] -= traded
        water[i] += traded


@njit(**_JIT)
def _pipe(spec, cp, flow, inlet, ambient, seconds, shift, water, wall):
    """Move one pipe by a step: heat of the water that leaves it [kg K], heat lost [J], new shift."""
    n = wall.shape[0]
    speed = abs(flow) / (spec[2] * spec[0] / n)
    film = film_w_m2_k(flow, spec[1], inlet if flow != 0.0 else water[0], cp) * np.pi * spec[1]
    # What a cell trades with its neighbour while it moves on by its own length.
    share = 0.0 if flow == 0.0 else min(spread(flow, spec[1], inlet) * spec[1] * n / spec[0], 0.25)
    left, lost, rest = 0.0, 0.0, seconds
    while rest > 0.0:
        way = 1.0 - shift
        if flow < 0.0:
            if shift <= 0.0:
                water[:n] = water[1:].copy()
                shift = 1.0
            way = shift
        # To where water and wall cells lie side by side again, or to the end of the step.
        aligns = speed * rest >= way
        span = way / speed if aligns else rest
        moved = way if aligns else speed * rest
        if flow > 0.0:
            left += moved * water[n]
            water[0] = (water[0] * shift + inlet * moved) / (shift + moved)
            shift += moved
            if aligns:
                water[1:] = water[:n].copy()
                shift = 0.0
        elif flow < 0.0:
            left += moved * water[0]
            water[n] = (water[n] * (1.0 - shift) + inlet * moved) / (1.0 - shift + moved)
            shift = 0.0 if aligns else shift - moved
        if aligns:
            _spread(share, water)
        given, change = _trade(spec, film, ambient, span, shift, water, wall)
        lost += given
        rest = rest - span if aligns else 0.0
        if aligns and rest > 0.0 and change < STEADY_K_S * span:
            more = given * rest / span
            lost += more
            left += speed * rest * inlet - more / (spec[3] * spec[0] / n)
            rest = 0.0
    return left * spec[2] * spec[0] / n, lost, shift


@njit(**_JIT)
def _heat(spec, shift, water, wall):
    """Heat in the water and the wall of a pipe above 0 °C [J]."""
    n = wall.shape[0]
    inside = shift * water[0] + (1.0 - shift) * water[n]
    for i in range(1, n):
        inside += water[i]
    return (spec[3] * inside + spec[4] * wall.sum()) * spec[0] / n


@njit(**_JIT)
def _inflows(t, start, end, course, waiting, queue, mass, heat):
    """Start a step: what enters from outside and the pipes that each node waits for; gives how many wait for none."""
    flow, inlet, external = course[0], course[1], course[2]
    waiting[:] = 0
    for i in range(start.shape[0]):
        if flow[i, t] != 0.0:
            waiting[end[i] if flow[i, t] > 0.0 else start[i]] += 1
    ready = 0
    for v in range(waiting.shape[0]):
        mass[v] = max(external[v, t], 0.0)
        heat[v] = mass[v] * inlet[v, t] if mass[v] > 0.0 else 0.0
        if waiting[v] == 0:
            queue[ready] = v
            ready += 1
    return ready


@njit(**_JIT)
def _moving(t, network, course, state, out, work):
    """Walk the nodes in the order of the flow and move the pipes that leave each; True where every node was reached."""
    start, end, order, first, spec, cells, cp = network
    flow, _, external, ambient, step = course
    water, wall, shift = state
    node_c, start_c, end_c, loss, left = out[0], out[1], out[2], out[3], out[5]
    waiting, queue, mass, heat = work
    last, at = _inflows(t, start, end, course, waiting, queue, mass, heat), 0
    while at < last:
        v = queue[at]
        at += 1
        temp = heat[v] / mass[v] if mass[v] > 0.0 else np.nan
        node_c[v, t] = temp
        if external[v, t] < 0.0:
            left[t] -= external[v, t] * temp * step[t] * cp / 3.6e6
        for p in range(first[v], first[v + 1]):
            i = order[p]
            rate = flow[i, t]
            if rate == 0.0 or v != (start[i] if rate > 0.0 else end[i]):
                continue
            w = end[i] if rate > 0.0 else start[i]
            lo, hi = cells[i], cells[i + 1]
            inside = water[lo + i : hi + i + 1]
            gone, lost, shift[i] = _pipe(spec[i], cp, rate, temp, ambient[i, t], step[t], shift[i], inside, wall[lo:hi])
            loss[i, t] = lost / 3.6e6
            far = gone / (abs(rate) * step[t])
            start_c[i, t], end_c[i, t] = (temp, far) if rate > 0.0 else (far, temp)
            mass[w] += abs(rate)
            heat[w] += abs(rate) * far
            waiting[w] -= 1
            if waiting[w] == 0:
                queue[last] = w
                last += 1
    return last == waiting.shape[0]


@njit(**_JIT)
def _standing(t, network, course, state, out, work):
    """Let the water of still pipes cool; nodes that no water passes have the temperature of the water beside them."""
    start, _, order, first, spec, cells, cp = network
    flow, inlet, _, ambient, step = course
    water, wall, shift = state
    node_c, start_c, end_c, loss = out[0], out[1], out[2], out[3]
    mass = work[2]
    for i in range(start.shape[0]):
        if flow[i, t] == 0.0:
            lo, hi = cells[i], cells[i + 1]
            inside = water[lo + i : hi + i + 1]
            _, lost, shift[i] = _pipe(spec[i], cp, 0.0, 0.0, ambient[i, t], step[t], shift[i], inside, wall[lo:hi])
            loss[i, t] = lost / 3.6e6
            start_c[i, t] = inside[0] if shift[i] > 0.0 else inside[1]
            end_c[i, t] = inside[hi - lo] if shift[i] < 1.0 else inside[hi - lo - 1]
    for v in range(mass.shape[0]):
        count = first[v + 1] - first[v]
        if mass[v] == 0.0:
            total = 0.0 if count else inlet[v, t]
            for p in range(first[v], first[v + 1]):
                total += start_c[order[p], t] if start[order[p]] == v else end_c[order[p], t]
            node_c[v, t] = total / max(count, 1)


@njit(**_JIT)
def _held(network, state):
    """Heat in all pipes above 0 °C [J]."""
    spec, cells = network[4], network[5]
    water, wall, shift = state
    total = 0.0
    for i in range(shift.shape[0]):
        lo, hi = cells[i], cells[i + 1]
        total += _heat(spec[i], shift[i], water[lo + i : hi + i + 1], wall[lo:hi])
    return total


@njit(**_JIT)
def move_all(network, course, state, out):
    """All steps of all pipes, each step in the order of the flow; gives the step that has no order, or -1."""
    cp, inlet, external, step = network[6], course[1], course[2], course[4]
    entered, stored = out[4], out[6]
    n = external.shape[0]
    work = (np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64), np.zeros(n), np.zeros(n))
    before = _held(network, state)
    for t in range(external.shape[1]):
        for v in range(n):
            if external[v, t] > 0.0:
                entered[t] += external[v, t] * inlet[v, t] * step[t] * cp / 3.6e6
        if not _moving(t, network, course, state, out, work):
            return t
        _standing(t, network, course, state, out, work)
        after = _held(network, state)
        stored[t] = (after - before) / 3.6e6
        before = after
    return -1
