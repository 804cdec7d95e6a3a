"""Graphs and trees: orders and distances against scipy and networkx, and what is refused."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from assets._errors import InputError
from assets.networks.graph import (
    Graph,
    Tree,
    components,
    distance_to_root_m,
    distances,
    nearest_source,
    path_edges,
    positions,
    sum_below,
    tree_of,
)


def graph_of(n: int, ends: list[tuple[int, int]], length_m: list[float] | None = None) -> Graph:
    pairs = np.array(ends, dtype=np.int64).reshape(-1, 2)
    lengths = np.array(length_m if length_m is not None else [1.0] * len(ends), dtype=np.float64)
    place = np.arange(n, dtype=np.float64)
    return Graph(place, place, pairs[:, 0], pairs[:, 1], lengths, np.zeros(len(ends), dtype=bool))


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """Any graph of 2 to 15 nodes, perhaps in pieces, perhaps with edges side by side."""
    n = draw(st.integers(2, 15))
    pair = st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)).filter(lambda p: p[0] != p[1])
    ends = draw(st.lists(pair, min_size=1, max_size=40))
    lengths = draw(st.lists(st.floats(0.1, 100.0), min_size=len(ends), max_size=len(ends)))
    return graph_of(n, ends, lengths)


def peer(graph: Graph) -> nx.MultiGraph:
    made = nx.MultiGraph()
    made.add_nodes_from(range(graph.node_count))
    for edge in range(graph.edge_count):
        made.add_edge(int(graph.start[edge]), int(graph.end[edge]), key=edge, weight=float(graph.length_m[edge]))
    return made


def test_a_tree_by_hand() -> None:
    """Node 2 is the root; 1 and 3 hang on it, 0 on 1."""
    graph = graph_of(4, [(0, 1), (2, 1), (2, 3), (0, 3)], [10.0, 20.0, 5.0, 7.0])
    tree = tree_of(graph, [0, 1, 2], [2])
    assert tree.nodes.tolist() == [2, 1, 3, 0]
    assert tree.parent.tolist() == [-1, 0, 0, 1]
    assert tree.edge.tolist() == [-1, 1, 2, 0]
    assert tree.length_m.tolist() == [0.0, 20.0, 5.0, 10.0]
    assert distance_to_root_m(tree).tolist() == [0.0, 20.0, 5.0, 30.0]
    assert sum_below(tree, [1.0, 2.0, 4.0, 8.0]).tolist() == [15.0, 10.0, 4.0, 8.0]
    assert sum_below(tree, np.eye(4))[0].tolist() == [1.0, 1.0, 1.0, 1.0]
    assert positions(tree, [0, 1, 2, 3]).tolist() == [3, 1, 0, 2]
    assert positions(tree_of(graph, [2], [2]), [0, 3]).tolist() == [-1, 1]


def test_a_forest_has_its_roots_first() -> None:
    graph = graph_of(5, [(0, 1), (2, 3)])
    tree = tree_of(graph, [0, 1], [1, 2, 4])
    assert tree.nodes.tolist() == [1, 2, 4, 0, 3]
    assert tree.parent.tolist() == [-1, -1, -1, 0, 1]
    assert tree.root_count == 3


@given(graphs(), st.integers(0, 10_000))
def test_a_spanning_forest_is_ordered_from_its_roots(graph: Graph, seed: int) -> None:
    forest = nx.minimum_spanning_edges(peer(graph), keys=True, data=False)
    edges = [key for _, _, key in forest]
    rng = np.random.default_rng(seed)
    label = components(graph)
    roots = [int(rng.choice(np.flatnonzero(label == part))) for part in range(label.max() + 1)]
    tree = tree_of(graph, rng.permutation(edges), roots)
    assert sorted(tree.nodes) == list(range(graph.node_count))
    assert tree.nodes[: len(roots)].tolist() == roots
    below = np.flatnonzero(tree.parent >= 0)
    assert (tree.parent[below] < below).all()
    for k in below:
        ends = {int(graph.start[tree.edge[k]]), int(graph.end[tree.edge[k]])}
        assert ends == {int(tree.nodes[k]), int(tree.nodes[tree.parent[k]])}
    assert tree.length_m.sum() == pytest.approx(graph.length_m[edges].sum())
    passed = sum_below(tree, np.ones(len(tree.nodes)))
    assert passed[: len(roots)].sum() == graph.node_count


@given(graphs())
def test_components_are_those_of_networkx(graph: Graph) -> None:
    label = components(graph)
    mine = {frozenset(np.flatnonzero(label == part).tolist()) for part in range(label.max() + 1)}
    assert mine == {frozenset(part) for part in nx.connected_components(peer(graph))}


@given(graphs())
def test_distances_are_those_of_scipy(graph: Graph) -> None:
    """1e-12 of each, as both add the same lengths, perhaps in another order."""
    table = np.full((graph.node_count, graph.node_count), np.inf)
    np.minimum.at(table, (graph.start, graph.end), graph.length_m)
    links = sparse.csgraph.csgraph_from_dense(table, null_value=np.inf)
    theirs = sparse.csgraph.dijkstra(links, directed=False)
    np.testing.assert_allclose(distances(graph, range(graph.node_count)), theirs, rtol=1e-12)


@given(graphs(), st.integers(0, 10_000))
def test_the_nearest_source_and_the_way_to_it(graph: Graph, seed: int) -> None:
    sources = np.random.default_rng(seed).choice(graph.node_count, size=min(3, graph.node_count), replace=False)
    far, label, edge = nearest_source(graph, sources)
    from_each = distances(graph, sources)
    np.testing.assert_allclose(far, from_each.min(axis=0), rtol=1e-12)
    for node in np.flatnonzero(label >= 0):
        assert from_each[label[node], node] == pytest.approx(far[node])
        assert graph.length_m[path_edges(graph, edge, node)].sum() == pytest.approx(far[node])
    assert np.isinf(far[label < 0]).all()


def test_edges_that_are_no_tree_are_refused_by_name() -> None:
    graph = graph_of(5, [(0, 1), (1, 2), (2, 0), (3, 4), (0, 1)])
    with pytest.raises(InputError, match=r"edge \d \(nodes \d and \d\) closes a loop"):
        tree_of(graph, [0, 1, 2], [0])
    with pytest.raises(InputError, match="closes a loop"):
        tree_of(graph, [0, 4], [0])
    with pytest.raises(InputError, match="joins two roots"):
        tree_of(graph, [0], [0, 1])
    with pytest.raises(InputError, match="edge 3 cannot be reached from a root"):
        tree_of(graph, [0, 3], [0])
    with pytest.raises(InputError) as caught:
        tree_of(graph, [9], [7, 7])
    assert len(caught.value.findings) == 3
    with pytest.raises(InputError, match="no root"):
        tree_of(graph, [0], [])


def test_a_graph_says_all_that_is_wrong_with_it() -> None:
    with pytest.raises(InputError) as caught:
        graph_of(3, [(0, 1), (1, 1), (1, 9), (0, 2)], [1.0, 1.0, 1.0, -1.0])
    assert len(caught.value.findings) == 3
    assert "edge 1 starts and ends at one node" in caught.value.findings[1]
    one = np.zeros(1)
    with pytest.raises(InputError, match=r"end has the shape \(2,\)"):
        Graph(one, one, one.astype(int), np.zeros(2, dtype=int), one + 1, np.zeros(1, dtype=bool))


def test_a_tree_in_another_order_is_refused() -> None:
    with pytest.raises(InputError, match="tree node 1 stands before its parent"):
        Tree(np.array([0, 1, 2]), np.array([-1, 2, 0]), np.array([-1, 0, 1]), np.array([0.0, 1.0, 1.0]))
    with pytest.raises(InputError, match="roots must stand first"):
        Tree(np.array([0, 1, 2]), np.array([-1, 0, -1]), np.array([-1, 0, -1]), np.array([0.0, 1.0, 0.0]))
    with pytest.raises(InputError, match="more than once"):
        Tree(np.array([0, 0]), np.array([-1, 0]), np.array([-1, 0]), np.array([0.0, 1.0]))
