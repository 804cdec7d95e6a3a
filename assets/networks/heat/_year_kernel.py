"""The compiled loop over blocks of hours."""

# ruff: noqa: PLR0917 - compiled loops take plain arrays by position
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from assets.networks.heat._book_kernel import (
    Extremes,
    Kept,
    Limits,
    State,
    Totals,
    book_exchange,
    book_heat,
    book_nodes,
    book_pressure,
    book_pumps,
    keep_consumers,
)
from assets.networks.heat._sweep_kernel import solve
from assets.networks.heat._tree_kernel import (
    AHEAD,
    BEHIND,
    END,
    GROUND,
    HOURS_END,
    INNER,
    JIT,
    WIDTH,
    Array,
    Block,
    Exchangers,
    Liquid,
    Pipes,
    Plants,
)
from assets.networks.heat.water import polynomial


class Asked(NamedTuple):
    """What consumers (c) and producers of given heat (g) ask for in some of the hours."""

    consumer_kw: Array  # (c, hours)
    consumer_aim: Array  # (c, hours) temperature to leave at, or drop [K]
    producer_kw: Array  # (g, hours)
    producer_aim: Array  # (g, hours)


class Hours(NamedTuple):
    """What holds for the network as a whole, by hour; temperatures are caloric but `feed`."""

    ground: Array  # (T,)
    ahead: Array  # (T,) factor that scales the supply's losses to caloric temperatures
    behind: Array  # (T,) of the return
    feed: Array  # (s, T) temperature that plants feed in at
    supply: Array  # (s, T) the same, caloric
    back: Array  # (s, T) of what plants give back to the return


@njit(**INNER)
def fill(
    pipes: Pipes, asked: Asked, x: Exchangers, hours: Hours, liquid: Liquid, first: int, t0: int, size: int,
    block: Block,
) -> None:  # fmt: skip
    """Copy a block of hours of what is asked for, in excess of the ground; the last hour fills it up."""
    c, s = asked.consumer_kw.shape[0], hours.supply.shape[0]
    for b in range(WIDTH):
        t = t0 + min(b, size - 1)
        block.hours[GROUND + b] = hours.ground[t]
        block.hours[AHEAD + b], block.hours[BEHIND + b] = hours.ahead[t], hours.behind[t]
        for p in range(s):
            block.plant_supply[p, b] = hours.supply[p, t] - hours.ground[t]
            block.plant_back[p, b] = hours.back[p, t] - hours.ground[t]
    for j in range(x.node.size):
        part = pipes.part[x.node[j]]
        for b in range(WIDTH):
            t = t0 + min(b, size - 1)
            if j < c:
                heat, aim = asked.consumer_kw[j, t - first], asked.consumer_aim[j, t - first]
            else:
                heat, aim = -asked.producer_kw[j - c, t - first], asked.producer_aim[j - c, t - first]
            block.asked[j, b] = heat
            top = hours.ground[t]
            if x.by_drop[j]:
                top, aim = hours.supply[part, t], hours.feed[part, t] - liquid.sign * aim
            bottom = liquid.sign * (aim + polynomial(liquid.caloric, aim))
            block.aim[j, b] = top - bottom if x.by_drop[j] else bottom - top


@njit(**JIT)
def run_hours(
    pipes: Pipes, asked: Asked, x: Exchangers, plants: Plants, hours: Hours, liquid: Liquid, limits: Limits,
    state: State, block: Block, first: int, both: bool, tolerance: float, efficiency: float, totals: Totals,
    extremes: Extremes, kept: Kept,
) -> None:  # fmt: skip
    """Sweep over the hours from `first` that are asked for; results go into `totals`, `extremes` and `kept`."""
    consumers = asked.consumer_kw.shape[0]
    end = first + asked.consumer_kw.shape[1]
    for t0 in range(first, end, WIDTH):
        size = min(WIDTH, end - t0)
        fill(pipes, asked, x, hours, liquid, first, t0, size, block)
        solve(pipes, x, plants, liquid, block, consumers, both, tolerance)
        for b in range(size):
            totals.misfit[t0 + b] = block.worst[b]
        book_heat(pipes, liquid, t0, size, block, state, totals, kept)
        book_exchange(pipes, x, plants, liquid, limits, consumers, t0, size, block, totals, extremes, kept)
        book_nodes(pipes, liquid, t0, size, block, state, kept)
        keep_consumers(pipes, x, liquid, consumers, t0, size, block, kept)
        book_pressure(pipes, liquid, limits, t0, size, block, extremes, kept)
        book_pumps(pipes, x, plants, liquid, t0, size, block, efficiency, totals, kept)


def scratch(nodes: int, exchangers: int, parts: int) -> Block:
    """Arrays for a block of hours."""
    of_plants = ("plant_supply", "plant_back", "plant_flow", "drawn", "kept")
    shape = {
        "at": (nodes, END),
        "hours": (HOURS_END,),
        "cooled": (exchangers,),
        "worst": (WIDTH,),
        "lane": (8, WIDTH),
        **dict.fromkeys(of_plants, (parts, WIDTH)),
    }
    return Block(**{name: np.zeros(shape.get(name, (exchangers, WIDTH))) for name in Block._fields})
