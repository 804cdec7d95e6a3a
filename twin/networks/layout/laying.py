"""Lay a network of pipes along the streets: the way of the tree, the sizes, and elements between its branchings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from assets.networks.graph import Graph, Tree, sum_below
from assets.networks.routing import Route, route
from twin.networks.layout.pipe_draft import Draft
from twin.networks.layout.plan import Index
from twin.networks.layout.sizing import Sizing, nominal_mm
from twin.networks.layout.streets import Ground, choose_entry, edge_line, line_along, street_along
from twin.texts import Note

Array = npt.NDArray[np.float64]
Look = tuple[str, str, str]
"""Size, kind and origin of an edge."""
_NONE: Look = ("", "", "")


@dataclass(frozen=True, eq=False)
class Laid:
    """A network as it was laid.

    Attributes
    ----------
    draft : Draft
        Its nodes and edges; consumers by the row of the buildings as they are.
    entry_origin : str
        "mapped", "imported" or "assumed".
    load_kw : float
        What enters in the highest of the design hours, without losses.
    mapped_m, followed_m : float
        Length of mapped or imported ways there are, and of those that the network follows.
    ways : dict of str to float
        Length that is followed of each mapped or imported way, by its id [m].
    """

    draft: Draft
    entry_origin: str
    load_kw: float
    mapped_m: float
    followed_m: float
    ways: dict[str, float]


def lay_pipes(
    carrier: str,
    ground: Ground,
    member: Index,
    loads: tuple[Array, Array],
    sizing: Sizing,
    *,
    diameter_mm: pd.Series | None = None,
    origin: str = "mapped",
) -> Laid:
    """Lay a network to some buildings and size it.

    Parameters
    ----------
    carrier : str
    ground : Ground
    member : ndarray of int64, shape (c,)
        Rows of the buildings that are served.
    loads : tuple of ndarray
        Their own peaks, shape (c,), and what they draw in the design hours, shape (c, h) [kW].
    sizing : Sizing
    diameter_mm : Series, optional
        Diameters of mapped ways by their id: their pipes have the nearest size, whatever they carry.
    origin : str
        Of edges along mapped ways: "mapped" or "imported".

    Returns
    -------
    Laid
    """
    node = ground.node[member]
    joined = node >= 0
    own, hours = (np.asarray(values, dtype=np.float64)[joined] for values in loads)
    node, member = node[joined], member[joined]
    graph = ground.graph
    entry, entry_origin = choose_entry(ground, node if len(node) else np.arange(graph.node_count),
                                       own if len(node) else np.ones(graph.node_count))  # fmt: skip
    way = route(graph, node, [entry])
    tree = way.tree
    at = np.full(graph.node_count, -1, dtype=np.int64)
    at[tree.nodes] = np.arange(len(tree.nodes))
    own_at, hours_at = np.zeros(len(tree.nodes)), np.zeros((len(tree.nodes), hours.shape[1]))
    np.add.at(own_at, at[node], own)
    np.add.at(hours_at, at[node], hours)
    size, notes = sizing.choose(tree, own_at, hours_at)
    size = _as_mapped(ground, tree, size, sizing, diameter_mm)
    count = np.bincount(at[node], minlength=len(tree.nodes)).astype(np.float64)
    look = looks(ground, way.graph, tree, count=count, size=[sizing.names[k] for k in size], origin=origin)
    loose = np.unique(np.concatenate([way.graph.start[way.open_mapped], way.graph.end[way.open_mapped]]))
    draft = Draft(carrier, [], [], 0, [-1] * len(ground.node))
    first = draft.add_node(graph.x_m[entry], graph.y_m[entry], kind="entry")
    row = add_tree(draft, ground, way.graph, tree, look, keep=(count > 0) | np.isin(tree.nodes, loose), roots=[first])
    for building, place in zip(member, at[node], strict=True):
        hang(draft, int(building), int(row[place]))
    _add_loops(draft, ground, way, at=(row, size, at), names=sizing.names, origin=origin)
    draft.notes += [*notes, *_told(carrier, way, len(loads[0]) - int(joined.sum()), origin)]
    highest = float(hours.sum(axis=0).max(initial=0.0))
    mapped = float(graph.length_m[graph.mapped].sum())
    begins = origin if entry_origin == "mapped" else entry_origin
    known = set() if diameter_mm is None else set(diameter_mm.index.astype(str))
    return Laid(draft, begins, highest, mapped, way.mapped_length_m, _ways_along(ground, way, known))


def _ways_along(ground: Ground, way: Route, known: set[str]) -> dict[str, float]:
    """Length that a network follows of each of some ways."""
    edges = np.unique(np.concatenate([way.edges, way.open_mapped]))
    found: dict[str, float] = {}
    for edge in edges[edges < len(ground.streets.ways)].tolist():
        if ground.graph.mapped[edge]:
            for name in known.intersection(ground.streets.ways[edge]):
                found[name] = found.get(name, 0.0) + float(ground.graph.length_m[edge])
    return dict(sorted(found.items()))


def _as_mapped(ground: Ground, tree: Tree, size: Index, sizing: Sizing, diameter_mm: pd.Series | None) -> Index:
    """Give pipes along mapped ways of known diameter the nearest size."""
    if diameter_mm is None:
        return size
    known = {str(k): float(v) for k, v in diameter_mm.items() if v > 0.0}
    size, nominal = size.copy(), np.array([nominal_mm(name) for name in sizing.names])
    edges = np.flatnonzero((tree.edge >= 0) & (tree.edge < len(ground.streets.ways)))
    for k in edges:
        edge = int(tree.edge[k])
        if ground.graph.mapped[edge]:
            told = [known[way] for way in ground.streets.ways[edge] if way in known]
            if told:
                size[k] = int(np.argmin(np.abs(nominal - max(told))))
    return size


def _told(carrier: str, way: Route, unconnected: int, origin: str) -> list[Note]:
    notes: list[Note] = []
    if unconnected:
        notes.append(Note("unreached", values={"buildings": unconnected, "carrier": carrier}))
    bridges = way.edges[way.bridge[way.edges]]
    if len(bridges):
        metres = way.graph.length_m[bridges].sum()
        notes.append(Note("bridged", values={"metres": float(metres), "carrier": carrier}))
    if len(way.left_out):
        notes.append(Note("out_of_reach", values={"buildings": len(way.left_out), "carrier": carrier}))
    if len(way.open_mapped):
        metres = way.graph.length_m[way.open_mapped].sum()
        notes.append(Note("loop", values={"metres": float(metres), "origin": origin, "carrier": carrier}))
    return notes


def hang(draft: Draft, building: int, node: int) -> None:
    """Hang a building on a node."""
    draft.consumers[building] = node
    at = draft.nodes[node]
    if at.kind == "junction":
        at.kind = "consumer"
    at.building = building if at.building < 0 else min(building, at.building)


def looks(
    ground: Ground, graph: Graph, tree: Tree, *, count: Array, size: Sequence[str], origin: str, along: str = "laid"
) -> list[Look]:
    """Size, kind and origin of the edge to each tree node's parent.

    Parameters
    ----------
    ground : Ground
    graph : Graph
        The ground's, with more edges behind them.
    tree : Tree
    count : ndarray, shape (k,)
        Consumers at each node.
    size : sequence of str, length k
    origin : str
        Of edges along mapped ways.
    along : str
        Of edges along streets.
    """
    # A bridge may pass along the service of a building that the network does not serve: that is none of its own.
    last = (sum_below(tree, count) <= 1.0) & (count > 0.0)
    kind = ground.streets.kind
    found = []
    for k, edge in enumerate(tree.edge):
        service = 0 <= edge < len(kind) and kind[edge] == "service" and last[k]
        followed = edge >= 0 and bool(graph.mapped[edge])
        found.append((size[k], "service" if service else "pipe", origin if followed else along) if edge >= 0 else _NONE)
    return found


def add_tree(
    draft: Draft,
    ground: Ground,
    graph: Graph,
    tree: Tree,
    look: Sequence[Look],
    *,
    keep: npt.NDArray[np.bool_],
    roots: Sequence[int],
) -> Index:
    """Add a tree to a draft, its edges joined between branchings and changes of size, kind or origin.

    Parameters
    ----------
    draft : Draft
        It is changed.
    ground : Ground
    graph : Graph
        The ground's, with more edges behind them.
    tree : Tree
    look : sequence of (str, str, str)
        As `looks` gives it.
    keep : ndarray of bool, shape (k,)
        Nodes that must stay: those of consumers.
    roots : sequence of int
        Nodes of the draft that the tree's roots are.

    Returns
    -------
    ndarray of int64, shape (k,)
        Node of the draft at each tree node; -1 for those inside an edge.
    """
    inner = tree.parent >= 0
    children = np.bincount(tree.parent[inner], minlength=len(tree.nodes))
    child = np.full(len(tree.nodes), -1, dtype=np.int64)
    child[tree.parent[inner]] = np.flatnonzero(inner)
    kept = ~inner | keep | (children != 1)
    only = np.flatnonzero(inner & (children == 1)).tolist()
    kept[[k for k in only if look[k] != look[child[k]]]] = True
    row = np.full(len(tree.nodes), -1, dtype=np.int64)
    row[: len(roots)] = roots
    for k in np.flatnonzero(kept & inner).tolist():
        row[k] = draft.add_node(graph.x_m[tree.nodes[k]], graph.y_m[tree.nodes[k]])
    for k in np.flatnonzero(kept & inner).tolist():
        chain, above = [k], int(tree.parent[k])
        while not kept[above]:
            chain.append(above)
            above = int(tree.parent[above])
        edges = [int(tree.edge[place]) for place in chain]
        size, kind, origin = look[k]
        draft.add_edge(
            int(row[k]), int(row[above]), line_along([edge_line(ground, graph, edge) for edge in edges]), size=size,
            kind=kind, origin=origin, street=street_along(ground, graph, edges), followed=bool(graph.mapped[edges[0]]),
        )  # fmt: skip
    return row


def _add_loops(
    draft: Draft, ground: Ground, way: Route, *, at: tuple[Index, Index, Index], names: Sequence[str], origin: str
) -> None:
    """Add mapped edges that close a loop, as wide as what they join."""
    row, size, place = at
    for edge in way.open_mapped:
        ends = place[[way.graph.start[edge], way.graph.end[edge]]]
        if (ends >= 0).all() and (row[ends] >= 0).all():
            draft.add_edge(
                int(row[ends[0]]), int(row[ends[1]]), edge_line(ground, way.graph, int(edge)),
                size=names[int(size[ends].max())], origin=origin, followed=True,
                street=street_along(ground, way.graph, [int(edge)]),
            )  # fmt: skip
