"""Deep wells against published plants and a numerical solution of the rising water."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from assets._errors import InputError
from assets.fluids.water import MEAN_KJ_KG_K
from assets.sources import (
    Doublet,
    breakthrough_years,
    deep_source,
    deep_technology,
    deep_wells,
    production_temperature,
)


def known(well: str, **changes: float) -> Doublet:
    row = deep_wells().loc[well]
    asked = {
        "depth_m": row["depth_m"],
        "flow_kg_s": row["flow_kg_s"],
        "reinjection_c": row["reinjection_c"],
        "gradient_k_m": (row["rock_temp_c"] - 7.5) / row["depth_m"],
    }
    return Doublet(**{**asked, **changes})


@pytest.mark.parametrize("well", ["thisted", "unterhaching"])
def test_heat_is_that_of_the_plants(well: str) -> None:
    """Published heat of Thisted and Unterhaching, within 6 %."""
    source = deep_source(known(well))
    assert source.available_kw[0] == pytest.approx(deep_wells().loc[well, "thermal_kw"], rel=0.06)
    assert source.return_limit_c == deep_wells().loc[well, "reinjection_c"]
    assert 0.0 < source.pump_share < 0.06


def test_otaniemi_is_as_warm_as_measured_and_gives_nothing() -> None:
    """100 °C at 5 km (University of Helsinki, 2024), within 3 K; with no flow there is no heat."""
    otaniemi = known("otaniemi")
    assert otaniemi.rock_temp_c == pytest.approx(120.0)
    assert otaniemi.surface_c + 5000 * otaniemi.gradient_k_m == pytest.approx(100.0, abs=3.0)
    np.testing.assert_array_equal(deep_source(otaniemi, 24).available_kw, 0.0)
    assert deep_wells().loc["otaniemi", "in_use"] == "no"
    # The 40 MW that it was planned for would have taken some 150 kg/s.
    planned = deep_source(known("otaniemi", flow_kg_s=150.0, productivity_kg_s_bar=20.0, spacing_m=1500.0))
    assert planned.available_kw[0] == pytest.approx(40_000, rel=0.2)


@given(st.floats(5.0, 150.0), st.floats(500.0, 6000.0), st.floats(0.01, 0.06), st.floats(0.1, 40.0))
def test_rising_water_cools_as_by_integrating_its_loss(
    flow: float, depth: float, gradient: float, years: float
) -> None:
    """dT/dz = -(T - T_rock(z))/A from the bottom up, by an ODE solver; within 1 mK."""
    doublet = Doublet(depth, flow, 5.0, gradient)
    f = np.log(2 * np.sqrt(doublet.rock_diffusivity_m2_s * years * 8760 * 3600) / doublet.well_radius_m) - 0.29
    a = flow * MEAN_KJ_KG_K * 1000 * f / (2 * np.pi * doublet.rock_w_m_k)
    solved = solve_ivp(
        lambda up, temp: -(temp - (doublet.surface_c + gradient * (depth - up))) / a,
        (0.0, depth),
        [doublet.rock_temp_c],
        rtol=1e-9,
        atol=1e-9,
    )
    assert production_temperature(doublet, years) == pytest.approx(solved.y[0, -1], abs=1e-3)
    assert doublet.surface_c - 1e-9 <= production_temperature(doublet, years) <= doublet.rock_temp_c + 1e-9


def test_breakthrough_by_hand() -> None:
    """π D² h (ρc)/(3 Q ρ_w c_w): 1 km, 100 m, 15 % water, 100 kg/s."""
    doublet = Doublet(2000.0, 100.0, 20.0, 0.03)
    layer = 0.15 * 4.19e6 + 0.85 * 2.3e6
    by_hand = np.pi * 1e6 * 100 * layer / (3 * 0.1 * 4.19e6) / (8760 * 3600)
    assert breakthrough_years(doublet) == pytest.approx(by_hand)
    with pytest.raises(InputError, match="cold water comes through"):
        deep_source(doublet, years=by_hand + 1)
    assert breakthrough_years(Doublet(2000.0, 0.0, 20.0, 0.03)) == np.inf


def test_direct_heat_stops_where_the_network_is_hotter_than_the_well() -> None:
    supply, back = np.array([80.0, 110.0, 125.0]), np.array([40.0, 50.0, 60.0])
    technology = deep_technology(known("unterhaching"), supply, back)
    hottest = float(production_temperature(known("unterhaching")))
    # It may not be colder than 60 °C when it goes down, so the first two hours give the same.
    np.testing.assert_allclose(technology.capacity_kw[:2], 150 * MEAN_KJ_KG_K * (hottest - 60.0), rtol=1e-6)
    assert technology.capacity_kw[2] == 0.0
    assert (technology.loss > 0).all()
    np.testing.assert_allclose(sum(technology.flows(technology.capacity_kw).values()), 0.0, atol=1e-6)


def test_impossible_wells_are_refused() -> None:
    with pytest.raises(InputError) as caught:
        Doublet(10.0, -1.0, 20.0, 0.03, porosity=2.0, pump_efficiency=0.0)
    assert len(caught.value.findings) == 4
    with pytest.raises(InputError, match="the pumps take"):
        deep_source(Doublet(1000.0, 50.0, 25.0, 0.02, productivity_kg_s_bar=0.05))
