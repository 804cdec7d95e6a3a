"""Where the sun stands over one site, as every weather source here sees it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

FloatArray = npt.NDArray[np.float64]

MIN_COS_ZENITH = 0.02
"""Below this (1.1° over the horizon) a beam can't be told from the diffuse light of an hour."""


@dataclass(frozen=True)
class SunPath:
    """The sun at the middle of every hour.

    Attributes
    ----------
    cos_zenith : ndarray, shape (T,)
        Cosine of the true zenith angle, 0 when the sun is down.
    elevation_deg : ndarray, shape (T,)
        True elevation, degrees.
    extraterrestrial_w_m2 : ndarray, shape (T,)
        Irradiance on a plane facing the sun outside the atmosphere, W/m².
    hour_angle_h : ndarray, shape (T,)
        True solar time minus noon, hours, −12 to 12.
    """

    cos_zenith: FloatArray
    elevation_deg: FloatArray
    extraterrestrial_w_m2: FloatArray
    hour_angle_h: FloatArray

    @property
    def horizontal_w_m2(self) -> FloatArray:
        """Extraterrestrial irradiance on the horizontal plane, W/m²."""
        return self.extraterrestrial_w_m2 * self.cos_zenith


def sun_path(start_of_hour: pd.DatetimeIndex, latitude: float, longitude: float, altitude_m: float = 0.0) -> SunPath:
    """Sun at the middle of every hour of an index whose labels are the start of the hour.

    Parameters
    ----------
    start_of_hour : pandas.DatetimeIndex
        Tz-aware, hourly.
    latitude, longitude : float
        Degrees north and east.
    altitude_m : float
        Metres above the sea.

    Returns
    -------
    SunPath

    References
    ----------
    Reda, I. and Andreas, A. (2004), Solar position algorithm for solar radiation applications, Solar Energy 76(5),
    577–589, as implemented in pvlib; Spencer, J. W. (1971) for the distance of the sun.
    """
    import pvlib  # noqa: PLC0415  it takes half a second, and loading a district needs no sun

    mid_hour = start_of_hour + pd.Timedelta(minutes=30)
    position = pvlib.solarposition.get_solarposition(mid_hour, latitude, longitude, altitude=altitude_m)
    zenith_rad = np.radians(position["zenith"].to_numpy(dtype=float))
    cos_zenith = np.maximum(np.cos(zenith_rad), 0.0)
    extraterrestrial = np.asarray(pvlib.irradiance.get_extra_radiation(mid_hour, method="spencer"), dtype=float)
    utc = mid_hour.tz_convert("UTC")
    clock_h = (utc.hour + utc.minute / 60.0).to_numpy(dtype=float)
    equation_h = position["equation_of_time"].to_numpy(dtype=float) / 60.0
    hour_angle = (clock_h + longitude / 15.0 + equation_h) % 24.0 - 12.0
    return SunPath(cos_zenith, 90.0 - np.degrees(zenith_rad), extraterrestrial, hour_angle)
