"""Three phases of a low-voltage net, each with its own loads, through power-grid-model's asymmetric calculation.

Lines are given by positive- and zero-sequence impedances. Those of a four-wire cable hold its neutral, earthed at the
transformer: Z0 = Z_phase + 3 Z_neutral (Carson's and Kron's reductions done beforehand), so there is no node for the
neutral and voltages are those from phase to it. Transformers stop or pass the zero sequence by their vector group; a
star point that is led out is earthed without an impedance. Loads are stars of constant power.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from assets._errors import InputError
from assets.catalogue import limit
from assets.networks.power.conversion import GridInput, convert
from assets.networks.power.tables import Array, Ints, rows_of

Single = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]
PHASES = 3
UNBALANCE_LIMIT_PERCENT = limit("voltage_unbalance")
"""Negative- by positive-sequence voltage in 95 % of the 10-minute means: EN 50160:2010, 4.2.4."""
_TURN = np.exp(2j * np.pi / 3)
_MEGABYTES = 48.0


@dataclass(frozen=True)
class UnbalancedYear:
    """Three-phase power flow of T steps; the orders of buses and lines are those of the net's tables.

    Attributes
    ----------
    u_pu : ndarray of float32, shape (buses, 3, T)
        Voltage from phase to neutral by the rated one [p.u.].
    unbalance_percent : ndarray of float32, shape (buses, T)
        Negative- by positive-sequence voltage [%].
    line_percent : ndarray of float32, shape (lines, T)
        Loading of the most loaded phase [%].
    neutral_a : ndarray of float32, shape (lines, T)
        Sum of the three phases' currents: what returns in neutral and earth [A].
    trafo_percent : ndarray of float32, shape (trafos, T)
        Loading of the most loaded phase and side [%].
    loss_kw, supply_kw : ndarray, shape (T,)
        Losses of lines and transformers; power taken from the external grids [kW].
    solved : ndarray of bool, shape (T,)
    bus, line, trafo : pandas.Index
        Labels of the rows.
    """

    u_pu: Single
    unbalance_percent: Single
    line_percent: Single
    neutral_a: Single
    trafo_percent: Single
    loss_kw: Array
    supply_kw: Array
    solved: Mask
    bus: pd.Index
    line: pd.Index
    trafo: pd.Index


def assign_phases(kw: npt.ArrayLike, group: npt.ArrayLike | None = None) -> Ints:
    """Connect single-phase devices so that the phases of each group carry about the same.

    The largest goes first, each to the phase that carries least so far (longest processing time, Graham 1969).

    Parameters
    ----------
    kw : array_like, shape (d,)
        Power of each device [kW].
    group : array_like, shape (d,), optional
        Feeder or building of each, balanced on its own; one group by default.

    Returns
    -------
    ndarray of int64, shape (d,)
        0, 1 or 2.
    """
    power = np.abs(np.asarray(kw, dtype=np.float64))
    label = np.zeros(len(power), np.int64) if group is None else np.unique(np.asarray(group), return_inverse=True)[1]
    carried = np.zeros((int(label.max(initial=0)) + 1, PHASES))
    phase = np.zeros(len(power), dtype=np.int64)
    for device in np.argsort(-power, kind="stable"):
        phase[device] = int(np.argmin(carried[label[device]]))
        carried[label[device], phase[device]] += power[device]
    return phase


def phase_loads(net: Any, bus: npt.ArrayLike, phase: npt.ArrayLike, kw: npt.ArrayLike) -> Array:
    """Sum up devices at their buses and phases.

    Parameters
    ----------
    net : pandapowerNet
    bus : array_like, shape (d,)
        Label of each device's bus.
    phase : array_like of int, shape (d,)
        0, 1 or 2; 3 for a device on all three.
    kw : array_like, shape (d, T)
        Taken is positive [kW], or kvar.

    Returns
    -------
    ndarray, shape (buses, 3, T)
    """
    row, at = rows_of(net.bus.index, bus), np.asarray(phase, dtype=np.int64)
    power = np.asarray(kw, dtype=np.float64)
    findings = [f"device {k}: its bus {np.asarray(bus)[k]} is not among the buses" for k in np.flatnonzero(row < 0)]
    findings += [
        f"device {k}: phase {at[k]} is none of 0, 1, 2, or 3 for all" for k in np.flatnonzero((at < 0) | (at > 3))
    ]
    if findings:
        raise InputError(findings)
    found = np.zeros((len(net.bus), PHASES, power.shape[1]))
    single = at < PHASES
    np.add.at(found, (row[single], at[single]), power[single])
    for each in range(PHASES):
        np.add.at(found[:, each], row[~single], power[~single] / PHASES)
    return found


def unbalanced_loads(net: Any) -> tuple[Array, Array]:
    """Sum up the asymmetric loads of a net's own table at their buses: shape (buses, 3, 1) each [kW, kvar]."""
    frame = net["asymmetric_load"][net["asymmetric_load"]["in_service"].to_numpy(bool)]
    row = rows_of(net.bus.index, frame["bus"])
    p, q = np.zeros((len(net.bus), PHASES, 1)), np.zeros((len(net.bus), PHASES, 1))
    scale = 1e3 * frame["scaling"].to_numpy(float)
    for at, name in enumerate("abc"):
        np.add.at(p[:, at, 0], row, scale * frame[f"p_{name}_mw"].to_numpy(float))
        np.add.at(q[:, at, 0], row, scale * frame[f"q_{name}_mvar"].to_numpy(float))
    return p, q


