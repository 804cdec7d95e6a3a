"""Plug flow: the measured pipe of Liège, closed solutions, whole networks, standing and reversed water."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.integrate import quad, solve_ivp
from scipy.special import i0e

from assets._errors import InputError
from assets.fluids.water import WARM_KG_M3
from assets.networks.graph import Tree, sum_below
from assets.networks.heat._plug_flow_kernel import film_w_m2_k, viscosity_pa_s
from assets.networks.heat.plug_flow import (
    CP_J_KG_K,
    PlugFlow,
    PlugPipes,
    insulated_pipes,
    pipe_ends,
    plug_state,
    run_plug_flow,
)
from tests.assets.pipe_cases import RUNS, liege_pipe, read_run, rmse, simulated

NAN = np.nan


def one_pipe(length: float = 200.0, diameter: float = 0.1, wall: float = 1.0, loss: float = 0.0) -> PlugPipes:
    return PlugPipes(*(np.array([v]) for v in (0, 1)), *(np.array([v]) for v in (length, diameter, wall, loss)))


def water_kg(pipe: PlugPipes) -> float:
    return float(WARM_KG_M3 * np.pi / 4 * pipe.inner_diameter_m[0] ** 2 * pipe.length_m[0])


def residual(found: PlugFlow) -> np.ndarray:
    """in − out − loss − stored, of each step [kWh]."""
    lost = found.loss_kwh.sum(axis=0, dtype=np.float64)
    return np.asarray(found.entered_kwh - found.left_kwh - lost - found.stored_kwh)


@pytest.mark.parametrize("name", RUNS)
def test_the_measured_pipe_of_liege(shared_data: Path, name: str) -> None:
    """Outlet within 0.7 K RMSE of the measurement, on a fine grid too."""
    run = read_run(shared_data, name)
    assert rmse(simulated(run).node_c[1], run) < 0.65
    assert rmse(simulated(run, cell_m=0.2).node_c[1], run) < 0.7


def test_viscosity_of_water() -> None:
    """IAPWS 2008 at 1 bar: 1.0016, 0.4664 and 0.2817 mPa s at 20, 60 and 100 °C."""
    assert_allclose([viscosity_pa_s(t) for t in (20.0, 60.0, 100.0)], [1.0016e-3, 0.4664e-3, 0.2817e-3], rtol=0.015)


def test_the_film_at_the_wall() -> None:
    """Dittus and Boelter (1930) at Re 100,000 within its own 15 %; 3.66 k/d in laminar and standing water."""
    flow = 1e5 * np.pi * 0.1 * viscosity_pa_s(60.0) / 4
    prandtl, conductivity = CP_J_KG_K * viscosity_pa_s(60.0) / 0.651, 0.651
    assert film_w_m2_k(flow, 0.1, 60.0, CP_J_KG_K) == pytest.approx(
        0.023 * 1e5**0.8 * prandtl**0.4 * conductivity / 0.1, rel=0.15
    )
    assert film_w_m2_k(0.0, 0.1, 60.0, CP_J_KG_K) == pytest.approx(3.66 * 6.51, rel=0.01)


def test_a_front_follows_schumann() -> None:
    """Step response of a tube with a wall of heat capacity: Schumann (1929), within 2 % of the step."""
    pipe = one_pipe(length=100.0, diameter=0.05, wall=3000.0)
    flow, hours = 0.6, 600
    film = film_w_m2_k(flow, 0.05, 60.0, CP_J_KG_K) * np.pi * 0.05
    inlet = np.array([[60.0] * hours, [NAN] * hours])
    state = plug_state(pipe, 50.0, cell_m=0.25, cells=(4, 1000))
    found = run_plug_flow(pipe, state, np.full((1, hours), flow), inlet_c=inlet, ambient_c=10.0, step_s=1.0)
    along = film * 100.0 / (flow * CP_J_KG_K)

    def response(t: float) -> float:
        # 1 − e^(−τ) ∫ e^(−s) I0(2 √(τ s)) ds, the exponentials joined.
        tau = film / 3000.0 * (t - water_kg(pipe) / flow)
        if tau < 0:
            return 0.0
        return (
            1.0 - quad(lambda s: np.exp(-((np.sqrt(s) - np.sqrt(tau)) ** 2)) * i0e(2 * np.sqrt(tau * s)), 0, along)[0]
        )

    expected = [response(t + 0.5) for t in range(hours)]
    assert_allclose((found.node_c[1] - 50.0) / 10.0, expected, atol=0.02)


def test_the_wall_delays_a_front_by_its_heat() -> None:
    """By 1 + wall's by water's heat capacity: van der Heijde et al. (2017), equation 15."""
    pipe = one_pipe(wall=8000.0)
    ratio = 8000.0 * 200.0 / (water_kg(pipe) * CP_J_KG_K)
    inlet = np.array([[80.0] * 400, [NAN] * 400])
    found = run_plug_flow(
        pipe, plug_state(pipe, 40.0), np.full((1, 400), 5.0), inlet_c=inlet, ambient_c=10.0, step_s=2.0
    )
    half = 2.0 * float(np.interp(60.0, found.node_c[1], np.arange(400) + 0.5))
    assert half == pytest.approx(water_kg(pipe) / 5.0 * (1 + ratio), rel=0.01)


@pytest.mark.parametrize("flow", [0.02, 0.3, 4.0])
@pytest.mark.parametrize("step", [30.0, 3600.0])
def test_a_steady_pipe_loses_heat_by_the_known_law(flow: float, step: float) -> None:
    """T_a + (T_in − T_a) exp(−U L / (m cp)), U of film and insulation in series, within 0.02 K or 0.3 % of the drop."""
    pipe = insulated_pipes([0], [1], 300.0, 0.07, wall_m=0.003, insulation_m=0.03)
    film = film_w_m2_k(flow, 0.07, 80.0, CP_J_KG_K) * np.pi * 0.07
    u = 1.0 / (1.0 / film + 1.0 / pipe.loss_w_m_k[0])
    expected = 5.0 + 75.0 * np.exp(-u * 300.0 / (flow * CP_J_KG_K))
    steps = int(200_000 / step)
    inlet = np.array([[80.0] * steps, [NAN] * steps])
    state = plug_state(pipe, 60.0)
    found = run_plug_flow(pipe, state, np.full((1, steps), flow), inlet_c=inlet, ambient_c=5.0, step_s=step)
    assert found.node_c[1, -1] == pytest.approx(expected, abs=max(0.02, 0.003 * (80.0 - expected)))
    assert_allclose(residual(found), 0.0, atol=1e-6 * found.entered_kwh[0])


def test_standing_water_cools_as_two_bodies() -> None:
    """Against scipy's integration of water, wall and ground for two days, within 0.1 K of 60 K."""
    pipe = insulated_pipes([0], [1], 50.0, 0.1, wall_m=0.004, insulation_m=0.04)
    state = plug_state(pipe, 90.0)
    still = np.zeros((1, 48))
    found = run_plug_flow(pipe, state, still, inlet_c=np.full((2, 48), NAN), ambient_c=5.0, step_s=3600.0)
    film = film_w_m2_k(0.0, 0.1, 90.0, CP_J_KG_K) * np.pi * 0.1
    water = water_kg(pipe) / 50.0 * CP_J_KG_K

    def slope(_: float, y: np.ndarray) -> list[float]:
        given = film * (y[0] - y[1])
        return [-given / water, (given - pipe.loss_w_m_k[0] * (y[1] - 5.0)) / pipe.wall_j_m_k[0]]

    exact = solve_ivp(slope, (0, 48 * 3600), [90.0, 90.0], method="LSODA", rtol=1e-10, atol=1e-10)
    # The film thins out as the water cools: its coefficient is that of the water at each step's start.
    assert found.state.water_c[5] == pytest.approx(exact.y[0, -1], abs=0.1)
    assert found.loss_kwh.sum() == pytest.approx(-found.stored_kwh.sum(), rel=1e-6)
    assert np.isfinite(found.node_c).all()


