"""Graphs and trees that networks are laid in: plain arrays of nodes and edges, and the orders to sweep them in."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy import sparse

from assets._errors import InputError
from assets.networks._graph_kernel import Adjacency, adjacency, from_each, nearest, sum_down, sum_up, walk

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

_SHOWN = 5


@dataclass(frozen=True)
class Graph:
    """An undirected geometric graph: streets, and pipes or cables that somebody mapped.

    Attributes
    ----------
    x_m, y_m : ndarray, shape (n,)
        Nodes, easting and northing [m].
    start, end : ndarray of int64, shape (m,)
        Nodes of each edge; two edges may join the same two nodes.
    length_m : ndarray, shape (m,)
        Length along the edge's line, above 0 [m].
    mapped : ndarray of bool, shape (m,)
        True where the edge follows a pipe or cable that somebody mapped or imported; False along a street.
    """

    x_m: Array
    y_m: Array
    start: Index
    end: Index
    length_m: Array
    mapped: Mask

    def __post_init__(self) -> None:
        n, m = np.size(self.x_m), np.size(self.length_m)
        wanted = {"x_m": n, "y_m": n, "start": m, "end": m, "length_m": m, "mapped": m}
        findings = [
            f"{name} has the shape {np.shape(getattr(self, name))}; with {n} nodes and {m} edges it must be ({size},)"
            for name, size in wanted.items()
            if np.shape(getattr(self, name)) != (size,)
        ]
        if findings:
            raise InputError(findings)
        lost = ~(np.isfinite(self.x_m) & np.isfinite(self.y_m))
        findings += _named(lost, "node", "has no place: give x_m and y_m as finite metres")
        out = (self.start < 0) | (self.start >= n) | (self.end < 0) | (self.end >= n)
        findings += _named(out, "edge", f"names a node that is not there: nodes are numbered 0 to {n - 1}")
        findings += _named(self.start == self.end, "edge", "starts and ends at one node: drop it or split it")
        short = ~((self.length_m > 0.0) & np.isfinite(self.length_m))
        findings += _named(short, "edge", "has no length above 0 m: join its two nodes instead")
        if findings:
            raise InputError(findings)

    @property
    def node_count(self) -> int:
        """Number of nodes."""
        return len(self.x_m)

    @property
    def edge_count(self) -> int:
        """Number of edges."""
        return len(self.length_m)

    @cached_property
    def links(self) -> Adjacency:
        """What meets at each node, over all edges; made once, as a town's graph is searched thousands of times."""
        return adjacency(self.node_count, self.start, self.end, np.arange(self.edge_count))


@dataclass(frozen=True)
class Tree:
    """A rooted tree or forest in a graph, in the order of sweeps.

    Attributes
    ----------
    nodes : ndarray of int64, shape (k,)
        Graph node of each tree node; parents stand before their children, all roots first.
    parent : ndarray of int64, shape (k,)
        Place of the parent among the tree's own nodes; -1 for a root.
    edge : ndarray of int64, shape (k,)
        Graph edge to the parent; -1 for a root.
    length_m : ndarray, shape (k,)
        Length of that edge [m]; 0 for a root.
    """

    nodes: Index
    parent: Index
    edge: Index
    length_m: Array

    def __post_init__(self) -> None:
        k = np.size(self.nodes)
        findings = [
            f"{name} has the shape {np.shape(getattr(self, name))}; a tree of {k} nodes needs ({k},)"
            for name in ("nodes", "parent", "edge", "length_m")
            if np.shape(getattr(self, name)) != (k,)
        ]
        if findings:
            raise InputError(findings)
        root = self.parent < 0
        late = (self.parent >= np.arange(k)) | (self.parent < -1)
        findings += _named(late, "tree node", "stands before its parent: put parents before their children")
        findings += _named(root != (self.edge < 0), "tree node", "has an edge but no parent, or a parent but no edge")
        findings += _named(root & (self.length_m != 0.0), "tree node", "is a root with a length: give 0 m")
        if not root.any() or (not root.all() and root[np.argmin(root) :].any()):
            findings.append("the roots must stand first, and there must be one at least")
        if len(np.unique(self.nodes)) < k:
            findings.append("a node of the graph stands in the tree more than once: it would close a loop")
        if findings:
            raise InputError(findings)

    @property
    def root_count(self) -> int:
        """Number of roots; they are the first nodes."""
        return int(np.count_nonzero(self.parent < 0))


