"""What must hold for any tree, any loads and any producers: heat and mass balance, no hour without a number, order."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq

from assets.networks.graph import Tree
from assets.networks.heat import Consumers, HeatYear, Producers, constant_liquid, heat_pipes, heat_year
from tests.assets.clock import clock
from tests.assets.heat_network_cases import consumers, random_net, tree_of_parents, year_of_load

SIZES = heat_pipes("steel_single", 1)
HOURS = 70
BALANCE = 1e-6
"""Of the heat that passes."""


def random_tree(rng: np.random.Generator, nodes: int) -> Tree:
    parent = np.array([-1] + [int(rng.integers(0, i)) for i in range(1, nodes)])
    return tree_of_parents(parent, np.where(parent < 0, 0.0, rng.uniform(1.0, 300.0, nodes)))[0]


def checked(tree: Tree, year: HeatYear, node: np.ndarray, producers: np.ndarray) -> None:
    """Heat in = out + loss + change of content; flow into a node = flow out; every value a number."""
    passing = np.abs(year.producer_heat_kw).sum(axis=0) + np.abs(year.loss_kw) + np.abs(year.stored_kw)
    passing += np.abs(year.met_kw)
    assert (np.abs(year.balance_kw) <= BALANCE * passing + 1e-9).all()
    assert all(np.isfinite(array).all() for array in vars(year).values() if isinstance(array, np.ndarray))
    into = year.mass_flow_kg_s.astype(np.float64)
    into[tree.parent < 0] = 0.0
    np.add.at(into, tree.parent[tree.parent >= 0], -year.mass_flow_kg_s[tree.parent >= 0].astype(np.float64))
    np.subtract.at(into, node, year.consumer_flow_kg_s.astype(np.float64))
    inner = np.setdiff1d(np.arange(len(tree.parent)), producers)
    scale = np.abs(year.mass_flow_kg_s).max() + 1e-3
    assert np.abs(into[inner]).max(initial=0.0) <= 1e-6 * scale


@settings(max_examples=40)
@given(seed=st.integers(0, 10_000), nodes=st.integers(2, 40), kind=st.sampled_from(["heating", "cooling", "ambient"]),
       by_drop=st.booleans(), feeders=st.integers(0, 2))  # fmt: skip
def test_any_sequence_of_loads_is_balanced(seed: int, nodes: int, kind: str, by_drop: bool, feeders: int) -> None:
    """Loads over five decades with hours and consumers at rest, producers of given heat, supply that jumps."""
    rng = np.random.default_rng(seed)
    tree = random_tree(rng, nodes)
    count = int(rng.integers(1, nodes + 2))
    node = rng.integers(0, nodes, count)
    heat = 10.0 ** rng.uniform(-3.0, 2.0, (count, 1)) * rng.uniform(0.0, 1.0, (count, HOURS))
    heat[:, rng.random(HOURS) < 0.2] = 0.0
    heat[rng.random(heat.shape) < 0.2] = 0.0
    if kind == "ambient":
        heat *= rng.choice([-1.0, 1.0], (count, 1))
        by_drop, feeders = True, 0
    supply, back, drop = {"heating": (80.0, 45.0, 30.0), "cooling": (6.0, 13.0, 7.0), "ambient": (14.0, 9.0, 5.0)}[kind]
    aim = {"drop_k": drop} if by_drop else {"return_temp_c": back}
    asked = Consumers(node, heat, **aim, bypass_kg_s=rng.choice([0.0, 0.01], count))
    given_kw = np.vstack([np.full(HOURS, np.nan), rng.uniform(0.0, 0.5, (feeders, HOURS)) * heat.sum(axis=0)])
    where = rng.integers(0, nodes, feeders + 1)
    producers = Producers(where, given_kw, return_temp_c=back if kind == "ambient" else None)
    line = supply + np.where(rng.random(HOURS) < 0.3, 2.0, 0.0)
    pipes = rng.integers(0, 8, nodes)
    ground = rng.uniform(2.0, 12.0, HOURS) if seed % 2 else 8.0
    year = heat_year(
        tree, pipes, asked, producers, line, ground, sizes=SIZES, kind=kind, keep="all", time=clock(asked.heat_kw)
    )
    checked(tree, year, node, where)
    assert (year.shortfall_kw >= 0.0).all()
    assert feeders or not len(year.unsolved_hours)
    if kind == "heating":
        bounded(year, float(np.min(ground)), line.max())
        assert seed % 2 or (year.loss_kw_by_pipe >= 0.0).all()


def bounded(year: HeatYear, ground_c: float, supply_c: float) -> None:
    """No water is hotter than what is fed in, or colder than the ground, within 0.01 K."""
    for temp in (year.supply_temp_c, year.return_temp_c, year.consumer_supply_temp_c, year.consumer_return_temp_c):
        assert temp.max() <= supply_c + 0.01
        assert temp.min() >= ground_c - 0.01


@pytest.mark.parametrize("length_m", [50.0, 300.0, 1500.0])
def test_flow_that_would_go_to_and_fro(length_m: float) -> None:
    """A consumer behind a long pipe: from flow to supply temperature to flow and so on never ends where the pipe is
    long. The flow is the equation's zero within the solver's 1e-4, as bracketed by Brent's method."""
    heat, back, u, feed, ground = 1.0, 45.0, float(SIZES.u_w_m_k[0]) / 1000.0, 80.0, 8.0
    water = constant_liquid(4.2, 980.0, 4e-4)

    def gap(flow: float) -> float:
        return ground + (feed - ground) * np.exp(-u * length_m / (4.2 * flow)) - back

    flow, seen = heat / (4.2 * (feed - back)), []
    for _ in range(200):
        flow = heat / (4.2 * max(gap(flow), 0.5))
        seen.append(flow)
    cycles = abs(seen[-1] / seen[-2] - 1.0) > 0.01
    assert cycles == (length_m > 100.0)
    expected = brentq(lambda m: 4.2 * m * gap(m) - heat, 1e-4, 1.0, xtol=1e-14)
    tree = tree_of_parents(np.array([-1, 0]), np.array([0.0, length_m]))[0]
    asked = Consumers([1], np.full((1, HOURS), heat), return_temp_c=back, most_kg_s=1.0)
    year = heat_year(
        tree,
        [0, 0],
        asked,
        Producers([0]),
        feed,
        ground,
        sizes=SIZES,
        water=water,
        keep="all",
        time=clock(asked.heat_kw),
    )
    assert not len(year.unsolved_hours)
    np.testing.assert_allclose(year.mass_flow_kg_s[1], expected, rtol=1e-4)
    assert (np.abs(year.balance_kw) <= BALANCE * year.producer_heat_kw[0]).all()


