"""Uses, storeys, heights, years and labels, and where each comes from."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from shapely.geometry import Point

from gis_data.buildings import buildings_from_features
from gis_data.buildings.catalogue import building_values, feature_uses, landuse_uses, name_words, use_rules
from gis_data.features import USES
from tests.gis_data.osm_features import CRS, EAST, NORTH, box, features


def row(rows: dict, feature_id: str = "w1") -> Any:
    return buildings_from_features(features(rows), CRS).buildings.loc[feature_id]


def at(x: float, y: float) -> Point:
    return Point(EAST + x, NORTH + y)


def test_the_catalogues_speak_of_known_uses_only() -> None:
    told = {value.use for value in building_values().values()} - {None}
    told |= {use.use for values in feature_uses().values() for use in values.values()}
    told |= {use for values in landuse_uses().values() for use in values.values()} | set(name_words().values())
    assert told - {"residential"} <= set(USES)
    assert set(use_rules()) == set(USES)


@pytest.mark.parametrize(
    ("tags", "use"),
    [
        ({"building": "apartments"}, "apartment_block"),
        ({"building": "yes", "tourism": "hotel"}, "hotel"),
        ({"building": "public", "amenity": "theatre"}, "assembly"),
        ({"building": "public", "amenity": "university"}, "university"),
        ({"building": "yes", "amenity": "kindergarten"}, "school"),
        ({"building": "yes", "shop": "mall"}, "retail"),
        ({"building": "commercial"}, "office"),
        ({"building": "retail;apartments"}, "retail"),
        ({"building": "train_station"}, "transport"),
        ({"building": "tower", "tourism": "hotel"}, "hotel"),
        ({"building": "apartments", "shop": "convenience"}, "apartment_block"),
        ({"building": "yes", "name": "Munkkiniemen kirkko"}, "assembly"),
        ({"building": "Apartments"}, "apartment_block"),
    ],
)
def test_what_is_tagged_counts(tags: dict[str, str], use: str) -> None:
    found = row({"w1": (box(0, 0, 30, 30), tags)})
    assert (found.use, found.use_source) == (use, "tagged")


def test_a_shop_on_the_street_does_not_make_a_block_of_flats_a_shop() -> None:
    block = (box(0, 0, 40, 20), {"building": "yes", "building:levels": "6"})
    shop = (at(10, 5), {"shop": "clothes"})
    door = (at(20, 0), {"entrance": "staircase"})
    assert row({"w1": block, "n1": shop}).use == "apartment_block"
    with_door = row({"w1": block, "n1": shop, "n2": door})
    assert (with_door.use, with_door.use_source) == ("apartment_block", "from contents")


@pytest.mark.parametrize(
    ("levels", "inside", "use"),
    [
        ("1", [{"shop": "supermarket"}], "retail"),
        ("6", [{"office": "company"}] * 3, "office"),
        ("5", [{"tourism": "hotel"}], "hotel"),
        ("3", [{"amenity": "school"}], "school"),
        ("2", [{"shop": "department_store"}], "retail"),
    ],
)
def test_contents_tell_the_use(levels: str, inside: list[dict[str, str]], use: str) -> None:
    rows: dict = {"w1": (box(0, 0, 40, 30), {"building": "yes", "building:levels": levels})}
    rows |= {f"n{i}": (at(5 + 3 * i, 10), tags) for i, tags in enumerate(inside, 1)}
    found = row(rows)
    assert (found.use, found.use_source) == (use, "from contents")


def test_land_use_and_neighbours_tell_the_rest() -> None:
    industry = row(
        {"w1": (box(0, 0, 40, 30), {"building": "yes"}), "w2": (box(-50, -50, 200, 200), {"landuse": "industrial"})}
    )
    assert (industry.use, industry.use_source) == ("industrial", "from land use")
    rows: dict = {"w1": (box(0, 0, 40, 30), {"building": "yes"})}
    rows |= {f"w{i}": (box(60 * i, 0, 40, 30), {"building": "office"}) for i in range(2, 5)}
    office = row(rows)
    assert (office.use, office.use_source) == ("office", "from neighbours")


def test_houses_are_told_apart_by_size() -> None:
    rows: dict = {
        "w1": (box(0, 0, 12, 10), {"building": "house"}),
        "w2": (box(0, 100, 60, 15), {"building": "residential", "building:levels": "5"}),
        "w3": (box(0, 200, 60, 10), {"building": "residential", "building:levels": "2"}),
        "w4": (box(0, 300, 5, 4), {"building": "yes"}),
    }
    rows |= {f"w{i}": (box(8 * i, 400, 8, 10), {"building": "house"}) for i in range(5, 9)}
    table = buildings_from_features(features(rows), CRS).buildings
    assert table["use"].to_dict() == {
        "w1": "detached_house", "w2": "apartment_block", "w3": "row_house", "w4": "outbuilding",
        **dict.fromkeys(["w5", "w6", "w7", "w8"], "row_house"),
    }  # fmt: skip
    assert set(table["use_source"]) == {"from footprint"}


def test_levels_and_height_follow_from_each_other() -> None:
    levels = row({"w1": (box(0, 0, 30, 15), {"building": "apartments", "building:levels": "5", "start_date": "1972"})})
    assert (levels.height_m, levels.height_source) == (15.0, "from levels")  # 5 × 3.0 m
    assert levels.floor_area_m2 == pytest.approx(5 * 450, rel=1e-3)
    height = row({"w1": (box(0, 0, 30, 15), {"building": "apartments", "height": "15 m", "start_date": "1972"})})
    assert (height.levels, height.levels_source, height.height_source) == (5.0, "from height", "tagged")
    old = row({"w1": (box(0, 0, 30, 15), {"building": "apartments", "building:levels": "5", "start_date": "1905"})})
    assert old.height_m > levels.height_m


def test_the_roof_is_not_part_of_the_wall() -> None:
    found = row({"w1": (box(0, 0, 10, 10), {"building": "detached", "height": "8", "roof:height": "3"})})
    assert found.height_m == 5.0


def test_levels_come_from_neighbours_of_the_same_use() -> None:
    rows: dict = {"w1": (box(0, 0, 40, 20), {"building": "office"})}
    rows |= {f"w{i}": (box(50 * (i - 1), 0, 40, 20), {"building": "office", "building:levels": "7"}) for i in (2, 3, 4)}
    rows |= {"w9": (box(0, 50, 5, 5), {"building": "shed", "building:levels": "1"})}
    found = row(rows)
    assert (found.levels, found.levels_source, found.height_source) == (7.0, "from neighbours", "from neighbours")


def test_useless_numbers_are_inferred_and_reported() -> None:
    tables = buildings_from_features(
        features({"w1": (box(0, 0, 30, 15), {"building": "office", "building:levels": "-2", "height": "tall"})}), CRS
    )
    assert tables.buildings.loc["w1", "levels_source"] == "default"
    assert len([p for p in tables.problems if p.feature_id == "w1"]) == 2


def test_years() -> None:
    tagged = row({"w1": (box(0, 0, 30, 15), {"building": "office", "start_date": "1930s"})})
    assert (tagged.construction_year, tagged.construction_year_source) == (1935, "tagged")
    alone = row({"w1": (box(0, 0, 30, 15), {"building": "office"})})
    assert (alone.construction_year, alone.construction_year_source) == (use_rules()["office"].default_year, "default")


def test_labels() -> None:
    rows: dict = {
        "w1": (box(0, 0, 30, 15), {"building": "yes", "name": "Kulma", "building:heating": "district heating"}),
        "n1": (at(10, 0), {"addr:street": "Kaivokatu", "addr:housenumber": "1", "entrance": "main"}),
        "w2": (box(100, 0, 30, 15), {"building": "yes", "addr:street": "Yliopistonkatu", "addr:housenumber": "3"}),
        "n2": (at(110, 5), {"addr:street": "Fabianinkatu", "addr:housenumber": "37"}),
    }
    table = buildings_from_features(features(rows), CRS).buildings
    assert table.loc["w1", ["name", "address", "heating_system", "heating_system_source"]].tolist() == [
        "Kulma", "Kaivokatu 1", "district_heating", "tagged",
    ]  # fmt: skip
    assert table.loc["w2", "address"] == "Yliopistonkatu 3"
    assert pd.isna(table.loc["w2", "heating_system"])


def test_what_a_geojson_file_told_is_input() -> None:
    tags = {"building": "office", "height": "20", "start_date": "1999", "source:geojson": "yes"}
    found = row({"g1": (box(0, 0, 30, 15), tags)}, "g1")
    assert {found.use_source, found.height_source, found.construction_year_source} == {"input"}
    assert found.osm_id is None
