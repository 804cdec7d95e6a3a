"""A section of medium voltage breaks: who is dark, which open point helps, what is overloaded then."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from assets._errors import InputError
from assets.networks.power.limits import KINDS, GridLimits, name_of, worst_excess
from assets.networks.power.solving import Array, Flow, Solver, checked_loads, chunks, prepare, solve
from assets.networks.power.tables import Ints, rows_of
from assets.networks.power.topology import live_branches, supplied_nodes

_MEGABYTES = 48.0


@dataclass(frozen=True)
class _Switching:
    """A section cut and a tie closed: rows of power-grid-model's input; no tie where kind is empty."""

    section: int
    tie_kind: str
    tie: int
    dark: Ints


def contingencies(
    net: Any,
    p_kw: npt.ArrayLike,
    q_kvar: npt.ArrayLike | None = None,
    *,
    hours: npt.ArrayLike | None = None,
    ties: npt.ArrayLike | None = None,
    above_kv: float = 1.0,
    limits: GridLimits | None = None,
) -> pd.DataFrame:
    """Cut each section of the medium voltage, close the open point that helps best, and see whether the grid holds.

    Parameters
    ----------
    net : pandapowerNet
    p_kw, q_kvar : array_like, shape (buses, T)
        Loads [kW, kvar].
    hours : array_like of int, optional
        Hours to look at; by default the three of the largest load of all.
    ties : array_like, optional
        Lines that can be closed; by default those with an open switch. Open switches between buses can be closed too.
    above_kv : float
        Lines of buses above this voltage are cut [kV].
    limits : GridLimits, optional
        ±5 % and 100 % by default.

    Returns
    -------
    DataFrame
        Index: section (label of the line). Columns tie ("line 5", "switch 3", "" for none), dark_kw (without supply
        before switching), unsupplied_kw (after), line_percent and worst_line, trafo_percent and worst_trafo, u_min_pu
        and worst_bus, hour (the worst), limit (one of `KINDS`, "" where all is within), ok.

    Raises
    ------
    InputError
        The net or the loads cannot be calculated; unknown hours or ties.
    """
    p, q = checked_loads(net, p_kw, q_kvar)
    chosen = (
        np.argsort(-p.sum(axis=0), kind="stable")[:3] if hours is None else np.atleast_1d(np.asarray(hours, np.int64))
    )
    findings = [f"hour {h} is not among the {p.shape[1]}" for h in chosen if not 0 <= h < p.shape[1]]
    if ties is not None:
        findings += [f"tie {tie}: no such line" for tie in np.asarray(ties).tolist() if tie not in net.line.index]
    if findings:
        raise InputError(findings)
    loaded = np.flatnonzero((p[:, chosen] != 0).any(axis=1) | (q[:, chosen] != 0).any(axis=1))
    solver = prepare(net, loaded)
    moves = _moves(net, solver, ties, above_kv)
    if not moves:
        return pd.DataFrame(columns=[*_COLUMNS], index=pd.Index([], name="section"))
    held = limits or GridLimits()
    rows = _rows(net, solver, moves, (p, q, chosen), held)
    table = pd.DataFrame(rows).sort_values(["unsupplied_kw", "_amount"], kind="stable")
    best = table.groupby("section", sort=False).head(1).set_index("section").sort_index()
    best["ok"] = (best["unsupplied_kw"] <= 1e-9) & (best["limit"] == "")
    return best[[*_COLUMNS]]


_COLUMNS = ("tie", "dark_kw", "unsupplied_kw", "line_percent", "worst_line", "trafo_percent", "worst_trafo", "u_min_pu",
            "worst_bus", "hour", "limit", "ok")  # fmt: skip


def _moves(net: Any, solver: Solver, ties: npt.ArrayLike | None, above_kv: float) -> list[_Switching]:
    """All pairs of a section and a tie that brings supply back; a section without one stands alone."""
    grid = solver.grid
    branches = live_branches(grid)
    if "line" not in branches:
        return []
    start, _, live = branches["line"]
    high = grid.data["node"]["u_rated"][start] > 1e3 * above_kv
    own = np.isin(np.arange(len(start)), grid.line[grid.line >= 0])
    if ties is None:
        in_service = np.zeros(len(start), dtype=np.bool_)
        known = grid.line >= 0
        in_service[grid.line[known]] = net.line["in_service"].to_numpy(bool)[known]
        closable = [("line", int(k)) for k in np.flatnonzero(own & in_service & ~live)]
    else:
        closable = [("line", int(k)) for k in grid.line[rows_of(net.line.index, ties)] if k >= 0 and not live[k]]
    closable += [("link", k) for k in range(len(grid.data.get("link", ())))]
    before, found = supplied_nodes(grid), []
    for section in np.flatnonzero(live & high & own & before[start]):
        after = supplied_nodes(grid, without=("line", int(section)))
        lost = before & ~after
        dark = np.flatnonzero(np.where(grid.node_of_bus >= 0, lost[grid.node_of_bus], False))
        ends = {kind: (a, b) for kind, (a, b, _) in branches.items()}
        helping = [
            (kind, k)
            for kind, k in closable
            if lost[ends[kind][0][k]] != lost[ends[kind][1][k]] and before[[ends[kind][0][k], ends[kind][1][k]]].all()
        ]
        found += [_Switching(int(section), kind, k, dark) for kind, k in helping or [("", -1)]]
    return found


