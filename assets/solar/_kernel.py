"""The fused loops over planes and lit hours, compiled with numba.

They release the GIL, so that threads share the planes out; one plane is never split, so the number of threads doesn't
change a bit of the result. Scratch is a few rows of one plane: no array of planes × hours but the caller's output.
"""

# ruff: noqa: PLR0917 - compiled loops take plain arrays by position

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from assets.solar._fuentes import fuentes_row

Array = NDArray[np.float64]


class LitHours(NamedTuple):
    """The sky of the lit hours (L of them), the same for every plane; irradiances in W/m²."""

    hour: NDArray[np.int64]  # index of the hour in the year
    east: Array  # unit vector to the sun
    north: Array
    up: Array
    beam: Array  # direct normal
    circumsolar: Array  # diffuse that comes from the sun's direction, per cosine of incidence
    isotropic: Array  # diffuse of the whole sky dome, horizontal
    band: Array  # diffuse of the horizon band, per sine of tilt
    ground: Array  # reflected by the ground
    path_bin: NDArray[np.int64]  # (L, s) horizon bin left of the sun
    path_weight: Array  # (L, s) share of the bin right of it
    path_elevation: Array  # (L, s) degrees


class Planes(NamedTuple):
    """Planes (p of them): outward normal and what they see."""

    east: Array
    north: Array
    up: Array
    sky_view: Array  # share of the sky's isotropic light that reaches the plane
    band_view: Array  # sine of tilt × the visible share of the horizon band
    ground_view: Array
    horizon: NDArray[np.float32]  # (p, k) degrees, or (0, 0)


class Air(NamedTuple):
    """Weather and module temperature of the lit hours."""

    temp_c: Array  # (L,)
    before_c: Array  # (L,) air temperature of the hour before
    wind_m_s: Array  # (L,)
    rise: Array  # (mountings, L) kelvin of cell above air per W/m², for the models that are linear in irradiance
    inoct_c: Array  # (mountings,) installed nominal operating temperature; NaN picks the linear model


class Modules(NamedTuple):
    """Modules and their inverter, per kWp."""

    kind: NDArray[np.int64]  # (p,) row of iam
    mounting: NDArray[np.int64]  # (p,) row of Air.rise
    capacity_kwp: Array  # (p,)
    gamma_per_k: Array  # (p,)
    iam: Array  # (kinds, 2049) transmission over the cosine of incidence 0 … 1
    dc_share: float  # 1 - system losses
    dc_ac_ratio: float
    inverter_efficiency: float


@njit(cache=True, nogil=True, error_model="numpy")
def _irradiance_row(sky: LitHours, planes: Planes, i: int, cosine: Array, direct: Array, total: Array) -> None:
    """Cosine of incidence, direct and total irradiance [W/m²] of plane i over the lit hours."""
    e, n, u = planes.east[i], planes.north[i], planes.up[i]
    sky_view, band_view, ground_view = planes.sky_view[i], planes.band_view[i], planes.ground_view[i]
    for j in range(sky.hour.size):
        c = max(sky.east[j] * e + sky.north[j] * n + sky.up[j] * u, 0.0)
        cosine[j] = c
        direct[j] = sky.beam[j] * c
        diffuse = sky.isotropic[j] * sky_view + sky.circumsolar[j] * c + sky.band[j] * band_view
        total[j] = direct[j] + max(diffuse, 0.0) + sky.ground[j] * ground_view
    if planes.horizon.shape[0] == 0:
        return
    bins, steps = planes.horizon.shape[1], sky.path_bin.shape[1]
    for j in range(sky.hour.size):
        c = cosine[j]
        if c > 0.0:
            seen = 0
            for s in range(steps):
                k = sky.path_bin[j, s]
                w = sky.path_weight[j, s]
                right = k + 1 if k + 1 < bins else 0
                edge = planes.horizon[i, k] * (1.0 - w) + planes.horizon[i, right] * w
                if sky.path_elevation[j, s] > edge:
                    seen += 1
            if seen < steps:
                share = seen / steps
                diffuse = sky.isotropic[j] * sky_view + sky.band[j] * band_view
                direct[j] *= share
                diffuse = max(diffuse + sky.circumsolar[j] * c * share, 0.0)
                total[j] = direct[j] + diffuse + sky.ground[j] * ground_view


