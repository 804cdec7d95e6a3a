"""Tank, heat pump, cars, modules and battery of a building together: every carrier's balance, every hour."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from assets.balance import CARRIERS, Carrier, check_balance
from assets.building_systems.battery import batteries, price_aware, self_consumption
from assets.building_systems.heat_pump import heat_pump_year
from assets.building_systems.hot_water_tank import night_steps, tank_year, tanks
from assets.building_systems.supply import heat_supply
from assets.catalogue import table
from assets.ev import charge_points, charge_sessions, sample_sessions
from assets.time_grid import TimeGrid
from tests.assets.clock import clock

YEAR = pd.date_range("2024-12-31T22:00Z", periods=8760, freq="h")
QUANTILE = re.compile(r"q\d{4}")
IDS = [f"w{i}" for i in range(6)]
DEVICES = {
    "electricity": CARRIERS["electricity"],
    "heat": Carrier(
        ("heating_electricity_kwh", "ambient_heat_kwh"),
        ("space_heat_kwh", "hot_water_kwh"),
        ("tank_stored_kwh",),
        ("tank_loss_kwh",),
    ),
    "battery": CARRIERS["battery"],
}


def demands() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    n = len(IDS)
    size = np.array([[0.02], [0.2], [1.0], [3.0], [20.0], [0.0]])
    air = air_temp()
    kw = {
        "space_heat_kw": size * 3.0 * np.maximum(17 - air, 0),
        "hot_water_kw": size * rng.gamma(1.0, 2.0, (n, 8760)),
        "cooling_kw": size * np.maximum(air - 22, 0),
        "appliances_kw": size * rng.gamma(2.0, 2.0, (n, 8760)),
        "lighting_kw": size * rng.gamma(2.0, 1.0, (n, 8760)),
    }
    return {name: values.astype(np.float32) for name, values in kw.items()}


def air_temp() -> np.ndarray:
    hours = np.arange(8760)
    return 6.0 - 11.0 * np.cos((hours / 8760 - 0.05) * 2 * np.pi) + 4.0 * np.sin((hours % 24 - 9) / 24 * 2 * np.pi)


def test_everything_an_edit_brings_in_stays_in_balance() -> None:
    """To 1e-6 of what comes in, six buildings from a cabin to a hospital and an empty one."""
    n, kw = len(IDS), demands()
    base = heat_supply(["direct_electric"] * n, clock(kw["space_heat_kw"]), **kw)
    grid = base.grid_kwh
    tank = tank_year(
        tanks(["apartments"] * n, [300.0, 1000.0, 5000.0, 2e4, 1e5, 300.0]),
        clock(base.hot_water_kwh),
        hot_water_kwh=base.hot_water_kwh,
        allowed=night_steps(TimeGrid.of_index(YEAR, "Europe/Helsinki")),
        grid_kwh=grid,
    )
    pumps = heat_pump_year(
        ["ground_source", "air_water", "air_water_cold_climate"] * 2,
        clock(air_temp()),
        space_heat_kw=base.space_heat_kwh,
        hot_water_kw=tank.heat_kwh,
        air_temp_c=air_temp(),
        emitter=["radiator", "floor"] * 3,
        construction_year=[1960, 2020] * 3,
        grid_kwh=grid,
    )
    uses = ["detached_house", "apartment_block", "office", "retail", "hospital", "garage"]
    points = charge_points(IDS, uses, [150, 2000, 5000, 3000, 30_000, 100], share=0.5)
    sessions = sample_sessions(
        points["charger"], TimeGrid.of_index(YEAR, "Europe/Helsinki"), users=list(points["users"])
    )
    plain = base.appliances_kwh + base.lighting_kwh + base.cooling_electricity_kwh + pumps.electricity_kwh
    cars = charge_sessions(
        sessions,
        clock(8760),
        owner=points["building"],
        n_owners=n,
        charger_kw=points["power_kw"],
        strategy="levelled",
        net_load_kwh=plain,
        grid_kwh=grid,
    )
    sun = np.maximum(np.sin((np.arange(8760) % 24 - 5) / 14 * np.pi), 0) * np.array(
        [[3.0], [20], [60], [50], [300], [5]]
    )
    step = grid[:, None]
    pv = (np.rint(sun / step) * step).astype(np.float32)
    load = plain + cars.energy_kwh
    spec = batteries(["home", "block"] * 3, [10.0, 100.0, 300.0, 100.0, 2000.0, 5.0])
    price = 0.1 + 0.05 * np.sin(np.arange(8760) / 24 * 2 * np.pi)
    for battery in (
        self_consumption(spec, clock(load), load_kwh=load, pv_kwh=pv, grid_kwh=grid),
        price_aware(
            spec,
            clock(load),
            load_kwh=load,
            pv_kwh=pv,
            grid_kwh=grid,
            price_eur_kwh=price,
            export_price_eur_kwh=price - 0.05,
        ),
    ):
        net = load.astype(np.float64) - pv + battery.charge_kwh - battery.discharge_kwh
        flows = {
            "grid_import_kwh": np.maximum(net, 0).astype(np.float32),
            "grid_export_kwh": np.maximum(-net, 0).astype(np.float32),
            "pv_kwh": pv,
            "appliances_kwh": base.appliances_kwh,
            "lighting_kwh": base.lighting_kwh,
            "cooling_electricity_kwh": base.cooling_electricity_kwh,
            "heating_electricity_kwh": pumps.electricity_kwh,
            "ambient_heat_kwh": pumps.ambient_heat_kwh,
            "space_heat_kwh": base.space_heat_kwh,
            "hot_water_kwh": tank.drawn_kwh,
            "tank_stored_kwh": tank.stored_kwh,
            "tank_loss_kwh": tank.loss_kwh,
            "ev_charging_kwh": cars.energy_kwh,
            "battery_charge_kwh": battery.charge_kwh,
            "battery_discharge_kwh": battery.discharge_kwh,
            "battery_stored_kwh": battery.stored_kwh,
            "battery_loss_kwh": battery.loss_kwh,
        }
        found = check_balance(flows, IDS, carriers=DEVICES, tolerance=1e-6)
        assert found.into_kwh["electricity"] > 0
        assert found.lost_kwh["battery"] > 0
        assert (battery.charge_kwh.sum(axis=1) > 0).all()
    assert pumps.seasonal_factor()[:5].min() > 1.5


def test_every_column_of_the_devices_tables_is_declared() -> None:
    declared = table("attributes_devices")
    for name, rows in declared.groupby("table", sort=False):
        columns = {column for column in table(name).columns if not QUANTILE.fullmatch(column)}
        assert columns == {attribute for attribute in rows["attribute"] if " to " not in attribute}, name
    assert declared["description"].notna().all()
