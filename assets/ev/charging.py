"""Charge cars: at once, in the cheapest hours, or where the load is low and the sun is high."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from assets._errors import InputError
from assets._exact import grid_of
from assets.ev._charging_kernel import AT_ONCE, CHEAPEST, LEVELLED, MOST_HOURS, charge
from assets.ev.sessions import Sessions
from assets.time_grid import TimeGrid

Array = npt.NDArray[np.float64]
Hourly = npt.NDArray[np.float32]
Strategy = Literal["at once", "cheapest", "levelled"]

_STRATEGIES: dict[str, int] = {"at once": AT_ONCE, "cheapest": CHEAPEST, "levelled": LEVELLED}


@dataclass(frozen=True)
class Charging:
    """What charging takes.

    Attributes
    ----------
    energy_kwh : ndarray of float32, shape (n, T)
        Electricity that goes into cars at each owner (a building, a public station), by the step [kWh]. A step is
        rounded to the grid, all of them add up to what the sessions got.
    delivered_kwh : ndarray of float64, shape (s,)
        What each session got [kWh]: 0 for those of chargers that belong to no owner.
    possible_kwh : ndarray of float64, shape (s,)
        The lesser of what each session needed and what its stay and power allowed [kWh].
    grid_kwh : ndarray of float64, shape (n,)
        Grid that the energies of an owner are multiples of.
    left : Sessions
        What is still plugged in at the end, with what it still needs, to go on from: add it to the sessions of the time
        that follows. Empty where the time is a ring.
    """

    energy_kwh: Hourly
    delivered_kwh: Array
    possible_kwh: Array
    grid_kwh: Array
    left: Sessions


def charge_sessions(
    sessions: Sessions,
    time: TimeGrid,
    *,
    owner: npt.ArrayLike,
    n_owners: int,
    charger_kw: npt.ArrayLike = 11.0,
    strategy: Strategy = "at once",
    price_eur_kwh: npt.ArrayLike | None = None,
    net_load_kwh: Hourly | None = None,
    rows: npt.ArrayLike | None = None,
    grid_kwh: Array | None = None,
    ring: bool = True,
) -> Charging:
    """Charge every session within its stay.

    No strategy leaves a car short of what charging at once would give it: the lesser of its need and of what the
    powers of car and charger allow within its stay.

    Parameters
    ----------
    sessions : Sessions
        As drawn.
    time : TimeGrid
        T steps.
    owner : array_like of int, shape (chargers,)
        Row of the building or station that each charger belongs to; -1: to none, not charged.
    n_owners : int
        Number n of owners.
    charger_kw : array_like, shape (chargers,) or scalar
        Power of the chargers [kW].
    strategy : str
        "at once"; "cheapest": by `price_eur_kwh`; "levelled": where the owner's net load is lowest, which follows the
        sun and fills the valleys, cars that came sooner first.
    price_eur_kwh : array_like, shape (T,), optional
        Price or any other signal to be avoided, for "cheapest".
    net_load_kwh : ndarray of float32, shape (m, T), optional
        Load less sun [kWh], for "levelled"; zero by default.
    rows : array_like of int, shape (n,), optional
        Row of `net_load_kwh` of each owner; by default their own.
    grid_kwh : ndarray, shape (n,), optional
        Grids of the owners, of `assets.building_systems.supply`; made here where not given.
    ring : bool
        Whether a stay that goes beyond the end goes on at the beginning, as in a typical year; else what is not charged
        by the end is `left`, planned with the prices and loads of the beginning where nobody knows later ones.

    Returns
    -------
    Charging

    Raises
    ------
    InputError
        What a strategy needs is missing or does not fit; all findings at once.
    """
    of_charger = np.asarray(owner, dtype=np.int64)
    kw = np.broadcast_to(np.asarray(charger_kw, dtype=np.float64), (sessions.n_chargers,))
    steps = time.n
    signal = np.zeros(steps) if price_eur_kwh is None else np.asarray(price_eur_kwh, dtype=np.float64)
    base = np.zeros((1, steps), dtype=np.float32) if net_load_kwh is None else net_load_kwh
    own = np.arange(n_owners) if net_load_kwh is not None else np.zeros(n_owners, dtype=np.int64)
    base_of = own if rows is None or net_load_kwh is None else np.asarray(rows, dtype=np.int64)
    findings = _findings_of_sessions(sessions, time if ring else None, of_charger, n_owners)
    if strategy not in _STRATEGIES:
        findings.append(f"no strategy {strategy!r} to charge by; take one of {', '.join(_STRATEGIES)}")
    if strategy == "cheapest" and price_eur_kwh is None:
        findings.append("charging in the cheapest hours needs price_eur_kwh")
    if signal.shape != (steps,):
        findings.append(f"price_eur_kwh has shape {signal.shape}, but there are {steps} steps")
    if base.shape[1] != steps or len(base_of) != n_owners or (n_owners and base_of.max() >= len(base)):
        findings.append(
            f"net_load_kwh has shape {base.shape}: give {n_owners} owners a row each of {steps} steps, or rows"
        )
    if findings:
        raise InputError(findings)
    grid = _grids(of_charger, time.kwh_of(kw), n_owners, grid_kwh)
    power = np.minimum(sessions.power_kw, kw[sessions.charger])
    energy = np.zeros((n_owners, steps), dtype=np.float32)
    delivered = np.zeros(len(sessions))
    of_session = of_charger[sessions.charger]
    order = np.lexsort((sessions.plug_in_h, of_session))
    charge(
        order[np.count_nonzero(of_session < 0) :],
        of_session,
        sessions.plug_in_h,
        sessions.dwell_h,
        sessions.energy_kwh,
        power,
        (time.step_h, ring),
        _STRATEGIES[strategy],
        signal,
        base,
        base_of,
        grid,
        energy,
        delivered,
    )
    possible = np.minimum(sessions.energy_kwh, power * sessions.dwell_h)
    left = Sessions.none(sessions.n_chargers) if ring else _left(sessions, time, of_session >= 0, possible - delivered)
    return Charging(energy, delivered, possible, grid, left)


def _left(sessions: Sessions, time: TimeGrid, known: npt.NDArray[np.bool_], short: Array) -> Sessions:
    """Sessions that go on after the end, by the hours from then on."""
    end_h = time.n * time.step_h
    later = sessions.plug_in_h + sessions.dwell_h - end_h
    return sessions.take(
        known & (later > 0.0),
        plug_in_h=np.maximum(sessions.plug_in_h - end_h, 0.0),
        dwell_h=np.minimum(later, sessions.dwell_h),
        energy_kwh=np.maximum(short, 0.0),
    )


def _grids(owner: npt.NDArray[np.int64], kwh: Array, n: int, grid: Array | None) -> Array:
    """Grids that hold a step of all of an owner's chargers, and the building's own where it is given."""
    known = owner >= 0
    # Never more than a charger's power, but at the turn of the year, where the tail of a stay may meet another car.
    together = np.bincount(owner[known], weights=kwh[known], minlength=n)
    needed = np.array([grid_of(most) for most in together])
    return needed if grid is None else np.maximum(np.asarray(grid, dtype=np.float64), needed)


def _findings_of_sessions(sessions: Sessions, ring: TimeGrid | None, owner: npt.NDArray[np.int64], n: int) -> list[str]:
    findings = []
    if owner.shape != (sessions.n_chargers,) or (owner.size and (owner.max() >= n or owner.min() < -1)):
        findings.append(
            f"owner must give each of {sessions.n_chargers} chargers a row from 0 to {n - 1}, or -1 for none"
        )
    longest = MOST_HOURS - 2.0 if ring is None else min(MOST_HOURS - 2.0, ring.n * ring.step_h)
    if len(sessions) and sessions.dwell_h.max() > longest:
        findings.append(f"a stay of {sessions.dwell_h.max():.0f} h is too long: keep stays within {longest:.0f} h")
    return findings
