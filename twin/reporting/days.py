"""What the charts of a report show: the whole district's hours, days and months."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from assets.carriers import WATERBORNE
from twin.results.balance import BOUGHT_AS
from twin.results.results import Results
from twin.results.totals import district_hours

if TYPE_CHECKING:
    from twin.networks.results.results import NetworkResults


def bought_by_hour(results: Results, networks: NetworkResults | None = None) -> dict[str, Any]:
    """Energy bought by the whole district in each hour, by carrier, public charging in it [kWh].

    Parameters
    ----------
    results : Results
    networks : NetworkResults, optional
        Of the same scenario: with them, what is bought at the district's border.
    """
    data = results.dataset
    if networks is not None:
        book = networks.dataset["bought_kwh"]
        found = {str(name): book.to_numpy()[k] for k, name in enumerate(book["carrier"].to_numpy())}
        apart = {c: BOUGHT_AS[c] for c in WATERBORNE if f"{c}_node" not in networks.dataset.dims}
        return found | {c: found.get(c, 0.0) + district_hours(data, f"{name}_kwh") for c, name in apart.items()}
    found = {carrier: district_hours(data, f"{name}_kwh") for carrier, name in BOUGHT_AS.items()}
    if "station_charging_kwh" in data:
        found["electricity"] = found["electricity"] + data["station_charging_kwh"].to_numpy().sum(axis=0)
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
