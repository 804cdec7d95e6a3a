"""The compiled sweep over a tree of pipe pairs, a block of hours at a time.

Temperatures are caloric and, in cooling networks, of changed sign, so that one algebra serves all: see `_prepare`. Flow
in a pipe pair is positive where the supply flows away from the root; the return always mirrors it.
"""

# ruff: noqa: PLR0917 - compiled loops take plain arrays by position
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

Array = NDArray[np.float64]
Ints = NDArray[np.int64]
_JIT: dict[str, Any] = {"cache": True, "error_model": "numpy", "nogil": True}

STILL_KG_S = 1e-7
"""Flow below which water stands."""
_SEED_KG_S = 1e-12
"""Flow of water as warm as the ground through every node: keeps the equations of still nodes solvable."""
_ROUNDS = 60
_PATIENCE = 10
_LEAST_GAP_K = 0.1

WIDTH = 32
"""Hours of a block: fixed, so that loops over them run on vector units; the last block repeats its last hour."""
FLOW, SUPPLY_IN, RETURN_IN, FROM_SUPPLY, FROM_RETURN = 0, WIDTH, 2 * WIDTH, 3 * WIDTH, 4 * WIDTH
SUPPLY_GAIN, RETURN_GAIN, SUPPLY_KEEP, RETURN_KEEP = 5 * WIDTH, 6 * WIDTH, 7 * WIDTH, 8 * WIDTH
SUPPLY, BACK, SLOPE, HEAD, END = 9 * WIDTH, 10 * WIDTH, 11 * WIDTH, 12 * WIDTH, 13 * WIDTH
"""Where a node's values begin in its row of `Block.at`: flow; mass into its supply and return side; mass from supply to
return and from return to supply; heat that comes along [K kg/s] (the elimination leaves its coefficients in the latter
four); shares of the excess temperature that its pipes keep; temperatures; change of the supply temperature with the
logarithm of all flows; pressure between supply and return, against the root's."""
GROUND, AHEAD, BEHIND, HOURS_END = 0, WIDTH, 2 * WIDTH, 3 * WIDTH
"""Where the hours' values stand in `Block.hours`: ground temperature, factors of the supply's and return's losses."""


class Pipes(NamedTuple):
    """The tree, arrays of k nodes."""

    parent: Ints
    part: Ints  # which of the forest's trees
    loss_kw_k: Array  # of one of the pair
    content_kj_k: Array  # heat capacity of the water in one of the pair
    reynolds: Array  # Reynolds number per flow and fluidity [1/m]
    drag: Array  # pressure per friction factor, flow² and 1/density [1/m⁴]
    area_m2: Array
    length_m: Array
    kind: Ints  # row of `friction`
    friction: Array  # (kinds, 7), see `fitted_factors`


class Exchangers(NamedTuple):
    """Consumers, then producers of given heat, arrays of x; heat is negative where it is put into the network."""

    node: Ints
    by_drop: NDArray[np.bool_]
    bypass_kg_s: Array
    most_kg_s: Array
    need_kpa: Array


class Plants(NamedTuple):
    """What balances each tree, arrays of s trees."""

    node: Ints
    absorbs: NDArray[np.bool_]
    need_kpa: Array


class Liquid(NamedTuple):
    """See `Water`; `sign` is -1 in cooling networks."""

    cp: float
    sign: float
    caloric: Array
    temperature: Array
    density: Array
    fluidity: Array


class Block(NamedTuple):
    """Scratch of a block of hours, reused for all blocks."""

    at: Array  # (k, END)
    hours: Array  # (HOURS_END,)
    asked: Array  # (x, WIDTH) heat
    aim: Array  # (x, WIDTH) caloric temperature to leave at, or drop
    flow: Array  # (x, WIDTH)
    heat: Array  # (x, WIDTH) heat that is exchanged
    cooled: Array  # (x,) heat times what the supply had cooled by in the hour solved last
    plant_supply: Array  # (s, WIDTH) caloric temperature of what it feeds in
    plant_back: Array  # (s, WIDTH) of what it gives back to the return where there is too much
    plant_flow: Array  # (s, WIDTH)
    kept: Array  # (s, WIDTH) share of the producers' feed that is taken


