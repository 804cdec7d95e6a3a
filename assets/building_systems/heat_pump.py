"""Air- and ground-source heat pumps with an electric backup, for all buildings and hours at once.

Temperatures are common to a district: the efficiencies of each kind of pump and of each heating curve are worked out
once an hour, and a building looks up its row. Energies come out on the building's grid (`assets._exact`), so that
electricity and ambient heat add up to the heat without any rounding.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numba as nb
import numpy as np
import numpy.typing as npt
import pandas as pd

from assets._errors import InputError
from assets._exact import grid_of, nearest
from assets.catalogue import table
from assets.time_grid import TimeGrid

Array = npt.NDArray[np.float64]
Hourly = npt.NDArray[np.float32]

ROOM_C = 20.0
"""Room temperature that heating curves are drawn for [°C]."""
HOT_WATER_C = 55.0
"""Temperature of hot water that a pump makes [°C]: the least that Finnish taps must give, decree 1047/2017."""
DESIGN_AIR_C = -26.0
"""Design temperature of Helsinki, zone I [°C]: decree 1010/2017."""


@dataclass(frozen=True)
class HeatPumpYear:
    """Hourly energies of heat pumps, arrays of shape (n, T) in kWh.

    Attributes
    ----------
    electricity_kwh : ndarray of float32
        Electricity of the compressor and the backup.
    backup_kwh : ndarray of float32
        Electricity of the backup alone; it gives as much heat.
    ambient_heat_kwh : ndarray of float32
        Heat drawn from the air or the ground.
    capacity_kw : ndarray of float64, shape (n,)
        Heating power of the pump at its reference temperature.
    grid_kwh : ndarray of float64, shape (n,)
        Grid that all energies of a building are multiples of.
    """

    electricity_kwh: Hourly
    backup_kwh: Hourly
    ambient_heat_kwh: Hourly
    capacity_kw: Array
    grid_kwh: Array

    def seasonal_factor(self) -> Array:
        """Heat given by electricity taken in the whole time, backup included, shape (n,); NaN where nothing ran."""
        taken = self.electricity_kwh.sum(axis=1, dtype=np.float64)
        heat = taken + self.ambient_heat_kwh.sum(axis=1, dtype=np.float64)
        factor: Array = np.divide(heat, taken, out=np.full(len(taken), np.nan), where=taken > 0)
        return factor


def heat_pump_models() -> pd.DataFrame:
    """Catalogue of heat pumps, index `model`."""
    return table("heat_pumps").set_index("model")


def coefficient_of_performance(
    model: str, source_temp_c: npt.ArrayLike, sink_temp_c: npt.ArrayLike, *, field: bool = True
) -> Array:
    """COP of a heat pump by the lift from source to sink.

    Parameters
    ----------
    model : str
        Of the catalogue `heat_pumps.csv`.
    source_temp_c, sink_temp_c : array_like
        Temperature of the air or the brine, and of the water that is made [°C]; broadcast.
    field : bool
        As in the field; else as on the test stand (EN 14511).

    Returns
    -------
    ndarray
        COP [-], at least 1.

    Notes
    -----
    A quadratic in the lift, as in Staffell et al., Energy & Environmental Science 5, 2012, and Ruhnau, Hirth,
    Praktiknjo, Scientific Data 6:189, 2019, whose coefficients and field factor the catalogue holds; the lift is held
    within the range of the points that it was fitted to.
    """
    row = _rows(heat_pump_models(), [model], "heat pump").iloc[0]
    lift = np.clip(np.subtract(sink_temp_c, source_temp_c), row["lift_min_k"], row["lift_max_k"])
    cop = row["cop_constant"] + row["cop_per_k"] * lift + row["cop_per_k2"] * lift**2
    return np.asarray(np.maximum(cop * (row["field_factor"] if field else 1.0), 1.0), dtype=np.float64)


def emitter_rows(emitter: Sequence[str], construction_year: npt.ArrayLike) -> npt.NDArray[np.intp]:
    """Row of `emitters.csv` for each building by its kind of emitter and age, shape (n,).

    Raises
    ------
    InputError
        An emitter is not in the catalogue.
    """
    curves = table("emitters")
    kinds = np.asarray(emitter, dtype=object)
    _known(kinds, curves["emitter"], "emitter")
    years = np.broadcast_to(np.asarray(construction_year), kinds.shape)
    rows = np.zeros(kinds.shape, dtype=np.intp)
    for row in curves.itertuples():
        rows[(kinds == row.emitter) & (years >= row.built_from) & (years <= row.built_to)] = row.Index
    return rows


def heating_curve(
    row: int, air_temp_c: npt.ArrayLike, *, load_share: npt.ArrayLike = 1.0, design_air_c: float = DESIGN_AIR_C
) -> tuple[Array, Array]:
    """Supply and return temperature of a heating network by the weather.

    Parameters
    ----------
    row : int
        Row of `emitters.csv`.
    air_temp_c : array_like, shape (T,)
        Outdoor air [°C].
    load_share : array_like
        Heat that the building needs by what its emitters were laid out for, at the same weather: below 1 after a
        retrofit; broadcast with the air.
    design_air_c : float
        Outdoor temperature that the network was designed for [°C].

    Returns
    -------
    supply_temp_c, return_temp_c : ndarray, shape (T,), or what that and the shares broadcast to

    Notes
    -----
    The emitter's law (EN 442, EN 1264): power goes with the excess temperature to the exponent n, the spread with the
    power, for the water flows as before. Emitters that outlive a retrofit so run cooler in every weather.
    """
    curve = table("emitters").iloc[row]
    load = np.clip((ROOM_C - np.asarray(air_temp_c, dtype=np.float64)) / (ROOM_C - design_air_c), 0.0, None)
    load = load * np.asarray(load_share, dtype=np.float64)
    excess = ((curve["supply_c"] + curve["return_c"]) / 2 - ROOM_C) * load ** (1.0 / curve["exponent"])
    spread = (curve["supply_c"] - curve["return_c"]) * load
    return ROOM_C + excess + spread / 2, ROOM_C + excess - spread / 2


def brine_temperature(air_temp_c: npt.ArrayLike, time: TimeGrid, collector: str = "borehole") -> Array:
    """Temperature of the brine from the ground.

    Parameters
    ----------
    air_temp_c : array_like, shape (T,)
        Outdoor air of a whole year [°C].
    time : TimeGrid
        T steps.
    collector : str
        Of the catalogue `ground_collectors.csv`: "borehole" or "field".

    Returns
    -------
    ndarray, shape (T,)
        [°C]

    Notes
    -----
    The year's wave sinks into the ground, damped and late (Kusuda and Achenbach, ASHRAE Transactions 71, 1965); its
    mean is the ground surface's (Kukkonen 1986). The brine is a few kelvin colder (Ruhnau et al. 2019): how a borehole
    cools over the years and with its load is not modelled.
    """
    row = _rows(table("ground_collectors").set_index("collector"), [collector], "ground collector").iloc[0]
    air = np.asarray(air_temp_c, dtype=np.float64)
    omega = 2 * np.pi / len(air)
    hours = np.arange(len(air))
    wave = 2 * np.mean((air - air.mean()) * np.exp(-1j * omega * hours))
    depth_by_damping = row["depth_m"] * np.sqrt(omega / time.step_s / (2 * row["diffusivity_m2_s"]))
    sunk = wave * np.exp(-depth_by_damping * (1 + 1j))
    mean = row["surface_constant_c"] + row["surface_per_air"] * air.mean()
    return np.asarray(mean + np.real(sunk * np.exp(1j * omega * hours)) - row["brine_below_ground_k"])


def heat_pump_year(
    model: Sequence[str],
    time: TimeGrid,
    *,
    space_heat_kw: Hourly,
    hot_water_kw: Hourly,
    air_temp_c: npt.ArrayLike,
    emitter: Sequence[str],
    construction_year: npt.ArrayLike,
    load_share: npt.ArrayLike | None = None,
    collector: Literal["borehole", "field"] = "borehole",
    capacity_kw: Array | None = None,
    grid_kwh: Array | None = None,
    design_air_c: float = DESIGN_AIR_C,
) -> HeatPumpYear:
    """Meet heat demands with heat pumps, and with an electric backup where they do not suffice.

    Hot water comes first. Below its cut-off temperature an air-source pump rests. Water hotter than the pump can make
    is made hotter by the backup.

    Parameters
    ----------
    model : sequence of str, length n
        Pump of each building, of `heat_pumps.csv`.
    time : TimeGrid
        T steps.
    space_heat_kw, hot_water_kw : ndarray of float32, shape (n, T)
        Demands, mean power of the step [kW].
    air_temp_c : array_like, shape (T,)
        Outdoor air of a year [°C].
    emitter : sequence of str, length n
        "radiator" or "floor".
    construction_year : array_like, shape (n,)
        Years that the buildings, and so their emitters, are from.
    load_share : array_like, shape (n,), optional
        Of `heating_curve`, for each building; taken to the hundredth. 1 by default.
    collector : str
        What ground-source pumps draw from.
    capacity_kw : ndarray, shape (n,), optional
        Heating power at the reference temperature; by default the catalogue's share of the peak (`pump_capacity`).
    grid_kwh : ndarray, shape (n,), optional
        The buildings' grids, of `assets.building_systems.supply`; made here where not given.
    design_air_c : float
        Outdoor temperature that the heating networks were designed for [°C].

    Returns
    -------
    HeatPumpYear

    Raises
    ------
    InputError
        Shapes do not fit, or a name is not in the catalogue; all findings at once.
    """
    air = np.asarray(air_temp_c, dtype=np.float64)
    _check_shapes(len(model), time, air_temp_c=air[None], space_heat_kw=space_heat_kw, hot_water_kw=hot_water_kw)
    rows = _rows(heat_pump_models(), model, "heat pump")
    curves = emitter_rows(emitter, construction_year)
    # Hundredths: at most 0.2 K of the supply, and few enough kinds of pump, emitter and share to work each out once.
    shares = np.rint(100.0 * np.broadcast_to(1.0 if load_share is None else load_share, len(model))).astype(np.int64)
    kinds = pd.MultiIndex.from_arrays([np.asarray(model, dtype=str), curves, shares])
    codes, distinct = pd.factorize(kinds)
    lookup = np.empty((len(distinct), 5, len(air)))
    for name, curve in dict.fromkeys((name, curve) for name, curve, _ in distinct):
        mine = [k for k, kind in enumerate(distinct) if kind[:2] == (name, curve)]
        share = np.array([[distinct[k][2] / 100.0] for k in mine])
        temperatures = heating_curve(int(curve), air, load_share=share, design_air_c=design_air_c)
        lookup[mine] = _hours_of(str(name), _source_of(str(name), air, time, collector), *temperatures)
    sized = (
        pump_capacity(rows["power_share"].to_numpy(), space_heat_kw, hot_water_kw)
        if capacity_kw is None
        else np.asarray(capacity_kw, dtype=np.float64)
    )
    grid = np.zeros(len(model)) if grid_kwh is None else np.array(grid_kwh, dtype=np.float64)
    out = tuple(np.empty(space_heat_kw.shape, dtype=np.float32) for _ in range(3))
    _pumps(space_heat_kw, hot_water_kw, time.step_h, codes, lookup, sized, grid, *out)
    return HeatPumpYear(out[0], out[1], out[2], sized, grid)


def pump_capacity(power_share: npt.ArrayLike, space_heat_kw: Hourly, hot_water_kw: Hourly) -> Array:
    """Heating power of pumps sized for a share of the peak, shape (n,) [kW].

    The peak is the highest hour of space heat and the mean of hot water, whose own peaks the tank evens out.
    """
    peak = space_heat_kw.max(axis=1, initial=0.0) + hot_water_kw.mean(axis=1, dtype=np.float64)
    return np.asarray(np.asarray(power_share, dtype=np.float64) * peak)


def _source_of(model: str, air: Array, time: TimeGrid, collector: str) -> Array:
    """Temperature of what a pump draws heat from."""
    return air if heat_pump_models().loc[model, "heat_source"] == "air" else brine_temperature(air, time, collector)


def _hours_of(model: str, source: Array, supply: Array, back: Array) -> Array:
    """Work out what a pump can do at k heating curves: shape (k, 5, T).

    COP of space heat and hot water, shares of them that the pump can make, and its power by the nominal.
    """
    row = heat_pump_models().loc[model]
    hottest = float(row["max_supply_c"])
    spread = np.maximum(supply - back, 1e-9)
    power = np.clip(1 + row["capacity_per_k"] * (source - row["capacity_reference_c"]), 0.0, row["capacity_max"])
    found = np.empty((len(supply), 5, len(source)))
    found[:, 0] = coefficient_of_performance(model, source, np.minimum(supply, hottest))
    found[:, 1] = coefficient_of_performance(model, source, min(HOT_WATER_C, hottest))
    found[:, 2] = np.clip((hottest - back) / spread, 0.0, 1.0)
    found[:, 3] = min(1.0, (hottest - 8.0) / (HOT_WATER_C - 8.0))
    found[:, 4] = np.where(source >= row["cut_off_c"], power, 0.0)
    return found


@nb.njit(cache=True, error_model="numpy", nogil=True)
def _pumps(  # noqa: PLR0917  compiled code takes plain arrays by position
    space: Any, hot: Any, step_h: Any, code: Any, lookup: Any, capacity: Any, grid: Any, electricity: Any, backup: Any,
    ambient: Any,
) -> None:  # fmt: skip
    n, hours = space.shape
    for b in range(n):
        cop_space, cop_hot, can_space, can_hot, power = lookup[code[b]]
        q = grid[b]
        if q <= 0.0:
            most = 0.0
            for t in range(hours):
                most = max(most, space[b, t] + hot[b, t])
            q = grid_of(most * step_h)
            grid[b] = q
        for t in range(hours):
            s, w = nearest(space[b, t] * step_h, q), nearest(hot[b, t] * step_h, q)
            able = capacity[b] * power[t] * step_h
            from_hot = min(w * can_hot[t], able)
            from_space = min(s * can_space[t], able - from_hot)
            rest = nearest(s + w - from_hot - from_space, q)
            # What the compressor takes cannot exceed what it gives, however the grid rounds.
            driven = min(nearest(from_hot / cop_hot[t] + from_space / cop_space[t], q), s + w - rest)
            backup[b, t] = rest
            electricity[b, t] = rest + driven
            ambient[b, t] = s + w - rest - driven


def _check_shapes(n: int, time: TimeGrid, *, air_temp_c: Array, **demands: Hourly) -> None:
    findings = [
        f"{name} has shape {values.shape}, but there are {rows} rows and {time.n} steps: give it shape {(rows, time.n)}"
        for rows, given in ((1, {"air_temp_c": air_temp_c}), (n, demands))
        for name, values in given.items()
        if values.shape != (rows, time.n)
    ]
    if findings:
        raise InputError(findings)


def _rows(catalogue: pd.DataFrame, names: Sequence[str], what: str) -> pd.DataFrame:
    _known(names, catalogue.index, what)
    return catalogue.loc[list(names)]


def _known(names: Any, catalogue: Any, what: str) -> None:
    unknown = sorted({str(name) for name in names} - set(catalogue))
    if unknown:
        raise InputError(
            [f"no {what} {', '.join(unknown)} in the catalogue; take one of {', '.join(dict.fromkeys(catalogue))}"]
        )
