"""Supply as it is: which system heats a building, and what it takes from the networks and tanks to do so.

The systems are declared in `catalogue/heating_systems.csv` and `catalogue/cooling_systems.csv`. Energies come out on a
grid of each building's own, a power of two of a kWh that every hourly sum fits into exactly, so that the balance of
every hour holds without any rounding although the arrays are of single precision.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources
from typing import Any

import numba as nb
import numpy as np
import numpy.typing as npt
import pandas as pd

from assets._errors import InputError

Array = npt.NDArray[np.float64]
Hourly = npt.NDArray[np.float32]
Strings = npt.NDArray[np.str_]

CARRIERS = ("electricity", "district_heat", "gas", "oil", "wood")
"""Carriers that heating systems take, in the order of their columns."""

DENSE_PLOT_RATIO = 0.3
"""Floor area by land area from which district heating is at home: the inner and outer city areas of
Persson and Werner, Heat distribution and the future competitiveness of district heating, Applied Energy 88, 2011."""

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
_HOUSES = frozenset({"detached_house", "row_house"})
_UNHEATED = frozenset({"garage", "outbuilding"})


@dataclass(frozen=True)
class Supply:
    """Hourly energies of buildings after their heating and cooling systems, all of shape (n, T), in kWh.

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
    carrier : ndarray of str, shape (n,)
        Carrier of the heating system; empty where nothing is heated.
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
    carrier: Strings
    grid_kwh: Array

    @cached_property
    def by_carrier(self) -> dict[str, Hourly]:
        """Energy of each carrier that goes into heating, shape (n, T), in kWh; zero for buildings on another one."""
        return {carrier: self._of(carrier) for carrier in CARRIERS}

    def _of(self, carrier: str) -> Hourly:
        rows = np.flatnonzero(self.carrier == carrier)
        if len(rows) == len(self.carrier):
            return self.heating_input_kwh
        taken = np.zeros(self.heating_input_kwh.shape, dtype=np.float32)
        taken[rows] = self.heating_input_kwh[rows]
        return taken


@cache
def heating_systems() -> pd.DataFrame:
    """Catalogue of heating systems.

    Returns
    -------
    pandas.DataFrame
        Index `system`; `carrier`, `space_heat_efficiency`, `hot_water_efficiency` (heat given by energy taken, lower
        heating value), `kind`, `source`.
    """
    return _read("heating_systems.csv").set_index("system")


@cache
def cooling_systems() -> pd.DataFrame:
    """Catalogue of cooling systems: index `system`; `carrier`, `seer` (cold by electricity, seasonal), `source`."""
    return _read("cooling_systems.csv").set_index("system")


@cache
def heating_shares(country: str = "FI") -> pd.DataFrame:
    """Shares of heating systems by surroundings, use and year, each group adding up to 1.

    A country without a catalogue takes Finland's: add `heating_shares_<code>.csv` to give it its own.
    """
    return _read(f"heating_shares_{_catalogue_country(country)}.csv")


def plot_ratio(
    x_m: Array, y_m: Array, floor_area_m2: Array, *, radius_m: float = 200.0, land_m2: Array | None = None
) -> Array:
    """Floor area by land area around each building.

    Parameters
    ----------
    x_m, y_m : ndarray, shape (n,)
        Centres of the buildings [m].
    floor_area_m2 : ndarray, shape (n,)
        Gross floor area [m²].
    radius_m : float
        Radius of the circle that is looked at [m].
    land_m2 : ndarray, shape (n,), optional
        Land in each circle that the table covers [m²]; without it, the whole circle.

    Returns
    -------
    ndarray, shape (n,)
        Plot ratio [-]: the sum of floor areas whose centres lie in the circle, by the land in it.
    """
    from scipy.spatial import cKDTree  # noqa: PLC0415  slow to import and needed only here

    points = np.column_stack([x_m, y_m])
    if not len(points):
        return np.zeros(0)
    near = cKDTree(points).query_ball_point(points, radius_m, return_sorted=True)
    sums = np.array([floor_area_m2[rows].sum() for rows in near])
    return np.asarray(sums / (np.pi * radius_m**2 if land_m2 is None else land_m2))


