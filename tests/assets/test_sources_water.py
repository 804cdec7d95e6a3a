"""Sea, lakes and wastewater against published figures of Helsinki and Finland, and their balances."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pvlib
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets._errors import InputError
from assets.sources import (
    Sewers,
    WaterYear,
    wastewater_plants,
    wastewater_source,
    wastewater_year,
    water_bodies,
    water_source,
    water_year,
)
from assets.sources.open_water import densest_c, freezing_point_c

HOURS = 8760
INDEX = pd.date_range("2022-12-31T22:00Z", periods=HOURS, freq="h")
MONTH = INDEX.tz_convert("Europe/Helsinki").month


@pytest.fixture(scope="module")
def helsinki(shared_data: Path) -> pd.DataFrame:
    weather, _ = pvlib.iotools.read_epw(shared_data / "weather" / "FIN_Helsinki.029740_IWEC.epw")
    return weather.reset_index(drop=True)


@pytest.fixture(scope="module")
def gulf(helsinki: pd.DataFrame) -> WaterYear:
    return water_year("gulf_of_finland_open", helsinki["temp_air"], helsinki["ghi"])


def monthly(values: np.ndarray) -> np.ndarray:
    return np.asarray(pd.Series(values).groupby(np.asarray(MONTH)).mean())


def test_surface_of_the_gulf_has_the_months_of_helsinki(gulf: WaterYear) -> None:
    """Published for Helsinki: 2, 1, 1, 2, 5, 9 °C from January to June, 1 at the least and 17 at most
    (climatestotravel.com). Within 3 K a month and 1 K over the half year; this typical year is colder than lately.
    """
    surface = monthly(gulf.at(0.0))
    half = surface[:6] - np.array([2.0, 1.0, 1.0, 2.0, 5.0, 9.0])
    assert np.abs(half).max() < 3.1
    assert abs(half.mean()) < 1.0
    assert surface.max() == pytest.approx(17.0, abs=1.5)
    assert np.argmax(surface) == 7


def test_heat_of_the_gulf_s_surface_is_that_of_tvarminne(helsinki: pd.DataFrame) -> None:
    """Some 180 W/m² gained in June and 150 W/m² lost in November and December (Merkouriadi and Leppäranta, Annals of
    Glaciology 56, 2015), within 50 W/m².
    """
    year = water_year("gulf_of_finland_coast", helsinki["temp_air"], helsinki["ghi"])
    flux = monthly(year.exchanged_w_m2)
    assert flux[5] == pytest.approx(180.0, abs=50.0)
    assert flux[10:].mean() == pytest.approx(-150.0, abs=50.0)


def test_deep_water_of_the_gulf_stays_above_two_degrees(gulf: WaterYear) -> None:
    """Helen takes its water from the deep open sea, where it has "more than two degrees" even in winter (2020)."""
    assert gulf.at(50.0).min() > 2.0
    assert gulf.at(0.0).min() < 0.0
    assert np.ptp(gulf.at(50.0)) < np.ptp(gulf.at(20.0)) < np.ptp(gulf.at(0.0))


def test_ice_is_that_of_finland(helsinki: pd.DataFrame) -> None:
    """Southern lakes: 4 to 5.5 months, 40 to 60 cm (Finnish Environment Institute, from memory); sea off Helsinki some
    100 days (Finnish Meteorological Institute, from memory).
    """
    lake = water_year("lake_deep", helsinki["temp_air"], helsinki["ghi"])
    coast = water_year("gulf_of_finland_coast", helsinki["temp_air"], helsinki["ghi"])
    assert 120 < (lake.ice_m > 0).mean() * 365 < 165
    assert 0.35 < lake.ice_m.max() < 0.65
    assert 70 < (coast.ice_m > 0).mean() * 365 < 130
    under_ice = lake.at(20.0)[lake.ice_m > 0]
    assert under_ice.min() > 3.0
    assert under_ice.max() < 4.5


@settings(max_examples=20)
@given(st.sampled_from(list(water_bodies().index)), st.integers(0, 2**32 - 1), st.floats(1.0, 60.0))
def test_water_and_ice_conserve_heat(body: str, seed: int, column: float) -> None:
    """What the surface takes is what water and ice hold more afterwards, to 1e-6 of what passes; none is too cold."""
    rng = np.random.default_rng(seed)
    air, sun = rng.uniform(-40, 35, 500), rng.uniform(0, 900, 500) * rng.integers(0, 2, 500)
    year = water_year(body, air, sun, column_m=column, spin_up_years=1)
    taken = year.exchanged_w_m2 * 3600
    assert abs(year.end_j_m2 - year.start_j_m2 - taken.sum()) <= 1e-6 * np.abs(taken).sum()
    assert year.temp_c.min() >= year.freezing_c - 1e-5
    assert (year.ice_m >= 0).all()


def test_brackish_water_by_its_salinity() -> None:
    """Leppäranta and Myrberg 2009: 6 psu freezes at -0.3 °C and is densest at 2.7 °C."""
    assert freezing_point_c(6) == pytest.approx(-0.32, abs=0.02)
    assert densest_c(6) == pytest.approx(2.7, abs=0.05)
    assert densest_c(0) == pytest.approx(3.98)


def test_freezing_water_gives_no_heat(gulf: WaterYear) -> None:
    surface = water_source(gulf, intake_depth_m=0.5, mass_flow_kg_s=1000.0)
    deep = water_source(gulf, intake_depth_m=50.0, mass_flow_kg_s=1000.0)
    cold = surface.temp_c <= surface.return_limit_c
    assert cold.any()
    np.testing.assert_array_equal(surface.available_kw[cold], 0.0)
    assert (deep.available_kw > 0).all()
    # 1 t/s by 3 K at most.
    assert max(surface.available_kw.max(), deep.available_kw.max()) <= 1000 * 4.19 * 3 + 1e-6
    warm = deep.temp_c - deep.available_kw / (1000 * 4.19)
    assert warm.min() >= deep.return_limit_c - 1e-9


def test_helsinki_s_wastewater_flows_and_is_as_warm_as_published(helsinki: pd.DataFrame) -> None:
    """Viikinmäki: 270 000 m³ a day of 800 000 residents (HSY), within 3 %; 10 to 18 °C as at Suomenoja, within 2 K."""
    row = wastewater_plants().loc["viikinmaki"]
    year = wastewater_year(INDEX, "Europe/Helsinki", helsinki["temp_air"], row["inhabitants"])
    assert year.flow_kg_s.mean() * 86.4 == pytest.approx(row["flow_m3_d"], rel=0.03)
    months = monthly(year.temp_c)
    assert months.min() == pytest.approx(row["coldest_c"], abs=2.0)
    assert months.max() == pytest.approx(row["warmest_c"], abs=2.0)


@pytest.mark.parametrize("plant", ["viikinmaki", "suomenoja"])
def test_heat_pumps_that_stand_at_the_plants_find_their_heat(helsinki: pd.DataFrame, plant: str) -> None:
    """Heat pumps of Katri Vala (160 MW) and Suomenoja (40 MW) draw two thirds of their heat (COP of 3) from it.

    That is between a quarter and all of what flows down to 3 °C in the mean.
    """
    row = wastewater_plants().loc[plant]
    year = wastewater_year(INDEX, "Europe/Helsinki", helsinki["temp_air"], row["inhabitants"])
    source = wastewater_source(year, return_c=row["return_c"])
    assert 0.25 < row["heat_pump_kw"] * 2 / 3 / source.available_kw.mean() < 1.0
    if np.isfinite(row["heat_gwh_a"]):
        assert row["heat_gwh_a"] * 1e6 * 2 / 3 < source.available_kw.sum()


def test_the_day_of_wastewater_follows_the_local_clock() -> None:
    """The least of a summer and of a winter day falls in the same local hour, two hours and one before UTC's."""
    air = 5 - 15 * np.cos(2 * np.pi * np.arange(HOURS) / HOURS)
    year = wastewater_year(INDEX, "Europe/Helsinki", air, 1000.0, Sewers(paved_m2=0.0))
    local = INDEX.tz_convert("Europe/Helsinki")
    hourly = pd.Series(year.flow_kg_s, index=local)
    weekdays = hourly[local.dayofweek < 5]
    for month in (2, 7):
        day = weekdays[weekdays.index.month == month]
        assert day.groupby(day.index.hour).mean().idxmin() in {4, 5}


