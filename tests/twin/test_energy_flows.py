"""The year's energy from node to node: every node balances, and the sums are those of the books."""

from __future__ import annotations

import pandas as pd
import pytest

from gis_data import District
from tests.twin.network_plans import cold_plan, gas_plan, heat_plan, power_plan
from twin import NetworkResults, Results, energy_flows, make_twin, parse_scenario, run
from twin._cache.memo import Memo
from twin.networks.run import networks_of
from twin.results.energy_flows import node_balances

EDITS = """name: flows
edits:
- {what: heating, system: gas_boiler, where: {buildings: [w3]}}
- {what: pv, share: 0.6}
- {what: cooling, system: district_cooling, begin: true, where: {buildings: [w2]}}
- {what: plant, id: chp, kind: chp_gas_engine, size_kw: 60}
- {what: plant, id: sea, kind: heat_pump_water, size_kw: 80}
- {what: plant, id: chiller, kind: chiller_air, size_kw: 120}
- {what: plant, id: wind, kind: wind_turbine_small, size_kw: 100}
- {what: plant, id: tank, kind: heat_accumulator_block, capacity_kwh: 500}
- {what: plant, id: battery, kind: battery_block, capacity_kwh: 200}
- {what: prices, electricity_tariff: beijing_industry, gas_eur_kwh: 0.03}
"""
Year = tuple[Results, NetworkResults, pd.DataFrame]


@pytest.fixture(scope="module", params=["", EDITS], ids=["as it is", "plants"])
def year(request: pytest.FixtureRequest, district: District) -> Year:
    scenario = parse_scenario(request.param or "name: n")
    results = run(district, scenario, memo=Memo())
    plans = {"electricity": power_plan(), "heat": heat_plan(), "gas": gas_plan()}
    if request.param:
        plans["cold"] = cold_plan()
    networks = networks_of(make_twin(district, scenario), results, plans)
    return results, networks, energy_flows(results, networks)


def test_every_node_balances(year: Year) -> None:
    flows = year[2]
    assert node_balances(flows).abs().max() <= 1e-6
    assert (flows["kwh"] > 0.0).all()
    assert not flows.duplicated(["source", "target", "carrier"]).any()
    # Seen from outside of all nodes: what only gives is what only takes.
    nodes = pd.Index(flows["source"]).union(flows["target"])
    first, last = nodes.difference(flows["target"]), nodes.difference(flows["source"])
    came = flows.loc[flows["source"].isin(first), "kwh"].sum()
    went = flows.loc[flows["target"].isin(last), "kwh"].sum()
    held = node_balances(flows[~flows["source"].isin(first) & ~flows["target"].isin(last)])
    assert came == pytest.approx(went, rel=1e-3), held


def test_sums_are_those_of_the_books(year: Year) -> None:
    _, networks, flows = year
    for carrier, book in networks.summary.items():
        from_outside = flows[(flows["source"] == f"outside:{carrier}") & (flows["carrier"] == carrier)]["kwh"].sum()
        assert from_outside == pytest.approx(book["bought"], rel=1e-9, abs=1e-3), carrier
        lost = flows[flows["target"] == f"losses:network of {carrier}"]["kwh"].sum()
        assert lost == pytest.approx(max(book["network_loss"], 0.0), rel=1e-9, abs=1e-3), carrier


def test_plants_and_stores_have_their_own_nodes(year: Year) -> None:
    _, networks, flows = year
    nodes = set(flows["source"]) | set(flows["target"])
    data = networks.dataset
    for plant in map(str, data["plant"].to_numpy()):
        if float(data["plant_main_kwh"].sel(plant=plant).sum()) > 1.0:
            assert f"plant:{plant}" in nodes
    for store in map(str, data["store"].to_numpy()):
        if float(data["store_charge_kwh"].sel(store=store).sum()) > 1.0:
            assert f"store:{store}" in nodes
    assert {"network:electricity", "network:heat"} <= nodes
