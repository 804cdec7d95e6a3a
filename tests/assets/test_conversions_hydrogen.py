"""Electrolysers, fuel cells and methanation: against published points, a polarisation curve and stoichiometry."""

from __future__ import annotations

import numpy as np
import pytest

from assets.conversions import (
    carbon_dioxide_kg,
    electrolyser_technology,
    electrolyser_year,
    fuel_cell_efficiency,
    fuel_cell_technology,
    methanation_efficiency,
    methanation_technology,
    methanation_year,
    specific_consumption_kwh_kg,
)
from assets.conversions.load_curve import load_curve
from tests.assets.clock import clock
from tests.assets.conversion_cases import HOURS, site


def ulleberg_cell_v(current_a_m2: np.ndarray, temp_c: float = 80.0) -> np.ndarray:
    """Voltage of an alkaline cell: Ulleberg, Int. J. Hydrogen Energy 28, 2003, eq. 10, parameters as in modellib."""
    resistance = 7.331e-5 - 1.107e-7 * temp_c
    s = 1.586e-1 + 1.378e-3 * temp_c - 1.606e-5 * temp_c**2
    t = 1.559e-2 - 1.302 / temp_c + 4.213e2 / temp_c**2
    return 1.184 + resistance * current_a_m2 + s * np.log10(t * current_a_m2 + 1)


def test_specific_consumption_at_full_load() -> None:
    # Clean Hydrogen Partnership, PEM, state 2020: 55 kWh/kg. Danish Energy Agency, sheet 86 AEC 100 MW, 2025: 0.5874.
    assert specific_consumption_kwh_kg("pem_electrolyser") == pytest.approx(55.0, rel=0.001)
    assert specific_consumption_kwh_kg("alkaline") == pytest.approx(33.33 / 0.5874)
    # IRENA 2020 (Chem. Soc. Rev. 51, 2022, table 4), systems: 50 to 78 (alkaline) and 50 to 83 kWh/kg (PEM).
    for share in (0.5, 1.0):
        assert 45 < specific_consumption_kwh_kg("alkaline", share) < 78
        assert 45 < specific_consumption_kwh_kg("pem_electrolyser", share) < 83


def test_pem_by_load_is_as_in_mainz() -> None:
    # Kopp et al. 2017, Energiepark Mainz: 64 % (HHV) at 4 MW, 59 % at 6 MW; their specific consumption by
    # load: 0.8598, 0.8982, 0.9315 and 1.0101 of 66 kWh/kg at 40, 60, 80 and 100 % of the power.
    curve = load_curve("pem_electrolyser")
    power = np.array([0.4, 0.6, 0.8, 1.0])
    made = np.interp(power, curve.taken, curve.output)
    assert power / made == pytest.approx(np.array([0.8598, 0.8982, 0.9315, 1.0101]) / 1.0101, rel=0.001)
    at_4_mw = 4 / 6 / np.interp(4 / 6, curve.taken, curve.output)
    assert 1.0 / at_4_mw == pytest.approx(64 / 59, rel=0.03)


def test_alkaline_by_load_follows_the_polarisation_of_ulleberg() -> None:
    curve = load_curve("alkaline")
    share = np.array([0.2, 0.3, 0.5, 0.7, 0.9, 1.0])
    by_hydrogen = curve.taken_for(share) / share
    assert by_hydrogen == pytest.approx(ulleberg_cell_v(3000.0 * share) / ulleberg_cell_v(np.array(3000.0)), rel=0.01)
    # Nel's A series takes 3.8 to 4.4 kWh/Nm³ from its least to its full load.
    assert by_hydrogen[0] == pytest.approx(3.8 / 4.4, rel=0.03)
    # Beerbühl et al. 2015, as in NEMGLO, by share of the power: 0.8523 and 0.9091 at 60 and 80 %.
    power = np.array([0.6, 0.8])
    made = np.interp(power, curve.taken, curve.output)
    assert power / made == pytest.approx(np.array([0.8523, 0.9091]), rel=0.12)


