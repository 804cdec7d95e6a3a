"""What hangs below each edge of a network: the tree it is, or is fed as."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from assets.networks.graph import Tree

if TYPE_CHECKING:
    from twin.networks.layout.plan import NetworkPlan

Index = npt.NDArray[np.int64]


def tree_over(plan: NetworkPlan) -> Tree:
    """Tree of a network over the rows of its plan's nodes and edges.

    Parameters
    ----------
    plan : NetworkPlan

    Returns
    -------
    Tree
        Its own; of a grid, the ways from where it is fed that pass the fewest buses: in a radial one all there are.
    """
    if plan.tree is not None:
        return plan.tree
    return fed_tree(
        len(plan.nodes),
        plan.edges["start"].to_numpy(dtype=np.int64),
        plan.edges["end"].to_numpy(dtype=np.int64),
        closed_branches(plan.net),
        _feeders(plan),
    )


def buildings_behind(plan: NetworkPlan) -> Index:
    """Count the buildings that each edge serves, as its switches and valves stand, shape (edges,).

    Parameters
    ----------
    plan : NetworkPlan

    Returns
    -------
    ndarray of int64
        0 of open edges; of edges in a mesh, those whose shortest way passes it.
    """
    at = plan.consumers[plan.consumers >= 0]
    return count_below(tree_over(plan), np.bincount(at, minlength=len(plan.nodes)), len(plan.edges))


def closed_branches(net: Any) -> npt.NDArray[np.bool_]:
    """Whether each line, then each transformer, is in service with no open switch at its ends."""
    found = []
    for table, kind in (("line", "l"), ("trafo", "t")):
        frame, switch = net[table], net.switch
        closed = frame["in_service"].to_numpy(dtype=bool).copy()
        opened = switch[(switch["et"] == kind).to_numpy() & ~switch["closed"].to_numpy(dtype=bool)]
        rows = frame.index.get_indexer(opened["element"])
        closed[rows[rows >= 0]] = False
        found.append(closed)
    return np.concatenate(found)


def _feeders(plan: NetworkPlan) -> Index:
    net = plan.net
    rows = net.bus.index.get_indexer(net.ext_grid["bus"][net.ext_grid["in_service"].to_numpy(dtype=bool)])
    return np.unique(np.append(rows, plan.entry)).astype(np.int64)


def fed_tree(n: int, start: Index, end: Index, closed: npt.NDArray[np.bool_], roots: Index) -> Tree:
    """Tree of the shortest ways from roots over closed edges; nodes that nothing feeds are left out.

    Parameters
    ----------
    n : int
        Nodes.
    start, end : ndarray of int64, shape (m,)
    closed : ndarray of bool, shape (m,)
    roots : ndarray of int64, shape (r,)
    """
    rows = np.flatnonzero(closed & (start != end))
    # A node above all roots makes one search of it.
    a, b = np.append(start[rows], np.full(len(roots), n)), np.append(end[rows], roots)
    links = sparse.coo_array((np.ones(len(a), dtype=np.int8), (a, b)), shape=(n + 1, n + 1)).tocsr()
    order, above = sparse.csgraph.breadth_first_order(links, n, directed=False)
    order = order[1:].astype(np.int64)
    edge_of: dict[tuple[int, int], int] = {}
    for row in rows[::-1]:
        pair = (int(start[row]), int(end[row]))
        edge_of[pair] = edge_of[pair[::-1]] = int(row)
    place = np.full(n + 1, -1, dtype=np.int64)
    place[order] = np.arange(len(order))
    parent = np.array([place[above[node]] if above[node] != n else -1 for node in order], dtype=np.int64)
    edge = np.array(
        [-1 if above[node] == n else edge_of[int(above[node]), int(node)] for node in order], dtype=np.int64
    )
    return Tree(order, parent, edge, np.where(edge < 0, 0.0, 1.0))


def edges_to(tree: Tree, node: int) -> list[int]:
    """Rows of the edges from a node up to its root; none where the tree does not reach it."""
    found: list[int] = []
    at = np.flatnonzero(tree.nodes == node)
    here = int(at[0]) if len(at) else -1
    while here >= 0 and tree.edge[here] >= 0:
        found.append(int(tree.edge[here]))
        here = int(tree.parent[here])
    return found


def nodes_below(tree: Tree, edge: int) -> Index:
    """Rows of the nodes that are fed through an edge."""
    at = np.flatnonzero(tree.edge == edge)
    if not len(at):
        return np.empty(0, dtype=np.int64)
    below = np.zeros(len(tree.nodes), dtype=bool)
    below[at[0]] = True
    for k in range(int(at[0]) + 1, len(tree.nodes)):
        below[k] = tree.parent[k] >= 0 and below[tree.parent[k]]
    return np.asarray(tree.nodes[below], dtype=np.int64)


def count_below(tree: Tree, count: npt.NDArray[np.int64], edges: int) -> npt.NDArray[np.int64]:
    """Sum of what hangs at nodes below each edge, shape (edges,).

    Parameters
    ----------
    tree : Tree
    count : ndarray of int64, shape (nodes,)
    edges : int
    """
    summed = count[tree.nodes].astype(np.int64)
    for k in range(len(summed) - 1, -1, -1):
        if tree.parent[k] >= 0:
            summed[tree.parent[k]] += summed[k]
    found = np.zeros(edges, dtype=np.int64)
    own = tree.edge >= 0
    found[tree.edge[own]] = summed[own]
    return found
