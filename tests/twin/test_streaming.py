"""A district of any size: what is computed some buildings at a time is what is computed at once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr

import twin
from gis_data import District
from tests.bench._tiles import tiled
from tests.twin.districts import four_buildings
from twin._cache.memo import Memo
from twin._errors import ResultsError
from twin.reporting import report
from twin.results.comparison import compare
from twin.results.kpis import district_kpis, kpi_table
from twin.results.results import Results, load_results, whole_file
from twin.results.totals import GROUP, district_hours
from twin.scenario import load_scenario
from twin.simulation.hours_again import building_hours
from twin.simulation.run import blocks_within, bytes_of, default_keep, run

LITTLE = 0.56
"""GB: blocks of the fewest buildings, and hours on the disk."""
N = 70
"""Buildings: three blocks of the fewest."""


@pytest.fixture(scope="module")
def town(district: District) -> District:
    return tiled(district, N)


@pytest.fixture(scope="module")
def whole(town: District) -> Results:
    return run(town, load_scenario("everything"), memo=Memo(0))


@pytest.fixture(scope="module")
def annual(town: District) -> Results:
    return run(town, load_scenario("everything"), keep="annual", memory_gb=LITTLE)


def test_hours_on_the_disk_are_those_in_memory(town: District, whole: Results, tmp_path: Path) -> None:
    path = tmp_path / "town" / "results.nc"
    streamed = run(town, load_scenario("everything"), memory_gb=LITTLE, out=path)
    assert blocks_within(N, 8760, LITTLE).size == GROUP < N
    xr.testing.assert_identical(streamed.dataset, whole.dataset)
    xr.testing.assert_identical(load_results(path).dataset, whole.dataset)
    assert [file.name for file in path.parent.iterdir()] == ["results.nc"]
    assert streamed.keep == "hours"
    pd.testing.assert_frame_equal(kpi_table(streamed), kpi_table(whole), check_exact=True)


def test_hours_that_do_not_fit_lie_in_a_file_that_goes_with_them(
    town: District, whole: Results, tmp_path, monkeypatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    results = run(town, load_scenario("everything"), memory_gb=LITTLE)
    assert len(list(tmp_path.iterdir())) == 1
    np.testing.assert_array_equal(results.dataset["pv_kwh"][3], whole.dataset["pv_kwh"][3])
    del results
    assert not list(tmp_path.iterdir())


def test_yearly_figures_are_the_sums_of_the_hours(whole: Results, annual: Results, tmp_path: Path) -> None:
    assert annual.keep == "annual"
    assert "space_heat_kwh" not in annual.dataset
    pd.testing.assert_frame_equal(kpi_table(annual), kpi_table(whole), check_exact=True)
    assert district_kpis(annual) == district_kpis(whole)
    for name in ("grid_import_kwh", "ambient_heat_kwh", "battery_charge_kwh"):
        np.testing.assert_array_equal(district_hours(annual.dataset, name), district_hours(whole.dataset, name))
        of_hour = whole.dataset[name].sum("building", dtype=np.float64)
        np.testing.assert_allclose(annual.dataset[f"district_{name}"], of_hour, rtol=1e-12)
    loaded = load_results(annual.save(tmp_path / "annual.nc"))
    xr.testing.assert_identical(loaded.dataset, annual.dataset)


def test_blocks_of_any_size_give_the_same_bytes(town: District, annual: Results, monkeypatch) -> None:
    monkeypatch.setattr("numba.config.NUMBA_NUM_THREADS", 3)
    for memory_gb in (0.7, 1.2):
        again = run(town, load_scenario("everything"), keep="annual", memory_gb=memory_gb)
        xr.testing.assert_identical(again.dataset, annual.dataset)


def test_yearly_figures_are_compared_exported_and_reported(town: District, annual: Results, tmp_path: Path) -> None:
    base = run(town, keep="annual", memory_gb=LITTLE)
    told = compare(base, annual)
    assert told.figures.loc["investment_eur"].diff().iloc[-1] > 0.0
    assert report([base, annual], town, tmp_path / "town.html").stat().st_size > 10_000
    csv = twin.export(annual, town, tmp_path / "csv", "csv")
    hours = pd.read_csv(csv / "hours.csv")
    np.testing.assert_allclose(hours["pv_kwh"], annual.dataset["district_pv_kwh"])
    for name in ("town.geojson", "town.parquet", "town.nc", "town.json"):
        assert twin.export(annual, town, tmp_path / name).stat().st_size > 10_000
    with pytest.raises(ResultsError, match="every hour of every building"):
        twin.run_networks(town, annual.scenario, results=annual)


def test_hours_asked_for_again_are_those_that_were_not_kept(town: District, whole: Results, annual: Results) -> None:
    ids = [str(i) for i in whole.dataset["building"].to_numpy()]
    chosen = [ids[41], ids[2], ids[69]]
    again, kept = building_hours(annual, town, chosen), building_hours(whole, town, chosen)
    assert list(again.dataset["building"].to_numpy()) == [ids[2], ids[41], ids[69]]
    for name, variable in again.dataset.data_vars.items():
        xr.testing.assert_identical(variable, kept.dataset[name])
    pd.testing.assert_frame_equal(kpi_table(again), kpi_table(whole).loc[[ids[2], ids[41], ids[69]]])
    with pytest.raises(ResultsError, match="not in the results: nowhere"):
        building_hours(annual, town, ["nowhere"])


def test_a_district_that_has_changed_does_not_give_other_hours(town: District, annual: Results) -> None:
    warmer = tiled(four_buildings(weather_seed=1), N)
    with pytest.raises(ResultsError, match="has changed since"):
        building_hours(annual, warmer, [str(annual.dataset["building"].to_numpy()[0])])


def test_the_hours_of_each_block_are_handed_on_in_their_order(town: District, whole: Results) -> None:
    seen, bought = [], np.zeros(N)

    def take(rows: slice, hourly) -> None:
        seen.append((rows.start, rows.stop))
        bought[rows] = hourly["grid_import_kwh"][1].sum(axis=1, dtype=np.float64)

    run(town, load_scenario("everything"), keep="annual", memory_gb=LITTLE, each=take)
    assert seen == [(0, 32), (32, 64), (64, N)]
    np.testing.assert_allclose(bought, whole.dataset["grid_import_kwh"].sum("time"), rtol=1e-5)


def test_memory_decides_how_much_is_computed_at_once_and_too_little_is_told() -> None:
    sizes = [blocks_within(9_000, 8760, memory_gb).size for memory_gb in (0.8, 1.0, 4.0)]
    assert sizes == sorted(sizes)
    assert all(size % GROUP == 0 for size in sizes)
    assert bytes_of(9_000) > 4e9 > bytes_of(1_000)
    assert (default_keep(2_000), default_keep(2_001)) == ("hours", "annual")
    with pytest.raises(ResultsError, match=r"0\.3 GB of memory are too little for 9000 buildings.*at least 0\.74"):
        blocks_within(9_000, 8760, 0.3)
    for nonsense in (-1.0, 0.0, float("nan"), float("inf")):
        with pytest.raises(ResultsError, match="give a number above 0"):
            blocks_within(9_000, 8760, nonsense)


def test_no_memory_left_is_told_in_words(town: District, monkeypatch) -> None:
    def none_left(*_args, **_options):
        raise MemoryError

    monkeypatch.setattr("twin.simulation.run.stream", none_left)
    with pytest.raises(ResultsError, match=r"no memory left.*memory_gb"):
        run(town, keep="annual")


_WRITER = """
import resource, signal, sys, time
import numpy as np
import xarray as xr
from twin.results.results import save_streamed
def write(take):
    for start in range(0, 96, 32):
        take(slice(start, start + 32), {"heat_kwh": (("building", "time"), np.random.rand(32, 8760), {})})
        print(start, flush=True)
        time.sleep(float(sys.argv[2]))
    return xr.Dataset()
