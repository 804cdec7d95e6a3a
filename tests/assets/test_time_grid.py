"""The clock: energy of power in a step, losses of a step, labels over the days of 23 and 25 hours."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets._errors import InputError
from assets.time_grid import TimeGrid

STEPS = ("5min", "10min", "15min", "30min", "1h")


def grid(step: str = "15min", n: int = 96, start: str = "2025-01-01T00:00Z") -> TimeGrid:
    return TimeGrid(pd.Timestamp(start), pd.Timedelta(step), n, "Europe/Helsinki")


def test_a_store_of_25_kw_gives_6_25_kwh_in_a_quarter() -> None:
    assert grid("15min").kwh_of(25.0) == 6.25
    assert grid("15min").kw_of(6.25) == 25.0


@given(kw=st.floats(-1e6, 1e6), step=st.sampled_from(STEPS))
def test_steps_of_constant_power_sum_to_the_hour(kw: float, step: str) -> None:
    of = grid(step)
    many = round(1.0 / of.step_h)
    assert sum(of.kwh_of(kw) for _ in range(many)) == pytest.approx(grid("1h").kwh_of(kw), rel=1e-14)
    assert of.kw_of(of.kwh_of(kw)) == pytest.approx(kw, rel=1e-15)


@given(share=st.floats(0.0, 1.0), step=st.sampled_from(STEPS))
def test_losses_of_an_hours_steps_compound_to_the_hours(share: float, step: str) -> None:
    of = grid(step)
    left = (1.0 - of.share_of(share)) ** round(1.0 / of.step_h)
    assert left == pytest.approx(1.0 - share, abs=1e-14)


def test_an_hour_changes_no_bit() -> None:
    values = np.random.default_rng(0).random(1000).astype(np.float32)
    for made in (grid("1h").kwh_of(values), grid("1h").kw_of(values), grid("1h").share_of(values)):
        assert made.dtype == np.float32
        np.testing.assert_array_equal(made, values)


def test_single_precision_stays_single() -> None:
    assert grid("15min").kwh_of(np.ones(3, dtype=np.float32)).dtype == np.float32


def test_times_are_kept_in_utc() -> None:
    of = TimeGrid(pd.Timestamp("2025-01-01T02:00+02:00"), pd.Timedelta("1h"), 3, "Europe/Helsinki")
    assert str(of.start) == "2025-01-01 00:00:00+00:00"
    assert str(of.index.tz) == "UTC"
    assert of.end == pd.Timestamp("2025-01-01T03:00Z")


@pytest.mark.parametrize(("day", "quarters"), [("2025-03-30", 92), ("2025-10-26", 100)])
def test_days_of_23_and_25_hours_have_their_steps(day: str, quarters: int) -> None:
    first = pd.Timestamp(day, tz="Europe/Helsinki")
    of = TimeGrid(first, pd.Timedelta("15min"), quarters, "Europe/Helsinki")
    assert of.end.tz_convert(of.zone) == first.normalize() + pd.DateOffset(days=1)
    assert of.index.is_unique


def test_an_index_gives_its_grid_back() -> None:
    of = grid("30min")
    assert TimeGrid.of_index(of.index, of.zone) == of
    assert hash(TimeGrid.of_index(of.index, of.zone)) == hash(of)
    coarse = of.index.as_unit("s")
    assert TimeGrid.of_index(coarse, of.zone) == of


def test_two_halves_meet() -> None:
    of = grid()
    first, second = of.between(0, 40), of.between(40, 96)
    assert first.end == second.start
    assert first.index.append(second.index).equals(of.index)
    with pytest.raises(InputError, match="not among the 96"):
        of.between(90, 97)


def test_hours_as_steps() -> None:
    assert grid("15min").steps_of(24) == 96
    assert grid("1h").steps_of(0.2) == 1


def test_what_is_wrong_is_told_at_once() -> None:
    with pytest.raises(InputError) as caught:
        TimeGrid(pd.Timestamp("2025-01-01"), pd.Timedelta("7min"), -1, "Europe/Atlantis")
    assert len(caught.value.findings) == 4


def test_gaps_and_naive_times_are_refused() -> None:
    index = grid("1h", 10).index
    with pytest.raises(InputError, match="not equally spaced, first after 2025-01-01 03:00"):
        TimeGrid.of_index(index.delete(4))
    with pytest.raises(InputError, match="no time zone"):
        TimeGrid.of_index(index.tz_localize(None))
    with pytest.raises(InputError, match="do not tell the step"):
        TimeGrid.of_index(index[:1])


def test_arrays_of_another_length_are_named() -> None:
    with pytest.raises(InputError, match=r"load_kwh has shape \(2, 95\)"):
        grid().check(load_kwh=np.zeros((2, 95)), price=np.zeros(96))