def test_water_pumped_in_and_back_comes_out_as_it_went_in() -> None:
    """Reversed flow returns the plug, the last first; a wall of next to no heat capacity takes nothing."""
    pipe = one_pipe(wall=1e-6)
    flow = np.array([[2.0] * 20 + [0.0] * 10 + [-2.0] * 40])
    inlet = np.full((2, 70), NAN)
    inlet[0, :20] = 80.0
    inlet[1, 30:] = 40.0
    state = plug_state(pipe, 40.0, cell_m=2.0)
    found = run_plug_flow(pipe, state, flow, inlet_c=inlet, ambient_c=10.0, step_s=20.0)
    assert_allclose(found.node_c[0, 31:45], 80.0, atol=0.5)
    assert found.node_c[0, -1] == pytest.approx(40.0, abs=0.5)
    back = (found.start_c[0, 30:] - 40.0).sum() * 2.0
    assert back == pytest.approx(20 * 2.0 * 40.0, rel=1e-3), "all the heat comes back"


def test_an_hour_at_one_stroke_is_sixty_minutes() -> None:
    """A steady pipe is not worked through cell by cell; energies agree within 0.2 %."""
    pipe = insulated_pipes([0], [1], 80.0, 0.05, wall_m=0.003, insulation_m=0.03)
    flows = np.array([0.5, 0.0, 0.8, -0.4])
    inlet = np.array([[80.0, NAN, 70.0, NAN], [NAN, NAN, NAN, 50.0]])
    by_hour = run_plug_flow(pipe, plug_state(pipe, 60.0), flows[None], inlet_c=inlet, ambient_c=8.0, step_s=3600.0)
    by_minute = run_plug_flow(
        pipe,
        plug_state(pipe, 60.0),
        flows.repeat(60)[None],
        inlet_c=inlet.repeat(60, axis=1),
        ambient_c=8.0,
        step_s=60.0,
    )
    assert_allclose(by_minute.left_kwh.reshape(4, 60).sum(axis=1), by_hour.left_kwh, rtol=1e-4, atol=1e-9)
    assert_allclose(by_minute.loss_kwh.reshape(4, 60).sum(axis=1), by_hour.loss_kwh[0], rtol=2e-3)


