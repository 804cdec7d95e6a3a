"""Many power flows of one net at once, through power-grid-model: loads and switching by scenario, flows by element."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from assets._errors import InputError
from assets.networks.power.conversion import GridInput, convert

Array = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
METHODS = ("newton_raphson", "iterative_current")
_ROUNDS = 25
"""Of Newton's method: from a flat start it settles within ten, near the collapse within twice as many."""
_BRANCH = ["i_from", "i_to", "p_from", "p_to"]


@dataclass(frozen=True)
class Solver:
    """A net made ready for many calculations.

    Attributes
    ----------
    grid : GridInput
    model : power_grid_model.PowerGridModel
        With one load at each bus of `bus`.
    bus : ndarray of int64, shape (k,)
        Rows of `net.bus` that have a load in some scenario and are in service.
    """

    grid: GridInput
    model: Any
    bus: Ints


@dataclass(frozen=True)
class Flow:
    """Some scenarios' power flow; B scenarios, elements in the net's order.

    Attributes
    ----------
    u_pu : ndarray, shape (B, buses)
        Voltage [p.u.]; NaN at a bus without supply and where the calculation found no solution.
    line_percent, trafo_percent : ndarray, shapes (B, lines), (B, trafos)
        Loading [%]: the larger of both ends' currents by that of 100 %.
    line_loss_kw, trafo_loss_kw : ndarray, shapes (B, lines), (B, trafos)
        Active losses [kW].
    supply_kw, supply_kvar : ndarray, shape (B,)
        Taken from the external grids [kW, kvar].
    solved : ndarray of bool, shape (B,)
        False where no solution was found: voltages collapse.
    """

    u_pu: Array
    line_percent: Array
    trafo_percent: Array
    line_loss_kw: Array
    trafo_loss_kw: Array
    supply_kw: Array
    supply_kvar: Array
    solved: Mask


def checked_loads(net: Any, p_kw: npt.ArrayLike, q_kvar: npt.ArrayLike | None) -> tuple[Array, Array]:
    """Return loads as (buses, T) arrays, or an error that says what is wrong with them."""
    p = np.asarray(p_kw, dtype=np.float64)
    q = np.zeros_like(p) if q_kvar is None else np.asarray(q_kvar, dtype=np.float64)
    findings = []
    for name, value in (("p_kw", p), ("q_kvar", q)):
        if value.ndim != 2 or value.shape[0] != len(net.bus):
            findings.append(
                f"{name} has the shape {value.shape}; give a row for each of the {len(net.bus)} buses, an hour a column"
            )
        elif not np.isfinite(value).all():
            names = [str(net.bus.index[row]) for row in np.flatnonzero(~np.isfinite(value).all(axis=1))]
            findings.append(f"{name} is missing in some hours at bus {', '.join(names[:5])}: give 0 for no load")
    if not findings and p.shape != q.shape:
        findings.append(f"p_kw and q_kvar have {p.shape[1]} and {q.shape[1]} hours; give the same")
    if findings:
        raise InputError(findings)
    return p, q


def prepare(net: Any, bus: npt.ArrayLike, *, trafo_model: str = "t") -> Solver:
    """Make a net ready, with a load at each of some rows of `net.bus`."""
    from power_grid_model import PowerGridModel, initialize_array  # noqa: PLC0415 - a native library, loaded on demand

    grid = convert(net, trafo_model=trafo_model)
    rows = np.asarray(bus, dtype=np.int64)
    rows = rows[grid.node_of_bus[rows] >= 0]
    load = initialize_array("input", "sym_load", len(rows))
    load["id"], load["node"] = grid.first_free_id + np.arange(len(rows)), grid.node_of_bus[rows]
    load["status"], load["type"], load["p_specified"], load["q_specified"] = 1, 0, 0.0, 0.0
    data = grid.data | ({"sym_load": load} if len(rows) else {})
    return Solver(grid, PowerGridModel(data, system_frequency=grid.frequency_hz), rows)


