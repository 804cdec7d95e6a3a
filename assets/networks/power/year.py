"""A year of power flow of a net, in batches: voltages, loadings and losses by the hour."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from assets._errors import InputError
from assets.networks.power.conversion import GridInput, convert
from assets.networks.power.radial import is_radial, radial_grid, swept
from assets.networks.power.solving import METHODS, Array, Mask, checked_loads, chunks, prepare, solve
from assets.networks.power.tables import column, rows_of

Single = npt.NDArray[np.float32]
_MEGABYTES = 48.0
"""Results of one batch: small enough for the cache's sake, large enough that starting it does not count."""


@dataclass(frozen=True)
class PowerYear:
    """Power flow of T hours; the orders of buses, lines and transformers are those of the net's tables.

    Attributes
    ----------
    u_pu : ndarray of float32, shape (buses, T)
        Voltage [p.u.]; NaN at a bus without supply and in hours without a solution.
    line_percent : ndarray of float32, shape (lines, T)
        Loading of the lines by current [%].
    trafo_percent : ndarray of float32, shape (trafos, T)
        Loading of the transformers by current, of the more loaded side [%].
    loss_kw : ndarray, shape (T,)
        Active losses of all lines and transformers [kW].
    supply_kw, supply_kvar : ndarray, shape (T,)
        Taken from the external grids; negative where the net gives [kW, kvar].
    line_loss_kw, trafo_loss_kw : ndarray, shapes (lines,), (trafos,)
        Losses of each element, added up over all solved steps [kW]: times the length of a step, its energy.
    solved : ndarray of bool, shape (T,)
        False in hours whose loads the net cannot carry at all: no voltages solve the equations.
    bus, line, trafo : pandas.Index
        Labels of the rows.
    """

    u_pu: Single
    line_percent: Single
    trafo_percent: Single
    loss_kw: Array
    supply_kw: Array
    supply_kvar: Array
    line_loss_kw: Array
    trafo_loss_kw: Array
    solved: Mask
    bus: pd.Index
    line: pd.Index
    trafo: pd.Index


def net_loads(net: Any) -> tuple[Array, Array]:
    """Sum up loads, generators and storages of the net's own tables at their buses.

    Parameters
    ----------
    net : pandapowerNet

    Returns
    -------
    p_kw, q_kvar : ndarray, shape (buses, 1)
        Taken is positive.
    """
    p, q = np.zeros(len(net.bus)), np.zeros(len(net.bus))
    for table, sign in (("load", 1e3), ("storage", 1e3), ("sgen", -1e3)):
        frame = net[table][net[table]["in_service"].to_numpy(bool)]
        row, scale = rows_of(net.bus.index, frame["bus"]), sign * column(frame, "scaling", 1.0)
        np.add.at(p, row, scale * frame["p_mw"].to_numpy(float))
        np.add.at(q, row, scale * frame["q_mvar"].to_numpy(float))
    frame = net["asymmetric_load"][net["asymmetric_load"]["in_service"].to_numpy(bool)]
    row, scale = rows_of(net.bus.index, frame["bus"]), 1e3 * column(frame, "scaling", 1.0)
    for phase in "abc":
        np.add.at(p, row, scale * frame[f"p_{phase}_mw"].to_numpy(float))
        np.add.at(q, row, scale * frame[f"q_{phase}_mvar"].to_numpy(float))
    return p[:, None], q[:, None]