def test_heat_of_electrolysers() -> None:
    cold = site(supply_temp_c=np.full(HOURS, 60.0))
    stack = electrolyser_technology("alkaline", 1000.0, cold)
    # Danish Energy Agency, sheet 86: 0.264 of the electricity is to be had for district heating.
    assert stack.outputs["heat"][0] / stack.inputs["electricity"][0] == pytest.approx(0.264, rel=0.005)
    assert not stack.outputs["rejected_heat"].any()
    hot = electrolyser_technology("alkaline", 1000.0, site())
    assert not hot.outputs["heat"].any(), "too cold for a supply of 85 °C"
    assert hot.outputs["rejected_heat"] == pytest.approx(stack.outputs["heat"])
    # van der Roest et al. 2023: 14 to 15 % of a PEM stack's electricity at 57 °C; 90 % (HHV) with the hydrogen.
    pem = electrolyser_technology("pem_electrolyser", 1000.0, site(supply_temp_c=np.full(HOURS, 52.0)))
    heat = pem.outputs["heat"][0] / pem.inputs["electricity"][0]
    assert heat == pytest.approx(0.145, abs=0.005)
    assert 0.606 * 1.1818 + heat == pytest.approx(0.90, abs=0.05)


def test_part_load_of_an_electrolyser_makes_more_of_its_power() -> None:
    asked = np.linspace(50.0, 1000.0, HOURS)[None]
    year = electrolyser_year(["pem_electrolyser"], [1000.0], asked, site(), least_share=0.05, time=clock(asked))
    by_hydrogen = (year.taken_kwh["electricity"] / year.main_kwh)[0]
    assert (np.diff(by_hydrogen) >= -1e-9).all()
    assert by_hydrogen[-1] == pytest.approx(1 / 0.606)


def test_fuel_cells() -> None:
    # Danish Energy Agency, sheet 12 LT-PEMFC CHP, 2025: 0.5 of power, Cb 1.25.
    pem = fuel_cell_technology("pem_fuel_cell", 100.0, site(supply_temp_c=np.full(HOURS, 60.0)))
    assert 1 / pem.inputs["hydrogen"][0] == pytest.approx(0.5)
    assert 1 / pem.outputs["heat"][0] == pytest.approx(1.25)
    # CORDIS 256627 (CATION, Wärtsilä/Convion): solid oxide, 55 to 60 % of power, up to 90 % with the heat.
    oxide = fuel_cell_technology("solid_oxide", 100.0, site())
    assert 0.55 <= 1 / oxide.inputs["gas"][0] <= 0.60
    assert 0.75 < (1 + oxide.outputs["heat"][0]) / oxide.inputs["gas"][0] < 0.9
    # TMI's 20 kW system: 44 % (HHV) at full load, 49 % at 70 %, 50 % at 40 %, 45 % at 20 %.
    by_load = fuel_cell_efficiency("solid_oxide", np.array([0.2, 0.4, 0.7, 1.0]))
    assert by_load / by_load[-1] == pytest.approx(np.array([45, 50, 49, 44]) / 44, rel=0.02)


def test_methanation_is_sabatiers() -> None:
    # 78 to 83 % by lower heating values: Götz et al. 2016 (1.282 kWh of hydrogen by kWh), MAN (83 %).
    assert 0.78 < methanation_efficiency() < 0.83
    plant = methanation_technology(1000.0, site())
    assert 1 / plant.inputs["hydrogen"][0] == pytest.approx(methanation_efficiency())
    # MAN Energy Solutions: 95 % with the steam of 270 °C; of 1 kg of hydrogen about 2 kg of SNG.
    assert (1 + plant.outputs["heat"][0]) * methanation_efficiency() == pytest.approx(0.95, abs=0.03)
    assert methanation_efficiency() * 33.33 / (802.3 / 3.6 / 16.043) == pytest.approx(2.0, abs=0.06)
    # Götz et al. 2016: 0.198 t of carbon dioxide by MWh of methane.
    assert carbon_dioxide_kg(1000.0) == pytest.approx(198.0, rel=0.005)


def test_methanation_rises_slowly_and_rests_below_its_least_load() -> None:
    asked = np.array([[100.0, 300.0, 1000.0, 1000.0, 1000.0, 0.0]])
    year = methanation_year([1000.0], asked, site(6), least_share=0.2, ramp_per_h=0.25, time=clock(asked))
    assert year.main_kwh.tolist() == [[0.0, 250.0, 500.0, 750.0, 1000.0, 0.0]]
