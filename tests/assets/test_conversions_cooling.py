"""Chillers and free cooling: against EnergyPlus's reference points, machines' published points and affinity laws."""

from __future__ import annotations

import numpy as np
import pytest

from assets.catalogue import table
from assets.conversions import (
    absorption_point,
    absorption_technology,
    absorption_year,
    chiller_capacity,
    chiller_cop,
    chiller_technology,
    chiller_year,
    condenser_temp,
    free_cooling_technology,
    free_cooling_year,
    technology_of,
)
from assets.sources import HeatSource, air_source
from tests.assets.clock import clock
from tests.assets.conversion_cases import HOURS, site


@pytest.mark.parametrize("model", list(table("conversions_chillers")["model"]))
def test_chillers_at_the_reference_points_of_energyplus(model: str) -> None:
    # Reference capacity and COP of the EnergyPlus data sets Chillers.idf and AirCooledChiller.idf.
    row = table("conversions_chillers").set_index("model").loc[model]
    at = (row["reference_chilled_c"], row["reference_condenser_c"])
    assert chiller_capacity(model, *at) == pytest.approx(1.0, abs=0.02)
    assert chiller_cop(model, *at) == pytest.approx(row["reference_cop"], rel=0.025)


def test_screw_chiller_is_near_its_sisters_point() -> None:
    # EnergyPlus data set: York YS of 1 758 kW, COP 5.84 at 6.67 °C and 29.44 °C; ours is the YS of 1 554 kW, fitted
    # about 5.56 °C and 15.56 °C.
    assert chiller_cop("screw", 6.67, 29.44) == pytest.approx(5.84, rel=0.05)


def test_integrated_part_load_of_the_centrifugal() -> None:
    # AHRI 550/590: 1, 42, 45 and 12 % of the time at full, 75, 50 and 25 % load, cooling water of 29.4, 23.9, 18.3 °C.
    # ASHRAE 90.1-2004, table 6.8.1C, from memory: COP 5.55 and IPLV 5.90 of centrifugal chillers up to 1 055 kW.
    points = chiller_cop("centrifugal", 6.67, np.array([29.4, 23.9, 18.3, 18.3]), np.array([1.0, 0.75, 0.5, 0.25]))
    assert points[0] == pytest.approx(5.55, rel=0.02)
    assert float(np.dot(points, [0.01, 0.42, 0.45, 0.12])) == pytest.approx(5.90, rel=0.05)


def test_colder_condensers_and_part_load_by_hand() -> None:
    cop = chiller_cop("air_cooled_scroll", 7.0, np.array([20.0, 25.0, 35.0, 45.0]))
    assert cop[0] == chiller_cop("air_cooled_scroll", 7.0, 23.89), "below the range of the points it stays at its end"
    assert (np.diff(cop[1:]) < 0).all()
    share = 0.5
    by_load = 0.222903 + 0.313387 * share + 0.463710 * share**2
    full = 0.222903 + 0.313387 + 0.463710
    expected = chiller_cop("centrifugal", 7.0, 29.0) * share * full / by_load
    assert chiller_cop("centrifugal", 7.0, 29.0, share) == pytest.approx(float(expected))


def test_what_cools_the_condenser() -> None:
    place = site()
    sea = place.source("water")
    assert condenser_temp("screw", place, sea).tolist() == sea.temp_c.tolist()
    assert condenser_temp("screw", place).tolist() == [15.0] * HOURS
    assert condenser_temp("air_cooled_scroll", place, sea).tolist() == [10.0] * HOURS
    assert "water" in chiller_technology("screw", 1.0, place, sea).inputs
    mixed = chiller_year(
        ["screw", "air_cooled_scroll"],
        [10.0, 10.0],
        np.full((2, HOURS), 5.0),
        place,
        sea,
        time=clock(HOURS),
    )
    assert mixed.taken_kwh["water"][:, 0].tolist() == [5.0, 0.0]
    assert mixed.taken_kwh["air"][:, 0].tolist() == [0.0, 5.0]


