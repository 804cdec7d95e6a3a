"""Why an element is beyond its limit: which buildings and plants, in which hours, how much each of them brings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from assets.hours_on_disk import let_go
from twin._errors import ResultsError
from twin.networks.layout.topology import edges_to, fed_tree, nodes_below
from twin.networks.results.results import NetworkResults
from twin.networks.results.states import VOLTAGE, at_hours, drawing_nodes, hours_of, pipe_loading
from twin.texts import Note

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]

COLUMNS = ("kind", "title", "kw", "share", "hours", "worst_hour", "reason")
MOST_HOURS = 24
"""Hours that are looked at where nobody names some: the worst of those beyond the limit."""
STAGNANT = 0.05
"""Part of its capacity below which a pipe on the way to a cold substation counts as stagnant."""
_NEAR_K = 3.0


@dataclass(frozen=True)
class _Asset:
    """What draws or gives at a network's nodes: its name, what it is, its node and what it draws, shape (T,)."""

    name: str
    kind: str
    title: str
    node: int
    kw: Any


def causes(networks: NetworkResults, element: str, hours: npt.ArrayLike | None = None) -> pd.DataFrame:
    """Tell who brings an element to its worst.

    Cables, transformers and voltages are calculated anew without each load in turn; of pipes, it is the share of the
    flow; of a substation that gets too little heat or cold, the pipes on the way to it, by what they take off the
    supply's temperature.

    Parameters
    ----------
    networks : NetworkResults
    element : str
        Id, as in `networks.elements`.
    hours : array_like of int, optional
        Hours of the year, from 0; by default the worst ones beyond its limit, or where there are none the worst.

    Returns
    -------
    pandas.DataFrame
        Index `asset`, in the order of blame; `kind` (building, plant, store, pipe, other), `title`, `kw` (mean of those
        hours), `share` (of the whole), `hours` (beyond its limit), `worst_hour` (UTC), `reason` (a `twin.texts.Note`: a
        key and numbers).

    Raises
    ------
    ResultsError
        There is no such element, or no such hour.
    """
    if element not in networks.elements.index:
        raise ResultsError(f"there is no element {element} in these networks; take one of `elements`")
    row = networks.elements.loc[element]
    carrier, dataset = str(row["carrier"]), networks.dataset
    if row["kind"] in {"plant", "store", "entry"}:
        return _of_a_source(networks, row, hours)
    if carrier == "electricity":
        return _of_the_grid(networks, element, hours)
    edges = list(dataset[f"{carrier}_edge"].to_numpy())
    if element in edges:
        return _of_a_pipe(networks, carrier, edges.index(element), hours)
    node = list(dataset[f"{carrier}_node"].to_numpy()).index(element)
    if carrier == "gas":
        return _of_a_pressure(networks, node, hours)
    return _of_a_substation(networks, carrier, node, hours)


def _chosen(severity: Array, over: npt.NDArray[np.bool_], hours: npt.ArrayLike | None) -> Index:
    """Hours to look at: those named, else the worst of those that are over, else the worst."""
    if hours is not None:
        told = np.atleast_1d(np.asarray(hours, dtype=np.int64))
        wrong = told[(told < 0) | (told >= len(severity))]
        if len(wrong) or not len(told):
            raise ResultsError(f"there is no hour {wrong[:1]} of {len(severity)}: hours count from 0")
        return told
    ranked = np.argsort(-np.nan_to_num(severity, nan=np.inf), kind="stable")
    if over.any():
        ranked = ranked[over[ranked]]
    return np.sort(ranked[:MOST_HOURS]).astype(np.int64)


def _frame(networks: NetworkResults, rows: Sequence[dict[str, Any]], over: int) -> pd.DataFrame:
    """Rows, the greatest share first; those that bring nothing are left out."""
    frame = pd.DataFrame(list(rows), columns=["asset", *(c for c in COLUMNS if c != "hours")])
    frame = frame[frame["share"] > 1e-6].sort_values("share", ascending=False, kind="stable")
    frame["hours"] = over
    time = networks.dataset["time"].to_numpy()
    frame["worst_hour"] = [pd.Timestamp(time[int(hour)]) for hour in frame["worst_hour"]]
    return frame.set_index("asset")[list(COLUMNS)]


