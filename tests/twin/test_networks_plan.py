"""Networks as a scenario has them: laid, imported, edited; by hand on four buildings, and on Helsinki's centre."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import networkx as nx
import numpy as np
import pandapower
import pandas as pd
import pyproj
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, Point, box

from assets._errors import InputError
from assets.networks.graph import sum_below
from assets.networks.power import diversity, power_year
from gis_data import District
from tests.twin.districts import CRS, X, Y, four_buildings, four_buildings_with_streets, pipes
from twin._cache.memo import Memo
from twin._errors import DistrictDataError, ScenarioError
from twin.model.ground import Site
from twin.model.twin import Twin, make_twin
from twin.networks import NetworkPlan, design_loads, plan_networks, tree_gas_pipes, tree_pipes
from twin.networks.layout.heat_plan import water_design
from twin.networks.layout.laying import lay_pipes
from twin.networks.layout.plan import ORIGINS
from twin.networks.layout.sizing import sizing_of
from twin.networks.layout.streets import make_ground
from twin.networks.layout.topology import buildings_behind
from twin.results.results import Results
from twin.scenario import parse_scenario

PEAKS = pd.DataFrame(
    {"electricity": [60.0, 120.0, 8.0, 1.0], "heat": [150.0, 200.0, 20.0, 0.0], "cold": [0.0, 90.0, 0.0, 0.0],
     "gas": [160.0, 210.0, 22.0, 0.0]},
    index=["w1", "w2", "w3", "w4"],
)  # fmt: skip
TO_DEGREES = pyproj.Transformer.from_crs(CRS, "EPSG:4326", always_xy=True)
MEMO = Memo()


def twin_of(district: District, *edits: str, folder: Path | None = None) -> Twin:
    text = "name: networks\nedits:\n" + "".join(f"  - {{{edit}}}\n" for edit in edits)
    scenario = parse_scenario(text) if edits else None
    if scenario is not None:
        scenario._folder = folder
    return make_twin(district, scenario, memo=MEMO)


def planned(district: District, *edits: str, folder: Path | None = None) -> dict[str, NetworkPlan]:
    return plan_networks(twin_of(district, *edits, folder=folder), PEAKS, memo=MEMO)


def in_degrees(*points: tuple[float, float]) -> str:
    """Write points of the drawing as an edit has them."""
    placed = [TO_DEGREES.transform(X + x, Y + y) for x, y in points]
    return "[" + ", ".join(f"[{lon:.8f}, {lat:.8f}]" for lon, lat in placed) + "]"


def peer(plan: NetworkPlan, *, closed: bool = True) -> nx.MultiGraph:
    """Give the network to networkx, without what is open."""
    graph = nx.MultiGraph()
    graph.add_nodes_from(range(len(plan.nodes)))
    left_out = set(plan.open_edges.tolist()) if closed else set()
    for row, (start, end) in enumerate(zip(plan.edges["start"], plan.edges["end"], strict=True)):
        if row not in left_out:
            graph.add_edge(int(start), int(end), key=row)
    return graph


def is_sound(plan: NetworkPlan) -> None:
    """Lines lead from node to node, ids are unique, origins known, every consumer is reached, and all is a forest."""
    edges, nodes = plan.edges, plan.nodes
    assert edges.index.is_unique
    assert nodes.index.is_unique
    assert set(edges["origin"]) <= set(ORIGINS)
    assert (edges["size"] != "").all()
    lines = edges[edges["kind"] != "transformer"]
    places = nodes[["x_m", "y_m"]].to_numpy()
    tips = [shapely.get_coordinates(shapely.get_point(lines.geometry.to_numpy(), k)) for k in (0, -1)]
    one, other = places[lines["start"]], places[lines["end"]]
    forward = np.abs(np.hstack([tips[0] - one, tips[1] - other])).max(axis=1)
    backward = np.abs(np.hstack([tips[1] - one, tips[0] - other])).max(axis=1)
    np.testing.assert_allclose(np.minimum(forward, backward), 0.0, atol=2e-3)
    graph = peer(plan)
    reached = nx.node_connected_component(graph, plan.entry)
    assert set(plan.consumers[plan.consumers >= 0].tolist()) <= reached
    assert nx.is_forest(graph)
    if plan.tree is not None:
        assert set(plan.tree.nodes.tolist()) == reached
        assert plan.tree.nodes[0] == plan.entry


def carries(plan: NetworkPlan, kw: float) -> None:
    """A year of one hour with so much at each building and plant can be calculated, and the voltage is held."""
    p_kw = np.zeros((len(plan.nodes), 1))
    np.add.at(p_kw, [*plan.consumers, *plan.plants.values()], kw)
    year = power_year(plan.net, p_kw, 0.3 * p_kw)
    assert year.solved.all()
    assert np.nanmin(year.u_pu) > 0.9
    assert year.supply_kw.sum() == pytest.approx(p_kw.sum() + year.loss_kw.sum(), rel=1e-6)


@pytest.fixture(scope="module")
def streeted() -> District:
    return four_buildings_with_streets()


@pytest.fixture(scope="module")
def plans(streeted: District) -> dict[str, NetworkPlan]:
    return planned(streeted)


def test_a_district_has_the_networks_that_its_buildings_are_on(plans: Mapping[str, NetworkPlan]) -> None:
    assert set(plans) == {"electricity", "heat"}
    assert (plans["heat"].consumers >= 0).tolist() == [True, True, False, False]
    assert (plans["electricity"].consumers >= 0).all()
    for plan in plans.values():
        is_sound(plan)
        assert plan.key


def test_the_heat_network_follows_the_mapped_pipe_and_no_other(plans: Mapping[str, NetworkPlan]) -> None:
    edges = plans["heat"].edges
    mapped = edges[edges["origin"] == "mapped"]
    whole = pipes().geometry.iloc[0]
    assert mapped["length_m"].sum() / whole.length == pytest.approx(1.0, abs=1e-6)
    assert mapped.geometry.union_all().hausdorff_distance(whole) < 1e-6
    gas = pipes().geometry.iloc[1]
    assert edges.geometry.union_all().intersection(gas.buffer(0.1)).length < 1.0
    entry = plans["heat"].nodes.iloc[plans["heat"].entry]
    assert (entry["x_m"] - X, entry["y_m"] - Y) in {(-28.0, -13.0), (105.0, -13.0)}, "an end of the mapped pipe"
    used = mapped[buildings_behind(plans["heat"])[(edges["origin"] == "mapped").to_numpy()] > 0]
    assert used["length_m"].sum() > 80.0, "it is used and no second pipe laid beside it"
    assert plans["heat"].design["entry_origin"] == "mapped"


def test_the_mapped_substation_is_used_and_the_tramways_is_not(plans: Mapping[str, NetworkPlan]) -> None:
    net = plans["electricity"].net
    assert net.trafo["origin"].tolist() == ["mapped"]
    assert net.trafo["name"].tolist() == ["t1"] or net.trafo["station"].iloc[0].endswith("t1")
    assert len(plans["electricity"].nodes) == len(net.bus)
    assert plans["electricity"].edges["kind"].tolist().count("cable") + plans["electricity"].edges[
        "kind"
    ].tolist().count("service") == len(net.line)


def test_the_laid_grid_can_be_calculated_and_keeps_the_voltage(plans: Mapping[str, NetworkPlan]) -> None:
    """By pandapower's own power flow, all four at their peaks at once: within EN 50160's 10 %."""
    plan = plans["electricity"]
    net = pandapower.from_json_string(pandapower.to_json(plan.net))
    for row, kw in zip(plan.consumers, PEAKS["electricity"], strict=True):
        pandapower.create_load(net, int(net.bus.index[row]), p_mw=kw / 1e3, q_mvar=0.33 * kw / 1e3)
    pandapower.runpp(net)
    assert net.res_bus["vm_pu"].between(0.9, 1.1).all()
    assert (net.res_line["loading_percent"] <= 100.0).all()
    assert (net.res_trafo["loading_percent"] <= 100.0).all()


def test_pipes_are_wide_enough_by_hand(plans: Mapping[str, NetworkPlan]) -> None:
    """Flow at 350 kW and its velocity in the trunk by hand; 4.19 kJ/(kg K) and 960 kg/m³, within 3 %."""
    plan = plans["heat"]
    sizes, place = tree_pipes(plan)
    own = np.bincount(plan.consumers[:2], weights=[150.0, 200.0], minlength=len(plan.nodes))
    carried = sum_below(plan.laid_tree, own[plan.laid_tree.nodes])
    assert carried[0] == pytest.approx(350.0, abs=1e-9)
    drop = plan.design["sized_temp_c"] - plan.design["return_temp_c"]
    below = np.flatnonzero(plan.laid_tree.parent == 0)
    first = int(below[np.argmax(carried[below])])
    width = sizes.inner_diameter_m[place[first]]
    velocity = carried[first] / (4.19 * drop) / 960.0 / (np.pi / 4 * width**2)
    assert velocity <= 1.03 * sizes.max_velocity_m_s[place[first]]
    thinner = sizes.inner_diameter_m[place[first] - 1]
    # Darcy and Weisbach with Haaland's friction, 0.3 mPa s: the next size would lose more than 100 Pa/m.
    faster = velocity * (width / thinner) ** 2
    reynolds = 960.0 * faster * thinner / 0.3e-3
    rough = sizes.roughness_m[place[first] - 1] / thinner
    friction = (-1.8 * np.log10((rough / 3.7) ** 1.11 + 6.9 / reynolds)) ** -2
    assert friction * 960.0 * faster**2 / 2 / thinner > 97.0 or faster > sizes.max_velocity_m_s[place[first] - 1]


def test_a_mapped_gas_pipe_keeps_its_width(streeted: District) -> None:
    plan = planned(streeted, "what: heating, system: gas_boiler")["gas"]
    is_sound(plan)
    assert (plan.consumers >= 0).tolist() == [True, True, True, False]
    mapped = plan.edges[plan.edges["origin"] == "mapped"]
    assert mapped["length_m"].sum() == pytest.approx(85.0, abs=1e-6)
    assert set(mapped["size"]) == {"pe100_sdr11_110"}
    assert set(tree_gas_pipes(plan).model) >= {"", "pe100_sdr11_110"}


def test_buildings_behind_each_element_are_those_that_lose_supply_with_it(plans: Mapping[str, NetworkPlan]) -> None:
    """As networkx has it: cut the edge and count who is no longer joined to the entry."""
    for plan in plans.values():
        told = buildings_behind(plan)
        for row in range(len(plan.edges)):
            graph = peer(plan)
            ends = plan.edges[["start", "end"]].iloc[row]
            if graph.has_edge(*ends, key=row):
                graph.remove_edge(*ends, key=row)
            reached = nx.node_connected_component(graph, plan.entry)
            lost = [b for b in plan.consumers.tolist() if b >= 0 and b not in reached]
            assert told[row] == len(lost)


def test_a_building_newly_connected_gets_its_own_pipe_and_the_others_stay(
    streeted: District, plans: Mapping[str, NetworkPlan]
) -> None:
    before = plans["heat"]
    after = planned(streeted, "what: heating, system: district_heating, where: {buildings: [w3]}")["heat"]
    is_sound(after)
    assert (after.consumers >= 0).tolist() == [True, True, True, False]
    new = after.edges[after.edges["origin"] == "edited"]
    assert new["length_m"].sum() > 0.0
    assert set(new["kind"]) <= {"pipe", "service"}
    same = before.edges.index.intersection(after.edges.index)
    assert len(before.edges) - len(same) <= 1, "only the pipe that it is joined to is cut in two"
    assert (before.edges.loc[same, "size"] == after.edges.loc[same, "size"]).all()
    old = before.edges["length_m"].sum()
    assert after.edges["length_m"].sum() - new["length_m"].sum() == pytest.approx(old, abs=1e-3)
    assert "connected" in {note.kind for note in after.notes}


def test_a_network_laid_anew_is_sized_for_the_scenario(streeted: District) -> None:
    edits = (
        "what: heating, system: district_heating, where: {buildings: [w3]}",
        "what: network, carrier: heat, do: lay",
    )
    now = PEAKS.assign(heat=PEAKS["heat"] * 20.0)
    twin = twin_of(streeted, *edits)
    anew = plan_networks(twin, PEAKS, now=now, memo=MEMO)["heat"]
    kept = plan_networks(twin_of(streeted, edits[0]), PEAKS, now=now, memo=MEMO)["heat"]
    is_sound(anew)
    assert set(anew.edges["origin"]) == {"mapped", "laid"}
    assert anew.design["design_kw"] == pytest.approx(20.0 * 370.0)
    assert kept.design["design_kw"] == pytest.approx(350.0)
    width = [tree_pipes(plan)[0].inner_diameter_m[tree_pipes(plan)[1].max()] for plan in (kept, anew)]
    assert width[1] > width[0]


@pytest.mark.parametrize(
    ("generation", "family", "supply"), [("3", "steel", 115.0), ("4", "steel", 65.0), ("5", "pe", 16.0)]
)
def test_generations_differ_in_temperature_and_pipes(
    streeted: District, generation: str, family: str, supply: float
) -> None:
    plan = planned(streeted, f"what: network, carrier: heat, do: lay, generation: '{generation}'")["heat"]
    is_sound(plan)
    assert plan.design["supply_temp_c"] == supply
    assert plan.edges["size"].str.startswith(family).all()


def test_operating_at_another_temperature_leaves_the_pipes(
    streeted: District, plans: Mapping[str, NetworkPlan]
) -> None:
    plan = planned(streeted, "what: network, carrier: heat, do: operate, supply_temp_c: 80")["heat"]
    assert plan.design["supply_temp_c"] == 80.0
    pd.testing.assert_frame_equal(pd.DataFrame(plan.edges), pd.DataFrame(plans["heat"].edges))
    assert plan.key != plans["heat"].key


def test_cold_is_laid_where_somebody_asks_for_it(streeted: District) -> None:
    plan = planned(streeted, "what: cooling, system: district_cooling, where: {buildings: [w2]}, begin: true")["cold"]
    is_sound(plan)
    assert (plan.consumers >= 0).tolist() == [False, True, False, False]
    assert plan.design["kind"] == "cooling"
    assert plan.design["entry_origin"] == "assumed"


def test_a_torn_down_building_leaves_the_trunk_and_takes_its_service(streeted: District) -> None:
    plan = planned(streeted, "what: remove_buildings, where: {buildings: [w1]}")
    assert len(plan["heat"].consumers) == 3
    assert (plan["heat"].consumers >= 0).tolist() == [True, False, False]
    is_sound(plan["heat"])
    is_sound(plan["electricity"])


def test_a_new_building_gets_a_pipe_and_a_cable(streeted: District, plans: Mapping[str, NetworkPlan]) -> None:
    corners = [(130, 20), (150, 20), (150, 40), (130, 40), (130, 20)]
    ring = [list(TO_DEGREES.transform(X + x, Y + y)) for x, y in corners]
    feature = {
        "type": "Feature",
        "properties": {"id": "new", "levels": 6, "use": "office", "heating_system": "district_heating", "year": 2030},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }
    twin = twin_of(streeted, f"what: add_buildings, features: [{json.dumps(feature)}]")
    now = pd.concat(
        [PEAKS, pd.DataFrame({"electricity": 90.0, "heat": 120.0}, index=twin.buildings.index[4:].astype(str))]
    )
    found = plan_networks(twin, PEAKS, now=now, memo=MEMO)
    for carrier, plan in found.items():
        is_sound(plan)
        assert plan.consumers[4] >= 0
        node = plan.nodes.iloc[plan.consumers[4]]
        assert Point(node["x_m"], node["y_m"]).distance(twin.buildings.geometry.iloc[4]) < 1e-3
        assert (plan.edges["origin"] == "edited").any()
        assert len(plans[carrier].edges.index.difference(plan.edges.index)) <= 1
    carries(found["electricity"], 10.0)


def test_resizing_changes_one_pipe_only(streeted: District, plans: Mapping[str, NetworkPlan]) -> None:
    before = plans["heat"].edges
    name = before.index[before["kind"] == "pipe"][0]
    after = planned(streeted, f"what: element, do: resize, id: {name}, size: DN300")["heat"].edges
    assert after.loc[name, "size"] == "steel_300_s2"
    assert after.loc[name, "origin"] == "edited"
    pd.testing.assert_frame_equal(pd.DataFrame(after.drop(index=name)), pd.DataFrame(before.drop(index=name)))


def test_a_pipe_taken_out_cuts_off_who_is_behind_it_and_another_brings_them_back(
    streeted: District, plans: Mapping[str, NetworkPlan]
) -> None:
    heat = plans["heat"]
    only_w2 = [k for k in np.flatnonzero(buildings_behind(heat) == 1) if heat.edges["kind"].iloc[k] == "pipe"]
    name = heat.edges.index[only_w2[0]]
    ends = [heat.nodes.iloc[heat.edges.loc[name, side]] for side in ("start", "end")]
    taken = planned(streeted, f"what: element, do: remove, id: {name}")["heat"]
    assert len(taken.cut_off) == 1
    assert taken.consumers[taken.cut_off].tolist() == [-1]
    assert "cut_off" in {note.kind for note in taken.notes}
    is_sound(taken)
    way = in_degrees(*[(end["x_m"] - X, end["y_m"] - Y) for end in ends])
    back = planned(
        streeted,
        f"what: element, do: remove, id: {name}",
        f"what: element, do: add, id: my-pipe, carrier: heat, size: DN100, line: {way}",
    )["heat"]
    assert len(back.cut_off) == 0
    assert back.edges.loc["my-pipe", "origin"] == "edited"
    assert back.edges.loc["my-pipe", "size"] == "steel_100_s2"
    is_sound(back)


def test_a_pipe_that_closes_a_loop_leaves_one_valve_closed(streeted: District) -> None:
    way = in_degrees((20, 15), (100, 40))
    loop = planned(streeted, f"what: element, do: add, id: loop, carrier: heat, size: DN100, line: {way}")["heat"]
    is_sound(loop)
    assert "loop" in loop.edges.index
    assert nx.number_of_edges(peer(loop, closed=False)) - nx.number_of_edges(peer(loop)) == len(loop.open_edges)


def test_cables_and_transformers_are_edited(streeted: District, plans: Mapping[str, NetworkPlan]) -> None:
    grid = plans["electricity"]
    low = grid.edges[grid.edges["size"].str.startswith("AXMK")]
    trafo = grid.edges.index[grid.edges["kind"] == "transformer"][0]
    line = low.index[0]
    after = planned(
        streeted,
        f"what: element, do: resize, id: {line}, size: AXMK 4x300",
        f"what: element, do: resize, id: {trafo}, size: 1600 kVA",
    )["electricity"]
    assert after.net.line["max_i_ka"].to_numpy()[grid.edges.index.get_loc(line)] == pytest.approx(0.43)
    assert after.net.trafo["sn_mva"].tolist() == [1.6]
    assert grid.net.trafo["sn_mva"].tolist() != [1.6], "the plan as it is stays as it was"
    assert after.edges.loc[[line, trafo], "origin"].tolist() == ["edited", "edited"]
    assert after.edges.index.tolist() == grid.edges.index.tolist()
    carries(after, 10.0)
    gone = planned(streeted, f"what: element, do: remove, id: {trafo}")["electricity"]
    assert len(gone.cut_off) == 4
    is_sound(gone)


def test_a_new_cable_joins_two_buses(streeted: District, plans: Mapping[str, NetworkPlan]) -> None:
    grid = plans["electricity"]
    ends = [grid.nodes.iloc[row] for row in grid.consumers[:2]]
    way = in_degrees(*[(end["x_m"] - X, end["y_m"] - Y) for end in ends])
    after = planned(streeted, f"what: element, do: add, id: tie, carrier: electricity, line: {way}")["electricity"]
    assert after.edges.loc["tie", "origin"] == "edited"
    assert {after.edges.loc["tie", "start"], after.edges.loc["tie", "end"]} == set(grid.consumers[:2].tolist())
    assert len(after.net.line) == len(grid.net.line) + 1
    assert after.edges.index.difference(["tie"]).tolist() == grid.edges.index.sort_values().tolist()
    carries(after, 10.0)


def test_edits_that_do_not_fit_are_told_all_at_once(streeted: District, plans: Mapping[str, NetworkPlan]) -> None:
    name = plans["heat"].edges.index[0]
    far = in_degrees((5000, 5000), (5100, 5000))
    with pytest.raises(ScenarioError) as error:
        planned(
            streeted,
            f"what: element, do: remove, id: {name[:-1]}z",
            f"what: element, do: resize, id: {name}, size: DN33",
            "what: element, do: remove, id: some-pipe",
            f"what: element, do: add, id: away, carrier: heat, line: {far}",
            "what: element, do: resize, id: electricity-00000000, size: AXMK 4x95",
            "what: network, carrier: electricity, do: remove",
            f"what: element, do: add, id: nowhere, carrier: gas, line: {far}",
            "what: network, carrier: cold, do: operate, supply_temp_c: 8",
        )
    told = error.value.findings
    assert len(told) == 7
    assert any(f"edit 1 (element {name[:-1]}z)" in words and name in words for words in told)
    assert any("edit 2" in words and "DN33" in words and "steel_32_s2" in words for words in told)
    assert any("edit 3" in words and "some-pipe" in words for words in told)
    assert any("edit 4" in words and "25 m away" in words for words in told)
    assert any("edit 6" in words and "serves 4 buildings" in words for words in told)
    assert any("edit 7" in words and "no gas network" in words for words in told)
    assert any("edit 8" in words and "no cold network" in words for words in told)


def test_plants_and_stores_are_joined_to_every_network_that_they_use(streeted: District) -> None:
    at = in_degrees((60, 70))[1:-1]
    twin = twin_of(
        streeted,
        f"what: plant, id: pump, kind: heat_pump_air, size_kw: 300, at: {at}",
        "what: plant, id: tank, kind: heat_accumulator, capacity_kwh: 500",
    )
    found = plan_networks(twin, PEAKS, memo=MEMO)
    for carrier in ("heat", "electricity"):
        plan = found[carrier]
        is_sound(plan)
        node = plan.nodes.iloc[plan.plants["pump"]]
        assert (node["x_m"], node["y_m"]) == pytest.approx((X + 60, Y + 70), abs=0.01)
        assert (node["kind"], node["plant"]) == ("plant", "pump")
        service = plan.edges[(plan.edges["start"] == plan.plants["pump"]) | (plan.edges["end"] == plan.plants["pump"])]
        assert (service["kind"].tolist(), service["origin"].tolist()) == (["service"], ["edited"])
    carries(found["electricity"], 10.0)
    assert found["heat"].plants["tank"] == found["heat"].entry


def test_imported_pipes_keep_their_geometry_their_width_and_a_loop(streeted: District, tmp_path: Path) -> None:
    lines = {"a": [(-25, 33), (20, 53), (104, 53)], "b": [(20, 53), (23, 86), (60, 87), (104, 53)]}
    to = [[list(TO_DEGREES.transform(X + x, Y + y)) for x, y in line] for line in lines.values()]
    features = [
        {"type": "Feature", "id": key, "properties": {"diameter_mm": 210},
         "geometry": {"type": "LineString", "coordinates": points}}
        for key, points in zip(lines, to, strict=True)
    ]  # fmt: skip
    path = tmp_path / "pipes.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    plan = planned(streeted, "what: network, carrier: heat, do: import, file: pipes.geojson", folder=tmp_path)["heat"]
    is_sound(plan)
    mine = plan.edges[plan.edges["origin"] == "imported"]
    drawn = shapely.MultiLineString([[(X + x, Y + y) for x, y in line] for line in lines.values()])
    assert mine.geometry.union_all().hausdorff_distance(drawn) < 0.01
    assert mine["length_m"].sum() == pytest.approx(drawn.length, rel=1e-4)
    assert set(mine["size"]) == {"steel_200_s2"}, "210 mm inside"
    assert len(plan.open_edges) == 1, "the loop has one closed valve"
    assert "mapped" not in set(plan.edges["origin"])
    assert (plan.consumers[:2] >= 0).all()


def test_an_imported_net_keeps_its_elements_and_places(
    streeted: District, plans: Mapping[str, NetworkPlan], tmp_path: Path
) -> None:
    net = pandapower.from_json_string(pandapower.to_json(plans["electricity"].net))
    lon, lat = TO_DEGREES.transform(net.bus["x_m"].to_numpy(), net.bus["y_m"].to_numpy())
    net.bus["geo"] = [json.dumps({"type": "Point", "coordinates": xy}) for xy in zip(lon, lat, strict=True)]
    net.bus = net.bus.drop(columns=["x_m", "y_m", "origin", "kind", "station", "feeder", "node", "level"])
    net.line = net.line.drop(columns=["origin"])
    net.trafo = net.trafo.drop(columns=["origin"])
    pandapower.to_json(net, str(tmp_path / "net.json"))
    edit = "what: network, carrier: electricity, do: import, file: net.json"
    plan = planned(streeted, edit, folder=tmp_path)["electricity"]
    is_sound(plan)
    assert set(plan.edges["origin"]) == {"imported"}
    assert len(plan.net.line) == len(net.line)
    before = plans["electricity"].nodes[["x_m", "y_m"]].to_numpy()
    np.testing.assert_allclose(plan.nodes[["x_m", "y_m"]].to_numpy(), before, atol=1e-3)
    assert (plan.nodes["level"].to_numpy()[plan.consumers] == "LV").all()
    net.bus["geo"] = None
    pandapower.to_json(net, str(tmp_path / "net.json"))
    with pytest.raises(ScenarioError, match=r"edit 1 .* have no place"):
        planned(streeted, edit, folder=tmp_path)
    with pytest.raises(ScenarioError, match=r"edit 1 .*lost.json is not there"):
        planned(streeted, edit.replace("net.json", "lost.json"), folder=tmp_path)


def test_a_district_without_streets_is_told(district: District) -> None:
    with pytest.raises(DistrictDataError, match="no streets"):
        plan_networks(make_twin(district, memo=MEMO), PEAKS, memo=MEMO)
    assert four_buildings().tables.keys() == {"buildings", "roofs", "walls"}


@st.composite
def towns(draw: st.DrawFn) -> tuple[Site, np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Streets in a grid of which some are missing, houses anywhere, and which of them are served with what peaks."""
    wide, high = draw(st.integers(2, 4)), draw(st.integers(2, 4))
    lines = [LineString([(0, 80 * k), (80 * wide, 80 * k)]) for k in range(high + 1)]
    lines += [LineString([(80 * k, 0), (80 * k, 80 * high)]) for k in range(wide + 1)]
    kept = draw(st.lists(st.sampled_from(range(len(lines))), min_size=2, unique=True))
    count = draw(st.integers(2, 10))
    coordinate = st.floats(0.0, 1.0, allow_nan=False)
    # To the millimetre, as all coordinates of a district are.
    places = [(round(draw(coordinate) * 80 * wide, 3), round(draw(coordinate) * 80 * high, 3)) for _ in range(count)]
    houses = gpd.GeoDataFrame(
        {"use": "office"}, geometry=[box(x, y, x + 8.0, y + 8.0) for x, y in places], crs=CRS,
        index=pd.Index([f"h{k}" for k in range(count)]),
    )  # fmt: skip
    table = gpd.GeoDataFrame(
        {"kind": "residential", "layer": 0, "name": None}, geometry=[lines[k] for k in kept], crs=CRS,
        index=pd.Index([f"s{k}" for k in kept]),
    )  # fmt: skip
    member = draw(st.lists(st.sampled_from(range(count)), min_size=1, unique=True))
    kw = draw(st.lists(st.floats(0.0, 5000.0), min_size=len(member), max_size=len(member)))
    return Site(CRS, houses, -20.0, table), np.array(sorted(member)), np.array(kw)


