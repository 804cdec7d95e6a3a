"""Hourly temperature, humidity, wind and pressure that hang together with a given year of irradiance.

Constants that no publication gives were fitted to 36 public years, called "the 36 years" below, none of them Finnish:
typical years (IWEC, TMY3 and national ones) of Aberdeen, Antananarivo, Bogotá, Chicago, Denver, Granada, Lisbon,
London, New York, Pittsburgh, Port Angeles, Seville, Stockholm, Sydney, Tokyo and Tucson, and the year 2019 of 20
European cities from the National Solar Radiation Database.
"""

from __future__ import annotations

import numpy as np
import pvlib
from scipy.signal import lfilter
from scipy.special import gamma as gamma_function
from scipy.special import ndtr

from gis_data.weather.humidity import saturation_pressure_pa
from gis_data.weather.normals import MonthlyNormals
from gis_data.weather.series import (
    DAYS,
    DAYS_IN_MONTH,
    HOURS,
    MONTH_OF_DAY,
    MONTH_OF_HOUR,
    mean_keeping_curve,
    month_means,
    red_noise,
    without_month_means,
)
from gis_data.weather.stochastic_sun import Irradiance
from gis_data.weather.sun import FloatArray

SPREAD_BASE, SPREAD_PER_MEAN, SPREAD_PER_SEASON, SPREAD_PER_FROST = 1.14, -0.044, 0.290, 0.108
"""Spread of daily means around the seasonal course, σ = 1.14 − 0.044 T̄ + 0.290 σ_year + 0.108 max(−T̄, 0) [K].

The first predictors are those of Erbs, Klein and Beckman (1983), ASHRAE Journal 25(6), 60–65; the numbers
are a least-squares fit to the months of the 36 years (R² 0.43), because theirs, from nine stations of the United
States, are half as large again as what is observed by the sea and in Europe."""

FROST_SKEWNESS = -0.4
"""Skewness of daily means in months below 2 °C, gone at 8 °C: cold spells reach further from the mean than mild ones.
Months of the 36 years have −0.3 to −0.4 there, 0.0 above."""

TEMPERATURE_LAG1 = 0.74
"""Day-to-day autocorrelation of the daily mean temperature around its seasonal course.

Richardson (1981), Water Resources Research 17(1), 182–190: his matrices M₀, M₁ give 0.71 for the mean of the daily
maximum and minimum. The 36 years have 0.70 around the monthly means, which takes about 0.04 off the process's
own."""

CLOUD_COUPLING_BASE, CLOUD_COUPLING_PER_KWH, CLOUD_COUPLING_LIMITS = -0.356, 0.062, (-0.35, 0.40)
"""Correlation of a day's clearness and temperature, −0.356 + 0.062 H₀, H₀ [kWh/m²] the extraterrestrial day's sum:
clear days are cold while the ground loses more than it gets and warm in summer. Fitted to the 36 years."""

HEAT_LAG_H = 4.0
"""Time constant with which the air follows the sun: puts the warmest hour about three hours after noon."""

CANDIDATES = 25
"""Temperature courses that are drawn; the one whose memory and spread are nearest the middle of all is taken, as a
typical meteorological year takes the most typical of the years there are (ISO 15927-4)."""

HOURLY_SPREAD_K, HOURLY_LAG1 = 1.7, 0.95
"""Fronts and showers within the day: standard deviation before the day's own course is taken off, and lag-1. With both
the hours stray from the month's mean daily cycle by 1.0 K; those of the 36 years do by 1.2 to 1.4 K."""

_FOG_K = 0.5

WIND_LAG1 = 0.90
"""Hour-to-hour autocorrelation of the wind's normal score: measured hourly series of the 36 years have 0.81 to 0.91."""

DEFAULT_WIND_M_S = 2.0
"""Where normals have no wind: mean of more than 2000 stations (Allen et al. 1998, FAO 56, chapter 3)."""


