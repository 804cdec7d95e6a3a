"""States of networks by the hour, for maps: one quantity, every element that has it, and what it is held against."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr

from twin._errors import ResultsError
from twin.results.schema import variable_of

Array = npt.NDArray[np.float64]

QUANTITIES = ("loading", "voltage", "temperature", "return_temperature", "pressure", "flow", "loss", "hydrogen")
"""What `NetworkResults.state` can be asked for."""
VOLTAGE = (0.9, 1.1)
"""Voltage that customers are entitled to, by the rated one: EN 50160:2010, 4.2.2."""
PLANNED_VOLTAGE = (0.95, 1.05)
"""Voltage that planners keep hourly means in, so that those of ten minutes stay within EN 50160's."""
_BAR_KPA = 100.0
_GAS_KG_M3 = 0.729
"""Density of the gas in Finland's grid at 0 °C (network_gases.csv); what hydrogen takes off it is left out."""


@dataclass(frozen=True, eq=False)
class State:
    """One quantity by the hour.

    Attributes
    ----------
    ids : ndarray of str, shape (n,)
        Elements: nodes or edges of networks.
    values : ndarray of float32, shape (n, T)
    unit : str
    limit_low, limit_high : ndarray of float32, shape (n,)
        What each is held against; NaN where there is no such limit.
    """

    ids: npt.NDArray[Any]
    values: npt.NDArray[np.float32]
    unit: str
    limit_low: npt.NDArray[np.float32]
    limit_high: npt.NDArray[np.float32]


Part = tuple[str, Any, Any, Any]
"""Dimension, values (n, T), limits below and above: numbers, or arrays of shape (n,)."""


def state_of(dataset: xr.Dataset, quantity: str) -> State:
    """Read a quantity of all networks out of their dataset.

    Parameters
    ----------
    dataset : xarray.Dataset
        Of `NetworkResults`.
    quantity : str
        Of `QUANTITIES`.

    Returns
    -------
    State
        Without rows where no network has such a quantity.

    Raises
    ------
    ResultsError
        There is no such quantity.
    """
    if quantity not in _READERS:
        raise ResultsError(f"networks have no quantity {quantity}; take one of {', '.join(QUANTITIES)}")
    unit, read = _READERS[quantity]
    parts = list(read(dataset))
    hours = dataset.sizes["time"]
    if not parts:
        none = np.empty(0, dtype=np.float32)
        return State(np.empty(0, dtype=object), np.empty((0, hours), dtype=np.float32), unit, none, none)
    ids = [dataset[dim].to_numpy().astype(object) for dim, *_ in parts]

    def limits(place: int) -> npt.NDArray[np.float32]:
        told = [
            np.broadcast_to(np.asarray(part[place], dtype=np.float32), (len(own),))
            for part, own in zip(parts, ids, strict=True)
        ]
        return np.concatenate(told)

    values = [np.asarray(part[1], dtype=np.float32) for part in parts]
    return State(
        np.concatenate(ids), values[0] if len(values) == 1 else np.concatenate(values), unit, limits(2), limits(3)
    )


def pipe_loading(dataset: xr.Dataset, carrier: str) -> Any:
    """Flow of each pipe of heat or cold by what it is held to, shape (edges, T)."""
    capacity = dataset[f"{carrier}_capacity_kg_s"].to_numpy().astype(np.float32)
    flow = np.abs(dataset[f"{carrier}_flow_kg_s"].to_numpy())
    return flow / np.where(capacity > 0.0, capacity, np.float32(np.inf))[:, None]


def _loading(dataset: xr.Dataset) -> Iterator[Part]:
    if "branch" in dataset.dims:
        yield "branch", dataset["branch_loading"].to_numpy(), np.nan, 1.0
    for carrier in _there(dataset):
        yield f"{carrier}_edge", pipe_loading(dataset, carrier), np.nan, 1.0
    if "gas_edge" in dataset.dims:
        most = np.float32(dataset["gas_most_m_s"])
        yield "gas_edge", np.abs(dataset["gas_velocity_m_s"].to_numpy()) / most, np.nan, 1.0


def _voltage(dataset: xr.Dataset) -> Iterator[Part]:
    if "bus" in dataset.dims:
        yield "bus", dataset["voltage_pu"].to_numpy(), *VOLTAGE


def _temperature(dataset: xr.Dataset) -> Iterator[Part]:
    for carrier in _there(dataset):
        limit = consumer_limit(dataset, carrier)
        low, high = (limit, np.nan) if carrier == "heat" else (np.nan, limit)
        temp = dataset[f"{carrier}_supply_temp_c"].to_numpy().copy()
        # Where nobody draws at a substation, standing water may be as cold as it likes.
        temp[np.isfinite(limit)[:, None] & ~drawing_nodes(dataset, carrier)] = np.nan
        yield f"{carrier}_node", temp, low, high


