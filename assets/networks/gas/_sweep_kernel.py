"""The compiled loop of gas trees: energy upwards, blends along the flow, pressures downwards, hour by hour."""

# ruff: noqa: PLR0917 - compiled code takes plain arrays by position
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

LHV, HHV, DENSITY, HYDROGEN, VISCOSITY, SLOPE, ROOT_MASS = range(7)
"""Columns of the gases' properties."""
STILL_KW = 1e-9
"""Flow below which gas stands."""
LEAST_BAR = 0.01
"""Absolute pressure that is told where the load is more than the pipes carry."""
SHARING, ROUNDS = 40, 200
"""Most rounds in which plants share out what hydrogen the network can hold, and are cut back to the limit."""
LAMINAR, TURBULENT = 2000.0, 4000.0
"""Reynolds numbers between which the friction factor goes over from one law to the other, linearly."""
TABLE_SIZE, TABLE_KINK = 1024, 80
"""Entries of the tables of friction, to Re 1e8, and that at the kink at `TURBULENT`."""
TABLE_STEP = TURBULENT**0.25 / TABLE_KINK
"""Step in the fourth root of the Reynolds number."""
_JIT: dict[str, Any] = {"cache": True, "error_model": "numpy", "nogil": True}


@njit(**_JIT)
def _friction(table, reynolds):
    """Darcy's friction factor out of a table, within 1e-4 of the law that it was made by."""
    if reynolds < TURBULENT:
        share = max((reynolds - LAMINAR) / (TURBULENT - LAMINAR), 0.0)
        return (1.0 - share) * 64.0 / min(reynolds, LAMINAR) + share * table[TABLE_KINK]
    place = min(np.sqrt(np.sqrt(reynolds)) / TABLE_STEP, TABLE_SIZE - 1.001)
    low = int(place)
    return table[low] + (place - low) * (table[low + 1] - table[low])


@njit(**_JIT)
def _volume(energy, rows):
    """Give the normal volume of some energy of each gas [m³]."""
    total = 0.0
    for g in range(rows.shape[0]):
        total += energy[g] / rows[g, LHV]
    return total


@njit(**_JIT)
def properties(energy, rows, out):
    """Properties of a blend from its gases' shares of energy; `out` has a gas's columns."""
    volume = _volume(energy, rows)
    out[:] = 0.0
    weight = 0.0
    for g in range(rows.shape[0]):
        share = energy[g] / rows[g, LHV] / volume
        for c in (LHV, HHV, DENSITY, HYDROGEN, SLOPE, ROOT_MASS):
            out[c] += share * rows[g, c]
        weight += share * rows[g, ROOT_MASS]
        out[VISCOSITY] += share * rows[g, ROOT_MASS] * rows[g, VISCOSITY]
    out[VISCOSITY] /= weight


@njit(**_JIT)
def _flows(t, parent, demand, node, power, flow):
    """Energy that passes each edge downwards (negative: upwards) [kW]; at a root what enters there."""
    flow[:] = demand[:, t]
    for j in range(node.shape[0]):
        flow[node[j]] -= power[j, t]
    for i in range(parent.shape[0] - 1, -1, -1):
        if parent[i] >= 0:
            flow[parent[i]] += flow[i]
        elif -STILL_KW < flow[i] < 0.0:
            # Rounding of what is held back.
            flow[i] = 0.0


@njit(**_JIT)
def _hold_back(t, parent, root, demand, node, power, flow):
    """Curtail what is injected where a tree takes less than that: nothing leaves at a root."""
    roots = 0
    while roots < parent.shape[0] and parent[roots] < 0:
        roots += 1
    for r in range(roots):
        if flow[r] >= 0.0:
            continue
        given, taken = 0.0, 0.0
        for j in range(node.shape[0]):
            if root[node[j]] == r:
                given += power[j, t]
        for i in range(parent.shape[0]):
            if root[i] == r:
                taken += demand[i, t]
        for j in range(node.shape[0]):
            if root[node[j]] == r:
                power[j, t] *= taken / given
    _flows(t, parent, demand, node, power, flow)


@njit(**_JIT)
def _hydrogen(energy, rows):
    """Give the normal volume of the hydrogen in some energy of each gas [m³]."""
    total = 0.0
    for g in range(rows.shape[0]):
        total += energy[g] / rows[g, LHV] * rows[g, HYDROGEN]
    return total


@njit(**_JIT)
def _add(held, power, energy):
    """Add gas of a blend to what reaches a node."""
    for g in range(held.shape[0]):
        held[g] += power * energy[g]


@njit(**_JIT)
def _settle(held, energy):
    """Blend what reaches a node; where nothing does, the gas there stays."""
    total = held.sum()
    if total > STILL_KW:
        for g in range(held.shape[0]):
            energy[g] = held[g] / total


