"""Hourly irradiance out of monthly irradiation: days by a Markov process of clearness, hours by a Gaussian one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pvlib
from scipy.special import ndtr, ndtri

from gis_data.weather._errors import NormalsError
from gis_data.weather.normals import MonthlyNormals
from gis_data.weather.series import DAYS, MONTH_OF_DAY, MONTH_OF_HOUR
from gis_data.weather.sun import MIN_COS_ZENITH, FloatArray, SunPath

DAY_TO_DAY = 0.29
"""Lag-1 autocorrelation of daily clearness (Graham, Hollands and Brunger 1988, Solar Energy 40(4), 331–341)."""

ANGSTROM_A, ANGSTROM_B = 0.25, 0.50
"""Ångström–Prescott coefficients where none were fitted (Allen et al. 1998, FAO 56, eq. 35)."""

_LEAST, _MOST = 0.03, 1.0


@dataclass(frozen=True)
class Irradiance:
    """Hourly irradiance of a year and the daily clearness behind it.

    Attributes
    ----------
    ghi_w_m2, dni_w_m2, dhi_w_m2 : ndarray, shape (8760,)
        W/m².
    brightness : ndarray, shape (365,)
        Daily irradiation over that of a cloudless day, 0 to about 1.
    clearness_rank : ndarray, shape (365,)
        Standard normal score of the day's clearness.
    """

    ghi_w_m2: FloatArray
    dni_w_m2: FloatArray
    dhi_w_m2: FloatArray
    brightness: FloatArray
    clearness_rank: FloatArray


def monthly_irradiation(normals: MonthlyNormals, sun: SunPath) -> FloatArray:
    """Global horizontal irradiation of each month.

    Parameters
    ----------
    normals : MonthlyNormals
        With `ghi_kwh_m2`, which is taken as it is, or with `sunshine_h`: then H = H₀ (0.25 + 0.50 n/N).
    sun : SunPath
        Of the year.

    Returns
    -------
    ndarray, shape (12,)
        kWh/m².

    References
    ----------
    Prescott, J. A. (1940), Trans. R. Soc. South Australia 64, 114–118; Allen et al. (1998), FAO 56, eq. 35.
    """
    if normals.ghi_kwh_m2 is not None:
        return np.asarray(normals.ghi_kwh_m2, dtype=float)
    outside = np.bincount(MONTH_OF_HOUR, weights=sun.horizontal_w_m2, minlength=12) / 1000.0
    # The share of an hour that the sun is up, from its elevation at the middle (±3.75° is half an hour's climb at 60°).
    up = np.clip(0.5 + (sun.elevation_deg + 0.833) / 7.5, 0.0, 1.0)
    daylight_h = np.bincount(MONTH_OF_HOUR, weights=up, minlength=12)
    share = np.clip(np.asarray(normals.sunshine_h, dtype=float) / np.maximum(daylight_h, 1.0), 0.0, 1.0)
    return np.asarray(outside * (ANGSTROM_A + ANGSTROM_B * share), dtype=float)


def clear_sky(
    index: pd.DatetimeIndex, sun: SunPath, latitude: float, longitude: float, altitude_m: float
) -> FloatArray:
    """Cloudless global horizontal irradiance.

    Parameters
    ----------
    index : pandas.DatetimeIndex
        Starts of the hours.
    sun : SunPath
        At the middle of these hours.
    latitude, longitude : float
        Degrees north and east.
    altitude_m : float
        Metres.

    Returns
    -------
    ndarray, shape (8760,)
        W/m².

    References
    ----------
    Ineichen, P. and Perez, R. (2002), A new airmass independent formulation for the Linke turbidity coefficient, Solar
    Energy 73(3), 151–157. Remund, J. et al. (2003), Worldwide Linke turbidity information, ISES Solar World Congress,
    for the monthly turbidity of the place, as pvlib carries it.
    """
    turbidity = pvlib.clearsky.lookup_linke_turbidity(index, latitude, longitude)
    zenith = np.minimum(90.0 - sun.elevation_deg, 90.0)
    airmass = pvlib.atmosphere.get_relative_airmass(zenith)
    airmass = pvlib.atmosphere.get_absolute_airmass(airmass, pvlib.atmosphere.alt2pres(altitude_m))
    sky = pvlib.clearsky.ineichen(
        zenith, airmass, np.asarray(turbidity), altitude=altitude_m, dni_extra=sun.extraterrestrial_w_m2
    )
    clear = np.nan_to_num(np.asarray(sky["ghi"], dtype=float))
    # At the horizon the model's beam dies off; what is left is the sky's own light.
    return np.where(sun.cos_zenith > 0.0, np.maximum(clear, 0.25 * sun.horizontal_w_m2), 0.0)


def generate_irradiance(
    rng: np.random.Generator,
    clearness_rank: FloatArray,
    target_kwh_m2: FloatArray,
    sun: SunPath,
    *,
    clear: FloatArray,
    name: str,
) -> Irradiance:
    """Hourly irradiance whose months sum to given irradiation.

    Days: the share of the cloudless day has the distribution of Hollands and Huget (1983), with the clear sky as its
    upper end (Remund et al. 2003), and follows the standard normal series `clearness_rank`. Hours: the time-dependent
    autoregressive Gaussian model (Aguiar and Collares-Pereira 1992). Diffuse share: Erbs et al. (1982);
    DNI = (GHI − DHI) / cos θ.

    Parameters
    ----------
    rng : numpy.random.Generator
    clearness_rank : ndarray, shape (365,)
        Standard normal score of each day's clearness.
    target_kwh_m2 : ndarray, shape (12,)
        Global irradiation of each month.
    sun : SunPath
    clear : ndarray, shape (8760,)
        Cloudless global irradiance, W/m².
    name : str
        Of the normals, for errors.

    Returns
    -------
    Irradiance

    References
    ----------
    Hollands, K. G. T. and Huget, R. G. (1983), A probability density function for the clearness index, with
    applications, Solar Energy 30(3), 195–209, eq. 3. Aguiar, R. and Collares-Pereira, M. (1992), TAG: a time-dependent,
    autoregressive, Gaussian model for generating synthetic hourly radiation, Solar Energy 49(3), 167–174. Erbs, D. G.,
    Klein, S. A. and Duffie, J. A. (1982), Estimation of the diffuse radiation fraction for hourly, daily and
    monthly-average global radiation, Solar Energy 28(4), 293–302.
    """
    clear_day = clear.reshape(DAYS, 24).sum(axis=1)
    clear_month = np.bincount(MONTH_OF_DAY, weights=clear_day, minlength=12) / 1000.0
    clear = clear * _headroom(target_kwh_m2, clear_month, name)[MONTH_OF_HOUR]
    clear_day = clear.reshape(DAYS, 24).sum(axis=1)
    brightness = _daily_brightness(clearness_rank, target_kwh_m2, clear_day)
    ghi = _hours(rng, brightness * clear_day, clear, sun)
    for _ in range(8):
        # Clipping at the clear sky loses a little each time; the sums settle within a few rounds.
        month = np.bincount(MONTH_OF_HOUR, weights=ghi, minlength=12) / 1000.0
        ghi = np.minimum(ghi * (target_kwh_m2 / np.maximum(month, 1e-9))[MONTH_OF_HOUR], 1.05 * clear)
    dni, dhi = split_beam(ghi, sun)
    return Irradiance(ghi, dni, dhi, brightness, clearness_rank)


def _headroom(target: FloatArray, clear_month: FloatArray, name: str) -> FloatArray:
    """Factor on the clear sky so that every month has room for clouds: winter air can be much clearer than its mean."""
    share = target / np.maximum(clear_month, 1e-9)
    bad = (share > 1.25) & (target > 1.0)
    if bad.any():
        month = int(np.argmax(bad))
        raise NormalsError(
            f"normals of {name}",
            f"{target[month]:.1f} kWh/m² in month {month + 1} is more than a cloudless month gives there "
            f"({clear_month[month]:.1f} kWh/m²): check the unit (kWh/m² of a month) and the place",
        )
    return np.maximum(np.where(target > 0.0, share / 0.96, 1.0), 1.0)


def _daily_brightness(rank: FloatArray, target: FloatArray, clear_day: FloatArray) -> FloatArray:
    """Share of the cloudless day, by month, from the normal scores: quantiles of pdf ∝ (1 − k) exp(γ k).

    The days of a month are its evenly spaced quantiles in the order of the scores, so that every month has the expected
    share of clear and overcast days (Knight, Klein and Duffie 1991, Solar Energy 46(2), 109–120).
    """
    grid = np.linspace(_LEAST, _MOST, 400)
    gammas = np.linspace(-40.0, 120.0, 321)
    density = (1.0 - grid + 1e-3) * np.exp(np.clip(gammas[:, None] * (grid - 1.0), -300.0, 300.0))
    density /= density.sum(axis=1, keepdims=True)
    means = density @ grid
    brightness = np.zeros(DAYS)
    for month in range(12):
        days = month == MONTH_OF_DAY
        available = clear_day[days].sum() / 1000.0
        if available < 1e-3:
            continue
        wanted = float(np.clip(target[month] / available, means[0], means[-1]))
        gamma = float(np.interp(wanted, means, gammas))
        row = (1.0 - grid + 1e-3) * np.exp(gamma * (grid - 1.0))
        cumulative = np.cumsum(row) / row.sum()
        order = np.argsort(np.argsort(rank[days]))
        share = np.interp((order + 0.5) / order.size, cumulative, grid)
        for _ in range(8):
            got = float((share * clear_day[days]).sum()) / 1000.0
            share = np.clip(share * target[month] / max(got, 1e-9), _LEAST, _MOST)
        brightness[days] = share
    return brightness


def _hours(rng: np.random.Generator, day_wh_m2: FloatArray, clear: FloatArray, sun: SunPath) -> FloatArray:
    """Hourly GHI of each day: TAG's mean and spread of the hourly clearness index, never above the clear sky."""
    outside = sun.horizontal_w_m2.reshape(DAYS, 24)
    day_clearness = day_wh_m2 / np.maximum(outside.sum(axis=1), 1.0)
    k = np.clip(day_clearness, 0.02, 0.80)[:, None]
    sin_h = np.maximum(sun.cos_zenith.reshape(DAYS, 24), MIN_COS_ZENITH)
    mean = (
        -0.19
        + 1.12 * k
        + 0.24 * np.exp(-8.0 * k)
        + (0.32 - 1.6 * (k - 0.5) ** 2) * np.exp(-(0.19 + 2.27 * k**2 - 2.51 * k**3) / sin_h)
    )
    spread = 0.14 * np.exp(-20.0 * (k - 0.35) ** 2) * np.exp((3.0 * (k - 0.45) ** 2 + 16.0 * k**5) * (1.0 - sin_h))
    spread = np.clip(spread, 0.005, 0.25)
    lag1 = 0.38 + 0.06 * np.cos(7.4 * k[:, 0] - 2.5)
    white = rng.standard_normal((DAYS, 24))
    score = np.empty((DAYS, 24))
    score[:, 0] = white[:, 0]
    for hour in range(1, 24):
        score[:, hour] = lag1 * score[:, hour - 1] + np.sqrt(1.0 - lag1**2) * white[:, hour]
    clear = clear.reshape(DAYS, 24)
    ceiling = clear / np.maximum(outside, 1e-9)
    # A Gaussian cut at zero and at the clear sky, by its quantiles.
    lower, upper = ndtr((0.01 - mean) / spread), ndtr((ceiling - mean) / spread)
    hourly = mean + spread * ndtri(np.clip(lower + (upper - lower) * ndtr(score), 1e-12, 1.0 - 1e-12))
    ghi = np.where(outside > 0.0, np.clip(hourly, 0.01, np.maximum(ceiling, 0.01)) * outside, 0.0)
    for _ in range(8):
        ghi = np.minimum(ghi * (day_wh_m2 / np.maximum(ghi.sum(axis=1), 1e-9))[:, None], clear)
    return np.asarray(ghi.reshape(-1), dtype=float)


