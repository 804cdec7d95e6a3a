"""Key figures of a year of networks, each with what it is held against; declared in network_kpis.csv."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from assets.hours_on_disk import row_blocks
from twin.networks.results.results import NetworkResults
from twin.networks.results.states import consumer_limit, drawing_nodes, hours_of, pipe_use, state_blocks
from twin.results.clock import time_of
from twin.results.schema import names_of
from twin.results.sources import sources_of

_FLOWING_KG_S = 1e-6
_WHY: Mapping[str, tuple[str, str]] = {
    "electricity": ("The district has no grid", "Build the district of a place with streets"),
    "heat": (
        "The district has no heat network",
        "Heat some buildings by one: `{what: heating, system: district_heating}`",
    ),
    "cold": ("The district has no cold network", "Cool some by one: `{what: cooling, system: district_cooling}`"),
    "gas": ("The district has no gas network", "Heat some buildings with gas: `{what: heating, system: gas_boiler}`"),
    "all": ("There are no networks", "Build the district of a place with streets"),
}
"""Why a figure cannot be told where it can't, and what to do."""


@cache
def network_kpi_catalogue() -> pd.DataFrame:
    """Read what every key figure of networks is.

    Returns
    -------
    pandas.DataFrame
        Index `id`; `label`, `unit`, `carrier`, `better`, `limit` (NaN where the network itself says it, or there is
        none), `limit_side` ("most", "least" or "none"), `kind`, `rests_on`, `description`.
    """
    with (resources.files("twin.networks.results") / "network_kpis.csv").open(encoding="utf-8") as file:
        return pd.read_csv(file).set_index("id")


def network_kpis(networks: NetworkResults) -> dict[str, dict[str, Any]]:
    """Compute every key figure of a year of networks.

    Parameters
    ----------
    networks : NetworkResults

    Returns
    -------
    dict
        By id: `value`, `unit`, `label`, `label_key`, `kind`, `available`, `limit` (None without one), `limit_side`,
        `exceeded` and `rests_on`, as of `twin.kpis()["district"]`; where it can't be told, `value` is None, and
        `reason` and `todo` say why and what to do. Nothing in it but what JSON can hold.
    """
    dataset = networks.dataset
    values, limits = dict(_values(networks)), _own_limits(dataset)
    sources = sources_of(dataset) | {"networks": _networks_source(dataset)}
    told = {}
    for name, row in network_kpi_catalogue().iterrows():
        key = str(name)
        limit = limits.get(key, float(row["limit"]))
        told[key] = _told(key, row, values.get(key, np.nan), limit) | {
            "rests_on": [sources[word] for word in str(row["rests_on"]).split() if word in sources]
        }
    return told


def _told(name: str, row: pd.Series[Any], value: float, limit: float) -> dict[str, Any]:
    side = str(row["limit_side"])
    has = side != "none" and bool(np.isfinite(limit))
    frame = {
        "unit": "" if pd.isna(row["unit"]) else row["unit"],
        "label": row["label"],
        "label_key": f"network_kpi.{name}",
        "kind": row["kind"],
        "carrier": row["carrier"],
        "limit": limit if has else None,
        "limit_side": side,
    }
    if not np.isfinite(value):
        reason, todo = _WHY[str(row["carrier"])]
        return {"value": None, **frame, "available": False, "exceeded": False, "reason": reason, "todo": todo}
    over = has and (value > limit + _ROUNDING if side == "most" else value < limit - _ROUNDING)
    return {"value": float(value), **frame, "available": True, "exceeded": bool(over)}


_ROUNDING = 1e-6


def _values(networks: NetworkResults) -> Iterator[tuple[str, float]]:
    dataset = networks.dataset
    for present, read in _READERS:
        if present in dataset.dims:
            yield from read(dataset).items()
    books = networks.summary
    yield "missing_kwh", sum(book["missing"] for book in books.values())
    yield "spilt_kwh", sum(book["spilt"] for book in books.values())
    over = networks.elements["hours_over"].to_numpy() > 0
    yield "elements_over", float(over.sum())
    yield "hours_over", float(hours_beyond(networks).sum())
    yield "border_cost_eur", float(dataset.attrs["bought_eur"]) - float(dataset.attrs["sold_eur"])
    yield "border_co2_t", float(dataset.attrs["co2_t"])
    if "heat" in books and "heat_node" in dataset.dims:
        fed = books["heat"]["bought"] + books["heat"]["given"]
        yield "plant_heat_share", 100.0 * books["heat"]["given"] / fed if fed > 0.0 else np.nan


def hours_beyond(networks: NetworkResults) -> Any:
    """Whether some element of some network is beyond its limit, shape (T,)."""
    over = np.zeros(networks.dataset.sizes["time"], dtype=bool)
    for quantity in ("loading", "voltage", "temperature"):
        for state in state_blocks(networks.dataset, quantity):
            for row, low, high in zip(state.values, state.limit_low, state.limit_high, strict=True):
                if quantity == "temperature":  # NaN where nobody draws
                    over |= (row < low) | (row > high)
                else:
                    over |= ~((row >= low) | np.isnan(low)) | ~(row <= high)
    if "gas_node" in networks.dataset.dims:
        dataset = networks.dataset
        over |= (dataset["gas_pressure_bar"].to_numpy() < float(dataset["gas_least_bar"]) - 1e-5).any(axis=0)
    return over


