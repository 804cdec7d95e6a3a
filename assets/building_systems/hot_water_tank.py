"""Hot-water tanks: hot water above, cold below, heated at once, in chosen hours or by surplus sun.

All energies are multiples of a tank's grid (`assets._exact`), so that what goes in equals what is drawn, what is stored
and what is lost, to the last bit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from numba import njit

from assets._errors import InputError
from assets._exact import grid_of
from assets.catalogue import table
from assets.fluids.water import REFERENCE_KJ_KG_K, ROOM_KG_M3
from assets.time_grid import TimeGrid

Array = npt.NDArray[np.float64]
Hourly = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]

SPECIFICATION = ("capacity_kwh", "heater_kw", "loss_kw", "reserve_kwh")
"""Columns of tanks that the model needs: heat of a full tank, power of its heater, loss of a full tank, heat below
which it is heated at any hour."""
WATER_KWH_M3_K = REFERENCE_KJ_KG_K * ROOM_KG_M3 / 3600.0
"""Heat that a m³ of water takes up [kWh/K]."""
LABEL_EXCESS_K = 45.0
"""Excess temperature that labels tell the loss at [K]: water of 65 °C, a room of 20 °C (EN 12897)."""
ROOM_C = 20.0
DAY_H = 24.0


@dataclass(frozen=True)
class TankYear:
    """Energies of tanks in each step, arrays of shape (m, T) in kWh.

    Attributes
    ----------
    heat_kwh : ndarray of float32
        Heat that goes into the tank: the load of what heats it.
    drawn_kwh : ndarray of float32
        Hot water drawn: the demand, but where tank and heater together could not meet it.
    level_kwh : ndarray of float32
        Heat in the tank at the end of the step.
    start_kwh : ndarray of float64, shape (m,)
        Heat in the tank at the start.
    unmet_kwh : ndarray of float64, shape (m,)
        Demand of the whole time that was not met; 0 where the tank is large enough.
    grid_kwh : ndarray of float64, shape (m,)
        Grid that all energies of a tank are multiples of.
    """

    heat_kwh: Hourly
    drawn_kwh: Hourly
    level_kwh: Hourly
    start_kwh: Array
    unmet_kwh: Array
    grid_kwh: Array

    @property
    def stored_kwh(self) -> Hourly:
        """What the step adds to the heat in the tank (takes, where negative), shape (m, T)."""
        return np.diff(self.level_kwh, axis=1, prepend=self.start_kwh[:, None].astype(np.float32))

    @property
    def end_kwh(self) -> Array:
        """Heat in the tank at the end, to go on from, shape (m,)."""
        return self.level_kwh[:, -1].astype(np.float64) if self.level_kwh.shape[1] else self.start_kwh

    @property
    def loss_kwh(self) -> Hourly:
        """What the tank loses to its room, shape (m, T)."""
        return self.heat_kwh - self.drawn_kwh - self.stored_kwh


def tank_models() -> pd.DataFrame:
    """Catalogue of hot-water tanks, index `model`."""
    return table("hot_water_tanks").set_index("model")


def standing_loss_w(volume_l: npt.ArrayLike, label: str) -> Array:
    """Highest standing loss of a label's class at 45 K of excess temperature [W].

    Parameters
    ----------
    volume_l : array_like
        Volume [l].
    label : str
        "A+", "A", "B", "C" or "D".

    Raises
    ------
    InputError
        There is no such class.

    Notes
    -----
    Commission Delegated Regulation (EU) 812/2013, Annex II.
    """
    labels = table("tank_labels").set_index("label")
    if label not in labels.index:
        raise InputError([f"no label {label} of hot-water tanks; take one of {', '.join(labels.index)}"])
    limit = labels.loc[label]
    return np.asarray(limit["constant_w"] + limit["per_l"] * np.asarray(volume_l, dtype=np.float64) ** 0.4)


def tanks(
    model: Sequence[str], volume_l: npt.ArrayLike | None = None, heater_kw: npt.ArrayLike | None = None
) -> pd.DataFrame:
    """Specifications of tanks, one row each.

    Parameters
    ----------
    model : sequence of str, length m
        Of the catalogue `hot_water_tanks.csv`.
    volume_l, heater_kw : array_like, shape (m,), optional
        Another volume [l] and power of what heats the tank [kW] than the catalogue's; the power goes with the volume
        where only that is given.

    Returns
    -------
    DataFrame
        Columns `SPECIFICATION`.

    Raises
    ------
    InputError
        A model is not in the catalogue.
    """
    known = tank_models()
    unknown = sorted(set(model) - set(known.index))
    if unknown:
        raise InputError([f"no tank {', '.join(unknown)} in the catalogue; take one of {', '.join(known.index)}"])
    chosen = known.loc[list(model)].reset_index(drop=True)
    litres = (
        chosen["volume_l"].to_numpy(dtype=np.float64) if volume_l is None else np.asarray(volume_l, dtype=np.float64)
    )
    usual = chosen["heater_kw"].to_numpy(dtype=np.float64) * litres / chosen["volume_l"].to_numpy(dtype=np.float64)
    hot, cold = (chosen[name].to_numpy(dtype=np.float64) for name in ("hot_c", "cold_c"))
    capacity = litres / 1000.0 * WATER_KWH_M3_K * (hot - cold) * chosen["usable_share"].to_numpy(dtype=np.float64)
    loss = np.array([standing_loss_w(v, label) for v, label in zip(litres, chosen["label"], strict=True)])
    return pd.DataFrame(
        {
            "capacity_kwh": capacity,
            "heater_kw": usual if heater_kw is None else np.asarray(heater_kw, dtype=np.float64),
            "loss_kw": np.where(litres > 0, loss.reshape(-1) / 1000.0 * (hot - ROOM_C) / LABEL_EXCESS_K, 0.0),
            "reserve_kwh": capacity * chosen["reserve_share"].to_numpy(dtype=np.float64),
        }
    )


def night_steps(time: TimeGrid, start: int = 22, end: int = 7) -> Flags:
    """Find the steps of the night tariff by the local clock, from hour `start` to hour `end`, shape (T,)."""
    hour = time.index.tz_convert(time.zone).hour.to_numpy()
    return np.asarray((hour >= start) | (hour < end) if start > end else (hour >= start) & (hour < end))


def cheapest_steps(
    price_eur_kwh: npt.ArrayLike, time: TimeGrid, hours_a_day: float, *, day_starts_h: float = 0.0
) -> Flags:
    """Cheapest steps of each day, shape (T,); of equal ones the first.

    Parameters
    ----------
    price_eur_kwh : array_like, shape (T,)
        Price of each step.
    time : TimeGrid
        T steps.
    hours_a_day : float
        How many hours of each day.
    day_starts_h : float
        Hours from the start of the series to the start of a day.
    """
    day_n, first, per_day = time.steps_of(DAY_H), round(day_starts_h / time.step_h), time.steps_of(hours_a_day)
    price = np.asarray(price_eur_kwh, dtype=np.float64)
    chosen = np.zeros(len(price), dtype=bool)
    for start in range(first % day_n - day_n, len(price), day_n):
        day = slice(max(start, 0), max(start + day_n, 0))
        chosen[day.start + np.argsort(price[day], kind="stable")[:per_day]] = True
    return chosen


def tank_year(
    specification: pd.DataFrame,
    time: TimeGrid,
    *,
    hot_water_kwh: Hourly,
    rows: npt.ArrayLike | None = None,
    allowed: npt.ArrayLike | None = None,
    surplus_kwh: Hourly | None = None,
    grid_kwh: Array | None = None,
    start_kwh: npt.ArrayLike | None = None,
) -> TankYear:
    """Meet hot-water demands out of tanks.

    In allowed steps a tank is heated until it is full; in others by surplus alone, or where it would fall below its
    reserve. Where it is empty, the heater's power is what there is.

    Parameters
    ----------
    specification : DataFrame, m rows
        Columns `SPECIFICATION`, as `tanks` gives them.
    time : TimeGrid
        T steps.
    hot_water_kwh : ndarray of float32, shape (n, T)
        Demands of the buildings [kWh].
    rows : array_like of int, shape (m,), optional
        Row of each tank's building; by default the tanks are those of all buildings, in their order.
    allowed : array_like of bool, shape (T,), optional
        Steps to heat in (`night_steps`, `cheapest_steps`); all by default.
    surplus_kwh : ndarray of float32, shape (n, T), optional
        Heat that surplus electricity of the buildings could make [kWh].
    grid_kwh : ndarray, shape (n,), optional
        The buildings' grids, of `assets.building_systems.supply`; made here where not given.
    start_kwh : array_like, shape (m,), optional
        Heat in the tanks at the start, as of `TankYear.end_kwh`; full by default.

    Returns
    -------
    TankYear

    Raises
    ------
    InputError
        A specification is not possible or shapes do not fit; all findings at once.

    Notes
    -----
    Two zones, ideally layered: hot water of one temperature above cold water of another, the boundary between moving
    up and down. The loss is that of the hot zone, in proportion to its height, to a room of 20 °C. Mixing takes the
    share of the volume that the catalogue calls not usable.
    """
    spec = specification[list(SPECIFICATION)].to_numpy(dtype=np.float64)
    of = np.arange(len(spec)) if rows is None else np.asarray(rows, dtype=np.int64)
    steps = time.n
    when = np.ones(steps, dtype=np.bool_) if allowed is None else np.asarray(allowed, dtype=np.bool_)
    # A view of one zero takes no memory.
    surplus = np.broadcast_to(np.float32(0), hot_water_kwh.shape) if surplus_kwh is None else surplus_kwh
    _check(spec, of, time, when=when, surplus=surplus, demand=hot_water_kwh)
    grid = np.zeros(len(of)) if grid_kwh is None else np.array(grid_kwh, dtype=np.float64)[of]
    heat, drawn, level = (np.empty((len(of), steps), dtype=np.float32) for _ in range(3))
    unmet = np.zeros(len(of))
    start = np.array(np.broadcast_to(np.asarray(np.inf if start_kwh is None else start_kwh, np.float64), (len(of),)))
    full = spec[:, 0] > 0.0
    leak = time.share_of(np.divide(spec[:, 2], spec[:, 0], out=np.zeros(len(spec)), where=full))
    figures = np.column_stack([spec[:, 0], time.kwh_of(spec[:, 1]), leak, spec[:, 3]])
    _tanks(figures, of, hot_water_kwh, when, surplus, grid, start, unmet, (heat, drawn, level))
    return TankYear(heat, drawn, level, start, unmet, grid)


def _check(
    spec: Array, of: npt.NDArray[np.int64], time: TimeGrid, *, when: Flags, surplus: Hourly, demand: Hourly
) -> None:
    findings = [
        f"tank {i} is not possible: capacity, heater, loss and reserve are 0 or more, reserve and an hour's loss no "
        f"more than the capacity; it has {dict(zip(SPECIFICATION, spec[i], strict=True))}"
        for i in np.flatnonzero(~((spec >= 0).all(axis=1) & (spec[:, 2] <= spec[:, 0]) & (spec[:, 3] <= spec[:, 0])))
    ]
    if of.shape != (len(spec),) or (len(of) and not (of.min() >= 0 and of.max() < len(demand))):
        findings.append(f"{len(spec)} tanks need as many rows of buildings from 0 to {len(demand) - 1}, not {of}")
    if demand.shape[1] != time.n:
        findings.append(f"hot_water_kwh has shape {demand.shape}, the time grid {time.n} steps: give one number a step")
    if when.shape != (time.n,):
        findings.append(f"allowed has shape {when.shape}, but there are {time.n} steps")
    if surplus.shape != demand.shape:
        findings.append(f"surplus_kwh has shape {surplus.shape}, hot_water_kwh {demand.shape}: give both alike")
    if findings:
        raise InputError(findings)


@njit(cache=True, error_model="numpy", nogil=True)
def _tanks(  # noqa: PLR0917  compiled code takes plain arrays by position
    spec: Any, of: Any, demand: Any, when: Any, surplus: Any, grid: Any, start: Any, unmet: Any, out: Any
) -> None:
    heat, drawn, level = out
    for i in range(of.shape[0]):
        b = of[i]
        most = spec[i, 0] + spec[i, 1]
        for t in range(demand.shape[1]):
            most = max(most, demand[b, t])
        q = max(grid[i], grid_of(most))
        grid[i] = q
        # Counted in steps of the grid from here on.
        full, power = np.floor(spec[i, 0] / q), np.floor(spec[i, 1] / q)
        reserve = min(np.rint(spec[i, 3] / q), full)
        leak = spec[i, 2]
        held = min(np.rint(start[i] / q), full)
        start[i] = held * q
        for t in range(demand.shape[1]):
            wanted = np.rint(demand[b, t] / q)
            after = held - np.rint(held * leak) - wanted
            into = max(reserve - after, 0.0)
            into = full - after if when[t] else max(into, min(np.floor(surplus[b, t] / q), full - after))
            into = max(min(into, power), 0.0)
            short = max(-(after + into), 0.0)
            held = after + into + short
            heat[i, t] = into * q
            drawn[i, t] = (wanted - short) * q
            level[i, t] = held * q
            unmet[i] += short * q
