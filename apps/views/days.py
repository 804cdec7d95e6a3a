"""A year in a few days: typical days, special days and the twelve months of hourly results."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import holidays
import numpy as np
import numpy.typing as npt
import pandas as pd

_SEASONS = {"winter": (12, 1, 2), "spring": (3, 4, 5), "summer": (6, 7, 8), "autumn": (9, 10, 11)}
TYPICAL_DAYS = (
    "winter_weekday",
    "winter_weekend",
    "spring_weekday",
    "summer_weekday",
    "summer_weekend",
    "autumn_weekday",
)
SPECIAL_DAYS = ("peak_heat", "peak_electricity", "sunniest")
DAYS = (*TYPICAL_DAYS, *SPECIAL_DAYS, "year")
"""Every day the time bar offers; `year` has twelve steps, one a month."""


@dataclass(frozen=True)
class DayPlan:
    """Which hours of the year make up each step of each day.

    Attributes
    ----------
    weights : scipy.sparse.csr_array
        Shape (steps of all days, hours of the year): each row averages the hours of one step.
    rows : Mapping[str, tuple[int, int]]
        First row and row after the last of each day.
    dates : Mapping[str, str]
        ISO dates of the special days, local time.
    """

    weights: Any
    rows: Mapping[str, tuple[int, int]]
    dates: Mapping[str, str]

    def average(self, values: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
        """Average hourly values over the steps of every day.

        Parameters
        ----------
        values : numpy.ndarray
            Shape (n, hours) or (hours,), any unit.

        Returns
        -------
        numpy.ndarray
            Shape (steps, n) or (steps,), the same unit.
        """
        return np.asarray(self.weights @ np.asarray(values, dtype=np.float32).T, dtype=np.float32)


def plan_dates(time: pd.DatetimeIndex, timezone: str, country: str, dates: Mapping[str, str]) -> DayPlan:
    """Choose the hours of each typical day, of named dates and of each month.

    A typical weekday is the mean of all Mondays to Fridays of a season that are no public holiday.

    Parameters
    ----------
    time : pandas.DatetimeIndex
        Starts of the hours, UTC (aware or naive).
    timezone : str
        The district's time zone: days and hours are those of its clocks.
    country : str
        ISO 3166 code, for the public holidays.
    dates : Mapping[str, str]
        ISO date of each day that is one day of the year, local time.
    """
    local = local_time(time, timezone)
    date = np.array([stamp.date() for stamp in local])
    off = holidays.country_holidays(country, years=sorted({day.year for day in date})) if country else {}
    resting = (local.dayofweek >= 5) | np.array([day in off for day in date])
    masks = {}
    for name in TYPICAL_DAYS:
        season, kind = name.split("_")
        masks[name] = local.month.isin(_SEASONS[season]) & (resting if kind == "weekend" else ~resting)
    for name, told in dates.items():
        masks[name] = date == dt.date.fromisoformat(told)
    groups = [(name, _groups(masks[name], local.hour.to_numpy(), range(24))) for name in masks]
    groups.append(("year", _groups(np.ones(len(time), bool), local.month.to_numpy(), range(1, 13))))
    return _plan(groups, len(time), dict(dates))


def local_time(time: pd.DatetimeIndex, timezone: str) -> pd.DatetimeIndex:
    """Give hours of UTC (aware or naive) by the clocks of a place."""
    utc = time if time.tz is not None else time.tz_localize("UTC")
    return utc.tz_convert(timezone)


def _groups(mask: npt.NDArray[Any], label: npt.NDArray[Any], labels: Sequence[int]) -> list[npt.NDArray[Any]]:
    """List the hours of each label; a label without hours (a skipped hour of spring) borrows the one before it."""
    found: list[npt.NDArray[Any]] = []
    for wanted in labels:
        hours = np.flatnonzero(mask & (label == wanted))
        found.append(hours if hours.size or not found else found[-1])
    return found


def _plan(groups: list[tuple[str, list[npt.NDArray[Any]]]], hours: int, dates: Mapping[str, str]) -> DayPlan:
    import scipy.sparse  # noqa: PLC0415  it takes a third of a second, and a view kept on disk needs no plan

    rows: dict[str, tuple[int, int]] = {}
    row_of: list[npt.NDArray[Any]] = []
    hour_of: list[npt.NDArray[Any]] = []
    weight: list[npt.NDArray[Any]] = []
    row = 0
    for name, steps in groups:
        rows[name] = (row, row + len(steps))
        for members in steps:
            row_of.append(np.full(members.size, row))
            hour_of.append(members)
            weight.append(np.full(members.size, 1.0 / max(members.size, 1), dtype=np.float32))
            row += 1
    matrix = scipy.sparse.csr_array(
        (np.concatenate(weight), (np.concatenate(row_of), np.concatenate(hour_of))), shape=(row, hours)
    )
    return DayPlan(matrix, rows, dates)
