"""Sums and peaks of a year that the KPIs are made of, per building and for the district."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import xarray as xr

Array = npt.NDArray[np.float64]
Totals = dict[str, Array]
"""Sums and peaks by name, a number for each building, or one for the district."""

ENERGIES = (
    "space_heat_kwh",
    "hot_water_kwh",
    "cooling_kwh",
    "appliances_kwh",
    "lighting_kwh",
    "pv_kwh",
    "grid_import_kwh",
    "grid_export_kwh",
    "district_heat_kwh",
    "gas_kwh",
    "oil_kwh",
    "wood_kwh",
    "heating_electricity_kwh",
    "cooling_electricity_kwh",
    "conversion_loss_kwh",
)
OVERHEATED_ABOVE_C = 27.0
"""Finland's limit for dwellings (Ministry of the Environment, decree 1010/2017, 29 §), from June to August."""

_ROWS = 16


def totals(dataset: xr.Dataset) -> tuple[Totals, Totals]:
    """Sum a dataset up, in double precision, a block of buildings at a time.

    Parameters
    ----------
    dataset : xarray.Dataset
        Of a run.

    Returns
    -------
    buildings, district : Totals
        Beside the energies: `peak_heat_kw`, `peak_electricity_kw`, `peak_cooling_kw`, `import_cost_eur`,
        `export_income_eur`, `district_heat_cost_eur`, `fuel_cost_eur`, `import_co2_kg`,
        `fuel_co2_kg`, `overheating_kh`, `floor_area_m2`, `pv_kwp`,
        `usable_m2`, `irradiation_kwh`, `facade_m2`, `facade_irradiation_kwh`, `pv_potential_kwh`,
        `pv_potential_kwp`, and for the district `local_use_kwh`.
    """
    n, hours = dataset.sizes["building"], dataset.sizes["time"]
    found: dict[str, Array] = {}
    district = {name: np.zeros(hours) for name in ("heat", "cooling", "import", "export")}
    for start in range(0, n, _ROWS):
        rows = slice(start, min(start + _ROWS, n))
        for name, values in _block(dataset, rows, district).items():
            found.setdefault(name, np.zeros(n))[rows] = values
    found["floor_area_m2"] = dataset["floor_area_m2"].to_numpy().astype(np.float64)
    found["pv_kwp"] = dataset["pv_kwp"].to_numpy().astype(np.float64)
    found |= _roofs(dataset) | _walls(dataset)
    whole = {name: np.array([values.sum()]) for name, values in found.items() if name != "overheating_kh"}
    whole["peak_heat_kw"] = np.array([district["heat"].max(initial=0.0)])
    whole["peak_cooling_kw"] = np.array([district["cooling"].max(initial=0.0)])
    whole["peak_electricity_kw"] = np.array([district["import"].max(initial=0.0)])
    # What one roof sells in an hour, a neighbour buys: only the surplus of all together leaves the district.
    leaving = np.maximum(district["export"] - district["import"], 0.0).sum()
    whole["local_use_kwh"] = whole.get("pv_kwh", np.zeros(1)) - leaving
    return found, whole


def _block(dataset: xr.Dataset, rows: slice, district: dict[str, Array]) -> dict[str, Array]:
    hourly = {name: np.asarray(dataset[name].to_numpy()[rows], dtype=np.float64) for name in ENERGIES}
    found = {name: values.sum(axis=1) for name, values in hourly.items()}
    heat = hourly["space_heat_kwh"] + hourly["hot_water_kwh"]
    cooling, bought, sold = hourly["cooling_kwh"], hourly["grid_import_kwh"], hourly["grid_export_kwh"]
    for name, values in (("heat", heat), ("cooling", cooling), ("import", bought), ("export", sold)):
        district[name] += values.sum(axis=0)
    found["peak_heat_kw"] = heat.max(axis=1, initial=0.0)
    found["peak_cooling_kw"] = cooling.max(axis=1, initial=0.0)
    found["peak_electricity_kw"] = bought.max(axis=1, initial=0.0)
    found["import_cost_eur"] = bought @ _per_hour(dataset, "electricity_price_eur_kwh")
    found["export_income_eur"] = sold @ _per_hour(dataset, "export_price_eur_kwh")
    found["import_co2_kg"] = bought @ _per_hour(dataset, "electricity_co2_kg_kwh")
    found["district_heat_cost_eur"] = hourly["district_heat_kwh"] @ _per_hour(dataset, "district_heat_price_eur_kwh")
    attrs = dataset.attrs
    fuels = ("gas", "oil", "wood")
    found["fuel_cost_eur"] = sum(found[f"{fuel}_kwh"] * attrs[f"{fuel}_price_eur_kwh"] for fuel in fuels)
    others = ("district_heat", *fuels)
    found["fuel_co2_kg"] = sum(found[f"{other}_kwh"] * attrs[f"{other}_co2_kg_kwh"] for other in others)
    found["overheating_kh"] = _overheating(dataset, rows)
    return found


def _overheating(dataset: xr.Dataset, rows: slice) -> Array:
    summer = np.isin(dataset["time"].dt.month.to_numpy(), (6, 7, 8))
    over = dataset["indoor_temp_c"].to_numpy()[rows][:, summer].astype(np.float64) - OVERHEATED_ABOVE_C
    return np.asarray(np.maximum(over, 0.0).sum(axis=1))


def _per_hour(dataset: xr.Dataset, name: str) -> Array:
    return np.asarray(dataset[name].to_numpy(), dtype=np.float64)


def _roofs(dataset: xr.Dataset) -> dict[str, Array]:
    usable = dataset["usable_m2"].to_numpy()
    sums = {
        "usable_m2": usable,
        "irradiation_kwh": dataset["roof_irradiation_kwh_m2"].to_numpy() * usable,
        "pv_potential_kwh": dataset["roof_pv_potential_kwh"].to_numpy(),
        "pv_potential_kwp": dataset["roof_pv_potential_kwp"].to_numpy(),
    }
    return _summed(sums, dataset["building_of_roof"].to_numpy(), dataset.sizes["building"])


def _walls(dataset: xr.Dataset) -> dict[str, Array]:
    area = dataset["wall_area_m2"].to_numpy()
    lit = np.nan_to_num(dataset["wall_irradiation_kwh_m2"].to_numpy())
    sums = {"facade_m2": area, "facade_irradiation_kwh": area * lit}
    return _summed(sums, dataset["building_of_wall"].to_numpy(), dataset.sizes["building"])


def _summed(values: Totals, owner: npt.NDArray[np.int32], n: int) -> Totals:
    """Sum what each building's planes have."""
    mine = owner >= 0
    return {
        name: np.bincount(owner[mine], weights=each[mine], minlength=n).astype(np.float64)
        for name, each in values.items()
    }
