"""Stores and conversions at any step: quarters of constant power sum to the hour, two halves make the whole."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets._errors import InputError
from assets.conversions import (
    absorption_year,
    back_pressure_year,
    boiler_year,
    chiller_year,
    electrolyser_year,
    extraction_year,
    fuel_cell_year,
    large_heat_pump_year,
    methanation_year,
    trigeneration_year,
)
from assets.conversions.conversion_year import ConversionYear, run
from assets.conversions.site import ConversionSite
from assets.ev import Sessions
from assets.storage.battery_ageing import age_batteries
from assets.storage.building_mass import mass_of_buildings, mass_year
from assets.storage.gas_store import gas_stores, gas_year
from assets.storage.layers import layered_year
from assets.storage.store import Store, store_year
from assets.storage.stratified_tank import stratified_tanks
from assets.storage.vehicle_to_grid import vehicle_batteries, vehicle_year
from assets.time_grid import TimeGrid
from tests.assets.clock import clock

HOURS = 12


def site(n: int) -> ConversionSite:
    return ConversionSite(np.full(n, 2.0), np.full(n, 80.0), np.full(n, 45.0), np.full(n, 7.0))


Year = Callable[[np.ndarray, TimeGrid], ConversionYear]
CONVERSIONS: dict[str, Year] = {
    "boiler": lambda kwh, time: boiler_year(["gas"], [100.0], kwh, site(time.n), time=time),
    "pump": lambda kwh, time: large_heat_pump_year(
        ["air"], [100.0], kwh, site(time.n), site(time.n).source("air"), time=time
    ),
    "chp": lambda kwh, time: back_pressure_year(["gas_engine"], [100.0], kwh, site(time.n), time=time),
    "extraction": lambda kwh, time: extraction_year(["gas_extraction"], [100.0], kwh, kwh, site(time.n), time=time),
    "chiller": lambda kwh, time: chiller_year(["screw"], [100.0], kwh, site(time.n), time=time),
    "absorber": lambda kwh, time: absorption_year(["phoenix"], [100.0], kwh, site(time.n), time=time),
    "electrolyser": lambda kwh, time: electrolyser_year(["alkaline"], [100.0], kwh, site(time.n), time=time),
    "fuel_cell": lambda kwh, time: fuel_cell_year(["solid_oxide"], [100.0], kwh, site(time.n), time=time),
    "methanation": lambda kwh, time: methanation_year([100.0], kwh, site(time.n), time=time),
    "trigeneration": lambda kwh, time: trigeneration_year(
        "gas_engine",
        "phoenix",
        site(time.n),
        plant_heat_kw=[100.0],
        chiller_kw=[50.0],
        heat_wanted_kwh=kwh,
        cold_wanted_kwh=0.3 * kwh,
        time=time,
    ),
}


@pytest.mark.parametrize("name", CONVERSIONS)
@given(seed=st.integers(0, 999))
def test_quarters_of_a_conversion_sum_to_the_hours(name: str, seed: int) -> None:
    kw = np.random.default_rng(seed).uniform(0.0, 120.0, (1, HOURS))
    hours = CONVERSIONS[name](kw, clock(HOURS))
    quarters = CONVERSIONS[name](np.repeat(kw, 4, axis=1) / 4.0, clock(4 * HOURS, 0.25))
    for side in ("given_kwh", "taken_kwh"):
        for carrier, energy in getattr(hours, side).items():
            summed = getattr(quarters, side)[carrier].reshape(1, -1, 4).sum(axis=2)
            np.testing.assert_allclose(summed, energy, rtol=1e-9, atol=1e-9, err_msg=f"{side} {carrier}")
    np.testing.assert_allclose(quarters.loss_kwh.reshape(1, -1, 4).sum(axis=2), hours.loss_kwh, atol=1e-9)


def test_a_ramp_of_an_hour_takes_four_quarters() -> None:
    given_kwh = run(np.full((1, 8), 25.0), 25.0, clock(8, 0.25), ramp_per_h=0.5)
    np.testing.assert_allclose(given_kwh[0], 25.0 * np.arange(1, 9) / 8)


@given(seed=st.integers(0, 999), cut=st.integers(1, 47), step_h=st.sampled_from([0.25, 1.0]))
def test_two_halves_of_a_ramped_plant_are_the_whole(seed: int, cut: int, step_h: float) -> None:
    wanted = np.random.default_rng(seed).uniform(0.0, 100.0, (1, 48))
    how: dict[str, Any] = {"least_share": 0.2, "ramp_per_h": 0.3}
    whole = boiler_year(["wood_chips"], [90.0], wanted, site(48), time=clock(48, step_h), **how)
    one = boiler_year(["wood_chips"], [90.0], wanted[:, :cut], site(cut), time=clock(cut, step_h), **how)
    rest = 48 - cut
    two = boiler_year(
        ["wood_chips"], [90.0], wanted[:, cut:], site(rest), time=clock(rest, step_h), before_kwh=one.end_kwh, **how
    )
    np.testing.assert_array_equal(np.hstack([one.main_kwh, two.main_kwh]), whole.main_kwh)


@given(seed=st.integers(0, 999), cut=st.integers(1, 47), step_h=st.sampled_from([0.25, 1.0]))
def test_two_halves_of_a_store_are_the_whole(seed: int, cut: int, step_h: float) -> None:
    store = Store("heat", 100.0, 25.0, 25.0, 0.95, 0.9, loss_per_h=0.02, start_kwh=40.0)
    wanted = np.random.default_rng(seed).uniform(-30.0, 30.0, (1, 48))
    whole = store_year(store, wanted, clock(48, step_h))
    one = store_year(store, wanted[:, :cut], clock(cut, step_h))
    two = store_year(store.holding(one.end_kwh), wanted[:, cut:], clock(48 - cut, step_h))
    np.testing.assert_allclose(np.hstack([one.level_kwh, two.level_kwh]), whole.level_kwh, atol=1e-9)


def test_a_store_of_25_kw_gives_6_25_kwh_in_a_quarter_and_loses_as_in_an_hour() -> None:
    store = Store("heat", 100.0, 25.0, 25.0, loss_per_h=0.02, start_kwh=100.0)
    assert store_year(store, [[-99.0]], clock(1, 0.25)).discharge_kwh[0, 0] == 6.25
    rest = store_year(store, np.zeros((1, 8)), clock(8, 0.25)).level_kwh[0, 3::4]
    np.testing.assert_allclose(rest, store_year(store, np.zeros((1, 2)), clock(2)).level_kwh[0], rtol=1e-12)


@given(seed=st.integers(0, 99), cut=st.integers(1, 23), step_h=st.sampled_from([0.25, 1.0]))
def test_two_halves_of_a_layered_tank_are_the_whole(seed: int, cut: int, step_h: float) -> None:
    tank = stratified_tanks("buffer")
    wanted = np.random.default_rng(seed).uniform(-0.05, 0.05, (1, 24)) * tank.capacity_kwh[:, None]
    whole = layered_year(tank, wanted, clock(24, step_h))
    one = layered_year(tank, wanted[:, :cut], clock(cut, step_h))
    two = layered_year(tank, wanted[:, cut:], clock(24 - cut, step_h), start_c=one.layers_c, ground_c=one.ground_c)
    kept = one.charge_kwh.sum() + two.charge_kwh.sum() - one.discharge_kwh.sum() - two.discharge_kwh.sum()
    assert kept - one.loss_kwh.sum() - two.loss_kwh.sum() == pytest.approx(two.level_kwh[0, -1] - one.start_kwh[0])
    # Layers are handed on as their means: the thermocline within one of them is what is lost of the picture.
    allowed = 0.1 * tank.capacity_kwh[0]
    assert two.level_kwh[0, -1] == pytest.approx(whole.level_kwh[0, -1], abs=allowed)


@given(seed=st.integers(0, 99), cut=st.integers(1, 23), step_h=st.sampled_from([0.25, 1.0]))
def test_two_halves_of_a_gas_store_are_the_whole(seed: int, cut: int, step_h: float) -> None:
    store = gas_stores("hydrogen_tube")
    wanted = np.random.default_rng(seed).uniform(-0.3, 0.3, (1, 24)) * store.capacity_kwh[:, None]
    whole = gas_year(store, wanted, clock(24, step_h), start_share=0.5)
    one = gas_year(store, wanted[:, :cut], clock(cut, step_h), start_share=0.5)
    left = one.end_kwh / store.capacity_kwh
    two = gas_year(store, wanted[:, cut:], clock(24 - cut, step_h), start_share=left)
    np.testing.assert_allclose(np.hstack([one.level_kwh, two.level_kwh]), whole.level_kwh, rtol=1e-9)


@given(seed=st.integers(0, 99), cut=st.integers(1, 47), step_h=st.sampled_from([0.25, 1.0]))
def test_two_halves_of_a_buildings_mass_are_the_whole(seed: int, cut: int, step_h: float) -> None:
    mass = mass_of_buildings([200.0], [40_000.0], 1.0, clock(1, step_h))
    wanted = np.random.default_rng(seed).uniform(-5.0, 5.0, (1, 48)) * step_h
    whole = mass_year(mass, wanted, clock(48, step_h))
    one = mass_year(mass, wanted[:, :cut], clock(cut, step_h))
    two = mass_year(mass, wanted[:, cut:], clock(48 - cut, step_h), start_k=one.mass_k[:, -1])
    np.testing.assert_array_equal(np.hstack([one.mass_k, two.mass_k]), whole.mass_k)
    assert two.start_kwh[0] == pytest.approx(one.level_kwh[0, -1])


def test_quarters_warm_a_buildings_mass_as_the_hour_does() -> None:
    hour, quarter = (mass_of_buildings([200.0], [40_000.0], 5.0, clock(1, step)) for step in (1.0, 0.25))
    warm = mass_year(hour, [[4.0, 0.0]], clock(2)).mass_k[0]
    fine = mass_year(quarter, [[1.0] * 4 + [0.0] * 4], clock(8, 0.25)).mass_k[0, 3::4]
    np.testing.assert_allclose(fine, warm, rtol=1e-12)
    assert quarter.time_constant_h[0] == pytest.approx(hour.time_constant_h[0])
    with pytest.raises(InputError, match="make the mass for this grid"):
        mass_year(hour, [[1.0]], clock(1, 0.25))


def test_a_car_gives_a_quarter_of_its_power_in_a_quarter() -> None:
    car = Sessions(*(np.array([x]) for x in (0, 0.0, 8.0, 11.0, 11.0)), n_chargers=1)  # type: ignore[arg-type]
    asked = np.full((1, 36), 99.0)
    found = vehicle_year(car, vehicle_batteries("two_way", car), asked, clock(36, 0.25), owner=[0])
    assert found.charge_kwh[0, 0] == pytest.approx(11.0 / 4)
    assert found.done[0]
    assert found.got_kwh[0] == pytest.approx(11.0)
    assert (found.charge_kwh <= 2.75 + 1e-9).all()
    assert (found.discharge_kwh <= 2.75 + 1e-9).all()
    assert (found.loss_kwh >= -1e-9).all()


def test_a_battery_ages_by_the_time_and_not_by_the_steps() -> None:
    level = np.tile(np.repeat([0.2, 0.8], 12), 20)[None]
    hours = age_batteries(level, [1.0], clock(level))
    quarters = age_batteries(np.repeat(level, 4, axis=1), [1.0], clock(4 * level.shape[1], 0.25))
    assert quarters.years == pytest.approx(hours.years)
    assert quarters.rest_loss(10)[0] == pytest.approx(hours.rest_loss(10)[0], rel=1e-9)
