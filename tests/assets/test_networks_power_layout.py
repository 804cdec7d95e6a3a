"""A grid laid along streets: everybody is supplied, cables follow the streets, loads and drops stay within the plan."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pandapower as pp
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets._errors import InputError
from assets.catalogue import table
from assets.networks.graph import Graph
from assets.networks.power import (
    LayoutRules,
    PowerPlan,
    cables,
    diversity,
    lay_power,
    pandapower_net,
    power_year,
    read_pandapower,
    transformers,
    write_pandapower,
)
from tests.assets.power_cases import quiet, run_pandapower, set_loads, town


def _loads(plan: PowerPlan, kw: np.ndarray) -> np.ndarray:
    p = np.zeros((len(plan.buses), 1))
    np.add.at(p[:, 0], plan.bus_of_consumer.to_numpy(), kw)
    return p


def _check_plan(plan: PowerPlan, consumers: pd.DataFrame, net: Any) -> None:
    """What must hold of any plan."""
    assert len(plan.bus_of_consumer) == len(consumers)
    node = plan.buses["node"].to_numpy()
    graph = plan.graph
    at_bus = node[plan.bus_of_consumer.to_numpy()]
    own = plan.buses["kind"].to_numpy()[plan.bus_of_consumer.to_numpy()] != "infeed"
    np.testing.assert_array_equal(at_bus[own], consumers["node"].to_numpy()[own])
    for row, way in zip(plan.lines.itertuples(), plan.line_edges, strict=True):
        here = node[row.from_bus]
        for edge in way:
            assert here in (graph.start[edge], graph.end[edge])
            here = graph.start[edge] + graph.end[edge] - here
        assert here == node[row.to_bus]
        assert row.length_m == pytest.approx(graph.length_m[way].sum())
    live = plan.lines[plan.lines["closed"].to_numpy(bool)]
    wires = nx.Graph([*zip(live["from_bus"], live["to_bus"], strict=True),
                      *zip(plan.transformers["hv_bus"], plan.transformers["lv_bus"], strict=True)])  # fmt: skip
    wires.add_node(plan.infeed_bus)
    assert wires.number_of_nodes() == len(plan.buses)
    assert nx.is_tree(wires)  # all supplied, and radial with the rings open
    year = power_year(net, _loads(plan, consumers["peak_kw"].to_numpy() * 0.1))
    assert np.isfinite(year.u_pu).all()


@settings(max_examples=8)
@given(seed=st.integers(0, 1000), houses=st.integers(1, 60))
def test_any_town_is_supplied_along_its_streets(seed: int, houses: int) -> None:
    graph, consumers = town(seed, 6, houses)
    plan = lay_power(graph, consumers)
    _check_plan(plan, consumers, quiet(pandapower_net, plan))


@pytest.fixture(scope="module")
def laid() -> tuple[Graph, pd.DataFrame, PowerPlan, Any]:
    graph, consumers = town(0, 12, 220)
    consumers.loc["house 7", "peak_kw"] = 2500.0
    consumers.loc["house 8", "peak_kw"] = 900.0
    rules = LayoutRules(diversity="sum")
    plan = lay_power(graph, consumers, rules=rules)
    return graph, consumers, plan, quiet(pandapower_net, plan)


def test_loads_and_drops_stay_within_the_plan(laid: tuple[Graph, pd.DataFrame, PowerPlan, Any]) -> None:
    """With all peaks at once and planned so, the real power flow keeps the planned limits; 6 % for losses."""
    _, consumers, plan, net = laid
    _check_plan(plan, consumers, net)
    p = _loads(plan, consumers["peak_kw"].to_numpy())
    year = power_year(net, p, p * np.tan(np.arccos(plan.rules.power_factor)))
    low = (plan.lines["level"] == "LV").to_numpy()
    assert plan.strains == ()
    assert year.line_percent[low].max() <= 106 * plan.rules.cable_use
    assert year.trafo_percent.max() <= 106 * plan.rules.transformer_use
    assert year.line_percent[~low].max() <= 106 * plan.rules.ring_use
    busbar = plan.buses[plan.buses["kind"] == "busbar"].reset_index().set_index("station")["index"]
    fed = plan.buses[plan.buses["feeder"] != ""]
    drop = 100 * (year.u_pu[busbar.loc[fed["station"]].to_numpy(), 0] - year.u_pu[fed.index, 0])
    assert drop.max() <= plan.rules.lv_drop_percent + 0.5


def test_laid_net_is_equal_to_pandapower(laid: tuple[Graph, pd.DataFrame, PowerPlan, Any]) -> None:
    _, consumers, plan, net = laid
    p = _loads(plan, consumers["peak_kw"].to_numpy() * 0.7)
    year = power_year(net, p, 0.3 * p)
    set_loads(net, p[:, 0], 0.3 * p[:, 0])
    run_pandapower(net)
    np.testing.assert_allclose(year.u_pu[:, 0], net.res_bus["vm_pu"], rtol=0, atol=1e-6)
    np.testing.assert_allclose(year.line_percent[:, 0], net.res_line["loading_percent"], rtol=1e-5, atol=1e-4)


def test_big_consumers_are_at_medium_voltage_on_a_ring(laid: tuple[Graph, pd.DataFrame, PowerPlan, Any]) -> None:
    _, _, plan, _ = laid
    assert plan.buses.loc[plan.bus_of_consumer["house 7"], "level"] == "MV"
    assert plan.buses.loc[plan.bus_of_consumer["house 8"], "level"] == "LV"
    rings = plan.lines[plan.lines["ring"] >= 0]
    whole = nx.MultiGraph(list(zip(rings["from_bus"], rings["to_bus"], strict=True)))
    assert not list(nx.bridges(nx.Graph(whole))) or whole.number_of_edges() > nx.Graph(whole).number_of_edges()
    assert all(degree % 2 == 0 for _, degree in whole.degree)  # each stop has two ways
    assert (rings.groupby("ring")["closed"].apply(lambda closed: (~closed.astype(bool)).sum()) == 1).all()


def test_mapped_substations_and_cables_are_kept_and_told_apart() -> None:
    graph, consumers = town(3, 8, 80)
    mapped = np.zeros(graph.edge_count, dtype=bool)
    mapped[:12] = True
    graph = Graph(graph.x_m, graph.y_m, graph.start, graph.end, graph.length_m, mapped)
    given_ones = pd.DataFrame({"node": [9, 40], "kva": [630.0, np.nan]}, index=["Kamppi", "Simonkatu"])
    plan = lay_power(graph, consumers, given_ones, infeed=0)
    assert {"Kamppi", "Simonkatu"} <= set(plan.transformers["station"])
    told = plan.transformers.set_index("station")["origin"]
    assert (told[["Kamppi", "Simonkatu"]] == "mapped").all()
    assert plan.transformers.set_index("station").loc["Kamppi", "transformer"] == "630 kVA 20/0.4 kV"
    assert (told.drop(["Kamppi", "Simonkatu"]) == "laid").all()
    assert (plan.lines.loc[plan.lines["origin"] == "mapped", "mapped_m"] > 0).all()
    assert (plan.lines["origin"] == "mapped").any()
    net = quiet(pandapower_net, plan)
    assert set(net.line["origin"]) == {"mapped", "laid"}
    _check_plan(plan, consumers, net)
    bare = lay_power(Graph(graph.x_m, graph.y_m, graph.start, graph.end, graph.length_m, ~mapped & mapped), consumers)
    on_mapped = sum(graph.length_m[np.intersect1d(way, np.flatnonzero(mapped))].sum() for way in bare.line_edges)
    assert plan.lines["mapped_m"].sum() > on_mapped


def test_reach_is_kept() -> None:
    graph, consumers = town(5, 10, 120)
    rules = LayoutRules(lv_reach_m=150.0)
    plan = lay_power(graph, consumers, rules=rules)
    low = plan.buses[plan.buses["level"] == "LV"]
    assert len(plan.transformers) > len(lay_power(graph, consumers).transformers)
    assert set(low["station"]) == set(plan.transformers["station"])


def test_what_cannot_be_laid_is_told_at_once() -> None:
    graph, consumers = town(1, 5, 10)
    consumers["node"] = consumers["node"].astype(float)
    consumers.loc["house 1", "node"] = 10_000
    with pytest.raises(InputError) as told:
        lay_power(
            graph, consumers, pd.DataFrame({"node": [-4]}, index=["A"]), infeed=-1, rules=LayoutRules(country="XX")
        )
    assert all(word in str(told.value) for word in ("house 1", "substation A", "infeed", "'XX'"))
    consumers["node"] = 3
    consumers.loc["house 2", "peak_kw"] = np.nan
    with pytest.raises(InputError, match="house 2: peak_kw"):
        lay_power(graph, consumers)
    with pytest.raises(InputError, match="cable_use"):
        LayoutRules(cable_use=1.2)


@given(n=st.integers(1, 500), peak=st.floats(0.1, 100.0))
def test_rusck_of_equals_is_his_formula(n: int, peak: float) -> None:
    one = diversity(pd.DataFrame({"peak_kw": np.full(n, peak)}))
    found = float(one.peak_kw(one.features.sum(axis=0)))
    assert found == pytest.approx(n * peak * (0.2 + 0.8 / np.sqrt(n)), rel=1e-9)


def test_a_house_of_many_dwellings_counts_as_many() -> None:
    """Two houses of 20 dwellings peak together as 40 dwellings do."""
    g = {n: 0.2 + 0.8 / np.sqrt(n) for n in (20, 40)}
    houses = diversity(pd.DataFrame({"peak_kw": [20 * 5 * g[20]] * 2, "customers": 20}))
    assert float(houses.peak_kw(houses.features.sum(axis=0))) == pytest.approx(40 * 5 * g[40])
    np.testing.assert_allclose(houses.peak_kw(houses.features), 20 * 5 * g[20])


def test_velander_of_a_group() -> None:
    """100 dwellings of 5 MWh: 0.29 · 500 + 2.5 · √500."""
    told = diversity(pd.DataFrame({"peak_kw": 1.0, "annual_mwh": np.full(100, 5.0)}), "velander")
    assert float(told.peak_kw(told.features.sum(axis=0))) == pytest.approx(0.29 * 500 + 2.5 * 500**0.5)


def test_german_types_are_pandapowers() -> None:
    net = pp.create_empty_network()
    lines, own = pp.available_std_types(net, "line"), cables(country="DE")
    for ours, theirs in (("r_ohm_per_km",) * 2, ("x_ohm_per_km",) * 2, ("c_nf_per_km",) * 2):
        np.testing.assert_allclose(own[ours], lines.loc[own.index, theirs].astype(float))
    np.testing.assert_allclose(own["max_current_a"], 1e3 * lines.loc[own.index, "max_i_ka"].astype(float))
    trafos, ours = pp.available_std_types(net, "trafo"), transformers(country="DE")
    for name, theirs in (("vk_percent",) * 2, ("vkr_percent",) * 2, ("iron_kw", "pfe_kw"), ("i0_percent",) * 2):
        np.testing.assert_allclose(ours[name], trafos.loc[ours.index, theirs].astype(float))


def test_transformers_keep_the_ecodesign_limits() -> None:
    """Commission Regulation (EU) 548/2014, table I.1, tier 2: 3250 and 387 W at 400 kVA, 7600 and 693 W at 1000."""
    kinds = transformers(country="EU")
    for name, load_w, iron_w in (("400 kVA 20/0.4 kV", 3250, 387), ("1000 kVA 20/0.4 kV", 7600, 693)):
        kind = kinds.loc[name]
        assert 10 * kind["vkr_percent"] * kind["rated_kva"] == pytest.approx(load_w, abs=1)
        assert 1e3 * kind["iron_kw"] == pytest.approx(iron_w)


def test_every_column_of_the_tables_is_declared() -> None:
    declared = table("attributes_power")
    for name, rows in declared.groupby("table", sort=False):
        frame = table(name)
        assert set(frame.columns) == set(rows["attribute"]), name
        assert frame["source"].notna().all()
        numbers = rows.loc[rows["type"].isin(["float", "int"]), "attribute"]
        assert all(pd.api.types.is_numeric_dtype(frame[column]) for column in numbers)


def test_a_net_goes_to_a_file_and_back(laid: tuple[Graph, pd.DataFrame, PowerPlan, Any], tmp_path: Path) -> None:
    _, consumers, plan, net = laid
    back = read_pandapower(write_pandapower(net, tmp_path / "out" / "net.json"))
    p = _loads(plan, consumers["peak_kw"].to_numpy() * 0.5)
    np.testing.assert_array_equal(power_year(back, p).u_pu, power_year(net, p).u_pu)
    assert set(back.line["origin"]) == {"laid"}


def test_a_foreign_net_is_imported_and_a_wrong_one_is_told(tmp_path: Path) -> None:
    net = quiet(pp.networks.mv_oberrhein)
    back = read_pandapower(write_pandapower(net, tmp_path / "net.json"))
    assert set(back.bus["origin"]) == {"imported"}
    net.line.loc[net.line.index[0], "to_bus"] = 99_999
    net.trafo.loc[net.trafo.index[0], "vk_percent"] = 0.0
    write_pandapower(net, tmp_path / "bad.json")
    with pytest.raises(InputError) as told:
        read_pandapower(tmp_path / "bad.json")
    assert f"line {net.line.index[0]}: its to_bus 99999" in str(told.value)
    assert f"trafo {net.trafo.index[0]}: vk_percent" in str(told.value)
    (tmp_path / "text.json").write_text('{"a": 1}')
    for name, words in (("none.json", "no such file"), ("text.json", "pandapower net")):
        with pytest.raises(InputError, match=words):
            read_pandapower(tmp_path / name)
