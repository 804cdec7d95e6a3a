"""Backward and forward sweep over a tree for many hours, compiled."""

from __future__ import annotations

import math

import numba as nb
import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]


@nb.njit(cache=True, error_model="numpy")
def sweep(  # noqa: PLR0917 - arrays of a compiled loop
    parent: Index, series: Array, shunt: Array, source: Array, p: Array, q: Array, tolerance: float, rounds: int,
    v_re: Array, v_im: Array, j_re: Array, j_im: Array,
) -> Array:  # fmt: skip
    """Voltages and currents of a block of hours; Shirmohammadi et al. 1988, eqs. 1 to 4.

    Parameters
    ----------
    parent : (n,) place of each node's parent, parents first; -1 for a source
    series, shunt, source : (n, 2) impedance to the parent, admittance at the node, voltage of a source; real, imaginary
    p, q : (n, b) load [p.u.]
    v_re, v_im, j_re, j_im : (n, b) voltage and current from the parent, written; v is where it starts from

    Returns
    -------
    ndarray, shape (b,)
        Largest change of a voltage in the last round of each hour; NaN where it ran away.
    """
    n, hours = p.shape
    change = np.empty(hours)
    for _ in range(rounds):
        for k in range(n):
            g, b = shunt[k, 0], shunt[k, 1]
            for h in range(hours):
                x, y = v_re[k, h], v_im[k, h]
                over = 1.0 / (x * x + y * y)
                j_re[k, h] = (p[k, h] * x + q[k, h] * y) * over + g * x - b * y
                j_im[k, h] = (p[k, h] * y - q[k, h] * x) * over + g * y + b * x
        for k in range(n - 1, -1, -1):
            if parent[k] >= 0:
                for h in range(hours):
                    j_re[parent[k], h] += j_re[k, h]
                    j_im[parent[k], h] += j_im[k, h]
        change[:] = 0.0
        for k in range(n):
            if parent[k] < 0:
                for h in range(hours):
                    v_re[k, h], v_im[k, h] = source[k, 0], source[k, 1]
                continue
            r, x = series[k, 0], series[k, 1]
            above = parent[k]
            for h in range(hours):
                new_re = v_re[above, h] - r * j_re[k, h] + x * j_im[k, h]
                new_im = v_im[above, h] - r * j_im[k, h] - x * j_re[k, h]
                move = (new_re - v_re[k, h]) ** 2 + (new_im - v_im[k, h]) ** 2
                change[h] = max(change[h], move) if move == move else np.nan  # noqa: PLR0124 - NaN is not itself
                v_re[k, h], v_im[k, h] = new_re, new_im
        if not (change > tolerance * tolerance).any():
            break
    return np.sqrt(change)


@nb.njit(cache=True, error_model="numpy")
def branch_flows(  # noqa: PLR0917 - arrays of a compiled loop
    kind: Index, near: Index, far: Index, half: Array, amps: Array, v_re: Array, v_im: Array, j_re: Array, j_im: Array,
    percent: npt.NDArray[np.float32], loss: Array, spent: Array,
) -> None:  # fmt: skip
    """Calculate loading and losses of branches in a block of hours.

    Parameters
    ----------
    kind : (m,) 0 in the tree, 1 connected at the near end alone, 2 dead
    near, far : (m,) nodes: of a branch in the tree the parent and the child
    half : (m, 2) admittance at either end; of one connected at one end the whole of what it takes
    amps : (m, 2) loading [%] per p.u. of current at the near and the far end
    percent : (m, b) loading [%], written
    loss : (b,) losses of all [p.u.], added to
    spent : (m,) losses over all hours [p.u.], added to
    """
    for m in range(len(kind)):
        if kind[m] == 2:
            for h in range(percent.shape[1]):
                percent[m, h] = 0.0
            continue
        a, b, g, s = near[m], far[m], half[m, 0], half[m, 1]
        total = 0.0
        for h in range(percent.shape[1]):
            x, y = v_re[a, h], v_im[a, h]
            to_re, to_im = 0.0, 0.0
            from_re, from_im = g * x - s * y, g * y + s * x
            lost = from_re * x + from_im * y
            if kind[m] == 0:
                u, w = v_re[b, h], v_im[b, h]
                from_re, from_im = from_re + j_re[b, h], from_im + j_im[b, h]
                to_re, to_im = j_re[b, h] - g * u + s * w, j_im[b, h] - g * w - s * u
                lost = from_re * x + from_im * y - to_re * u - to_im * w
            one = amps[m, 0] * math.sqrt(from_re * from_re + from_im * from_im)
            percent[m, h] = max(one, amps[m, 1] * math.sqrt(to_re * to_re + to_im * to_im))
            loss[h] += lost
            total += lost
        spent[m] += total
