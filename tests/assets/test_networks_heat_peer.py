"""The sweep against pandapipes, which solves the whole network at once: the same pipes, water and hours."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from assets.networks.graph import Graph
from assets.networks.heat import Consumers, HeatYear, MeshHours, Producers, heat_year, mesh_hours
from assets.networks.heat import meshed as meshed_solver
from tests.assets.clock import clock
from tests.assets.heat_network_cases import Net, consumers, random_net

TEMPERATURE_K = 0.1
PRESSURE = 0.01
KEEP = ("supply_temp_c", "return_temp_c", "mass_flow_kg_s", "pressure_kpa")


@pytest.fixture(autouse=True)
def without_numba(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pandapipes would compile for half a minute in every process."""
    monkeypatch.setitem(meshed_solver._OPTIONS, "use_numba", False)


def both(
    net: Net, asked: Consumers, producers: Producers, supply: np.ndarray, ground: np.ndarray
) -> tuple[HeatYear, MeshHours]:
    year = heat_year(
        net.tree, net.pipes, asked, producers, supply, ground, sizes=net.sizes, keep=KEEP, time=clock(asked.heat_kw)
    )
    edges = np.arange(net.graph.edge_count)
    return year, mesh_hours(net.graph, edges, net.pipes[1:], asked, producers, supply, ground, sizes=net.sizes)


def agree(year: HeatYear, peer: MeshHours, high: slice = slice(None)) -> None:
    """0.1 K everywhere; 1 % of the pump's head; 1 % of the worst way's friction at any node in the `high` hours.

    In hours of low load many branches are laminar, where pandapipes goes on with Colebrook's law: that shows at nodes
    behind them, not in the head. The first hour is steady as pandapipes' are; later ones lose heat as warm as the hour
    before has left the pipes besides.
    """
    assert np.abs(year.supply_temp_c - peer.supply_temp_c).max() < TEMPERATURE_K
    assert np.abs(year.return_temp_c - peer.return_temp_c).max() < TEMPERATURE_K
    np.testing.assert_allclose(year.head_kpa[0], peer.head_kpa, rtol=PRESSURE)
    worst = peer.pressure_kpa.max(axis=0) - peer.pressure_kpa.min(axis=0)
    ours = year.pressure_kpa[0] - year.pressure_kpa
    theirs = peer.pressure_kpa[0] - peer.pressure_kpa
    assert (np.abs(ours - theirs) <= PRESSURE * worst)[:, high].all()
    np.testing.assert_allclose(year.mass_flow_kg_s[1:], peer.mass_flow_kg_s, rtol=0.005, atol=1e-3)
    np.testing.assert_allclose(year.loss_kw[0], peer.loss_kw[0], rtol=1e-3)
    np.testing.assert_allclose(year.loss_kw, peer.loss_kw, rtol=0.02)
    np.testing.assert_allclose(year.producer_heat_kw.sum(axis=0) - year.stored_kw, peer.producer_heat_kw.sum(axis=0),
                               rtol=2e-3)  # fmt: skip


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_200_buildings(seed: int) -> None:
    net = random_net(200, seed)
    load = np.array([1.0, 0.6, 0.3, 0.12])
    supply, ground = np.array([90.0, 85.0, 75.0, 70.0]), np.array([3.0, 5.0, 8.0, 12.0])
    agree(*both(net, consumers(net, load, seed), Producers([0]), supply, ground), high=slice(0, 3))


def test_2000_buildings() -> None:
    net = random_net(2000, 4, reach=200, gradient_pa_m=200.0)
    agree(
        *both(net, consumers(net, np.array([0.9, 0.3])), Producers([0]), np.array([90.0, 80.0]), np.array([3.0, 8.0]))
    )


