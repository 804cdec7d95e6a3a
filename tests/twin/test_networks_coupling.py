"""A coupled year of four buildings by hand, its balances, what is overloaded and why; and the default district's."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import xarray as xr

from assets._errors import BalanceError
from assets.networks.heat.pipes import heat_pipes
from gis_data import District
from tests.twin.network_plans import cold_plan, gas_plan, heat_plan, power_plan
from twin import (
    NetworkResults,
    ResultsError,
    ScenarioError,
    causes,
    compare,
    contingencies,
    export,
    followed_ways,
    kpis,
    load_networks,
    make_twin,
    network_kpi_catalogue,
    network_kpis,
    parse_scenario,
    run,
    run_networks,
    study_kpis,
    tell,
)
from twin._cache.memo import Memo
from twin.model.building_edits import edited_prices
from twin.model.prices import prices_of
from twin.networks.layout.plan import ORIGINS
from twin.networks.layout.topology import count_below, edges_to, fed_tree, nodes_below
from twin.networks.operation.balance_book import INTO, OUT, Book, check_books, check_plants
from twin.networks.results.states import QUANTITIES
from twin.networks.run import networks_of
from twin.results.results import Results
from twin.scenario import PricesEdit, simplified
from twin.texts import Note

PLANTS = """
- {what: heating, system: gas_boiler, where: {buildings: [w3]}}
- {what: pv, share: 0.6}
- {what: cooling, system: district_cooling, begin: true, where: {buildings: [w2]}}
- {what: plant, id: chp, kind: chp_gas_engine, size_kw: 60}
- {what: plant, id: sea, kind: heat_pump_water, size_kw: 80, at: [24.93, 60.175]}
- {what: plant, id: chips, kind: boiler_biomass, size_kw: 50}
- {what: plant, id: electrolyser, kind: electrolyser_pem, size_kw: 20}
- {what: plant, id: methane, kind: methanation, size_kw: 5}
- {what: plant, id: cell, kind: fuel_cell_solid_oxide, size_kw: 10}
- {what: plant, id: vessel, kind: hydrogen_vessel, capacity_kwh: 500}
- {what: plant, id: tank, kind: heat_accumulator_block, capacity_kwh: 500}
- {what: plant, id: absorber, kind: chiller_absorption, size_kw: 50}
- {what: plant, id: chiller, kind: chiller_air, size_kw: 120}
- {what: plant, id: ice, kind: ice, capacity_kwh: 200}
- {what: plant, id: battery, kind: battery_block, capacity_kwh: 200}
- {what: plant, id: sun, kind: solar_thermal_flat, size_kw: 50}
- {what: plant, id: wind, kind: wind_turbine_small, size_kw: 100}
"""
GAS_IS_CHEAP = "\n- {what: prices, electricity_eur_kwh: 0.35, export_eur_kwh: 0.3, gas_eur_kwh: 0.02}"
POWER_IS_CHEAP = "\n- {what: prices, electricity_eur_kwh: 0.02, export_eur_kwh: 0.01, gas_eur_kwh: 0.3}"


def coupled(district: District, edits: str = "", **plans: Any) -> tuple[Results, NetworkResults]:
    """Run hand-made networks under some edits; all four by default."""
    scenario = parse_scenario(f"name: n\ntitle: N\nedits:{edits}" if edits else "name: n\ntitle: N")
    results = run(district, scenario, memo=Memo())
    twin = make_twin(district, scenario)
    made = {"electricity": power_plan(), "heat": heat_plan(), "gas": gas_plan()}
    if "district_cooling" in edits:
        made["cold"] = cold_plan()
    return results, networks_of(twin, results, made | plans)


def of_element(networks: NetworkResults, quantity: str, name: str) -> Any:
    """State of one element by the hour."""
    state = networks.state(quantity)
    return state.values[list(state.ids).index(name)]  # noqa: PD011  a field of ours


@pytest.fixture(scope="module")
def plain(district: District) -> tuple[Results, NetworkResults]:
    return coupled(district)


@pytest.fixture(scope="module", params=[GAS_IS_CHEAP, POWER_IS_CHEAP], ids=["gas cheap", "power cheap"])
def everything(request: pytest.FixtureRequest, district: District) -> tuple[Results, NetworkResults]:
    return coupled(district, PLANTS + request.param)


def test_one_hour_of_heat_by_hand(plain: tuple[Results, NetworkResults]) -> None:
    """Flow, losses and pressure of the hour in which the buildings draw most."""
    results, networks = plain
    data = networks.dataset
    drawn = results.dataset["district_heat_kwh"].to_numpy()[:2].astype(float)
    hour = int(drawn.sum(axis=0).argmax())
    supply, back = (data[f"heat_{side}_temp_c"].to_numpy()[:, hour].astype(float) for side in ("supply", "return"))
    # Buildings: Q = m cp (Ts - Tr), Tr as the substations leave it.
    flow = drawn[:, hour] / (4.19 * (supply[2:] - 45.0))
    np.testing.assert_allclose(data["heat_flow_kg_s"].to_numpy()[1:, hour], flow, rtol=5e-3)
    assert data["heat_flow_kg_s"].to_numpy()[0, hour] == pytest.approx(flow.sum(), rel=5e-3)
    # Losses of the first pipe pair: U L (Ts + Tr - 2 Tg); the ground of this hour is what both sides tell alike.
    sizes = heat_pipes("steel_single", 1)
    u = sizes.u_w_m_k[sizes.name.index("steel_65_s1")]
    length = networks.elements.loc["heat-entry-corner", "length_m"]
    mean_s, mean_r = supply[:2].mean(), back[:2].mean()
    lost = float(data["heat_edge_loss_kw"].to_numpy()[0, hour])
    ground = (mean_s + mean_r - lost * 1000.0 / (u * length)) / 2.0
    assert 0.0 < ground < 10.0
    # What enters: what is drawn, lost and stored.
    book = {word: float(data[word].sel(carrier="heat").to_numpy()[hour]) for word in
            ("bought_kwh", "drawn_kwh", "network_loss_kwh", "network_stored_kwh")}  # fmt: skip
    assert book["drawn_kwh"] == pytest.approx(drawn[:, hour].sum(), rel=1e-6)
    total = book["drawn_kwh"] + book["network_loss_kwh"] + book["network_stored_kwh"]
    assert book["bought_kwh"] == pytest.approx(total, rel=1e-9)
    assert supply[0] == pytest.approx(data["heat_supply_temp_c"].to_numpy()[0].max(), abs=8.0)


def test_one_hour_of_power_by_hand(plain: tuple[Results, NetworkResults]) -> None:
    """Current, voltage drop and loss of the office's cable in the hour in which it draws most."""
    results, networks = plain
    data = networks.dataset
    drawn = results.dataset["grid_import_kwh"].to_numpy()[1].astype(float)
    hour = int(drawn.argmax())
    bar, end = (float(data["voltage_pu"].sel(bus=f"electricity-{name}").to_numpy()[hour]) for name in ("bar", "w2"))
    reactive = drawn[hour] * np.tan(np.arccos(0.97))
    amps = np.hypot(drawn[hour], reactive) * 1e3 / (np.sqrt(3) * 400.0 * end)
    loading = float(data["branch_loading"].sel(branch="electricity-bar-w2").to_numpy()[hour])
    assert loading == pytest.approx(amps / 270.0, rel=2e-3)
    km = networks.elements.loc["electricity-bar-w2", "length_m"] / 1000.0
    r, x = 0.125 * km, 0.08 * km
    drop = (r * drawn[hour] + x * reactive) * 1e3 / 400.0**2 / end
    assert bar - end == pytest.approx(drop, rel=2e-2)
    lost = 3.0 * r * amps**2 / 1e3
    assert of_element(networks, "loss", "electricity-bar-w2")[hour] == pytest.approx(lost, rel=2e-2)