def daily_temperature(
    rng: np.random.Generator, normals: MonthlyNormals, clearness_rank: FloatArray, outside_kwh_m2: FloatArray
) -> FloatArray:
    """Daily mean temperature whose months have the normals' means.

    A seasonal course that keeps the monthly means, plus an AR(1) process with the spread and the memory of the
    constants above, correlated with the day's clearness. The spread of each season is made the expected
    one: a typical year has a typical spread.

    Parameters
    ----------
    rng : numpy.random.Generator
    normals : MonthlyNormals
    clearness_rank : ndarray, shape (365,)
        Standard normal score of the day's clearness.
    outside_kwh_m2 : ndarray, shape (365,)
        Extraterrestrial irradiation of the day on the horizontal, kWh/m².

    Returns
    -------
    ndarray, shape (365,)
        °C.
    """
    means = np.asarray(normals.temp_mean_c, dtype=float)
    season = mean_keeping_curve(means, DAYS_IN_MONTH)
    spread = SPREAD_BASE + SPREAD_PER_MEAN * means + SPREAD_PER_SEASON * float(np.std(means))
    spread = np.maximum(spread + SPREAD_PER_FROST * np.maximum(-means, 0.0), 0.5)
    spread_of_day = np.maximum(mean_keeping_curve(spread, DAYS_IN_MONTH), 0.3)
    coupling = np.clip(CLOUD_COUPLING_BASE + CLOUD_COUPLING_PER_KWH * outside_kwh_m2, *CLOUD_COUPLING_LIMITS)
    own_lag1 = min(TEMPERATURE_LAG1 / float(np.mean(1.0 - coupling**2)), 0.98)
    skewness = mean_keeping_curve(FROST_SKEWNESS * np.clip((8.0 - means) / 6.0, 0.0, 1.0), DAYS_IN_MONTH)
    courses = []
    for _ in range(CANDIDATES):
        score = coupling * clearness_rank + np.sqrt(1.0 - coupling**2) * red_noise(rng, DAYS, own_lag1)
        score = score + skewness / 6.0 * (score**2 - 1.0)  # Cornish and Fisher (1938), first term
        courses.append(_typical_spread(without_month_means(score * spread_of_day), spread_of_day))
    around_month = season - means[MONTH_OF_DAY]
    traits = np.array([[np.corrcoef(c[:-1], c[1:])[0, 1], np.std(c + around_month)] for c in courses])
    distance = (traits - np.median(traits, axis=0)) / np.maximum(np.std(traits, axis=0), 1e-9)
    return season + courses[int(np.argmin((distance**2).sum(axis=1)))]


def _typical_spread(anomaly: FloatArray, spread_of_day: FloatArray) -> FloatArray:
    """Scale each season, December to February and so on, to the expected spread."""
    wanted, got = month_means(spread_of_day**2), month_means(anomaly**2)
    factor = np.empty(12)
    for first in range(4):
        months = np.array([3 * first - 1, 3 * first, 3 * first + 1]) % 12
        factor[months] = np.sqrt(wanted[months].mean() / max(float(got[months].mean()), 1e-12))
    return without_month_means(anomaly * factor[MONTH_OF_DAY])


