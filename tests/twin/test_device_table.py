"""Devices with ids: who has what, how large it is, and that an id stays whatever else a scenario changes."""

from __future__ import annotations

import numpy as np
import pytest

from gis_data import District
from tests.twin.districts import four_buildings
from twin import make_twin, parse_scenario, run, sized_devices

EVERYTHING = """
name: everything
title: Everything
edits:
  - {what: heating, system: ground_source_heat_pump, where: {use: [detached_house]}}
  - {what: pv, share: 0.5}
  - {what: battery, kwh: 12}
  - {what: chargers, cars: 0.6}
  - {what: plant, id: pit, kind: pit, capacity_kwh: 50000}
"""

FEW = "name: few\ntitle: Few\nedits: [{what: pv, share: 0.5}, {what: battery, kwh: 5}]"


@pytest.fixture(scope="module")
def district() -> District:
    return four_buildings()


def test_every_building_has_a_meter_and_ids_are_one_of_a_kind(district: District) -> None:
    devices = make_twin(district).devices
    assert devices.index.is_unique
    metered = devices.loc[devices["kind"] == "electricity_meter", "owner"]
    assert set(metered) == {str(i) for i in district.buildings.index}
    first = str(district.buildings.index[0])
    assert f"{first}/electricity_meter" in devices.index
    assert not devices["kind"].isin(["battery", "pv", "tank"]).any(), "as it is, nobody has any"


def test_a_scenarios_devices_have_owner_size_unit_and_source(district: District) -> None:
    scenario = parse_scenario(EVERYTHING, "everything")
    twin = make_twin(district, scenario)
    devices = twin.devices
    assert devices.index.is_unique
    batteries = devices[devices["kind"] == "battery"]
    assert len(batteries) == len(district.buildings)
    assert (batteries["size"] == 12.0).all()
    assert (batteries["unit"] == "kWh").all()
    assert batteries["source"].str.len().min() > 10
    assert devices.loc["pit", "size"] == 50_000.0
    assert devices.loc["pit", ["owner", "unit", "carrier", "origin"]].tolist() == ["district", "kWh", "heat", "edited"]
    cars = devices[devices["kind"] == "charger"]
    assert len(cars)
    assert (cars["size"] > 0.0).all()
    owner = cars["owner"].iloc[0]
    numbers = cars.index[cars["owner"] == owner].tolist()
    assert numbers == [f"{owner}/charger/{k}" for k in range(1, len(numbers) + 1)]


def test_a_year_tells_the_sizes_that_only_it_knows(district: District) -> None:
    scenario = parse_scenario(EVERYTHING, "everything")
    devices = make_twin(district, scenario).devices
    results = run(district, scenario)
    sized = sized_devices(devices, results.dataset)
    for kind, name in (("pv", "pv_kwp"), ("heat_pump", "pump_kw")):
        rows = sized[sized["kind"] == kind]
        expected = results.dataset[name].sel(building=rows["owner"].to_numpy()).to_numpy()
        np.testing.assert_allclose(rows["size"].to_numpy(dtype=float), expected)
        assert devices.loc[rows.index, "size"].isna().all(), "a new table: the first is as it was"
    by_owner = sized[sized["kind"] == "charger"].groupby("owner").size()
    points = results.dataset["charge_points"].to_series()
    assert by_owner.to_dict() == points[points > 0].to_dict()


def test_an_id_outlives_other_edits(district: District) -> None:
    few = make_twin(district, parse_scenario(FEW, "few")).devices
    many = make_twin(district, parse_scenario(EVERYTHING, "many")).devices
    for kind in ("electricity_meter", "pv", "battery"):
        assert set(few.index[few["kind"] == kind]) <= set(many.index)