def residuals(data: xr.Dataset) -> dict[str, float]:
    """Worst residual of each carrier's hours by what comes in, from the dataset alone."""
    into = sum(data[f"{word}_kwh"].to_numpy() for word in INTO)
    out = sum(data[f"{word}_kwh"].to_numpy() for word in OUT)
    out = out + data["network_loss_kwh"].to_numpy() + data["network_stored_kwh"].to_numpy()
    share = np.abs(into - out) / np.maximum(into, 1.0)
    return dict(zip(map(str, data["carrier"].to_numpy()), share.max(axis=1), strict=True))


def test_every_carrier_balances_in_every_hour(everything: tuple[Results, NetworkResults]) -> None:
    results, networks = everything
    data = networks.dataset
    assert max(residuals(data).values()) <= 1e-6
    year = {c: sum(b[w] for w in INTO) - sum(b[w] for w in OUT) - b["network_loss"] - b["network_stored"]
            for c, b in networks.summary.items()}  # fmt: skip
    assert max(abs(v) / max(networks.summary[c]["drawn"], 1.0) for c, v in year.items()) <= 1e-6
    # The networks draw what the buildings say.
    for carrier, name in (("heat", "district_heat_kwh"), ("gas", "gas_kwh"), ("cold", "district_cold_kwh"),
                          ("electricity", "grid_import_kwh")):  # fmt: skip
        asked = results.dataset[name].to_numpy().sum(dtype=np.float64)
        assert networks.summary[carrier]["drawn"] == pytest.approx(asked, rel=1e-9), carrier


