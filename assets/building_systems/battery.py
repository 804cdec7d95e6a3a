"""Batteries of homes and blocks: charged by surplus sun, or by what electricity costs tomorrow.

All energies are multiples of a battery's grid (`assets._exact`), so that what goes in equals what comes out, what is
stored and what is lost, to the last bit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from assets._errors import InputError
from assets.building_systems._battery_kernel import by_price, greedy, settle_grids
from assets.catalogue import table
from assets.time_grid import TimeGrid

Array = npt.NDArray[np.float64]
Hourly = npt.NDArray[np.float32]

SPECIFICATION = (
    "capacity_kwh",
    "charge_kw",
    "discharge_kw",
    "charge_efficiency",
    "discharge_efficiency",
    "self_discharge_per_h",
    "soc_min",
    "soc_max",
)
"""Columns of `batteries.csv` that the model needs, in its order."""
DAY_H = 24.0
WINDOW_H = 34.0
"""Hours that prices are known for once the day-ahead market has closed: from 14:00 to the end of tomorrow."""


@dataclass(frozen=True)
class BatteryYear:
    """Energies of batteries in each step, arrays of shape (m, T) in kWh.

    Attributes
    ----------
    charge_kwh, discharge_kwh : ndarray of float32
        Taken from and given to the building's grid.
    soc_kwh : ndarray of float32
        Energy in the battery at the end of the step.
    start_kwh : ndarray of float64, shape (m,)
        Energy in the battery at the start.
    grid_kwh : ndarray of float64, shape (m,)
        Grid that all energies of a battery are multiples of.
    """

    charge_kwh: Hourly
    discharge_kwh: Hourly
    soc_kwh: Hourly
    start_kwh: Array
    grid_kwh: Array

    @property
    def stored_kwh(self) -> Hourly:
        """What the step adds to the energy in the battery (takes, where negative), shape (m, T)."""
        return np.diff(self.soc_kwh, axis=1, prepend=self.start_kwh[:, None].astype(np.float32))

    @property
    def loss_kwh(self) -> Hourly:
        """What is lost in charging, discharging and standing, shape (m, T)."""
        return self.charge_kwh - self.discharge_kwh - self.stored_kwh

    @property
    def end_kwh(self) -> Array:
        """Energy in the battery at the end, to go on from, shape (m,)."""
        return self.soc_kwh[:, -1].astype(np.float64) if self.soc_kwh.shape[1] else self.start_kwh

    def full_cycles(self, capacity_kwh: npt.ArrayLike) -> Array:
        """How many times the energy given would empty a full battery, shape (m,)."""
        given = self.discharge_kwh.sum(axis=1, dtype=np.float64)
        size = np.asarray(capacity_kwh, dtype=np.float64)
        cycles: Array = np.divide(given, size, out=np.zeros(len(given)), where=size > 0)
        return cycles


def battery_models() -> pd.DataFrame:
    """Catalogue of batteries, index `model`."""
    return table("batteries").set_index("model")


def batteries(model: Sequence[str], capacity_kwh: npt.ArrayLike | None = None) -> pd.DataFrame:
    """Specifications of batteries, one row each; another capacity than the catalogue's scales the power with it.

    Parameters
    ----------
    model : sequence of str, length m
        Of the catalogue `batteries.csv`.
    capacity_kwh : array_like, shape (m,), optional
        Capacities [kWh].

    Returns
    -------
    DataFrame
        Columns `SPECIFICATION`.

    Raises
    ------
    InputError
        A model is not in the catalogue.
    """
    known = battery_models()
    unknown = sorted(set(model) - set(known.index))
    if unknown:
        raise InputError([f"no battery {', '.join(unknown)} in the catalogue; take one of {', '.join(known.index)}"])
    chosen = known.loc[list(model), list(SPECIFICATION)].astype(np.float64).reset_index(drop=True)
    if capacity_kwh is not None:
        scale = np.asarray(capacity_kwh, dtype=np.float64) / chosen["capacity_kwh"]
        for column in ("capacity_kwh", "charge_kw", "discharge_kw"):
            chosen[column] *= scale
    return chosen


def self_consumption(
    specification: pd.DataFrame,
    time: TimeGrid,
    *,
    load_kwh: Hourly,
    pv_kwh: Hourly,
    rows: npt.ArrayLike | None = None,
    grid_kwh: Array | None = None,
    start_kwh: npt.ArrayLike | None = None,
) -> BatteryYear:
    """Charge what the sun gives beyond the load; discharge to what the load takes beyond the sun.

    Parameters
    ----------
    specification : DataFrame, m rows
        Columns `SPECIFICATION`, as `batteries` gives them.
    time : TimeGrid
        T steps.
    load_kwh, pv_kwh : ndarray of float32, shape (n, T)
        What the buildings use and what their roofs give in each step [kWh].
    rows : array_like of int, shape (m,), optional
        Row of each battery's building; by default the batteries are those of all buildings, in their order.
    grid_kwh : ndarray, shape (n,), optional
        The buildings' grids, of `assets.building_systems.supply`; batteries then move energy in multiples of them.
    start_kwh : array_like, shape (m,), optional
        Energy in the batteries at the start, as of `BatteryYear.end_kwh`; by default they are at their least.

    Returns
    -------
    BatteryYear

    Raises
    ------
    InputError
        A specification is not possible or shapes do not fit; all findings at once.
    """
    spec, of, grid = _inputs(specification, time, (load_kwh, pv_kwh), rows, grid_kwh)
    out = tuple(np.empty((len(of), time.n), dtype=np.float32) for _ in range(3))
    start = _start(start_kwh, len(of))
    greedy(load_kwh, pv_kwh, of, spec, grid, start, *out)
    return BatteryYear(out[0], out[1], out[2], start, grid)


def price_aware(
    specification: pd.DataFrame,
    time: TimeGrid,
    *,
    load_kwh: Hourly,
    pv_kwh: Hourly,
    price_eur_kwh: npt.ArrayLike,
    export_price_eur_kwh: npt.ArrayLike,
    rows: npt.ArrayLike | None = None,
    grid_kwh: Array | None = None,
    wear_eur_kwh: float = 0.0,
    plan_hour: float = 14.0,
    start_kwh: npt.ArrayLike | None = None,
) -> BatteryYear:
    """Charge where electricity is cheap and discharge to the load where it is dear, a day ahead.

    Once a day the hours up to the end of tomorrow are planned, their prices, sun and load known. Pairs of hours to
    charge and to discharge in are taken in the order of what they earn, surplus sun counted at the price that it would
    be sold for, while power, room in the battery and load are left. Nothing is sold from the battery. It is a
    heuristic: of what a linear program with perfect foresight of a fortnight saves, it keeps about seven eighths (held
    in the tests).

    Parameters
    ----------
    specification, time, load_kwh, pv_kwh, rows, grid_kwh, start_kwh
        As in `self_consumption`.
    price_eur_kwh, export_price_eur_kwh : array_like, shape (T,)
        What is paid for electricity bought, and got for electricity sold [EUR/kWh].
    wear_eur_kwh : float
        What a kWh given by the battery must earn at least [EUR/kWh].
    plan_hour : float
        Hours from the start of the series to the first step in which tomorrow's prices are known; 14:00 where the
        series starts at midnight.

    Returns
    -------
    BatteryYear

    Raises
    ------
    InputError
        As in `self_consumption`.
    """
    spec, of, grid = _inputs(specification, time, (load_kwh, pv_kwh), rows, grid_kwh)
    steps = time.n
    buy, sell = (np.asarray(price, dtype=np.float64) for price in (price_eur_kwh, export_price_eur_kwh))
    findings = [
        f"{name} has shape {price.shape}, but there are {steps} steps: give it shape ({steps},)"
        for name, price in (("price_eur_kwh", buy), ("export_price_eur_kwh", sell))
        if price.shape != (steps,)
    ]
    if findings:
        raise InputError(findings)
    window, first = time.steps_of(WINDOW_H), round(plan_hour % DAY_H / time.step_h)
    days = np.unique(np.concatenate([[0], np.arange(first, steps, time.steps_of(DAY_H)), [steps]]))
    etas, pair_of = np.unique(spec[:, 3] * spec[:, 4], return_inverse=True)
    first_pair, *pairs = _earning_pairs(days, window, (buy, sell), etas, wear_eur_kwh)
    out = tuple(np.empty((len(of), steps), dtype=np.float32) for _ in range(3))
    start = _start(start_kwh, len(of))
    by_price(load_kwh, pv_kwh, of, spec, grid, start, days, window, pair_of, first_pair, *pairs, out)
    return BatteryYear(out[0], out[1], out[2], start, grid)


def _earning_pairs(
    days: npt.NDArray[np.int64], window: int, prices: tuple[Array, Array], etas: Array, wear: float
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """Pairs of hours of each plan to charge and to discharge in, those that earn most first.

    Returns where each efficiency's and plan's pairs begin, shape (etas, days + 1), then of all pairs the hour of the
    plan to charge in (-1: what the battery holds already), the hour to discharge in, and whether the sun charges.
    """
    buy, sell = prices
    first = np.zeros((len(etas), len(days)), dtype=np.int64)
    found: list[tuple[npt.NDArray[np.int64], ...]] = [(np.zeros(0, dtype=np.int64),) * 3]
    count = 0
    for e, eta in enumerate(etas):
        for d, start in enumerate(days[:-1]):
            end = min(start + window, len(buy))
            first[e, d] = count
            n = end - start
            hour_in, hour_out = np.nonzero(np.tri(n, n, -1, dtype=bool).T)
            dear = buy[start:end][hour_out] - wear
            from_sun = dear - sell[start:end][hour_in] / eta
            from_outside = dear - buy[start:end][hour_in] / eta
            earned = np.concatenate([buy[start:end] - wear, from_sun, from_outside])
            best = np.argsort(-earned, kind="stable")
            best = best[earned[best] > 0]
            all_in = np.concatenate([np.full(n, -1), hour_in, hour_in])
            all_out = np.concatenate([np.arange(n), hour_out, hour_out])
            by_sun = np.repeat([0, 1, 0], [n, len(hour_in), len(hour_in)])
            found.append((all_in[best], all_out[best], by_sun[best]))
            count += len(best)
        first[e, -1] = count
    hours_in, hours_out, suns = (np.concatenate(column) for column in zip(*found, strict=True))
    return first, hours_in, hours_out, suns.astype(bool)


def _start(start_kwh: npt.ArrayLike | None, m: int) -> Array:
    """Energy at the start of each battery; NaN where it is at its least."""
    return np.array(np.broadcast_to(np.asarray(np.nan if start_kwh is None else start_kwh, dtype=np.float64), (m,)))


def _inputs(
    specification: pd.DataFrame,
    time: TimeGrid,
    flows: tuple[Hourly, Hourly],
    rows: npt.ArrayLike | None,
    grid: Array | None,
) -> tuple[Array, npt.NDArray[np.int64], Array]:
    """Specifications by the step (energies in place of powers, losses of a step), rows and grids."""
    load, pv = flows
    spec = specification[list(SPECIFICATION)].to_numpy(dtype=np.float64)
    of = np.arange(len(spec)) if rows is None else np.asarray(rows, dtype=np.int64)
    findings = []
    if load.shape[-1] != time.n:
        findings.append(f"load_kwh has shape {load.shape}, the time grid {time.n} steps: give one number a step")
    if load.shape != pv.shape:
        findings.append(f"load_kwh has shape {load.shape} and pv_kwh {pv.shape}: give both one row per building")
    if of.shape != (len(spec),) or (len(of) and not (of.min() >= 0 and of.max() < len(load))):
        findings.append(f"{len(spec)} batteries need as many rows of buildings from 0 to {len(load) - 1}, not {of}")
    capacity, charge, discharge, eta_in, eta_out, leak, low, high = spec.T
    possible = (capacity >= 0) & (charge >= 0) & (discharge >= 0) & (leak >= 0) & (leak < 1)
    possible &= (eta_in > 0) & (eta_in <= 1) & (eta_out > 0) & (eta_out <= 1) & (low >= 0) & (low <= high) & (high <= 1)
    findings += [
        f"battery {i} is not possible: powers and capacity are 0 or more, efficiencies in (0, 1], "
        f"0 <= soc_min <= soc_max <= 1; it has {dict(zip(SPECIFICATION, spec[i], strict=True))}"
        for i in np.flatnonzero(~possible)
    ]
    if findings:
        raise InputError(findings)
    grids = np.zeros(len(of)) if grid is None else np.array(grid, dtype=np.float64)[of]
    spec[:, 1:3] = time.kwh_of(spec[:, 1:3])
    spec[:, 5] = time.share_of(spec[:, 5])
    settle_grids(load, pv, of, spec, grids)
    return spec, of, grids
