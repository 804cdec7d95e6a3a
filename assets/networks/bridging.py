"""Straight bridges between parts of a graph that nothing joins, the shortest that do."""

from __future__ import annotations

import numpy as np
from scipy import spatial

from assets.networks._steiner_kernel import spanning
from assets.networks.graph import Array, Graph, Index, components

_EVERY_PAIR = 300
"""Up to so many nodes all pairs are looked at; above, those of a Delaunay triangulation, which holds the shortest."""
_SHORTEST_M = 0.01


def bridge_components(graph: Graph, wanted: Index, *, longest_m: float = np.inf, settled: Index) -> Graph:
    """Join the parts of a graph that hold wanted nodes by the shortest straight edges.

    Parameters
    ----------
    graph : Graph
    wanted : ndarray of int64
        Nodes that must be reached; parts without any are left as they are.
    longest_m : float
        Parts that lie farther apart stay apart [m].
    settled : ndarray of int64
        Nodes of roots: parts that hold one are fed already and need no bridge to each other.

    Returns
    -------
    Graph
        The same nodes and edges, and the bridges behind them (`mapped` False).
    """
    label = components(graph)
    parts = np.unique(label[wanted])
    if len(parts) < 2 or longest_m <= 0.0:
        return graph
    nodes = np.flatnonzero(np.isin(label, parts))
    one, other = _pairs(graph, nodes, label)
    length = np.hypot(graph.x_m[one] - graph.x_m[other], graph.y_m[one] - graph.y_m[other])
    near = length <= longest_m
    one, other, length = one[near], other[near], length[near]
    group = np.searchsorted(parts, label)
    fed = np.unique(group[settled])
    group = np.where(np.isin(group, fed), fed[0], group)
    order = np.argsort(length, kind="stable")
    taken = np.flatnonzero(spanning(order, group[one], group[other], len(parts) + 1))
    taken = taken[np.argsort(length[taken], kind="stable")]
    return Graph(
        graph.x_m,
        graph.y_m,
        np.concatenate([graph.start, one[taken]]),
        np.concatenate([graph.end, other[taken]]),
        np.concatenate([graph.length_m, np.maximum(length[taken], _SHORTEST_M)]),
        np.concatenate([graph.mapped, np.zeros(len(taken), dtype=bool)]),
    )


def _pairs(graph: Graph, nodes: Index, label: Index) -> tuple[Index, Index]:
    """Pairs of nodes of different parts, among them the nearest of any two parts that are neighbours."""
    places: Array = np.column_stack([graph.x_m[nodes], graph.y_m[nodes]])
    if len(nodes) <= _EVERY_PAIR:
        one, other = np.triu_indices(len(nodes), 1)
    elif np.linalg.matrix_rank(places - places[0]) < 2:  # all on one straight line: no triangle has an area
        order = np.lexsort((places[:, 1], places[:, 0]))
        one, other = order[:-1], order[1:]
    else:
        # Nodes on one spot are left out of a triangulation: each is paired with the one that stands in for it.
        places -= places.mean(axis=0)
        triangles = spatial.Delaunay(places, qhull_options="Qbb Qc Qz Q12")
        sides = np.concatenate([triangles.simplices[:, [0, 1]], triangles.simplices[:, [1, 2]],
                                triangles.simplices[:, [0, 2]], triangles.coplanar[:, [0, 2]]])  # fmt: skip
        one, other = np.unique(np.sort(sides, axis=1), axis=0).T
    apart = label[nodes[one]] != label[nodes[other]]
    return nodes[one[apart]], nodes[other[apart]]
