"""The weather that a scenario asks for."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

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
        Another file or a synthetic year; its shift is left to `shifted_weather`.
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
    return weather


def shifted_weather(weather: Weather, edit: WeatherEdit, timezone: str) -> Weather:
    """Make a year warmer or colder by what an edit says; the sun and the wind stay as they are.

    Parameters
    ----------
    weather : Weather
        The year as measured or generated.
    edit : WeatherEdit
        With `shift_c` or `shift_by_month_c`.
    timezone : str
        Whose months count.
    """
    if edit.shift_by_month_c is not None:
        month = weather.table.index.tz_convert(timezone).month.to_numpy()
        shift: Any = np.asarray(edit.shift_by_month_c)[month - 1]
        told = f"each month by {min(edit.shift_by_month_c):+g} to {max(edit.shift_by_month_c):+g} °C"
    elif edit.shift_c:
        shift, told = edit.shift_c, f"every hour {edit.shift_c:+g} °C"
    else:
        return weather
    table = weather.table.assign(air_temp_c=weather.table["air_temp_c"] + shift)
    return replace(weather, table=table, source=f"{weather.source}; {told}")


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
