"""Every element of the networks and every plant with the worst of its year: what a map, a table and an export show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
import xarray as xr

from assets.carriers import WATERBORNE, carriers
from assets.catalogue import table
from assets.hours_on_disk import let_go, row_blocks
from twin.networks.layout.topology import buildings_behind
from twin.networks.results.states import (
    VOLTAGE,
    consumer_limit,
    drawing_nodes,
    gas_loading,
    hours_of,
    pipe_loading,
)
from twin.results.clock import time_of

if TYPE_CHECKING:
    from twin.networks.layout.plan import NetworkPlan
    from twin.networks.operation.coupled_year import Coupled

Array = npt.NDArray[np.float64]

COLUMNS = (
    "carrier", "kind", "geometry", "size", "origin", "length_m", "title", "worst", "limit", "unit", "hours_over",
    "buildings", "loss_kwh", "start", "end",
)  # fmt: skip
_WORDS = {
    "electricity": ("Cable", "Electricity connection of", "The grid outside"),
    "heat": ("Heat pipe", "Heat substation of", "District heat from outside"),
    "cold": ("Cold pipe", "Cold substation of", "Where cold begins"),
    "gas": ("Gas pipe", "Gas connection of", "Gas from outside"),
}
"""What an edge, a consumer's node and the entry of a network are called."""


def elements_with_states(year: Coupled, dataset: xr.Dataset) -> gpd.GeoDataFrame:
    """List every element of every network, every plant and every store.

    Parameters
    ----------
    year : Coupled
    dataset : xarray.Dataset
        Of `twin.networks.results.dataset.dataset_of`.

    Returns
    -------
    geopandas.GeoDataFrame
        As `NetworkResults.elements`.
    """
    crs = year.twin.buildings.crs
    names = _building_names(year.twin.buildings)
    parts = []
    for carrier, plan in year.plans.items():
        parts += [_edges(carrier, plan, dataset), _consumers(carrier, plan, names, dataset), _entry(carrier, year)]
    parts += [_plants(year, dataset)]
    frame = pd.concat([part for part in parts if len(part)])
    frame = frame[~frame.index.duplicated()]
    numbers = ["length_m", "worst", "limit", "loss_kwh"]
    found = gpd.GeoDataFrame(frame[list(COLUMNS)], geometry="geometry", crs=crs).rename_axis("element")
    return found.astype(dict.fromkeys(numbers, np.float64) | {"hours_over": np.int64, "buildings": np.int64})


def _building_names(buildings: gpd.GeoDataFrame) -> list[str]:
    known = [buildings[column] for column in ("name", "address") if column in buildings]
    return [
        next((str(column.iloc[k]) for column in known if isinstance(column.iloc[k], str) and column.iloc[k]), str(name))
        for k, name in enumerate(buildings.index)
    ]


def _edges(carrier: str, plan: NetworkPlan, dataset: xr.Dataset) -> pd.DataFrame:
    edges, ids = plan.edges, plan.nodes.index.to_numpy(dtype=object)
    worst, over = _worst_loading(carrier, dataset, len(edges))
    return pd.DataFrame(
        {
            "carrier": carrier,
            "kind": edges["kind"].to_numpy(dtype=object),
            "geometry": np.asarray(edges.geometry),
            "size": edges["size"].to_numpy(dtype=object),
            "origin": edges["origin"].to_numpy(dtype=object),
            "length_m": edges["length_m"].to_numpy(dtype=np.float64),
            "title": _edge_titles(carrier, edges),
            "worst": worst,
            "limit": 1.0,
            "unit": "1",
            "hours_over": over,
            "buildings": buildings_behind(plan),
            "loss_kwh": _lost(carrier, dataset),
            "start": ids[edges["start"].to_numpy(dtype=np.int64)],
            "end": ids[edges["end"].to_numpy(dtype=np.int64)],
        },
        index=edges.index,
    )


def _worst_loading(carrier: str, dataset: xr.Dataset, edges: int) -> tuple[Any, Any]:
    """Highest loading of each edge, and hours in which it is beyond what it may carry."""
    worst, over = np.zeros(edges, dtype=np.float32), np.zeros(edges, dtype=np.int64)
    for row in row_blocks(edges, dataset.sizes["time"]):
        loading = _loading(carrier, dataset, row)
        worst[row] = np.nanmax(np.nan_to_num(loading), axis=1, initial=0.0)
        # A NaN is an hour that no voltages solve: it is over as well.
        over[row] = (~(loading <= 1.0)).sum(axis=1)
    return worst, over


