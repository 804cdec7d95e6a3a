"""A year of the electricity grid as it is planned: loads at its buses, and what its power flow loses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from assets.catalogue import limit
from assets.hours_on_disk import BLOCK_HOURS, hours_array, let_go
from assets.networks.power import power_year
from assets.time_grid import TimeGrid
from twin.networks.layout.plan import NetworkPlan

Array = npt.NDArray[np.float64]

POWER_FACTOR = limit("power_factor_load")
"""Of what buildings draw, mean of the year; modules and cars have 1."""
_LOAD_BYTES = 96_000_000
"""Loads of more buses than fit into this are put together some hours at a time."""


@dataclass(frozen=True, eq=False)
class GridYear:
    """A year of the grid, in the orders of its plan's nodes (buses) and edges (lines, then transformers).

    Attributes
    ----------
    voltage_pu : ndarray of float32, shape (buses, T)
        NaN in hours that no voltages solve.
    loading : ndarray of float32, shape (branches, T)
        Part of what each may carry.
    loss_kw, supply_kw : ndarray, shape (T,)
        Lost, and taken from outside (negative: given) [kW]; 0 where nothing is solved.
    branch_loss_kwh : ndarray, shape (branches,)
    unsolved : ndarray of bool, shape (T,)
    load_kw, load_kvar : ndarray of float32, shape (buses, T)
        What was drawn at each bus (negative: given).
    """

    voltage_pu: Any
    loading: Any
    loss_kw: Array
    supply_kw: Array
    branch_loss_kwh: Array
    unsolved: npt.NDArray[np.bool_]
    load_kw: Any
    load_kvar: Any


def grid_year(
    plan: NetworkPlan,
    import_kw: Any,
    export_kw: Any,
    others_kw: Mapping[int, Array],
    time: TimeGrid,
    *,
    progress: Callable[[float], None] | None = None,
) -> GridYear:
    """Run the grid through the year.

    Parameters
    ----------
    plan : NetworkPlan
        Of electricity, with its net.
    import_kw, export_kw : ndarray, shape (buildings, T)
        What each building's meter takes and gives [kW].
    others_kw : mapping of int to ndarray, shape (T,)
        What plants, stores, pumps and public chargers take (negative: give), by row of the bus [kW].
    time : TimeGrid
        T steps.
    progress : callable, optional
        Takes the part done.

    Returns
    -------
    GridYear
        Buildings that hang on no bus draw at the entry.
    """
    time.check(import_kw=import_kw, export_kw=export_kw)
    report = progress or (lambda _part: None)
    hours, buses = time.n, len(plan.nodes)
    found = GridYear(
        voltage_pu=hours_array(buses, hours), loading=hours_array(len(plan.edges), hours),
        loss_kw=np.zeros(hours), supply_kw=np.zeros(hours), branch_loss_kwh=np.zeros(len(plan.edges)),
        unsolved=np.zeros(hours, dtype=np.bool_),
        load_kw=hours_array(buses, hours), load_kvar=hours_array(buses, hours),
    )  # fmt: skip
    step = hours if 8 * buses * hours <= _LOAD_BYTES else max(1, _LOAD_BYTES // (8 * buses * BLOCK_HOURS)) * BLOCK_HOURS
    for first in range(0, hours, step):
        part = slice(first, min(first + step, hours))
        p, q = _bus_loads(plan, import_kw, export_kw, others_kw, part)
        year = power_year(
            plan.net, p, q, method="auto",
            progress=lambda done, part=part: report((part.start + done * (part.stop - part.start)) / hours),  # type: ignore[misc]
        )  # fmt: skip
        lines = len(year.line_percent)
        found.voltage_pu[:, part] = year.u_pu
        found.loading[:lines, part] = year.line_percent / np.float32(100.0)
        found.loading[lines:, part] = year.trafo_percent / np.float32(100.0)
        found.loss_kw[part] = np.where(year.solved, year.loss_kw, 0.0)
        found.supply_kw[part] = np.where(year.solved, year.supply_kw, 0.0)
        found.branch_loss_kwh[:] += time.kwh_of(np.concatenate([year.line_loss_kw, year.trafo_loss_kw]))
        found.unsolved[part] = ~year.solved
        found.load_kw[:, part], found.load_kvar[:, part] = p, q
        let_go(found.voltage_pu, found.loading, found.load_kw, found.load_kvar, import_kw, export_kw)
    return found


def _bus_loads(
    plan: NetworkPlan, import_kw: Any, export_kw: Any, others_kw: Mapping[int, Array], part: slice
) -> tuple[Array, Array]:
    """Active and reactive load of every bus in some hours, shape (buses, h) [kW, kvar]."""
    p = np.zeros((len(plan.nodes), part.stop - part.start))
    q = np.zeros_like(p)
    reactive = np.tan(np.arccos(float(plan.design.get("power_factor", POWER_FACTOR))))
    at = np.where(plan.consumers >= 0, plan.consumers, plan.entry)
    for building, bus in enumerate(at):
        drawn = import_kw[building, part]
        p[bus] += drawn
        q[bus] += reactive * drawn
        p[bus] -= export_kw[building, part]
    for bus, taken in others_kw.items():
        p[bus] += taken[part]
    return p, q