def test_every_plant_and_store_balances(everything: tuple[Results, NetworkResults]) -> None:
    _, networks = everything
    data = networks.dataset
    names = [str(name) for name in data.data_vars if str(name).startswith("plant_") and str(name).endswith("_kwh")]
    flows = {name: data[name].to_numpy() for name in names if name != "plant_main_kwh"}
    total = sum(flows.values())
    passed = sum(np.abs(flow) for flow in flows.values())
    assert (np.abs(total) <= 1e-6 * np.maximum(passed, 1.0)).all()
    charge, discharge, level, loss = (
        data[f"store_{word}_kwh"].to_numpy() for word in ("charge", "discharge", "level", "loss")
    )
    before = np.concatenate([data["store_start_kwh"].to_numpy()[:, None], level[:, :-1]], axis=1)
    np.testing.assert_allclose(charge - discharge - loss, level - before, atol=1e-6)
    assert (level <= data["store_capacity_kwh"].to_numpy()[:, None] * (1 + 1e-9)).all()
    assert (level >= -1e-9).all()


def test_what_is_cheap_runs(everything: tuple[Results, NetworkResults]) -> None:
    _, networks = everything
    data = networks.dataset
    made = dict(zip(map(str, data["plant"].to_numpy()), data["plant_main_kwh"].to_numpy().sum(axis=1), strict=True))
    gas_is_cheap = "gas_eur_kwh: 0.02" in str(data.attrs["scenario"])
    always = {"sea", "sun", "wind", "chiller"}
    runs = always | ({"chp", "cell"} if gas_is_cheap else {"electrolyser", "hydrogen-into-gas"})
    assert all(made[name] > 100.0 for name in runs), made
    rests = {"electrolyser", "methane"} if gas_is_cheap else {"chp", "cell"}
    assert all(made[name] == 0.0 for name in rests), made
    stored = data["store_charge_kwh"].sum("time")
    assert float(stored.sel(store="tank")) > 100.0
    if not gas_is_cheap:
        share = data["hydrogen_share"].to_numpy()
        assert 0.15 < share.max() <= 0.2 + 1e-6


