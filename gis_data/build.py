"""Build a district: read, make the tables, find the weather, tell what was done."""

from __future__ import annotations

import dataclasses
import re
import zoneinfo
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from gis_data._errors import BuildError, WeatherError
from gis_data.buildings import buildings_from_features
from gis_data.chargers import chargers_of
from gis_data.district import District
from gis_data.features import Features, Problem
from gis_data.landuse import landuse_of
from gis_data.place import country_of_timezone, metric_crs, timezone_at
from gis_data.readers.geojson import read_geojson
from gis_data.readers.osm_file import read_osm_file
from gis_data.readers.osm_live import read_osm_live
from gis_data.report import make_report
from gis_data.roofs import roofs_of
from gis_data.schema import conform, table_columns
from gis_data.streets import streets_of
from gis_data.surroundings import parking_of, pipes_of, power_of, trees_of
from gis_data.walls import walls_of
from gis_data.water import water_of
from gis_data.weather import (
    MonthlyNormals,
    Weather,
    fetch_pvgis,
    normals_near,
    read_epw,
    read_normals,
    read_tmy3,
    synthetic_weather,
)

Progress = Callable[[float, str], None]
"""Called with the share done, 0 to 1, and what is going on."""

Bounds = tuple[float, float, float, float]

_NAME = re.compile(r"^[a-z0-9][a-z0-9_-]{0,63}$")
_WEATHER_DECIMALS = {
    "air_temp_c": 2,
    "relative_humidity_pct": 1,
    "wind_speed_m_s": 2,
    "ghi_w_m2": 1,
    "dni_w_m2": 1,
    "dhi_w_m2": 1,
    "pressure_pa": 0,
}
_SURROUNDINGS: tuple[tuple[str, Callable[[Features, str], tuple[Any, tuple[Problem, ...]]]], ...] = (
    ("streets", streets_of),
    ("chargers", chargers_of),
    ("landuse", landuse_of),
    ("water", water_of),
    ("trees", trees_of),
    ("parking", parking_of),
    ("pipes", pipes_of),
    ("power", power_of),
)


