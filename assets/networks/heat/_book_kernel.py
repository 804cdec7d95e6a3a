"""The compiled bookkeeping of the sweep: heat lost and stored, standing water, pressure, pumps, extremes.

The conventions of `_sweep_kernel` hold.
"""

# ruff: noqa: PLR0917 - compiled loops take plain arrays by position
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit

from assets.networks.heat._sweep_kernel import (
    _JIT,
    AHEAD,
    BACK,
    BEHIND,
    CHANGE,
    FLOW,
    GROUND,
    HEAD,
    RETURN_IN,
    RETURN_KEEP,
    STILL_KG_S,
    SUPPLY,
    SUPPLY_IN,
    SUPPLY_KEEP,
    WIDTH,
    Array,
    Block,
    Exchangers,
    Ints,
    Liquid,
    Pipes,
    Plants,
)
from assets.networks.heat.friction import factor_of
from assets.networks.heat.water import held, polynomial

STEP_S = 3600.0


class State(NamedTuple):
    """What one hour leaves to the next: caloric temperatures, arrays of k."""

    supply_pipe: Array
    return_pipe: Array
    supply_node: Array
    return_node: Array
    still_keep: Array  # share of the excess temperature that standing water keeps over an hour


class Totals(NamedTuple):
    """Sums over the network by hour, (T,) but where told."""

    loss_kw: Array
    stored_kw: Array  # (s, T)
    still_kw: Array  # (s, T) part of it that is exchanged with the ground: no plant gives it
    pump_kw: Array
    head_kpa: Array  # (s, T) pressure that the plants give
    plant_kw: Array  # (s, T)
    plant_kg_s: Array  # (s, T)
    given_kw: Array  # (p, T) of the producers of given heat
    met_kw: Array  # (T,) consumers' heat
    missed_kw: Array  # (T,)
    misfit: Array  # (T,)


class Extremes(NamedTuple):
    """Worst values over all hours, the hour of each, and how many hours are beyond the limit."""

    velocity: Array  # (k,)
    velocity_hour: Ints
    velocity_over: Ints
    gradient: Array  # (k,)
    gradient_hour: Ints
    gradient_over: Ints
    coldest: Array  # (x,)
    coldest_hour: Ints
    coldest_under: Ints
    missed_kwh: Array  # (x,) over all hours
    missed_most: Array  # (x,) of the worst hour [kW]
    missed_hour: Ints
    missed_hours: Ints


class Limits(NamedTuple):
    """Beyond which an hour is counted."""

    velocity_m_s: Array  # (k,)
    gradient_pa_m: float
    supply: Array  # (x,) caloric temperature


class Kept(NamedTuple):
    """Arrays of node by hour that the caller keeps, float32; of no size where not."""

    supply_temp_c: Any
    return_temp_c: Any
    mass_flow_kg_s: Any
    velocity_m_s: Any
    loss_kw: Any
    pressure_kpa: Any
    consumer_supply_temp_c: Any  # (c, T)
    consumer_return_temp_c: Any
    consumer_flow_kg_s: Any
    shortfall_kw: Any


@njit(inline="always", **_JIT)
def mean_of(into: float, lost: float, ground: float, conductance: float) -> float:
    """Mean temperature of a pipe's water in the steady state, out of what it loses."""
    return ground + lost / conductance if conductance > 0.0 else into