@njit(inline="always", **_JIT)
def decay(x):
    """Return e^-x for x from 0 within 1e-9, without a call that would keep the loop from using vector units."""
    y = min(x, 60.0) * 0.0625
    even, odd = 1.0 + 0.1 * y * y, y * (0.5 + y * y * (1.0 / 120.0))
    r = (even - odd) / (even + odd)
    r2 = r * r
    r4 = r2 * r2
    r8 = r4 * r4
    return r8 * r8


@njit(**_JIT)
def first_guess(pipes: Pipes, x: Exchangers, liquid: Liquid, block: Block) -> None:
    """Flows as if pipes lost on the way to a consumer what they lost in the hour solved last."""
    for j in range(x.node.size):
        part = pipes.part[x.node[j]]
        for b in range(WIDTH):
            heat, aim = block.asked[j, b], block.aim[j, b]
            flow = abs(heat) / (liquid.cp * aim)
            if not x.by_drop[j]:
                source = block.plant_supply[part, b] if heat > 0.0 else block.plant_back[part, b]
                gap = max(abs(source - aim), 1.0)
                if heat > 0.0:
                    gap = max(gap - block.cooled[j] / heat, 0.3 * gap)
                flow = min(abs(heat) / (liquid.cp * gap), x.most_kg_s[j])
            if heat >= 0.0:
                flow = max(flow, x.bypass_kg_s[j])
            block.flow[j, b] = flow if heat >= 0.0 else -flow
            block.heat[j, b] = heat


@njit(**_JIT)
def share_feed(pipes: Pipes, x: Exchangers, plants: Plants, block: Block) -> None:
    """Balance each tree; where its plant takes up no surplus, all that is fed in is turned down alike."""
    drawn, fed = np.zeros_like(block.kept), np.zeros_like(block.kept)
    for j in range(x.node.size):
        part = pipes.part[x.node[j]]
        for b in range(WIDTH):
            drawn[part, b] += max(block.flow[j, b], 0.0)
            fed[part, b] += max(-block.flow[j, b], 0.0)
    for p in range(plants.node.size):
        for b in range(WIDTH):
            much = fed[p, b] > drawn[p, b] and not plants.absorbs[p]
            block.kept[p, b] = drawn[p, b] / fed[p, b] if much else 1.0
            block.plant_flow[p, b] = drawn[p, b] - fed[p, b] * block.kept[p, b]


@njit(**_JIT)
def flows(pipes: Pipes, x: Exchangers, plants: Plants, liquid: Liquid, block: Block) -> None:
    """Flow of every pipe out of the exchangers', and what enters and leaves the nodes besides."""
    share_feed(pipes, x, plants, block)
    at, kept = block.at, block.kept
    at[:, FLOW:SUPPLY_KEEP] = 0.0
    for j in range(x.node.size):
        row = at[x.node[j]]
        part = pipes.part[x.node[j]]
        for b in range(WIDTH):
            m, q = block.flow[j, b], block.heat[j, b] / liquid.cp
            out, into = max(m, 0.0), max(-m, 0.0) * kept[part, b]
            row[FLOW + b] += out - into
            row[FROM_SUPPLY + b] += out
            row[RETURN_IN + b] += out
            row[FROM_RETURN + b] += into
            row[SUPPLY_IN + b] += into
            row[RETURN_GAIN + b] -= q if m > 0.0 else 0.0
            row[SUPPLY_GAIN + b] -= 0.0 if m > 0.0 else q * kept[part, b]
    for p in range(plants.node.size):
        row = at[plants.node[p]]
        for b in range(WIDTH):
            m = block.plant_flow[p, b]
            out, into = max(m, 0.0), max(-m, 0.0)
            row[FLOW + b] -= m
            row[SUPPLY_IN + b] += out
            row[SUPPLY_GAIN + b] += out * block.plant_supply[p, b]
            row[RETURN_IN + b] += into
            row[RETURN_GAIN + b] += into * block.plant_back[p, b]