def unbalanced_year(
    net: Any,
    p_kw: npt.ArrayLike,
    q_kvar: npt.ArrayLike | None = None,
    *,
    trafo_model: str = "t",
    threads: int = 1,
    megabytes: float = _MEGABYTES,
    progress: Callable[[float], None] | None = None,
) -> UnbalancedYear:
    """Calculate the three-phase power flow of every step.

    Parameters
    ----------
    net : pandapowerNet
        With `r0_ohm_per_km`, `x0_ohm_per_km` (and `c0_nf_per_km`) of its lines and `vector_group` of its transformers;
        external grids with `s_sc_max_mva` and `rx_max` have that impedance, others are stiff.
    p_kw, q_kvar : array_like, shape (buses, 3, T)
        Load of each phase at each row of `net.bus` [kW, kvar]: taken is positive, given negative.
    trafo_model : str
        "t" or "pi".
    threads : int
        Native threads.
    megabytes : float
        Memory of one batch's results.
    progress : callable, optional
        Gets the part done, 0 to 1, after each batch.

    Returns
    -------
    UnbalancedYear

    Raises
    ------
    InputError
        The net or the loads cannot be calculated; all findings at once.
    """
    p, q = _checked(net, p_kw, q_kvar)
    grid = convert(net, trafo_model=trafo_model, source_va=None, phases=PHASES)
    bus = np.flatnonzero(((p != 0) | (q != 0)).any(axis=(1, 2)) & (grid.node_of_bus >= 0))
    bus = bus if len(bus) else np.flatnonzero(grid.node_of_bus >= 0)[:1]
    model = _model(grid, bus)
    hours = p.shape[2]
    out = _empty(net, hours)
    values = 2 * PHASES * len(bus) + 3 * PHASES * len(net.bus) + 6 * PHASES * (len(net.line) + len(net.trafo))
    step = int(max(1, megabytes * 1e6 // (8 * values)))
    for first in range(0, hours, step):
        part = slice(first, min(first + step, hours))
        update = {
            "p_specified": np.ascontiguousarray(p[bus, :, part].transpose(2, 0, 1)) * 1e3,
            "q_specified": np.ascontiguousarray(q[bus, :, part].transpose(2, 0, 1)) * 1e3,
        }
        _fill(grid, out, part, *_run(grid, model, update, threads))
        if progress is not None:
            progress(part.stop / hours)
    return out


def _checked(net: Any, p_kw: npt.ArrayLike, q_kvar: npt.ArrayLike | None) -> tuple[Array, Array]:
    p = np.asarray(p_kw, dtype=np.float64)
    q = np.zeros_like(p) if q_kvar is None else np.asarray(q_kvar, dtype=np.float64)
    findings = []
    for name, value in (("p_kw", p), ("q_kvar", q)):
        if value.ndim != 3 or value.shape[:2] != (len(net.bus), PHASES) or value.shape != p.shape:
            findings.append(f"{name} has the shape {value.shape}; give ({len(net.bus)}, 3, steps), the same for both")
        elif not np.isfinite(value).all():
            rows = np.flatnonzero(~np.isfinite(value).all(axis=(1, 2)))[:5]
            names = ", ".join(str(net.bus.index[row]) for row in rows)
            findings.append(f"{name} is missing in some steps at bus {names}: give 0 for no load")
    if findings:
        raise InputError(findings)
    return p, q


def _model(grid: GridInput, bus: Ints) -> Any:
    from power_grid_model import PowerGridModel, initialize_array  # noqa: PLC0415 - a native library, loaded on demand

    load = initialize_array("input", "asym_load", len(bus))
    load["id"], load["node"] = grid.first_free_id + np.arange(len(bus)), grid.node_of_bus[bus]
    load["status"], load["type"], load["p_specified"], load["q_specified"] = 1, 0, 0.0, 0.0
    return PowerGridModel(grid.data | {"asym_load": load}, system_frequency=grid.frequency_hz)


def _run(
    grid: GridInput, model: Any, update: dict[str, Array], threads: int, method: str = "iterative_current"
) -> tuple[dict[str, dict[str, Array]], Mask]:
    """Iterate currents, three times as fast as Newton's method; he gets the steps that do not settle."""
    from power_grid_model.errors import PowerGridBatchError  # noqa: PLC0415

    branch = ["i_from", "i_to", "p_from", "q_from", "p_to"]
    wanted = {"node": ["energized", "u_pu", "u_angle"], "source": ["p"]}
    wanted |= {name: branch for name in ("line", "transformer") if name in grid.data}
    result = model.calculate_power_flow(
        symmetric=False, update_data={"asym_load": update}, max_iterations=100, output_component_types=wanted,
        threading=threads if threads > 1 else -1, continue_on_batch_error=True, calculation_method=method,
    )  # fmt: skip
    solved = np.ones(len(update["p_specified"]), dtype=np.bool_)
    if isinstance(model.batch_error, PowerGridBatchError):
        solved[np.asarray(model.batch_error.failed_scenarios, dtype=np.int64)] = False
    if method != "newton_raphson" and not solved.all():
        left = {name: np.ascontiguousarray(value[~solved]) for name, value in update.items()}
        second, better = _run(grid, model, left, threads, "newton_raphson")
        for kind, columns in second.items():
            for name, value in columns.items():
                result[kind][name][~solved] = value
        solved[~solved] = better
    return result, solved


def _empty(net: Any, hours: int) -> UnbalancedYear:
    buses, lines, trafos = len(net.bus), len(net.line), len(net.trafo)
    single = np.float32
    return UnbalancedYear(
        u_pu=np.full((buses, PHASES, hours), np.nan, single), unbalance_percent=np.full((buses, hours), np.nan, single),
        line_percent=np.zeros((lines, hours), single), neutral_a=np.zeros((lines, hours), single),
        trafo_percent=np.zeros((trafos, hours), single), loss_kw=np.zeros(hours), supply_kw=np.zeros(hours),
        solved=np.ones(hours, dtype=np.bool_), bus=net.bus.index, line=net.line.index, trafo=net.trafo.index,
    )  # fmt: skip


def _fill(grid: GridInput, out: UnbalancedYear, part: slice, result: dict[str, dict[str, Array]], solved: Mask) -> None:
    """Put a batch's results into their places."""
    node = result["node"]
    live = (node["energized"] == 1) & solved[:, None]
    bus = np.flatnonzero(grid.node_of_bus >= 0)
    at = grid.node_of_bus[bus]
    u = np.where(live[:, :, None], node["u_pu"], np.nan)
    phasor = u * np.exp(1j * node["u_angle"])
    positive = phasor @ np.array([1, _TURN, _TURN**2])
    negative = phasor @ np.array([1, _TURN**2, _TURN])
    ratio = 100 * np.abs(negative) / np.abs(positive)
    out.u_pu[bus, :, part] = u[:, at].transpose(1, 2, 0)
    out.unbalance_percent[bus, part] = ratio[:, at].T
    lost = np.zeros(len(solved))
    for kind, place, limits, percent in (
        ("line", grid.line, np.column_stack([grid.line_limit_a] * 2), out.line_percent),
        ("transformer", grid.trafo, grid.trafo_limit_a, out.trafo_percent),
    ):
        if kind not in result:
            continue
        found, here = result[kind], np.flatnonzero(place >= 0)
        most_from, most_to = found["i_from"].max(axis=2)[:, place[here]], found["i_to"].max(axis=2)[:, place[here]]
        percent[here, part] = 100 * np.maximum(most_from / limits[here, 0], most_to / limits[here, 1]).T
        lost += (found["p_from"] + found["p_to"]).sum(axis=(1, 2)) / 1e3
    if "line" in result:
        here = np.flatnonzero(grid.line >= 0)
        row = grid.line[here]
        start = grid.data["line"]["from_node"][row]
        volt = phasor[:, start] * (grid.data["node"]["u_rated"][start] / np.sqrt(3))[:, None]
        power = result["line"]["p_from"][:, row] + 1j * result["line"]["q_from"][:, row]
        with np.errstate(invalid="ignore"):  # no voltage without supply: no current either
            out.neutral_a[here, part] = np.nan_to_num(np.abs(np.conj(power / volt).sum(axis=2))).T
    out.loss_kw[part], out.supply_kw[part] = lost, result["source"]["p"].sum(axis=(1, 2)) / 1e3
    out.solved[part] = solved
    if not solved.all():
        for array in (out.line_percent, out.neutral_a, out.trafo_percent):
            array[:, part][:, ~solved] = np.nan
        out.loss_kw[part][~solved] = out.supply_kw[part][~solved] = np.nan
