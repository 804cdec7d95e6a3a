"""Layered tanks, hot and cold: plug flow, cooling, conduction, buoyancy, and that no heat comes from nowhere."""

from __future__ import annotations

from dataclasses import replace

import CoolProp.CoolProp as Fluids
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from assets._errors import InputError
from assets.fluids.water import heat_capacity_kwh_m3_k
from assets.storage import Layered, layered_year, store_year, stratified_tanks
from tests.assets.clock import clock


def adiabatic(model: str = "block", **changes: np.ndarray) -> Layered:
    tanks = stratified_tanks(model)
    still = {"ua_kw_k": np.zeros_like(tanks.ua_kw_k), "conductivity_w_m_k": np.zeros(1)}
    return replace(tanks, **{**still, **changes})


def test_water_holds_what_coolprop_says() -> None:
    """IAPWS-95 at 5 bar: 0.1 % from 2 to 98 °C."""
    for t in (2, 10, 40, 70, 98):
        known = [Fluids.PropsSI(x, "T", t + 273.15, "P", 5e5, "Water") for x in ("D", "C")]
        assert heat_capacity_kwh_m3_k(t) == pytest.approx(known[0] * known[1] / 3.6e6, rel=1e-3)


def test_plug_flow_out_as_it_went_in() -> None:
    """Analytical: without losses, water drawn is as hot as it was charged until the last of it, then cold: no less heat
    than went in, no cooler."""
    tanks = adiabatic(charge_kw=np.array([1e4]), discharge_kw=np.array([1e4]))
    half = tanks.capacity_kwh[0] / 2
    wanted = np.concatenate([np.full(4, half / 4), np.full(7, -half / 7), [-half]])
    year = layered_year(tanks, wanted, clock(wanted))
    np.testing.assert_allclose(year.top_c[0, :10], 70, atol=1e-9)
    np.testing.assert_allclose(year.level_kwh[0, [3, 10]], [half, 0], atol=1e-6)
    assert year.discharge_kwh[0, -1] == pytest.approx(0, abs=1e-6), "nothing is left that is hot enough"
    assert year.discharge_kwh.sum() == pytest.approx(half, rel=1e-9)


def test_the_front_is_where_the_flow_has_brought_it() -> None:
    """Analytical: a tenth of the volume charged is a tenth of the height, one of ten layers."""
    tanks = adiabatic()
    year = layered_year(
        tanks,
        tanks.capacity_kwh / 10 * np.array([[1.0, 1.0, 1.0]]),
        clock(3),
    )
    np.testing.assert_allclose(year.layers_c[0], [70] * 3 + [40] * 7, atol=1e-9)


def test_a_still_tank_cools_by_its_ua() -> None:
    """Analytical: a tank that conducts perfectly follows exp(-UA t / C); a week within 0.02 K."""
    tanks = replace(stratified_tanks("buffer"), conductivity_w_m_k=np.array([1e5]))
    year = layered_year(tanks, np.zeros((1, 168)), clock(168), start_c=60.0, outside_c=15.0)
    heat = tanks.volume_m3 * tanks.per_m3_k
    expected = 15 + 45 * np.exp(-tanks.ua_kw_k.sum() / heat * np.arange(1, 169))
    np.testing.assert_allclose(year.top_c[0], expected, atol=0.02)
    np.testing.assert_allclose(year.bottom_c[0], expected, atol=0.02)
    # A tank that does not conduct is colder below, where its base loses, and in the mean the same.
    layered = layered_year(stratified_tanks("buffer"), np.zeros((1, 168)), clock(168), start_c=60.0, outside_c=15.0)
    assert layered.bottom_c[0, -1] < expected[-1] - 1
    assert layered.level_kwh[0, -1] / heat[0] + 30 == pytest.approx(expected[-1], abs=0.1)


def test_a_front_widens_as_conduction_says() -> None:
    """Analytical: between two half spaces area · ΔT · sqrt(k ρc t / π) passes; 8 % after three days, 3 % after ten."""
    tanks = adiabatic(conductivity_w_m_k=np.array([1.5]))
    start = np.repeat([[70.0, 40.0]], 5, axis=1)
    start = np.sort(start)[:, ::-1]
    per_m3 = tanks.per_m3_k[0]
    for hours, within in ((72, 0.08), (240, 0.03)):
        year = layered_year(tanks, np.zeros((1, hours)), clock(hours), start_c=start)
        passed = (year.layers_c[0, 5:] - 40).sum() * tanks.layer_volume_m3[0, 0] * per_m3
        known = tanks.layer_area_m2[0, 0] * 30 * per_m3 * np.sqrt(1.5e-3 / per_m3 * hours / np.pi)
        assert passed == pytest.approx(known, rel=within)


