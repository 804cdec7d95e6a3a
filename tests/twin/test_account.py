"""Figures that must agree: of buildings and of the district, with and without networks, under every preset."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from gis_data import District
from tests.twin.districts import four_buildings_with_streets
from tests.twin.network_plans import cold_plan, gas_plan, heat_plan, power_plan
from twin import (
    NetworkResults,
    ResultsError,
    accounts,
    balance,
    compare,
    energy_flows,
    kpi_table,
    kpis,
    list_presets,
    make_twin,
    network_kpis,
    parse_scenario,
    run,
    run_networks,
)
from twin._cache.memo import Memo
from twin.networks.operation.coupled_year import Coupled, coupled_year
from twin.networks.results.dataset import dataset_of
from twin.networks.results.elements import elements_with_states
from twin.networks.run import networks_of
from twin.reporting.days import bought_by_hour
from twin.results.balance import INTO, OUT
from twin.results.results import Results
from twin.scenario import Scenario

MEMO = Memo()
PLANTS = """
- {what: pv, share: 0.8}
- {what: heating, system: wood_boiler, where: {buildings: [w3]}}
- {what: cooling, system: district_cooling, begin: true, where: {buildings: [w2]}}
- {what: plant, id: chp, kind: chp_gas_engine, size_kw: 60}
- {what: plant, id: sea, kind: heat_pump_water, size_kw: 80, at: [24.93, 60.175]}
- {what: plant, id: chips, kind: boiler_biomass, size_kw: 50}
- {what: plant, id: chiller, kind: chiller_air, size_kw: 120}
- {what: plant, id: battery, kind: battery_block, capacity_kwh: 200}
- {what: plant, id: wind, kind: wind_turbine_small, size_kw: 100}
"""
USES = ("appliances_kwh", "lighting_kwh", "heating_electricity_kwh", "cooling_electricity_kwh", "ev_charging_kwh")
BOUGHT = ("grid_import_kwh", "district_heat_kwh", "district_cold_kwh", "gas_kwh", "oil_kwh", "wood_kwh")
SCENARIOS = [*(preset.name for preset in list_presets()), "plants"]


def scenario_of(name: str) -> Scenario:
    if name == "plants":
        return parse_scenario(f"name: plants\ntitle: Plants\nedits:{PLANTS}")
    return next(preset for preset in list_presets() if preset.name == name)


def coupled(district: District, scenario: Scenario, **plans: Any) -> tuple[Results, NetworkResults]:
    """Run hand-made networks of all that the buildings use."""
    results = run(district, scenario, memo=MEMO)
    made = {"electricity": power_plan(), "heat": heat_plan(), "gas": gas_plan()}
    if "district_cold_kwh" in results.dataset:
        made["cold"] = cold_plan()
    return results, networks_of(make_twin(district, scenario), results, made | plans, memo=MEMO)


@pytest.fixture(scope="module", params=SCENARIOS)
def case(request: pytest.FixtureRequest, district: District) -> tuple[Results, NetworkResults]:
    return coupled(district, scenario_of(request.param))


def agree(pairs: Mapping[str, tuple[float, float]]) -> None:
    off = {name: pair for name, pair in pairs.items() if pair[0] != pytest.approx(pair[1], rel=1e-6, abs=1e-3)}
    assert off == {}


def pairs_of(results: Results, networks: NetworkResults | None) -> dict[str, tuple[float, float]]:
    """Every pair of figures that say the same in two places."""
    told = kpis(results, networks=networks)
    now = {name: np.nan if kpi["value"] is None else kpi["value"] for name, kpi in told["district"].items()}
    of = kpi_table(results, networks=networks)
    table, paid = balance(results, networks), accounts(results, networks)
    area = float(results.dataset["floor_area_m2"].sum())
    networks_kwh = 0.0 if networks is None else now["network_electricity_kwh"]
    stations = float(paid.loc["charging stations", "total"])
    found = {
        "electricity by use": (
            now["electricity_kwh"],
            sum(now[use] for use in USES) + now["public_charging_kwh"] + networks_kwh,
        ),
        "electricity of buildings": (
            now["electricity_kwh"],
            of["electricity_kwh"].sum() + now["public_charging_kwh"] + networks_kwh,
        ),
        "heat by use": (now["heat_kwh"], now["space_heat_kwh"] + now["hot_water_kwh"]),
        "energy bought by carrier": (now["energy_bought_kwh"], table["bought_kwh"].sum()),
        "energy bought by the hour": (
            now["energy_bought_kwh"],
            sum(float(np.sum(hours)) for hours in bought_by_hour(results, networks).values()),
        ),
        "cost at the border": (now["energy_cost_eur"], (table["cost_eur"] - table["income_eur"]).sum()),
        "cost of the accounts": (now["energy_cost_eur"], paid["total"].sum()),
        "cost by carrier": (now["energy_cost_eur"], paid.drop(columns="total").to_numpy().sum()),
        "bills": (now["buildings_cost_eur"], of["energy_cost_eur"].sum() + stations),
        "emissions": (now["co2_t"], table["co2_kg"].sum() / 1000.0),
        "cost of the year": (
            now["annual_cost_eur"],
            now["energy_cost_eur"]
            + float(results.dataset["investment_annuity_eur"].sum())
            + float(results.dataset.attrs.get("plant_annuity_eur", 0.0)),
        ),
        "peak": (now["peak_electricity_kw"], table.loc["electricity", "peak_kw"]),
        "compared": (now["energy_cost_eur"], _compared(results, networks).loc["energy_cost_eur"]),
    }
    found |= {
        f"into and out of {name}": (row[list(INTO)].sum(), row[list(OUT)].sum()) for name, row in table.iterrows()
    }
    per_area = {"heat_kwh": "heat_kwh_m2", "electricity_kwh": "electricity_kwh_m2", "cooling_kwh": "cooling_kwh_m2",
                "energy_cost_eur": "energy_cost_eur_m2"}  # fmt: skip
    areas = results.dataset["floor_area_m2"].to_numpy()
    for whole, part in per_area.items():
        found[part] = (now[whole], now[part] * area)
        found[f"{part} of buildings"] = (of[whole].sum(), float((of[part] * areas).sum()))
    found["co2_kg_m2"] = (1000.0 * now["co2_t"], now["co2_kg_m2"] * area)
    for building in of.index:
        one = {name: kpi["value"] for name, kpi in told["buildings"][building].items()}
        found[f"told of {building}"] = (one["energy_cost_eur"], of.loc[building, "energy_cost_eur"])
        found[f"bought by {building}"] = (one["energy_bought_kwh"], sum(one[name] for name in BOUGHT))
    return found


def _compared(results: Results, networks: NetworkResults | None) -> Any:
    given = None if networks is None else {results.name: networks}
    return compare(results, networks=given).figures[results.name]


def test_figures_agree_without_networks(case: tuple[Results, NetworkResults]) -> None:
    results, _ = case
    pairs = pairs_of(results, None)
    told, of = kpis(results)["district"], kpi_table(results)
    public = told["public_charging_kwh"]["value"]
    stations = float(accounts(results).loc["charging stations", "total"])
    pairs |= {
        "sum of bills": (told["energy_cost_eur"]["value"], of["energy_cost_eur"].sum() + stations),
        "bought of the grid": (told["grid_import_kwh"]["value"], of["grid_import_kwh"].sum() + public),
        "no operator": (accounts(results).loc["operator", "total"], 0.0),
        **{name: (told[name]["value"], of[name].sum()) for name in BOUGHT[1:]},
    }
    agree(pairs)
    assert not told["operator_cost_eur"]["available"]
    assert not told["energy_missing_kwh"]["available"]
    assert "twin networks" in told["energy_missing_kwh"]["todo"]


def test_figures_agree_with_networks(case: tuple[Results, NetworkResults]) -> None:
    results, networks = case
    told = {name: kpi["value"] for name, kpi in kpis(results, networks=networks)["district"].items()}
    own = {name: kpi["value"] for name, kpi in network_kpis(networks).items()}
    book, flows = networks.summary, energy_flows(results, networks)
    outside = flows[flows["source"].str.startswith("outside:")].set_index("carrier")["kwh"]
    pairs = pairs_of(results, networks) | {
        "cost": (told["energy_cost_eur"], own["border_cost_eur"]),
        "emissions at the border": (told["co2_t"], own["border_co2_t"]),
        "saved cost": (
            told["energy_cost_eur"],
            networks.dataset.attrs["bought_eur"] - networks.dataset.attrs["sold_eur"],
        ),
        "accounts": (told["energy_cost_eur"], told["buildings_cost_eur"] + told["operator_cost_eur"]),
        "electricity bought": (told["grid_import_kwh"], book["electricity"]["bought"]),
        "electricity sold": (told["grid_export_kwh"], book["electricity"]["sold"]),
        "heat bought": (told["district_heat_kwh"], book["heat"]["bought"]),
        "wood bought": (told["wood_kwh"], book["biomass"]["bought"]),
        "flows from outside": (told["energy_bought_kwh"], outside.sum()),
        "loading": (told["network_loading"], own["heat_loading"]),
        "missing": (told["energy_missing_kwh"], networks.missing.to_numpy().sum()),
    }
    agree(pairs)
    highest = float(networks.dataset["bought_kwh"].sel(carrier="electricity").max())
    assert told["peak_electricity_kw"] == pytest.approx(highest)


def test_operators_account_by_hand(district: District) -> None:
    """Without plants he pays for what is lost and pumped, and earns on what one roof sells to its neighbours."""
    results, networks = coupled(district, parse_scenario("name: n\nedits: [{what: pv, share: 1.0}]"))
    data, hours = results.dataset, networks.dataset
    bought = hours["bought_kwh"].sel(carrier="electricity").to_numpy()
    price, export = (data[f"{name}_price_eur_kwh"].to_numpy() for name in ("electricity", "export"))
    fed_in = data["grid_export_kwh"].to_numpy().sum(axis=0, dtype=float)
    assert fed_in.max() > 10.0
    own = sum(hours[f"{name}_kwh"].sel(carrier="electricity").to_numpy() for name in ("network_loss", "pumps"))
    inside = fed_in - hours["sold_kwh"].sel(carrier="electricity").to_numpy()
    assert bought.sum() > 0.0
    by_hand = float(own @ price - inside @ (price - export))
    paid = accounts(results, networks)
    assert paid.loc["operator", "electricity"] == pytest.approx(by_hand, rel=1e-4)
    heat = hours["bought_kwh"].sel(carrier="heat").to_numpy() - data["district_heat_kwh"].to_numpy().sum(axis=0)
    by_hand = float(heat @ data["district_heat_price_eur_kwh"].to_numpy())
    assert paid.loc["operator", "heat"] == pytest.approx(by_hand, rel=1e-4)
    assert paid.loc["operator", "heat"] > 0.0


def test_plants_and_buildings_pay_their_own_price_for_wood(district: District) -> None:
    results, networks = coupled(district, scenario_of("plants"))
    burnt = float(results.dataset["wood_kwh"].sum(dtype=np.float64))
    bought = networks.summary["biomass"]["bought"]
    assert burnt > 1000.0
    assert bought - burnt > 1000.0
    wood = float(results.dataset.attrs["wood_price_eur_kwh"])
    table = balance(results, networks)
    assert table.loc["biomass", "cost_eur"] == pytest.approx(burnt * wood + (bought - burnt) * 0.03, rel=1e-6)
    paid = accounts(results, networks)
    assert paid.loc["buildings", "biomass"] == pytest.approx(burnt * wood, rel=1e-6)
    assert paid.loc["operator", "biomass"] == pytest.approx((bought - burnt) * 0.03, rel=1e-6)


def test_a_building_that_is_cut_off_lacks_all_and_pays_nothing(district: District) -> None:
    scenario = parse_scenario("name: n\nedits: [{what: pv, share: 0.8}]")
    plan, heat = power_plan(), heat_plan()
    alone = {
        "electricity": replace(plan, consumers=np.array([3, -1, 5, 6]), cut_off=np.array([1])),
        "heat": replace(heat, consumers=np.array([2, -1, -1, -1]), cut_off=np.array([1])),
    }
    results, networks = coupled(district, scenario, **alone)
    asked = {
        name: results.dataset[name].to_numpy().sum(axis=1, dtype=float) for name in BOUGHT if name in results.dataset
    }
    missing = networks.missing
    assert missing.loc["w2", "electricity"] == pytest.approx(asked["grid_import_kwh"][1], rel=1e-6)
    assert missing.loc["w2", "heat"] == pytest.approx(asked["district_heat_kwh"][1], rel=1e-6)
    assert missing.drop(index="w2").to_numpy().sum() < 1.0
    table, before = kpi_table(results, networks=networks), kpi_table(results)
    assert table.loc[
        "w2", ["grid_import_kwh", "district_heat_kwh", "grid_export_kwh", "peak_electricity_kw"]
    ].tolist() == (pytest.approx([0.0] * 4, abs=1e-2))
    assert before.loc["w2", "grid_export_kwh"] > 0.0
    assert table.loc["w2", "energy_cost_eur"] == pytest.approx(0.0, abs=0.01)
    assert table.loc["w2", "energy_missing_kwh"] == pytest.approx(missing.loc["w2"].sum())
    assert table.loc["w2", "self_sufficiency"] == pytest.approx(before.loc["w2", "self_sufficiency"], abs=1e-3)
    assert table.loc["w1", "energy_cost_eur"] == pytest.approx(before.loc["w1", "energy_cost_eur"], rel=1e-6)
    hourly = networks.dataset["building_missing_heat_kwh"]
    assert hourly.dims == ("building", "time")
    for carrier in ("heat", "electricity"):
        assert missing[carrier].sum() == pytest.approx(networks.summary[carrier]["missing"], rel=1e-6)
    agree(pairs_of(results, networks))


def test_cold_substations_lack_what_their_supply_cannot_give(district: District) -> None:
    """A hundred cold hours in which the flats' substation takes 5 kW less than they ask for."""
    results = run(district, parse_scenario("name: n"), memo=MEMO)
    plans = {"electricity": power_plan(), "heat": heat_plan()}
    year = coupled_year(make_twin(district), results, plans, memo=Memo(), report=lambda _share, _what: None)
    water, operation = year.water["heat"], year.operation
    short = np.zeros_like(water.shortfall_kw)
    short[list(water.drawing).index(0), :100] = 5.0
    less = short.sum(axis=0, dtype=np.float64)
    parts = {
        name: getattr(year, name) for name in ("plans", "loads", "fleet", "grid", "gas", "twin", "least_c", "notes")
    }
    cold = Coupled(
        **parts,
        water={"heat": replace(water, shortfall_kw=short, network_kw=water.network_kw - less)},
        operation=replace(operation, bought_kwh=operation.bought_kwh | {"heat": operation.bought_kwh["heat"] - less}),
    )
    dataset = dataset_of(cold, results)
    networks = NetworkResults(dataset, elements_with_states(cold, dataset), year.plans["electricity"].net)
    assert networks.missing["heat"].tolist() == [500.0, 0.0, 0.0, 0.0]
    assert networks.summary["heat"]["missing"] == pytest.approx(500.0)
    lacking = networks.dataset["building_missing_heat_kwh"]
    assert lacking.dims == ("building", "time")
    assert lacking.to_numpy()[0, 98:102].tolist() == [5.0, 5.0, 0.0, 0.0]
    told, before = (kpis(results, networks=of)["buildings"]["w1"] for of in (networks, None))
    assert told["energy_missing_kwh"]["value"] == 500.0
    assert before["energy_missing_kwh"]["value"] is None
    asked = before["district_heat_kwh"]["value"]
    assert told["district_heat_kwh"]["value"] == pytest.approx(asked - 500.0, rel=1e-9)
    price = results.dataset["district_heat_price_eur_kwh"].to_numpy()[:100].sum() * 5.0
    assert before["energy_cost_eur"]["value"] - told["energy_cost_eur"]["value"] == pytest.approx(price, rel=1e-4)
    agree(pairs_of(results, networks))


