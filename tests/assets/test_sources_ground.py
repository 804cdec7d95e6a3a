"""Shallow ground against a numerical solution, pygfunction and the usual limits of collectors."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import solve_banded

from assets._errors import InputError
from assets.sources.borehole_field import (
    BoreholeField,
    borehole_source,
    g_function,
    grid_field,
    sustainable_share,
    wall_temperature,
)
from assets.sources.shallow_ground import (
    BRINE_LIMIT_C,
    GroundClimate,
    extraction_limit_w,
    ground_climate,
    ground_kinds,
    ground_temperature,
    shallow_source,
)
from tests.assets.clock import clock

HOURS = 8760
YEAR = clock(HOURS)
DAY = np.arange(HOURS) / 24


def helsinki_air() -> np.ndarray:
    """A year like Helsinki's: mean of 6.5 °C, coldest at the end of January, days within it."""
    return 6.5 - 11.5 * np.cos(2 * np.pi * (DAY - 28) / 365) + 3 * np.sin(2 * np.pi * (DAY - 0.4))


def gfunctions() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pygfunction
    return pygfunction


def winter_load(peak_kw: float) -> np.ndarray:
    """Load of a heat pump: some hot water all year, space heat by the cold."""
    return peak_kw * np.clip((17 - helsinki_air()) / 38, 0.05, 1.0)


def test_temperature_by_depth_solves_the_heat_equation() -> None:
    """An implicit solution of conduction in 40 m of ground, ten years with the same surface; within 0.05 K."""
    climate = ground_climate(helsinki_air(), YEAR, "moist_soil")
    climate = GroundClimate(climate.mean_c, climate.amplitude_k, climate.coldest_day, climate.diffusivity_m2_s, 0.0)
    dz, dt, n = 0.1, 6 * 3600.0, 400
    r = climate.diffusivity_m2_s * dt / dz**2
    banded = np.zeros((3, n))
    banded[0, 2:], banded[1, :], banded[2, :-2] = -r, 1 + 2 * r, -r
    banded[1, 0], banded[1, -1], banded[2, -2] = 1.0, 1.0, -1.0
    state = np.full(n, climate.mean_c)
    for step in range(10 * 1460):
        time = (step + 1) / 4
        state[0] = climate.mean_c - climate.amplitude_k * np.cos(2 * np.pi * (time - climate.coldest_day) / 365)
        state[-1] = 0.0
        state = solve_banded((1, 1), banded, state)
    depths = np.array([0.5, 1.0, 2.0, 5.0, 10.0])
    end = ground_temperature(climate, depths, clock(HOURS + 1))[:, -1]
    np.testing.assert_allclose(end, state[np.rint(depths / dz).astype(int)], atol=0.05)


def test_finnish_boreholes_find_the_temperature_that_is_measured() -> None:
    """Bedrock of Espoo has 7 to 8.5 °C at 100 to 150 m (GTK, from memory); it knows no season below 20 m."""
    temps = ground_temperature(ground_climate(helsinki_air(), YEAR), [20.0, 100.0, 150.0], YEAR)
    assert np.ptp(temps[0]) < 0.3
    assert 7.0 < temps[1].mean() < 9.0
    assert temps[2].mean() - temps[1].mean() == pytest.approx(0.6, abs=1e-6)


def test_surface_is_as_cold_as_the_air_s_first_harmonic() -> None:
    climate = ground_climate(helsinki_air(), YEAR)
    assert climate.amplitude_k == pytest.approx(11.5, rel=1e-3)
    assert climate.coldest_day == pytest.approx(28.0, abs=0.1)
    assert climate.mean_c == pytest.approx(0.71 * 6.5 + 2.93, abs=1e-6)


@pytest.mark.parametrize(
    ("rows", "columns", "spacing", "length", "within"),
    [(1, 1, 6, 200, 0.001), (2, 1, 8, 250, 0.005), (3, 3, 6, 150, 0.006), (6, 6, 7.5, 150, 0.01)],
)
def test_g_function_is_that_of_pygfunction(
    rows: int, columns: int, spacing: float, length: float, within: float
) -> None:
    """Uniform wall temperature, 12 segments, pygfunction 2.3; three days to 50 years."""
    field = grid_field(rows, columns, spacing, length, 7.0)
    times = np.geomspace(3 * 86400, 50 * 365 * 86400, 10)
    library = gfunctions()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        bores = library.borefield.Borefield.rectangle_field(
            rows, columns, spacing, spacing, length, field.buried_m, field.radius_m
        )
        wanted = library.gfunction.gFunction(
            bores,
            field.diffusivity_m2_s,
            time=times,
            boundary_condition="UBWT",
            method="similarities",
            options={"nSegments": 12, "segment_ratios": None},
        ).gFunc
    np.testing.assert_allclose(g_function(field, times), wanted, rtol=within)