def test_a_mixed_tank_as_in_the_textbook() -> None:
    """Duffie and Beckman, Solar Engineering of Thermal Processes, example 8.3.1 (data from memory): 1 500 kg, 11.1
    W/K, a room of 20 °C, 45 °C at first, a day of gains and draws; by Euler's method, the book's own, within 0.1 K."""
    gained = np.array([0] * 8 + [21, 41, 60, 75, 77, 68, 48, 25, 2] + [0] * 7)
    drawn = np.array([12, 12, 11, 11, 13, 14, 18, 21, 20, 20, 18, 16, 14, 14, 13, 18, 22, 24, 18, 20, 15, 11, 10, 9])
    tanks = adiabatic(
        "buffer",
        supply_c=np.array([95.0]),
        return_c=np.array([0.0]),
        least_c=np.array([0.0]),
        conductivity_w_m_k=np.array([1e6]),
        charge_kw=np.array([100.0]),
        discharge_kw=np.array([100.0]),
    )
    volume = 1500 * 4.19 / 3600 / tanks.per_m3_k[0]
    layers = np.full((1, 10), volume / 10)
    tanks = replace(tanks, layer_volume_m3=layers, ua_kw_k=np.full((1, 10), 11.1e-4))
    year = layered_year(tanks, (gained - drawn)[None] / 3.6, clock((gained - drawn)[None] / 3.6), start_c=45.0)
    mean = year.level_kwh[0] / (volume * tanks.per_m3_k[0])
    temp = 45.0
    for hour in range(24):
        temp += (gained[hour] - drawn[hour] - 11.1 * 3600e-6 * (temp - 20)) / (1500 * 4.19e-3)
        assert mean[hour] == pytest.approx(temp, abs=0.1)


def test_cold_that_comes_in_on_top_sinks() -> None:
    """Supply colder than the tank mixes with what it falls through, and heats nothing."""
    tanks = adiabatic()
    year = layered_year(tanks, np.full((1, 5), 50.0), clock(5), start_c=60.0, supply_c=[[70, 70, 65, 62, 70]])
    assert (np.diff(year.layers_c[0]) <= 1e-9).all()
    assert (year.top_c >= year.bottom_c - 1e-9).all()
    np.testing.assert_allclose(year.stored_kwh, year.charge_kwh, atol=1e-9)


def test_a_buffer_loses_as_its_label_allows() -> None:
    """Regulation (EU) 812/2013: 1 000 l of class B lose at most 12 + 5.93 · 1000^0.4 = 106 W at 45 K; A 80 W."""
    tanks = stratified_tanks("buffer", supply_c=65.0)
    assert 75 < 1000 * tanks.standing_loss_kw(20.0)[0] < 150
    year = layered_year(tanks, np.zeros((1, 24)), clock(24), start_c=65.0)
    assert year.loss_kwh.sum() / 24 == pytest.approx(tanks.standing_loss_kw(20.0)[0], rel=0.1)


def test_chilled_water_takes_the_room_the_handbook_gives() -> None:
    """ASHRAE Handbook, HVAC Applications, thermal storage (from memory): 0.09 to 0.17 m³/kWh."""
    tanks = stratified_tanks("chilled")
    assert 0.09 < tanks.volume_m3[0] / tanks.capacity_kwh[0] < 0.17


def test_mustikkamaa_holds_four_days_of_its_power() -> None:
    """Helen, 19 December 2018: 260 000 m³, 120 MW, four days: 11.5 GWh; 5 %."""
    assert stratified_tanks("cavern").capacity_kwh[0] == pytest.approx(120_000 * 96, rel=0.05)


def test_cold_is_heat_turned_round() -> None:
    """Charged from below, drawn from below, and warmed by its room."""
    tanks = stratified_tanks("chilled")
    year = layered_year(
        tanks,
        np.array([[2000.0, 2000.0, 0.0, -3000.0]]),
        clock(4),
        outside_c=25.0,
    )
    assert (year.bottom_c[0, :3] < 5.1).all()
    assert (year.top_c[0, :3] > 12.9).all()
    assert (year.loss_kwh[0] > -1e-9).all()
    assert (np.diff(year.layers_c[0]) <= 1e-9).all(), "warm above, cold below"


