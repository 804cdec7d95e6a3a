"""A typical year generated from monthly normals, for places without a weather file."""

from __future__ import annotations

import numpy as np
import pandas as pd

from gis_data.weather.normals import MonthlyNormals
from gis_data.weather.series import DAYS, MONTH_OF_HOUR, red_noise
from gis_data.weather.stochastic_air import (
    daily_temperature,
    hourly_humidity,
    hourly_pressure,
    hourly_temperature,
    hourly_wind,
)
from gis_data.weather.stochastic_sun import DAY_TO_DAY, clear_sky, generate_irradiance, monthly_irradiation
from gis_data.weather.sun import sun_path
from gis_data.weather.weather import TYPICAL_YEAR, Weather, require_sound, typical_index

_DECIMALS = {
    "air_temp_c": 3,
    "relative_humidity_pct": 2,
    "wind_speed_m_s": 3,
    "ghi_w_m2": 3,
    "dni_w_m2": 3,
    "dhi_w_m2": 3,
    "pressure_pa": 0,
}
"""Rounded well below what is known, so that the last bits of a processor's arithmetic don't change the bytes."""


def synthetic_weather(
    normals: MonthlyNormals,
    latitude: float,
    longitude: float,
    *,
    altitude_m: float,
    utc_offset_h: float,
    year: int = TYPICAL_YEAR,
    seed: int = 0,
) -> Weather:
    """Generate a typical year of hourly weather from monthly normals.

    The months have the normals' mean temperature, humidity, wind and global irradiation; days and hours are drawn so
    that they behave like weather: cloudy and clear spells, cold clear winter days and warm clear summer days, warm
    afternoons under a clear sky. The same normals, place and seed give the same numbers.

    Parameters
    ----------
    normals : MonthlyNormals
        `HELSINKI_NORMALS`, `normals_near`, `read_normals` or `monthly_normals_of`.
    latitude, longitude : float
        Degrees north and east.
    altitude_m : float
        Metres above the sea.
    utc_offset_h : float
        Local standard time minus UTC, hours.
    year : int
        Nominal year.
    seed : int
        Of all random draws.

    Returns
    -------
    Weather
        Kind "synthetic".

    See Also
    --------
    gis_data.weather.stochastic_sun.generate_irradiance : irradiance, with its sources.
    gis_data.weather.stochastic_air : temperature, humidity, wind and pressure, with their sources.
    """
    index = typical_index(utc_offset_h, year)
    sun = sun_path(index, latitude, longitude, altitude_m)
    # One stream for each quantity: a change in one leaves the others' draws alone.
    days, hours, air, fronts, moisture, wind, pressure = (
        np.random.default_rng(child) for child in np.random.SeedSequence(seed).spawn(7)
    )
    rank = red_noise(days, DAYS, DAY_TO_DAY)
    irradiation = monthly_irradiation(normals, sun)
    clear = clear_sky(index, sun, latitude, longitude, altitude_m)
    sky = generate_irradiance(hours, rank, irradiation, sun, clear=clear, name=normals.name)
    outside_day = sun.horizontal_w_m2.reshape(DAYS, 24).sum(axis=1) / 1000.0
    outside_month = np.bincount(MONTH_OF_HOUR, weights=sun.horizontal_w_m2, minlength=12) / 1000.0
    clearness = np.where(outside_month > 0.5, irradiation / np.maximum(outside_month, 0.5), 0.25)
    daily = daily_temperature(air, normals, rank, outside_day)
    temperature = hourly_temperature(fronts, normals, daily, sky, clearness)
    columns = {
        "air_temp_c": temperature,
        "relative_humidity_pct": hourly_humidity(moisture, normals, temperature, sky.brightness),
        "wind_speed_m_s": hourly_wind(wind, normals, sky),
        "ghi_w_m2": sky.ghi_w_m2,
        "dni_w_m2": sky.dni_w_m2,
        "dhi_w_m2": sky.dhi_w_m2,
        "pressure_pa": hourly_pressure(pressure, rank, latitude, altitude_m),
    }
    # Adding 0.0 turns a rounded −0.0 into 0.0.
    table = pd.DataFrame({name: np.round(v, _DECIMALS[name]) + 0.0 for name, v in columns.items()}, index=index)
    origin = "irradiation of the normals" if normals.ghi_kwh_m2 is not None else "irradiation from sunshine hours"
    source = (
        f"Synthetic typical year (seed {seed}) generated from monthly normals of {normals.name}, {normals.period}: "
        f"{normals.source} ({origin}, {float(irradiation.sum()):.0f} kWh/m² a year)"
    )
    weather = Weather(table, latitude, longitude, altitude_m, utc_offset_h, "synthetic", source, "no restriction")
    return require_sound(weather, f"synthetic weather from the normals of {normals.name}")
