"""Backward and forward sweep over a tree for many hours, compiled.

A tree needs no angles: the squared voltages w and the powers into the branches are all there is (Baran and Wu 1989,
"Optimal sizing of capacitors placed on a radial distribution system", eqs. 1 to 3). Losses hardly depend on voltages,
so that sums of powers settle in three rounds where sums of currents take seven.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numba as nb
import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Single = npt.NDArray[np.float32]
Index = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


class Tree(NamedTuple):
    """A radial net as the sweep wants it, per unit of 1 MVA; nodes stand after their parents.

    Attributes
    ----------
    place : ndarray of int64, shape (buses,)
        Tree node of each bus; -1 for one without supply.
    size : ndarray, shape (buses,)
        By which a tree voltage becomes the bus's own.
    parent : ndarray of int64, shape (n,)
        -1 for a source.
    series, shunt : ndarray, shape (n, 2)
        Impedance to the parent, admittance at the node; real, imaginary.
    start : ndarray, shape (n,)
        Squared voltage to start from: of a source its own.
    """

    place: Index
    size: Array
    parent: Index
    series: Array
    shunt: Array
    start: Array


class Branches(NamedTuple):
    """All lines, then all transformers of a net.

    Attributes
    ----------
    kind : ndarray of int64, shape (m,)
        0 in the tree, 1 connected at the near end alone, 2 dead.
    near, far : ndarray of int64, shape (m,)
        Nodes: of a branch in the tree the parent and the child.
    half, amps : ndarray, shape (m, 2)
        Admittance at either end, of one connected at one end the whole of what it takes; loading [%] per p.u. of
        current at the near and the far end.
    """

    kind: Index
    near: Index
    far: Index
    half: Array
    amps: Array


class Flows(NamedTuple):
    """What is calculated; of hours that are not solved only the losses mean something: they are 0.

    Attributes
    ----------
    u, percent : ndarray of float32, shapes (buses, T), (m, T)
        Voltages [p.u.] and loadings [%].
    loss, supply_p, supply_q : ndarray, shape (T,)
        Losses of all branches, and what the sources give [p.u.]; added to.
    spent : ndarray, shape (m,)
        Losses over all hours [p.u.]; added to.
    solved : ndarray of bool, shape (T,)
    """

    u: Single
    percent: Single
    loss: Array
    supply_p: Array
    supply_q: Array
    spent: Array
    solved: Mask


BLOCK = 64
"""Hours at once: what is calculated with them stays in the processor's cache."""
_W, _OVER, _LOAD_P, _LOAD_Q, _P, _Q = (BLOCK * k for k in range(6))
"""Where each quantity begins in a node's row of `work`, shape (n, 6 BLOCK), all p.u.: squared voltage and one divided
by it, load, power into the branch from the parent. One array and a fixed length let the compiler see that nothing
overlaps and take several hours in one instruction."""


@nb.njit(cache=True, error_model="numpy")
def _backward(tree: Tree, work: Array) -> None:
    """Sum up powers from the leaves to the sources; eqs. 1 and 2 of Baran and Wu, read backward."""
    for k in range(len(tree.parent) - 1, -1, -1):
        if tree.parent[k] < 0:
            continue
        r, x = tree.series[k, 0], tree.series[k, 1]
        row, above = work[k], work[tree.parent[k]]
        for h in range(BLOCK):
            p, q = row[_P + h], row[_Q + h]
            squared = (p * p + q * q) * row[_OVER + h]
            p, q = p + r * squared, q + x * squared
            row[_P + h], row[_Q + h] = p, q
            above[_P + h] += p
            above[_Q + h] += q


@nb.njit(cache=True, error_model="numpy")
def _forward(tree: Tree, work: Array, change: Array) -> None:
    """Voltages from the sources to the leaves, eq. 3; each node's own power, for the next way back."""
    change[:] = 0.0
    for k in range(len(tree.parent)):
        g, b, row = tree.shunt[k, 0], tree.shunt[k, 1], work[k]
        if tree.parent[k] >= 0:
            r, x = tree.series[k, 0], tree.series[k, 1]
            z, above = r * r + x * x, work[tree.parent[k]]
            for h in range(BLOCK):
                p, q = row[_P + h], row[_Q + h]
                w = above[_W + h] - 2.0 * (r * p + x * q) + z * (p * p + q * q) * above[_OVER + h]
                move = abs(w - row[_W + h])
                # What is not a number has to be seen in the end, whatever comes after it.
                change[h] = move if move > change[h] or move != move else change[h]  # noqa: PLR0124
                row[_W + h], row[_OVER + h] = w, 1.0 / w
        for h in range(BLOCK):
            row[_P + h] = row[_LOAD_P + h] + g * row[_W + h]
            row[_Q + h] = row[_LOAD_Q + h] - b * row[_W + h]


