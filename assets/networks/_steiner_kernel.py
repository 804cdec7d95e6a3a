"""Compiled parts of the search for Steiner trees: Mehlhorn's tree, spanning trees, and exchanges of key paths."""

# ruff: noqa: PLR0917 - compiled loops take plain arrays by position

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from assets.networks._graph_kernel import Array, Index, Mask, _pop, _push


class Links(NamedTuple):
    """A graph as the compiled loops see it."""

    first: Index  # (n + 1,) where a node's row begins
    node: Index  # (2m,) other end
    edge: Index  # (2m,)
    start: Index  # (m,)
    end: Index  # (m,)
    cost: Array  # (m,)


class Room(NamedTuple):
    """What exchanges write to: all of it is made once."""

    far: Array  # (n,) cost from the nearest part of the cut tree
    label: Index  # (n,) which part that is
    through: Index  # (n,) edge towards it
    stamp: Index  # (n,) exchange in which the three above were written
    done: Index  # (n,) exchange in which the node was settled
    after: Index  # (n,) next in the queue of a part
    heap_key: Array  # (2m + n + 1,)
    heap_node: Index  # (2m + n + 1,)


@njit(cache=True, error_model="numpy")
def find(group: Index, item: int) -> int:
    """Find the representative of an item's group; the way to it is halved."""
    while group[item] != item:
        group[item] = group[group[item]]
        item = group[item]
    return item


@njit(cache=True, error_model="numpy")
def spanning(order: Index, one: Index, other: Index, count: int) -> Mask:
    """Kruskal (1956): which edges, taken in this order, join what was not joined yet."""
    group = np.arange(count)
    taken = np.zeros(len(one), dtype=np.bool_)
    for k in order:
        if one[k] < 0 or other[k] < 0:
            continue
        a, b = find(group, one[k]), find(group, other[k])
        if a != b:
            group[a] = b
            taken[k] = True
    return taken


@njit(cache=True, error_model="numpy")
def mark_ways(start: Index, end: Index, through: Index, joints: Index, chosen: Mask) -> None:
    """Mark joints and the ways from both their ends to the seeds."""
    for k in joints:
        chosen[k] = True
        for begin in (start[k], end[k]):
            here = begin
            while through[here] >= 0 and not chosen[through[here]]:
                chosen[through[here]] = True
                here = start[through[here]] + end[through[here]] - here


@njit(cache=True, error_model="numpy")
def prune(links: Links, wanted: Mask, chosen: Mask) -> None:
    """Cut off branches that end where nobody is."""
    degree = degrees(links, chosen)
    for leaf in range(len(degree)):
        here = leaf
        while degree[here] == 1 and not wanted[here]:
            for k in range(links.first[here], links.first[here + 1]):
                if chosen[links.edge[k]]:
                    chosen[links.edge[k]] = False
                    degree[here] -= 1
                    degree[links.node[k]] -= 1
                    here = links.node[k]
                    break


@njit(cache=True, error_model="numpy")
def _cut(links: Links, chosen: Mask, degree: Index, wanted: Mask, here: int, k: int, removed: Index, size: int):  # type: ignore[no-untyped-def]
    """Take a key path out of the tree, from `here` over adjacency entry `k` to the next key node.

    Returns that node, the number of removed edges so far, and the path's cost.
    """
    price, at, entry = 0.0, here, k
    while True:
        edge = links.edge[entry]
        chosen[edge] = False
        removed[size] = edge
        size += 1
        price += links.cost[edge]
        degree[at] -= 1
        at = links.node[entry]
        degree[at] -= 1
        if wanted[at] or degree[at] != 1:
            return at, size, price
        for nearby in range(links.first[at], links.first[at + 1]):
            if chosen[links.edge[nearby]]:
                entry = nearby
                break


