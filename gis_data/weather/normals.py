"""Monthly normals of the climate: what national weather services publish for a station and thirty years."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path

import numpy as np

from gis_data.weather._errors import NormalsError
from gis_data.weather.series import DAYS_IN_MONTH
from gis_data.weather.sun import FloatArray
from gis_data.weather.weather import Weather

NEAREST_KM = 60.0
"""Built-in normals serve places up to here: monthly means of one climate stay within about a degree so far."""

MONTHLY_COLUMNS: Mapping[str, tuple[float, float]] = {
    # column -> lowest and highest plausible monthly value
    "temp_mean_c": (-60.0, 45.0),
    "temp_max_c": (-55.0, 55.0),
    "temp_min_c": (-65.0, 40.0),
    "relative_humidity_pct": (5.0, 100.0),
    "wind_speed_m_s": (0.0, 25.0),
    "ghi_kwh_m2": (0.0, 320.0),
    "sunshine_h": (0.0, 744.0),
}
"""Columns of a CSV of normals after `month`; only `temp_mean_c` and one of the last two must be filled."""


@dataclass(frozen=True, eq=False)
class MonthlyNormals:
    """Monthly means of one place, January first; a column that isn't known is None.

    Attributes
    ----------
    name : str
        Place or station.
    period : str
        "1991–2020".
    source : str
        A sentence: who published them, where, and what comes from elsewhere.
    latitude, longitude, altitude_m : float
        The station.
    temp_mean_c, temp_max_c, temp_min_c : ndarray, shape (12,)
        Mean, mean daily maximum and mean daily minimum of the air temperature, °C.
    relative_humidity_pct : ndarray, shape (12,)
        Per cent.
    wind_speed_m_s : ndarray, shape (12,)
        At 10 m, m/s.
    ghi_kwh_m2 : ndarray, shape (12,)
        Global horizontal irradiation of the month, kWh/m².
    sunshine_h : ndarray, shape (12,)
        Bright sunshine in the month, hours.
    """

    name: str
    period: str
    source: str
    latitude: float
    longitude: float
    altitude_m: float
    temp_mean_c: FloatArray
    temp_max_c: FloatArray | None = None
    temp_min_c: FloatArray | None = None
    relative_humidity_pct: FloatArray | None = None
    wind_speed_m_s: FloatArray | None = None
    ghi_kwh_m2: FloatArray | None = None
    sunshine_h: FloatArray | None = None

    def __post_init__(self) -> None:
        problems = []
        for column, (lowest, highest) in MONTHLY_COLUMNS.items():
            values = getattr(self, column)
            if values is None:
                continue
            if np.shape(values) != (12,):
                problems.append(f"{column} has {np.size(values)} values, a year has 12 months")
                continue
            bad = [month + 1 for month in range(12) if not lowest <= float(values[month]) <= highest]
            if bad:
                problems.append(f"{column} of month {bad} is missing or outside {lowest:g} to {highest:g}")
        if self.ghi_kwh_m2 is None and self.sunshine_h is None:
            problems.append("neither ghi_kwh_m2 nor sunshine_h is given: fill one of the two columns")
        if not problems and self.temp_max_c is not None and self.temp_min_c is not None:
            order = (self.temp_min_c <= self.temp_mean_c) & (self.temp_mean_c <= self.temp_max_c)
            if not order.all():
                months = (np.flatnonzero(~order) + 1).tolist()
                problems.append(f"the mean temperature of month {months} isn't between mean minimum and maximum")
        if problems:
            raise NormalsError(f"normals of {self.name}", problems)


def read_normals(path: str | Path) -> MonthlyNormals:
    """Read monthly normals from a CSV file.

    The file begins with lines `# key: value` for `name`, `period`, `source`, `latitude`, `longitude` and `altitude_m`;
    then a header `month,temp_mean_c,…` with columns of `MONTHLY_COLUMNS`, then one row per month. A column that isn't
    known is left out or left empty in all months.

    Parameters
    ----------
    path : path

    Returns
    -------
    MonthlyNormals
    """
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise NormalsError(path.name, f"can't be read ({error})") from error
    return _parse(text, path.name)


def _parse(text: str, origin: str) -> MonthlyNormals:
    lines = text.splitlines()
    about = dict(_key_value(line) for line in lines if line.startswith("#") and ":" in line)
    rows = list(csv.DictReader(io.StringIO("\n".join(line for line in lines if line and not line.startswith("#")))))
    problems = [f"the line '# {key}: …' is missing" for key in ("name", "latitude", "longitude") if key not in about]
    header = list(rows[0]) if rows else []
    problems += [f"unknown column '{c}'" for c in header if c not in MONTHLY_COLUMNS and c != "month"]
    problems += [f"the column '{c}' is missing" for c in ("month", "temp_mean_c") if c not in header]
    months = [str(row.get("month", "")).strip() for row in rows]
    if not problems and months != [str(month) for month in range(1, 13)]:
        problems.append(f"the rows are the months {', '.join(months) or 'none'}; wanted are 1 to 12 in order")
    columns: dict[str, FloatArray] = {}
    for column in [] if problems else [c for c in header if c != "month"]:
        cells = [(row[column] or "").strip() for row in rows]
        if any(cells):
            values = [_number(cell) for cell in cells]
            bad = [month + 1 for month, value in enumerate(values) if math.isnan(value)]
            problems += [f"{column} of month {bad} is no number"] if bad else []
            columns[column] = np.array(values)
    place = {key: _number(about.get(key, "0")) for key in ("latitude", "longitude", "altitude_m")}
    problems += [f"'{key}' is no number" for key, value in place.items() if math.isnan(value)]
    if problems:
        raise NormalsError(origin, problems)
    return MonthlyNormals(
        name=about["name"],
        period=about.get("period", "unknown period"),
        source=about.get("source", f"file {origin}"),
        latitude=place["latitude"],
        longitude=place["longitude"],
        altitude_m=place["altitude_m"],
        **columns,
    )


def _key_value(line: str) -> tuple[str, str]:
    key, _, value = line.lstrip("# ").partition(":")
    return key.strip(), value.strip()


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan


@cache
def built_in_normals() -> tuple[MonthlyNormals, ...]:
    """Read the normals that come with the package, one per file in `normals/`."""
    folder = resources.files("gis_data.weather") / "normals"
    files = sorted((f for f in folder.iterdir() if f.name.endswith(".csv")), key=lambda f: f.name)
    return tuple(_parse(file.read_text(encoding="utf-8"), file.name) for file in files)


def normals_near(latitude: float, longitude: float) -> MonthlyNormals:
    """Find the built-in normals for a place.

    Parameters
    ----------
    latitude, longitude : float
        Degrees north and east.

    Returns
    -------
    MonthlyNormals
        Of the nearest station, at most `NEAREST_KM` away; else an error tells what to give instead.
    """
    near = sorted((_distance_km(n.latitude, n.longitude, latitude, longitude), i, n) for i, n in _numbered())
    distance, _, normals = near[0]
    if distance <= NEAREST_KM:
        return normals
    known = ", ".join(n.name for n in built_in_normals())
    raise NormalsError(
        f"weather at {latitude:.3f} N, {longitude:.3f} E",
        f"no monthly normals are built in within {NEAREST_KM:g} km (there are: {known}); give an EPW or TMY3 file, "
        "fetch PVGIS's typical year, or give a CSV of monthly normals with the columns month, temp_mean_c and "
        "ghi_kwh_m2 or sunshine_h",
    )


def _numbered() -> list[tuple[int, MonthlyNormals]]:
    return list(enumerate(built_in_normals()))


def _distance_km(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Great-circle distance (haversine)."""
    p1, p2 = math.radians(lat1), math.radians(lat2)
    half = math.sin((p2 - p1) / 2) ** 2 + math.cos(p1) * math.cos(p2) * math.sin(math.radians(lon2 - lon1) / 2) ** 2
    return 2 * 6371.0 * math.asin(math.sqrt(half))


