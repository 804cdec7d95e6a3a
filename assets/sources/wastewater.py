"""Municipal wastewater: how much flows at which hour, how warm it is, and the heat that may be drawn from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numba as nb
import numpy as np
import numpy.typing as npt
import pandas as pd

from assets.catalogue import table
from assets.sources._validate import done, hourly
from assets.sources.heat_source import HeatSource, flow_heat_kw
from assets.sources.shallow_ground import ground_climate, ground_temperature
from assets.time_grid import TimeGrid

Array = npt.NDArray[np.float64]

SEWER_DEPTH_M = 1.5
WINTER_PRECIPITATION_MM_H = 45.0 / 30 / 24
"""Snow of Helsinki's winter months, some 45 mm of water a month (Finnish Meteorological Institute, normals)."""
MELT_MM_K_H = 3.0 / 24
"""Degree-day factor of snow, 3 mm a day and kelvin (Kuusisto, Finnish snow, 1984, from memory)."""
MELT_C = 1.0


@dataclass(frozen=True)
class Sewers:
    """What a city's sewers bring.

    Attributes
    ----------
    sanitary_l_d : float
        Used water of a resident and his share of industry [l/d].
    seepage_l_d : float
        Ground water that seeps in, a resident [l/d].
    paved_m2 : float
        Paved area a resident whose melting snow runs into the sewers [m²].
    house_c : float
        Used water as it leaves houses [°C].
    kept_share : float
        What is left of its warmth over the ground's when it arrives.

    Notes
    -----
    Of Helsinki: 270 m³ a day for 800 residents (HSY) are 337 l a day. How it divides, and what is kept, is assumed so
    that it arrives with the 10 to 18 °C that Suomenoja has.
    """

    sanitary_l_d: float = 200.0
    seepage_l_d: float = 130.0
    paved_m2: float = 20.0
    house_c: float = 25.0
    kept_share: float = 0.6


@dataclass(frozen=True)
class WastewaterYear:
    """Wastewater at the plant, hour by hour.

    Attributes
    ----------
    flow_kg_s, temp_c : ndarray, shape (T,)
        [kg/s], [°C].
    """

    flow_kg_s: Array
    temp_c: Array


def wastewater_plants() -> pd.DataFrame:
    """Plants that are known, index `plant`: residents, flow, temperatures, heat pumps, source."""
    return table("wastewater_plants").set_index("plant")


def wastewater_year(
    index: pd.DatetimeIndex,
    timezone: str,
    air_temp_c: npt.ArrayLike,
    inhabitants: float,
    sewers: Sewers | None = None,
) -> WastewaterYear:
    """Flow and temperature of a city's wastewater.

    Parameters
    ----------
    index : DatetimeIndex, length T
        Start of each hour of a year, tz-aware.
    timezone : str
        Of the people whose day the flow follows.
    air_temp_c : array_like, shape (T,)
        [°C].
    inhabitants : float
    sewers : Sewers, optional
        Helsinki's by default.

    Returns
    -------
    WastewaterYear

    Raises
    ------
    InputError
        Inputs that cannot be; all findings at once.

    Notes
    -----
    Used water over the local clock, seepage all day, and melting snow by degree-days mix. Used water loses part of its
    warmth to the ground around the sewers (Kusuda and Achenbach 1965 at 1.5 m), seepage is as warm as that, melt water
    has 1 °C.
    """
    city = sewers or Sewers()
    findings: list[str] = []
    air = hourly(findings, "air_temp_c", air_temp_c, len(index), low=-90.0, high=60.0)
    if index.tz is None:
        findings.append("the index has no time zone: localise it to UTC")
    if not inhabitants >= 0.0:
        findings.append(f"inhabitants is {inhabitants:g}: give 0 or more")
    if not 0.0 <= city.kept_share <= 1.0:
        findings.append(f"kept_share is {city.kept_share:g}: give a share from 0 to 1")
    done(findings)
    time = TimeGrid.of_index(index, timezone)
    ground = ground_temperature(ground_climate(air, time, "moist_soil"), [SEWER_DEPTH_M], time)[0]
    per_second = inhabitants / 86_400.0
    sanitary = city.sanitary_l_d * per_second * _rhythm(index, timezone)
    seepage = np.full(len(index), city.seepage_l_d * per_second)
    melt = _melt(air) * city.paved_m2 * inhabitants / 3600.0
    used_c = ground + city.kept_share * (city.house_c - ground)
    flow = sanitary + seepage + melt
    warmth = sanitary * used_c + seepage * ground + melt * MELT_C
    return WastewaterYear(flow, np.divide(warmth, flow, out=ground.copy(), where=flow > 0.0))


def wastewater_source(year: WastewaterYear, *, return_c: float = 3.0, pump_share: float = 0.01) -> HeatSource:
    """Wastewater as a heat source.

    Parameters
    ----------
    year : WastewaterYear
    return_c : float
        The coldest that it may go on [°C]: 3 as at Suomenoja.
    pump_share : float
        Electricity of the pumps per kWh of heat; assumed.
    """
    return HeatSource(
        "wastewater", year.temp_c, flow_heat_kw(year.flow_kg_s, year.temp_c, return_c), return_c, pump_share
    )


def _rhythm(index: pd.DatetimeIndex, timezone: str) -> Array:
    """Flow of each hour over its mean, by the local clock."""
    shape = table("wastewater_hours").set_index("hour").sort_index()
    local = index.tz_convert(timezone)
    both = shape[["weekday", "weekend"]].to_numpy(dtype=np.float64)
    both = both / both.mean(axis=0)
    return np.asarray(both[local.hour, (local.dayofweek >= 5).astype(np.int64)])


@nb.njit(cache=True, error_model="numpy", nogil=True)
def _melt(air: Any) -> Any:
    """Water of melting snow [mm/h]; the winter before the series has left what this one does."""
    out = np.zeros_like(air)
    snow = 0.0
    for _ in range(2):
        for t in range(len(air)):
            if air[t] <= 0.0:
                snow += WINTER_PRECIPITATION_MM_H
                out[t] = 0.0
            else:
                out[t] = min(MELT_MM_K_H * air[t], snow)
                snow -= out[t]
    return out