def _electricity(dataset: xr.Dataset) -> dict[str, float]:
    at = dataset["electricity_node_of_building"].to_numpy()
    low, high = (100.0 * value for value in _extremes(dataset, np.unique(at[at >= 0])))
    if dataset["unsolved"].any():
        low = 0.0  # the voltage collapses
    book = _book(dataset, "electricity")
    came = book["bought_kwh"] + book["given_kwh"] + book["fed_in_kwh"]
    return {
        "branch_loading": 100.0 * _highest(dataset, "branch_loading"),
        "lowest_voltage": low,
        "highest_voltage": high,
        "lowest_planned_voltage": low,
        "highest_planned_voltage": high,
        "power_loss_share": 100.0 * book["network_loss_kwh"] / came if came > 0.0 else np.nan,
    }


def _extremes(dataset: xr.Dataset, buses: Any) -> tuple[float, float]:
    """Lowest and highest voltage of the year at some buses; NaN without any."""
    low, high = np.float32(np.nan), np.float32(np.nan)
    for part in row_blocks(len(buses), dataset.sizes["time"]):
        voltage = hours_of(dataset, "voltage_pu", buses[part])
        low, high = np.fmin(low, np.nanmin(voltage)), np.fmax(high, np.nanmax(voltage))
    return float(low), float(high)


def _highest(dataset: xr.Dataset, name: str) -> float:
    """Highest size of a variable by the hour; 0 without rows."""
    parts = row_blocks(*dataset[name].shape)
    return max((float(np.nanmax(np.abs(hours_of(dataset, name, row)), initial=0.0)) for row in parts), default=0.0)


def _water(dataset: xr.Dataset, carrier: str) -> dict[str, float]:
    book = _book(dataset, carrier)
    fed = book["bought_kwh"] + book["given_kwh"]
    pumps = float(dataset[f"{carrier}_pump_kw"].sum(dtype=np.float64))
    found = {
        f"{carrier}_loading": pipe_use(dataset, carrier),
        f"{carrier}_loss_share": 100.0 * book["network_loss_kwh"] / fed if fed > 0.0 else np.nan,
        f"{carrier}_pump_electricity": time_of(dataset).kwh_of(pumps),
    }
    watched = np.flatnonzero(np.isfinite(consumer_limit(dataset, carrier)))
    coldest, warmest = np.nan, np.nan
    for part in row_blocks(len(watched), dataset.sizes["time"]):
        temp = hours_of(dataset, f"{carrier}_supply_temp_c", watched[part])
        drawn = temp[drawing_nodes(dataset, carrier, watched[part])]
        if drawn.size:
            coldest, warmest = np.fmin(coldest, drawn.min()), np.fmax(warmest, drawn.max())
    if carrier == "cold":
        return found | {"warmest_supply": float(warmest)}
    return found | {
        "coldest_supply": float(coldest),
        "heat_gradient": float(dataset["heat_gradient_pa_m"].max()) if dataset.sizes["heat_edge"] else np.nan,
        "heat_velocity": float(dataset["heat_velocity_m_s"].max()) if dataset.sizes["heat_edge"] else np.nan,
    }


def _gas(dataset: xr.Dataset) -> dict[str, float]:
    flowing = _carrying(dataset)
    share = dataset["hydrogen_share"].to_numpy()
    return {
        "gas_pressure": float(np.nanmin(dataset["gas_pressure_bar"].to_numpy(), initial=np.inf)),
        "hydrogen_share": 100.0 * float(np.max(share, initial=0.0, where=flowing)),
    }


def _carrying(dataset: xr.Dataset) -> Any:
    """Nodes and hours at which gas flows: what stands keeps whatever it was, shape (nodes, T)."""
    moving = np.abs(dataset["gas_flow_m3_h"].to_numpy()) > _FLOWING_KG_S
    found = np.zeros((dataset.sizes["gas_node"], dataset.sizes["time"]), dtype=bool)
    for side in ("start", "end"):
        for edge, node in enumerate(dataset[f"gas_edge_{side}"].to_numpy()):
            found[node] |= moving[edge]
    return found


_READERS: tuple[tuple[str, Callable[[xr.Dataset], dict[str, float]]], ...] = (
    ("bus", _electricity),
    ("heat_node", lambda dataset: _water(dataset, "heat")),
    ("cold_node", lambda dataset: _water(dataset, "cold")),
    ("gas_node", _gas),
)


def _book(dataset: xr.Dataset, carrier: str) -> dict[str, float]:
    row = list(dataset["carrier"].to_numpy()).index(carrier)
    return {word: float(dataset[word].to_numpy()[row].sum()) for word in names_of("networks", "carrier", "time")}


def _own_limits(dataset: xr.Dataset) -> dict[str, float]:
    """Limits that the networks themselves say."""
    found = {}
    for name, variable, factor in (
        ("coldest_supply", "heat_least_supply_c", 1.0),
        ("warmest_supply", "cold_least_supply_c", 1.0),
        ("gas_pressure", "gas_least_bar", 1.0),
        ("hydrogen_share", "hydrogen_most", 100.0),
    ):
        if variable in dataset:
            found[name] = factor * float(dataset[variable])
    return found


def _networks_source(dataset: xr.Dataset) -> dict[str, Any]:
    return {
        "what": "Networks under the streets",
        "kind": "assumed",
        "source": "Laid along the streets by algorithms and sized from catalogues where nobody has mapped or imported "
        f"them ({dataset.attrs.get('networks', '')})",
    }