@settings(max_examples=80, deadline=None)
@given(
    model=st.sampled_from(["buffer", "block", "chilled"]),
    shares=arrays(np.float64, (2, 40), elements=st.floats(-1, 1)),
    outside=st.floats(-20, 40),
    start=st.floats(0, 1),
    lift=arrays(np.float64, 40, elements=st.floats(-1, 1)),
)
def test_no_heat_comes_from_nowhere(
    model: str, shares: np.ndarray, outside: float, start: float, lift: np.ndarray
) -> None:
    tanks = stratified_tanks([model, model], [2.0, 60.0])
    s = tanks.sign
    if model == "chilled":
        outside = max(outside, 5.0)
    begin = tanks.return_c + start * (tanks.supply_c - tanks.return_c)
    supply = np.maximum(tanks.supply_c[:, None] + 3 * lift, 4.5)
    wanted = shares * tanks.capacity_kwh[:, None]
    year = layered_year(tanks, wanted, clock(wanted), outside_c=outside, start_c=begin[:, None], supply_c=supply)
    passed = 1 + (year.charge_kwh + year.discharge_kwh).sum(axis=1) + tanks.capacity_kwh
    # Content counted from temperatures, losses counted wall by wall: the two must agree.
    error = np.abs(year.loss_kwh - year.to_surroundings_kwh).sum(axis=1)
    assert (error < 1e-6 * passed).all()
    assert (year.charge_kwh <= tanks.charge_kw[:, None] * (1 + 1e-12)).all()
    assert (year.discharge_kwh <= tanks.discharge_kw[:, None] * (1 + 1e-12)).all()
    assert (year.charge_kwh <= np.maximum(wanted, 0) * (1 + 1e-9) + 1e-9).all()
    assert (year.discharge_kwh <= np.maximum(-wanted, 0) * (1 + 1e-9) + 1e-9).all()
    hottest = np.maximum((s * supply).max(axis=1), np.maximum(s * begin, s * outside))[:, None]
    coldest = np.minimum(s * tanks.return_c, s * outside)[:, None]
    for temp in (year.top_c, year.bottom_c):
        assert (s * temp <= hottest + 1e-6).all()
        assert (s * temp >= coldest - 1e-6).all()
    assert (year.top_c >= year.bottom_c - 1e-9).all()


def test_going_on_from_the_end_is_as_good_as_going_on() -> None:
    """Halves of a year, joined by the layers' mean temperatures, move as much heat as the whole: 1 %."""
    tanks = stratified_tanks("block")
    wanted = np.random.default_rng(2).normal(0, 200, (1, 2000))
    whole = layered_year(tanks, wanted, clock(wanted))
    first = layered_year(tanks, wanted[:, :1000], clock(wanted[:, :1000]))
    second = layered_year(tanks, wanted[:, 1000:], clock(wanted[:, 1000:]), start_c=first.layers_c)
    assert second.start_kwh[0] == pytest.approx(first.level_kwh[0, -1], rel=1e-9)
    assert first.charge_kwh.sum() + second.charge_kwh.sum() == pytest.approx(whole.charge_kwh.sum(), rel=0.01)


def test_the_common_form_does_nearly_the_same() -> None:
    """Of an accumulator that shifts days, the common form moves as much heat as the layers do: 10 %."""
    tanks = stratified_tanks("district")
    hour = np.arange(24 * 60)
    wanted = np.where(hour % 24 < 12, 12_000.0, -12_000.0)[None]
    layers = layered_year(tanks, wanted, clock(wanted), outside_c=5.0)
    same = store_year(tanks.equivalent(5.0), wanted, clock(wanted))
    assert layers.discharge_kwh.sum() == pytest.approx(same.discharge_kwh.sum(), rel=0.1)


def test_mistakes_are_told_all_at_once() -> None:
    with pytest.raises(InputError, match="no tank barrel in the catalogue; take one of buffer"):
        stratified_tanks("barrel")
    with pytest.raises(InputError, match="cold and heat cannot be run together"):
        stratified_tanks(["buffer", "chilled"], [1.0, 1.0])
    with pytest.raises(InputError, match="tank 1: a volume of 0 m³"):
        stratified_tanks("block", [1.0, 0.0])
    with pytest.raises(InputError, match="is supplied warmer than it returns"):
        stratified_tanks("block", supply_c=30.0)
    with pytest.raises(InputError, match="below 4 °C rises"):
        stratified_tanks("chilled", supply_c=2.0)
    with pytest.raises(InputError) as failure:
        layered_year(stratified_tanks("block"), np.zeros((1, 3)), clock(3), outside_c=[1.0, 2.0], start_c=[np.nan])
    assert len(failure.value.findings) == 2
