"""Local clock and calendar of people's habits: hours, day types, holidays, daylight saving time."""

from __future__ import annotations

import logging
from dataclasses import dataclass

import holidays
import numpy as np
import numpy.typing as npt

from assets.time_grid import TimeGrid

DAY_TYPES = ("workday", "saturday", "sunday")
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class LocalTime:
    """What the clock on the wall and the calendar say in each of T steps.

    Attributes
    ----------
    grid : TimeGrid
        The steps.
    hour : ndarray of int (T,)
        Local hour 0–23. The day the clocks go forward has no hour 3 (in Finland), the day they go back has it twice.
    month : ndarray of int (T,)
        1–12.
    day_type : ndarray of int (T,)
        0 workday, 1 Saturday, 2 Sunday or public holiday.
    day : ndarray of int (T,)
        Number of the local day, from 0.
    """

    grid: TimeGrid
    hour: npt.NDArray[np.intp]
    month: npt.NDArray[np.intp]
    day_type: npt.NDArray[np.intp]
    day: npt.NDArray[np.intp]


def local_time(time: TimeGrid, country: str) -> LocalTime:
    """Read the clock and the calendar of a place.

    Parameters
    ----------
    time : TimeGrid
        T steps, and the zone whose clock people live by.
    country : str
        ISO 3166 alpha-2, whose public holidays count as Sundays. A country that python-holidays does not know
        has weekends only, and a warning is logged.

    Returns
    -------
    LocalTime
        T steps.
    """
    # People live by the clock at the middle of the step: zones with half hours round the same way all year.
    local = (time.index + time.step / 2).tz_convert(time.zone)
    dates = local.date
    days, day = np.unique(dates, return_inverse=True)
    off = public_holidays(country, sorted({date.year for date in days}))
    of_day = np.array([2 if date in off or date.weekday() == 6 else int(date.weekday() == 5) for date in days])
    return LocalTime(
        grid=time,
        hour=np.asarray(local.hour, dtype=np.intp),
        month=np.asarray(local.month, dtype=np.intp),
        day_type=of_day[day].astype(np.intp),
        day=np.asarray(day, dtype=np.intp),
    )


def public_holidays(country: str, years: list[int]) -> set[object]:
    """Return the dates on which a country rests.

    Parameters
    ----------
    country : str
        ISO 3166 alpha-2.
    years : list of int
        Calendar years.

    Returns
    -------
    set of date
        Public holidays with the eves that count as such (Midsummer and Christmas Eve in Finland).
    """
    if country not in holidays.list_supported_countries(include_aliases=True):
        _LOG.warning("No public holidays are known for the country %s: only weekends are kept.", country)
        return set()
    return set(holidays.country_holidays(country, years=years))
