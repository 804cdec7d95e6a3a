"""What-if on the page: presets, undo, changes of one building and of several, links, comparison, workshop."""

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np
import pytest
import shapely
from streamlit.testing.v1 import AppTest

import twin
from apps.map.view.changes.building_groups import area_of
from apps.map.view.changes.change_panel import CARD_KINDS
from apps.map.view.changes.edit_widgets import edit_of, values_of
from apps.map.view.share.view_link import camera_of
from apps.texts import LANGUAGES
from apps.views.district_views import Views
from apps.views.view import View
from tests.apps.reading import figure, look_at, sentences, told, view_state
from twin.scenario import PvEdit, RetrofitEdit, Where, decode_scenario, encode_scenario, tell


def test_a_preset_shows_its_changes_and_undo_redo_and_reset_lead_back(page: AppTest) -> None:
    page.run()
    assert page.button(key="undo").disabled
    page.selectbox(key="scenario").select("solar-offices").run()
    assert not page.exception
    assert len(sentences(page)) == len(twin.load_scenario("solar-offices").edits)
    assert "vs “As it is”" in figure(page, "Emissions")
    page.button(key="undo").click().run()
    assert page.selectbox(key="scenario").value == "as-is"
    assert sentences(page) == []
    page.button(key="redo").click().run()
    assert page.selectbox(key="scenario").value == "solar-offices"
    page.button(key="reset").click().run()
    assert page.selectbox(key="scenario").value == "as-is"
    page.button(key="undo").click().run()
    assert page.selectbox(key="scenario").value == "solar-offices", "a reset can be undone too"


def test_a_building_is_changed_on_its_card_and_each_change_can_be_taken_back(page: AppTest, view: View) -> None:
    heated = view.buildings[view.buildings["heating_system"] == "district_heating"]
    building = str(heated.index[0])
    page.run()
    look_at(page, selected=building, card_part="change")
    page.slider(key="change_pv").set_value(40).run()
    page.selectbox(key="change_heating").select("ground_source_heat_pump").run()
    assert not page.exception
    assert len(sentences(page)) == 2
    assert page.slider(key="change_pv").value == 40, "the card shows what the building now has"
    assert page.selectbox(key="change_heating").value == "ground_source_heat_pump"
    now = view_state(page).history.present
    assert {edit.where.buildings for edit in now.edits} == {(building,)}
    page.selectbox(key="change_heating").select("ground_source_heat_pump").run()
    assert len(view_state(page).history.past) == 2, "what it has already is no step"
    page.button(key="remove_0").click().run()
    assert len(sentences(page)) == 1
    assert page.slider(key="change_pv").value == 0


def test_several_buildings_are_chosen_by_use_list_and_area(page: AppTest, view: View) -> None:
    page.run()
    page.button(key="several").click().run()
    assert page.button(key="several_apply").disabled, "nothing is chosen yet"
    page.multiselect(key="several_uses").select("hotel").run()
    hotels = int((view.buildings["use"] == "hotel").sum())
    assert f"{hotels} buildings" in " ".join(caption.value for caption in page.caption)
    page.button(key="several_apply").click().run()
    assert view_state(page).history.present.edits == (PvEdit(share=0.6, where=Where(use=("hotel",))),)
    west, south, east, north = view.district.bounds
    half = shapely.box(west, south, (west + east) / 2, north)
    look_at(page, several_by="area")
    page.text_area(key="several_area").input(shapely.to_geojson(half)).run()
    inside = int(shapely.within(view.buildings.geometry.representative_point(), half).sum())
    chosen = int(re.search(r"(\d+) buildings", " ".join(c.value for c in page.caption)).group(1))  # type: ignore[union-attr]
    assert abs(chosen - inside) <= 2
    page.text_area(key="several_area").input("not geojson").run()
    assert page.warning
    assert page.button(key="several_apply").disabled
    assert not page.exception


def test_a_link_restores_scenario_baseline_day_hour_colours_and_layers(page: AppTest) -> None:
    scenario = twin.load_scenario("deep-retrofit")
    query = {
        "s": encode_scenario(scenario),
        "b": encode_scenario(twin.load_scenario("solar-roofs")),
        "q": "co2_kg_m2",
        "day": "peak_heat",
        "hour": "17",
        "layers": "water.roofs",
        "lang": "fi",
        "at": "24.94,60.17,15.5,45,10",
    }
    for name, value in query.items():
        page.query_params[name] = value
    page.run()
    assert not page.exception
    state = view_state(page)
    assert state.history.present.edits == scenario.edits
    assert page.selectbox(key="scenario").value == "deep-retrofit"
    assert (state.group, state.quantity_year, state.day) == ("year", "co2_kg_m2", "peak_heat")
    assert state.layers == ("water", "roofs")
    assert state.first_step == 17
    drawn = json.loads(page.get("deck_gl_json_chart")[0].proto.json)
    assert drawn["initialViewState"]["zoom"] == 15.5
    assert "vrt. Aurinkosähköä kaikille" in told(page)


