"""Fill what a weather file marks as missing, by rules that can be told in a sentence each."""

from __future__ import annotations

import logging

import numpy as np
import pandas as pd
import pvlib

from gis_data.weather._errors import WeatherFileError
from gis_data.weather.humidity import relative_humidity
from gis_data.weather.sun import MIN_COS_ZENITH, FloatArray, SunPath, sun_path

logger = logging.getLogger(__name__)

LONGEST_GAP_H = 72
"""Longer gaps are refused: three days of invented weather are not the file's weather any more."""

SHORT_GAP_H = 6
"""Up to here a straight line is as good as anything; beyond, the day's cycle has to be kept."""

_PLAIN = ("air_temp_c", "relative_humidity_pct", "wind_speed_m_s", "pressure_pa")


def fill_gaps(
    raw: pd.DataFrame, latitude: float, longitude: float, altitude_m: float, *, origin: str, first_line: int
) -> tuple[pd.DataFrame, int]:
    """Fill NaN in a raw weather table.

    - Humidity from the dew point where the file has it; pressure that is missing all year from the altitude (ICAO
      standard atmosphere).
    - Temperature, humidity, wind and pressure: up to 6 h a straight line, up to 72 h the mean of the same hours of the
      day before and the day after, longer is an error.
    - Irradiance: one of GHI, DNI and DHI from the two others; with GHI alone, the split of Erbs et al. (1982); without
      GHI, the clearness of the neighbouring sunny hours, up to 72 h.

    Parameters
    ----------
    raw : pandas.DataFrame
        Index UTC hours; the columns of `weather.COLUMNS` with NaN for missing, and optionally `dew_point_c`.
    latitude, longitude, altitude_m : float
        The site.
    origin : str
        The file, for the error.
    first_line : int
        Line number of the first hour in the file, for the error.

    Returns
    -------
    table : pandas.DataFrame
        Without NaN.
    filled : int
        Number of values filled.
    """
    table = raw.drop(columns="dew_point_c", errors="ignore").astype(float)
    before = int(table.isna().to_numpy().sum())
    if before == 0:
        return table, 0
    if "dew_point_c" in raw:
        from_dew = relative_humidity(raw["air_temp_c"].to_numpy(float), raw["dew_point_c"].to_numpy(float))
        table["relative_humidity_pct"] = table["relative_humidity_pct"].fillna(pd.Series(from_dew, index=table.index))
    if table["pressure_pa"].isna().all():
        table["pressure_pa"] = float(pvlib.atmosphere.alt2pres(altitude_m))
    sun = sun_path(pd.DatetimeIndex(table.index), latitude, longitude, altitude_m)
    table = _fill_irradiance(table, sun)
    problems = [problem for column in table for problem in _too_long(table, str(column), first_line)]
    if problems:
        raise WeatherFileError(origin, problems)
    for column in _PLAIN:
        table[column] = _fill_plain(table[column])
    table = _split(_fill_ghi(table, sun), sun)
    logger.info("%s: %d missing values filled", origin, before)
    return table, before


def _gaps(missing: np.ndarray) -> list[tuple[int, int]]:
    """Begin and end (exclusive) of each run of True."""
    edge = np.flatnonzero(np.diff(np.concatenate([[False], missing, [False]]).astype(int)))
    return list(zip(edge[::2].tolist(), edge[1::2].tolist(), strict=True))


def _too_long(table: pd.DataFrame, column: str, first_line: int) -> list[str]:
    if column in {"dni_w_m2", "dhi_w_m2"}:
        return []
    gaps = [(begin, end) for begin, end in _gaps(table[column].isna().to_numpy()) if end - begin > LONGEST_GAP_H]
    return [
        f"{column} is missing for {end - begin} hours from line {begin + first_line}; up to {LONGEST_GAP_H} h can be "
        "filled: take another file or year"
        for begin, end in gaps
    ]


def _fill_plain(series: pd.Series) -> pd.Series:
    values = series.to_numpy(dtype=float).copy()
    missing = np.isnan(values)
    day_before, day_after = np.roll(values, 24), np.roll(values, -24)
    for begin, end in _gaps(missing):
        if end - begin > SHORT_GAP_H:
            for row in range(begin, end):
                near = [v for v in (day_before[row], day_after[row]) if not np.isnan(v)]
                values[row] = np.mean(near) if near else np.nan
    # A year is a ring: a gap at New Year is filled from both ends.
    ring = pd.Series(np.tile(values, 3)).interpolate("linear").to_numpy()
    return pd.Series(ring[len(values) : 2 * len(values)], index=series.index)


def _fill_irradiance(table: pd.DataFrame, sun: SunPath) -> pd.DataFrame:
    """Where the sun is down it is dark; where one of three is missing, the two others give it."""
    table = table.copy()
    columns = ["ghi_w_m2", "dni_w_m2", "dhi_w_m2"]
    dark = sun.elevation_deg < -8.5
    for column in columns:
        table.loc[dark & table[column].isna().to_numpy(), column] = 0.0
    ghi, dni, dhi = (table[column].to_numpy(dtype=float) for column in columns)
    beam = dni * sun.cos_zenith
    table["ghi_w_m2"] = np.where(np.isnan(ghi), beam + dhi, ghi)
    table["dhi_w_m2"] = np.where(np.isnan(dhi), np.clip(ghi - beam, 0.0, ghi), dhi)
    up = sun.cos_zenith > MIN_COS_ZENITH
    from_closure = np.where(up, np.maximum(ghi - dhi, 0.0) / np.maximum(sun.cos_zenith, MIN_COS_ZENITH), 0.0)
    table["dni_w_m2"] = np.where(np.isnan(dni), np.minimum(from_closure, sun.extraterrestrial_w_m2), dni)
    return table


def _fill_ghi(table: pd.DataFrame, sun: SunPath) -> pd.DataFrame:
    ghi = table["ghi_w_m2"].to_numpy(dtype=float)
    horizontal = sun.horizontal_w_m2
    sunny = sun.cos_zenith > 0.05
    clearness = pd.Series(np.where(sunny, ghi / np.maximum(horizontal, 1.0), np.nan))
    clearness = clearness.interpolate("linear").ffill().bfill()
    table["ghi_w_m2"] = np.where(np.isnan(ghi), clearness.to_numpy() * horizontal, ghi)
    return table


def _split(table: pd.DataFrame, sun: SunPath) -> pd.DataFrame:
    ghi: FloatArray = table["ghi_w_m2"].to_numpy(dtype=float)
    dni, dhi = table["dni_w_m2"].to_numpy(dtype=float), table["dhi_w_m2"].to_numpy(dtype=float)
    todo = np.isnan(dni) | np.isnan(dhi)
    if todo.any():
        zenith = 90.0 - sun.elevation_deg
        split = pvlib.irradiance.erbs(ghi, zenith, pd.DatetimeIndex(table.index).dayofyear)
        diffuse = np.clip(np.nan_to_num(np.asarray(split["dhi"]), nan=0.0), 0.0, ghi)
        up = sun.cos_zenith > MIN_COS_ZENITH
        beam = np.where(up, (ghi - diffuse) / np.maximum(sun.cos_zenith, MIN_COS_ZENITH), 0.0)
        table["dni_w_m2"] = np.where(todo, np.minimum(beam, sun.extraterrestrial_w_m2), dni)
        table["dhi_w_m2"] = np.where(todo, np.where(up, diffuse, ghi), dhi)
    return table
