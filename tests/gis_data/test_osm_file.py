"""OSM files: areas with holes, everything that is broken, the cut at the bounds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import osmium
import pytest
import shapely

from gis_data import ReadError
from gis_data.features import Features
from gis_data.readers.osm_file import read_osm_file
from gis_data.schema import project


def area_m2(features: Features, key: str) -> float:
    return float(project(features.frame.geometry.loc[[key]], "EPSG:3067").area.iloc[0])


def done(features: Features, key: str) -> list[str]:
    return [problem.done for problem in features.problems if problem.feature_id == key]


def test_a_house_is_a_polygon_with_its_tags(osm: Any, tmp_path: Path) -> None:
    osm.box(0, 0, 10, 20, building="house", building__levels="2")
    features = read_osm_file(osm.write(tmp_path / "a.osm"))
    assert list(features.frame.index) == ["w5"]
    assert features.frame.loc["w5", "tags"] == {"building": "house", "building:levels": "2"}
    assert area_m2(features, "w5") == pytest.approx(200, rel=0.01)
    assert features.problems == ()


@pytest.mark.parametrize("name", ["a.osm", "a.osm.gz", "a.osm.pbf"])
def test_formats_give_the_same(osm: Any, tmp_path: Path, name: str) -> None:
    osm.box(0, 0, 10, 20, building="house")
    osm.line([(-20, -20), (40, -20)], highway="residential")
    osm.node(5, 5, shop="bakery")
    path = osm.write(tmp_path / "plain.osm")
    expected = read_osm_file(path)
    if name.endswith("pbf"):
        with osmium.SimpleWriter(str(tmp_path / name)) as writer:
            for thing in osmium.FileProcessor(str(path)):
                writer.add(thing)
    else:
        osm.write(tmp_path / name)
    found = read_osm_file(tmp_path / name)
    assert found.frame.index.tolist() == expected.frame.index.tolist()
    assert found.frame.geometry.geom_equals_exact(expected.frame.geometry, 1e-9).all()


def test_multipolygon_keeps_its_court(osm: Any, tmp_path: Path) -> None:
    outer, inner = osm.box(0, 0, 40, 40), osm.box(10, 10, 20, 20)
    osm.relation([("way", outer, "outer"), ("way", inner, "inner")], 900, type="multipolygon", building="office")
    features = read_osm_file(osm.write(tmp_path / "a.osm"))
    assert area_m2(features, "r900") == pytest.approx(1600 - 400, rel=0.01)
    assert features.members["r900"] == ((f"w{outer}", "outer"), (f"w{inner}", "inner"))


def test_outer_ring_of_two_ways_is_joined(osm: Any, tmp_path: Path) -> None:
    a, b, c, d = (osm.node(*p) for p in [(0, 0), (30, 0), (30, 10), (0, 10)])
    one, two = osm.way([a, b, c]), osm.way([c, d, a])
    osm.relation([("way", one, "outer"), ("way", two, "outer")], 900, type="multipolygon", building="yes")
    assert area_m2(read_osm_file(osm.write(tmp_path / "a.osm")), "r900") == pytest.approx(300, rel=0.01)


def test_tags_on_the_outline_of_an_old_multipolygon_move_to_it(osm: Any, tmp_path: Path) -> None:
    outer, inner = osm.box(0, 0, 40, 40, building="school"), osm.box(10, 10, 20, 20)
    osm.relation([("way", outer, "outer"), ("way", inner, "inner")], 900, type="multipolygon")
    features = read_osm_file(osm.write(tmp_path / "a.osm"))
    assert features.tagged("building").index.tolist() == ["r900"]
    assert area_m2(features, "r900") == pytest.approx(1200, rel=0.01)
    assert done(features, "r900") == ["repaired"]


def test_missing_hole_keeps_the_building_and_says_so(osm: Any, tmp_path: Path) -> None:
    outer = osm.box(0, 0, 40, 40)
    members = [("way", outer, "outer"), ("way", 77777, "inner")]
    osm.relation(members, 900, type="multipolygon", building="apartments")
    features = read_osm_file(osm.write(tmp_path / "a.osm"))
    assert area_m2(features, "r900") == pytest.approx(1600, rel=0.01)
    assert done(features, "r900") == ["repaired"]


def test_missing_outline_drops_the_building_and_says_so(osm: Any, tmp_path: Path) -> None:
    osm.box(100, 100, 10, 10, building="yes")
    osm.relation([("way", 77777, "outer")], 900, type="multipolygon", building="apartments")
    features = read_osm_file(osm.write(tmp_path / "a.osm"))
    assert "r900" not in features.frame.index
    assert done(features, "r900") == ["dropped"]


def test_building_with_missing_nodes_is_dropped_a_park_is_closed_along_the_cut(osm: Any, tmp_path: Path) -> None:
    known = [osm.node(*p) for p in [(0, 0), (20, 0), (20, 20), (0, 20)]]
    osm.way([*known, 5555, known[0]], 70, building="yes")
    osm.way([*known, 5555, known[0]], 71, leisure="park")
    osm.way([known[0], known[1], 5555, known[2], known[3]], 72, highway="footway")
    features = read_osm_file(osm.write(tmp_path / "a.osm"))
    assert done(features, "w70") == ["dropped"]
    assert done(features, "w71") == ["repaired"]
    assert area_m2(features, "w71") == pytest.approx(400, rel=0.01)
    assert "w70" not in features.frame.index
    assert len(shapely.get_parts(features.frame.geometry["w72"])) == 2, "the street stops where nodes are missing"


def test_crossing_outline_is_repaired(osm: Any, tmp_path: Path) -> None:
    key = f"w{osm.area([(0, 0), (20, 20), (20, 0), (0, 20)], building='yes')}"
    features = read_osm_file(osm.write(tmp_path / "a.osm"))
    assert done(features, key) == ["repaired"]
    assert features.frame.geometry[key].is_valid
    assert area_m2(features, key) == pytest.approx(200, rel=0.02)


def test_open_outline_is_closed_if_its_gap_is_short(osm: Any, tmp_path: Path) -> None:
    closed = f"w{osm.line([(0, 0), (20, 0), (20, 10), (0, 10)], building='yes')}"
    wall = f"w{osm.line([(50, 0), (70, 0), (90, 0)], building='yes')}"
    features = read_osm_file(osm.write(tmp_path / "a.osm"))
    assert area_m2(features, closed) == pytest.approx(200, rel=0.01)
    assert done(features, closed) == ["repaired"]
    assert done(features, wall) == ["dropped"]
    assert wall not in features.frame.index


def test_tags_of_a_building_relation_fill_those_of_its_outline(osm: Any, tmp_path: Path) -> None:
    outline, part = osm.box(0, 0, 20, 20, building="yes"), osm.box(0, 0, 10, 10, building__part="yes", height="30")
    osm.relation([("way", outline, "outline"), ("way", part, "part")], 900, type="building", name="Tower")
    features = read_osm_file(osm.write(tmp_path / "a.osm"))
    assert features.frame.loc[f"w{outline}", "tags"]["name"] == "Tower"
    assert features.tagged("building").index.tolist() == [f"w{outline}"]
    assert (f"w{part}", "part") in features.members["r900"]


def test_building_relation_bears_an_outline_without_tags(osm: Any, tmp_path: Path) -> None:
    outline = osm.box(0, 0, 20, 20)
    osm.relation([("way", outline, "outline")], 900, type="building", height="12")
    features = read_osm_file(osm.write(tmp_path / "a.osm"))
    assert features.frame.loc["r900", "tags"]["building"] == "yes"
    assert area_m2(features, "r900") == pytest.approx(400, rel=0.01)


def test_closed_streets_stay_lines_and_pedestrian_areas_become_areas(osm: Any, tmp_path: Path) -> None:
    corners = [(0, 0), (20, 0), (20, 20), (0, 20)]
    loop = f"w{osm.area(corners, highway='residential', junction='roundabout')}"
    square = f"w{osm.area(corners, highway='pedestrian', area='yes')}"
    features = read_osm_file(osm.write(tmp_path / "a.osm"))
    assert features.frame.geometry[loop].geom_type == "LineString"
    assert features.frame.geometry[square].geom_type == "Polygon"


def test_negative_and_unsorted_ids_are_read(osm: Any, tmp_path: Path) -> None:
    refs = [
        osm.node(x, y, number) for (x, y), number in zip([(0, 0), (9, 0), (9, 9), (0, 9)], (5, -3, -1, 2), strict=True)
    ]
    osm.way([*refs, refs[0]], -7, building="yes")
    osm.way([*refs, refs[0]], 3, leisure="park")
    osm.node(4, 4, -9, shop="florist")
    features = read_osm_file(osm.write(tmp_path / "a.osm"))
    assert set(features.frame.index) == {"n-9", "w-7", "w3"}
    assert area_m2(features, "w-7") == pytest.approx(81, rel=0.01)
    assert features.problems == ()


def test_buildings_stay_whole_at_the_bounds_and_all_else_is_cut(osm: Any, tmp_path: Path) -> None:
    inside, outside = osm.box(80, 0, 30, 10, building="yes"), osm.box(95, 50, 30, 10, building="yes")
    part = osm.box(102, 2, 6, 6, building__part="yes")
    shop = osm.node(106, 5, shop="books")
    far = osm.node(140, 5, shop="books")
    street, park = osm.line([(0, 30), (200, 30)], highway="residential"), osm.box(50, 60, 100, 10, leisure="park")
    features = read_osm_file(osm.write(tmp_path / "a.osm", bounds=(0, -10, 100, 100)))
    assert [(p.feature_id, p.done) for p in features.problems] == [(f"w{outside}", "dropped")]
    assert set(features.frame.index) == {f"w{inside}", f"w{part}", f"n{shop}", f"w{street}", f"w{park}"}, far
    assert area_m2(features, f"w{inside}") == pytest.approx(300, rel=0.01)
    assert area_m2(features, f"w{park}") == pytest.approx(500, rel=0.01)
    length = project(features.frame.geometry.loc[[f"w{street}"]], "EPSG:3067").length.iloc[0]
    assert length == pytest.approx(100, rel=0.01)


def test_bounds_asked_for_count_before_those_of_the_file(osm: Any, tmp_path: Path) -> None:
    osm.box(0, 0, 10, 10, building="yes")
    kept = osm.box(50, 0, 10, 10, building="yes")
    path = osm.write(tmp_path / "a.osm", bounds=(-10, -10, 100, 100))
    box = (*osm.place(45, -5), *osm.place(65, 15))
    features = read_osm_file(path, bounds=box)
    assert features.frame.index.tolist() == [f"w{kept}"]
    assert features.bounds == pytest.approx(box)


def test_file_without_bounds_reaches_a_little_beyond_its_buildings(osm: Any, tmp_path: Path) -> None:
    osm.box(0, 0, 100, 100, building="yes")
    street = osm.line([(-5000, 50), (5000, 50)], highway="primary")
    features = read_osm_file(osm.write(tmp_path / "a.osm"))
    length = project(features.frame.geometry.loc[[f"w{street}"]], "EPSG:3067").length.iloc[0]
    assert length == pytest.approx(200, rel=0.02)


def test_export_of_overpass_is_read(osm: Any, tmp_path: Path) -> None:
    osm.box(0, 0, 10, 10, building="yes")
    head = "<note>The data included in this document is from www.openstreetmap.org.</note>"
    text = osm.text().replace('<osm version="0.6">', f'<osm version="0.6" generator="Overpass API">{head}')
    text = text.replace(head, f'{head}<meta osm_base="2024-01-01T00:00:00Z"/>')
    (tmp_path / "export.osm").write_text(text, encoding="utf-8")
    features = read_osm_file(tmp_path / "export.osm")
    assert len(features.frame) == 1
    assert features.data_date == "2024-01-01"


def test_date_is_that_of_the_newest_object(osm: Any, tmp_path: Path) -> None:
    osm.stamp = "2023-05-01T10:00:00Z"
    osm.box(0, 0, 10, 10, building="yes")
    osm.stamp = "2024-02-29T23:59:59Z"
    osm.node(500, 500)
    features = read_osm_file(osm.write(tmp_path / "a.osm"))
    assert features.data_date == "2024-02-29"
    assert features.sources[0].date == "2024-02-29"
    assert features.sources[0].licence == "ODbL-1.0"


def test_file_without_dates_says_unknown(osm: Any, tmp_path: Path) -> None:
    osm.box(0, 0, 10, 10, building="yes")
    assert read_osm_file(osm.write(tmp_path / "a.osm")).data_date == "unknown"


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("a.osm", b"<osm version='0.6'><node id='1'", "damaged"),
        ("a.osm.pbf", b"this is no protobuf at all", "damaged"),
        ("a.osm", b"<osm version='0.6'></osm>", "no buildings"),
        ("a.shp", b"", r"these can: \.osm"),
    ],
)
def test_unusable_files_are_named_with_the_remedy(tmp_path: Path, name: str, data: bytes, says: str) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(ReadError, match=says) as caught:
        read_osm_file(tmp_path / name)
    assert name in str(caught.value)


def test_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match=r"nowhere\.osm"):
        read_osm_file(tmp_path / "nowhere.osm")


def test_otaniemi_has_its_buildings_heights_and_chargers(otaniemi_osm: Path) -> None:
    everything = read_osm_file(otaniemi_osm, bounds=(24.0, 60.0, 25.5, 60.5))
    buildings = everything.tagged("building")
    areas = buildings[buildings.geom_type.isin(["Polygon", "MultiPolygon"])]
    assert len(areas) == 273, "as the description of the file says"
    assert sum("height" in tags for tags in areas["tags"]) == 184
    assert sum(tags.get("amenity") == "charging_station" for tags in everything.frame["tags"]) == 12
    entrances = buildings[buildings.geom_type == "Point"]
    assert {tags["building"] for tags in entrances["tags"]} == {"entrance"}
    assert len(entrances) == 113
    assert everything.frame.is_valid.all()


def test_a_pipeline_of_which_one_node_is_left_is_told(osm: Any, tmp_path: Path) -> None:
    """Missing nodes at the beginning of a way are passed over by osmium without a word."""
    osm.box(0, 0, 20, 10, building="yes")
    kept = osm.node(30, 30)
    osm.way([99_999, kept], number=71, man_made="pipeline", type="heat")
    osm.way([kept, 99_999], number=72, man_made="pipeline", type="heat")
    features = read_osm_file(osm.write(tmp_path / "a.osm"))
    assert not {"w71", "w72"} & set(features.frame.index)
    assert done(features, "w71") == done(features, "w72") == ["dropped"]
