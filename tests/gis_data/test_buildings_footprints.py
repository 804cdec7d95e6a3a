"""Footprints: relations, parts, duplicates, overlaps and what only bears the tag."""

from __future__ import annotations

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, MultiPolygon, Point, Polygon

from gis_data.buildings import BuildingTables, buildings_from_features
from tests.gis_data.osm_features import CRS, EAST, NORTH, box, features

YES = {"building": "yes"}


def build(rows: dict, members: dict | None = None) -> BuildingTables:
    return buildings_from_features(features(rows, members), CRS)


def told(tables: BuildingTables, feature_id: str) -> list[tuple[str, str]]:
    return [(p.what, p.done) for p in tables.problems if p.feature_id == feature_id]


@pytest.mark.parametrize(
    "tags",
    [
        {"building": "roof"}, {"building": "tank"}, {"building": "silo"}, {"building": "ruins"}, {"building": "ship"},
        {"building": "construction"}, {"building": "yes", "ruins": "yes"}, {"building": "yes", "man_made": "canopy"},
        {"building": "yes", "location": "underground"}, {"building": "yes", "building:levels": "0"},
        {"building": "yes", "layer": "-1"},
    ],
)  # fmt: skip
def test_what_no_one_heats_is_dropped_with_its_reason(tags: dict[str, str]) -> None:
    tables = build({"w1": (box(0, 0, 20, 20), tags), "w2": (box(50, 0, 20, 20), YES)})
    assert list(tables.buildings.index) == ["w2"]
    assert [done for _, done in told(tables, "w1")] == ["dropped"]


def test_points_and_lines_are_no_buildings() -> None:
    tables = build(
        {
            "n1": (Point(EAST, NORTH), {"building": "entrance"}),
            "w1": (LineString([(EAST, NORTH), (EAST + 9, NORTH)]), YES),
            "w2": (box(50, 0, 20, 20), YES),
        }
    )
    assert list(tables.buildings.index) == ["w2"]
    assert told(tables, "n1")[0][1] == told(tables, "w1")[0][1] == "dropped"


def test_an_empty_area_gives_an_empty_table() -> None:
    tables = build({"n1": (Point(EAST, NORTH), {"shop": "kiosk"})})
    assert len(tables.buildings) == 0
    assert "footprint_m2" in tables.buildings.columns


@pytest.mark.parametrize("value", ["shed", "greenhouse", "entrance", "garage", "carport"])
def test_unheated_buildings_stay_as_such(value: str) -> None:
    row = build({"w1": (box(0, 0, 20, 20), {"building": value})}).buildings.loc["w1"]
    assert row.use in ("outbuilding", "garage")


def test_relation_and_outer_way_are_one_building_with_its_courtyard() -> None:
    outer = box(0, 0, 40, 30)
    ring = outer.difference(box(10, 10, 20, 10))
    tables = build(
        {
            "w1": (outer, {"building": "yes", "name": "Kulma"}),
            "r1": (ring, {"building": "office", "type": "multipolygon"}),
        },
        {"r1": (("w1", "outer"), ("w2", "inner"))},
    )
    assert list(tables.buildings.index) == ["r1"]
    row = tables.buildings.loc["r1"]
    assert (row.use, row["name"], row.osm_id) == ("office", "Kulma", "relation/1")
    assert row.footprint_m2 == pytest.approx(1000, abs=0.01)


def test_building_relation_gives_its_outline_its_tags_and_its_parts() -> None:
    tables = build(
        {
            "w1": (box(0, 0, 40, 20), {"building": "yes"}),
            "w2": (box(0, 0, 20, 20), {"building:part": "yes", "building:levels": "6"}),
            "w3": (box(20, 0, 20, 20), {"building:part": "yes", "building:levels": "2"}),
        },
        {"r1": (("w1", "outline"), ("w2", "part"), ("w3", "part"))},
    )
    row = tables.buildings.loc["w1"]
    assert len(tables.buildings) == 1
    assert row.floor_area_m2 == pytest.approx(400 * 6 + 400 * 2, rel=1e-4)
    assert (row.levels, row.levels_source, row.floor_area_source) == (4.0, "from part", "from part")


def test_parts_are_counted_once_and_the_rest_by_the_outline() -> None:
    tables = build(
        {
            "w1": (box(0, 0, 40, 20), {"building": "office", "building:levels": "2"}),
            "w2": (box(0, 0, 10, 20), {"building:part": "yes", "building:levels": "8"}),
            # Above the first part: floors 5 to 10, of which 5 to 8 are counted there already.
            "w3": (box(0, 0, 10, 10), {"building:part": "yes", "building:levels": "10", "building:min_level": "5"}),
            # Begins on top of the outline's own two storeys.
            "w4": (box(20, 0, 10, 20), {"building:part": "yes", "building:levels": "5", "building:min_level": "2"}),
        }
    )
    expected = 100 * 8 + 100 * 10 + 200 * 5 + 400 * 2
    assert tables.buildings.loc["w1", "floor_area_m2"] == pytest.approx(expected, rel=1e-4)


