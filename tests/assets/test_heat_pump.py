"""Heat pumps: efficiencies against published ones, years in Helsinki's climate, balances."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets._errors import InputError
from assets.building_systems.heat_pump import (
    HeatPumpYear,
    brine_temperature,
    coefficient_of_performance,
    emitter_rows,
    heat_pump_models,
    heat_pump_year,
    heating_curve,
    pump_capacity,
)
from assets.catalogue import table
from tests.assets.clock import clock

HOURS = 8760


def helsinki_air() -> np.ndarray:
    """A year like Helsinki's: monthly normals of 1991–2020 (Finnish Meteorological Institute), and colder days."""
    normals = [-3.1, -3.8, -0.7, 4.4, 10.4, 14.9, 18.1, 16.9, 12.3, 6.6, 2.4, -0.7]
    months = np.interp(np.arange(HOURS) / HOURS * 12 - 0.5, np.arange(-1, 13), [normals[-1], *normals, normals[0]])
    spells = 10.0 * np.sin(np.arange(HOURS) / 24 / 9 * 2 * np.pi) * (1 - (months + 4) / 40)
    return months + spells + 3.0 * np.sin((np.arange(HOURS) % 24 - 9) / 24 * 2 * np.pi)


def house(air: np.ndarray, **changes: object) -> HeatPumpYear:
    """A house of about 20 MWh of space heat and 4 MWh of hot water."""
    asked: dict[str, object] = {
        "space_heat_kw": (0.19 * np.maximum(17 - air, 0))[None].astype(np.float32),
        "hot_water_kw": np.full((1, len(air)), 0.45, dtype=np.float32),
        "air_temp_c": air,
        "emitter": ["radiator"],
        "construction_year": [1970],
    }
    model = changes.pop("model", "air_water")
    return heat_pump_year([str(model)], clock(asked["air_temp_c"]), **{**asked, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("model", "source", "sink", "median", "within"),
    [
        # Medians of the Keymark test points (EN 14511) of on/off pumps in hplib 1.9: 23 air-source, 53 brine.
        ("air_water", 7, 35, 4.25, 0.10),
        ("air_water", 2, 35, 3.77, 0.08),
        ("air_water", -7, 35, 2.96, 0.05),
        ("air_water", 0, 45, 2.97, 0.05),
        ("air_water", 0, 55, 2.40, 0.05),
        ("ground_source", 0, 35, 4.43, 0.05),
        ("ground_source", 0, 45, 3.39, 0.05),
        ("ground_source", 0, 55, 2.34, 0.06),
        # NIBE F2120-20, installer's manual: heating power by COP of EN 14511.
        ("air_water_cold_climate", -20, 35, 11.42 / 4.12, 0.04),
        ("air_water_cold_climate", -15, 55, 11.71 / 5.37, 0.04),
        ("air_water_cold_climate", 0, 45, 16.04 / 4.62, 0.04),
        ("air_water_cold_climate", 10, 35, 16.21 / 3.21, 0.04),
    ],
)
def test_cop_on_the_test_stand_is_that_of_real_devices(
    model: str, source: float, sink: float, median: float, within: float
) -> None:
    assert coefficient_of_performance(model, source, sink, field=False) == pytest.approx(median, rel=within)


@pytest.mark.parametrize("lift", [25, 35, 45, 55])
def test_cop_stands_beside_another_published_regression(lift: float) -> None:
    """Staffell et al., A review of domestic heat pumps, Energy & Environmental Science 5, 2012."""
    staffell_air = 6.81 - 0.121 * lift + 0.000630 * lift**2
    staffell_ground = 8.77 - 0.150 * lift + 0.000734 * lift**2
    assert coefficient_of_performance("air_water", 0, lift, field=False) == pytest.approx(staffell_air, rel=0.18)
    assert coefficient_of_performance("ground_source", 0, lift, field=False) == pytest.approx(staffell_ground, rel=0.12)


@given(st.floats(-40, 40), st.floats(20, 80))
def test_cop_never_falls_below_one_nor_beats_carnot(source: float, sink: float) -> None:
    for model in heat_pump_models().index:
        cop = coefficient_of_performance(model, source, sink, field=False)
        assert cop >= 1
        lift = max(sink - source, heat_pump_models().loc[model, "lift_min_k"])
        assert cop < (sink + 273.15) / lift


@pytest.mark.parametrize(
    ("model", "emitter", "year", "low", "high"),
    [
        # From the seasonal factors of D5 Guidelines 2012 (space heat 2.2 to 3.4 by supply temperature, hot water 1.8
        # and 2.3) up to the means of the field tests of Fraunhofer ISE in newer buildings (Günther et al., WPmonitor,
        # 2014: air 3.1, ground 4.0).
        ("air_water", "radiator", 1970, 2.0, 2.5),
        ("air_water", "floor", 2020, 2.4, 3.1),
        ("air_water_cold_climate", "radiator", 1970, 2.3, 3.1),
        ("ground_source", "radiator", 1970, 2.3, 3.0),
        ("ground_source", "floor", 2020, 3.0, 4.0),
    ],
)
def test_a_year_in_helsinki_has_a_published_seasonal_factor(
    model: str, emitter: str, year: int, low: float, high: float
) -> None:
    air = helsinki_air()
    assert air.mean() == pytest.approx(6.5, abs=0.3)
    assert air.min() < -16
    year_s = house(air, model=model, emitter=[emitter], construction_year=[year])
    assert low <= year_s.seasonal_factor()[0] <= high


def test_the_typical_year_at_helsinki_airport_gives_the_same(shared_data: Path) -> None:
    """D5 2012, southern Finland: air 1.8 (hot water) to 2.8; ground 2.3 to 3.4; here with old radiators."""
    epw = shared_data / "weather" / "FIN_Helsinki.029740_IWEC.epw"
    air = np.loadtxt(epw, delimiter=",", skiprows=8, usecols=6)
    assert 2.0 < house(air).seasonal_factor()[0] < 2.5
    assert 2.3 < house(air, model="ground_source").seasonal_factor()[0] < 3.0


def test_a_pump_of_70_percent_of_the_power_gives_nearly_all_the_energy() -> None:
    """Motiva: 60 to 85 % of the power gives 90 to 99 % of the energy."""
    year = house(helsinki_air(), model="ground_source")
    heat = year.electricity_kwh.sum() + year.ambient_heat_kwh.sum()
    assert 0.0 < year.backup_kwh.sum() / heat < 0.10


def test_old_radiators_need_hotter_water_than_new_ones_and_floors() -> None:
    rows = emitter_rows(["radiator", "radiator", "floor"], [1960, 2020, 1990])
    coldest = [heating_curve(int(row), -26.0) for row in rows]
    assert [float(supply) for supply, _ in coldest] == pytest.approx([70, 45, 35])
    assert [float(back) for _, back in coldest] == pytest.approx([40, 30, 30])
    supply, back = heating_curve(int(rows[0]), np.linspace(-26, 25, 52))
    assert (np.diff(supply) <= 0).all(), "colder air, hotter water"
    assert supply[-1] == back[-1] == 20.0
    # Half the power: excess 35 K · 0.5^(1/1.3), spread 15 K.
    half, _ = heating_curve(int(rows[0]), -3.0)
    assert half == pytest.approx(20 + 35 * 0.5 ** (1 / 1.3) + 7.5)


def test_radiators_that_outlive_a_retrofit_run_cooler_by_the_law_of_en_442() -> None:
    """By hand, half the load left at -26 °C: excess 35 K · 0.5^(1/1.3) = 20.54 K, spread 15 K: 48.04 and 33.04 °C."""
    supply, back = heating_curve(0, -26.0, load_share=0.5)
    assert supply == pytest.approx(48.036, abs=1e-3)
    assert back == pytest.approx(33.036, abs=1e-3)
    # The same power out of the same radiator, whatever the weather it is needed in.
    assert heating_curve(0, -26.0, load_share=0.5) == pytest.approx(heating_curve(0, -3.0))
    # By hand too: floors 35/30 with 1/1.1, a third of the load.
    floor, _ = heating_curve(2, -26.0, load_share=1 / 3)
    assert floor == pytest.approx(20 + 12.5 * (1 / 3) ** (1 / 1.1) + 2.5 / 3)


def test_by_hand_one_hour_after_a_retrofit() -> None:
    """-7 °C, 0.6 of the load: supply 20 + 35·(0.6·27/46)^(1/1.3) + 15·0.6·27/46; a pump large enough."""
    asked = {
        "space_heat_kw": np.array([[4.0]], dtype=np.float32),
        "hot_water_kw": np.zeros((1, 1), dtype=np.float32),
        "capacity_kw": np.array([100.0]),
    }
    year = house(np.full(1, -7.0), load_share=[0.6], **asked)
    supply = 20 + 35 * (0.6 * 27 / 46) ** (1 / 1.3) + 15 * 0.6 * 27 / 46
    lift = supply + 7.0
    cop = 0.85 * (6.0801 - 0.0941 * lift + 0.0005 * lift**2)
    assert year.electricity_kwh[0, 0] == pytest.approx(4.0 / cop, rel=1e-5)


def test_a_year_with_cooler_radiators_takes_less_and_buildings_do_not_mix() -> None:
    air = helsinki_air()
    one = house(air, model="ground_source")
    shares = np.array([1.0, 0.504, 0.496, 0.3])
    asked = {
        "space_heat_kw": np.repeat((0.19 * np.maximum(17 - air, 0))[None].astype(np.float32), 4, axis=0),
        "hot_water_kw": np.full((4, len(air)), 0.45, dtype=np.float32),
        "air_temp_c": air,
        "emitter": ["radiator"] * 4,
        "construction_year": [1970] * 4,
    }
    year = heat_pump_year(["ground_source"] * 4, clock(asked["air_temp_c"]), load_share=shares, **asked)
    factors = year.seasonal_factor()
    np.testing.assert_array_equal(year.electricity_kwh[0], one.electricity_kwh[0])
    np.testing.assert_array_equal(year.electricity_kwh[1], year.electricity_kwh[2])
    assert factors[0] < factors[1] < factors[3]
    # With radiators as warm as floors a ground-source pump is as good as on floors.
    floors = house(air, model="ground_source", emitter=["floor"], construction_year=[2020])
    assert factors[3] == pytest.approx(floors.seasonal_factor()[0], rel=0.05)


def test_the_ground_is_late_and_damped() -> None:
    """Kusuda: at 1 m the wave is exp(-z/d) as high and z/d / 2π of a year late, d = sqrt(2 α / ω)."""
    air = 6.5 - 11.0 * np.cos(2 * np.pi * (np.arange(HOURS) - 20 * 24) / HOURS)
    field, borehole = brine_temperature(air, clock(air), "field"), brine_temperature(air, clock(air))
    damping = np.sqrt(6.0e-7 * HOURS * 3600 / np.pi)
    assert np.ptp(field) == pytest.approx(22.0 * np.exp(-1 / damping), rel=1e-3)
    assert (np.argmin(field) - np.argmin(air)) / 24 == pytest.approx(365 / (2 * np.pi * damping), abs=0.1)
    assert np.ptp(borehole) < 1e-6
    # Kukkonen 1986 for Helsinki, 7.5 °C; boreholes of southern Finland are at 6 to 8 °C (Geological Survey of Finland).
    assert borehole[0] + 5.0 == pytest.approx(7.5, abs=0.1)


def test_by_hand_one_hour_of_a_pump_that_is_too_small() -> None:
    """0 °C and floor heating: supply 20 + 12.5·(20/46)^(1/1.1) + 2.5·20/46; 3 kW of pump for 5 kW of heat."""
    year = house(
        np.zeros(1),
        space_heat_kw=np.array([[4.0]], dtype=np.float32),
        hot_water_kw=np.array([[1.0]], dtype=np.float32),
        emitter=["floor"],
        capacity_kw=np.array([3.0 / (1 + 7 * 0.038)]),
    )
    supply = 20 + 12.5 * (20 / 46) ** (1 / 1.1) + 2.5 * 20 / 46
    cop_space = 0.85 * (6.0801 - 0.0941 * supply + 0.0005 * supply**2)
    cop_hot = 0.85 * (6.0801 - 0.0941 * 55 + 0.0005 * 55**2)
    assert year.backup_kwh[0, 0] == pytest.approx(2.0, rel=1e-5)
    assert year.electricity_kwh[0, 0] == pytest.approx(2.0 + 2.0 / cop_space + 1.0 / cop_hot, rel=1e-5)


def test_below_its_limit_an_air_source_pump_rests_and_the_ground_goes_on() -> None:
    air = np.full(48, -24.0)
    assert not house(air).ambient_heat_kwh.any()
    assert house(air, model="air_water_cold_climate").ambient_heat_kwh.all()
    assert house(air, model="ground_source").ambient_heat_kwh.all()


def test_water_hotter_than_the_pump_can_make_is_finished_by_the_backup() -> None:
    air = np.full(24, -19.0)
    large = house(air, capacity_kw=np.array([100.0]))
    supply, back = heating_curve(0, -19.0)
    heat = large.electricity_kwh[0, 0] + large.ambient_heat_kwh[0, 0]
    share_hot = 0.45 / heat
    expected = (1 - share_hot) * (supply - 55.0) / (supply - back)
    assert supply > 60
    assert large.backup_kwh[0, 0] / heat == pytest.approx(expected, rel=1e-4)


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.floats(0, 500, width=32), min_size=8, max_size=8),
    st.lists(st.floats(-35, 35), min_size=4, max_size=4),
    st.floats(0, 400),
    st.sampled_from(list(heat_pump_models().index)),
)
def test_electricity_and_ambient_heat_are_the_heat_exactly(
    powers: list[float], air: list[float], capacity: float, model: str
) -> None:
    space, hot = (np.array([powers[i : i + 4]], dtype=np.float32) for i in (0, 4))
    year = house(
        np.array(air), model=model, space_heat_kw=space, hot_water_kw=hot, capacity_kw=np.array([float(capacity)])
    )
    q = year.grid_kwh[0]
    heat = np.rint(space / q) * q + np.rint(hot / q) * q
    np.testing.assert_array_equal(year.electricity_kwh + year.ambient_heat_kwh, heat.astype(np.float32))
    np.testing.assert_allclose(heat, space.astype(float) + hot, atol=float(q))
    assert (year.ambient_heat_kwh >= 0).all()
    assert (year.backup_kwh >= 0).all()
    assert (year.backup_kwh <= year.electricity_kwh).all()


