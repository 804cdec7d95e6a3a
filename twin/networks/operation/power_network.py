"""A year of the electricity grid as it is planned: loads at its buses, and what its power flow loses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from assets.networks.power import power_year
from assets.time_grid import TimeGrid
from twin.networks.layout.plan import NetworkPlan

Array = npt.NDArray[np.float64]

POWER_FACTOR = 0.97
"""Of what buildings draw, mean of the year; modules and cars have 1. Measured of feeders in Finnish towns it is 0.95 to
0.99 (from memory of Finnish Energy's network recommendations): assumed."""


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
    p = np.zeros((len(plan.nodes), time.n))
    q = np.zeros_like(p)
    reactive = np.tan(np.arccos(float(plan.design.get("power_factor", POWER_FACTOR))))
    at = np.where(plan.consumers >= 0, plan.consumers, plan.entry)
    for building, bus in enumerate(at):
        p[bus] += import_kw[building]
        q[bus] += reactive * import_kw[building]
        p[bus] -= export_kw[building]
    for bus, taken in others_kw.items():
        p[bus] += taken
    year = power_year(plan.net, p, q, method="auto", progress=progress)
    solved = year.solved
    return GridYear(
        voltage_pu=year.u_pu,
        loading=np.concatenate([year.line_percent, year.trafo_percent]) / np.float32(100.0),
        loss_kw=np.where(solved, year.loss_kw, 0.0),
        supply_kw=np.where(solved, year.supply_kw, 0.0),
        branch_loss_kwh=time.kwh_of(np.concatenate([year.line_loss_kw, year.trafo_loss_kw])),
        unsolved=~solved,
        load_kw=p.astype(np.float32),
        load_kvar=q.astype(np.float32),
    )