@njit(cache=True, nogil=True, error_model="numpy")
def _power_row(
    air: Air, sky: LitHours, modules: Modules, i: int, cosine: Array, direct: Array, total: Array, cell: Array
) -> None:
    """AC power [kW] of plane i over the lit hours, written over `total`."""
    kind, mounting = modules.kind[i], modules.mounting[i]
    gamma, capacity = modules.gamma_per_k[i], modules.capacity_kwp[i]
    last = modules.iam.shape[1] - 1
    rated_ac = 1.0 / modules.dc_ac_ratio
    rated_dc = rated_ac / modules.inverter_efficiency
    slope = modules.inverter_efficiency / 0.9637
    if np.isnan(air.inoct_c[mounting]):
        for j in range(total.size):
            cell[j] = air.temp_c[j] + total[j] * air.rise[mounting, j]
    else:
        fuentes_row(sky.hour, total, air.temp_c, air.before_c, air.wind_m_s, air.inoct_c[mounting], cell)
    # Two loops, since the look-up would keep the arithmetic from being done several hours at a time.
    for j in range(total.size):
        x = min(cosine[j], 1.0) * last
        k = min(int(x), last - 1)
        cosine[j] = modules.iam[kind, k] + (x - k) * (modules.iam[kind, k + 1] - modules.iam[kind, k])
    for j in range(total.size):
        light = total[j] - (1.0 - cosine[j]) * direct[j]
        dc = light * 1e-3 * (1.0 + gamma * (cell[j] - 25.0)) * modules.dc_share
        ac = slope * (dc * (0.9858 - 0.0162 / rated_dc * dc) - 0.0059 * rated_dc)
        total[j] = capacity * min(max(ac, 0.0), rated_ac)


@njit(cache=True, nogil=True, error_model="numpy")
def irradiance_kernel(sky: LitHours, planes: Planes, first: int, stop: int, out: NDArray[np.float32]) -> None:
    """Irradiance of planes first … stop-1 into out (p, T) float32."""
    size = sky.hour.size
    cosine, direct, total = np.empty(size), np.empty(size), np.empty(size)
    for i in range(first, stop):
        _irradiance_row(sky, planes, i, cosine, direct, total)
        for j in range(size):
            out[i, sky.hour[j]] = total[j]


@njit(cache=True, nogil=True, error_model="numpy")
def irradiation_kernel(sky: LitHours, planes: Planes, first: int, stop: int, out: Array) -> None:
    """Sum over the year of the irradiance of planes first … stop-1, Wh/m², into out (p,)."""
    size = sky.hour.size
    cosine, direct, total = np.empty(size), np.empty(size), np.empty(size)
    for i in range(first, stop):
        _irradiance_row(sky, planes, i, cosine, direct, total)
        out[i] = total.sum()


@njit(cache=True, nogil=True, error_model="numpy")
def power_kernel(
    sky: LitHours, planes: Planes, air: Air, modules: Modules, first: int, stop: int, out: NDArray[np.float32]
) -> None:
    """AC power of planes first … stop-1 into out (p, T) float32, kW."""
    size = sky.hour.size
    cosine, direct, total, cell = np.empty(size), np.empty(size), np.empty(size), np.empty(size)
    for i in range(first, stop):
        _irradiance_row(sky, planes, i, cosine, direct, total)
        _power_row(air, sky, modules, i, cosine, direct, total, cell)
        for j in range(size):
            out[i, sky.hour[j]] = total[j]


@njit(cache=True, nogil=True, error_model="numpy")
def energy_kernel(sky: LitHours, planes: Planes, air: Air, modules: Modules, first: int, stop: int, out: Array) -> None:
    """AC energy of the year of planes first … stop-1, kWh, into out (p,)."""
    size = sky.hour.size
    cosine, direct, total, cell = np.empty(size), np.empty(size), np.empty(size), np.empty(size)
    for i in range(first, stop):
        _irradiance_row(sky, planes, i, cosine, direct, total)
        _power_row(air, sky, modules, i, cosine, direct, total, cell)
        out[i] = total.sum()


@njit(cache=True, nogil=True, error_model="numpy")
def power_by_owner_kernel(
    sky: LitHours,
    planes: Planes,
    air: Air,
    modules: Modules,
    order: NDArray[np.int64],
    begin: NDArray[np.int64],
    first: int,
    stop: int,
    out: NDArray[np.float32],
) -> None:
    """AC power summed over the planes of owners first … stop-1 into out (owners, T) float32, kW.

    Owner o has the planes order[begin[o]:begin[o + 1]].
    """
    size = sky.hour.size
    cosine, direct, total, cell = np.empty(size), np.empty(size), np.empty(size), np.empty(size)
    gathered = np.empty(size)
    for owner in range(first, stop):
        gathered[:] = 0.0
        for at in range(begin[owner], begin[owner + 1]):
            i = order[at]
            _irradiance_row(sky, planes, i, cosine, direct, total)
            _power_row(air, sky, modules, i, cosine, direct, total, cell)
            gathered += total
        for j in range(size):
            out[owner, sky.hour[j]] = gathered[j]


@njit(cache=True, nogil=True, error_model="numpy")
def irradiance_by_owner_kernel(
    sky: LitHours,
    planes: Planes,
    weight: Array,
    order: NDArray[np.int64],
    begin: NDArray[np.int64],
    first: int,
    stop: int,
    out: NDArray[np.float32],
) -> None:
    """Weighted irradiance summed over the planes of owners first … stop-1 into out (owners, T) float32."""
    size = sky.hour.size
    cosine, direct, total, gathered = np.empty(size), np.empty(size), np.empty(size), np.empty(size)
    for owner in range(first, stop):
        gathered[:] = 0.0
        for at in range(begin[owner], begin[owner + 1]):
            i = order[at]
            _irradiance_row(sky, planes, i, cosine, direct, total)
            gathered += weight[i] * total
        for j in range(size):
            out[owner, sky.hour[j]] = gathered[j]