def test_a_part_of_no_building_becomes_one_and_a_floating_one_goes() -> None:
    tables = build(
        {
            "w1": (box(0, 0, 20, 20), {"building:part": "yes", "building:levels": "3"}),
            "w2": (box(50, 0, 20, 20), {"building:part": "yes", "building:min_level": "3"}),
        }
    )
    assert list(tables.buildings.index) == ["w1"]
    assert told(tables, "w1")[0][1] == "kept"
    assert told(tables, "w2")[0][1] == "dropped"


def test_a_tower_tagged_as_building_and_part_belongs_to_its_church() -> None:
    tables = build(
        {
            "w1": (box(0, 0, 40, 20), {"building": "church", "height": "12"}),
            "w2": (box(0, 0, 5, 5), {"building": "church", "building:part": "yes", "height": "40"}),
        }
    )
    assert list(tables.buildings.index) == ["w1"]
    assert tables.buildings.loc["w1", "height_m"] == 12.0  # 3 % of the footprint don't lift the rest


def test_the_same_footprint_twice_is_one_building_with_the_tags_of_both() -> None:
    tables = build(
        {
            "w1": (box(0, 0, 20, 20), {"building": "yes", "name": "Talo"}),
            "w2": (box(0.1, 0, 20, 20), {"building": "hotel"}),
        }
    )
    assert list(tables.buildings.index) == ["w2"]
    assert tables.buildings.loc["w2", "name"] == "Talo"
    assert told(tables, "w1") == [("the same footprint as w2", "dropped")]


def test_the_smaller_of_two_that_overlap_is_trimmed() -> None:
    tables = build({"w1": (box(0, 0, 20, 20), YES), "w2": (box(18, 0, 10, 20), YES)})
    area = tables.buildings["footprint_m2"]
    assert area["w1"] == pytest.approx(400, abs=0.05)
    assert area["w2"] == pytest.approx(160, abs=0.05)
    assert told(tables, "w2") == [("overlapped w1 by 40 m²", "repaired")]


def test_of_two_alike_the_newer_is_trimmed() -> None:
    tables = build({"w9": (box(0, 0, 20, 20), YES), "w10": (box(18, 0, 20, 20), YES)})
    assert tables.buildings.loc["w10", "footprint_m2"] == pytest.approx(360, abs=0.05)


def test_a_building_inside_another_is_cut_out_where_it_tells_something() -> None:
    inner = box(5, 5, 10, 10)
    silent = build({"w1": (box(0, 0, 40, 20), YES), "w2": (inner, YES)})
    assert list(silent.buildings.index) == ["w1"]
    indoor = build({"w1": (box(0, 0, 40, 20), YES), "w2": (inner, {"building": "kiosk", "indoor": "yes"})})
    assert list(indoor.buildings.index) == ["w1"]
    tower = build({"w1": (box(0, 0, 40, 20), YES), "w2": (inner, {"building": "yes", "building:levels": "12"})})
    assert tower.buildings["footprint_m2"].to_dict() == pytest.approx({"w1": 700, "w2": 100}, abs=0.05)


def test_bow_ties_are_repaired_and_slivers_dropped() -> None:
    bow = Polygon([(EAST + x, NORTH + y) for x, y in [(0, 0), (20, 20), (20, 0), (0, 20)]])
    tables = build(
        {
            "w1": (bow, YES),
            "w2": (box(50, 0, 1.5, 1.5), YES),
            "w3": (box(80, 0, 40, 0.3), YES),
            "w4": (box(0, 50, 9, 9), YES),
        }
    )
    assert tables.buildings.geometry.is_valid.all()
    assert set(tables.buildings.index) == {"w1", "w1-2", "w4"}
    assert told(tables, "w2")[0][1] == told(tables, "w3")[0][1] == "dropped"


def test_separate_outlines_of_one_relation_become_rows_of_their_own() -> None:
    both = MultiPolygon([box(0, 0, 20, 20), box(50, 0, 10, 10)])
    tables = build({"r5": (both, {"building": "school", "name": "Koulu"})})
    assert tables.buildings["footprint_m2"].round(1).to_dict() == {"r5": 400.0, "r5-2": 100.0}
    assert set(tables.buildings["osm_id"]) == {"relation/5"}


SIDE = st.floats(3.0, 40.0)
PLACE = st.floats(0.0, 60.0)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(PLACE, PLACE, SIDE, SIDE, st.booleans()), min_size=1, max_size=8))
def test_no_square_metre_belongs_to_two_buildings(boxes: list[tuple[float, float, float, float, bool]]) -> None:
    rows = {
        f"w{i}": (box(x, y, w, d), {"building": "office" if named else "yes"})
        for i, (x, y, w, d, named) in enumerate(boxes, 1)
    }
    shapes = build(rows).buildings.geometry.to_numpy()
    assert shapely.is_valid(shapes).all()
    assert (shapely.get_type_id(shapes) == 3).all()
    assert shapely.area(shapes).sum() == pytest.approx(shapely.area(shapely.union_all(shapes)), abs=0.01)
