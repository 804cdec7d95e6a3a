"""The sun over a site against pvlib, and the hours of sunrise and sunset."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pvlib
import pytest

from assets.solar import SolarInputError, site_sun
from tests.assets.solar_cases import HELSINKI, helsinki, weather_year


@pytest.fixture(scope="module")
def weather():
    return helsinki()


@pytest.fixture(scope="module")
def sun(weather):
    return site_sun(weather, **HELSINKI)


def test_position_is_that_of_pvlib_at_its_own_moment(sun, weather):
    expected = pvlib.solarposition.get_solarposition(
        sun.position_time,
        HELSINKI["latitude"],
        HELSINKI["longitude"],
        altitude=HELSINKI["altitude_m"],
        pressure=101_000.0,
        temperature=weather["air_temp_c"].mean(),
    )
    np.testing.assert_allclose(sun.zenith_deg, expected["apparent_zenith"], atol=1e-6)
    np.testing.assert_allclose(sun.azimuth_deg, expected["azimuth"], atol=1e-6)


def test_position_is_mid_hour_except_at_sunrise_and_sunset(sun):
    minutes = (sun.position_time - sun.time).total_seconds().to_numpy() / 60
    odd = minutes != 30
    assert odd.sum() == pytest.approx(730, abs=3)
    assert (minutes > 0).all()
    assert (minutes < 60).all()


@pytest.mark.parametrize("place", [(60.17, 24.94), (39.73, -105.18), (-33.0, 151.0), (1.3, 103.8), (68.5, 27.0)])
def test_the_sunlit_part_ends_where_pvlib_has_the_sun_on_the_horizon(place):
    sun = site_sun(weather_year(*place), *place)
    share = (sun.position_time - sun.time).total_seconds().to_numpy() / 3600
    rising = np.flatnonzero((share > 0.51) & (share < 0.99))
    setting = np.flatnonzero((share > 0.01) & (share < 0.49))
    assert min(len(rising), len(setting)) > 250
    # Its middle is the position, so the sun rises as long before it as the hour ends after it.
    rise = sun.time[rising] + pd.to_timedelta((2 * share[rising] - 1) * 3600, unit="s")
    sets = sun.time[setting] + pd.to_timedelta(2 * share[setting] * 3600, unit="s")
    for moment in (rise, sets):
        elevation = pvlib.solarposition.get_solarposition(moment, *place)["elevation"]
        # Sunrise of the SPA: the upper rim on a refracted horizon. 0.01° is three seconds of time.
        np.testing.assert_allclose(elevation, -0.8333, atol=0.01)


def test_polar_night_has_no_sun_and_polar_day_no_night():
    weather = weather_year(69.9, 27.0)
    sun = site_sun(weather, 69.9, 27.0)
    up = pd.Series(sun.zenith_deg < 90, index=sun.time)
    assert not up["2025-12-10":"2025-12-20"].any()
    assert up["2025-06-10":"2025-07-01"].all()


def test_light_of_the_sunset_hour_is_not_lost(sun):
    middle = sun.time + pd.Timedelta("30min")
    zenith = pvlib.solarposition.get_solarposition(middle, HELSINKI["latitude"], HELSINKI["longitude"])[
        "apparent_zenith"
    ]
    rescued = (zenith.to_numpy() > 90) & (sun.zenith_deg < 90)
    # The sun is up for less than half of the hour at about half of all sunrises and sunsets.
    assert rescued.sum() == pytest.approx(365, abs=60)
    assert sun.lit[rescued].all()


def test_path_lies_within_the_hour_and_has_the_position_in_the_middle(sun):
    assert sun.path_zenith_deg.shape == (8760, 3)
    np.testing.assert_array_equal(sun.path_zenith_deg[:, 1], sun.zenith_deg)
    up = sun.zenith_deg < 89
    whole = up & ((sun.position_time - sun.time) == pd.Timedelta("30min"))
    early = pvlib.solarposition.get_solarposition(
        sun.time[whole] + pd.Timedelta("10min"),
        HELSINKI["latitude"],
        HELSINKI["longitude"],
        pressure=101_000.0,
        temperature=helsinki()["air_temp_c"].mean(),
    )
    np.testing.assert_allclose(sun.path_zenith_deg[whole, 0], early["apparent_zenith"], atol=0.01)
    np.testing.assert_allclose(sun.path_azimuth_deg[whole, 0], early["azimuth"], atol=0.02)
    turn = (sun.path_azimuth_deg[up, 2] - sun.path_azimuth_deg[up, 0]) % 360
    assert ((turn > 0) & (turn < 25)).all()


def test_single_hours_stand_for_themselves(sun):
    picked = helsinki().iloc[[4000, 4005, 4010]]
    few = site_sun(picked, **HELSINKI)
    # The refraction goes by the mean temperature of the table.
    np.testing.assert_allclose(few.zenith_deg, sun.zenith_deg[[4000, 4005, 4010]], atol=0.03)


def test_unusable_weather_is_refused_in_one_message():
    weather = helsinki().drop(columns="dhi_w_m2")
    weather.iloc[7, weather.columns.get_loc("dni_w_m2")] = np.nan
    with pytest.raises(SolarInputError, match=r"dni_w_m2 is negative or missing in 1 rows.*no column dhi_w_m2"):
        site_sun(weather, **HELSINKI)
    with pytest.raises(SolarInputError, match="tz-aware"):
        site_sun(helsinki().tz_localize(None), **HELSINKI)
