"""TMY3 files of the National Solar Radiation Data Base (.csv)."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pvlib

from gis_data.weather._errors import WeatherFileError
from gis_data.weather.gaps import fill_gaps
from gis_data.weather.weather import COLUMNS, Weather, require_sound, typical_index

_HEADER_LINES = 2
_MISSING_BELOW = -900.0  # TMY3 writes −9900

_FIELDS = {
    # pvlib's name -> our name, factor to our unit
    "temp_air": ("air_temp_c", 1.0),
    "temp_dew": ("dew_point_c", 1.0),
    "relative_humidity": ("relative_humidity_pct", 1.0),
    "wind_speed": ("wind_speed_m_s", 1.0),
    "ghi": ("ghi_w_m2", 1.0),
    "dni": ("dni_w_m2", 1.0),
    "dhi": ("dhi_w_m2", 1.0),
    "pressure": ("pressure_pa", 100.0),  # mbar
}


def read_tmy3(path: str | Path) -> Weather:
    """Read a TMY3 file.

    TMY3 labels an hour by its end: 01:00 is 00:00–01:00 of local standard time and becomes the label 00:00. A file
    whose first label is 00:00 or 00:30 labels the start or the middle. The months get the nominal year 2025. Missing
    values are filled as `gaps.fill_gaps` tells, and `source` says how many.

    Parameters
    ----------
    path : path
        The file.

    Returns
    -------
    Weather
        Kind "typical".

    References
    ----------
    Wilcox, S. and Marion, W. (2008), Users Manual for TMY3 Data Sets, NREL/TP-581-43156.
    """
    path = Path(path)
    data, place = _parse(path)
    raw = _columns(data, path.name)
    offset_h = float(place["TZ"])
    raw.index = typical_index(offset_h)
    site = (float(place["latitude"]), float(place["longitude"]), float(place["altitude"]))
    table, filled = fill_gaps(raw, *site, origin=path.name, first_line=_HEADER_LINES + 1)
    name = str(place.get("Name", "")).strip('" ').title() or "an unnamed place"
    source = f"{name}, TMY3 (file {path.name})" + (f"; {filled} missing values filled" if filled else "")
    licence = "terms of the file's publisher"
    return require_sound(Weather(table[list(COLUMNS)], *site, offset_h, "typical", source, licence), path.name)


def _parse(path: Path) -> tuple[pd.DataFrame, dict[str, Any]]:
    try:
        with warnings.catch_warnings():
            # pvlib sets values on a copy; the result is right.
            warnings.simplefilter("ignore")
            data, place = pvlib.iotools.read_tmy3(str(path), map_variables=True, encoding="latin-1")
    except OSError as error:
        raise WeatherFileError(path.name, f"can't be read ({error.strerror or error})") from error
    except (ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
        raise WeatherFileError(path.name, f"is no complete TMY3 file ({error}); download it again") from error
    lacking = [column for column in _FIELDS if column not in data.columns]
    if lacking:
        raise WeatherFileError(path.name, f"lacks the TMY3 columns for {', '.join(lacking)}: is it another format?")
    if len(data) != 8760:
        raise WeatherFileError(path.name, f"has {len(data)} hours, a TMY3 has 8760; download it again")
    _check_order(pd.DatetimeIndex(data.index), path.name)
    return data, place


def _check_order(index: pd.DatetimeIndex, origin: str) -> None:
    """Months, days and hours must run through one year; years may differ from month to month."""
    ends_of_hours = index[0].hour == 1
    wanted = pd.date_range("2025-01-01", periods=8760, freq="h") + pd.Timedelta(hours=int(ends_of_hours))
    said = np.column_stack([index.month, index.day, index.hour])
    due = np.column_stack([wanted.month, wanted.day, wanted.hour])
    # The end of 28 February of a leap year is 1 March here: pvlib moves the 29th on.
    odd = (said != due).any(axis=1)
    if odd.any():
        row = int(np.argmax(odd))
        raise WeatherFileError(
            origin,
            f"line {row + _HEADER_LINES + 1} is {index[row]:%m/%d %H:%M} where {wanted[row]:%m/%d %H:%M} was due: "
            "hours are missing, doubled or out of order",
        )


def _columns(data: pd.DataFrame, origin: str) -> pd.DataFrame:
    columns, problems = {}, []
    for theirs, (ours, factor) in _FIELDS.items():
        values = pd.to_numeric(data[theirs], errors="coerce").to_numpy(dtype=float)
        broken = np.isnan(values) & data[theirs].notna().to_numpy()
        if broken.any():
            row = int(np.argmax(broken))
            problems.append(f"line {row + _HEADER_LINES + 1}: '{data[theirs].iloc[row]}' is no number for {ours}")
        columns[ours] = np.where(values < _MISSING_BELOW, np.nan, values * factor)
    if problems:
        raise WeatherFileError(origin, problems)
    return pd.DataFrame(columns)
