"""States of networks by the hour, for maps: one quantity, every element that has it, and what it is held against."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr

from assets.carriers import WATERBORNE
from assets.catalogue import limit
from assets.hours_on_disk import let_go, on_disk, row_blocks
from twin._errors import ResultsError
from twin.results.schema import variable_of

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]
ALL = slice(None)

QUANTITIES = ("loading", "voltage", "temperature", "return_temperature", "pressure", "flow", "loss", "hydrogen")
"""What `NetworkResults.state` can be asked for."""
VOLTAGE = (limit("voltage_supply_low"), limit("voltage_supply_high"))
"""Voltage that customers are entitled to, by the rated one."""
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


Rows = slice | Index
Part = tuple[str, Callable[[Rows], Any], Any, Any]
"""Dimension, what reads the values of rows (n, T), limits below and above: numbers, or arrays of shape (n,)."""


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
    unit, parts = _parts(dataset, quantity)
    hours = dataset.sizes["time"]
    if not parts:
        none = np.empty(0, dtype=np.float32)
        return State(np.empty(0, dtype=object), np.empty((0, hours), dtype=np.float32), unit, none, none)
    states = [_rows_of(dataset, part, ALL, unit) for part in parts]
    if len(states) == 1:
        return states[0]
    names = ("ids", "values", "limit_low", "limit_high")
    joined = {name: np.concatenate([getattr(state, name) for state in states]) for name in names}
    return State(unit=unit, **joined)


def state_blocks(dataset: xr.Dataset, quantity: str) -> Iterator[State]:
    """Read a quantity of all networks a block of elements at a time; the parameters are those of `state_of`."""
    unit, parts = _parts(dataset, quantity)
    for part in parts:
        for row in row_blocks(dataset.sizes[part[0]], dataset.sizes["time"]):
            yield _rows_of(dataset, part, row, unit)


def _parts(dataset: xr.Dataset, quantity: str) -> tuple[str, list[Part]]:
    if quantity not in _READERS:
        raise ResultsError(f"networks have no quantity {quantity}; take one of {', '.join(QUANTITIES)}")
    unit, read = _READERS[quantity]
    return unit, list(read(dataset))


def _rows_of(dataset: xr.Dataset, part: Part, row: slice, unit: str) -> State:
    dim, read, *limits = part
    ids = dataset[dim].to_numpy()
    low, high = (np.broadcast_to(np.asarray(told, dtype=np.float32), ids.shape)[row] for told in limits)
    return State(ids[row].astype(object), np.asarray(read(row), dtype=np.float32), unit, low, high)


def hours_of(dataset: xr.Dataset, name: str, row: Rows = ALL) -> npt.NDArray[np.float32]:
    """Read some rows of a variable by the hour: as they are in memory, or a copy of what lies on disk."""
    values = dataset[name].to_numpy()
    if on_disk(values) is None:
        return np.asarray(values[row])
    found = np.array(values[row])
    let_go(values)
    return found


def at_hours(dataset: xr.Dataset, name: str, hours: Index) -> Array:
    """All rows of a variable in some hours, in double precision, shape (n, hours)."""
    values = dataset[name].to_numpy()
    found = np.empty((len(values), len(hours)))
    for row in row_blocks(*values.shape):
        found[row] = values[row][:, hours]
        let_go(values)
    return found


def pipe_loading(dataset: xr.Dataset, carrier: str, row: Rows = ALL) -> Any:
    """Flow of each pipe of heat or cold by what it is held to, of all or some edges, shape (edges, T)."""
    capacity = dataset[f"{carrier}_capacity_kg_s"].to_numpy().astype(np.float32)[row]
    flow = np.abs(hours_of(dataset, f"{carrier}_flow_kg_s", row))
    return flow / np.where(capacity > 0.0, capacity, np.float32(np.inf))[:, None]


def gas_loading(dataset: xr.Dataset, row: Rows = ALL) -> Any:
    """Velocity of each gas pipe by what it is held to, of all or some edges, shape (edges, T)."""
    return np.abs(hours_of(dataset, "gas_velocity_m_s", row)) / np.float32(dataset["gas_most_m_s"])


def _reader(dataset: xr.Dataset, name: str) -> Callable[[Rows], Any]:
    return partial(hours_of, dataset, name)


def _loading(dataset: xr.Dataset) -> Iterator[Part]:
    if "branch" in dataset.dims:
        yield "branch", _reader(dataset, "branch_loading"), np.nan, 1.0
    for carrier in _there(dataset):
        yield f"{carrier}_edge", partial(pipe_loading, dataset, carrier), np.nan, 1.0
    if "gas_edge" in dataset.dims:
        yield "gas_edge", partial(gas_loading, dataset), np.nan, 1.0


def _voltage(dataset: xr.Dataset) -> Iterator[Part]:
    if "bus" in dataset.dims:
        yield "bus", _reader(dataset, "voltage_pu"), *VOLTAGE


def _temperature(dataset: xr.Dataset) -> Iterator[Part]:
    for carrier in _there(dataset):
        limit = consumer_limit(dataset, carrier)
        low, high = (limit, np.nan) if carrier == "heat" else (np.nan, limit)
        yield f"{carrier}_node", partial(_drawn_temperature, dataset, carrier, np.isfinite(limit)), low, high


def _drawn_temperature(dataset: xr.Dataset, carrier: str, consumer: npt.NDArray[np.bool_], row: Rows) -> Any:
    """Supply temperatures; where nobody draws at a substation, standing water may be as cold as it likes."""
    temp = hours_of(dataset, f"{carrier}_supply_temp_c", row).copy()
    drawing = drawing_nodes(dataset, carrier, np.arange(len(consumer))[row])
    temp[consumer[row][:, None] & ~drawing] = np.nan
    return temp


def drawing_nodes(dataset: xr.Dataset, carrier: str, nodes: Index | None = None) -> npt.NDArray[np.bool_]:
    """Whether some building draws at a node in an hour, of all or some nodes, shape (nodes, T)."""
    count = dataset.sizes[f"{carrier}_node"]
    wanted = np.arange(count) if nodes is None else nodes
    place = np.full(count, -1, dtype=np.int64)
    place[wanted] = np.arange(len(wanted))
    found = np.zeros((len(wanted), dataset.sizes["time"]), dtype=bool)
    drawn, at = dataset[f"building_{carrier}_kw"].to_numpy(), dataset[f"{carrier}_node_of_building"].to_numpy()
    for building in np.flatnonzero((at >= 0) & (place[at] >= 0)):
        found[place[at[building]]] |= drawn[building] > 0.0
    let_go(drawn)
    return found


def consumer_limit(dataset: xr.Dataset, carrier: str) -> Array:
    """Supply temperature that each node is held to: of those that supply buildings, NaN elsewhere, shape (nodes,)."""
    limit = np.full(dataset.sizes[f"{carrier}_node"], np.nan)
    at = dataset[f"{carrier}_node_of_building"].to_numpy()
    drawn = dataset[f"building_{carrier}_kw"].to_numpy()
    drawing = np.array([(kw > 0.0).any() for kw in drawn], dtype=bool)
    let_go(drawn)
    limit[at[(at >= 0) & drawing]] = float(dataset[f"{carrier}_least_supply_c"])
    return limit


def _return_temperature(dataset: xr.Dataset) -> Iterator[Part]:
    for carrier in _there(dataset):
        yield f"{carrier}_node", _reader(dataset, f"{carrier}_return_temp_c"), np.nan, np.nan


def _pressure(dataset: xr.Dataset) -> Iterator[Part]:
    for carrier in _there(dataset):
        yield f"{carrier}_node", _reader(dataset, f"{carrier}_pressure_kpa"), np.nan, np.nan
    if "gas_node" in dataset.dims:
        least = _BAR_KPA * float(dataset["gas_least_bar"])
        read = _reader(dataset, "gas_pressure_bar")
        yield "gas_node", lambda row: np.float32(_BAR_KPA) * read(row), least, np.nan


def _flow(dataset: xr.Dataset) -> Iterator[Part]:
    for carrier in _there(dataset):
        yield f"{carrier}_edge", _reader(dataset, f"{carrier}_flow_kg_s"), np.nan, np.nan
    if "gas_edge" in dataset.dims:
        read = _reader(dataset, "gas_flow_m3_h")
        yield "gas_edge", lambda row: np.float32(_GAS_KG_M3 / 3600.0) * read(row), np.nan, np.nan


def _loss(dataset: xr.Dataset) -> Iterator[Part]:
    for carrier in _there(dataset):
        yield f"{carrier}_edge", _reader(dataset, f"{carrier}_edge_loss_kw"), np.nan, np.nan
    if "branch" in dataset.dims:
        yield "branch", partial(_branch_loss, dataset), np.nan, np.nan


def _branch_loss(dataset: xr.Dataset, row: Rows) -> Any:
    """Losses of branches by the hour: iron's own, and with the square of the current, the year's sum as it was."""
    square = np.nan_to_num(hours_of(dataset, "branch_loading", row)) ** 2
    iron = dataset["branch_iron_kw"].to_numpy()[row][:, None]
    copper = dataset["branch_loss_kwh"].to_numpy()[row] - iron[:, 0] * square.shape[1]
    total = square.sum(axis=1, dtype=np.float64)
    factor = np.divide(np.maximum(copper, 0.0), total, out=np.zeros_like(total), where=total > 0.0)
    return (iron + square * factor[:, None]).astype(np.float32)


def _hydrogen(dataset: xr.Dataset) -> Iterator[Part]:
    if "gas_node" in dataset.dims:
        yield "gas_node", _reader(dataset, "hydrogen_share"), np.nan, float(dataset["hydrogen_most"])


def _there(dataset: xr.Dataset) -> list[str]:
    return [carrier for carrier in WATERBORNE if f"{carrier}_node" in dataset.dims]


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
    name = f"{carrier}_flow_kg_s"
    most = [np.abs(hours_of(dataset, name, row)).max(axis=1, initial=0.0) for row in row_blocks(*dataset[name].shape)]
    flow = np.concatenate([np.empty(0, dtype=np.float32), *most])
    capacity = dataset[f"{carrier}_capacity_kg_s"].to_numpy()
    return 100.0 * float(np.max(flow / np.where(capacity > 0.0, capacity, np.inf), initial=0.0))
