"""The weather that a scenario asks for."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from twin._errors import ScenarioError
from twin.scenario.schema import WeatherEdit

if TYPE_CHECKING:
    from gis_data.weather import Weather


def edited_weather(weather: Weather, edit: WeatherEdit, *, folder: Path | None, seed: int) -> Weather:
    """Apply a weather edit.

    Parameters
    ----------
    weather : Weather
        The weather before the edit; it is not changed.
    edit : WeatherEdit
        Another file, a synthetic year, a shift of the air temperature, or one of the first two shifted.
    folder : Path, optional
        Folder of the scenario's file, which `edit.file` is relative to; without it, the working directory.
    seed : int
        Seed of a synthetic year whose edit gives none.

    Returns
    -------
    Weather
    """
    if edit.file is not None:
        weather = _read((folder or Path()) / edit.file)
    elif edit.synthetic:
        weather = _generated(weather, seed if edit.seed is None else edit.seed)
    if edit.shift_c:
        table = weather.table.assign(air_temp_c=weather.table["air_temp_c"] + edit.shift_c)
        weather = replace(weather, table=table, source=f"{weather.source}; every hour {edit.shift_c:+g} °C")
    return weather


def _read(path: Path) -> Weather:
    from gis_data.weather import read_epw, read_tmy3  # noqa: PLC0415  slow to import and rarely needed

    readers = {".epw": read_epw, ".csv": read_tmy3}
    if not path.is_file():
        raise ScenarioError([f"the weather file {path} is not there; name it relative to the scenario's own folder"])
    if path.suffix.lower() not in readers:
        raise ScenarioError([f"the weather file {path.name} is neither EPW (.epw) nor TMY3 (.csv)"])
    found: Weather = readers[path.suffix.lower()](path)
    return found


def _generated(weather: Weather, seed: int) -> Weather:
    from gis_data.weather import normals_near, synthetic_weather  # noqa: PLC0415  as above

    return synthetic_weather(
        normals_near(weather.latitude, weather.longitude),
        weather.latitude,
        weather.longitude,
        altitude_m=weather.altitude_m,
        utc_offset_h=weather.utc_offset_h,
        seed=seed,
    )
