"""Results as one labelled dataset: building, roof and hour, with units, kinds and provenance."""

from __future__ import annotations

import json
import platform
from collections.abc import Mapping
from functools import cache
from importlib import metadata
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from assets.supply import cooling_systems
from twin._version import __version__
from twin.geometry import rows_of
from twin.scenario import dump_scenario

if TYPE_CHECKING:
    from assets.demand import Demand
    from assets.supply import Supply
    from twin.exchange import Exchange
    from twin.model import Twin
    from twin.sunlight import RoofSun, WallSun

FORMAT = "city-energy-twin results 1"
HOURLY: Mapping[str, tuple[str, str, str]] = {
    "space_heat_kwh": ("kWh", "modelled", "Heat for rooms"),
    "hot_water_kwh": ("kWh", "modelled", "Heat for hot water"),
    "cooling_kwh": ("kWh", "modelled", "Heat taken out of the rooms"),
    "appliances_kwh": ("kWh", "modelled", "Electricity of appliances"),
    "lighting_kwh": ("kWh", "modelled", "Electricity of lighting"),
    "pv_kwh": ("kWh", "modelled", "Electricity of the modules on the roof"),
    "grid_import_kwh": ("kWh", "modelled", "Electricity from the grid"),
    "grid_export_kwh": ("kWh", "modelled", "Electricity into the grid"),
    "district_heat_kwh": ("kWh", "modelled", "District heat bought"),
    "gas_kwh": ("kWh", "modelled", "Gas bought, lower heating value"),
    "oil_kwh": ("kWh", "modelled", "Heating oil bought, lower heating value"),
    "wood_kwh": ("kWh", "modelled", "Wood bought, lower heating value"),
    "heating_electricity_kwh": ("kWh", "modelled", "Electricity for heating"),
    "ambient_heat_kwh": ("kWh", "modelled", "Heat that heat pumps draw from ground and air"),
    "cooling_electricity_kwh": ("kWh", "modelled", "Electricity of chillers"),
    "conversion_loss_kwh": ("kWh", "modelled", "Lost in the heating system"),
    "indoor_temp_c": ("°C", "modelled", "Indoor temperature"),
}
"""Variables over building and time: unit, kind and long name. Energies are of the hour that begins at the label."""

_BUILDING: Mapping[str, tuple[str, str, str]] = {
    "use": ("", "input", "Use"),
    "floor_area_m2": ("m²", "input", "Gross floor area"),
    "heated_area_m2": ("m²", "assumed", "Heated net area"),
    "construction_year": ("", "input", "Year of completion"),
    "heating_system": ("", "assumed", "Heating system"),
    "heating_system_source": ("", "assumed", "Where the heating system comes from"),
    "retrofit_level": ("", "assumed", "Retrofit"),
    "pv_share": ("1", "assumed", "Part of the usable roof area that carries modules"),
    "pv_kwp": ("kWp", "assumed", "Power of the modules on the roof"),
    "chiller_seer": ("1", "assumed", "Cold by electricity of the chillers"),
}


def make_dataset(
    twin: Twin, *, demand: Demand, supply: Supply, roofs: RoofSun, walls: WallSun, exchange: Exchange
) -> xr.Dataset:
    """Put the results of a run together without copying its arrays.

    Returns
    -------
    xarray.Dataset
        Dimensions `building`, `roof`, `wall` and `time` (naive UTC, start of the hour).
    """
    hourly = _hourly(demand, supply, exchange)
    of_buildings = _per_building(twin, demand, exchange)
    # All at once: adding variables one by one aligns the whole dataset every time.
    variables: dict[str, Any] = {
        name: (("building", "time"), _read_only(hourly[name]), _attrs(*what)) for name, what in HOURLY.items()
    }
    variables |= {name: ("building", of_buildings[name], _attrs(*what)) for name, what in _BUILDING.items()}
    return xr.Dataset(
        variables | _of_roofs(twin, roofs) | _of_walls(twin, walls) | _of_hours(twin),
        coords={
            "building": ("building", twin.buildings.index.to_numpy(dtype=object), {"long_name": "Building id"}),
            "roof": ("roof", twin.roofs.index.to_numpy(dtype=object), {"long_name": "Roof plane id"}),
            "wall": ("wall", twin.walls.index.to_numpy(dtype=object), {"long_name": "Wall id"}),
            "time": ("time", twin.weather.table.index.tz_convert("UTC").tz_localize(None).to_numpy(), _TIME),
        },
        attrs=provenance(twin),
    )


def flows_of(dataset: xr.Dataset) -> dict[str, Any]:
    """Arrays of a dataset by name, for `assets.balance.check_balance`."""
    return {
        str(name): variable.to_numpy() for name, variable in dataset.data_vars.items() if "building" in variable.dims
    }


def provenance(twin: Twin) -> dict[str, Any]:
    """Tell where results come from, as plain texts and numbers that netCDF can hold."""
    factors = {f"{carrier}_co2_kg_kwh": value for carrier, value in twin.factors.kgco2_kwh.items()}
    prices = {f"{carrier}_price_eur_kwh": twin.prices.eur_kwh[carrier][0] for carrier in ("gas", "oil", "wood")}
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
        "notes": "; ".join(twin.notes),
        "versions": json.dumps(_versions(), sort_keys=True),
        "price_sources": json.dumps(dict(twin.prices.source), sort_keys=True, ensure_ascii=False),
        "emission_factor_sources": json.dumps(dict(twin.factors.source), sort_keys=True, ensure_ascii=False),
        **prices,
        **factors,
    }


