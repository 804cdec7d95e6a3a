"""Fewer edges of a street graph: those that meet at a node where nothing else does become one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import shapely

from gis_data.street_graph import Index, StreetGraph, select_edges, take_edges


def merge_chains(graph: StreetGraph, keep: npt.ArrayLike = ()) -> tuple[StreetGraph, Index]:
    """Join edges of one kind, carrier and layer that follow each other without a branching.

    Parameters
    ----------
    graph : StreetGraph
    keep : array_like of int
        Nodes that stay: buildings, producers, substations.

    Returns
    -------
    StreetGraph
        With fewer nodes and edges, and the same length.
    node : ndarray of int64, shape (n,)
        New number of each old node; -1 for those that are gone.
    """
    count = len(graph.x_m)
    rows = _rows(graph)
    inner = np.array([len(row) == 2 and _alike(graph, *row) for row in rows], dtype=bool)
    inner[np.asarray(keep, dtype=np.int64)] = False
    _open_rings(graph, rows, inner)
    used = np.zeros(len(graph.start), dtype=bool)
    owner, ends, lines, ways = [], [], [], []
    for edge in range(len(graph.start)):
        if used[edge] or (inner[graph.start[edge]] and inner[graph.end[edge]]):
            continue
        begin = int(graph.end[edge] if inner[graph.start[edge]] else graph.start[edge])
        chain, last = _follow(graph, rows, inner, begin, edge)
        used[[k for k, _ in chain]] = True
        points = [shapely.get_coordinates(graph.lines[k])[:: 1 if forward else -1] for k, forward in chain]
        lines.append(shapely.linestrings(np.concatenate([points[0], *(part[1:] for part in points[1:])])))
        owner.append(edge)
        ends.append((begin, last))
        ways.append(tuple(dict.fromkeys(way for k, _ in chain for way in graph.ways[k])))
    pairs = np.array(ends, dtype=np.int64).reshape(-1, 2)
    shapes = np.array([*lines, None], dtype=object)[:-1]
    merged = replace(
        take_edges(graph, np.array(owner, dtype=np.int64)),
        start=pairs[:, 0],
        end=pairs[:, 1],
        lines=shapes,
        length_m=shapely.length(shapes),
        ways=tuple(ways),
    )
    node = np.full(count, -1, dtype=np.int64)
    left = np.unique(pairs)
    node[left] = np.arange(len(left))
    return select_edges(merged, np.arange(len(pairs))), node


def _rows(graph: StreetGraph) -> list[list[int]]:
    """Edges at each node."""
    rows: list[list[int]] = [[] for _ in range(len(graph.x_m))]
    for edge, (a, b) in enumerate(zip(graph.start.tolist(), graph.end.tolist(), strict=True)):
        rows[a].append(edge)
        rows[b].append(edge)
    return rows


def _alike(graph: StreetGraph, one: int, other: int) -> bool:
    return (
        bool(graph.kind[one] == graph.kind[other])
        and bool(graph.carrier[one] == graph.carrier[other])
        and bool(graph.layer[one] == graph.layer[other])
    )


def _open_rings(graph: StreetGraph, rows: list[list[int]], inner: npt.NDArray[np.bool_]) -> None:
    """Keep two nodes of every ring that has fewer: an edge needs two ends."""
    for node in range(len(rows)):
        if inner[node]:
            continue
        for edge in rows[node]:
            chain, last = _follow(graph, rows, inner, node, edge)
            if last == node:
                k, forward = chain[len(chain) // 2]
                inner[graph.start[k] if forward else graph.end[k]] = False
    seen = ~inner
    for node in range(len(rows)):
        if seen[node]:
            continue
        reached = [_follow(graph, rows, inner, node, edge) for edge in rows[node]]
        for chain, _ in reached:
            for k, _ in chain:
                seen[[graph.start[k], graph.end[k]]] = True
        if reached[0][1] == node:  # a ring on its own
            k, forward = reached[0][0][len(reached[0][0]) // 2]
            inner[[node, graph.start[k] if forward else graph.end[k]]] = False


def _follow(
    graph: StreetGraph, rows: list[list[int]], inner: npt.NDArray[np.bool_], begin: int, edge: int
) -> tuple[list[tuple[int, bool]], int]:
    """Edges from a node to the next one that stays, whether each is walked forwards, and that node."""
    chain, here = [], begin
    while True:
        forward = bool(graph.start[edge] == here)
        chain.append((edge, forward))
        here = int(graph.end[edge] if forward else graph.start[edge])
        if not inner[here] or here == begin:
            return chain, here
        edge = rows[here][1] if rows[here][0] == edge else rows[here][0]
