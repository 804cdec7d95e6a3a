"""A year of a radial net by sweeps over its tree: the same equations as in power-grid-model, without matrices.

Every voltage is divided by the complex ratio of all transformers between it and its source, so that these vanish:
v = U / R, i = I R*, z' = z / |R|², y' = y |R|². What is left is a tree of impedances with admittances and constant
powers at its nodes, whose squared voltages and powers are a fixed point of the same equations; hours in which the sweep
does not settle are left to Newton's method.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import breadth_first_order

from assets._errors import InputError
from assets.hours_on_disk import hours_array, let_go
from assets.networks.power._sweep_kernel import BLOCK, Branches, Flows, Tree, sweep_hours
from assets.networks.power.conversion import GridInput
from assets.networks.power.tables import Array, Ints
from assets.networks.power.topology import Mask, live_branches, supplied_nodes

Complex = npt.NDArray[np.complex128]
_BASE_VA = 1e6
_ROUNDS = 200


@dataclass(frozen=True)
class RadialGrid:
    """A radial net, ready for sweeps."""

    tree: Tree
    branches: Branches


@dataclass(frozen=True)
class _Edges:
    """Live and half-open branches of power-grid-model's input, in SI units of their to-side."""

    start: Ints
    end: Ints
    status: npt.NDArray[np.int8]
    z: Complex
    y: Complex
    n: Complex


def _edges(grid: GridInput) -> _Edges:
    """Lines, then transformers, with admittance y in all and the ratio n at the from-side."""
    omega = 2 * np.pi * grid.frequency_hz
    parts = []
    if "line" in grid.data:
        rows = grid.data["line"]
        y = omega * rows["c1"] * (rows["tan1"] + 1j)
        parts.append((rows, rows["r1"] + 1j * rows["x1"], y, np.ones(len(rows), dtype=np.complex128)))
    if grid.trafo_kind in grid.data:
        rows = grid.data[grid.trafo_kind]
        n = rows["k"] * np.exp(1j * rows["theta"])
        parts.append((rows, rows["r1"] + 1j * rows["x1"], rows["g1"] + 1j * rows["b1"], n))
    join = np.concatenate
    return _Edges(
        start=join([rows["from_node"] for rows, *_ in parts]).astype(np.int64),
        end=join([rows["to_node"] for rows, *_ in parts]).astype(np.int64),
        status=join([rows["from_status"] + 2 * rows["to_status"] for rows, *_ in parts]).astype(np.int8),
        z=join([z for _, z, _, _ in parts]), y=join([y for *_, y, _ in parts]), n=join([n for *_, n in parts]),
    )  # fmt: skip


def is_radial(grid: GridInput) -> bool:
    """Whether each supplied node has one way to one source."""
    supplied, count = supplied_nodes(grid), 0
    for start, _, live in live_branches(grid).values():
        count += int((live & supplied[start]).sum())
    sources = np.unique(grid.data["source"]["node"])
    return len(sources) == len(grid.data["source"]) and count == int(supplied.sum()) - len(sources)


