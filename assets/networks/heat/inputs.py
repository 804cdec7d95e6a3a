"""What a heat network is asked for: its consumers, its producers, and its limits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from assets._errors import InputError
from assets.networks._graph_kernel import sum_down
from assets.networks.graph import Tree

Array = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Kind = Literal["heating", "cooling", "ambient"]

KINDS: tuple[Kind, ...] = ("heating", "cooling", "ambient")


@dataclass(frozen=True)
class Consumers:
    """Consumers (c of them) of a network.

    Attributes
    ----------
    node : array_like of int, shape (c,)
        Tree node that each hangs on; several may share one.
    heat_kw : ndarray, shape (c, T)
        Heat that they draw, in cooling networks cold, mean of the hour [kW]. In ambient networks what heat pumps draw
        is positive, what chillers put in is negative.
    return_temp_c : array_like, optional
        Temperature of the water that leaves a consumer [°C]: one value, (c,), (c, T) or (1, T). In ambient networks
        that of chillers is not told by it: give `drop_k` there.
    drop_k : array_like, optional
        How much water changes in temperature at a consumer, above 0 [K]; the same shapes. Give one of the two. In
        heating networks water leaves no colder than the ground: what that lacks is missed.
    bypass_kg_s : array_like
        Flow that passes a consumer at least, one value or (c,) [kg/s].
    most_kg_s : array_like, optional
        Flow that a consumer's valve lets pass at most, one value or (c,) [kg/s]; by default what its highest heat
        takes at `LEAST_DROP_K`. What does not come through is missed.
    need_kpa : array_like
        Pressure between supply and return that a consumer needs, one value or (c,) [kPa].
    """

    node: npt.ArrayLike
    heat_kw: npt.ArrayLike
    return_temp_c: npt.ArrayLike | None = None
    drop_k: npt.ArrayLike | None = None
    bypass_kg_s: npt.ArrayLike = 0.0
    most_kg_s: npt.ArrayLike | None = None
    need_kpa: npt.ArrayLike = 50.0


LEAST_DROP_K = 2.0
"""Drop at a consumer's highest heat for which its valve is made, where nothing else is told."""


@dataclass(frozen=True)
class Producers:
    """Producers (p of them) that feed a network.

    Attributes
    ----------
    node : array_like of int, shape (p,)
        Tree node of each.
    heat_kw : ndarray, shape (p, T), optional
        Heat (cold) that each gives [kW]; a row of NaN marks the producer that balances its tree, one in each. All
        balance by default. Where given heat is more than is drawn, all of it is turned down alike.
    supply_temp_c : array_like, optional
        Temperature that each feeds in at [°C]: (p,), (p, T) or (1, T); the network's by default.
    return_temp_c : array_like, optional
        Temperature that a balancing producer cools surplus to [°C], (p,), (p, T) or (1, T): it then takes heat out of
        the network where more is put in than drawn, as in ambient loops. Without it, surplus is turned down.
    need_kpa : array_like
        Pressure that a producer's own plant takes, one value or (p,) [kPa].
    """

    node: npt.ArrayLike
    heat_kw: npt.ArrayLike | None = None
    supply_temp_c: npt.ArrayLike | None = None
    return_temp_c: npt.ArrayLike | None = None
    need_kpa: npt.ArrayLike = 30.0


@dataclass(frozen=True)
class HeatState:
    """Water in the pipes of a network at an instant, arrays of shape (k,) in the order of the tree.

    Attributes
    ----------
    supply_pipe, return_pipe : ndarray
        Mean of the pipe to the parent, as caloric temperature (`assets.fluids.water`), its sign turned in cooling
        networks.
    supply_node, return_node : ndarray
        At the nodes, the same.
    """

    supply_pipe: Array
    return_pipe: Array
    supply_node: Array
    return_node: Array


@dataclass(frozen=True)
class HeatLimits:
    """What a network must hold.

    Attributes
    ----------
    velocity_m_s : array_like, optional
        Highest velocity, one value or one for each tree node's pipe [m/s]; the pipe's own by default.
    gradient_pa_m : float
        Highest friction [Pa/m].
    supply_temp_c : array_like, optional
        Coldest supply (in cooling networks warmest) that consumers must get while they draw, one value or (c,) [°C].
    head_kpa : float
        Highest pressure that a producer may have to give [kPa].
    """

    velocity_m_s: npt.ArrayLike | None = None
    gradient_pa_m: float = 300.0
    supply_temp_c: npt.ArrayLike | None = None
    head_kpa: float = 1000.0


