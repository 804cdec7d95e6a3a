"""Changes by hand on the page: the whole district, new and lost buildings, tanks, parts of many buildings."""

from __future__ import annotations

import ast
import json
import re
from typing import Any

import geopandas as gpd
import pytest
import shapely
from streamlit.testing.v1 import AppTest

import twin
from apps.map.view.changes.district_settings import weather_of
from apps.texts import LANGUAGES
from apps.views.python_snippet import snippet
from apps.views.view import View
from tests.apps.reading import figure, look_at, sentences, told, view_state
from twin.model.prices import prices_of
from twin.scenario import (
    AddBuildingsEdit,
    BatteryEdit,
    EmissionFactorsEdit,
    HotWaterTankEdit,
    PricesEdit,
    RemoveBuildingsEdit,
    RetrofitEdit,
    Scenario,
    WeatherEdit,
    Where,
    decode_scenario,
    encode_scenario,
)


def now(page: AppTest) -> Scenario:
    return view_state(page).history.present


def whole(page: AppTest, topic: str) -> AppTest:
    page.run()
    page.button(key="several").click().run()
    return look_at(page, change_part="district", change_topic=topic)


def test_prices_are_shown_in_cents_changed_at_once_and_led_back(page: AppTest) -> None:
    whole(page, "prices")
    as_is = prices_of("FI").eur_kwh
    assert page.number_input(key="prices_electricity_eur_kwh").value == pytest.approx(100 * as_is["electricity"][0])
    heat = sum(as_is["heat"]) / 12
    assert page.number_input(key="prices_district_heat_eur_kwh").value == pytest.approx(100 * heat, abs=0.005)
    assert page.button(key="prices_reset").disabled
    page.number_input(key="prices_electricity_eur_kwh").set_value(20.0).run()
    page.number_input(key="prices_district_heat_eur_kwh").set_value(12.5).run()
    assert not page.exception
    assert now(page).edits == (PricesEdit(electricity_eur_kwh=0.2, district_heat_eur_kwh=0.125),)
    assert sentences(page) == ["Prices: electricity 20 c/kWh, district heat 12.5 c/kWh"]
    assert "+" in figure(page, "Energy cost")
    assert "same as" in figure(page, "Emissions")
    page.number_input(key="prices_electricity_eur_kwh").set_value(13.5).run()
    assert now(page).edits == (PricesEdit(district_heat_eur_kwh=0.125),), "today's price says nothing"
    page.button(key="prices_reset").click().run()
    assert now(page).edits == ()
    for _ in range(4):
        page.button(key="undo").click().run()
    assert page.button(key="undo").disabled, "each change is one step"


def test_emission_factors_are_shown_in_grams(page: AppTest) -> None:
    whole(page, "emissions")
    assert page.number_input(key="emission_factors_district_heat_kgco2_kwh").value == 162
    page.number_input(key="emission_factors_district_heat_kgco2_kwh").set_value(80.0).run()
    assert now(page).edits == (EmissionFactorsEdit(district_heat_kgco2_kwh=0.08),)
    assert "\u2212" in figure(page, "Emissions")
    assert sentences(page) == ["Emission factors: district heat 80 g/kWh"]


def test_weather_is_a_year_and_a_temperature(page: AppTest) -> None:
    whole(page, "weather")
    page.selectbox(key="weather_shift").select("warmer-2050").run()
    assert not page.exception
    months = twin.load_scenario("warmer-2050").edits[0].shift_by_month_c
    assert now(page).edits == (WeatherEdit(shift_by_month_c=months),)
    assert "\u2212" in figure(page, "Heat")
    assert "Months warmer by 1.5\u00a0°C" in re.search("cet-weather.*?</span>", told(page)).group()  # type: ignore[union-attr]
    page.selectbox(key="weather_shift").select("by").run()
    assert now(page).edits == (WeatherEdit(shift_c=2.0),)
    page.slider(key="weather_by").set_value(-1.5).run()
    assert sentences(page) == ["Every hour \u22121.5\u00a0°C"]
    page.selectbox(key="weather_year").select("generated").run()
    page.number_input(key="weather_seed").set_value(7).run()
    assert now(page).edits == (WeatherEdit(synthetic=True, seed=7, shift_c=-1.5),)
    assert sentences(page) == ["A generated year of weather, number 7, Every hour \u22121.5\u00a0°C"]
    page.selectbox(key="weather_shift").select("same").run()
    page.selectbox(key="weather_year").select("given").run()
    assert now(page).edits == ()
    assert not page.exception


def test_several_edits_of_the_weather_are_shown_as_what_they_do_together() -> None:
    edits = (
        WeatherEdit(shift_c=3.0),
        WeatherEdit(synthetic=True, seed=4),
        WeatherEdit(shift_c=1.0),
    )
    assert weather_of(Scenario(name="a", edits=edits)) == {"synthetic": True, "seed": 4, "shift_c": 1.0}
    assert weather_of(Scenario(name="a", edits=edits[:2])) == {"synthetic": True, "seed": 4}, "a new year starts anew"
    assert weather_of(Scenario(name="a")) == {}


def free_square(view: View, metres: float = 20.0) -> Any:
    """A place in the district that nothing stands on."""
    outlines = view.buildings.geometry.to_crs(view.district.crs)
    west, south, east, north = outlines.total_bounds
    for x in range(int(west), int(east), 50):
        for y in range(int(south), int(north), 50):
            square = shapely.box(x, y, x + metres, y + metres)
            if not outlines.intersects(square.buffer(5)).any():
                return gpd.GeoSeries([square], crs=view.district.crs).to_crs("EPSG:4326").iloc[0]
    raise AssertionError("the district is full")


