"""Supply as it is: which system heats a building, and what it takes from the networks and tanks to do so.

The systems are declared in `catalogue/heating_systems.csv` and `catalogue/cooling_systems.csv`. Energies come out on a
grid of each building's own, a power of two of a kWh that every hourly sum fits into exactly, so that the balance of
every hour holds without any rounding although the arrays are of single precision.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import numba as nb
import numpy as np
import numpy.typing as npt
import pandas as pd

from assets._errors import InputError
from assets.building_systems.heat_pump import heat_pump_year
from assets.building_systems.hot_water_tank import TankYear, tank_year
from assets.catalogue import table
from assets.time_grid import TimeGrid

Array = npt.NDArray[np.float64]
Hourly = npt.NDArray[np.float32]
Strings = npt.NDArray[np.str_]

_MANTISSA_BITS = 24
_WRITTEN = (
    "space_heat_kwh",
    "hot_water_kwh",
    "cooling_kwh",
    "appliances_kwh",
    "lighting_kwh",
    "heating_input_kwh",
    "cooling_electricity_kwh",
    "conversion_loss_kwh",
    "load_kwh",
)


@dataclass(frozen=True)
class Tanks:
    """Hot-water tanks that are heated in the same hours.

    Attributes
    ----------
    rows : ndarray of int, shape (m,)
        Row of each tank's building; a building has one at most, and heats with electricity.
    specification : DataFrame, m rows
        As `assets.building_systems.hot_water_tank.tanks` gives it.
    allowed : ndarray of bool, shape (T,)
        Steps in which they are heated up.
    """

    rows: npt.NDArray[np.int64]
    specification: pd.DataFrame
    allowed: npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Site:
    """What heat pumps need to know of where they stand.

    Attributes
    ----------
    air_temp_c : ndarray, shape (T,)
        Outdoor air of a year [°C].
    emitter : sequence of str, length n
        "radiator" or "floor" in each building.
    construction_year : ndarray, shape (n,)
        Years that the emitters are from.
    load_share : ndarray, shape (n,), optional
        Design heat load by what the emitters were laid out for: below 1 after a retrofit. 1 by default.
    """

    air_temp_c: Array
    emitter: Sequence[str]
    construction_year: npt.NDArray[np.int64]
    load_share: Array | None = None


@dataclass(frozen=True)
class Supply:
    """Energies of buildings in each step after their heating and cooling systems, all of shape (n, T), in kWh.

    Attributes
    ----------
    space_heat_kwh, hot_water_kwh, cooling_kwh, appliances_kwh, lighting_kwh : ndarray of float32
        Demands, on the building's grid.
    heating_input_kwh : ndarray of float32
        What the heating system takes of its carrier.
    cooling_electricity_kwh : ndarray of float32
        Electricity of the chillers.
    conversion_loss_kwh : ndarray of float32
        What the heating system takes beyond the heat it gives.
    ambient_heat_kwh : ndarray of float32
        What heat pumps draw from the ground and the air.
    load_kwh : ndarray of float32
        All electricity the building uses in the hour.
    tank_stored_kwh, tank_loss_kwh, tank_level_kwh : ndarray of float32
        What the hour adds to the heat in the hot-water tank, what the tank loses, and what it holds at the hour's end;
        zero where there is none.
    pump_kw : ndarray of float64, shape (n,)
        Heating power of the heat pump; zero where there is none.
    carrier : ndarray of str, shape (n,)
        Carrier of the heating system; empty where nothing is heated.
    cold_carrier : ndarray of str, shape (n,)
        Carrier of the cooling system: "electricity" or "cold".
    grid_kwh : ndarray of float64, shape (n,)
        The grid that all energies of a building are multiples of.
    """

    space_heat_kwh: Hourly
    hot_water_kwh: Hourly
    cooling_kwh: Hourly
    appliances_kwh: Hourly
    lighting_kwh: Hourly
    heating_input_kwh: Hourly
    cooling_electricity_kwh: Hourly
    conversion_loss_kwh: Hourly
    ambient_heat_kwh: Hourly
    load_kwh: Hourly
    tank_stored_kwh: Hourly
    tank_loss_kwh: Hourly
    tank_level_kwh: Hourly
    pump_kw: Array
    carrier: Strings
    cold_carrier: Strings
    grid_kwh: Array

    @cached_property
    def by_carrier(self) -> dict[str, Hourly]:
        """Energy of each carrier that goes into heating, shape (n, T), in kWh; zero for buildings on another one."""
        return {carrier: self._of(carrier) for carrier in heating_carriers()}

    def _of(self, carrier: str) -> Hourly:
        rows = np.flatnonzero(self.carrier == carrier)
        if len(rows) == len(self.carrier):
            return self.heating_input_kwh
        taken = np.zeros(self.heating_input_kwh.shape, dtype=np.float32)
        taken[rows] = self.heating_input_kwh[rows]
        return taken


@cache
def heating_carriers() -> tuple[str, ...]:
    """Ids of the carriers that heating systems take, in the order of the catalogue."""
    return tuple(dict.fromkeys(heating_systems()["carrier"].dropna()))


@cache
def heating_systems() -> pd.DataFrame:
    """Catalogue of heating systems.

    Returns
    -------
    pandas.DataFrame
        Index `system`; `carrier`, `space_heat_efficiency`, `hot_water_efficiency` (heat given by energy taken, lower
        heating value), `heat_pump` (model of `heat_pumps.csv`, whose efficiency goes by the hour), `kind`, `source`.
    """
    return table("heating_systems").set_index("system")


@cache
def cooling_systems() -> pd.DataFrame:
    """Catalogue of cooling systems: index `system`; `carrier`, `seer` (cold by electricity, seasonal), `source`."""
    return table("cooling_systems").set_index("system")


def heat_supply(
    system: Sequence[str],
    time: TimeGrid,
    *,
    space_heat_kw: Hourly,
    hot_water_kw: Hourly,
    cooling_kw: Hourly,
    appliances_kw: Hourly,
    lighting_kw: Hourly,
    room_kwh: Array | None = None,
    site: Site | None = None,
    tanks: Sequence[Tanks] = (),
    cooling_system: str | Sequence[str] = "chiller",
) -> Supply:
    """Meet the buildings' demands with their systems.

    Parameters
    ----------
    system : sequence of str, length n
        Heating system of each building, of the catalogue.
    time : TimeGrid
        T steps.
    space_heat_kw, hot_water_kw, cooling_kw, appliances_kw, lighting_kw : ndarray of float32, shape (n, T)
        Demands, mean power of the step [kW].
    room_kwh : ndarray, shape (n,), optional
        The most that the building's roofs, cars, batteries and tanks could ever give or take in a step [kWh]: the grid
        leaves room for it.
    site : Site, optional
        Needed where a building has a heat pump.
    tanks : sequence of Tanks
        Hot-water tanks; their loss takes the place of the efficiency of hot water that direct electric heating has.
    cooling_system : str or sequence of str, length n
        Of the catalogue of cooling systems, for all or one each.

    Returns
    -------
    Supply

    Raises
    ------
    InputError
        Where a system is not in the catalogue, or a building needs heat and has no system.
    """
    catalogue = heating_systems()
    unknown = sorted({name for name in system if name not in catalogue.index})
    if unknown:
        raise InputError([f"no heating system {', '.join(unknown)} in the catalogue; take one of {_names(catalogue)}"])
    chosen = catalogue.loc[list(system)]
    carrier = chosen["carrier"].fillna("").to_numpy(dtype=str)
    stray = [i for i in np.flatnonzero(carrier == "") if space_heat_kw[i].any() or hot_water_kw[i].any()]
    if stray:
        raise InputError([f"{len(stray)} buildings need heat and have no heating system, the first in row {stray[0]}"])
    seer, cold_carrier = _coolers(cooling_system, len(chosen))
    pumps = chosen["heat_pump"].fillna("").to_numpy(dtype=str)
    hot_efficiency = chosen["hot_water_efficiency"].to_numpy(dtype=np.float64)
    _check_devices(pumps, site, tanks, carrier)
    for group in tanks:
        hot_efficiency[group.rows] = 1.0
    time.check(space_heat_kw=space_heat_kw)
    supply = _empty(space_heat_kw.shape, carrier, cold_carrier)
    _supply(
        (space_heat_kw, hot_water_kw, cooling_kw, appliances_kw, lighting_kw),
        (
            chosen["space_heat_efficiency"].to_numpy(dtype=np.float64),
            hot_efficiency,
            carrier == "electricity",
            seer,
            np.zeros(len(chosen)) if room_kwh is None else np.asarray(room_kwh, dtype=np.float64),
        ),
        time.step_h,
        supply.grid_kwh,
        tuple(getattr(supply, name) for name in (*_WRITTEN, "ambient_heat_kwh")),
    )
    years = [
        tank_year(
            group.specification,
            time,
            hot_water_kwh=supply.hot_water_kwh,
            rows=group.rows,
            allowed=group.allowed,
            grid_kwh=supply.grid_kwh,
        )
        for group in tanks
    ]
    into_tank = {int(row): (year, i) for group, year in zip(tanks, years, strict=True)
                 for i, row in enumerate(group.rows)}  # fmt: skip
    for row, (year, i) in into_tank.items():
        _with_tank(supply, row, year, i, space_efficiency=float(chosen["space_heat_efficiency"].iloc[row]))
    if site is not None and (pumps != "").any():
        _with_pumps(supply, pumps, site, time, into_tank)
    return supply


def _coolers(system: str | Sequence[str], n: int) -> tuple[Array, Strings]:
    """Cold by electricity of each building's cooling system, 0 where it takes none, and the carrier that it takes."""
    names = [system] * n if isinstance(system, str) else list(system)
    catalogue = cooling_systems()
    unknown = sorted(set(names) - set(catalogue.index))
    if unknown:
        raise InputError([f"no cooling system {', '.join(unknown)} in the catalogue; take one of {_names(catalogue)}"])
    carrier = catalogue.loc[names, "carrier"].to_numpy(dtype=str)
    seer = catalogue.loc[names, "seer"].to_numpy(dtype=np.float64)
    return np.where(carrier == "electricity", seer, 0.0), carrier