def heating_as_it_is(
    buildings: pd.DataFrame, dense: npt.NDArray[np.bool_], *, country: str = "FI", seed: int = 0
) -> pd.DataFrame:
    """Heating system of every building: as tagged, else drawn from the shares of its surroundings, use and year.

    Each building draws by its own id and the seed, so that adding a building changes no other.

    Parameters
    ----------
    buildings : pandas.DataFrame
        Index building_id; `use`, `construction_year`, `heating_system`, `heating_system_source` (the last two may be
        missing or empty).
    dense : ndarray of bool, shape (n,)
        Whether the plot ratio around the building is at least `DENSE_PLOT_RATIO`.
    country : str
        ISO 3166 code.
    seed : int
        Seed of the draw.

    Returns
    -------
    pandas.DataFrame
        Index building_id; `heating_system`, `heating_system_source` (`tagged` or what the table says, else `default`).

    Raises
    ------
    InputError
        Where a tagged system is not in the catalogue.
    """
    ids = [str(i) for i in buildings.index]
    drawn = _drawn(ids, seed)
    system = np.empty(len(ids), dtype=object)
    uses = buildings["use"].to_numpy(dtype=object)
    years = buildings["construction_year"].to_numpy()
    group = np.where([use in _HOUSES for use in uses], "house", "large")
    area = np.where(dense, "dense", "open")
    columns = ["area", "use_group", "built_from", "built_to"]
    for (where, what, first, last), rows in heating_shares(country).groupby(columns, sort=False):
        here = (area == where) & (group == what) & (years >= first) & (years <= last)
        # The last step is open above, so that a sum of 0.9999999 leaves nobody out.
        steps = np.cumsum(rows["share"].to_numpy())[:-1]
        system[here] = rows["system"].to_numpy()[np.searchsorted(steps, drawn[here], side="right")]
    system[[use in _UNHEATED for use in uses]] = "none"
    source = np.full(len(ids), "default", dtype=object)
    if "heating_system" in buildings:
        _take_tagged(buildings, system, source)
    return pd.DataFrame({"heating_system": system, "heating_system_source": source}, index=buildings.index)


def heat_supply(
    system: Sequence[str],
    *,
    space_heat_kw: Hourly,
    hot_water_kw: Hourly,
    cooling_kw: Hourly,
    appliances_kw: Hourly,
    lighting_kw: Hourly,
    pv_peak_kw: Array | None = None,
    cooling_system: str = "chiller",
) -> Supply:
    """Meet the buildings' demands with their systems.

    Parameters
    ----------
    system : sequence of str, length n
        Heating system of each building, of the catalogue.
    space_heat_kw, hot_water_kw, cooling_kw, appliances_kw, lighting_kw : ndarray of float32, shape (n, T)
        Demands, mean power of the hour [kW].
    pv_peak_kw : ndarray, shape (n,), optional
        The most that the building's roofs could ever give [kW]: the grid leaves room for it.
    cooling_system : str
        Of the catalogue of cooling systems.

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
    supply = Supply(
        **{name: np.empty(space_heat_kw.shape, dtype=np.float32) for name in _WRITTEN},
        # Zeroed pages that are never written cost no memory: few buildings have a heat pump.
        ambient_heat_kwh=np.zeros(space_heat_kw.shape, dtype=np.float32),
        carrier=carrier,
        grid_kwh=np.empty(len(chosen)),
    )
    _supply(
        (space_heat_kw, hot_water_kw, cooling_kw, appliances_kw, lighting_kw),
        (
            chosen["space_heat_efficiency"].to_numpy(dtype=np.float64),
            chosen["hot_water_efficiency"].to_numpy(dtype=np.float64),
            carrier == "electricity",
            np.zeros(len(chosen)) if pv_peak_kw is None else np.asarray(pv_peak_kw, dtype=np.float64),
        ),
        float(cooling_systems().loc[cooling_system, "seer"]),
        supply.grid_kwh,
        tuple(getattr(supply, name) for name in (*_WRITTEN, "ambient_heat_kwh")),
    )
    return supply


def behind_the_meter(
    load_kwh: Hourly, potential_kw: Hourly, *, share: Array, grid_kwh: Array
) -> tuple[Hourly, Hourly, Hourly]:
    """Let a building's modules serve its own load first; the grid gives and takes the rest.

    Parameters
    ----------
    load_kwh : ndarray of float32, shape (n, T)
        Electricity used in the hour, on the building's grid [kWh].
    potential_kw : ndarray of float32, shape (n, T)
        What modules on all usable area would give [kW].
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
    _meter(load_kwh, potential_kw, (np.asarray(share, dtype=np.float64), grid_kwh), pv, (bought, sold))
    return pv, bought, sold


