"""Join to a network of pipes what a scenario newly connects: buildings along streets, plants by straight services."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from assets.networks.graph import Graph, Tree, nearest_source, path_edges, tree_of
from gis_data.services import connect
from twin.model.ground import Site
from twin.networks.layout.laying import add_tree, hang, looks
from twin.networks.layout.pipe_draft import Draft
from twin.networks.layout.plan import Index
from twin.networks.layout.sizing import Sizing
from twin.networks.layout.streets import Ground, street_names
from twin.texts.notes import Note, Value

Array = npt.NDArray[np.float64]
_AT_M = 0.05
_SAME_PLACE_M = 0.5
FAR_M = 1000.0
"""From so far on it is told how far a plant is from the network that it is joined to."""


def wider_ground(site: Site, ground: Ground, shapes: gpd.GeoSeries) -> tuple[Ground, Index]:
    """Join buildings that were not there before to a ground; its nodes keep their numbers.

    Parameters
    ----------
    site : Site
        With all buildings, which services go round.
    ground : Ground
    shapes : geopandas.GeoSeries
        Footprints of the new ones.

    Returns
    -------
    ground : Ground
    node : ndarray of int64
        Of each shape; -1 where there is no street near.
    """
    if not len(shapes):
        return ground, np.empty(0, dtype=np.int64)
    found = connect(ground.streets, shapes, obstacles=site.buildings.geometry)
    streets = found.graph
    old = ground.streets
    carrier = next(iter(set(old.carrier[old.kind == "mapped"])), "")
    graph = Graph(
        streets.x_m, streets.y_m, streets.start, streets.end, streets.length_m, np.asarray(streets.mapped(carrier))
    )
    return dataclasses.replace(ground, streets=streets, graph=graph, street=street_names(site, streets)), found.node


def connect_buildings(
    draft: Draft, ground: Ground, rows: Sequence[int], node: Index, *, loads: tuple[Array, Array], sizing: Sizing
) -> None:
    """Lead pipes from a network to buildings, the shortest way along the streets; what is there stays as it is.

    Parameters
    ----------
    draft : Draft
        It is changed.
    ground : Ground
    rows : sequence of int
        Rows of the buildings in the twin's table.
    node : ndarray of int64
        Their nodes in the ground.
    loads : tuple of ndarray
        Their own peaks, shape (c,), and what they draw in the design hours, shape (c, h) [kW].
    sizing : Sizing
    """
    graph = ground.graph
    taps = _on_network(draft, graph)
    far, source, through = nearest_source(graph, taps)
    near = (node >= 0) & np.isfinite(far[np.maximum(node, 0)])
    lost = int((~near).sum())
    if lost:
        draft.notes.append(Note("out_of_reach", values={"buildings": lost, "carrier": draft.carrier}))
    node, wanted = node[near], np.array(rows, dtype=np.int64)[near]
    own, hours = loads[0][near], loads[1][near]
    if not len(node):
        return
    edges = np.unique(np.concatenate([path_edges(graph, through, int(n)) for n in node]))
    tree = tree_of(graph, edges, np.unique(taps[source[node]]))
    at = np.full(graph.node_count, -1, dtype=np.int64)
    at[tree.nodes] = np.arange(len(tree.nodes))
    own_at, hours_at = np.zeros(len(tree.nodes)), np.zeros((len(tree.nodes), hours.shape[1]))
    np.add.at(own_at, at[node], own)
    np.add.at(hours_at, at[node], hours)
    size, notes = sizing.choose(tree, own_at, hours_at)
    draft.notes += notes
    count = np.bincount(at[node], minlength=len(tree.nodes)).astype(np.float64)
    names = [sizing.names[k] for k in size]
    look = looks(ground, graph, tree, count=count, size=names, origin="edited", along="edited")
    roots = [tap(draft, float(graph.x_m[n]), float(graph.y_m[n])) for n in tree.nodes[: tree.root_count]]
    row = add_tree(draft, ground, graph, tree, look, keep=count > 0, roots=roots)
    for building, place in zip(wanted, at[node], strict=True):
        hang(draft, int(building), int(row[place]))
    laid: dict[str, Value] = {"buildings": len(wanted), "metres": float(tree.length_m.sum()), "carrier": draft.carrier}
    draft.notes.append(Note("connected", values=laid))


def _on_network(draft: Draft, graph: Graph) -> Index:
    """Nodes of the ground that some pipe of the network passes."""
    lines = np.array([draft.edge(row).line for row in draft.there()], dtype=object)
    points = shapely.points(graph.x_m, graph.y_m)
    found = [np.empty(0, dtype=np.int64)]
    if len(lines):
        found.append(np.unique(shapely.STRtree(lines).query(points, predicate="dwithin", distance=_AT_M)[0]))
    x, y = draft.place(draft.entry)
    found.append(np.flatnonzero(np.hypot(graph.x_m - x, graph.y_m - y) <= _AT_M))
    return np.unique(np.concatenate(found))


def tap(draft: Draft, x_m: float, y_m: float) -> int:
    """Node of a network at a place that lies on it: one that is there, or a new one in the pipe."""
    node, far = draft.nearest_node(x_m, y_m)
    if far <= _AT_M:
        return node
    edge, away = draft.nearest_edge(x_m, y_m)
    return draft.cut(edge, x_m, y_m) if away <= 2.0 * _AT_M else node


def connect_plants(draft: Draft, plants: pd.DataFrame, sizing: Sizing, share: Mapping[str, float]) -> None:
    """Join plants to the nearest node whose pipes are as wide as theirs, else to the nearest of all.

    Those without a place stand where the network begins.

    Parameters
    ----------
    draft : Draft
        It is changed.
    plants : DataFrame
        Rows of `twin.model.plants.plant_table`, with the place of each.
    sizing : Sizing
    share : mapping of str to float
        What passes between each and the network, by its size.
    """
    for name, row in plants.iterrows():
        x, y = float(row["x_m"]), float(row["y_m"])
        if not np.isfinite(x) or not np.isfinite(y):
            draft.plants[str(name)] = draft.entry
            continue
        node, far = draft.nearest_node(x, y)
        if far > _SAME_PLACE_M:
            if far > FAR_M:
                draft.notes.append(Note("far", (str(name),), {"km": far / 1000.0, "carrier": draft.carrier}))
            kw = np.array([0.0, min(float(row["size_kw"]), 1e6) * share[str(name)]])
            wide = _nodes_of(draft, sizing, _size(sizing, kw, far))
            if wide:
                node, far = draft.nearest_node(x, y, wide)
            here = draft.add_node(x, y, kind="plant", plant=str(name))
            draft.add_edge(node, here, kind="service", origin="edited", size=_size(sizing, kw, far))
            node = here
        draft.plants[str(name)] = node


def _nodes_of(draft: Draft, sizing: Sizing, size: str) -> list[int]:
    """Nodes that a pipe of a size, or a wider one, leads to."""
    least = sizing.names.index(size)
    wide = set(sizing.names[least:])
    edges = [draft.edge(row) for row in draft.there()]
    return sorted({node for edge in edges if edge.size in wide for node in (edge.start, edge.end)})


def _size(sizing: Sizing, kw: Array, length_m: float) -> str:
    tree = Tree(np.array([0, 1]), np.array([-1, 0]), np.array([-1, 0]), np.array([0.0, length_m]))
    size, _ = sizing.choose(tree, kw, kw[:, None])
    return sizing.names[int(size[1])]