@njit(cache=True, error_model="numpy")
def _split(links: Links, chosen: Mask, heads: Index, parts: int, room: Room, move: int) -> int:
    """Label the nodes of every part of the cut tree but the one that is found to be largest, which is returned."""
    front, back = heads[:parts].copy(), heads[:parts].copy()
    for part in range(parts):
        room.stamp[heads[part]], room.label[heads[part]] = move, part
        room.after[heads[part]] = -1
    growing = parts
    while growing > 1:
        for part in range(parts):
            here = front[part]
            if here < 0 or growing == 1:
                continue
            for k in range(links.first[here], links.first[here + 1]):
                there = links.node[k]
                if chosen[links.edge[k]] and room.stamp[there] != move:
                    room.stamp[there], room.label[there] = move, part
                    room.after[there] = -1
                    room.after[back[part]] = there
                    back[part] = there
            front[part] = room.after[here]
            if front[part] < 0:
                growing -= 1
    for part in range(parts):
        if front[part] >= 0:
            return part
    return parts - 1


@njit(cache=True, error_model="numpy")
def _grow(links: Links, degree: Index, heads: Index, parts: int, largest: int, bound: float, room: Room, move: int):  # type: ignore[no-untyped-def]
    """Dijkstra from all parts but the largest, as far as `bound`: the cheapest joint of each two parts."""
    best = np.full((parts, parts), np.inf)
    joint = np.full((parts, parts), -1, dtype=np.int64)
    size = 0
    for part in range(parts):
        here = heads[part] if part != largest else -1
        while here >= 0:
            room.far[here], room.through[here] = 0.0, -1
            _push(room.heap_key, room.heap_node, size, 0.0, here)
            size += 1
            here = room.after[here]
    while size > 0 and room.heap_key[0] < bound:
        here = room.heap_node[0]
        _pop(room.heap_key, room.heap_node, size)
        size -= 1
        if room.done[here] == move:
            continue
        room.done[here] = move
        mine = room.label[here]
        for k in range(links.first[here], links.first[here + 1]):
            there, price = links.node[k], links.cost[links.edge[k]]
            new = room.far[here] + price
            if new >= bound:
                continue
            met = room.stamp[there] == move
            if (not met and degree[there] > 0) or (met and room.label[there] == largest):
                other, whole = largest, new
            elif met and room.done[there] == move:
                other, whole = room.label[there], new + room.far[there]
            else:
                other, whole = -1, 0.0
                if not met or new < room.far[there]:
                    room.stamp[there], room.label[there] = move, mine
                    room.far[there], room.through[there] = new, links.edge[k]
                    _push(room.heap_key, room.heap_node, size, new, there)
                    size += 1
            if other >= 0 and other != mine and whole < best[mine, other]:
                best[mine, other] = best[other, mine] = whole
                joint[mine, other] = joint[other, mine] = links.edge[k]
                if parts == 2:
                    bound = min(bound, whole)
    return best, joint


@njit(cache=True, error_model="numpy")
def _lay(links: Links, chosen: Mask, degree: Index, joint: int, room: Room, move: int) -> None:
    """Put a joint into the tree, and the ways from both its ends to the parts that it joins."""
    chosen[joint] = True
    degree[links.start[joint]] += 1
    degree[links.end[joint]] += 1
    for begin in (links.start[joint], links.end[joint]):
        here = begin
        while room.stamp[here] == move and room.done[here] == move and room.through[here] >= 0:
            edge = room.through[here]
            if chosen[edge]:
                break
            chosen[edge] = True
            degree[links.start[edge]] += 1
            degree[links.end[edge]] += 1
            here = links.start[edge] + links.end[edge] - here


@njit(cache=True, error_model="numpy")
def _rejoin(links: Links, chosen: Mask, degree: Index, heads: Index, parts: int, price: float, room: Room, move: int):  # type: ignore[no-untyped-def]
    """Join the parts of the cut tree for less than `price`; False, and nothing done, where that cannot be."""
    largest = _split(links, chosen, heads, parts, room, move)
    best, joint = _grow(links, degree, heads, parts, largest, price, room, move)
    joined = np.zeros(parts, dtype=np.bool_)
    joined[0] = True
    plan = np.empty(parts - 1, dtype=np.int64)
    total = 0.0
    for step in range(parts - 1):
        least, which, part = np.inf, -1, -1
        for a in range(parts):
            for b in range(parts):
                if joined[a] and not joined[b] and best[a, b] < least:
                    least, which, part = best[a, b], joint[a, b], b
        total += least
        if which < 0 or total >= price * (1.0 - 1e-9):
            return False
        joined[part], plan[step] = True, which
    for step in range(parts - 1):
        _lay(links, chosen, degree, plan[step], room, move)
    return True