def test_what_nobody_can_give_is_shared_by_what_is_drawn(district: District) -> None:
    edits = "\n- {what: plant, id: outside-heat, do: resize, size_kw: 150}"
    edits += "\n- {what: plant, id: outside-electricity, do: resize, size_kw: 40}"
    results, networks = coupled(district, parse_scenario(f"name: n\nedits:{edits}"))
    for carrier, name in (("heat", "district_heat_kwh"), ("electricity", "grid_import_kwh")):
        nobody = networks.dataset["missing_kwh"].sel(carrier=carrier).to_numpy()
        lacking = networks.dataset[f"building_missing_{carrier}_kwh"].to_numpy().astype(float)
        asked = results.dataset[name].to_numpy().astype(float)
        hour = int(nobody.argmax())
        assert nobody[hour] > 10.0
        np.testing.assert_allclose(lacking[:, hour].sum(), nobody[hour], rtol=1e-4)
        share = lacking[:, hour] / np.maximum(asked[:, hour], 1e-9)
        np.testing.assert_allclose(share[asked[:, hour] > 0.01], share.max(), rtol=1e-4)
        assert (lacking <= asked + 1e-3).all()
    agree(pairs_of(results, networks))


def test_heat_pumps_on_an_ambient_loop_reach_the_key_figures() -> None:
    district = four_buildings_with_streets()
    scenario = parse_scenario('name: n\nedits: [{what: network, carrier: heat, do: lay, generation: "5"}]')
    results = run(district, scenario, memo=MEMO)
    networks = run_networks(district, scenario, results=results, memo=MEMO)
    booster = float(networks.dataset["booster_kwh"].sum(dtype=np.float64))
    assert booster > 10_000.0
    before, after = kpi_table(results), kpi_table(results, networks=networks)
    for name, sign in (("heating_electricity_kwh", 1), ("electricity_kwh", 1), ("district_heat_kwh", -1)):
        changed = float((after[name] - before[name]).sum())
        missing = networks.missing["heat"].sum() if name == "district_heat_kwh" else 0.0
        assert changed == pytest.approx(sign * booster - missing, rel=1e-4), name
    assert (after["peak_electricity_kw"] > before["peak_electricity_kw"]).sum() == 2
    bought = after["grid_import_kwh"].sum() - before["grid_import_kwh"].sum()
    assert bought == pytest.approx(booster, rel=1e-4)
    agree(pairs_of(results, networks))


