"""EnergyPlus weather files (.epw)."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pvlib

from gis_data.weather._errors import WeatherFileError
from gis_data.weather.gaps import fill_gaps
from gis_data.weather.weather import COLUMNS, TYPICAL_YEAR, Weather, require_sound, typical_index

_HEADER_LINES = 8

_FIELDS = {
    # pvlib's name -> our name, the code for "missing" (EnergyPlus Auxiliary Programs, Weather File Formats)
    "temp_air": ("air_temp_c", 99.9),
    "temp_dew": ("dew_point_c", 99.9),
    "relative_humidity": ("relative_humidity_pct", 999.0),
    "wind_speed": ("wind_speed_m_s", 999.0),
    "ghi": ("ghi_w_m2", 9999.0),
    "dni": ("dni_w_m2", 9999.0),
    "dhi": ("dhi_w_m2", 9999.0),
    "atmospheric_pressure": ("pressure_pa", 999_999.0),
}


def read_epw(path: str | Path, *, kind: str | None = None) -> Weather:
    """Read an EnergyPlus weather file.

    Hour 1 of the file is 00:00–01:00 of local standard time and becomes the label 00:00. A typical year gets the
    nominal year 2025, a measured one keeps its own. Missing values are filled as `gaps.fill_gaps` tells, and `source`
    says how many.

    Parameters
    ----------
    path : path
        The file.
    kind : {"typical", "measured"}, optional
        Without it: "measured" when the file holds a leap day or calls itself AMY (actual meteorological year), else
        "typical".

    Returns
    -------
    Weather

    References
    ----------
    US Department of Energy, EnergyPlus Auxiliary Programs, "Weather Data Format Definition".
    """
    path = Path(path)
    data, place = _parse(path)
    raw = _columns(data, path.name)
    kind = kind or _guess_kind(data, str(place.get("data_type", "")))
    raw.index = _index(data, float(place["TZ"]), kind, path.name)
    site = (float(place["latitude"]), float(place["longitude"]), float(place["altitude"]))
    table, filled = fill_gaps(raw, *site, origin=path.name, first_line=_HEADER_LINES + 1)
    name = str(place["city"]).strip().title() or "an unnamed place"
    source = f"{name}, {str(place['data_type']).strip() or 'EPW'} (file {path.name})"
    source += f"; {filled} missing values filled" if filled else ""
    licence = "terms of the file's publisher"
    return require_sound(Weather(table[list(COLUMNS)], *site, float(place["TZ"]), kind, source, licence), path.name)


def _parse(path: Path) -> tuple[pd.DataFrame, dict[str, Any]]:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise WeatherFileError(path.name, f"can't be read ({error.strerror or error})") from error
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = raw.decode("latin-1")  # place names of many national files
    if not text[:9].upper().startswith("LOCATION,"):
        raise WeatherFileError(path.name, "line 1 doesn't begin with 'LOCATION,': this is no EPW file")
    try:
        data, place = pvlib.iotools.read_epw(io.StringIO(text))
    except (ValueError, KeyError, IndexError, TypeError) as error:
        raise WeatherFileError(path.name, f"is no complete EPW file ({error}); download it again") from error
    return data, place


def _columns(data: pd.DataFrame, origin: str) -> pd.DataFrame:
    columns, problems = {}, []
    for theirs, (ours, missing) in _FIELDS.items():
        values = pd.to_numeric(data[theirs], errors="coerce").to_numpy(dtype=float)
        broken = np.isnan(values) & data[theirs].notna().to_numpy()
        if broken.any():
            row = int(np.argmax(broken))
            problems.append(f"line {row + _HEADER_LINES + 1}: '{data[theirs].iloc[row]}' is no number for {ours}")
        columns[ours] = np.where(values >= missing, np.nan, values)
    if problems:
        raise WeatherFileError(origin, problems)
    return pd.DataFrame(columns)


def _guess_kind(data: pd.DataFrame, data_type: str) -> str:
    named_actual = any(word in data_type.upper() for word in ("AMY", "ACTUAL", "MEASURED"))
    leap_day = ((data["month"] == 2) & (data["day"] == 29)).any()
    return "measured" if named_actual or leap_day else "typical"


def _index(data: pd.DataFrame, utc_offset_h: float, kind: str, origin: str) -> pd.DatetimeIndex:
    """UTC index; the file's own month, day and hour must run through one year without a hole."""
    if len(data) not in (8760, 8784):
        raise WeatherFileError(origin, f"has {len(data)} hours, a year has 8760 or 8784; download the file again")
    year = int(data["year"].iloc[0]) if kind == "measured" else (2024 if len(data) == 8784 else TYPICAL_YEAR)
    local = pd.date_range(f"{year}-01-01", periods=len(data), freq="h", unit="ns")
    said = data[["month", "day", "hour"]].to_numpy(dtype=int)
    wanted = np.column_stack([local.month, local.day, local.hour + 1])
    # Some files count hours 0–23: then hour 0 is the first one.
    shift = 1 if said[:, 2].min() == 0 else 0
    said[:, 2] += shift
    odd = (said != wanted).any(axis=1)
    if odd.any():
        row = int(np.argmax(odd))
        is_month, is_day, is_hour = said[row]
        month, day, hour = wanted[row]
        raise WeatherFileError(
            origin,
            f"line {row + _HEADER_LINES + 1} is month {is_month}, day {is_day}, hour {is_hour} where month {month}, "
            f"day {day}, hour {hour} was due: hours are missing, doubled or out of order",
        )
    if kind == "typical" and len(data) == 8760:
        return typical_index(utc_offset_h)
    utc = (local - pd.Timedelta(hours=utc_offset_h)).tz_localize("UTC")
    return pd.DatetimeIndex(utc, name="time")
