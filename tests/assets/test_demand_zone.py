"""What must hold for every zone: energy is kept, and a zone minds its own business."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets._errors import InputError
from assets.demand.zone import Zones, recovery_limit, simulate_zones
from tests.assets.clock import clock

HOURS = 240


def zones_from(seed: int, n: int = 3) -> Zones:
    """Zones drawn over the range of real buildings, from a shed to a hospital."""
    draw = np.random.default_rng(seed)
    floor = draw.uniform(20.0, 5000.0, n)

    def per_m2(low: float, high: float) -> np.ndarray:
        return draw.uniform(low, high, n) * floor

    return Zones(
        h_tr_w_w_k=per_m2(0.0, 1.0),
        h_tr_em_w_k=per_m2(0.05, 2.0),
        h_ground_w_k=per_m2(0.0, 0.5),
        h_tr_ms_w_k=9.1 * 2.5 * floor,
        h_tr_is_w_k=3.45 * 4.5 * floor,
        c_m_j_k=per_m2(8e4, 3.7e5),
        a_m_m2=2.5 * floor,
        a_t_m2=4.5 * floor,
        h_ve_on_w_k=per_m2(0.0, 3.0),
        h_ve_off_w_k=per_m2(0.0, 0.3),
        heat_recovery=draw.uniform(0.0, 0.8, n),
        h_infiltration_w_k=per_m2(0.0, 0.4),
        h_airing_w_k=np.zeros(n),
        heating_setpoint_c=draw.uniform(16.0, 23.0, n),
        heating_setback_k=draw.uniform(0.0, 4.0, n),
        cooling_setpoint_c=draw.uniform(24.0, 27.0, n),
        airing_setpoint_c=np.full(n, 24.0),
        heating_max_kw=np.full(n, np.inf),
        cooling_max_kw=np.where(draw.random(n) < 0.5, np.inf, 0.0),
        sky_loss_w=per_m2(0.0, 2.0),
        shading_factor=draw.uniform(0.2, 1.0, n),
        window_aperture_m2=draw.uniform(0.0, 0.05, (n, 9)) * floor[:, None],
        opaque_aperture_m2=draw.uniform(0.0, 0.01, (n, 9)) * floor[:, None],
        plane_of=draw.integers(-1, 9, (n, 9)).astype(np.int32),
        operating_of=draw.integers(0, 2, n).astype(np.int32),
    )


def surroundings(seed: int, n: int) -> dict[str, np.ndarray]:
    """Ten days of weather, light, gains and hours of use."""
    draw = np.random.default_rng(seed + 1)
    hour = np.arange(HOURS)
    sun = np.maximum(0.0, -np.cos(2 * np.pi * hour / 24))
    return {
        "air_temp_c": draw.uniform(-20, 25) - 5 * np.cos(2 * np.pi * hour / 24) + draw.normal(0, 1, HOURS),
        "ground_temp_c": np.full(HOURS, 8.0),
        "planes_w_m2": (draw.uniform(0, 800, (9, 1)) * sun).astype(np.float32),
        "internal_gains_w": draw.uniform(0, 20000, (n, HOURS)).astype(np.float32),
        "operating": np.array([np.ones(HOURS), (hour % 24 > 7) & (hour % 24 < 18)], dtype=np.float32),
    }


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_every_hour_closes_its_energy_balance(seed: int) -> None:
    zones, around = zones_from(seed), surroundings(seed, 3)
    got = simulate_zones(zones, clock(around["air_temp_c"]), **around, nodes=True)
    outdoor, ground = around["air_temp_c"], around["ground_temp_c"]
    light = np.where(zones.plane_of[..., None] >= 0, around["planes_w_m2"][zones.plane_of], 0.0).astype(float)
    let_in = np.where(light > 300.0, zones.shading_factor[:, None, None], 1.0)
    solar = (light * (zones.window_aperture_m2[..., None] * let_in + zones.opaque_aperture_m2[..., None])).sum(axis=1)

    mass_before = np.column_stack([got.initial_mass_temp_c, got.mass_temp_c[:, :-1]])
    mass = (mass_before + got.mass_temp_c) / 2
    on = around["operating"][zones.operating_of]
    flow = zones.h_ve_off_w_k[:, None] + (zones.h_ve_on_w_k - zones.h_ve_off_w_k)[:, None] * on
    recovered = np.minimum(zones.heat_recovery[:, None], recovery_limit(outdoor))
    h_ve = zones.h_infiltration_w_k[:, None] + flow * (1 - recovered)
    # The standard lets the sun's share h_tr,w / (9.1 a_t) go straight out through the windows (C.3).
    inside = 0.5 * around["internal_gains_w"].astype(float)
    radiant = inside + solar - zones.sky_loss_w[:, None]
    straight_out = (zones.h_tr_w_w_k / (9.1 * zones.a_t_m2))[:, None] * radiant
    gains = inside + radiant - straight_out + 1000 * (got.space_heat_kw.astype(float) - got.cooling_kw)
    losses = (
        h_ve * (got.indoor_temp_c.astype(float) - outdoor)
        + zones.h_tr_w_w_k[:, None] * (got.surface_temp_c - outdoor)
        + zones.h_tr_em_w_k[:, None] * (mass - outdoor)
        + zones.h_ground_w_k[:, None] * (mass - ground)
    )
    stored = zones.c_m_j_k[:, None] / 3600 * (got.mass_temp_c - mass_before)
    scale = np.abs(gains).max() + np.abs(losses).max()
    assert np.abs(gains - losses - stored).max() / scale < 1e-5  # results are float32


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), more=st.floats(0.5, 4.0))
def test_a_warmer_set_point_takes_more_heat_and_a_cooler_one_more_cold(seed: int, more: float) -> None:
    zones, around = zones_from(seed), surroundings(seed, 3)
    base = simulate_zones(zones, clock(around["air_temp_c"]), **around)
    warm = simulate_zones(
        replace(zones, heating_setpoint_c=zones.heating_setpoint_c + more), clock(around["air_temp_c"]), **around
    )
    cool = simulate_zones(
        replace(zones, cooling_setpoint_c=zones.cooling_setpoint_c - 1.0), clock(around["air_temp_c"]), **around
    )
    assert (warm.space_heat_kw.sum(axis=1) >= base.space_heat_kw.sum(axis=1) - 1e-3).all()
    assert (cool.cooling_kw.sum(axis=1) >= base.cooling_kw.sum(axis=1) - 1e-3).all()
    wanted = zones.heating_setpoint_c[:, None] - zones.heating_setback_k[:, None] * (
        1 - around["operating"][zones.operating_of]
    )
    assert (base.indoor_temp_c >= wanted - 1e-3).all()


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_zones_computed_together_equal_one_by_one_and_in_parallel(seed: int) -> None:
    zones, around = zones_from(seed, n=4), surroundings(seed, 4)
    together = simulate_zones(zones, clock(around["air_temp_c"]), **around)
    spread = simulate_zones(zones, clock(around["air_temp_c"]), **around, parallel=True)
    for i in range(4):
        alone = simulate_zones(
            zones.take(slice(i, i + 1)),
            clock(around["air_temp_c"]),
            **{**around, "internal_gains_w": around["internal_gains_w"][i : i + 1]},
        )
        for name in ("space_heat_kw", "cooling_kw", "indoor_temp_c"):
            np.testing.assert_array_equal(getattr(alone, name)[0], getattr(together, name)[i])
            np.testing.assert_array_equal(getattr(spread, name)[i], getattr(together, name)[i])


def test_steady_state_is_the_series_of_resistances_computed_by_hand() -> None:
    zones, around = zones_from(7, n=1), surroundings(7, 1)
    zones = replace(
        zones, h_ve_on_w_k=np.zeros(1), h_ve_off_w_k=np.zeros(1), heating_setback_k=np.zeros(1), sky_loss_w=np.zeros(1)
    )
    around |= {"air_temp_c": np.full(HOURS, -10.0), "ground_temp_c": np.full(HOURS, -10.0)}
    around |= {
        "internal_gains_w": np.zeros((1, HOURS), np.float32),
        "planes_w_m2": np.zeros((9, HOURS), np.float32),
    }
    got = simulate_zones(zones, clock(around["air_temp_c"]), **around, warmup_h=HOURS)
    opaque = 1 / (1 / (zones.h_tr_em_w_k + zones.h_ground_w_k) + 1 / zones.h_tr_ms_w_k)
    through = 1 / (1 / (opaque + zones.h_tr_w_w_k) + 1 / zones.h_tr_is_w_k) + zones.h_infiltration_w_k
    expected = through * (zones.heating_setpoint_c + 10.0) / 1000
    assert got.space_heat_kw[0, -1] == pytest.approx(expected[0], rel=2e-3)


def test_capacity_limits_hold_and_the_temperature_gives_way() -> None:
    zones, around = zones_from(3), surroundings(3, 3)
    around["air_temp_c"] = np.linspace(0.0, -25.0, HOURS)
    around["internal_gains_w"] = np.zeros((3, HOURS), np.float32)
    free = simulate_zones(zones, clock(around["air_temp_c"]), **around)
    cap = 0.5 * free.space_heat_kw.max(axis=1).astype(float)
    held = simulate_zones(replace(zones, heating_max_kw=cap), clock(around["air_temp_c"]), **around)
    assert (held.space_heat_kw.max(axis=1) <= cap * (1 + 1e-6)).all()
    assert (held.indoor_temp_c.min(axis=1) < free.indoor_temp_c.min(axis=1)).all()
    floating = simulate_zones(
        replace(zones, heating_max_kw=np.zeros(3), cooling_max_kw=np.zeros(3)), clock(around["air_temp_c"]), **around
    )
    assert not floating.space_heat_kw.any()
    assert not floating.cooling_kw.any()


def test_opened_windows_keep_a_house_from_overheating_without_cooling_it_below_the_set_point() -> None:
    zones, around = zones_from(11), surroundings(11, 3)
    around["air_temp_c"] = np.full(HOURS, 18.0)
    zones = replace(zones, cooling_max_kw=np.zeros(3), heating_setpoint_c=np.full(3, 20.0))
    shut = simulate_zones(zones, clock(around["air_temp_c"]), **around)
    opened = simulate_zones(replace(zones, h_airing_w_k=zones.h_tr_is_w_k), clock(around["air_temp_c"]), **around)
    hot = shut.indoor_temp_c > 25.0
    assert hot.any()
    assert opened.indoor_temp_c[hot].mean() < shut.indoor_temp_c[hot].mean() - 1.0
    assert opened.indoor_temp_c.min() >= 20.0 - 1e-3


def test_heat_recovery_is_throttled_in_mild_weather_and_off_in_summer() -> None:
    limit = recovery_limit(np.array([-30.0, 0.0, 15.0, 18.0, 25.0]))
    np.testing.assert_allclose(limit, [48 / 51, 18 / 21, 0.5, 0.0, 0.0])


def test_a_zone_without_floor_and_no_zones_at_all_do_no_harm() -> None:
    zones, around = zones_from(5), surroundings(5, 3)
    empty = replace(zones, **{f.name: np.zeros_like(getattr(zones, f.name)) for f in fields(Zones)})
    got = simulate_zones(empty, clock(around["air_temp_c"]), **around)
    assert not got.space_heat_kw.any()
    np.testing.assert_allclose(got.indoor_temp_c[0], around["air_temp_c"], atol=1e-5)
    none = simulate_zones(
        zones.take(slice(0, 0)),
        clock(around["air_temp_c"]),
        **{**around, "internal_gains_w": around["internal_gains_w"][:0]},
    )
    assert none.space_heat_kw.shape == (0, HOURS)


def test_tables_that_do_not_fit_are_refused_all_at_once() -> None:
    zones, around = zones_from(5), surroundings(5, 3)
    around["operating"] = around["operating"][:1, :-1]
    with pytest.raises(InputError) as caught:
        simulate_zones(replace(zones, operating_of=np.full(3, 4, np.int32)), clock(around["air_temp_c"]), **around)
    assert len(caught.value.findings) == 2
    assert "240 steps" in str(caught.value)
    assert "operating_of" in str(caught.value)
