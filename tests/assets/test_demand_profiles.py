"""People live by the local clock, rest on holidays and don't switch on together."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets._errors import CatalogueError, InputError
from assets.catalogue import attributes, check_tables, country_table, table
from assets.demand.daytypes import local_time, public_holidays
from assets.demand.diversity import seeds_of, spread
from assets.demand.profiles import QUANTITIES, profiles
from assets.time_grid import TimeGrid
from tests.assets.demand_cases import INDEX

FINLAND = local_time(TimeGrid.of_index(INDEX, "Europe/Helsinki"), "FI")
SHAPES = profiles(FINLAND)


def test_catalogue_of_finland_is_as_declared_and_every_row_has_its_source() -> None:
    assert check_tables("FI") == []
    for kind in ("archetypes", "uses", "retrofit", "profiles", "months", "published_consumption"):
        assert country_table(kind, "FI")["source"].str.len().min() > 10, kind
    declared = attributes()
    assert not declared.duplicated(["table", "attribute"]).any()
    assert declared["description"].notna().all()


def test_building_code_of_every_year_named_is_an_era() -> None:
    eras = country_table("archetypes", "FI")
    for _, group in eras.groupby("era_class"):
        assert {1976, 1978, 1985, 2003, 2010, 2012, 2018} <= set(group["from_year"])
        for column in ("u_wall_w_m2k", "u_roof_w_m2k", "u_floor_w_m2k", "u_window_w_m2k", "q50_m3_h_m2"):
            assert group.sort_values("from_year")[column].is_monotonic_decreasing, column
        assert group.sort_values("from_year")["heat_recovery"].is_monotonic_increasing


def test_a_table_or_country_that_is_not_there_is_named_with_what_is() -> None:
    with pytest.raises(CatalogueError, match=r"uses_fi\.csv"):
        table("nothing")
    with pytest.raises(CatalogueError, match=r"archetypes_se\.csv"):
        country_table("archetypes", "SE")


def test_the_day_of_23_hours_has_no_hour_three_and_the_day_of_25_has_it_twice() -> None:
    local = INDEX.tz_convert("Europe/Helsinki")
    spring = FINLAND.hour[local.date == dt.date(2025, 3, 30)]
    autumn = FINLAND.hour[local.date == dt.date(2025, 10, 26)]
    assert len(spring) == 23
    assert 3 not in spring
    assert len(autumn) == 25
    assert (autumn == 3).sum() == 2
    assert len(np.unique(FINLAND.day)) == 365


def test_offices_open_by_the_clock_in_summer_too() -> None:
    office = SHAPES.operating[SHAPES.row_of(["office"])[0]]
    for day in ("2025-01-15", "2025-06-18"):
        midnight = pd.Timestamp(day, tz="Europe/Helsinki")
        hours = INDEX.get_indexer(pd.date_range(midnight, periods=24, freq="h").tz_convert("UTC"))
        opened = np.flatnonzero(office[hours] > 0)
        assert opened.min() == 6
        assert opened.max() == 18


@pytest.mark.parametrize(
    ("date", "rests"),
    [
        ((2025, 1, 1), True),
        ((2025, 1, 6), True),
        ((2025, 5, 1), True),
        ((2025, 6, 20), True),
        ((2025, 12, 6), True),
        ((2025, 12, 24), True),
        ((2025, 12, 23), False),
        ((2025, 6, 19), False),
    ],
)
def test_finnish_holidays_are_kept(date: tuple[int, int, int], rests: bool) -> None:
    assert (dt.date(*date) in public_holidays("FI", [2025])) is rests
    noon = INDEX.get_loc(pd.Timestamp(*date, 12, tz="Europe/Helsinki").tz_convert("UTC"))
    working = SHAPES.operating[SHAPES.row_of(["office"])[0], noon]
    assert working == (0.0 if rests else 1.0)


def test_an_unknown_country_keeps_weekends_and_says_so(caplog: pytest.LogCaptureFixture) -> None:
    time = local_time(TimeGrid.of_index(INDEX[:200], "Europe/Helsinki"), "ZZ")
    assert set(time.day_type) == {0, 1, 2}
    assert "ZZ" in caplog.text
    with pytest.raises(InputError, match="time zone"):
        local_time(TimeGrid.of_index(INDEX.tz_localize(None), "Europe/Helsinki"), "FI")


def test_a_years_shares_sum_to_one_and_half_a_year_to_its_part() -> None:
    for name in ("appliances", "lighting", "hot_water", "people"):
        totals = getattr(SHAPES, name).sum(axis=1, dtype=float)
        used = totals > 0
        np.testing.assert_allclose(totals[used], 1.0, rtol=1e-5)
        assert getattr(SHAPES, name).min() >= 0.0
    half = profiles(local_time(TimeGrid.of_index(INDEX[:4380], "Europe/Helsinki"), "FI"))
    np.testing.assert_allclose(half.appliances.sum(axis=1, dtype=float), 0.5, rtol=1e-5)
    assert SHAPES.occupancy.max() <= 1.0


def test_every_use_has_every_profile_of_every_day() -> None:
    rows = country_table("profiles", "FI")
    wanted = set(country_table("uses", "FI")["profile"])
    assert wanted == set(rows["profile"])
    for name, group in rows.groupby("profile"):
        assert len(group) == 3 * len(QUANTITIES), name
    with pytest.raises(CatalogueError, match="castle"):
        profiles(FINLAND).row_of(["castle"])


def test_light_burns_in_winter_and_schools_are_empty_in_july() -> None:
    home, school = SHAPES.row_of(["residential", "school"])
    month = FINLAND.month
    assert SHAPES.lighting[home, month == 12].mean() > 2.5 * SHAPES.lighting[home, month == 6].mean()
    assert SHAPES.people[school, month == 7].mean() < 0.15 * SHAPES.people[school, month == 11].mean()


def test_hot_water_peaks_in_the_evening_and_sleeps_at_night() -> None:
    """As in Finnish blocks of flats (Ahmed, Pylsy & Kurnitski 2015): evening above morning, least at 2 to 4."""
    draw = SHAPES.hot_water[SHAPES.row_of(["residential"])[0]]
    workdays = FINLAND.day_type == 0
    by_hour = np.array([draw[workdays & (FINLAND.hour == hour)].mean() for hour in range(24)])
    assert by_hour.argmax() in {19, 20, 21}
    assert by_hour.argmin() in {1, 2, 3, 4}
    assert by_hour[6:9].max() > 2 * by_hour[0:5].max()


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**31), annual=st.floats(0.0, 1e7), units=st.floats(0.0, 5000.0))
def test_diversity_keeps_the_year_and_never_goes_below_zero(seed: int, annual: float, units: float) -> None:
    out = np.empty((2, 8760), np.float32)
    spread(
        np.array([annual, annual]), SHAPES.appliances, SHAPES.row_of(["residential", "office"]),
        units=np.array([units, units]), seeds=seeds_of(pd.Index(["a", "b"]), "appliances", seed), time=FINLAND,
        out=out,
    )  # fmt: skip
    np.testing.assert_allclose(out.sum(axis=1, dtype=float), annual, rtol=1e-4, atol=1e-6)
    assert out.min() >= 0.0


def test_the_peak_of_many_is_lower_than_the_sum_of_their_peaks() -> None:
    n = 200
    out = np.empty((n, 8760), np.float32)
    spread(
        np.full(n, 4000.0), SHAPES.appliances, np.full(n, SHAPES.row_of(["residential"])[0], np.int32),
        units=np.ones(n), seeds=seeds_of(pd.RangeIndex(n), "appliances", 0), time=FINLAND, out=out,
    )  # fmt: skip
    together = out.sum(axis=0).max() / out.max(axis=1).sum()
    assert 0.3 < together < 0.85
    small, large = (
        np.empty((1, 8760), np.float32),
        np.empty((1, 8760), np.float32),
    )
    for units, into in ((1.0, small), (400.0, large)):
        spread(
            np.array([1000.0]), SHAPES.appliances, SHAPES.row_of(["residential"]), units=np.array([units]),
            seeds=seeds_of(pd.Index(["x"]), "appliances", 0), time=FINLAND, out=into,
        )  # fmt: skip
    assert small.std() > large.std()


def test_two_runs_give_the_same_bytes() -> None:
    seeds = seeds_of(pd.Index(["w1", "w2"]), "lighting", 7)
    assert seeds.tobytes() == seeds_of(pd.Index(["w1", "w2"]), "lighting", 7).tobytes()
    assert len({int(seed) for name in ("appliances", "lighting") for seed in seeds_of(pd.Index(["w1"]), name, 7)}) == 2
