"""Views are computed once, kept on disk, and made anew when anything changes."""

from __future__ import annotations

import dataclasses
import threading
from pathlib import Path

import numpy as np
import pytest

import twin
from apps._errors import UnknownDistrictError, UnknownScenarioError
from apps.views import view_computation as module
from apps.views.district_views import Views
from apps.views.view import View
from apps.views.view_computation import district_stamp, view_stamp


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the scenarios that were computed."""
    seen: list[str] = []
    compute = twin.run

    def run(district: object, scenario: object = None, **options: object) -> object:
        seen.append(getattr(scenario, "name", "as-is"))
        return compute(district, scenario, **options)

    monkeypatch.setattr(module.twin, "run", run)
    return seen


@pytest.fixture
def empty_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CITY_ENERGY_TWIN_CACHE", str(tmp_path))
    return tmp_path


def test_the_second_start_reads_what_the_first_computed(view: View, runs: list[str], empty_cache: Path) -> None:
    districts = {"helsinki-centre": view.district}
    first = Views(districts).open("helsinki-centre")
    second = Views(districts).open("helsinki-centre")
    assert runs == ["as-is"]
    assert second.stamp == first.stamp
    assert second.kpis == first.kpis
    for name, steps in first.steps.items():
        np.testing.assert_array_equal(second.steps[name], steps)


def test_a_broken_cache_is_made_again(view: View, runs: list[str], empty_cache: Path) -> None:
    districts = {"helsinki-centre": view.district}
    Views(districts).open("helsinki-centre")
    (kept,) = empty_cache.glob("*.npz")
    kept.write_bytes(kept.read_bytes()[:1000])
    Views(districts).open("helsinki-centre")
    assert runs == ["as-is", "as-is"]


def test_many_sessions_at_once_compute_once(view: View, runs: list[str], empty_cache: Path) -> None:
    views = Views({"helsinki-centre": view.district})
    threads = [threading.Thread(target=views.open, args=("helsinki-centre",)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert runs == ["as-is"]


def test_the_stamp_changes_with_a_building_and_with_the_scenario(view: View) -> None:
    district = view.district
    taller = district.tables["buildings"].copy()
    taller.iloc[0, taller.columns.get_loc("height_m")] += 1.0
    changed = dataclasses.replace(district, tables={**district.tables, "buildings": taller})
    preset = twin.load_scenario("solar-roofs")
    of_district, of_changed = district_stamp(district), district_stamp(changed)
    stamps = {
        view_stamp(of_district, "as-is", None),
        view_stamp(of_changed, "as-is", None),
        view_stamp(of_district, preset.name, preset),
    }
    assert len(stamps) == 3
    assert view_stamp(of_district, "as-is", None) == view.stamp


def test_an_unknown_district_or_scenario_is_told_with_those_there_are() -> None:
    with pytest.raises(UnknownDistrictError, match="helsinki-centre"):
        Views().open("atlantis")
    with pytest.raises(UnknownDistrictError):
        Views().open("../../etc")
    with pytest.raises(UnknownScenarioError, match="as-is"):
        Views().open("helsinki-centre", "dream")


def test_payback_and_the_cost_of_co2_avoided_are_told_against_the_district_as_it_is(
    view: View, empty_cache: Path
) -> None:
    name = "solar-roofs"
    views = Views({"helsinki-centre": view.district}, {name: twin.load_scenario(name)})
    found = views.open("helsinki-centre", name)
    expected = twin.kpis(twin.run(view.district, views.scenario(name)), twin.run(view.district))
    for kpi in ("payback_years", "abatement_cost_eur_t", "peak_electricity_growth"):
        assert found.kpis[kpi]["value"] == pytest.approx(expected["district"][kpi]["value"]), kpi
    assert found.building_kpis["payback_years"].notna().sum() > 100
    assert "baseline" in view.kpis["payback_years"]["todo"]