def _assets(networks: NetworkResults, carrier: str) -> list[_Asset]:
    """Everything that hangs in a network, with what it draws of it (negative: gives)."""
    dataset = networks.dataset
    found = []
    at, drawn = dataset[f"{carrier}_node_of_building"].to_numpy(), dataset[f"building_{carrier}_kw"].to_numpy()
    names = [str(name) for name in dataset["building"].to_numpy()]
    found += [_Asset(names[k], "building", "Building", int(at[k]), drawn[k]) for k in np.flatnonzero(at >= 0)]
    for dim in ("plant", "store"):
        if f"{dim}_{carrier}_node" not in dataset:
            continue
        rows = dataset[f"{dim}_{carrier}_node"].to_numpy()
        titles = dataset[f"{dim}_title"].to_numpy()
        if dim == "plant":
            flow = dataset[f"plant_{carrier}_kwh"].to_numpy() if f"plant_{carrier}_kwh" in dataset else None
        else:
            mine = (dataset["store_carrier"].to_numpy() == carrier)[:, None]
            flow = np.where(mine, dataset["store_discharge_kwh"] - dataset["store_charge_kwh"], 0.0)
        if flow is None:
            continue
        ids = dataset[dim].to_numpy()
        found += [
            _Asset(str(ids[k]), dim, str(titles[k]), int(rows[k]), -flow[k]) for k in range(len(ids)) if flow[k].any()
        ]
    return found


def _of_the_grid(networks: NetworkResults, element: str, hours: npt.ArrayLike | None) -> pd.DataFrame:
    from assets.networks.power import causes as power_causes  # noqa: PLC0415  loads solvers

    dataset, net = networks.dataset, networks.net
    if net is None:
        raise ResultsError("the grid's model is not there: load the networks from their folder")
    branches, buses = list(dataset["branch"].to_numpy()), list(dataset["bus"].to_numpy())
    if element in branches:
        row = branches.index(element)
        state = dataset["branch_loading"].to_numpy()[row]
        over, severity = ~(state <= 1.0), state
        lines = len(net.line)
        what = ("line", net.line.index[row]) if row < lines else ("trafo", net.trafo.index[row - lines])
        reason = Note("loaded", values={"percent": 100.0 * float(np.nan_to_num(state).max(initial=0.0))})
    else:
        row = buses.index(element)
        state = dataset["voltage_pu"].to_numpy()[row]
        low, high = VOLTAGE
        over, severity = ~((state >= low) & (state <= high)), np.abs(np.nan_to_num(state, nan=0.0) - 1.0)
        what = ("bus", net.bus.index[row])
        span = {"low": 100.0 * float(np.nanmin(state)), "high": 100.0 * float(np.nanmax(state))}
        reason = Note("voltage", values=span)
    chosen = _chosen(severity, over, hours)
    assets = _with_others(networks, _assets(networks, "electricity"), chosen)
    names = ("bus_load_kw", "bus_load_kvar")
    load, reactive = (at_hours(dataset, name, chosen) for name in names)
    table = pd.DataFrame({"bus": net.bus.index[[asset.node for asset in assets]]}, index=range(len(assets)))
    own = np.stack([np.asarray(asset.kw, dtype=np.float64)[chosen] for asset in assets])
    found = power_causes(net, what, np.arange(len(chosen)), load, reactive, assets=table, asset_kw=own)
    rows = [
        {
            "asset": assets[k].name,
            "kind": assets[k].kind,
            "title": assets[k].title,
            "kw": float(line["kw"]),
            "share": float(line["share"]),
            "worst_hour": chosen[int(line["worst_hour"])],
            "reason": reason,
        }
        for k, line in found.iterrows()
    ]
    return _frame(networks, rows, int(over.sum()))


def _with_others(networks: NetworkResults, assets: list[_Asset], chosen: Index) -> list[_Asset]:
    """Add what is left of the buses' loads: public chargers, pumps and compressors."""
    dataset = networks.dataset
    left = at_hours(dataset, "bus_load_kw", chosen)
    for asset in assets:
        left[asset.node] -= np.asarray(asset.kw)[chosen]
    there = np.flatnonzero(np.abs(left).max(axis=1, initial=0.0) > 0.05)
    whole = dict(zip(there.tolist(), hours_of(dataset, "bus_load_kw", there).astype(np.float64), strict=True))
    for asset in assets:
        if asset.node in whole:
            whole[asset.node] -= asset.kw
    buses = dataset["bus"].to_numpy()
    more = [_Asset(f"others at {buses[k]}", "other", "Public chargers and pumps", k, kw) for k, kw in whole.items()]
    return [*assets, *more]


