"""Where networks are laid: near-optimal Steiner trees along streets, mapped pipes and cables kept."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from assets._errors import InputError
from assets.networks._graph_kernel import adjacency, nearest
from assets.networks._insertion_kernel import improve
from assets.networks._steiner_kernel import Links, mark_ways, prune, spanning
from assets.networks.bridging import bridge_components
from assets.networks.graph import Array, Graph, Index, Mask, Tree, components, tree_of

MAPPED_COST = 0.2
"""Cost of a mapped metre against one along a street, where mapped ways are only preferred: assumed."""
BRIDGE_COST = 3.0
"""Cost of a metre straight across against one along a street: assumed, so that streets win where there are any."""
_ROUNDS = 20


@dataclass(frozen=True)
class Route:
    """A laid network.

    Attributes
    ----------
    graph : Graph
        The graph that was given and, behind its edges, those that bridge gaps between its parts.
    tree : Tree
        What was laid, rooted at the roots, in `graph`.
    bridge : ndarray of bool, shape (m,)
        True for the edges of `graph` that are no street and no mapped way but a straight bridge over a gap.
    left_out : ndarray of int64
        Terminals that no root reaches: their part of the graph is farther away than the longest bridge.
    open_mapped : ndarray of int64
        Mapped edges that were not laid, as they close a loop or lie in a part that no root reaches.
    """

    graph: Graph
    tree: Tree
    bridge: Mask
    left_out: Index
    open_mapped: Index

    @property
    def edges(self) -> Index:
        """Edges laid, shape (k,)."""
        return self.tree.edge[self.tree.edge >= 0]

    @property
    def length_m(self) -> float:
        """Length of all that is laid [m]."""
        return float(self.tree.length_m.sum())

    @property
    def mapped_length_m(self) -> float:
        """Length laid along mapped ways [m]."""
        return float(self.graph.length_m[self.edges[self.graph.mapped[self.edges]]].sum())

    @property
    def followed_share(self) -> float:
        """Part of the mapped length that was laid [0 to 1]; 1 where nothing is mapped."""
        whole = float(self.graph.length_m[self.graph.mapped].sum())
        return self.mapped_length_m / whole if whole > 0.0 else 1.0


def steiner_tree(
    graph: Graph, terminals: npt.ArrayLike, cost: npt.ArrayLike | None = None, *, rounds: int = _ROUNDS
) -> Index:
    """Find a cheap tree that joins terminals.

    The tree of Mehlhorn (1988), at most twice as dear as the best, is made cheaper by a minimum spanning tree of its
    nodes (Kou, Markowsky and Berman 1981), then by exchanging key paths, eliminating key nodes (Uchoa and Werneck
    2012) and inserting others (Minoux 1990) until nothing gains.

    Parameters
    ----------
    graph : Graph
    terminals : array_like of int, shape (t,)
        Nodes to be joined.
    cost : array_like, shape (m,), optional
        Cost of each edge, 0 or more; its length by default.
    rounds : int
        The most passes of exchanges; 0 for the bare 2-approximation.

    Returns
    -------
    ndarray of int64
        Edges of the tree, rising; none for a single terminal.

    Raises
    ------
    InputError
        A terminal is no node, a cost is negative, or terminals lie in parts of the graph that nothing joins.
    """
    seeds, prices = _checked(graph, terminals, cost)
    links = _links(graph.node_count, graph.start, graph.end, prices)
    chosen = _joined(links, seeds, rounds)
    reached = components(graph)[seeds]
    if len(seeds) and (reached != reached[0]).any():
        lost = seeds[reached != reached[0]]
        what = f"{len(lost)} terminals lie apart from node {seeds[0]}: {_some(lost)}"
        raise InputError([f"{what}; add edges between, or lay the network with route(), which bridges gaps"])
    return np.flatnonzero(chosen)


def route(
    graph: Graph,
    terminals: npt.ArrayLike,
    roots: npt.ArrayLike,
    *,
    keep_mapped: bool = True,
    one_network: bool = True,
    longest_bridge_m: float = np.inf,
    rounds: int = _ROUNDS,
) -> Route:
    """Lay a network from its producers to its consumers along the streets and along what is mapped.

    Parameters
    ----------
    graph : Graph
        Streets, service connections, and mapped ways of this carrier.
    terminals : array_like of int, shape (t,)
        Nodes of consumers.
    roots : array_like of int, shape (r,)
        Nodes of producers or substations.
    keep_mapped : bool
        True lays mapped ways whole, as they are there already, but for edges that would close a loop. False only
        prefers them where they lie on the way (`MAPPED_COST`).
    one_network : bool
        True joins all producers in one tree, rooted at the first. False gives a forest with a tree for each.
    longest_bridge_m : float
        Parts of the graph that lie farther apart are not joined [m]; their terminals are left out.
    rounds : int
        The most passes of exchanges.

    Returns
    -------
    Route

    Raises
    ------
    InputError
        Terminals or roots are no nodes of the graph, or there is no root.
    """
    seeds, _ = _checked(graph, terminals, None)
    heads = _checked(graph, roots, None)[0]
    if len(heads) == 0:
        raise InputError(["there is no root: name the node that a producer or substation stands at"])
    held = np.unique(np.concatenate([graph.start[graph.mapped], graph.end[graph.mapped]])) if keep_mapped else heads
    wanted = np.unique(np.concatenate([seeds, heads, held]))
    free = not one_network
    wide = bridge_components(graph, wanted, longest_m=longest_bridge_m, settled=heads if free else heads[:1])
    bridge = np.arange(wide.edge_count) >= graph.edge_count
    cost = np.where(bridge, BRIDGE_COST, np.where(wide.mapped, 0.0 if keep_mapped else MAPPED_COST, 1.0))
    label = components(wide)
    fed = np.isin(label, label[heads] if free else label[heads[:1]])
    tops = heads if free else heads[:1]
    chosen = _laid(wide, wanted[fed[wanted]], tops, cost * wide.length_m, rounds)
    tree = tree_of(wide, np.flatnonzero(chosen), tops)
    return Route(
        graph=wide,
        tree=tree,
        bridge=bridge,
        left_out=np.unique(np.concatenate([seeds[~fed[seeds]], heads[~fed[heads]]])),
        open_mapped=np.flatnonzero(wide.mapped & ~chosen),
    )


def _laid(graph: Graph, wanted: Index, roots: Index, cost: Array, rounds: int) -> Mask:
    """Edges of the cheapest forest found: all roots are taken for one node, so that no way joins two of them."""
    stand_in = np.arange(graph.node_count)
    stand_in[roots] = roots[0]
    links = _links(graph.node_count, stand_in[graph.start], stand_in[graph.end], cost)
    return _joined(links, stand_in[wanted], rounds)


def _joined(links: Links, seeds: Index, rounds: int) -> Mask:
    """Edges of a cheap tree over the seeds, a forest where the graph is in parts."""
    count, edges = len(links.first) - 1, len(links.cost)
    chosen = np.zeros(edges, dtype=bool)
    if len(seeds) < 2 or edges == 0:
        return chosen
    seeds = np.unique(seeds)
    far, label, through = nearest(links.first, links.node, links.edge, links.cost, seeds, np.inf)
    one, other = label[links.start], label[links.end]
    across = one != other
    price = np.full(edges, np.inf)
    price[across] = far[links.start[across]] + links.cost[across] + far[links.end[across]]
    order = np.argsort(price, kind="stable")[: int(across.sum())]
    joints = np.flatnonzero(spanning(order, one, other, len(seeds)))
    mark_ways(links.start, links.end, through, joints, chosen)
    wanted = np.zeros(count, dtype=bool)
    wanted[seeds] = True
    _span_again(links, chosen)
    prune(links, wanted, chosen)
    if rounds > 0:
        improve(links, wanted, chosen, rounds)
        prune(links, wanted, chosen)
    return chosen


def _span_again(links: Links, chosen: Mask) -> None:
    """Replace the tree by a minimum spanning tree of the edges between its nodes, in place."""
    inside = np.zeros(len(links.first) - 1, dtype=bool)
    inside[links.start[chosen]] = True
    inside[links.end[chosen]] = True
    between = np.flatnonzero(inside[links.start] & inside[links.end])
    order = between[np.argsort(links.cost[between], kind="stable")]
    chosen[:] = spanning(order, links.start, links.end, len(inside))


def _links(count: int, start: Index, end: Index, cost: Array) -> Links:
    rows = adjacency(count, start, end, np.arange(len(start)))
    return Links(rows.first, rows.node, rows.edge, np.ascontiguousarray(start), np.ascontiguousarray(end), cost)


def _checked(graph: Graph, nodes: npt.ArrayLike, cost: npt.ArrayLike | None) -> tuple[Index, Array]:
    """Nodes without doubles in the order given, and the cost of every edge; all that is wrong at once."""
    told = np.atleast_1d(np.asarray(nodes, dtype=np.int64))
    prices = graph.length_m if cost is None else np.asarray(cost, dtype=np.float64)
    findings = []
    out = told[(told < 0) | (told >= graph.node_count)]
    if len(out):
        findings.append(f"{_some(out)} are no nodes of the graph: nodes are numbered 0 to {graph.node_count - 1}")
    if prices.shape != (graph.edge_count,) or not ((prices >= 0.0) & np.isfinite(prices)).all():
        findings.append(f"give one finite cost of 0 or more for each of the {graph.edge_count} edges")
    if findings:
        raise InputError(findings)
    return told[np.sort(np.unique(told, return_index=True)[1])], prices


def _some(numbers: Index) -> str:
    more = f" and {len(numbers) - 5} more" if len(numbers) > 5 else ""
    return ", ".join(str(k) for k in numbers[:5]) + more