def hourly_temperature(
    rng: np.random.Generator, normals: MonthlyNormals, daily_c: FloatArray, sky: Irradiance, clearness: FloatArray
) -> FloatArray:
    """Hourly temperature with the given daily means and a daily cycle that the hour's own irradiance drives.

    The cycle is the irradiance, passed through a first-order lag of four hours, so that a cloudy afternoon stays cool.
    Its mean range is the one between the normals' daily extremes; where they aren't known, the monthly amplitude
    A = 25.8 K̄ − 5.21 [K] of Erbs et al. (1983), K̄ the monthly clearness index. The range grows with the square root of
    the day's clearness. Red noise adds what fronts and showers do within a day.

    Parameters
    ----------
    rng : numpy.random.Generator
    normals : MonthlyNormals
    daily_c : ndarray, shape (365,)
        Daily means, °C.
    sky : Irradiance
    clearness : ndarray, shape (12,)
        Monthly clearness index.

    Returns
    -------
    ndarray, shape (8760,)
        °C; each day's mean is `daily_c`.

    References
    ----------
    Erbs, D. G., Klein, S. A. and Beckman, W. A. (1983), Estimation of degree-days and ambient temperature bin data from
    monthly-average temperatures, ASHRAE Journal 25(6), 60–65.
    """
    drive = _lagged_drive(sky)
    reach = np.maximum(_mean_daily_range(drive), 2.0)
    fronts = HOURLY_SPREAD_K * red_noise(rng, HOURS, HOURLY_LAG1)
    if normals.temp_max_c is None or normals.temp_min_c is None:
        wanted = np.maximum(25.8 * clearness - 5.21, 1.0)
        return _with_cycle(drive, wanted / reach, fronts, daily_c)
    wanted = np.maximum(np.asarray(normals.temp_max_c) - np.asarray(normals.temp_min_c), 0.5)
    gain = 0.7 * wanted / reach
    for _ in range(6):
        # Weather fronts add to the range of a day, so the cycle's own share is found by trial.
        got = _mean_daily_range(_with_cycle(drive, gain, fronts, daily_c))
        gain = np.clip(gain * wanted / np.maximum(got, 0.1), 0.05 * wanted / reach, 2.0 * wanted / reach)
    return _with_cycle(drive, gain, fronts, daily_c)


def _lagged_drive(sky: Irradiance) -> FloatArray:
    weight = np.repeat(np.maximum(sky.brightness, 0.05) ** -0.5, 24)
    keep = np.exp(-1.0 / HEAT_LAG_H)
    lagged = lfilter([1.0 - keep], [1.0, -keep], np.tile(sky.ghi_w_m2 * weight, 2))
    return np.asarray(lagged[HOURS:], dtype=float)


def _mean_daily_range(hourly: FloatArray) -> FloatArray:
    days = hourly.reshape(DAYS, 24)
    return month_means(days.max(axis=1) - days.min(axis=1))


def _with_cycle(drive: FloatArray, gain: FloatArray, fronts: FloatArray, daily_c: FloatArray) -> FloatArray:
    gain_of_day = np.maximum(mean_keeping_curve(gain, DAYS_IN_MONTH), 0.0)
    cycle = drive * np.repeat(gain_of_day, 24) + fronts
    rest = daily_c - cycle.reshape(DAYS, 24).mean(axis=1)
    return np.asarray(cycle + mean_keeping_curve(rest, 24), dtype=float)


def hourly_humidity(
    rng: np.random.Generator, normals: MonthlyNormals, air_temp_c: FloatArray, brightness: FloatArray
) -> FloatArray:
    """Relative humidity from a dew point that changes from day to day but hardly within one.

    The dew point lies under the day's mean temperature by a depression that is larger on clear days; its level in each
    month is found so that the mean relative humidity is the normals'. Without humidity in the normals the mean dew
    point is the mean daily minimum (Allen et al. 1998, FAO 56, eq. 48).

    Parameters
    ----------
    rng : numpy.random.Generator
    normals : MonthlyNormals
    air_temp_c : ndarray, shape (8760,)
        °C.
    brightness : ndarray, shape (365,)
        Share of the cloudless day.

    Returns
    -------
    ndarray, shape (8760,)
        Per cent.
    """
    daily = air_temp_c.reshape(DAYS, 24).mean(axis=1)
    shape = (0.3 + brightness) * np.exp(0.3 * red_noise(rng, DAYS, 0.6))
    shape = np.maximum(mean_keeping_curve(shape / month_means(shape)[MONTH_OF_DAY], 24), 0.05)
    base = mean_keeping_curve(daily, 24)
    saturation = saturation_pressure_pa(air_temp_c)

    def humidity(depression: FloatArray) -> FloatArray:
        below = air_temp_c - base + depression[MONTH_OF_HOUR] * shape
        # Fog settles a little short of saturation: no kink where the air cools to the dew point.
        dew = air_temp_c - _FOG_K * np.logaddexp(0.0, below / _FOG_K)
        return np.asarray(100.0 * saturation_pressure_pa(dew) / saturation, dtype=float)

    if normals.relative_humidity_pct is None:
        return humidity(0.5 * _mean_daily_range(air_temp_c))
    low, high = np.full(12, -15.0), np.full(12, 60.0)
    wanted = np.asarray(normals.relative_humidity_pct, dtype=float)
    hours = DAYS_IN_MONTH * 24
    for _ in range(32):
        middle = 0.5 * (low + high)
        too_moist = np.bincount(MONTH_OF_HOUR, weights=humidity(middle), minlength=12) / hours > wanted
        low, high = np.where(too_moist, middle, low), np.where(too_moist, high, middle)
    return humidity(0.5 * (low + high))


