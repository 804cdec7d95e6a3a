"""Power flow of many hours, against pandapower, and the laws that every one of them keeps."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandapower as pp
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets._errors import InputError
from assets.networks.power import PowerYear, net_loads, power_year
from tests.assets.power_cases import PUBLISHED, published, quiet, random_feeder, run_pandapower, set_loads

VOLTAGE_PU = 1e-6
LOADING_PERCENT = 1e-4
RELATIVE = 1e-6


def _same_as_pandapower(net: Any, hours: np.ndarray, **kwargs: Any) -> None:
    """Compare some hours of random loads with `pandapower.runpp` of each."""
    p, q = net_loads(net)
    p, q = p * hours, q * hours
    year = power_year(net, p, q, **kwargs)
    assert year.solved.all()
    for hour in range(hours.shape[1]):
        set_loads(net, p[:, hour], q[:, hour])
        run_pandapower(net, **kwargs)
        np.testing.assert_allclose(year.u_pu[:, hour], net.res_bus["vm_pu"], rtol=0, atol=VOLTAGE_PU)
        line, trafo = net.res_line.fillna(0.0), net.res_trafo.fillna(0.0)
        np.testing.assert_allclose(year.line_percent[:, hour], line["loading_percent"], rtol=1e-5, atol=LOADING_PERCENT)
        np.testing.assert_allclose(
            year.trafo_percent[:, hour], trafo["loading_percent"], rtol=1e-5, atol=LOADING_PERCENT
        )
        loss_kw = 1e3 * (line["pl_mw"].sum() + trafo["pl_mw"].sum())
        assert year.loss_kw[hour] == pytest.approx(loss_kw, rel=1e-6, abs=1e-5)
        assert year.supply_kvar[hour] == pytest.approx(1e3 * net.res_ext_grid["q_mvar"].sum(), rel=1e-6, abs=1e-4)


@pytest.mark.parametrize("name", list(PUBLISHED))
@pytest.mark.parametrize("trafo_model", ["t", "pi"])
def test_published_nets_are_equal_to_pandapower(name: str, trafo_model: str) -> None:
    net = published(name)
    hours = np.random.default_rng(3).uniform(-0.5, 1.3, (len(net.bus), 3))
    _same_as_pandapower(net, hours, trafo_model=trafo_model)


def test_taps_shifts_and_parallels_are_equal_to_pandapower() -> None:
    net = random_feeder(np.random.default_rng(5), 12)
    low = net.trafo["lv_bus"].iloc[0]
    quiet(pp.create_transformer, net, 0, low, "0.63 MVA 20/0.4 kV", parallel=2, df=0.9)
    net.trafo["shift_degree"] = 30.0
    net.trafo["tap_pos"], net.trafo["tap_side"] = [2, -1], ["hv", "lv"]
    net.trafo["tap_step_degree"] = [5.0, 0.0]
    net.line["g_us_per_km"], net.line["parallel"], net.line["df"] = 3.0, 2, 0.8
    net.line.loc[net.line.index[0], "c_nf_per_km"] = 0.0
    pp.create_shunt(net, low, q_mvar=-0.05, p_mw=0.001, step=2)
    rng = np.random.default_rng(6)
    set_loads(net, rng.uniform(0, 20, len(net.bus)), rng.uniform(0, 8, len(net.bus)))
    _same_as_pandapower(net, rng.uniform(0.2, 1.2, (len(net.bus), 2)))


def test_switches_are_equal_to_pandapower() -> None:
    net = random_feeder(np.random.default_rng(7), 20)
    a, b = pp.create_bus(net, 0.4), pp.create_bus(net, 0.4)
    pp.create_switch(net, net.bus.index[4], a, "b")
    pp.create_switch(net, a, b, "b", z_ohm=0.02)
    pp.create_switch(net, b, net.bus.index[9], "b", closed=False)
    leaf = int(np.flatnonzero(~net.line["to_bus"].isin(net.line["from_bus"]))[-1])
    pp.create_switch(net, net.line["from_bus"].iloc[leaf], net.line.index[leaf], "l", closed=False)
    other = int(np.flatnonzero(~net.line["to_bus"].isin(net.line["from_bus"]))[0])
    pp.create_switch(net, net.line["to_bus"].iloc[other], net.line.index[other], "l", closed=False)
    net.bus.loc[pp.create_bus(net, 0.4), "in_service"] = False
    rng = np.random.default_rng(8)
    set_loads(net, rng.uniform(0, 5, len(net.bus)), rng.uniform(0, 2, len(net.bus)))
    _same_as_pandapower(net, rng.uniform(0.2, 1.2, (len(net.bus), 2)))


def test_the_faster_method_stays_within_the_same_tolerance() -> None:
    net = published("create_kerber_vorstadtnetz_kabel_1")
    p, q = net_loads(net)
    hours = np.random.default_rng(3).uniform(-0.5, 1.3, (len(net.bus), 20))
    slow, fast = (power_year(net, p * hours, q * hours, method=m) for m in ("newton_raphson", "iterative_current"))
    np.testing.assert_allclose(fast.u_pu, slow.u_pu, rtol=0, atol=VOLTAGE_PU)


def _same(one: PowerYear, other: PowerYear) -> None:
    np.testing.assert_allclose(one.u_pu, other.u_pu, rtol=0, atol=VOLTAGE_PU)
    np.testing.assert_allclose(one.line_percent, other.line_percent, rtol=1e-5, atol=LOADING_PERCENT)
    np.testing.assert_allclose(one.trafo_percent, other.trafo_percent, rtol=1e-5, atol=LOADING_PERCENT)
    np.testing.assert_allclose(one.supply_kvar, other.supply_kvar, rtol=1e-6, atol=1e-3)
    for name in ("loss_kw", "line_loss_kw", "trafo_loss_kw"):
        np.testing.assert_allclose(getattr(one, name), getattr(other, name), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("name", list(PUBLISHED))
def test_sweeps_are_equal_to_newton_on_published_nets(name: str) -> None:
    net = published(name)
    p, q = net_loads(net)
    hours = np.random.default_rng(3).uniform(-0.5, 1.3, (len(net.bus), 50))
    _same(power_year(net, p * hours, q * hours, method="sweep"), power_year(net, p * hours, q * hours))


@settings(max_examples=20)
@given(seed=st.integers(0, 10_000), buses=st.integers(2, 40), scale=st.floats(-3.0, 3.0))
def test_sweeps_are_equal_to_newton_and_keep_the_balance(seed: int, buses: int, scale: float) -> None:
    """Also with taps, shunts, a transformer seen from below and lines open at either end."""
    rng = np.random.default_rng(seed)
    net = random_feeder(rng, buses, shift=float(rng.choice([0.0, 150.0, 330.0])))
    net.trafo["tap_pos"] = int(rng.integers(-2, 3))
    up = pp.create_bus(net, 20.0)
    pp.create_transformer(net, up, net.bus.index[int(rng.integers(1, buses + 1))], "0.25 MVA 20/0.4 kV")
    pp.create_line(net, up, pp.create_bus(net, 20.0), 0.5, "NA2XS2Y 1x95 RM/25 12/20 kV")
    pp.create_switch(net, up, net.line.index[-1], "l", closed=bool(rng.integers(2)))
    spare = pp.create_line(net, net.bus.index[0], up, 2.0, "NA2XS2Y 1x95 RM/25 12/20 kV")
    pp.create_switch(net, net.line[["from_bus", "to_bus"][int(rng.integers(2))]].loc[spare], spare, "l", closed=False)
    pp.create_shunt(net, net.bus.index[1], q_mvar=-0.01)
    p = scale * rng.uniform(-1, 1, (len(net.bus), 40)) * 40 / buses
    one, other = power_year(net, p, 0.3 * p, method="sweep"), power_year(net, p, 0.3 * p)
    _same(one, other)
    supplied = np.isfinite(one.u_pu).all(axis=1)
    passed = np.abs(p).sum(axis=0) + one.loss_kw
    assert (np.abs(one.supply_kw - p[supplied].sum(axis=0) - one.loss_kw) <= RELATIVE * passed + 1e-8).all()


def test_sweeps_refuse_loops() -> None:
    net = random_feeder(np.random.default_rng(2), 10)
    pp.create_line(net, 1, 8, 0.1, "NAYY 4x150 SE")
    with pytest.raises(InputError, match="loops"):
        power_year(net, np.ones((len(net.bus), 2)), method="sweep")


def test_batches_do_not_change_the_result() -> None:
    net = published("mv_oberrhein")
    p, q = net_loads(net)
    hours = np.random.default_rng(1).uniform(0, 1, (len(net.bus), 30))
    whole, parts = power_year(net, p * hours, q * hours), power_year(net, p * hours, q * hours, megabytes=0.2)
    np.testing.assert_array_equal(whole.u_pu, parts.u_pu)
    np.testing.assert_allclose(whole.line_loss_kw, parts.line_loss_kw, rtol=1e-12)
    assert whole.line_loss_kw.sum() + whole.trafo_loss_kw.sum() == pytest.approx(whole.loss_kw.sum(), rel=1e-12)


@settings(max_examples=20)
@given(seed=st.integers(0, 10_000), buses=st.integers(3, 40), scale=st.floats(-3.0, 3.0))
def test_what_comes_in_is_loads_and_losses(seed: int, buses: int, scale: float) -> None:
    rng = np.random.default_rng(seed)
    net = random_feeder(rng, buses)
    p = scale * rng.uniform(-1, 1, (len(net.bus), 4)) * 50 / buses
    year = power_year(net, p, 0.3 * p)
    assert year.solved.all()
    passed = np.abs(p).sum(axis=0) + year.loss_kw
    np.testing.assert_array_less(np.abs(year.supply_kw - p.sum(axis=0) - year.loss_kw), RELATIVE * passed + 1e-9)


@settings(max_examples=20)
@given(seed=st.integers(0, 10_000), buses=st.integers(3, 40))
def test_voltage_falls_along_a_radial_net_without_generation(seed: int, buses: int) -> None:
    rng = np.random.default_rng(seed)
    net = random_feeder(rng, buses)
    net.line["c_nf_per_km"] = 0.0
    p = rng.uniform(0, 100 / buses, (len(net.bus), 3))
    year = power_year(net, p, 0.3 * p)
    start, end = net.line["from_bus"].to_numpy(), net.line["to_bus"].to_numpy()
    assert (year.u_pu[end] <= year.u_pu[start] + 1e-7).all()
    assert (year.u_pu[net.trafo["lv_bus"]] <= 1.0).all()


def test_an_hour_that_collapses_is_told_and_the_others_are_right() -> None:
    net = random_feeder(np.random.default_rng(2), 10)
    p = np.full((len(net.bus), 3), 2.0)
    p[-1, 1] = 5e5
    for method in ("newton_raphson", "iterative_current", "sweep"):
        year = power_year(net, p, method=method)
        assert year.solved.tolist() == [True, False, True]
        assert np.isnan(year.u_pu[:, 1]).all()
        assert np.isfinite(year.u_pu[:, [0, 2]]).all()
        assert np.isfinite(year.line_loss_kw).all()


def test_buses_without_supply_have_no_voltage() -> None:
    net = random_feeder(np.random.default_rng(2), 10)
    lone = pp.create_bus(net, 0.4)
    p = np.full((len(net.bus), 2), 1.0)
    year = power_year(net, p)
    assert np.isnan(year.u_pu[net.bus.index.get_loc(lone)]).all()
    assert year.supply_kw == pytest.approx(p.sum(axis=0) - 1.0 + year.loss_kw, rel=1e-9)


def test_a_net_without_loads_has_its_no_load_losses() -> None:
    net = random_feeder(np.random.default_rng(2), 5)
    year = power_year(net, np.zeros((len(net.bus), 6)))
    assert year.u_pu.shape == (len(net.bus), 6)
    assert year.trafo_loss_kw.sum() == pytest.approx(6 * net.trafo["pfe_kw"].sum(), rel=1e-3)


def test_all_findings_are_told_at_once() -> None:
    net = random_feeder(np.random.default_rng(2), 5)
    net.line.loc[1, "length_km"] = -1.0
    net.line.loc[2, "to_bus"] = 99
    net.trafo.loc[0, "sn_mva"] = np.nan
    net.ext_grid["in_service"] = False
    quiet(pp.create_gen, net, 2, p_mw=0.01)
    with pytest.raises(InputError) as told:
        power_year(net, np.zeros((len(net.bus), 1)))
    assert "gen 0" in str(told.value)
    net.gen = net.gen.iloc[:0]
    with pytest.raises(InputError) as told:
        power_year(net, np.zeros((len(net.bus), 1)))
    text = str(told.value)
    assert all(part in text for part in ("line 1: length_km", "line 2: its to_bus 99", "trafo 0: sn_mva", "ext_grid"))


def test_loads_that_do_not_fit_are_told() -> None:
    net = random_feeder(np.random.default_rng(2), 5)
    with pytest.raises(InputError, match="a row for each of the 6 buses"):
        power_year(net, np.zeros((3, 2)))
    p = np.zeros((6, 2))
    p[4, 1] = np.nan
    with pytest.raises(InputError, match="missing in some hours at bus 4"):
        power_year(net, p)
