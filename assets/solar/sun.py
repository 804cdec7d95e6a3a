"""Where the sun stands over a site and how strong it is: computed once per site with pvlib."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pvlib
from numpy.typing import NDArray

from assets.solar._errors import SolarInputError

Array = NDArray[np.float64]

IRRADIANCE_COLUMNS = ("ghi_w_m2", "dni_w_m2", "dhi_w_m2")

# Geometric elevation of the sun's centre at sunrise and sunset: radius of the disc 0.2667° and refraction 0.5667°
# (Reda and Andreas, NREL/TP-560-34302, 2008, appendix A.2).
RISE_ELEVATION_DEG = -0.8333


@dataclass(frozen=True, eq=False)
class SiteSun:
    """Sun and irradiance over one site, one value per hour.

    Attributes
    ----------
    time : DatetimeIndex, length T
        Start of each hour, UTC.
    position_time : DatetimeIndex, length T
        Moment that the position stands for: the middle of the sunlit part of the hour. That is mid-hour, except in
        the hours of sunrise and sunset.
    zenith_deg, azimuth_deg : (T,) float64, °
        Apparent (refracted) zenith; azimuth clockwise from north.
    dni_extra_w_m2 : (T,) float64, W/m²
        Extra-terrestrial normal irradiance (Spencer 1971).
    airmass : (T,) float64
        Relative air mass (Kasten and Young 1989); NaN with the sun below the horizon.
    ghi_w_m2, dni_w_m2, dhi_w_m2 : (T,) float64, W/m²
        Hourly means of the weather table.
    lit : (T,) bool
        Hours with any light: the sun is up in part of them, or the weather has diffuse light.
    path_zenith_deg, path_azimuth_deg : (T, s) float64, °
        The sun at `s` moments evenly over the sunlit part: a hill or a house may hide it for a part of the hour.
    """

    time: pd.DatetimeIndex
    position_time: pd.DatetimeIndex
    latitude: float
    longitude: float
    altitude_m: float
    zenith_deg: Array
    azimuth_deg: Array
    dni_extra_w_m2: Array
    airmass: Array
    ghi_w_m2: Array
    dni_w_m2: Array
    dhi_w_m2: Array
    lit: NDArray[np.bool_]
    path_zenith_deg: Array
    path_azimuth_deg: Array


def site_sun(
    weather: pd.DataFrame, latitude: float, longitude: float, altitude_m: float = 0.0, *, path_steps: int = 3
) -> SiteSun:
    """Sun position and irradiance of every hour of a weather table.

    In an hour that the sun lights only in part, the position is that of the middle of the sunlit part: the hour's
    mean irradiance fell then. Taking mid-hour would put the sun of a sunset hour under the horizon and lose its light.

    Parameters
    ----------
    weather : DataFrame, T rows
        tz-aware index, label = start of the hour; columns ``ghi_w_m2``, ``dni_w_m2``, ``dhi_w_m2`` [W/m²] and, if
        there, ``pressure_pa`` [Pa] and ``air_temp_c`` [°C], whose means set the refraction.
    latitude, longitude : float, °
        North and east positive.
    altitude_m : float, m
    path_steps : int
        Moments per hour at which shading is tested; odd, so that one of them is the middle.

    Returns
    -------
    SiteSun

    Notes
    -----
    Position: NREL SPA [1]_ through pvlib.

    References
    ----------
    .. [1] I. Reda, A. Andreas, Solar position algorithm for solar radiation applications. Solar Energy 76 (2004).
    """
    light = _irradiance(weather)
    if path_steps < 1 or path_steps % 2 == 0:
        raise SolarInputError(f"path_steps is {path_steps}: give an odd number, 1 or more.")
    start = pd.DatetimeIndex(weather.index).tz_convert("UTC")
    place = _Place(latitude, longitude, altitude_m, *_air(weather, altitude_m))
    track = _track(start, place)
    begin, end = _sunlit_part(90.0 - track.geometric_deg - RISE_ELEVATION_DEG)
    up = end > begin
    # Nights keep their mid-hour position.
    begin, end = np.where(up, begin, 0.0), np.where(up, end, 1.0)
    middle = (begin + end) / 2
    position_time = _moments(start, middle)
    zenith, azimuth = track.zenith_deg[1].copy(), track.azimuth_deg[1].copy()
    partial = middle != 0.5
    if partial.any():
        moved = place.position(position_time[partial])
        zenith[partial], azimuth[partial] = moved.zenith_deg, moved.azimuth_deg
    shares = begin + (np.arange(path_steps)[:, None] + 0.5) / path_steps * (end - begin)
    path_zenith, path_azimuth = _between(track, shares, place)
    path_zenith[path_steps // 2], path_azimuth[path_steps // 2] = zenith, azimuth
    return SiteSun(
        time=start,
        position_time=position_time,
        latitude=float(latitude),
        longitude=float(longitude),
        altitude_m=float(altitude_m),
        zenith_deg=zenith,
        azimuth_deg=azimuth,
        dni_extra_w_m2=np.asarray(pvlib.irradiance.get_extra_radiation(position_time), dtype=np.float64),
        airmass=np.asarray(pvlib.atmosphere.get_relative_airmass(zenith), dtype=np.float64),
        **light,
        lit=(up & (zenith < 90.0)) | (light["dhi_w_m2"] > 0.0),
        path_zenith_deg=np.ascontiguousarray(path_zenith.T),
        path_azimuth_deg=np.ascontiguousarray(path_azimuth.T),
    )


@dataclass(frozen=True)
class _Position:
    """Where the sun stands: apparent and geometric zenith, azimuth; any shape, °."""

    zenith_deg: Array
    geometric_deg: Array
    azimuth_deg: Array


@dataclass(frozen=True)
class _Place:
    """A site as the sun position algorithm wants it."""

    latitude: float
    longitude: float
    altitude_m: float
    pressure_pa: float
    air_temp_c: float

    def position(self, moments: pd.DatetimeIndex) -> _Position:
        """Sun at each moment."""
        table: Any = pvlib.solarposition.get_solarposition(
            moments,
            self.latitude,
            self.longitude,
            altitude=self.altitude_m,
            pressure=self.pressure_pa,
            temperature=self.air_temp_c,
        )
        return _Position(*(table[name].to_numpy(dtype=np.float64) for name in ("apparent_zenith", "zenith", "azimuth")))


def _track(start: pd.DatetimeIndex, place: _Place) -> _Position:
    """Sun at the start, the middle and the end of each hour: arrays of (3, T)."""
    hour = pd.Timedelta(hours=1)
    middle = place.position(start + hour / 2)
    following = len(start) > 1 and bool((start[1:] - start[:-1] == hour).all())
    edges = place.position(start.append(start[-1:] + hour) if following else start.append(start + hour))
    first, last = (slice(0, -1), slice(1, None)) if following else (slice(0, len(start)), slice(len(start), None))
    return _Position(
        np.stack([edges.zenith_deg[first], middle.zenith_deg, edges.zenith_deg[last]]),
        np.stack([edges.geometric_deg[first], middle.geometric_deg, edges.geometric_deg[last]]),
        np.stack([edges.azimuth_deg[first], middle.azimuth_deg, edges.azimuth_deg[last]]),
    )


def _between(track: _Position, shares: Array, place: _Place) -> tuple[Array, Array]:
    """Apparent zenith and azimuth [°] at shares (s, T) of the hours, by a parabola through the true unit vectors."""
    zenith, azimuth = np.radians(track.geometric_deg), np.radians(track.azimuth_deg)
    vectors = (np.sin(zenith) * np.sin(azimuth), np.sin(zenith) * np.cos(azimuth), np.cos(zenith))
    weights = (2 * (shares - 0.5) * (shares - 1.0), -4 * shares * (shares - 1.0), 2 * shares * (shares - 0.5))
    east, north, upward = (sum(w * v[k] for k, w in enumerate(weights)) for v in vectors)
    elevation = np.degrees(np.arctan2(upward, np.hypot(east, north)))
    # Refraction has a kink at the horizon, so it is added after the parabola: eq. 42 of the algorithm.
    lifted = pvlib.spa.atmospheric_refraction_correction(place.pressure_pa / 100, place.air_temp_c, elevation, 0.5667)
    return 90.0 - elevation - lifted, np.degrees(np.arctan2(east, north)) % 360.0


def _sunlit_part(height_deg: Array) -> tuple[Array, Array]:
    """Begin and end of the sunlit part of each hour, as shares of the hour; both 0 where the sun stays down.

    The elevation over that of sunrise at the start, the middle and the end of the hour, (3, T), defines a parabola,
    whose root is good to seconds. It needs no calendar day, so it holds beyond the polar circles and at any longitude.
    """
    e0, e1, e2 = height_deg
    a, b, c = 2 * (e0 + e2) - 4 * e1, 4 * e1 - 3 * e0 - e2, e0
    with np.errstate(divide="ignore", invalid="ignore"):
        root = np.sqrt(np.maximum(b * b - 4 * a * c, 0.0))
        half = -(b + np.copysign(root, b)) / 2
        first, second = half / a, c / half
    low, high = np.fmin(first, second), np.fmax(first, second)
    inside_low, inside_high = (low > 0) & (low < 1), (high > 0) & (high < 1)
    crossing = np.where(inside_low, low, np.where(inside_high, high, 0.5))
    begin = np.where(e0 > 0, 0.0, crossing)
    end = np.where(e2 > 0, 1.0, np.where(e0 > 0, crossing, np.where(inside_high, high, 0.5)))
    up = (e0 > 0) | (e1 > 0) | (e2 > 0)
    return np.where(up, begin, 0.0), np.where(up, end, 0.0)


def _moments(start: pd.DatetimeIndex, share: Array | float) -> pd.DatetimeIndex:
    """Moments a share of an hour after each start, to the second."""
    seconds = np.rint(np.broadcast_to(np.asarray(share, dtype=np.float64) * 3600.0, (len(start),))).astype("int64")
    return pd.DatetimeIndex(start + pd.to_timedelta(seconds, unit="s"))


def _air(weather: pd.DataFrame, altitude_m: float) -> tuple[float, float]:
    """Mean pressure [Pa] and air temperature [°C] for the refraction."""
    pressure = weather["pressure_pa"].mean() if "pressure_pa" in weather else np.nan
    temp = weather["air_temp_c"].mean() if "air_temp_c" in weather else np.nan
    standard = pvlib.atmosphere.alt2pres(altitude_m)
    return float(pressure if np.isfinite(pressure) else standard), float(temp if np.isfinite(temp) else 12.0)


def _irradiance(weather: pd.DataFrame) -> dict[str, Array]:
    """Irradiance columns as arrays, refused where they can't be used."""
    problems = []
    index = weather.index
    if not isinstance(index, pd.DatetimeIndex) or index.tz is None:
        problems.append("its index is not a tz-aware DatetimeIndex: localise it to UTC")
    arrays = {}
    for column in IRRADIANCE_COLUMNS:
        if column not in weather:
            problems.append(f"it has no column {column}: add it in W/m²")
            continue
        values = weather[column].to_numpy(dtype=np.float64)
        bad = ~(values >= 0.0) | ~np.isfinite(values)
        if bad.any():
            where = index[int(np.argmax(bad))]
            problems.append(f"{column} is negative or missing in {int(bad.sum())} rows, first {where}: fill them")
        arrays[column] = values
    if problems:
        raise SolarInputError("The weather table can't be used for the sun: " + "; ".join(problems) + ".")
    return arrays
