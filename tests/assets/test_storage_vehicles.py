"""Cars both ways: they leave with their energy, whatever is wanted of them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets._errors import InputError
from assets.ev import Sessions, charge_sessions, sample_sessions
from assets.storage import vehicle_batteries, vehicle_models, vehicle_stores, vehicle_year
from assets.time_grid import TimeGrid
from tests.assets.clock import clock

YEAR = pd.date_range("2024-12-31T22:00Z", periods=8760, freq="h")
HOURS = 48


def one(plug_in: float, dwell: float, energy: float, power: float = 11.0) -> Sessions:
    values = (np.array([v]) for v in (plug_in, dwell, energy, power))
    return Sessions(np.zeros(1, np.int32), *values, n_chargers=1)


@st.composite
def sessions(draw: st.DrawFn) -> Sessions:
    """Up to three stays at each of four chargers, none overlapping."""
    rows = []
    for charger in range(4):
        at = 0.0
        for _ in range(draw(st.integers(0, 3))):
            at += draw(st.floats(0, 12))
            dwell = draw(st.floats(0.05, 20))
            rows.append((charger, at, dwell, draw(st.floats(0, 90)), draw(st.sampled_from([2.3, 3.6, 11.0]))))
            at += dwell
    table = np.array(rows).reshape(-1, 5)
    return Sessions(table[:, 0].astype(np.int32), *(np.ascontiguousarray(table[:, k]) for k in range(1, 5)), 4)


def test_by_hand_a_night_of_a_car() -> None:
    """60 kWh, leaves with 48; needs 11 kWh at the charger (10.12 in the battery). Arrives with 37.88 at 18:30, gives
    5.5 and 11 kWh to the evening (29.9 in all down to 19.9), fills up last thing before 2:30."""
    wanted = np.zeros((1, 24))
    wanted[0, 18:20] = -20.0
    year = vehicle_year(
        one(18.5, 8.0, 11.0), vehicle_batteries("two_way", one(18.5, 8.0, 11.0)), wanted, clock(wanted), owner=[0]
    )
    assert year.arriving_kwh[0, 18] == pytest.approx(48 - 0.92 * 11)
    assert year.discharge_kwh[0, 18] == pytest.approx(5.5)
    assert year.discharge_kwh[0, 19] == pytest.approx(11.0)
    assert year.level_kwh[0, 19] == pytest.approx(37.88 - 16.5 / 0.92)
    assert year.refused_kwh[0, 18] == pytest.approx(-14.5)


def test_never_below_its_reserve_and_never_late() -> None:
    """All night discharged as far as may be: 18 kWh are left, until it must be charged at full power to be in time."""
    car = one(0.0, 20.0, 10.0)
    year = vehicle_year(car, vehicle_batteries("two_way", car), np.full((1, 24), -50.0), clock(24), owner=[0])
    assert year.level_kwh[0, :19].min() == pytest.approx(18.0)
    assert year.leaving_kwh[0, 19] == pytest.approx(48.0)
    charging = np.flatnonzero(year.charge_kwh[0])
    assert charging.tolist() == [17, 18, 19]
    assert year.charge_kwh.sum() == pytest.approx((48 - 18) / 0.92)
    assert year.got_kwh[0] == pytest.approx(10.0)


def test_charged_only_and_at_once_it_is_the_house_s_own_charging() -> None:
    """A year of 60 chargers against `assets.ev.charge_sessions`: 1e-4 kWh in every hour but at the turn of the year."""
    drawn = sample_sessions(60, TimeGrid.of_index(YEAR, "Europe/Helsinki"), seed=4)
    owner = np.arange(60) // 6
    year = vehicle_year(
        drawn,
        vehicle_batteries("one_way", drawn),
        np.full((10, 8760), 1e6),
        clock(8760),
        owner=owner,
    )
    known = charge_sessions(drawn, clock(8760), owner=owner, n_owners=10)
    np.testing.assert_allclose(year.charge_kwh[:, 150:8600], known.energy_kwh[:, 150:8600], atol=1e-4)
    assert not year.discharge_kwh.any()
    np.testing.assert_allclose(year.got_kwh[year.done], known.delivered_kwh[year.done], atol=1e-9)


def test_there_and_back_is_as_efficient_as_measured() -> None:
    """Schram et al., SEST 2020 (from memory): 79 to 88 % there and back. Here out of a year of two hundred stays."""
    drawn = sample_sessions(5, TimeGrid.of_index(YEAR, "Europe/Helsinki"), seed=2)
    evening = np.where((np.arange(8760) % 24 >= 15) & (np.arange(8760) % 24 < 20), -50.0, 50.0)
    batteries = vehicle_batteries("two_way", drawn)
    year = vehicle_year(drawn, batteries, evening[None], clock(evening[None]), owner=np.zeros(5, int))
    plain = vehicle_year(
        drawn, vehicle_batteries("one_way", drawn), evening[None], clock(evening[None]), owner=np.zeros(5, int)
    )
    assert year.discharge_kwh.sum() > 1000
    more = year.charge_kwh.sum() - plain.charge_kwh.sum()
    assert 0.79 < year.discharge_kwh.sum() / more < 0.88
    table = vehicle_models()
    assert ((table["charge_efficiency"] * table["discharge_efficiency"]).between(0.79, 0.88)).all()


@settings(max_examples=120, deadline=None)
@given(
    drawn=sessions(),
    seed=st.integers(0, 1000),
    scale=st.floats(0, 60),
    model=st.sampled_from(["two_way", "one_way"]),
    charger_kw=st.floats(1, 22),
)
def test_energy_is_conserved_and_cars_leave_with_theirs(
    drawn: Sessions, seed: int, scale: float, model: str, charger_kw: float
) -> None:
    wanted = np.random.default_rng(seed).normal(0, 1, (2, HOURS)) * scale
    owner = np.array([0, 1, 1, 0])
    batteries = vehicle_batteries(model, drawn)
    year = vehicle_year(drawn, batteries, wanted, clock(wanted), owner=owner, charger_kw=charger_kw)
    # Losses counted a second time: from the efficiencies of what goes in and out.
    passed = (year.charge_kwh + year.discharge_kwh).sum(axis=1) + 1
    lost = 0.08 * year.charge_kwh + (1 / 0.92 - 1) * year.discharge_kwh
    if model == "one_way":
        assert not year.discharge_kwh.any()
    # Within an owner some cars may charge while others, late or too full, must do the opposite: never by a wish.
    assert (np.abs(year.loss_kwh - lost).sum(axis=1) < 1e-6 * passed).all()
    power = np.minimum(drawn.power_kw, charger_kw)
    np.testing.assert_allclose(year.possible_kwh, np.minimum(drawn.energy_kwh, power * drawn.dwell_h))
    np.testing.assert_allclose(year.got_kwh[year.done], year.possible_kwh[year.done], atol=1e-6)
    assert (year.done == (drawn.plug_in_h + drawn.dwell_h <= HOURS)).all()
    assert (year.level_kwh >= -1e-9).all()
    together = np.bincount(owner, weights=[charger_kw] * 4)
    assert ((year.charge_kwh + year.discharge_kwh) <= 2 * together[:, None] + 1e-9).all()
    np.testing.assert_allclose(year.refused_kwh, wanted - year.charge_kwh + year.discharge_kwh, atol=1e-9)


def test_what_nobody_owns_is_left_alone() -> None:
    drawn = sample_sessions(3, TimeGrid.of_index(YEAR, "Europe/Helsinki"), seed=1)
    year = vehicle_year(
        drawn,
        vehicle_batteries("two_way", drawn),
        np.full((1, 8760), 99.0),
        clock(8760),
        owner=np.array([-1, 0, -1]),
    )
    assert not year.got_kwh[drawn.charger != 1].any()
    assert year.got_kwh[drawn.charger == 1].any()


def test_no_cars_do_nothing() -> None:
    none = Sessions(np.zeros(0, np.int32), *(np.zeros(0) for _ in range(4)), n_chargers=0)
    year = vehicle_year(none, vehicle_batteries("two_way", none), np.ones((2, 5)), clock(5), owner=[])
    assert not year.charge_kwh.any()
    np.testing.assert_array_equal(year.refused_kwh, 1.0)


def test_the_common_form_is_what_is_plugged_in_on_the_mean() -> None:
    """By hand: of 24 h a car of 60 kWh stands 12 with 42 kWh of play and 11 kW."""
    car = one(0.0, 12.0, 5.0)
    store = vehicle_stores(car, vehicle_batteries("two_way", car), clock(24), owner=[0], n_owners=1)
    assert store.capacity_kwh[0] == pytest.approx(21.0)
    assert store.charge_kw[0] == pytest.approx(5.5)
    assert store.round_trip[0] == pytest.approx(0.92**2)
    idle = vehicle_stores(car, vehicle_batteries("one_way", car), clock(24), owner=[0], n_owners=1)
    assert idle.capacity_kwh[0] == 0


def test_mistakes_are_told_all_at_once() -> None:
    car = one(0.0, 5.0, 5.0)
    with pytest.raises(InputError, match="out of two_way, one_way; not boat"):
        vehicle_batteries("boat", car)
    batteries = vehicle_batteries("two_way", car)
    with pytest.raises(InputError) as failure:
        vehicle_year(car, batteries, np.zeros((1, 5)), clock(5), owner=[3], charger_kw=[1.0, 2.0])
    assert len(failure.value.findings) == 2
