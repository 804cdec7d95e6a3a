"""Whose load it is that overloads an element or moves a voltage: the element without each of the loads in turn."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from assets._errors import InputError
from assets.networks.power.solving import Array, Solver, checked_loads, chunks, prepare, solve
from assets.networks.power.tables import Ints, rows_of
from assets.networks.power.topology import fed_buses

ELEMENTS = ("line", "trafo", "bus")
_MEGABYTES = 48.0


def causes(
    net: Any,
    element: tuple[str, Any],
    hours: npt.ArrayLike,
    p_kw: npt.ArrayLike,
    q_kvar: npt.ArrayLike | None = None,
    *,
    assets: pd.DataFrame | None = None,
    asset_kw: npt.ArrayLike | None = None,
) -> pd.DataFrame:
    """Rank buses, or assets, by what their loads do to an element.

    For each bus the power flow is calculated without its load; the difference is its contribution: exact for a change
    of this one, and nearly additive, as the flow is nearly linear. Behind a branch without a second way only the buses
    that it feeds are looked at.

    Parameters
    ----------
    net : pandapowerNet
    element : (str, label)
        ("line", 12), ("trafo", 3): its loading. ("bus", 40): its voltage.
    hours : array_like of int, shape (h,)
        Hours to look at.
    p_kw, q_kvar : array_like, shape (buses, T)
        Loads [kW, kvar].
    assets : DataFrame, optional
        Index: asset. Column bus (label). The rows are then assets instead of buses.
    asset_kw : array_like, shape (assets, T)
        Load of each asset [kW]; the contribution of a bus is shared out by it.

    Returns
    -------
    DataFrame
        Index: bus or asset, the greatest contribution first. Columns bus, kw (mean over the hours), contribution (mean:
        percentage points of loading, or per cent of the rated voltage that it falls, negative where it rises), share
        (of the sum of all contributions of the same direction as the element's state) and worst_hour (the hour of its
        greatest contribution).

    Raises
    ------
    InputError
        Unknown element or hours, loads that do not fit.
    """
    p, q = checked_loads(net, p_kw, q_kvar)
    chosen = np.atleast_1d(np.asarray(hours, dtype=np.int64))
    kind, label = element
    findings = [f"hour {h} is not among the {p.shape[1]}" for h in chosen if not 0 <= h < p.shape[1]]
    if len(chosen) == 0:
        findings.append("give one hour at least")
    if kind not in ELEMENTS:
        findings.append(f"no kind of element {kind!r}: take one of {', '.join(ELEMENTS)}")
    elif label not in net[kind].index:
        findings.append(f"{kind} {label}: no such element in the net")
    findings += _asset_findings(net, assets, asset_kw, p.shape[1])
    if findings:
        raise InputError(findings)
    solver = prepare(net, np.flatnonzero((p[:, chosen] != 0).any(axis=1) | (q[:, chosen] != 0).any(axis=1)))
    row = int(rows_of(net[kind].index, [label])[0])
    rows = _looked_at(solver, kind, row)
    effect = _effects(solver, (kind, row), rows, p[:, chosen], q[:, chosen])
    kw = p[solver.bus[rows]][:, chosen]
    bus = net.bus.index[solver.bus[rows]]
    if assets is None:
        return _ranked(bus, bus, kw, effect, chosen)
    place = rows_of(pd.Index(bus), assets["bus"])
    own = np.asarray(asset_kw, dtype=np.float64)[:, chosen][place >= 0]
    at = place[place >= 0]
    part = np.divide(own, kw[at], out=np.zeros_like(own), where=np.abs(kw[at]) > 1e-9)
    return _ranked(assets.index[place >= 0], bus[at], own, effect[at] * part, chosen)


def _asset_findings(net: Any, assets: pd.DataFrame | None, asset_kw: npt.ArrayLike | None, hours: int) -> list[str]:
    if assets is None:
        return []
    findings = []
    if "bus" not in assets:
        findings.append("assets have no column bus: give the bus of each")
    else:
        lost = assets.index[~assets["bus"].isin(net.bus.index)]
        findings += [f"asset {name}: its bus is not in the net" for name in lost[:5]]
    told = np.asarray([] if asset_kw is None else asset_kw)
    if told.shape != (len(assets), hours):
        findings.append(f"asset_kw has the shape {told.shape}; give ({len(assets)}, {hours})")
    return findings


def _looked_at(solver: Solver, kind: str, row: int) -> Ints:
    """Places in the solver's buses whose loads are left out in turn."""
    if kind == "bus":
        return np.arange(len(solver.bus))
    place = solver.grid.line[row] if kind == "line" else solver.grid.trafo[row]
    if place < 0:
        return np.empty(0, dtype=np.int64)
    fed = fed_buses(solver.grid, "line" if kind == "line" else solver.grid.trafo_kind, int(place))
    return np.flatnonzero(fed[solver.bus]) if fed.any() else np.arange(len(solver.bus))


def _effects(solver: Solver, element: tuple[str, int], rows: Ints, p: Array, q: Array) -> Array:
    """Subtract the state without each load from that with all: loading or drop of voltage, (rows, hours) [%]."""
    count = p.shape[1]
    scenario_row, hour = np.repeat(np.append(-1, rows), count), np.tile(np.arange(count), len(rows) + 1)
    state = np.empty(len(hour))
    for part in chunks(solver, len(hour), _MEGABYTES):
        left = np.arange(len(solver.bus))[:, None] == scenario_row[part]
        told = (np.where(left, 0.0, load[np.ix_(solver.bus, hour[part])]) for load in (p, q))
        flow = solve(solver, *told)
        if element[0] == "bus":
            state[part] = -100 * flow.u_pu[:, element[1]]
        else:
            state[part] = (flow.line_percent if element[0] == "line" else flow.trafo_percent)[:, element[1]]
    table = state.reshape(len(rows) + 1, count)
    return np.asarray(table[0] - table[1:])


def _ranked(index: pd.Index, bus: pd.Index, kw: Array, effect: Array, hours: Ints) -> pd.DataFrame:
    mean = np.nanmean(effect, axis=1) if effect.size else np.zeros(len(index))
    direction = 1.0 if mean.sum() >= 0 else -1.0
    helping = np.maximum(direction * mean, 0.0)
    worst = (
        np.argmax(np.nan_to_num(direction * effect), axis=1) if effect.size else np.zeros(len(index), dtype=np.int64)
    )
    found = pd.DataFrame(
        {
            "bus": bus,
            "kw": kw.mean(axis=1) if kw.size else np.zeros(len(index)),
            "contribution": mean,
            "share": helping / max(float(helping.sum()), 1e-12),
            "worst_hour": hours[worst],
        },
        index=index,
    )
    return found.iloc[np.argsort(-direction * mean, kind="stable")]
