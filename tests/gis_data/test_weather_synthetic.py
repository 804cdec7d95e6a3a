"""The generator: keeps the normals, hangs together, is reproducible, and works anywhere."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gis_data.weather import (
    HELSINKI_NORMALS,
    MonthlyNormals,
    NormalsError,
    Weather,
    check_weather,
    monthly_normals_of,
    synthetic_weather,
    typical_index,
)
from gis_data.weather.humidity import dew_point, relative_humidity
from gis_data.weather.series import DAYS_IN_MONTH, MONTH_OF_DAY, mean_keeping_curve, month_means, red_noise
from gis_data.weather.stochastic_sun import monthly_irradiation
from gis_data.weather.sun import sun_path


def helsinki(seed: int = 0, normals: MonthlyNormals = HELSINKI_NORMALS) -> Weather:
    return synthetic_weather(normals, 60.17, 24.94, altitude_m=4.0, utc_offset_h=2.0, seed=seed)


@pytest.fixture(scope="module")
def year() -> Weather:
    return helsinki()


def days(weather: Weather, column: str) -> np.ndarray:
    return weather.table[column].to_numpy().reshape(365, 24)


def test_monthly_means_are_the_normals(year: Weather) -> None:
    got, wanted = monthly_normals_of(year), HELSINKI_NORMALS
    np.testing.assert_allclose(got.temp_mean_c, wanted.temp_mean_c, atol=0.005)
    for name, tolerance in (("ghi_kwh_m2", 0.002), ("relative_humidity_pct", 0.002), ("wind_speed_m_s", 0.002)):
        np.testing.assert_allclose(getattr(got, name), getattr(wanted, name), rtol=tolerance, err_msg=name)


def test_same_seed_same_bytes_other_seed_other_year(year: Weather) -> None:
    assert helsinki().table.to_numpy().tobytes() == year.table.to_numpy().tobytes()
    assert not np.array_equal(helsinki(seed=1).table.to_numpy(), year.table.to_numpy())


def test_it_says_that_it_is_synthetic(year: Weather) -> None:
    assert year.kind == "synthetic"
    assert "seed 0" in year.source
    assert "Jokinen" in year.source


def test_beam_and_diffuse_close_in_every_hour(year: Weather) -> None:
    sun = sun_path(pd.DatetimeIndex(year.table.index), 60.17, 24.94, 4.0)
    table = year.table
    rest = table["ghi_w_m2"] - table["dni_w_m2"] * sun.cos_zenith - table["dhi_w_m2"]
    assert rest.abs().max() < 0.01
    assert (table.loc[sun.cos_zenith == 0.0, ["ghi_w_m2", "dni_w_m2", "dhi_w_m2"]] == 0.0).all(axis=None)
    assert (table["dni_w_m2"] < sun.extraterrestrial_w_m2).all()


def test_clear_winter_days_are_cold_and_clear_summer_days_warm() -> None:
    """As measured years of the temperate zone do: correlation of daily sun and temperature, over eight seeds."""
    winter, summer = [], []
    for seed in range(8):
        weather = helsinki(seed)
        sun, temp = days(weather, "ghi_w_m2").sum(axis=1), days(weather, "air_temp_c").mean(axis=1)
        for months, out in (((11, 0), winter), ((5, 6), summer)):
            out += [np.corrcoef(sun[m == MONTH_OF_DAY], temp[m == MONTH_OF_DAY])[0, 1] for m in months]
    assert np.mean(winter) < -0.1
    assert np.mean(summer) > 0.2


def test_afternoon_is_warmest_and_clear_days_swing_more(year: Weather) -> None:
    june = np.isin(MONTH_OF_DAY, (4, 5, 6))
    temp, sun = days(year, "air_temp_c")[june], days(year, "ghi_w_m2")[june].sum(axis=1)
    assert 13 <= int(temp.mean(axis=0).argmax()) <= 16  # local standard time; solar noon is at 12:20
    assert 2 <= int(temp.mean(axis=0).argmin()) <= 6
    swing = temp.max(axis=1) - temp.min(axis=1)
    assert swing[sun > np.quantile(sun, 0.7)].mean() > 1.2 * swing[sun < np.quantile(sun, 0.3)].mean()


def test_nights_are_moister_than_afternoons_and_nothing_exceeds_saturation(year: Weather) -> None:
    humidity = days(year, "relative_humidity_pct")
    july = MONTH_OF_DAY == 6
    assert humidity[july][:, 4].mean() > humidity[july][:, 15].mean() + 15.0
    assert humidity.max() <= 100.0
    assert humidity.min() > 5.0


def test_wind_is_weibull_like_and_remembers(year: Weather) -> None:
    wind = year.table["wind_speed_m_s"].to_numpy()
    assert wind.min() >= 0.0
    # Rayleigh's coefficient of variation is 0.52 (Justus et al. 1978: k about 1.9 at 3.9 m/s).
    assert wind.std() / wind.mean() == pytest.approx(0.55, abs=0.08)
    assert 0.8 < np.corrcoef(wind[:-1], wind[1:])[0, 1] < 0.97


def test_daily_extremes_of_the_normals_are_met_when_given() -> None:
    spread = np.array([5.5, 6.0, 7.0, 8.5, 10.0, 9.5, 9.5, 9.0, 8.0, 6.0, 4.5, 5.0])
    mean = HELSINKI_NORMALS.temp_mean_c
    weather = helsinki(normals=replace(HELSINKI_NORMALS, temp_max_c=mean + spread / 2, temp_min_c=mean - spread / 2))
    temp = days(weather, "air_temp_c")
    swing = month_means(temp.max(axis=1) - temp.min(axis=1))
    np.testing.assert_allclose(swing[2:10], spread[2:10], rtol=0.05)
    np.testing.assert_allclose(monthly_normals_of(weather).temp_mean_c, mean, atol=0.005)


def test_sunshine_hours_do_in_place_of_irradiation() -> None:
    """Sunshine of Helsinki-Vantaa (1780 h) by Ångström–Prescott: within a tenth of FMI's 975 kWh/m² a year."""
    sunshine = np.array([38, 74, 131, 196, 275, 266, 291, 219, 143, 84, 37, 26], dtype=float)
    normals = replace(HELSINKI_NORMALS, ghi_kwh_m2=None, sunshine_h=sunshine)
    weather = helsinki(normals=normals)
    assert weather.table["ghi_w_m2"].sum() / 1000.0 == pytest.approx(975.0, rel=0.10)
    assert "sunshine" in weather.source


