"""What results are made of is declared once, and every saved dataset is as declared."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from gis_data import District
from tests.twin.network_plans import cold_plan, gas_plan, heat_plan, power_plan
from twin import make_twin, parse_scenario
from twin._cache.memo import Memo
from twin._errors import ResultsError
from twin.networks.layout.heat_plan import water_design
from twin.networks.layout.plan import NetworkPlan
from twin.networks.results.results import NetworkResults, load_networks
from twin.networks.run import networks_of
from twin.results.nomenclature import with_tables
from twin.results.results import Results, load_results
from twin.results.schema import attrs_of, check_declared, variables
from twin.simulation.run import run

EVERYTHING = """name: all
edits:
- {what: heating, system: gas_boiler, where: {buildings: [w3]}}
- {what: heating, system: ground_source_heat_pump, where: {buildings: [w1]}}
- {what: cooling, system: district_cooling, begin: true, where: {buildings: [w2]}}
- {what: pv, share: 0.6}
- {what: battery, kwh: 20}
- {what: chargers, cars: 0.5}
- {what: hot_water_tank, days: 1, where: {buildings: [w1]}}
- {what: plant, id: sun, kind: solar_thermal_flat, size_kw: 50}
- {what: plant, id: wind, kind: wind_turbine_small, size_kw: 100}
- {what: plant, id: air, kind: heat_pump_air, size_kw: 20}
- {what: plant, id: ground, kind: heat_pump_ground, size_kw: 20}
- {what: plant, id: deep, kind: deep_geothermal, size_kw: 5000}
- {what: plant, id: sea, kind: heat_pump_water, size_kw: 80}
- {what: plant, id: sewage, kind: heat_pump_wastewater, size_kw: 20}
- {what: plant, id: servers, kind: heat_pump_waste_heat, size_kw: 20}
- {what: plant, id: chips, kind: boiler_biomass, size_kw: 50}
- {what: plant, id: burner, kind: boiler_oil, size_kw: 50}
- {what: plant, id: waste, kind: chp_waste, size_kw: 60}
- {what: plant, id: chiller, kind: chiller_air, size_kw: 120}
- {what: plant, id: engine, kind: chp_gas_engine, size_kw: 60}
- {what: plant, id: electrolyser, kind: electrolyser_pem, size_kw: 20}
- {what: plant, id: cell, kind: fuel_cell_pem, size_kw: 10}
- {what: plant, id: tank, kind: heat_accumulator_block, capacity_kwh: 500}
"""

LACKING = """name: lacking
edits:
- {what: heating, system: gas_boiler, where: {buildings: [w3]}}
- {what: cooling, system: district_cooling, begin: true, where: {buildings: [w2]}}
- {what: pv, share: 1.0}
"""


@pytest.fixture(scope="module")
def charged(district: District) -> District:
    """Four buildings and a public charging station."""
    station = gpd.GeoDataFrame(
        {"capacity": [2], "output_kw": [22.0]},
        geometry=[district.buildings.geometry.iloc[0].centroid],
        index=pd.Index(["n1"], name="charger_id"),
        crs=district.crs,
    )
    return replace(district, tables={**district.tables, "chargers": station})


@pytest.fixture(scope="module")
def full(charged: District) -> Results:
    return run(charged, parse_scenario(EVERYTHING), memo=Memo(0))


@pytest.fixture(scope="module")
def networks(charged: District, full: Results) -> NetworkResults:
    plans = {"electricity": power_plan(), "heat": heat_plan(), "cold": cold_plan(), "gas": gas_plan()}
    return networks_of(make_twin(charged, parse_scenario(EVERYTHING)), full, plans)


@pytest.fixture(scope="module")
def city(charged: District) -> Results:
    return run(charged, parse_scenario(EVERYTHING), keep="annual", memo=Memo(0))


@pytest.fixture(scope="module")
def years(charged: District, networks: NetworkResults) -> tuple[NetworkResults, ...]:
    """Two years; one of networks that leave somebody out of each, and heat on an ambient loop."""

    def without(plan: NetworkPlan, row: int) -> NetworkPlan:
        consumers = np.where(np.arange(len(plan.consumers)) == row, -1, plan.consumers)
        return replace(plan, consumers=consumers, cut_off=np.array([row]))

    loop = heat_plan("pe_160_sdr17", "pe_110_sdr17", design=water_design("heat", (-20.0, "FI"), generation="5"))
    plans = {"electricity": without(power_plan(), 1), "heat": without(loop, 0),
             "cold": without(cold_plan(), 1), "gas": without(gas_plan(), 2)}  # fmt: skip
    scenario = parse_scenario(LACKING)
    return networks, networks_of(make_twin(charged, scenario), run(charged, scenario, memo=Memo(0)), plans)


def test_saved_datasets_are_as_declared_and_all_that_is_declared_occurs(
    as_it_is: Results, full: Results, city: Results, years: tuple[NetworkResults, ...], tmp_path: Path
) -> None:
    there: set[str] = set()
    for results, parts in ((as_it_is, ("buildings", "hours")), (full, ("buildings", "hours")),
                           (city, ("buildings", "sums"))):  # fmt: skip
        saved = load_results(results.save(tmp_path / "results.nc")).dataset
        check_declared(saved, *parts)
        there |= {str(name) for name in saved.variables}
    for year in years:
        saved = load_networks(year.save(tmp_path / "networks")).dataset
        check_declared(saved, "networks")
        there |= {str(name) for name in saved.variables}
    assert there == set(variables())


def test_what_has_no_sign_is_never_below_zero(full: Results, city: Results, years: tuple[NetworkResults, ...]) -> None:
    for dataset in (year.dataset for year in (full, city, *years)):
        for name, array in dataset.variables.items():
            if array.dtype.kind in "fi" and not variables()[str(name)].sign:
                assert not (array.to_numpy() < 0).any(), name


def test_a_dataset_that_is_not_as_declared_is_told_by_variable_and_remedy(full: Results) -> None:
    wrong = full.dataset.drop_vars("pv_kwh").rename(use="usage").assign(gas_kwh=full.dataset["gas_kwh"].T)
    wrong["oil_kwh"] = wrong["oil_kwh"].assign_attrs(units="MWh")
    with pytest.raises(ResultsError) as error:
        check_declared(wrong, "buildings", "hours")
    told = str(error.value).split("\n")
    assert [line.split(" ")[0].rstrip(":") for line in told] == ["gas_kwh", "oil_kwh", "usage", "pv_kwh", "use"]
    assert "units is 'MWh', declared is 'kWh'" in str(error.value)
    assert "declare it in twin/results/variables.csv" in str(error.value)
    assert "run the scenario again" in str(error.value)


def test_names_that_nobody_declared_are_refused() -> None:
    with pytest.raises(ResultsError, match=r"no variable steam_kwh: declare it in twin/results/variables\.csv"):
        attrs_of("steam_kwh")
    with pytest.raises(ResultsError, match="as good as the weather"):
        attrs_of("air_temp_c")
    assert attrs_of("air_temp_c", "measured")["kind"] == "measured"
    assert attrs_of("roof") == {"long_name": "Roof plane id"}


def test_the_page_of_names_holds_every_variable_as_declared() -> None:
    page = Path(__file__).parents[2] / "docs" / "nomenclature.md"
    text = page.read_text(encoding="utf-8")
    assert text == with_tables(text), "run `python -m twin.results.nomenclature`"
    assert all(f"`{variable.declared}`" in text for variable in variables().values())
