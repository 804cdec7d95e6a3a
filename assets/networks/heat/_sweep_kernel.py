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
_ROUNDS = 100
_PATIENCE = 10

WIDTH = 16
"""Hours of a block: fixed, so that loops over them run on vector units; the last block repeats its last hour."""
FLOW, SUPPLY_IN, RETURN_IN, FROM_SUPPLY, FROM_RETURN = 0, WIDTH, 2 * WIDTH, 3 * WIDTH, 4 * WIDTH
SUPPLY_GAIN, RETURN_GAIN, SUPPLY_KEEP, RETURN_KEEP = 5 * WIDTH, 6 * WIDTH, 7 * WIDTH, 8 * WIDTH
SUPPLY, BACK, CHANGE, REPLY, STIR = 9 * WIDTH, 10 * WIDTH, 11 * WIDTH, 12 * WIDTH, 13 * WIDTH
HEAD, END = CHANGE, 14 * WIDTH
"""Where a node's values begin in its row of `Block.at`: flow; mass into its supply and return side; mass from supply to
return and from return to supply; heat that comes along [K kg/s] (the elimination leaves its coefficients in the latter
four); shares of the excess temperature that its pipes keep; temperatures; Newton's change of flow, its reply to the
supply temperature, and what else moves that. At the end, pressure between supply and return against the root's."""
GROUND, AHEAD, BEHIND, HOURS_END = 0, WIDTH, 2 * WIDTH, 3 * WIDTH
"""Where the hours' values stand in `Block.hours`: ground temperature, factors of the supply's and return's losses."""


class Pipes(NamedTuple):
    """The tree, arrays of k nodes; its roots stand first, and each is where a plant balances its tree."""

    parent: Ints
    node_row: Ints  # row of the caller's arrays that a node stands in
    pipe_row: Ints  # row that the pipe to the parent stands in
    turn: Array  # -1 where the caller counts that pipe's flow the other way
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
    """What balances each tree, at its root; arrays of s trees."""

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
    step: Array  # (x, WIDTH) change of flow
    reply: Array  # (x, WIDTH) its reply to the supply temperature
    given: Array  # (x, WIDTH) heat that can be exchanged
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
    for p in range(plants.need_kpa.size):
        for b in range(WIDTH):
            much = fed[p, b] > drawn[p, b] and not plants.absorbs[p]
            block.kept[p, b] = drawn[p, b] / fed[p, b] if much else 1.0
            block.plant_flow[p, b] = drawn[p, b] - fed[p, b] * block.kept[p, b]


@njit(**_JIT)
def flows(pipes: Pipes, x: Exchangers, plants: Plants, liquid: Liquid, block: Block) -> None:
    """Flow of every pipe out of the exchangers', and what enters and leaves the nodes besides.

    Consumers take their heat out exactly. Producers of given heat feed in at their temperature and give their heat as
    nearly as their flow is found: given exactly, heat would go round between them and consumers without a temperature
    to hold on to.
    """
    share_feed(pipes, x, plants, block)
    at, kept = block.at, block.kept
    at[:, FLOW:SUPPLY_KEEP] = 0.0
    for j in range(x.node.size):
        row, at_aim = at[x.node[j]], not x.by_drop[j]
        part = pipes.part[x.node[j]]
        for b in range(WIDTH):
            m, q = block.flow[j, b], block.heat[j, b] / liquid.cp
            out, into = max(m, 0.0), max(-m, 0.0) * kept[part, b]
            row[FLOW + b] += out - into
            row[FROM_SUPPLY + b] += out
            row[RETURN_IN + b] += out
            row[FROM_RETURN + b] += 0.0 if at_aim else into
            row[SUPPLY_IN + b] += into
            fed = into * block.aim[j, b] if at_aim else -q * kept[part, b]
            row[RETURN_GAIN + b] -= q if m > 0.0 else 0.0
            row[SUPPLY_GAIN + b] += 0.0 if m > 0.0 else fed
    for p in range(plants.need_kpa.size):
        row = at[p]
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
def settle(row: Any, above: Any) -> None:
    """Temperatures of a node out of those of the node above."""
    for b in range(WIDTH):
        warm, cold = above[SUPPLY + b], above[BACK + b]
        source = warm if row[FLOW + b] > 0.0 else cold
        row[SUPPLY + b] = row[SUPPLY_GAIN + b] + row[FROM_RETURN + b] * source
        row[BACK + b] = row[RETURN_GAIN + b] + row[FROM_SUPPLY + b] * source


@njit(**_JIT)
def substitute(pipes: Pipes, block: Block) -> None:
    """Temperatures from the roots to the leaves."""
    at = block.at
    for i in range(pipes.parent.size):
        p = pipes.parent[i]
        if p < 0:
            at[i, SUPPLY:BACK], at[i, BACK:CHANGE] = at[i, SUPPLY_GAIN:RETURN_GAIN], at[i, RETURN_GAIN:SUPPLY_KEEP]
        else:
            settle(at[i], at[p])


