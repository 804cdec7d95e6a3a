"""The sweep by hand: single pipes, water that stands, flow that turns, cooling, ambient loops, what it refuses."""

from __future__ import annotations

import numpy as np
import pytest

from assets._errors import InputError
from assets.networks.graph import Tree
from assets.networks.heat import (
    Consumers,
    HeatLimits,
    PipeSizes,
    Producers,
    constant_liquid,
    excesses,
    heat_pipes,
    heat_year,
)
from assets.networks.heat.friction import pressure_gradient_pa_m
from tests.assets.clock import clock
from tests.assets.heat_network_cases import consumers, random_net, tree_of_parents

LIQUID = constant_liquid(4.2, 980.0, 4e-4)
SIZES = PipeSizes(
    name=("small", "large"),
    inner_diameter_m=np.array([0.04, 0.08]),
    roughness_m=np.full(2, 1e-4),
    u_w_m_k=np.array([0.2, 0.3]),
    max_velocity_m_s=np.array([1.2, 1.5]),
    max_temp_c=np.full(2, 120.0),
    investment_eur_m=np.zeros(2),
)
KEEP = "all"


def line(*lengths: float) -> Tree:
    """A row of pipes from the root, one behind the other."""
    return tree_of_parents(np.arange(len(lengths) + 1) - 1, np.array([0.0, *lengths]))[0]


def test_one_pipe_by_hand() -> None:
    """Exponential cooling, loss, friction by Darcy's formula and pump power, of water that doesn't change."""
    drop, heat, length = 30.0, 126.0, 500.0
    flow = heat / (4.2 * drop)
    year = heat_year(
        line(length), [0, 0], Consumers([1], [[heat]], drop_k=drop, need_kpa=40.0), Producers([0], need_kpa=20.0), 80.0,
        10.0, sizes=SIZES, water=LIQUID, fittings=0.2, pump_efficiency=0.5, keep=KEEP, time=clock(1),
    )  # fmt: skip
    kept = np.exp(-0.2 * length / 1000.0 / (flow * 4.2))
    supply = 10.0 + 70.0 * kept
    back = 10.0 + (supply - drop - 10.0) * kept
    assert year.mass_flow_kg_s[1, 0] == pytest.approx(flow, rel=1e-6)
    assert year.supply_temp_c[1, 0] == pytest.approx(supply, abs=1e-4)
    assert year.return_temp_c[0, 0] == pytest.approx(back, abs=1e-4)
    assert year.loss_kw[0] == pytest.approx(flow * 4.2 * ((80.0 - supply) + (supply - drop - back)), rel=1e-6)
    assert year.producer_heat_kw[0, 0] == pytest.approx(flow * 4.2 * (80.0 - back), rel=1e-6)
    friction = 2.0 * 1.2 * length * float(pressure_gradient_pa_m(flow, 0.04, 1e-4, 980.0, 4e-4)) / 1000.0
    assert year.head_kpa[0, 0] == pytest.approx(friction + 60.0, rel=1e-3)
    assert year.pressure_kpa[:, 0] == pytest.approx([friction + 40.0, 40.0], rel=1e-3)
    assert year.pump_kw[0] == pytest.approx(flow * year.head_kpa[0, 0] / 980.0 / 0.5, rel=1e-6)
    assert year.velocity_m_s[1, 0] == pytest.approx(flow / 980.0 / (np.pi * 0.02**2), rel=1e-5)


def test_fixed_return_draws_more_where_the_supply_has_cooled() -> None:
    year = heat_year(line(800.0), [0, 0], Consumers([1], [[20.0]], return_temp_c=45.0), Producers([0]), 75.0, 5.0,
                     sizes=SIZES, water=LIQUID, keep=KEEP, time=clock(1))  # fmt: skip
    drop = year.consumer_supply_temp_c[0, 0] - year.consumer_return_temp_c[0, 0]
    assert year.consumer_return_temp_c[0, 0] == pytest.approx(45.0, abs=0.01)
    assert year.mass_flow_kg_s[1, 0] * 4.2 * drop == pytest.approx(20.0, rel=1e-5)
    assert drop < 30.0


