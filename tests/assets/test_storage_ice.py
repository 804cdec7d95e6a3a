"""Ice stores: heat of fusion, the room they take, a night's freezing and a day's melting."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from assets._errors import InputError
from assets.storage import ice_models, ice_stores, ice_year, stratified_tanks
from tests.assets.clock import clock


def test_a_full_tank_holds_what_its_maker_says() -> None:
    """CALMAC, Ice Bank 1190 (from memory): 162 ton-hours, 570 kWh; 2 %."""
    assert ice_stores("internal_melt").capacity_kwh[0] == pytest.approx(162 * 3.517, rel=0.02)


@pytest.mark.parametrize("model", ["internal_melt", "external_melt"])
def test_ice_takes_the_room_the_handbook_gives(model: str) -> None:
    """ASHRAE Handbook, HVAC Applications, thermal storage (from memory): 0.019 to 0.023 m³/kWh, a fifth of cold
    water's."""
    store = ice_stores(model)
    room = float(ice_models()["volume_m3"][model]) / store.capacity_kwh[0]
    assert 0.018 < room < 0.024
    water = stratified_tanks("chilled")
    assert 4 < water.volume_m3[0] / water.capacity_kwh[0] / room < 8


def test_by_hand_water_cools_then_freezes() -> None:
    """From 8 °C, 6 265 kg: 58.5 kWh to 0 °C (4.20 kJ/(kg K)), then 334 kJ a kg of ice."""
    store = ice_stores("internal_melt")
    year = ice_year(store, np.full((1, 2), 60.0), clock(2), outside_c=0.0)
    sensible = 6265 * 4.2 * 8 / 3600
    gained = year.gain_kwh.cumsum()
    assert year.water_c[0, 0] == pytest.approx(0, abs=0.2)
    assert year.ice_share[0, 1] * 6265 * 333.4 / 3600 == pytest.approx(120 - gained[1] - sensible, abs=0.1)


def test_a_night_fills_it_and_a_day_empties_it() -> None:
    """As its maker has it: frozen in 6 to 12 hours at −5 °C (from memory), slower the thicker the ice; melted
    in a day's peak."""
    store = ice_stores("internal_melt")
    year = ice_year(
        store,
        np.concatenate([np.full(16, 500.0), np.full(8, -500.0)])[None],
        clock(24),
    )
    hours = int((year.level_kwh[0, :16] < 0.95 * store.capacity_kwh[0]).sum())
    assert 6 <= hours <= 12
    assert (np.diff(year.charge_kwh[0, 1:hours]) <= 1e-9).all()
    assert (year.water_c[0, 2:16] == 0).all()
    assert year.discharge_kwh.sum() == pytest.approx(store.capacity_kwh[0], rel=0.02)
    assert year.water_c[0, -1] == pytest.approx(8, abs=0.2)


def test_standing_it_loses_less_than_a_percent_a_day() -> None:
    store = ice_stores("internal_melt")
    year = ice_year(store, np.zeros((1, 24)), clock(24), start_share=1.0, outside_c=20.0)
    assert year.loss_kwh.sum() == pytest.approx(0.006 * 20 * 24, rel=1e-9)
    assert year.loss_kwh.sum() < 0.01 * store.capacity_kwh[0]


def test_larger_ones_lose_a_smaller_share() -> None:
    small, large = ice_stores("internal_melt", [500.0, 50_000.0]).equivalent().loss_per_h
    assert large == pytest.approx(small / 100 ** (1 / 3), rel=1e-9)


@settings(max_examples=100, deadline=None)
@given(
    model=st.sampled_from(["internal_melt", "external_melt"]),
    shares=arrays(np.float64, (2, 60), elements=st.floats(-1, 1)),
    outside=st.floats(8, 40),
    start=st.floats(0, 1),
)
def test_no_cold_comes_from_nowhere(model: str, shares: np.ndarray, outside: float, start: float) -> None:
    store = ice_stores(model, [300.0, 20_000.0])
    wanted = shares * store.capacity_kwh[:, None]
    year = ice_year(store, wanted, clock(wanted), outside_c=outside, start_share=start)
    # Counted a second time, from ice and temperature.
    held = store.water_kg[:, None] * (
        year.ice_share * 333.4 / 3600 + 4.2 / 3600 * (store.warmest_c[:, None] - year.water_c)
    )
    passed = (year.charge_kwh + year.discharge_kwh).sum(axis=1) + store.capacity_kwh
    assert (np.abs(held - year.level_kwh).max(axis=1) < 1e-6 * passed).all()
    assert (np.abs(year.loss_kwh - year.gain_kwh).sum(axis=1) < 1e-6 * passed).all()
    assert (year.ice_share >= 0).all()
    assert (year.ice_share <= store.most_ice[:, None] + 1e-9).all()
    assert (year.water_c <= outside + 1e-9).all()
    assert (year.charge_kwh <= np.minimum(store.charge_kw[:, None], np.maximum(wanted, 0)) + 1e-9).all()
    assert (year.discharge_kwh <= np.minimum(store.discharge_kw[:, None], np.maximum(-wanted, 0)) + 1e-9).all()


def test_mistakes_are_told() -> None:
    with pytest.raises(InputError, match="no ice store fridge in the catalogue; take one of internal_melt"):
        ice_stores("fridge")
    with pytest.raises(InputError, match="ice store 0: a capacity of -1 kWh"):
        ice_stores("internal_melt", -1.0)
    with pytest.raises(InputError, match="start_share goes from 0 to 1"):
        ice_year(ice_stores("internal_melt"), [1.0], clock(1), start_share=2.0)
