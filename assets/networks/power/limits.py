"""Limits of voltage and loading, and by how much a power flow is beyond them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from assets._errors import InputError
from assets.catalogue import limit
from assets.networks.power.solving import Array, Flow

Ints = npt.NDArray[np.int64]
KINDS = ("voltage low", "voltage high", "line loading", "transformer loading", "no solution")
_PLANNED_PU = limit("voltage_planned_low"), limit("voltage_planned_high")


@dataclass(frozen=True)
class GridLimits:
    """What a grid is held to.

    Attributes
    ----------
    u_min_pu, u_max_pu : float
        Voltage [p.u.]. Planners keep ±5 % in medium and low voltage together, so that 10-minute means stay within the
        ±10 % of EN 50160:2010, 4.2.2, which `EN_50160` holds.
    line_percent, trafo_percent : float
        Loading [%].
    """

    u_min_pu: float = _PLANNED_PU[0]
    u_max_pu: float = _PLANNED_PU[1]
    line_percent: float = 100.0
    trafo_percent: float = 100.0

    def __post_init__(self) -> None:
        findings = []
        if not 0 < self.u_min_pu < self.u_max_pu:
            findings.append(f"voltages from {self.u_min_pu} to {self.u_max_pu} p.u. are no band: give 0 < low < high")
        if not (self.line_percent > 0 and self.trafo_percent > 0):
            findings.append("limits of loading must be above 0 %")
        if findings:
            raise InputError(findings)


EN_50160 = GridLimits(limit("voltage_supply_low"), limit("voltage_supply_high"))
"""The supply voltage that customers are entitled to."""


@dataclass(frozen=True)
class Excess:
    """How far some scenarios are beyond their limits; B scenarios.

    Attributes
    ----------
    amount : ndarray, shape (B,)
        The largest part beyond a limit, by that limit; 0 where all is within.
    kind : ndarray of int64, shape (B,)
        Place in `KINDS`; -1 where all is within.
    row : ndarray of int64, shape (B,)
        Row of the element in its table; -1 where all is within or nothing is solved.
    """

    amount: Array
    kind: Ints
    row: Ints


def worst_excess(flow: Flow, limits: GridLimits, base: Flow | None = None) -> Excess:
    """Find the element that is farthest beyond its limit in each scenario.

    Parameters
    ----------
    flow : Flow
    limits : GridLimits
    base : Flow, optional
        The same scenarios before a change: what was beyond its limit already counts only as far as it became worse by
        0.1 % of the limit.

    Returns
    -------
    Excess
    """
    over = []
    for now, before in zip(_beyond(flow, limits), _beyond(base, limits) if base else (None,) * 4, strict=True):
        here = np.where(np.isnan(now), 0.0, now)
        if before is not None:
            was = np.where(np.isnan(before), 0.0, before)
            here = np.where((was > 0) & (here <= was + 1e-3), 0.0, here)
        over.append(here)
    count = len(flow.solved)
    scenario = np.arange(count)
    rows = [part.argmax(axis=1) if part.shape[1] else np.zeros(count, dtype=np.int64) for part in over]
    most = np.column_stack([
        part[scenario, row] if part.shape[1] else np.zeros(count) for part, row in zip(over, rows, strict=True)
    ])  # fmt: skip
    kind = most.argmax(axis=1)
    amount = np.maximum(most[scenario, kind], 0.0)
    row = np.column_stack(rows)[scenario, kind]
    within = amount <= 0
    amount = np.where(flow.solved, amount, np.inf)
    return Excess(
        amount=amount,
        kind=np.where(flow.solved, np.where(within, -1, kind), len(KINDS) - 1).astype(np.int64),
        row=np.where(within | ~flow.solved, -1, row).astype(np.int64),
    )


def _beyond(flow: Flow, limits: GridLimits) -> tuple[Array, Array, Array, Array]:
    return (
        (limits.u_min_pu - flow.u_pu) / limits.u_min_pu,
        (flow.u_pu - limits.u_max_pu) / limits.u_max_pu,
        flow.line_percent / limits.line_percent - 1,
        flow.trafo_percent / limits.trafo_percent - 1,
    )


def name_of(net: Any, kind: int, row: int) -> str:
    """Name the element of an excess: "line 12"; "" where there is none."""
    tables = ("bus", "bus", "line", "trafo")
    return f"{tables[kind]} {net[tables[kind]].index[row]}" if 0 <= kind < len(tables) and row >= 0 else ""
