"""How much more a feeder can take: bisection over all feeders at once, in the hours that matter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from assets._errors import InputError
from assets.networks.power.limits import KINDS, Excess, GridLimits, name_of, worst_excess
from assets.networks.power.solving import Array, Flow, Solver, checked_loads, chunks, prepare, solve
from assets.networks.power.tables import Ints
from assets.networks.power.topology import feeders_of

SIGN = {"pv": -1.0, "ev": 1.0, "heat_pump": 1.0}
"""Taken from the grid is positive."""
_SIZES = (0.0, 0.5, 1.0, 2.0, 4.0, 8.0)
"""Sizes by the feeder's own peak, at which the hours that matter are looked for."""
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
    progress: Callable[[float], None] | None = None,
) -> pd.DataFrame:
    """Find the most of a technology that each feeder can take on top of its loads.

    One feeder after the other gets more while the others stay as they are. In each of the hours that matter (those of
    the greatest net flow, of the feeder and of the whole grid, for several sizes) the whole net is calculated.

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
    case, names = _prepare(net, (p, q), technology, np.asarray(profile, dtype=np.float64), weight)
    if not 0 < abs(power_factor) <= 1:
        raise InputError([f"a power factor of {power_factor} is none: give up to 1"])
    tangent = float(np.sign(power_factor) * np.tan(np.arccos(abs(power_factor))))
    case = replace(case, limits=limits or GridLimits(), tangent=tangent)
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


def _prepare(
    net: Any, loads: tuple[Array, Array], technology: str, profile: Array, weight: npt.ArrayLike | None
) -> tuple[_Case, list[str]]:
    """Find the feeders, how what is new is shared in them, and the hours that matter to each."""
    p, q = loads
    findings = []
    if technology not in SIGN:
        findings.append(f"no technology {technology!r}: take one of {', '.join(SIGN)}")
    if profile.shape != (p.shape[1],) or not ((profile >= 0) & (profile <= 1)).all():
        findings.append(f"the profile must have a value between 0 and 1 for each of the {p.shape[1]} hours")
    elif not (profile > 0).any():
        findings.append("the profile is 0 in all hours: nothing would limit it")
    if findings:
        raise InputError(findings)
    first = prepare(net, np.empty(0, dtype=np.int64))
    feeder = feeders_of(net, first.grid)
    names = [name for name in feeder.unique() if name]
    number = pd.Index(names).get_indexer(feeder)
    loaded = (p != 0).any(axis=1)
    share = loaded.astype(float) if weight is None else np.asarray(weight, dtype=np.float64)
    if share.shape != (len(net.bus),) or not (share >= 0).all():
        raise InputError([f"weight must have a value of 0 or more for each of the {len(net.bus)} buses"])
    share = np.where(number >= 0, share, 0.0)
    whole = np.bincount(number[number >= 0], share[number >= 0], len(names))
    kept = [k for k in range(len(names)) if whole[k] > 0]
    if not kept:
        raise InputError(["no feeder has a bus with a load: give loads, or a weight for each bus"])
    place = np.full(len(names) + 1, -1)
    place[kept] = np.arange(len(kept))
    number = place[number]
    share = np.where(number >= 0, share / whole[np.array(kept)][number], 0.0)
    hours = _hours(p, number, len(kept), profile, SIGN[technology])
    own = [np.unique(row) for row in hours]
    feeder_of = np.repeat(np.arange(len(kept)), [len(row) for row in own])
    hour = np.concatenate(own)
    solver = prepare(net, np.flatnonzero(loaded | (q != 0).any(axis=1) | (share > 0)))
    unit = SIGN[technology] * profile[hour]
    case = _Case(solver, p, q, number, share, feeder_of, hour, unit, 0.0, GridLimits())
    return case, [names[k] for k in kept]


def _hours(p: Array, feeder: Ints, count: int, profile: Array, sign: float) -> Ints:
    """Hours of the greatest flow with the technology in them, shape (feeders, hours)."""
    own = np.zeros((count, p.shape[1]))
    np.add.at(own, feeder[feeder >= 0], p[feeder >= 0])
    peak = np.maximum(np.abs(own).max(axis=1), 10.0)
    whole = p.sum(axis=0) / count
    found = []
    for size in _SIZES:
        more = sign * size * peak[:, None] * profile
        usable = np.where(profile > 0, 0.0, -np.inf)
        found += [(sign * (own + more) + usable).argmax(axis=1), (sign * (own + whole + more) + usable).argmax(axis=1)]
    return np.column_stack(found).astype(np.int64)


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