def test_it_keeps_the_grid_of_the_building() -> None:
    air = helsinki_air()[:100]
    year = house(air, grid_kwh=np.array([2.0**-12]))
    for energy in (year.electricity_kwh, year.ambient_heat_kwh, year.backup_kwh):
        assert not np.mod(energy, 2.0**-12).any()


def test_buildings_do_not_touch_each_other() -> None:
    air = helsinki_air()
    demand = (np.maximum(17 - air, 0) * np.array([[0.1], [0.3], [2.0]])).astype(np.float32)
    hot = np.full_like(demand, 0.3)
    models, emitters = ["ground_source", "air_water", "ground_source"], ["floor", "radiator", "radiator"]
    together = heat_pump_year(
        models,
        clock(air),
        space_heat_kw=demand,
        hot_water_kw=hot,
        air_temp_c=air,
        emitter=emitters,
        construction_year=[1990, 1990, 2020],
    )
    for i, year in enumerate([1990, 1990, 2020]):
        alone = heat_pump_year(
            models[i : i + 1],
            clock(air),
            space_heat_kw=demand[i : i + 1],
            hot_water_kw=hot[i : i + 1],
            air_temp_c=air,
            emitter=emitters[i : i + 1],
            construction_year=[year],
        )
        np.testing.assert_array_equal(alone.electricity_kwh[0], together.electricity_kwh[i])