@settings(max_examples=25)
@given(seed=st.integers(0, 10_000), feeders=st.integers(1, 3))
def test_flow_that_turns_round_is_bounded(seed: int, feeders: int) -> None:
    """Plants of given heat up to all that is drawn, far out: kinks and stagnant pipes between them. Every hour is
    balanced and within bounds, loses heat, and hardly one of them is unsolved."""
    rng, net = np.random.default_rng(seed), random_net(25, seed)
    load = rng.choice([0.0, 0.02, 0.1, 0.5, 1.0], HOURS)
    asked = consumers(net, load, seed)
    total = np.asarray(asked.heat_kw).sum(axis=0)
    given_kw = np.vstack([np.full(HOURS, np.nan), rng.uniform(0.0, 1.2, (feeders, HOURS)) * total / feeders])
    where = np.r_[0, rng.choice(np.arange(1, 25), feeders, replace=False)]
    year = heat_year(
        net.tree,
        net.pipes,
        asked,
        Producers(where, given_kw),
        80.0,
        8.0,
        sizes=net.sizes,
        keep="all",
        time=clock(asked.heat_kw),
    )
    checked(net.tree, year, net.consumer_node, where)
    bounded(year, 8.0, 80.0)
    assert (year.loss_kw_by_pipe >= 0.0).all()
    assert len(year.unsolved_hours) <= 1


