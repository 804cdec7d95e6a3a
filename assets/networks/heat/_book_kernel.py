"""The compiled bookkeeping of the sweep: heat lost and stored, standing water, pressure, pumps, extremes.

The conventions of `_tree_kernel` hold.
"""

# ruff: noqa: PLR0917 - compiled loops take plain arrays by position
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit

from assets.fluids.water import held, polynomial
from assets.networks.heat._tree_kernel import (
    AHEAD,
    BACK,
    BEHIND,
    FLOW,
    GROUND,
    HEAD,
    INNER,
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
    decay,
)
from assets.networks.heat.friction import factor_of


class State(NamedTuple):
    """What one step leaves to the next: caloric temperatures, arrays of k."""

    supply_pipe: Array
    return_pipe: Array
    supply_node: Array
    return_node: Array
    still_keep: Array  # share of the excess temperature that standing water keeps over a step


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


@njit(**INNER)
def goes_over(row: Any, above: Any, hours: Any, lane: Any, leak: float, hold: float, cp: float) -> None:
    """Towards what mean excess temperature a pipe pair's water goes in each hour, and how; into `block.lane`.

    Rows 0 and 1: the mean of the steady state in supply and return; 2 and 3: share of the difference from it that is
    left after the hour; 4 and 5: share of what goes over that is exchanged with the ground; 6: the steady loss.
    """
    bare = leak <= 0.0
    for b in range(WIDTH):
        m, down = abs(row[FLOW + b]) * cp, row[FLOW + b] > 0.0
        above_s, above_r, here_s, here_r = above[SUPPLY + b], above[BACK + b], row[SUPPLY + b], row[BACK + b]
        into_s, into_r = (above_s, here_r) if down else (here_s, above_r)
        lost_s, lost_r = m * into_s * (1.0 - row[SUPPLY_KEEP + b]), m * into_r * (1.0 - row[RETURN_KEEP + b])
        leak_s, leak_r = leak * hours[AHEAD + b], leak * hours[BEHIND + b]
        mean_s, mean_r, rate_s, rate_r = lost_s / leak_s, lost_r / leak_r, leak_s + m, leak_r + m
        share_s, share_r = leak_s / rate_s, leak_r / rate_r
        lane[0, b], lane[1, b] = into_s if bare else mean_s, into_r if bare else mean_r
        lane[2, b], lane[3, b] = decay(rate_s / hold), decay(rate_r / hold)
        lane[4, b], lane[5, b] = 0.0 if bare else share_s, 0.0 if bare else share_r
        lane[6, b] = lost_s + lost_r


@njit(**INNER)
def book_heat(
    pipes: Pipes, liquid: Liquid, t0: int, size: int, block: Block, state: State, totals: Totals,
    kept: Kept,
) -> None:  # fmt: skip
    """Losses, and the heat that the water in the pipes takes up.

    Water goes over from one hour's steady state to the next as fast as flow exchanges it and the ground cools it: at
    once where it flows, with the pipe's time constant where it stands. The ground's part of that is lost besides: in
    all, a pipe loses its conductance times the hour's mean excess of its water, so never less than nothing where that
    is warmer than the ground.
    """
    lane, ground = block.lane, block.hours
    for i in range(pipes.parent.size):
        p = pipes.parent[i]
        if p < 0:
            continue
        part, hold = pipes.part[i], pipes.content_kw_k[i]
        goes_over(block.at[i], block.at[p], block.hours, lane, pipes.loss_kw_k[i], hold, liquid.cp)
        old_s, old_r = state.supply_pipe[i], state.return_pipe[i]
        for b in range(size):
            t, earth = t0 + b, ground[GROUND + b]
            new_s, new_r = earth + lane[0, b], earth + lane[1, b]
            if not np.isnan(old_s):
                new_s, new_r = new_s + (old_s - new_s) * lane[2, b], new_r + (old_r - new_r) * lane[3, b]
            else:
                old_s, old_r = new_s, new_r
            stored_s, stored_r = hold * (new_s - old_s), hold * (new_r - old_r)
            by_ground = stored_s * lane[4, b] + stored_r * lane[5, b]
            old_s, old_r, lost = new_s, new_r, lane[6, b] - by_ground
            totals.loss_kw[t] += lost
            totals.stored_kw[part, t] += stored_s + stored_r
            totals.still_kw[part, t] += by_ground
            if kept.loss_kw.size:
                kept.loss_kw[pipes.pipe_row[i], t] = lost
        state.supply_pipe[i], state.return_pipe[i] = old_s, old_r


