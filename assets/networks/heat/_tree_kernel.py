"""The compiled sweeps over a tree of pipe pairs, a block of hours at a time: flows, then temperatures.

Temperatures are caloric (`Water`), of changed sign in cooling networks, and counted from the ground's, so that one
algebra serves all and a pipe's loss is a factor. Flow in a pipe pair is positive where the supply flows away from the
root; the return always mirrors it.
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
JIT: dict[str, Any] = {"cache": True, "error_model": "numpy", "nogil": True}
INNER: dict[str, Any] = {**JIT, "no_cpython_wrapper": True, "no_cfunc_wrapper": True}
"""Of functions that only compiled ones call: without the code to call them from Python, which takes long to compile."""

STILL_KG_S = 1e-7
"""Flow below which water stands."""
SEED_KG_S = 1e-12
"""Flow of water as warm as the ground through every node: keeps the equations of still nodes solvable."""

WIDTH = 16
"""Hours of a block: fixed, so that loops over them run on vector units; the last block repeats its last hour. Those
loops stand in functions of a node's row and that of the node above: within a loop over nodes they are not seen to be
apart, and run on scalar ones."""
FLOW, SUPPLY, BACK, SUPPLY_IN, RETURN_IN = 0, WIDTH, 2 * WIDTH, 3 * WIDTH, 4 * WIDTH
SUPPLY_KEEP, RETURN_KEEP = 5 * WIDTH, 6 * WIDTH
CHANGE, REPLY, STIR, END = 7 * WIDTH, 8 * WIDTH, 9 * WIDTH, 10 * WIDTH
FROM_RETURN, FROM_SUPPLY, HEAD = CHANGE, REPLY, CHANGE
"""Where a node's values begin in its row of `Block.at`: flow; temperatures (in the sweep up, heat that comes along
[K kg/s]); mass into its supply and return side; shares of the excess temperature that its pipes keep; Newton's change
of flow, its reply to the supply temperature, and what else moves that. In their place at other times: what crosses
from return to supply and the other way, and how temperatures follow those of the node above; and at the end, pressure
between supply and return against the root's."""
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
    content_kw_k: Array  # power that warms the water in one of the pair by a kelvin in a step
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
    """See `Water`; `sign` is -1 in cooling networks, `floor` the least excess that consumers of a drop cool to."""

    cp: float
    sign: float
    floor: float
    caloric: Array
    temperature: Array
    density: Array
    fluidity: Array


class Block(NamedTuple):
    """Scratch of a block of hours, reused for all blocks; temperatures are in excess of the ground's."""

    at: Array  # (k, END)
    hours: Array  # (HOURS_END,)
    asked: Array  # (x, WIDTH) heat
    aim: Array  # (x, WIDTH) temperature to leave at, or drop
    flow: Array  # (x, WIDTH)
    heat: Array  # (x, WIDTH) heat that is exchanged
    step: Array  # (x, WIDTH) change of flow that would mend its misfit alone
    last: Array  # (x, WIDTH) that of the round before
    share: Array  # (x, WIDTH) part of Newton's step that is taken
    reply: Array  # (x, WIDTH) reply of its flow to the supply temperature
    cooled: Array  # (x,) heat times what the supply had cooled by in the hour solved last
    plant_supply: Array  # (s, WIDTH) temperature of what it feeds in
    plant_back: Array  # (s, WIDTH) of what it gives back to the return where there is too much
    plant_flow: Array  # (s, WIDTH)
    drawn: Array  # (s, WIDTH) flow
    kept: Array  # (s, WIDTH) share of the producers' feed that is taken
    worst: Array  # (WIDTH,) misfit
    lane: Array  # (8, WIDTH)


@njit(inline="always", **JIT)
def decay(x):
    """Return e^-x for x from 0 within 1e-9, without a call that would keep the loop from using vector units."""
    y = min(x, 60.0) * 0.0625
    even, odd = 1.0 + 0.1 * y * y, y * (0.5 + y * y * (1.0 / 120.0))
    r = (even - odd) / (even + odd)
    r2 = r * r
    r4 = r2 * r2
    r8 = r4 * r4
    return r8 * r8


@njit(**INNER)
def gather(x: Exchangers, pipes: Pipes, liquid: Liquid, block: Block) -> None:
    """Bring exchangers' flows, and the heat they put into the supply, to their nodes."""
    at, kept = block.at, block.kept
    for i in range(pipes.parent.size):
        for c in range(SUPPLY_KEEP):
            at[i, c] = 0.0
    for j in range(x.node.size):
        i, at_aim = x.node[j], not x.by_drop[j]
        part = pipes.part[i]
        for b in range(WIDTH):
            m = block.flow[j, b]
            out, into = max(m, 0.0), max(-m, 0.0) * kept[part, b]
            at[i, FLOW + b] += out - into
            at[i, RETURN_IN + b] += out
            at[i, SUPPLY_IN + b] += into
            if at_aim:
                at[i, SUPPLY + b] += into * block.aim[j, b]
            else:  # on top of what the return brings along: see `sweep_both`
                at[i, SUPPLY + b] += max(-block.heat[j, b], 0.0) * kept[part, b] / liquid.cp


