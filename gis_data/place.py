"""Where a district lies: time zone, country, metric CRS."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources

import pyproj
from timezonefinder import TimezoneFinder

NATIONAL_CRS: Mapping[str, str] = {"FI": "EPSG:3067", "AX": "EPSG:3067"}
"""Countries with one metric CRS for all of their land: ETRS-TM35FIN of Finland (JHS 197)."""


def timezone_at(longitude: float, latitude: float) -> str:
    """Name of the time zone at a place, "Europe/Helsinki"; of the open sea the nautical one, "Etc/GMT-2".

    Parameters
    ----------
    longitude, latitude : float
        Degrees.
    """
    return _finder().timezone_at(lng=longitude, lat=latitude) or "UTC"


def country_of_timezone(timezone: str) -> str:
    """ISO 3166 alpha-2 of the country that a time zone is of; empty where it is none's.

    Parameters
    ----------
    timezone : str
        Name as in the IANA database; its zone.tab names one country per zone.
    """
    return _countries().get(timezone, "")


def metric_crs(bounds: tuple[float, float, float, float], country: str) -> str:
    """Metric CRS of a district: the country's own, else the UTM zone of its centre.

    Parameters
    ----------
    bounds : tuple of float
        West, south, east, north, in degrees.
    country : str
        ISO 3166 alpha-2.
    """
    if country in NATIONAL_CRS:
        return NATIONAL_CRS[country]
    west, south, east, north = bounds
    x, y = (west + east) / 2, (south + north) / 2
    area = pyproj.aoi.AreaOfInterest(x, y, x, y)
    found = pyproj.database.query_utm_crs_info(datum_name="WGS 84", area_of_interest=area)
    hemisphere = "326" if y >= 0 else "327"
    codes = sorted(info.code for info in found if info.code.startswith(hemisphere) and len(info.code) == 5)
    if codes:
        return f"EPSG:{codes[0]}"
    # Beyond 84° N and 80° S no zone is defined; the polar stereographic grids go there.
    return "EPSG:32661" if y >= 0 else "EPSG:32761"


@cache
def _finder() -> TimezoneFinder:
    return TimezoneFinder()


@cache
def _countries() -> dict[str, str]:
    text = resources.files("tzdata.zoneinfo").joinpath("zone.tab").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]
    return {row[2]: row[0] for row in rows}
