"""Results as one labelled dataset: building, roof and hour, with units, kinds and provenance."""

from __future__ import annotations

import json
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from assets.building_systems.supply import cooling_systems, heating_carriers, heating_systems
from assets.carriers import RETAIL
from twin._version import __version__
from twin.model.building_edits import SETPOINTS
from twin.model.geometry import rows_of
from twin.model.prices import EXPORT, FLAT
from twin.results.schema import FORMAT, as_declared, names_of, variable_of
from twin.scenario import dump_scenario
from twin.simulation.investments import MEASURES, Investments
from twin.texts import dump_notes

if TYPE_CHECKING:
    from twin.model.twin import Twin
    from twin.simulation.sunlight import Light


@dataclass(frozen=True, eq=False)
class Year:
    """What the stages of a run made.

    Attributes
    ----------
    demand, supply, meter : mapping of str to ndarray
        Arrays by name, the first axis being the buildings.
    light : Light
        Sun on the roofs.
    battery_kwh : ndarray, shape (n,)
        Capacity of the batteries.
    charge_points : ndarray, shape (n,)
        Places where cars charge.
    investments : Investments
        What the measures cost.
    stations_kwh : ndarray, shape (s, T), optional
        Charging at the district's public stations.
    """

    demand: Mapping[str, Any]
    supply: Mapping[str, Any]
    meter: Mapping[str, Any]
    light: Light | Any
    battery_kwh: Any
    charge_points: Any
    investments: Investments
    stations_kwh: Any = None


def make_dataset(twin: Twin, year: Year, annual: Mapping[str, Any] | None = None) -> xr.Dataset:
    """Put the results of a run together without copying its arrays.

    Parameters
    ----------
    twin : Twin
        What was computed.
    year : Year
        What the stages made.
    annual : mapping, optional
        Variables, as xarray takes them, that stand in the place of every building's hours.

    Returns
    -------
    xarray.Dataset
        Dimensions `building`, `roof`, `wall`, `time` (naive UTC, start of the hour) and `measure`, and `station` where
        the district has public charging stations. Of what needs a device, only what some building has is there.
    """
    # All at once: adding variables one by one aligns the whole dataset every time.
    hours: dict[str, Any] = hourly_variables(twin, year) if annual is None else dict(annual)
    figures: dict[str, Any] = _per_building(twin, year) | {"investment_measure_eur": year.investments.eur}
    figures |= _of_roofs(twin, year.light) | _of_walls(twin, year.light)
    ids: dict[str, Any] = {
        "building": twin.buildings.index.to_numpy(dtype=object),
        "roof": twin.roofs.index.to_numpy(dtype=object),
        "wall": twin.walls.index.to_numpy(dtype=object),
        "measure": np.array(MEASURES, dtype=object),
        "time": twin.weather.table.index.tz_convert("UTC").tz_localize(None).to_numpy(),
    }
    if year.stations_kwh is not None and twin.chargers is not None:
        ids["station"] = twin.chargers.index.to_numpy(dtype=object)
        figures["station_charging_kwh"] = _read_only(year.stations_kwh)
    coords = as_declared(ids)
    coords["time"][2]["timezone"] = "UTC"
    shared, shared_sources = _shared_costs(twin)
    sources = dict(year.investments.sources) | shared_sources
    attrs = provenance(twin) | shared
    attrs["investment_sources"] = json.dumps(sources, sort_keys=True, ensure_ascii=False)
    return xr.Dataset(hours | as_declared(figures) | of_hours(twin), coords=coords, attrs=attrs)


def hourly_variables(twin: Twin, year: Year) -> dict[str, Any]:
    """Arrays over building and time as xarray takes them; those of devices where there are any."""
    return as_declared({name: _read_only(array) for name, array in _hourly(twin, year).items()})


def flows_of(dataset: xr.Dataset) -> dict[str, Any]:
    """Arrays of a dataset by name, for `assets.balance.check_balance`."""
    return {
        str(name): variable.to_numpy() for name, variable in dataset.data_vars.items() if "building" in variable.dims
    }


