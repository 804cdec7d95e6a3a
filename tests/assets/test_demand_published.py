"""Typical buildings of each use and age consume what Finnish buildings are known to consume."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from assets._errors import InputError
from assets.catalogue import country_table
from assets.demand import annual_kwh, archetypes, building_demand, comparison, heating_degree_days
from tests.assets.demand_cases import HELSINKI, TYPICAL, buildings_of, demand_of, helsinki_weather, light, shared_planes

YEARS = (1900, 1930, 1955, 1965, 1972, 1977, 1982, 1995, 2006, 2009, 2011, 2015, 2020)
USES = [use for use in TYPICAL if use not in {"garage", "outbuilding"}]


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    buildings, walls = buildings_of([use for use in USES for _ in YEARS], list(YEARS) * len(USES))
    climate = heating_degree_days(helsinki_weather()["air_temp_c"], HELSINKI["timezone"])
    return comparison(buildings, **annual_kwh(demand_of(buildings, walls)), degree_days=climate)


def test_every_use_and_age_has_published_figures_beside_it(table: pd.DataFrame) -> None:
    assert set(table["use"]) == set(USES)
    published = country_table("published_consumption", "FI")
    assert len(table) == len(published)
    assert (published["low_kwh_m2"] < published["high_kwh_m2"]).all()


@pytest.mark.parametrize("quantity", ["heat", "electricity"])
def test_typical_buildings_lie_within_the_published_range(table: pd.DataFrame, quantity: str) -> None:
    rows = table[table["quantity"] == quantity]
    print(rows.drop(columns=["source", "checked"]).to_string())
    outside = rows[~rows["within"]]
    assert outside.empty, outside[["use", "from_year", "modelled_kwh_m2", "low_kwh_m2", "high_kwh_m2"]].to_string()


def test_each_single_typical_building_lies_within_the_range_of_its_age() -> None:
    buildings, walls = buildings_of([use for use in USES for _ in YEARS], list(YEARS) * len(USES))
    annual = annual_kwh(demand_of(buildings, walls))
    climate = heating_degree_days(helsinki_weather()["air_temp_c"], HELSINKI["timezone"])
    for i in range(len(buildings)):
        one = {name: values[[i]] for name, values in annual.items()}
        heat = comparison(buildings.iloc[[i]], **one, degree_days=climate).iloc[0]
        assert heat["within"], f"{buildings.index[i]}: {heat['modelled_kwh_m2']:.0f} kWh/m2"


def test_blocks_of_flats_of_the_sixties_and_seventies_take_most_heat_and_new_ones_least() -> None:
    """The order that the Finnish environment administration tells: in rows of joined houses the old ones take less."""
    buildings, walls = buildings_of(["apartment_block"] * 4, [1910, 1968, 1990, 2015])
    joined = walls["building_id"] == "apartment_block-1910"
    walls.loc[joined, "area_m2"] *= 0.7
    annual = annual_kwh(demand_of(buildings, walls))
    heat = annual["space_heat_kwh"] + annual["hot_water_kwh"]
    per_m2 = dict(zip((1910, 1968, 1990, 2015), heat / buildings["floor_area_m2"], strict=True))
    assert per_m2[1968] > per_m2[1910] > per_m2[1990] > per_m2[2015]


def test_heat_follows_the_weather_as_degree_hours_do() -> None:
    """A year 2 K warmer saves what its degree hours say, within a quarter of it."""
    buildings, walls = buildings_of(["apartment_block"], [1965])
    parameters = archetypes(buildings["use"], buildings["construction_year"])
    weather = helsinki_weather()
    warm = weather.assign(air_temp_c=weather["air_temp_c"] + 2.0)
    heat = [
        building_demand(buildings, walls, parameters, year, wall_irradiance=shared_planes(1), **HELSINKI)
        .space_heat_kw.sum(dtype=float)
        for year in (weather, warm)
    ]  # fmt: skip
    degree_hours = [np.maximum(0.0, 17.0 - year["air_temp_c"]).sum() for year in (weather, warm)]
    assert 1 - heat[1] / heat[0] == pytest.approx(1 - degree_hours[1] / degree_hours[0], rel=0.25)


def test_comparison_leaves_out_kiosks_and_what_has_no_figures_and_refuses_what_does_not_fit() -> None:
    buildings, walls = buildings_of(["office", "garage", "office"], [1990, 1990, 1991])
    buildings.loc["office-1991", "floor_area_m2"] = 20.0
    demand = demand_of(buildings, walls)
    table = comparison(buildings, **annual_kwh(demand))
    assert table["n"].tolist() == [1, 1]
    assert table["quantity"].tolist() == ["heat", "electricity"]
    doubled = replace(demand, space_heat_kw=demand.space_heat_kw * 3)
    assert not comparison(buildings, **annual_kwh(doubled))["within"].iloc[0]
    with pytest.raises(InputError, match="2 values of heat of rooms for 3"):
        comparison(buildings, np.zeros(2), np.zeros(3), np.zeros(3))


def test_degree_days_are_counted_as_the_meteorological_institute_does() -> None:
    """Two spring days of 9 and 11 °C and two autumn days of 11 and 13 °C: only 9 and 11 in autumn count."""
    spring = pd.date_range("2025-04-01", periods=48, freq="h", tz="Europe/Helsinki")
    autumn = pd.date_range("2025-09-10", periods=48, freq="h", tz="Europe/Helsinki")
    air = pd.Series(np.repeat([9.0, 11.0, 11.0, 13.0], 24), index=spring.append(autumn).tz_convert("UTC"))
    assert heating_degree_days(air, "Europe/Helsinki") == pytest.approx(8.0 + 6.0)
    buildings = pd.DataFrame({"use": ["office"], "construction_year": [1960], "floor_area_m2": [100.0]})
    mild = comparison(buildings, [10_000.0], [1_000.0], [7_000.0], degree_days=2050.0)
    assert mild["modelled_kwh_m2"].tolist() == pytest.approx([210.0, 70.0])


def test_default_district_stands_within_the_published_ranges() -> None:
    """Real buildings of Helsinki's centre: every group of three buildings or more, brought to the same climate."""
    from gis_data import load_district

    district = load_district("helsinki-centre")
    buildings, walls = district.buildings.drop(columns="geometry"), district.walls
    weather = district.weather.table
    demand = building_demand(
        pd.DataFrame(buildings), walls, archetypes(buildings["use"], buildings["construction_year"]), weather,
        latitude=district.latitude, longitude=district.longitude, timezone=district.timezone, country=district.country,
        wall_irradiance=(light(weather), np.tile(np.arange(9, dtype=np.int32), (len(buildings), 1))),
    )  # fmt: skip
    climate = heating_degree_days(weather["air_temp_c"], district.timezone)
    table = comparison(pd.DataFrame(buildings), **annual_kwh(demand), degree_days=climate)
    print(table.drop(columns=["source", "checked"]).to_string())
    groups = table[table["n"] >= 3]
    assert groups["floor_area_m2"].sum() > 0.8 * 2 * buildings["floor_area_m2"].sum()
    assert groups["within"].all(), groups.loc[~groups["within"], ["use", "from_year", "modelled_kwh_m2"]].to_string()