@njit(**INNER)
def book_nodes(pipes: Pipes, liquid: Liquid, t0: int, size: int, block: Block, state: State, kept: Kept) -> None:
    """Temperatures of nodes; where no water passes they follow the ground.

    They go back to the block, no more in excess of the ground's.
    """
    at = block.at
    for i in range(pipes.parent.size):
        keep, place = state.still_keep[i], pipes.node_row[i]
        old_s, old_r = state.supply_node[i], state.return_node[i]
        for b in range(WIDTH):
            ground = block.hours[GROUND + b]
            left_s = 0.0 if np.isnan(old_s) else (old_s - ground) * keep
            left_r = 0.0 if np.isnan(old_r) else (old_r - ground) * keep
            supply = ground + (at[i, SUPPLY + b] if at[i, SUPPLY_IN + b] > STILL_KG_S else left_s)
            back = ground + (at[i, BACK + b] if at[i, RETURN_IN + b] > STILL_KG_S else left_r)
            at[i, SUPPLY + b], at[i, BACK + b] = supply, back
            if b < size:
                old_s, old_r = supply, back
        state.supply_node[i], state.return_node[i] = old_s, old_r
        if kept.supply_temp_c.size:
            write_temp(at, i, SUPPLY, liquid, place, t0, size, kept.supply_temp_c)
        if kept.return_temp_c.size:
            write_temp(at, i, BACK, liquid, place, t0, size, kept.return_temp_c)


@njit(**INNER)
def write_temp(at: Any, i: int, where: int, liquid: Liquid, place: int, t0: int, size: int, out: Any) -> None:
    """Write a node's caloric temperatures out as temperatures, the sign set right."""
    for b in range(size):
        value = liquid.sign * at[i, where + b]
        out[place, t0 + b] = value + polynomial(liquid.temperature, value)


@njit(**INNER)
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


@njit(**INNER)
def book_pressure(
    pipes: Pipes, liquid: Liquid, limits: Limits, t0: int, size: int, block: Block, extremes: Extremes, kept: Kept
) -> None:
    """Friction of every pipe, velocities, and the pressure between supply and return against the root's."""
    at, lane = block.at, block.lane
    for i in range(pipes.parent.size):
        p, place = pipes.parent[i], pipes.pipe_row[i]
        if p < 0:
            for b in range(WIDTH):
                at[i, HEAD + b] = 0.0
            continue
        friction(pipes, liquid, i, at[i], at[p], BACK, lane[1], lane[2])
        friction(pipes, liquid, i, at[i], at[p], SUPPLY, lane[0], lane[2])
        for b in range(WIDTH):
            lost = lane[0, b] + lane[1, b]
            at[i, HEAD + b] = at[p, HEAD + b] - (lost if at[i, FLOW + b] >= 0.0 else -lost)
            lane[1, b] = max(lane[0, b], lane[1, b])
        note_extremes(place, t0, size, lane[2], 1.0, limits.velocity_m_s[place],
                      extremes.velocity, extremes.velocity_hour, extremes.velocity_over)  # fmt: skip
        note_extremes(place, t0, size, lane[1], 1e3 / pipes.length_m[i], limits.gradient_pa_m,
                      extremes.gradient, extremes.gradient_hour, extremes.gradient_over)  # fmt: skip
        for b in range(size):
            turn = pipes.turn[i] if at[i, FLOW + b] >= 0.0 else -pipes.turn[i]
            if kept.velocity_m_s.size:
                kept.velocity_m_s[place, t0 + b] = turn * lane[2, b]
            if kept.mass_flow_kg_s.size:
                kept.mass_flow_kg_s[place, t0 + b] = turn * abs(at[i, FLOW + b])


@njit(**INNER)
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


@njit(**INNER)
def root_pressure(pipes: Pipes, x: Exchangers, plants: Plants, block: Block) -> None:
    """Pressure at each tree's root that leaves the worst consumer what it needs, into `drawn`; 0 where all stands."""
    base = block.drawn
    for p in range(plants.need_kpa.size):
        for b in range(WIDTH):
            base[p, b] = -np.inf
    for j in range(x.node.size):
        i = x.node[j]
        part = pipes.part[i]
        for b in range(WIDTH):
            need = x.need_kpa[j] - block.at[i, HEAD + b]
            base[part, b] = max(base[part, b], need if block.flow[j, b] > STILL_KG_S else -np.inf)
    for p in range(plants.need_kpa.size):
        for b in range(WIDTH):
            if block.plant_flow[p, b] < -STILL_KG_S:
                base[p, b] = max(base[p, b], plants.need_kpa[p] - block.at[p, HEAD + b])
            if np.isinf(base[p, b]):
                base[p, b] = 0.0


