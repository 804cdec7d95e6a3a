"""Compiled heuristics of clustering: capacitated spanning trees, savings, assignment by regret."""

# ruff: noqa: PLR0917 - compiled loops take plain arrays by position

from __future__ import annotations

import numpy as np
from numba import njit

from assets.networks._graph_kernel import Array, Index


@njit(cache=True, error_model="numpy")
def _best_partner(distance: Array, demand: Array, capacity: float, group: Index, gate: Array, i: int):  # type: ignore[no-untyped-def]
    """Find the cheapest node of another group to hang i's group on, and what that costs more than its own gate."""
    best, least = -1, 0.0
    for j in range(1, len(group)):
        if group[j] != group[i] and demand[group[i]] + demand[group[j]] <= capacity:
            more = distance[i, j] - gate[group[i]]
            if more < least:
                best, least = j, more
    return best, least


@njit(cache=True, error_model="numpy")
def savings_tree(distance: Array, demand: Array, capacity: float) -> tuple[Index, Index]:
    """Esau and Williams (1966): the group of each node, within the capacity, and its parent; node 0 is the centre.

    A group is numbered by the node that its gate to the centre starts at.
    """
    count = len(demand)
    group = np.arange(count)
    load = demand.copy()
    gate = distance[:, 0].copy()
    other = np.full(count, -1, dtype=np.int64)
    gain = np.zeros(count)
    for i in range(1, count):
        other[i], gain[i] = _best_partner(distance, load, capacity, group, gate, i)
    parent_a, parent_b = np.empty(count, dtype=np.int64), np.empty(count, dtype=np.int64)
    joined = 0
    while True:
        i = -1
        for k in range(1, count):
            if other[k] >= 0 and (i < 0 or gain[k] < gain[i]):
                i = k
        if i < 0:
            break
        j = other[i]
        gone, kept = group[i], group[j]
        parent_a[joined], parent_b[joined] = i, j
        joined += 1
        load[kept] += load[gone]
        for k in range(1, count):
            if group[k] == gone:
                group[k] = kept
        for k in range(1, count):
            partner = other[k]
            if group[k] == kept or (partner >= 0 and group[partner] == kept):
                other[k], gain[k] = _best_partner(distance, load, capacity, group, gate, k)
    return group, _rooted(group, parent_a[:joined], parent_b[:joined])


@njit(cache=True, error_model="numpy")
def _rooted(group: Index, one: Index, other: Index) -> Index:
    """Turn the edges of the groups towards their gates: the parent of every node, 0 for those on the centre."""
    count = len(group)
    parent = np.full(count, -2, dtype=np.int64)
    parent[0] = -1
    for k in range(1, count):
        if group[k] == k:
            parent[k] = 0
    left = len(one)
    done = np.zeros(len(one), dtype=np.bool_)
    while left > 0:
        before = left
        for k in range(len(one)):
            if done[k]:
                continue
            for a, b in ((one[k], other[k]), (other[k], one[k])):
                if parent[a] != -2 and parent[b] == -2:
                    parent[b] = a
                    done[k] = True
                    left -= 1
                    break
        if left == before:
            break
    return parent


@njit(cache=True, error_model="numpy")
def savings_routes(
    order: Index, one: Index, other: Index, demand: Array, capacity: float, most: int, *, turn: bool
) -> tuple[Index, Index]:
    """Clarke and Wright (1964): joins routes end to start, the greatest savings first.

    Returns the stop after each stop (-1 at the end of its route) and the one before it.
    """
    count = len(demand)
    after, before = np.full(count, -1, dtype=np.int64), np.full(count, -1, dtype=np.int64)
    route = np.arange(count)
    load, stops = demand.copy(), np.ones(count, dtype=np.int64)
    for k in order:
        i, j = one[k], other[k]
        a, b = route[i], route[j]
        if a == b or load[a] + load[b] > capacity or stops[a] + stops[b] > most:
            continue
        if turn and after[i] >= 0 and before[i] < 0:
            _turn_round(after, before, i)
        if turn and before[j] >= 0 and after[j] < 0:
            _turn_round(after, before, j)
        if after[i] >= 0 or before[j] >= 0:
            continue
        after[i], before[j] = j, i
        load[a] += load[b]
        stops[a] += stops[b]
        here = j
        while here >= 0:
            route[here] = a
            here = after[here]
    return after, before


@njit(cache=True, error_model="numpy")
def _turn_round(after: Index, before: Index, stop: int) -> None:
    """Reverse the route that a stop at one of its ends belongs to."""
    here = stop
    onwards = after[here] >= 0
    while here >= 0:
        following = after[here] if onwards else before[here]
        after[here], before[here] = before[here], after[here]
        here = following


@njit(cache=True, error_model="numpy")
def two_opt(distance: Array, tour: Index) -> None:
    """Croes (1958): turn stretches of a tour round, in place, while that shortens it; both its ends stay."""
    better = True
    while better:
        better = False
        for i in range(len(tour) - 2):
            for j in range(i + 2, len(tour) - 1):
                old = distance[tour[i], tour[i + 1]] + distance[tour[j], tour[j + 1]]
                new = distance[tour[i], tour[j]] + distance[tour[i + 1], tour[j + 1]]
                if new < old * (1.0 - 1e-12) - 1e-9:
                    tour[i + 1 : j + 1] = tour[i + 1 : j + 1][::-1].copy()
                    better = True


@njit(cache=True, error_model="numpy")
def assign_by_regret(distance: Array, demand: Array, capacity: float, sites: Index, longest: float) -> Index:
    """Mulvey and Beck (1984): who loses most by the second nearest site chooses first; -1 where no site has room."""
    count, k = len(demand), len(sites)
    free = np.full(k, capacity)
    regret = np.empty(count)
    for i in range(count):
        first, second = np.inf, np.inf
        for s in range(k):
            far = distance[i, sites[s]]
            if far < first:
                first, second = far, first
            elif far < second:
                second = far
        regret[i] = (second - first if np.isfinite(second) else np.inf) if np.isfinite(first) else -1.0
    chosen = np.full(count, -1, dtype=np.int64)
    for i in np.argsort(-regret, kind="mergesort"):
        best, least = -1, longest
        for s in range(k):
            if distance[i, sites[s]] <= least and demand[i] <= free[s] * (1.0 + 1e-12) and (
                best < 0 or distance[i, sites[s]] < least
            ):  # fmt: skip
                best, least = s, distance[i, sites[s]]
        if best >= 0:
            chosen[i] = best
            free[best] -= demand[i]
    return chosen