def _tree(networks: NetworkResults, carrier: str) -> Any:
    dataset = networks.dataset
    start, end = (dataset[f"{carrier}_edge_{side}"].to_numpy().astype(np.int64) for side in ("start", "end"))
    flow = dataset["gas_flow_m3_h" if carrier == "gas" else f"{carrier}_flow_kg_s"].to_numpy()
    # An edge with a closed valve carries nothing all year.
    carrying = np.array([row.any() for row in flow], dtype=bool)
    let_go(flow)
    n = dataset.sizes[f"{carrier}_node"]
    return fed_tree(n, start, end, carrying, np.array([int(dataset[f"{carrier}_entry"])]))


def _of_a_pipe(networks: NetworkResults, carrier: str, edge: int, hours: npt.ArrayLike | None) -> pd.DataFrame:
    dataset = networks.dataset
    if carrier == "gas":
        flow = dataset["gas_flow_m3_h"].to_numpy()[edge]
        loading = np.abs(dataset["gas_velocity_m_s"].to_numpy()[edge]) / float(dataset["gas_most_m_s"])
    else:
        flow = dataset[f"{carrier}_flow_kg_s"].to_numpy()[edge]
        loading = pipe_loading(dataset, carrier, np.array([edge]))[0]
    over = loading > 1.0
    chosen = _chosen(loading, over, hours)
    below = set(nodes_below(_tree(networks, carrier), edge).tolist())
    away = float(flow[chosen].mean()) >= 0.0
    size = str(networks.elements.loc[str(dataset[f"{carrier}_edge"].to_numpy()[edge]), "size"])
    most = 100.0 * float(loading.max(initial=0.0))
    reason = Note("small" if over.any() else "within", (size,), {"percent": most})
    return _by_draw(
        networks, carrier, chosen, lambda asset: (asset.node in below) == away, over=int(over.sum()), reason=reason
    )


def _by_draw(
    networks: NetworkResults, carrier: str, chosen: Index, counts: Any, *, over: int, reason: Note
) -> pd.DataFrame:
    """Rank what counts by what it draws in some hours."""
    assets = [asset for asset in _assets(networks, carrier) if counts(asset)]
    drawn = [np.maximum(np.asarray(asset.kw, dtype=np.float64)[chosen], 0.0) for asset in assets]
    whole = max(sum(float(own.sum()) for own in drawn), 1e-12)
    rows = [
        {
            "asset": asset.name,
            "kind": asset.kind,
            "title": asset.title,
            "kw": float(own.mean()),
            "share": float(own.sum()) / whole,
            "worst_hour": chosen[int(np.argmax(own))],
            "reason": reason,
        }
        for asset, own in zip(assets, drawn, strict=True)
    ]
    return _frame(networks, rows, over)


def _of_a_pressure(networks: NetworkResults, node: int, hours: npt.ArrayLike | None) -> pd.DataFrame:
    """Rank who draws gas by what it draws and how much of the way it shares with a node of low pressure."""
    dataset = networks.dataset
    pressure, least = dataset["gas_pressure_bar"].to_numpy()[node], float(dataset["gas_least_bar"])
    over = pressure < least - 1e-5
    chosen = _chosen(-pressure.astype(np.float64), over, hours)
    tree = _tree(networks, "gas")
    way = set(edges_to(tree, node))
    length = networks.elements["length_m"].reindex(dataset["gas_edge"].to_numpy()).to_numpy(dtype=np.float64)
    shared = {a.node: sum(length[e] for e in edges_to(tree, a.node) if e in way) for a in _assets(networks, "gas")}
    rows, whole = [], 0.0
    for asset in _assets(networks, "gas"):
        own = np.maximum(np.asarray(asset.kw, dtype=np.float64)[chosen], 0.0)
        part = float(own.sum()) * shared[asset.node]
        whole += part
        rows.append({
            "asset": asset.name, "kind": asset.kind, "title": asset.title, "kw": float(own.mean()), "share": part,
            "worst_hour": chosen[int(np.argmax(own))],
            "reason": Note("shared_way", values={"metres": float(shared[asset.node])}),
        })  # fmt: skip
    for row in rows:
        row["share"] /= max(whole, 1e-12)
    return _frame(networks, rows, int(over.sum()))


