"""Compiled walks over a graph's adjacency."""

# ruff: noqa: PLR0917 - compiled loops take plain arrays by position

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

Array = NDArray[np.float64]
Index = NDArray[np.int64]
Mask = NDArray[np.bool_]


class Adjacency(NamedTuple):
    """What meets at each node, as compressed rows: both directions of every edge, lower edges first."""

    first: Index  # (n + 1,) where a node's row begins
    node: Index  # (2m,) the other end
    edge: Index  # (2m,) the edge


def adjacency(count: int, start: Index, end: Index, edges: Index) -> Adjacency:
    """Adjacency of `count` nodes over some of the edges."""
    here = np.concatenate([start[edges], end[edges]])
    there = np.concatenate([end[edges], start[edges]])
    both = np.concatenate([edges, edges])
    order = np.lexsort((both, here))
    first = np.zeros(count + 1, dtype=np.int64)
    np.cumsum(np.bincount(here, minlength=count), out=first[1:])
    return Adjacency(first, there[order], both[order])


@njit(cache=True, error_model="numpy")
def walk(first: Index, node: Index, edge: Index, roots: Index) -> tuple[Index, Index, Index, int]:
    """Breadth-first from all roots at once: nodes in the order met, their parents' positions, edges, a cycle's edge.

    The last value is an edge between two nodes that were met already, -1 where there is none.
    """
    count = len(first) - 1
    place = np.full(count, -1, dtype=np.int64)
    order = np.empty(count, dtype=np.int64)
    parent = np.empty(count, dtype=np.int64)
    through = np.empty(count, dtype=np.int64)
    met, extra = 0, -1
    for root in roots:
        place[root] = met
        order[met], parent[met], through[met] = root, -1, -1
        met += 1
    at = 0
    while at < met:
        here = order[at]
        for k in range(first[here], first[here + 1]):
            there = node[k]
            if place[there] < 0:
                place[there] = met
                order[met], parent[met], through[met] = there, at, edge[k]
                met += 1
            elif edge[k] != through[at] and through[place[there]] != edge[k] and extra < 0:
                extra = edge[k]
        at += 1
    return order[:met], parent[:met], through[:met], extra


@njit(cache=True, error_model="numpy")
def sum_up(parent: Index, values: Array) -> None:
    """Add to every node what hangs below it, in place: children stand behind their parents."""
    for k in range(len(parent) - 1, -1, -1):
        if parent[k] >= 0:
            for column in range(values.shape[1]):
                values[parent[k], column] += values[k, column]


@njit(cache=True, error_model="numpy")
def sum_down(parent: Index, values: Array) -> None:
    """Add to every node what stands above it, in place."""
    for k in range(len(parent)):
        if parent[k] >= 0:
            values[k] += values[parent[k]]


@njit(cache=True, error_model="numpy")
def _push(heap_key: Array, heap_node: Index, size: int, key: float, item: int) -> None:
    """Sift a new entry up."""
    at = size
    while at > 0:
        above = (at - 1) // 2
        if heap_key[above] <= key:
            break
        heap_key[at], heap_node[at] = heap_key[above], heap_node[above]
        at = above
    heap_key[at], heap_node[at] = key, item


@njit(cache=True, error_model="numpy")
def _pop(heap_key: Array, heap_node: Index, size: int) -> None:
    """Take the first entry away; the last of `size` entries is sifted down in its stead."""
    key, item = heap_key[size - 1], heap_node[size - 1]
    at = 0
    while True:
        below = 2 * at + 1
        if below >= size - 1:
            break
        if below + 1 < size - 1 and heap_key[below + 1] < heap_key[below]:
            below += 1
        if heap_key[below] >= key:
            break
        heap_key[at], heap_node[at] = heap_key[below], heap_node[below]
        at = below
    heap_key[at], heap_node[at] = key, item


@njit(cache=True, error_model="numpy")
def nearest(
    first: Index, node: Index, edge: Index, cost: Array, seeds: Index, limit: float, goal: int = -1
) -> tuple[Array, Index, Index]:
    """Dijkstra from all seeds at once, as far as the limit, or until a goal is settled.

    Cost to the nearest seed, which seed that is (its position), and the edge towards it. With a goal, only what is
    nearer than that is final.
    """
    count = len(first) - 1
    far = np.full(count, np.inf)
    label = np.full(count, -1, dtype=np.int64)
    through = np.full(count, -1, dtype=np.int64)
    done = np.zeros(count, dtype=np.bool_)
    heap_key = np.empty(len(node) + len(seeds) + 1)
    heap_node = np.empty(len(node) + len(seeds) + 1, dtype=np.int64)
    size = 0
    for k in range(len(seeds)):
        if label[seeds[k]] < 0:
            far[seeds[k]], label[seeds[k]] = 0.0, k
            _push(heap_key, heap_node, size, 0.0, seeds[k])
            size += 1
    while size > 0:
        here = heap_node[0]
        _pop(heap_key, heap_node, size)
        size -= 1
        if done[here]:
            continue
        done[here] = True
        if here == goal:
            break
        for k in range(first[here], first[here + 1]):
            there = node[k]
            new = far[here] + cost[edge[k]]
            if new < far[there] and new <= limit:
                far[there], label[there], through[there] = new, label[here], edge[k]
                _push(heap_key, heap_node, size, new, there)
                size += 1
    return far, label, through


@njit(cache=True, error_model="numpy")
def from_each(
    first: Index, node: Index, edge: Index, cost: Array, sources: Index, targets: Index, limit: float
) -> tuple[Array, int]:
    """Cost of the cheapest way from each source to each target, and how many nodes were settled for that.

    Infinite beyond the limit. A search ends with its last target: the work grows with the ground between them, not with
    the town around.
    """
    count = len(first) - 1
    wanted = np.zeros(count, dtype=np.bool_)
    wanted[targets] = True
    every = wanted.sum()
    far = np.empty(count)
    met, done = np.full(count, -1, dtype=np.int64), np.full(count, -1, dtype=np.int64)
    heap_key, heap_node = np.empty(len(node) + 2), np.empty(len(node) + 2, dtype=np.int64)
    found = np.full((len(sources), len(targets)), np.inf)
    settled = 0
    for k in range(len(sources)):
        size, left = 1, every
        heap_key[0], heap_node[0] = 0.0, sources[k]
        far[sources[k]], met[sources[k]] = 0.0, k
        while size > 0 and left > 0:
            here = heap_node[0]
            _pop(heap_key, heap_node, size)
            size -= 1
            if done[here] == k:
                continue
            done[here] = k
            settled += 1
            left -= wanted[here]
            for at in range(first[here], first[here + 1]):
                there = node[at]
                if first[there + 1] - first[there] == 1 and not wanted[there]:
                    continue  # a house at the end of its service: no way leads through it
                new = far[here] + cost[edge[at]]
                if new <= limit and (met[there] != k or new < far[there]):
                    far[there], met[there] = new, k
                    _push(heap_key, heap_node, size, new, there)
                    size += 1
        for t in range(len(targets)):
            if done[targets[t]] == k:
                found[k, t] = far[targets[t]]
    return found, settled