def provenance(twin: Twin) -> dict[str, Any]:
    """Tell where results come from, as plain texts and numbers that netCDF can hold."""
    factors = {f"{RETAIL[carrier]}_co2_kg_kwh": value for carrier, value in twin.factors.kgco2_kwh.items()}
    prices = {f"{retail}_price_eur_kwh": twin.prices.eur_kwh[carrier][0] for carrier, retail in FLAT.items()}
    return {
        "format": FORMAT,
        "Conventions": "CF-1.11",
        "title": f"{twin.title}: {twin.scenario.title or twin.scenario.name}",
        "district": twin.name,
        "district_title": twin.title,
        "country": twin.country,
        "timezone": twin.timezone,
        "data_date": twin.data_date,
        "attribution": "; ".join(twin.sources),
        "weather_kind": twin.weather.kind,
        "weather_source": twin.weather.source,
        "weather_licence": twin.weather.licence,
        "scenario_name": twin.scenario.name,
        "scenario": dump_scenario(twin.scenario),
        "seed": twin.seed,
        "notes": dump_notes(twin.notes),
        "versions": json.dumps(_versions(), sort_keys=True),
        "price_sources": json.dumps(_by_retail(twin.prices.source), sort_keys=True, ensure_ascii=False),
        "emission_factor_sources": json.dumps(_by_retail(twin.factors.source), sort_keys=True, ensure_ascii=False),
        **prices,
        **factors,
    }


def _by_retail(sources: Mapping[str, str]) -> dict[str, str]:
    """Name the sources of prices or factors by what buildings buy, as results do."""
    return {RETAIL.get(carrier, carrier): source for carrier, source in sources.items()}


def _shared_costs(twin: Twin) -> tuple[dict[str, float], dict[str, str]]:
    """Cost of the plants and stores that a scenario builds for the district as a whole, and where it comes from."""
    if not any(edit.what == "plant" for edit in twin.scenario.edits):
        return {}, {}
    from twin.model.plants import plant_costs  # noqa: PLC0415  plants bring models that buildings alone do not need

    costs = plant_costs(twin)
    return {"plant_investment_eur": costs.eur, "plant_annuity_eur": costs.annuity_eur}, dict(costs.sources)


def _read_only(array: Any) -> Any:
    """Give a view that cannot be written through: other runs may share the array."""
    view = array.view()
    view.setflags(write=False)
    return view


def _hourly(twin: Twin, year: Year) -> dict[str, Any]:
    supply = year.supply
    names = ("space_heat", "hot_water", "cooling", "appliances", "lighting", "cooling_electricity", "conversion_loss")
    arrays: dict[str, Any] = {f"{name}_kwh": supply[f"{name}_kwh"] for name in names}
    arrays |= {name: array for name, array in year.meter.items() if name.endswith("_kwh")}
    tanks = ("tank_stored_kwh", "tank_loss_kwh", "tank_level_kwh")
    if np.any(supply["tank_l"] > 0.0):
        arrays |= {name: supply[name] for name in tanks}
    carrier = heating_systems()["carrier"].fillna("")[twin.buildings["heating_system"]].to_numpy(dtype=str)
    for name in heating_carriers():
        into = "heating_electricity_kwh" if name == "electricity" else f"{RETAIL[name]}_kwh"
        arrays[into] = _of_carrier(supply["heating_input_kwh"], carrier == name)
    arrays["district_cold_kwh"] = _of_carrier(supply["cooling_kwh"], _cold_carrier(twin) == "cold")
    arrays |= {"ambient_heat_kwh": supply["ambient_heat_kwh"], "indoor_temp_c": year.demand["indoor_temp_c"]}
    # A tank that is there stays, should it rest all year; of other devices only what some building has is told.
    return {
        name: arrays[name]
        for name in names_of("hours", "building", "time")
        if not variable_of(name).needs or (name in arrays and (name in tanks or arrays[name].any()))
    }


def _cold_carrier(twin: Twin) -> Any:
    return cooling_systems()["carrier"][twin.buildings["cooling_system"]].to_numpy(dtype=str)


