"""Where plants, pumps and chargers hang in a network."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from assets.catalogue import limit

if TYPE_CHECKING:
    from twin.networks.layout.plan import NetworkPlan

MEDIUM_FROM_KW = limit("medium_voltage_from")
"""Plants from this power on are connected to medium voltage."""
SNAP_M = limit("edit_snap")
"""Ends of a line drawn on the map so near to a network are joined to it."""


def node_of(plan: NetworkPlan, name: str, place: Mapping[str, Any] | Any) -> int:
    """Row of the node that a plant hangs on: its own, the one nearest to its place, else the network's entry.

    Parameters
    ----------
    plan : NetworkPlan
    name : str
        Id of the plant.
    place : mapping
        `x_m`, `y_m`; NaN where nobody said.
    """
    if name in plan.plants:
        return int(plan.plants[name])
    return _nearest(plan, place, np.ones(len(plan.nodes), dtype=bool))


def bus_of(plan: NetworkPlan, name: str, place: Mapping[str, Any] | Any, power_kw: float) -> int:
    """Row of the bus that a plant hangs on; large ones that the plan does not know hang on medium voltage."""
    if name in plan.plants:
        return int(plan.plants[name])
    able = np.ones(len(plan.nodes), dtype=bool)
    if "level" in plan.nodes and power_kw >= MEDIUM_FROM_KW:
        medium = (plan.nodes["level"] == "MV").to_numpy(dtype=bool)
        able = medium if medium.any() else able
    return _nearest(plan, place, able)


def _nearest(plan: NetworkPlan, place: Mapping[str, Any] | Any, able: Any) -> int:
    x, y = float(place["x_m"]), float(place["y_m"])
    if not (np.isfinite(x) and np.isfinite(y)):
        return int(plan.entry)
    rows = np.flatnonzero(able)
    away = np.hypot(plan.nodes["x_m"].to_numpy(dtype=np.float64)[rows] - x,
                    plan.nodes["y_m"].to_numpy(dtype=np.float64)[rows] - y)  # fmt: skip
    return int(rows[np.argmin(away)])
