"""What a scenario's measures cost to build, per building and kind of measure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from assets.building_systems.battery import battery_models
from assets.building_systems.heat_pump import heat_pump_models
from assets.building_systems.hot_water_tank import tank_models
from assets.building_systems.supply import heating_systems
from assets.catalogue import table
from assets.economics import annuity, interest, investment, investment_costs
from assets.time_grid import TimeGrid
from twin.model.twin import Twin
from twin.simulation.device_sizing import Devices, tank_models_of

Array = npt.NDArray[np.float64]

MEASURES = ("pv", "retrofit", "heating", "hot_water_tank", "battery", "chargers")
"""Kinds of measures that cost something; set-points, smart charging, prices and weather do not."""


@dataclass(frozen=True)
class Investments:
    """Investments of a scenario over the district as it is.

    Attributes
    ----------
    eur : ndarray, shape (measures, n)
        Paid at the beginning, VAT included [EUR].
    annuity_eur : ndarray, shape (n,)
        Spread over the lifetimes [EUR/a].
    sources : mapping of str to str
        Where the costs of each measure that is there come from.
    """

    eur: Array
    annuity_eur: Array
    sources: Mapping[str, str]


def investments_of(twin: Twin, roof_kwp: Array, supply: Mapping[str, Any], devices: Devices) -> Investments:
    """Price what a scenario adds to the district as it is.

    New buildings themselves are not priced, nor is what is torn down; a retrofit costs the same whatever else the
    building needs.

    Parameters
    ----------
    twin : Twin
        Buildings after the edits.
    roof_kwp : ndarray, shape (n,)
        Power of modules on all usable roof [kWp].
    supply : mapping
        `pump_kw`, `tank_l`, `space_heat_kwh`, `hot_water_kwh` of each building.
    devices : Devices
        Charge points and batteries.
    """
    buildings, country = twin.buildings, twin.country
    n = len(buildings)
    kwp = roof_kwp * buildings["pv_share"].to_numpy(dtype=np.float64)
    parts: dict[str, list[tuple[Array, Array]]] = {
        "pv": [investment("pv", kwp, country)],
        "retrofit": _retrofits(buildings, country),
        "heating": _heating(buildings, supply, country, twin.time),
        "hot_water_tank": [_tanks(np.asarray(supply["tank_l"]))],
        "battery": [_batteries(devices)],
        "chargers": [_chargers(devices, n)],
    }
    rate = interest(country)
    eur, yearly = np.zeros((len(MEASURES), n)), np.zeros(n)
    for row, measure in enumerate(MEASURES):
        for cost, life in parts[measure]:
            eur[row] += cost
            yearly += annuity(cost, life, rate)
    there = {measure for row, measure in enumerate(MEASURES) if eur[row].any()}
    return Investments(eur, yearly, {m: text for m, text in _sources(country).items() if m in there})


def _retrofits(buildings: pd.DataFrame, country: str) -> list[tuple[Array, Array]]:
    area = np.nan_to_num(buildings["floor_area_m2"].to_numpy(dtype=np.float64))
    level = buildings["retrofit_level"].to_numpy(dtype=object)
    return [investment(name, np.where(level == name, area, 0.0), country) for name in sorted(set(level) - {"none"})]


def _heating(
    buildings: pd.DataFrame, supply: Mapping[str, Any], country: str, time: TimeGrid
) -> list[tuple[Array, Array]]:
    """Price new systems by the peak of the heat they give; only where the kind of system changes."""
    system = buildings["heating_system"].to_numpy(dtype=object)
    new = np.flatnonzero(system != buildings["heating_system_as_is"].to_numpy(dtype=object))
    if not len(new):
        return []
    pumps = heating_systems()["heat_pump"].fillna("")
    found = []
    for name in sorted(set(system[new])):
        rows = new[system[new] == name]
        size = np.zeros(len(system))
        if pumps[name]:
            size[rows] = supply["pump_kw"][rows]
            model = heat_pump_models().loc[pumps[name]]
            cost = model["investment_fixed_eur"] + model["investment_eur_kw"] * size
            found.append((np.where(size > 0.0, cost, 0.0), np.full(len(size), float(model["lifetime_years"]))))
        else:
            heat = supply["space_heat_kwh"][rows] + supply["hot_water_kwh"][rows]
            size[rows] = time.kw_of(heat.max(axis=1, initial=0.0))
            found.append(investment(name, size, country))
    return found


def _tanks(volume_l: Array) -> tuple[Array, Array]:
    rows = tank_models().loc[tank_models_of(volume_l)]
    fixed, each, life = (
        rows[name].to_numpy(dtype=np.float64) for name in ("investment_fixed_eur", "investment_eur_l", "lifetime_years")
    )
    return np.where(volume_l > 0.0, fixed + each * volume_l, 0.0), life


def _batteries(devices: Devices) -> tuple[Array, Array]:
    rows = battery_models().loc[devices.battery_models.tolist()]
    names = ("investment_fixed_eur", "investment_eur_kwh", "lifetime_years")
    fixed, each, life = (rows[name].to_numpy(dtype=np.float64) for name in names)
    return np.where(devices.battery_kwh > 0.0, fixed + each * devices.battery_kwh, 0.0), life


def _chargers(devices: Devices, n: int) -> tuple[Array, Array]:
    kinds = table("ev_chargers").set_index("charger")
    price = kinds["investment_eur"].to_numpy(dtype=np.float64)
    code = kinds.index.get_indexer(devices.points["users"])
    cost = np.bincount(devices.points["building"], weights=price[code], minlength=n)
    years = kinds["lifetime_years"].to_numpy(dtype=np.float64)
    points = np.bincount(devices.points["building"], minlength=n)
    life = np.bincount(devices.points["building"], weights=years[code], minlength=n)
    return cost.astype(np.float64), np.where(points > 0, life / np.maximum(points, 1), 1.0)


def _sources(country: str) -> dict[str, str]:
    """Where the costs of each measure come from, without repeating one."""
    told = {
        str(measure): "; ".join(dict.fromkeys(rows["source"]))
        for measure, rows in investment_costs(country).groupby("measure")
    }
    devices = {"hot_water_tank": "hot_water_tanks", "battery": "batteries", "chargers": "ev_chargers"}
    told |= {measure: "; ".join(dict.fromkeys(table(name)["source"])) for measure, name in devices.items()}
    told["heating"] += "; " + "; ".join(dict.fromkeys(table("heat_pumps")["source"]))
    return told
