"""Heat pumps, boilers and CHP of district scale: against published plants, curves and regressions."""

from __future__ import annotations

import hplib.hplib as hpl
import numpy as np
import pytest

from assets.building_systems.heat_pump import coefficient_of_performance
from assets.conversions import (
    back_pressure_efficiencies,
    boiler_efficiency,
    boiler_year,
    chp_technology,
    extraction_limits,
    extraction_year,
    heat_pump_part_load,
    heat_pump_technology,
    jesper_cop,
    large_heat_pump_cop,
    large_heat_pump_year,
    lorenz_cop,
    technology_of,
    trigeneration_year,
)
from assets.conversions.boiler import condensed_share, saturation_kpa
from assets.sources import HeatSource
from tests.assets.clock import clock
from tests.assets.conversion_cases import HOURS, site


def cop(model: str, supply: float, back: float, source: float, limit: float = -np.inf) -> float:
    found = large_heat_pump_cop(
        model, supply_temp_c=supply, return_temp_c=back, source_temp_c=source, return_limit_c=limit
    )
    return float(found)


@pytest.mark.parametrize(
    ("plant", "heat_mw", "cold_mw"),
    [
        # What a pump gives as heat and takes as cold tells its electricity. Helen: Katri Vala with five pumps and after
        # its expansion in 2023, Eiranranta; Turun seudun puhdistamo: Kakola; Esplanadi from memory (22 and 15 MW).
        ("Katri Vala, five pumps", 126, 80),
        ("Katri Vala, seven pumps", 160, 100),
        ("Kakola, Turku", 40, 26),
        ("Eiranranta", 90, 60),
        ("Esplanadi", 22, 15),
    ],
)
def test_wastewater_pumps_take_the_power_of_finnish_plants(plant: str, heat_mw: float, cold_mw: float) -> None:
    published = heat_mw / (heat_mw - cold_mw)
    # Wastewater, or the return of district cooling, of 12 °C down to 4 °C; district heat of 50 to 85 °C: assumed.
    assert cop("wastewater", 85, 50, 12, 3) == pytest.approx(published, rel=0.10), plant


def test_design_points_of_katri_vala_and_drammen() -> None:
    # Friotherm's reference sheet of Katri Vala, from memory: 3.51 in winter (50/62 °C, wastewater 10/4 °C), 2.96 in
    # summer with cooling (45/88 °C, cold water 20/4 °C).
    assert cop("wastewater", 62, 50, 10, 4) == pytest.approx(3.51, rel=0.06)
    assert 0.5 * float(lorenz_cop(88, 45, 20, 4)) == pytest.approx(2.96, rel=0.08)
    # Drammen, two-stage ammonia: 3.05 at 65 to 90 °C, fjord of 8 °C cooled to 4 °C (ehpa.org, Star Refrigeration).
    assert cop("water", 90, 65, 8, 4) == pytest.approx(3.05, rel=0.08)


@pytest.mark.parametrize("lift", [30, 40, 50, 60])
def test_cop_lies_about_the_regressions_of_the_market(lift: int) -> None:
    # Jesper et al. 2021: 1.448e12 (lift + 177.46)^-4.946, standard pumps; the water warms by 10 K.
    assert cop("wastewater", 15 + lift, 5 + lift, 15) == pytest.approx(float(jesper_cop(15 + lift, 15)), rel=0.13)
    # Arpagaus et al. 2018: 68.455 lift^-0.76, high-temperature pumps, from memory.
    assert cop("waste_heat", 35 + lift, 25 + lift, 35) == pytest.approx(68.455 * lift**-0.76, rel=0.12)


def test_jesper_by_hand() -> None:
    assert jesper_cop(55.0, 15.0) == pytest.approx(1.448e12 * (40 + 177.46) ** -4.946)