def radial_grid(grid: GridInput) -> RadialGrid:
    """Order a radial net into a tree.

    Parameters
    ----------
    grid : GridInput
        Of a balanced calculation.

    Returns
    -------
    RadialGrid

    Raises
    ------
    InputError
        The net has loops, or two sources feed a part of it.
    """
    if not is_radial(grid):
        raise InputError(["the net has loops or more than one source: take method='newton_raphson'"])
    edges, rated = _edges(grid), grid.data["node"]["u_rated"]
    order, above, through = _tree(grid, edges)
    parent = np.full(len(order), -1, dtype=np.int64)
    place = np.full(len(rated), -1, dtype=np.int64)
    place[order] = np.arange(len(order))
    base = rated**2 / _BASE_VA
    n, z, y = edges.n, edges.z / base[edges.end], edges.y * base[edges.end]
    start = np.zeros(len(order))
    start[place[grid.data["source"]["node"]]] = grid.data["source"]["u_ref"] ** 2
    ratio, inner = np.ones(len(order), dtype=np.complex128), np.ones(len(n), dtype=np.complex128)
    series, shunt = np.zeros(len(order), dtype=np.complex128), np.zeros(len(order), dtype=np.complex128)
    for k, node in enumerate(order):
        if above[node] < 0:
            continue
        edge, up = through[node], place[above[node]]
        parent[k], start[k] = up, start[up]
        forward = edges.start[edge] == above[node]
        ratio[k] = ratio[up] / n[edge] if forward else ratio[up] * n[edge]
        inner[edge] = ratio[k] if forward else ratio[up]
        series[k] = z[edge] / abs(inner[edge]) ** 2
    branches, takes = _branches(grid, edges, (place, ratio, inner), (z, y), through)
    np.add.at(shunt, takes[0], takes[1])
    for row in grid.data.get("shunt", ()):
        at = place[row["node"]]
        if at >= 0:
            shunt[at] += (row["g1"] + 1j * row["b1"]) * base[row["node"]] * abs(ratio[at]) ** 2
    at_bus = np.where(grid.node_of_bus >= 0, place[grid.node_of_bus], -1)
    return RadialGrid(Tree(at_bus, np.abs(ratio)[at_bus], parent, _two(series), _two(shunt), start), branches)


def _two(values: Complex) -> Array:
    return np.column_stack([values.real, values.imag])


def _tree(grid: GridInput, edges: _Edges) -> tuple[Ints, Ints, Ints]:
    """Nodes in the order of sweeps, and each node's parent and edge to it (by node; -1 for sources)."""
    count = len(grid.data["node"])
    roots = np.sort(grid.data["source"]["node"].astype(np.int64))
    live = np.flatnonzero(edges.status == 3)
    a, b = edges.start[live], edges.end[live]
    # One more node joins all sources, so that one search orders the whole forest.
    ends = (np.concatenate([a, roots]), np.concatenate([b, np.full(len(roots), count)]))
    links = coo_matrix((np.ones(len(ends[0])), ends), shape=(count + 1, count + 1)).tocsr()
    order, above = breadth_first_order(links, count, directed=False)
    above = np.where(np.isin(np.arange(count + 1), roots), -1, above).astype(np.int64)
    through = np.full(count + 1, -1, dtype=np.int64)
    up, down = above[b] == a, above[a] == b
    through[b[up]], through[a[down]] = live[up], live[down]
    return order[1:].astype(np.int64), above[:count], through[:count]


def _branches(
    grid: GridInput, edges: _Edges, tree: tuple[Ints, Complex, Complex], values: tuple[Complex, Complex], through: Ints
) -> tuple[Branches, tuple[Ints, Complex]]:
    """Rows for the kernel, by the net's tables, and what the branches' admittances add at tree nodes."""
    (place, ratio, inner), (z, y) = tree, values
    used = np.zeros(len(y), dtype=np.bool_)
    used[through[through >= 0]] = True
    nodes, added = [], []
    kind = np.full(len(y), 2, dtype=np.int64)
    near, far = place[edges.start], place[edges.end]
    child_is_start = np.zeros(len(y), dtype=np.bool_)
    child_is_start[through[through >= 0]] = edges.start[through[through >= 0]] == np.flatnonzero(through >= 0)
    near, far = np.where(child_is_start, far, near), np.where(child_is_start, near, far)
    half = np.zeros(len(y), dtype=np.complex128)
    half[used] = y[used] / 2 * np.abs(inner[used]) ** 2
    kind[used] = 0
    for at in (near, far):
        nodes.append(at[used])
        added.append(half[used])
    for status, end in ((1, edges.start), (2, edges.end)):
        at = place[end]
        open_one = (edges.status == status) & (at >= 0)
        takes = y[open_one] / 2 + (y[open_one] / 2) / (1 + z[open_one] * y[open_one] / 2)
        side = np.abs(ratio[at[open_one]]) ** 2
        side = side / np.abs(edges.n[open_one]) ** 2 if status == 1 else side
        half[open_one], kind[open_one], near[open_one] = takes * side, 1, at[open_one]
        nodes.append(at[open_one])
        added.append(half[open_one])
    amps = _amps(grid, edges, ratio, (place, kind, child_is_start))
    rows = np.concatenate([grid.line, np.where(grid.trafo >= 0, grid.trafo + len(grid.data.get("line", ())), -1)])
    kinds = np.where(rows >= 0, kind[rows], 2)
    table = Branches(kinds, near[rows], far[rows], _two(half)[rows], amps)
    return table, (np.concatenate(nodes), np.concatenate(added))


