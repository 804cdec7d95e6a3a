"""A year at quarter hours: the same energies as by the hour, powers as they are, every balance held."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from gis_data import District
from tests.twin.districts import four_buildings_with_streets
from twin import kpis, make_twin, network_kpis, parse_scenario, run, run_networks

SCENARIO = """
name: quarters
title: Quarters
edits:
  - {what: heating, system: air_water_heat_pump, where: {use: [detached_house]}}
  - {what: pv, share: 0.5}
  - {what: battery, kwh: 5}
  - {what: chargers, cars: 0.5}
"""
ENERGIES = ("space_heat_kwh", "hot_water_kwh", "appliances_kwh", "lighting_kwh", "ev_charging_kwh", "pv_kwh")


@pytest.fixture(scope="module")
def districts() -> tuple[District, District]:
    """The same weeks by the hour and, with the weather of each hour in all of its quarters, by the quarter."""
    hours = four_buildings_with_streets()
    table = hours.weather.table
    index = pd.date_range(table.index[0], periods=4 * len(table), freq="15min", name=table.index.name)
    fine = table.loc[table.index.repeat(4)].set_axis(index)
    return hours, replace(hours, weather=replace(hours.weather, table=fine))


def test_a_year_of_quarters_is_the_year_of_hours(districts: tuple[District, District]) -> None:
    scenario = parse_scenario(SCENARIO, "quarters")
    hours, quarters = (run(district, scenario) for district in districts)
    assert quarters.dataset.sizes["time"] == 4 * hours.dataset.sizes["time"]
    assert make_twin(districts[1]).time.step_h == 0.25
    one, other = (kpis(found)["district"] for found in (hours, quarters))
    for name in ENERGIES:
        coarse, fine = (float(found.dataset[name].sum(dtype=np.float64)) for found in (hours, quarters))
        assert fine == pytest.approx(coarse, rel=0.03), name
    for name in ("energy_bought_kwh", "co2_t", "energy_cost_eur"):
        assert other[name]["value"] == pytest.approx(one[name]["value"], rel=0.03), name
    # A power is no sum: it does not fall to a quarter, nor rise to four times as much.
    for name in ("peak_electricity_kw", "peak_heat_kw"):
        assert 0.9 * one[name]["value"] < other[name]["value"] < 2.0 * one[name]["value"], name


def test_networks_of_quarters_lose_and_pump_as_those_of_hours(districts: tuple[District, District]) -> None:
    hours, quarters = (run_networks(district) for district in districts)
    for word in ("bought_kwh", "drawn_kwh"):
        coarse, fine = (found.dataset[word].sum("time").to_numpy() for found in (hours, quarters))
        np.testing.assert_allclose(fine, coarse, rtol=0.03, atol=1.0, err_msg=word)
    # Losses are powers of the step until they are booked. The grid of quarters is sized for their own, higher peak.
    for found in (hours, quarters):
        lost = found.dataset["network_loss_kwh"].sel(carrier="electricity").sum()
        assert float(lost) == pytest.approx(8760.0 * float(found.dataset["power_loss_kw"].mean()), rel=1e-4)
    heat = [float(found.dataset["network_loss_kwh"].sel(carrier="heat").sum()) for found in (hours, quarters)]
    assert heat[1] == pytest.approx(heat[0], rel=0.01)
    one, other = (network_kpis(found) for found in (hours, quarters))
    for name in ("heat_loss_share", "heat_pump_electricity", "border_cost_eur"):
        assert other[name]["value"] == pytest.approx(one[name]["value"], rel=0.05), name