if len(sys.argv) > 3:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]), int(sys.argv[3])))
try:
    save_streamed(sys.argv[1], 96, 8760, write)
except Exception as error:
    print(type(error).__name__, error)
"""
"""Writes blocks of hours as a run does, on a disk that takes no more than so many bytes of a file."""


def test_a_write_that_is_killed_leaves_the_earlier_results(tmp_path: Path) -> None:
    target = tmp_path / "results.nc"
    target.write_bytes(b"earlier")
    with subprocess.Popen(
        [sys.executable, "-c", _WRITER, str(target), "60"], stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline().strip() == "0"
        child.send_signal(signal.SIGKILL)
    assert target.read_bytes() == b"earlier"
    (left,) = [file for file in tmp_path.iterdir() if file != target]
    assert left.name.startswith(".results.nc.")
    day_ago = time.time() - 25 * 3600
    os.utime(left, (day_ago, day_ago))
    with whole_file(target) as part:
        part.write_bytes(b"later")
    assert not left.exists(), "a day after, the next one to write there clears it away"


def test_a_full_disk_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _WRITER, str(tmp_path / "results.nc"), "0", "2000000"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "ResultsError" in said, said
    assert "cannot be written" in said
    assert "keep yearly figures alone" in said
    assert not list(tmp_path.iterdir())


def test_tiles_are_copies_side_by_side(district: District) -> None:
    city = tiled(district, 10)
    assert len(city.buildings) == 10
    assert city.buildings.index.is_unique
    assert not city.buildings.sindex.query(city.buildings.geometry, predicate="overlaps").size
    results = run(city, keep="annual")
    area = district.buildings["floor_area_m2"]
    expected = 2 * area.sum() + area.iloc[:2].sum()
    assert float(results.dataset["floor_area_m2"].sum()) == expected