def feature(shape: Any, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": properties, "geometry": shapely.geometry.mapping(shape)}


def test_new_buildings_are_read_told_built_and_undone(page: AppTest, view: View) -> None:
    whole(page, "new")
    standing = view.buildings.geometry.iloc[0]
    name = str(view.buildings.index[0])
    drawn = [feature(free_square(view), use="office", levels=6, name='Tower "A"'), feature(standing, use="offise")]
    drawn += [feature(standing)]
    page.text_area(key="new_text_0").input(json.dumps({"type": "FeatureCollection", "features": drawn})).run()
    assert not page.exception
    flaws = re.findall(r"<li>(.*?)</li>", told(page))
    assert len(flaws) == 2
    assert "Feature 2 has the use “offise”: take office." in flaws[0]
    assert flaws[1].startswith("Feature 3 stands on ")
    assert name not in flaws[1], "it is called by its name"
    page.button(key="new_build").click().run()
    assert not page.exception
    assert isinstance(now(page).edits[0], AddBuildingsEdit)
    assert len(now(page).edits[0].features) == 1
    assert sentences(page) == ["New buildings: 1"]
    assert f"{len(view.buildings) + 1} buildings" in told(page)
    assert decode_scenario(encode_scenario(now(page))).edits == now(page).edits
    assert "<li>" not in told(page), "the fields are fresh"
    look_at(page, selected="new-1", card_part="change")
    assert page.selectbox(key="change_heating").value == "district_heating"
    page.button(key="change_remove").click().run()
    assert not page.exception
    assert f"{len(view.buildings)} buildings" in told(page)
    page.button(key="undo").click().run()
    page.button(key="undo").click().run()
    assert now(page).edits == ()


def test_a_building_is_torn_down_on_its_card(page: AppTest, view: View) -> None:
    building = str(view.buildings.index[3])
    page.run()
    look_at(page, selected=building, card_part="change")
    page.button(key="change_remove").click().run()
    assert not page.exception
    assert now(page).edits == (RemoveBuildingsEdit(where=Where(buildings=(building,))),)
    assert sentences(page) == [f"Torn down · {building}"]
    assert f"{len(view.buildings) - 1} buildings" in told(page)
    assert not [button for button in page.button if button.key == "change_remove"], "its card is gone"


def test_tanks_are_for_buildings_that_heat_with_electricity(page: AppTest, view: View) -> None:
    system = view.buildings["heating_system"]
    electric = str(system.index[system == "direct_electric"][0])
    page.run()
    look_at(page, selected=str(system.index[system == "district_heating"][0]), card_part="change")
    assert "change_hot_water_tank" not in {field.key for field in page.number_input}
    look_at(page, selected=electric)
    assert page.selectbox(key="change_hot_water_tank_control").disabled, "no tank, nothing to heat"
    page.number_input(key="change_hot_water_tank").set_value(2.0).run()
    page.selectbox(key="change_hot_water_tank_control").select("any").run()
    assert not page.exception
    assert now(page).edits == (HotWaterTankEdit(days=2.0, control="any", where=Where(buildings=(electric,))),)
    assert page.number_input(key="change_hot_water_tank").value == 2.0


def test_many_buildings_are_chosen_by_use_heating_and_years_and_a_part_of_them_changed(
    page: AppTest, view: View
) -> None:
    page.run()
    page.button(key="several").click().run()
    page.multiselect(key="several_uses").select("apartment_block").run()
    page.multiselect(key="several_systems").select("district_heating").run()
    first = int(view.buildings["construction_year"].min())
    page.slider(key="several_years").set_range(first, 1975).run()
    table = view.buildings
    chosen = (
        (table["use"] == "apartment_block")
        & (table["heating_system"] == "district_heating")
        & (table["construction_year"] <= 1975)
    ).sum()
    assert f"{chosen} buildings are chosen" in " ".join(caption.value for caption in page.caption)
    page.selectbox(key="several_what").select("retrofit").run()
    page.slider(key="several_share").set_value(50).run()
    page.button(key="several_apply").click().run()
    where = Where(use=("apartment_block",), heating_system=("district_heating",), built_before=1976)
    assert now(page).edits == (RetrofitEdit(level="standard", share=0.5, where=where),)
    page.selectbox(key="several_what").select("battery_per_kwp").run()
    page.number_input(key="several_battery_per_kwp").set_value(1.5).run()
    page.button(key="several_apply").click().run()
    assert now(page).edits[-1] == BatteryEdit(kwh_per_kwp=1.5, share=0.5, where=where)
    look_at(page, several_by="all")
    page.selectbox(key="several_what").select("remove").run()
    assert page.button(key="several_apply").disabled, "something must be left"
    assert not page.exception


def test_the_panel_speaks_every_language(page: AppTest) -> None:
    seen = set()
    for language in LANGUAGES:
        page.query_params["lang"] = language
        for topic in ("prices", "emissions", "weather", "new"):
            page.run()
            look_at(page, changing=True, change_part="district", change_topic=topic)
            assert not page.exception
            seen.add((topic, " ".join(str(caption.value) for caption in page.caption)))
    assert len(seen) == 12


def test_python_reads_back_names_with_any_sign(view: View) -> None:
    name = 'He said \\"no\\" """ and\ttab \\n Ä'
    edit = AddBuildingsEdit(features=({**feature(shapely.box(24.94, 60.17, 24.941, 60.171), name=name), "id": "a"},))
    scenario = Scenario(name="a", title='\\ and """', edits=(edit,))
    tree = ast.parse(snippet(view, scenario, "heat", "winter_weekday", 8))
    texts = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    written = next(text for text in texts if "what: add_buildings" in text)
    assert twin.parse_scenario(written) == scenario