@given(towns())
@settings(max_examples=25, deadline=None)
def test_every_consumer_of_any_town_is_reached(town: tuple[Site, Any, Any]) -> None:
    """All are in the tree, what enters is what they draw (to 1e-6), and no pipe is narrower than those behind it."""
    site, member, kw = town
    design = water_design("heat", (site.coldest_c, "FI"))
    ground = make_ground(site, "heat", Memo(0))
    laid = lay_pipes("heat", ground, member, (kw, kw[:, None]), sizing_of(design))
    rows = {int(k): int(k) for k in member}
    plan = laid.draft.still_served(rows, len(site.buildings)).plan(design, site.crs)
    is_sound(plan)
    near = [k for k in member if ground.node[k] >= 0]
    assert np.flatnonzero(plan.consumers >= 0).tolist() == near
    tree = plan.laid_tree
    own = np.zeros(len(plan.nodes))
    np.add.at(own, plan.consumers[near], kw[np.isin(member, near)])
    carried = sum_below(tree, own[tree.nodes])
    assert carried[0] == pytest.approx(kw[np.isin(member, near)].sum(), rel=1e-6)
    sizes, place = tree_pipes(plan)
    width = sizes.inner_diameter_m[place]
    inner = np.flatnonzero(tree.parent > 0)
    assert (width[tree.parent[inner]] >= width[inner] - 1e-12).all()


