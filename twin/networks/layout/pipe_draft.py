"""A network of pipes while it is put together: nodes and edges that are added, cut and taken away."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from shapely.ops import substring

from assets.networks.graph import Graph, nearest_source, tree_of
from twin.networks.layout.ids import edge_ids, node_ids
from twin.networks.layout.plan import EDGE_COLUMNS, NODE_COLUMNS, Index, NetworkDraft, NetworkPlan
from twin.networks.layout.sizing import sizing_of
from twin.texts import Note

Array = npt.NDArray[np.float64]
_SAME_M = 0.05


@dataclass
class Node:
    """A place where pipes meet, begin or end."""

    x_m: float
    y_m: float
    kind: str = "junction"
    building: int = -1
    plant: str = ""


@dataclass
class Edge:
    """A pipe, or the service of one building or plant."""

    start: int
    end: int
    line: Any
    size: str = ""
    kind: str = "pipe"
    origin: str = "laid"
    street: str = ""
    followed: bool = False
    """Whether it lies along a mapped or imported way."""
    name: str = ""
    """Id that a scenario gave it, or that it keeps though it was moved; empty for what is named by its place."""

    @property
    def length_m(self) -> float:
        """Length along its line [m]."""
        return max(float(self.line.length), 0.01)


@dataclass
class Draft(NetworkDraft):
    """Nodes and edges under work; an edge that is None was taken away.

    Attributes
    ----------
    carrier : str
    nodes : list of Node
    edges : list of Edge or None
    entry : int
    consumers : list of int
        Node of each building of the twin's table, -1 for others.
    notes : list of Note
    """

    carrier: str
    nodes: list[Node]
    edges: list[Edge | None]
    entry: int
    consumers: list[int]
    notes: list[Note] = field(default_factory=list)
    plants: dict[str, int] = field(default_factory=dict)

    def copy(self) -> Draft:
        """Return one that can be worked on without changing this one."""
        return Draft(
            self.carrier,
            [dataclasses.replace(node) for node in self.nodes],
            [None if edge is None else dataclasses.replace(edge) for edge in self.edges],
            self.entry,
            list(self.consumers),
            list(self.notes),
            dict(self.plants),
        )

    def there(self) -> list[int]:
        """Rows of the edges that are there."""
        return [row for row, edge in enumerate(self.edges) if edge is not None]

    def edge(self, row: int) -> Edge:
        """Return an edge that is there."""
        found = self.edges[row]
        if found is None:
            raise KeyError(row)
        return found

    def place(self, node: int) -> tuple[float, float]:
        """Return the coordinates of a node [m]."""
        return self.nodes[node].x_m, self.nodes[node].y_m

    def add_node(self, x_m: float, y_m: float, **told: Any) -> int:
        """Add a node; give its row."""
        self.nodes.append(Node(float(x_m), float(y_m), **told))
        return len(self.nodes) - 1

    def add_edge(self, start: int, end: int, line: Any = None, **told: Any) -> int:
        """Add an edge, straight where no line is given; give its row."""
        if line is None:
            line = shapely.linestrings([self.place(start), self.place(end)])
        self.edges.append(Edge(start, end, line, **told))
        return len(self.edges) - 1

    def cut(self, row: int, x_m: float, y_m: float) -> int:
        """Cut an edge at the point nearest to a place; give the node there, an end of it where that is as near."""
        edge = self.edge(row)
        along = float(edge.line.project(shapely.points(x_m, y_m)))
        if along <= _SAME_M or along >= edge.line.length - _SAME_M:
            return self._end_near(edge, along <= _SAME_M)
        at = edge.line.interpolate(along)
        node = self.add_node(at.x, at.y)
        first, second = substring(edge.line, 0.0, along), substring(edge.line, along, edge.line.length)
        begin, finish = self._ends_in_order(edge)
        self.edges[row] = None
        shared = {"size": edge.size, "kind": edge.kind, "origin": edge.origin, "street": edge.street}
        self.add_edge(begin, node, first, followed=edge.followed, **shared)
        self.add_edge(node, finish, second, followed=edge.followed, **shared)
        return node

    def nearest_node(self, x_m: float, y_m: float, rows: Sequence[int] | None = None) -> tuple[int, float]:
        """Nearest node of some edge, and how far it is [m]."""
        some = np.array(sorted(self.used()) if rows is None else rows, dtype=np.int64)
        xy = np.array([self.place(int(k)) for k in some])
        far = np.hypot(xy[:, 0] - x_m, xy[:, 1] - y_m)
        best = int(np.argmin(far))
        return int(some[best]), float(far[best])

    def nearest_edge(self, x_m: float, y_m: float) -> tuple[int, float]:
        """Nearest edge that is no service, and how far it is [m]; -1 without any."""
        rows = [row for row in self.there() if self.edge(row).kind != "service"]
        if not rows:
            return -1, np.inf
        far = shapely.distance(np.array([self.edge(row).line for row in rows], dtype=object), shapely.points(x_m, y_m))
        best = int(np.argmin(far))
        return rows[best], float(far[best])

    def used(self) -> set[int]:
        """Nodes of some edge, and the entry."""
        rows = self.there()
        return {self.entry, *(self.edge(row).start for row in rows), *(self.edge(row).end for row in rows)}

    def ids(self) -> list[str]:
        """Ids of the edges; empty for those taken away."""
        rows = self.there()
        ends = np.array([[self.place(self.edge(r).start), self.place(self.edge(r).end)] for r in rows]).reshape(
            -1, 2, 2
        )
        middle = np.array([self.edge(r).line.interpolate(0.5, normalized=True).coords[0] for r in rows]).reshape(-1, 2)
        named = edge_ids(self.carrier, ends, middle, [self.edge(r).name for r in rows])
        found = [""] * len(self.edges)
        for row, name in zip(rows, named, strict=True):
            found[row] = name
        return found

    def node_ids(self) -> list[str]:
        """Ids of the nodes."""
        return node_ids(self.carrier, [node.x_m for node in self.nodes], [node.y_m for node in self.nodes])

    def still_served(self, rows: Mapping[int, int], count: int) -> Draft:
        """As `NetworkDraft.still_served`: without the services of those that are left out."""
        own = self.copy()
        consumers = [-1] * count
        left: dict[int, int] = {}
        for building, node in enumerate(self.consumers):
            if node >= 0 and building in rows:
                consumers[rows[building]] = node
                left[node] = min(left.get(node, count), rows[building])
        for row, place in enumerate(own.nodes):
            place.building = left.get(row, -1)
            if place.kind == "consumer" and row not in left:
                place.kind = "junction"
        own.consumers = consumers
        for edge_row, edge in enumerate(own.edges):
            if edge is not None and edge.kind == "service" and not {edge.start, edge.end} & set(left):
                own.edges[edge_row] = None
        return own

    def plan(self, design: Mapping[str, Any], crs: Any, *, key: str = "", notes: Sequence[Note] = ()) -> NetworkPlan:
        """As `NetworkDraft.plan`; where edges close loops, those stay that make the way from the entry easiest."""
        there = self.there()
        used = np.array(sorted(self.used() | set(self.plants.values())), dtype=np.int64)
        row = np.full(len(self.nodes), -1, dtype=np.int64)
        row[used] = np.arange(len(used))
        nodes = _nodes(self, used)
        edges = _edges(self, there, row, crs)
        graph = Graph(
            nodes["x_m"].to_numpy(), nodes["y_m"].to_numpy(), edges["start"].to_numpy(), edges["end"].to_numpy(),
            edges["length_m"].to_numpy(), edges["mapped_m"].to_numpy() > 0.0,
        )  # fmt: skip
        sizing = sizing_of(design)
        wide = dict(zip(sizing.names, sizing.inner_m, strict=True))
        cost = graph.length_m / np.array([wide[name] for name in edges["size"]]) ** 5
        entry = int(row[self.entry])
        _, source, through = nearest_source(graph, [entry], cost)
        tree = tree_of(graph, np.unique(through[through >= 0]), [entry])
        reached = source >= 0
        closed = reached[graph.start] & ~np.isin(np.arange(graph.edge_count), tree.edge)
        asked = np.array(self.consumers, dtype=np.int64)
        at = np.where(asked >= 0, row[np.maximum(asked, 0)], -1)
        served = (at >= 0) & reached[np.maximum(at, 0)]
        cut = np.flatnonzero((asked >= 0) & ~served)
        told = [*self.notes, *notes]
        if closed.any():
            told.append(Note("loops", values={"pipes": int(closed.sum()), "carrier": self.carrier}))
        if len(cut):
            told.append(Note("cut_off", values={"buildings": len(cut), "carrier": self.carrier}))
        return NetworkPlan(
            carrier=self.carrier, nodes=nodes, edges=edges, tree=tree, consumers=np.where(served, at, -1),
            entry=entry, net=None, design=dict(design), notes=tuple(told),
            plants={name: int(row[node]) for name, node in self.plants.items()}, cut_off=cut,
            open_edges=np.flatnonzero(closed), key=key,
        )  # fmt: skip

    def _ends_in_order(self, edge: Edge) -> tuple[int, int]:
        """Return the nodes at the first and last point of an edge's line."""
        x, y = edge.line.coords[0]
        one, other = self.place(edge.start), self.place(edge.end)
        forward = np.hypot(one[0] - x, one[1] - y) <= np.hypot(other[0] - x, other[1] - y)
        return (edge.start, edge.end) if forward else (edge.end, edge.start)

    def _end_near(self, edge: Edge, first: bool) -> int:
        begin, finish = self._ends_in_order(edge)
        return begin if first else finish