def test_two_producers_turn_the_flow() -> None:
    """A plant of given heat far out feeds the streets around it: flow comes up to the root's side there."""
    net = random_net(60, 5)
    far = 59
    asked = consumers(net, np.array([0.8, 0.4, 0.2]))
    total = np.asarray(asked.heat_kw).sum(axis=0)
    given = np.vstack([np.full(3, np.nan), total * [0.3, 0.5, 0.6]])
    producers = Producers([0, far], given, supply_temp_c=np.array([85.0, 78.0]))
    year, peer = both(net, asked, producers, np.full(3, 85.0), np.full(3, 6.0))
    assert (year.mass_flow_kg_s[far] < -0.1).all()
    agree(year, peer)
    np.testing.assert_allclose(year.producer_heat_kw[1], given[1], rtol=2e-4)


def test_consumers_of_given_drop() -> None:
    net = random_net(40, 6)
    asked = consumers(net, np.array([1.0, 0.5]))
    asked = Consumers(asked.node, asked.heat_kw, drop_k=35.0)
    year, peer = both(net, asked, Producers([0]), np.array([88.0, 80.0]), np.array([5.0, 5.0]))
    assert np.abs(year.supply_temp_c - peer.supply_temp_c).max() < TEMPERATURE_K
    assert np.abs(year.return_temp_c - peer.return_temp_c).max() < TEMPERATURE_K
    np.testing.assert_allclose(year.head_kpa[0], peer.head_kpa, rtol=PRESSURE)


def test_hour_with_consumers_that_rest() -> None:
    """A third of the buildings draw nothing: their branches stand, the others' temperatures are pandapipes'."""
    net = random_net(45, 7)
    asked = consumers(net, np.array([0.7]))
    heat = np.asarray(asked.heat_kw).copy()
    heat[::3] = 0.0
    year, peer = both(
        net, Consumers(asked.node, heat, return_temp_c=45.0), Producers([0]), np.full(1, 85.0), np.full(1, 6.0)
    )
    flows = np.abs(year.mass_flow_kg_s[:, 0]) > 1e-6
    assert not flows[asked.node[::3]].any()
    np.testing.assert_allclose(year.supply_temp_c[flows], peer.supply_temp_c[flows], atol=TEMPERATURE_K)
    np.testing.assert_allclose(year.supply_temp_c[asked.node[::3]], 6.0, atol=1e-4)
    np.testing.assert_allclose(year.head_kpa[0], peer.head_kpa, rtol=PRESSURE)


def test_a_loop_splits_the_flow() -> None:
    """A ring: both ways round lose the same pressure, and without its last edge it is the sweep's tree."""
    net = random_net(12, 8)
    asked = consumers(net, np.array([0.9, 0.5]))
    leaf = 11
    ring = Graph(
        net.graph.x_m, net.graph.y_m, np.append(net.graph.start, 0), np.append(net.graph.end, leaf),
        np.append(net.graph.length_m, 80.0), np.append(net.graph.mapped, False),
    )  # fmt: skip
    edges, pipes = np.arange(ring.edge_count), np.append(net.pipes[1:], net.pipes[1:].max())
    supply, ground = np.full(2, 85.0), np.full(2, 6.0)
    meshed = mesh_hours(ring, edges, pipes, asked, Producers([0]), supply, ground, sizes=net.sizes)
    tree = mesh_hours(ring, edges[:-1], pipes[:-1], asked, Producers([0]), supply, ground, sizes=net.sizes)
    assert (np.abs(meshed.mass_flow_kg_s[-1]) > 0.01).all()
    assert (meshed.head_kpa < tree.head_kpa).all()
    at_leaf = np.zeros(2)
    for edge in range(ring.edge_count):
        at_leaf += meshed.mass_flow_kg_s[edge] * ((ring.end[edge] == leaf) - 1.0 * (ring.start[edge] == leaf))
    np.testing.assert_allclose(at_leaf, 0.0, atol=1e-4)
    year = heat_year(
        net.tree,
        net.pipes,
        asked,
        Producers([0]),
        supply,
        ground,
        sizes=net.sizes,
        keep=KEEP,
        time=clock(asked.heat_kw),
    )
    agree(year, replace(tree, mass_flow_kg_s=tree.mass_flow_kg_s[:-1]), high=slice(0, 1))