def test_a_bridge_along_a_strangers_service_is_no_service_of_its_own() -> None:
    """Two streets far apart; between them a house that buys no heat, whose service the pipe passes along."""
    places = [(0.0, 0.0), (0.0, 240.0), (0.0, 120.0)]
    houses = gpd.GeoDataFrame(
        {"use": "office"}, geometry=[box(x, y, x + 8.0, y + 8.0) for x, y in places], crs=CRS, index=["a", "b", "c"]
    )
    table = gpd.GeoDataFrame(
        {"kind": "residential", "layer": 0, "name": None}, crs=CRS, index=["s", "t"],
        geometry=[LineString([(0, y), (160, y)]) for y in (0, 240)],
    )  # fmt: skip
    site = Site(CRS, houses, -20.0, table)
    design = water_design("heat", (site.coldest_c, "FI"))
    ground = make_ground(site, "heat", Memo(0))
    laid = lay_pipes("heat", ground, np.array([0, 1]), (np.ones(2), np.ones((2, 1))), sizing_of(design))
    plan = laid.draft.still_served({0: 0, 1: 1}, 3).plan(design, site.crs)
    is_sound(plan)
    assert (plan.consumers >= 0).tolist() == [True, True, False]


def test_peaks_at_different_hours_do_not_add_up() -> None:
    """By hand: an office of 100 kW at noon, a house of 40 kW in the evening, together 110, never less than one."""
    table = pd.DataFrame({"peak_kw": [100.0, 40.0], "hour_0": [100.0, 10.0], "hour_1": [20.0, 40.0]}, index=["a", "b"])
    found = diversity(table, "hours")
    assert found.peak_kw(found.features.sum(axis=0)) == pytest.approx(110.0)
    assert found.peak_kw(found.features).tolist() == [100.0, 40.0]
    lone = diversity(table.assign(hour_0=0.0, hour_1=0.0), "hours")
    assert lone.peak_kw(lone.features.sum(axis=0)) == pytest.approx(np.hypot(100.0, 40.0))
    with pytest.raises(InputError, match="hour_0"):
        diversity(table[["peak_kw"]], "hours")