def _empty(shape: tuple[int, ...], carrier: Strings, cold_carrier: Strings) -> Supply:
    # Zeroed pages that are never written cost no memory: few buildings have a heat pump or a tank.
    rare = ("ambient_heat_kwh", "tank_stored_kwh", "tank_loss_kwh", "tank_level_kwh")
    return Supply(
        **{name: np.empty(shape, dtype=np.float32) for name in _WRITTEN},
        **{name: np.zeros(shape, dtype=np.float32) for name in rare},
        pump_kw=np.zeros(shape[0]),
        carrier=carrier,
        cold_carrier=cold_carrier,
        grid_kwh=np.empty(shape[0]),
    )


def _with_tank(supply: Supply, row: int, year: TankYear, i: int, *, space_efficiency: float) -> None:
    """Heat the tank in the place of the taps: what the building draws stays, when it is heated changes."""
    step = supply.grid_kwh[row]
    space, heat = (array.astype(np.float64) for array in (supply.space_heat_kwh[row], year.heat_kwh[i]))
    taken = np.rint((space / space_efficiency + heat) / step) * step
    supply.load_kwh[row] += (taken - supply.heating_input_kwh[row]).astype(np.float32)
    supply.heating_input_kwh[row] = taken
    supply.conversion_loss_kwh[row] = np.maximum(taken - space - heat, 0.0)
    supply.hot_water_kwh[row] = year.drawn_kwh[i]
    supply.tank_level_kwh[row] = year.level_kwh[i]
    level = year.level_kwh[i].astype(np.float64)
    stored = np.diff(level, prepend=year.start_kwh[i])
    supply.tank_stored_kwh[row] = stored
    supply.tank_loss_kwh[row] = heat - year.drawn_kwh[i] - stored


