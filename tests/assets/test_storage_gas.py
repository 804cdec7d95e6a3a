"""Hydrogen and natural gas under pressure against CoolProp, and that no gas comes from nowhere."""

from __future__ import annotations

import CoolProp.CoolProp as Fluids
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from assets._errors import InputError
from assets.storage import compressibility, density_kg_m3, gas_store_models, gas_stores, gas_year, gases
from tests.assets.clock import clock

FLUIDS = {"hydrogen": "Hydrogen", "gas": "Methane"}


@pytest.mark.parametrize(("gas", "most_bar", "within"), [("hydrogen", 900, 2e-4), ("gas", 250, 4e-3)])
def test_compressibility_and_density_are_coolprop_s(gas: str, most_bar: float, within: float) -> None:
    """CoolProp 8 (Leachman et al. 2009; Setzmann and Wagner 1991), −10 to 60 °C: 0.02 % and 0.4 %."""
    for t in (-10.0, 10.0, 25.0, 60.0):
        for p in np.geomspace(1, most_bar, 9):
            z, d = (Fluids.PropsSI(x, "T", t + 273.15, "P", p * 1e5, FLUIDS[gas]) for x in ("Z", "D"))
            assert compressibility(gas, p, t) == pytest.approx(z, rel=within)
            assert density_kg_m3(gas, p, t) == pytest.approx(d, rel=within)


def test_molar_masses_are_coolprop_s() -> None:
    for gas, row in gases().iterrows():
        assert row["molar_mass_g_mol"] == pytest.approx(1000 * Fluids.PropsSI("M", FLUIDS[gas]), rel=1e-4)


def isentropic_kwh_kg(fluid: str, temp_c: float, from_bar: float, to_bar: float, stages: int) -> float:
    ratio = (to_bar / from_bar) ** (1 / stages)
    work, p = 0.0, from_bar * 1e5
    for _ in range(stages):
        h, s = (Fluids.PropsSI(x, "T", temp_c + 273.15, "P", p, fluid) for x in ("H", "S"))
        work += Fluids.PropsSI("H", "S", s, "P", p * ratio, fluid) - h
        p *= ratio
    return work / 3.6e6


@pytest.mark.parametrize(("model", "within"), [(m, 0.05 if "gas" in m else 0.02) for m in gas_store_models().index])
def test_compression_takes_what_coolprop_s_enthalpies_say(model: str, within: float) -> None:
    """Isentropic stages of a real gas, cooled back in between: hydrogen 2 %, methane to 250 bar 5 %."""
    store = gas_stores(model)
    heating = gases()["lower_heating_value_kwh_kg"][store.carrier]
    known = isentropic_kwh_kg(
        FLUIDS[store.carrier], store.temp_c[0], store.inlet_bar[0], store.most_bar[0], int(store.stages[0])
    )
    mine = store.electricity_per_kwh(store.most_bar)[0] * heating * store.compressor_efficiency[0]
    assert mine == pytest.approx(known, rel=within)


@pytest.mark.parametrize(("bar", "published"), [(350, 1.05), (700, 1.36)])
def test_hydrogen_compressed_at_one_temperature_as_published(bar: float, published: float) -> None:
    """DOE, Hydrogen and Fuel Cells Program Record 9013 (2009), from memory: 1.05 and 1.36 kWh/kg from 20 bar,
    isothermal: 3 %."""
    p = np.geomspace(20, bar, 500)
    work = np.trapezoid(compressibility("hydrogen", p, 20.0), np.log(p)) * 8.314462618 * 293.15 / 2.01588e-3 / 3.6e6
    assert work == pytest.approx(published, rel=0.03)


def test_a_lined_rock_cavern_holds_about_what_is_published() -> None:
    """By hand with CoolProp: 40 000 m³ between 20 and 200 bar at 10 °C; 0.1 %."""
    store = gas_stores("hydrogen_cavern")
    full, empty = (Fluids.PropsSI("D", "T", 283.15, "P", p * 1e5, "Hydrogen") for p in (200, 20))
    assert store.capacity_kwh[0] == pytest.approx(40_000 * (full - empty) * 33.33, rel=1e-3)
    assert store.cushion_kwh[0] == pytest.approx(40_000 * empty * 33.33, rel=1e-3)