@nb.njit(cache=True, error_model="numpy")
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


@nb.njit(cache=True, error_model="numpy")
def _supply(demands: Any, buildings: Any, seer: float, grid: Any, out: Any) -> None:
    eff_space, eff_hot, electric, pv_peak = buildings
    space, hot, cool, appliances, lighting = demands
    o_space, o_hot, o_cool, o_appliances, o_lighting, o_input, o_chiller, o_loss, o_load, o_ambient = out
    n, hours = space.shape
    for b in range(n):
        worst, per_space, per_hot = 0.0, 1.0 / eff_space[b], 1.0 / eff_hot[b]
        for t in range(hours):
            heat = max(space[b, t] * per_space + hot[b, t] * per_hot, space[b, t] + hot[b, t])
            worst = max(worst, heat + cool[b, t] * (1.0 + 1.0 / seer) + appliances[b, t] + lighting[b, t])
        # A bit to spare: all that comes in, and all that goes out, stays below 2^24 steps of the grid.
        q = 2.0 ** (np.ceil(np.log2(max(2.0 * (worst + pv_peak[b]), 1e-3))) - _MANTISSA_BITS)
        grid[b] = q
        # Powers of two: dividing and multiplying by them rounds nothing.
        per_q, per_seer, is_electric = 1.0 / q, 1.0 / seer, electric[b]
        for t in range(hours):
            s = np.rint(space[b, t] * per_q) * q
            w = np.rint(hot[b, t] * per_q) * q
            a = np.rint(appliances[b, t] * per_q) * q
            g = np.rint(lighting[b, t] * per_q) * q
            chiller = np.rint(cool[b, t] * per_seer * per_q) * q
            taken = np.rint((s * per_space + w * per_hot) * per_q) * q
            o_space[b, t] = s
            o_hot[b, t] = w
            o_cool[b, t] = chiller * seer
            o_appliances[b, t] = a
            o_lighting[b, t] = g
            o_input[b, t] = taken
            o_chiller[b, t] = chiller
            o_loss[b, t] = max(taken - s - w, 0.0)
            if taken < s + w:
                o_ambient[b, t] = s + w - taken
            o_load[b, t] = a + g + chiller + (taken if is_electric else 0.0)


def _take_tagged(buildings: pd.DataFrame, system: npt.NDArray[np.object_], source: npt.NDArray[np.object_]) -> None:
    tagged = buildings["heating_system"].fillna("").astype(str).to_numpy()
    said = tagged != ""
    unknown = [i for i in np.flatnonzero(said) if tagged[i] not in heating_systems().index]
    if unknown:
        some = ", ".join(f"{buildings.index[i]} ({tagged[i]})" for i in unknown[:5])
        finding = f"{len(unknown)} buildings have a heating system that is not in the catalogue: {some}"
        raise InputError([f"{finding}; take one of {_names(heating_systems())}"])
    system[said] = tagged[said]
    if "heating_system_source" in buildings:
        of = buildings["heating_system_source"].fillna("").astype(str).to_numpy()
        source[said] = np.where(of[said] == "", "tagged", of[said])
    else:
        source[said] = "tagged"


def _drawn(ids: Sequence[str], seed: int) -> Array:
    """One number in [0, 1) for each id, the same on every machine."""
    digests = b"".join(hashlib.blake2b(f"{seed}:{i}".encode(), digest_size=8).digest() for i in ids)
    return np.asarray(np.frombuffer(digests, dtype="<u8") / 2.0**64)


def _catalogue_country(country: str) -> str:
    code = country.lower()
    return code if (resources.files("assets") / "catalogue" / f"heating_shares_{code}.csv").is_file() else "fi"


def _read(name: str) -> pd.DataFrame:
    with (resources.files("assets") / "catalogue" / name).open(encoding="utf-8") as file:
        return pd.read_csv(file)


def _names(catalogue: pd.DataFrame) -> str:
    return ", ".join(str(name) for name in catalogue.index)