def _with_pumps(
    supply: Supply, pumps: Strings, site: Site, time: TimeGrid, into_tank: dict[int, tuple[TankYear, int]]
) -> None:
    rows = np.flatnonzero(pumps != "")
    hot = supply.hot_water_kwh[rows]
    for place, row in enumerate(rows):
        if int(row) in into_tank:
            year, i = into_tank[int(row)]
            hot[place] = year.heat_kwh[i]
    found = heat_pump_year(
        list(pumps[rows]),
        time,
        space_heat_kw=time.kw_of(supply.space_heat_kwh[rows]),
        hot_water_kw=time.kw_of(hot),
        air_temp_c=site.air_temp_c,
        emitter=[site.emitter[int(row)] for row in rows],
        construction_year=site.construction_year[rows],
        load_share=None if site.load_share is None else site.load_share[rows],
        grid_kwh=supply.grid_kwh[rows],
    )
    # All on the building's grid: nothing is rounded here.
    supply.load_kwh[rows] += found.electricity_kwh - supply.heating_input_kwh[rows]
    supply.heating_input_kwh[rows] = found.electricity_kwh
    supply.ambient_heat_kwh[rows] = found.ambient_heat_kwh
    supply.conversion_loss_kwh[rows] = 0.0
    supply.pump_kw[rows] = found.capacity_kw


def _check_devices(pumps: Strings, site: Site | None, tanks: Sequence[Tanks], carrier: Strings) -> None:
    findings = []
    if (pumps != "").any() and site is None:
        findings.append("heat pumps need `site`: the outdoor air, and the emitters of the buildings and their years")
    rows = np.concatenate([group.rows for group in tanks]) if tanks else np.zeros(0, dtype=np.int64)
    if len(np.unique(rows)) < len(rows):
        findings.append("a building has two hot-water tanks: give each one at most")
    stray = [int(row) for row in rows if carrier[row] != "electricity"]
    if stray:
        findings.append(f"hot-water tanks in rows {stray[:5]} are in buildings that do not heat with electricity")
    if findings:
        raise InputError(findings)


