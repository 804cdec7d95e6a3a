"""Buildings' hours cut down to a few days as they come: no more of them is held than of some buildings at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from apps.views.days import SPECIAL_DAYS, TYPICAL_DAYS, DayPlan, local_time, plan_dates

Array = npt.NDArray[np.float32]
_CANDIDATES = 6
"""Days that may be the district's peak: it is among those of the first buildings, or the hours have to come again."""
_WHOLE_DAY_H = 23


@dataclass(frozen=True, eq=False)
class DaySteps:
    """A year in a few days.

    Attributes
    ----------
    steps : Mapping[str, numpy.ndarray]
        Means over the steps of every day by variable, shape (steps, buildings), or (steps,) for the weather.
    rows : Mapping[str, tuple[int, int]]
        Rows of `steps` of each day.
    dates : Mapping[str, str]
        ISO dates of the special days.
    """

    steps: Mapping[str, Array]
    rows: Mapping[str, tuple[int, int]]
    dates: Mapping[str, str]


class DaySummary:
    """Averages over the steps of each day, of buildings whose hours come one block after the other.

    The days of the district's peaks are known once all have come. Until then the likeliest days of the first block are
    averaged too; where the peak turns out to be another day, `finish` gives nothing, and the hours have to come again.

    Parameters
    ----------
    time : pandas.DatetimeIndex
        Starts of the hours, UTC.
    timezone, country : str
        As of `apps.views.days.plan_dates`.
    weather : Mapping[str, numpy.ndarray]
        Shape (hours,), shown beside the buildings; `ghi_w_m2` names the sunniest day.
    names : collection of str
        Variables of buildings that are averaged.
    heat, electricity : sequence of str
        Variables whose sums name the days of the peaks.
    peaks : sequence of str
        ISO dates of the peaks, where an earlier pass found them.
    """

    def __init__(
        self,
        time: pd.DatetimeIndex,
        timezone: str,
        country: str,
        *,
        weather: Mapping[str, npt.NDArray[Any]],
        names: Sequence[str],
        heat: Sequence[str],
        electricity: Sequence[str],
        peaks: Sequence[str] = (),
    ) -> None:
        self._time, self._timezone, self._country = time, timezone, country
        self._weather, self._names, self._sources = weather, names, (heat, electricity)
        date = local_time(time, timezone).strftime("%Y-%m-%d")
        self._day, self._date = pd.factorize(date)
        self._whole = np.bincount(self._day) >= _WHOLE_DAY_H
        self._sums = np.zeros((2, len(self._date)))
        self._sunniest = str(self._date[self._largest(np.bincount(self._day, weights=weather["ghi_w_m2"]), 1)[0]])
        self._peaks = tuple(peaks)
        self._plan: DayPlan | None = None
        self._blocks: dict[str, list[Array]] = {}

    def take(self, _rows: slice, hourly: Mapping[str, Any]) -> None:
        """Take the hours of some buildings, in the buildings' order.

        Parameters
        ----------
        _rows : slice
            Which buildings they are.
        hourly : Mapping
            Dimensions, array of shape (buildings, hours) and attributes by name.
        """
        for number, names in enumerate(self._sources):
            hours = sum(hourly[name][1].sum(axis=0, dtype=np.float64) for name in names if name in hourly)
            self._sums[number] += np.bincount(self._day, weights=hours, minlength=len(self._date))
        if self._plan is None:
            self._plan = self._plan_of(self._peaks or self._likeliest())
        for name in self._names:
            if name in hourly:
                self._blocks.setdefault(name, []).append(self._plan.average(hourly[name][1]))

    def _likeliest(self) -> list[str]:
        return [str(self._date[day]) for sums in self._sums for day in self._largest(sums, _CANDIDATES)]

    def _largest(self, sums: npt.NDArray[Any], most: int) -> npt.NDArray[np.int64]:
        """Give the whole days (23 to 25 hours) whose sums are largest."""
        return np.argsort(-np.where(self._whole, sums, -np.inf), kind="stable")[:most]

    def _plan_of(self, dates: Sequence[str]) -> DayPlan:
        named = {date: date for date in (*dates, self._sunniest)}
        return plan_dates(self._time, self._timezone, self._country, named)

    @property
    def peaks(self) -> tuple[str, ...]:
        """ISO dates of the days of most heat and of most electricity, of all that has come."""
        return tuple(str(self._date[self._largest(sums, 1)[0]]) for sums in self._sums)

    def finish(self) -> DaySteps | None:
        """Give the averages; None where a peak is none of the days that were averaged."""
        dates = dict(zip(SPECIAL_DAYS, (*self.peaks, self._sunniest), strict=True))
        if self._plan is None or any(date not in self._plan.rows for date in dates.values()):
            return None
        # Blocks in a row, of each the rows of the days that are kept: those of other candidates go.
        spans = {name: self._plan.rows[dates.get(name, name)] for name in (*TYPICAL_DAYS, *SPECIAL_DAYS, "year")}
        kept = np.concatenate([np.arange(*span) for span in spans.values()])
        ends = np.cumsum([last - first for first, last in spans.values()]).tolist()
        rows = {
            name: (end - (last - first), end) for (name, (first, last)), end in zip(spans.items(), ends, strict=True)
        }
        steps = {name: self._plan.average(values)[kept] for name, values in self._weather.items()}
        for name in list(self._blocks):
            steps[name] = np.concatenate([block[kept] for block in self._blocks.pop(name)], axis=1)
        return DaySteps(steps, rows, dates)
