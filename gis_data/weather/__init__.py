"""Hourly weather of one year: from files, from PVGIS, or generated from published monthly normals."""

from gis_data.weather._errors import NormalsError, WeatherFileError, WeatherProblemsError, WeatherUnavailableError
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