def behind_the_meter(
    load_kwh: Hourly, potential_kw: Hourly, time: TimeGrid, *, share: Array, grid_kwh: Array
) -> tuple[Hourly, Hourly, Hourly]:
    """Let a building's modules serve its own load first; the grid gives and takes the rest.

    Parameters
    ----------
    load_kwh : ndarray of float32, shape (n, T)
        Electricity used in the step, on the building's grid [kWh].
    potential_kw : ndarray of float32, shape (n, T)
        What modules on all usable area would give [kW].
    time : TimeGrid
        T steps.
    share : ndarray, shape (n,)
        Part of that which is installed [0 to 1].
    grid_kwh : ndarray, shape (n,)
        The grid of `Supply`: differences on it are exact in single precision [kWh].

    Returns
    -------
    pv_kwh, grid_import_kwh, grid_export_kwh : ndarray of float32, shape (n, T)
    """
    # Buildings without modules touch no memory: zeroed pages that are never written cost none.
    pv, sold = np.zeros_like(load_kwh), np.zeros_like(load_kwh)
    bought = np.empty_like(load_kwh)
    time.check(load_kwh=load_kwh, potential_kw=potential_kw)
    installed = time.kwh_of(np.asarray(share, dtype=np.float64))
    _meter(load_kwh, potential_kw, (installed, grid_kwh), pv, (bought, sold))
    return pv, bought, sold


@nb.njit(cache=True, nogil=True, error_model="numpy")
def _meter(load: Any, potential: Any, buildings: Any, pv: Any, grid: Any) -> None:
    share, step = buildings
    bought, sold = grid
    n, hours = load.shape
    for b in range(n):
        if share[b] <= 0.0:
            bought[b] = load[b]
            continue
        for t in range(hours):
            made = np.rint(potential[b, t] * (share[b] / step[b])) * step[b]
            net = load[b, t] - made
            pv[b, t] = made
            bought[b, t] = max(net, 0.0)
            sold[b, t] = max(-net, 0.0)


@nb.njit(cache=True, nogil=True, error_model="numpy")
def _supply(demands: Any, buildings: Any, step_h: Any, grid: Any, out: Any) -> None:
    eff_space, eff_hot, electric, seer, room = buildings
    space, hot, cool, appliances, lighting = demands
    o_space, o_hot, o_cool, o_appliances, o_lighting, o_input, o_chiller, o_loss, o_load, o_ambient = out
    n, hours = space.shape
    for b in range(n):
        worst, per_space, per_hot = 0.0, 1.0 / eff_space[b], 1.0 / eff_hot[b]
        per_seer = 1.0 / seer[b] if seer[b] > 0.0 else 0.0
        for t in range(hours):
            heat = max(space[b, t] * per_space + hot[b, t] * per_hot, space[b, t] + hot[b, t])
            worst = max(worst, heat + cool[b, t] * (1.0 + per_seer) + appliances[b, t] + lighting[b, t])
        worst *= step_h
        # A bit to spare: all that comes in, and all that goes out, stays below 2^24 steps of the grid.
        q = 2.0 ** (np.ceil(np.log2(max(2.0 * (worst + room[b]), 1e-3))) - _MANTISSA_BITS)
        grid[b] = q
        # Powers of two: dividing and multiplying by them rounds nothing.
        per_q, is_electric = 1.0 / q, electric[b]
        for t in range(hours):
            s = np.rint(space[b, t] * step_h * per_q) * q
            w = np.rint(hot[b, t] * step_h * per_q) * q
            a = np.rint(appliances[b, t] * step_h * per_q) * q
            g = np.rint(lighting[b, t] * step_h * per_q) * q
            chiller = np.rint(cool[b, t] * step_h * per_seer * per_q) * q
            taken = np.rint((s * per_space + w * per_hot) * per_q) * q
            o_space[b, t] = s
            o_hot[b, t] = w
            # Cold that is bought as such is on the grid itself; a chiller's is what its electricity makes.
            o_cool[b, t] = chiller * seer[b] if per_seer > 0.0 else np.rint(cool[b, t] * step_h * per_q) * q
            o_appliances[b, t] = a
            o_lighting[b, t] = g
            o_input[b, t] = taken
            o_chiller[b, t] = chiller
            o_loss[b, t] = max(taken - s - w, 0.0)
            if taken < s + w:
                o_ambient[b, t] = s + w - taken
            o_load[b, t] = a + g + chiller + (taken if is_electric else 0.0)


def _names(catalogue: pd.DataFrame) -> str:
    return ", ".join(str(name) for name in catalogue.index)