def _loading(carrier: str, dataset: xr.Dataset, row: slice) -> Any:
    if carrier == "electricity":
        return hours_of(dataset, "branch_loading", row)
    return gas_loading(dataset, row) if carrier == "gas" else pipe_loading(dataset, carrier, row)


def _lost(carrier: str, dataset: xr.Dataset) -> Array:
    if carrier == "electricity":
        return np.asarray(dataset["branch_loss_kwh"].to_numpy(), dtype=np.float64)
    if carrier == "gas":
        return np.zeros(dataset.sizes["gas_edge"])
    lost = dataset[f"{carrier}_edge_loss_kw"].to_numpy()
    found = np.asarray(lost.sum(axis=1, dtype=np.float64))
    let_go(lost)
    return time_of(dataset).kwh_of(found)


def _edge_titles(carrier: str, edges: gpd.GeoDataFrame) -> list[str]:
    word = _WORDS[carrier][0]
    nominal = dict(table("heat_pipes").set_index("name")["nominal_mm"]) if carrier in WATERBORNE else {}
    streets = edges["street"] if "street" in edges else pd.Series("", index=edges.index)
    told = []
    for size, kind, street in zip(edges["size"], edges["kind"], streets, strict=True):
        what = "Transformer" if kind == "transformer" else word
        label = f"DN {nominal[size]:g}" if size in nominal else str(size)
        told.append(f"{what} {label}" + (f", {street}" if isinstance(street, str) and street else ""))
    return told


def _consumers(carrier: str, plan: NetworkPlan, names: list[str], dataset: xr.Dataset) -> pd.DataFrame:
    """Nodes that buildings hang on, with the state that matters there."""
    at = plan.consumers
    rows = np.unique(at[at >= 0])
    whose = [np.flatnonzero(at == row) for row in rows]
    parts = [_HELD[carrier](dataset, rows[part]) for part in row_blocks(len(rows), dataset.sizes["time"])]
    worst, limit, over = (np.concatenate([np.empty(0), *(part[k] for part in parts)]) for k in (0, 1, 2))
    nodes = plan.nodes.iloc[rows]
    word = _WORDS[carrier][1]
    titles = [f"{word} {names[mine[0]]}" + (f" and {len(mine) - 1} more" if len(mine) > 1 else "") for mine in whose]
    ids = nodes.index.to_numpy(dtype=object)
    return pd.DataFrame(
        {
            "carrier": carrier,
            "kind": "substation" if carrier in WATERBORNE else "service",
            "geometry": shapely.points(nodes["x_m"].to_numpy(), nodes["y_m"].to_numpy()),
            "size": "",
            "origin": "assumed",
            "length_m": 0.0,
            "title": titles,
            "worst": worst,
            "limit": limit,
            "unit": _UNITS[carrier],
            "hours_over": over,
            "buildings": [len(mine) for mine in whose],
            "loss_kwh": 0.0,
            "start": ids,
            "end": ids,
        },
        index=nodes.index,
    )


def _supply(dataset: xr.Dataset, rows: Any, carrier: str) -> tuple[Any, Any, Any]:
    """Coldest (of cold: warmest) supply in hours in which somebody draws."""
    temp = hours_of(dataset, f"{carrier}_supply_temp_c", rows)
    drawing = drawing_nodes(dataset, carrier, rows)
    limit = consumer_limit(dataset, carrier)[rows]
    some = drawing.any(axis=1)
    if carrier == "heat":
        worst = np.where(drawing, temp, np.inf).min(axis=1, initial=np.inf)
        over = (drawing & (temp < limit[:, None])).sum(axis=1)
    else:
        worst = np.where(drawing, temp, -np.inf).max(axis=1, initial=-np.inf)
        over = (drawing & (temp > limit[:, None])).sum(axis=1)
    return np.where(some, worst, np.nan), limit, over


