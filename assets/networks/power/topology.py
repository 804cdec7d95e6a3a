"""What hangs together in a net as it is switched: supplied nodes, feeders, what a branch feeds."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from assets.networks.power.conversion import GridInput
from assets.networks.power.tables import Ints, rows_of

Mask = npt.NDArray[np.bool_]


def live_branches(grid: GridInput) -> dict[str, tuple[Ints, Ints, Mask]]:
    """Return the ends of each kind of branch and whether both are connected.

    Returns
    -------
    dict of str to (from_node, to_node, live)
    """
    found = {}
    for kind in ("line", grid.trafo_kind, "link"):
        if kind in grid.data:
            rows = grid.data[kind]
            live = (rows["from_status"] == 1) & (rows["to_status"] == 1)
            found[kind] = (rows["from_node"].astype(np.int64), rows["to_node"].astype(np.int64), live)
    return found


def supplied_nodes(
    grid: GridInput, *, without: tuple[str, int] | None = None, also: tuple[str, int] | None = None
) -> Mask:
    """Nodes that some source reaches, shape (nodes,).

    Parameters
    ----------
    grid : GridInput
    without, also : (kind, row), optional
        A branch to leave out; one to close.
    """
    starts, ends = [], []
    for kind, (start, end, live) in live_branches(grid).items():
        chosen = live.copy()
        if without is not None and without[0] == kind:
            chosen[without[1]] = False
        if also is not None and also[0] == kind:
            chosen[also[1]] = True
        starts.append(start[chosen])
        ends.append(end[chosen])
    count = len(grid.data["node"])
    a, b = np.concatenate(starts or [np.empty(0, np.int64)]), np.concatenate(ends or [np.empty(0, np.int64)])
    _, label = connected_components(coo_matrix((np.ones(len(a)), (a, b)), shape=(count, count)), directed=False)
    source = grid.data["source"]
    return np.asarray(np.isin(label, label[source["node"][source["status"] == 1]]))


def fed_buses(grid: GridInput, kind: str, row: int) -> Mask:
    """Buses that lose their supply without a branch, shape (buses,); none where they have another way."""
    lost = supplied_nodes(grid) & ~supplied_nodes(grid, without=(kind, row))
    return np.where(grid.node_of_bus >= 0, lost[grid.node_of_bus], False)


def feeders_of(net: Any, grid: GridInput) -> pd.Series:
    """Feeder of each bus; "" for busbars and what is not supplied.

    A laid net says it itself (`net.bus.feeder`). In others, what hangs together when the busbars (low-voltage sides of
    transformers and external grids) are taken out is a feeder, named after its busbar.

    Parameters
    ----------
    net : pandapowerNet
    grid : GridInput

    Returns
    -------
    Series of str
        Index: bus.
    """
    if "feeder" in net.bus and net.bus["feeder"].fillna("").astype(str).str.len().any():
        return net.bus["feeder"].fillna("").astype(str)
    head = np.zeros(len(grid.data["node"]), dtype=np.bool_)
    bars = [*rows_of(net.bus.index, net.trafo["lv_bus"]), *rows_of(net.bus.index, net.ext_grid["bus"])]
    nodes = grid.node_of_bus[np.array(bars, dtype=np.int64)]
    head[nodes[nodes >= 0]] = True
    start, end, live = live_branches(grid).get("line", (np.empty(0, np.int64),) * 2 + (np.empty(0, np.bool_),))
    inner = live & ~head[start] & ~head[end]
    shape = (len(head), len(head))
    _, label = connected_components(
        coo_matrix((np.ones(inner.sum()), (start[inner], end[inner])), shape=shape), directed=False
    )
    name_of_node = pd.Series(net.bus.index, dtype=object).groupby(grid.node_of_bus).first()
    supplied = supplied_nodes(grid)
    names, count = {}, dict.fromkeys(np.flatnonzero(head).tolist(), 0)
    for bar, other in (*zip(start[live], end[live], strict=True), *zip(end[live], start[live], strict=True)):
        if head[bar] and not head[other] and label[other] not in names:
            count[int(bar)] += 1
            names[label[other]] = f"bus {name_of_node[bar]} / {count[int(bar)]}"
    told = [
        "" if node < 0 or head[node] or not supplied[node] else names.get(label[node], "") for node in grid.node_of_bus
    ]
    return pd.Series(told, index=net.bus.index, name="feeder")
