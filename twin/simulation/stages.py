"""The stages of a year for any rows of a twin's buildings: demand, supply, and what goes through the meter.

Every row of a result depends on its own building alone, so that any set of rows gives the same as all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from assets.building_systems.battery import batteries, self_consumption
from assets.building_systems.supply import Supply, behind_the_meter, heat_supply
from assets.demand import building_demand
from assets.ev import charge_sessions
from twin._cache.rows import Index
from twin.model.twin import Twin
from twin.simulation.device_sizing import Devices, heating_site, hot_water_tanks

Hourly = npt.NDArray[np.float32]
Arrays = dict[str, Any]

DEMANDS = ("space_heat_kw", "hot_water_kw", "cooling_kw", "appliances_kw", "lighting_kw")
SUPPLIES = (
    "space_heat_kwh",
    "hot_water_kwh",
    "cooling_kwh",
    "appliances_kwh",
    "lighting_kwh",
    "heating_input_kwh",
    "cooling_electricity_kwh",
    "conversion_loss_kwh",
    "ambient_heat_kwh",
    "load_kwh",
    "pump_kw",
    "grid_kwh",
)
TANKS = ("tank_stored_kwh", "tank_loss_kwh", "tank_level_kwh")
BATTERY = ("battery_charge_kwh", "battery_discharge_kwh", "battery_level_kwh", "battery_stored_kwh", "battery_loss_kwh")


def demand_rows(
    twin: Twin,
    rows: Index,
    light: tuple[Hourly, npt.NDArray[np.int32]],
    progress: Callable[[float, str], None] | None = None,
) -> Arrays:
    """Demand of some buildings; `light` is the planes, and the planes of these rows."""
    buildings = pd.DataFrame(twin.buildings.iloc[rows].drop(columns="geometry"))
    found = building_demand(
        buildings,
        twin.walls[twin.walls["building_id"].isin(buildings.index)],
        twin.parameters.iloc[rows],
        twin.weather.table,
        latitude=twin.latitude,
        longitude=twin.longitude,
        timezone=twin.timezone,
        country=twin.country,
        catalogue=twin.catalogue,
        wall_irradiance=light,
        seed=twin.seed,
        progress=progress,
    )
    names = (*DEMANDS, "indoor_temp_c", "heated_area_m2")
    return {name: getattr(found, name) for name in names}


def supply_rows(twin: Twin, rows: Index, demand: Mapping[str, Any], room_kwh: Any) -> Arrays:
    """Supply of some buildings, `demand` being theirs; tanks only where there are any."""
    tanks, volume = hot_water_tanks(twin, rows, demand["hot_water_kw"])
    room = np.array(room_kwh, dtype=np.float64)
    for group in tanks:
        size, power = (group.specification[name].to_numpy() for name in ("capacity_kwh", "heater_kw"))
        room[group.rows] += size + twin.time.kwh_of(power)
    systems = twin.buildings["heating_system"].to_numpy(dtype=object)[rows]
    coolers = twin.buildings["cooling_system"].to_numpy(dtype=object)[rows]
    found: Supply = heat_supply(
        systems.tolist(),
        twin.time,
        **{name: demand[name] for name in DEMANDS},
        room_kwh=room,
        site=heating_site(twin, rows),
        tanks=tanks,
        cooling_system=coolers.tolist(),
    )
    names = (*SUPPLIES, *TANKS) if tanks else SUPPLIES
    return {name: getattr(found, name) for name in names} | {"tank_l": volume}


@dataclass(frozen=True)
class Meter:
    """What lies behind the meters of some buildings.

    Attributes
    ----------
    potential_kw : ndarray of float32, shape (m, T)
        What modules on all usable roof would give.
    share : ndarray, shape (m,)
        Part of it that is there.
    """

    potential_kw: Hourly
    share: npt.NDArray[np.float64]


def meter_rows(twin: Twin, rows: Index, supply: Mapping[str, Any], meter: Meter, devices: Devices) -> Arrays:
    """Let the sun serve its own building first, then its cars and its battery; the grid gives and takes the rest."""
    load, grid = supply["load_kwh"], supply["grid_kwh"]
    pv, bought, sold = behind_the_meter(load, meter.potential_kw, twin.time, share=meter.share, grid_kwh=grid)
    found: Arrays = {"pv_kwh": pv, "grid_import_kwh": bought, "grid_export_kwh": sold}
    cars = _cars(twin, rows, (load, pv, grid), devices)
    if cars is not None:
        found["ev_charging_kwh"] = cars
    has_battery = np.flatnonzero((devices.battery_kwh[rows] > 0.0) & (meter.share > 0.0))
    touched = has_battery if cars is None else np.union1d(has_battery, np.flatnonzero(cars.any(axis=1)))
    if not len(touched):
        return found
    used = load[touched] if cars is None else load[touched] + cars[touched]
    net = used - pv[touched]
    if len(has_battery):
        flows = (used, pv[touched], grid[touched])
        found |= _batteries(twin, rows, has_battery, touched=touched, flows=flows, devices=devices)
        net += found["battery_charge_kwh"][touched] - found["battery_discharge_kwh"][touched]
    bought[touched] = np.maximum(net, np.float32(0.0))
    sold[touched] = np.maximum(-net, np.float32(0.0))
    return found


def _cars(twin: Twin, rows: Index, flows: tuple[Hourly, Hourly, Any], devices: Devices) -> Hourly | None:
    """Charging of the cars at some buildings, shape (m, T); None where there are none."""
    load, pv, grid = flows
    sessions, points = devices.sessions, devices.points
    if sessions is None:
        return None
    place = np.full(len(twin.buildings), -1)
    place[rows] = np.arange(len(rows))
    owner = place[points["building"].to_numpy()]
    if not (owner >= 0).any():
        return None
    smart = (twin.buildings["charging"] == "smart").to_numpy()[rows]
    energy: Hourly | None = None
    for levelled in (False, True):
        mine = np.where((owner >= 0) & (smart[owner] == levelled), owner, -1)
        if not (mine >= 0).any():
            continue
        made = charge_sessions(
            sessions,
            twin.time,
            owner=mine,
            n_owners=len(rows),
            charger_kw=points["power_kw"].to_numpy(),
            strategy="levelled" if levelled else "at once",
            net_load_kwh=load - pv if levelled else None,
            grid_kwh=grid,
        ).energy_kwh
        energy = made if energy is None else energy + made
    return energy


def _batteries(
    twin: Twin, rows: Index, has: Index, *, touched: Index, flows: tuple[Hourly, Hourly, Any], devices: Devices
) -> Arrays:
    """Batteries of some of the buildings `rows`: those in the places `has`; the flows are those of `touched`."""
    used, pv, grid = flows
    models = devices.battery_models[rows[has]].tolist()
    year = self_consumption(
        batteries(models, devices.battery_kwh[rows[has]]),
        twin.time,
        load_kwh=used,
        pv_kwh=pv,
        rows=np.searchsorted(touched, has),
        grid_kwh=grid,
    )
    parts = (year.charge_kwh, year.discharge_kwh, year.soc_kwh, year.stored_kwh, year.loss_kwh)
    found: Arrays = {}
    for name, part in zip(BATTERY, parts, strict=True):
        found[name] = np.zeros((len(rows), used.shape[1]), dtype=np.float32)
        found[name][has] = part
    return found