def power_year(
    net: Any,
    p_kw: npt.ArrayLike,
    q_kvar: npt.ArrayLike | None = None,
    *,
    trafo_model: str = "t",
    method: str = "newton_raphson",
    threads: int = 1,
    megabytes: float = _MEGABYTES,
    progress: Callable[[float], None] | None = None,
) -> PowerYear:
    """Calculate the balanced power flow of every hour.

    Parameters
    ----------
    net : pandapowerNet
        The grid; its own loads and generators are not looked at (`net_loads` gives them).
    p_kw, q_kvar : array_like, shape (buses, T)
        Load at each row of `net.bus` [kW, kvar]: taken is positive, given negative. No reactive power by default.
    trafo_model : str
        "t" or "pi", as `pandapower.runpp`.
    method : str
        "newton_raphson" or "iterative_current" (faster on low-voltage nets, 1e-9 p.u. less exact) of power-grid-model;
        "sweep" for radial nets (`assets.networks.power.radial`), whose hours that do not settle Newton solves;
        "auto" is "sweep" where the net is radial, else Newton.
    threads : int
        Native threads.
    megabytes : float
        Memory of one batch's results.
    progress : callable, optional
        Gets the part done, 0 to 1, after each batch.

    Returns
    -------
    PowerYear

    Raises
    ------
    InputError
        The net or the loads cannot be calculated; all findings at once.
    """
    p, q = checked_loads(net, p_kw, q_kvar)
    if method not in (*METHODS, "sweep", "auto"):
        raise InputError([f"no method {method!r}: take {', '.join(METHODS)}, sweep or auto"])
    if method in {"sweep", "auto"}:
        grid = convert(net, trafo_model=trafo_model)
        if method == "sweep" or is_radial(grid):
            return _swept_year(net, grid, p, q, (trafo_model, progress))
        method = METHODS[0]
    solver = prepare(net, np.flatnonzero((p != 0).any(axis=1) | (q != 0).any(axis=1)), trafo_model=trafo_model)
    hours = p.shape[1]
    u = np.empty((len(net.bus), hours), dtype=np.float32)
    line, trafo = np.empty((len(net.line), hours), np.float32), np.empty((len(net.trafo), hours), np.float32)
    loss, supply, reactive = np.empty(hours), np.empty(hours), np.empty(hours)
    line_loss, trafo_loss = np.zeros(len(net.line)), np.zeros(len(net.trafo))
    solved = np.empty(hours, dtype=np.bool_)
    for part in chunks(solver, hours, megabytes):
        flow = solve(solver, p[solver.bus, part], q[solver.bus, part], method=method, threads=threads)
        count = part.stop - part.start
        u[:, part] = _wide(flow.u_pu, count)
        line[:, part], trafo[:, part] = _wide(flow.line_percent, count), _wide(flow.trafo_percent, count)
        loss[part] = flow.line_loss_kw.sum(axis=1) + flow.trafo_loss_kw.sum(axis=1)
        supply[part], reactive[part], solved[part] = flow.supply_kw, flow.supply_kvar, flow.solved
        line_loss += flow.line_loss_kw[flow.solved].sum(axis=0) * (count // len(flow.solved))
        trafo_loss += flow.trafo_loss_kw[flow.solved].sum(axis=0) * (count // len(flow.solved))
        if progress is not None:
            progress(part.stop / hours)
    return PowerYear(
        u_pu=u,
        line_percent=line,
        trafo_percent=trafo,
        loss_kw=loss,
        supply_kw=supply,
        supply_kvar=reactive,
        line_loss_kw=line_loss,
        trafo_loss_kw=trafo_loss,
        solved=solved,
        bus=net.bus.index,
        line=net.line.index,
        trafo=net.trafo.index,
    )


def _swept_year(
    net: Any, grid: GridInput, p: Array, q: Array, how: tuple[str, Callable[[float], None] | None]
) -> PowerYear:
    """Sweep over the tree; what does not settle goes to Newton."""
    trafo_model, progress = how
    found = swept(radial_grid(grid), p, q, progress=progress)
    lines = len(net.line)
    u, percent, loss, supply, solved = found.u_pu, found.percent, found.loss_kw, found.supply_kva, found.solved
    line_loss, trafo_loss = found.branch_loss_kw[:lines], found.branch_loss_kw[lines:]
    left = np.flatnonzero(~solved)
    if len(left):
        rest = power_year(net, p[:, left], q[:, left], trafo_model=trafo_model)
        u[:, left], percent[:, left] = rest.u_pu, np.vstack([rest.line_percent, rest.trafo_percent])
        loss[left], supply[left], solved[left] = rest.loss_kw, rest.supply_kw + 1j * rest.supply_kvar, rest.solved
        line_loss, trafo_loss = line_loss + rest.line_loss_kw, trafo_loss + rest.trafo_loss_kw
    return PowerYear(
        u_pu=u,
        line_percent=percent[:lines],
        trafo_percent=percent[lines:],
        loss_kw=loss,
        supply_kw=supply.real.copy(),
        supply_kvar=supply.imag.copy(),
        line_loss_kw=line_loss,
        trafo_loss_kw=trafo_loss,
        solved=solved,
        bus=net.bus.index,
        line=net.line.index,
        trafo=net.trafo.index,
    )


def _wide(found: Array, hours: int) -> npt.NDArray[Any]:
    """Elements × hours; a net without any load is calculated once for all hours."""
    return np.broadcast_to(found.astype(np.float32).T, (found.shape[1], hours))
