"""The compiled search for the flows of a tree's consumers and producers, a block of hours at a time.

A valve lets pass what brings its consumer the heat asked for, cooled to its return temperature: flows set temperatures
and temperatures flows. Newton's method solves for all flows at once; see `newton` and `pace` for what keeps it from
going to and fro. The conventions of `_tree_kernel` hold.
"""

# ruff: noqa: PLR0917 - compiled loops take plain arrays by position
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from typing import Any

from numba import njit

from assets.networks.heat._tree_kernel import (
    AHEAD,
    BACK,
    CHANGE,
    END,
    FLOW,
    INNER,
    JIT,
    REPLY,
    SEED_KG_S,
    STIR,
    SUPPLY,
    SUPPLY_IN,
    SUPPLY_KEEP,
    WIDTH,
    Block,
    Exchangers,
    Liquid,
    Pipes,
    Plants,
    sweep_both,
    sweep_return,
    sweep_supply,
)

_ROUNDS = 100
_PATIENCE = 15.0
_LEAST_SHARE = 0.02
_TURNED = 0.5


@njit(**INNER)
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
            block.step[j, b], block.reply[j, b], block.share[j, b] = 0.0, 0.0, 1.0


@njit(**INNER)
def share_feed(pipes: Pipes, x: Exchangers, plants: Plants, block: Block) -> None:
    """Where producers feed in more than is drawn and the plant takes none, turn all of them down alike."""
    drawn, kept = block.drawn, block.kept
    for p in range(plants.need_kpa.size):
        for b in range(WIDTH):
            drawn[p, b], kept[p, b] = 0.0, 0.0
    for j in range(x.node.size):
        part = pipes.part[x.node[j]]
        for b in range(WIDTH):
            drawn[part, b] += max(block.flow[j, b], 0.0)
            kept[part, b] += max(-block.flow[j, b], 0.0)
    for p in range(plants.need_kpa.size):
        for b in range(WIDTH):
            much = kept[p, b] > drawn[p, b] and not plants.absorbs[p]
            kept[p, b] = drawn[p, b] / kept[p, b] if much else 1.0


@njit(**INNER)
def consumers_misfit(x: Exchangers, liquid: Liquid, block: Block, consumers: int) -> None:
    """By how much flow and temperature miss each consumer's heat, and the change of flow that would mend it alone.

    A valve at its limits stays there, and what then comes through is what is exchanged. Consumers of a given drop have
    their flow already; they cool water to the ground's temperature at the least.
    """
    at, cp = block.at, liquid.cp
    for j in range(consumers):
        i, most, least, by_drop = x.node[j], x.most_kg_s[j] * (1.0 - 1e-12), x.bypass_kg_s[j], x.by_drop[j]
        for b in range(WIDTH):  # without branches, for vector units
            q, m, aim = max(block.asked[j, b], 0.0), max(block.flow[j, b], SEED_KG_S), block.aim[j, b]
            gap = at[i, SUPPLY + b] - (liquid.floor if by_drop else aim)
            able = m * gap * cp
            enough = able >= q
            idle = by_drop | (q == 0.0) | ((m <= least) & enough)
            held = idle | ((m >= most) & (not enough))
            wide = max(gap, q / (cp * m), SEED_KG_S)  # the gap that this flow wants, where there is less
            through = max(able, 0.0)
            block.heat[j, b] = min(through, q) if idle else through
            block.last[j, b] = block.step[j, b]
            block.step[j, b] = 0.0 if held else (q / cp - m * gap) / wide
            block.reply[j, b] = 0.0 if held else -m / wide
            miss = 0.0 if held else abs(able - q) / max(q, SEED_KG_S)
            block.worst[b] = max(block.worst[b], miss)


@njit(**INNER)
def producers_misfit(x: Exchangers, liquid: Liquid, block: Block, consumers: int) -> None:
    """By how much flow and the return's temperature miss each producer's heat, and what would mend it alone."""
    for j in range(consumers, x.node.size):
        i, most = x.node[j], x.most_kg_s[j]
        for b in range(WIDTH):
            q, m = -block.asked[j, b], -block.flow[j, b]
            if q <= 0.0:
                continue
            gap = block.aim[j, b] - block.at[i, BACK + b]
            able = m * gap * liquid.cp
            block.last[j, b], block.step[j, b] = block.step[j, b], 0.0
            if m < most * (1.0 - 1e-12) or able >= q:
                block.step[j, b] = (q / liquid.cp - m * gap) / max(gap, q / (liquid.cp * m))
                block.worst[b] = max(block.worst[b], abs(able - q) / q)


