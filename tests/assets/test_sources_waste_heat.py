"""Urban waste heat: a year's heat, the local clock, temperatures within the published ranges."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets._errors import InputError
from assets.sources import (
    direct_heat_technology,
    waste_heat_kinds,
    waste_heat_power,
    waste_heat_source,
    waste_heat_temperature,
)

KINDS = list(waste_heat_kinds().index)
HOURS = 8760
INDEX = pd.date_range("2022-12-31T22:00Z", periods=HOURS, freq="h")
ZONE = "Europe/Helsinki"
AIR = 6 - 12 * np.cos(2 * np.pi * np.arange(HOURS) / HOURS)


def power(*kinds: str, size: float = 1.0, air: np.ndarray = AIR) -> np.ndarray:
    return waste_heat_power(kinds, size, index=INDEX, timezone=ZONE, air_temp_c=air)


@settings(max_examples=30)
@given(st.lists(st.sampled_from(KINDS), min_size=1, max_size=5), st.floats(0.0, 1e7), st.integers(0, 2**32 - 1))
def test_a_year_gives_the_catalogue_s_heat(kinds: list[str], size: float, seed: int) -> None:
    """Whatever the weather: the yearly figure is spread over the hours, to 1e-9."""
    air = np.random.default_rng(seed).uniform(-30, 35, HOURS)
    found = power(*kinds, size=size, air=air)
    wanted = waste_heat_kinds().loc[kinds, "heat_kwh_unit_a"].to_numpy() * size
    np.testing.assert_allclose(found.sum(axis=1), wanted, rtol=1e-9)
    assert (found >= 0).all()


def test_data_centre_gives_two_thirds_of_its_electricity_all_the_time() -> None:
    """Persson and Averfalk 2018: 65 % at 25 to 35 °C; no hour is a fifth off the mean."""
    found = power("data_centre", size=8_760_000.0)[0]
    assert found.mean() == pytest.approx(650.0)
    assert np.abs(found / found.mean() - 1).max() < 0.2
    temps = waste_heat_temperature("data_centre", AIR)
    assert ((temps >= 25) & (temps <= 35)).all()


def test_food_stores_of_finland_give_what_the_energy_authority_found() -> None:
    """800 GWh a year over the sales area of Finland's food stores, most of it in summer (Energy Authority, 2021)."""
    found = power("supermarket", size=2.2e6)[0]
    assert found.sum() == pytest.approx(800e6, rel=0.1)
    local = INDEX.tz_convert(ZONE)
    assert found[local.month == 7].mean() > found[local.month == 1].mean()


@pytest.mark.parametrize("day", ["2023-03-26", "2023-10-29"])
def test_the_days_of_23_and_25_hours_follow_the_clock(day: str) -> None:
    """Industry starts at 6 by the clock the Monday after the change, as on the Monday before."""
    found = pd.Series(power("industry")[0], index=INDEX.tz_convert(ZONE))
    change = pd.Timestamp(day, tz=ZONE)
    for monday in (change + pd.DateOffset(days=1), change - pd.DateOffset(days=6)):
        hours = found[monday : monday + pd.DateOffset(hours=23)]
        rising = hours.index[np.argmax(np.diff(hours.to_numpy())) + 1]
        assert rising.hour == 6
    assert len(found[day]) == (23 if day.endswith("26") else 25)


def test_ice_rinks_rest_in_summer_and_metros_breathe() -> None:
    local = INDEX.tz_convert(ZONE)
    rink = power("ice_rink")[0]
    assert rink[local.month == 6].sum() == 0.0
    temps = waste_heat_temperature("metro", np.array([-30.0, 0.0, 20.0, 60.0]))
    np.testing.assert_allclose(temps, [5.0, 14.0, 21.0, 35.0])


def test_a_part_of_a_year_gives_its_part() -> None:
    week = waste_heat_power(["data_centre"], [8760.0], index=INDEX[:168], timezone=ZONE, air_temp_c=np.full(168, 5.0))
    assert week.sum() == pytest.approx(0.65 * 168)


def test_industry_heats_a_low_temperature_network_as_it_is() -> None:
    source = waste_heat_source("industry", 1e7, index=INDEX, timezone=ZONE, air_temp_c=AIR)
    technology = direct_heat_technology(source, np.full(HOURS, 55.0), np.full(HOURS, 30.0))
    # 60 °C down to 33 of the 30 that the limit allows.
    np.testing.assert_allclose(technology.capacity_kw, source.available_kw * 27 / 30)
    hot = direct_heat_technology(source, np.full(HOURS, 70.0), np.full(HOURS, 40.0))
    assert hot.capacity_kw.sum() == 0.0
    assert (source.temp_c >= source.return_limit_c).all()


def test_bad_inputs_are_refused_with_all_findings() -> None:
    with pytest.raises(InputError) as caught:
        waste_heat_power(["bakery"], [-1.0], index=INDEX.tz_localize(None), timezone=ZONE, air_temp_c=np.zeros(5))
    assert len(caught.value.findings) == 4
