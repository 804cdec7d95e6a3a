"""Live OSM, against a server on loopback that answers as Overpass and Nominatim do."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import osmnx
import pytest
import shapely
from geopandas.testing import assert_geodataframe_equal

from gis_data import LiveDataError, build_district
from gis_data.buildings import buildings_from_features
from gis_data.readers.osm_file import read_osm_file
from gis_data.readers.osm_live import NOMINATIM_ENV, OVERPASS_ENV, read_osm_live

CRS = "EPSG:3067"
OTANIEMI = (24.8122, 60.1798, 24.8402, 60.1919)
CAMPUS = [[24.82, 60.183], [24.833, 60.183], [24.833, 60.189], [24.82, 60.189], [24.82, 60.183]]


@pytest.fixture
def ask(osm_server: Any) -> Any:
    def ask(**what: Any) -> Any:
        urls = {"overpass_url": f"{osm_server.url}/api", "nominatim_url": f"{osm_server.url}/nominatim"}
        return read_osm_live(rate_limit=False, timeout_s=20, **urls, **what)

    return ask


def nominatim_answer(geojson: dict[str, Any]) -> list[dict[str, Any]]:
    west, south, east, north = shapely.from_geojson(str(geojson).replace("'", '"')).bounds
    return [
        {
            "place_id": 1,
            "osm_type": "relation",
            "osm_id": 1,
            "lat": str((south + north) / 2),
            "lon": str((west + east) / 2),
            "class": "boundary",
            "type": "administrative",
            "place_rank": 16,
            "importance": 0.5,
            "addresstype": "suburb",
            "name": "Otaniemi",
            "display_name": "Otaniemi, Espoo, Finland",
            "boundingbox": [str(south), str(north), str(west), str(east)],
            "geojson": geojson,
        }
    ]


def test_buildings_are_those_of_the_file(ask: Any, otaniemi_osm: Path) -> None:
    live, file = ask(bbox=OTANIEMI), read_osm_file(otaniemi_osm)
    assert_geodataframe_equal(live.frame.drop(columns="tags"), file.frame.drop(columns="tags"))
    assert live.frame["tags"].tolist() == file.frame["tags"].tolist()
    expected = buildings_from_features(file, CRS).buildings
    assert_geodataframe_equal(buildings_from_features(live, CRS).buildings, expected)
    assert len(expected) > 240


def test_date_is_that_of_the_servers_data(ask: Any) -> None:
    live = ask(bbox=OTANIEMI)
    assert live.data_date == "2025-03-01"
    assert live.sources[0].date == "2025-03-01"
    assert live.sources[0].attribution == "© OpenStreetMap contributors"


def test_place_takes_what_lies_inside_its_boundary(ask: Any, osm_server: Any) -> None:
    osm_server.places["Otaniemi, Espoo"] = nominatim_answer({"type": "Polygon", "coordinates": [CAMPUS]})
    live = ask(place="Otaniemi, Espoo")
    west, south, east, north = live.bounds
    assert (west, south, east, north) == pytest.approx((24.82, 60.183, 24.833, 60.189))
    buildings = buildings_from_features(live, CRS).buildings.to_crs("EPSG:4326")
    inside = shapely.contains(shapely.Polygon(CAMPUS), shapely.point_on_surface(buildings.geometry.to_numpy()))
    assert 50 < len(buildings) < 240
    assert inside.mean() > 0.98, "overlaps that are cut may move a building's point"


def test_place_known_only_as_a_point_is_taken_with_its_surroundings(ask: Any, osm_server: Any) -> None:
    osm_server.places["Dipoli"] = nominatim_answer({"type": "Point", "coordinates": [24.832, 60.185]})
    live = ask(place="Dipoli")
    west, south, east, north = live.bounds
    assert (north - south) * 111_000 == pytest.approx(1000, rel=0.02)
    assert west < 24.832 < east
    assert len(live.tagged("building")) > 10


def test_environment_names_the_servers(osm_server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(OVERPASS_ENV, f"{osm_server.url}/api")
    monkeypatch.setenv(NOMINATIM_ENV, f"{osm_server.url}/nominatim")
    monkeypatch.setenv("CITY_ENERGY_TWIN_OVERPASS_RATE_LIMIT", "no")
    district = build_district("campus", bbox=(24.82, 60.183, 24.833, 60.189))
    assert len(district.buildings) > 50
    assert osm_server.queries


def test_unknown_place_says_what_to_do(ask: Any) -> None:
    with pytest.raises(LiveDataError, match=r"no place 'Atlantis'.*bbox"):
        ask(place="Atlantis")


def test_without_a_network_the_error_comes_at_once_and_says_what_to_do() -> None:
    with socket.socket() as probe:  # a port on which nobody listens
        probe.bind(("127.0.0.1", 0))
        dead = f"http://127.0.0.1:{probe.getsockname()[1]}"
    for what in ({"bbox": OTANIEMI}, {"place": "Otaniemi"}):
        with pytest.raises(LiveDataError, match=r"can't be reached.*--osm FILE"):
            read_osm_live(overpass_url=dead, nominatim_url=dead, **what)


def test_server_that_breaks_off_says_smaller_area(ask: Any, osm_server: Any) -> None:
    osm_server.remark = "runtime error: Query timed out"
    with pytest.raises(LiveDataError, match="smaller"):
        ask(bbox=OTANIEMI)


def test_server_error_is_told(ask: Any, osm_server: Any) -> None:
    osm_server.status = 500
    with pytest.raises(LiveDataError, match=r"error 500.*later"):
        ask(bbox=OTANIEMI)


def test_sea_without_anything_is_told(ask: Any, osm_server: Any) -> None:
    osm_server.elements = {}
    with pytest.raises(LiveDataError, match="nothing in this area"):
        ask(bbox=OTANIEMI)


def test_a_whole_country_is_refused_before_asking(ask: Any, osm_server: Any) -> None:
    with pytest.raises(LiveDataError, match=r"km².*--osm FILE"):
        ask(bbox=(20.0, 59.0, 31.0, 70.0))
    assert osm_server.queries == []


def test_osmnx_is_left_as_it_was(ask: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    names = [name for name in dir(osmnx.settings) if name.islower() and not name.startswith("_")]
    before = {name: getattr(osmnx.settings, name) for name in names}
    resolver = socket.getaddrinfo
    ask(bbox=OTANIEMI)
    assert {name: getattr(osmnx.settings, name) for name in names} == before
    assert socket.getaddrinfo is resolver
    assert list(tmp_path.iterdir()) == [], "no cache is left in the working folder"