@pytest.mark.parametrize(("source", "sink", "within"), [(0, 35, 0.02), (5, 45, 0.08)])
def test_small_brine_pumps_are_those_of_hplib(source: float, sink: float, within: float) -> None:
    parameters = hpl.get_parameters("Generic", group_id=5, t_in=source, t_out=sink, p_th=50_000)
    result = hpl.HeatPump(parameters).simulate(source, sink - 5, source, 1)
    assert result["T_out"] == pytest.approx(sink, abs=0.5)
    assert cop("ground", sink, sink - 5, source) == pytest.approx(result["COP"], rel=within)
    # The buildings' own regression, on the test stand.
    own = coefficient_of_performance("ground_source", source, sink, field=False)
    assert cop("ground", sink, sink - 5, source) == pytest.approx(float(own), rel=0.15)


def test_air_source_pump_reaches_the_danish_annual_figure() -> None:
    # Danish Energy Agency, sheet 40 air source 3 MW, 2025: 3.5 over a Danish year, district heat of 40 to 70 °C.
    months = [1.5, 1.5, 3.5, 7.5, 12, 15.5, 17.5, 17.5, 14, 10, 6, 3]
    share = np.maximum(17.0 - np.array(months), 2.0)
    by_month = np.array([cop("air", 70, 40, air) for air in months])
    assert share.sum() / (share / by_month).sum() == pytest.approx(3.5, rel=0.12)


def test_pump_power_and_limits() -> None:
    hours = np.array([-25.0, -20.0, 7.0, 20.0])
    place = site(4, air_temp_c=hours, sources={})
    pump = technology_of("heat_pump_air", 33_000.0, place)
    # Helen, Patola: 22 to 33 MW by the air, down to -20 °C.
    assert pump.capacity_kw[0] == 0.0
    assert pump.capacity_kw[1] == pytest.approx(23_200, rel=0.06)
    assert pump.capacity_kw[2] == pytest.approx(33_000)
    # A flow of 100 kW down to its limit drives no more than what it holds.
    flow = HeatSource("wastewater", np.full(HOURS, 10.0), np.full(HOURS, 100.0), 3.0)
    drawn = heat_pump_technology("wastewater", 1e5, site(), flow)
    assert drawn.capacity_kw * drawn.inputs["wastewater"] == pytest.approx(100.0)
    # Cooled by 8 K of 16: half of it can be had.
    warm = HeatSource("wastewater", np.full(HOURS, 19.0), np.full(HOURS, 100.0), 3.0)
    half = heat_pump_technology("wastewater", 1e5, site(), warm)
    assert half.capacity_kw * half.inputs["wastewater"] == pytest.approx(50.0)
    # A network whose return is hotter than the pump can make gets nothing of it.
    hot = site(return_temp_c=np.full(HOURS, 95.0), supply_temp_c=np.full(HOURS, 115.0))
    assert not heat_pump_technology("ground", 100.0, hot, hot.source("ground")).capacity_kw.any()


def test_part_load_of_pumps_by_hand() -> None:
    assert heat_pump_part_load("air", 0.5) == pytest.approx(0.5 / (0.95 * 0.5 + 0.05))
    place = site()
    full = large_heat_pump_year(
        ["ground"],
        [100.0],
        np.full((1, HOURS), 100.0),
        place,
        place.source("ground"),
        time=clock(HOURS),
    )
    half = large_heat_pump_year(
        ["ground"],
        [100.0],
        np.full((1, HOURS), 50.0),
        place,
        place.source("ground"),
        time=clock(HOURS),
    )
    ratio = half.taken_kwh["electricity"] / full.taken_kwh["electricity"]
    assert ratio == pytest.approx(0.5 / 0.952381, rel=1e-6)


@pytest.mark.parametrize("back", [30.0, 40.0, 50.0, 60.0, 70.0])
def test_condensing_boiler_follows_the_curve_of_energyplus(back: float) -> None:
    # EnergyPlus data set Boilers.idf, CondensingBoilerEff (after Viessmann, Condensing Technology, 2004), full load, a
    # nominal 0.89 by the upper heating value; 1.109 upper by lower.
    curve = 1.124970374 + 0.014963852 - 0.02599835 - 1.40464e-6 * back**2 - 0.00153624 * back
    assert boiler_efficiency("gas", back) == pytest.approx(1.109 * 0.89 * curve, rel=0.04)