def test_the_power_flow_carries_plants_pumps_and_stores(everything: tuple[Results, NetworkResults]) -> None:
    """Loads at the buses add up to what the book says of electricity."""
    _, networks = everything
    data = networks.dataset
    book = {word: data[f"{word}_kwh"].sel(carrier="electricity").to_numpy() for word in (*INTO, *OUT)}
    taken = book["drawn"] + book["public"] + book["taken"] + book["pumps"] + book["charged"]
    given = book["given"] + book["fed_in"] + book["discharged"]
    np.testing.assert_allclose(data["bus_load_kw"].to_numpy().sum(axis=0, dtype=float), taken - given, atol=2e-3)
    border = book["bought"] + book["missing"] - book["sold"] - book["spilt"]
    np.testing.assert_allclose(border, taken - given + data["power_loss_kw"].to_numpy(), atol=1e-3)
    assert (data["power_loss_kw"].to_numpy() > 0.0).all()


def test_plants_at_several_nodes_share_the_heat(everything: tuple[Results, NetworkResults]) -> None:
    """The heat pump at the corner takes load off the pipe from the entry."""
    _, networks = everything
    data = networks.dataset
    assert int(data["plant_heat_node"].sel(plant="sea")) == 1
    sea = data["plant_heat_kwh"].sel(plant="sea").to_numpy()
    flow = data["heat_flow_kg_s"].to_numpy()
    after = flow[1] + flow[2]
    given = (
        (data["heat_supply_temp_c"].to_numpy()[1] - data["heat_return_temp_c"].to_numpy()[1]) * 4.19 * (after - flow[0])
    )
    busy = sea > 10.0
    assert np.abs(given - sea)[busy].mean() < 0.05 * sea[busy].mean()


def test_a_small_cable_and_a_small_pipe_are_found_with_the_building_that_overloads_them(district: District) -> None:
    _, networks = coupled(district, electricity=power_plan(cable_a=150.0), heat=heat_plan("steel_100_s1"))
    over = networks.elements[networks.elements["hours_over"] > 0]
    assert set(over.index) == {"electricity-bar-w2", "heat-corner-w2"}
    for name in over.index:
        found = causes(networks, name)
        assert found.index[0] == "w2"
        assert found["share"].iloc[0] == pytest.approx(1.0, abs=1e-3)
        assert found["hours"].iloc[0] == over.loc[name, "hours_over"]
        assert found["kind"].iloc[0] == "building"
        data = networks.dataset
        at = int(np.flatnonzero(data["time"].to_numpy() == found["worst_hour"].iloc[0].to_datetime64())[0])
        assert of_element(networks, "loading", name)[at] > 1.0
    reason = causes(networks, "heat-corner-w2")["reason"].iloc[0]
    most = networks.elements.loc["heat-corner-w2", "worst"]
    assert reason == Note("small", ("steel_32_s1",), {"percent": pytest.approx(100.0 * most)})
    assert str(reason).startswith("too small a pipe: steel_32_s1 carries up to 261 % of the flow")
    told = network_kpis(networks)
    assert told["branch_loading"]["exceeded"]
    assert told["heat_loading"]["exceeded"]
    assert not told["lowest_voltage"]["exceeded"]
    shared = causes(networks, "heat-entry-corner")
    assert list(shared.index) == ["w2", "w1"]
    assert shared["share"].sum() == pytest.approx(1.0)
    assert list(causes(networks, "electricity-corner-bar").index)[:2] == ["w2", "w1"]


def test_a_cold_substation_names_the_pipe_or_the_supply(district: District) -> None:
    slow = {"least_supply_c": 72.0, "bypass_shared": 1}
    _, wide = coupled(district, heat=heat_plan("steel_600_s1", "steel_100_s1", design=slow))
    row = wide.elements.loc["heat-w1"]
    assert row["worst"] < 72.0
    assert row["hours_over"] > 0
    found = causes(wide, "heat-w1")
    assert found.index[0] == "heat-entry-corner"
    reason = found["reason"].iloc[0].plain()
    assert reason["kind"] == "stagnant"
    assert reason["values"]["metres"] == wide.elements.loc[found.index[0], "length_m"]
    assert network_kpis(wide)["coldest_supply"]["limit"] == 72.0
    cool = {"supply_temp_c": 62.0, "mild_temp_c": 58.0, "return_temp_c": 40.0, "least_supply_c": 60.0}
    _, low = coupled(district, heat=heat_plan("steel_150_s1", "steel_100_s1", design=cool))
    found = causes(low, "heat-w1")
    assert found.index[0] == "outside-heat"
    reason = found["reason"].iloc[0]
    assert (reason.kind, reason.plain()["values"]["least_c"]) == ("supply", 60.0)
    assert reason.told("fi").startswith("menolämpötila")