def test_a_year_is_balanced_and_solved() -> None:
    net = random_net(100, 11)
    load = year_of_load()
    supply = 70.0 + 25.0 * (load - load.min())
    year = heat_year(
        net.tree, net.pipes, consumers(net, load), Producers([0]), supply, 8.0, sizes=net.sizes, time=clock(load)
    )
    assert (np.abs(year.balance_kw) <= BALANCE * year.producer_heat_kw[0]).all()
    assert year.shortfall_kw.sum() == 0.0
    assert not len(year.unsolved_hours)
    asked = np.asarray(consumers(net, load).heat_kw).sum()
    assert year.met_kw.sum() == pytest.approx(asked, rel=1e-9)
    assert 0.05 < year.loss_kw.sum() / year.producer_heat_kw.sum() < 0.25


@settings(max_examples=5)
@given(seed=st.integers(0, 1000), share=st.floats(0.1, 0.7))
def test_year_with_three_producers_is_solved(seed: int, share: float) -> None:
    """Two far plants of given heat and one that balances: flow turns, and every hour is solved."""
    net, rng = random_net(50, seed), np.random.default_rng(seed)
    load = year_of_load(2000, seed)
    asked = consumers(net, load, seed)
    total = np.asarray(asked.heat_kw).sum(axis=0)
    given_kw = np.vstack([np.full(2000, np.nan), 0.5 * share * total, np.full(2000, 0.5 * share * total.mean())])
    where = np.r_[0, rng.choice(np.arange(1, 50), 2, replace=False)]
    year = heat_year(
        net.tree,
        net.pipes,
        asked,
        Producers(where, given_kw),
        80.0,
        8.0,
        sizes=net.sizes,
        keep="all",
        time=clock(asked.heat_kw),
    )
    checked(net.tree, year, net.consumer_node, where)
    assert not len(year.unsolved_hours)
    np.testing.assert_allclose(year.producer_heat_kw[1], given_kw[1], rtol=1e-3)


@settings(max_examples=15)
@given(seed=st.integers(0, 1000))
def test_more_asks_more(seed: int) -> None:
    """More load: more flow, head and pump power. Hotter supply: less flow, more loss. Thicker insulation: less loss."""
    net = random_net(20, seed)
    load = np.array([0.5])
    common = {"sizes": net.sizes, "keep": ("mass_flow_kg_s", "supply_temp_c")}

    def run(share: float = 1.0, supply: float = 85.0, ground: float = 8.0, **changed: object) -> HeatYear:
        asked = consumers(net, load * share, seed)
        return heat_year(
            net.tree,
            net.pipes,
            asked,
            Producers([0]),
            supply,
            ground,
            **{**common, **changed},
            time=clock(asked.heat_kw),
        )

    base, loaded, hotter, colder = run(), run(share=1.3), run(supply=95.0), run(ground=2.0)
    assert (loaded.mass_flow_kg_s[1:] > base.mass_flow_kg_s[1:]).all()
    assert (loaded.supply_temp_c[1:] > base.supply_temp_c[1:]).all()
    assert loaded.head_kpa[0, 0] > base.head_kpa[0, 0]
    assert loaded.pump_kw[0] > base.pump_kw[0]
    assert (hotter.mass_flow_kg_s[1:] < base.mass_flow_kg_s[1:]).all()
    assert hotter.loss_kw[0] > base.loss_kw[0]
    assert colder.loss_kw[0] > base.loss_kw[0]
    thick = replace(net.sizes, u_w_m_k=0.8 * net.sizes.u_w_m_k)
    assert run(sizes=thick).loss_kw[0] < base.loss_kw[0]


def test_same_inputs_give_the_same_bytes_whatever_is_kept() -> None:
    net = random_net(30, 3)
    load = year_of_load(500)
    some, all_ = (
        heat_year(
            net.tree,
            net.pipes,
            consumers(net, load),
            Producers([0]),
            80.0,
            8.0,
            sizes=net.sizes,
            keep=keep,
            time=clock(load),
        )
        for keep in ((), "all")
    )
    for name in ("producer_heat_kw", "loss_kw", "pump_kw", "head_kpa", "stored_kw"):
        assert getattr(some, name).tobytes() == getattr(all_, name).tobytes()
    assert some.supply_temp_c is None
    assert all_.supply_temp_c.dtype == np.float32
    np.testing.assert_allclose(all_.loss_kw_by_pipe.sum(axis=0), all_.loss_kw, rtol=1e-5)
