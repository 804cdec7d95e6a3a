"""Demand of whole buildings: what goes in comes out, neighbours don't matter, odd buildings do no harm."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pandas as pd
import pytest

from assets._errors import CatalogueError, InputError
from assets.demand import archetypes, building_demand
from assets.demand.envelope import leakage_divisor, wall_areas, zones_of
from tests.assets.demand_cases import HELSINKI, TYPICAL, buildings_of, demand_of, helsinki_weather, shared_planes

SERIES = ("space_heat_kw", "hot_water_kw", "cooling_kw", "appliances_kw", "lighting_kw", "indoor_temp_c")


def test_annual_electricity_and_hot_water_are_the_archetypes_exactly() -> None:
    buildings, walls = buildings_of(list(TYPICAL), [1985] * len(TYPICAL))
    parameters = archetypes(buildings["use"], buildings["construction_year"])
    got = demand_of(buildings, walls, parameters)
    area = buildings["floor_area_m2"] * parameters["heated_area_share"]
    np.testing.assert_allclose(got.heated_area_m2, area)
    for series, columns in (
        (got.appliances_kw, ["appliances_kwh_m2"]),
        (got.lighting_kw, ["lighting_kwh_m2"]),
        (got.hot_water_kw, ["hot_water_kwh_m2", "hot_water_loss_kwh_m2"]),
    ):
        np.testing.assert_allclose(series.sum(axis=1, dtype=float), parameters[columns].sum(axis=1) * area, rtol=1e-5)
        assert series.min() >= 0.0
    for name in SERIES:
        assert getattr(got, name).dtype == np.float32
        assert np.isfinite(getattr(got, name)).all()


def test_a_building_hangs_on_its_own_id_and_seed_not_on_its_neighbours() -> None:
    buildings, walls = buildings_of(["apartment_block", "office", "school"], [1972, 1990, 2012])
    together = demand_of(buildings, walls, seed=3)
    backwards = demand_of(buildings.iloc[::-1], walls, seed=3)
    alone = demand_of(buildings.iloc[[1]], walls, seed=3)
    other = demand_of(buildings, walls, seed=4)
    for name in SERIES:
        np.testing.assert_array_equal(getattr(together, name), getattr(backwards, name)[::-1])
        np.testing.assert_array_equal(getattr(together, name)[1], getattr(alone, name)[0])
    assert not np.array_equal(together.appliances_kw, other.appliances_kw)
    np.testing.assert_allclose(together.appliances_kw.sum(axis=1), other.appliances_kw.sum(axis=1), rtol=1e-4)


def test_many_buildings_are_the_same_as_their_chunks() -> None:
    buildings, walls = buildings_of(["row_house"] * 300, list(range(1700, 2000)))
    told: list[float] = []
    parameters = archetypes(buildings["use"], buildings["construction_year"])
    planes = shared_planes(len(buildings))
    got = building_demand(
        buildings, walls, parameters, helsinki_weather(), wall_irradiance=planes,
        progress=lambda share, _: told.append(share), **HELSINKI,
    )  # fmt: skip
    last = demand_of(buildings.iloc[[299]], walls)
    np.testing.assert_array_equal(got.space_heat_kw[299], last.space_heat_kw[0])
    assert told == sorted(told)
    assert told[-1] == 1.0


def test_better_parts_take_less_heat_and_a_scenario_may_overwrite_any_of_them() -> None:
    buildings, walls = buildings_of(["apartment_block"], [1965])
    base = archetypes(buildings["use"], buildings["construction_year"])
    heat = demand_of(buildings, walls, base).space_heat_kw.sum()
    for column, value in (
        ("u_wall_w_m2k", 0.17), ("u_roof_w_m2k", 0.09), ("u_floor_w_m2k", 0.16), ("u_window_w_m2k", 1.0),
        ("q50_m3_h_m2", 1.0), ("heat_recovery", 0.55), ("heating_setpoint_c", 20.0), ("ventilation_l_s_m2", 0.3),
        ("heat_distribution_efficiency", 0.99), ("people_kwh_m2", 40.0), ("thermal_bridge_share", 0.0),
    ):  # fmt: skip
        changed = base.assign(**{column: value})
        assert demand_of(buildings, walls, changed).space_heat_kw.sum() < heat, column
    capped = demand_of(buildings, walls, base.assign(heating_max_kw=30.0)).space_heat_kw
    assert capped.max() <= 30.0 / base["heat_distribution_efficiency"].iloc[0] + 1e-3


def test_retrofit_levels_save_more_the_deeper_they_go() -> None:
    buildings, walls = buildings_of(["apartment_block", "office", "detached_house"], [1965, 1972, 1980])
    heat = []
    for level in ("none", "light", "standard", "deep"):
        parameters = archetypes(
            buildings["use"], buildings["construction_year"], retrofit_level=[level] * len(buildings)
        )
        got = demand_of(buildings, walls, parameters)
        heat.append(got.space_heat_kw.sum(axis=1) + got.hot_water_kw.sum(axis=1))
    assert (np.diff(np.array(heat), axis=0) < 0.0).all()
    saved = 1 - heat[-1] / heat[0]
    assert (saved > 0.4).all()
    assert (saved < 0.8).all()


def test_only_cooled_buildings_are_cooled_and_the_others_float() -> None:
    buildings, walls = buildings_of(["office", "office", "apartment_block"], [1970, 2015, 2015])
    got = demand_of(buildings, walls)
    assert got.cooling_kw[1].sum() > 0.0
    assert not got.cooling_kw[[0, 2]].any()
    assert got.indoor_temp_c[1].max() <= 25.0 + 1e-3
    assert got.indoor_temp_c[0].max() > 25.5


def test_unheated_buildings_take_no_heat_and_follow_the_weather() -> None:
    buildings, walls = buildings_of(["garage", "outbuilding"], [1990, 1990])
    got = demand_of(buildings, walls)
    assert not got.space_heat_kw.any()
    assert not got.hot_water_kw.any()
    outdoor = helsinki_weather()["air_temp_c"].to_numpy()
    assert np.corrcoef(got.indoor_temp_c[1], outdoor)[0, 1] > 0.9
    assert got.occupancy.max() == 0.0


def test_odd_buildings_do_no_harm() -> None:
    buildings, walls = buildings_of(["office", "office", "office", "retail"], [1900, 1950, 2000, 2020])
    buildings.loc[buildings.index[0], ["floor_area_m2", "footprint_m2"]] = 0.0
    buildings.loc[buildings.index[1], "floor_area_m2"] = np.nan
    buildings.loc[buildings.index[2], ["floor_area_m2", "footprint_m2", "levels"]] = [10.0, 50_000.0, np.nan]
    walls.loc[walls["building_id"] == buildings.index[3], "area_m2"] = [0.0, -5.0, np.nan, 10.0]
    walls.loc[len(walls)] = ["nobody", 10.0, 100.0]
    walls.loc[len(walls)] = [buildings.index[3], -45.0, 20.0]
    got = demand_of(buildings, walls)
    for name in SERIES:
        assert np.isfinite(getattr(got, name)).all(), name
    assert not got.space_heat_kw[:2].any()
    assert not got.appliances_kw[:2].any()
    assert got.space_heat_kw[2:].sum() > 0.0
    nothing = demand_of(buildings.iloc[:0], walls)
    assert nothing.space_heat_kw.shape == (0, 8760)
    assert nothing.occupancy.shape == (0, 8760)


def test_walls_are_grouped_by_the_way_they_face() -> None:
    ids = pd.Index(["a", "b"])
    walls = pd.DataFrame(
        {
            "building_id": ["a", "a", "b", "b"],
            "azimuth_deg": [0.0, 359.0, 180.0, -90.0],
            "area_m2": [10.0, 5.0, 7.0, 2.0],
        }
    )
    areas = wall_areas(ids, walls)
    assert areas[0].tolist() == [15.0, 0, 0, 0, 0, 0, 0, 0]
    assert areas[1].tolist() == [0, 0, 0, 0, 7.0, 0, 2.0, 0]


def test_conductances_of_a_box_computed_by_hand() -> None:
    buildings = pd.DataFrame({"floor_area_m2": [100.0], "footprint_m2": [100.0], "levels": [1.0]}, index=["box"])
    walls = pd.DataFrame({"building_id": ["box"], "azimuth_deg": [180.0], "area_m2": [50.0]})
    parameters = archetypes(["office"], [2012]).set_index(buildings.index)
    fixed = {
        "heated_area_share": 1.0, "window_to_wall": 0.4, "door_to_wall": 0.0, "u_wall_w_m2k": 0.2, "u_roof_w_m2k": 0.1,
        "u_floor_w_m2k": 0.15, "u_window_w_m2k": 1.0, "thermal_bridge_share": 0.1, "q50_m3_h_m2": 2.0,
        "a_m_factor": 2.5, "ventilation_l_s_m2": 2.0, "window_g": 0.5, "window_frame_share": 0.2,
    }  # fmt: skip
    zone = zones_of(
        buildings, walls, parameters.assign(**fixed),
        plane_of=np.zeros((1, 9), np.int32), operating_of=np.zeros(1, np.int32),
    )  # fmt: skip
    opaque = 1.1 * (0.2 * 30 + 0.1 * 100 + 0.15 * 100)
    h_ms = 9.1 * 2.5 * 100
    assert zone.h_tr_w_w_k[0] == pytest.approx(20.0)
    assert zone.h_tr_em_w_k[0] + zone.h_ground_w_k[0] == pytest.approx(1 / (1 / opaque - 1 / h_ms))
    assert zone.h_ground_w_k[0] / zone.h_tr_em_w_k[0] == pytest.approx(15.0 / 16.0)
    assert zone.h_infiltration_w_k[0] == pytest.approx(2.0 * 250 / 35 * 1200 / 3600)
    assert zone.h_ve_on_w_k[0] == pytest.approx(0.002 * 1200 * 100)
    assert zone.window_aperture_m2[0].sum() == pytest.approx(20 * 0.5 * 0.8 * 0.9 * 0.85)
    assert leakage_divisor([1, 2, 3, 4, 5, 12]).tolist() == [35, 24, 20, 20, 15, 15]


def test_no_input_is_blown_up_to_buildings_times_hours_in_double_precision() -> None:
    buildings, walls = buildings_of(["office"] * 512, list(range(1500, 2012)))
    parameters = archetypes(buildings["use"], buildings["construction_year"])
    demand_of(buildings.iloc[:2], walls, parameters)  # compile first
    tracemalloc.start()
    got = demand_of(buildings, walls, parameters)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    out = sum(getattr(got, name).nbytes for name in SERIES)
    one_float64 = 512 * 8760 * 8
    assert peak < out + one_float64


def test_every_fault_of_the_input_is_told_at_once() -> None:
    buildings, walls = buildings_of(["office", "school"], [1990, 1990])
    parameters = archetypes(buildings["use"], buildings["construction_year"])
    weather = helsinki_weather().copy()
    weather.iloc[5, 0] = np.nan
    with pytest.raises(InputError) as caught:
        building_demand(
            buildings.drop(columns="levels"), walls, parameters.iloc[:1], weather,
            wall_irradiance=(shared_planes(2)[0], np.zeros((3, 9), np.int32)), **HELSINKI,
        )  # fmt: skip
    text = str(caught.value)
    for word in ("levels", "school-1990", "without air temperature", "2 × 9"):
        assert word in text


def test_archetypes_name_what_they_do_not_know() -> None:
    with pytest.raises(InputError) as caught:
        archetypes(["castle", "office"], [1200, np.nan], retrofit_level=["none", "super"])
    text = str(caught.value)
    assert "'castle'" in text
    assert "'super'" in text
    assert "row 1" in text
    with pytest.raises(CatalogueError, match=r"archetypes|uses.*XX"):
        archetypes(["office"], [1990], country="XX")
