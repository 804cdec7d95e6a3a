"""Which devices the buildings of a twin have, and how large they are: tanks, charge points, batteries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from assets.building_systems.battery import batteries
from assets.building_systems.heat_pump import DESIGN_AIR_C, ROOM_C
from assets.building_systems.hot_water_tank import night_steps, tank_models, tanks
from assets.building_systems.supply import Site, Tanks, heating_systems
from assets.catalogue import table
from assets.demand import archetypes
from assets.demand.buildings import GROUND_ABOVE_AIR_K, GROUND_BY_MONTH_K
from assets.demand.daytypes import public_holidays
from assets.demand.envelope import design_heat_load_kw
from assets.ev import Sessions, charge_points, sample_sessions, station_points
from twin._cache.memo import Memo, content_key
from twin.model.devices import HOUSES
from twin.model.twin import Twin

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]

USUAL_KWH_KWP = 1.0
"""Batteries up to this size for each kWp fit the grids of the buildings as they are."""
FLOOR_HEATING_FROM = 2000
"""Houses completed since then heat their floors, older ones radiators (assumed)."""
_HOUSE_TANK_L, _BLOCK_TANK_L = 500.0, 3000.0


@dataclass(frozen=True, eq=False)
class Devices:
    """Devices of a twin's buildings that do not hang on its results.

    Attributes
    ----------
    points : DataFrame
        Charge points at buildings, of `assets.ev.charge_points`.
    sessions : Sessions, optional
        What is plugged in at them over the year; None without any.
    sessions_key : str
        Key of them.
    battery_kwh : ndarray, shape (n,)
        Capacity of each building's battery [kWh].
    battery_models : ndarray of str, shape (n,)
        Model of `batteries.csv`.
    room_kwh : ndarray, shape (n,)
        The most that roof, cars and battery could give or take in a step [kWh].
    """

    points: pd.DataFrame
    sessions: Sessions | None
    sessions_key: str
    battery_kwh: Array
    battery_models: npt.NDArray[np.object_]
    room_kwh: Array


def devices_of(twin: Twin, roof_kwp: Array, memo: Memo) -> Devices:
    """Size the devices.

    Parameters
    ----------
    twin : Twin
        `buildings` with `ev_share`, `battery_kwh`, `battery_kwh_kwp`, `pv_share`.
    roof_kwp : ndarray, shape (n,)
        Power of modules on all usable roof of each building [kWp].
    memo : Memo
        Remembers the sessions that were drawn.
    """
    buildings = twin.buildings
    ids = [str(i) for i in buildings.index]
    share = buildings["ev_share"].to_numpy(dtype=np.float64)
    points = charge_points(ids, buildings["use"].tolist(), buildings["floor_area_m2"], share=share, seed=twin.seed)
    key = content_key(points, twin.weather.table.index, twin.timezone, twin.country, twin.seed)
    sessions = None
    if len(points):
        sessions = memo.get("sessions", key, lambda: _drawn(twin, points["charger"].tolist(), points["users"].tolist()))
    models = np.where(buildings["use"].isin(HOUSES), "home", "block").astype(object)
    per_kwp = buildings["battery_kwh_kwp"].to_numpy(dtype=np.float64)
    fixed = buildings["battery_kwh"].to_numpy(dtype=np.float64)
    capacity = fixed + per_kwp * roof_kwp * buildings["pv_share"].to_numpy(dtype=np.float64)
    return Devices(points, sessions, key, capacity, models, _room(twin, roof_kwp, models, fixed + per_kwp * roof_kwp))


def _room(twin: Twin, roof_kwp: Array, models: Any, largest_kwh: Array) -> Array:
    """Room for modules on all of the roof, a usual battery and a charger for every car.

    The same before and after most edits, so that they leave the grids, and with them the supply, alone.
    """
    buildings = twin.buildings
    names = ["capacity_kwh", "charge_kw", "discharge_kw"]
    battery = batteries(models.tolist(), np.maximum(largest_kwh, USUAL_KWH_KWP * roof_kwp))[names].copy()
    battery[names[1:]] = twin.time.kwh_of(battery[names[1:]].to_numpy())
    parking = table("ev_parking").set_index("use").reindex(buildings["use"].tolist())
    power = parking["users"].map(table("ev_chargers").set_index("charger")["power_kw"]).fillna(0.0).to_numpy()
    cars = parking["cars_per_1000_m2"].fillna(0.0).to_numpy() * buildings["floor_area_m2"].to_numpy() / 1000.0
    # A fraction of a car may be rounded up.
    return np.asarray(twin.time.kwh_of(roof_kwp + np.ceil(cars + 1.0) * power) + battery.to_numpy().sum(axis=1))


def station_sessions(twin: Twin) -> tuple[pd.DataFrame, Sessions] | None:
    """Charge points of the district's public stations and what is plugged in at them; None without stations."""
    chargers = twin.chargers
    if chargers is None or not len(chargers):
        return None
    points = station_points(
        [str(i) for i in chargers.index],
        chargers["capacity"].to_numpy(dtype=np.float64),
        chargers["output_kw"].to_numpy(dtype=np.float64),
    )
    return points, _drawn(twin, points["charger"].tolist(), points["users"].tolist())


