"""The page without a browser: what the map is told to draw, and what is said when it cannot be."""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from streamlit.testing.v1 import AppTest

from apps.map.view import opening as module
from apps.map.view.cards.kpi_cards import change_text
from apps.map.view.opening import Opening
from apps.texts import texts
from apps.views.district_views import Views
from apps.views.view import View
from tests.apps.reading import look_at

FOLDER = Path(__file__).resolve().parents[2] / "apps" / "map"


@pytest.fixture
def page(views: Views, view: View) -> Iterator[AppTest]:
    module.choose(Opening(views, "helsinki-centre"))
    yield AppTest.from_file(str(FOLDER / "main.py"), default_timeout=60)
    module._chosen.clear()


def deck(page: AppTest) -> dict[str, Any]:
    (chart,) = page.get("deck_gl_json_chart")
    return json.loads(chart.proto.json)


def layer(page: AppTest, name: str) -> dict[str, Any]:
    return next(layer for layer in deck(page)["layers"] if layer["id"] == name)


def query(page: AppTest, name: str = "buildings") -> dict[str, str]:
    return {key: values[0] for key, values in parse_qs(urlsplit(layer(page, name)["data"]).query).items()}


def test_no_file_beside_the_script_bears_a_packages_name() -> None:
    names = {path.stem for path in FOLDER.iterdir() if path.stem not in {"__init__", "__pycache__", "main"}}
    elsewhere = [entry for entry in sys.path if Path(entry or ".").resolve() != FOLDER]
    taken = [name for name in names if importlib.machinery.PathFinder.find_spec(name, elsewhere)]
    assert taken == []
    assert not names & set(sys.stdlib_module_names)


def test_the_first_picture_asks_only_our_own_service_and_no_basemap(page: AppTest) -> None:
    page.run()
    assert not page.exception
    drawn = deck(page)
    # The mark that pydeck leaves when no style is given: anything else fetches a basemap.
    assert drawn["mapStyle"] == "__MAP_STYLE__"
    assert drawn.get("mapProvider") is None
    addresses = [layer["data"] for layer in drawn["layers"] if isinstance(layer["data"], str)]
    assert addresses
    assert all(address.startswith("/api/districts/helsinki-centre/") for address in addresses)
    assert "http" not in json.dumps(drawn)


def test_what_is_sent_again_for_each_hour_is_small(page: AppTest) -> None:
    page.run()
    assert len(json.dumps(deck(page))) < 8000


def test_the_day_and_the_quantity_choose_the_data_the_hour_only_an_index(page: AppTest) -> None:
    page.run()
    before = layer(page, "buildings")
    assert query(page)["day"] == "winter_weekday"
    assert "properties.c[8]" in before["_subLayerProps"]["polygons-fill"]["getFillColor"]
    page.selectbox(key="day").select("peak_heat").run()
    assert query(page)["day"] == "peak_heat"
    page.selectbox(key="quantity_hour").select("electricity").run()
    assert query(page)["quantity"] == "electricity"
    assert deck(page)["initialViewState"] == deck(page.run())["initialViewState"]


def test_kinds_and_years_are_coloured_too(page: AppTest) -> None:
    page.run()
    look_at(page, group="kind")
    assert query(page)["quantity"] == "use"
    assert "properties.c[0]" in layer(page, "buildings")["_subLayerProps"]["polygons-fill"]["getFillColor"]
    look_at(page, group="year")
    assert query(page)["quantity"] == "heat_kwh_m2"
    assert not page.exception


def test_layers_are_switched_and_the_sun_on_roofs_mutes_the_buildings(page: AppTest) -> None:
    page.run()
    look_at(page, layers=("roofs",))
    assert {layer["id"] for layer in deck(page)["layers"]} == {"land", "buildings", "roofs"}
    fill = layer(page, "buildings")["_subLayerProps"]["polygons-fill"]["getFillColor"]
    assert isinstance(fill, list), "one quantity at a time: the buildings are plain"


def test_a_selected_building_is_outlined_and_has_its_card(page: AppTest, view: View) -> None:
    page.run()
    look_at(page, selected=view.buildings.index[0])
    assert not page.exception
    assert {"outline", "outline-casing"} <= {layer["id"] for layer in deck(page)["layers"]}
    assert page.button(key="close_card")
    page.button(key="close_card").click().run()
    assert "outline" not in {layer["id"] for layer in deck(page)["layers"]}


@pytest.mark.parametrize(("language", "word"), [("fi", "Skenaario"), ("sv", "Scenario"), ("en", "Scenario")])
def test_the_page_speaks_the_language_of_its_address(page: AppTest, language: str, word: str) -> None:
    page.query_params["lang"] = language
    page.run()
    assert page.selectbox(key="scenario").label == word
    assert query(page)["lang"] == language


def test_a_district_that_cannot_be_opened_is_told_with_what_to_do(views: Views) -> None:
    module.choose(Opening(views, "atlantis"))
    page = AppTest.from_file(str(FOLDER / "main.py"), default_timeout=60).run()
    module._chosen.clear()
    assert not page.exception
    told = " ".join(str(element.proto.body) for element in page.get("html"))
    assert "atlantis" in told
    assert "twin district build" in told
    assert page.get("deck_gl_json_chart") == []


def test_a_change_names_its_baseline() -> None:
    words = texts("en")
    name = "Solar & more"
    assert change_text({"value": 90.0}, {"value": 100.0}, name, words) == "\u221210\u00a0% vs “Solar &amp; more”"
    assert change_text({"value": 112.5}, {"value": 100.0}, name, words).startswith("+12")
    assert change_text({"value": 100.0}, {"value": 100.0}, name, words) == "same as “Solar &amp; more”"
    assert change_text({"value": 5.0}, {"value": 0.0}, name, words) == "none in “Solar &amp; more”"
    assert change_text({"value": 5.0}, {"value": None, "available": False}, name, words).startswith("no figure")