def drawing_nodes(dataset: xr.Dataset, carrier: str) -> npt.NDArray[np.bool_]:
    """Whether some building draws at a node in an hour, shape (nodes, T)."""
    found = np.zeros((dataset.sizes[f"{carrier}_node"], dataset.sizes["time"]), dtype=bool)
    drawn = dataset[f"building_{carrier}_kw"].to_numpy()
    for building, node in enumerate(dataset[f"{carrier}_node_of_building"].to_numpy()):
        if node >= 0:
            found[node] |= drawn[building] > 0.0
    return found


def consumer_limit(dataset: xr.Dataset, carrier: str) -> Array:
    """Supply temperature that each node is held to: of those that supply buildings, NaN elsewhere, shape (nodes,)."""
    limit = np.full(dataset.sizes[f"{carrier}_node"], np.nan)
    at = dataset[f"{carrier}_node_of_building"].to_numpy()
    drawing = (dataset[f"building_{carrier}_kw"].to_numpy() > 0.0).any(axis=1)
    limit[at[(at >= 0) & drawing]] = float(dataset[f"{carrier}_least_supply_c"])
    return limit


def _return_temperature(dataset: xr.Dataset) -> Iterator[Part]:
    for carrier in _there(dataset):
        yield f"{carrier}_node", dataset[f"{carrier}_return_temp_c"].to_numpy(), np.nan, np.nan


def _pressure(dataset: xr.Dataset) -> Iterator[Part]:
    for carrier in _there(dataset):
        yield f"{carrier}_node", dataset[f"{carrier}_pressure_kpa"].to_numpy(), np.nan, np.nan
    if "gas_node" in dataset.dims:
        least = _BAR_KPA * float(dataset["gas_least_bar"])
        yield "gas_node", np.float32(_BAR_KPA) * dataset["gas_pressure_bar"].to_numpy(), least, np.nan


def _flow(dataset: xr.Dataset) -> Iterator[Part]:
    for carrier in _there(dataset):
        yield f"{carrier}_edge", dataset[f"{carrier}_flow_kg_s"].to_numpy(), np.nan, np.nan
    if "gas_edge" in dataset.dims:
        yield "gas_edge", np.float32(_GAS_KG_M3 / 3600.0) * dataset["gas_flow_m3_h"].to_numpy(), np.nan, np.nan


def _loss(dataset: xr.Dataset) -> Iterator[Part]:
    for carrier in _there(dataset):
        yield f"{carrier}_edge", dataset[f"{carrier}_edge_loss_kw"].to_numpy(), np.nan, np.nan
    if "branch" in dataset.dims:
        yield "branch", _branch_loss(dataset), np.nan, np.nan


def _branch_loss(dataset: xr.Dataset) -> Any:
    """Losses of branches by the hour: iron's own, and with the square of the current, the year's sum as it was."""
    square = np.nan_to_num(dataset["branch_loading"].to_numpy()) ** 2
    iron = dataset["branch_iron_kw"].to_numpy()[:, None]
    copper = dataset["branch_loss_kwh"].to_numpy() - iron[:, 0] * square.shape[1]
    total = square.sum(axis=1, dtype=np.float64)
    factor = np.divide(np.maximum(copper, 0.0), total, out=np.zeros_like(total), where=total > 0.0)
    return (iron + square * factor[:, None]).astype(np.float32)


def _hydrogen(dataset: xr.Dataset) -> Iterator[Part]:
    if "gas_node" in dataset.dims:
        yield "gas_node", dataset["hydrogen_share"].to_numpy(), np.nan, float(dataset["hydrogen_most"])


def _there(dataset: xr.Dataset) -> list[str]:
    return [carrier for carrier in ("heat", "cold") if f"{carrier}_node" in dataset.dims]


_READERS: Mapping[str, tuple[str, Callable[[xr.Dataset], Iterator[Part]]]] = {
    "loading": (variable_of("branch_loading").unit, _loading),
    # A share of the rated voltage goes by its own name in the field.
    "voltage": ("p.u.", _voltage),
    "temperature": (variable_of("heat_supply_temp_c").unit, _temperature),
    "return_temperature": (variable_of("heat_return_temp_c").unit, _return_temperature),
    "pressure": (variable_of("heat_pressure_kpa").unit, _pressure),
    "flow": (variable_of("heat_flow_kg_s").unit, _flow),
    "loss": (variable_of("heat_edge_loss_kw").unit, _loss),
    "hydrogen": (variable_of("hydrogen_share").unit, _hydrogen),
}


def pipe_use(dataset: xr.Dataset, carrier: str) -> float:
    """Highest flow of any pipe by what it is held to, of heat or cold [%]."""
    flow = np.abs(dataset[f"{carrier}_flow_kg_s"].to_numpy()).max(axis=1, initial=0.0)
    capacity = dataset[f"{carrier}_capacity_kg_s"].to_numpy()
    return 100.0 * float(np.max(flow / np.where(capacity > 0.0, capacity, np.inf), initial=0.0))
