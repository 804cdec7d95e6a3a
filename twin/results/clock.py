"""The clock of saved results: the steps that a dataset's times are."""

from __future__ import annotations

import pandas as pd
import xarray as xr

from assets.time_grid import HOUR, TimeGrid


def time_of(dataset: xr.Dataset) -> TimeGrid:
    """Read the steps of a dataset off its times, which are UTC.

    Parameters
    ----------
    dataset : xarray.Dataset
        Of a run of buildings or networks.

    Returns
    -------
    TimeGrid
        A dataset of one time alone is taken as an hour.
    """
    index = pd.DatetimeIndex(dataset["time"].to_numpy()).tz_localize("UTC")
    zone = str(dataset.attrs.get("timezone", "UTC"))
    return TimeGrid.of_index(index, zone) if len(index) > 1 else TimeGrid(index[0], HOUR, 1, zone)
