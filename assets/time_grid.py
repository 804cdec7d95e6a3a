"""The clock that every model runs by: equal steps from an instant on, and what power makes of energy in one of them.

Power is a mean over a step [kW], energy what flows in a step [kWh]; only in steps of an hour are their numbers the
same. Whatever turns one into the other takes a `TimeGrid` and asks it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
import numpy.typing as npt
import pandas as pd

from assets._errors import InputError

Array = npt.NDArray[np.float64]
Values = TypeVar("Values", float, npt.NDArray[np.float64], npt.NDArray[np.float32])
"""Numbers or arrays of them; the precision of an array is kept."""

HOUR = pd.Timedelta(hours=1)
_DAY = pd.Timedelta(days=1)


@dataclass(frozen=True)
class TimeGrid:
    """Equal steps of time, each labelled by its start.

    Attributes
    ----------
    start : pandas.Timestamp
        Start of the first step; given with any zone or as text with an offset, kept in UTC.
    step : pandas.Timedelta
        Length of a step; given as text, too ("15min"). A day is a whole number of them.
    n : int
        Number of steps.
    zone : str
        IANA name of the zone whose clock people live by and views show: "Europe/Helsinki".

    Raises
    ------
    InputError
        The start has no zone, the step does not divide a day, `n` is negative or the zone is not known; all at once.
    """

    start: pd.Timestamp
    step: pd.Timedelta
    n: int
    zone: str = "UTC"

    def __post_init__(self) -> None:
        start, step = pd.Timestamp(self.start), pd.Timedelta(self.step)
        findings = []
        if start is pd.NaT or start.tz is None:
            findings.append(f"start {self.start} has no time zone: give it with its offset, in UTC at best")
        if step is pd.NaT or not pd.Timedelta(0) < step <= _DAY or _DAY % step:
            findings.append(f"step {self.step} does not divide a day: take 15, 30 or 60 minutes, or the like")
        if self.n < 0:
            findings.append(f"n is {self.n}: give the number of steps, 0 or more")
        try:
            ZoneInfo(self.zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            findings.append(f"no time zone {self.zone!r}: give an IANA name such as Europe/Helsinki")
        if findings:
            raise InputError(findings)
        object.__setattr__(self, "start", start.tz_convert("UTC"))
        object.__setattr__(self, "step", step)

    def __len__(self) -> int:
        return self.n

    @classmethod
    def of_index(cls, index: pd.DatetimeIndex, zone: str = "UTC") -> TimeGrid:
        """Take the grid that the labels of a table lie on.

        Parameters
        ----------
        index : DatetimeIndex, length n
            Starts of the steps, with a time zone; two or more.
        zone : str
            See the class.

        Raises
        ------
        InputError
            The labels have no zone, are fewer than two, or are not equally spaced.
        """
        if index.tz is None:
            raise InputError(["the times have no time zone: localise them to UTC first"])
        if len(index) < 2:
            raise InputError([f"{len(index)} times do not tell the step between them: give a TimeGrid"])
        apart = np.diff(index.as_unit("ns").asi8)
        uneven = np.flatnonzero(apart != apart[0])
        if len(uneven):
            first = index[uneven[0]]
            raise InputError(
                [f"the times are not equally spaced, first after {first}: fill the gaps, drop the doubles"]
            )
        return cls(index[0], pd.Timedelta(int(apart[0]), unit="ns"), len(index), zone)

    @cached_property
    def step_h(self) -> float:
        """Length of a step [h]."""
        return float(self.step / HOUR)

    @property
    def step_s(self) -> float:
        """Length of a step [s]."""
        return float(self.step.total_seconds())

    @property
    def end(self) -> pd.Timestamp:
        """End of the last step, the start of what follows; UTC."""
        return self.start + self.n * self.step

    @cached_property
    def index(self) -> pd.DatetimeIndex:
        """Starts of the steps, UTC, length n."""
        return pd.date_range(self.start, periods=self.n, freq=self.step, name="time")

    def kwh_of(self, kw: Values) -> Values:
        """Energy that a mean power makes in a step [kWh].

        In steps of an hour the numbers are the same and so is the array: nothing is copied, do not write to it.
        """
        return kw if self.step_h == 1.0 else kw * self.step_h

    def kw_of(self, kwh: Values) -> Values:
        """Mean power of the energy of a step [kW]; in steps of an hour the same array, as of `kwh_of`."""
        return kwh if self.step_h == 1.0 else kwh / self.step_h

    def share_of(self, share_per_h: Values) -> Values:
        """Tell what a step takes of something that loses a share of itself each hour [0 to 1].

        Parameters
        ----------
        share_per_h : float or ndarray
            Share that an hour loses [0 to 1].

        Returns
        -------
        float or ndarray

        Notes
        -----
        Compound: what is left after the steps of an hour is what is left after the hour, 1 − (1 − share)^step.
        """
        if self.step_h == 1.0:
            return share_per_h
        left: Values = (1.0 - share_per_h) ** self.step_h
        return 1.0 - left

    def steps_of(self, hours: float) -> int:
        """Whole steps, one at least, that come nearest to some hours."""
        return max(round(hours / self.step_h), 1)

    def between(self, first: int, last: int) -> TimeGrid:
        """Take the steps from number `first` up to, and without, number `last`.

        Raises
        ------
        InputError
            They are not steps of this grid.
        """
        if not 0 <= first <= last <= self.n:
            raise InputError([f"steps {first} to {last} are not among the {self.n} of the grid"])
        return replace(self, start=self.start + first * self.step, n=last - first)

    def check(self, **values: npt.ArrayLike) -> None:
        """Make sure that arrays have one number for each step in their last dimension.

        Parameters
        ----------
        **values : array_like
            By the names that an error tells them under.

        Raises
        ------
        InputError
            Naming all that do not.
        """
        findings = [
            f"{name} has shape {np.shape(array)}, the time grid {self.n} steps: give one number a step"
            for name, array in values.items()
            if np.shape(array)[-1:] != (self.n,)
        ]
        if findings:
            raise InputError(findings)
