"""Three-phase power flow against OpenDSS on the IEEE European low-voltage feeder, and its laws."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandapower as pp
import pandapower.networks as pn
import pytest
from dss import DSS
from hypothesis import given, settings
from hypothesis import strategies as st

from assets._errors import InputError
from assets.networks.power import (
    assign_phases,
    phase_loads,
    power_year,
    unbalanced_loads,
    unbalanced_year,
)
from tests.assets.power_cases import quiet, random_feeder

OPENDSS_PU = 1e-3
POWER_FACTOR = 0.95
"""Of the feeder's loads: IEEE PES Test Feeders, European Low Voltage Test Feeder, 2015."""
SOURCE_KA = 3.0
"""Three-phase short-circuit current of its source; X/R is OpenDSS's default, 4."""


def _feeder(snapshot: str) -> Any:
    """The feeder with pandapower's lines and loads, and the published source and power factor."""
    net = quiet(pn.ieee_european_lv_asymmetric, snapshot)
    for phase in "abc":
        net.asymmetric_load[f"q_{phase}_mvar"] = net.asymmetric_load[f"p_{phase}_mw"] * np.tan(np.arccos(POWER_FACTOR))
    net.ext_grid["s_sc_max_mva"], net.ext_grid["rx_max"] = np.sqrt(3) * 11 * SOURCE_KA, 0.25
    return net


def _script(net: Any) -> list[str]:
    """The same circuit in OpenDSS's words."""
    trafo, grid = net.trafo.iloc[0].to_dict(), net.ext_grid.iloc[0].to_dict()
    x_percent = float(np.sqrt(trafo["vk_percent"] ** 2 - trafo["vkr_percent"] ** 2))
    transformer = (
        f"New Transformer.TR1 Phases=3 Windings=2 Buses=[b{trafo['hv_bus']} b{trafo['lv_bus']}] Conns=[Delta Wye] "
        f"kVs=[{trafo['vn_hv_kv']} {trafo['vn_lv_kv']}] kVAs=[800 800] XHL={x_percent} "
        f"%Rs=[{trafo['vkr_percent'] / 2} {trafo['vkr_percent'] / 2}] %imag=0 %noloadloss=0"
    )
    lines = [
        "Clear",
        "Set DefaultBaseFrequency=50",
        f"New Circuit.LV basekv=11 pu={grid['vm_pu']} phases=3 bus1=b{grid['bus']} ISC3={1e3 * SOURCE_KA} ISC1=5",
        transformer,
    ]
    lines += [
        f"New Line.L{row.Index} bus1=b{row.from_bus} bus2=b{row.to_bus} phases=3 r1={row.r_ohm_per_km} "
        f"x1={row.x_ohm_per_km} r0={row.r0_ohm_per_km} x0={row.x0_ohm_per_km} c1={row.c_nf_per_km} "
        f"c0={row.c0_nf_per_km} length={row.length_km} units=km"
        for row in net.line.itertuples()
    ]
    for row in net.asymmetric_load.itertuples():
        for phase, letter in enumerate("abc", start=1):
            p, q = 1e3 * getattr(row, f"p_{letter}_mw"), 1e3 * getattr(row, f"q_{letter}_mvar")
            if p:  # OpenDSS makes constant impedances of loads beyond 0.95 … 1.05 p.u. unless it is told not to
                lines.append(
                    f"New Load.D{row.Index}_{phase} bus1=b{row.bus}.{phase} phases=1 kV=0.23 kW={p} kvar={q} model=1 "
                    "vminpu=0.5 vmaxpu=1.5"
                )
    return [*lines, "Set VoltageBases=[11 0.416]", "CalcVoltageBases", "Set tolerance=1e-8", "Solve"]


def _opendss(net: Any) -> tuple[np.ndarray, float]:
    """Voltages [p.u.], shape (buses, 3), and losses [kW]."""
    for command in _script(net):
        DSS.Text.Command = command
    circuit = DSS.ActiveCircuit
    assert circuit.Solution.Converged
    found = np.empty((len(net.bus), 3))
    for row, (bus, rated_kv) in enumerate(net.bus["vn_kv"].items()):
        circuit.SetActiveBus(f"b{bus}")
        found[row] = np.asarray(circuit.ActiveBus.VMagAngle)[0::2] / (1e3 * rated_kv / np.sqrt(3))
    return found, circuit.Losses[0] / 1e3


@pytest.mark.parametrize("snapshot", ["on_peak_566", "off_peak_1", "off_peak_1440"])
def test_ieee_european_feeder_is_within_a_thousandth_of_opendss(snapshot: str) -> None:
    net = _feeder(snapshot)
    p, q = unbalanced_loads(net)
    year = unbalanced_year(net, p, q)
    peer, loss_kw = _opendss(net)
    assert year.solved.all()
    np.testing.assert_allclose(year.u_pu[:, :, 0], peer, rtol=0, atol=OPENDSS_PU)
    assert np.abs(year.u_pu[:, :, 0] - peer).max() < 1e-6  # it is far closer than that
    assert year.loss_kw[0] == pytest.approx(loss_kw, rel=1e-5)


def test_a_day_by_the_minute_balances_and_keeps_its_snapshots() -> None:
    net = _feeder("on_peak_566")
    p, q = unbalanced_loads(net)
    scale = np.linspace(0.0, 1.0, 24)
    day = unbalanced_year(net, p * scale, q * scale, megabytes=10)
    np.testing.assert_array_equal(day.u_pu[:, :, -1], unbalanced_year(net, p, q).u_pu[:, :, 0])
    np.testing.assert_allclose(day.supply_kw, (p * scale).sum(axis=(0, 1)) + day.loss_kw, rtol=1e-6, atol=1e-6)


