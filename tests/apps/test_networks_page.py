"""Networks on the page: found in two clicks, changed by hand, taken along."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from streamlit.testing.v1 import AppTest

from apps.map.view import opening as module
from apps.map.view.opening import Opening
from apps.texts import LANGUAGES
from apps.views.district_views import Views
from apps.views.networks.element_states import KIND, Look, element_quantity, on_one_scale
from apps.views.networks.network_views import Networks, NetworkView
from apps.views.python_snippet import network_snippet
from tests.apps.conftest import MAIN
from tests.apps.reading import look_at, sentences, told, view_state
from tests.twin.districts import four_buildings
from twin.scenario import CoolingEdit, ElementEdit, NetworkEdit, PlantEdit

NAME = "four-buildings"


@pytest.fixture
def found(small_networks: Networks) -> NetworkView:
    return small_networks.open(NAME, "overloaded")


@pytest.fixture
def small(small_networks: Networks, found: NetworkView) -> Iterator[AppTest]:
    """The page over four buildings, whose networks are computed already."""
    opened = Opening(small_networks._views, NAME, "overloaded")
    opened.__dict__["networks"] = small_networks
    module.choose(opened)
    yield AppTest.from_file(str(MAIN), default_timeout=120)
    module._chosen.clear()


def deck(page: AppTest) -> dict[str, Any]:
    (chart,) = page.get("deck_gl_json_chart")
    return json.loads(chart.proto.json)


def layer(page: AppTest, name: str) -> dict[str, Any]:
    return next(layer for layer in deck(page)["layers"] if layer["id"] == name)


def query(page: AppTest, name: str = "networks") -> dict[str, str]:
    return {key: values[0] for key, values in parse_qs(urlsplit(layer(page, name)["data"]).query).items()}


def edits(page: AppTest) -> tuple[Any, ...]:
    return view_state(page).history.present.edits


def settle(page: AppTest, small_networks: Networks) -> AppTest:
    """Let the networks of the scenario be computed, as the browser waits for them."""
    key = small_networks._views.key_of(view_state(page).history.present)
    small_networks.open(NAME, key)
    return page.run()


def test_an_overloaded_cable_is_found_in_two_clicks_with_its_cause(small: AppTest, found: NetworkView) -> None:
    small.run()
    first = deck(small)["initialViewState"]
    assert "networks" not in {one["id"] for one in deck(small)["layers"]}
    small.button(key="network_badge").click().run()
    assert not small.exception
    listed = [button for button in small.button if str(button.key).startswith("problem_")]
    cable = next(button for button in listed if button.label.startswith("**Cable"))
    assert "Flats" in cable.label
    assert "above 100" in cable.label
    cable.click().run()
    assert not small.exception
    name = str(cable.key).removeprefix("problem_")
    row = found.elements.index.get_loc(name)
    assert view_state(small).element == name
    assert view_state(small).day == found.worst.date_of(row)
    now = deck(small)["initialViewState"]
    assert now["zoom"] > first["zoom"], "the camera has flown there"
    assert now["transitionDuration"] > 0
    assert {"halo", "halo-edge"} <= {one["id"] for one in deck(small)["layers"]}
    hour = found.worst.time[found.worst.hour[row]].hour
    assert f"properties.c[{hour}]" in layer(small, "networks")["getLineWidth"], "the playhead stands at its worst hour"
    look_at(small, element_part="why")
    assert "Flats" in told(small)
    assert "outline" in {one["id"] for one in deck(small)["layers"]}, "who is to blame is outlined"


def test_the_hour_changes_an_index_and_the_state_the_address(small: AppTest) -> None:
    small.run()
    look_at(small, group="network")
    assert query(small)["quantity"] == "loading"
    before = layer(small, "networks")["data"]
    look_at(small, jump=(1, 17))
    assert layer(small, "networks")["data"] == before
    assert "properties.c[17]" in layer(small, "network-strokes")["_subLayerProps"]["linestrings"]["getColor"]
    assert len(json.dumps(deck(small))) < 9000
    small.selectbox(key="network_carrier").select("heat").run()
    small.selectbox(key="network_quantity").select("temperature").run()
    assert not small.exception
    assert query(small)["quantity"] == "temperature"
    assert "/networks/heat.geojson" in layer(small, "networks")["data"]
    legend = told(small)
    for word in ("Supply temperature", "°C", "at least 60.0", "mapped", "laid by algorithm", "Beyond limit"):
        assert word in legend
    assert "/layers/buildings.geojson" in layer(small, "buildings")["data"], "the buildings are quiet"
    assert not {"pipes", "chargers", "roofs"} & {one["id"] for one in deck(small)["layers"]}


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_every_state_of_every_network_is_shown_in_every_language(small: AppTest, language: str) -> None:
    small.query_params["lang"] = language
    small.run()
    small.button(key="network_badge").click().run()
    for carrier in ("all", "electricity", "heat"):
        small.selectbox(key="network_carrier").select(carrier).run()
        for quantity in small.selectbox(key="network_quantity").options:
            assert "_" not in quantity
    assert not small.exception
    assert re.search(r">[a-z]+_[a-z]+<", told(small)) is None


def test_a_larger_cable_is_one_step_and_mends_it(small: AppTest, small_networks: Networks, found: NetworkView) -> None:
    cable = next(name for name in found.problems.index if found.problems.loc[name, "kind"] == "cable")
    small.run()
    small.button(key="network_badge").click().run()
    small.button(key=f"problem_{cable}").click().run()
    look_at(small, element_part="change")
    assert small.selectbox(key="element_size").value == found.elements.loc[cable, "size"]
    small.selectbox(key="element_size").select("AXMK 4x300").run()
    assert edits(small)[-1] == ElementEdit(do="resize", id=cable, size="AXMK 4x300")
    assert len(view_state(small).history.past) == 1
    settle(small, small_networks)
    assert not small.exception
    assert view_state(small).element == cable, "it keeps its card"
    after = small_networks.ready(NAME, small_networks._views.key_of(view_state(small).history.present))
    assert after is not None
    assert after.elements.loc[cable, "origin"] == "edited"
    assert after.elements.loc[cable, "hours_over"] < found.elements.loc[cable, "hours_over"]
    small.button(key="undo").click().run()
    assert len(edits(small)) == 2


def test_a_pipe_is_taken_out_and_the_list_tells_it(small: AppTest, found: NetworkView) -> None:
    small.run()
    look_at(small, group="network", element=str(found.problems.index[0]), element_part="change")
    small.button(key="element_remove").click().run()
    assert edits(small)[-1] == ElementEdit(do="remove", id=str(found.problems.index[0]))
    assert view_state(small).element is None
    assert len(sentences(small)) == 3


def test_a_plant_is_built_where_a_building_was_clicked_and_moved_resized_and_closed(
    small: AppTest, small_networks: Networks
) -> None:
    small.run()
    look_at(small, group="network")
    small.button(key="add_plant").click().run()
    small.selectbox(key="plant_kind").select("heat_accumulator").run()
    assert small.number_input(key="new_plant_kwh"), "a store has a capacity"
    small.selectbox(key="plant_kind").select("boiler_electric").run()
    small.number_input(key="new_plant_kw").set_value(300.0).run()
    look_at(small, plant__place="building")
    assert small.button(key="plant_build").disabled, "no building was clicked yet"
    look_at(small, plant__building="w2")
    small.button(key="plant_build").click().run()
    assert not small.exception
    (edit,) = [one for one in edits(small) if isinstance(one, PlantEdit)]
    assert (edit.id, edit.kind, edit.size_kw) == ("boiler-electric-1", "boiler_electric", 300.0)
    assert edit.at is not None
    settle(small, small_networks)
    look_at(small, element="boiler-electric-1", element_part="change")
    small.number_input(key="plant_size").set_value(500.0).run()
    assert edits(small)[-1] == PlantEdit(do="resize", id="boiler-electric-1", size_kw=500.0)
    settle(small, small_networks)
    small.button(key="plant_move").click().run()
    look_at(small, plant__place="building", plant__building="w1")
    small.button(key="plant_build").click().run()
    assert edits(small)[-1].do == "move"
    settle(small, small_networks)
    look_at(small, element="boiler-electric-1", element_part="change")
    small.button(key="plant_remove").click().run()
    assert edits(small)[-1] == PlantEdit(do="remove", id="boiler-electric-1")
    assert not small.exception


def test_a_cable_is_laid_by_clicks_named_in_the_list_and_drawn_before(
    small: AppTest, small_networks: Networks, found: NetworkView
) -> None:
    transformer = next(str(name) for name in found.elements.index if found.elements.loc[name, "kind"] == "transformer")
    small.run()
    look_at(small, group="network")
    small.button(key="add_line").click().run()
    look_at(small, line__carrier="electricity")
    assert small.button(key="line_lay").disabled, "nobody said where"
    look_at(small, line__places=(transformer, "w1"))
    assert not small.exception
    assert "Flats" in told(small)
    (sketch,) = layer(small, "sketch")["data"]
    along = sketch["geometry"]["coordinates"]
    look_at(small, line__streets=False)
    assert len(layer(small, "sketch")["data"][0]["geometry"]["coordinates"]) == 2 <= len(along)
    small.selectbox(key="line_size").select("AXMK 4x300").run()
    small.button(key="line_lay").click().run()
    edit = edits(small)[-1]
    assert (edit.do, edit.id, edit.carrier, edit.size) == ("add", "electricity-new-1", "electricity", "AXMK 4x300")
    assert len(edit.line) == 2
    assert "line 1" in sentences(small)[-1]
    settle(small, small_networks)
    assert not small.exception
    after = small_networks.ready(NAME, small_networks._views.key_of(view_state(small).history.present))
    assert after is not None
    assert after.elements.loc["electricity-new-1", "origin"] == "edited"


def test_a_cable_is_led_another_way_and_what_does_not_fit_is_told_and_taken_back(
    small: AppTest, small_networks: Networks, found: NetworkView
) -> None:
    cable = next(str(name) for name in found.problems.index if found.problems.loc[name, "kind"] == "cable")
    small.run()
    look_at(small, group="network", element=cable, element_part="change")
    small.button(key="element_move").click().run()
    look_at(small, line__places=("w3", "w4"))
    small.button(key="line_lay").click().run()
    assert (edits(small)[-1].do, edits(small)[-1].id) == ("move", cable)
    assert sentences(small)[-1].startswith("Cable"), "it bears its name, not its id"
    key = small_networks._views.key_of(view_state(small).history.present)
    if small_networks.ready(NAME, key) is None:
        small_networks._working[NAME, key].join(60)
    small.run()
    if small_networks.failure(NAME, key) is not None:
        small.button(key="networks_undo").click().run()
        assert len(edits(small)) == 2
    assert not small.exception


def test_a_network_is_run_at_other_temperatures_laid_anew_and_led_back(small: AppTest) -> None:
    small.run()
    look_at(small, group="network")
    small.button(key="change_network").click().run()
    assert small.number_input(key="network_supply_temp_c").value == 55
    small.number_input(key="network_supply_temp_c").set_value(80.0).run()
    networks = [one for one in edits(small) if isinstance(one, NetworkEdit)]
    assert networks == [NetworkEdit(carrier="heat", do="operate", supply_temp_c=80.0)]
    small.selectbox(key="network_generation").select("4").run()
    networks = [one for one in edits(small) if isinstance(one, NetworkEdit)]
    assert networks == [NetworkEdit(carrier="heat", do="lay", generation="4", supply_temp_c=80.0)]
    small.button(key="network_reset").click().run()
    assert not [one for one in edits(small) if isinstance(one, NetworkEdit)]
    look_at(small, network_to_change="gas")
    small.slider(key="network_hydrogen_share").set_value(20).run()
    assert edits(small)[-1] == NetworkEdit(carrier="gas", do="operate", hydrogen_share=0.2)
    assert not small.exception


def test_buildings_are_connected_to_district_cooling(small: AppTest) -> None:
    small.run()
    look_at(small, selected="w2", card_part="change")
    small.selectbox(key="change_cooled").select("district_cooling").run()
    assert not small.exception
    edit = edits(small)[-1]
    assert isinstance(edit, CoolingEdit)
    assert (edit.system, edit.begin, edit.where.buildings) == ("district_cooling", True, ("w2",))


def test_two_scenarios_are_compared_on_one_scale_and_on_days_that_both_have(
    small: AppTest, small_networks: Networks, found: NetworkView
) -> None:
    small_networks.open(NAME)
    small.run()
    look_at(small, group="network", mode="beside", network_carrier="heat", network_quantity="temperature")
    assert not small.exception
    assert view_state(small).day in found.rows
    look = Look("heat", "temperature", "winter_weekday")
    shared = on_one_scale((small_networks.open(NAME), found), look)
    for one in (small_networks.open(NAME), found):
        low, high = element_quantity(one, look).scale
        assert shared.scale is not None
        assert shared.scale[0] <= low < high <= shared.scale[1]
        assert element_quantity(one, shared).scale == shared.scale


def test_the_years_flows_are_drawn_and_told_in_a_table(small: AppTest) -> None:
    small.run()
    small.button(key="tool_flows").click().run()
    assert not small.exception
    text = told(small)
    assert "Heat from outside" in text
    assert "Lost: Heat network" in text
    assert "GWh/year" in text or "MWh/year" in text


def test_networks_are_taken_along_with_their_origins_and_as_python(small: AppTest, found: NetworkView) -> None:
    small.run()
    small.button(key="network_badge").click().run()
    small.button(key="tool_export").click().run()
    assert not small.exception
    code = small.code[0].value
    ast.parse(code)
    assert "run_networks" in code
    assert 'networks.state("loading")' in code
    scenario = view_state(small).history.present
    for look in (Look("heat", "temperature", found.worst_days[0]), Look("all", KIND, "year")):
        ast.parse(network_snippet(found.view, scenario, look, 3, found.dates))


def test_a_link_leads_back_to_the_same_network_and_element(small: AppTest, found: NetworkView) -> None:
    small.run()
    small.button(key="network_badge").click().run()
    small.button(key=f"problem_{found.problems.index[0]}").click().run()
    kept = ("group", "network_carrier", "network_quantity", "element", "day")
    state = {key: getattr(view_state(small), key) for key in kept}
    written = {"net": f"{state['network_carrier']}.{state['network_quantity']}", "element": state["element"]}
    again = AppTest.from_file(str(MAIN), default_timeout=120)
    for key, value in {**written, "day": state["day"], "hour": "17"}.items():
        again.query_params[key] = value
    again.run()
    assert not again.exception
    for key in kept:
        assert getattr(view_state(again), key) == state[key], key


def test_a_district_without_streets_says_why_it_has_no_networks_and_goes_on(view_cache: Any) -> None:
    district = four_buildings()
    opened = Opening(Views({district.name: district}), NAME)
    module.choose(opened)
    page = AppTest.from_file(str(MAIN), default_timeout=120).run()
    opened.networks.begin(NAME)
    opened.networks._working[NAME, "as-is"].join(60)
    page.button(key="network_badge").click().run()
    module._chosen.clear()
    assert not page.exception
    assert "no streets" in told(page)
    assert "cet-kpi-value" in told(page), "the other figures are there"
    assert page.button(key="networks_retry")
