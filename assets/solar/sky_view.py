"""How much of the sky a tilted plane sees above its horizon."""

# ruff: noqa: PLR0917 - compiled loops take plain arrays by position

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray

from assets.solar._threads import share_out

Array = NDArray[np.float64]

# Slices per bin of the horizon, between whose centres it is interpolated.
SLICES = 2


@njit(cache=True, nogil=True, error_model="numpy")
def _view(tilt: float, azimuth: float, horizon: NDArray[np.float32], i: int, step_sin: float, step_cos: float) -> float:
    """Sky view factor of one plane over one horizon, not normalised.

    Over a slice of azimuth Δ off the plane's own, the light of an even sky above elevation h comes to
    cosβ·cos²h/2 + sinβ·cosΔ·((π/2 - h)/2 - sin2h/4), per radian and π.
    """
    bins = horizon.shape[1]
    count = bins * SLICES
    sin_b, cos_b = math.sin(tilt), math.cos(tilt)
    total = 0.0
    # cos(Δ) by rotation instead of a cosine per slice.
    c, s = math.cos(-azimuth), math.sin(-azimuth)
    for k in range(count):
        low = k // SLICES
        share = (k - low * SLICES) / SLICES
        high = low + 1 if low + 1 < bins else 0
        edge = max(horizon[i, low] * (1.0 - share) + horizon[i, high] * share, 0.0) * math.pi / 180.0
        ahead = sin_b * c
        if ahead < 0.0 and cos_b > 0.0:
            # Behind the plane the sky begins where the plane itself ends.
            edge = max(edge, math.atan2(-ahead, cos_b))
        if cos_b > 0.0 or ahead > 0.0:
            sin_h, cos_h = math.sin(edge), math.cos(edge)
            top = math.pi / 2 if cos_b >= 0.0 else math.atan2(ahead, -cos_b)
            if top > edge:
                sin_t, cos_t = math.sin(top), math.cos(top)
                flat = cos_b * (cos_h * cos_h - cos_t * cos_t) / 2
                total += flat + ahead * ((top - edge) + sin_t * cos_t - sin_h * cos_h) / 2
        c, s = c * step_cos - s * step_sin, s * step_cos + c * step_sin
    return float(total * 2.0 / count)


@njit(cache=True, nogil=True, error_model="numpy")
def _view_kernel(tilt: Array, azimuth: Array, horizon: NDArray[np.float32], first: int, stop: int, out: Array) -> None:
    step = 2.0 * math.pi / (horizon.shape[1] * SLICES)
    step_sin, step_cos = math.sin(step), math.cos(step)
    flat = np.zeros((1, horizon.shape[1]), dtype=np.float32)
    for i in range(first, stop):
        free = (1.0 + math.cos(tilt[i])) / 2.0
        whole = _view(tilt[i], azimuth[i], flat, 0, step_sin, step_cos)
        seen = _view(tilt[i], azimuth[i], horizon, i, step_sin, step_cos)
        # Dividing by the same sum over a free horizon takes the error of the slices out.
        out[i] = free * min(seen / whole, 1.0) if whole > 1e-9 else 0.0


def sky_view_factor(tilt_deg: ArrayLike, azimuth_deg: ArrayLike, horizon: ArrayLike) -> Array:
    """Share of an even sky's light that reaches planes over their horizon.

    Parameters
    ----------
    tilt_deg, azimuth_deg : (p,) °
    horizon : (p, k) °
        Elevation of the horizon at azimuths 0, 360/k, …; between them it is interpolated.

    Returns
    -------
    (p,) float64
        (1 + cos tilt)/2 with a free horizon.

    Notes
    -----
    Integrated in closed form over elevation and by slices over azimuth. Facing an endless wall whose top stands at
    elevation α, a plane of tilt β sees (1 + cos(α + β))/2.
    """
    tilt, azimuth = np.radians(np.asarray(tilt_deg, dtype=np.float64)), np.radians(np.asarray(azimuth_deg, np.float64))
    edges = np.ascontiguousarray(horizon, dtype=np.float32)
    out = np.empty(tilt.size)
    share_out(lambda first, stop: _view_kernel(tilt, azimuth, edges, first, stop, out), tilt.size, chunk=4096)
    return out
