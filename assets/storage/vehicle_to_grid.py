"""Cars as stores: their batteries charge and discharge while they stand, and leave with the energy they came for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from numba import njit

from assets._errors import InputError
from assets.catalogue import table
from assets.ev.sessions import Sessions
from assets.storage.store import Store, StoreYear, wishes
from assets.time_grid import TimeGrid

Array = npt.NDArray[np.float64]
_NONE = -1


@dataclass(frozen=True)
class Batteries:
    """What is in the cars of s sessions; every figure is one number for all, or one each.

    Attributes
    ----------
    battery_kwh : array_like, shape (s,)
        Usable energy of the battery [kWh]; a session that needs more than fits has a battery that it fits in.
    leaves_at : array_like, shape (s,)
        Share of it that a car leaves with once it got what it needed [0 to 1].
    reserve : array_like, shape (s,)
        Share that is never given to the grid [0 to 1].
    charge_efficiency, discharge_efficiency : array_like, shape (s,)
        Stored by taken from the grid, and given to it by taken out of the battery [0 to 1].
    two_way : array_like of bool, shape (s,)
        Whether car and charger can discharge.
    """

    battery_kwh: npt.ArrayLike
    leaves_at: npt.ArrayLike
    reserve: npt.ArrayLike
    charge_efficiency: npt.ArrayLike
    discharge_efficiency: npt.ArrayLike
    two_way: npt.ArrayLike = True


@dataclass(frozen=True)
class VehicleYear(StoreYear):
    """What cars did at n owners of chargers; the level is the energy in the batteries of cars that are plugged in.

    Attributes
    ----------
    arriving_kwh, leaving_kwh : ndarray, shape (n, T)
        Energy in the batteries that come and go [kWh].
    got_kwh : ndarray, shape (s,)
        Net energy each session got in its battery, reckoned at the charger [kWh].
    possible_kwh : ndarray, shape (s,)
        The lesser of what each session needed and what its stay and power allowed [kWh].
    done : ndarray of bool, shape (s,)
        Whether the car has left within the series.
    """

    arriving_kwh: Array
    leaving_kwh: Array
    got_kwh: Array
    possible_kwh: Array
    done: npt.NDArray[np.bool_]

    @property
    def loss_kwh(self) -> Array:
        """What is lost in charging and discharging, shape (n, T)."""
        return self.charge_kwh - self.discharge_kwh + self.arriving_kwh - self.leaving_kwh - self.stored_kwh


def vehicle_models() -> pd.DataFrame:
    """Catalogue of cars as stores, index `model`."""
    return table("vehicle_batteries").set_index("model")


def vehicle_batteries(model: str | Sequence[str], sessions: Sessions) -> Batteries:
    """Batteries of the catalogue for the cars of sessions.

    Parameters
    ----------
    model : str or sequence of str, length s
        Of the catalogue `vehicle_batteries.csv`.
    sessions : Sessions
        s sessions.

    Raises
    ------
    InputError
        A model is not in the catalogue.
    """
    known = vehicle_models()
    names = [model] * len(sessions) if isinstance(model, str) else list(model)
    unknown = sorted(set(names) - set(known.index))
    if unknown or len(names) != len(sessions):
        raise InputError(
            [f"{len(sessions)} sessions need a car each, out of {', '.join(known.index)}; not {', '.join(unknown)}"]
        )
    rows = known.loc[names]
    names_of = ("battery_kwh", "leaves_at", "reserve", "charge_efficiency", "discharge_efficiency")
    size, leaves_at, reserve, eta_in, eta_out = (rows[name].to_numpy(dtype=np.float64) for name in names_of)
    return Batteries(size, leaves_at, reserve, eta_in, eta_out, rows["two_way"].to_numpy(dtype=bool))


def vehicle_year(
    sessions: Sessions,
    batteries: Batteries,
    wanted_kwh: npt.ArrayLike,
    time: TimeGrid,
    *,
    owner: npt.ArrayLike,
    charger_kw: npt.ArrayLike = 11.0,
) -> VehicleYear:
    """Charge and discharge the cars of each owner as wanted, as far as their stays and needs allow.

    Parameters
    ----------
    sessions : Sessions
        s sessions, of `assets.ev`.
    batteries : Batteries
        What is in the cars.
    wanted_kwh : array_like, shape (n, T)
        Energy that the cars of each owner are to take (positive) or give (negative), at the chargers [kWh]. What the
        cars need comes first: nobody leaves with less than charging at once would have given.
    time : TimeGrid
        T steps.
    owner : array_like of int, shape (chargers,)
        Row of the owner of each charger; -1: none, left out.
    charger_kw : array_like, broadcast to (chargers,)
        Power of the chargers, both ways [kW].

    Returns
    -------
    VehicleYear
        `refused_kwh` is below 0 where cars had to be charged against the wish.

    Raises
    ------
    InputError
        Figures are not possible or shapes do not fit; all findings at once.

    Notes
    -----
    Each car is held between two paths: the lowest from which charging at full power still meets its need in time, or
    its reserve where that is higher, and the highest from which it can still come down to what it leaves with. A wish
    is shared among the cars of an owner in proportion to what each can do.
    """
    of_charger = np.asarray(owner, dtype=np.int64)
    wanted = np.atleast_2d(np.asarray(wanted_kwh, dtype=np.float64))
    wanted = wishes(wanted, len(wanted), "owner")
    time.check(wanted_kwh=wanted)
    n, steps = wanted.shape
    kw = np.asarray(charger_kw, dtype=np.float64)
    findings = []
    if of_charger.shape != (sessions.n_chargers,) or (
        of_charger.size and (of_charger.max() >= n or of_charger.min() < _NONE)
    ):
        findings.append(f"owner must give each of {sessions.n_chargers} chargers a row from 0 to {n - 1}, or -1")
    try:
        kw = np.broadcast_to(kw, (sessions.n_chargers,))
    except ValueError:
        findings.append(f"charger_kw has shape {kw.shape} for {sessions.n_chargers} chargers: give one each")
    figures = _battery_figures(batteries, len(sessions), findings)
    if findings:
        raise InputError(findings)
    power = np.minimum(sessions.power_kw, kw[sessions.charger])
    possible = np.minimum(sessions.energy_kwh, power * sessions.dwell_h)
    of = of_charger[sessions.charger]
    # The loop counts in steps: a power is the energy of one of them.
    plug_in, stay = sessions.plug_in_h / time.step_h, sessions.dwell_h / time.step_h
    inside = (of >= 0) & (plug_in >= 0.0) & (plug_in < steps) & (stay > 0.0)
    order = np.lexsort((sessions.plug_in_h, of))
    order = order[inside[order]]
    first = np.searchsorted(of[order], np.arange(n + 1))
    out = tuple(np.zeros((n, steps)) for _ in range(6))
    got, done = np.zeros(len(sessions)), np.zeros(len(sessions), dtype=np.bool_)
    scratch = np.empty((int(np.diff(first).max(initial=0)) + 1, 5))
    _run(order, first, plug_in, stay, time.kwh_of(power), possible, figures, wanted, out, got, done, scratch)
    charge, discharge, level, arriving, leaving, refused = out
    zero = np.zeros(n)
    return VehicleYear(
        charge, discharge, level, refused, zero, np.zeros_like(wanted), arriving, leaving, got, possible, done
    )


def vehicle_stores(
    sessions: Sessions,
    batteries: Batteries,
    time: TimeGrid,
    *,
    owner: npt.ArrayLike,
    n_owners: int,
    charger_kw: npt.ArrayLike = 11.0,
) -> Store:
    """Return the cars of each owner in the common form: what is plugged in on the mean of the time.

    Parameters
    ----------
    sessions, batteries, owner, charger_kw
        As in `vehicle_year`.
    time : TimeGrid
        T steps.
    n_owners : int
        Number n of owners.

    Returns
    -------
    Store
        n stores between reserve and full; what cars need to drive is not in it.

    Raises
    ------
    InputError
        A battery's figures are not possible.
    """
    findings: list[str] = []
    figures = _battery_figures(batteries, len(sessions), findings)
    if findings:
        raise InputError(findings)
    kw = np.broadcast_to(np.asarray(charger_kw, dtype=np.float64), (sessions.n_chargers,))
    of = np.asarray(owner, dtype=np.int64)[sessions.charger]
    power = np.minimum(sessions.power_kw, kw[sessions.charger])
    two_way = figures[:, 5] > 0
    stay = np.where((of >= 0) & two_way, sessions.dwell_h, 0.0) / (time.n * time.step_h)

    def mean(values: Array) -> Array:
        row = np.maximum(of, 0)
        return np.bincount(row, weights=values * stay, minlength=n_owners)[:n_owners].astype(np.float64)

    size, leaves, reserve = figures[:, 0], figures[:, 1], figures[:, 2]
    room = mean(size * (1.0 - np.minimum(reserve, leaves)))
    start = mean(size * np.maximum(leaves - reserve, 0.0))
    parked = mean(np.ones(len(sessions)))
    eta = [np.divide(mean(figures[:, c]), parked, out=np.ones(n_owners), where=parked > 0) for c in (3, 4)]
    return Store("electricity", room, mean(power), mean(power), eta[0], eta[1], start_kwh=np.minimum(start, room))


def _battery_figures(batteries: Batteries, s: int, findings: list[str]) -> Array:
    """Figures of each session's battery, shape (s, 6); what is wrong goes to the findings."""
    columns = []
    for name, values in vars(batteries).items():
        array = np.asarray(values, dtype=np.float64)
        if array.shape not in {(), (1,), (s,)}:
            findings.append(f"{name} has shape {array.shape} for {s} sessions: give one each, or one for all")
            array = np.zeros(())
        columns.append(np.broadcast_to(array, (s,)))
    figures = np.column_stack(columns) if s else np.empty((0, 6))
    low, high = np.array([0.0, 0.0, 0.0, 1e-6, 1e-6, 0.0]), np.array([np.inf, 1.0, 1.0, 1.0, 1.0, 1.0])
    possible = ((figures >= low) & (figures <= high)).all(axis=1) if not findings else np.ones(s, dtype=bool)
    findings += [
        f"session {i}: battery 0 kWh or more, shares from 0 to 1, efficiencies in (0, 1]; it has {figures[i].tolist()}"
        for i in np.flatnonzero(~possible)
    ]
    return np.ascontiguousarray(figures)


