"""How much more a feeder can take: bisection over all feeders at once, in the hours that matter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from assets._errors import InputError
from assets.networks.power.conversion import convert
from assets.networks.power.limits import KINDS, Excess, GridLimits, name_of, worst_excess
from assets.networks.power.radial import is_radial
from assets.networks.power.solving import Array, Flow, Solver, checked_loads, chunks, prepare, solve
from assets.networks.power.tables import Ints
from assets.networks.power.topology import feeders_of
from assets.networks.power.year import PowerYear, power_year

SIGN = {"pv": -1.0, "ev": 1.0, "heat_pump": 1.0}
"""Taken from the grid is positive."""
_EACH = 3
"""Hours that are looked at for each kind of limit: those in which a linear estimate leaves least room."""
_FELT = 0.01
"""Elements that feel less of a feeder than this part of the most affected one are not asked for their hours."""
_MOST_KW = 2.0**17
_MEGABYTES = 48.0


@dataclass(frozen=True)
class _Case:
    """Scenarios, each an hour of a feeder, and what an installed kW more takes in it."""

    solver: Solver
    p: Array
    q: Array
    feeder_of_bus: Ints
    weight: Array
    feeder: Ints
    hour: Ints
    unit: Array
    tangent: float
    limits: GridLimits


def hosting_capacity(
    net: Any,
    p_kw: npt.ArrayLike,
    q_kvar: npt.ArrayLike | None = None,
    *,
    technology: str,
    profile: npt.ArrayLike,
    limits: GridLimits | None = None,
    power_factor: float = 1.0,
    weight: npt.ArrayLike | None = None,
    tolerance: float = 0.005,
    year: PowerYear | None = None,
    progress: Callable[[float], None] | None = None,
) -> pd.DataFrame:
    """Find the most of a technology that each feeder can take on top of its loads.

    One feeder after the other gets more while the others stay as they are. The hours that matter are found from a year
    of power flow and how each voltage and loading answers to the feeder: those in which this linear estimate leaves
    least room. For these the whole net is calculated, and the size is bisected, over all feeders at once.

    Parameters
    ----------
    net : pandapowerNet
    p_kw, q_kvar : array_like, shape (buses, T)
        Loads as they are [kW, kvar].
    technology : str
        "pv" gives power; "ev" and "heat_pump" take it.
    profile : array_like, shape (T,)
        Power of an installed kW in each hour [0 to 1], with the diversity of many.
    limits : GridLimits, optional
        ±5 % and 100 % by default.
    power_factor : float
        Of the technology, lagging for what takes power; for PV negative values mean that it takes reactive power.
    weight : array_like, shape (buses,), optional
        How a feeder's new kW are shared among its buses; by default evenly among those with a load.
    tolerance : float
        Of the result, part of it.
    year : PowerYear, optional
        Power flow of these loads, where there is one already.
    progress : callable, optional
        Gets the part done, 0 to 1.

    Returns
    -------
    DataFrame
        Index: feeder. Columns capacity_kw (installed), limit (one of `KINDS`, what stops the next kW; "" where nothing
        does below 131 MW), element, hour, exceeded_before (some limit is broken without it), buses.

    Raises
    ------
    InputError
        The net, the loads or the profile cannot be calculated with.
    """
    p, q = checked_loads(net, p_kw, q_kvar)
    series = np.asarray(profile, dtype=np.float64)
    _check(p, technology, series, power_factor)
    flows = _year(net, p, q) if year is None else year
    tangent = float(np.sign(power_factor) * np.tan(np.arccos(abs(power_factor))))
    case, names = _prepare(net, (p, q), weight, tangent, limits or GridLimits())
    case = _with_hours(case, flows, SIGN[technology], series, len(names))
    base = _flows(case, np.zeros(len(names)), keep=True)
    before = np.concatenate([worst_excess(flow, case.limits).amount for flow in base])
    low, high = np.zeros(len(names)), np.full(len(names), 8.0)
    broken = np.zeros(len(names), dtype=np.bool_)
    while (~broken & (high < _MOST_KW)).any():
        broken |= _by_feeder(case, _excess(case, np.where(broken, 0.0, high), base).amount) > 0
        low, high = np.where(broken, low, high), np.where(broken, high, 2 * high)
        if progress is not None:
            progress(0.5 * float(broken.mean()))
    while broken.any() and ((high - low)[broken] > np.maximum(tolerance * high[broken], 0.01)).any():
        middle = (low + high) / 2
        failed = _by_feeder(case, _excess(case, middle, base).amount) > 0
        low, high = np.where(failed | ~broken, low, middle), np.where(failed & broken, middle, high)
    found = _excess(case, high, base)
    if progress is not None:
        progress(1.0)
    most = [int(rows[np.argmax(found.amount[rows])]) for rows in _scenarios(case)]
    stops = [(k, bool(ok)) for k, ok in zip(most, broken, strict=True)]
    return pd.DataFrame(
        {
            "capacity_kw": low,
            "limit": [KINDS[found.kind[k]] if ok else "" for k, ok in stops],
            "element": [name_of(net, int(found.kind[k]), int(found.row[k])) if ok else "" for k, ok in stops],
            "hour": case.hour[most],
            "exceeded_before": _by_feeder(case, before) > 0,
            "buses": np.bincount(case.feeder_of_bus[case.weight > 0], minlength=len(names)),
        },
        index=pd.Index(names, name="feeder"),
    )


def _year(net: Any, p: Array, q: Array) -> PowerYear:
    return power_year(net, p, q, method="sweep" if is_radial(convert(net)) else "newton_raphson")


def _check(p: Array, technology: str, profile: Array, power_factor: float) -> None:
    findings = []
    if technology not in SIGN:
        findings.append(f"no technology {technology!r}: take one of {', '.join(SIGN)}")
    if profile.shape != (p.shape[1],) or not ((profile >= 0) & (profile <= 1)).all():
        findings.append(f"the profile must have a value between 0 and 1 for each of the {p.shape[1]} hours")
    elif not (profile > 0).any():
        findings.append("the profile is 0 in all hours: nothing would limit it")
    if not 0 < abs(power_factor) <= 1:
        findings.append(f"a power factor of {power_factor} is none: give up to 1")
    if findings:
        raise InputError(findings)


def _prepare(
    net: Any, loads: tuple[Array, Array], weight: npt.ArrayLike | None, tangent: float, limits: GridLimits
) -> tuple[_Case, list[str]]:
    """Find the feeders and how what is new is shared in them; a scenario each, of its hour of greatest load."""
    p, q = loads
    feeder = feeders_of(net, convert(net))
    names = [name for name in feeder.unique() if name]
    number = pd.Index(names).get_indexer(feeder)
    loaded = (p != 0).any(axis=1)
    share = loaded.astype(np.float64) if weight is None else np.asarray(weight, dtype=np.float64)
    if share.shape != (len(net.bus),) or not (share >= 0).all():
        raise InputError([f"weight must have a value of 0 or more for each of the {len(net.bus)} buses"])
    share = np.where(number >= 0, share, 0.0)
    whole = np.bincount(number[number >= 0], share[number >= 0], len(names))
    kept = np.flatnonzero(whole > 0)
    if len(kept) == 0:
        raise InputError(["no feeder has a bus with a load: give loads, or a weight for each bus"])
    place = np.full(len(names) + 1, -1)
    place[kept] = np.arange(len(kept))
    number = place[number]
    share = np.where(number >= 0, share / whole[kept][number], 0.0)
    own = np.zeros((len(kept), p.shape[1]))
    np.add.at(own, number[number >= 0], p[number >= 0])
    solver = prepare(net, np.flatnonzero(loaded | (q != 0).any(axis=1) | (share > 0)))
    case = _Case(
        solver, p, q, number, share, feeder=np.arange(len(kept)), hour=own.argmax(axis=1), unit=np.ones(len(kept)),
        tangent=tangent, limits=limits,
    )  # fmt: skip
    return case, [names[k] for k in kept]


def _with_hours(case: _Case, year: PowerYear, sign: float, profile: Array, count: int) -> _Case:
    """Give each feeder the hours in which a linear estimate leaves least room to some limit."""
    size = np.full(count, 10.0)
    before, after = (_joined(_flows(case, part, keep=True)) for part in (0.0 * size, size))
    usable = np.flatnonzero(profile > 0)
    per_kw = profile[usable]
    feeders, hours = [], []
    for k in range(count):
        found: list[Array] = []
        for name in ("u_pu", "line_percent", "trafo_percent"):
            answer = np.nan_to_num(np.abs(getattr(after, name)[k] - getattr(before, name)[k])) / size[k]
            felt = np.flatnonzero((answer > _FELT * answer.max(initial=0.0)) & (answer > 0))
            state = getattr(year, name)[np.ix_(felt, usable)].astype(np.float64)
            per = answer[felt][:, None] * per_kw
            rooms = [np.nan_to_num(room, nan=np.inf) / per for room in _room(state, name, sign, case.limits)]
            found += [room.min(axis=0, initial=np.inf) for room in rooms]
        own = np.unique(np.concatenate([usable[np.argsort(estimate, kind="stable")[:_EACH]] for estimate in found]))
        feeders.append(np.full(len(own), k))
        hours.append(own)
    feeder, hour = np.concatenate(feeders), np.concatenate(hours)
    return replace(case, feeder=feeder, hour=hour, unit=sign * profile[hour])


def _room(state: Array, name: str, sign: float, limits: GridLimits) -> list[Array]:
    """Distance of a state to its limits; what gives power turns a flow round before it fills the branch."""
    if name == "u_pu":
        return [state - limits.u_min_pu] if sign > 0 else [limits.u_max_pu - state]
    most = limits.line_percent if name == "line_percent" else limits.trafo_percent
    return [most - state] if sign > 0 else [most + state, most - state]


def _joined(flows: list[Flow]) -> Flow:
    return Flow(*(np.concatenate([getattr(flow, part.name) for flow in flows]) for part in fields(Flow)))


def _flows(case: _Case, size_kw: Array, *, keep: bool = False, base: list[Flow] | None = None) -> Any:
    """Power flow of each feeder's hours with some kW more in it: the flows, or how far they are beyond limits."""
    extra, bus = size_kw[case.feeder] * case.unit, case.solver.bus
    out: list[Any] = []
    for number, part in enumerate(chunks(case.solver, len(case.hour), _MEGABYTES)):
        here = case.feeder_of_bus[bus][:, None] == case.feeder[part]
        more = np.where(here, case.weight[bus][:, None], 0.0) * extra[part]
        p = case.p[np.ix_(bus, case.hour[part])] + more
        q = case.q[np.ix_(bus, case.hour[part])] + case.tangent * more
        flow = solve(case.solver, p, q)
        out.append(flow if keep else worst_excess(flow, case.limits, base[number] if base else None))
    return out


def _excess(case: _Case, size_kw: Array, base: list[Flow]) -> Excess:
    parts = _flows(case, size_kw, base=base)
    return Excess(*(np.concatenate([getattr(part, name) for part in parts]) for name in ("amount", "kind", "row")))


def _by_feeder(case: _Case, amount: Array) -> Array:
    """Largest amount of each feeder's scenarios."""
    found = np.zeros(int(case.feeder.max()) + 1)
    np.maximum.at(found, case.feeder, amount)
    return found


def _scenarios(case: _Case) -> list[Ints]:
    return np.split(np.arange(len(case.feeder)), np.flatnonzero(np.diff(case.feeder)) + 1)
