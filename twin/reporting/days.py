"""What the charts of a report show: the whole district's hours, days and months."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from twin.results.results import Results
from twin.results.totals import district_hours

_BOUGHT = ("grid_import_kwh", "district_heat_kwh", "gas_kwh", "oil_kwh", "wood_kwh")


def bought_by_hour(results: Results) -> dict[str, Any]:
    """Energy bought by the whole district in each hour, by carrier, public charging in it [kWh]."""
    data = results.dataset
    found = {name: district_hours(data, name) for name in _BOUGHT}
    if "station_charging_kwh" in data:
        found["grid_import_kwh"] = found["grid_import_kwh"] + data["station_charging_kwh"].to_numpy().sum(axis=0)
    return found


def mean_day(results: Results, hourly: Any, month: int) -> Any:
    """Mean of each local hour of a month, shape (24,)."""
    local = _local(results)
    chosen = local.month == month
    return pd.Series(hourly[chosen]).groupby(local.hour[chosen]).mean().to_numpy()


def monthly(results: Results, hourly: Any) -> Any:
    """Sum of each local month, shape (12,)."""
    return np.bincount(_local(results).month - 1, weights=hourly, minlength=12)


def _local(results: Results) -> pd.DatetimeIndex:
    data = results.dataset
    return pd.DatetimeIndex(data["time"].to_numpy()).tz_localize("UTC").tz_convert(str(data.attrs["timezone"]))