def test_the_size_is_a_share_of_the_peak() -> None:
    space = np.array([[0, 10.0]], dtype=np.float32)
    hot = np.array([[4.0, 0]], dtype=np.float32)
    assert pump_capacity([0.7], space, hot) == pytest.approx(0.7 * (10 + 2))


def test_mistakes_are_told_at_once_with_the_choice() -> None:
    air = np.zeros(3)
    with pytest.raises(InputError, match=r"no heat pump magic in the catalogue; take one of air_water"):
        house(air, model="magic")
    with pytest.raises(InputError, match=r"no emitter stove.*radiator, floor"):
        house(air, emitter=["stove"])
    wrong = np.zeros((2, 2), dtype=np.float32)
    with pytest.raises(InputError) as failure:
        house(air, space_heat_kw=wrong, hot_water_kw=wrong)
    assert len(failure.value.findings) == 2
    with pytest.raises(InputError, match="no ground collector sea"):
        brine_temperature(air, clock(air), "sea")


@pytest.mark.parametrize("name", ["heat_pumps", "emitters", "ground_collectors"])
def test_every_row_of_the_catalogue_has_a_source_and_a_kind(name: str) -> None:
    rows = table(name)
    assert rows["source"].str.len().gt(30).all()
    assert set(rows["kind"]) <= {"measured", "modelled", "assumed", "synthetic"}
    assert not rows.isna().any().any()