def test_standing_water_cools_towards_the_ground_and_is_warmed_again() -> None:
    """Time constant rho A cp / U; what it loses is what it stored; all of it comes back when flow returns."""
    heat = np.array([[50.0] * 3 + [0.0] * 40 + [50.0] * 8])
    year = heat_year(line(300.0), [0, 0], Consumers([1], heat, drop_k=30.0), Producers([0]), 80.0, 10.0, sizes=SIZES,
                     water=LIQUID, keep=KEEP, time=clock(heat))  # fmt: skip
    still = slice(3, 43)
    hours = np.arange(1, 41)
    tau_h = 980.0 * np.pi * 0.02**2 * 4200.0 / 0.2 / 3600.0
    expected = 10.0 + (year.supply_temp_c[1, 2] - 10.0) * np.exp(-hours / tau_h)
    np.testing.assert_allclose(year.supply_temp_c[1, still], expected, atol=1e-3)
    np.testing.assert_allclose(year.loss_kw[still], -year.stored_kw[still], rtol=1e-12)
    assert (np.diff(year.loss_kw[still]) < 0.0).all()
    assert not year.producer_heat_kw[0, still].any()
    assert not year.pump_kw[still].any()
    assert year.stored_kw.sum() == pytest.approx(0.0, abs=1e-9)
    assert year.producer_heat_kw[0, 43] > year.producer_heat_kw[0, 44]
    assert all(np.isfinite(array).all() for array in vars(year).values() if isinstance(array, np.ndarray))


def test_a_year_without_heat_is_no_error() -> None:
    net = random_net(20, 1)
    year = heat_year(net.tree, net.pipes, Consumers(net.consumer_node, np.zeros((20, 100)), return_temp_c=45.0),
                     Producers([0]), 80.0, np.linspace(2.0, 12.0, 100), sizes=net.sizes, keep=KEEP,
                     time=clock(100))  # fmt: skip
    assert not year.producer_heat_kw.any()
    assert not year.head_kpa.any()
    np.testing.assert_allclose(year.balance_kw, 0.0, atol=1e-12)
    assert np.isfinite(year.supply_temp_c).all()


def test_supply_too_cold_is_missed_heat_and_no_error() -> None:
    heat = np.full((1, 2), 30.0)
    asked, supply = Consumers([1], heat, return_temp_c=50.0), np.array([80.0, 51.0])
    year = heat_year(
        line(300.0), [0, 0], asked, Producers([0]), supply, 5.0, sizes=SIZES, keep=KEEP, time=clock(asked.heat_kw)
    )
    assert year.shortfall_kw[0] == 0.0
    assert 0.0 < year.shortfall_kw[1] <= 30.0
    np.testing.assert_allclose(year.met_kw + year.shortfall_kw, 30.0, rtol=1e-9)
    np.testing.assert_allclose(year.balance_kw, 0.0, atol=1e-9)
    assert year.extremes.missed_hours.tolist() == [1]
    assert year.mass_flow_kg_s[1, 1] == pytest.approx(30.0 / (4.186 * 2.0), rel=1e-4)


def test_bypass_keeps_a_resting_consumer_warm() -> None:
    heat = np.zeros((1, 1))
    for bypass in (0.0, 0.05):
        asked = Consumers([1], heat, return_temp_c=45.0, bypass_kg_s=bypass)
        year = heat_year(
            line(200.0), [0, 0], asked, Producers([0]), 75.0, 8.0, sizes=SIZES, keep=KEEP, time=clock(asked.heat_kw)
        )
        assert year.mass_flow_kg_s[1, 0] == pytest.approx(bypass, abs=1e-9)
        assert (year.supply_temp_c[1, 0] > 60.0) == (bypass > 0.0)
        assert year.producer_heat_kw[0, 0] == pytest.approx(year.loss_kw[0])


def test_far_producer_turns_the_flow_and_surplus_is_turned_down() -> None:
    """Root, consumer, far producer in a row: its heat first saves the root's, then the pipe between them turns."""
    given = np.array([[np.nan] * 4, [0.0, 40.0, 120.0, 400.0]])
    asked = Consumers([1, 2], np.array([[60.0] * 4, [30.0] * 4]), return_temp_c=45.0)
    year = heat_year(
        line(200.0, 200.0),
        [0, 1, 1],
        asked,
        Producers([0, 2], given),
        80.0,
        8.0,
        sizes=SIZES,
        keep=KEEP,
        time=clock(asked.heat_kw),
    )
    far = year.mass_flow_kg_s[2]
    assert far[0] > 0.0 > far[1]
    assert far[2] < far[1]
    assert year.producer_heat_kw[1, :2] == pytest.approx([0.0, 40.0], rel=1e-3, abs=1e-9)
    drawn = 90.0 + year.loss_kw[2:]
    assert (year.producer_heat_kw[1, 2:] < drawn + 1e-3).all()
    assert year.producer_flow_kg_s[0, 2:] == pytest.approx([0.0, 0.0], abs=1e-9)
    np.testing.assert_allclose(year.balance_kw, 0.0, atol=1e-6)
    assert np.isfinite(year.supply_temp_c).all()


