"""Geodata: OpenStreetMap or GeoJSON in, a district of tables and a year of weather out."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gis_data._errors import (
        BuildError,
        DistrictError,
        GeoJsonError,
        GisDataError,
        LiveDataError,
        ReadError,
        UnknownDistrictError,
        WeatherError,
    )
    from gis_data._validate import validate_district
    from gis_data.build import build_district, district_from_features
    from gis_data.district import District
    from gis_data.features import USES, Features, Problem, Source
    from gis_data.report import describe
    from gis_data.store import (
        DistrictInfo,
        district_dir,
        list_districts,
        load_district,
        save_district,
        user_data_dir,
        validate_folder,
    )
    from gis_data.weather import HELSINKI_NORMALS, Weather, fetch_pvgis, read_epw, read_tmy3, synthetic_weather

# Imported when first asked for: osmnx, geopandas and numba take seconds, `twin --help` should not.
_HOME = {
    "BuildError": "gis_data._errors",
    "DistrictError": "gis_data._errors",
    "GeoJsonError": "gis_data._errors",
    "GisDataError": "gis_data._errors",
    "LiveDataError": "gis_data._errors",
    "ReadError": "gis_data._errors",
    "UnknownDistrictError": "gis_data._errors",
    "WeatherError": "gis_data._errors",
    "validate_district": "gis_data._validate",
    "build_district": "gis_data.build",
    "district_from_features": "gis_data.build",
    "District": "gis_data.district",
    "USES": "gis_data.features",
    "Features": "gis_data.features",
    "Problem": "gis_data.features",
    "Source": "gis_data.features",
    "describe": "gis_data.report",
    "DistrictInfo": "gis_data.store",
    "district_dir": "gis_data.store",
    "list_districts": "gis_data.store",
    "load_district": "gis_data.store",
    "save_district": "gis_data.store",
    "user_data_dir": "gis_data.store",
    "validate_folder": "gis_data.store",
    "HELSINKI_NORMALS": "gis_data.weather",
    "Weather": "gis_data.weather",
    "fetch_pvgis": "gis_data.weather",
    "read_epw": "gis_data.weather",
    "read_tmy3": "gis_data.weather",
    "synthetic_weather": "gis_data.weather",
}

__all__ = [
    "HELSINKI_NORMALS",
    "USES",
    "BuildError",
    "District",
    "DistrictError",
    "DistrictInfo",
    "Features",
    "GeoJsonError",
    "GisDataError",
    "LiveDataError",
    "Problem",
    "ReadError",
    "Source",
    "UnknownDistrictError",
    "Weather",
    "WeatherError",
    "build_district",
    "describe",
    "district_dir",
    "district_from_features",
    "fetch_pvgis",
    "list_districts",
    "load_district",
    "read_epw",
    "read_tmy3",
    "save_district",
    "synthetic_weather",
    "user_data_dir",
    "validate_district",
    "validate_folder",
]


def __getattr__(name: str) -> Any:
    """Fetch a public name from the module that holds it."""
    if name not in _HOME:
        raise AttributeError(f"module 'gis_data' has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOME])
