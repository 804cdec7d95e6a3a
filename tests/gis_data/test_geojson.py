"""GeoJSON files of buildings: what their properties mean, and every mistake named with its row."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gis_data import USES, GeoJsonError
from gis_data.buildings import buildings_from_features
from gis_data.readers.geojson import read_geojson

CRS = "EPSG:3067"


def square(x: float, y: float, size: float = 0.0002) -> dict[str, Any]:
    ring = [[x, y], [x + size, y], [x + size, y + size], [x, y + size], [x, y]]
    return {"type": "Polygon", "coordinates": [ring]}


def feature(geometry: Any, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "geometry": geometry, "properties": properties}


@pytest.fixture
def write(tmp_path: Path) -> Any:
    def write(features: list[Any], **more: Any) -> Path:
        path = tmp_path / "houses.geojson"
        path.write_text(json.dumps({"type": "FeatureCollection", "features": features} | more), encoding="utf-8")
        return path

    return write


def test_properties_become_the_columns_of_the_buildings(write: Any) -> None:
    told = {
        "id": "HQ",
        "height": 21.5,
        "levels": 6,
        "use": "office",
        "year": 1987,
        "name": "Head office",
        "address": "Mannerheimintie 5 B",
    }
    path = write([feature(square(24.94, 60.17), **told), feature(square(24.95, 60.17), use="apartment_block")])
    buildings = buildings_from_features(read_geojson(path), CRS).buildings
    hq = buildings.loc["HQ"]
    assert (hq["height_m"], hq["levels"], hq["use"], hq["construction_year"]) == (21.5, 6, "office", 1987)
    assert (hq["name"], hq["address"]) == ("Head office", "Mannerheimintie 5 B")
    assert {hq[f"{c}_source"] for c in ("height", "levels", "use", "construction_year")} == {"input"}
    assert buildings.loc["g2", "use"] == "apartment_block"
    assert set(buildings.geom_type) == {"Polygon"}


@pytest.mark.parametrize("use", USES)
def test_every_use_of_ours_comes_back(write: Any, use: str) -> None:
    buildings = buildings_from_features(read_geojson(write([feature(square(24.94, 60.17), use=use)])), CRS).buildings
    assert buildings["use"].tolist() == [use]


def test_osm_tags_pass_through_to_every_table(write: Any) -> None:
    street = {"type": "LineString", "coordinates": [[24.94, 60.17], [24.95, 60.17]]}
    shop = {"type": "Point", "coordinates": [24.9401, 60.1701]}
    path = write(
        [
            feature(square(24.94, 60.17), **{"building:levels": "3;4", "start_date": "1962", "building": "yes"}),
            feature(street, highway="residential"),
            feature(shop, shop="bakery"),
            feature(square(24.96, 60.17), leisure="park"),
        ]
    )
    features = read_geojson(path)
    assert features.frame["tags"].iloc[0]["building:levels"] == "3;4"
    assert [len(features.tagged(key)) for key in ("building", "highway", "shop", "leisure")] == [1, 1, 1, 1]


def test_ids(write: Any) -> None:
    shapes = [square(24.94 + i / 1000, 60.17) for i in range(5)]
    rows = [
        feature(shapes[0], osm_id="way/123"),
        {**feature(shapes[1]), "id": "relation/55"},
        feature(shapes[2], id=17),
        feature(shapes[3], id="east-wing"),
        feature(shapes[4]),
    ]
    assert read_geojson(write(rows)).frame.index.tolist() == ["w123", "r55", "g17", "east-wing", "g5"]


def test_crossing_outline_is_repaired(write: Any) -> None:
    ring = [[24.94, 60.17], [24.95, 60.18], [24.95, 60.17], [24.94, 60.18], [24.94, 60.17]]
    bow = {"type": "Polygon", "coordinates": [ring]}
    features = read_geojson(write([feature(bow)]))
    assert features.frame.is_valid.all()
    assert [(p.feature_id, p.done) for p in features.problems] == [("g1", "repaired")]


def test_all_unusable_rows_are_named_at_once(write: Any) -> None:
    metres = square(385_000, 6_672_000, 10)
    rows = [
        feature(square(24.94, 60.17)),
        feature(metres),
        feature(None),
        feature({"type": "Polygon", "coordinates": [[[24, 60], [25, "x"]]]}),
        {"type": "Building"},
        feature({"type": "Circle", "coordinates": [24, 60]}),
    ]
    with pytest.raises(GeoJsonError) as caught:
        read_geojson(write(rows))
    text = str(caught.value)
    assert "houses.geojson" in text
    assert "row 2: " in text
    assert "looks like metres" in text
    assert all(f"row {number}: " in text for number in (3, 4, 5, 6))
    assert "row 1" not in text


def test_same_id_twice_is_refused(write: Any) -> None:
    rows = [feature(square(24.94, 60.17), id="A"), feature(square(24.95, 60.17), id="A")]
    with pytest.raises(GeoJsonError, match="id A"):
        read_geojson(write(rows))


def test_another_crs_is_refused_with_the_remedy(write: Any) -> None:
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3067"}}
    with pytest.raises(GeoJsonError, match=r"3067.*WGS84"):
        read_geojson(write([feature(square(24.94, 60.17))], crs=crs))


@pytest.mark.parametrize("name", ["urn:ogc:def:crs:OGC:1.3:CRS84", "EPSG:4326", "urn:ogc:def:crs:EPSG::4326"])
def test_wgs84_under_any_name_is_read(write: Any, name: str) -> None:
    crs = {"type": "name", "properties": {"name": name}}
    assert len(read_geojson(write([feature(square(24.94, 60.17))], crs=crs)).frame) == 1


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "not a GeoJSON"),
        ("[]", "FeatureCollection"),
        ('{"type": "FeatureCollection", "features": []}', "empty"),
        ('{"type": "FeatureCollection"}', "missing"),
    ],
)
def test_other_files_are_refused(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "a.geojson").write_text(text, encoding="utf-8")
    with pytest.raises(GeoJsonError, match=says):
        read_geojson(tmp_path / "a.geojson")


def test_a_file_of_points_holds_no_building(write: Any) -> None:
    with pytest.raises(GeoJsonError, match="no areas"):
        read_geojson(write([feature({"type": "Point", "coordinates": [24.9, 60.2]})]))
