"""Scenarios on a small district with streets: producers, generations, cold, blends, imports, studies of the grid."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandapower
import pandas as pd
import pyproj
import pytest
import xarray as xr

from assets._errors import InputError
from assets.networks.power import EN_50160, power_year
from gis_data import District
from tests.twin.districts import CRS, X, Y, four_buildings_with_streets
from twin import (
    NetworkResults,
    Results,
    ResultsError,
    contingencies,
    export,
    followed_ways,
    hosting_capacity,
    network_kpis,
    parse_scenario,
    run,
    run_networks,
    study_kpis,
)
from twin._cache.memo import Memo
from twin.networks.operation.balance_book import INTO, OUT
from twin.networks.results.studies import profile_of

MEMO = Memo()
TO_DEGREES = pyproj.Transformer.from_crs(CRS, "EPSG:4326", always_xy=True)
GAS = "{what: heating, system: gas_boiler, where: {buildings: [w3]}}"
Coupled = tuple[Results, NetworkResults]
Run = Callable[..., Coupled]


@pytest.fixture(scope="module")
def streeted() -> District:
    return four_buildings_with_streets()


@pytest.fixture(scope="module")
def coupled(streeted: District) -> Run:
    def of(*edits: str, folder: Path | None = None) -> Coupled:
        told = "".join(f"\n- {edit}" for edit in edits)
        scenario = parse_scenario(f"name: s\nedits:{told}" if edits else "name: s")
        if folder is not None:
            scenario._folder = folder
        results = run(streeted, scenario, memo=MEMO)
        return results, run_networks(streeted, scenario, results=results, memo=MEMO)

    return of


def conserved(networks: NetworkResults) -> None:
    """Every carrier and hour adds up, within a millionth of what comes in; nothing is missing."""
    data = networks.dataset
    into = sum(data[f"{word}_kwh"].to_numpy() for word in INTO)
    out = sum(data[f"{word}_kwh"].to_numpy() for word in OUT)
    out = out + data["network_loss_kwh"].to_numpy() + data["network_stored_kwh"].to_numpy()
    assert (np.abs(into - out) <= 1e-6 * np.maximum(into, 1.0)).all()
    assert all(book["missing"] <= 1e-6 * max(book["drawn"], 1.0) for book in networks.summary.values())


def made(networks: NetworkResults, plant: str) -> float:
    return float(networks.dataset["plant_main_kwh"].sel(plant=plant).sum())


def test_pumps_draw_on_the_grid_and_plants_sit_in_both_networks(coupled: Run) -> None:
    """An electrode boiler takes, an engine gives what their heat asks for, at a bus and at a node of heat."""
    chp = "{what: plant, id: chp, kind: chp_gas_engine, size_kw: 60}"
    boiler = "{what: plant, id: boiler, kind: boiler_electric, size_kw: 80, at: [24.9264, 60.1751]}"
    _, networks = coupled(GAS, chp, boiler, "{what: prices, electricity_tariff: beijing_industry, gas_eur_kwh: 0.03}")
    conserved(networks)
    data, book = networks.dataset, networks.summary["electricity"]
    assert book["pumps"] == pytest.approx(float(data["heat_pump_kw"].sum(dtype=np.float64)), rel=1e-6)
    assert book["pumps"] > 0.0
    power = {name: data["plant_electricity_kwh"].sel(plant=name).to_numpy() for name in ("chp", "boiler")}
    heat = {name: data["plant_heat_kwh"].sel(plant=name).to_numpy() for name in ("chp", "boiler")}
    assert (power["chp"] >= 0.0).all()
    assert (power["boiler"] <= 0.0).all()
    assert all(part.sum() > 1000.0 for part in heat.values())
    assert (data["plant_heat_node"] >= 0).all()
    bus = int(data["plant_electricity_node"].sel(plant="boiler"))
    np.testing.assert_allclose(data["bus_load_kw"].to_numpy()[bus], -power["boiler"], atol=1e-3)


def test_several_producers_share_the_heat(coupled: Run) -> None:
    plants = [
        "{what: plant, id: sea, kind: heat_pump_water, size_kw: 60, at: [24.9264, 60.1751]}",
        "{what: plant, id: chips, kind: boiler_biomass, size_kw: 40, at: [24.9282, 60.1748]}",
        "{what: plant, id: chp, kind: chp_wood_chips, size_kw: 30}",
    ]
    _, networks = coupled(*plants)
    conserved(networks)
    assert all(made(networks, name) > 1000.0 for name in ("sea", "chips", "chp"))
    nodes = networks.dataset["plant_heat_node"].to_numpy()
    assert len(set(nodes.tolist())) == 3
    assert networks.summary["heat"]["bought"] < 0.7 * networks.summary["heat"]["drawn"]
    assert network_kpis(networks)["plant_heat_share"]["value"] > 30.0


@pytest.mark.parametrize(("generation", "most_c"), [("3", 115.0), ("4", 65.0), ("5", 16.0)])
def test_each_generation_is_run_at_its_temperatures(coupled: Run, generation: str, most_c: float) -> None:
    _, networks = coupled(f'{{what: network, carrier: heat, do: lay, generation: "{generation}"}}')
    conserved(networks)
    data = networks.dataset
    assert float(data["heat_supply_temp_c"].max()) <= most_c + 0.01
    booster = float(data["booster_kwh"].sum())
    told = network_kpis(networks)
    if generation == "5":
        # A quarter of the heat is the power of the heat pumps in the buildings, which the grid carries.
        assert booster == pytest.approx(networks.summary["heat"]["drawn"] / 3.0, rel=0.35)
        assert abs(told["heat_loss_share"]["value"]) < 10.0
    else:
        assert booster == 0.0
        assert told["coldest_supply"]["value"] > (60.0 if generation == "3" else 50.0)


def test_a_cooling_network_is_laid_by_an_edit_and_fed_by_plants(coupled: Run) -> None:
    cold = [
        "{what: cooling, system: district_cooling, begin: true, where: {buildings: [w1, w2]}}",
        "{what: plant, id: machine, kind: chiller_screw, size_kw: 400}",
        "{what: plant, id: sea, kind: free_cooling_water, size_kw: 100}",
        "{what: plant, id: ice, kind: ice, capacity_kwh: 300}",
    ]
    results, networks = coupled(*cold)
    conserved(networks)
    drawn = results.dataset["district_cold_kwh"].to_numpy().sum(dtype=np.float64)
    assert networks.summary["cold"]["drawn"] == pytest.approx(drawn, rel=1e-9)
    assert made(networks, "machine") > 1000.0
    pipes = networks.elements[networks.elements["carrier"] == "cold"]
    assert {"laid", "assumed"} <= set(pipes["origin"])
    assert network_kpis(networks)["warmest_supply"]["limit"] == 10.0


def test_hydrogen_is_blended_into_gas(coupled: Run) -> None:
    """A fifth by volume: its share of the energy is known from the heating values, and the flow grows by it."""
    _, plain = coupled(GAS)
    _, blend = coupled(GAS, "{what: network, carrier: gas, do: operate, hydrogen_share: 0.2}")
    conserved(blend)
    flowing = np.abs(blend.dataset["gas_flow_m3_h"].to_numpy()).max(axis=0) > 1e-6
    at = int(np.flatnonzero(blend.dataset["gas_node_of_building"].to_numpy() >= 0)[0])
    node = int(blend.dataset["gas_node_of_building"][at])
    np.testing.assert_allclose(blend.dataset["hydrogen_share"].to_numpy()[node, flowing], 0.2, atol=1e-6)
    told = network_kpis(blend)["hydrogen_share"]
    assert (told["value"], told["limit"], told["exceeded"]) == (pytest.approx(20.0), 20.0, False)
    # 10.0 kWh/m³ of natural gas and 3.0 of hydrogen, lower heating values: the same energy needs 1 / 0.86 of the flow.
    ratio = float(np.abs(blend.dataset["gas_flow_m3_h"]).max()) / float(np.abs(plain.dataset["gas_flow_m3_h"]).max())
    assert ratio == pytest.approx(1.0 / (0.8 + 0.2 * 3.0 / 10.0), rel=0.02)
    _, pure = coupled(GAS, "{what: network, carrier: gas, do: lay, hydrogen_share: 1.0}")
    conserved(pure)
    assert network_kpis(pure)["hydrogen_share"]["exceeded"]


def test_imports_keep_their_origin_in_every_export(coupled: Run, streeted: District, tmp_path: Path) -> None:
    """A grid of pandapower and pipes of a file: told so in elements, dataset, tables, maps and the net."""
    _, plain = coupled()
    net = pandapower.from_json_string(pandapower.to_json(plain.net))
    lon, lat = TO_DEGREES.transform(net.bus["x_m"].to_numpy(), net.bus["y_m"].to_numpy())
    net.bus["geo"] = [json.dumps({"type": "Point", "coordinates": xy}) for xy in zip(lon, lat, strict=True)]
    net.bus = net.bus.drop(columns=["x_m", "y_m", "origin", "kind", "station", "feeder", "node", "level"])
    net.line, net.trafo = net.line.drop(columns=["origin"]), net.trafo.drop(columns=["origin"])
    pandapower.to_json(net, str(tmp_path / "net.json"))
    points = [list(TO_DEGREES.transform(X + x, Y + y)) for x, y in [(-25, 33), (20, 53), (104, 53)]]
    feature = {"type": "Feature", "id": "a", "properties": {"diameter_mm": 160},
               "geometry": {"type": "LineString", "coordinates": points}}  # fmt: skip
    (tmp_path / "pipes.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    _, networks = coupled(
        "{what: network, carrier: electricity, do: import, file: net.json}",
        "{what: network, carrier: heat, do: import, file: pipes.geojson}",
        folder=tmp_path,
    )
    conserved(networks)
    elements = networks.elements
    assert set(elements[elements["kind"].isin(["cable", "transformer"])]["origin"]) == {"imported"}
    assert "imported" in set(elements[elements["carrier"] == "heat"]["origin"])
    assert float(networks.dataset["voltage_pu"].min()) == pytest.approx(
        float(plain.dataset["voltage_pu"].min()), abs=0.02
    )
    wanted = elements["origin"].to_dict()
    read = gpd.read_file(export(networks, streeted, tmp_path / "n.geojson")).set_index("id")["origin"]
    assert read.to_dict() == wanted
    read = gpd.read_parquet(export(networks, streeted, tmp_path / "n.parquet"))
    assert read.set_index("id")["origin"].to_dict() == wanted if "id" in read else read["origin"].to_dict() == wanted
    table = pd.read_csv(export(networks, streeted, tmp_path / "csv", "csv") / "elements.csv", index_col="element")
    assert table["origin"].to_dict() == wanted
    folder = networks.save(tmp_path / "saved")
    with xr.open_dataset(folder / "networks.nc") as data:
        assert set(data["branch_origin"].to_numpy().tolist()) == {"imported"}
        assert "imported" in set(data["heat_edge_origin"].to_numpy().tolist())
    assert set(pandapower.from_json(str(folder / "grid.json")).line["origin"]) == {"imported"}


def test_mapped_pipes_are_followed_and_told(coupled: Run, streeted: District) -> None:
    _, networks = coupled(GAS)
    ways = followed_ways(networks, streeted)
    assert ways.index.tolist() == ["p1", "p2"]
    assert (ways["followed_m"] > 0.5 * ways["length_m"]).all()
    heat = networks.elements[networks.elements["carrier"] == "heat"]
    mapped = heat[heat["origin"] == "mapped"]["length_m"].sum()
    assert ways.loc["p1", "followed_m"] == pytest.approx(mapped, rel=1e-3)
    _, without = coupled()
    assert followed_ways(without, streeted).loc["p2", "told"] == "no network of gas is laid"


@pytest.fixture(scope="module")
def sunny(coupled: Run) -> Coupled:
    return coupled("{what: pv, share: 0.3}", GAS)


def test_room_for_panels_ends_where_the_limit_is(sunny: Coupled) -> None:
    """With what fits, the whole year is within limits; with a tenth more, it is beyond the limit that is named."""
    results, networks = sunny
    found = hosting_capacity(networks, results, "pv")
    assert (found["capacity_kw"] > 0.0).all()
    assert not found["exceeded_before"].any()
    assert found["buildings"].sum() <= 4
    assert set(found["element"]) <= {*networks.elements.index, *networks.dataset["bus"].to_numpy()}
    profile = profile_of(results, "pv")
    assert 0.6 < profile.max() <= 1.0
    feeder = found.index[0]
    data, net = networks.dataset, networks.net
    p, q = (data[name].to_numpy().astype(float) for name in ("bus_load_kw", "bus_load_kvar"))
    mine = np.flatnonzero((net.bus["feeder"] == feeder).to_numpy() & (p != 0.0).any(axis=1))

    def beyond(size_kw: float) -> float:
        more = p.copy()
        more[mine] -= size_kw * profile / len(mine)
        year = power_year(net, more, q, method="auto")
        loading = max(year.line_percent.max(), year.trafo_percent.max()) / 100.0
        return max(loading, float(year.u_pu.max()) / EN_50160.u_max_pu, EN_50160.u_min_pu / float(year.u_pu.min()))

    most = float(found.loc[feeder, "capacity_kw"])
    assert beyond(most) <= 1.001
    assert beyond(1.1 * most) > 1.001


def test_room_for_heat_pumps_and_its_key_figures(sunny: Coupled) -> None:
    results, networks = sunny
    rooms = {"heat_pump": hosting_capacity(networks, results, "heat_pump")}
    told = study_kpis(rooms)
    least = told["heat_pump_room"]
    assert least["value"] == pytest.approx(float(rooms["heat_pump"]["per_building_kw"].min()))
    assert (least["limit"], least["limit_side"]) == (3.68, "least")
    assert least["exceeded"] == (least["value"] < 3.68)
    assert set(told) == {"heat_pump_room", "heat_pump_room_median"}
    json.dumps(told, allow_nan=False)
    with pytest.raises(ResultsError, match="no car is charged here"):
        hosting_capacity(networks, results, "ev")
    given = hosting_capacity(networks, results, "ev", profile=np.full(8760, 0.5))
    assert (given["capacity_kw"] > 0.0).all()
    with pytest.raises(InputError, match="no technology 'wind'"):
        hosting_capacity(networks, results, "wind", profile=np.ones(8760))
    with pytest.raises(ResultsError, match="there is no technology wind"):
        hosting_capacity(networks, results, "wind")


def test_a_grid_without_a_ring_has_nothing_to_cut(sunny: Coupled) -> None:
    """The rings of the default district are cut in test_networks_coupling."""
    _, networks = sunny
    assert contingencies(networks).empty
    with pytest.raises(ResultsError, match="no grid to study"):
        contingencies(replace(networks, net=None))