def tree_of(graph: Graph, edges: npt.ArrayLike, roots: npt.ArrayLike) -> Tree:
    """Order edges of a graph into a rooted tree, or a forest with a root in each of its trees.

    Parameters
    ----------
    graph : Graph
    edges : array_like of int, shape (k,)
        Edges of the tree or forest, in any order.
    roots : array_like of int, shape (r,)
        Graph nodes, one for each tree; a root without edges is a tree of one node.

    Returns
    -------
    Tree
        Breadth first, so that parents stand before their children.

    Raises
    ------
    InputError
        The edges close a loop, two roots are joined, or some edges hang on no root.
    """
    chosen = np.unique(np.asarray(edges, dtype=np.int64))
    seeds = np.atleast_1d(np.asarray(roots, dtype=np.int64))
    findings = []
    if len(seeds) == 0:
        findings.append("there is no root: name the node that a producer or substation stands at")
    if ((seeds < 0) | (seeds >= graph.node_count)).any():
        findings.append(f"a root is no node of the graph: nodes are numbered 0 to {graph.node_count - 1}")
    if len(np.unique(seeds)) < len(seeds):
        findings.append("a root is named twice: name each once")
    if len(chosen) and (chosen[0] < 0 or chosen[-1] >= graph.edge_count):
        findings.append(f"an edge of the tree is none of the graph: edges are numbered 0 to {graph.edge_count - 1}")
    if findings:
        raise InputError(findings)
    links = adjacency(graph.node_count, graph.start, graph.end, chosen)
    order, parent, through, extra = walk(*links, seeds)
    if extra >= 0:
        findings.append(
            f"edge {extra} (nodes {graph.start[extra]} and {graph.end[extra]}) closes a loop or joins two roots: "
            "leave one edge of the loop out, or make one of the joined roots a plain node"
        )
    loose = chosen[~np.isin(graph.start[chosen], order)]
    if len(loose):
        findings.append(f"{_few(loose, 'edge')} cannot be reached from a root: add a root or the edges between")
    if findings:
        raise InputError(findings)
    length = np.where(through < 0, 0.0, graph.length_m[through]) if graph.edge_count else np.zeros(len(order))
    return Tree(order, parent, through, length)


def components(graph: Graph, edges: npt.ArrayLike | None = None) -> Index:
    """Find the connected component of each node.

    Parameters
    ----------
    graph : Graph
    edges : array_like of int, optional
        Only these edges; all by default.

    Returns
    -------
    ndarray of int64, shape (n,)
        From 0.
    """
    chosen = np.arange(graph.edge_count) if edges is None else np.asarray(edges, dtype=np.int64)
    ends = (graph.start[chosen], graph.end[chosen])
    shape = (graph.node_count, graph.node_count)
    links = sparse.coo_array((np.ones(len(chosen), dtype=np.int8), ends), shape=shape)
    label = sparse.csgraph.connected_components(links, directed=False)[1]
    return np.asarray(label, dtype=np.int64)


def neighbours(graph: Graph, edges: npt.ArrayLike | None = None) -> Adjacency:
    """Adjacency of the graph over all or some of its edges."""
    if edges is None:
        return graph.links
    return adjacency(graph.node_count, graph.start, graph.end, np.asarray(edges, dtype=np.int64))


def nearest_source(
    graph: Graph,
    sources: npt.ArrayLike,
    cost: npt.ArrayLike | None = None,
    *,
    limit: float = np.inf,
    goal: int = -1,
) -> tuple[Array, Index, Index]:
    """Find the nearest of some nodes for every node along the edges (Dijkstra 1959), its network Voronoi cell.

    Parameters
    ----------
    graph : Graph
    sources : array_like of int, shape (s,)
        Nodes to start from.
    cost : array_like, shape (m,), optional
        Cost of each edge, 0 or more; its length by default.
    limit : float
        How far to look: what lies beyond is not reached.
    goal : int
        Node whose way alone is wanted: what is farther away than it need not be right. -1: all nodes.

    Returns
    -------
    distance : ndarray, shape (n,)
        Cost to the nearest source; infinite where none can be reached.
    source : ndarray of int64, shape (n,)
        Its place in `sources`; -1 where none can be reached.
    edge : ndarray of int64, shape (n,)
        First edge on the way there; -1 at the source itself and where none can be reached.

    Raises
    ------
    InputError
        A source is no node of the graph, or a cost is negative or missing.
    """
    seeds, prices = _checked(graph, sources, cost, "source")
    far, label, through = nearest(*neighbours(graph), prices, seeds, limit, goal)
    return far, label, through