def test_cooling_is_heating_in_the_mirror() -> None:
    """With water that doesn't change, a cold network's temperatures are a warm one's with their sign changed."""
    net = random_net(30, 3)
    heat = np.asarray(consumers(net, np.array([1.0, 0.4])).heat_kw)
    common = {"sizes": net.sizes, "water": LIQUID, "keep": KEEP}
    cold = heat_year(net.tree, net.pipes, Consumers(net.consumer_node, heat, return_temp_c=14.0), Producers([0]), 6.0,
                     12.0, kind="cooling", **common, time=clock(heat))  # fmt: skip
    warm = heat_year(net.tree, net.pipes, Consumers(net.consumer_node, heat, return_temp_c=-14.0), Producers([0]), -6.0,
                     -12.0, **common, time=clock(heat))  # fmt: skip
    np.testing.assert_array_equal(cold.supply_temp_c, -warm.supply_temp_c)
    np.testing.assert_array_equal(cold.return_temp_c, -warm.return_temp_c)
    np.testing.assert_allclose(cold.producer_heat_kw, warm.producer_heat_kw, rtol=1e-12)
    np.testing.assert_allclose(cold.head_kpa, warm.head_kpa, rtol=1e-12)


def test_cold_supply_warms_in_warm_ground() -> None:
    """Supply gains, return loses where the ground lies between them; the balance holds."""
    year = heat_year(line(1000.0), [0, 0], Consumers([1], [[20.0]], return_temp_c=14.0), Producers([0]), 6.0, 11.0,
                     sizes=SIZES, kind="cooling", keep=KEEP, time=clock(1))  # fmt: skip
    assert 6.0 < year.supply_temp_c[1, 0] < 11.0
    assert 11.0 < year.return_temp_c[0, 0] < 14.0
    assert year.extremes.coldest[0] == pytest.approx(year.supply_temp_c[1, 0], abs=1e-4)
    np.testing.assert_allclose(year.balance_kw, 0.0, atol=1e-9)


def test_ambient_loop_turns_with_the_season() -> None:
    """Heat pumps in winter, chillers in summer, both in between: the station heats, cools, and nearly rests."""
    net = random_net(12, 9)
    bare = heat_pipes("pe_bare_sdr17")
    rng = np.random.default_rng(0)
    draw = rng.uniform(2.0, 20.0, (12, 1)) * np.array([1.0, 0.5, 0.0, 0.0])
    feed = rng.uniform(2.0, 20.0, (12, 1)) * np.array([0.0, 0.5, 1.0, 0.0])
    asked = Consumers(np.r_[net.consumer_node, net.consumer_node], np.vstack([draw, -feed]), drop_k=4.0)
    station = Producers([0], return_temp_c=8.0)
    year = heat_year(
        net.tree,
        np.full(24, 4),
        asked,
        station,
        14.0,
        9.0,
        sizes=bare,
        kind="ambient",
        keep=KEEP,
        time=clock(asked.heat_kw),
    )
    assert year.producer_heat_kw[0, 0] > 0.0 > year.producer_heat_kw[0, 2]
    assert (year.mass_flow_kg_s[1:, 0] > 0.0).all()
    assert (year.mass_flow_kg_s[1:, 2] < 0.0).all()
    np.testing.assert_allclose(year.balance_kw, 0.0, atol=1e-6)
    np.testing.assert_allclose(year.met_kw, draw.sum(axis=0) - feed.sum(axis=0), rtol=1e-9, atol=1e-9)
    drop = year.consumer_supply_temp_c[:12, 0] - year.consumer_return_temp_c[:12, 0]
    np.testing.assert_allclose(drop, 4.0, atol=0.05)
    assert np.isfinite(year.supply_temp_c).all()
    assert (year.pump_kw[:3] > 0.0).all()
    assert year.pump_kw[3] == 0.0


