"""When each element of a network is at its worst: the hour, its day, and the worst of every day of the year."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from apps.views.days import local_time

HELD = ("loading", "temperature", "voltage", "pressure")
"""What limits are of, in the order in which an element is told by them."""
_WHOLE_DAY_H = 23  # a year of UTC begins and ends within a local day
_AT_ONCE = 256  # elements whose years are looked at together: 9 MB each time


@dataclass(frozen=True, eq=False)
class WorstHours:
    """The worst of every element.

    Attributes
    ----------
    quantity : numpy.ndarray
        Shape (n,), what the element is told by: one of `HELD`; empty where it has no state.
    hour : numpy.ndarray
        Shape (n,), hour of the year at which it is nearest to its limit, or farthest beyond; -1 without a state.
    reach : numpy.ndarray
        Shape (n,), how far that is: 1 at the limit, more beyond it; without a limit, nan.
    severity : numpy.ndarray
        Shape (n,), hours beyond the limit, each weighted by how far beyond.
    day, year : numpy.ndarray
        Shapes (n, 24) and (n, days): the hours of the worst day, and the worst of every day; shares in per cent.
    limit_low, limit_high : numpy.ndarray
        Shape (n,), nan where there is none; shares in per cent.
    clock, month : numpy.ndarray
        Shapes (n, 24) and (n, 12): hours beyond the limit by the hour of the day and by the month.
    time : pandas.DatetimeIndex
        Starts of the hours by the clocks of the district.
    """

    quantity: npt.NDArray[np.object_]
    hour: npt.NDArray[np.int64]
    reach: npt.NDArray[np.float64]
    severity: npt.NDArray[np.float64]
    day: npt.NDArray[np.float32]
    year: npt.NDArray[np.float32]
    limit_low: npt.NDArray[np.float32]
    limit_high: npt.NDArray[np.float32]
    clock: npt.NDArray[np.float32]
    month: npt.NDArray[np.float32]
    time: pd.DatetimeIndex

    def date_of(self, row: Any) -> str:
        """Give the ISO date of an element's worst hour; empty where it has none."""
        hour = int(self.hour[row])
        return self.time[hour].date().isoformat() if hour >= 0 else ""


def find_worst_hours(elements: Any, states: Mapping[str, Any], time: pd.DatetimeIndex, timezone: str) -> WorstHours:
    """Find the worst hour and day of every element.

    Parameters
    ----------
    elements : geopandas.GeoDataFrame
        Index: id.
    states : Mapping
        By quantity: ids, values (k, T), unit, limit_low, limit_high.
    time : pandas.DatetimeIndex
        Starts of the hours, UTC.
    timezone : str
        The district's time zone.
    """
    local = local_time(time, timezone)
    n, first = len(elements), _first_hours(local)
    blank = np.full(n, np.nan, dtype=np.float32)
    found = WorstHours(
        quantity=np.full(n, "", dtype=object),
        hour=np.full(n, -1, dtype=np.int64),
        reach=np.full(n, np.nan),
        severity=np.zeros(n),
        day=np.full((n, 24), np.nan, dtype=np.float32),
        year=np.full((n, len(first)), np.nan, dtype=np.float32),
        limit_low=blank.copy(),
        limit_high=blank.copy(),
        clock=np.zeros((n, 24), dtype=np.float32),
        month=np.zeros((n, 12), dtype=np.float32),
        time=local,
    )
    for name in HELD:
        if name in states:
            _fill(found, name, states[name], elements.index, first)
    return found


