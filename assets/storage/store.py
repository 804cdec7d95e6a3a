"""The one form that all stores share: what they hold, how fast, how well, and a year of wishes fulfilled or refused.

All energies are multiples of a store's grid, a power of two of a kWh so fine that sums of a year are exact in double
precision: what goes in equals what comes out, what is stored and what is lost, to the last bit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit

from assets._errors import InputError
from assets.carriers import BOUGHT
from assets.time_grid import TimeGrid

Array = npt.NDArray[np.float64]

GRID_BITS = 46
"""Bits between a store's grid and the most it holds: seven of double precision's 53 are left for sums."""


@dataclass(frozen=True)
class Store:
    """m stores of one carrier; every figure is one number for all, or one each.

    Attributes
    ----------
    carrier : str
        One of `assets.carriers.BOUGHT`.
    capacity_kwh : ndarray, shape (m,)
        Energy between empty and full [kWh].
    charge_kw, discharge_kw : ndarray, shape (m,)
        Highest powers, at the store's terminals [kW].
    charge_efficiency, discharge_efficiency : ndarray, shape (m,)
        Stored by taken, and given by taken out of the store [0 to 1].
    loss_per_h : ndarray, shape (m,)
        Share of what is held above `rest_kwh` that an hour loses [1/h].
    start_kwh : ndarray, shape (m,)
        Energy held at the start [kWh].
    rest_kwh : ndarray, shape (m,)
        Level that the store drifts to when nobody uses it [kWh]: 0 for most; half the capacity for rooms that may be
        warmer or colder than wanted, where what is held below saves losses.
    electricity_per_charge, electricity_per_discharge : ndarray, shape (m,)
        Electricity of compressors and pumps [kWh per kWh charged, discharged].

    Raises
    ------
    InputError
        A figure is not possible or the lengths differ; all findings at once.
    """

    carrier: str
    capacity_kwh: Array
    charge_kw: Array
    discharge_kw: Array
    charge_efficiency: Array = 1.0  # type: ignore[assignment]
    discharge_efficiency: Array = 1.0  # type: ignore[assignment]
    loss_per_h: Array = 0.0  # type: ignore[assignment]
    start_kwh: Array = 0.0  # type: ignore[assignment]
    rest_kwh: Array = 0.0  # type: ignore[assignment]
    electricity_per_charge: Array = 0.0  # type: ignore[assignment]
    electricity_per_discharge: Array = 0.0  # type: ignore[assignment]

    def __post_init__(self) -> None:
        given = {name: np.atleast_1d(np.asarray(getattr(self, name), dtype=np.float64)) for name in FIGURES}
        m = max(len(values) for values in given.values())
        findings = [
            f"{name} has {values.shape} values for {m} stores: give one each, or one for all"
            for name, values in given.items()
            if values.shape not in {(m,), (1,)}
        ]
        if self.carrier not in BOUGHT:
            findings.append(f"no carrier {self.carrier!r} to store; take one of {', '.join(BOUGHT)}")
        if not findings:
            for name, values in given.items():
                object.__setattr__(self, name, np.array(np.broadcast_to(values, (m,))))
            findings = self._findings()
        if findings:
            raise InputError(findings)

    def _findings(self) -> list[str]:
        held = {name: (getattr(self, name), self.capacity_kwh) for name in ("start_kwh", "rest_kwh")}
        shares = {
            name: (getattr(self, name), 1.0) for name in ("charge_efficiency", "discharge_efficiency", "loss_per_h")
        }
        rest = {name: (getattr(self, name), np.inf) for name in FIGURES if name not in {*held, *shares}}
        # A rounding of the last digit is no mistake.
        slack = 1e-9 * np.maximum(np.nan_to_num(self.capacity_kwh), 1.0)
        found = []
        for name, (values, most) in (held | shares | rest).items():
            least = 1e-6 if name.endswith("efficiency") else 0.0
            possible = (values >= least) & (values <= most + (slack if name in held else 0.0))
            if name in {"capacity_kwh", "electricity_per_charge", "electricity_per_discharge"}:
                possible &= np.isfinite(values)
            limit = "its capacity" if name in held else "1" if name in shares else "any"
            found += [
                f"store {i}: {name} is {values[i]:g}; give a number from {least:g} to {limit}"
                for i in np.flatnonzero(~possible)
            ]
        return found

    def __len__(self) -> int:
        return len(self.capacity_kwh)

    def holding(self, start_kwh: npt.ArrayLike) -> Store:
        """Return the same stores with other energies at the start, as of `StoreYear.end_kwh`."""
        return replace(self, start_kwh=np.asarray(start_kwh, dtype=np.float64))

    def take(self, rows: npt.ArrayLike) -> Store:
        """Return some of the stores, by their rows."""
        of = np.asarray(rows)
        return Store(self.carrier, **{name: getattr(self, name)[of] for name in FIGURES})

    @property
    def round_trip(self) -> Array:
        """Given by taken, standing losses aside, shape (m,)."""
        return self.charge_efficiency * self.discharge_efficiency


FIGURES = tuple(f.name for f in fields(Store) if f.name != "carrier")
"""Per-store figures of a `Store`, in its order."""


def joined(stores: Sequence[Store]) -> Store:
    """Put stores of one carrier together, in their order.

    Raises
    ------
    InputError
        There are none, or their carriers differ.
    """
    carriers = sorted({store.carrier for store in stores})
    if len(carriers) != 1:
        raise InputError([f"stores of {', '.join(carriers) or 'no'} carrier cannot be joined: give those of one"])
    return Store(carriers[0], **{name: np.concatenate([getattr(s, name) for s in stores]) for name in FIGURES})


@dataclass(frozen=True)
class StoreYear:
    """What stores did, arrays of shape (m, T) in kWh.

    Attributes
    ----------
    charge_kwh, discharge_kwh : ndarray
        Taken from and given to the network; never both in a step.
    level_kwh : ndarray
        Energy held at the end of the step.
    refused_kwh : ndarray
        Wanted less done: positive where more was to be charged, negative where more was to be discharged.
    start_kwh : ndarray, shape (m,)
        Energy held at the start.
    electricity_kwh : ndarray
        Electricity of compressors and pumps.
    """

    charge_kwh: Array
    discharge_kwh: Array
    level_kwh: Array
    refused_kwh: Array
    start_kwh: Array
    electricity_kwh: Array

    @property
    def end_kwh(self) -> Array:
        """Energy held at the end, shape (m,): what the time that follows starts with."""
        return self.level_kwh[:, -1] if self.level_kwh.shape[1] else self.start_kwh

    @property
    def stored_kwh(self) -> Array:
        """What the step adds to the energy held (takes, where negative), shape (m, T)."""
        return np.diff(self.level_kwh, axis=1, prepend=self.start_kwh[:, None])

    @property
    def loss_kwh(self) -> Array:
        """What is lost in charging, discharging and standing, shape (m, T); below 0 where standing brings heat in."""
        return self.charge_kwh - self.discharge_kwh - self.stored_kwh


def wishes(wanted_kwh: npt.ArrayLike, m: int, what: str = "store") -> Array:
    """Check what is wanted of m stores: finite, one row each, shape (m, T).

    Raises
    ------
    InputError
        The shape is another one, or values are missing.
    """
    wanted = np.atleast_2d(np.asarray(wanted_kwh, dtype=np.float64))
    if wanted.ndim != 2 or wanted.shape[0] != m:
        raise InputError([f"wanted_kwh has shape {wanted.shape} for {m} {what}s: give one row each"])
    missing = np.flatnonzero(~np.isfinite(wanted).all(axis=1))
    if len(missing):
        raise InputError(
            [f"wanted_kwh of {what} {i} has gaps or infinities: give 0 where nothing is wanted" for i in missing]
        )
    return np.ascontiguousarray(wanted)


def store_year(
    store: Store,
    wanted_kwh: npt.ArrayLike,
    time: TimeGrid,
    *,
    charge_limit_kwh: npt.ArrayLike | None = None,
    discharge_limit_kwh: npt.ArrayLike | None = None,
) -> StoreYear:
    """Charge and discharge as wanted, as far as power, room and what is held allow.

    Parameters
    ----------
    store : Store
        m stores.
    wanted_kwh : array_like, shape (m, T)
        Energy to charge (positive) or discharge (negative) in each step, at the store's terminals [kWh].
    time : TimeGrid
        T steps.
    charge_limit_kwh, discharge_limit_kwh : array_like, broadcast to (m, T), optional
        Limits of each step beside the store's own powers [kWh]: cars away, water at rest.

    Returns
    -------
    StoreYear

    Raises
    ------
    InputError
        Shapes do not fit or values are missing; all findings at once.

    Notes
    -----
    Standing losses come first, of what was held at the end of the step before: 1 − (1 − loss)^step of it.
    """
    wanted = wishes(wanted_kwh, len(store))
    limits, findings = [], []
    for name, limit in (("charge_limit_kwh", charge_limit_kwh), ("discharge_limit_kwh", discharge_limit_kwh)):
        values = np.asarray(np.inf if limit is None else limit, dtype=np.float64)
        try:
            limits.append(np.broadcast_to(values, wanted.shape))
        except ValueError:
            findings.append(f"{name} has shape {values.shape}, wanted_kwh {wanted.shape}: give one value a step")
            continue
        if not (values >= 0).all():
            findings.append(f"{name} is negative or missing in some steps; give 0 where nothing can be moved")
    if wanted.shape[1] != time.n:
        findings.append(f"wanted_kwh has shape {wanted.shape}, the time grid {time.n} steps: give one number a step")
    if findings:
        raise InputError(findings)
    spec = np.column_stack([getattr(store, name) for name in FIGURES])
    out = tuple(np.empty(wanted.shape) for _ in range(4))
    start = np.empty(len(store))
    spec[:, 1:3] = time.kwh_of(spec[:, 1:3])
    spec[:, 5] = time.share_of(spec[:, 5])
    _run(spec, wanted, *limits, start, out)
    charge, discharge, level, refused = out
    electricity = charge * store.electricity_per_charge[:, None] + discharge * store.electricity_per_discharge[:, None]
    return StoreYear(charge, discharge, level, refused, start, electricity)


@njit(cache=True, error_model="numpy", nogil=True)
def _run(  # noqa: PLR0917  compiled code takes plain arrays by position
    spec: Any, wanted: Any, charge_limit: Any, discharge_limit: Any, start: Any, out: Any
) -> None:
    charge, discharge, level, refused = out
    for i in range(spec.shape[0]):
        capacity, eta_in, eta_out = spec[i, 0], spec[i, 3], spec[i, 4]
        most = capacity
        for t in range(wanted.shape[1]):
            most = max(most, abs(wanted[i, t]))
        # Counted in steps of the grid from here on: whole numbers.
        q = 2.0 ** (np.ceil(np.log2(max(most, 1e-9))) - GRID_BITS)
        full = np.floor(capacity / q)
        in_max, out_max = np.floor(spec[i, 1] / q), np.floor(spec[i, 2] / q)
        leak = spec[i, 5]
        held, rest = min(np.rint(spec[i, 6] / q), full), min(np.rint(spec[i, 7] / q), full)
        start[i] = held * q
        for t in range(wanted.shape[1]):
            held -= np.rint((held - rest) * leak)
            wish = wanted[i, t] / q
            taken, given = 0.0, 0.0
            if wish > 0.0:
                taken = min(np.floor(wish), in_max, np.floor(charge_limit[i, t] / q))
                taken = max(min(taken, np.floor((full - held) / eta_in)), 0.0)
                # Held to the brim: rounding may otherwise take a step more than there is room for.
                held = min(held + np.rint(taken * eta_in), full)
            elif wish < 0.0:
                given = min(np.floor(-wish), out_max, np.floor(discharge_limit[i, t] / q))
                given = max(min(given, np.floor(held * eta_out)), 0.0)
                held = max(held - np.rint(given / eta_out), 0.0)
            charge[i, t] = taken * q
            discharge[i, t] = given * q
            level[i, t] = held * q
            refused[i, t] = wanted[i, t] - (taken - given) * q