def test_a_year_of_loads_is_superposed_as_by_pygfunction() -> None:
    """Claesson and Javed's load aggregation in pygfunction, with the same g-function: within 0.02 K of 5 K.

    Its cells are made small: with 5 a level, 20, 100 and 400 it stands 0.11, 0.06, 0.03 and 0.016 K apart.
    """
    field, load = grid_field(2, 2, 7.0, 180.0, 7.0), winter_load(25.0)
    library = gfunctions()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        history = library.load_aggregation.ClaessonJaved(3600.0, HOURS * 3600.0, cells_per_level=400)
        history.initialize(
            g_function(field, history.get_times_for_simulation()) / (2 * np.pi * field.conductivity_w_m_k)
        )
        wanted = np.empty(HOURS)
        for hour in range(HOURS):
            history.next_time_step((hour + 1) * 3600.0)
            history.set_current_load(load[hour] * 1000 / field.total_m)
            wanted[hour] = np.asarray(history.temporal_superposition()).item()
    ours = 7.0 - wall_temperature(field, load, years=1)
    assert wanted.max() > 3.0
    np.testing.assert_allclose(ours, wanted, atol=0.02)


def test_years_add_up_and_each_is_colder() -> None:
    field, load = grid_field(3, 3, 8.0, 200.0, 7.5), winter_load(40.0)
    means = [wall_temperature(field, load, years).mean() for years in (1, 5, 25)]
    assert means[0] > means[1] > means[2]
    three = wall_temperature(field, np.tile(load, 3), 1)[-HOURS:]
    np.testing.assert_allclose(three, wall_temperature(field, load, 3), atol=2e-3)


def test_a_finnish_borehole_gives_what_finnish_boreholes_give() -> None:
    """Some 100 kWh a metre and year without neighbours (Finnish dimensioning, GTK and Motiva, from memory: 80-140)."""
    temp = float(ground_temperature(ground_climate(helsinki_air(), YEAR), [100.0], YEAR).mean())
    field = grid_field(1, 1, 0.0, 200.0, temp)
    load = winter_load(7.0)
    yearly = load.sum() * sustainable_share(field, load) / field.total_m
    assert 80 <= yearly <= 140


@settings(max_examples=20)
@given(st.floats(5.0, 300.0), st.integers(1, 3), st.integers(1, 3), st.floats(4.0, 20.0))
def test_the_brine_never_falls_below_its_limit(peak: float, rows: int, columns: int, spacing: float) -> None:
    field, load = grid_field(rows, columns, spacing, 150.0, 7.0), winter_load(peak)
    source = borehole_source(field, load, years=10)
    assert source.kind == "ground"
    assert (source.available_kw <= load + 1e-9).all()
    mean = wall_temperature(field, source.available_kw, 10)
    mean = mean - source.available_kw * 1000 / field.total_m * field.resistance_m_k_w
    assert mean.min() >= BRINE_LIMIT_C - 1e-6
    assert (source.temp_c >= source.return_limit_c).all()
    share = sustainable_share(field, load, years=10)
    if share < 1:
        assert mean.min() == pytest.approx(BRINE_LIMIT_C, abs=1e-6)
        np.testing.assert_allclose(source.available_kw, share * load)


def test_a_field_that_gets_back_what_it_gives_bears_more() -> None:
    field, load = grid_field(4, 4, 6.0, 150.0, 7.0), winter_load(60.0)
    warmed = np.where(helsinki_air() > 14, load - 25.0, load)
    assert sustainable_share(field, warmed) > sustainable_share(field, load)
    assert sustainable_share(field, np.zeros(HOURS)) == np.inf


def test_usual_limits_by_hand() -> None:
    """VDI 4640-2: 84 W/m at 1800 h, 70 at 2400 h; at 4800 h the year's heat of 2400 h."""
    np.testing.assert_allclose(
        extraction_limit_w("borehole", "good", [1000, 1800, 2100, 2400, 4800]), [84, 84, 77, 70, 35]
    )
    source = shallow_source(ground_climate(helsinki_air(), YEAR), size=1000.0, time=YEAR)
    np.testing.assert_allclose(source.available_kw, 70.0)
    assert 1.0 < source.temp_c.mean() < 5.0
    assert (ground_kinds()["diffusivity_m2_s"] < 2e-6).all()


def test_bad_fields_and_loads_are_refused_with_all_findings() -> None:
    with pytest.raises(InputError) as caught:
        BoreholeField(np.array([0.0, 0.0]), np.array([0.0]), 0.0, 7.0, conductivity_w_m_k=-1.0)
    assert len(caught.value.findings) == 3
    with pytest.raises(InputError, match="boreholes 0 and 1 stand in each other"):
        BoreholeField(np.zeros(2), np.zeros(2), 100.0, 7.0)
    with pytest.raises(InputError, match="give a whole year"):
        ground_climate(np.zeros(100), clock(100))
    with pytest.raises(InputError, match="no collector borehole in butter"):
        extraction_limit_w("borehole", "butter", 2000)
    with pytest.raises(InputError, match="extraction_kw"):
        borehole_source(grid_field(1, 1, 0.0, 100.0, 7.0), np.array([-1.0, 2.0]))
    with pytest.raises(InputError, match="depth_m"):
        ground_temperature(ground_climate(helsinki_air(), YEAR), [-1.0], YEAR)