@pytest.mark.parametrize("broken", ["1xx", "9abc", "%00", "1" + "A" * 70_000])
def test_a_broken_link_is_told_and_opens_the_district_as_it_is(page: AppTest, broken: str) -> None:
    page.query_params["s"] = broken
    page.query_params["q"], page.query_params["day"], page.query_params["hour"] = "nonsense", "never", "99"
    page.query_params["at"] = "nan,1e9,x"
    page.query_params["district"] = "../../etc"
    page.run()
    assert not page.exception
    assert len(page.toast) == 2
    assert view_state(page).history.present.edits == ()


def test_cameras_of_links_are_held_to_the_globe() -> None:
    assert camera_of("24.9,60.1,14,50,-74").zoom == 14  # type: ignore[union-attr]
    for wrong in ("", "1,2,3", "nan,0,0,0,0", "inf,0,0,0,0", "999,0,10,0,0", "0,0,10,90,0"):
        assert camera_of(wrong) is None


def test_two_scenarios_are_shown_side_by_side_on_one_scale_and_as_a_difference(page: AppTest) -> None:
    page.run()
    page.selectbox(key="scenario").select("deep-retrofit").run()
    page.button(key="tool_compare").click().run()
    assert not page.exception
    assert page.get("deck_gl_json_chart") == [], "the two maps take the place of the one"
    page.selectbox(key="against").select("solar-roofs").run()
    assert "vs “Solar on all suitable roofs”" in told(page)
    look_at(page, mode="difference")
    assert "Change: Heat" in told(page)
    page.button(key="pin").click().run()
    assert "choose another scenario to compare with" in told(page)
    page.button(key="close_compare").click().run()
    assert len(page.get("deck_gl_json_chart")) == 1
    assert not page.exception


def test_the_workshop_has_big_presets_a_tour_a_reset_and_nothing_to_edit(page: AppTest) -> None:
    page.query_params["workshop"] = "1"
    page.run()
    assert not page.exception
    keys = {button.key for button in page.button}
    assert {f"preset_{preset.name}" for preset in twin.list_presets()} <= keys
    assert not keys & {"several", "undo", "tool_export"}
    assert "This is your district" in told(page)
    for _ in range(4):
        page.button(key="tour_next").click().run()
    assert "Nothing can break" not in told(page)
    page.button(key="preset_solar-roofs").click().run()
    assert "none in “As it is”" in figure(page, "Solar power")
    page.button(key="start_again").click().run()
    assert view_state(page).history.present.edits == ()
    assert not view_state(page).history.can_undo
    page.button(key="leave_workshop").click().run()
    assert page.selectbox(key="scenario").value == "as-is"


@pytest.mark.parametrize("kind", CARD_KINDS)
def test_what_the_card_sets_is_what_the_building_has(view: View, kind: str) -> None:
    wanted: dict[str, Any] = {
        "pv": 35, "retrofit": "deep", "heating": "air_water_heat_pump", "setpoints": 19.5,
        "cooled": "district_cooling", "battery": 50.0, "chargers": 25, "charging": "smart",
        "hot_water_tank": (1.5, "any"),
    }  # fmt: skip
    system = "direct_electric" if kind == "hot_water_tank" else "district_heating"
    heated = view.buildings[view.buildings["heating_system"] == system]
    building = str(heated.index[0])
    scenario = twin.Scenario(name="one", edits=(edit_of(kind, wanted[kind], Where(buildings=(building,))),))
    found = Views({view.district.name: view.district})
    row = found.open(view.district.name, found.key_of(scenario)).buildings.loc[building]
    assert values_of(row)[kind] == wanted[kind]


def test_every_edit_is_a_sentence_in_every_language(view: View) -> None:
    edits = [edit for preset in twin.list_presets() for edit in preset.edits]
    edits += [RetrofitEdit(level="light", share=0.5, where=Where(built_before=1950, oldest=0.3))]
    for language in LANGUAGES:
        for edit in edits:
            assert re.search(r"[a-z]_[a-z]", tell(edit, language)) is None
    name = str(view.buildings.index[0])
    said = tell(PvEdit(share=0.5, where=Where(buildings=(name,))), "fi", {name: "Ateneum"})
    assert said == "Aurinkopaneeleja 50\u00a0% sopivasta katosta · Ateneum"


def test_areas_come_as_geometry_feature_or_collection() -> None:
    ring = [[24.9, 60.1], [25.0, 60.1], [25.0, 60.2], [24.9, 60.1]]
    plain = {"type": "Polygon", "coordinates": [ring]}
    feature = {"type": "Feature", "properties": {}, "geometry": plain}
    for given in (plain, feature, {"type": "FeatureCollection", "features": [feature, feature]}):
        assert Where(area=area_of(json.dumps(given))).area is not None
    for wrong in ("[]", "{", '{"type": "FeatureCollection", "features": []}'):
        with pytest.raises(ValueError, match=r".+"):
            area_of(wrong)


def test_the_text_of_a_link_opens_the_same_view_in_the_api(views: Views) -> None:
    text = encode_scenario(twin.load_scenario("solar-offices"))
    assert views.known(text) == views.key_of(decode_scenario(text))
    assert np.isfinite(views.open("helsinki-centre", text).kpis["pv_kwh"]["value"])