def split_beam(ghi_w_m2: FloatArray, sun: SunPath) -> tuple[FloatArray, FloatArray]:
    """Beam and diffuse irradiance of global irradiance, by Erbs et al. (1982).

    Parameters
    ----------
    ghi_w_m2 : ndarray, shape (T,)
        W/m².
    sun : SunPath

    Returns
    -------
    dni_w_m2, dhi_w_m2 : ndarray, shape (T,)
        W/m²; GHI = DNI cos θ + DHI in every hour. With the sun below 1.1° at the middle of the hour all is diffuse.
    """
    up = sun.cos_zenith > MIN_COS_ZENITH
    clearness = np.where(up, ghi_w_m2 / np.maximum(sun.horizontal_w_m2, 1e-9), 0.0)
    middle = 0.9511 - 0.1604 * clearness + 4.388 * clearness**2 - 16.638 * clearness**3 + 12.336 * clearness**4
    share = np.where(clearness <= 0.22, 1.0 - 0.09 * clearness, np.where(clearness <= 0.80, middle, 0.165))
    dhi = np.where(up, share, 1.0) * ghi_w_m2
    dni = np.where(up, (ghi_w_m2 - dhi) / np.maximum(sun.cos_zenith, MIN_COS_ZENITH), 0.0)
    return dni, dhi
