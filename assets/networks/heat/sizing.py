"""Sizes of a tree's pipes by the heat that they must carry at the design hour."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from assets._errors import InputError
from assets.fluids.water import WATER, Water
from assets.networks._graph_kernel import sum_up
from assets.networks.graph import Tree
from assets.networks.heat.friction import pressure_gradient_pa_m
from assets.networks.heat.pipes import PipeSizes

Array = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

MAX_GRADIENT_PA_M = 100.0
"""Friction that networks are commonly sized for [Pa/m]."""


def simultaneity(consumers: npt.ArrayLike) -> Array:
    """Highest heat of a group of consumers by the sum of their own highest ones.

    Parameters
    ----------
    consumers : array_like
        Number of consumers, 0 or more.

    Returns
    -------
    ndarray
        1 for one consumer, towards 0.45 for many [1]_.

    References
    ----------
    .. [1] W. Winter, T. Haslauer, I. Obernberger, Untersuchungen der Gleichzeitigkeit in kleinen und mittleren
       Nahwärmenetzen. Euroheat & Power 9/2001: 0.449677646267461 + 0.551234688/(1 + (n/53.84382275)^1.762743268).
    """
    n = np.maximum(np.asarray(consumers, dtype=np.float64), 1.0)
    return np.asarray(np.minimum(0.449677646267461 + 0.551234688 / (1.0 + (n / 53.84382275) ** 1.762743268), 1.0))


def size_tree(
    tree: Tree,
    design_heat_kw: npt.ArrayLike,
    *,
    sizes: PipeSizes,
    supply_temp_c: float,
    return_temp_c: float,
    max_gradient_pa_m: float = MAX_GRADIENT_PA_M,
    fittings: float = 0.0,
    consumers: npt.ArrayLike | None = None,
    feed_in_kw: npt.ArrayLike | None = None,
    water: Water = WATER,
) -> Ints:
    """Choose the smallest standard size for every pipe pair of a tree that holds friction and velocity.

    Parameters
    ----------
    tree : Tree
    design_heat_kw : array_like, shape (k,)
        Heat (or cold) drawn at each tree node at the design hour [kW]; where `consumers` is given, its highest alone.
    sizes : PipeSizes
        Standard sizes with their highest velocity.
    supply_temp_c, return_temp_c : float
        At the design hour [°C].
    max_gradient_pa_m : float
        Highest friction [Pa/m], fittings included.
    fittings : float
        Pressure taken by bends and fittings by that of straight pipes.
    consumers : array_like, shape (k,), optional
        Number of consumers at each node: loads are then taken together with `simultaneity`.
    feed_in_kw : array_like, shape (k,), optional
        Heat that producers besides the root's can feed in at each node [kW]: pipes must carry the part that is more
        than their side of the network draws in its slackest hour, taken as nothing.
    water : Water

    Returns
    -------
    ndarray of int64, shape (k,)
        Place in `sizes` of the pipe to each node's parent; -1 for roots.

    Raises
    ------
    InputError
        Inputs don't fit, or a pipe would have to be larger than the largest size.
    """
    findings = []
    k = len(tree.parent)
    heat, feed, count = (
        np.zeros(k) if given is None else np.asarray(given, dtype=np.float64)
        for given in (design_heat_kw, feed_in_kw, consumers)
    )
    for name, array in (("design_heat_kw", heat), ("feed_in_kw", feed), ("consumers", count)):
        if array.shape != (k,):
            findings.append(f"{name} has the shape {array.shape}: give one value for each of {k} tree nodes")
        elif not (array >= 0.0).all():
            node = int(np.argmin(array >= 0.0))
            findings.append(f"{name} of tree node {node} is negative or missing: give 0 where there is none")
    if abs(supply_temp_c - return_temp_c) < 0.5:
        findings.append("supply_temp_c and return_temp_c lie less than 0.5 K apart: no pipe is large enough for that")
    if not max_gradient_pa_m > 0.0:
        findings.append(f"max_gradient_pa_m is {max_gradient_pa_m:g}: give a friction above 0")
    if findings:
        raise InputError(findings)
    below = np.stack([heat, count, feed], axis=1)
    sum_up(tree.parent, below)
    carried = below[:, 0] if consumers is None else below[:, 0] * simultaneity(below[:, 1])
    carried = _no_thinner_upstream(tree, np.maximum(carried, below[:, 2]))
    drop = abs(float(water.caloric_c(supply_temp_c) - water.caloric_c(return_temp_c)))
    flow = carried / (water.cp_kj_kg_k * drop)
    most = largest_flow_kg_s(sizes, (supply_temp_c, return_temp_c), max_gradient_pa_m / (1.0 + fittings), water)
    size = np.searchsorted(most, flow * (1.0 - 1e-12))
    child = tree.parent >= 0
    wide = child & (size >= len(most))
    if wide.any():
        node = int(np.argmax(np.where(wide, flow, 0.0)))
        finding = (
            f"{np.count_nonzero(wide)} pipes need more than {sizes.name[-1]}: that to tree node {node} carries "
            f"{flow[node]:.3g} kg/s, the largest size {most[-1]:.3g} kg/s; allow more Pa/m or a larger temperature "
            "difference, or split the network"
        )
        raise InputError([finding])
    return np.where(child, size, -1).astype(np.int64)


def _no_thinner_upstream(tree: Tree, carried: Array) -> Array:
    """No pipe carries less than one behind it: simultaneity must not narrow pipes towards the root."""
    most = carried.copy()
    for node in range(len(most) - 1, -1, -1):
        if tree.parent[node] >= 0:
            most[tree.parent[node]] = max(most[tree.parent[node]], most[node])
    return most


def largest_flow_kg_s(
    sizes: PipeSizes, temps_c: tuple[float, float], max_gradient_pa_m: float, water: Water = WATER
) -> Array:
    """Flow that each size may carry, by friction and by velocity.

    Parameters
    ----------
    sizes : PipeSizes
    temps_c : (float, float)
        Temperatures of supply and return; the worse one counts [°C].
    max_gradient_pa_m : float
        Highest friction of straight pipe [Pa/m].
    water : Water

    Returns
    -------
    ndarray, shape (n,)
        [kg/s], growing from size to size.
    """
    d, rough = sizes.inner_diameter_m, sizes.roughness_m
    density = water.density_kg_m3(temps_c)
    least = float(density.min())
    by_velocity = sizes.max_velocity_m_s * least * np.pi / 4.0 * d**2
    low, high = np.zeros_like(d), by_velocity
    for _ in range(50):  # bisection: friction grows with flow
        middle = 0.5 * (low + high)
        worst = np.max(
            [pressure_gradient_pa_m(middle, d, rough, float(water.density_kg_m3(t)), float(water.viscosity_pa_s(t)))
             for t in temps_c], axis=0
        )  # fmt: skip
        fits = worst <= max_gradient_pa_m
        low, high = np.where(fits, middle, low), np.where(fits, high, middle)
    return np.asarray(np.maximum.accumulate(low))