def test_boilers_reach_published_efficiencies() -> None:
    # Danish Energy Agency, sheet 44 Natural gas DH only, 2025: 1.035 at a return of 40 °C.
    assert boiler_efficiency("gas", 40.0) == pytest.approx(1.035, abs=0.005)
    # From memory of sheet 09a Wood chips heat only with condensation: 1.13 to 1.15 at a return of 40 °C.
    assert boiler_efficiency("wood_chips", 40.0) == pytest.approx(1.14, abs=0.03)
    # Helen, Vuosaari bioenergy heating plant: 122 % by the lower heating value, flue gas of 11 °C.
    assert boiler_efficiency("wood_chips", 11.0, 0.0) == pytest.approx(1.22, abs=0.03)
    # Sheet 41 Electric boilers: 0.99.
    assert boiler_efficiency("electric", 60.0) == pytest.approx(0.99)
    assert boiler_efficiency("oil", [30.0, 70.0]).tolist() == pytest.approx([0.9275, 0.9275])


def test_steam_and_dew_points() -> None:
    # IAPWS-IF97: 2.339 kPa at 20 °C, 12.35 at 50, 31.20 at 70.
    assert saturation_kpa([20.0, 50.0, 70.0]).tolist() == pytest.approx([2.339, 12.35, 31.20], rel=0.01)
    assert condensed_share([80.0, 57.0, 0.0], 57.0)[:2].tolist() == [0.0, 0.0]
    assert condensed_share(20.0, 57.0) == pytest.approx(1 - 2.339 / 98.986 * (101.325 - 17.3) / 17.3, rel=0.01)


def test_boilers_win_by_part_load() -> None:
    place = site()
    halves = boiler_year(["gas", "wood_chips"], [100.0, 100.0], np.full((2, HOURS), 50.0), place, time=clock(HOURS))
    fulls = boiler_year(["gas", "wood_chips"], [100.0, 100.0], np.full((2, HOURS), 100.0), place, time=clock(HOURS))
    for fuel in ("gas", "biomass"):
        assert (2 * halves.taken_kwh[fuel] <= fulls.taken_kwh[fuel] + 1e-9).all(), fuel
        assert 2 * halves.taken_kwh[fuel].sum() < fulls.taken_kwh[fuel].sum()


@pytest.mark.parametrize(
    ("model", "electric", "heat", "power_to_heat"),
    [
        # Danish Energy Agency, Technology Data, 2025 (as in PyPSA technology-data): sheets 09a, 08 and 04.
        ("wood_chips", 0.2694, 0.825, 0.3265),
        ("waste", 0.2051, 0.7627, 0.2689),
        ("gas_turbine", 0.405, 0.4133, 0.98),
        # Suomenoja 2, Espoo: 234 MW of power, 214 MW of heat (Fortum).
        ("gas_combined", 0.486, 0.444, 234 / 214),
    ],
)
def test_back_pressure_plants_at_their_reference(
    model: str, electric: float, heat: float, power_to_heat: float
) -> None:
    found = back_pressure_efficiencies(model, 100.0)
    assert [float(values) for values in found] == pytest.approx([electric, heat])
    assert float(found[0] / found[1]) == pytest.approx(power_to_heat, rel=0.005)


def test_bio_plant_has_the_power_of_jarvenpaa() -> None:
    # Järvenpää, 23 MW of power and 63 MW of heat with the flue gas condensed (Fortum, from memory), supply about 90 °C.
    electric, heat = back_pressure_efficiencies("wood_chips", 90.0)
    assert float(electric / heat) == pytest.approx(23 / 63, rel=0.1)


def test_colder_networks_give_more_power_for_the_same_fuel() -> None:
    electric, heat = back_pressure_efficiencies("gas_combined", [70.0, 85.0, 100.0, 115.0])
    assert (np.diff(electric) < 0).all()
    assert electric + heat == pytest.approx(0.93)
    engine = back_pressure_efficiencies("gas_engine", [70.0, 115.0])
    assert engine[0].tolist() == [0.43, 0.43]