def test_a_limited_outside_leaves_heat_missing(district: District) -> None:
    edits = "\n- {what: plant, id: outside-heat, do: resize, size_kw: 300}"
    _, networks = coupled(district, edits)
    book = networks.summary["heat"]
    assert 0.0 < book["missing"] < 0.2 * book["drawn"]
    assert networks.dataset["bought_kwh"].sel(carrier="heat").max() <= 300.0 + 1e-6
    assert networks.elements.loc["outside-heat", "hours_over"] > 0
    assert networks.elements.loc["outside-heat", "origin"] == "edited"
    assert network_kpis(networks)["missing_kwh"]["exceeded"]
    assert list(causes(networks, "outside-heat").index) == ["w2", "w1"]
    assert max(residuals(networks.dataset).values()) <= 1e-6


def test_peak_and_valley_prices_move_stores(district: District) -> None:
    """A battery charges while electricity is cheap and gives while it is dear; the year costs less for it."""
    tariff = "\n- {what: prices, electricity_tariff: beijing_industry}"
    battery = "\n- {what: plant, id: battery, kind: battery_grid, capacity_kwh: 100}"
    results, without = coupled(district, tariff)
    _, networks = coupled(district, tariff + battery)
    data = networks.dataset
    price = results.dataset["electricity_price_eur_kwh"].to_numpy()
    assert sorted(set(price.round(4).tolist())) == pytest.approx([0.036, 0.09, 0.144, 0.1728], abs=1e-4)
    charge, discharge = (data[f"store_{word}_kwh"].to_numpy()[0] for word in ("charge", "discharge"))
    assert charge.sum() > 10_000.0
    assert (price[charge > 1.0] < 0.1).all()
    assert (price[discharge > 1.0] > 0.08).all()
    assert charge @ price / charge.sum() < 0.6 * (discharge @ price / discharge.sum())
    told, before = network_kpis(networks), network_kpis(without)
    assert told["border_cost_eur"]["value"] < before["border_cost_eur"]["value"]
    cost = kpis(results)["district"]["energy_cost_eur"]["value"]
    bought = results.dataset["grid_import_kwh"].to_numpy().sum(axis=0, dtype=float) @ price
    assert cost > bought > 0.5 * cost - 200_000.0


def test_a_tariff_that_is_not_there_is_told() -> None:
    with pytest.raises(ScenarioError, match=r"there is no tariff night; take|no tariff night in time_of_use.csv; take"):
        edited_prices(prices_of("FI"), PricesEdit(electricity_tariff="night"))
    with pytest.raises(ScenarioError, match="says two prices of electricity"):
        parse_scenario("name: n\nedits: [{what: prices, electricity_tariff: fi_seasonal, electricity_eur_kwh: 0.1}]")
    by_tariff = PricesEdit(electricity_tariff="fi_seasonal", gas_eur_kwh=0.1)
    merged = simplified([by_tariff, PricesEdit(electricity_eur_kwh=0.2)])
    assert merged == (PricesEdit(electricity_eur_kwh=0.2, gas_eur_kwh=0.1),)
    assert tell(by_tariff) == "electricity by the tariff fi_seasonal, gas 10\u00a0c/kWh" or "fi_seasonal" in tell(
        by_tariff
    )