def _fill(found: WorstHours, name: str, state: Any, index: pd.Index, first: npt.NDArray[np.int64]) -> None:
    place = index.get_indexer([str(one) for one in state.ids])
    mine = np.flatnonzero(place >= 0)
    mine = mine[found.quantity[place[mine]] == ""]
    factor = np.float32(100.0 if name == "loading" else 1.0)
    values = np.asarray(state.values)
    low, high = (limits_of(limit, len(state.ids)) for limit in (state.limit_low, state.limit_high))
    clocks, months = found.time.hour.to_numpy(), found.time.month.to_numpy()
    of_day = (clocks[:, None] == np.arange(24)).astype(np.float32)
    of_year = (months[:, None] == np.arange(1, 13)).astype(np.float32)
    for rows in (mine[k : k + _AT_ONCE] for k in range(0, len(mine), _AT_ONCE)):
        there, years = place[rows], values[rows].astype(np.float32)
        reach = reach_of(years, low[rows, None], high[rows, None])
        hour = reach.argmax(axis=1)
        limited = np.isfinite(low[rows]) | np.isfinite(high[rows])
        found.quantity[there] = name
        found.hour[there] = hour
        found.reach[there] = np.where(limited, reach.max(axis=1), np.nan)
        found.severity[there] = np.where(limited, np.clip(reach - 1.0, 0.0, None).sum(axis=1), 0.0)
        found.limit_low[there], found.limit_high[there] = low[rows] * factor, high[rows] * factor
        beyond = np.where(limited[:, None], reach > 1.0, np.float32(0.0)).astype(np.float32)
        found.clock[there], found.month[there] = beyond @ of_day, beyond @ of_year
        bounds = [*first.tolist(), years.shape[1]]
        for day, (start, end) in enumerate(pairwise(bounds)):
            if end - start < _WHOLE_DAY_H:
                continue
            worst = start + reach[:, start:end].argmax(axis=1)
            found.year[there, day] = years[np.arange(len(rows)), worst] * factor
        begins = first[np.searchsorted(first, hour, side="right") - 1]
        for offset in range(25, -1, -1):
            # The first of an hour that comes twice in autumn stays; one that is skipped in spring keeps nan.
            at = np.minimum(begins + offset, years.shape[1] - 1)
            same = np.searchsorted(first, at, side="right") == np.searchsorted(first, begins, side="right")
            found.day[there[same], clocks[at[same]]] = years[np.flatnonzero(same), at[same]] * factor


def reach_of(values: Any, low: Any, high: Any) -> npt.NDArray[np.float32]:
    """Tell how far values reach towards their limits: 1 at the limit, 0 in the middle or at zero.

    Parameters
    ----------
    values : numpy.ndarray
        Any shape; nan counts as nothing.
    low, high : numpy.ndarray
        Limits, broadcast against the values; nan where there is none.

    Returns
    -------
    numpy.ndarray
        With an upper limit alone, values / high. With both, the distance from their middle by half their distance.
        With a lower limit alone, 1 + (low - value) / |low|. Without any, the values themselves by the largest of all.
    """
    half = np.where(np.isfinite(low) & np.isfinite(high), (high - low) / 2, np.nan)
    middle = np.where(np.isfinite(half), (high + low) / 2, np.nan)
    with np.errstate(invalid="ignore", divide="ignore"):
        both = np.abs(values - middle) / half
        above = np.abs(values) / high
        below = 1.0 + (low - values) / np.maximum(np.abs(low), 1e-9)
        none = np.abs(values) / max(float(np.nanmax(np.abs(values), initial=0.0)), 1e-9)
    reach = np.where(
        np.isfinite(half), both, np.where(np.isfinite(high), above, np.where(np.isfinite(low), below, none))
    )
    return np.asarray(np.nan_to_num(reach, nan=0.0), dtype=np.float32)


def _first_hours(local: pd.DatetimeIndex) -> npt.NDArray[np.int64]:
    """Give the first hour of every local day."""
    day = local.normalize().asi8
    return np.flatnonzero(np.concatenate([[True], day[1:] != day[:-1]]))


def limits_of(limit: Any, n: int) -> npt.NDArray[np.float32]:
    """Give a limit for each of n states; nan where there is none.

    Parameters
    ----------
    limit : float, array_like or None
        One for all, one for each, or none.
    n : int
        Number of states.
    """
    return np.broadcast_to(np.asarray(np.nan if limit is None else limit, dtype=np.float32), (n,)).copy()