def test_payback_is_told_on_one_scope(district: District) -> None:
    """With networks on both sides it is that at the border; with one side's alone, that of the bills."""
    base, before = coupled(district, parse_scenario("name: base"))
    results, networks = coupled(district, parse_scenario("name: n\nedits: [{what: pv, share: 0.8}]"))
    bills = kpis(results, base)["district"]
    one = kpis(results, base, networks=networks)["district"]
    both = kpis(results, base, networks=networks, baseline_networks=before)["district"]
    assert one["payback_years"]["value"] == bills["payback_years"]["value"]
    assert one["energy_cost_eur"]["value"] != bills["energy_cost_eur"]["value"]
    saved = network_kpis(before)["border_cost_eur"]["value"] - network_kpis(networks)["border_cost_eur"]["value"]
    assert both["payback_years"]["value"] == pytest.approx(both["investment_eur"]["value"] / saved, rel=1e-6)
    assert both["payback_years"]["value"] != pytest.approx(bills["payback_years"]["value"], rel=1e-3)
    compared = compare(base, results, networks={"base": before, "n": networks}).figures
    assert compared.loc["payback_years", "n"] == both["payback_years"]["value"]
    assert compared.loc["energy_cost_eur", "n"] == both["energy_cost_eur"]["value"]
    partly = compare(base, results, networks={"n": networks}).figures
    assert partly.loc["energy_cost_eur", "n"] == bills["energy_cost_eur"]["value"]


def test_networks_of_another_scenario_are_refused(district: District) -> None:
    results, _ = coupled(district, parse_scenario("name: base"))
    _, networks = coupled(district, parse_scenario("name: n\nedits: [{what: pv, share: 0.8}]"))
    with pytest.raises(ResultsError, match="another district or scenario"):
        kpis(results, networks=networks)
