"""Wind power against windpowerlib, against published figures and against its own limits."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets._errors import InputError
from assets.sources.wind import (
    WindMast,
    air_density,
    hub_speed_factor,
    roughness_length,
    wind_losses,
    wind_power,
    wind_technology,
    wind_turbines,
)

HOURS = 8760


def weather(seed: int = 3) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    return {
        "wind_speed_m_s": np.clip(rng.weibull(2.0, HOURS) * 6.0, 0, 30),
        "air_temp_c": 5 + 12 * np.sin(np.arange(HOURS) / HOURS * 2 * np.pi - 2) + rng.normal(0, 3, HOURS),
        "pressure_pa": 101_000 + rng.normal(0, 900, HOURS),
    }


@pytest.mark.parametrize("turbine", list(wind_turbines().index))
def test_a_year_is_that_of_windpowerlib(turbine: str) -> None:
    """ModelChain of windpowerlib 0.2.2 with its own power curve: logarithmic profile, ideal gas, density correction.

    Within 1e-6 of the rated power in every hour; powers are float32 here.
    """
    with warnings.catch_warnings():
        # pandas and its own deprecations are not ours to mend.
        warnings.simplefilter("ignore")
        from windpowerlib import ModelChain, WindTurbine
    row, air = wind_turbines().loc[turbine], weather()
    index = pd.date_range("2024-12-31T22:00Z", periods=HOURS, freq="h")
    frame = pd.DataFrame(
        {
            ("wind_speed", 10): air["wind_speed_m_s"],
            ("temperature", 2): air["air_temp_c"] + 273.15,
            # windpowerlib wants the height of the pressure too.
            ("pressure", 2): air["pressure_pa"],
            ("roughness_length", 0): np.full(HOURS, 0.1),
        },
        index=index,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        machine = WindTurbine(hub_height=row["hub_height_m"], turbine_type=row["oedb_type"])
        assert machine.nominal_power == row["rated_kw"] * 1000
        assert machine.rotor_diameter == row["rotor_diameter_m"]
        chain = ModelChain(
            machine,
            wind_speed_model="logarithmic",
            density_model="ideal_gas",
            temperature_model="linear_gradient",
            power_output_model="power_curve",
            density_correction=True,
        ).run_model(frame)
    wanted = chain.power_output.to_numpy() / 1000
    ours = wind_power([turbine], **air, roughness_m=0.1, losses=0.0, mast=WindMast(roughness_m=0.1))[0]
    assert wanted.mean() > 0.1 * row["rated_kw"]
    np.testing.assert_allclose(ours, wanted, atol=1e-6 * row["rated_kw"], rtol=2e-7)


def test_full_load_hours_are_those_of_finnish_wind_parks() -> None:
    """Modern Finnish wind parks run at 35 to 40 % of their rated power (Finnish Wind Power Association, from memory).

    At a Weibull wind of 7.3 m/s at 150 m, which Finland's Wind Atlas gives for sites inland (from memory). No wake is
    counted here; a tenth is taken off for it.
    """
    rng = np.random.default_rng(1)
    wind = rng.weibull(2.2, HOURS) * 7.3 / 0.8856
    power = wind_power(
        ["enercon_e141_4200"],
        wind_speed_m_s=wind,
        air_temp_c=np.full(HOURS, 4.0),
        hub_height_m=150.0,
        mast=WindMast(wind_height_m=150.0),
    )
    assert 0.35 <= 0.9 * power.mean() / 4200 <= 0.40


def test_wind_over_the_roughness_of_a_city_by_hand() -> None:
    """Up to 60 m over open ground, down to the hub over a city's roofs."""
    factor = hub_speed_factor([100.0], roughness_length(["city"]))
    by_hand = np.log(60 / 0.03) / np.log(10 / 0.03) * np.log(100 / 2) / np.log(60 / 2)
    np.testing.assert_allclose(factor, by_hand, rtol=1e-12)
    same = hub_speed_factor([100.0], [0.03])
    np.testing.assert_allclose(same, np.log(100 / 0.03) / np.log(10 / 0.03), rtol=1e-12)


def test_density_is_that_of_the_standard_atmosphere() -> None:
    """ISO 2533: 1.225 kg/m³ at 15 °C and 1013.25 hPa; 1.1673 at 500 m, within 0.5 % of a linear fall of pressure."""
    assert air_density(15.0, 101_325.0) == pytest.approx(1.225, rel=1e-4)
    assert air_density(15.0, 101_325.0, 500.0) == pytest.approx(1.1673, rel=0.005)


@given(
    st.lists(st.tuples(st.floats(0, 60), st.floats(-40, 35), st.floats(9.3e4, 1.06e5)), min_size=1, max_size=50),
    st.lists(st.sampled_from(list(wind_turbines().index)), min_size=1, max_size=4),
    st.floats(0.0, 0.9),
)
def test_power_lies_between_nothing_and_the_curve_s_top(
    hours: list[tuple[float, float, float]], turbines: list[str], losses: float
) -> None:
    wind, air, pressure = (np.array(column) for column in zip(*hours, strict=True))
    power = wind_power(turbines, wind_speed_m_s=wind, air_temp_c=air, pressure_pa=pressure, losses=losses)
    rated = wind_turbines().loc[turbines, "rated_kw"].to_numpy()[:, None]
    assert (power >= 0).all()
    # Enercon's curves end 1 to 2 % above their rated power.
    assert (power <= rated * (1 - losses) * 1.03).all()
    technology = wind_technology(power.sum(axis=0))
    flows = technology.flows(technology.capacity_kw)
    assert technology.must_run
    np.testing.assert_allclose(technology.loss, 0.0, atol=1e-12)
    np.testing.assert_allclose(sum(flows.values()), 0.0, atol=1e-9)


def test_beyond_the_cut_out_nothing_turns() -> None:
    power = wind_power(
        ["vestas_v126_3300"], wind_speed_m_s=[40.0], air_temp_c=[15.0], mast=WindMast(wind_height_m=137.0)
    )
    assert power[0, 0] == 0.0


def test_losses_and_count_scale() -> None:
    air = {"wind_speed_m_s": np.full(3, 8.0), "air_temp_c": np.full(3, 5.0)}
    bare = wind_power(["enercon_e82_2300"], **air, losses=0.0)
    np.testing.assert_allclose(
        wind_power(["enercon_e82_2300"], **air, count=4), bare * 4 * (1 - wind_losses()), rtol=1e-6
    )
    assert wind_losses() == pytest.approx(1 - 0.97 * 0.98)


def test_all_findings_come_at_once() -> None:
    with pytest.raises(InputError) as caught:
        wind_power(
            ["enercon_e82_2300"], wind_speed_m_s=[-1.0, 3.0], air_temp_c=[5.0], hub_height_m=[1.0], roughness_m=[9.0]
        )
    assert len(caught.value.findings) == 4
    with pytest.raises(InputError, match="no wind turbine dutch_mill"):
        wind_power(["dutch_mill"], wind_speed_m_s=[1.0], air_temp_c=[5.0])