def test_angstrom_prescott_by_hand() -> None:
    """FAO 56, example 10: Rio de Janeiro in May, 220 h of sunshine: 14.5 MJ/m² a day."""
    weather_index = pd.date_range("2025-01-01T03:00Z", periods=8760, freq="h")
    sun = sun_path(weather_index, -22.90, -43.2)
    normals = replace(HELSINKI_NORMALS, ghi_kwh_m2=None, sunshine_h=np.full(12, 220.0))
    may_mj_per_day = monthly_irradiation(normals, sun)[4] * 3.6 / 31
    assert may_mj_per_day == pytest.approx(14.5, rel=0.02)


def test_more_sun_than_a_clear_sky_gives_is_refused() -> None:
    assert HELSINKI_NORMALS.ghi_kwh_m2 is not None
    mixed_up = HELSINKI_NORMALS.ghi_kwh_m2.copy()
    mixed_up[11] = 60.0
    with pytest.raises(NormalsError, match=r"60\.0 kWh/m² in month 12 is more than a cloudless month"):
        helsinki(normals=replace(HELSINKI_NORMALS, ghi_kwh_m2=mixed_up))


def test_humidity_and_wind_may_be_unknown() -> None:
    weather = helsinki(normals=replace(HELSINKI_NORMALS, relative_humidity_pct=None, wind_speed_m_s=None))
    assert weather.table["wind_speed_m_s"].mean() == pytest.approx(2.0, rel=0.01)
    assert 55.0 < weather.table["relative_humidity_pct"].mean() < 90.0


