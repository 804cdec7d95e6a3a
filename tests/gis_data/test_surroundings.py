"""Streets, chargers, land use, water, trees, parking, pipes and power, out of raw OSM."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gis_data._validate import check_table
from gis_data.chargers import chargers_of, socket_counts
from gis_data.landuse import landuse_of
from gis_data.readers.osm_file import read_osm_file
from gis_data.streets import CLASS_WIDTH_M, streets_of
from gis_data.surroundings import parking_of, pipes_of, power_of, trees_of
from gis_data.water import sea_areas, water_of

CRS = "EPSG:3067"
BOUNDS = (-500.0, -500.0, 500.0, 500.0)
MAKERS = {
    "streets": streets_of,
    "chargers": chargers_of,
    "landuse": landuse_of,
    "water": water_of,
    "trees": trees_of,
    "parking": parking_of,
    "pipes": pipes_of,
    "power": power_of,
}


@pytest.fixture
def made(osm: Any, tmp_path: Path) -> Any:
    """Make one table of what was written; it must keep to tables.csv."""

    def make(table: str) -> tuple[Any, tuple[Any, ...]]:
        features = read_osm_file(osm.write(tmp_path / "a.osm", bounds=BOUNDS))
        frame, problems = MAKERS[table](features, CRS)
        assert check_table(table, frame, CRS) == []
        return frame, problems

    return make


@pytest.mark.parametrize("table", MAKERS)
def test_nothing_mapped_gives_an_empty_table_of_the_declared_form(osm: Any, made: Any, table: str) -> None:
    osm.box(0, 0, 10, 10, building="yes")
    frame, problems = made(table)
    assert len(frame) == 0
    assert problems == ()


@pytest.mark.parametrize(
    ("tags", "width", "source"),
    [
        ({"width": "7.5 m"}, 7.5, "tagged"),
        ({"est_width": "5"}, 5.0, "tagged"),
        ({"width": "wide", "lanes": "2"}, 6.5, "from lanes"),
        ({"lanes": "1;2"}, 6.5, "from lanes"),
        ({"lanes": "many"}, CLASS_WIDTH_M["residential"], "default"),
        ({}, CLASS_WIDTH_M["residential"], "default"),
    ],
)
def test_street_widths(osm: Any, made: Any, tags: dict[str, str], width: float, source: str) -> None:
    osm.line([(0, 0), (100, 0)], highway="residential", **tags)
    street = made("streets")[0].iloc[0]
    assert (street["width_m"], street["width_source"], street["kind"]) == (width, source, "residential")


def test_impossible_width_is_not_believed_and_told(osm: Any, made: Any) -> None:
    way = osm.line([(0, 0), (100, 0)], highway="footway", width="350")
    streets, problems = made("streets")
    assert streets["width_m"].iloc[0] == CLASS_WIDTH_M["footway"]
    assert [(p.feature_id, p.done) for p in problems] == [(f"w{way}", "repaired")]


def test_what_is_no_street_is_left_out(osm: Any, made: Any) -> None:
    for value in ("proposed", "construction", "bus_stop", "platform", "elevator", "corridor"):
        osm.line([(0, 0), (100, 0)], highway=value)
    osm.box(0, 0, 50, 50, highway="pedestrian", area="yes")
    osm.node(3, 3, highway="crossing")
    assert len(made("streets")[0]) == 0


def test_street_that_leaves_and_comes_back_has_a_row_for_each_piece(osm: Any, made: Any) -> None:
    way = osm.line([(400, 0), (600, 0), (600, 50), (400, 50)], highway="tertiary", name="Mutka", tunnel="yes")
    streets, _ = made("streets")
    assert streets.index.tolist() == [f"w{way}-1", f"w{way}-2"]
    assert streets.length.to_numpy() == pytest.approx([100, 100], rel=0.02)
    assert set(streets["name"]) == {"Mutka"}
    assert set(streets["layer"]) == {-1}


def test_charger_with_everything_tagged(osm: Any, made: Any) -> None:
    told = {
        "socket:type2": "2",
        "socket:type2:output": "22 kW",
        "socket:chademo": "1",
        "socket:chademo:output": "50000 W",
        "socket:schuko": "no",
        "capacity": "3",
        "operator": "Lataus Oy",
    }
    osm.node(0, 0, amenity="charging_station", **told)
    charger = made("chargers")[0].iloc[0]
    assert charger["sockets"] == "chademo=1;type2=2"
    assert (charger["capacity"], charger["capacity_source"]) == (3, "tagged")
    assert (charger["output_kw"], charger["output_source"]) == (50.0, "tagged")
    assert charger["operator"] == "Lataus Oy"


def test_charger_with_only_sockets(osm: Any, made: Any) -> None:
    osm.node(0, 0, amenity="charging_station", **{"socket:type2": "4", "socket:schuko": "yes"})
    charger = made("chargers")[0].iloc[0]
    assert (charger["capacity"], charger["capacity_source"]) == (5, "from sockets")
    assert (charger["output_kw"], charger["output_source"]) == (22.0, "from sockets")


def test_charger_of_which_nothing_is_known_says_default(osm: Any, made: Any) -> None:
    area = osm.box(0, 0, 10, 10, amenity="charging_station")
    chargers, _ = made("chargers")
    assert chargers.index.tolist() == [f"w{area}"]
    assert chargers.geometry.iloc[0].geom_type == "Point"
    assert set(chargers[["capacity_source", "output_source"]].to_numpy().ravel()) == {"default"}


def test_absurd_output_is_not_believed(osm: Any, made: Any) -> None:
    osm.node(0, 0, amenity="charging_station", **{"socket:type2": "2", "charging_station:output": "22 MW"})
    chargers, problems = made("chargers")
    assert chargers["output_kw"].iloc[0] == 22.0
    assert len(problems) == 1


@given(st.dictionaries(st.sampled_from(["socket:type2", "socket:chademo", "socket:type2:output"]), st.text(max_size=6)))
def test_sockets_are_counted_from_one_up(tags: dict[str, str]) -> None:
    assert all(count >= 1 and ":" not in kind for kind, count in socket_counts(tags).items())


@pytest.mark.parametrize(
    ("tags", "kind"),
    [
        ({"landuse": "residential"}, "residential"),
        ({"landuse": "village_green"}, "park"),
        ({"landuse": "brownfield"}, "other"),
        ({"leisure": "pitch"}, "sport"),
        ({"amenity": "university"}, "education"),
        ({"amenity": "hospital"}, "health"),
        ({"natural": "wood"}, "forest"),
        ({"landuse": "cemetery"}, "cemetery"),
        ({"highway": "pedestrian", "area": "yes"}, "square"),
        ({"landuse": "railway"}, "transport"),
        ({"amenity": "school", "building": "yes"}, None),
        ({"landuse": "basin"}, None),
        ({"natural": "water"}, None),
    ],
)
def test_kinds_of_land_use(osm: Any, made: Any, tags: dict[str, str], kind: str | None) -> None:
    osm.box(0, 0, 50, 50, **tags)
    assert made("landuse")[0]["kind"].tolist() == ([] if kind is None else [kind])


@pytest.mark.parametrize(
    ("size", "tags", "kind"),
    [
        (50, {"natural": "water"}, "pond"),
        (300, {"natural": "water"}, "lake"),
        (50, {"natural": "water", "water": "river"}, "river"),
        (50, {"landuse": "reservoir"}, "basin"),
        (5, {"amenity": "fountain"}, "fountain"),
        (50, {"leisure": "park"}, None),
    ],
)
def test_kinds_of_water(osm: Any, made: Any, size: float, tags: dict[str, str], kind: str | None) -> None:
    osm.box(0, 0, size, size, **tags)
    assert made("water")[0]["kind"].tolist() == ([] if kind is None else [kind])


def test_river_drawn_as_a_line_becomes_an_area_beside_the_mapped_one(osm: Any, made: Any) -> None:
    osm.box(0, -10, 100, 20, natural="water", water="river")
    stream = osm.line([(50, 0), (300, 0)], waterway="river", width="12")
    osm.line([(50, 100), (300, 100)], waterway="stream", tunnel="culvert")
    water, _ = made("water")
    assert len(water) == 2, "a culvert is no water to see"
    assert water.geometry[f"w{stream}"].area == pytest.approx(200 * 12, rel=0.02)


def test_sea_lies_to_the_right_of_the_coastline(osm: Any, made: Any) -> None:
    osm.line([(-600, 0), (600, 0)], natural="coastline")  # drawn eastwards: land to the north
    sea, problems = made("water")
    assert problems == ()
    assert sea["kind"].tolist() == ["sea"]
    assert sea.area.iloc[0] == pytest.approx(1000 * 500, rel=0.01)
    assert sea.geometry.iloc[0].centroid.y < shapely.Point(sea.total_bounds[:2]).y + 300


def test_island_is_land_and_coast_that_an_extract_cut_reaches_the_edge(osm: Any, made: Any) -> None:
    osm.line([(-490, 0), (480, 0)], natural="coastline")
    osm.area([(0, -300), (100, -300), (100, -200), (0, -200)], natural="coastline")  # anticlockwise: land within
    sea, _ = made("water")
    assert sea.area.sum() == pytest.approx(1000 * 500 - 100 * 100, rel=0.01)


def test_no_coastline_no_sea() -> None:
    assert sea_areas([shapely.LineString([(200, 0), (300, 0)])], shapely.box(0, 0, 100, 100)) == []


@given(st.floats(1, 99), st.floats(1, 99), st.booleans())
def test_sea_and_land_share_the_box(left: float, right: float, turned: bool) -> None:
    box, coast = shapely.box(0, 0, 100, 100), [(-10.0, left), (50.0, (left + right) / 2), (110.0, right)]
    sea = shapely.union_all(sea_areas([shapely.LineString(coast)], box))
    land = shapely.union_all(sea_areas([shapely.LineString(coast[::-1])], box))
    assert sea.area + land.area == pytest.approx(10_000)
    assert sea.contains(shapely.Point(50, 0.01)), "drawn eastwards, the sea is in the south"
    assert land.contains(shapely.Point(50, 99.99))


def test_trees_and_rows_of_trees(osm: Any, made: Any) -> None:
    single = osm.node(0, 0, natural="tree", height="18 m")
    row = osm.line([(0, 50), (100, 50)], natural="tree_row")
    absurd = osm.node(20, 0, natural="tree", height="1000")
    trees, problems = made("trees")
    assert (trees["height_m"][f"n{single}"], trees["height_source"][f"n{single}"]) == (18.0, "tagged")
    assert 10 <= sum(name.startswith(f"w{row}-") for name in trees.index) <= 11, "one every 10 m of 100 m"
    assert trees["height_source"][f"n{absurd}"] == "default"
    assert [p.feature_id for p in problems] == [f"n{absurd}"]


@pytest.mark.parametrize(
    ("tags", "kind", "capacity", "source"),
    [
        ({}, "surface", 100, "from footprint"),
        ({"capacity": "42"}, "surface", 42, "tagged"),
        ({"capacity": "lots"}, "surface", 100, "from footprint"),
        ({"parking": "multi-storey", "building:levels": "4"}, "multi-storey", 333, "from footprint"),
        ({"parking": "underground"}, "underground", 83, "from footprint"),
        ({"building": "parking"}, "multi-storey", 250, "from footprint"),
    ],
)
def test_parking_areas(  # noqa: PLR0917  one parameter per column
    osm: Any, made: Any, tags: dict[str, str], kind: str, capacity: int, source: str
) -> None:
    osm.box(0, 0, 50, 50, amenity="parking", **tags)
    parking = made("parking")[0].iloc[0]
    assert (parking["kind"], parking["capacity_source"]) == (kind, source)
    assert parking["capacity"] == pytest.approx(capacity, abs=2)


def test_a_point_of_parking_is_as_large_as_its_cars_need(osm: Any, made: Any) -> None:
    osm.node(0, 0, amenity="parking", capacity="40")
    osm.line([(0, 90), (20, 90)], amenity="parking")
    parking, _ = made("parking")
    assert parking.area.to_numpy() == pytest.approx([40 * 25], rel=0.02)


@pytest.mark.parametrize(
    ("tags", "carrier"),
    [
        ({"substance": "hot_water", "diameter": "DN 500"}, "heat"),
        ({"type": "heat", "diameter": "500"}, "heat"),
        ({"substance": "chilled water", "diameter": "0.5 m"}, "cold"),
        ({"substance": "natural_gas", "diameter": "500 mm"}, "gas"),
        ({"type": "hydrogen", "diameter": "500"}, "hydrogen"),
    ],
)
def test_pipes(osm: Any, made: Any, tags: dict[str, str], carrier: str) -> None:
    osm.line([(0, 0), (0, 100)], man_made="pipeline", **tags)
    pipe = made("pipes")[0].iloc[0]
    assert (pipe["carrier"], pipe["diameter_mm"]) == (carrier, 500.0)


def test_pipes_of_water_and_oil_are_left_out(osm: Any, made: Any) -> None:
    for substance in ("water", "oil", "sewage", ""):
        osm.line([(0, 0), (0, 100)], man_made="pipeline", substance=substance)
    assert len(made("pipes")[0]) == 0


def test_power(osm: Any, made: Any) -> None:
    station = osm.box(0, 0, 20, 20, power="substation", voltage="110000;20000", name="Töölö")
    line = osm.line([(0, 0), (300, 0)], power="minor_line", voltage="unknown")
    cabinet = osm.node(5, 50, man_made="street_cabinet", street_cabinet="power")
    osm.node(100, 0, power="tower")
    power, _ = made("power")
    assert power["kind"].to_dict() == {
        f"w{station}": "substation",
        f"w{line}": "minor_line",
        f"n{cabinet}": "cabinet",
    }
    assert power["voltage_v"][f"w{station}"] == 110_000
    assert power["voltage_v"].isna()[f"w{line}"]
