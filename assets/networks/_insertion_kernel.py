"""Compiled search for nodes whose insertion makes a Steiner tree cheaper."""

# ruff: noqa: PLR0917 - compiled loops take plain arrays by position

from __future__ import annotations

import numpy as np
from numba import njit

from assets.networks._graph_kernel import Index, Mask, _pop, _push
from assets.networks._steiner_kernel import Links, Room, degrees, empty_room, exchange_all


@njit(cache=True, error_model="numpy")
def _toggle(links: Links, chosen: Mask, degree: Index, edge: int) -> None:
    """Put an edge into the tree or take it out."""
    step = -1 if chosen[edge] else 1
    chosen[edge] = not chosen[edge]
    degree[links.start[edge]] += step
    degree[links.end[edge]] += step


@njit(cache=True, error_model="numpy")
def _reach(links: Links, degree: Index, hub: int, bound: float, most: int, room: Room, move: int) -> Index:
    """Find the nodes of the tree nearest to a hub outside it, by ways that touch the tree nowhere else."""
    hits = np.empty(most, dtype=np.int64)
    found, size = 0, 1
    room.far[hub], room.through[hub], room.stamp[hub] = 0.0, -1, move
    room.heap_key[0], room.heap_node[0] = 0.0, hub
    while size > 0 and found < most:
        here = room.heap_node[0]
        _pop(room.heap_key, room.heap_node, size)
        size -= 1
        if room.done[here] == move:
            continue
        room.done[here] = move
        if degree[here] > 0:
            hits[found] = here
            found += 1
            continue
        for k in range(links.first[here], links.first[here + 1]):
            there = links.node[k]
            new = room.far[here] + links.cost[links.edge[k]]
            if new < bound and (room.stamp[there] != move or new < room.far[there]):
                room.stamp[there], room.far[there], room.through[there] = move, new, links.edge[k]
                _push(room.heap_key, room.heap_node, size, new, there)
                size += 1
    return hits[:found]


@njit(cache=True, error_model="numpy")
def _is_free(links: Links, degree: Index, hub: int, hit: int, room: Room) -> bool:
    """Whether the way from a hit to the hub shares no node with the tree but its ends."""
    here = hit
    while here != hub:
        edge = room.through[here]
        here = links.start[edge] + links.end[edge] - here
        if here != hub and degree[here] > 0:
            return False
    return True


@njit(cache=True, error_model="numpy")
def _dearest(links: Links, wanted: Mask, chosen: Mask, degree: Index, hub: int, hit: int, back: Index, queue: Index):  # type: ignore[no-untyped-def]
    """Find the dearest key path on the tree's way from a hit to the hub: its ends on that way and its cost."""
    back[hub] = -1
    queue[0] = hub
    at, met = 0, 1
    while at < met and queue[at] != hit:
        here = queue[at]
        at += 1
        for k in range(links.first[here], links.first[here + 1]):
            if chosen[links.edge[k]] and links.edge[k] != back[here]:
                back[links.node[k]] = links.edge[k]
                queue[met] = links.node[k]
                met += 1
    best, best_from, best_to = 0.0, -1, -1
    here, begin, price = hit, hit, 0.0
    while here != hub:
        price += links.cost[back[here]]
        here = links.start[back[here]] + links.end[back[here]] - here
        if here == hub or wanted[here] or degree[here] > 2:
            if price > best:
                best, best_from, best_to = price, begin, here
            begin, price = here, 0.0
    return best, best_from, best_to


@njit(cache=True, error_model="numpy")
def _insert(
    links: Links, wanted: Mask, chosen: Mask, degree: Index, hub: int, hits: Index, room: Room, back: Index,
    queue: Index, log: Index,
) -> bool:  # fmt: skip
    """Hang a hub on the tree and let its ways to the hits replace dearer key paths; undone where that gains nothing."""
    size, change = 0, 0.0
    for number in range(len(hits)):
        hit = hits[number]
        if degree[hit] == 0 or not _is_free(links, degree, hub, hit, room):
            continue
        if size > 0:
            dearest, begin, finish = _dearest(links, wanted, chosen, degree, hub, hit, back, queue)
            if dearest <= room.far[hit]:
                continue
            change -= dearest
            here = begin
            while here != finish:
                edge = back[here]
                here = links.start[edge] + links.end[edge] - here
                log[size] = edge
                size += 1
                _toggle(links, chosen, degree, edge)
        change += room.far[hit]
        here = hit
        while here != hub:
            edge = room.through[here]
            here = links.start[edge] + links.end[edge] - here
            log[size] = edge
            size += 1
            _toggle(links, chosen, degree, edge)
    if change < -1e-9 * max(1.0, room.far[hits[0]]):
        return True
    for k in range(size - 1, -1, -1):
        _toggle(links, chosen, degree, log[k])
    return False


@njit(cache=True, error_model="numpy")
def insert_all(links: Links, wanted: Mask, chosen: Mask, room: Room, move: int) -> tuple[int, int]:
    """Try every node outside the tree where three ways meet, once; returns the insertions and the next move's number.

    Steiner-vertex insertion (Minoux 1990), with ways of several edges.
    """
    degree = degrees(links, chosen)
    count = len(degree)
    back, queue = np.empty(count, dtype=np.int64), np.empty(count, dtype=np.int64)
    log = np.empty(4 * len(chosen) + 4, dtype=np.int64)
    bound = 0.0
    for k in range(len(chosen)):
        if chosen[k]:
            bound += links.cost[k]
    gained = 0
    for hub in range(count):
        ways = links.first[hub + 1] - links.first[hub]
        if degree[hub] > 0 or ways < 3:
            continue
        hits = _reach(links, degree, hub, bound, ways, room, move)
        move += 1
        if len(hits) > 2 and _insert(links, wanted, chosen, degree, hub, hits, room, back, queue, log):
            gained += 1
    return gained, move


@njit(cache=True, error_model="numpy")
def improve(links: Links, wanted: Mask, chosen: Mask, rounds: int) -> int:
    """Exchange key paths, take key nodes out and put others in, in place, until nothing gains; returns how often."""
    room = empty_room(links)
    move, total = 0, 0
    for _ in range(rounds):
        gained, move = exchange_all(links, wanted, chosen, room, move)
        more, move = insert_all(links, wanted, chosen, room, move)
        total += gained + more
        if gained + more == 0:
            break
    return total
