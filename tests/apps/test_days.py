"""Typical days: local hours, seasons, holidays, clock changes."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from apps.views.day_summary import DaySteps, DaySummary
from apps.views.days import DAYS, SPECIAL_DAYS, TYPICAL_DAYS, DayPlan, plan_dates

TIME = pd.date_range("2024-12-31T22:00", periods=8760, freq="h")
LOCAL = TIME.tz_localize("UTC").tz_convert("Europe/Helsinki")
DATE = LOCAL.strftime("%Y-%m-%d")


def plan() -> DayPlan:
    dates = {"peak_heat": "2025-02-05", "peak_electricity": "2025-12-08", "sunniest": "2025-06-20"}
    return plan_dates(TIME, "Europe/Helsinki", "FI", dates)


def summary(peaks: tuple[str, ...] = ()) -> DaySummary:
    weather = {"ghi_w_m2": np.where(DATE == "2025-06-20", 500.0, 10.0)}
    named = {"heat": ("heat",), "electricity": ("power",)}
    return DaySummary(TIME, "Europe/Helsinki", "FI", weather=weather, names=("heat", "power"), peaks=peaks, **named)


def block(**hours: np.ndarray) -> dict[str, tuple[tuple[str, str], np.ndarray, dict[str, str]]]:
    return {name: (("building", "time"), values, {}) for name, values in hours.items()}


def of(found: DaySteps, name: str, day: str) -> np.ndarray:
    return found.steps[name][slice(*found.rows[day])]


def test_every_step_is_a_mean_and_every_hour_is_in_a_month() -> None:
    weights = plan().weights
    assert weights.sum(axis=1) == pytest.approx(1.0, abs=1e-5)
    first, last = plan().rows["year"]
    assert (weights[first:last] > 0).sum() == 8760


def test_steps_are_hours_of_the_districts_own_clock_summer_and_winter() -> None:
    of_day = plan()
    hours = of_day.average(LOCAL.hour.to_numpy())
    for day in DAYS[:-1]:
        assert hours[slice(*of_day.rows[day])] == pytest.approx(np.arange(24), abs=1e-3)
    months = of_day.average(LOCAL.month.to_numpy())
    assert months[slice(*of_day.rows["year"])] == pytest.approx(np.arange(1, 13), abs=1e-3)


def test_a_weekday_is_no_weekend_and_no_holiday() -> None:
    # 6 January 2025, Epiphany, is a Monday and a holiday in Finland; 7 January is an ordinary Tuesday.
    of_day = plan()
    for date, in_weekday in (("2025-01-06", False), ("2025-01-07", True), ("2025-01-11", False)):
        found = of_day.average((LOCAL.strftime("%Y-%m-%d") == date).astype(float))
        assert found[slice(*of_day.rows["winter_weekday"])].any() == in_weekday
        assert found[slice(*of_day.rows["winter_weekend"])].any() != in_weekday


@pytest.mark.parametrize("date", ["2025-02-05", "2025-03-30", "2025-10-26"])
def test_the_peak_day_is_the_local_day_with_most_of_it_also_when_clocks_change(date: str) -> None:
    heat = np.where(date == DATE, 5.0, 1.0)[None]
    days = summary()
    days.take(slice(0, 1), block(heat=heat, power=np.ones((1, 8760))))
    found = days.finish()
    assert found is not None
    assert found.dates["peak_heat"] == date
    assert found.dates["sunniest"] == "2025-06-20"
    assert of(found, "heat", "peak_heat")[:, 0] == pytest.approx(np.full(24, 5.0))


def test_days_are_the_same_whether_buildings_come_at_once_or_a_few_at_a_time() -> None:
    rng = np.random.default_rng(1)
    hours = {name: rng.uniform(0.0, 1.0, (7, 8760)) for name in ("heat", "power")}
    whole, parts = summary(), summary()
    whole.take(slice(0, 7), block(**hours))
    for first, last in ((0, 3), (3, 4), (4, 7)):
        parts.take(slice(first, last), block(**{name: values[first:last] for name, values in hours.items()}))
    at_once = whole.finish()
    # What the first buildings made likely need not hold the peak of all: then the hours come again.
    found = parts.finish()
    if found is None:
        again = summary(parts.peaks)
        again.take(slice(0, 7), block(**hours))
        found = again.finish()
    assert at_once is not None
    assert found is not None
    assert (found.dates, found.rows) == (at_once.dates, at_once.rows)
    for name, steps in at_once.steps.items():
        np.testing.assert_array_equal(found.steps[name], steps)
    assert list(found.rows) == [*TYPICAL_DAYS, *SPECIAL_DAYS, "year"]


def test_a_peak_that_the_first_buildings_did_not_make_likely_asks_for_the_hours_again() -> None:
    late = np.where(DATE == "2025-11-11", 100.0, 0.0)[None]
    first = np.arange(8760.0)[None]
    days = summary()
    days.take(slice(0, 1), block(heat=first * 1e-4, power=first))
    days.take(slice(1, 2), block(heat=late, power=late))
    assert days.finish() is None
    assert days.peaks[0] == "2025-11-11"
    again = summary(days.peaks)
    again.take(slice(0, 1), block(heat=first * 1e-4, power=first))
    again.take(slice(1, 2), block(heat=late, power=late))
    found = again.finish()
    assert found is not None
    assert of(found, "heat", "peak_heat")[:, 1] == pytest.approx(np.full(24, 100.0))


def test_means_keep_the_shape_of_many_buildings() -> None:
    of_day = plan()
    values = np.arange(3)[:, None] * np.ones(8760)
    assert of_day.average(values) == pytest.approx(np.tile([0.0, 1.0, 2.0], (len(TYPICAL_DAYS) * 24 + 84, 1)), abs=1e-3)