def test_a_run_goes_on_from_its_state() -> None:
    pipe = liege_pipe()
    inlet = np.array([np.linspace(30, 70, 40), [NAN] * 40])
    flow = np.full((1, 40), 0.7)
    whole = run_plug_flow(pipe, plug_state(pipe, 20.0), flow, inlet_c=inlet, ambient_c=18.0, step_s=7.0)
    first = run_plug_flow(pipe, plug_state(pipe, 20.0), flow[:, :25], inlet_c=inlet[:, :25], ambient_c=18.0, step_s=7.0)
    second = run_plug_flow(pipe, first.state, flow[:, 25:], inlet_c=inlet[:, 25:], ambient_c=18.0, step_s=7.0)
    assert_allclose(np.concatenate([first.node_c, second.node_c], axis=1), whole.node_c)


def test_two_streams_mix_by_their_mass() -> None:
    """2 kg/s of 80 °C and 1 kg/s of 50 °C give 3 kg/s of 70 °C, in a tree and with pipes laid either way round."""
    pipes = PlugPipes(
        np.array([0, 2, 2]),
        np.array([2, 1, 3]),
        np.full(3, 20.0),
        np.full(3, 0.05),
        np.full(3, 500.0),
        np.zeros(3),
    )
    flow = np.array([[2.0], [-1.0], [3.0]]).repeat(50, axis=1)
    inlet = np.array([[80.0], [50.0], [NAN], [NAN]]).repeat(50, axis=1)
    found = run_plug_flow(pipes, plug_state(pipes, 60.0), flow, inlet_c=inlet, ambient_c=10.0, step_s=60.0)
    assert_allclose(found.node_c[2:, -1], 70.0, atol=1e-4)


def test_a_tree_against_pandapipes() -> None:
    """Steady supply tree of seven pipes: node temperatures within 0.05 K of pandapipes' heat transfer."""
    pandapipes = pytest.importorskip("pandapipes")
    tree = Tree(
        np.arange(8),
        np.array([-1, 0, 1, 1, 2, 2, 3, 3]),
        np.array([-1, 0, 1, 2, 3, 4, 5, 6]),
        np.array([0.0, 100, 80, 60, 40, 30, 50, 90]),
    )
    rows, start, end = pipe_ends(tree)
    demand = np.array([0.0, 0, 0, 0, 0.3, 0.2, 0.25, 0.15])
    flow = sum_below(tree, demand)[rows]
    pipes = insulated_pipes(start, end, tree.length_m[rows], 0.04, wall_m=0.0026, insulation_m=0.03)
    steps = 24
    inlet = np.full((8, steps), NAN)
    inlet[0] = 75.0
    found = run_plug_flow(
        pipes, plug_state(pipes, 40.0), flow[:, None].repeat(steps, 1), inlet_c=inlet, ambient_c=6.0, step_s=3600.0
    )
    net = pandapipes.create_empty_network(fluid="water")
    joint = [pandapipes.create_junction(net, 6.0, 348.15) for _ in range(8)]
    pandapipes.create_ext_grid(net, joint[0], 6.0, 348.15)
    for i in range(7):
        film = film_w_m2_k(flow[i], 0.04, 75.0, CP_J_KG_K) * np.pi * 0.04
        u = 1.0 / (1.0 / film + 1.0 / pipes.loss_w_m_k[i])
        pandapipes.create_pipe_from_parameters(
            net, joint[start[i]], joint[end[i]], pipes.length_m[i] / 1000, inner_diameter_mm=40.0, k_mm=0.05,
            u_w_per_m2k=u / (np.pi * 0.04), text_k=279.15, sections=1,
        )  # fmt: skip
    for v in range(4, 8):
        pandapipes.create_sink(net, joint[v], demand[v])
    pandapipes.pipeflow(net, mode="sequential", use_numba=False)
    assert_allclose(found.node_c[:, -1], net.res_junction.t_k.to_numpy() - 273.15, atol=0.05)


