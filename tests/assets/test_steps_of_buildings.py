"""Devices of buildings at any step: quarters of constant power sum to the hour, two halves make the whole."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.building_systems.battery import batteries, price_aware, self_consumption
from assets.building_systems.heat_pump import heat_pump_year
from assets.building_systems.hot_water_tank import tank_year, tanks
from assets.building_systems.supply import Site, behind_the_meter, heat_supply
from assets.ev import Sessions, charge_sessions, sample_sessions
from assets.time_grid import TimeGrid
from tests.assets.clock import clock

DEMANDS = ("space_heat_kw", "hot_water_kw", "cooling_kw", "appliances_kw", "lighting_kw")
SYSTEMS = ["direct_electric", "air_water_heat_pump", "district_heating", "gas_boiler"]


def drawn(seed: int, hours: int = 24) -> np.ndarray:
    """Powers of some hours, shape (1, hours) [kW]."""
    return np.random.default_rng(seed).uniform(0.0, 10.0, (1, hours)).astype(np.float32)


def quarters(kw: np.ndarray) -> np.ndarray:
    return np.repeat(kw, 4, axis=-1)


def to_hours(kwh: np.ndarray) -> np.ndarray:
    return kwh.astype(np.float64).reshape(*kwh.shape[:-1], -1, 4).sum(axis=-1)


@given(seed=st.integers(0, 999), system=st.sampled_from(SYSTEMS))
def test_quarters_of_a_buildings_supply_sum_to_the_hours(seed: int, system: str) -> None:
    kw = {name: drawn(seed + k) for k, name in enumerate(DEMANDS)}
    air = np.linspace(-10.0, 10.0, 24)

    def site(temp: np.ndarray) -> Site:
        return Site(temp, ["radiator"], np.array([1970]))

    hours = heat_supply([system], clock(24), **kw, site=site(air))
    fine_kw = {name: quarters(values) for name, values in kw.items()}
    fine = heat_supply([system], clock(96, 0.25), **fine_kw, site=site(quarters(air)))
    allowed = 8.0 * float(hours.grid_kwh[0])
    for name in ("space_heat_kwh", "hot_water_kwh", "heating_input_kwh", "cooling_electricity_kwh", "load_kwh"):
        np.testing.assert_allclose(to_hours(getattr(fine, name)), getattr(hours, name), atol=allowed, err_msg=name)
    heat = fine.space_heat_kwh + fine.hot_water_kwh
    np.testing.assert_array_equal(fine.heating_input_kwh + fine.ambient_heat_kwh, heat + fine.conversion_loss_kwh)


@given(seed=st.integers(0, 999))
def test_a_heat_pump_gives_no_more_in_a_quarter_than_its_power(seed: int) -> None:
    asked = {"emitter": ["radiator"], "construction_year": [1970], "capacity_kw": np.array([4.0])}
    heat, none = quarters(drawn(seed)), np.zeros((1, 96), np.float32)
    year = heat_pump_year(
        ["ground_source"], clock(96, 0.25), space_heat_kw=heat, hot_water_kw=none, air_temp_c=np.full(96, 2.0), **asked
    )
    by_pump = year.electricity_kwh + year.ambient_heat_kwh - year.backup_kwh
    assert (by_pump <= 1.2 * 4.0 * 0.25).all()
    np.testing.assert_allclose(year.electricity_kwh + year.ambient_heat_kwh, 0.25 * heat, atol=1e-5)


@given(seed=st.integers(0, 999), share=st.floats(0.1, 1.0))
def test_quarters_through_the_meter_sum_to_the_hours(seed: int, share: float) -> None:
    load, sun, grid = drawn(seed), drawn(seed + 1), np.array([2.0**-16])
    load = (np.rint(load / 4.0 / grid[0]) * grid[0] * 4.0).astype(np.float32)
    hours = behind_the_meter(load, sun, clock(24), share=np.array([share]), grid_kwh=grid)
    fine = behind_the_meter(quarters(load) / 4, quarters(sun), clock(96, 0.25), share=np.array([share]), grid_kwh=grid)
    for one, other in zip(fine, hours, strict=True):
        np.testing.assert_allclose(to_hours(one), other, atol=4 * grid[0])


def test_a_battery_of_25_kw_takes_6_25_kwh_in_a_quarter() -> None:
    spec = batteries(["home"], [200.0])
    spec[["charge_kw", "discharge_kw"]] = 25.0
    sun, none = np.full((1, 3), 30.0, np.float32), np.zeros((1, 3), np.float32)
    found = self_consumption(spec, clock(3, 0.25), load_kwh=none, pv_kwh=sun)
    np.testing.assert_allclose(found.charge_kwh, 6.25, atol=1e-4)


@given(seed=st.integers(0, 999), priced=st.booleans())
def test_a_battery_at_quarters_keeps_energy_and_its_limits(seed: int, priced: bool) -> None:
    load, sun = (0.25 * quarters(drawn(seed + k, 48)) for k in (0, 1))
    spec, time = batteries(["home"], [8.0]), clock(192, 0.25)
    if priced:
        price = np.random.default_rng(seed).uniform(0.0, 0.4, 192)
        prices = {"price_eur_kwh": price, "export_price_eur_kwh": price - 0.05}
        found = price_aware(spec, time, load_kwh=load, pv_kwh=sun, **prices)
    else:
        found = self_consumption(spec, time, load_kwh=load, pv_kwh=sun)
    assert (found.charge_kwh <= 0.25 * spec["charge_kw"][0] + 1e-6).all()
    assert (found.loss_kwh >= -1e-6).all()
    net = found.charge_kwh.sum(dtype=np.float64) - found.discharge_kwh.sum(dtype=np.float64)
    lost = found.loss_kwh.sum(dtype=np.float64)
    assert net - lost == pytest.approx(float(found.end_kwh[0] - found.start_kwh[0]), abs=1e-5)


def test_a_battery_at_rest_loses_as_much_in_four_quarters_as_in_an_hour() -> None:
    spec, start = batteries(["home"], [10.0]), [9.0]
    spec["self_discharge_per_h"] = 0.05
    none = np.zeros((1, 96), np.float32)
    fine = self_consumption(spec, clock(96, 0.25), load_kwh=none, pv_kwh=none, start_kwh=start)
    hours = self_consumption(spec, clock(24), load_kwh=none[:, :24], pv_kwh=none[:, :24], start_kwh=start)
    np.testing.assert_allclose(fine.soc_kwh[:, 3::4], hours.soc_kwh, atol=1e-4)


@given(seed=st.integers(0, 999), cut=st.integers(1, 95), step_h=st.sampled_from([0.25, 1.0]))
def test_two_halves_of_a_battery_are_the_whole(seed: int, cut: int, step_h: float) -> None:
    load, sun, spec = drawn(seed, 96), drawn(seed + 1, 96), batteries(["home"], [12.0])
    grid = np.array([2.0**-16])
    whole = self_consumption(spec, clock(96, step_h), load_kwh=load, pv_kwh=sun, grid_kwh=grid)
    first, second = (slice(0, cut), slice(cut, 96))
    one = self_consumption(spec, clock(cut, step_h), load_kwh=load[:, first], pv_kwh=sun[:, first], grid_kwh=grid)
    two = self_consumption(
        spec,
        clock(96 - cut, step_h),
        load_kwh=load[:, second],
        pv_kwh=sun[:, second],
        grid_kwh=grid,
        start_kwh=one.end_kwh,
    )
    np.testing.assert_array_equal(np.hstack([one.soc_kwh, two.soc_kwh]), whole.soc_kwh)


@given(seed=st.integers(0, 999), cut=st.integers(1, 95), step_h=st.sampled_from([0.25, 1.0]))
def test_two_halves_of_a_tank_are_the_whole(seed: int, cut: int, step_h: float) -> None:
    demand, spec, grid = 0.1 * drawn(seed, 96), tanks(["house"]), np.array([2.0**-16])
    night = np.arange(96) % 24 < 7
    whole = tank_year(spec, clock(96, step_h), hot_water_kwh=demand, allowed=night, grid_kwh=grid)
    one = tank_year(spec, clock(cut, step_h), hot_water_kwh=demand[:, :cut], allowed=night[:cut], grid_kwh=grid)
    two = tank_year(
        spec,
        clock(96 - cut, step_h),
        hot_water_kwh=demand[:, cut:],
        allowed=night[cut:],
        grid_kwh=grid,
        start_kwh=one.end_kwh,
    )
    np.testing.assert_array_equal(np.hstack([one.level_kwh, two.level_kwh]), whole.level_kwh)


def test_a_tank_is_heated_by_its_power_in_a_quarter_and_cools_as_in_an_hour() -> None:
    spec, none = tanks(["house"]), np.zeros((1, 96), np.float32)
    cooling = tank_year(spec, clock(96, 0.25), hot_water_kwh=none, allowed=[False] * 96)
    hours = tank_year(spec, clock(24), hot_water_kwh=none[:, :24], allowed=[False] * 24)
    np.testing.assert_allclose(cooling.level_kwh[:, 3::4], hours.level_kwh, atol=1e-4)
    heated = tank_year(spec, clock(4, 0.25), hot_water_kwh=none[:, :4], start_kwh=[2.0])
    np.testing.assert_allclose(heated.heat_kwh[0, 0], 0.25 * spec["heater_kw"][0], atol=1e-4)


def one_car(*rows: tuple[float, float, float, float]) -> Sessions:
    plug, stay, need, power = (np.array(column) for column in zip(*rows, strict=True))
    return Sessions(np.zeros(len(rows), np.int32), plug, stay, need, power, n_chargers=1)


def test_a_car_of_11_kw_takes_2_75_kwh_in_a_quarter() -> None:
    found = charge_sessions(one_car((0.125, 3.0, 6.0, 11.0)), clock(16, 0.25), owner=[0], n_owners=1)
    np.testing.assert_allclose(found.energy_kwh[0], [1.375, 2.75, 1.875, *[0] * 13], atol=1e-4)


@given(seed=st.integers(0, 99))
def test_charging_at_quarters_sums_to_the_hours(seed: int) -> None:
    hours = clock(24 * 14, zone="Europe/Helsinki")
    fine = TimeGrid(hours.start, hours.step / 4, 4 * hours.n, hours.zone)
    cars = sample_sessions(5, hours, seed=seed)
    again = sample_sessions(5, fine, seed=seed)
    np.testing.assert_array_equal(cars.plug_in_h, again.plug_in_h)
    asked = {"owner": [0] * 5, "n_owners": 1}
    one, other = charge_sessions(cars, hours, **asked), charge_sessions(cars, fine, **asked)
    np.testing.assert_allclose(to_hours(other.energy_kwh), one.energy_kwh, atol=8 * one.grid_kwh[0])
    np.testing.assert_allclose(other.delivered_kwh, one.delivered_kwh)


@given(seed=st.integers(0, 99), cut=st.integers(1, 24 * 14 * 4 - 1))
def test_two_halves_of_charging_are_the_whole(seed: int, cut: int) -> None:
    time = TimeGrid(clock(1).start, clock(1, 0.25).step, 24 * 14 * 4, "Europe/Helsinki")
    cars = sample_sessions(5, time, seed=seed)
    asked = {"owner": [0] * 5, "n_owners": 1, "ring": False}
    whole = charge_sessions(cars, time, **asked)
    cut_h = cut * time.step_h
    early, late = cars.plug_in_h < cut_h, cars.plug_in_h >= cut_h
    one = charge_sessions(cars.take(early), time.between(0, cut), **asked)
    coming = cars.take(late, plug_in_h=cars.plug_in_h - cut_h)
    two = charge_sessions(one.left.and_then(coming), time.between(cut, time.n), **asked)
    both = np.hstack([one.energy_kwh, two.energy_kwh])
    np.testing.assert_allclose(both, whole.energy_kwh, atol=4 * whole.grid_kwh[0])
    got = one.delivered_kwh.sum() + two.delivered_kwh.sum()
    assert got == pytest.approx(whole.delivered_kwh.sum(), rel=1e-9)
    assert two.left.energy_kwh.sum() == pytest.approx(whole.left.energy_kwh.sum(), abs=1e-9)