@njit(**_JIT)
def book_heat(
    pipes: Pipes, liquid: Liquid, t0: int, size: int, block: Block, state: State, totals: Totals,
    kept: Kept,
) -> None:  # fmt: skip
    """Losses, and the heat that the water in the pipes takes up.

    Water goes over from one hour's steady state to the next as fast as flow exchanges it and the ground cools it: at
    once where it flows, with the pipe's time constant where it stands. The ground's part of that is lost besides.
    """
    for i in range(pipes.parent.size):
        p = pipes.parent[i]
        if p < 0:
            continue
        leak, hold = pipes.loss_kw_k[i], pipes.content_kj_k[i] / STEP_S
        for b in range(size):
            t, m, ground = t0 + b, block.at[i, FLOW + b], block.hours[GROUND + b]
            into_s = block.at[p, SUPPLY + b] if m > 0.0 else block.at[i, SUPPLY + b]
            into_r = block.at[i, BACK + b] if m > 0.0 else block.at[p, BACK + b]
            lost_s = abs(m) * liquid.cp * (into_s - ground) * (1.0 - block.at[i, SUPPLY_KEEP + b])
            lost_r = abs(m) * liquid.cp * (into_r - ground) * (1.0 - block.at[i, RETURN_KEEP + b])
            lost, stored = lost_s + lost_r, 0.0
            new_s = mean_of(into_s, lost_s, ground, leak * block.hours[AHEAD + b])
            new_r = mean_of(into_r, lost_r, ground, leak * block.hours[BEHIND + b])
            old_s, old_r = state.supply_pipe[i], state.return_pipe[i]
            if not np.isnan(old_s):
                exchange = abs(m) * liquid.cp
                keep = np.exp(-(leak + exchange) / hold)
                new_s, new_r = new_s + (old_s - new_s) * keep, new_r + (old_r - new_r) * keep
                stored = hold * (new_s - old_s + new_r - old_r)
                by_ground = stored * leak / (leak + exchange) if leak + exchange > 0.0 else 0.0
                lost -= by_ground
                totals.still_kw[pipes.part[i], t] += by_ground
            state.supply_pipe[i], state.return_pipe[i] = new_s, new_r
            totals.loss_kw[t] += lost
            totals.stored_kw[pipes.part[i], t] += stored
            if kept.loss_kw.size:
                kept.loss_kw[pipes.pipe_row[i], t] = lost


@njit(**_JIT)
def book_nodes(pipes: Pipes, liquid: Liquid, t0: int, size: int, block: Block, state: State, kept: Kept) -> None:
    """Temperatures of nodes; where no water passes they follow the ground. They are written back to the block."""
    for i in range(pipes.parent.size):
        keep = state.still_keep[i]
        for b in range(size):
            ground = block.hours[GROUND + b]
            if block.at[i, SUPPLY_IN + b] > STILL_KG_S:
                supply = block.at[i, SUPPLY + b]
            else:
                old = state.supply_node[i]
                supply = ground if np.isnan(old) else ground + (old - ground) * keep
            if block.at[i, RETURN_IN + b] > STILL_KG_S:
                back = block.at[i, BACK + b]
            else:
                old = state.return_node[i]
                back = ground if np.isnan(old) else ground + (old - ground) * keep
            state.supply_node[i], state.return_node[i] = supply, back
            block.at[i, SUPPLY + b], block.at[i, BACK + b] = supply, back
    if kept.supply_temp_c.size:
        write_temp(pipes, block.at[:, SUPPLY:BACK], liquid, t0, size, kept.supply_temp_c)
    if kept.return_temp_c.size:
        write_temp(pipes, block.at[:, BACK:CHANGE], liquid, t0, size, kept.return_temp_c)


@njit(**_JIT)
def write_temp(pipes: Pipes, caloric: Any, liquid: Liquid, t0: int, size: int, out: Any) -> None:
    """Write caloric temperatures out as temperatures, the sign set right."""
    for i in range(out.shape[0]):
        for b in range(size):
            value = liquid.sign * caloric[i, b]
            out[pipes.node_row[i], t0 + b] = value + polynomial(liquid.temperature, value)


@njit(**_JIT)
def friction(pipes: Pipes, liquid: Liquid, i: int, row: Any, above: Any, where: int, drop: Any, speed: Any) -> None:
    """Pressure that one pipe takes, 0 or more [kPa], and its water's velocity [m/s], for all hours of a block.

    Density and viscosity at the mean caloric temperature of its ends: it is within 0.3 K of the temperature.
    """
    half, area, reynolds = 0.5 * liquid.sign, pipes.area_m2[i], pipes.reynolds[i]
    density, fluidity = held(liquid.density), held(liquid.fluidity)
    for b in range(WIDTH):
        value = half * (above[where + b] + row[where + b])
        m = abs(row[FLOW + b])
        speed[b] = m / (polynomial(density, value) * area)
        drop[b] = max(reynolds * m * polynomial(fluidity, value), 1e-9)
    terms, drag = held(pipes.friction[pipes.kind[i]]), pipes.drag[i] * area * 1e-3
    for b in range(WIDTH):
        drop[b] = factor_of(terms, drop[b]) * drag * abs(row[FLOW + b]) * speed[b]