@st.composite
def networks(draw: st.DrawFn) -> tuple[PlugPipes, np.ndarray, np.ndarray, np.ndarray, float]:
    """Random forests whose flows turn round and stand still, with water of any temperature entering anywhere."""
    count, steps = draw(st.integers(2, 9)), draw(st.integers(1, 12))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    parent = np.array([rng.integers(0, i) for i in range(1, count)])
    turned = rng.random(count - 1) < 0.5
    child = np.arange(1, count)
    start, end = np.where(turned, child, parent), np.where(turned, parent, child)
    pipes = PlugPipes(
        start,
        end,
        rng.uniform(1, 400, count - 1),
        rng.uniform(0.02, 0.6, count - 1),
        10 ** rng.uniform(1, 5, count - 1),
        rng.choice([0.0, 0.2, 3.0], count - 1),
    )
    flow = rng.normal(0, 10 ** rng.uniform(-3, 2), (count - 1, steps)) * (rng.random((count - 1, steps)) < 0.8)
    step = 10 ** rng.uniform(0, 4, steps)
    return pipes, flow, rng.uniform(2, 95, (count, steps)), step, float(rng.uniform(-20, 30))


@given(networks())
@settings(max_examples=150)
def test_no_heat_comes_from_nowhere(case: tuple[PlugPipes, np.ndarray, np.ndarray, np.ndarray, float]) -> None:
    """in − out − loss − stored is below 1e-6 of what passes and is held; no temperature leaves the range of all."""
    pipes, flow, inlet, step, ambient = case
    found = run_plug_flow(pipes, plug_state(pipes, 50.0), flow, inlet_c=inlet, ambient_c=ambient, step_s=step)
    held = (WARM_KG_M3 * np.pi / 4 * pipes.inner_diameter_m**2 * CP_J_KG_K + pipes.wall_j_m_k) * pipes.length_m
    passed = found.entered_kwh + held.sum() * 50.0 / 3.6e6
    assert (np.abs(residual(found)) <= 1e-6 * passed).all()
    low, high = min(ambient, 50.0, inlet.min()), max(ambient, 50.0, inlet.max())
    for values in (found.node_c, found.start_c, found.end_c, found.state.wall_c, found.state.water_c):
        assert values.min() >= low - 1e-3
        assert values.max() <= high + 1e-3


def test_findings_are_told_at_once() -> None:
    pipe = one_pipe(length=-1.0)
    with pytest.raises(InputError) as told:
        run_plug_flow(
            pipe, plug_state(pipe, 10.0), np.zeros((2, 3)), inlet_c=np.zeros((1, 3)), ambient_c=NAN, step_s=-1.0
        )
    assert len(told.value.findings) == 4
    pipe = one_pipe()
    with pytest.raises(InputError, match=r"node 1, step 2: 1 kg/s enter"):
        run_plug_flow(
            pipe,
            plug_state(pipe, 10.0),
            np.array([[1.0, 1.0, -1.0]]),
            inlet_c=np.array([[50.0] * 3, [NAN] * 3]),
            ambient_c=5.0,
            step_s=60.0,
        )
    with pytest.raises(InputError, match=r"ambient_c has shape \(4,\)"):
        run_plug_flow(
            pipe, plug_state(pipe, 10.0), np.zeros((1, 3)), inlet_c=np.zeros((2, 3)), ambient_c=[1] * 4, step_s=1
        )


def test_water_cannot_run_in_a_circle() -> None:
    loop = PlugPipes(
        np.array([0, 1, 2]), np.array([1, 2, 0]), np.full(3, 10.0), np.full(3, 0.1), np.full(3, 100.0), np.zeros(3)
    )
    with pytest.raises(InputError, match="step 0: water runs in a circle"):
        run_plug_flow(
            loop, plug_state(loop, 50.0), np.ones((3, 1)), inlet_c=np.full((3, 1), NAN), ambient_c=5.0, step_s=60.0
        )