@pytest.fixture(scope="module")
def centre(helsinki: District, helsinki_results: Results) -> tuple[Twin, dict[str, NetworkPlan], Memo, float]:
    memo = Memo()
    twin = make_twin(helsinki, memo=memo)
    loads = design_loads(helsinki_results)
    begun = time.process_time()
    found = plan_networks(twin, loads, memo=memo)
    return twin, found, memo, time.process_time() - begun


def test_helsinki_is_planned_in_seconds_and_remembered(
    centre: tuple[Twin, dict[str, NetworkPlan], Memo, float], helsinki_results: Results
) -> None:
    """Process time; about 6 s with compiled kernels at hand, asserted with room for compiling them."""
    twin, found, memo, seconds = centre
    assert seconds < 60.0
    loads = design_loads(helsinki_results)
    begun = time.process_time()
    again = plan_networks(twin, loads, memo=memo)
    assert time.process_time() - begun < 0.1 * seconds
    assert all(again[carrier] is found[carrier] for carrier in found)


def test_helsinkis_networks_are_sound_and_follow_what_is_mapped(
    centre: tuple[Twin, dict[str, NetworkPlan], Memo, float],
) -> None:
    twin, found, _, _ = centre
    assert {"electricity", "heat"} <= set(found)
    for plan in found.values():
        is_sound(plan)
    heat = found["heat"]
    asked = (twin.buildings["heating_system"] == "district_heating").to_numpy()
    assert ((heat.consumers >= 0) == asked).all()
    assert (found["electricity"].consumers >= 0).all()
    assert twin.site is not None
    assert twin.site.pipes is not None
    whole = twin.site.pipes.geometry[twin.site.pipes["carrier"] == "heat"].length.sum()
    laid = heat.edges["length_m"][heat.edges["origin"] == "mapped"].sum()
    assert laid / whole >= 0.99, f"{laid:.0f} m of {whole:.0f} m of mapped heat pipe"