@njit(**INNER)
def pump_kw(liquid: Liquid, flow: float, lift_kpa: float, caloric: float) -> Any:
    """Hydraulic power of a pump."""
    return flow * lift_kpa / polynomial(liquid.density, liquid.sign * caloric)


@njit(**INNER)
def book_pumps(
    pipes: Pipes, x: Exchangers, plants: Plants, liquid: Liquid, t0: int, size: int, block: Block, efficiency: float,
    totals: Totals, kept: Kept,
) -> None:  # fmt: skip
    """Pumps that leave the worst consumer the pressure it needs; who feeds in overcomes the pressure at its node."""
    root_pressure(pipes, x, plants, block)
    base = block.drawn
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


@njit(**INNER)
def book_exchange(
    pipes: Pipes, x: Exchangers, plants: Plants, liquid: Liquid, limits: Limits, consumers: int, t0: int, size: int,
    block: Block, totals: Totals, extremes: Extremes, kept: Kept,
) -> None:  # fmt: skip
    """Heat that consumers got and lacked, and what producers gave."""
    for j in range(x.node.size):
        i = x.node[j]
        part = pipes.part[i]
        for b in range(size):
            t, m, asked, ground = t0 + b, block.flow[j, b], block.asked[j, b], block.hours[GROUND + b]
            share = block.kept[part, b] if m < 0.0 else 1.0
            got = block.heat[j, b] * share
            if j >= consumers:
                totals.given_kw[j - consumers, t] = -m * share * liquid.cp * (block.aim[j, b] - block.at[i, BACK + b])
                continue
            missed = abs(asked - got)
            totals.met_kw[t] += got
            totals.missed_kw[t] += missed
            extremes.missed_kwh[j] += missed
            extremes.missed_hours[j] += missed > 1e-3 * abs(asked)
            if missed > extremes.missed_most[j]:
                extremes.missed_most[j], extremes.missed_hour[j] = missed, t
            if asked > 0.0:
                supply = ground + block.at[i, SUPPLY + b]
                extremes.coldest_under[j] += supply < limits.supply[j]
                if supply < extremes.coldest[j]:
                    extremes.coldest[j], extremes.coldest_hour[j] = supply, t
            if kept.shortfall_kw.size:
                kept.shortfall_kw[j, t] = missed
    for p in range(plants.need_kpa.size):
        for b in range(size):
            m = block.plant_flow[p, b]
            out, into = max(m, 0.0), max(-m, 0.0)
            rise = out * (block.plant_supply[p, b] - block.at[p, BACK + b])
            totals.plant_kw[p, t0 + b] = liquid.cp * (rise - into * (block.at[p, SUPPLY + b] - block.plant_back[p, b]))
            totals.plant_kg_s[p, t0 + b] = m


@njit(**INNER)
def keep_consumers(
    pipes: Pipes, x: Exchangers, liquid: Liquid, consumers: int, t0: int, size: int, block: Block, kept: Kept
) -> None:
    """Keep what the caller wants of consumers: what they take in (or put in) at the supply and at the return."""
    flow_kept, ahead_kept = kept.consumer_flow_kg_s.size > 0, kept.consumer_supply_temp_c.size > 0
    behind_kept = kept.consumer_return_temp_c.size > 0
    if not (flow_kept or ahead_kept or behind_kept):
        return
    for j in range(consumers):
        i = x.node[j]
        for b in range(size):
            share = block.kept[pipes.part[i], b] if block.flow[j, b] < 0.0 else 1.0
            flow, heat = block.flow[j, b] * share, block.heat[j, b] * share
            ahead, behind = block.at[i, SUPPLY + b], block.at[i, BACK + b]
            if flow > STILL_KG_S:
                behind = ahead - heat / (flow * liquid.cp)
            elif flow < -STILL_KG_S:
                ahead = behind + heat / (flow * liquid.cp)
            ahead, behind = ahead * liquid.sign, behind * liquid.sign
            if flow_kept:
                kept.consumer_flow_kg_s[j, t0 + b] = flow
            if ahead_kept:
                kept.consumer_supply_temp_c[j, t0 + b] = ahead + polynomial(liquid.temperature, ahead)
            if behind_kept:
                kept.consumer_return_temp_c[j, t0 + b] = behind + polynomial(liquid.temperature, behind)