_TIME = {"long_name": "Start of the hour", "timezone": "UTC"}


def _attrs(unit: str, kind: str, title: str) -> dict[str, str]:
    return {"units": unit, "long_name": title, "kind": kind}


def _read_only(array: Any) -> Any:
    """Give a view that cannot be written through: other runs may share the array."""
    view = array.view()
    view.setflags(write=False)
    return view


def _hourly(demand: Demand, supply: Supply, exchange: Exchange) -> dict[str, Any]:
    names = ("space_heat", "hot_water", "cooling", "appliances", "lighting", "cooling_electricity", "conversion_loss")
    arrays: dict[str, Any] = {f"{name}_kwh": getattr(supply, f"{name}_kwh") for name in names}
    arrays |= {f"{name}_kwh": supply.by_carrier[name] for name in ("district_heat", "gas", "oil", "wood")}
    arrays |= {f"{name}_kwh": getattr(exchange, f"{name}_kwh") for name in ("pv", "grid_import", "grid_export")}
    return arrays | {
        "heating_electricity_kwh": supply.by_carrier["electricity"],
        "ambient_heat_kwh": supply.ambient_heat_kwh,
        "indoor_temp_c": demand.indoor_temp_c,
    }


def _per_building(twin: Twin, demand: Demand, exchange: Exchange) -> dict[str, Any]:
    buildings = twin.buildings
    seer = float(cooling_systems().loc["chiller", "seer"])
    texts = ("use", "heating_system", "heating_system_source", "retrofit_level")
    return {name: buildings[name].to_numpy(dtype=object) for name in texts} | {
        "floor_area_m2": buildings["floor_area_m2"].to_numpy(dtype=np.float64),
        "heated_area_m2": np.asarray(demand.heated_area_m2, dtype=np.float64),
        "construction_year": buildings["construction_year"].to_numpy(dtype=np.int32),
        "pv_share": buildings["pv_share"].to_numpy(dtype=np.float64),
        "pv_kwp": exchange.pv_kwp,
        "chiller_seer": np.full(len(buildings), seer),
    }


def _of_roofs(twin: Twin, roofs: RoofSun) -> dict[str, Any]:
    owner = rows_of(twin.roofs["building_id"], twin.buildings.index).astype(np.int32)
    usable = twin.roofs["usable_m2"].to_numpy(dtype=np.float64)
    rows = (
        ("building_of_roof", owner, "", "assumed", "Row of the roof plane's building, from 0"),
        ("usable_m2", usable, "m²", "assumed", "Area that can carry modules"),
        ("roof_irradiation_kwh_m2", roofs.irradiation_kwh_m2, "kWh/m²", "modelled", "Sun on the plane over the year"),
        ("roof_pv_potential_kwh", roofs.potential_kwh, "kWh", "modelled", "Yield of modules on all usable area"),
        ("roof_pv_potential_kwp", roofs.potential_kwp, "kWp", "modelled", "Power of modules on all usable area"),
    )
    return {name: ("roof", values, _attrs(unit, kind, title)) for name, values, unit, kind, title in rows}


def _of_walls(twin: Twin, walls: WallSun) -> dict[str, Any]:
    owner = rows_of(twin.walls["building_id"], twin.buildings.index).astype(np.int32)
    area = twin.walls["area_m2"].to_numpy(dtype=np.float64)
    rows = (
        ("building_of_wall", owner, "", "assumed", "Row of the wall's building, from 0"),
        ("wall_area_m2", area, "m²", "modelled", "Exposed area, windows included"),
        ("wall_irradiation_kwh_m2", walls.irradiation_kwh_m2, "kWh/m²", "modelled", "Sun on the wall over the year"),
    )
    return {name: ("wall", values, _attrs(unit, kind, title)) for name, values, unit, kind, title in rows}


def _of_hours(twin: Twin) -> dict[str, Any]:
    table = twin.weather.table
    month = table.index.tz_convert(twin.timezone).month.to_numpy().astype(np.int64)
    prices = twin.prices
    factor = np.full(len(table), twin.factors.kgco2_kwh["electricity"])
    kind = twin.weather.kind
    rows = (
        ("air_temp_c", table["air_temp_c"].to_numpy(), "°C", kind, "Outdoor temperature"),
        ("ghi_w_m2", table["ghi_w_m2"].to_numpy(), "W/m²", kind, "Sun on flat ground"),
        ("electricity_price_eur_kwh", prices.hourly("electricity", month), "EUR/kWh", "assumed", "Electricity bought"),
        ("export_price_eur_kwh", prices.hourly("electricity_export", month), "EUR/kWh", "assumed", "Electricity sold"),
        ("district_heat_price_eur_kwh", prices.hourly("district_heat", month), "EUR/kWh", "assumed", "District heat"),
        ("electricity_co2_kg_kwh", factor, "kgCO2/kWh", "assumed", "Emissions of electricity bought"),
    )
    return {
        name: ("time", values.astype(np.float32), _attrs(unit, of, title)) for name, values, unit, of, title in rows
    }


@cache
def _versions() -> dict[str, str]:
    packages = ("numpy", "pandas", "xarray", "numba", "pvlib", "shapely")
    return {
        "city-energy-twin": __version__,
        "python": platform.python_version(),
        **{package: metadata.version(package) for package in packages},
    }