def hot_water_tanks(twin: Twin, rows: Index, hot_water_kw: Any) -> tuple[list[Tanks], Array]:
    """Size the hot-water tanks of some buildings by their demand.

    Parameters
    ----------
    twin : Twin
        `buildings` with `tank_days`, `tank_control`, `heating_system`.
    rows : ndarray of int, shape (m,)
        The buildings.
    hot_water_kw : ndarray, shape (m, T)
        Their hot water [kW].

    Returns
    -------
    list of Tanks
        Rows of them count within `rows`.
    ndarray, shape (m,)
        Volume of each building's tank [l].
    """
    days = twin.buildings["tank_days"].to_numpy(dtype=np.float64)[rows]
    volume = np.zeros(len(rows))
    daily = np.zeros(len(rows))
    has = np.flatnonzero(days > 0.0)
    daily[has] = hot_water_kw[has].mean(axis=1, dtype=np.float64) * 24.0
    has = has[daily[has] > 0.0]
    if not len(has):
        return [], volume
    per_litre = float(tanks(["house"], [1.0])["capacity_kwh"].iloc[0])
    volume[has] = days[has] * daily[has] / per_litre
    control = twin.buildings["tank_control"].to_numpy(dtype=object)[rows]
    made = []
    for name in ("any", "night"):
        these = has[control[has] == name]
        if not len(these):
            continue
        specification = tanks(tank_models_of(volume[these]), volume[these])
        most = hot_water_kw[these].max(axis=1)
        # A heater that can follow the taps: the tank never leaves anybody without hot water.
        specification["heater_kw"] = np.maximum(specification["heater_kw"], most.astype(np.float64) * 1.001)
        allowed = np.ones(twin.time.n, dtype=bool) if name == "any" else night_steps(twin.time)
        made.append(Tanks(these, specification, allowed))
    return made, volume


def tank_models_of(volume_l: Array) -> list[str]:
    """Model of the catalogue that a tank of a size is like."""
    models = [str(name) for name in tank_models().index]
    return [models[size] for size in np.digitize(volume_l, [_HOUSE_TANK_L, _BLOCK_TANK_L])]


def heating_site(twin: Twin, rows: Index) -> Site:
    """Weather and emitters of some buildings, for their heat pumps.

    All of it hangs on what the keys of the demand and the supply hold: weather, use, year, envelope and system.
    """
    buildings = twin.buildings.iloc[rows]
    years = buildings["construction_year"].to_numpy(dtype=np.int64)
    floor = buildings["use"].isin(HOUSES).to_numpy() & (years >= FLOOR_HEATING_FROM)
    air = twin.weather.table["air_temp_c"].to_numpy(dtype=np.float64)
    return Site(air, np.where(floor, "floor", "radiator").tolist(), years, load_shares(twin, rows))


def load_shares(twin: Twin, rows: Index) -> Array:
    """Design heat load of some buildings by that of before their retrofit, which their emitters were laid out for.

    Parameters
    ----------
    twin : Twin
        `parameters` after the retrofits.
    rows : ndarray of int, shape (m,)
        The buildings.

    Returns
    -------
    ndarray, shape (m,)
        At most 1; 1 where nothing is retrofitted, or no heat pump asks.
    """
    share = np.ones(len(rows))
    buildings = twin.buildings.iloc[rows]
    pumps = heating_systems()["heat_pump"].fillna("")[buildings["heating_system"]].to_numpy(dtype=str) != ""
    asked = np.flatnonzero(pumps & (buildings["retrofit_level"] != "none").to_numpy())
    if not len(asked):
        return share
    some = pd.DataFrame(buildings.iloc[asked].drop(columns="geometry"))
    walls = twin.walls[twin.walls["building_id"].isin(some.index)]
    before = archetypes(some["use"].tolist(), some["construction_year"].to_numpy(), twin.catalogue)
    coldest = {
        "room_c": ROOM_C,
        "design_air_c": DESIGN_AIR_C,
        "ground_c": float(twin.weather.table["air_temp_c"].mean()) + GROUND_ABOVE_AIR_K + min(GROUND_BY_MONTH_K),
    }
    old = design_heat_load_kw(some, walls, before.set_axis(some.index), **coldest)
    new = design_heat_load_kw(some, walls, twin.parameters.iloc[rows[asked]], **coldest)
    share[asked] = np.clip(np.divide(new, old, out=np.ones(len(asked)), where=old > 0.0), 0.0, 1.0)
    return share


def _drawn(twin: Twin, chargers: list[str], users: list[str]) -> Sessions:
    local = twin.time.index.tz_convert(twin.timezone)
    days: Any = public_holidays(twin.country, sorted(set(local.year)))
    return sample_sessions(chargers, twin.time, users=users, seed=twin.seed, holidays=days)
