"""Sums and peaks of a year that the KPIs are made of, per building and for the district."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr

from assets.carriers import RETAIL
from assets.time_grid import TimeGrid
from twin.model.prices import FLAT
from twin.results._totals_kernel import above, peak, sum_up, weigh
from twin.results.clock import time_of
from twin.results.schema import names_of, variable_of

Array = npt.NDArray[np.float64]
Totals = dict[str, Array]
"""Sums and peaks by name, a number for each building, or one for the district."""

SUMMED = tuple(name.removeprefix("total_") for name in names_of("sums", "building", of="total_{variable}"))
"""Energies that are summed up."""
ENERGIES = tuple(name for name in SUMMED if not variable_of(name).needs)
"""Energies that every building has, summed over the year."""
OVERHEATED_ABOVE_C = 27.0
"""Finland's limit for dwellings (Ministry of the Environment, decree 1010/2017, 29 §), from June to August."""
OVERHEATING_LIMIT_KH = 150.0
"""Degree hours above it that the decree allows."""
KEEP = "keep"
HOURS, ANNUAL = "hours", "annual"
"""Attribute, and its values: every hour of every building, or yearly figures of each and every hour of the whole."""
GROUP = 32
"""Buildings that are summed up by the hour before they are added to the others: blocks of them give the same sums."""
_READ = 16 * GROUP
"""Buildings whose hours are read at once."""
_STATIC = ("floor_area_m2", "pv_kwp", "battery_kwh", "investment_eur", "investment_annuity_eur")


@dataclass(frozen=True, eq=False)
class Hours:
    """What the hours of a year cost and emit.

    Attributes
    ----------
    price, export_price, heat_price, co2 : ndarray, shape (T,)
        Of electricity bought and sold and of district heat [EUR/kWh], and of electricity [kgCO2/kWh].
    summer : ndarray of int
        Steps from June to August.
    time : TimeGrid
        T steps.
    attrs : mapping
        Prices and factors of the other carriers.
    """

    price: Array
    export_price: Array
    heat_price: Array
    co2: Array
    summer: npt.NDArray[np.int64]
    time: TimeGrid
    attrs: Mapping[str, Any]

    @classmethod
    def of(cls, dataset: xr.Dataset) -> Hours:
        """Read them from a dataset."""
        names = (
            "electricity_price_eur_kwh",
            "export_price_eur_kwh",
            "district_heat_price_eur_kwh",
            "electricity_co2_kg_kwh",
        )
        summer = np.flatnonzero(np.isin(dataset["time"].dt.month.to_numpy(), (6, 7, 8)))
        price, export, heat, co2 = (np.asarray(dataset[name].to_numpy(), dtype=np.float64) for name in names)
        return cls(price, export, heat, co2, summer, time_of(dataset), dataset.attrs)


def totals(dataset: xr.Dataset) -> tuple[Totals, Totals]:
    """Sum a dataset up, in double precision; hours that lie on the disk are read some buildings at a time.

    Parameters
    ----------
    dataset : xarray.Dataset
        Of a run, with every building's hours or with the sums of them.

    Returns
    -------
    buildings, district : Totals
        Beside the energies: `peak_heat_kw`, `peak_electricity_kw`, `peak_cooling_kw`, `import_cost_eur`,
        `export_income_eur`, `district_heat_cost_eur`, `fuel_cost_eur`, `import_co2_kg`, `fuel_co2_kg`,
        `overheating_kh`, `floor_area_m2`, `pv_kwp`, `battery_kwh`, `investment_eur`, `investment_annuity_eur`,
        `usable_m2`, `irradiation_kwh`, `facade_m2`, `facade_irradiation_kwh`, `pv_potential_kwh`,
        `pv_potential_kwp`; for the district `local_use_kwh`, `peak_gas_kw` and the like of each carrier bought,
        `public_charging_kwh` and `overheated` and `heated`, numbers of buildings. Of the district, public charging
        is part of what is bought, its cost, its emissions and its peak.
    """
    n, hours = dataset.sizes["building"], Hours.of(dataset)
    if keeps_hours(dataset):
        found, of_hour = _summed_up(dataset, hours)
    else:
        found = {name.removeprefix("total_"): dataset[name].to_numpy() for name in names_of("sums", "building")
                 if name in dataset}  # fmt: skip
        of_hour = {name.removeprefix("district_"): dataset[name].to_numpy() for name in names_of("sums", "time")
                   if name in dataset}  # fmt: skip
    static = {name: dataset[name].to_numpy().astype(np.float64) for name in _STATIC if name in dataset}
    found |= {name: static.get(name, np.zeros(n)) for name in _STATIC}
    found |= _roofs(dataset) | _walls(dataset)
    stations = dataset["station_charging_kwh"].to_numpy() if "station_charging_kwh" in dataset else None
    return found, _whole(found, of_hour, hours, stations)