@njit(cache=True, error_model="numpy")
def degrees(links: Links, chosen: Mask) -> Index:
    """Count the tree's edges at each node."""
    degree = np.zeros(len(links.first) - 1, dtype=np.int64)
    for k in range(len(chosen)):
        if chosen[k]:
            degree[links.start[k]] += 1
            degree[links.end[k]] += 1
    return degree


@njit(cache=True, error_model="numpy")
def empty_room(links: Links) -> Room:
    """Make the arrays that exchanges write to."""
    count = len(links.first) - 1
    most = len(links.node) + count + 1
    return Room(
        np.empty(count),
        np.empty(count, dtype=np.int64),
        np.empty(count, dtype=np.int64),
        np.full(count, -1, dtype=np.int64),
        np.full(count, -1, dtype=np.int64),
        np.empty(count, dtype=np.int64),
        np.empty(most),
        np.empty(most, dtype=np.int64),
    )


@njit(cache=True, error_model="numpy")
def _eliminate(links: Links, wanted: Mask, chosen: Mask, degree: Index, here: int, room: Room, move: int) -> bool:
    """Take a branching and its key paths out if what is left can be joined for less."""
    removed = np.empty(len(chosen), dtype=np.int64)
    heads = np.empty(degree[here], dtype=np.int64)
    size, parts, price = 0, 0, 0.0
    for k in range(links.first[here], links.first[here + 1]):
        if chosen[links.edge[k]]:
            heads[parts], size, paid = _cut(links, chosen, degree, wanted, here, k, removed, size)
            price += paid
            parts += 1
    if price > 0.0 and _rejoin(links, chosen, degree, heads, parts, price, room, move):
        return True
    _restore(links, chosen, degree, removed[:size])
    return False


@njit(cache=True, error_model="numpy")
def _exchange(
    links: Links, wanted: Mask, chosen: Mask, degree: Index, here: int, k: int, room: Room, move: int
) -> bool:
    """Take a key path out if a cheaper one joins what is left."""
    removed = np.empty(len(chosen), dtype=np.int64)
    heads = np.empty(2, dtype=np.int64)
    heads[0] = here
    heads[1], size, price = _cut(links, chosen, degree, wanted, here, k, removed, 0)
    if price > 0.0 and _rejoin(links, chosen, degree, heads, 2, price, room, move):
        return True
    _restore(links, chosen, degree, removed[:size])
    return False


@njit(cache=True, error_model="numpy")
def exchange_all(links: Links, wanted: Mask, chosen: Mask, room: Room, move: int) -> tuple[int, int]:
    """Try every key node and key path once, in place; returns the exchanges made and the next move's number.

    A key node is a terminal or a branching; a key path joins two of them (Uchoa and Werneck 2012).
    """
    degree = degrees(links, chosen)
    gained = 0
    for here in range(len(degree)):
        if degree[here] > 2 and not wanted[here]:
            gained += _eliminate(links, wanted, chosen, degree, here, room, move)
            move += 1
        for k in range(links.first[here], links.first[here + 1]):
            if chosen[links.edge[k]] and (wanted[here] or degree[here] > 2):
                gained += _exchange(links, wanted, chosen, degree, here, k, room, move)
                move += 1
    return gained, move


@njit(cache=True, error_model="numpy")
def _restore(links: Links, chosen: Mask, degree: Index, removed: Index) -> None:
    """Put removed edges back."""
    for edge in removed:
        chosen[edge] = True
        degree[links.start[edge]] += 1
        degree[links.end[edge]] += 1
