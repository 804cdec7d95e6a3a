"""One year of hourly weather at one site: the table, where it comes from, what makes it plausible, how it is kept."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from gis_data.weather._errors import WeatherFileError
from gis_data.weather.sun import sun_path

logger = logging.getLogger(__name__)

COLUMNS = (
    "air_temp_c",
    "relative_humidity_pct",
    "wind_speed_m_s",
    "ghi_w_m2",
    "dni_w_m2",
    "dhi_w_m2",
    "pressure_pa",
)
"""Columns of a weather table, in this order, float64. The suffix is the unit."""

KINDS = ("measured", "typical", "synthetic")
"""Kinds of weather: a real year, a typical year made of real months, a year generated from monthly normals."""

TYPICAL_YEAR = 2025
"""Nominal year of typical and synthetic weather: no leap day."""

RANGES: Mapping[str, tuple[float, float]] = {
    # The records of the Earth's surface with a margin (WMO World Weather & Climate Extremes Archive).
    "air_temp_c": (-90.0, 60.0),
    "relative_humidity_pct": (0.0, 110.0),
    "wind_speed_m_s": (0.0, 115.0),
    "ghi_w_m2": (0.0, 1600.0),
    "dni_w_m2": (0.0, 1415.0),
    "dhi_w_m2": (0.0, 1100.0),
    "pressure_pa": (30_000.0, 110_000.0),
}
"""What is physically possible in an hour, per column."""

CLOSURE_TOLERANCE = 0.22
"""Mean |GHI − (DNI·cos θ + DHI)| allowed, as a share of the mean beam GHI − DHI. Good files have under 0.03, files
whose clock is an hour off 0.12 to 0.20, which is warned of, two hours 0.24 and more."""

NIGHT_TOLERANCE = 0.01
"""Share of the year's GHI that may fall into hours without sun: twilight gives under 0.002."""


@dataclass(frozen=True, eq=False)
class Weather:
    """A year of hourly weather.

    Attributes
    ----------
    table : pandas.DataFrame
        8760 or 8784 rows; index tz-aware UTC, label = start of the hour, values are the hour's mean; columns as
        `COLUMNS`. Typical and synthetic years begin at midnight of 1 January 2025 in local standard time.
    latitude, longitude : float
        Degrees north and east.
    altitude_m : float
        Metres above the sea.
    utc_offset_h : float
        Local standard time minus UTC, hours.
    kind : str
        One of `KINDS`.
    source : str
        A sentence that says where the numbers come from.
    licence : str
        Terms of use.
    """

    table: pd.DataFrame
    latitude: float
    longitude: float
    altitude_m: float
    utc_offset_h: float
    kind: str
    source: str
    licence: str

    def metadata(self) -> dict[str, Any]:
        """Everything but the table, as plain values that TOML and JSON can hold."""
        return {
            "latitude": float(self.latitude),
            "longitude": float(self.longitude),
            "altitude_m": float(self.altitude_m),
            "utc_offset_h": float(self.utc_offset_h),
            "kind": self.kind,
            "source": self.source,
            "licence": self.licence,
        }

    @classmethod
    def from_table(cls, table: pd.DataFrame, metadata: Mapping[str, Any]) -> Weather:
        """Weather from its table and what `metadata` returned; unknown and missing keys are an error.

        Parameters
        ----------
        table : pandas.DataFrame
            As `Weather.table`.
        metadata : mapping
            The keys that `metadata` gives.

        Returns
        -------
        Weather
        """
        wanted = ("latitude", "longitude", "altitude_m", "utc_offset_h", "kind", "source", "licence")
        problems = [f"the metadata lack '{key}'" for key in wanted if key not in metadata]
        problems += [f"the metadata hold an unknown key '{key}'" for key in metadata if key not in wanted]
        if problems:
            raise WeatherFileError("weather", problems)
        numbers = {key: float(metadata[key]) for key in wanted[:4]}
        words = {key: str(metadata[key]) for key in wanted[4:]}
        return cls(table=table, **numbers, **words)  # type: ignore[arg-type]

    @property
    def local_standard_time(self) -> pd.DatetimeIndex:
        """The table's index in local standard time, naive."""
        return (self.table.index + pd.Timedelta(hours=self.utc_offset_h)).tz_localize(None)


def typical_index(utc_offset_h: float, year: int = TYPICAL_YEAR) -> pd.DatetimeIndex:
    """UTC hours of a year of 8760 hours that begins at midnight of 1 January in local standard time.

    Parameters
    ----------
    utc_offset_h : float
        Local standard time minus UTC, hours.
    year : int
        Nominal year; of a leap year the last day is left out.

    Returns
    -------
    pandas.DatetimeIndex
        8760 labels, UTC, start of the hour.
    """
    first = pd.Timestamp(year=year, month=1, day=1, tz="UTC") - pd.Timedelta(hours=utc_offset_h)
    return pd.date_range(first, periods=8760, freq="h", name="time", unit="ns")


def check_weather(weather: Weather) -> list[str]:
    """List what is wrong with a weather table, one sentence each; empty when nothing is.

    Checked: columns and types, 8760 or 8784 contiguous hours in UTC, physical ranges, no sunshine at night (which
    shows a wrong time zone or hour label), and the closure GHI = DNI·cos θ + DHI (Long and Dutton 2002, quality
    control of the BSRN).

    Parameters
    ----------
    weather : Weather

    Returns
    -------
    list of str
    """
    problems = _check_shape(weather)
    if problems:
        return problems
    table = weather.table
    for column, (lowest, highest) in RANGES.items():
        values = table[column].to_numpy(dtype=float)
        bad = ~((values >= lowest) & (values <= highest))
        if bad.any():
            row = int(np.argmax(bad))
            problems.append(
                f"{column} is {values[row]:g} in hour {row + 1} ({table.index[row]:%Y-%m-%d %H:%M} UTC), outside "
                f"{lowest:g} to {highest:g}; {int(bad.sum())} such hours"
            )
    return problems or _check_sun(weather)