@njit(**_JIT)
def _blends(t, parent, entry, node, of, power, flow, energy, held):
    """Share of each gas in the energy at each node, along the flow; `held` is what reaches a node."""
    held[:] = 0.0
    for j in range(node.shape[0]):
        held[node[j], of[j]] += power[j, t]
    # Upwards first: nodes that feed their parent; their gas comes from below and from what is injected.
    for i in range(parent.shape[0] - 1, -1, -1):
        if parent[i] >= 0 and flow[i] < -STILL_KW:
            _settle(held[i], energy[i])
            _add(held[parent[i]], -flow[i], energy[i])
    for i in range(parent.shape[0]):
        if parent[i] >= 0 and flow[i] < -STILL_KW:
            continue
        if parent[i] < 0:
            _add(held[i], flow[i], entry[t])
        elif flow[i] > STILL_KW:
            _add(held[i], flow[i], energy[parent[i]])
        _settle(held[i], energy[i])


@njit(**_JIT)
def _most(i, t, gas, power, leaves, entry, held, limit, rows, other):
    """Most that a plant may give into its node [kW]; -1 where what else reaches it holds too much hydrogen already.

    A kWh less of its gas is a kWh more of what else reaches the node, or of the entry's gas where nothing else does.
    """
    other[:] = held[i]
    other[gas] -= power
    total = other.sum()
    if total <= 1e-6 * power:
        other[:] = entry[t]
        total = 1.0
    spare = (limit * _volume(other, rows) - _hydrogen(other, rows)) / total
    if spare <= 1e-12:
        return -1.0
    return leaves * spare / ((rows[gas, HYDROGEN] - limit) / rows[gas, LHV] + spare)


@njit(**_JIT)
def _too_rich(t, plant, energy, limit, rows, j):
    """Say whether a plant gives hydrogen at a node that holds too much of it."""
    node, of, power = plant
    if power[j, t] <= 0.0 or rows[of[j], HYDROGEN] <= limit:
        return False
    here = energy[node[j]]
    return _hydrogen(here, rows) > (limit + 1e-7) * _volume(here, rows)


@njit(**_JIT)
def _leaves(t, i, parent, demand, flow):
    """Energy that leaves a node downwards and to its consumers [kW]."""
    total = demand[i, t]
    for c in range(i + 1, parent.shape[0]):
        if parent[c] == i:
            total += max(flow[c], 0.0)
    return total


@njit(**_JIT)
def _share_out(t, parent, demand, entry, plant, offer, flow, held, limit, rows, other):
    """Move plants of hydrogen to what their nodes can hold, those of one node together; gives the largest change."""
    node, of, power = plant
    change = 0.0
    for j in range(node.shape[0]):
        if offer[j] <= 0.0 or rows[of[j], HYDROGEN] <= limit:
            continue
        together = 0
        for k in range(node.shape[0]):
            together += node[k] == node[j] and offer[k] > 0.0 and rows[of[k], HYDROGEN] > limit
        leaves = _leaves(t, node[j], parent, demand, flow)
        most = max(_most(node[j], t, of[j], power[j, t], leaves, entry, held, limit, rows, other), 0.0)
        step = (min(offer[j], most) - power[j, t]) / together
        change = max(change, abs(step) / offer[j])
        power[j, t] += step
    return change


@njit(**_JIT)
def _cut_back(t, parent, demand, entry, plant, flow, energy, held, limit, rows, other):
    """Curtail hydrogen where it is more than the limit, upstream before downstream; True if some was."""
    node, of, power = plant
    cut, blocked = False, False
    for last in range(2):
        if last and (cut or not blocked):
            break
        for j in range(node.shape[0]):
            if not _too_rich(t, plant, energy, limit, rows, j):
                continue
            leaves = _leaves(t, node[j], parent, demand, flow)
            most = _most(node[j], t, of[j], power[j, t], leaves, entry, held, limit, rows, other)
            blocked = blocked or most < 0.0
            # Blocked with nothing left to cut upstream: then it must rest.
            most = 0.0 if last else most
            if 0.0 <= most < power[j, t] * (1.0 - 1e-9):
                power[j, t] = most
                cut = True
    return cut


@njit(**_JIT)
def _dilute(t, parent, demand, entry, plant, flow, energy, before, held, limit, rows, other):
    """Hold hydrogen to its limit: share out what the nodes can hold, then cut back what is left above it."""
    node, of, power = plant
    rich = False
    for j in range(node.shape[0]):
        rich = rich or _too_rich(t, plant, energy, limit, rows, j)
    if not rich:
        return
    offer = power[:, t].copy()
    sharing = SHARING
    for _ in range(SHARING + ROUNDS):
        if sharing > 0:
            sharing -= 1
            if _share_out(t, parent, demand, entry, plant, offer, flow, held, limit, rows, other) < 1e-8:
                sharing = 0
        elif not _cut_back(t, parent, demand, entry, plant, flow, energy, held, limit, rows, other):
            return
        _flows(t, parent, demand, node, power, flow)
        energy[:] = before
        _blends(t, parent, entry, node, of, power, flow, energy, held)