def test_forest_is_its_trees() -> None:
    net = random_net(10, 2)
    k = len(net.tree.parent)
    order = np.argsort(np.r_[np.arange(k), np.arange(k) + 0.5], kind="stable")  # both roots first
    place = np.empty(2 * k, dtype=int)
    place[order] = np.arange(2 * k)
    both = np.r_[net.tree.parent, np.where(net.tree.parent < 0, -1, net.tree.parent + k)]
    parent = np.where(both < 0, -1, place[both])[order]
    length, pipes = np.tile(net.tree.length_m, 2)[order], np.tile(net.pipes, 2)[order]
    tree = Tree(np.arange(2 * k), parent, np.where(parent < 0, -1, np.arange(2 * k)), length)
    load = np.array([0.9, 0.3])
    one, other = consumers(net, load, 1), consumers(net, load, 2)
    asked = Consumers(place[np.r_[net.consumer_node, net.consumer_node + k]],
                      np.vstack([one.heat_kw, other.heat_kw]), return_temp_c=45.0)  # fmt: skip
    together = heat_year(tree, pipes, asked, Producers([1, 0]), 85.0, 8.0, sizes=net.sizes, time=clock(asked.heat_kw))
    for row, part in ((1, one), (0, other)):
        alone = heat_year(
            net.tree, net.pipes, part, Producers([0]), 85.0, 8.0, sizes=net.sizes, time=clock(part.heat_kw)
        )
        np.testing.assert_allclose(together.producer_heat_kw[row], alone.producer_heat_kw[0], rtol=1e-4)
        np.testing.assert_allclose(together.head_kpa[1 - row], alone.head_kpa[0], rtol=1e-4)


def test_what_lies_beyond_the_limits_is_named() -> None:
    net = random_net(15, 4)
    load = np.array([0.2, 1.0, 0.3])
    limits = HeatLimits(velocity_m_s=0.3, gradient_pa_m=50.0, supply_temp_c=88.0, head_kpa=60.0)
    year = heat_year(net.tree, net.pipes, consumers(net, load), Producers([0]), 90.0, 5.0, sizes=net.sizes,
                     limits=limits, keep=KEEP, time=clock(load))  # fmt: skip
    found = excesses(year, limits, 0.3)
    assert set(found["what"]) == {"velocity", "friction", "cold supply", "pump head"}
    for row in found[found["what"] == "velocity"].itertuples():
        speed = np.abs(year.velocity_m_s[row.index])
        assert row.worst == pytest.approx(speed.max(), rel=1e-6)
        assert (row.worst_hour, row.hours) == (speed.argmax(), (speed > 0.3).sum())
    for row in found[found["what"] == "cold supply"].itertuples():
        temp = year.consumer_supply_temp_c[row.index]
        assert (row.worst_hour, row.hours) == (temp.argmin(), (temp < 88.0).sum())


def test_all_that_is_wrong_is_told_at_once() -> None:
    heat = np.array([[1.0, np.nan], [-1.0, 1.0]])
    with pytest.raises(InputError) as caught:
        heat_year(line(100.0), [0, 5], Consumers([1, 7], heat), Producers([0, 1]), [80.0, np.inf, 3.0], 8.0,
                  sizes=SIZES, fittings=-1.0, time=clock(heat))  # fmt: skip
    text = str(caught.value)
    for part in ("fittings", "row 0 has hours without a number", "row 1 is negative", "supply_temp_c", "pipes names",
                 "2 producers", "return_temp_c or consumers.drop_k"):  # fmt: skip
        assert part in text
    with pytest.raises(InputError, match="nothing called supply"):
        heat_year(line(100.0), [0, 0], Consumers([1], [[1.0]], drop_k=30.0), Producers([0]), 80.0, 8.0, sizes=SIZES,
                  keep=["supply"], time=clock(1))  # fmt: skip
    with pytest.raises(InputError, match=r"consumers\.node"):
        heat_year(
            line(100.0),
            [0, 0],
            Consumers([7], [[1.0]], drop_k=30.0),
            Producers([0]),
            80.0,
            8.0,
            sizes=SIZES,
            time=clock(1),
        )
