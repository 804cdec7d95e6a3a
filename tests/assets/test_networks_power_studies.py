"""Hosting capacity, cut sections and causes: each figure again by pandapower or by the whole year."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pandas as pd
import pytest

from assets._errors import InputError
from assets.networks.power import (
    EN_50160,
    GridLimits,
    PowerPlan,
    PowerYear,
    causes,
    contingencies,
    hosting_capacity,
    lay_power,
    net_loads,
    pandapower_net,
    power_year,
)
from assets.networks.power.conversion import convert
from assets.networks.power.topology import feeders_of
from tests.assets.power_cases import published, quiet, run_pandapower, set_loads, town

HOURS = 24 * 30


@pytest.fixture(scope="module")
def laid() -> tuple[PowerPlan, Any, np.ndarray]:
    """A town's net and a month of loads [kW]."""
    graph, consumers = town(2, 7, 60)
    plan = lay_power(graph, consumers)
    net = quiet(pandapower_net, plan)
    rng, hour = np.random.default_rng(1), np.arange(HOURS)
    shape = 0.35 + 0.2 * np.sin(2 * np.pi * (hour % 24 - 8) / 24)
    p = np.zeros((len(net.bus), HOURS))
    own = consumers["peak_kw"].to_numpy()[:, None] * shape * rng.uniform(0.4, 1.0, (len(consumers), HOURS))
    np.add.at(p, plan.bus_of_consumer.to_numpy(), own)
    return plan, net, p


def _profile(technology: str) -> np.ndarray:
    hour = np.arange(HOURS)
    if technology == "pv":
        return np.clip(np.sin(2 * np.pi * (hour % 24 - 6) / 24), 0, None) * np.random.default_rng(3).uniform(
            0.2, 1.0, HOURS
        )
    return np.clip(0.3 + 0.3 * np.sin(2 * np.pi * (hour % 24 - 13) / 24), 0, 1)


def _within(year: PowerYear, limits: GridLimits) -> bool:
    return bool(
        (year.u_pu >= limits.u_min_pu).all()
        and (year.u_pu <= limits.u_max_pu).all()
        and (year.line_percent <= limits.line_percent).all()
        and (year.trafo_percent <= limits.trafo_percent).all()
    )