@njit(**_JIT)
def book_pressure(
    pipes: Pipes, liquid: Liquid, limits: Limits, t0: int, size: int, block: Block, extremes: Extremes, kept: Kept
) -> None:
    """Friction of every pipe, velocities, and the pressure between supply and return against the root's."""
    ahead, behind, speed = np.empty(WIDTH), np.empty(WIDTH), np.empty(WIDTH)
    for i in range(pipes.parent.size):
        p, place = pipes.parent[i], pipes.pipe_row[i]
        row = block.at[i]
        if p < 0:
            row[HEAD : HEAD + WIDTH] = 0.0
            continue
        above = block.at[p]
        friction(pipes, liquid, i, row, above, BACK, behind, speed)
        friction(pipes, liquid, i, row, above, SUPPLY, ahead, speed)
        for b in range(WIDTH):
            lost = ahead[b] + behind[b]
            row[HEAD + b] = above[HEAD + b] - (lost if row[FLOW + b] >= 0.0 else -lost)
            behind[b] = max(ahead[b], behind[b])
        note_extremes(place, t0, size, speed, 1.0, limits.velocity_m_s[place],
                      extremes.velocity, extremes.velocity_hour, extremes.velocity_over)  # fmt: skip
        note_extremes(place, t0, size, behind, 1e3 / pipes.length_m[i], limits.gradient_pa_m,
                      extremes.gradient, extremes.gradient_hour, extremes.gradient_over)  # fmt: skip
        if kept.velocity_m_s.size:
            for b in range(size):
                kept.velocity_m_s[place, t0 + b] = pipes.turn[i] * (speed[b] if row[FLOW + b] >= 0.0 else -speed[b])
        if kept.mass_flow_kg_s.size:
            for b in range(size):
                kept.mass_flow_kg_s[place, t0 + b] = pipes.turn[i] * row[FLOW + b]


@njit(**_JIT)
def note_extremes(
    i: int, t0: int, size: int, values: Any, scale: float, limit: float, worst: Any, hour: Any, over: Any
) -> None:
    """Note the highest value of a pipe, its hour, and the hours beyond the limit."""
    top = 0.0
    for b in range(WIDTH):  # the last block repeats its last hour
        top = max(top, values[b])
    if top * scale > worst[i]:
        worst[i] = top * scale
        for b in range(size):
            if values[b] == top:
                hour[i] = t0 + b
                break
    if top * scale > limit:
        for b in range(size):
            over[i] += values[b] * scale > limit


@njit(**_JIT)
def root_pressure(pipes: Pipes, x: Exchangers, plants: Plants, block: Block) -> Array:
    """Pressure at each tree's root that leaves the worst consumer what it needs; 0 where all stands."""
    base = np.full_like(block.kept, -np.inf)
    for j in range(x.node.size):
        i = x.node[j]
        part = pipes.part[i]
        for b in range(WIDTH):
            if block.flow[j, b] > STILL_KG_S:
                base[part, b] = max(base[part, b], x.need_kpa[j] - block.at[i, HEAD + b])
    for p in range(plants.need_kpa.size):
        for b in range(WIDTH):
            if block.plant_flow[p, b] < -STILL_KG_S:
                base[p, b] = max(base[p, b], plants.need_kpa[p] - block.at[p, HEAD + b])
            if np.isinf(base[p, b]):
                base[p, b] = 0.0
    return base


@njit(**_JIT)
def pump_kw(liquid: Liquid, flow: float, lift_kpa: float, caloric: float) -> Any:
    """Hydraulic power of a pump."""
    return flow * lift_kpa / polynomial(liquid.density, liquid.sign * caloric)