@njit(**_JIT)
def reduce_node(row: Any, hours: Any, loss: float, linked: float) -> None:
    """Solve a node's two equations for its temperatures as they depend on the node above (see `eliminate`)."""
    for b in range(WIDTH):
        m, ground = row[FLOW + b] * linked, hours[GROUND + b]
        lost = loss / max(abs(m), _SEED_KG_S)
        es, er = decay(lost * hours[AHEAD + b]), decay(lost * hours[BEHIND + b])
        down, up = max(m, 0.0), max(-m, 0.0)
        ms, mr = row[SUPPLY_IN + b] + down + _SEED_KG_S, row[RETURN_IN + b] + up + _SEED_KG_S
        fs = row[SUPPLY_GAIN + b] + (_SEED_KG_S + down * (1.0 - es)) * ground
        fr = row[RETURN_GAIN + b] + (_SEED_KG_S + up * (1.0 - er)) * ground
        crossing, rising = row[FROM_RETURN + b], row[FROM_SUPPLY + b]
        scale = 1.0 / (ms * mr - crossing * rising)
        from_s, from_r = down * es * scale, up * er * scale
        row[SUPPLY_IN + b], row[RETURN_IN + b] = ms, mr
        row[SUPPLY_KEEP + b], row[RETURN_KEEP + b] = es, er
        row[SUPPLY_GAIN + b] = (mr * fs + crossing * fr) * scale
        row[RETURN_GAIN + b] = (rising * fs + ms * fr) * scale
        row[FROM_RETURN + b] = mr * from_s + crossing * from_r
        row[FROM_SUPPLY + b] = rising * from_s + ms * from_r


@njit(**_JIT)
def hand_on(row: Any, above: Any, hours: Any) -> None:
    """Bring the flow that comes up a pipe, in the supply or the return, into the equations of the node above."""
    for b in range(WIDTH):
        m, ground = row[FLOW + b], hours[GROUND + b]
        down, up = max(m, 0.0), max(-m, 0.0)
        kept_s, kept_r = up * row[SUPPLY_KEEP + b], down * row[RETURN_KEEP + b]
        above[FLOW + b] += m
        above[RETURN_IN + b] += down
        above[FROM_SUPPLY + b] += kept_r * row[FROM_SUPPLY + b]
        above[RETURN_GAIN + b] += kept_r * row[RETURN_GAIN + b] + (down - kept_r) * ground
        above[SUPPLY_IN + b] += up
        above[FROM_RETURN + b] += kept_s * row[FROM_RETURN + b]
        above[SUPPLY_GAIN + b] += kept_s * row[SUPPLY_GAIN + b] + (up - kept_s) * ground


@njit(**_JIT)
def eliminate(pipes: Pipes, liquid: Liquid, block: Block) -> None:
    """Sum up flows and eliminate temperatures, from the leaves to the roots, for any direction of flow.

    Both temperatures of a node are tied to each other by the exchangers and to the parent's by the pipes. What is left
    for a node is its dependence on the parent's supply (flow away from the root) or return temperature.
    """
    for i in range(pipes.parent.size - 1, -1, -1):
        p = pipes.parent[i]
        reduce_node(block.at[i], block.hours, pipes.loss_kw_k[i] / liquid.cp, 1.0 if p >= 0 else 0.0)
        if p >= 0:
            hand_on(block.at[i], block.at[p], block.hours)