def _nodes(draft: Draft, used: Index) -> pd.DataFrame:
    ids = draft.node_ids()
    rows = [dataclasses.asdict(draft.nodes[k]) for k in used]
    frame = pd.DataFrame(rows, columns=list(NODE_COLUMNS), index=pd.Index([ids[k] for k in used], name="element"))
    return frame.astype({"x_m": np.float64, "y_m": np.float64, "building": np.int64})


def _edges(draft: Draft, there: Sequence[int], row: Index, crs: Any) -> gpd.GeoDataFrame:
    ids = draft.ids()
    told = []
    for k in there:
        edge = draft.edge(k)
        told.append({
            "geometry": edge.line, "start": int(row[edge.start]), "end": int(row[edge.end]), "length_m": edge.length_m,
            "size": edge.size, "kind": edge.kind, "origin": edge.origin,
            "mapped_m": edge.length_m if edge.followed else 0.0, "street": edge.street,
        })  # fmt: skip
    index = pd.Index([ids[k] for k in there], dtype=object, name="element")
    frame = gpd.GeoDataFrame(pd.DataFrame(told, columns=list(EDGE_COLUMNS), index=index), geometry="geometry", crs=crs)
    return frame.astype({"start": np.int64, "end": np.int64, "length_m": np.float64, "mapped_m": np.float64})
