"""Districts built whole: the embedded one byte for byte, Otaniemi's counts, places elsewhere, the report."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
import shapely

from gis_data import (
    BuildError,
    WeatherError,
    build_district,
    describe,
    load_district,
    save_district,
    validate_district,
    validate_folder,
)
from gis_data.build import standard_utc_offset_h
from gis_data.districts.remake import remake
from gis_data.place import country_of_timezone, metric_crs, timezone_at
from gis_data.readers.osm_file import read_osm_file
from gis_data.schema import table_columns
from gis_data.store import embedded_dir

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def otaniemi(otaniemi_osm: Path) -> Any:
    return build_district("otaniemi", osm=otaniemi_osm, title="Otaniemi")


def test_the_embedded_district_is_remade_byte_for_byte(tmp_path: Path) -> None:
    remade, embedded = remake(tmp_path / "helsinki-centre"), embedded_dir() / "helsinki-centre"
    names = sorted(path.name for path in embedded.iterdir())
    assert sorted(path.name for path in remade.iterdir()) == names
    differ = [name for name in names if (remade / name).read_bytes() != (embedded / name).read_bytes()]
    assert differ == [], "run `make district` and commit what it writes"


def test_the_embedded_district_is_what_the_map_needs() -> None:
    district = load_district("helsinki-centre")
    assert validate_folder("helsinki-centre") == []
    assert 400 <= len(district.buildings) <= 520
    assert district.crs == "EPSG:3067"
    assert (district.timezone, district.country) == ("Europe/Helsinki", "FI")
    assert district.weather.kind == "synthetic"
    assert district.sources[0].licence == "ODbL-1.0"
    assert "OpenStreetMap contributors" in district.sources[0].attribution
    assert district.data_date == "2019-04-21"
    for table in ("streets", "chargers", "landuse", "water", "trees", "parking", "roofs", "walls"):
        assert len(district.tables[table]) > 0, table
    sea = district.water[district.water["kind"] == "sea"].to_crs("EPSG:4326")
    # Eläintarhanlahti is sea, the railway station and the Senate square are not.
    places = {(24.9435, 60.1776): True, (24.9414, 60.1719): False, (24.9522, 60.1694): False}
    for (lon, lat), wet in places.items():
        assert bool(sea.contains(shapely.Point(lon, lat)).any()) is wet


def test_otaniemi_keeps_all_buildings_but_those_with_a_reason(otaniemi: Any, otaniemi_osm: Path) -> None:
    inside = read_osm_file(otaniemi_osm).tagged("building")
    inside = inside[inside.geom_type != "Point"]
    dropped = {
        key: entry["what"]
        for entry in otaniemi.report["problems"]
        if entry["done"] == "dropped"
        for key in entry["ids"]
    }
    kept = {key.split("-")[0] if not key.startswith("w-") else key for key in otaniemi.buildings.index}
    unexplained = set(inside.index) - kept - set(dropped)
    assert unexplained == set()
    assert len(otaniemi.buildings) >= 240
    assert not any(tags["building"] == "tank" and key in kept for key, tags in inside["tags"].items())
    assert (otaniemi.buildings["height_source"] == "tagged").sum() >= 170
    assert len(otaniemi.chargers) == 11, "the twelfth lies outside the file's bounds"
    assert validate_district(otaniemi) == []


def test_points_tagged_as_entrance_are_no_buildings(otaniemi: Any) -> None:
    assert not any(key.startswith("n") for key in otaniemi.buildings.index)


def test_every_inferred_number_says_where_it_comes_from(otaniemi: Any) -> None:
    known = {
        "tagged", "from levels", "from height", "from part", "from contents", "from land use", "from neighbours",
        "from footprint", "from lanes", "from sockets", "default",
    }  # fmt: skip
    for table, columns in table_columns().items():
        for column in columns:
            if column.name.endswith("_source"):
                found = set(otaniemi.tables[table][column.name].dropna())
                assert found <= known, (table, column.name)


def test_the_report_counts_what_the_tables_show(otaniemi: Any) -> None:
    report = json.loads(json.dumps(otaniemi.report))
    assert report["rows"]["buildings"] == len(otaniemi.buildings)
    heights = otaniemi.buildings["height_source"].value_counts().to_dict()
    assert report["inferred"]["buildings"]["height_source"] == heights
    assert all(entry["count"] == len(entry["ids"]) for entry in report["problems"])
    text = describe(otaniemi)
    assert f"{len(otaniemi.buildings)} buildings" in text
    assert "© OpenStreetMap contributors" in text
    assert "synthetic" in text


def test_two_builds_give_the_same_bytes_and_another_seed_another_year(osm: Any, tmp_path: Path) -> None:
    for column in range(20):
        osm.box(15 * column, 0, 12, 10 + column, building="yes")
    path = osm.write(tmp_path / "a.osm")
    one, two, three = (build_district("d", osm=path, seed=seed) for seed in (0, 0, 1))
    folders = [save_district(district, tmp_path / str(n)) for n, district in enumerate((one, two, three))]
    same = [{path.name: path.read_bytes() for path in sorted(folder.iterdir())} for folder in folders]
    assert same[0] == same[1]
    differ = {name for name in same[0] if same[0][name] != same[2][name]}
    assert differ == {"weather.parquet", "district.toml"}, "the seed changes the weather and its description only"


def test_progress_goes_from_start_to_end(osm: Any, tmp_path: Path) -> None:
    osm.box(0, 0, 20, 20, building="yes")
    seen: list[tuple[float, str]] = []
    build_district("d", osm=osm.write(tmp_path / "a.osm"), progress=lambda share, what: seen.append((share, what)))
    shares = [share for share, _ in seen]
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0.0, 1.0)
    assert "reading a.osm" in seen[0][1]
    assert any("buildings" in what for _, what in seen)


@pytest.mark.parametrize("name", ["", "Otaniemi", "a/b", "../a", ".hidden", "a b", "x" * 80])
def test_names_that_no_folder_should_bear(name: str) -> None:
    with pytest.raises(BuildError, match="can't name a district"):
        build_district(name, bbox=(24.0, 60.0, 24.1, 60.1))


@pytest.mark.parametrize(
    "given", [{}, {"osm": "a.osm", "geojson": "b.geojson"}, {"place": "Otaniemi", "bbox": (24.0, 60.0, 24.1, 60.1)}]
)
def test_exactly_one_source(given: dict[str, Any]) -> None:
    with pytest.raises(BuildError, match="one source"):
        build_district("d", **given)


def test_box_in_the_wrong_order_is_told() -> None:
    with pytest.raises(BuildError, match="west south east north"):
        build_district("d", bbox=(60.0, 24.0, 60.1, 23.9))


def test_area_without_buildings_is_told(osm: Any, tmp_path: Path) -> None:
    osm.line([(0, 0), (100, 0)], highway="residential")
    with pytest.raises(BuildError, match="no buildings"):
        build_district("d", osm=osm.write(tmp_path / "a.osm"))


def test_weather_file_is_taken(osm: Any, tmp_path: Path, shared_data: Path) -> None:
    osm.box(0, 0, 20, 20, building="yes")
    epw = shared_data / "weather" / "FIN_Helsinki.029740_IWEC.epw"
    district = build_district("d", osm=osm.write(tmp_path / "a.osm"), weather=str(epw))
    assert district.weather.kind == "typical"
    assert district.weather.table["air_temp_c"].mean() == pytest.approx(5.18, abs=0.05)


def test_far_from_any_normals_the_weather_is_pvgis_and_a_note_says_so(
    osm: Any, village: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    monkeypatch.setattr("gis_data.build.fetch_pvgis", lambda *where, **_: asked.append(where) or village.weather)
    osm.LON, osm.LAT = 18.07, 59.33
    osm.box(0, 0, 20, 20, building="yes")
    path = osm.write(tmp_path / "a.osm")
    district = build_district("d", osm=path)
    assert asked == [pytest.approx((59.33, 18.07), abs=0.01)]
    assert "PVGIS" in district.report["notes"][0]
    assert "PVGIS" in describe(district)
    with pytest.raises(WeatherError, match="EPW"):
        build_district("d", osm=path, weather="synthetic")


def test_unknown_kind_of_weather_is_told(osm: Any, tmp_path: Path) -> None:
    osm.box(0, 0, 20, 20, building="yes")
    path = osm.write(tmp_path / "a.osm")
    for weather in ("sunny", tmp_path / "missing.csv"):
        with pytest.raises(WeatherError, match="weather"):
            build_district("d", osm=path, weather=weather)


@pytest.mark.parametrize(
    ("lon", "lat", "timezone", "country", "crs"),
    [
        (24.94, 60.17, "Europe/Helsinki", "FI", "EPSG:3067"),
        (29.76, 62.60, "Europe/Helsinki", "FI", "EPSG:3067"),
        (19.94, 60.10, "Europe/Mariehamn", "AX", "EPSG:3067"),
        (18.07, 59.33, "Europe/Stockholm", "SE", "EPSG:32634"),
        (13.40, 52.52, "Europe/Berlin", "DE", "EPSG:32633"),
        (10.75, 59.91, "Europe/Oslo", "NO", "EPSG:32632"),
        (151.21, -33.87, "Australia/Sydney", "AU", "EPSG:32756"),
        (-157.86, 21.31, "Pacific/Honolulu", "US", "EPSG:32604"),
    ],
)
def test_time_zone_country_and_crs(lon: float, lat: float, timezone: str, country: str, crs: str) -> None:
    assert timezone_at(lon, lat) == timezone
    assert country_of_timezone(timezone) == country
    assert metric_crs((lon - 0.01, lat - 0.01, lon + 0.01, lat + 0.01), country) == crs


@pytest.mark.parametrize(
    ("timezone", "hours"),
    [("Europe/Helsinki", 2), ("Europe/Dublin", 0), ("Australia/Sydney", 10), ("Asia/Kolkata", 5.5), ("UTC", 0)],
)
def test_standard_time_has_no_summer_time(timezone: str, hours: float) -> None:
    assert standard_utc_offset_h(timezone) == hours


def test_a_wheel_carries_the_district_and_the_tables(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=REPOSITORY, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    folder = "gis_data/districts/helsinki-centre"
    wanted = {f"{folder}/{name}" for name in ("district.toml", "report.json", "weather.parquet")}
    wanted |= {f"{folder}/{table}.parquet" for table in table_columns()}
    assert wanted | {"gis_data/tables.csv"} <= names
    assert not any(".partial" in name for name in names)


def test_districts_are_frozen(otaniemi: Any) -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        otaniemi.name = "other"