def path_edges(graph: Graph, edge: Index, node: int) -> Index:
    """Edges from a node to its nearest source, in the order walked.

    Parameters
    ----------
    graph : Graph
    edge : ndarray of int64, shape (n,)
        First edge on the way, as `nearest_source` returns it.
    node : int

    Returns
    -------
    ndarray of int64
    """
    found, here = [], int(node)
    while edge[here] >= 0:
        found.append(int(edge[here]))
        here = int(graph.start[edge[here]] + graph.end[edge[here]] - here)
    return np.array(found, dtype=np.int64)


def distances(
    graph: Graph,
    sources: npt.ArrayLike,
    cost: npt.ArrayLike | None = None,
    *,
    targets: npt.ArrayLike | None = None,
    limit: float = np.inf,
) -> Array:
    """Shortest way from each of some nodes to every node, or to some.

    Parameters
    ----------
    graph : Graph
    sources : array_like of int, shape (s,)
    cost : array_like, shape (m,), optional
        Cost of each edge; its length by default.
    targets : array_like of int, shape (t,), optional
        Nodes to be reached; all by default.
    limit : float
        How far to look: what lies beyond is infinitely far.

    Returns
    -------
    ndarray, shape (s, t)
        Along the edges [m, or the cost's unit]; infinite where there is no way.
    """
    seeds, prices = _checked(graph, sources, cost, "source")
    wanted = np.arange(graph.node_count) if targets is None else _checked(graph, targets, cost, "target")[0]
    return np.asarray(from_each(*neighbours(graph), prices, seeds, wanted, limit)[0])


def positions(tree: Tree, nodes: npt.ArrayLike) -> Index:
    """Places in a tree of nodes of the graph; -1 for a node that the tree does not reach.

    Parameters
    ----------
    tree : Tree
    nodes : array_like of int, shape (c,)

    Returns
    -------
    ndarray of int64, shape (c,)
    """
    wanted = np.asarray(nodes, dtype=np.int64)
    order = np.argsort(tree.nodes)
    at = np.minimum(np.searchsorted(tree.nodes[order], wanted), len(order) - 1)
    found = order[at]
    return np.where(tree.nodes[found] == wanted, found, -1)


def sum_below(tree: Tree, values: npt.ArrayLike) -> Array:
    """Sum of each node and all that hang below it: what passes the edge to its parent.

    Parameters
    ----------
    tree : Tree
    values : array_like, shape (k,) or (k, T)
        By tree node.

    Returns
    -------
    ndarray of the same shape
    """
    told = np.asarray(values, dtype=np.float64)
    summed = np.array(told.reshape(len(told), -1), order="C")
    sum_up(tree.parent, summed)
    return summed.reshape(told.shape)


def distance_to_root_m(tree: Tree) -> Array:
    """Length along the tree from each node to its root, shape (k,) [m]."""
    found = np.array(tree.length_m, dtype=np.float64)
    sum_down(tree.parent, found)
    return found


def _checked(graph: Graph, nodes: npt.ArrayLike, cost: npt.ArrayLike | None, kind: str) -> tuple[Index, Array]:
    """Nodes as given and the cost of every edge; all that is wrong at once."""
    told = np.atleast_1d(np.asarray(nodes, dtype=np.int64))
    prices = graph.length_m if cost is None else np.asarray(cost, dtype=np.float64)
    findings = []
    if ((told < 0) | (told >= graph.node_count)).any():
        findings.append(f"a {kind} is no node of the graph: nodes are numbered 0 to {graph.node_count - 1}")
    if prices.shape != (graph.edge_count,) or not (prices >= 0.0).all():
        findings.append(f"give one cost of 0 or more for each of the {graph.edge_count} edges")
    if findings:
        raise InputError(findings)
    return told, prices


def _few(numbers: Index, kind: str) -> str:
    """Name the first few: 'edges 3, 7 and 12 more'."""
    more = f" and {len(numbers) - _SHOWN} more" if len(numbers) > _SHOWN else ""
    return f"{kind}{'s' if len(numbers) > 1 else ''} {', '.join(str(k) for k in numbers[:_SHOWN])}{more}"


def _named(bad: Mask, kind: str, what: str) -> list[str]:
    """Say of each of the first few bad rows what is wrong, and how many more there are."""
    rows = np.flatnonzero(bad)
    more = [f"and {len(rows) - _SHOWN} more {kind}s like it"] if len(rows) > _SHOWN else []
    return [*(f"{kind} {row} {what}" for row in rows[:_SHOWN]), *more]
