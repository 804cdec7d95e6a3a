"""Irradiance of planes against pvlib, term by term, and what must hold for any plane."""

from __future__ import annotations

import numpy as np
import pvlib
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.solar import SolarInputError, irradiance_by_owner, plane_irradiance, plane_irradiation, site_sun
from tests.assets.solar_cases import HELSINKI, helsinki

WEATHER = helsinki()
SUN = site_sun(WEATHER, **HELSINKI)


def pvlib_irradiance(sun, tilt, azimuth, model, albedo=0.2):
    """pvlib's own sum over the hours that have the sun up; twilight has no direction and is the dome's."""
    total = pvlib.irradiance.get_total_irradiance(
        tilt,
        azimuth,
        sun.zenith_deg,
        sun.azimuth_deg,
        sun.dni_w_m2,
        sun.ghi_w_m2,
        sun.dhi_w_m2,
        dni_extra=sun.dni_extra_w_m2,
        airmass=sun.airmass,
        albedo=albedo,
        model=model,
    )
    return np.nan_to_num(np.asarray(total["poa_global"], dtype=float))


@pytest.mark.parametrize("model", ["perez", "haydavies", "isotropic"])
@settings(max_examples=25, deadline=None)
@given(tilt=st.floats(0, 120), azimuth=st.floats(-180, 360), albedo=st.floats(0, 0.8))
def test_every_hour_is_that_of_pvlib(model, tilt, azimuth, albedo):
    got = plane_irradiance(SUN, [tilt], [azimuth], albedo=albedo, model=model)[0]
    expected = pvlib_irradiance(SUN, tilt, azimuth, model, albedo)
    up = SUN.zenith_deg < 90
    # float32: 1e-3 W/m² and 1e-5.
    np.testing.assert_allclose(got[up], expected[up], atol=1e-3, rtol=1e-5)
    assert got.dtype == np.float32


def test_twilight_is_even_light_from_the_dome():
    weather = WEATHER.copy()
    dusk = np.flatnonzero((SUN.zenith_deg > 92) & (SUN.zenith_deg < 96))
    weather.iloc[dusk, weather.columns.get_indexer(["ghi_w_m2", "dhi_w_m2"])] = 4.0
    sun = site_sun(weather, **HELSINKI)
    got = plane_irradiance(sun, [60.0], [180.0], albedo=0.25)[0, dusk]
    np.testing.assert_allclose(got, 4.0 * 0.75 + 0.25 * 4.0 * 0.25, rtol=1e-6)


def test_horizontal_plane_gets_the_global_irradiance():
    # GHI = DNI cos z + DHI in this weather, as the isotropic model adds it up again on a level plane.
    got = plane_irradiance(SUN, [0.0], [180.0], model="isotropic")[0]
    closed = SUN.dni_w_m2 * np.maximum(np.cos(np.radians(SUN.zenith_deg)), 0) + SUN.dhi_w_m2
    np.testing.assert_allclose(got, closed, atol=1e-3)


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_a_horizon_only_takes_light_away(data):
    tilt, azimuth = data.draw(st.floats(0, 90)), data.draw(st.floats(0, 360))
    horizon = np.array([data.draw(st.lists(st.floats(0, 80), min_size=12, max_size=12))])
    free = plane_irradiation(SUN, [tilt], [azimuth])[0]
    got = plane_irradiation(SUN, [tilt], [azimuth], horizon)[0]
    higher = plane_irradiation(SUN, [tilt], [azimuth], horizon + 5)[0]
    # Perez' horizon band may be negative: what hides it may give back a little of it.
    assert got <= free * 1.002
    assert higher <= got * 1.01


def test_a_flat_horizon_changes_nothing():
    tilt, azimuth = [0, 30, 90, 90], [180, 200, 0, 270]
    free = plane_irradiance(SUN, tilt, azimuth)
    flat = plane_irradiance(SUN, tilt, azimuth, np.zeros((4, 36)))
    np.testing.assert_allclose(flat, free, atol=1e-3, rtol=1e-5)


def test_behind_a_high_wall_the_beam_is_gone_and_the_dome_is_cut():
    horizon = np.full((1, 36), 75.0)
    got = plane_irradiance(SUN, [0.0], [180.0], horizon, model="isotropic", albedo=0.0)[0]
    # At 60° N the sun stays below 75°: left is the share of the dome above it, cos²75°.
    np.testing.assert_allclose(got, SUN.dhi_w_m2 * np.cos(np.radians(75)) ** 2, atol=1e-3, rtol=1e-4)


def test_beam_counts_for_the_part_of_the_hour_that_the_sun_is_seen():
    weather = WEATHER.copy()
    weather["dhi_w_m2"] = 0.0
    sun = site_sun(weather, **HELSINKI, path_steps=3)
    horizon = np.full((1, 72), 20.0)
    free = plane_irradiance(sun, [0.0], [180.0])[0]
    got = plane_irradiance(sun, [0.0], [180.0], horizon)[0]
    seen = (90 - sun.path_zenith_deg > 20).mean(axis=1)
    np.testing.assert_allclose(got, free * seen, atol=1e-3, rtol=1e-5)
    assert set(np.round(seen, 3)) == {0.0, 0.333, 0.667, 1.0}


def test_sums_and_owners_agree_with_the_hours():
    rng = np.random.default_rng(3)
    tilt, azimuth = rng.uniform(0, 90, 50), rng.uniform(0, 360, 50)
    horizon = rng.uniform(0, 40, (50, 36))
    hours = plane_irradiance(SUN, tilt, azimuth, horizon).astype(float)
    np.testing.assert_allclose(plane_irradiation(SUN, tilt, azimuth, horizon), hours.sum(axis=1) / 1000, rtol=1e-6)
    owner, area = rng.integers(0, 7, 50), rng.uniform(1, 100, 50)
    owner[owner == 4] = 5  # one owner has no plane
    got = irradiance_by_owner(SUN, tilt, azimuth, area, owner, n_owner=7, horizon=horizon)
    expected = np.stack([(hours * area[:, None])[owner == o].sum(axis=0) for o in range(7)])
    np.testing.assert_allclose(got, expected, rtol=1e-5, atol=1e-2)
    assert (got[4] == 0).all()


def test_result_does_not_depend_on_the_number_of_threads(monkeypatch):
    rng = np.random.default_rng(4)
    tilt, azimuth = rng.uniform(0, 90, 200), rng.uniform(0, 360, 200)
    many = plane_irradiation(SUN, tilt, azimuth)
    monkeypatch.setattr("numba.config.NUMBA_NUM_THREADS", 1)
    one = plane_irradiation(SUN, tilt, azimuth)
    assert many.tobytes() == one.tobytes()


def test_wrong_inputs_are_named():
    with pytest.raises(SolarInputError, match=r"Planes 1 have a tilt outside"):
        plane_irradiance(SUN, [0.0, np.nan], [180.0, 180.0])
    with pytest.raises(SolarInputError, match=r"horizon has shape \(2, 36\) for 1 planes"):
        plane_irradiance(SUN, [0.0], [180.0], np.zeros((2, 36)))
    with pytest.raises(SolarInputError, match="take one of perez"):
        plane_irradiance(SUN, [0.0], [180.0], model="reindl")
    with pytest.raises(SolarInputError, match="owner runs from 0 to 3 for 2 owners"):
        irradiance_by_owner(SUN, [0.0, 0.0], [180.0, 180.0], 1.0, [0, 3], n_owner=2)