@njit(**_JIT)
def book_pumps(
    pipes: Pipes, x: Exchangers, plants: Plants, liquid: Liquid, t0: int, size: int, block: Block, efficiency: float,
    totals: Totals, kept: Kept,
) -> None:  # fmt: skip
    """Pumps that leave the worst consumer the pressure it needs; who feeds in overcomes the pressure at its node."""
    base = root_pressure(pipes, x, plants, block)
    for p in range(plants.need_kpa.size):
        for b in range(size):
            m = block.plant_flow[p, b]
            if m > STILL_KG_S:
                lift = max(base[p, b] + plants.need_kpa[p], 0.0)
                totals.head_kpa[p, t0 + b] = lift
                totals.pump_kw[t0 + b] += pump_kw(liquid, m, lift, block.at[p, BACK + b]) / efficiency
    for j in range(x.node.size):
        i = x.node[j]
        part = pipes.part[i]
        for b in range(size):
            m = -block.flow[j, b] * block.kept[part, b]
            if m > STILL_KG_S:
                lift = max(base[part, b] + block.at[i, HEAD + b] + x.need_kpa[j], 0.0)
                totals.pump_kw[t0 + b] += pump_kw(liquid, m, lift, block.at[i, BACK + b]) / efficiency
    if kept.pressure_kpa.size:
        for i in range(pipes.parent.size):
            for b in range(size):
                kept.pressure_kpa[pipes.node_row[i], t0 + b] = base[pipes.part[i], b] + block.at[i, HEAD + b]


@njit(**_JIT)
def keep_consumer(j: int, t: int, b: int, row: Any, liquid: Liquid, flow: float, heat: float, kept: Kept) -> None:
    """Keep what the caller wants of a consumer: what it takes in (or puts in) at the supply and at the return."""
    ahead, behind = row[SUPPLY + b], row[BACK + b]
    if flow > STILL_KG_S:
        behind = ahead - heat / (flow * liquid.cp)
    elif flow < -STILL_KG_S:
        ahead = behind + heat / (flow * liquid.cp)
    if kept.consumer_flow_kg_s.size:
        kept.consumer_flow_kg_s[j, t] = flow
    if kept.consumer_supply_temp_c.size:
        value = ahead * liquid.sign
        kept.consumer_supply_temp_c[j, t] = value + polynomial(liquid.temperature, value)
    if kept.consumer_return_temp_c.size:
        value = behind * liquid.sign
        kept.consumer_return_temp_c[j, t] = value + polynomial(liquid.temperature, value)


@njit(**_JIT)
def book_exchange(
    pipes: Pipes, x: Exchangers, plants: Plants, liquid: Liquid, limits: Limits, consumers: int, t0: int, size: int,
    block: Block, totals: Totals, extremes: Extremes, kept: Kept,
) -> None:  # fmt: skip
    """Heat that consumers got and lacked, and what producers gave."""
    for j in range(x.node.size):
        i = x.node[j]
        row, part = block.at[i], pipes.part[i]
        for b in range(size):
            t, m, asked = t0 + b, block.flow[j, b], block.asked[j, b]
            share = block.kept[part, b] if m < 0.0 else 1.0
            got = block.heat[j, b] * share
            if j >= consumers:
                totals.given_kw[j - consumers, t] = -m * share * liquid.cp * (block.aim[j, b] - row[BACK + b])
                continue
            missed = abs(asked - got)
            totals.met_kw[t] += got
            totals.missed_kw[t] += missed
            extremes.missed_kwh[j] += missed
            extremes.missed_hours[j] += missed > 1e-3 * abs(asked)
            if missed > extremes.missed_most[j]:
                extremes.missed_most[j], extremes.missed_hour[j] = missed, t
            if asked > 0.0:
                extremes.coldest_under[j] += row[SUPPLY + b] < limits.supply[j]
                if row[SUPPLY + b] < extremes.coldest[j]:
                    extremes.coldest[j], extremes.coldest_hour[j] = row[SUPPLY + b], t
            if kept.shortfall_kw.size:
                kept.shortfall_kw[j, t] = missed
            keep_consumer(j, t, b, row, liquid, m * share, block.heat[j, b] * share, kept)
    for p in range(plants.need_kpa.size):
        for b in range(size):
            m = block.plant_flow[p, b]
            out, into = max(m, 0.0), max(-m, 0.0)
            rise = out * (block.plant_supply[p, b] - block.at[p, BACK + b])
            totals.plant_kw[p, t0 + b] = liquid.cp * (rise - into * (block.at[p, SUPPLY + b] - block.plant_back[p, b]))
            totals.plant_kg_s[p, t0 + b] = m