def test_absorption_machines_at_their_published_points() -> None:
    # Phönix, 10 kW at 75/65, 27/35 and 18/15 °C (Kühn and Ziegler 2005).
    cold, heat = absorption_point("phoenix", 70.0, 31.0, 16.5)
    assert float(cold) == pytest.approx(10.0, rel=0.03)
    assert float(cold / heat) == pytest.approx(0.77, abs=0.02)
    # EAW Wegracal SE 15: 15 kW, COP 0.75 at 90/80, about 28/34, 17/11 °C (maker's sheet, from memory).
    cold, heat = absorption_point("eaw_15", 85.0, 31.0, 14.0)
    assert float(cold) == pytest.approx(15.0, rel=0.05)
    assert float(cold / heat) == pytest.approx(0.75, abs=0.03)
    # Yazaki WFC-SC30: 105.6 kW of 151 kW at 88/83, 31/35, 12.5/7 °C (maker's catalogue, from memory).
    cold, heat = absorption_point("phoenix", 85.5, 33.0, 9.75)
    assert float(cold / heat) == pytest.approx(105.6 / 151, rel=0.1)
    # Two machines, published apart.
    phoenix, eaw = (absorption_point(name, 80.0, 30.0, 14.0) for name in ("phoenix", "eaw_15"))
    assert float(phoenix[0] / phoenix[1]) == pytest.approx(float(eaw[0] / eaw[1]), rel=0.08)


def test_absorption_on_a_heat_network() -> None:
    hours = np.array([60.0, 70.0, 80.0, 90.0])
    place = site(4, supply_temp_c=hours, sources={}, air_temp_c=np.full(4, 24.0))
    machine = absorption_technology("phoenix", 1000.0, place)
    assert machine.capacity_kw[0] == 0.0, "too cold to drive it"
    assert (np.diff(machine.capacity_kw) > 0).all()
    full = machine.capacity_kw[2] / 1000.0
    assert machine.inputs["heat"][2] == pytest.approx(0.51 / 0.42 + (2 - 0.51 / 0.42 * 0.9) / 10 / full)
    year = absorption_year(
        ["phoenix"],
        [1000.0],
        np.array([[0.0, 100.0, 100.0, 100.0]]),
        place,
        time=clock(4),
    )
    assert year.taken_kwh["heat"][0, 2] > 100.0 * machine.inputs["heat"][2], "part load needs more heat by cold"


def test_free_cooling_by_hand() -> None:
    water = np.array([2.0, 5.4, 7.0, 13.5, 20.0])
    place = site(5, sources={"water": HeatSource("water", water, np.full(5, np.inf))})
    sea = technology_of("free_cooling_water", 100.0, place)
    # Cold of 7 °C, its return 15 °C: all of it up to 5.5 °C in the sea, then part of the way, nothing from 13.5 °C on.
    assert sea.capacity_kw.tolist() == pytest.approx([100.0, 100.0, 100.0 * (15 - 7 - 1.5) / 8, 0.0, 0.0])
    assert sea.inputs["electricity"][0] == pytest.approx(0.04 * (8 / 13) ** 2)
    year = free_cooling_year(["water"], [100.0], np.full((1, 5), 50.0), place, place.source("water"), time=clock(5))
    # Half the flow, a quarter of the power (static head): by cold a half of it.
    ratio = year.taken_kwh["electricity"][0, 0] / 50.0
    assert ratio == pytest.approx(sea.inputs["electricity"][0] / 2)
    dry = free_cooling_technology("dry_cooler", 100.0, place, air_source(np.full(5, -3.0)))
    # Fans: power with the cube of the flow, 12 K of design by 18 K.
    assert dry.inputs["electricity"] == pytest.approx(0.05 * (12 / 18) ** 3)


def test_free_cooling_of_the_baltic_saves_the_compressor() -> None:
    months = [1.0, 0.5, 0.8, 2.5, 7.0, 13.0, 17.5, 17.5, 14.0, 10.0, 6.5, 3.5]
    place = site(12, sources={"water": HeatSource("water", np.array(months), np.full(12, np.inf))})
    sea = technology_of("free_cooling_water", 1000.0, place)
    # Helen: in winter district cooling is made with sea water alone, from about November to May.
    assert sea.capacity_kw[[0, 1, 2, 3, 11]].min() == pytest.approx(1000.0)
    assert sea.capacity_kw[[5, 6, 7]].max() < 100.0
    chiller = technology_of("chiller_screw", 1000.0, place)
    assert 5 * sea.inputs["electricity"][1] < chiller.inputs["electricity"][1]
