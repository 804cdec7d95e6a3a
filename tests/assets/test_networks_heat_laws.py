"""Pipe by pipe and node by node, a network's hour is what the law of a cooling pipe and of mixing says."""

from __future__ import annotations

import numpy as np
import pytest

from assets.networks.graph import Tree
from assets.networks.heat import Consumers, HeatYear, Producers, constant_liquid, heat_pipes, heat_year
from tests.assets.clock import clock
from tests.assets.heat_network_cases import tree_of_parents

SIZES = heat_pipes("steel_single", 1)
WATER = constant_liquid(4.2, 980.0, 4e-4)
CP, GROUND, FEED, DROP = 4.2, 8.0, 80.0, 5.0
HOURS = 30


def network(seed: int, kind: str, feeders: int) -> tuple[Tree, np.ndarray, np.ndarray, Producers, HeatYear]:
    """A random tree of long, thin pipes, what a pipe loses being several kelvin; the last hour is a steady state, since
    the loads stay as they are."""
    rng = np.random.default_rng(seed)
    nodes = 25
    parent = np.array([-1] + [int(rng.integers(max(0, i - 4), i)) for i in range(1, nodes)])
    tree = tree_of_parents(parent, np.where(parent < 0, 0.0, rng.uniform(50.0, 300.0, nodes)))[0]
    node = np.arange(1, nodes)
    heat = np.repeat(rng.uniform(5.0, 40.0, (nodes - 1, 1)), HOURS, axis=1)
    share = np.repeat(rng.uniform(0.2, 0.6, (feeders, 1)), HOURS, axis=1)
    given = np.vstack([np.full(HOURS, np.nan), share * heat.sum(axis=0) / 2.0])
    where = np.r_[0, rng.choice(np.arange(15, nodes), feeders, replace=False)]
    if kind == "ambient":
        heat *= rng.choice([-1.0, 1.0], (nodes - 1, 1))
        asked = Consumers(node, heat, drop_k=DROP)
    else:
        asked = Consumers(node, heat, return_temp_c=45.0)
    producers = Producers(where, given, return_temp_c=9.0 if kind == "ambient" else None)
    pipes = rng.integers(2, 6, nodes)
    feed = 14.0 if kind == "ambient" else FEED
    year = heat_year(
        tree,
        pipes,
        asked,
        producers,
        feed,
        GROUND,
        sizes=SIZES,
        kind=kind,
        water=WATER,
        keep="all",
        time=clock(asked.heat_kw),
    )  # type: ignore[arg-type]
    return tree, pipes, node, producers, year


CASES = [
    (seed, kind, feeders) for seed in range(8) for kind, feeders in (("heating", 0), ("heating", 2), ("ambient", 0))
]


@pytest.mark.parametrize(("seed", "kind", "feeders"), CASES)
def test_each_pipe_loses_what_the_law_of_a_cooling_pipe_says(seed: int, kind: str, feeders: int) -> None:
    """m cp (T - T_ground) (1 - exp(-U L / (m cp))) of the supply and of the return, from the ends' own temperatures:
    0.1 % of it, and in the sum of the network."""
    tree, pipes, _node, _producers, year = network(seed, kind, feeders)
    below = np.flatnonzero(tree.parent >= 0)
    m = year.mass_flow_kg_s[below].astype(float)
    assert feeders == 0 or (m < 0.0).any(), "flow turns round in some pipe"
    ahead = m > 0.0
    up = tree.parent[below]
    supply = np.where(ahead, year.supply_temp_c[up], year.supply_temp_c[below])
    back = np.where(ahead, year.return_temp_c[below], year.return_temp_c[up])
    flow = np.maximum(np.abs(m), 1e-9) * CP
    u_kw_k = SIZES.u_w_m_k[pipes[below]] * tree.length_m[below] / 1000.0
    expected = flow * ((supply - GROUND) + (back - GROUND)) * -np.expm1(-u_kw_k[:, None] / flow)
    moving = np.abs(m) > 0.01
    assert moving.mean() > 0.9
    last = moving[:, -1]
    np.testing.assert_allclose(year.loss_kw_by_pipe[below][last, -1], expected[last, -1], rtol=1e-3)
    np.testing.assert_allclose(year.loss_kw[-1], expected[:, -1].sum(), rtol=2e-3)


@pytest.mark.parametrize(("seed", "kind", "feeders"), CASES)
def test_each_node_mixes_what_flows_in(seed: int, kind: str, feeders: int) -> None:
    """Temperature of the return (of the supply, where nobody feeds in) at each node from what arrives there: 0.01 K."""
    tree, pipes, node, producers, year = network(seed, kind, feeders)
    k = len(tree.parent)
    m = year.mass_flow_kg_s.astype(float)
    u_kw_k = SIZES.u_w_m_k[pipes] * tree.length_m / 1000.0

    def arriving(temp: np.ndarray, flow: np.ndarray, i: int) -> np.ndarray:
        return GROUND + (temp - GROUND) * np.exp(-u_kw_k[i] / (np.maximum(flow, 1e-9) * CP))

    inflow = {side: np.zeros((k, HOURS)) for side in ("supply", "back")}
    heat = {side: np.zeros((k, HOURS)) for side in ("supply", "back")}

    def add(side: str, i: int, flow: np.ndarray, temp: np.ndarray) -> None:
        inflow[side][i] += flow
        heat[side][i] += flow * temp

    for i in np.flatnonzero(tree.parent >= 0):
        p, down, up = int(tree.parent[i]), np.maximum(m[i], 0.0), np.maximum(-m[i], 0.0)
        add("supply", i, down, arriving(year.supply_temp_c[p], down, i))
        add("supply", p, up, arriving(year.supply_temp_c[i], up, i))
        add("back", p, down, arriving(year.return_temp_c[i], down, i))
        add("back", i, up, arriving(year.return_temp_c[p], up, i))
    for row, i in enumerate(node):
        taken = year.consumer_flow_kg_s[row].astype(float)
        left = year.supply_temp_c[i] - DROP if kind == "ambient" else year.consumer_return_temp_c[row]
        add("back", i, np.maximum(taken, 0.0), left.astype(float))
        # Chillers of an ambient loop take from the return and give to the supply.
        add("supply", i, np.maximum(-taken, 0.0), year.return_temp_c[i].astype(float) + DROP)
    inner = np.setdiff1d(np.arange(k), np.asarray(producers.node))
    for side, found in (("supply", year.supply_temp_c), ("back", year.return_temp_c)):
        flows = inflow[side][inner]
        moving = flows > 0.01
        assert moving.mean() > 0.3
        mixed = heat[side][inner] / np.maximum(flows, 1e-9)
        np.testing.assert_allclose(found[inner][moving], mixed[moving], atol=0.01)
