"""Heat in buildings' mass and in the network's water: against the zone model, CoolProp and measurements."""

from __future__ import annotations

import CoolProp.CoolProp as Fluids
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from assets._errors import InputError
from assets.demand.zone import Zones, simulate_zones
from assets.storage import (
    BuildingMass,
    mass_of_buildings,
    mass_of_zones,
    mass_year,
    network_water_year,
    store_year,
    water_of_pipes,
)
from tests.assets.clock import clock

HOURS = 240


def zones(floor_m2: float = 1000.0, c_m_j_k_m2: float = 260e3) -> Zones:
    """Two blocks of flats of the 1970s, the second better insulated; 21 °C ± 1 K by the share of operation."""
    n = 2
    m2 = np.full(n, floor_m2)
    return Zones(
        h_tr_w_w_k=m2 * [0.35, 0.15],
        h_tr_em_w_k=m2 * [0.30, 0.12],
        h_ground_w_k=m2 * 0.05,
        h_tr_ms_w_k=9.1 * 3.0 * m2,
        h_tr_is_w_k=3.45 * 4.5 * m2,
        c_m_j_k=m2 * c_m_j_k_m2,
        a_m_m2=3.0 * m2,
        a_t_m2=4.5 * m2,
        h_ve_on_w_k=m2 * 0.35,
        h_ve_off_w_k=m2 * 0.35,
        heat_recovery=np.zeros(n),
        h_infiltration_w_k=m2 * 0.1,
        h_airing_w_k=np.zeros(n),
        heating_setpoint_c=np.full(n, 22.0),
        heating_setback_k=np.full(n, 2.0),
        cooling_setpoint_c=np.full(n, 40.0),
        airing_setpoint_c=np.full(n, 40.0),
        heating_max_kw=np.full(n, np.inf),
        cooling_max_kw=np.zeros(n),
        sky_loss_w=np.zeros(n),
        shading_factor=np.ones(n),
        window_aperture_m2=np.zeros((n, 1)),
        opaque_aperture_m2=np.zeros((n, 1)),
        plane_of=np.full((n, 1), -1, dtype=np.int32),
        operating_of=np.zeros(n, dtype=np.int32),
    )