def test_a_plant_without_its_network_is_refused(district: District) -> None:
    twin = make_twin(
        district, parse_scenario("name: n\nedits: [{what: plant, id: cooler, kind: chiller_air, size_kw: 9}]")
    )
    results = run(district, twin.scenario, memo=Memo())
    with pytest.raises(ScenarioError, match=r"plant cooler .* there is no cold network here: cool some"):
        networks_of(twin, results, {"electricity": power_plan(), "heat": heat_plan()})


def test_what_is_remembered_is_not_run_again(district: District) -> None:
    memo = Memo()
    plans = {"electricity": power_plan(key="p"), "heat": heat_plan(key="h"), "gas": gas_plan(key="g")}
    results = run(district, memo=memo)
    first = networks_of(make_twin(district), results, plans, memo=memo)
    before = list(memo.computed)
    again = networks_of(make_twin(district), results, plans, memo=memo)
    assert memo.computed == before
    assert first.dataset.equals(again.dataset)
    battery = parse_scenario("name: n\nedits: [{what: plant, id: b, kind: battery_grid, capacity_kwh: 100}]")
    networks_of(make_twin(district, battery), run(district, battery, memo=memo), plans, memo=memo)
    assert "heat network" not in memo.computed[len(before) :]
    assert "plants" in memo.computed[len(before) :]


def test_progress_goes_from_nothing_to_all(district: District) -> None:
    told: list[float] = []
    twin = make_twin(district)
    networks_of(
        twin,
        run(district, memo=Memo()),
        {"electricity": power_plan()},
        progress=lambda share, _what: told.append(share),
    )
    assert told == sorted(told)
    assert told[-1] == 1.0


def test_results_are_saved_whole(everything: tuple[Results, NetworkResults], tmp_path: Path) -> None:
    _, networks = everything
    folder = networks.save(tmp_path / "net")
    again = load_networks(folder)
    assert again.dataset.equals(networks.dataset)
    assert again.dataset.attrs == networks.dataset.attrs
    assert pd.DataFrame(again.elements).equals(pd.DataFrame(networks.elements))
    assert network_kpis(again) == network_kpis(networks)
    first, second = (causes(of, "electricity-corner-bar") for of in (networks, again))
    pd.testing.assert_frame_equal(first, second)
    assert networks.save(folder) == folder
    (folder / "mine.txt").write_text("mine")
    with pytest.raises(ResultsError, match="holds other things"):
        networks.save(folder)
    with pytest.raises(ResultsError, match="there are no networks"):
        load_networks(tmp_path / "nowhere")


def test_states_are_those_of_the_elements(everything: tuple[Results, NetworkResults]) -> None:
    _, networks = everything
    hours = networks.dataset.sizes["time"]
    for quantity in QUANTITIES:
        state = networks.state(quantity)
        values = state.values  # noqa: PD011  a field of ours
        assert (values.shape, values.dtype) == ((len(state.ids), hours), np.float32)
        assert state.limit_low.shape == state.limit_high.shape == (len(state.ids),)
        assert len(set(state.ids)) == len(state.ids)
    loading = networks.state("loading")
    values = loading.values  # noqa: PD011  a field of ours
    worst = pd.Series(values.max(axis=1), index=loading.ids)
    np.testing.assert_allclose(networks.elements.loc[worst.index, "worst"], worst, rtol=1e-6)
    over = (values > 1.0).sum(axis=1)
    np.testing.assert_array_equal(networks.elements.loc[loading.ids, "hours_over"], over)
    with pytest.raises(ResultsError, match="take one of loading, voltage"):
        networks.state("colour")