def monthly_normals_of(weather: Weather) -> MonthlyNormals:
    """Reduce a year of hourly weather to its monthly means.

    Parameters
    ----------
    weather : Weather
        8760 hours that begin at local midnight.

    Returns
    -------
    MonthlyNormals
        Mean temperature, humidity and wind, and global irradiation; no daily extremes.
    """
    local = weather.local_standard_time
    monthly = weather.table.groupby(local.month)
    means = monthly[["air_temp_c", "relative_humidity_pct", "wind_speed_m_s"]].mean()
    ghi = monthly["ghi_w_m2"].mean().to_numpy(dtype=float) * DAYS_IN_MONTH * 0.024
    return MonthlyNormals(
        name=f"{weather.latitude:.2f} N, {weather.longitude:.2f} E",
        period="one year",
        source=f"monthly means of: {weather.source}",
        latitude=weather.latitude,
        longitude=weather.longitude,
        altitude_m=weather.altitude_m,
        temp_mean_c=means["air_temp_c"].to_numpy(dtype=float),
        relative_humidity_pct=means["relative_humidity_pct"].to_numpy(dtype=float),
        wind_speed_m_s=means["wind_speed_m_s"].to_numpy(dtype=float),
        ghi_kwh_m2=ghi,
    )


HELSINKI_NORMALS = next(normals for normals in built_in_normals() if normals.name == "Helsinki")
"""Normals of Helsinki, 1991–2020; its `source` says which column is from where."""