@njit(**_JIT)
def settle(row: Any, above: Any, hours: Any, loss: float) -> None:
    """Temperatures of a node out of those of the node above, and their slope (see `substitute`)."""
    for b in range(WIDTH):
        m, warm, cold = row[FLOW + b], above[SUPPLY + b], above[BACK + b]
        source = warm if m > 0.0 else cold
        steep = m * above[SLOPE + b] + loss * hours[AHEAD + b] * (source - hours[GROUND + b])
        slope = row[SUPPLY_KEEP + b] * steep / row[SUPPLY_IN + b]
        row[SUPPLY + b] = row[SUPPLY_GAIN + b] + row[FROM_RETURN + b] * source
        row[BACK + b] = row[RETURN_GAIN + b] + row[FROM_SUPPLY + b] * source
        row[SLOPE + b] = slope if m > 0.0 else 0.0


@njit(**_JIT)
def substitute(pipes: Pipes, liquid: Liquid, block: Block) -> None:
    """Temperatures from the roots to the leaves, and how the supply's rise with the logarithm of all flows.

    The latter is followed along flow away from the root only: it speeds Newton's method up and decides nothing.
    """
    at = block.at
    for i in range(pipes.parent.size):
        p = pipes.parent[i]
        if p < 0:
            at[i, SUPPLY:BACK], at[i, BACK:SLOPE] = at[i, SUPPLY_GAIN:RETURN_GAIN], at[i, RETURN_GAIN:SUPPLY_KEEP]
            at[i, SLOPE:HEAD] = 0.0
        else:
            settle(at[i], at[p], block.hours, pipes.loss_kw_k[i] / liquid.cp)


@njit(**_JIT)
def next_flows(x: Exchangers, liquid: Liquid, block: Block, tolerance: float, round_: int) -> float:
    """Newton's step for every exchanger that leaves at a fixed temperature; the worst misfit before it.

    Heat over flow is convex in the flow, so that the steps converge from above; later rounds go half way.
    """
    worst, part_way = 0.0, 1.0 if round_ < _PATIENCE else 0.5
    for j in range(x.node.size):
        if x.by_drop[j]:
            continue
        row, most = block.at[x.node[j]], x.most_kg_s[j]
        for b in range(WIDTH):
            heat = block.asked[j, b]
            if heat == 0.0:
                continue
            aim, q, m = block.aim[j, b], abs(heat), abs(block.flow[j, b])
            least = x.bypass_kg_s[j] if heat > 0.0 else 0.0
            gap = row[SUPPLY + b] - aim if heat > 0.0 else aim - row[BACK + b]
            steep = row[SLOPE + b] if heat > 0.0 else 0.0
            able = m * gap * liquid.cp
            given = max(able, 0.0) if m >= most * (1.0 - 1e-12) and able < q else q
            misfit = abs(given - abs(block.heat[j, b])) / q
            if given == q and (m > least or able < q):
                misfit = max(misfit, abs(able - q) / q)
            worst = max(worst, misfit)
            if misfit > tolerance:
                step = part_way * (q / liquid.cp - m * gap) / max(gap + steep, _LEAST_GAP_K)
                new = min(max(min(max(m + step, 0.2 * m), 5.0 * m), least), most)
                block.flow[j, b] = new if heat > 0.0 else -new
                block.heat[j, b] = given if heat > 0.0 else -given
    return worst


@njit(**_JIT)
def solve(pipes: Pipes, x: Exchangers, plants: Plants, liquid: Liquid, block: Block, tolerance: float) -> float:
    """Flows and temperatures of a block of hours; returns the misfit that is left, relative to each heat."""
    first_guess(pipes, x, liquid, block)
    worst = 0.0
    for round_ in range(_ROUNDS):
        flows(pipes, x, plants, liquid, block)
        eliminate(pipes, liquid, block)
        substitute(pipes, liquid, block)
        if round_ == _ROUNDS - 1:
            break
        worst = next_flows(x, liquid, block, tolerance, round_)
        if worst <= tolerance:
            break
    last = WIDTH - 1
    for j in range(x.node.size):  # for the next guess: it hardly changes with the flow
        i = x.node[j]
        fall = block.plant_supply[pipes.part[i], last] - block.at[i, SUPPLY + last]
        block.cooled[j] = max(fall, 0.0) * max(block.asked[j, last], 0.0)
    return worst