@njit(**INNER)
def root_flow(row: Any, block: Block, p: int) -> None:
    """Let a tree's plant give what the tree draws; where that is negative it takes it, into the return."""
    for b in range(WIDTH):
        m = row[FLOW + b]
        out = max(m, 0.0)
        block.plant_flow[p, b] = m
        row[FLOW + b] = 0.0
        row[SUPPLY_IN + b] += out
        row[RETURN_IN + b] += max(-m, 0.0)
        row[SUPPLY + b] += out * block.plant_supply[p, b]


@njit(**INNER)
def mix(row: Any, hours: Any, loss: float, factor: int, side: int, way: float) -> None:
    """Find a node's temperature in one side as it depends on that of the node above, and what its pipe keeps.

    `way` is 1 for the supply, whose water comes down where flow is positive, and -1 for the return.
    """
    temp, into, keep = SUPPLY + side, SUPPLY_IN + side, SUPPLY_KEEP + side
    for b in range(WIDTH):
        m = row[FLOW + b]
        down = max(way * m, 0.0)
        kept = decay(loss * hours[factor + b] / max(abs(m), SEED_KG_S))
        mass = row[into + b] + down
        part = 1.0 / (mass + SEED_KG_S)
        row[into + b], row[keep + b] = mass, kept
        row[temp + b] *= part
        row[CHANGE + b] = down * kept * part


@njit(**INNER)
def rise(row: Any, above: Any, side: int, way: float) -> None:
    """Bring the water that comes up a pipe in one of the sides to the node above."""
    temp, into, keep = SUPPLY + side, SUPPLY_IN + side, SUPPLY_KEEP + side
    for b in range(WIDTH):
        up = max(-way * row[FLOW + b], 0.0)
        above[into + b] += up
        above[temp + b] += up * row[keep + b] * row[temp + b]


@njit(**INNER)
def sum_flow(row: Any, above: Any) -> None:
    """Add a pipe's flow to that of the pipe above."""
    for b in range(WIDTH):
        above[FLOW + b] += row[FLOW + b]


@njit(**INNER)
def fall(row: Any, above: Any, side: int) -> None:
    """Fill in a node's temperature out of that of the node above."""
    for b in range(WIDTH):
        row[SUPPLY + side + b] += row[CHANGE + b] * above[SUPPLY + side + b]


@njit(**INNER)
def sweep_supply(x: Exchangers, pipes: Pipes, liquid: Liquid, block: Block) -> None:
    """Flow of every pipe and temperatures of the supply, where nothing crosses over from the return.

    Sweeping up, a node's temperature is left as a constant and a multiple of that of the node above, 0 where the flow
    comes up the pipe; what comes up is mixed into the node above. Sweeping down fills in the temperatures.
    """
    gather(x, pipes, liquid, block)
    at = block.at
    for i in range(pipes.parent.size - 1, -1, -1):
        p = pipes.parent[i]
        if p < 0:
            root_flow(at[i], block, i)
        mix(at[i], block.hours, pipes.loss_kw_k[i] / liquid.cp, AHEAD, 0, 1.0)
        if p >= 0:
            sum_flow(at[i], at[p])
            rise(at[i], at[p], 0, 1.0)
    for i in range(pipes.parent.size):
        if pipes.parent[i] >= 0:
            fall(at[i], at[pipes.parent[i]], 0)


@njit(**INNER)
def gather_back(x: Exchangers, pipes: Pipes, liquid: Liquid, block: Block) -> None:
    """Bring the water that exchangers leave or take to the return: its mass, and the heat in what they leave."""
    at = block.at
    for i in range(pipes.parent.size):
        for b in range(WIDTH):
            at[i, BACK + b], at[i, RETURN_IN + b] = 0.0, 0.0
    for j in range(x.node.size):
        i = x.node[j]
        for b in range(WIDTH):
            out = max(block.flow[j, b], 0.0)
            at[i, RETURN_IN + b] += out
            at[i, BACK + b] += out * at[i, SUPPLY + b] - max(block.heat[j, b], 0.0) / liquid.cp
    for p in range(block.plant_flow.shape[0]):
        for b in range(WIDTH):
            into = max(-block.plant_flow[p, b], 0.0)
            at[p, RETURN_IN + b] += into
            at[p, BACK + b] += into * block.plant_back[p, b]


