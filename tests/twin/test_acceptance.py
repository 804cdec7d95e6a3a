"""Real districts: they run, the balance holds, and the figures are of the size that Finnish buildings are known for."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from assets.balance import check_balance
from gis_data import District, build_district
from twin._cache.memo import Memo
from twin.results.kpis import district_kpis, kpi_table, kpis
from twin.results.published import beside_published
from twin.results.results import Results
from twin.scenario import list_presets
from twin.simulation.dataset import flows_of
from twin.simulation.run import run


@pytest.fixture(scope="module")
def otaniemi(shared_data: Path) -> District:
    return build_district("otaniemi", osm=shared_data / "otaniemi" / "otaniemi.osm.gz")


@pytest.fixture(scope="module")
def otaniemi_results(otaniemi: District) -> Results:
    return run(otaniemi, memo=Memo(0))


@pytest.fixture(params=["helsinki", "otaniemi"])
def case(request: pytest.FixtureRequest) -> tuple[District, Results]:
    return request.getfixturevalue(request.param), request.getfixturevalue(f"{request.param}_results")


def test_every_carrier_building_and_hour_is_in_balance(case: tuple[District, Results]) -> None:
    district, results = case
    found = check_balance(flows_of(results.dataset), list(district.buildings.index), tolerance=1e-6)
    assert max(found.worst_kwh.values()) <= 1e-6
    assert found.into_kwh["heat"] == pytest.approx(found.out_kwh["heat"] + found.lost_kwh["heat"], rel=1e-12)


@pytest.mark.parametrize("quantity", ["heat", "electricity"])
def test_helsinki_centre_consumes_what_such_buildings_are_known_to(helsinki_results: Results, quantity: str) -> None:
    """Groups of at least five buildings: one odd kiosk is no sample of its age."""
    table = beside_published(helsinki_results)
    rows = table[(table["quantity"] == quantity) & (table["n"] >= 5)]
    print(table.drop(columns=["source", "checked"]).to_string())
    assert rows["floor_area_m2"].sum() > 0.9 * table.loc[table["quantity"] == quantity, "floor_area_m2"].sum()
    outside = rows[~rows["within"]]
    assert outside.empty, outside[["use", "from_year", "n", "modelled_kwh_m2", "low_kwh_m2", "high_kwh_m2"]].to_string()


def test_key_figures_are_of_a_plausible_size(case: tuple[District, Results]) -> None:
    told = {name: kpi["value"] for name, kpi in district_kpis(case[1]).items()}
    assert 80 < told["heat_kwh_m2"] < 200
    assert 30 < told["electricity_kwh_m2"] < 120
    # Full-load hours of heat in southern Finland: 2000 to 3500 (Finnish Energy, District heating in Finland).
    assert 1800 < told["heat_kwh"] / told["peak_heat_kw"] < 4000
    # A flat roof gets about 950 kWh/m² in Helsinki (PVGIS 5.2); shade takes some of it.
    assert 700 < told["solar_irradiation_kwh_m2"] < 1100
    assert 600 < told["pv_potential_kwh"] / told["pv_potential_kwp"] < 950
    assert 10 < told["energy_cost_eur_m2"] < 40
    assert 10 < told["co2_kg_m2"] < 50
    assert 0 < told["conversion_loss_kwh"] < 0.1 * told["heat_kwh"]


def test_the_centre_of_helsinki_is_on_district_heat(helsinki_results: Results) -> None:
    """Over 90 % of the heat, as of the heated floor area of the city (Statistics Finland, StatFin 116i)."""
    told = {name: kpi["value"] for name, kpi in district_kpis(helsinki_results).items()}
    assert told["district_heat_kwh"] * 0.97 / told["heat_kwh"] > 0.9


def test_every_building_has_its_figures(case: tuple[District, Results]) -> None:
    district, results = case
    told = kpis(results)["buildings"]
    assert list(told) == [str(i) for i in district.buildings.index]
    heated = ~district.buildings["use"].isin(["garage", "outbuilding"]).to_numpy()
    assert (kpi_table(results)["heat_kwh"].to_numpy()[heated] > 0).mean() > 0.98


def test_presets_run_on_the_default_district_and_do_what_they_say(
    helsinki: District, helsinki_results: Results
) -> None:
    memo = Memo()
    base = {name: kpi["value"] for name, kpi in district_kpis(helsinki_results).items()}
    for preset in list_presets():
        told = {name: kpi["value"] for name, kpi in district_kpis(run(helsinki, preset, memo=memo)).items()}
        if preset.name == "as-is":
            assert told == base
        if preset.name.startswith("solar"):
            assert told["grid_import_kwh"] < base["grid_import_kwh"]
            assert 0 < told["self_consumption"] <= told["local_use"] <= 100
        if preset.name in {"deep-retrofit", "warmer-2050", "everything"}:
            assert told["heat_kwh"] < 0.97 * base["heat_kwh"]
        if preset.name == "heat-pumps":
            assert told["oil_kwh"] == 0
            assert told["co2_t"] < base["co2_t"]
        assert np.isfinite(told["energy_cost_eur"])
