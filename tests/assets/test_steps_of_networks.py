"""Heat networks at any step: quarters of the same load are the hour, two halves that hand on their water the whole."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets._errors import InputError
from assets.networks.heat import Consumers, HeatState, HeatYear, Producers, heat_year
from tests.assets.clock import clock
from tests.assets.heat_network_cases import random_net

KEEP = ("supply_temp_c", "return_temp_c", "loss_kw")


def of(seed: int, heat: np.ndarray, supply: np.ndarray, step_h: float, start: HeatState | None = None) -> HeatYear:
    net = random_net(12, seed=seed)
    share = np.random.default_rng(seed).uniform(2.0, 20.0, (len(net.consumer_node), 1))
    asked = Consumers(net.consumer_node, share * heat, return_temp_c=45.0)
    time = clock(heat, step_h)
    return heat_year(
        net.tree, net.pipes, asked, Producers([0]), supply, 8.0, sizes=net.sizes, keep=KEEP, time=time, start=start
    )


@pytest.mark.parametrize("step_h", [0.25, 1.0])
@given(seed=st.integers(0, 50), cut=st.integers(1, 47))
def test_two_halves_are_the_whole(step_h: float, seed: int, cut: int) -> None:
    rng = np.random.default_rng(seed)
    heat, supply = rng.uniform(0.0, 1.0, 48), rng.uniform(70.0, 90.0, 48)
    heat[rng.uniform(size=48) < 0.3] = 0.0  # water stands and cools
    whole = of(seed, heat, supply, step_h)
    one = of(seed, heat[:cut], supply[:cut], step_h)
    two = of(seed, heat[cut:], supply[cut:], step_h, one.end)
    for name, allowed in (("supply_temp_c", 0.02), ("return_temp_c", 0.02), ("loss_kw_by_pipe", 2e-3)):
        both = np.hstack([getattr(one, name), getattr(two, name)])
        np.testing.assert_allclose(both, getattr(whole, name), atol=allowed, err_msg=name)
    stored = np.concatenate([one.stored_kw, two.stored_kw])
    np.testing.assert_allclose(stored, whole.stored_kw, atol=2e-3 * np.abs(whole.producer_heat_kw).max() + 1e-3)


def test_quarters_of_a_steady_load_lose_as_much_as_the_hour() -> None:
    heat, supply = np.full(8, 0.5), np.full(8, 80.0)
    hours, quarters = of(3, heat, supply, 1.0), of(3, np.repeat(heat, 4), np.repeat(supply, 4), 0.25)
    np.testing.assert_allclose(quarters.loss_kw[::4], hours.loss_kw, rtol=1e-4)
    lost = clock(32, 0.25).kwh_of(quarters.loss_kw).reshape(-1, 4).sum(axis=1)
    np.testing.assert_allclose(lost, clock(8).kwh_of(hours.loss_kw), rtol=1e-4)


def test_standing_water_cools_in_four_quarters_as_in_an_hour() -> None:
    heat, supply = np.array([1.0, *np.zeros(23)]), np.full(24, 80.0)
    hours = of(5, heat, supply, 1.0)
    fine = of(5, np.zeros(92), np.full(92, 80.0), 0.25, of(5, heat[:1], supply[:1], 1.0).end)
    assert hours.supply_temp_c is not None
    assert fine.supply_temp_c is not None
    np.testing.assert_allclose(fine.supply_temp_c[:, 3::4], hours.supply_temp_c[:, 1:], atol=0.05)
    quarter = clock(92, 0.25)
    lost = quarter.kwh_of(fine.loss_kw).sum()
    assert lost == pytest.approx(hours.loss_kw[1:].sum(), rel=0.01)
    # What the water gives is what the ground takes: energy, not power, whatever the step.
    np.testing.assert_allclose(fine.balance_kw, 0.0, atol=1e-9 * max(lost, 1.0) + 1e-9)


def test_a_state_of_another_tree_is_refused() -> None:
    four = np.zeros(4)
    with pytest.raises(InputError, match="the state is of 4 nodes"):
        of(5, np.ones(2), np.full(2, 80.0), 1.0, HeatState(four, four, four, four))
    net = random_net(12, seed=5)
    asked = Consumers(net.consumer_node, np.ones((len(net.consumer_node), 3)), return_temp_c=45.0)
    with pytest.raises(InputError, match="3 steps, the time grid 4"):
        heat_year(net.tree, net.pipes, asked, Producers([0]), 80.0, 8.0, sizes=net.sizes, time=clock(4))
