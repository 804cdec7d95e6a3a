"""Hourly weather of one year: from files, from PVGIS, or generated from published monthly normals."""

from gis_data.weather._errors import NormalsError, WeatherFileError, WeatherProblemsError, WeatherUnavailableError
from gis_data.weather.epw import read_epw
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
    "KINDS",
    "TYPICAL_YEAR",
    "NormalsError",
    "Weather",
    "WeatherFileError",
    "WeatherProblemsError",
    "WeatherUnavailableError",
    "check_weather",
    "load_weather",
    "read_epw",
    "require_sound",
    "save_weather",
    "typical_index",
]