def chunks(solver: Solver, count: int, megabytes: float) -> Iterator[slice]:
    """Ranges of scenarios whose results take no more than some memory each."""
    grid = solver.grid
    values = 2 * len(solver.bus) + len(grid.node_of_bus) * 2 + 8 * (len(grid.line) + len(grid.trafo)) + 4
    step = int(max(1, megabytes * 1e6 // (8 * values)))
    for first in range(0, count, step):
        yield slice(first, min(first + step, count))


def solve(
    solver: Solver,
    p_kw: Array,
    q_kvar: Array,
    *,
    status: dict[str, dict[str, npt.NDArray[np.int8]]] | None = None,
    method: str = "newton_raphson",
    tolerance: float = 1e-8,
    threads: int = 1,
) -> Flow:
    """Solve scenarios.

    Parameters
    ----------
    solver : Solver
    p_kw, q_kvar : ndarray, shape (k, B)
        Load at each bus of `solver.bus` [kW, kvar]: taken is positive, given negative.
    status : dict, optional
        power-grid-model's update of switches: component to attribute to array of shape (B, elements).
    method : str
        One of `METHODS`; steps that "iterative_current" does not solve are tried again by Newton.
    tolerance : float
        Of the iteration [p.u. of voltage].
    threads : int
        Native threads to share the scenarios among.

    Returns
    -------
    Flow
    """
    update: dict[str, Any] = {name: dict(columns) for name, columns in (status or {}).items()}
    if len(solver.bus):
        told = np.ascontiguousarray(p_kw.T) * 1e3, np.ascontiguousarray(q_kvar.T) * 1e3
        update["sym_load"] = {"p_specified": told[0], "q_specified": told[1]}
    result, solved = _run(solver, update, method, tolerance, threads)
    if method != "newton_raphson" and not solved.all():
        again = {
            name: {key: np.ascontiguousarray(value[~solved]) for key, value in columns.items()}
            for name, columns in update.items()
        }
        second, better = _run(solver, again, "newton_raphson", tolerance, threads)
        for name, columns in second.items():
            for key, value in columns.items():
                result[name][key][~solved] = value
        solved[~solved] = better
    return _flow(solver.grid, result, solved)


def _run(
    solver: Solver, update: dict[str, Any], method: str, tolerance: float, threads: int
) -> tuple[dict[str, dict[str, Array]], Mask]:
    from power_grid_model.errors import PowerGridBatchError  # noqa: PLC0415

    grid = solver.grid
    wanted = {"node": ["energized", "u_pu"], "source": ["p", "q"]}
    wanted |= {name: _BRANCH for name in ("line", grid.trafo_kind) if name in grid.data}
    count = len(next(iter(next(iter(update.values())).values()))) if update else 1
    rounds = _ROUNDS if method == METHODS[0] else 100
    result = solver.model.calculate_power_flow(
        update_data=update or None, calculation_method=method, error_tolerance=tolerance, max_iterations=rounds,
        threading=threads if threads > 1 else -1, output_component_types=wanted, continue_on_batch_error=True,
    )  # fmt: skip
    if not update:
        result = {name: {key: value[None] for key, value in columns.items()} for name, columns in result.items()}
    solved = np.ones(count, dtype=np.bool_)
    error = solver.model.batch_error
    if isinstance(error, PowerGridBatchError):
        solved[np.asarray(error.failed_scenarios, dtype=np.int64)] = False
    return result, solved


def _flow(grid: GridInput, result: dict[str, dict[str, Array]], solved: Mask) -> Flow:
    """Give the results in the order of the net's tables."""
    node = result["node"]
    live = (node["energized"] == 1) & solved[:, None]
    u = np.where(live, node["u_pu"], np.nan)[:, grid.node_of_bus]
    u[:, grid.node_of_bus < 0] = np.nan
    line, trafo = result.get("line"), result.get(grid.trafo_kind)
    line_percent, line_loss = _branch(line, grid.line, grid.line_limit_a, grid.line_limit_a, solved)
    trafo_percent, trafo_loss = _branch(trafo, grid.trafo, grid.trafo_limit_a[:, 0], grid.trafo_limit_a[:, 1], solved)
    source = result["source"]
    return Flow(
        u_pu=u,
        line_percent=line_percent,
        line_loss_kw=line_loss,
        trafo_percent=trafo_percent,
        trafo_loss_kw=trafo_loss,
        supply_kw=np.where(solved, source["p"].sum(axis=1) / 1e3, np.nan),
        supply_kvar=np.where(solved, source["q"].sum(axis=1) / 1e3, np.nan),
        solved=solved,
    )


def _branch(
    found: dict[str, Array] | None, place: Ints, limit_from_a: Array, limit_to_a: Array, solved: Mask
) -> tuple[Array, Array]:
    """Return loading [%] and losses [kW] of branches; 0 for those that are not in the calculation."""
    if found is None:
        return np.zeros((len(solved), len(place))), np.zeros((len(solved), len(place)))
    straight = len(place) == found["p_from"].shape[1] and (place == np.arange(len(place))).all()
    take = slice(None) if straight else place
    with np.errstate(over="ignore", invalid="ignore"):  # of hours without a solution, which are taken out below
        percent = np.maximum(
            found["i_from"][:, take] * (100 / limit_from_a), found["i_to"][:, take] * (100 / limit_to_a)
        )
    loss = (found["p_from"][:, take] + found["p_to"][:, take]) / 1e3
    if not straight:
        percent[:, place < 0] = loss[:, place < 0] = 0.0
    if not solved.all():
        percent[~solved] = loss[~solved] = np.nan
    return percent, loss