def test_helsinkis_grid_as_it_is_carries_its_own_year(
    centre: tuple[Twin, dict[str, NetworkPlan], Memo, float], helsinki_results: Results
) -> None:
    """Power flow of the days with the highest load of all and of each use: nothing is overloaded as it is."""
    plan = centre[1]["electricity"]
    data = helsinki_results.dataset
    drawn = data["grid_import_kwh"].transpose("building", "time").to_numpy()
    use = data["use"].to_numpy().astype(str)
    peaks = {int(np.argmax(drawn[use == word].sum(axis=0))) for word in np.unique(use)} | {
        int(np.argmax(drawn.sum(axis=0)))
    }
    hours = np.unique(np.concatenate([np.arange(max(h - 12, 0), min(h + 12, drawn.shape[1])) for h in peaks]))
    p_kw = np.zeros((len(plan.nodes), len(hours)))
    np.add.at(p_kw, plan.consumers, drawn[:, hours])
    if "station_charging_kwh" in data:
        np.add.at(p_kw, plan.chargers, data["station_charging_kwh"].transpose("station", "time").to_numpy()[:, hours])
    year = power_year(plan.net, p_kw, p_kw * np.tan(np.arccos(0.95)))
    assert np.nanmax(year.line_percent) <= 100.0
    assert np.nanmax(year.trafo_percent) <= 100.0
    assert np.nanmin(year.u_pu) >= 0.9