def test_iron_diagram_of_extraction() -> None:
    place = site(supply_temp_c=np.full(HOURS, 100.0))
    cb, cv = extraction_limits("gas_extraction", 100.0)
    # Danish Energy Agency, sheet 05, 2025: Cb 1.9, Cv 0.15, 0.57 in condensing mode.
    assert (cb, float(cv)) == pytest.approx((1.9, 0.15))
    hot = 1000.0 / (1.9 + 0.15)
    heat = np.zeros((1, HOURS))
    power = np.full((1, HOURS), 1e6)
    heat[0, :4] = [0.0, 200.0, 1e6, 100.0]
    power[0, 3] = 0.0
    year = extraction_year(["gas_extraction"], [1000.0], heat, power, place, time=clock(heat))
    assert year.given_kwh["heat"][0, :4].tolist() == pytest.approx([0.0, 200.0, hot, 100.0])
    assert year.given_kwh["electricity"][0, :4].tolist() == pytest.approx([1000.0, 970.0, 1.9 * hot, 190.0])
    fuel = 1000.0 / 0.57
    assert year.taken_kwh["gas"][0, :4].tolist() == pytest.approx([fuel, fuel, fuel, 205.0 / 0.57])
    # On the back-pressure line the technology of heat is the same plant.
    technology = chp_technology("gas_extraction", hot, place)
    assert technology.capacity_kw[0] * technology.inputs["gas"][0] == pytest.approx(fuel)
    assert technology.outputs["electricity"][0] == pytest.approx(1.9)


def test_trigeneration_gives_cold_first_and_heat_with_the_rest() -> None:
    ask = {"heat_wanted_kwh": np.full((1, HOURS), 1e5), "cold_wanted_kwh": np.full((1, HOURS), 300.0)}
    year = trigeneration_year(
        "gas_engine", "phoenix", site(), plant_heat_kw=[1000.0], chiller_kw=[500.0], **ask, time=clock(HOURS)
    )
    # Heat of 1.2143 by cold, and 0.0907 by the nominal: Kühn and Ziegler 2005.
    drive = 0.51 / 0.42 * 300.0 + (2 - 0.51 / 0.42 * 0.9) / 10 * 500.0
    assert year.given_kwh["heat"][0, 0] == pytest.approx(1000.0 - drive)
    assert year.taken_kwh["gas"][0, 0] == pytest.approx(1000.0 / 0.47)
    assert year.given_kwh["electricity"][0, 0] == pytest.approx(1000.0 / 0.47 * 0.43 - 0.04 * 300.0)


def test_extraction_at_full_heat_by_hand() -> None:
    """Cb 1.9, Cv 0.15, 57 % in condensing mode, 8 % by stack and generator, supply at the reference of 100 °C: a kWh
    of heat takes (1.9 + 0.15) / 0.57 = 3.59649 of gas, 0.28772 of it lost, 0.40877 left to the condenser."""
    hot = site(3, supply_temp_c=np.full(3, 100.0))
    plant = chp_technology("gas_extraction", 1000.0, hot)
    np.testing.assert_allclose(plant.inputs["gas"], 3.596491, rtol=1e-6)
    np.testing.assert_allclose(plant.outputs["electricity"], 1.9, rtol=1e-12)
    np.testing.assert_allclose(plant.outputs["rejected_heat"], 0.408772, rtol=1e-5)
    np.testing.assert_allclose(plant.loss, 0.287719, rtol=1e-5)
    np.testing.assert_allclose(plant.capacity_kw, 1000.0, rtol=1e-12)


def test_a_plant_that_extracts_all_it_can_is_the_technology_at_full_load() -> None:
    """The year's own books and the common form, at three supply temperatures: every carrier and the loss, 1e-9."""
    place = site(3, supply_temp_c=np.array([70.0, 90.0, 115.0]))
    plant = chp_technology("gas_extraction", 1000.0, place)
    heat = plant.capacity_kw
    power = 1000.0 * (1.9 + 0.15)
    year = extraction_year(["gas_extraction"], [power], heat[None], np.zeros((1, 3)), place, time=clock(heat[None]))
    flows = plant.flows(heat)
    for carrier in ("heat", "electricity", "rejected_heat"):
        np.testing.assert_allclose(year.given_kwh[carrier][0], flows[carrier], rtol=1e-9)
    np.testing.assert_allclose(-year.taken_kwh["gas"][0], flows["gas"], rtol=1e-9)
    np.testing.assert_allclose(year.loss_kwh[0], flows["loss"], rtol=1e-9)