def _held_voltage(dataset: xr.Dataset, rows: Any) -> tuple[Any, Any, Any]:
    voltage = hours_of(dataset, "voltage_pu", rows)
    low, high = VOLTAGE
    least, most = (np.nan_to_num(pick(voltage, axis=1, initial=1.0), nan=0.0) for pick in (np.nanmin, np.nanmax))
    below = 1.0 - least > most - 1.0
    over = (~((voltage >= low) & (voltage <= high))).sum(axis=1)
    return np.where(below, least, most), np.where(below, low, high), over


def _held_pressure(dataset: xr.Dataset, rows: Any) -> tuple[Any, Any, Any]:
    pressure, least = hours_of(dataset, "gas_pressure_bar", rows), float(dataset["gas_least_bar"])
    worst = np.nan_to_num(pressure, nan=np.inf).min(axis=1, initial=np.inf)
    return worst, np.full(len(rows), least), (pressure < least - 1e-5).sum(axis=1)


_UNITS = {"electricity": "p.u.", "heat": "°C", "cold": "°C", "gas": "bar"}
_HELD: dict[str, Any] = {
    "electricity": _held_voltage,
    "heat": lambda dataset, rows: _supply(dataset, rows, "heat"),
    "cold": lambda dataset, rows: _supply(dataset, rows, "cold"),
    "gas": _held_pressure,
}


def _entry(carrier: str, year: Coupled) -> pd.DataFrame:
    """Where the outside begins, with the most that came in."""
    plan, book = year.plans[carrier], year.books[carrier]
    name = f"outside-{carrier}"
    known = year.fleet.table
    there = name in known.index
    node = plan.nodes.iloc[plan.entry]
    size = float(known.loc[name, "size_kw"]) if there else 0.0
    origin = str(known.loc[name, "origin"]) if there and known.loc[name, "origin"] == "edited" else ""
    return pd.DataFrame(
        {
            "carrier": carrier,
            "kind": "entry",
            "geometry": [shapely.Point(node["x_m"], node["y_m"])],
            "size": "",
            "origin": origin or str(plan.design.get("entry_origin", "assumed")),
            "length_m": 0.0,
            "title": _WORDS[carrier][2],
            "worst": float(book.of("bought").max(initial=0.0)),
            "limit": size if np.isfinite(size) and there else np.nan,
            "unit": "kW",
            "hours_over": int((book.of("missing") > _MISSED_KWH).sum()),
            "buildings": int((plan.consumers >= 0).sum()),
            "loss_kwh": 0.0,
            "start": node.name,
            "end": node.name,
        },
        index=[name],
    )


_MISSED_KWH = 1e-3


def _plants(year: Coupled, dataset: xr.Dataset) -> pd.DataFrame:
    names = [*year.fleet.units, *year.fleet.stores]
    rows = [_plant(year, dataset, name) for name in names]
    return pd.DataFrame(rows, columns=list(COLUMNS), index=pd.Index(names, dtype=object))


def _plant(year: Coupled, dataset: xr.Dataset, name: str) -> dict[str, Any]:
    operation, row = year.operation, year.fleet.table.loc[name]
    carrier, unit = str(row["carrier"]), name in year.fleet.units
    dim = "plant" if unit else "store"
    on = carrier if carrier in year.plans else next(iter(year.plans), "")
    at = year.plans[on].nodes.iloc[int(dataset[f"{dim}_{on}_node"].sel({dim: name}))]
    x, y = float(row["x_m"]), float(row["y_m"])
    if not (np.isfinite(x) and np.isfinite(y)):
        x, y = float(at["x_m"]), float(at["y_m"])
    state = operation.main_kwh[name] if unit else operation.level_kwh[name]
    lost = operation.flows_kwh[name]["loss"] if unit else operation.store_loss_kwh[name]
    return {
        "carrier": carriers()[carrier].network or carrier,
        "kind": dim,
        "geometry": shapely.Point(x, y),
        "size": str(row["kind"]),
        "origin": str(row["origin"]),
        "length_m": 0.0,
        "title": str(row["title"]),
        "worst": float(np.max(state, initial=0.0)),
        "limit": float(row["size_kw"] if unit else row["capacity_kwh"]),
        "unit": "kW" if unit else "kWh",
        "hours_over": 0,
        "buildings": 0,
        "loss_kwh": float(np.abs(np.sum(lost))),
        "start": str(at.name) if on == carrier else "",
        "end": str(at.name) if on == carrier else "",
    }
