"""Every element of every network as the map shows it: pipes, cables, transformers, where a network begins, plants."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from scipy import sparse

from assets.networks.graph import sum_below
from twin.model.plants import plant_kinds
from twin.networks.layout.plan import CARRIERS, Index, NetworkPlan
from twin.networks.layout.sizing import nominal_mm

COLUMNS = (
    "carrier", "kind", "geometry", "size", "origin", "length_m", "limit", "title", "worst", "hours_over", "buildings",
    "loss_kwh",
)  # fmt: skip
"""Columns of the table; `worst`, `hours_over` and `loss_kwh` are empty until a year was run."""
FULL = 1.0
"""Limit of what passes a pipe, a cable or a transformer: as much as it is made for."""
_NOUN = {
    ("electricity", "cable"): "Cable",
    ("electricity", "service"): "Cable to a building",
    ("electricity", "transformer"): "Transformer",
    ("heat", "pipe"): "Heat pipe",
    ("heat", "service"): "Heat pipe to a building",
    ("cold", "pipe"): "Cold pipe",
    ("cold", "service"): "Cold pipe to a building",
    ("gas", "pipe"): "Gas pipe",
    ("gas", "service"): "Gas pipe to a building",
}
_ENTRY = {
    "electricity": "Where the grid outside begins",
    "heat": "Where district heat comes in",
    "cold": "Where the cold network begins",
    "gas": "Where gas comes in",
}


def elements_of(plans: Mapping[str, NetworkPlan], plants: pd.DataFrame | None = None) -> gpd.GeoDataFrame:
    """Gather the elements of some networks.

    Parameters
    ----------
    plans : mapping of str to NetworkPlan
    plants : DataFrame, optional
        Table of plants and stores, of `twin.model.plants.plant_table`: what of the scenario's stands in a network is
        told once, in that of its main carrier.

    Returns
    -------
    geopandas.GeoDataFrame
        Index `element`; `COLUMNS`: carrier, kind (pipe, cable, transformer, service, substation, entry, plant, store),
        geometry (CRS of the district), size (row of a catalogue), origin (mapped, laid, imported, edited, assumed),
        length_m, limit (what its state is held against: 1 of what passes an edge, NaN of others), title (plain words),
        worst, hours_over and loss_kwh (NaN), buildings (how many are behind it; without the rings' open sections).
    """
    parts = [
        part for carrier in CARRIERS if carrier in plans for part in (_edges(plans[carrier]), _nodes(plans[carrier]))
    ]
    if plants is not None:
        parts.append(_plants(plans, plants))
    crs = next(iter(plans.values())).edges.crs if plans else None
    rows = [row for part in parts for row in part]
    index = pd.Index([row.pop("element") for row in rows], dtype=object, name="element")
    frame = gpd.GeoDataFrame(pd.DataFrame(rows, columns=list(COLUMNS), index=index), geometry="geometry", crs=crs)
    numbers = ("length_m", "limit", "worst", "hours_over", "loss_kwh")
    return frame.astype(dict.fromkeys(numbers, np.float64) | {"buildings": np.int64})


def _row(element: str, carrier: str, kind: str, shape: Any, **told: Any) -> dict[str, Any]:
    empty = {"size": "", "length_m": 0.0, "limit": np.nan, "worst": np.nan, "hours_over": np.nan, "loss_kwh": np.nan}
    return {"element": element, "carrier": carrier, "kind": kind, "geometry": shape, "buildings": 0} | empty | told


def _edges(plan: NetworkPlan) -> list[dict[str, Any]]:
    behind = buildings_behind(plan)
    rows = []
    for number, (name, edge) in enumerate(plan.edges.iterrows()):
        noun = _NOUN.get((plan.carrier, str(edge["kind"])), str(edge["kind"]).capitalize())
        where = f", {edge['street']}" if edge["street"] else ""
        size = size_words(str(edge["size"]))
        title = f"{noun} {size}{where}" if size else f"{noun}{where}"
        rows.append(
            _row(
                str(name), plan.carrier, str(edge["kind"]), edge["geometry"], size=edge["size"], origin=edge["origin"],
                length_m=float(edge["length_m"]), limit=FULL, title=title, buildings=int(behind[number]),
            )
        )  # fmt: skip
    return rows


def _nodes(plan: NetworkPlan) -> list[dict[str, Any]]:
    """Where the network begins, and its substations."""
    nodes = plan.nodes
    shape = shapely.points(nodes["x_m"].to_numpy(), nodes["y_m"].to_numpy())
    imported = plan.design.get("entry_origin") == "imported"
    rows = []
    transformers = plan.edges[plan.edges["kind"] == "transformer"]
    behind = dict(
        zip(transformers.index, buildings_behind(plan)[(plan.edges["kind"] == "transformer").to_numpy()], strict=True)
    )
    for row in np.flatnonzero((nodes["kind"] == "substation").to_numpy()):
        own = transformers[transformers["start"] == row]
        served = sum(int(behind[name]) for name in own.index)
        origin = own["origin"].iloc[0] if len(own) else "laid"
        name = nodes["station"].iloc[row] if "station" in nodes else ""
        rows.append(
            _row(str(nodes.index[row]), plan.carrier, "substation", shape[row], origin=origin, buildings=served,
                 title=f"Substation {name}".strip())
        )  # fmt: skip
    origin = "imported" if imported else str(plan.design.get("entry_origin", "assumed"))
    everyone = int((plan.consumers >= 0).sum())
    rows.append(
        _row(str(nodes.index[plan.entry]), plan.carrier, "entry", shape[plan.entry], origin=origin,
             title=_ENTRY[plan.carrier], buildings=everyone)
    )  # fmt: skip
    return rows


def _plants(plans: Mapping[str, NetworkPlan], plants: pd.DataFrame) -> list[dict[str, Any]]:
    """List what the scenario builds; connections to the outside stand where the networks begin."""
    titles = plant_kinds()["title"]
    rows = []
    for name, plant in plants[plants["family"] != "outside"].iterrows():
        carrier = "gas" if plant["carrier"] == "hydrogen" else str(plant["carrier"])
        plan = plans.get(carrier) or next((p for p in plans.values() if name in p.plants), None)
        if plan is None or name not in plan.plants:
            continue
        node = plan.nodes.iloc[plan.plants[str(name)]]
        shape = shapely.points(node["x_m"], node["y_m"])
        kind = "store" if plant["family"] == "store" else "plant"
        rows.append(
            _row(str(name), plan.carrier, kind, shape, origin=plant["origin"], size=str(plant["kind"]),
                 title=str(titles[plant["kind"]]))
        )  # fmt: skip
    return rows


def size_words(size: str) -> str:
    """Say a size of the catalogue as people on site do: DN150 of steel, 63 mm of plastic; cables by their type."""
    width = nominal_mm(size) if "_" in size else 0.0
    if width == 0.0:
        return size
    return f"DN{width:.0f}" if size.startswith("steel") else f"{width:.0f} mm"


def buildings_behind(plan: NetworkPlan) -> Index:
    """Count the buildings that each edge serves, as its switches and valves stand.

    Parameters
    ----------
    plan : NetworkPlan

    Returns
    -------
    ndarray of int64, shape (edges,)
        0 of open edges; of edges in a mesh, those whose shortest way passes it.
    """
    here = np.bincount(plan.consumers[plan.consumers >= 0], minlength=len(plan.nodes)).astype(np.float64)
    found = np.zeros(len(plan.edges), dtype=np.int64)
    if plan.tree is not None:
        below = sum_below(plan.tree, here[plan.tree.nodes])
        inner = plan.tree.edge >= 0
        found[plan.tree.edge[inner]] = below[inner].astype(np.int64)
        return found
    closed = np.setdiff1d(np.arange(len(plan.edges)), plan.open_edges)
    start, end = plan.edges["start"].to_numpy()[closed], plan.edges["end"].to_numpy()[closed]
    order, parent, edge = _walk(len(plan.nodes), (start, end, closed), plan.entry)
    for node in order[::-1]:
        if parent[node] >= 0:
            found[edge[node]] += int(here[node])
            here[parent[node]] += here[node]
    return found


def _walk(count: int, links: tuple[Index, Index, Index], entry: int) -> tuple[Index, Index, Index]:
    """Nodes breadth first from the entry, the node before each and the edge between; -1 where there is none."""
    start, end, name = links
    graph = sparse.coo_array((np.ones(len(start), dtype=np.int8), (start, end)), shape=(count, count)).tocsr()
    order, before = sparse.csgraph.breadth_first_order(graph, entry, directed=False)
    parent = np.where(before < 0, -1, before).astype(np.int64)
    between = {}
    for a, b, edge in zip(start.tolist(), end.tolist(), name.tolist(), strict=True):
        between[a, b] = between[b, a] = edge
    edges: npt.NDArray[np.int64] = np.full(count, -1, dtype=np.int64)
    for node in order.tolist():
        if parent[node] >= 0:
            edges[node] = between[int(parent[node]), node]
    return order.astype(np.int64), parent, edges