@njit(**_JIT)
def misfits(x: Exchangers, liquid: Liquid, block: Block, worst: Array) -> None:
    """By how much flow and temperatures miss each exchanger's heat, and the change of flow that would mend it alone.

    Flow at a valve's limits stays there: what then comes through is what is exchanged.
    """
    block.at[:, CHANGE:END] = 0.0
    worst[:] = 0.0
    for j in range(x.node.size):
        if x.by_drop[j]:
            continue
        row, most = block.at[x.node[j]], x.most_kg_s[j]
        for b in range(WIDTH):
            heat, m = block.asked[j, b], abs(block.flow[j, b])
            q, least = abs(heat), x.bypass_kg_s[j] if heat > 0.0 else 0.0
            block.step[j, b], block.reply[j, b] = 0.0, 0.0
            if q == 0.0:
                continue
            gap = row[SUPPLY + b] - block.aim[j, b] if heat > 0.0 else block.aim[j, b] - row[BACK + b]
            able = m * gap * liquid.cp
            full, idle = m >= most * (1.0 - 1e-12) and able < q, m <= least and able >= q
            given = max(able, 0.0) if full else q
            miss = abs(given - abs(block.heat[j, b])) / q if heat > 0.0 else 0.0
            if not full and not idle:
                miss = max(miss, abs(able - q) / q)
                wide = max(gap, q / (liquid.cp * m))  # the gap that this flow wants, where there is less
                block.step[j, b] = (q / liquid.cp - m * gap) / wide
                if heat > 0.0:
                    block.reply[j, b] = -m / wide
                    row[CHANGE + b] += block.step[j, b]
                    row[REPLY + b] += block.reply[j, b]
            block.given[j, b] = given if heat > 0.0 else -given
            worst[b] = max(worst[b], miss)


@njit(**_JIT)
def couple(row: Any, above: Any, hours: Any, loss: float) -> None:
    """Bring a node's change of flow to the node above; keep how its supply temperature follows that one's."""
    for b in range(WIDTH):
        m, ground, ms = row[FLOW + b], hours[GROUND + b], row[SUPPLY_IN + b]
        size, keep = max(abs(m), _SEED_KG_S), row[SUPPLY_KEEP + b]
        here, there = row[SUPPLY + b], above[SUPPLY + b]
        lost = loss * hours[AHEAD + b] / size
        change, reply, stir = row[CHANGE + b], row[REPLY + b], row[STIR + b]
        down = m > 0.0
        source = there if down else here
        end = ground + (source - ground) * keep
        lever = (source - ground) * keep * lost + end - (here if down else there)
        pull = max(ms - (reply * lever if down else 0.0), 0.1 * ms)
        own = (stir + (change * lever if down else 0.0)) / pull
        tied = m * keep / pull if down else 0.0
        total = change + reply * own
        row[STIR + b], row[REPLY + b] = own, tied
        above[CHANGE + b] += total
        above[REPLY + b] += reply * tied
        above[STIR + b] += 0.0 if down else size * keep * own - lever * total


@njit(**_JIT)
def newton(pipes: Pipes, x: Exchangers, liquid: Liquid, block: Block, part_way: float) -> None:
    """One step of Newton's method on all flows at once.

    A pipe's end grows warmer with its flow and with its source; a consumer's flow falls as its supply grows warmer.
    That is a linear system on the tree, solved in one pass up and one down. Producers of given heat follow alone.
    """
    at = block.at
    for i in range(pipes.parent.size - 1, -1, -1):
        p = pipes.parent[i]
        if p >= 0:
            couple(at[i], at[p], block.hours, pipes.loss_kw_k[i] / liquid.cp)
        else:  # the plant feeds in at a given temperature
            at[i, STIR:END] = 0.0
    for i in range(pipes.parent.size):
        p = pipes.parent[i]
        if p >= 0:
            for b in range(WIDTH):
                at[i, STIR + b] += at[i, REPLY + b] * at[p, STIR + b]
    for j in range(x.node.size):
        row, most, least = at[x.node[j]], x.most_kg_s[j], x.bypass_kg_s[j]
        if x.by_drop[j]:
            continue
        for b in range(WIDTH):
            asked, m = block.asked[j, b], abs(block.flow[j, b])
            if asked == 0.0:
                continue
            block.heat[j, b] = block.given[j, b]
            step = block.step[j, b] + block.reply[j, b] * row[STIR + b]
            new = min(max(m + part_way * step, 0.2 * m), 5.0 * m)
            new = min(max(new, least if asked > 0.0 else 0.0), most)
            block.flow[j, b] = new if asked > 0.0 else -new


@njit(**_JIT)
def solve(
    pipes: Pipes, x: Exchangers, plants: Plants, liquid: Liquid, block: Block, tolerance: float, worst: Array
) -> None:
    """Flows and temperatures of a block of hours; `worst` (WIDTH,) takes the misfits left, relative to each heat."""
    first_guess(pipes, x, liquid, block)
    for round_ in range(_ROUNDS):
        flows(pipes, x, plants, liquid, block)
        eliminate(pipes, liquid, block)
        substitute(pipes, block)
        misfits(x, liquid, block, worst)
        if worst.max() <= tolerance or round_ == _ROUNDS - 1:
            break
        newton(pipes, x, liquid, block, 1.0 if round_ < _PATIENCE else (_PATIENCE / (1.0 + round_)) ** 1.5)
    last = WIDTH - 1
    for j in range(x.node.size):  # for the next guess: it hardly changes with the flow
        i = x.node[j]
        fall = block.plant_supply[pipes.part[i], last] - block.at[i, SUPPLY + last]
        block.cooled[j] = max(fall, 0.0) * max(block.asked[j, last], 0.0)