def test_key_figures_are_declared_and_told_with_their_limits(everything: tuple[Results, NetworkResults]) -> None:
    results, networks = everything
    told = network_kpis(networks)
    catalogue = network_kpi_catalogue()
    assert list(told) == list(catalogue.index)
    json.dumps(told, allow_nan=False)
    for name, figure in told.items():
        assert figure["available"], name
        assert figure["rests_on"], name
        assert (figure["limit"] is None) == (catalogue.loc[name, "limit_side"] == "none"), name
    data = networks.dataset
    book = networks.summary["heat"]
    assert told["heat_loss_share"]["value"] == pytest.approx(
        100 * book["network_loss"] / (book["bought"] + book["given"])
    )
    assert told["highest_voltage"]["value"] == pytest.approx(100 * data["voltage_pu"].to_numpy()[3:].max(), rel=1e-6)
    assert told["plant_heat_share"]["value"] > 10.0
    cost = float((data["bought_kwh"].sel(carrier="biomass") * 0.03).sum())
    assert told["border_cost_eur"]["value"] > cost
    loading = kpis(results, networks=networks)["district"]["network_loading"]
    assert loading["value"] == pytest.approx(told["heat_loading"]["value"])


def test_a_comparison_tells_the_networks_figures_with_their_limits(
    plain: tuple[Results, NetworkResults], district: District
) -> None:
    edit = "\n- {what: plant, id: outside-heat, do: resize, size_kw: 100}"
    results, networks = coupled(district, edit)
    first = plain[0]
    both = compare(first, results, networks={"n": plain[1], "n (2)": networks})
    assert both.names == ("n", "n (2)")
    assert both.figures.loc["missing_kwh", "n"] < 0.5
    assert both.figures.loc["missing_kwh", "n (2)"] > 1000.0
    assert both.changes.loc["missing_kwh", "n (2)"] == pytest.approx(
        network_kpis(networks)["missing_kwh"]["value"], abs=1
    )
    assert (both.about.loc["missing_kwh", "limit"], both.about.loc["missing_kwh", "limit_side"]) == (0.5, "most")
    assert both.exceeded.loc["missing_kwh"].tolist() == [False, True]
    assert list(network_kpi_catalogue().index) == list(both.figures.index[-len(network_kpi_catalogue()) :])
    assert "missing_kwh" not in compare(first, results).figures.index


def test_what_is_not_there_says_so(district: District) -> None:
    results = run(district, memo=Memo())
    networks = networks_of(make_twin(district), results, {"electricity": power_plan()})
    told = network_kpis(networks)
    assert told["coldest_supply"]["available"] is False
    assert "no heat network" in told["coldest_supply"]["reason"]
    assert len(networks.state("temperature").ids) == 0
    with pytest.raises(ResultsError, match="no element nothing"):
        causes(networks, "nothing")
    with pytest.raises(ResultsError, match="no hour"):
        causes(networks, "electricity-bar-w2", [9000])


def test_exports_tell_origins(everything: tuple[Results, NetworkResults], district: District, tmp_path: Path) -> None:
    _, networks = everything
    path = export(networks, district, tmp_path / "networks.geojson")
    read = gpd.read_file(path).set_index("id")
    assert set(read["origin"]) == {"laid", "assumed", "edited"}
    assert read.loc["sea", ["kind", "carrier", "origin"]].tolist() == ["plant", "heat", "edited"]
    assert read.loc["tank", "kind"] == "store"
    told = json.loads(path.read_text(encoding="utf-8"))["notes"]
    assert [note["text"] for note in told] == list(map(str, networks.notes))
    assert all(set(note) == {"kind", "ids", "values", "text"} for note in told)
    assert read.total_bounds[0] == pytest.approx(24.93, abs=0.05)
    folder = export(networks, district, tmp_path / "tables", "csv")
    table = pd.read_csv(folder / "elements.csv", index_col="element")
    assert table.loc["heat-corner-w2", "origin"] == "laid"
    assert table.loc["heat-corner-w2", "wkt"].startswith("LINESTRING")
    hours = pd.read_csv(folder / "hours.csv", index_col="time_utc")
    assert hours["heat_bought_kwh"].sum() == pytest.approx(networks.summary["heat"]["bought"])
    assert len(pd.read_csv(folder / "key_figures.csv")) == len(network_kpi_catalogue())


