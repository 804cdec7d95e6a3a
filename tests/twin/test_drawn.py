"""New buildings as people draw them: what can be built, and what is wrong with each of the others."""

from __future__ import annotations

import json
from typing import Any

import geopandas as gpd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import Point, box, mapping

from gis_data import District
from tests.twin.districts import CRS, X, Y, at, four_buildings
from twin.model.new_buildings import Drawn, read_drawn
from twin.model.twin import make_twin
from twin.scenario import AddBuildingsEdit, Scenario
from twin.texts import LANGUAGES

STANDING = four_buildings().buildings.geometry


def drawn(shape: Any, **properties: Any) -> dict[str, Any]:
    there = gpd.GeoSeries([at(shape)], crs=CRS).to_crs("EPSG:4326").iloc[0]
    return {"type": "Feature", "properties": properties, "geometry": mapping(there)}


def read(*features: Any, **more: Any) -> Drawn:
    text = json.dumps({"type": "FeatureCollection", "features": list(features), **more})
    return read_drawn(text, STANDING, "Four buildings")


def free(x: float) -> Any:
    return box(x, -60, x + 20, -40)


def test_good_ones_are_built_as_they_are_told(district: District) -> None:
    found = read(
        drawn(free(0), use="office", levels=8, year=2030, name="Tower", heating_system="ground_source_heat_pump"),
        {**drawn(free(40), building="apartments", **{"building:levels": "5"}), "id": "east"},
        drawn(free(80), use="school", height="12 m", id=7),
        drawn(free(120)),
    )
    assert found.flaws == ()
    assert [one["id"] for one in found.features] == ["new-1", "east", "g7", "new-2"]
    scenario = Scenario(name="a", edits=(AddBuildingsEdit(features=found.features),))
    made = make_twin(district, scenario).buildings.loc[["new-1", "east", "g7", "new-2"]]
    assert made["use"].tolist()[:3] == ["office", "apartment_block", "school"]
    assert made["levels"].tolist()[:2] == [8, 5]
    assert made.loc["new-1", "name"] == "Tower"
    assert made.loc["new-1", "heating_system"] == "ground_source_heat_pump"
    assert made.loc["g7", "height_m"] == 12


WRONG: list[tuple[Any, str]] = [
    (drawn(Point(0, -50)), "is a Point: draw a building as a Polygon"),
    ({"type": "Feature", "properties": {}, "geometry": None}, "is a –"),
    ({"type": "Building"}, "is not a GeoJSON Feature"),
    ({"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates": [[[24, "x"]]]}}, "broken"),
    (
        {"type": "Feature", "properties": {}, "geometry": mapping(box(X, Y, X + 9, Y + 9))},
        "at 385000, 6.672e+06, which",
    ),
    ({"type": "Feature", "properties": {}, "geometry": mapping(box(24.9, 60.1, 24.9, 60.2))}, "encloses nothing"),
    (drawn(box(0, -60, 2, -58)), "covers 4.0 m²: a building covers at least 10 m²"),
    (drawn(free(0), use="offfice"), "has the use “offfice”: take office"),
    (drawn(free(0), heating_system="fusion"), "has the heating “fusion”: take district_heating, "),
    (drawn(free(0), levels="many"), "has levels “many”: give a number from 1 to 200"),
    (drawn(free(0), height=-3), "has height “-3”"),
    (drawn(free(0), year="soon"), "has year “soon”: give a number from 1000 to 2200"),
    (drawn(box(90_000, 0, 90_020, 20)), "stands far from Four buildings"),
    (drawn(box(5, 5, 25, 25)), "stands on w1: tear that down first"),
    (drawn(free(0), building="no"), "is not built"),
]


@pytest.mark.parametrize(("feature", "says"), WRONG, ids=[says[:24] for _, says in WRONG])
def test_each_feature_that_cannot_be_built_says_why_and_the_others_are_built(feature: Any, says: str) -> None:
    found = read(drawn(free(200), use="office"), feature, drawn(free(240), use="office"))
    assert len(found.features) == 2
    (flaw,) = found.flaws
    assert flaw.told().startswith("Feature 2 ")
    assert says in flaw.told()
    told = {flaw.told(language) for language in LANGUAGES}
    assert len(told) == len(LANGUAGES)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "This is not JSON: look at line 1, column 2"),
        ("[]", "This is not GeoJSON with buildings"),
        ('{"type": "FeatureCollection", "features": []}', "This is not GeoJSON with buildings"),
        (
            '{"type": "FeatureCollection", "features": [1], "crs": {"properties": {"name": "EPSG:3067"}}}',
            "in EPSG:3067",
        ),
        (json.dumps({"type": "FeatureCollection", "features": [1] * 501}), "501 features: add at most 500"),
        ("[" * 100_000, "This is not GeoJSON with buildings"),
    ],
    ids=["cut", "list", "empty", "crs", "many", "deep"],
)
def test_what_is_no_collection_of_buildings_says_so(text: str, says: str) -> None:
    found = read_drawn(text, STANDING, "Four buildings")
    assert found.features == ()
    assert says in found.flaws[0].told()


def test_a_geometry_and_a_feature_alone_are_buildings_too() -> None:
    one = drawn(free(0))
    for text in (json.dumps(one), json.dumps(one["geometry"])):
        assert [each["id"] for each in read_drawn(text, STANDING, "x").features] == ["new-1"]


def test_new_ones_on_each_other_and_taken_names() -> None:
    found = read(
        {**drawn(free(0)), "id": "w1"}, drawn(box(10, -60, 30, -40)), {**drawn(free(80)), "id": "w1"}, drawn(free(40))
    )
    assert [flaw.told() for flaw in found.flaws] == ["Feature 2 stands on feature 1: draw them apart"]
    assert [one["id"] for one in found.features] == ["w1-1", "w1-2", "new-2"]


def test_a_building_is_called_by_the_name_that_people_know() -> None:
    (flaw,) = read(drawn(box(5, 5, 25, 25))).flaws
    assert flaw.told("fi", {"w1": "Ateneum"}) == (
        "Kohde 1 on rakennuksen Ateneum päällä: pura se ensin tai siirrä uutta"
    )


places = st.integers(-40, 140)
sizes = st.integers(0, 60)
values = st.one_of(st.none(), st.integers(-5, 3000), st.text(max_size=8))


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(places, places, sizes, sizes, st.dictionaries(st.sampled_from(["use", "levels", "year"]), values)),
        min_size=1,
        max_size=4,
    )
)
def test_whatever_is_drawn_what_is_said_to_be_buildable_can_be_built(rows: list[Any]) -> None:
    """Everything that is read is either built by the twin, or told with its number."""
    found = read(*(drawn(box(x, y, x + w, y + h), **said) for x, y, w, h, said in rows))
    assert len(found.features) + len({flaw.number for flaw in found.flaws}) == len(rows)
    if found.features:
        scenario = Scenario(name="a", edits=(AddBuildingsEdit(features=found.features),))
        made = make_twin(four_buildings(), scenario)
        assert {one["id"] for one in found.features} <= set(made.buildings.index)