def test_pressure_rises_and_the_work_with_it() -> None:
    store = gas_stores("hydrogen_tube", charge_kw=1e6, discharge_kw=1e6)
    tenth = store.capacity_kwh[0] / 10
    year = gas_year(store, [np.concatenate([np.full(10, tenth), np.full(10, -tenth)])], clock(20))
    assert (np.diff(year.pressure_bar[0, :10]) > 0).all()
    assert year.pressure_bar[0, 9] == pytest.approx(200, rel=1e-9)
    # It comes with 30 bar: below, it flows in by itself.
    assert year.electricity_kwh[0, 0] == 0
    assert (np.diff(year.electricity_kwh[0, 2:10]) > 0).all()
    assert year.electricity_kwh.sum() == pytest.approx(
        (store.equivalent().electricity_per_charge * store.capacity_kwh)[0], rel=0.05
    )
    np.testing.assert_allclose(year.pressure_bar[0, :9][::-1], year.pressure_bar[0, 10:19], rtol=1e-9)


@settings(max_examples=80, deadline=None)
@given(
    model=st.sampled_from(list(gas_store_models().index)),
    shares=arrays(np.float64, (2, 40), elements=st.floats(-1, 1)),
    start=st.floats(0, 1),
)
def test_no_gas_comes_from_nowhere(model: str, shares: np.ndarray, start: float) -> None:
    store = gas_stores(model, [1e4, 1e7], charge_kw=[1e4, 4e6], discharge_kw=[5e3, 9e6])
    wanted = shares * store.capacity_kwh[:, None]
    year = gas_year(store, wanted, clock(wanted), start_share=start)
    passed = (year.charge_kwh + year.discharge_kwh).sum(axis=1) + store.capacity_kwh
    assert (np.abs(year.loss_kwh).sum(axis=1) < 1e-6 * passed).all()
    # Counted a second time: from pressures, by CoolProp's kin of densities.
    held = store.volume_m3[:, None] * density_kg_m3(store.carrier, year.pressure_bar, store.temp_c[:, None])
    held = held * gases()["lower_heating_value_kwh_kg"][store.carrier] - store.cushion_kwh[:, None]
    np.testing.assert_allclose(held, year.level_kwh, rtol=1e-6, atol=1e-6 * store.capacity_kwh.max())
    assert (year.level_kwh >= 0).all()
    assert (year.level_kwh <= store.capacity_kwh[:, None]).all()
    assert (year.pressure_bar >= store.least_bar[:, None] * (1 - 1e-12)).all()
    assert (year.pressure_bar <= store.most_bar[:, None] * (1 + 1e-12)).all()
    assert (year.charge_kwh <= np.minimum(store.charge_kw[:, None], np.maximum(wanted, 0))).all()
    assert (year.discharge_kwh <= np.minimum(store.discharge_kw[:, None], np.maximum(-wanted, 0))).all()
    assert (year.electricity_kwh >= 0).all()
    assert (year.electricity_kwh <= 0.2 * year.charge_kwh).all()


def test_mistakes_are_told_all_at_once() -> None:
    with pytest.raises(InputError, match="no gas store balloon in the catalogue; take one of hydrogen_tube"):
        gas_stores("balloon")
    with pytest.raises(InputError, match="no gas steam in the catalogue; take one of hydrogen, gas"):
        compressibility("steam", 1.0, 1.0)
    with pytest.raises(InputError, match="store 0: pressures rise"):
        gas_stores("hydrogen_tube", -5.0)
    with pytest.raises(InputError, match="start_share goes from 0 to 1"):
        gas_year(gas_stores("hydrogen_tube"), [1.0], clock(1), start_share=2.0)
