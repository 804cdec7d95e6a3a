"""The command `twin`, as a person types it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import xarray as xr
from shapely.geometry import box

BIN = Path(sys.executable).parent / "twin"


def twin(*words: str | Path, cwd: Path, code: int = 0) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "COLUMNS": "160", "CITY_ENERGY_TWIN_DATA": str(cwd / "data")}
    done = subprocess.run(
        [str(BIN), *map(str, words)], check=False, cwd=cwd, env=env, capture_output=True, text=True, timeout=280
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done


@pytest.fixture(scope="module")
def hamlet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A GeoJSON of four houses, two of them touching."""
    folder = tmp_path_factory.mktemp("hamlet")
    corners = [(24.82, 60.18), (24.8203, 60.18), (24.821, 60.1805), (24.8215, 60.1805)]
    frame = gpd.GeoDataFrame(
        {
            "id": ["a", "b", "c", "d"],
            "building": ["detached", "detached", "apartments", "office"],
            "building:levels": [2, 1, 5, 4],
            "start_date": ["1965", "1985", "1972", "2012"],
        },
        geometry=[box(x, y, x + 0.0003, y + 0.0002) for x, y in corners],
        crs="EPSG:4326",
    )
    frame.to_file(folder / "hamlet.geojson", driver="GeoJSON")
    return folder


def test_a_district_from_geojson_is_listed_shown_validated_and_run(hamlet: Path, tmp_path: Path) -> None:
    twin("district", "build", "hamlet", "--geojson", hamlet / "hamlet.geojson", "--weather", "synthetic", cwd=tmp_path)
    listed = twin("district", "list", cwd=tmp_path).stdout
    assert "hamlet" in listed
    assert "helsinki-centre" in listed
    assert "4" in twin("district", "show", "hamlet", cwd=tmp_path).stdout
    twin("district", "validate", "hamlet", cwd=tmp_path)
    twin("run", "--district", "hamlet", "--out", "year", cwd=tmp_path)
    with xr.open_dataset(tmp_path / "year" / "results.nc") as results:
        assert results.sizes["building"] == 4
        assert results.sizes["time"] == 8760
    kpis = json.loads((tmp_path / "year" / "kpis.json").read_text())
    assert len(kpis["buildings"]) == 4
    assert all("unit" in kpi for kpi in kpis["district"].values())


@pytest.fixture(scope="module")
def year(hamlet: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with the hamlet as a district, and its year."""
    folder = tmp_path_factory.mktemp("year")
    words = ("--geojson", hamlet / "hamlet.geojson", "--weather", "synthetic", "--out", folder / "hamlet")
    twin("district", "build", "hamlet", *words, cwd=folder)
    twin("run", "--district", folder / "hamlet", "--out", folder, cwd=folder)
    return folder


@pytest.mark.parametrize("name", ["out.geojson", "out.parquet", "tables", "out.nc", "out.city.json"])
def test_results_are_handed_over_in_every_format(name: str, year: Path) -> None:
    extra = ("--format", "csv") if name == "tables" else ()
    twin("export", "--district", year / "hamlet", "--results", "results.nc", "--out", name, *extra, cwd=year)
    assert (year / name).exists()


def test_yearly_figures_are_kept_where_asked_and_a_building_s_hours_computed_again(year: Path) -> None:
    told = twin("run", "--district", year / "hamlet", "--keep", "annual", "--out", "annual", cwd=year).stderr
    assert "Kept: yearly figures" in told
    with xr.open_dataset(year / "results.nc") as hours, xr.open_dataset(year / "annual" / "results.nc") as annual:
        assert (hours.attrs["keep"], annual.attrs["keep"]) == ("hours", "annual")
        one = str(hours["building"].to_numpy()[2])
        given = ("--district", year / "hamlet", "--results", year / "annual" / "results.nc")
        twin("export", *given, "--building", one, "--out", "one.nc", cwd=year)
        with xr.open_dataset(year / "one.nc") as again:
            assert again.sizes["building"] == 1
            assert (again["grid_import_kwh"].to_numpy()[0] == hours["grid_import_kwh"].to_numpy()[2]).all()
    told = twin("export", *given, "--building", "nowhere", "--out", "x.nc", cwd=year, code=2).stderr
    assert "nowhere" in told
    told = twin("run", "--district", year / "hamlet", "--memory-gb", "0.1", "--out", "x", cwd=year, code=2).stderr
    assert "too little" in told
    assert "--memory-gb" in told


def test_an_unknown_key_in_a_scenario_is_told_with_its_line_and_the_right_key(tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_text("name: s\nedits:\n  - what: pv\n    shar: 0.5\n")
    told = twin("run", "--scenario", "s.yaml", "--out", "x", cwd=tmp_path, code=2).stderr
    assert "s.yaml" in told
    assert "4" in told
    assert "share" in told
    assert "Traceback" not in told
    assert not (tmp_path / "x").exists()


def test_an_unknown_district_is_told_with_the_ones_at_hand(tmp_path: Path) -> None:
    told = twin("district", "show", "helsinki-center", cwd=tmp_path, code=2).stderr
    assert "helsinki-centre" in told
    assert "Traceback" not in told


def test_two_inputs_at_once_are_refused(tmp_path: Path) -> None:
    told = twin("district", "build", "x", "--place", "Otaniemi", "--geojson", "x.geojson", cwd=tmp_path, code=2).stderr
    assert "--place" in told
    assert "--geojson" in told


def test_devices_are_listed_with_their_ids_and_written(year: Path) -> None:
    assert "electricity_meter" in twin("devices", "--district", year / "hamlet", cwd=year).stdout
    twin("devices", "-d", year / "hamlet", "-s", "solar-batteries", "--sizes", "--out", "devices.csv", cwd=year)
    devices = pd.read_csv(year / "devices.csv", index_col="device")
    assert list(devices.columns[:4]) == ["owner", "owner_kind", "kind", "model"]
    assert devices.index.is_unique
    batteries = devices[devices["kind"] == "battery"]
    assert (batteries.index == batteries["owner"] + "/battery").all()
    assert (batteries["size"] > 0.0).all(), "told by the year: so much for each kWp of the roof"
