"""Hourly weather of one year: from files, from PVGIS, or generated from published monthly normals."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from gis_data.weather._errors import NormalsError, WeatherFileError, WeatherProblemsError, WeatherUnavailableError
from gis_data.weather.weather import (
    COLUMNS,
    KINDS,
    TYPICAL_YEAR,
    Weather,
    check_weather,
    load_weather,
    require_sound,
    save_weather,
    typical_index,
)

if TYPE_CHECKING:
    from gis_data.weather.epw import read_epw
    from gis_data.weather.normals import (
        HELSINKI_NORMALS,
        MonthlyNormals,
        built_in_normals,
        monthly_normals_of,
        normals_near,
        read_normals,
    )
    from gis_data.weather.pvgis import PVGIS_URL, fetch_pvgis
    from gis_data.weather.synthetic import synthetic_weather
    from gis_data.weather.tmy3 import read_tmy3

# What makes weather is imported when first asked for: loading a district's weather needs none of it.
_HOME = {
    "HELSINKI_NORMALS": "gis_data.weather.normals",
    "PVGIS_URL": "gis_data.weather.pvgis",
    "MonthlyNormals": "gis_data.weather.normals",
    "built_in_normals": "gis_data.weather.normals",
    "fetch_pvgis": "gis_data.weather.pvgis",
    "monthly_normals_of": "gis_data.weather.normals",
    "normals_near": "gis_data.weather.normals",
    "read_epw": "gis_data.weather.epw",
    "read_normals": "gis_data.weather.normals",
    "read_tmy3": "gis_data.weather.tmy3",
    "synthetic_weather": "gis_data.weather.synthetic",
}

__all__ = [
    "COLUMNS",
    "HELSINKI_NORMALS",
    "KINDS",
    "PVGIS_URL",
    "TYPICAL_YEAR",
    "MonthlyNormals",
    "NormalsError",
    "Weather",
    "WeatherFileError",
    "WeatherProblemsError",
    "WeatherUnavailableError",
    "built_in_normals",
    "check_weather",
    "fetch_pvgis",
    "load_weather",
    "monthly_normals_of",
    "normals_near",
    "read_epw",
    "read_normals",
    "read_tmy3",
    "require_sound",
    "save_weather",
    "synthetic_weather",
    "typical_index",
]


def __getattr__(name: str) -> Any:
    """Fetch a public name from the module that holds it."""
    if name not in _HOME:
        raise AttributeError(f"module 'gis_data.weather' has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)
