"""A city in chunks is the same city."""

from __future__ import annotations

import numpy as np
import pandas as pd

from gis_data import District
from tests.bench._tiles import tiled
from twin._cache.memo import Memo
from twin.reporting import report
from twin.results.kpis import district_kpis, kpi_table
from twin.results.results import Results, load_results
from twin.scenario import load_scenario
from twin.simulation.city import run_city
from twin.simulation.run import run


def test_chunks_of_any_size_give_the_figures_of_a_run_to_the_last_bit(district: District, tmp_path) -> None:
    scenario = load_scenario("everything")
    whole = run(district, scenario, memo=Memo(0))
    base = run(district, memo=Memo(0))
    for chunk in (1, 3, 100):
        city = run_city(district, scenario, chunk=chunk)
        pd.testing.assert_frame_equal(kpi_table(city, base), kpi_table(whole, base), check_exact=True)
        for name, told in district_kpis(whole, base).items():
            value = district_kpis(city, base)[name]["value"]
            assert value == told["value"] or np.isclose(value, told["value"], rtol=1e-12), name
    assert "space_heat_kwh" not in city.dataset
    hourly = whole.dataset["grid_import_kwh"].sum("building", dtype=np.float64)
    np.testing.assert_allclose(city.dataset["district_grid_import_kwh"], hourly, rtol=1e-12)
    loaded = load_results(city.save(tmp_path / "city.nc"))
    pd.testing.assert_frame_equal(kpi_table(loaded), kpi_table(city))
    assert report([base, city], district, tmp_path / "city.html").stat().st_size > 10_000


def test_tiles_are_copies_side_by_side(district: District) -> None:
    city = tiled(district, 10)
    assert len(city.buildings) == 10
    assert city.buildings.index.is_unique
    assert not city.buildings.sindex.query(city.buildings.geometry, predicate="overlaps").size
    results: Results = run_city(city, chunk=4)
    area = district.buildings["floor_area_m2"]
    expected = 2 * area.sum() + area.iloc[:2].sum()
    assert float(results.dataset["floor_area_m2"].sum()) == expected