def test_a_book_that_does_not_add_up_is_told() -> None:
    book = Book(3)
    book.add("bought", np.array([1.0, 2.0, 3.0]))
    book.add("drawn", np.array([1.0, 2.0, 2.0]))
    with pytest.raises(BalanceError, match="heat: building of the district, hour 2"):
        check_books({"heat": book})
    with pytest.raises(BalanceError, match="plant p, hour 1"):
        check_plants({"p": {"heat": np.array([1.0, 2.0]), "gas": np.array([-1.0, -1.0]), "loss": np.zeros(2)}}, {})


def test_trees_tell_what_hangs_below() -> None:
    # 0-1-2, 1-3, and an open edge 3-4; 5 is fed by nothing.
    start, end = np.array([0, 1, 3, 3]), np.array([1, 2, 1, 4])
    tree = fed_tree(6, start, end, np.array([True, True, True, False]), np.array([0]))
    assert sorted(tree.nodes.tolist()) == [0, 1, 2, 3]
    assert edges_to(tree, 3) == [2, 0]
    assert sorted(nodes_below(tree, 0).tolist()) == [1, 2, 3]
    assert count_below(tree, np.array([0, 0, 2, 1, 5, 5]), 4).tolist() == [3, 2, 1, 0]


def test_a_year_of_the_default_district(helsinki: District, helsinki_results: Results) -> None:
    networks = run_networks(helsinki, results=helsinki_results, memo=Memo())
    data = networks.dataset
    assert max(residuals(data).values()) <= 1e-6
    book = networks.summary
    drawn = helsinki_results.dataset["district_heat_kwh"].to_numpy().sum(dtype=np.float64)
    assert book["heat"]["drawn"] == pytest.approx(drawn, rel=1e-9)
    # Dense centres lose little: 0.5 to 5 % of heat, 0.5 to 4 % of power.
    told = network_kpis(networks)
    assert 0.5 < told["heat_loss_share"]["value"] < 5.0
    assert 0.5 < told["power_loss_share"]["value"] < 4.0
    assert told["lowest_voltage"]["value"] > 90.0
    assert not any(told[name]["exceeded"] for name in ("branch_loading", "heat_loading", "coldest_supply"))
    assert not told["elements_over"]["exceeded"]
    assert told["branch_loading"]["value"] < 130.0
    assert set(networks.elements["origin"]) >= {"laid", "mapped", "assumed"}
    assert networks.elements.index.is_unique
    assert set(networks.elements["origin"]) <= set(ORIGINS)
    assert (networks.elements["title"].str.len() > 5).all()
    entries = networks.elements[networks.elements["kind"] == "entry"]
    assert (entries["worst"] > 0.0).all()
    asked = (helsinki_results.dataset["heating_system"] == "district_heating").sum()
    assert entries.set_index("carrier")["buildings"].to_dict() == {
        "electricity": helsinki_results.dataset.sizes["building"],
        "heat": int(asked),
    }
    ways = followed_ways(networks, helsinki)
    heat = ways[ways["carrier"] == "heat"]
    assert len(heat) == 20
    assert (heat["followed_m"] >= 0.99 * heat["length_m"]).all()
    assert "the extract cuts the pipeline" in ways.loc["w83604137", "told"]
    # Each section of the rings is cut in the hours of the highest load: the open point takes over.
    cuts = contingencies(networks)
    rings = networks.net.line["ring"] >= 0
    opened = networks.net.switch[~networks.net.switch["closed"].astype(bool)]["element"]
    assert len(cuts) == int(rings.sum()) - len(opened) > 50
    names = networks.dataset["branch"].to_numpy()
    assert set(cuts["tie"]) <= set(names[networks.net.line.index.get_indexer(opened)])
    assert (cuts["unsupplied_kw"] == 0.0).all()
    assert (cuts["dark_kw"] > 0.0).any()
    figures = study_kpis(outages=cuts)
    assert set(figures) == {"n1_failing", "n1_unsupplied", "n1_loading", "n1_voltage"}
    assert not any(figure["exceeded"] for figure in figures.values())
