"""Friction of flow in pipes: the law of Colebrook and White, and a fit to it for compiled loops."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit

from assets.fluids.water import polynomial

Array = npt.NDArray[np.float64]

LAMINAR = 2000.0
"""Reynolds number up to which flow is laminar (Hagen and Poiseuille)."""
TURBULENT = 4000.0
"""Reynolds number from which the law of Colebrook and White holds; in between the factor goes over linearly."""
HIGHEST = 1e7
"""Reynolds number up to which the fitted factors go; beyond, that of it is taken."""
_FITTED = 200


def friction_factor(reynolds: npt.ArrayLike, roughness: npt.ArrayLike) -> Array:
    """Darcy's friction factor of pipes.

    Parameters
    ----------
    reynolds : array_like
        Reynolds number, 0 or more; the factor of still water is given as that of a Reynolds number of 1.
    roughness : array_like
        Roughness of the wall by the inner diameter.

    Returns
    -------
    ndarray
        Within 1e-12 of the implicit equation 1/√λ = -2 lg(2.51/(Re √λ) + k/(3.71 d)) where flow is turbulent [1]_.

    References
    ----------
    .. [1] C. F. Colebrook, Turbulent flow in pipes, J. Inst. Civil Eng. 11, 1939.
    """
    re, k = np.broadcast_arrays(np.asarray(reynolds, dtype=np.float64), np.asarray(roughness, dtype=np.float64))
    rough_part, smooth_part = k / 3.71, 2.51 / np.maximum(re, TURBULENT)
    x = np.full(re.shape, 7.0)
    for _ in range(8):  # Newton on 1/√λ: 4 steps do
        inner = smooth_part * x + rough_part
        x = x - (x + 2.0 * np.log10(inner)) / (1.0 + 2.0 / np.log(10.0) * smooth_part / inner)
    turbulent = 1.0 / x**2
    share = np.clip((re - LAMINAR) / (TURBULENT - LAMINAR), 0.0, 1.0)
    laminar = 64.0 / np.clip(re, 1.0, LAMINAR)
    return np.asarray((1.0 - share) * laminar + share * turbulent)


def fitted_factors(roughness: npt.ArrayLike) -> Array:
    """Polynomials for `factor_of`: the turbulent friction factor by the inverse fourth root of the Reynolds number.

    Parameters
    ----------
    roughness : array_like, shape (n,)
        Roughness by inner diameter of each kind of pipe.

    Returns
    -------
    ndarray, shape (n, 7)
        Within 1e-3 of `friction_factor` from `TURBULENT` to `HIGHEST`, whatever the roughness.
    """
    low, high = HIGHEST**-0.25, TURBULENT**-0.25
    nodes = 0.5 * (low + high) + 0.5 * (high - low) * np.cos(np.pi * (np.arange(_FITTED) + 0.5) / _FITTED)
    factors = friction_factor(nodes**-4.0, np.atleast_1d(np.asarray(roughness, dtype=np.float64))[:, None])
    fit = np.polynomial.Polynomial.fit
    return np.array([fit(nodes, row, 6, w=1.0 / row).convert().coef for row in factors])


@njit(cache=True, error_model="numpy", inline="always")
def factor_of(terms: Any, reynolds: Any) -> Any:
    """Friction factor of a Reynolds number above 0, without a branch that would keep loops from vector units."""
    root = 1.0 / np.sqrt(np.sqrt(min(max(reynolds, TURBULENT), HIGHEST)))
    share = min(max((reynolds - LAMINAR) / (TURBULENT - LAMINAR), 0.0), 1.0)
    return (1.0 - share) * 64.0 / min(reynolds, LAMINAR) + share * polynomial(terms, root)


def pressure_gradient_pa_m(
    mass_flow_kg_s: npt.ArrayLike,
    inner_diameter_m: npt.ArrayLike,
    roughness_m: npt.ArrayLike,
    density_kg_m3: npt.ArrayLike,
    viscosity_pa_s: npt.ArrayLike,
) -> Array:
    """Pressure that friction takes per metre of pipe [Pa/m], by Darcy and Weisbach.

    Parameters
    ----------
    mass_flow_kg_s, inner_diameter_m, roughness_m, density_kg_m3, viscosity_pa_s : array_like
        Broadcast against each other.

    Returns
    -------
    ndarray
        With the sign of the flow.
    """
    flow, d = np.asarray(mass_flow_kg_s, dtype=np.float64), np.asarray(inner_diameter_m, dtype=np.float64)
    area = np.pi / 4.0 * d**2
    reynolds = np.abs(flow) * d / (area * np.asarray(viscosity_pa_s))
    factor = friction_factor(reynolds, np.asarray(roughness_m) / d)
    return np.asarray(factor * flow * np.abs(flow) / (2.0 * d * np.asarray(density_kg_m3) * area**2))