def _of_carrier(taken: Any, mine: Any) -> Any:
    """Take what goes into heating where it is of a carrier, zero elsewhere; no copy where it is everywhere."""
    if mine.all():
        return taken
    # Zeroed pages that are never written cost no memory.
    found = np.zeros(taken.shape, dtype=np.float32)
    for row in np.flatnonzero(mine):
        found[row] = taken[row]
    return found


def _per_building(twin: Twin, year: Year) -> dict[str, Any]:
    buildings = twin.buildings
    cooling = buildings["cooling_system"]
    texts = ("use", "heating_system", "heating_system_source", "retrofit_level", "charging", "tank_control")
    numbers = ("floor_area_m2", "pv_share", "ev_share", "tank_days")
    share = buildings["pv_share"].to_numpy(dtype=np.float64)
    return (
        {name: buildings[name].to_numpy(dtype=object) for name in texts}
        | {name: buildings[name].to_numpy(dtype=np.float64) for name in numbers}
        | {name: twin.parameters[name].to_numpy(dtype=np.float64) for name in SETPOINTS}
        | {
            "heated_area_m2": np.asarray(year.demand["heated_area_m2"], dtype=np.float64),
            "construction_year": buildings["construction_year"].to_numpy(dtype=np.int32),
            "pv_kwp": year.light.building_kwp * share,
            "battery_kwh": year.battery_kwh,
            "tank_l": np.asarray(year.supply["tank_l"], dtype=np.float64),
            "pump_kw": np.asarray(year.supply["pump_kw"], dtype=np.float64),
            "charge_points": np.asarray(year.charge_points, dtype=np.int32),
            "investment_eur": year.investments.eur.sum(axis=0),
            "investment_annuity_eur": year.investments.annuity_eur,
            "cooling_system": np.where(buildings["cooled"], cooling, "").astype(object),
            "chiller_seer": cooling_systems()["seer"][cooling].to_numpy(dtype=np.float64),
        }
    )


def _of_roofs(twin: Twin, roofs: Light) -> dict[str, Any]:
    owner = rows_of(twin.roofs["building_id"], twin.buildings.index).astype(np.int32)
    usable = twin.roofs["usable_m2"].to_numpy(dtype=np.float64)
    return {
        "building_of_roof": owner,
        "usable_m2": usable,
        "roof_irradiation_kwh_m2": roofs.irradiation_kwh_m2,
        "roof_pv_potential_kwh": roofs.potential_kwh,
        "roof_pv_potential_kwp": roofs.potential_kwp,
    }


def _of_walls(twin: Twin, walls: Light) -> dict[str, Any]:
    owner = rows_of(twin.walls["building_id"], twin.buildings.index).astype(np.int32)
    area = twin.walls["area_m2"].to_numpy(dtype=np.float64)
    return {"building_of_wall": owner, "wall_area_m2": area, "wall_irradiation_kwh_m2": walls.wall_kwh_m2}


def of_hours(twin: Twin) -> dict[str, Any]:
    """Weather, prices and factors of every hour, as xarray takes them."""
    table = twin.weather.table

    def price(carrier: str) -> Any:
        return twin.prices.of_hours(carrier, table.index, twin.timezone)

    hours: dict[str, Any] = {
        "air_temp_c": table["air_temp_c"].to_numpy(),
        "ghi_w_m2": table["ghi_w_m2"].to_numpy(),
        "electricity_price_eur_kwh": price("electricity"),
        "export_price_eur_kwh": price(EXPORT),
        "district_heat_price_eur_kwh": price("heat"),
        "electricity_co2_kg_kwh": np.full(len(table), twin.factors.kgco2_kwh["electricity"]),
    }
    return as_declared({name: values.astype(np.float32) for name, values in hours.items()}, twin.weather.kind)


@cache
def _versions() -> dict[str, str]:
    packages = ("numpy", "pandas", "xarray", "numba", "pvlib", "shapely")
    return {
        "city-energy-twin": __version__,
        "python": platform.python_version(),
        **{package: metadata.version(package) for package in packages},
    }
