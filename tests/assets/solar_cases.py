"""Weather with clear, broken and overcast hours for the tests and the benchmark of the sun."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pvlib


def weather_year(
    latitude: float, longitude: float, *, begin: str = "2024-12-31T22:00Z", hours: int = 8760, seed: int = 1
):
    """A made-up but plausible year: clear-sky light dimmed by clouds that last, a seasonal temperature, wind."""
    time = pd.date_range(begin, periods=hours, freq="h")
    rng = np.random.default_rng(seed)
    position = pvlib.solarposition.get_solarposition(time + pd.Timedelta("30min"), latitude, longitude)
    elevation = position["apparent_elevation"].to_numpy()
    clear = pvlib.clearsky.simplified_solis(np.maximum(elevation, 0.0), aod700=0.08, precipitable_water=1.2)
    up = elevation > 0
    cloud = np.clip(np.convolve(rng.normal(0.45, 0.9, hours), np.ones(6) / 6, mode="same"), 0.0, 1.0)
    dni = np.where(up, np.asarray(clear["dni"]) * (1.0 - cloud) ** 1.5, 0.0)
    ghi_clear = np.where(up, np.asarray(clear["ghi"]), 0.0)
    beam = dni * np.sin(np.radians(np.maximum(elevation, 0.0)))
    ghi = np.maximum(ghi_clear * (1.0 - 0.75 * cloud**3), beam)
    day = np.arange(hours) / 24.0
    temp = (
        6.0
        - 12.0 * np.cos(2 * np.pi * (day - 20) / 365)
        + 4.0 * np.sin(2 * np.pi * (day - 0.3))
        + rng.normal(0, 1, hours)
    )
    columns = {
        "air_temp_c": temp,
        "wind_speed_m_s": rng.weibull(2.0, hours) * 4.5,
        "ghi_w_m2": ghi,
        "dni_w_m2": dni,
        "dhi_w_m2": ghi - beam,
        "pressure_pa": np.full(hours, 101_000.0),
    }
    return pd.DataFrame(columns, index=time)


HELSINKI = {"latitude": 60.17, "longitude": 24.94, "altitude_m": 20.0}


def helsinki(seed: int = 1) -> pd.DataFrame:
    return weather_year(HELSINKI["latitude"], HELSINKI["longitude"], seed=seed)
