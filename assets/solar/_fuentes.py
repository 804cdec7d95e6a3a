"""Module temperature after Fuentes (1987), as PVWatts has it, compiled with numba.

numba's cache of `_kernel` doesn't notice a change in this file: after one, remove assets/solar/__pycache__.
"""

# ruff: noqa: PLR0917 - compiled loops take plain arrays by position

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

Array = NDArray[np.float64]

# Constants of the model: absorptivity, emissivity, Stefan-Boltzmann [W/m²K⁴], module length [m], heat capacity
# [J/m²K], height of the array and of the anemometer [m].
ABSORPTIVITY = 0.83
EMISSIVITY = 0.84
BOLTZMANN = 5.669e-8
LENGTH_M = 0.5
CAPACITY_J_M2K = 11000.0
ARRAY_HEIGHT_M = 5.0
ANEMOMETER_HEIGHT_M = 9.144
ITERATIONS = 10
# The iteration gains a digit a turn: a last step of 0.01 K leaves 0.001 K.
ENOUGH_K = 1e-2


@njit(cache=True, nogil=True, error_model="numpy")
def _convection(mean_k: float, rise_k: float, wind_m_s: float, laminar_only: bool) -> float:
    """Free and forced convection of one side, W/m²K."""
    density = 0.003484 * 101325.0 / mean_k
    # One logarithm serves both powers of the temperature.
    log_k = math.log(mean_k)
    viscosity = 0.24237e-6 * math.exp(0.76 * log_k) / density
    conductivity = 2.1695e-4 * math.exp(0.84 * log_k)
    reynolds = wind_m_s * LENGTH_M / viscosity
    if reynolds > 1.2e5 and not laminar_only:
        forced = 0.0282 / reynolds**0.2 * density * wind_m_s * 1007.0 / 0.71**0.4
    else:
        forced = 0.86 / math.sqrt(reynolds) * density * wind_m_s * 1007.0 / 0.71**0.67
    grashof = 9.8 / mean_k * abs(rise_k) * LENGTH_M**3 / viscosity**2 * 0.5
    free = 0.21 * (grashof * 0.71) ** 0.32 * conductivity / LENGTH_M
    return float(np.cbrt(free * free * free + forced * forced * forced))


@njit(cache=True, nogil=True, error_model="numpy")
def _ratios(inoct_k: float) -> tuple[float, float, float]:
    """Ground's share of the rise, ratio of total to top convection, heat capacity [J/m²K] from the INOCT test."""
    rise = inoct_k - 293.15
    convection = _convection((inoct_k + 293.15) / 2, rise, 1.0, True)
    radiation = EMISSIVITY * BOLTZMANN
    ground = radiation * (inoct_k**2 + 293.15**2) * (inoct_k + 293.15)
    net = ABSORPTIVITY * 800.0 - radiation * (inoct_k**4 - 282.21**4) - convection * rise
    back = net / ((ground + convection) * rise)
    ground_k = (inoct_k**4 - back * (inoct_k**4 - 293.15**4)) ** 0.25
    ground_k = min(max(ground_k, 293.15), inoct_k)
    both = ABSORPTIVITY * 800.0 - radiation * (2.0 * inoct_k**4 - 282.21**4 - ground_k**4)
    capacity = CAPACITY_J_M2K
    if inoct_k > 321.15:
        capacity *= 1.0 + (inoct_k - 321.15) / 12.0
    return (ground_k - 293.15) / rise, both / (convection * rise), capacity


@njit(cache=True, nogil=True, error_model="numpy")
def fuentes_row(
    hour: NDArray[np.int64],
    irradiance: Array,
    air_c: Array,
    before_c: Array,
    wind_m_s: Array,
    inoct_c: float,
    cell: Array,
) -> None:
    """Cell temperature [°C] over the lit hours of one plane, into `cell`.

    After a dark hour the module starts from that hour's air temperature, as in PVWatts.

    Parameters
    ----------
    hour : (L,) int64
        Index of each lit hour in the year: a gap is a night.
    irradiance : (L,) W/m², in the plane
    air_c, before_c, wind_m_s : (L,) °C, °C, m/s
        Air temperature of the hour and of the hour before it; wind.
    inoct_c : float, °C
        Installed nominal operating cell temperature.

    References
    ----------
    M. K. Fuentes, A simplified thermal model for flat-plate photovoltaic arrays. SAND85-0330, Sandia, 1987.
    A. P. Dobos, PVWatts version 5 manual. NREL/TP-6A20-62641, 2014, section 10.
    """
    ground_share, both_sides, capacity = _ratios(inoct_c + 273.15)
    lower = (ARRAY_HEIGHT_M / ANEMOMETER_HEIGHT_M) ** 0.2
    radiation = EMISSIVITY * BOLTZMANN
    before_k, before_sun = 293.15, 0.0
    for j in range(hour.size):
        air_k = air_c[j] + 273.15
        if j == 0 or hour[j] != hour[j - 1] + 1:
            before_k, before_sun = before_c[j] + 273.15, 0.0
        sun = irradiance[j] * ABSORPTIVITY
        if sun <= 0.0:
            cell[j], before_k, before_sun = air_c[j], air_k, 0.0
            continue
        sky_k = 0.68 * 0.0552 * air_k * math.sqrt(air_k) + 0.32 * air_k
        wind = wind_m_s[j] * lower + 0.0001
        module_k = before_k
        for _ in range(ITERATIONS):
            convection = both_sides * _convection((module_k + air_k) / 2, module_k - air_k, wind, False)
            to_sky = radiation * (module_k * module_k + sky_k * sky_k) * (module_k + sky_k)
            ground_k = air_k + ground_share * (module_k - air_k)
            to_ground = radiation * (module_k * module_k + ground_k * ground_k) * (module_k + ground_k)
            loss = convection + to_sky + to_ground
            eigen = -loss / capacity * 3600.0
            decay = math.exp(eigen) if eigen > -10.0 else 0.0
            gain = convection * air_k + to_sky * sky_k + to_ground * ground_k
            gain += before_sun + (sun - before_sun) / eigen
            last_k = module_k
            module_k = before_k * decay + ((1.0 - decay) * gain + sun - before_sun) / loss
            if abs(module_k - last_k) < ENOUGH_K:
                break
        before_k, before_sun = module_k, sun
        cell[j] = module_k - 273.15