@settings(max_examples=10, deadline=None)
@given(
    place=st.tuples(st.floats(-66.0, 69.0), st.floats(-179.0, 179.0), st.floats(0.0, 3000.0)),
    clouds=st.floats(0.25, 0.85),
    climate=st.tuples(st.floats(-5.0, 28.0), st.floats(0.0, 15.0)),
    seed=st.integers(0, 1000),
)
def test_any_place_gives_sound_weather_with_its_monthly_means(
    place: tuple[float, float, float], clouds: float, climate: tuple[float, float], seed: int
) -> None:
    latitude, longitude, altitude_m = place
    offset = float(round(longitude / 15.0))
    index = typical_index(offset)
    # Haurwitz's clear sky, not the generator's own.
    clear = 1098.0 * (cosine := sun_path(index, *place).cos_zenith) * np.exp(-0.057 / np.maximum(cosine, 1e-3))
    month = (index + pd.Timedelta(hours=offset)).month - 1
    ghi = clouds * np.bincount(month, weights=clear, minlength=12) / 1000.0
    mean, swing = climate
    temp = mean - np.sign(latitude) * swing * np.cos(2 * np.pi * np.arange(12) / 12.0)
    normals = MonthlyNormals("somewhere", "any", "made up", *place, temp_mean_c=temp, ghi_kwh_m2=ghi)
    weather = synthetic_weather(normals, latitude, longitude, altitude_m=altitude_m, utc_offset_h=offset, seed=seed)
    assert check_weather(weather) == []
    got = monthly_normals_of(weather)
    assert got.ghi_kwh_m2 is not None
    np.testing.assert_allclose(got.temp_mean_c, temp, atol=0.01)
    np.testing.assert_allclose(got.ghi_kwh_m2, ghi, rtol=0.03, atol=0.6)


@given(
    means=st.lists(st.floats(-40.0, 40.0), min_size=3, max_size=40),
    length=st.integers(1, 31),
)
def test_curve_keeps_the_mean_of_every_interval(means: list[float], length: int) -> None:
    curve = mean_keeping_curve(np.array(means), length)
    np.testing.assert_allclose(curve.reshape(len(means), length).mean(axis=1), means, atol=1e-9)


def test_month_curve_keeps_month_means() -> None:
    means = HELSINKI_NORMALS.temp_mean_c
    np.testing.assert_allclose(month_means(mean_keeping_curve(means, DAYS_IN_MONTH)), means, atol=1e-10)


def test_red_noise_has_the_memory_asked_for() -> None:
    noise = red_noise(np.random.default_rng(5), 200_000, 0.74)
    assert noise.std() == pytest.approx(1.0, abs=0.02)
    assert np.corrcoef(noise[:-1], noise[1:])[0, 1] == pytest.approx(0.74, abs=0.01)


@given(st.floats(-30.0, 40.0), st.floats(5.0, 100.0))
def test_dew_point_and_humidity_are_inverse(air: float, humidity: float) -> None:
    dew = dew_point(np.array([air]), np.array([humidity]))
    assert relative_humidity(np.array([air]), dew)[0] == pytest.approx(humidity, rel=1e-6)


def test_dew_point_by_the_table() -> None:
    """WMO-No. 8: air of 20 °C at 50 % has its dew point at 9.3 °C."""
    assert dew_point(np.array([20.0]), np.array([50.0]))[0] == pytest.approx(9.3, abs=0.1)


def test_a_year_takes_less_than_a_second() -> None:
    begin = time.process_time()
    helsinki(seed=7)
    assert time.process_time() - begin < 1.0