@settings(max_examples=25)
@given(st.integers(0, 2**32 - 1), st.floats(0.0, 1e6), st.floats(0.0, 1.0), st.floats(-2.0, 12.0))
def test_wastewater_is_never_warmer_than_what_flows_into_it(
    seed: int, inhabitants: float, kept: float, limit: float
) -> None:
    rng = np.random.default_rng(seed)
    air = np.clip(5 - 12 * np.cos(2 * np.pi * np.arange(HOURS) / HOURS) + rng.normal(0, 6, HOURS), -50, 40)
    year = wastewater_year(INDEX, "Europe/Helsinki", air, inhabitants, Sewers(kept_share=kept))
    assert (year.temp_c <= 25.0).all()
    source = wastewater_source(year, return_c=limit)
    assert (source.available_kw >= 0).all()
    cooled = year.temp_c - source.available_kw / np.maximum(year.flow_kg_s * 4.19, 1e-300)
    assert (cooled[year.flow_kg_s > 0] >= np.minimum(limit, year.temp_c[year.flow_kg_s > 0]) - 1e-6).all()


def test_bad_inputs_are_refused_with_all_findings() -> None:
    with pytest.raises(InputError) as caught:
        water_year("bathtub", [1.0, 2.0], [-5.0, 0.0], column_m=0.0)
    assert len(caught.value.findings) == 3
    with pytest.raises(InputError) as caught:
        wastewater_year(INDEX.tz_localize(None), "Europe/Helsinki", [1.0], -5.0, Sewers(kept_share=2.0))
    assert len(caught.value.findings) == 4
