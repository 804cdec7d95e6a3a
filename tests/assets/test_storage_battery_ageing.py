"""Ageing of batteries: cycles as a standard counts them, losses as published."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets._errors import InputError
from assets.building_systems.battery import batteries, self_consumption
from assets.storage import age_batteries, rainflow
from tests.assets.clock import clock

YEAR = 8760


def daily(depth: float, days: int = 365, hours: int = 4) -> np.ndarray:
    """Full at night, so many hours down and up again at noon."""
    day = np.ones(24)
    ramp = np.linspace(0, 1, hours + 1)
    day[8 : 8 + hours + 1] = 1 - depth * ramp
    day[8 + hours : 8 + 2 * hours + 1] = 1 - depth * ramp[::-1]
    return np.tile(day, days)[None]


def test_the_example_of_the_standard() -> None:
    """ASTM E1049-85, figure 6: ranges of 3 (half a cycle), 4 (one and a half), 6 (half), 8 (one) and 9 (half)."""
    found = rainflow([-2, 1, -3, 5, -1, 3, -4, 4, -2])
    assert found.groupby("range")["count"].sum().to_dict() == {3: 0.5, 4: 1.5, 6: 0.5, 8: 1.0, 9: 0.5}
    # Points on the way and pauses change nothing.
    slow = rainflow([-2, 0, 1, 1, -3, 1, 5, 5, -1, 3, 2, -4, 4, 4, -2])
    assert slow.groupby("range")["count"].sum().to_dict() == {3: 0.5, 4: 1.5, 6: 0.5, 8: 1.0, 9: 0.5}


@settings(max_examples=150, deadline=None)
@given(st.lists(st.integers(0, 20), min_size=1, max_size=80))
def test_cycles_add_up_to_the_way_that_was_gone(series: list[int]) -> None:
    """Whatever is counted, each range is gone once up and once down, half cycles once."""
    found = rainflow(series)
    way = np.abs(np.diff(series)).sum()
    assert 2 * (found["range"] * found["count"]).sum() == pytest.approx(way, rel=1e-12)
    assert found["range"].max() == np.ptp(series) if way else found.empty


@pytest.mark.parametrize(
    ("temp_c", "soc", "measured"),
    [(25, 0.5, 0.058), (25, 0.75, 0.072), (25, 1.0, 0.084), (40, 0.25, 0.073), (40, 0.5, 0.095), (40, 1.0, 0.128)],
)
def test_rest_of_iron_phosphate_as_measured(temp_c: float, soc: float, measured: float) -> None:
    """885 days of Naumann's storage test. `measured`: what NREL's own fit to the same measurements gives (BLAST-Lite,
    Lfp_Gr_SonyMurata3Ah_2018; Gasper et al., J. Electrochem. Soc. 169, 2022). Within 2.5 % of the capacity."""
    hours = 885 * 24
    aged = age_batteries(np.full((1, hours), soc), [1.0], clock(hours), temperature_c=temp_c)
    assert aged.rest_loss(aged.years)[0] == pytest.approx(measured, abs=0.025)
    assert aged.cycle_loss(aged.years)[0] == 0


def test_cycles_of_iron_phosphate_as_the_maker_says() -> None:
    """Sony Energy Devices, Fortelion, from memory: 6 000 full cycles at 23 °C to about 80 % of the capacity; here at
    1C, day and night."""
    series = np.tile([1.0, 0.0], 6000)[None]
    aged = age_batteries(series, [1.0], clock(series), temperature_c=23.0)
    assert aged.full_cycles[0] == pytest.approx(6000, abs=1)
    assert 0.75 < aged.left(aged.years)[0] < 0.85


def test_iron_phosphate_by_hand() -> None:
    """Naumann 2020: (0.0630 C + 0.0971) (4.0253 (DOC - 0.6)³ + 1.0923) √FEC percent; 80 % in 4 h is 0.2C."""
    aged = age_batteries(daily(0.8), [1.0], clock(daily(0.8)))
    rate = (0.0630 * 0.2 + 0.0971) * (4.0253 * 0.2**3 + 1.0923) / 100
    assert aged.full_cycles[0] == pytest.approx(365 * 0.8, rel=1e-9)
    assert aged.cycle_loss(1.0)[0] == pytest.approx(rate * np.sqrt(365 * 0.8), rel=1e-6)
    # Half as much again after four years as after one, times two, as the root has it.
    assert aged.cycle_loss(4.0)[0] == pytest.approx(2 * aged.cycle_loss(1.0)[0])


def test_nickel_manganese_cobalt_as_published() -> None:
    """Schmalstieg et al. 2014, their equation by hand: (7.543 U - 23.75) 10⁶ exp(-6976 / T) t^0.75, U = 3.697 V, 200
    days at 50 °C; and (7.348e-3 (U - 3.667)² + 7.6e-4 + 4.081e-3 ΔDOD) √Q for 300 cycles of 80 % around 3.697 V."""
    aged = age_batteries(np.full((1, 200 * 24), 0.5), [1.0], clock(200 * 24), chemistry="nmc", temperature_c=50.0)
    loss = aged.rest_loss(aged.years)[0]
    assert loss == pytest.approx((7.543 * 3.697 - 23.75) * 1e6 * np.exp(-6976 / 323.15) * 200**0.75, rel=0.01)
    cycled = age_batteries(
        np.tile([0.9, 0.1], 300)[None], [1.0], clock(np.tile([0.9, 0.1], 300)[None]), chemistry="nmc"
    )
    charge = 2 * 2.05 * 0.8 * 300
    by_hand = (7.348e-3 * 0.03**2 + 7.6e-4 + 4.081e-3 * 0.8) * np.sqrt(charge)
    assert cycled.cycle_loss(cycled.years)[0] == pytest.approx(by_hand, rel=0.01)


def test_heat_depth_and_charge_age_and_chemistries_differ() -> None:
    shallow, deep = (age_batteries(daily(d), [1.0], clock(daily(d))).left(10)[0] for d in (0.2, 0.9))
    cold, hot = (age_batteries(daily(0.5), [1.0], clock(daily(0.5)), temperature_c=t).left(10)[0] for t in (15, 40))
    low, full = (age_batteries(np.full((1, YEAR), s), [1.0], clock(YEAR)).left(10)[0] for s in (0.3, 1.0))
    assert deep < shallow
    assert hot < cold
    assert full < low
    both = age_batteries(
        np.tile(daily(0.5), (2, 1)), [1.0, 1.0], clock(np.tile(daily(0.5), (2, 1))), chemistry=["lfp", "nmc"]
    )
    assert both.left(5)[1] < both.left(5)[0]


def test_a_home_battery_lives_about_as_long_as_its_warranty() -> None:
    """Makers of home batteries warrant 70 to 80 % for ten years, of some 250 cycles each: the model is above that."""
    hour = np.arange(YEAR) % 24
    load = np.full((1, YEAR), 0.5, np.float32)
    sun = (np.maximum(np.sin((hour - 6) / 12 * np.pi), 0) * 3.0)[None].astype(np.float32)
    year = self_consumption(batteries(["home"]), clock(load), load_kwh=load, pv_kwh=sun)
    aged = age_batteries(year.soc_kwh, [10.0], clock(year.soc_kwh))
    assert aged.full_cycles[0] == pytest.approx(year.full_cycles([10.0])[0] / 0.95, rel=0.02)
    assert 0.7 < aged.left(10)[0] < 0.9
    assert 10 < aged.life_years(0.7)[0] < 40
    assert aged.left(aged.life_years(0.8)[0])[0] == pytest.approx(0.8, abs=1e-6)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(0, 10), min_size=2, max_size=50), st.sampled_from(["lfp", "nmc"]), st.floats(-20, 60))
def test_losses_only_grow(levels: list[float], chemistry: str, temp_c: float) -> None:
    aged = age_batteries([levels], [10.0], clock(levels), chemistry=chemistry, temperature_c=temp_c)
    left = np.array([aged.left(y)[0] for y in (0, 0.5, 1, 5, 50)])
    assert left[0] == 1
    assert (np.diff(left) <= 1e-12).all()
    assert (left >= 0).all()
    assert aged.full_cycles[0] <= np.abs(np.diff(levels)).sum() / 20 + 1e-9


def test_no_battery_does_not_age() -> None:
    aged = age_batteries(np.zeros((1, 100)), [0.0], clock(100))
    assert aged.left(30)[0] == 1
    assert aged.life_years()[0] == pytest.approx(200)


def test_mistakes_are_told_all_at_once() -> None:
    with pytest.raises(InputError) as failure:
        age_batteries([[1.0, np.nan]], [1.0, 2.0], clock(2), chemistry="lead", temperature_c=[1.0, 2.0, 3.0])
    assert len(failure.value.findings) == 4
    assert "no chemistry lead in the catalogue; take one of lfp, nmc" in failure.value.findings
