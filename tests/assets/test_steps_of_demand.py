"""Zones and uses at any step: steady power is the same in quarters, two halves that hand on their mass the whole."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.demand.daytypes import local_time
from assets.demand.diversity import seeds_of, spread
from assets.demand.profiles import profiles
from assets.demand.zone import ZoneResults, Zones, simulate_zones
from assets.time_grid import TimeGrid
from tests.assets.clock import clock
from tests.assets.test_demand_zone import HOURS, surroundings, zones_from


def of(zones: Zones, around: dict, some: slice, step_h: float, start: np.ndarray | None = None) -> ZoneResults:
    mine = {name: values[..., some] for name, values in around.items()}
    time = clock(mine["air_temp_c"], step_h)
    return simulate_zones(zones, time, **mine, warmup_h=0, start_mass_temp_c=start, nodes=True)


@given(seed=st.integers(0, 999), cut=st.integers(1, HOURS - 1), step_h=st.sampled_from([0.25, 1.0]))
def test_two_halves_of_a_zone_are_the_whole(seed: int, cut: int, step_h: float) -> None:
    zones, around = zones_from(seed), surroundings(seed, 3)
    whole = of(zones, around, slice(None), step_h)
    one = of(zones, around, slice(0, cut), step_h)
    two = of(zones, around, slice(cut, None), step_h, one.end_mass_temp_c)
    for name in ("space_heat_kw", "cooling_kw", "indoor_temp_c"):
        np.testing.assert_array_equal(np.hstack([getattr(one, name), getattr(two, name)]), getattr(whole, name))
    np.testing.assert_array_equal(two.end_mass_temp_c, whole.end_mass_temp_c)


@given(seed=st.integers(0, 999))
def test_quarters_of_a_zone_take_about_as_much_heat_as_hours(seed: int) -> None:
    zones, around = zones_from(seed), surroundings(seed, 3)
    zones = replace(zones, heating_max_kw=np.full(3, np.inf), heating_setback_k=np.zeros(3))
    hours = of(zones, around, slice(None), 1.0)
    quarters = of(zones, {name: np.repeat(values, 4, axis=-1) for name, values in around.items()}, slice(None), 0.25)
    fine = clock(4 * HOURS, 0.25).kwh_of(quarters.space_heat_kw.astype(np.float64)).sum(axis=1)
    coarse = clock(HOURS).kwh_of(hours.space_heat_kw.astype(np.float64)).sum(axis=1)
    # The implicit step is of second order: what is left is the switching between heating and none.
    np.testing.assert_allclose(fine, coarse, rtol=0.03, atol=0.01 * coarse.max() + 1.0)


def test_quarters_of_a_households_use_sum_to_its_hours() -> None:
    hours = TimeGrid(pd.Timestamp("2024-12-31T22:00Z"), pd.Timedelta("1h"), 8760, "Europe/Helsinki")
    quarters = TimeGrid(hours.start, pd.Timedelta("15min"), 4 * 8760, hours.zone)
    found = []
    for grid in (hours, quarters):
        time = local_time(grid, "FI")
        shapes = profiles(time)
        out = np.empty((1, grid.n), np.float32)
        spread(
            np.array([4000.0]),
            shapes.appliances,
            shapes.row_of(["residential"]),
            units=np.array([1.0]),
            seeds=seeds_of(pd.Index(["w1"]), "appliances", 3),
            time=time,
            out=out,
        )
        found.append(grid.kwh_of(out.astype(np.float64))[0])
    whole, parts = found
    assert whole.sum() == pytest.approx(4000.0, rel=1e-5)
    assert parts.sum() == pytest.approx(4000.0, rel=1e-5)
    # Shifts of habits move part of an hour's use across its border: the days agree, and the hours nearly.
    np.testing.assert_allclose(parts.reshape(-1, 96).sum(axis=1), whole.reshape(-1, 24).sum(axis=1), rtol=0.05)
    assert np.corrcoef(parts.reshape(-1, 4).sum(axis=1), whole)[0, 1] > 0.95
