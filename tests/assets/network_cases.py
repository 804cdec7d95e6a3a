"""Graphs for the tests of networks, and the exact Steiner tree of small ones."""

from __future__ import annotations

import networkx as nx
import numpy as np
from scipy.spatial import Delaunay

from assets.networks.graph import Graph, distances


def street_like(nodes: int, seed: int, *, kept: float = 0.6) -> Graph:
    """A planar graph as street networks are: a triangulation, thinned but for a spanning tree."""
    rng = np.random.default_rng(seed)
    places = rng.uniform(0.0, 50.0 * np.sqrt(nodes), (nodes, 2))
    triangles = Delaunay(places).simplices
    sides = np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [0, 2]]])
    sides = np.unique(np.sort(sides, axis=1), axis=0).astype(np.int64)
    length = np.hypot(*(places[sides[:, 0]] - places[sides[:, 1]]).T) * rng.uniform(1.0, 1.3, len(sides))
    whole = nx.Graph()
    whole.add_weighted_edges_from(zip(*sides.T.tolist(), length.tolist(), strict=True))
    spanning = {tuple(sorted(pair)) for pair in nx.minimum_spanning_edges(whole, data=False)}
    keep = (rng.random(len(sides)) < kept) | np.array([tuple(pair) in spanning for pair in sides.tolist()])
    start, end = sides[keep].T.copy()
    none = np.zeros(int(keep.sum()), dtype=bool)
    return Graph(places[:, 0].copy(), places[:, 1].copy(), start, end, length[keep], none)


def in_networkx(graph: Graph) -> nx.Graph:
    """The same graph; of edges side by side the shortest."""
    made = nx.Graph()
    made.add_nodes_from(range(graph.node_count))
    for a, b, length in zip(graph.start.tolist(), graph.end.tolist(), graph.length_m.tolist(), strict=True):
        if not made.has_edge(a, b) or made[a][b]["weight"] > length:
            made.add_edge(a, b, weight=length)
    return made


def exact_steiner_length(graph: Graph, terminals: np.ndarray) -> float:
    """Length of the best tree over the terminals (Dreyfus and Wagner 1971), by all their subsets."""
    between = distances(graph, np.arange(graph.node_count))
    free, last = terminals[:-1], terminals[-1]
    best = np.full((1 << len(free), graph.node_count), np.inf)
    for bit, terminal in enumerate(free):
        best[1 << bit] = between[terminal]
    for subset in range(1, 1 << len(free)):
        if subset & (subset - 1) == 0:
            continue
        split = np.full(graph.node_count, np.inf)
        part = (subset - 1) & subset
        while part:
            split = np.minimum(split, best[part] + best[subset ^ part])
            part = (part - 1) & subset
        best[subset] = (split[:, None] + between).min(axis=0)
    return float(best[-1][last])