@njit(cache=True, error_model="numpy", nogil=True)
def _come(battery: Any, need: Any) -> Any:
    """Energy at arrival, the least to be held, what it leaves with and the most, of a car [kWh]."""
    size, leaves, reserve, eta_in, _, two_way = battery
    target = max(leaves * size, need * eta_in)
    arrival = target - need * eta_in
    if two_way <= 0.0:
        return arrival, arrival, target, target
    return arrival, min(arrival, reserve * size), target, max(size, target)


@njit(cache=True, error_model="numpy", nogil=True)
def _run(  # noqa: PLR0917  compiled code takes plain arrays by position
    order: Any, first: Any, plug_in: Any, stay: Any, power: Any, need: Any, figures: Any, wanted: Any, out: Any,
    got: Any, done: Any, cars: Any,
) -> None:  # fmt: skip
    """Step after step, owner after owner; `cars`: session, energy held, least and most flow, net got."""
    charge, discharge, level, arriving, leaving, refused = out
    for o in range(wanted.shape[0]):
        n, coming = 0, first[o]
        for t in range(wanted.shape[1]):
            while coming < first[o + 1] and plug_in[order[coming]] < t + 1.0:
                s = order[coming]
                arrival, _, _, _ = _come(figures[s], need[s])
                cars[n, 0], cars[n, 1], cars[n, 4] = s, arrival, 0.0
                arriving[o, t] += arrival
                n += 1
                coming += 1
            least, most, base = 0.0, 0.0, 0.0
            for k in range(n):
                s = int(cars[k, 0])
                _, floor, target, full = _come(figures[s], need[s])
                eta_in, eta_out, two_way = figures[s, 3], figures[s, 4], figures[s, 5]
                end = plug_in[s] + stay[s]
                here = max(min(end, t + 1.0) - max(plug_in[s], float(t)), 0.0)
                later = max(end - (t + 1.0), 0.0) * power[s]
                can = here * power[s]
                low = max(floor, target - eta_in * later)
                high = min(full, target + later / eta_out)
                up = min(can, max(high - cars[k, 1], 0.0) / eta_in)
                down = -min(can, max(cars[k, 1] - low, 0.0) * eta_out) if two_way > 0.0 else 0.0
                if cars[k, 1] < low:
                    down = min((low - cars[k, 1]) / eta_in, can)
                    up = max(up, down)
                elif cars[k, 1] > high and two_way > 0.0:
                    up = -min((cars[k, 1] - high) * eta_out, can)
                    down = min(down, up)
                cars[k, 2], cars[k, 3] = down, up
                least += down
                most += up
                base += min(max(0.0, down), up)
            flow = min(max(wanted[o, t], least), most)
            rise = (flow - base) / (most - base) if flow > base else 0.0
            fall = (base - flow) / (base - least) if flow < base else 0.0
            _move(o, t, n, rise, fall, figures, cars, charge, discharge)
            refused[o, t] = wanted[o, t] - (charge[o, t] - discharge[o, t])
            k = 0
            while k < n:
                s = int(cars[k, 0])
                if plug_in[s] + stay[s] <= t + 1.0:
                    leaving[o, t] += cars[k, 1]
                    got[s], done[s] = cars[k, 4], True
                    n -= 1
                    for j in range(5):
                        cars[k, j] = cars[n, j]
                else:
                    level[o, t] += cars[k, 1]
                    got[s] = cars[k, 4]
                    k += 1


@njit(cache=True, error_model="numpy", nogil=True)
def _move(  # noqa: PLR0917  compiled code takes plain arrays by position
    o: Any, t: Any, n: Any, rise: Any, fall: Any, figures: Any, cars: Any, charge: Any, discharge: Any
) -> None:
    """Give each car its share of the flow: from where it does least, towards its most or its least."""
    for k in range(n):
        s = int(cars[k, 0])
        down, up = cars[k, 2], cars[k, 3]
        rest = min(max(0.0, down), up)
        flow = rest + rise * (up - rest) - fall * (rest - down)
        if flow > 0.0:
            charge[o, t] += flow
            cars[k, 1] += flow * figures[s, 3]
            cars[k, 4] += flow
        else:
            discharge[o, t] -= flow
            cars[k, 1] += flow / figures[s, 4]
            cars[k, 4] += flow / (figures[s, 4] * figures[s, 3])