def run(share: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Heat and temperature of the zone model with set-points of 20 °C (0) to 22 °C (1), in a cold week."""
    result = simulate_zones(
        zones(),
        clock(HOURS),
        air_temp_c=-8 + 4 * np.sin(np.arange(HOURS) / 20),
        planes_w_m2=np.zeros((1, HOURS), np.float32),
        internal_gains_w=np.full((2, HOURS), 2000, np.float32),
        operating=share[None].astype(np.float32),
        warmup_h=0,
    )
    return result.space_heat_kw.astype(float), result.indoor_temp_c.astype(float)


def test_the_zone_model_says_the_same() -> None:
    """A set-point that steps by ± 1 K in the zone model: its heat beside that of a steady one, put into the mass, moves
    the air by as much as the zone model's: 0.002 K."""
    share = np.full(HOURS, 0.5)
    share[100:106], share[106:112], share[150:160] = 1.0, 0.0, 0.75
    (heat, air), (steady_heat, steady_air) = run(share), run(np.full(HOURS, 0.5))
    assert heat.min() > 0, "the zone is linear while it is heated"
    mass = mass_of_zones(zones(), 1.01, clock(1), ventilation_w_k=zones().h_infiltration_w_k + zones().h_ve_on_w_k)
    year = mass_year(mass, heat - steady_heat, clock(heat - steady_heat))
    np.testing.assert_allclose(year.air_k, air - steady_air, atol=2e-3)
    np.testing.assert_allclose(year.refused_kwh, 0, atol=2e-3)
    # What the step put in and did not lose comes back as heat saved.
    assert year.discharge_kwh.sum() / year.charge_kwh.sum() > 0.85


def test_the_common_form_is_the_same_but_for_its_power() -> None:
    mass = mass_of_zones(zones(), 1.0, clock(1))
    wanted = np.zeros((2, 48))
    wanted[:, 2:4], wanted[:, 20:22] = 8.0, -5.0
    own = mass_year(mass, wanted, clock(wanted))
    same = store_year(mass.equivalent(), wanted, clock(wanted))
    np.testing.assert_allclose(own.level_kwh, same.level_kwh, atol=1e-6)
    np.testing.assert_allclose(own.loss_kwh, same.loss_kwh, atol=1e-6)


def test_heavy_buildings_hold_what_was_measured() -> None:
    """Kensby, Trüschel, Dalenbäck, Applied Energy 137 (2015): 0.1 kWh a m² of heavy buildings within ± 0.5 K."""
    mass = mass_of_zones(zones(), 0.5, clock(1))
    per_m2 = mass.equivalent().capacity_kwh / 1000.0
    assert (per_m2 > 0.07).all()
    assert (per_m2 < 0.2).all()
    assert (mass.time_constant_h > 60).all()
    light = mass_of_zones(zones(c_m_j_k_m2=80e3), 0.5, clock(1)).equivalent().capacity_kwh / 1000.0
    assert (light < 0.5 * per_m2).all()


def test_one_resistance_and_one_capacity_by_hand() -> None:
    """200 W/K, 20 kWh/K: 100 h. A kelvin held for good is 20 kWh; it goes by exp(-t / 100 h)."""
    mass = mass_of_buildings([200.0], [20_000.0], 1.0, clock(1))
    assert mass.time_constant_h[0] == pytest.approx(100)
    assert mass.half_capacity_kwh[0] == pytest.approx(20, rel=0.01)
    year = mass_year(mass, [[1000.0, *[0.0] * 50]], clock([[1000.0, *[0.0] * 50]]))
    assert year.air_k[0, 0] == pytest.approx(1.0)
    assert year.charge_kwh[0, 0] == pytest.approx(20, rel=0.01)
    assert year.air_k[0, 50] == pytest.approx(np.exp(-0.5))


MASS = mass_of_zones(zones(), [0.5, 1.5], clock(1))


@settings(max_examples=80, deadline=None)
@given(
    wanted=arrays(np.float64, (2, 60), elements=st.floats(-300, 300)),
    heating=arrays(np.float64, (2, 60), elements=st.floats(0, 100)),
)
def test_heat_beside_is_stored_lost_or_saved(wanted: np.ndarray, heating: np.ndarray) -> None:
    year = mass_year(MASS, wanted, clock(wanted), charge_limit_kwh=200 - heating, discharge_limit_kwh=heating)
    moved = year.charge_kwh - year.discharge_kwh
    passed = (year.charge_kwh + year.discharge_kwh).sum(axis=1) + 1
    # Losses counted a second time: from the mass's own warmth before each hour.
    before = np.hstack([np.zeros((2, 1)), year.mass_k[:, :-1]])
    lost = (1 - MASS.keep[:, None]) * before / MASS.mass_k_kwh[:, None]
    assert (np.abs(year.loss_kwh - lost).sum(axis=1) < 1e-6 * passed).all()
    kept = (moved - lost).sum(axis=1)
    np.testing.assert_allclose(year.level_kwh[:, -1] - year.start_kwh, kept, atol=1e-6 * passed.max())
    assert (year.discharge_kwh <= heating + 1e-9).all(), "no more is saved than there is"
    assert (year.charge_kwh <= 200 - heating + 1e-9).all()
    # The band holds but where the heating of the hour has no say.
    free = (year.charge_kwh < 200 - heating - 1e-6) & (year.discharge_kwh < heating - 1e-6)
    assert (np.abs(year.air_k)[free] <= np.broadcast_to(MASS.band_k[:, None], (2, 60))[free] + 1e-9).all()
    assert not (year.charge_kwh * year.discharge_kwh).any()


def test_pipes_add_up_to_networks() -> None:
    water = water_of_pipes(
        [1000.0, 500.0, 2000.0],
        [0.4, 0.2, 0.1],
        wall_m=0.005,
        loss_w_m_k=[0.4, 0.3, 0.2],
        network=[0, 0, 1],
        networks=2,
        lift_k=[10.0, 20.0],
    )
    np.testing.assert_allclose(
        water.volume_m3, [np.pi / 4 * (0.16 * 1000 + 0.04 * 500), np.pi / 4 * 0.01 * 2000], rtol=1e-12
    )
    np.testing.assert_allclose(water.ua_kw_k, [0.55, 0.4])
    np.testing.assert_allclose(water.steel_m3[1], np.pi * 0.105 * 0.005 * 2000)


def test_the_network_s_water_holds_what_coolprop_s_enthalpy_says() -> None:
    """20 km of DN 500 lifted from 80 to 110 °C, hotter than our fit: IAPWS-95 at 16 bar, 1 %."""
    water = water_of_pipes([20_000.0], [0.5], supply_c=80.0, lift_k=30.0)
    rho = Fluids.PropsSI("D", "T", 368.15, "P", 16e5, "Water")
    low, high = (Fluids.PropsSI("H", "T", t + 273.15, "P", 16e5, "Water") for t in (80, 110))
    assert water.equivalent().capacity_kwh[0] == pytest.approx(
        np.pi / 4 * 0.25 * 20_000 * rho * (high - low) / 3.6e6, rel=0.01
    )


def test_a_lift_goes_no_faster_than_the_water() -> None:
    """By hand: 100 kg/s and 10 K are 4.19 MW; at rest nothing goes in or out, but heat is lost."""
    water = water_of_pipes([10_000.0], [0.4], loss_w_m_k=0.4, lift_k=10.0)
    flow = [100.0, 100.0, 0.0, 50.0]
    year = network_water_year(water, [[9000.0, 9000.0, 9000.0, -9000.0]], flow, clock(4))
    np.testing.assert_allclose(year.charge_kwh[0, :3], [4190, 4190, 0], rtol=1e-9)
    assert year.discharge_kwh[0, 3] == pytest.approx(2095)
    share = 1 - np.exp(-4.0 / water.heat_kwh_k[0])
    assert year.loss_kwh[0, 2] == pytest.approx(year.level_kwh[0, 1] * share, rel=1e-6)


@settings(max_examples=60, deadline=None)
@given(
    wanted=arrays(np.float64, (2, 50), elements=st.floats(-5e3, 5e3)),
    flow=arrays(np.float64, (2, 50), elements=st.floats(0, 100)),
)
def test_no_heat_comes_from_nowhere(wanted: np.ndarray, flow: np.ndarray) -> None:
    water = water_of_pipes([5000.0, 3000.0], [0.3, 0.2], loss_w_m_k=0.4, network=[0, 1], networks=2)
    year = network_water_year(water, wanted, flow, clock(wanted))
    kept = (year.charge_kwh - year.discharge_kwh - year.loss_kwh).sum(axis=1)
    np.testing.assert_allclose(year.level_kwh[:, -1], kept, atol=1e-6)
    lift = year.level_kwh / water.heat_kwh_k[:, None]
    assert (lift >= 0).all()
    assert (lift <= 10 + 1e-9).all()
    assert (np.maximum(year.charge_kwh, year.discharge_kwh) <= flow * 41.9 + 1e-9).all()
    assert (year.loss_kwh >= -1e-9).all()


def test_mistakes_are_told() -> None:
    with pytest.raises(InputError, match="building 0: heat loss 0 W/K"):
        mass_of_buildings([0.0], [100.0], 1.0, clock(1))
    with pytest.raises(InputError, match="building 1: its mass holds no heat"):
        BuildingMass([0.9, 1.0], 0.1, 0.5, 0.5, 1.0, 1.0)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="building 0 has no heated zone"):
        mass_of_zones(zones(floor_m2=0.0), 1.0, clock(1))
    with pytest.raises(InputError, match="charge_limit_kwh has shape"):
        mass_year(MASS, np.zeros((2, 3)), clock(3), charge_limit_kwh=[1.0, 2.0])
    with pytest.raises(InputError, match="network 0: lift_k is -1"):
        water_of_pipes([1.0], [1.0], lift_k=-1.0)
