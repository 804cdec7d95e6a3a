"""Every kind of source, conversion, store and connection, built on a small district: it works, and all is conserved."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from gis_data import District
from tests.twin.network_plans import cold_plan, gas_plan, heat_plan, power_plan
from twin import NetworkResults, Results, make_twin, parse_scenario, plant_kinds, run
from twin._cache.memo import Memo
from twin.networks.layout.heat_plan import water_design
from twin.networks.operation.balance_book import INTO, OUT
from twin.networks.run import networks_of

DISTRICT = """name: k
edits:
- {what: heating, system: gas_boiler, where: {buildings: [w3]}}
- {what: cooling, system: district_cooling, begin: true, where: {buildings: [w2]}}
"""
GAS_IS_CHEAP = "- {what: prices, electricity_eur_kwh: 0.35, export_eur_kwh: 0.3, gas_eur_kwh: 0.02}\n"
POWER_IS_CHEAP = "- {what: prices, electricity_eur_kwh: 0.02, export_eur_kwh: 0.01, gas_eur_kwh: 0.3}\n"
NIGHTS_ARE_CHEAP = "- {what: prices, electricity_tariff: beijing_industry}\n"
MAKER = "- {what: plant, id: maker, kind: electrolyser_pem, size_kw: 60}\n"
VESSEL = "- {what: plant, id: vessel, kind: hydrogen_vessel, capacity_kwh: 2000}\n"
CHILLER = "- {what: plant, id: maker, kind: chiller_air, size_kw: 60}\n"
LUKEWARM = "direct_"
"""Begins the kinds that give heat as it is, at 5 to 35 °C: they need an ambient loop."""
SIZES = {"deep_geothermal": 5000, "methanation": 8}
"""Those that work at their own size only: a thin well cools on its way up, a large reactor has a least load [kW]."""
BURNS_GAS = ("chp_gas", "boiler_gas", "trigeneration", "fuel_cell_solid_oxide", "chiller_absorption")
IDLE = {
    "fuel_cell_pem": "hydrogen of the hour costs more than the power that it would give",
    "free_cooling_air": "offices here want no cold while the air is below what their network runs at",
    "gas_vessel": "gas costs the same in all hours",
    "gas_holder": "gas costs the same in all hours",
}
"""Kinds that have nothing to do here, and why."""


def told(kind: str, family: str, carrier: str) -> str:
    """Edits under which a kind is wanted."""
    size = "capacity_kwh: 500" if family == "store" else f"size_kw: {SIZES.get(kind, 50)}"
    more = NIGHTS_ARE_CHEAP if family == "store" else GAS_IS_CHEAP if kind.startswith(BURNS_GAS) else POWER_IS_CHEAP
    if carrier == "cold" and family == "store":
        more += CHILLER
    if kind == "fuel_cell_pem":
        more = NIGHTS_ARE_CHEAP + MAKER + VESSEL
    elif kind == "methanation" or (carrier == "hydrogen" and family == "store"):
        more = (
            NIGHTS_ARE_CHEAP.replace("tariff: beijing_industry", "tariff: beijing_industry, gas_eur_kwh: 0.4") + MAKER
        )
    return f"{DISTRICT}{more}- {{what: plant, id: it, kind: {kind}, {size}}}\n"


@pytest.fixture(scope="module")
def memo() -> Memo:
    return Memo()


@pytest.fixture(scope="module")
def plans() -> dict[str, Any]:
    made: dict[str, Any] = {"electricity": power_plan(key="p"), "gas": gas_plan(key="g"), "cold": cold_plan(key="c")}
    loop = water_design("heat", (-20.0, "FI"), generation="5")
    ambient = heat_plan("pe_160_sdr17", "pe_110_sdr17", key="w", design=loop)
    return made | {"heat": heat_plan(key="h"), "loop": ambient}


@pytest.fixture(scope="module")
def results(district: District, memo: Memo) -> Results:
    return run(district, parse_scenario(DISTRICT), memo=memo)


def placed(
    kind: str, district: District, results: Results, plans: dict[str, Any], memo: Memo
) -> tuple[NetworkResults, Any]:
    """Run the year with one of a kind; buildings are the same whatever is built."""
    row = plant_kinds().loc[kind]
    twin = make_twin(district, parse_scenario(told(kind, str(row["family"]), str(row["carrier"]))), memo=memo)
    own = {name: plan for name, plan in plans.items() if name != "loop"}
    if kind.startswith(LUKEWARM):
        own["heat"] = plans["loop"]
    return networks_of(twin, results, own, memo=memo), row


@pytest.mark.parametrize("kind", plant_kinds().index)
def test_each_kind_works_and_every_carrier_is_conserved(
    kind: str, district: District, results: Results, plans: dict[str, Any], memo: Memo
) -> None:
    networks, row = placed(kind, district, results, plans, memo)
    data = networks.dataset
    into = sum(data[f"{word}_kwh"].to_numpy() for word in INTO)
    out = sum(data[f"{word}_kwh"].to_numpy() for word in OUT)
    out = out + data["network_loss_kwh"].to_numpy() + data["network_stored_kwh"].to_numpy()
    assert (np.abs(into - out) <= 1e-6 * np.maximum(into, 1.0)).all()
    if row["family"] == "outside":
        return
    element = networks.elements.loc["it"]
    assert (element["size"], element["origin"]) == (kind, "edited")
    if row["family"] == "store":
        worked = float(data["store_discharge_kwh"].sel(store="it").sum())
    else:
        worked = float(data["plant_main_kwh"].sel(plant="it").sum())
        parts = [name for name in data.data_vars if str(name).startswith("plant_") and str(name).endswith("_kwh")]
        flows = np.array([data[name].sel(plant="it").to_numpy() for name in parts if name != "plant_main_kwh"])
        np.testing.assert_allclose(flows.sum(axis=0), 0.0, atol=1e-6 * max(float(np.abs(flows).max()), 1.0))
    assert worked == 0.0 if kind in IDLE else worked > 0.0