def keeps_hours(dataset: xr.Dataset) -> bool:
    """Whether a dataset holds every hour of every building."""
    return str(dataset.attrs.get(KEEP, HOURS)) == HOURS


def district_hours(dataset: xr.Dataset, name: str) -> Array:
    """Sum of all buildings by the hour, shape (T,) [kWh]; zero where nothing is of the name.

    Parameters
    ----------
    dataset : xarray.Dataset
        Of a run.
    name : str
        An energy over building and time.
    """
    if not keeps_hours(dataset):
        name = f"district_{name}"
        return np.asarray(dataset[name].to_numpy() if name in dataset else np.zeros(dataset.sizes["time"]))
    if name not in dataset:
        return np.zeros(dataset.sizes["time"])
    total = np.zeros(dataset.sizes["time"])
    for rows in blocks_of(dataset.sizes["building"]):
        add_hours(total, _summed(dataset[name][rows].to_numpy())[1])
    return total


def blocks_of(n: int) -> Iterator[slice]:
    """Rows of some buildings at a time, in their order."""
    for start in range(0, n, _READ):
        yield slice(start, min(start + _READ, n))


def _summed_up(dataset: xr.Dataset, hours: Hours) -> tuple[Totals, dict[str, Array]]:
    names, n = dataset.data_vars, dataset.sizes["building"]
    found: Totals = {}
    of_hour: dict[str, Array] = {}
    for rows in blocks_of(n):

        def read(name: str, rows: slice = rows) -> Any:
            # All rows at once are the very array, whose sums may be known.
            variable = dataset[name] if name in names else None
            return None if variable is None else variable.to_numpy() if n <= _READ else variable[rows].to_numpy()

        sums, by_hour = block_totals(read, rows.stop - rows.start, hours)
        for name, values in sums.items():
            found.setdefault(name, np.zeros(n))[rows] = values
        for name, groups in by_hour.items():
            add_hours(of_hour.setdefault(name, np.zeros(len(hours.price))), groups)
    return found, of_hour


def add_hours(total: Array, groups: Array) -> None:
    """Add the sums of groups of buildings to those before them, one after the other: any blocks give the same sum.

    Parameters
    ----------
    total : ndarray, shape (T,)
        Is added to.
    groups : ndarray, shape (g, T)
        Of `block_totals`.
    """
    for group in groups:
        total += group


def block_totals(get: Callable[[str], Any], n: int, hours: Hours) -> tuple[Totals, dict[str, Array]]:
    """Sum some buildings up.

    Parameters
    ----------
    get : callable
        Gives the hourly array of a name, shape (n, T), or None where there is none.
    n : int
        Buildings.
    hours : Hours
        Prices and factors.

    Returns
    -------
    Totals
        Of each building.
    dict of ndarray, shape (g, T)
        Sums by the hour of every `GROUP` buildings.
    """
    found: Totals = {}
    arrays: dict[str, Any] = {}
    of_hour: dict[str, Array] = {}
    for name in SUMMED:
        arrays[name] = get(name)
        found[name] = np.zeros(n)
        if arrays[name] is not None:
            found[name], of_hour[name] = _summed(arrays[name])

    def per_row(loop: Any, *given: Any) -> Array:
        out = np.zeros(n)
        loop(*given, out)
        return out

    # A view of one zero takes no memory.
    nothing = np.broadcast_to(np.float32(0.0), arrays["cooling_kwh"].shape)
    kw_of = hours.time.kw_of
    found["peak_heat_kw"] = kw_of(per_row(peak, arrays["space_heat_kwh"], arrays["hot_water_kwh"]))
    found["peak_cooling_kw"] = kw_of(per_row(peak, arrays["cooling_kwh"], nothing))
    found["peak_electricity_kw"] = kw_of(per_row(peak, arrays["grid_import_kwh"], nothing))
    found["import_cost_eur"] = per_row(weigh, arrays["grid_import_kwh"], hours.price)
    found["export_income_eur"] = per_row(weigh, arrays["grid_export_kwh"], hours.export_price)
    found["import_co2_kg"] = per_row(weigh, arrays["grid_import_kwh"], hours.co2)
    found["district_heat_cost_eur"] = per_row(weigh, arrays["district_heat_kwh"], hours.heat_price)
    fuels = tuple(FLAT.values())
    found["fuel_cost_eur"] = sum(found[f"{fuel}_kwh"] * hours.attrs.get(f"{fuel}_price_eur_kwh", 0.0) for fuel in fuels)
    others = (RETAIL["heat"], *fuels)
    found["fuel_co2_kg"] = sum(found[f"{each}_kwh"] * hours.attrs.get(f"{each}_co2_kg_kwh", 0.0) for each in others)
    found["overheating_kh"] = hours.time.step_h * per_row(above, get("indoor_temp_c"), hours.summer, OVERHEATED_ABOVE_C)
    return found, of_hour


