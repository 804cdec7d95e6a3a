"""Key figures of a year, functions of the results' dataset alone; declared in kpis.csv."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from twin.key_figures import kpi_catalogue
from twin.results import Results
from twin.totals import ENERGIES, Totals, totals

Array = npt.NDArray[np.float64]

_SOLAR = ("There are no solar panels here", "Add some: an edit `{what: pv, share: 0.6}` in a scenario")
_NO_ROOF = ("No roof here has room for solar panels", "Nothing to run: look at another building")
_NO_FACADE = ("No wall here is free of neighbours", "Nothing to run: look at another building")
_NO_USE = ("No electricity is used here", "Nothing to run: look at another building")
_NO_AREA = (
    "The floor area is not known",
    "Give the building levels or a height in OpenStreetMap and build the district anew",
)
_NO_NETWORK = (
    "The district has no heat network in its tables",
    "Nothing to run yet: this version computes no networks",
)
_WHY: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "self_consumption": _SOLAR,
        "local_use": _SOLAR,
        "self_sufficiency": _NO_USE,
        "solar_irradiation_kwh_m2": _NO_ROOF,
        "facade_irradiation_kwh_m2": _NO_FACADE,
        "network_loading": _NO_NETWORK,
        **dict.fromkeys(
            ("heat_kwh_m2", "electricity_kwh_m2", "cooling_kwh_m2", "energy_cost_eur_m2", "co2_kg_m2"), _NO_AREA
        ),
    }
)
"""Why a figure can't be told where it can't, and what to run."""


def kpis(results: Results) -> dict[str, dict[str, Any]]:
    """Compute every KPI of the district and of each building.

    Parameters
    ----------
    results : Results
        Of a run, or loaded.

    Returns
    -------
    dict
        `district`: KPI by id; `buildings`: the same by building id. A KPI has `value`, `unit`, `label`, `label_key`
        (for translations), `kind` and `available`; where it can't be told, `value` is None and `reason` and `todo` say
        why and what to run. Nothing in it but what JSON can hold.
    """
    buildings, district = totals(results.dataset)
    rows = _values(buildings)
    ids = [str(i) for i in results.dataset["building"].to_numpy()]
    per_building = {name: rows[name].tolist() for name in _of_level("building")}
    return {
        "district": {name: _told(name, float(values[0])) for name, values in _district_values(district).items()},
        "buildings": {
            building: {name: _told(name, values[i]) for name, values in per_building.items()}
            for i, building in enumerate(ids)
        },
    }


def kpi_table(results: Results) -> pd.DataFrame:
    """Compute the KPIs of every building as a table.

    Returns
    -------
    pandas.DataFrame
        Index building id, a column per KPI; NaN where it can't be told. `attrs["units"]` holds the units.
    """
    values = _values(totals(results.dataset)[0])
    names = _of_level("building")
    index = pd.Index([str(i) for i in results.dataset["building"].to_numpy()], name="building_id")
    table = pd.DataFrame({name: values[name] for name in names}, index=index)
    table.attrs["units"] = kpi_catalogue().loc[names, "unit"].to_dict()
    return table


def district_kpis(results: Results) -> dict[str, Any]:
    """Compute the KPIs of the district alone, as in `kpis`."""
    district = totals(results.dataset)[1]
    return {name: _told(name, float(values[0])) for name, values in _district_values(district).items()}


def _district_values(district: Totals) -> dict[str, Array]:
    values = _values(district)
    values["local_use"] = _share(district["local_use_kwh"], district["pv_kwh"])
    values["network_loading"] = np.full(1, np.nan)
    return {name: values[name] for name in _of_level("district")}


def _values(t: Totals) -> dict[str, Array]:
    """Every KPI as an array; NaN where it can't be told."""
    energy = {name: t[name] for name in ENERGIES}
    area = t["floor_area_m2"]
    heat = t["space_heat_kwh"] + t["hot_water_kwh"]
    power = t["appliances_kwh"] + t["lighting_kwh"] + t["cooling_electricity_kwh"]
    used = power + t["heating_electricity_kwh"]
    own = t["pv_kwh"] - t["grid_export_kwh"]
    cost = t["import_cost_eur"] - t["export_income_eur"] + t["district_heat_cost_eur"] + t["fuel_cost_eur"]
    co2 = t["import_co2_kg"] + t["fuel_co2_kg"]
    fuels = t["district_heat_kwh"] + t["gas_kwh"] + t["oil_kwh"] + t["wood_kwh"]
    return {
        **energy,
        "heat_kwh": heat,
        "electricity_kwh": used,
        "heat_kwh_m2": _ratio(heat, area),
        "electricity_kwh_m2": _ratio(power, area),
        "cooling_kwh_m2": _ratio(t["cooling_kwh"], area),
        "peak_heat_kw": t["peak_heat_kw"],
        "peak_electricity_kw": t["peak_electricity_kw"],
        "peak_cooling_kw": t["peak_cooling_kw"],
        "solar_irradiation_kwh_m2": _ratio(t["irradiation_kwh"], t["usable_m2"]),
        "facade_irradiation_kwh_m2": _ratio(t["facade_irradiation_kwh"], t["facade_m2"]),
        "pv_potential_kwp": t["pv_potential_kwp"],
        "pv_potential_kwh": t["pv_potential_kwh"],
        "pv_kwp": t["pv_kwp"],
        "self_consumption": _share(own, t["pv_kwh"]),
        "self_sufficiency": _share(own, used),
        "energy_bought_kwh": t["grid_import_kwh"] + fuels,
        "energy_cost_eur": cost,
        "energy_cost_eur_m2": _ratio(cost, area),
        "co2_t": co2 / 1000.0,
        "co2_kg_m2": _ratio(co2, area),
        "overheating_kh": t.get("overheating_kh", np.full(len(area), np.nan)),
    }


def _ratio(part: Array, whole: Array) -> Array:
    return np.asarray(np.divide(part, whole, out=np.full(len(part), np.nan), where=whole > 0.0))


def _share(part: Array, whole: Array) -> Array:
    return np.asarray(100.0 * _ratio(part, whole))


@cache
def _of_level(level: str) -> list[str]:
    table = kpi_catalogue()
    return [str(name) for name in table.index[table["level"].isin([level, "both"])]]


@cache
def _frame(name: str) -> dict[str, Any]:
    row = kpi_catalogue().loc[name]
    return {"unit": row["unit"], "label": row["label"], "label_key": f"kpi.{name}", "kind": row["kind"]}


def _told(name: str, value: float) -> dict[str, Any]:
    if np.isfinite(value):
        return {"value": value, **_frame(name), "available": True}
    reason, todo = _WHY[name]
    return {"value": None, **_frame(name), "available": False, "reason": reason, "todo": todo}