def _of_a_substation(networks: NetworkResults, carrier: str, node: int, hours: npt.ArrayLike | None) -> pd.DataFrame:
    """Rank the pipes on the way to a substation by the degrees that the supply loses in them."""
    dataset = networks.dataset
    sign = 1.0 if carrier == "heat" else -1.0

    def supply(row: int) -> Array:
        values = dataset[f"{carrier}_supply_temp_c"].to_numpy()[row]
        return np.asarray(sign * values.astype(np.float64))

    limit = sign * float(dataset[f"{carrier}_least_supply_c"])
    drawing = drawing_nodes(dataset, carrier, np.array([node]))[0]
    here = np.where(drawing, supply(node), np.inf)
    over = here < limit
    chosen = _chosen(-here, over, hours)
    flow = dataset[f"{carrier}_flow_kg_s"].to_numpy()
    capacity = dataset[f"{carrier}_capacity_kg_s"].to_numpy()
    start, end = (dataset[f"{carrier}_edge_{side}"].to_numpy() for side in ("start", "end"))
    ids, lost = dataset[f"{carrier}_edge"].to_numpy(), dataset[f"{carrier}_edge_loss_kw"].to_numpy()
    way = edges_to(_tree(networks, carrier), node)
    fed = float(supply(int(dataset[f"{carrier}_entry"]))[chosen].mean())
    rows = []
    for edge in way:
        fall = np.abs(supply(start[edge])[chosen] - supply(end[edge])[chosen])
        use = float(np.abs(flow[edge][chosen]).astype(np.float64).mean()) / max(float(capacity[edge]), 1e-12)
        title = str(networks.elements.loc[str(ids[edge]), "title"])
        metres = float(networks.elements.loc[str(ids[edge]), "length_m"])
        reason = Note("stagnant" if use < STAGNANT else "cools", values={"metres": metres, "percent": 100.0 * use})
        rows.append({
            "asset": str(ids[edge]), "kind": "pipe", "title": title, "kw": float(lost[edge][chosen].mean()),
            "share": float(fall.mean()), "worst_hour": chosen[int(np.argmax(fall))], "reason": reason,
        })  # fmt: skip
    short = max(limit + _NEAR_K - fed, 0.0)
    if short > 0.0:
        rows.append({
            "asset": f"outside-{carrier}", "kind": "supply", "title": "Supply temperature", "kw": 0.0, "share": short,
            "worst_hour": chosen[0],
            "reason": Note("supply", values={"fed_c": sign * fed, "least_c": sign * limit}),
        })  # fmt: skip
    whole = max(sum(row["share"] for row in rows), 1e-12)
    for row in rows:
        row["share"] /= whole
    return _frame(networks, rows, int(over.sum()))


def _of_a_source(networks: NetworkResults, row: pd.Series[Any], hours: npt.ArrayLike | None) -> pd.DataFrame:
    """Rank who draws while a plant, a store or the outside gives most."""
    dataset, carrier, name = networks.dataset, str(row["carrier"]), str(row.name)
    if row["kind"] == "entry":
        k = list(dataset["carrier"].to_numpy()).index(carrier)
        given, lacking = dataset["bought_kwh"].to_numpy()[k], dataset["missing_kwh"].to_numpy()[k]
    else:
        word = "plant_main_kwh" if row["kind"] == "plant" else "store_discharge_kwh"
        given = dataset[word].sel({str(row["kind"]): name}).to_numpy()
        lacking = np.zeros_like(given)
    over = lacking > 1e-3
    chosen = _chosen(given + lacking, over, hours)
    if f"building_{carrier}_kw" not in dataset:
        return _frame(networks, [], int(over.sum()))
    most = {"kw": float(given.max(initial=0.0))}
    reason = Note("short", values=most | {"kwh": float(lacking.sum())}) if over.any() else Note("gives", values=most)
    return _by_draw(networks, carrier, chosen, lambda _asset: True, over=int(over.sum()), reason=reason)
