"""The compiled loop over blocks of hours."""

# ruff: noqa: PLR0917 - compiled loops take plain arrays by position
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from typing import Any, NamedTuple

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
)
from assets.networks.heat._sweep_kernel import (
    _JIT,
    AHEAD,
    BEHIND,
    END,
    GROUND,
    HOURS_END,
    WIDTH,
    Array,
    Block,
    Exchangers,
    Liquid,
    Pipes,
    Plants,
    solve,
)
from assets.networks.heat.water import polynomial


class Asked(NamedTuple):
    """What consumers (c) and producers of given heat (g) ask for, in any layout that broadcasts over the hours."""

    consumer_kw: Any  # (c, T)
    consumer_aim: Any  # (c, T) temperature to leave at, or drop [K]
    producer_kw: Any  # (g, T)
    producer_aim: Any  # (g, T)


class Hours(NamedTuple):
    """What holds for the network as a whole, by hour; temperatures are caloric but `feed`."""

    ground: Array  # (T,)
    ahead: Array  # (T,) factor that scales the supply's losses to caloric temperatures
    behind: Array  # (T,) of the return
    feed: Array  # (s, T) temperature that plants feed in at
    supply: Array  # (s, T) the same, caloric
    back: Array  # (s, T) of what plants give back to the return


@njit(**_JIT)
def fill(
    pipes: Pipes, asked: Asked, x: Exchangers, hours: Hours, liquid: Liquid, t0: int, size: int, block: Block
) -> None:
    """Copy a block of hours of what is asked for, temperatures made caloric; the last hour fills it up."""
    c, s = asked.consumer_kw.shape[0], hours.supply.shape[0]
    for b in range(WIDTH):
        t = t0 + min(b, size - 1)
        block.hours[GROUND + b] = hours.ground[t]
        block.hours[AHEAD + b], block.hours[BEHIND + b] = hours.ahead[t], hours.behind[t]
        for p in range(s):
            block.plant_supply[p, b], block.plant_back[p, b] = hours.supply[p, t], hours.back[p, t]
    for j in range(x.node.size):
        part = pipes.part[x.node[j]]
        for b in range(WIDTH):
            t = t0 + min(b, size - 1)
            if j < c:
                heat, aim = asked.consumer_kw[j, t], asked.consumer_aim[j, t]
            else:
                heat, aim = -asked.producer_kw[j - c, t], asked.producer_aim[j - c, t]
            block.asked[j, b] = heat
            if x.by_drop[j]:
                low = hours.feed[part, t] - liquid.sign * aim
                bottom = liquid.sign * (low + polynomial(liquid.caloric, low))
                block.aim[j, b] = hours.supply[part, t] - bottom
            else:
                block.aim[j, b] = liquid.sign * (aim + polynomial(liquid.caloric, aim))


@njit(**_JIT)
def run_hours(
    pipes: Pipes, asked: Asked, x: Exchangers, plants: Plants, hours: Hours, liquid: Liquid, limits: Limits,
    state: State, block: Block, tolerance: float, efficiency: float, totals: Totals, extremes: Extremes, kept: Kept,
) -> None:  # fmt: skip
    """Sweep over all hours; results go into `totals`, `extremes` and `kept`."""
    consumers, worst = asked.consumer_kw.shape[0], np.zeros(WIDTH)
    for t0 in range(0, hours.ground.size, WIDTH):
        size = min(WIDTH, hours.ground.size - t0)
        fill(pipes, asked, x, hours, liquid, t0, size, block)
        solve(pipes, x, plants, liquid, block, tolerance, worst)
        totals.misfit[t0 : t0 + size] = worst[:size]
        book_heat(pipes, liquid, t0, size, block, state, totals, kept)
        book_exchange(pipes, x, plants, liquid, limits, consumers, t0, size, block, totals, extremes, kept)
        book_nodes(pipes, liquid, t0, size, block, state, kept)
        book_pressure(pipes, liquid, limits, t0, size, block, extremes, kept)
        book_pumps(pipes, x, plants, liquid, t0, size, block, efficiency, totals, kept)


def scratch(nodes: int, exchangers: int, parts: int) -> Block:
    """Arrays for a block of hours."""
    shape = {
        "at": (nodes, END),
        "hours": (HOURS_END,),
        "cooled": (exchangers,),
        **dict.fromkeys(("asked", "aim", "flow", "heat", "step", "reply", "given"), (exchangers, WIDTH)),
        **dict.fromkeys(("plant_supply", "plant_back", "plant_flow", "kept"), (parts, WIDTH)),
    }
    return Block(**{name: np.zeros(shape[name]) for name in Block._fields})