@njit(**INNER)
def sweep_return(x: Exchangers, pipes: Pipes, liquid: Liquid, block: Block) -> None:
    """Temperatures of the return out of those of the supply, flows, and the heat that consumers take."""
    gather_back(x, pipes, liquid, block)
    at = block.at
    for i in range(pipes.parent.size - 1, -1, -1):
        p = pipes.parent[i]
        mix(at[i], block.hours, pipes.loss_kw_k[i] / liquid.cp, BEHIND, WIDTH, -1.0)
        if p >= 0:
            rise(at[i], at[p], WIDTH, -1.0)
    for i in range(pipes.parent.size):
        if pipes.parent[i] >= 0:
            fall(at[i], at[pipes.parent[i]], WIDTH)


@njit(**INNER)
def cross(x: Exchangers, pipes: Pipes, liquid: Liquid, block: Block) -> None:
    """Flows that pass from one side to the other at the nodes, and the heat that they take along or leave."""
    at, kept = block.at, block.kept
    for i in range(pipes.parent.size):
        for b in range(WIDTH):
            at[i, FROM_RETURN + b], at[i, FROM_SUPPLY + b] = 0.0, 0.0
    for j in range(x.node.size):
        i, by_drop = x.node[j], x.by_drop[j]
        for b in range(WIDTH):
            m = block.flow[j, b]
            at[i, FROM_SUPPLY + b] += max(m, 0.0)
            at[i, BACK + b] -= max(block.heat[j, b], 0.0) / liquid.cp
            if by_drop:
                at[i, FROM_RETURN + b] += max(-m, 0.0) * kept[pipes.part[i], b]


@njit(**INNER)
def mix_both(row: Any, hours: Any, loss: float) -> None:
    """Solve a node's two equations for its temperatures as they depend on the node above."""
    for b in range(WIDTH):
        m = row[FLOW + b]
        size, down, up = max(abs(m), SEED_KG_S), max(m, 0.0), max(-m, 0.0)
        es, er = decay(loss * hours[AHEAD + b] / size), decay(loss * hours[BEHIND + b] / size)
        into_s, into_r = row[SUPPLY_IN + b] + down, row[RETURN_IN + b] + up
        ms, mr = into_s + SEED_KG_S, into_r + SEED_KG_S
        crossing, rising = row[FROM_RETURN + b], row[FROM_SUPPLY + b]
        fs, fr = row[SUPPLY + b], row[BACK + b]
        scale = 1.0 / (ms * mr - crossing * rising)
        row[SUPPLY_IN + b], row[RETURN_IN + b] = into_s, into_r
        row[SUPPLY_KEEP + b], row[RETURN_KEEP + b] = es, er
        row[SUPPLY + b] = (mr * fs + crossing * fr) * scale
        row[BACK + b] = (rising * fs + ms * fr) * scale
        row[FROM_RETURN + b] = (mr * down * es + crossing * up * er) * scale
        row[FROM_SUPPLY + b] = (rising * down * es + ms * up * er) * scale


@njit(**INNER)
def hand_on(row: Any, above: Any) -> None:
    """Bring the flow that comes up a pipe, in the supply or the return, into the equations of the node above."""
    for b in range(WIDTH):
        m = row[FLOW + b]
        down, up = max(m, 0.0), max(-m, 0.0)
        kept_s, kept_r = up * row[SUPPLY_KEEP + b], down * row[RETURN_KEEP + b]
        above[FLOW + b] += m
        above[RETURN_IN + b] += down
        above[SUPPLY_IN + b] += up
        above[FROM_SUPPLY + b] += kept_r * row[FROM_SUPPLY + b]
        above[BACK + b] += kept_r * row[BACK + b]
        above[FROM_RETURN + b] += kept_s * row[FROM_RETURN + b]
        above[SUPPLY + b] += kept_s * row[SUPPLY + b]


@njit(**INNER)
def sweep_both(x: Exchangers, pipes: Pipes, liquid: Liquid, block: Block) -> None:
    """Flows and temperatures where water passes both ways between supply and return, as in ambient loops.

    Both temperatures of a node are tied to each other by the exchangers and to the node above by the pipes: two
    equations a node, whose solution sweeping up is left as dependent on that node's supply (flow away from the root)
    or return temperature.
    """
    gather(x, pipes, liquid, block)
    cross(x, pipes, liquid, block)
    at = block.at
    for i in range(pipes.parent.size - 1, -1, -1):
        p = pipes.parent[i]
        if p < 0:
            root_flow(at[i], block, i)
            for b in range(WIDTH):
                at[i, BACK + b] += max(-block.plant_flow[i, b], 0.0) * block.plant_back[i, b]
        mix_both(at[i], block.hours, pipes.loss_kw_k[i] / liquid.cp)
        if p >= 0:
            hand_on(at[i], at[p])
    for i in range(pipes.parent.size):
        p = pipes.parent[i]
        if p >= 0:
            for b in range(WIDTH):
                warm, cold = at[p, SUPPLY + b], at[p, BACK + b]
                source = warm if at[i, FLOW + b] > 0.0 else cold
                at[i, SUPPLY + b] += at[i, FROM_RETURN + b] * source
                at[i, BACK + b] += at[i, FROM_SUPPLY + b] * source
