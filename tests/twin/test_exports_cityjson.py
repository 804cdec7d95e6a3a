"""CityJSON: valid, closed, facing outwards, and of the right volume.

cjio's own validator is the Rust library behind `cjvalpy`, for which there are wheels for few Pythons only. Where it is
installed it is asked. The rules it checks are checked here in any case, as the specification gives them
(https://www.cityjson.org/specs/2.0.1/), and cjio itself loads the file.
"""

from __future__ import annotations

import importlib.util
import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from cityjson_lib import CityModel

from gis_data import District
from tests.twin.districts import footprints
from twin.exports import export
from twin.exports.cityjson import city_model
from twin.results.kpis import kpi_table
from twin.results.results import Results

City = dict[str, Any]
Shell = list[list[list[int]]]


@pytest.fixture(scope="module", params=["four buildings", "helsinki-centre"])
def case(request: pytest.FixtureRequest) -> tuple[Results, District]:
    names = ("with_solar", "district") if request.param == "four buildings" else ("helsinki_results", "helsinki")
    results, district = (request.getfixturevalue(name) for name in names)
    return results, district


@pytest.fixture(scope="module")
def city(case: tuple[Results, District], tmp_path_factory: pytest.TempPathFactory) -> City:
    path = export(*case, tmp_path_factory.mktemp("city") / "out.city.json")
    found: City = json.loads(path.read_text(encoding="utf-8"))
    return found


def shells(building: City) -> list[Shell]:
    (geometry,) = building["geometry"]
    solids = [geometry["boundaries"]] if geometry["type"] == "Solid" else geometry["boundaries"]
    return [shell for solid in solids for shell in solid]


def all_shells(city: City) -> Iterator[tuple[str, Shell]]:
    for i, building in city["CityObjects"].items():
        for shell in shells(building):
            yield i, shell


def metres(city: City) -> np.ndarray:
    transform = city["transform"]
    return np.array(city["vertices"]) * transform["scale"] + transform["translate"]


def area_vector(points: np.ndarray, ring: list[int]) -> np.ndarray:
    """Twice the area of a flat ring, in the direction of its normal (Newell)."""
    p = points[ring] - points[ring[0]]
    return np.cross(p, np.roll(p, -1, axis=0)).sum(axis=0)