@njit(**INNER)
def couple_pipe(row: Any, above: Any, hours: Any, loss: float) -> None:
    """Bring a node's change of flow to the node above; keep how its supply temperature follows that one's.

    A pipe's end is kept at e^(-a/m) of its beginning's excess, so that d(m T)/dm there is T (1 + a/m).
    """
    for b in range(WIDTH):
        m, ms = row[FLOW + b], row[SUPPLY_IN + b] + SEED_KG_S
        down, here, there = m > 0.0, row[SUPPLY + b], above[SUPPLY + b]
        size, keep, change, reply = max(abs(m), SEED_KG_S), row[SUPPLY_KEEP + b], row[CHANGE + b], row[REPLY + b]
        source, meets = (there, here) if down else (here, there)
        lever = source * keep * (1.0 + loss * hours[AHEAD + b] / size) - meets
        fed = lever if down else 0.0
        part = 1.0 / max(ms - reply * fed, 0.1 * ms)
        own, tied = (row[STIR + b] + change * fed) * part, max(m, 0.0) * keep * part
        total = change + reply * own
        row[STIR + b], row[REPLY + b] = own, tied
        above[CHANGE + b] += total
        above[REPLY + b] += reply * tied
        above[STIR + b] += 0.0 if down else size * keep * own - lever * total


@njit(**INNER)
def follow(row: Any, above: Any) -> None:
    """Change of a node's temperature out of that of the node above."""
    for b in range(WIDTH):
        row[STIR + b] += row[REPLY + b] * above[STIR + b]


@njit(**INNER)
def couple(x: Exchangers, pipes: Pipes, liquid: Liquid, block: Block, consumers: int) -> None:
    """Newton's linear system on the tree: what the supply's temperature at each node does if all flows change at once.

    Sweeping up, a node's change of temperature is left as a constant and a multiple of that of the node above; sweeping
    down fills it in (`STIR`).
    """
    at = block.at
    for i in range(pipes.parent.size):
        for c in range(CHANGE, END):
            at[i, c] = 0.0
    for j in range(consumers):
        i = x.node[j]
        for b in range(WIDTH):
            at[i, CHANGE + b] += block.step[j, b]
            at[i, REPLY + b] += block.reply[j, b]
    for i in range(pipes.parent.size - 1, -1, -1):
        p = pipes.parent[i]
        if p >= 0:
            couple_pipe(at[i], at[p], block.hours, pipes.loss_kw_k[i] / liquid.cp)
        else:  # the plant feeds in at a given temperature
            for b in range(WIDTH):
                at[i, STIR + b], at[i, REPLY + b] = 0.0, 0.0
    for i in range(pipes.parent.size):
        if pipes.parent[i] >= 0:
            follow(at[i], at[pipes.parent[i]])


@njit(**INNER)
def newton(x: Exchangers, block: Block, consumers: int, tolerance: float, most_share: float) -> None:
    """One step of all flows; hours that are solved stand.

    Where water of two sources meets, flow turns round with a kink in its temperature, and Newton's steps could go to
    and fro over it for ever. So the share of the step that an exchanger takes is halved where its misfit has changed
    its sign without falling to half, which closes in on the zero between as bisection does, and grows again where not.
    """
    for j in range(x.node.size):
        i, most, least, draws = x.node[j], x.most_kg_s[j], x.bypass_kg_s[j], j < consumers
        if x.by_drop[j]:
            continue
        for b in range(WIDTH):
            asked, m = block.asked[j, b], abs(block.flow[j, b])
            if asked == 0.0 or block.worst[b] <= tolerance:
                continue
            new, old, share = block.step[j, b], block.last[j, b], block.share[j, b]
            turned = new * old < 0.0 and abs(new) > _TURNED * abs(old)
            share = max(0.5 * share, _LEAST_SHARE) if turned else min(1.5 * share, most_share)
            block.share[j, b] = share
            step = new + (block.reply[j, b] * block.at[i, STIR + b] if draws else 0.0)
            flow = m + share * min(max(step, -0.8 * m), 4.0 * m)
            flow = min(max(flow, least if draws else 0.0), most)
            block.flow[j, b] = flow if draws else -flow