_KNOWN: dict[int, tuple[Any, Array, Array]] = {}
"""Sums of arrays that cannot be written to and that runs share, as long as they live."""


def _summed(array: Any) -> tuple[Array, Array]:
    """Sum every row of an array up, and every hour of each group of rows."""
    owner = array if array.base is None else array.base
    kept = not array.flags.writeable and getattr(owner, "shape", None) == array.shape
    known = _KNOWN.get(id(owner)) if kept else None
    if known is not None and known[0]() is owner:
        return known[1], known[2]
    rows, groups = np.zeros(array.shape[0]), np.zeros((-(-array.shape[0] // GROUP), array.shape[1]))
    sum_up(array, GROUP, rows, groups)
    if kept:
        key = id(owner)
        _KNOWN[key] = (weakref.ref(owner, lambda _gone: _KNOWN.pop(key, None)), rows, groups)
    return rows, groups


def _whole(found: Totals, of_hour: Mapping[str, Array], hours: Hours, stations: Any) -> Totals:
    """Sum the buildings up, and what is more than their sum: peaks of all together, public charging."""
    whole = {name: np.array([values.sum()]) for name, values in found.items() if name != "overheating_kh"}
    zero = np.zeros(len(hours.price))
    public = zero if stations is None else stations.sum(axis=0, dtype=np.float64)
    bought, sold = (of_hour.get(f"grid_{way}_kwh", zero) for way in ("import", "export"))
    heat = of_hour.get("space_heat_kwh", zero) + of_hour.get("hot_water_kwh", zero)
    kw_of = hours.time.kw_of
    whole["peak_heat_kw"] = kw_of(np.array([heat.max(initial=0.0)]))
    whole["peak_cooling_kw"] = kw_of(np.array([of_hour.get("cooling_kwh", zero).max(initial=0.0)]))
    whole["peak_electricity_kw"] = kw_of(np.array([(bought + public).max(initial=0.0)]))
    for name in (RETAIL["heat"], *FLAT.values()):
        whole[f"peak_{name}_kw"] = kw_of(np.array([of_hour.get(f"{name}_kwh", zero).max(initial=0.0)]))
    whole["public_charging_kwh"] = np.array([public.sum()])
    whole["grid_import_kwh"] = whole["grid_import_kwh"] + public.sum()
    whole["import_cost_eur"] = whole["import_cost_eur"] + public @ hours.price
    whole["import_co2_kg"] = whole["import_co2_kg"] + public @ hours.co2
    # What one roof sells in an hour, a neighbour buys: only the surplus of all together leaves the district.
    leaving = np.maximum(sold - bought - public, 0.0).sum()
    whole["local_use_kwh"] = whole["pv_kwh"] - leaving
    # Plants are the district's, no building's: their investment, and what it costs a year with their upkeep.
    whole["investment_eur"] = whole["investment_eur"] + float(hours.attrs.get("plant_investment_eur", 0.0))
    whole["investment_annuity_eur"] = whole["investment_annuity_eur"] + float(hours.attrs.get("plant_annuity_eur", 0.0))
    heated = found["space_heat_kwh"] > 0.0
    whole["heated"] = np.array([float(heated.sum())])
    whole["overheated"] = np.array([float((heated & (found["overheating_kh"] > OVERHEATING_LIMIT_KH)).sum())])
    return whole


def _roofs(dataset: xr.Dataset) -> dict[str, Array]:
    usable = dataset["usable_m2"].to_numpy()
    sums = {
        "usable_m2": usable,
        "irradiation_kwh": dataset["roof_irradiation_kwh_m2"].to_numpy() * usable,
        "pv_potential_kwh": dataset["roof_pv_potential_kwh"].to_numpy(),
        "pv_potential_kwp": dataset["roof_pv_potential_kwp"].to_numpy(),
    }
    return _of_planes(sums, dataset["building_of_roof"].to_numpy(), dataset.sizes["building"])


def _walls(dataset: xr.Dataset) -> dict[str, Array]:
    area = dataset["wall_area_m2"].to_numpy()
    lit = np.nan_to_num(dataset["wall_irradiation_kwh_m2"].to_numpy())
    sums = {"facade_m2": area, "facade_irradiation_kwh": area * lit}
    return _of_planes(sums, dataset["building_of_wall"].to_numpy(), dataset.sizes["building"])


def _of_planes(values: Totals, owner: npt.NDArray[np.int32], n: int) -> Totals:
    """Sum what each building's planes have."""
    mine = owner >= 0
    return {
        name: np.bincount(owner[mine], weights=each[mine], minlength=n).astype(np.float64)
        for name, each in values.items()
    }