def _check_shape(weather: Weather) -> list[str]:
    table, problems = weather.table, []
    if weather.kind not in KINDS:
        problems.append(f"kind is '{weather.kind}', it must be one of {', '.join(KINDS)}")
    if not (-90.0 <= weather.latitude <= 90.0 and -180.0 <= weather.longitude <= 180.0):
        problems.append(f"latitude {weather.latitude:g} and longitude {weather.longitude:g} are no place on Earth")
    missing = [column for column in COLUMNS if column not in table.columns]
    if missing:
        problems.append(f"the table lacks the columns {', '.join(missing)}")
    index = table.index
    if not isinstance(index, pd.DatetimeIndex) or index.tz is None or str(index.tz) != "UTC":
        problems.append("the table's index must be a DatetimeIndex in UTC")
    elif len(index) not in (8760, 8784):
        problems.append(f"the table has {len(index)} hours, a year has 8760 or 8784")
    else:
        step = np.diff(index.as_unit("ns").asi8)
        odd = step != 3_600_000_000_000
        if odd.any():
            row = int(np.argmax(odd))
            problems.append(f"the hours are not contiguous: {index[row]} is followed by {index[row + 1]}")
    return problems


def _check_sun(weather: Weather) -> list[str]:
    table, problems = weather.table, []
    ghi, dni, dhi = (table[column].to_numpy(dtype=float) for column in ("ghi_w_m2", "dni_w_m2", "dhi_w_m2"))
    total = ghi.sum()
    if total <= 0.0:
        return ["ghi_w_m2 is zero all year: a weather file without irradiance can't drive a solar model"]
    sun = sun_path(pd.DatetimeIndex(table.index), weather.latitude, weather.longitude, weather.altitude_m)
    # The sun climbs 7.5° in half an hour at most: below −8.5° at the middle it is down all the hour.
    dark = sun.elevation_deg < -8.5
    night_share = float(ghi[dark].sum() / total)
    if night_share > NIGHT_TOLERANCE:
        problems.append(
            f"{100 * night_share:.1f} % of the global irradiation falls into hours without sun: the time zone "
            f"(now UTC{weather.utc_offset_h:+g}), the longitude or the labels of the hours are wrong"
        )
    beam = max(float(np.abs(ghi - dhi).sum()), 0.01 * float(total))
    closure = float(np.abs(ghi - dni * sun.cos_zenith - dhi).sum()) / beam
    if 0.5 * CLOSURE_TOLERANCE < closure <= CLOSURE_TOLERANCE:
        logger.warning("%s: the clock of the irradiance seems to be off by up to an hour", weather.source)
    if closure > CLOSURE_TOLERANCE:
        problems.append(
            f"global irradiance and DNI·cos(zenith) + DHI differ by {100 * closure:.0f} % of the beam on average (at "
            f"most {100 * CLOSURE_TOLERANCE:.0f} % is accepted): the clock is shifted or the columns are mixed up"
        )
    return problems


def require_sound(weather: Weather, origin: str) -> Weather:
    """Pass sound weather through, else raise an error that lists everything `check_weather` found.

    Parameters
    ----------
    weather : Weather
    origin : str
        File or service that the error names.

    Returns
    -------
    Weather
    """
    problems = check_weather(weather)
    if problems:
        raise WeatherFileError(origin, problems)
    return weather


def save_weather(weather: Weather, path: str | Path) -> None:
    """Write the table as Parquet; the same weather gives the same bytes.

    Parameters
    ----------
    weather : Weather
    path : path
        Usually `weather.parquet` of a district; the metadata go into `district.toml`.
    """
    table = weather.table
    arrays = {"time": pa.array(pd.DatetimeIndex(table.index).as_unit("ns"), type=pa.timestamp("ns", tz="UTC"))}
    arrays |= {column: pa.array(table[column].to_numpy(dtype=np.float64)) for column in COLUMNS}
    # No pandas metadata: they carry library versions, which would change the bytes.
    pq.write_table(pa.table(arrays), path, compression="zstd", store_schema=True, version="2.6")


def load_weather(path: str | Path, metadata: Mapping[str, Any]) -> Weather:
    """Read what `save_weather` wrote.

    Parameters
    ----------
    path : path
    metadata : mapping
        What `Weather.metadata` gave.

    Returns
    -------
    Weather
    """
    path = Path(path)
    try:
        stored = pq.read_table(path)
    except (OSError, pa.ArrowInvalid) as error:
        raise WeatherFileError(
            path.name, f"is no readable Parquet table ({error}); build the district again"
        ) from error
    missing = [column for column in ("time", *COLUMNS) if column not in stored.column_names]
    if missing:
        raise WeatherFileError(path.name, f"lacks the columns {', '.join(missing)}; build the district again")
    index = pd.DatetimeIndex(stored["time"].to_pandas(), name="time").tz_convert("UTC")
    table = pd.DataFrame({column: stored[column].to_numpy() for column in COLUMNS}, index=index)
    return require_sound(Weather.from_table(table, metadata), path.name)
