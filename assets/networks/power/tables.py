"""Rows and columns of a net's tables, as arrays, and rows of power-grid-model's input."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

Array = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Status = npt.NDArray[np.int8]


def rows_of(index: pd.Index, labels: Any) -> Ints:
    """Row of each label in an index, shape of the labels; -1 where it has none."""
    return np.asarray(index.get_indexer(np.asarray(labels)), dtype=np.int64)


def column(frame: pd.DataFrame, name: str, default: float) -> Array:
    """Return a column as floats, `default` where it is absent or empty."""
    if name not in frame:
        return np.full(len(frame), default)
    values = pd.to_numeric(frame[name], errors="coerce").to_numpy(dtype=np.float64)
    return np.where(np.isnan(values), default, values)


def filled(component: str, count: int, values: Mapping[str, Any]) -> npt.NDArray[Any]:
    """Input of power-grid-model for some elements of a kind."""
    from power_grid_model import initialize_array  # noqa: PLC0415 - a native library, loaded when a net is solved

    rows = initialize_array("input", component, count)
    for name, value in values.items():
        rows[name] = value
    return np.asarray(rows)


def end_status(net: Any, table: str, kind: str, sides: tuple[str, str]) -> tuple[Status, Status]:
    """Whether each end of the branches is connected: in service and no open switch there."""
    frame, switch = net[table], net.switch
    own = frame["in_service"].to_numpy(bool)
    opened = switch[(switch["et"] == kind).to_numpy() & ~switch["closed"].to_numpy(bool)]
    row = rows_of(frame.index, opened["element"])
    ends = []
    for side in sides:
        status = own.copy()
        status[row[frame[side].to_numpy()[row] == opened["bus"].to_numpy()]] = False
        ends.append(status.astype(np.int8))
    return ends[0], ends[1]