@njit(**INNER)
def give(x: Exchangers, liquid: Liquid, block: Block, consumers: int, tolerance: float) -> None:
    """Heat that consumers take with the flows found: what they ask for, or what comes through where it is less.

    So water leaves them as warm as asked for (within `tolerance` of the drop) or warmer, in unsolved hours too.
    """
    for j in range(consumers):
        if x.by_drop[j]:
            continue
        i = x.node[j]
        for b in range(WIDTH):
            q = block.asked[j, b]
            able = block.flow[j, b] * (block.at[i, SUPPLY + b] - block.aim[j, b]) * liquid.cp
            block.heat[j, b] = q if able >= q * (1.0 - tolerance) else max(able, 0.0)


@njit(**INNER)
def remember(pipes: Pipes, x: Exchangers, block: Block) -> None:
    """Keep for the next guess by how much each consumer's supply had cooled: it hardly changes with the flow."""
    last = WIDTH - 1
    for j in range(x.node.size):
        i = x.node[j]
        fall = block.plant_supply[pipes.part[i], last] - block.at[i, SUPPLY + last]
        block.cooled[j] = max(fall, 0.0) * max(block.asked[j, last], 0.0)


@njit(**INNER)
def worst_of(block: Block) -> Any:
    """Worst misfit of all hours."""
    worst = 0.0
    for b in range(WIDTH):
        worst = max(worst, block.worst[b])
    return worst


@njit(**INNER)
def begin(pipes: Pipes, x: Exchangers, liquid: Liquid, block: Block) -> None:
    """First guess; all that is fed in is taken."""
    first_guess(pipes, x, liquid, block)
    for p in range(block.kept.shape[0]):
        for b in range(WIDTH):
            block.kept[p, b] = 1.0


@njit(**INNER)
def no_misfit(block: Block) -> None:
    """Forget the misfits of the round before."""
    for b in range(WIDTH):
        block.worst[b] = 0.0


@njit(**JIT)
def solve(
    pipes: Pipes, x: Exchangers, plants: Plants, liquid: Liquid, block: Block, consumers: int, tolerance: float
) -> None:
    """Flows and temperatures of a block of hours; `block.worst` takes the misfits left, relative to each heat.

    An hour is solved where every flow that no limit holds, times the temperatures, is within `tolerance` of the heat
    asked for. What is booked is balanced in any hour, solved or not: the last sweep is made of the heat given.
    """
    begin(pipes, x, liquid, block)
    fed = x.node.size > consumers
    for round_ in range(_ROUNDS):
        no_misfit(block)
        if fed:
            share_feed(pipes, x, plants, block)
        sweep_supply(x, pipes, liquid, block)
        consumers_misfit(x, liquid, block, consumers)
        if fed:
            sweep_return(x, pipes, liquid, block)
            producers_misfit(x, liquid, block, consumers)
        if worst_of(block) <= tolerance or round_ == _ROUNDS - 1:
            break
        couple(x, pipes, liquid, block, consumers)
        newton(x, block, consumers, tolerance, min(1.0, _PATIENCE / (1.0 + round_)))
    remember(pipes, x, block)
    give(x, liquid, block, consumers, tolerance)
    sweep_return(x, pipes, liquid, block)


@njit(**JIT)
def solve_both(
    pipes: Pipes, x: Exchangers, plants: Plants, liquid: Liquid, block: Block, consumers: int, tolerance: float
) -> None:
    """As `solve`, where consumers put heat in as well: their drop gives their flow, only producers' is sought."""
    begin(pipes, x, liquid, block)
    for round_ in range(_ROUNDS):
        no_misfit(block)
        share_feed(pipes, x, plants, block)
        sweep_both(x, pipes, liquid, block)
        producers_misfit(x, liquid, block, consumers)
        if worst_of(block) <= tolerance or round_ == _ROUNDS - 1:
            break
        newton(x, block, consumers, tolerance, min(1.0, _PATIENCE / (1.0 + round_)))