def hourly_wind(rng: np.random.Generator, normals: MonthlyNormals, sky: Irradiance) -> FloatArray:
    """Wind speed, Weibull-distributed, with hours that remember and a breeze that follows the sun.

    Parameters
    ----------
    rng : numpy.random.Generator
    normals : MonthlyNormals
    sky : Irradiance

    Returns
    -------
    ndarray, shape (8760,)
        m/s; monthly means are the normals'.

    References
    ----------
    Justus, C. G., Hargraves, W. R., Mikhail, A. and Graber, D. (1978), Methods for estimating wind speed frequency
    distributions, J. Applied Meteorology 17, 350–353: Weibull shape k = 0.94 √v̄.
    """
    given = normals.wind_speed_m_s
    means = np.full(12, DEFAULT_WIND_M_S) if given is None else np.asarray(given, dtype=float)
    shape = np.clip(0.94 * np.sqrt(means), 1.1, 4.0)[MONTH_OF_HOUR]
    chance = np.clip(ndtr(red_noise(rng, HOURS, WIND_LAG1)), 1e-9, 1.0 - 1e-9)
    speed = means[MONTH_OF_HOUR] / gamma_function(1.0 + 1.0 / shape) * (-np.log1p(-chance)) ** (1.0 / shape)
    breeze = _lagged_drive(sky)
    speed *= 0.85 + 0.30 * breeze / max(float(np.quantile(breeze, 0.98)), 1.0)
    got = np.bincount(MONTH_OF_HOUR, weights=speed, minlength=12) / (DAYS_IN_MONTH * 24)
    return np.asarray(speed * (means / np.maximum(got, 1e-9))[MONTH_OF_HOUR], dtype=float)


def hourly_pressure(
    rng: np.random.Generator, clearness_rank: FloatArray, latitude: float, altitude_m: float
) -> FloatArray:
    """Station pressure around the standard atmosphere's, higher on clear days.

    An assumption, not a normal: day-to-day spread of 1.5 + 0.14 |latitude| hPa, which is 10 hPa in Helsinki and 2 hPa
    in the tropics; lag-1 0.75; correlation with clearness 0.4.

    Parameters
    ----------
    rng : numpy.random.Generator
    clearness_rank : ndarray, shape (365,)
    latitude : float
        Degrees.
    altitude_m : float
        Metres.

    Returns
    -------
    ndarray, shape (8760,)
        Pa.
    """
    score = 0.4 * clearness_rank + np.sqrt(1.0 - 0.4**2) * red_noise(rng, DAYS, 0.75)
    spread_pa = 100.0 * (1.5 + 0.14 * abs(latitude))
    level = float(pvlib.atmosphere.alt2pres(altitude_m))
    return np.asarray(level + mean_keeping_curve(spread_pa * (score - score.mean()), 24), dtype=float)