def spread(value: npt.ArrayLike, rows: int, hours: int, name: str, findings: list[str]) -> Array:
    """Broadcast one value, (rows,), (rows, T) or (1, T) to (rows, T) without a copy."""
    fitting = f"give one value, ({rows},), ({rows}, {hours}) or (1, {hours})"
    array = np.asarray(value)
    if array.dtype not in {np.dtype(np.float32), np.dtype(np.float64)}:
        array = array.astype(np.float64)
    if array.ndim == 1 and array.shape != (rows,):
        findings.append(f"{name} has the shape {array.shape}: {fitting}")
        array = np.zeros((rows, 1))
    array = array[:, None] if array.ndim == 1 else array
    try:
        found = np.broadcast_to(array, (rows, hours))
    except ValueError:
        findings.append(f"{name} has the shape {array.shape}: {fitting}")
        return np.zeros((rows, hours))
    if not np.isfinite(array).all():
        findings.append(f"{name} is not a number in {_where(~np.isfinite(found))}: fill it in")
    return found


def per_row(value: npt.ArrayLike, rows: int, name: str, findings: list[str]) -> Array:
    """Broadcast one value or (rows,) to (rows,)."""
    array = np.asarray(value, dtype=np.float64)
    if array.shape not in {(), (rows,)}:
        findings.append(f"{name} has the shape {array.shape}: give one value or ({rows},)")
        return np.zeros(rows)
    if not (array >= 0.0).all():
        findings.append(f"{name} is negative or missing in {_where(~(np.broadcast_to(array, (rows,)) >= 0.0))}")
    return np.ascontiguousarray(np.broadcast_to(array, (rows,)))


def at_nodes(value: npt.ArrayLike, tree: Tree, who: str, findings: list[str]) -> Ints:
    """Check tree nodes of consumers or producers."""
    node = np.atleast_1d(np.asarray(value, dtype=np.int64))
    wrong = (node < 0) | (node >= len(tree.nodes))
    if node.ndim != 1:
        findings.append(f"{who}.node has the shape {node.shape}: give one tree node each")
        return np.zeros(0, dtype=np.int64)
    if wrong.any():
        findings.append(f"{who}.node of {_where(wrong)} is no node of the tree: it has {len(tree.nodes)}")
    return np.where(wrong, 0, node)


def _where(wrong: npt.NDArray[np.bool_]) -> str:
    rows = np.unique(np.nonzero(wrong)[0])
    shown = ", ".join(map(str, rows[:5])) + (" …" if len(rows) > 5 else "")
    return f"row {shown}" if len(rows) == 1 else f"rows {shown}"


def parts_of(tree: Tree) -> Ints:
    """Which of a forest's trees each node belongs to, shape (k,)."""
    root = np.where(tree.parent < 0, np.arange(len(tree.parent)), 0)[:, None]
    sum_down(tree.parent, root)
    return np.ascontiguousarray(root[:, 0])


def choose_aim(consumers: Consumers, rows: int, hours: int, kind: Kind, findings: list[str]) -> tuple[Array, bool]:
    """Temperature at which consumers leave, or by how much they change it; True for the latter."""
    given = [name for name in ("return_temp_c", "drop_k") if getattr(consumers, name) is not None]
    if len(given) != 1:
        findings.append("give either consumers.return_temp_c or consumers.drop_k")
        return np.ones((rows, hours)), True
    aim = spread(getattr(consumers, given[0]), rows, hours, f"consumers.{given[0]}", findings)
    if given[0] == "drop_k" and not (aim > 0.0).all():
        findings.append("consumers.drop_k must be above 0: it is how much the water changes, in either direction")
    if given[0] == "return_temp_c" and kind == "ambient":
        findings.append("in an ambient network give consumers.drop_k: heat pumps and chillers leave unlike")
    return aim, given[0] == "drop_k"


def refuse(findings: list[str]) -> None:
    """Raise what was found, if anything."""
    if findings:
        raise InputError(findings)