def build_district(
    name: str,
    *,
    osm: str | Path | None = None,
    geojson: str | Path | None = None,
    place: str | None = None,
    bbox: Bounds | None = None,
    title: str | None = None,
    weather: Weather | str | Path | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> District:
    """Build a district from one source of geodata.

    Parameters
    ----------
    name : str
        Folder-safe: lower-case letters, digits, `-` and `_`.
    osm : str or Path, optional
        An OSM file; with `bbox`, only that part of it.
    geojson : str or Path, optional
        A GeoJSON file of buildings.
    place : str, optional
        A place that Nominatim finds; its buildings come from Overpass.
    bbox : tuple of float, optional
        West, south, east, north in degrees; alone, its buildings come from Overpass.
    title : str, optional
        For people; by default made of the name.
    weather : Weather, str or Path, optional
        A weather, an EPW or TMY3 file, a CSV of monthly normals, "pvgis", or "synthetic"; by default a synthetic
        typical year from the nearest built-in normals, or PVGIS's where none are near.
    seed : int
        Seed of a synthetic year.
    progress : callable, optional
        Told the share done and what is going on.

    Returns
    -------
    District

    Raises
    ------
    BuildError
        If the name can't be a folder's, not exactly one source is given, or there are no buildings.
    """
    if not _NAME.match(name):
        raise BuildError(f"{name!r} can't name a district: use lower-case letters, digits, '-' and '_'.")
    tell = progress or (lambda _share, _what: None)
    features = _read(osm=osm, geojson=geojson, place=place, bbox=bbox, tell=tell)
    return district_from_features(name, features, title=title, weather=weather, seed=seed, progress=progress)


def district_from_features(
    name: str,
    features: Features,
    *,
    title: str | None = None,
    weather: Weather | str | Path | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> District:
    """Build a district from features that a reader returned; the parameters are those of `build_district`."""
    tell = progress or (lambda _share, _what: None)
    west, south, east, north = features.bounds
    longitude, latitude = (west + east) / 2, (south + north) / 2
    timezone = timezone_at(longitude, latitude)
    country = country_of_timezone(timezone)
    crs = metric_crs(features.bounds, country)
    tables, problems = _tables(features, crs, tell)
    tell(0.85, "making the weather")
    year, notes = _weather(weather, latitude, longitude, timezone, seed)
    tell(0.98, "writing the report")
    report = make_report(tables, [*features.problems, *problems], notes)
    tell(1.0, "done")
    return District(
        name=name,
        title=title or name.replace("-", " ").replace("_", " ").capitalize(),
        crs=crs,
        timezone=timezone,
        country=country,
        bounds=features.bounds,
        data_date=features.data_date,
        sources=features.sources,
        tables=tables,
        weather=year,
        report=report,
    )


def _read(
    *, osm: str | Path | None, geojson: str | Path | None, place: str | None, bbox: Bounds | None, tell: Progress
) -> Features:
    given = [key for key, value in {"osm": osm, "geojson": geojson, "place": place}.items() if value is not None]
    if len(given) > 1 or (bbox is not None and given not in ([], ["osm"])) or not (given or bbox):
        raise BuildError(
            "A district is built from one source: a file (osm, perhaps with a bbox; or geojson), a place or a bbox; "
            f"given: {', '.join([*given, *(['bbox'] if bbox is not None else [])]) or 'none'}."
        )
    if bbox is not None:
        bbox = _checked_bbox(bbox)
    if osm is not None:
        tell(0.0, f"reading {Path(osm).name}")
        return read_osm_file(osm, bounds=bbox)
    if geojson is not None:
        tell(0.0, f"reading {Path(geojson).name}")
        return read_geojson(geojson)
    tell(0.0, "asking OpenStreetMap")
    return read_osm_live(place=place, bbox=bbox)


def _checked_bbox(bbox: Bounds) -> Bounds:
    west, south, east, north = (float(value) for value in bbox)
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        raise BuildError(
            f"The bbox {west:g} {south:g} {east:g} {north:g} is not west south east north in degrees "
            "(west below east, south below north)."
        )
    return west, south, east, north


def _tables(features: Features, crs: str, tell: Progress) -> tuple[dict[str, pd.DataFrame], list[Problem]]:
    """Make every table of tables.csv, in its order."""
    tell(0.2, "making the buildings")
    found = buildings_from_features(features, crs)
    if found.buildings.empty:
        raise BuildError(
            "There are no buildings in this area; choose another place or box, or look at the file: "
            f"it has {len(features.tagged('building'))} objects tagged building."
        )
    problems = list(found.problems)
    made: dict[str, pd.DataFrame] = {"buildings": conform("buildings", found.buildings, crs)}
    tell(0.5, "making the roofs")
    buildings = gpd.GeoDataFrame(made["buildings"])
    made["roofs"] = conform("roofs", roofs_of(buildings, found.tags), crs)
    tell(0.6, "making the walls")
    made["walls"] = conform("walls", walls_of(buildings), crs)
    for number, (table, make) in enumerate(_SURROUNDINGS):
        tell(0.7 + 0.15 * number / len(_SURROUNDINGS), f"making the table {table}")
        made[table], more = make(features, crs)
        problems += more
    return {table: made[table] for table in table_columns()}, problems


def _weather(
    given: Weather | str | Path | None, latitude: float, longitude: float, timezone: str, seed: int
) -> tuple[Weather, list[str]]:
    """Weather as asked for, and a note where it isn't what one would expect."""
    if isinstance(given, Weather):
        return given, []
    if given == "pvgis":
        return fetch_pvgis(latitude, longitude, cache_dir=_cache_dir()), []
    if given is None or given == "synthetic":
        try:
            normals = normals_near(latitude, longitude)
        except WeatherError:
            if given == "synthetic":
                raise
            return fetch_pvgis(latitude, longitude, cache_dir=_cache_dir()), [
                "No built-in normals are near: the weather is PVGIS's typical year."
            ]
        return _synthetic(normals, latitude, longitude, timezone, seed), []
    path = Path(given)
    suffix = path.suffix.lower()
    if suffix == ".epw":
        return read_epw(path), []
    if suffix == ".csv" and _is_normals(path):
        return _synthetic(read_normals(path), latitude, longitude, timezone, seed), []
    if suffix in {".csv", ".tm3", ".tmy3"}:
        return read_tmy3(path), []
    raise WeatherError(
        f"{path}: not a kind of weather; give an EPW or TMY3 file, a CSV of monthly normals, 'pvgis' or 'synthetic'."
    )


def _synthetic(normals: MonthlyNormals, latitude: float, longitude: float, timezone: str, seed: int) -> Weather:
    year = synthetic_weather(
        normals,
        latitude,
        longitude,
        altitude_m=normals.altitude_m,
        utc_offset_h=standard_utc_offset_h(timezone),
        seed=seed,
    )
    # As many digits as stations tell: the last bits of exp and cos differ between processors, the bytes must not.
    return dataclasses.replace(year, table=year.table.round(_WEATHER_DECIMALS))


def standard_utc_offset_h(timezone: str, year: int = 2025) -> float:
    """Offset of local standard time from UTC in h: without summer time, wherever on Earth.

    Parameters
    ----------
    timezone : str
        Name as in the IANA database.
    year : int
        Year to look at.
    """
    zone = zoneinfo.ZoneInfo(timezone)
    offsets = [datetime(year, month, 15, 12, tzinfo=zone).utcoffset() for month in range(1, 13)]
    # The least offset of the year, not tzinfo.dst: in Ireland's entry the winter is the odd one.
    return min(offset.total_seconds() for offset in offsets if offset is not None) / 3600.0


def _is_normals(path: Path) -> bool:
    """Whether a CSV is one of monthly normals: its first lines hold the header `month,…`."""
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            return any(line.strip().lower().startswith("month,") for _, line in zip(range(20), file, strict=False))
    except OSError as error:
        raise WeatherError(f"{path}: the weather file can't be read ({error.strerror}).") from error


def _cache_dir() -> Path:
    import platformdirs  # noqa: PLC0415  only PVGIS needs it

    return Path(platformdirs.user_cache_dir("city-energy-twin", appauthor=False)) / "pvgis"