def cjio_says(path: Path, code: str) -> str:
    """What cjio says of a file, in a process of its own: importing it makes `json` round numbers to 6 decimals."""
    begin = "import sys\nfrom cjio import cityjson\nmodel = cityjson.reader(file=open(sys.argv[1], encoding='utf-8'))\n"
    command = [sys.executable, "-W", "ignore::ResourceWarning", "-c", begin + code, str(path)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@pytest.mark.skipif(importlib.util.find_spec("cjvalpy") is None, reason="cjvalpy has no wheel for this Python")
def test_cjio_s_validator_finds_nothing_wrong(case: tuple[Results, District], tmp_path: Path) -> None:
    path = export(*case, tmp_path / "out.city.json")
    assert cjio_says(path, "print(model.validate())").startswith("(True")


def test_the_strict_reader_of_cityjson_2_0_takes_every_object(case: tuple[Results, District], tmp_path: Path) -> None:
    """3DGI's reader refuses wrong versions, types, indices and semantics; a spoilt index shows that it looks."""
    path = export(*case, tmp_path / "out.city.json")
    summary = CityModel.parse_document_bytes(path.read_bytes()).summary()
    n = case[0].dataset.sizes["building"]
    assert (summary.version.name, summary.cityobject_count, summary.geometry_count) == ("V2_0", n, n)
    spoilt = json.loads(path.read_text(encoding="utf-8"))
    spoilt["vertices"] = spoilt["vertices"][:-1]
    with pytest.raises(Exception, match="out of range"):
        CityModel.parse_document_bytes(json.dumps(spoilt).encode())


def test_the_root_has_what_version_2_0_demands(city: City, case: tuple[Results, District]) -> None:
    assert (city["type"], city["version"]) == ("CityJSON", "2.0")
    assert set(city) == {"type", "version", "transform", "metadata", "CityObjects", "vertices"}
    assert set(city["transform"]) == {"scale", "translate"}
    assert all(len(values) == 3 for values in city["transform"].values())
    assert all(scale > 0 for scale in city["transform"]["scale"])
    metadata = city["metadata"]
    assert set(metadata) <= {"title", "referenceSystem", "geographicalExtent", "referenceDate"}
    assert re.fullmatch(r"https://www\.opengis\.net/def/crs/EPSG/0/\d{4,5}", metadata["referenceSystem"])
    assert metadata["referenceSystem"].endswith(case[1].crs.removeprefix("EPSG:"))
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", metadata["referenceDate"])
    points = metres(city)
    np.testing.assert_allclose(metadata["geographicalExtent"], [*points.min(axis=0), *points.max(axis=0)], atol=1e-6)


def test_every_object_is_a_building_with_one_solid_geometry(city: City) -> None:
    for i, building in city["CityObjects"].items():
        assert building["type"] == "Building", i
        assert set(building) == {"type", "attributes", "geometry"}, "no parents, no children to be inconsistent"
        (geometry,) = building["geometry"]
        assert set(geometry) == {"type", "lod", "boundaries", "semantics"}
        assert geometry["type"] in {"Solid", "MultiSolid"}
        assert re.fullmatch(r"\d(\.\d)?", geometry["lod"])
        for value in building["attributes"].values():
            assert isinstance(value, str | int | float | bool), "no nulls, no nested things"


def test_vertices_are_whole_numbers_each_once_and_all_used(city: City) -> None:
    vertices = city["vertices"]
    assert all(len(v) == 3 and all(type(x) is int for x in v) for v in vertices)
    assert len({tuple(v) for v in vertices}) == len(vertices)
    used = {i for _, shell in all_shells(city) for surface in shell for ring in surface for i in ring}
    assert used == set(range(len(vertices)))


def test_semantics_have_a_value_for_each_surface(city: City) -> None:
    for building in city["CityObjects"].values():
        (geometry,) = building["geometry"]
        semantics = geometry["semantics"]
        assert [s["type"] for s in semantics["surfaces"]] == ["GroundSurface", "RoofSurface", "WallSurface"]
        values = (
            semantics["values"] if geometry["type"] == "Solid" else [v for solid in semantics["values"] for v in solid]
        )
        assert [len(v) for v in values] == [len(shell) for shell in shells(building)]
        assert {x for v in values for x in v} == {0, 1, 2}


def test_surfaces_face_what_they_are_called(city: City) -> None:
    points = metres(city)
    for i, building in city["CityObjects"].items():
        for shell in shells(building):
            ground, roof, *walls = [area_vector(points, surface[0]) for surface in shell]
            assert ground[2] < 0 < roof[2], i
            assert all(abs(wall[2]) < 1e-9 for wall in walls), i


def test_shells_are_closed_with_every_edge_walked_once_each_way(city: City) -> None:
    for i, shell in all_shells(city):
        walked = Counter(
            (ring[k], ring[(k + 1) % len(ring)]) for surface in shell for ring in surface for k in range(len(ring))
        )
        assert all(len(ring) >= 3 and len(set(ring)) == len(ring) for surface in shell for ring in surface), i
        assert all(walked[edge] == walked[edge[::-1]] for edge in walked), i
        assert all(a != b for a, b in walked), i


def test_volumes_are_footprint_times_height(city: City, case: tuple[Results, District]) -> None:
    """By the divergence theorem, so that one wall turned inside out would show."""
    points = metres(city)
    volumes: dict[str, float] = {}
    for i, shell in all_shells(city):
        origin = points[shell[0][0][0]]
        volume = sum(
            area_vector(points, ring) @ (points[ring[0]] - origin) / 6 for surface in shell for ring in surface
        )
        volumes[i] = volumes.get(i, 0.0) + float(volume)
    buildings = case[1].buildings
    expected = buildings.geometry.area * (buildings["height_m"] - buildings["min_height_m"])
    # Half a millimetre on every metre of wall.
    slack = buildings.geometry.length * buildings["height_m"] * 0.001 + buildings.geometry.area * 0.002
    for i, volume in volumes.items():
        assert volume == pytest.approx(expected[i], abs=float(slack[i])), i


def test_parts_and_holes_are_kept(with_solar: Results, district: District) -> None:
    objects = city_model(with_solar, district)["CityObjects"]
    assert objects["w1"]["geometry"][0]["type"] == "Solid"
    assert objects["w3"]["geometry"][0]["type"] == "MultiSolid"
    assert len(objects["w3"]["geometry"][0]["boundaries"]) == len(footprints()["w3"].geoms)
    roof = objects["w2"]["geometry"][0]["boundaries"][0][1]
    assert len(roof) == 2, "outline and courtyard"


def test_key_figures_are_attributes(city: City, case: tuple[Results, District]) -> None:
    table = kpi_table(case[0])
    assert list(city["CityObjects"]) == list(table.index)
    for i, building in city["CityObjects"].items():
        assert building["attributes"]["co2_t"] == pytest.approx(table.loc[i, "co2_t"])
        assert "use" in building["attributes"]


def test_cjio_loads_it_and_finds_no_vertex_to_clean_away(
    case: tuple[Results, District], city: City, tmp_path: Path
) -> None:
    path = export(*case, tmp_path / "out.city.json")
    code = (
        "model.remove_duplicate_vertices()\n"
        "model.remove_orphan_vertices()\n"
        "print(model.j['version'], len(model.j['CityObjects']), len(model.j['vertices']))"
    )
    assert cjio_says(path, code).split() == ["2.0", str(len(city["CityObjects"])), str(len(city["vertices"]))]
