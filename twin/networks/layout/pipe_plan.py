"""A draft of pipes as a plan: stable ids, the tree that is left, what is open and who is cut off."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from assets.networks.graph import Graph, nearest_source, tree_of
from twin.networks.layout.pipe_draft import Draft
from twin.networks.layout.plan import EDGE_COLUMNS, NODE_COLUMNS, Index, NetworkPlan
from twin.networks.layout.sizing import sizing_of
from twin.texts import Note


def only_the_served(draft: Draft, rows: Mapping[int, int], count: int) -> Draft:
    """Take out the services of those that the network serves no more; number the others by the twin's table.

    Parameters
    ----------
    draft : Draft
        Consumers by the rows of the buildings as they are.
    rows : mapping of int to int
        Row in the twin's table of each building that is still served, by its row as it is.
    count : int
        Buildings in the twin's table.

    Returns
    -------
    Draft
        One of its own.
    """
    own = draft.copy()
    consumers = [-1] * count
    left: dict[int, int] = {}
    for building, node in enumerate(draft.consumers):
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


def plan_of(
    draft: Draft, design: Mapping[str, Any], crs: Any, *, key: str = "", notes: Sequence[Note] = ()
) -> NetworkPlan:
    """Make the plan of a draft.

    Parameters
    ----------
    draft : Draft
        Consumers by the rows of the twin's table.
    design : mapping
    crs : Any
        Of the district.
    key : str
        Digest of what it was made of.
    notes : sequence of Note
        Behind the draft's own.

    Returns
    -------
    NetworkPlan
        Where edges close loops, those stay that make the way from the entry easiest; the others are open.
    """
    there = draft.there()
    used = np.array(sorted(draft.used() | set(draft.plants.values())), dtype=np.int64)
    row = np.full(len(draft.nodes), -1, dtype=np.int64)
    row[used] = np.arange(len(used))
    nodes = _nodes(draft, used)
    edges = _edges(draft, there, row, crs)
    graph = Graph(
        nodes["x_m"].to_numpy(), nodes["y_m"].to_numpy(), edges["start"].to_numpy(), edges["end"].to_numpy(),
        edges["length_m"].to_numpy(), edges["mapped_m"].to_numpy() > 0.0,
    )  # fmt: skip
    sizing = sizing_of(design)
    wide = dict(zip(sizing.names, sizing.inner_m, strict=True))
    cost = graph.length_m / np.array([wide[name] for name in edges["size"]]) ** 5
    entry = int(row[draft.entry])
    _, source, through = nearest_source(graph, [entry], cost)
    tree = tree_of(graph, np.unique(through[through >= 0]), [entry])
    reached = source >= 0
    closed = reached[graph.start] & ~np.isin(np.arange(graph.edge_count), tree.edge)
    asked = np.array(draft.consumers, dtype=np.int64)
    at = np.where(asked >= 0, row[np.maximum(asked, 0)], -1)
    served = (at >= 0) & reached[np.maximum(at, 0)]
    cut = np.flatnonzero((asked >= 0) & ~served)
    told = [*draft.notes, *notes]
    if closed.any():
        told.append(Note("loops", values={"pipes": int(closed.sum()), "carrier": draft.carrier}))
    if len(cut):
        told.append(Note("cut_off", values={"buildings": len(cut), "carrier": draft.carrier}))
    return NetworkPlan(
        carrier=draft.carrier, nodes=nodes, edges=edges, tree=tree, consumers=np.where(served, at, -1),
        entry=entry, net=None, design=dict(design), notes=tuple(told),
        plants={name: int(row[node]) for name, node in draft.plants.items()}, cut_off=cut,
        open_edges=np.flatnonzero(closed), key=key,
    )  # fmt: skip


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