def _amps(grid: GridInput, edges: _Edges, ratio: Complex, tree: tuple[Ints, Ints, Mask]) -> Array:
    """Return the loading [%] per p.u. of tree current at the near and the far end, shape (lines + trafos, 2)."""
    place, kind, child_is_start = tree
    rated, at = grid.data["node"]["u_rated"], (edges.start, edges.end)
    current = [_BASE_VA / (np.sqrt(3) * rated[end] * np.abs(ratio[np.maximum(place[end], 0)])) for end in at]
    lines = len(grid.data.get("line", ()))
    limits = np.full((len(edges.start), 2), np.inf)
    own = grid.line >= 0
    limits[grid.line[own]] = grid.line_limit_a[own][:, None]
    own = grid.trafo >= 0
    limits[lines + grid.trafo[own]] = grid.trafo_limit_a[own]
    share = 100 * np.column_stack(current) / limits
    turned = child_is_start | ((kind == 1) & (edges.status == 2))
    share[turned] = share[turned][:, ::-1]
    rows = np.concatenate([grid.line, np.where(grid.trafo >= 0, grid.trafo + lines, -1)])
    return np.ascontiguousarray(np.where(rows[:, None] >= 0, share[rows], 0.0))


@dataclass(frozen=True)
class SweptHours:
    """Result of `swept`; as `PowerYear`, branches being all lines, then all transformers.

    Hours that are not solved have losses of 0; their other figures mean nothing.
    """

    u_pu: npt.NDArray[np.float32]
    percent: npt.NDArray[np.float32]
    loss_kw: Array
    supply_kva: Complex
    branch_loss_kw: Array
    solved: Mask


def swept(
    radial: RadialGrid,
    p_kw: Array,
    q_kvar: Array,
    tolerance: float = 1e-9,
    progress: Callable[[float], None] | None = None,
) -> SweptHours:
    """Calculate hours of a radial net.

    Parameters
    ----------
    radial : RadialGrid
    p_kw, q_kvar : ndarray, shape (buses, T)
        Loads [kW, kvar].
    tolerance : float
        Largest change of a squared voltage in the last round [p.u.].
    progress : callable, optional
        Takes the part done, ten times.

    Returns
    -------
    SweptHours
    """
    hours, count = p_kw.shape[1], len(radial.branches.kind)
    flows = Flows(
        u=hours_array(len(radial.tree.place), hours), percent=hours_array(count, hours),
        loss=np.zeros(hours), supply_p=np.zeros(hours), supply_q=np.zeros(hours), spent=np.zeros(count),
        solved=np.empty(hours, dtype=np.bool_),
    )  # fmt: skip
    step = BLOCK * max(1, -(-hours // (10 * BLOCK)))
    for first in range(0, hours, step):
        stop = min(first + step, hours)
        sweep_hours(radial.tree, radial.branches, p_kw, q_kvar, first, stop, tolerance, _ROUNDS, flows)
        let_go(flows.u, flows.percent)
        if progress is not None:
            progress(stop / hours)
    base_kva = _BASE_VA / 1e3
    return SweptHours(
        u_pu=flows.u, percent=flows.percent, loss_kw=flows.loss * base_kva,
        supply_kva=np.multiply(base_kva, flows.supply_p + 1j * flows.supply_q, dtype=np.complex128),
        branch_loss_kw=flows.spent * base_kva, solved=flows.solved,
    )  # fmt: skip
