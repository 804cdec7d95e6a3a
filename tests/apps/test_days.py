"""Typical days: local hours, seasons, holidays, clock changes."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from apps.views.days import DAYS, TYPICAL_DAYS, DayPlan, plan_days

TIME = pd.date_range("2024-12-31T22:00", periods=8760, freq="h")
LOCAL = TIME.tz_localize("UTC").tz_convert("Europe/Helsinki")


def plan(**series: np.ndarray) -> DayPlan:
    flat = np.ones(8760)
    given = {"heat_kwh": flat, "electricity_kwh": flat, "sun_w_m2": flat} | series
    return plan_days(TIME, "Europe/Helsinki", "FI", **given)


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
    heat = np.where(LOCAL.strftime("%Y-%m-%d") == date, 5.0, 1.0)
    of_day = plan(heat_kwh=heat)
    assert of_day.dates["peak_heat"] == date
    assert of_day.average(heat)[slice(*of_day.rows["peak_heat"])] == pytest.approx(np.full(24, 5.0))


def test_means_keep_the_shape_of_many_buildings() -> None:
    of_day = plan()
    values = np.arange(3)[:, None] * np.ones(8760)
    assert of_day.average(values) == pytest.approx(np.tile([0.0, 1.0, 2.0], (len(TYPICAL_DAYS) * 24 + 84, 1)), abs=1e-3)
