"""Set a block of hours, and book it once it is solved.

With `_sweep_kernel.solve` between, these are called from outside for each block: compiled into one with that loop, all
would take half as long again to compile.
"""

# ruff: noqa: PLR0917 - compiled loops take plain arrays by position
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from assets.fluids.water import held, polynomial
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
from assets.networks.heat._tree_kernel import (
    AHEAD,
    BEHIND,
    END,
    GROUND,
    HOURS_END,
    JIT,
    WIDTH,
    Array,
    Block,
    Exchangers,
    Liquid,
    Pipes,
    Plants,
)


class Hours(NamedTuple):
    """What holds for the network as a whole, by hour; temperatures are caloric but `feed`."""

    ground: Array  # (T,)
    ahead: Array  # (T,) factor that scales the supply's losses to caloric temperatures
    behind: Array  # (T,) of the return
    feed: Array  # (s, T) temperature that plants feed in at
    supply: Array  # (s, T) the same, caloric
    back: Array  # (s, T) of what plants give back to the return


@njit(**JIT)
def set_hours(x: Exchangers, pipes: Pipes, hours: Hours, liquid: Liquid, t0: int, size: int, block: Block) -> None:
    """Bring a block's hours, and what is asked for in them, into caloric temperatures in excess of the ground's."""
    for b in range(WIDTH):
        t = t0 + min(b, size - 1)
        block.hours[GROUND + b] = hours.ground[t]
        block.hours[AHEAD + b], block.hours[BEHIND + b] = hours.ahead[t], hours.behind[t]
        for p in range(hours.supply.shape[0]):
            block.plant_supply[p, b] = hours.supply[p, t] - hours.ground[t]
            block.plant_back[p, b] = hours.back[p, t] - hours.ground[t]
    terms = held(liquid.caloric)
    for j in range(x.node.size):
        part, by_drop = pipes.part[x.node[j]], x.by_drop[j]
        for b in range(WIDTH):
            t, aim = t0 + min(b, size - 1), block.aim[j, b]
            low = hours.feed[part, t] - liquid.sign * aim if by_drop else aim
            bottom = liquid.sign * (low + polynomial(terms, low))
            block.aim[j, b] = hours.supply[part, t] - bottom if by_drop else bottom - hours.ground[t]


@njit(**JIT)
def book_block(
    pipes: Pipes, x: Exchangers, plants: Plants, liquid: Liquid, limits: Limits, state: State, block: Block, t0: int,
    size: int, consumers: int, efficiency: float, totals: Totals, extremes: Extremes, kept: Kept,
) -> None:  # fmt: skip
    """Book the block of hours solved last; results go into `totals`, `extremes` and `kept`."""
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