@njit(**_JIT)
def _pressures(t, tree, entry, entry_bar, kelvin, energy, flow, rows, mix, absolute, out, least_bar):
    """Pressures from the roots down, and the gas that the pipes hold [kWh]: at these pressures, at the least."""
    parent, _, pipe, kind, tables = tree
    bar, volume, speed = out[0], out[1], out[2]
    ratio = 1.01325 * kelvin[t] / 273.15
    warm = (kelvin[t] / 283.15) ** 0.85
    pack, least = 0.0, 0.0
    roots = 0
    for i in range(parent.shape[0]):
        up = parent[i]
        if up < 0:
            absolute[i] = entry_bar[roots, t] + 1.01325
            roots += 1
            bar[i, t] = entry_bar[roots - 1, t]
            properties(entry[t], rows, mix)
            volume[i, t] = flow[i] / mix[LHV]
            speed[i, t] = 0.0
            continue
        properties(energy[up] if flow[i] >= 0.0 else energy[i], rows, mix)
        length, d = pipe[i, 0], pipe[i, 1]
        normal = flow[i] / mix[LHV]
        high = absolute[up]
        low = high
        if abs(flow[i]) > STILL_KW:
            rate = abs(normal) / 3600.0
            reynolds = 4.0 * mix[DENSITY] * rate / (np.pi * d * mix[VISCOSITY] * warm)
            friction = _friction(tables[kind[i]], reynolds)
            # Pa² to bar²: 1e-10; normal pressure in Pa: 1e5.
            fall = friction * length * 16.0 / np.pi**2 * mix[DENSITY] * ratio * rate**2 / d**5 * 1e-5
            for _ in range(6):
                mean = 2.0 / 3.0 * (high * high + high * low + low * low) / (high + low)
                square = high * high - (fall if normal > 0.0 else -fall) * (1.0 + mix[SLOPE] * mean)
                low = np.sqrt(max(square, LEAST_BAR * LEAST_BAR))
        absolute[i] = low
        mean = 2.0 / 3.0 * (high * high + high * low + low * low) / (high + low)
        thin = min(high, low)
        bar[i, t] = low - 1.01325
        volume[i, t] = normal
        speed[i, t] = abs(normal) / 3600.0 * ratio / thin * (1.0 + mix[SLOPE] * thin) / (np.pi / 4.0 * d * d)
        room = np.pi / 4.0 * d * d * length / ratio * mix[LHV]
        pack += room * mean / (1.0 + mix[SLOPE] * mean)
        bottom = min(least_bar + 1.01325, mean)
        least += room * bottom / (1.0 + mix[SLOPE] * bottom)
    return pack, least


@njit(**_JIT)
def sweep(tree, plant, demand, entry, entry_bar, kelvin, rows, limits, out):
    """All hours; `power` of the plants is changed to what is taken."""
    parent, root = tree[0], tree[1]
    node, of, power = plant
    share, wobbe, heat, kw, pack, entered = out[3], out[4], out[5], out[6], out[7], out[8]
    # `before`: gas of the hour before, which stays where nothing flows.
    k, gases = parent.shape[0], rows.shape[0]
    energy, before, held = np.empty((k, gases)), np.empty((k, gases)), np.zeros((k, gases))
    flow, absolute, mix, other = np.zeros(k), np.zeros(k), np.zeros(7), np.zeros(gases)
    for i in range(k):
        energy[i] = entry[0]
    for t in range(demand.shape[1]):
        _flows(t, parent, demand, node, power, flow)
        _hold_back(t, parent, root, demand, node, power, flow)
        before[:] = energy
        _blends(t, parent, entry, node, of, power, flow, energy, held)
        if limits[1] < 1.0:
            _dilute(t, parent, demand, entry, plant, flow, energy, before, held, limits[1], rows, other)
        pack[0, t], pack[1, t] = _pressures(
            t, tree, entry, entry_bar, kelvin, energy, flow, rows, mix, absolute, out, limits[0]
        )
        for i in range(k):
            properties(energy[i], rows, mix)
            share[i, t] = mix[HYDROGEN]
            wobbe[i, t] = mix[HHV] / np.sqrt(mix[DENSITY] / 1.292923)
            heat[i, t] = mix[LHV]
            kw[i, t] = flow[i]
            if parent[i] < 0:
                entered[i, t] = flow[i]
