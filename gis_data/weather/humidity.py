"""Moist air: dew point and relative humidity."""

from __future__ import annotations

import numpy as np

from gis_data.weather.sun import FloatArray

# Alduchov and Eskridge (1996), J. Applied Meteorology 35, eq. 21: within 0.4 % between −40 and 50 °C, over water.
_A, _B = 17.625, 243.04


def saturation_pressure_pa(air_temp_c: FloatArray) -> FloatArray:
    """Saturation vapour pressure over water (Magnus form).

    Parameters
    ----------
    air_temp_c : ndarray
        °C.

    Returns
    -------
    ndarray
        Pa.

    References
    ----------
    Alduchov, O. A. and Eskridge, R. E. (1996), Improved Magnus form approximation of saturation vapor pressure,
    J. Applied Meteorology 35(4), 601–609, eq. 21.
    """
    return np.asarray(610.94 * np.exp(_A * air_temp_c / (_B + air_temp_c)), dtype=float)


def relative_humidity(air_temp_c: FloatArray, dew_point_c: FloatArray) -> FloatArray:
    """Relative humidity of air of a temperature and dew point, over water.

    Parameters
    ----------
    air_temp_c, dew_point_c : ndarray
        °C.

    Returns
    -------
    ndarray
        Per cent, 0 to 100.
    """
    share = saturation_pressure_pa(np.asarray(dew_point_c)) / saturation_pressure_pa(np.asarray(air_temp_c))
    return np.asarray(np.clip(100.0 * share, 0.0, 100.0), dtype=float)


def dew_point(air_temp_c: FloatArray, relative_humidity_pct: FloatArray) -> FloatArray:
    """Dew point: the inverse of `relative_humidity`.

    Parameters
    ----------
    air_temp_c : ndarray
        °C.
    relative_humidity_pct : ndarray
        Per cent, above 0.

    Returns
    -------
    ndarray
        °C.
    """
    x = np.log(np.maximum(relative_humidity_pct, 1.0) / 100.0) + _A * air_temp_c / (_B + air_temp_c)
    return np.asarray(_B * x / (_A - x), dtype=float)