def test_an_edit_leaves_the_ids_of_all_others_alone(
    centre: tuple[Twin, dict[str, NetworkPlan], Memo, float], helsinki: District, helsinki_results: Results
) -> None:
    _, found, memo, _ = centre
    loads = design_loads(helsinki_results)
    before = found["heat"].edges
    behind = buildings_behind(found["heat"])
    middle = before.index[(behind >= 5) & (behind <= 20)][0]
    edits = {
        f"what: element, do: resize, id: {middle}, size: DN400": (0, 0),
        f"what: element, do: remove, id: {middle}": (1, 0),
        "what: plant, id: pump, kind: heat_pump_water, size_kw: 2000, at: [24.94, 60.172]": (0, 1),
    }
    for edit, (gone, new) in edits.items():
        twin = make_twin(helsinki, parse_scenario(f"name: x\nedits: [{{{edit}}}]"), memo=memo)
        after = plan_networks(twin, loads, memo=memo)["heat"].edges
        assert len(before.index.difference(after.index)) == gone, edit
        assert len(after.index.difference(before.index)) == new, edit
    twin = make_twin(helsinki, parse_scenario("name: x\nedits: [{what: heating, system: district_heating}]"), memo=memo)
    after = plan_networks(twin, loads, memo=memo)["heat"].edges
    connected = int((twin.buildings["heating_system"] == "district_heating").sum())
    new_ones = connected - int((found["heat"].consumers >= 0).sum())
    assert 0 < len(before.index.difference(after.index)) <= new_ones, "at most one pipe is cut for each"
    kept = before.index.intersection(after.index)
    assert (before.loc[kept, "size"] == after.loc[kept, "size"]).all()


def test_design_loads_are_those_of_the_year(helsinki_results: Results) -> None:
    loads = design_loads(helsinki_results)
    drawn = helsinki_results.dataset["grid_import_kwh"].transpose("building", "time").to_numpy()
    np.testing.assert_allclose(loads.peak_kw["electricity"], drawn.max(axis=1), rtol=1e-6)
    highest = loads.hours_kw["electricity"].sum(axis=0).max()
    assert highest == pytest.approx(float(drawn.sum(axis=0, dtype=np.float64).max()), rel=1e-6)
    for carrier, hours in loads.hours_kw.items():
        assert (hours <= loads.peak_kw[carrier][:, None] + 1e-6).all()
