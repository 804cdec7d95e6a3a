"""Heat sources: what they refuse, and direct use through a heat exchanger."""

from __future__ import annotations

import numpy as np
import pytest
from CoolProp.CoolProp import PropsSI
from hypothesis import given
from hypothesis import strategies as st

from assets._errors import InputError
from assets.fluids.water import MEAN_KJ_KG_K
from assets.sources import HeatSource, air_source, direct_heat_technology, flow_heat_kw


def test_heat_of_a_flow_is_that_of_coolprop() -> None:
    """Enthalpy of water by IAPWS-95 between 5 and 15 °C, within 0.2 %."""
    wanted = (PropsSI("H", "T", 288.15, "P", 2e5, "Water") - PropsSI("H", "T", 278.15, "P", 2e5, "Water")) / 1000
    assert flow_heat_kw(1.0, 15.0, 5.0) == pytest.approx(wanted, rel=2e-3)
    assert flow_heat_kw(1.0, 3.0, 5.0) == 0.0


def test_outdoor_air_is_unlimited() -> None:
    source = air_source([-20.0, 5.0])
    assert np.isinf(source.available_kw).all()
    assert source.return_limit_c == -np.inf


temps = st.lists(st.floats(5.0, 120.0), min_size=6, max_size=6).map(np.array)


@given(temps, temps, temps, st.floats(0.0, 0.2), st.floats(0.1, 100.0))
def test_direct_use_takes_no_more_than_the_network_cools(
    source_c: np.ndarray, supply: np.ndarray, back: np.ndarray, pump: float, flow: float
) -> None:
    """Heat of the flow down to the network's return, and only where the source is warmer than the supply."""
    limit = 4.0
    source = HeatSource("waste_heat", source_c, flow_heat_kw(flow, source_c, limit), limit, pump)
    technology = direct_heat_technology(source, supply, back, approach_k=3.0)
    by_hand = np.where(
        source_c >= supply + 3.0, flow * MEAN_KJ_KG_K * np.maximum(source_c - np.maximum(back + 3.0, limit), 0), 0.0
    )
    np.testing.assert_allclose(technology.capacity_kw, by_hand, rtol=1e-9, atol=1e-9)
    assert (technology.capacity_kw <= source.available_kw * (1 + 1e-12)).all()
    np.testing.assert_allclose(technology.loss, pump, atol=1e-12)
    np.testing.assert_allclose(sum(technology.flows(technology.capacity_kw).values()), 0.0, atol=1e-6)


def test_bad_sources_are_refused_with_all_findings() -> None:
    with pytest.raises(InputError) as caught:
        HeatSource("lava", np.array([np.nan, 1.0]), np.array([-1.0]), float("nan"), 2.0)
    assert len(caught.value.findings) == 6
    good = HeatSource("water", np.full(2, 10.0), np.full(2, 5.0), 1.0)
    with pytest.raises(InputError) as caught:
        direct_heat_technology(good, [60.0], [30.0])
    assert len(caught.value.findings) == 2
    with pytest.raises(InputError, match="needs a return limit"):
        direct_heat_technology(air_source([5.0]), [60.0], [30.0])