def _rows(
    net: Any, solver: Solver, moves: list[_Switching], loads: tuple[Array, Array, Ints], limits: GridLimits
) -> list[dict[str, Any]]:
    """One row for each switching, of its worst hour."""
    p, q, hours = loads
    count, grid = len(hours), solver.grid
    move, hour = np.repeat(np.arange(len(moves)), count), np.tile(hours, len(moves))
    section_of = pd.Series(net.line.index[grid.line >= 0], index=grid.line[grid.line >= 0])
    rows: list[dict[str, Any]] = []
    step = max(count, next(chunks(solver, len(move), _MEGABYTES)).stop // count * count)
    for first in range(0, len(move), step):
        part = slice(first, min(first + step, len(move)))
        status = _status(solver, [moves[k] for k in move[part]])
        flow = solve(solver, p[np.ix_(solver.bus, hour[part])], q[np.ix_(solver.bus, hour[part])], status=status)
        excess = worst_excess(flow, limits)
        for k in range(0, part.stop - first, count):
            here = moves[move[first + k]]
            own = range(k, k + count)
            worst = k + int(np.argmax([_rank(flow, excess.amount[b], b) for b in own]))
            tie = "" if not here.tie_kind else _tie_name(net, grid, here, section_of)
            at = int(hour[first + worst])
            rows.append({
                "section": section_of[here.section], "tie": tie, "hour": at,
                "dark_kw": float(p[here.dark, at].sum()), "_amount": float(excess.amount[worst]),
                "limit": KINDS[excess.kind[worst]] if excess.kind[worst] >= 0 else "",
                **_figures(net, flow, p[:, at], worst),
            })  # fmt: skip
    return rows


def _rank(flow: Flow, amount: float, scenario: int) -> float:
    """Rank an hour: beyond a limit first, then the most loaded line."""
    return amount * 1e6 + (float(np.nanmax(flow.line_percent[scenario], initial=0.0)) if flow.solved[scenario] else 0.0)


def _status(solver: Solver, moves: list[_Switching]) -> dict[str, dict[str, npt.NDArray[np.int8]]]:
    data = solver.grid.data
    found: dict[str, dict[str, npt.NDArray[np.int8]]] = {}
    for kind in ("line", "link"):
        if kind not in data:
            continue
        ends = {}
        for name in ("from_status", "to_status"):
            status = np.repeat(data[kind][name][None], len(moves), axis=0)
            for row, move in enumerate(moves):
                if kind == "line":
                    status[row, move.section] = 0
                if move.tie_kind == kind:
                    status[row, move.tie] = 1
            ends[name] = status
        found[kind] = ends
    return found


def _tie_name(net: Any, grid: Any, move: _Switching, line_of: pd.Series) -> str:
    if move.tie_kind == "line":
        return f"line {line_of[move.tie]}"
    switch = net.switch[(net.switch["et"] == "b").to_numpy() & ~net.switch["closed"].to_numpy(bool)]
    a, b = (grid.node_of_bus[rows_of(net.bus.index, switch[name])] for name in ("bus", "element"))
    kept = (a >= 0) & (b >= 0) & (a != b)
    return f"switch {switch.index[kept][move.tie]}"


def _figures(net: Any, flow: Flow, p: Array, scenario: int) -> dict[str, Any]:
    u, line, trafo = flow.u_pu[scenario], flow.line_percent[scenario], flow.trafo_percent[scenario]
    if not flow.solved[scenario]:
        nothing = {"line_percent": np.nan, "worst_line": "", "trafo_percent": np.nan, "worst_trafo": ""}
        return {"unsupplied_kw": float(p.sum()), "u_min_pu": np.nan, "worst_bus": "", **nothing}
    worst_line, worst_bus = int(np.argmax(line)), int(np.nanargmin(u))
    return {
        "unsupplied_kw": float(p[np.isnan(u)].sum()),
        "line_percent": float(line[worst_line]),
        "worst_line": name_of(net, 2, worst_line),
        "trafo_percent": float(trafo.max(initial=0.0)),
        "worst_trafo": name_of(net, 3, int(np.argmax(trafo))) if len(trafo) else "",
        "u_min_pu": float(u[worst_bus]),
        "worst_bus": name_of(net, 0, worst_bus),
    }