@nb.njit(cache=True, error_model="numpy")
def _settle(tree: Tree, work: Array, tolerance: float, rounds: int, solved: Mask) -> None:
    """Sweep until every hour of a block is solved or has run away.

    Changes fall from round to round by a ratio that hardly changes: what is left after one of them is the sum of a
    geometric series.
    """
    for k in range(len(tree.parent)):
        flat, g, b, row = tree.start[k], tree.shunt[k, 0], tree.shunt[k, 1], work[k]
        for h in range(BLOCK):
            row[_W + h], row[_OVER + h] = flat, 1.0 / flat
            row[_P + h], row[_Q + h] = row[_LOAD_P + h] + g * flat, row[_LOAD_Q + h] - b * flat
    change, before = np.empty(BLOCK), np.full(BLOCK, np.nan)
    for _ in range(rounds):
        _backward(tree, work)
        _forward(tree, work, change)
        moving = False
        for h in range(BLOCK):
            left = change[h] * change[h] / (before[h] - change[h]) if change[h] > 0.0 else change[h]
            solved[h] = 0.0 <= left <= tolerance
            moving |= not solved[h] and not math.isnan(change[h])
            before[h] = change[h]
        if not moving:
            break
    _backward(tree, work)
    for k in range(len(tree.parent)):
        for h in range(BLOCK):
            if not work[k, h] > 0.0:
                solved[h] = False


@nb.njit(cache=True, error_model="numpy")
def _read_loads(place: Index, loads: tuple[Array, Array], begin: int, end: int, work: Array) -> None:
    """Sum up the loads of some hours at the tree's nodes [p.u. of 1 MVA]; none in what is left of a block."""
    work[:, _LOAD_P:_P] = 0.0
    for i in range(len(place)):
        if place[i] >= 0:
            row, p, q = work[place[i]], loads[0][i, begin:end], loads[1][i, begin:end]
            for h in range(len(p)):
                row[_LOAD_P + h] += 1e-3 * p[h]
            for h in range(len(q)):
                row[_LOAD_Q + h] += 1e-3 * q[h]


@nb.njit(cache=True, error_model="numpy")
def _branch_flow(branches: Branches, m: int, series: Array, work: Array, flow: Array) -> None:
    """Square of a branch's loading, then what it loses in a block of hours [p.u.], shape (2 BLOCK,)."""
    g, s, near = branches.half[m, 0], branches.half[m, 1], work[branches.near[m]]
    limit = branches.amps[m, 0] ** 2
    if branches.kind[m] == 1:
        limit *= g * g + s * s
        for h in range(BLOCK):
            flow[h], flow[BLOCK + h] = limit * near[_W + h], g * near[_W + h]
        return
    far, r, x = work[branches.far[m]], series[branches.far[m], 0], series[branches.far[m], 1]
    limit_far = branches.amps[m, 1] ** 2
    for h in range(BLOCK):
        p, q, w, w_far = far[_P + h], far[_Q + h], near[_W + h], far[_W + h]
        squared = (p * p + q * q) * near[_OVER + h]
        from_p, from_q = p + g * w, q - s * w
        to_p, to_q = p - r * squared - g * w_far, q - x * squared + s * w_far
        at_near = limit * (from_p * from_p + from_q * from_q) * near[_OVER + h]
        at_far = limit_far * (to_p * to_p + to_q * to_q) * far[_OVER + h]
        flow[h] = max(at_near, at_far)
        flow[BLOCK + h] = from_p - to_p


@nb.njit(cache=True, error_model="numpy")
def _write_roots(squared: Array, size: float, out: Single) -> None:
    """Write the roots of the first of some squares, times a size."""
    for h in range(len(out)):
        out[h] = size * math.sqrt(squared[h])


@nb.njit(cache=True, error_model="numpy")
def sweep_hours(  # noqa: PLR0917 - arrays of a compiled loop
    tree: Tree, branches: Branches, p_kw: Array, q_kvar: Array, first: int, stop: int, tolerance: float, rounds: int,
    flows: Flows,
) -> None:  # fmt: skip
    """Calculate hours `first` to `stop` of a radial net.

    Parameters
    ----------
    tree, branches : Tree, Branches
    p_kw, q_kvar : (buses, T)
        Loads [kW, kvar].
    tolerance : float
        Of squared voltages [p.u.].
    rounds : int
        Rounds at most.
    flows : Flows
        Written; losses and supply are added to.
    """
    n, count = len(tree.parent), len(branches.kind)
    work, flow, solved = np.empty((n, 6 * BLOCK)), np.empty(2 * BLOCK), np.empty(BLOCK, dtype=np.bool_)
    lost, spent = np.empty(BLOCK), np.zeros((count, BLOCK))
    for begin in range(first, stop, BLOCK):
        end = min(begin + BLOCK, stop)
        _read_loads(tree.place, (p_kw, q_kvar), begin, end, work)
        _settle(tree, work, tolerance, rounds, solved)
        flows.solved[begin:end] = solved[: end - begin]
        solved[end - begin :] = False
        for i in range(len(tree.place)):
            size = tree.size[i] if tree.place[i] >= 0 else np.nan
            _write_roots(work[tree.place[i]], size, flows.u[i, begin:end])
        lost[:] = 0.0
        for m in range(count):
            if branches.kind[m] == 2:
                flows.percent[m, begin:end] = 0.0
                continue
            _branch_flow(branches, m, tree.series, work, flow)
            _write_roots(flow, 1.0, flows.percent[m, begin:end])
            row = spent[m]
            for h in range(BLOCK):
                one = flow[BLOCK + h] if solved[h] else 0.0
                lost[h] += one
                row[h] += one
        flows.loss[begin:end] = lost[: end - begin]
        for k in range(n):
            if tree.parent[k] < 0:
                for h in range(end - begin):
                    flows.supply_p[begin + h] += work[k, _P + h]
                    flows.supply_q[begin + h] += work[k, _Q + h]
    for m in range(count):
        flows.spent[m] += spent[m].sum()
