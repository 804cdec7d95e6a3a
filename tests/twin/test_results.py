"""Results on disk: whole, the same bytes, and read back as they were."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

import twin
from twin._errors import ResultsError
from twin.results.results import Results, load_results, save_json, whole_file


def test_results_come_back_as_they_were(with_solar: Results, tmp_path: Path) -> None:
    path = with_solar.save(tmp_path / "deep" / "results.nc")
    back = load_results(path)
    xr.testing.assert_identical(back.dataset, with_solar.dataset)
    assert back.scenario == with_solar.scenario
    assert [file.name for file in path.parent.iterdir()] == ["results.nc"]


def test_the_same_results_are_the_same_bytes(with_solar: Results, tmp_path: Path) -> None:
    first, second = (with_solar.save(tmp_path / name).read_bytes() for name in ("a.nc", "b.nc"))
    assert first == second
    again = load_results(tmp_path / "a.nc").save(tmp_path / "c.nc")
    assert again.read_bytes() == first


def test_the_file_is_plain_netcdf_in_utc_with_its_provenance(with_solar: Results, tmp_path: Path) -> None:
    import netCDF4  # an independent reader of what xarray wrote

    path = with_solar.save(tmp_path / "results.nc")
    with netCDF4.Dataset(path) as file:
        assert file["time"].units == "hours since 1970-01-01"
        assert file["time"][0] == (
            np.datetime64("2024-12-31T22:00", "h") - np.datetime64("1970-01-01T00:00", "h")
        ).astype(int)
        assert file["time"].timezone == "UTC"
        assert file["pv_kwh"].units == "kWh"
        assert file["pv_kwh"].kind == "modelled"
        assert file["air_temp_c"].kind == "synthetic"
        assert file.district == "four-buildings"
        assert file.data_date == "2025-01-02"
        assert file.attribution == "drawn by hand"
        assert "share: 0.5" in file.scenario
        assert {"city-energy-twin", "numpy", "pvlib", "python"} <= set(json.loads(file.versions))
        assert "Helen" in json.loads(file.price_sources)["district_heat"]
        assert file["pv_kwh"].filters()["complevel"] == 1


def test_figures_written_building_by_building_are_those_written_at_once(with_solar: Results, tmp_path: Path) -> None:
    figures = twin.kpis(with_solar)
    assert twin.save_kpis(with_solar, tmp_path / "streamed.json") == figures["district"]
    twin.save_json(figures, tmp_path / "whole.json")
    assert (tmp_path / "streamed.json").read_text() == (tmp_path / "whole.json").read_text()


@pytest.mark.parametrize(("content", "message"), [(None, "there are no results"), (b"no netCDF", "cannot be read")])
def test_what_is_no_results_file_is_told(tmp_path: Path, content: bytes | None, message: str) -> None:
    if content is not None:
        (tmp_path / "x.nc").write_bytes(content)
    with pytest.raises(ResultsError, match=message):
        load_results(tmp_path / "x.nc")


def test_another_program_s_netcdf_is_refused(tmp_path: Path) -> None:
    xr.Dataset({"a": ("x", [1.0])}).to_netcdf(tmp_path / "x.nc")
    with pytest.raises(ResultsError, match="no results of this version"):
        load_results(tmp_path / "x.nc")


def test_an_interrupted_write_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "kpis.json"
    save_json({"a": 1}, target)

    def interrupted() -> None:
        with whole_file(target) as part:
            part.write_text("{", encoding="utf-8")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert json.loads(target.read_text(encoding="utf-8")) == {"a": 1}
    assert [file.name for file in tmp_path.iterdir()] == ["kpis.json"]


def test_importing_the_twin_is_quick_and_its_names_are_there() -> None:
    """`twin --help` must not wait for xarray, numba and geopandas."""
    code = "import sys, twin; print(sorted(m for m in ('numba', 'xarray', 'geopandas', 'pvlib') if m in sys.modules))"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"
    for name in twin.__all__:
        assert getattr(twin, name) is not None
    assert callable(twin.run)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = twin.nothing


def test_a_place_where_nothing_can_be_written_is_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ResultsError, match=r"cannot be written .*name another folder"):
        save_json({}, tmp_path / "file" / "kpis.json")