@pytest.mark.parametrize(("technology", "sign"), [("pv", -1.0), ("ev", 1.0), ("heat_pump", 1.0)])
def test_all_hours_hold_at_the_hosting_capacity_and_not_above(
    laid: tuple[PowerPlan, Any, np.ndarray], technology: str, sign: float
) -> None:
    """The few hours that are looked at stand for all of the month."""
    _, net, p = laid
    limits, profile = GridLimits(), _profile(technology)
    found = hosting_capacity(net, p, 0.3 * p, technology=technology, profile=profile, limits=limits, tolerance=0.002)
    assert not found["exceeded_before"].any()
    assert set(found.index) == {name for name in net.bus["feeder"] if name}
    feeder = net.bus["feeder"].to_numpy()
    for name in found.index[:: max(1, len(found) // 4)]:
        loaded = (feeder == name) & (p != 0).any(axis=1)
        share = (loaded / loaded.sum())[:, None]
        for size, holds in ((found.loc[name, "capacity_kw"], True), (1.02 * found.loc[name, "capacity_kw"] + 1, False)):
            year = power_year(net, p + sign * size * profile * share, 0.3 * p)
            assert _within(year, limits) is holds, name


def test_limit_and_element_of_the_hosting_capacity_are_those_of_pandapower(
    laid: tuple[PowerPlan, Any, np.ndarray],
) -> None:
    _, net, p = laid
    profile = _profile("pv")
    found = hosting_capacity(net, p, technology="pv", profile=profile, limits=EN_50160)
    name = found["capacity_kw"].idxmax()
    row = found.loc[name]
    loaded = (net.bus["feeder"].to_numpy() == name) & (p != 0).any(axis=1)
    more = 1.01 * row["capacity_kw"] * profile[row["hour"]] * loaded / loaded.sum()
    peer = copy.deepcopy(net)
    set_loads(peer, p[:, row["hour"]] - more, np.zeros(len(net.bus)))
    run_pandapower(peer)
    table, label = row["element"].split()
    if row["limit"].startswith("voltage"):
        assert peer.res_bus.loc[int(label), "vm_pu"] == pytest.approx(1.1, abs=2e-3)
    else:
        assert peer[f"res_{table}"].loc[int(label), "loading_percent"] == pytest.approx(100, abs=2)


def test_a_feeder_that_is_overloaded_already_takes_nothing(laid: tuple[PowerPlan, Any, np.ndarray]) -> None:
    _, net, p = laid
    name = next(name for name in net.bus["feeder"] if name)
    own = (net.bus["feeder"] == name).to_numpy() & (p != 0).any(axis=1)
    heavy = np.where(own[:, None], 12 * p, p)
    found = hosting_capacity(net, heavy, technology="ev", profile=_profile("ev"))
    assert found.loc[name, "exceeded_before"]
    assert found.loc[name, "capacity_kw"] < 1.0
    assert (found["capacity_kw"].drop(name) > 1.0).any()


def test_feeders_of_a_foreign_net_are_what_hangs_together() -> None:
    net = published("create_kerber_vorstadtnetz_kabel_1")
    feeder = feeders_of(net, convert(net))
    line = net.line[net.line["in_service"]]
    bars = set(net.trafo["lv_bus"]) | set(net.ext_grid["bus"])
    inner = line[~line["from_bus"].isin(bars) & ~line["to_bus"].isin(bars)]
    assert (feeder.loc[inner["from_bus"]].to_numpy() == feeder.loc[inner["to_bus"]].to_numpy()).all()
    outer = line[line["from_bus"].isin(bars) | line["to_bus"].isin(bars)]
    assert feeder[feeder != ""].nunique() == len(outer)


def test_hosting_capacity_refuses_what_it_cannot_take(laid: tuple[PowerPlan, Any, np.ndarray]) -> None:
    _, net, p = laid
    with pytest.raises(InputError) as told:
        hosting_capacity(net, p, technology="wind", profile=np.zeros(3))
    assert "wind" in str(told.value)
    assert "720 hours" in str(told.value)


def _switched(net: Any, section: Any, tie: str) -> Any:
    """The net with a section cut and a tie closed."""
    peer = copy.deepcopy(net)
    peer.line.loc[section, "in_service"] = False
    if tie:
        kind, label = tie.split()
        chosen = (
            (peer.switch["et"] == "l") & (peer.switch["element"] == int(label))
            if kind == "line"
            else peer.switch.index == int(label)
        )
        peer.switch.loc[chosen, "closed"] = True
    return run_pandapower(peer)


@pytest.mark.parametrize("name", ["laid", "mv_oberrhein"])
def test_cut_sections_are_those_of_pandapower(name: str, laid: tuple[PowerPlan, Any, np.ndarray]) -> None:
    if name == "laid":
        _, net, month = laid
        p = month[:, [int(month.sum(axis=0).argmax())]]
    else:
        net = published(name)
        p = net_loads(net)[0]
    found = contingencies(net, p, 0.2 * p)
    peer = copy.deepcopy(net)
    set_loads(peer, p[:, 0], 0.2 * p[:, 0])
    sections = found.index if name == "laid" else found.index[:: len(found) // 8]
    for section in sections:
        row = found.loc[section]
        after = _switched(peer, section, row["tie"])
        dark = after.res_bus["vm_pu"].isna().to_numpy()
        assert row["unsupplied_kw"] == pytest.approx(p[dark].sum(), abs=1e-6)
        assert row["line_percent"] == pytest.approx(after.res_line["loading_percent"].max(), rel=1e-6)
        assert row["trafo_percent"] == pytest.approx(after.res_trafo["loading_percent"].max(), rel=1e-6)
        assert row["u_min_pu"] == pytest.approx(after.res_bus["vm_pu"].min(), abs=1e-6)
        cut = _switched(peer, section, "")
        assert row["dark_kw"] == pytest.approx(p[cut.res_bus["vm_pu"].isna().to_numpy()].sum(), abs=1e-6)


def test_a_laid_ring_survives_any_cut(laid: tuple[PowerPlan, Any, np.ndarray]) -> None:
    plan, net, p = laid
    found = contingencies(net, p, 0.3 * p)
    assert set(found.index) == set(plan.lines.index[(plan.lines["ring"] >= 0) & plan.lines["closed"].astype(bool)])
    assert (found["tie"] != "").all()
    assert (found["dark_kw"] > 0).all()
    assert found["ok"].all()
    with pytest.raises(InputError, match="hour 9999"):
        contingencies(net, p, hours=[9999])


def test_a_weak_ring_is_told() -> None:
    """The ring's last section, thin, carries all when the first is cut."""
    graph, consumers = town(2, 7, 60)
    net = quiet(pandapower_net, lay_power(graph, consumers))
    p = np.zeros((len(net.bus), 1))
    np.add.at(p[:, 0], lay_power(graph, consumers).bus_of_consumer.to_numpy(), 0.5 * consumers["peak_kw"].to_numpy())
    ring = net.line.index[net.line["level"] == "MV"]
    net.line.loc[ring[-1], "max_i_ka"] = 0.01
    found = contingencies(net, p)
    assert found.loc[ring[0], "limit"] == "line loading"
    assert found.loc[ring[0], "worst_line"] == f"line {ring[-1]}"
    assert not found.loc[ring[0], "ok"]


def test_causes_of_a_loaded_cable_are_the_loads_behind_it(laid: tuple[PowerPlan, Any, np.ndarray]) -> None:
    _, net, p = laid
    year = power_year(net, p, 0.3 * p)
    low = np.flatnonzero(net.line["level"] == "LV")
    line = int(low[year.line_percent[low].max(axis=1).argmax()])
    hour = int(year.line_percent[line].argmax())
    found = causes(net, ("line", net.line.index[line]), [hour], p, 0.3 * p)
    assert found["share"].sum() == pytest.approx(1.0)
    assert found["contribution"].sum() == pytest.approx(year.line_percent[line, hour], rel=0.05)
    feeder = net.line["feeder"].iloc[line]
    assert set(net.bus.loc[found["bus"], "feeder"]) == {feeder}
    without = p[:, [hour]].copy()
    without[net.bus.index.get_loc(found.index[0])] = 0.0
    peer = copy.deepcopy(net)
    set_loads(peer, without[:, 0], 0.3 * without[:, 0])
    run_pandapower(peer)
    gain = year.line_percent[line, hour] - peer.res_line["loading_percent"].iloc[line]
    assert found["contribution"].iloc[0] == pytest.approx(gain, abs=1e-4)


def test_causes_of_a_low_voltage_are_ranked_by_what_each_load_drops(laid: tuple[PowerPlan, Any, np.ndarray]) -> None:
    _, net, p = laid
    year = power_year(net, p, 0.3 * p)
    bus = int(np.nanmin(year.u_pu, axis=1).argmin())
    hours = np.argsort(year.u_pu[bus])[:3]
    found = causes(net, ("bus", net.bus.index[bus]), hours, p, 0.3 * p)
    assert found["contribution"].is_monotonic_decreasing
    assert net.bus.loc[found.index[0], "feeder"] == net.bus["feeder"].iloc[bus]
    assert found["contribution"].sum() == pytest.approx(100 * (1.02 - year.u_pu[bus, hours].mean()), rel=0.1)
    assert set(found["worst_hour"]) <= set(hours.tolist())


def test_causes_by_asset_share_out_their_bus(laid: tuple[PowerPlan, Any, np.ndarray]) -> None:
    _, net, p = laid
    bus = net.bus.index[np.flatnonzero((p != 0).any(axis=1))]
    assets = pd.DataFrame({"bus": np.repeat(bus, 2)}, index=[f"{kind} {b}" for b in bus for kind in ("house", "car")])
    kw = np.repeat(p[(p != 0).any(axis=1)], 2, axis=0) * np.tile([0.75, 0.25], len(bus))[:, None]
    by_bus = causes(net, ("trafo", 0), [5], p)
    by_asset = causes(net, ("trafo", 0), [5], p, assets=assets, asset_kw=kw)
    for b in by_bus.index[:3]:
        assert by_asset.loc[f"house {b}", "contribution"] == pytest.approx(0.75 * by_bus.loc[b, "contribution"])
        assert by_asset.loc[f"car {b}", "share"] == pytest.approx(0.25 * by_bus.loc[b, "share"], rel=1e-6)


def test_causes_in_a_closed_ring_look_at_all_loads(laid: tuple[PowerPlan, Any, np.ndarray]) -> None:
    _, net, p = laid
    closed = copy.deepcopy(net)
    closed.switch["closed"] = True
    line = closed.line.index[closed.line["ring"] == 0][0]
    found = causes(closed, ("line", line), [5], p)
    assert len(found) == int((p != 0).any(axis=1).sum())
    assert (found["contribution"] > 0).any()


def test_causes_refuse_what_is_not_there(laid: tuple[PowerPlan, Any, np.ndarray]) -> None:
    _, net, p = laid
    with pytest.raises(InputError, match="line 99999"):
        causes(net, ("line", 99_999), [5], p)
    with pytest.raises(InputError, match="no kind of element"):
        causes(net, ("pipe", 1), [5], p)