def test_equal_phases_are_the_balanced_calculation() -> None:
    rng = np.random.default_rng(4)
    net = random_feeder(rng, 15)
    net.line["r0_ohm_per_km"], net.line["x0_ohm_per_km"], net.line["c0_nf_per_km"] = 0.8, 0.3, 100.0
    p = rng.uniform(0, 5, (len(net.bus), 4))
    three = unbalanced_year(net, np.repeat(p[:, None] / 3, 3, axis=1))
    one = power_year(net, p)
    np.testing.assert_allclose(three.u_pu, np.repeat(one.u_pu[:, None], 3, axis=1), rtol=0, atol=1e-6)
    np.testing.assert_allclose(three.line_percent, one.line_percent, rtol=1e-4, atol=1e-3)
    np.testing.assert_allclose(three.trafo_percent, one.trafo_percent, rtol=1e-4, atol=1e-3)
    assert three.unbalance_percent.max() < 1e-3
    assert three.neutral_a.max() < 1e-2


def test_unbalanced_net_is_equal_to_pandapower() -> None:
    rng = np.random.default_rng(9)
    net = random_feeder(rng, 12, shift=150.0)
    net.line["r0_ohm_per_km"], net.line["x0_ohm_per_km"], net.line["c0_nf_per_km"] = 0.8, 0.3, 100.0
    net.ext_grid["s_sc_max_mva"], net.ext_grid["rx_max"] = 1e8, 0.1  # pandapower holds its positive sequence
    net.ext_grid["x0x_max"], net.ext_grid["r0x0_max"] = 1.0, 0.1
    net.trafo["vector_group"], net.trafo["vk0_percent"], net.trafo["vkr0_percent"] = "Dyn", 6.0, 1.425
    net.trafo["mag0_percent"], net.trafo["mag0_rx"], net.trafo["si0_hv_partial"] = 100.0, 0.0, 0.9
    net.trafo["i0_percent"], net.trafo["pfe_kw"] = 0.0, 0.0
    for bus in net.bus.index[2:]:
        a, b, c = rng.uniform(0, 4e-3, 3)
        pp.create_asymmetric_load(
            net, bus, p_a_mw=a, p_b_mw=b, p_c_mw=c, q_a_mvar=a / 3, q_b_mvar=b / 3, q_c_mvar=c / 3
        )
    year = unbalanced_year(net, *unbalanced_loads(net))
    quiet(pp.runpp_3ph, net, tolerance_mva=1e-10)
    peer = net.res_bus_3ph[["vm_a_pu", "vm_b_pu", "vm_c_pu"]]
    np.testing.assert_allclose(year.u_pu[:, :, 0], peer, rtol=0, atol=1e-5)
    np.testing.assert_allclose(year.unbalance_percent[:, 0], net.res_bus_3ph["unbalance_percent"], rtol=1e-3, atol=1e-4)
    np.testing.assert_allclose(year.neutral_a[:, 0], 1e3 * net.res_line_3ph["i_n_from_ka"], rtol=1e-3, atol=1e-3)


@settings(max_examples=15)
@given(seed=st.integers(0, 10_000), scale=st.floats(-2.0, 2.0))
def test_what_comes_in_is_loads_and_losses(seed: int, scale: float) -> None:
    rng = np.random.default_rng(seed)
    net = random_feeder(rng, 12)
    net.line["r0_ohm_per_km"], net.line["x0_ohm_per_km"] = 0.8, 0.3
    p = scale * rng.uniform(-1, 1, (len(net.bus), 3, 3))
    year = unbalanced_year(net, p, 0.2 * p)
    passed = np.abs(p).sum(axis=(0, 1)) + year.loss_kw
    assert (np.abs(year.supply_kw - p.sum(axis=(0, 1)) - year.loss_kw) <= 1e-6 * passed + 1e-9).all()


@given(st.lists(st.floats(0.0, 22.0), min_size=1, max_size=60))
def test_phases_carry_about_the_same(kw: list[float]) -> None:
    phase = assign_phases(kw)
    carried = np.bincount(phase, kw, 3)
    assert carried.max() - carried.min() <= max(kw) + 1e-9


def test_devices_are_summed_at_bus_and_phase() -> None:
    net = random_feeder(np.random.default_rng(1), 4)
    found = phase_loads(net, [2, 2, 3], [0, 0, 3], [[1.0], [2.0], [6.0]])
    assert found[2, :, 0].tolist() == [3.0, 0.0, 0.0]
    assert found[3, :, 0].tolist() == [2.0, 2.0, 2.0]
    with pytest.raises(InputError, match="bus 77"):
        phase_loads(net, [77], [0], [[1.0]])


def test_a_step_that_collapses_is_told_and_the_others_are_right() -> None:
    net = random_feeder(np.random.default_rng(1), 6)
    net.line["r0_ohm_per_km"], net.line["x0_ohm_per_km"] = 0.8, 0.3
    p = np.full((len(net.bus), 3, 3), 0.5)
    p[-1, 0, 1] = 5e5
    year = unbalanced_year(net, p)
    assert year.solved.tolist() == [True, False, True]
    assert np.isnan(year.u_pu[:, :, 1]).all()
    assert np.isnan(year.line_percent[:, 1]).all()
    assert np.isfinite(year.u_pu[:, :, [0, 2]]).all()


def test_missing_zero_sequence_is_told() -> None:
    net = random_feeder(np.random.default_rng(1), 4)
    with pytest.raises(InputError, match="r0_ohm_per_km"):
        unbalanced_year(net, np.zeros((len(net.bus), 3, 1)))
