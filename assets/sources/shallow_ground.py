"""Heat of the shallow ground: its temperature by depth and day, and what collectors may take of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from assets.catalogue import table
from assets.sources._validate import done, each, hourly, known
from assets.sources.heat_source import HeatSource
from assets.time_grid import TimeGrid

Array = npt.NDArray[np.float64]

YEAR_DAYS = 365.0
DAY_S = 86_400.0
DAY_H = 24.0
SURFACE_CONSTANT_C = 2.93
SURFACE_PER_AIR = 0.71
"""Ground surface of Finland by the year's mean of the air, 0.71 T + 2.93 °C: Kukkonen, Geological Survey, 1986."""
GRADIENT_K_M = 0.012
"""Rise of temperature with depth in southern Finland, 8 to 15 K/km: Kukkonen, Geothermics 18, 1989, from memory."""
BRINE_LIMIT_C = -3.0
"""Coldest mean of the brine that is let go back [°C]: assumed, so that water in a borehole does not freeze through."""


@dataclass(frozen=True)
class GroundClimate:
    """The year's wave at the ground's surface, and how it sinks.

    Attributes
    ----------
    mean_c : float
        Mean of the surface over the year [°C].
    amplitude_k : float
        Half of the difference between its warmest and its coldest day [K].
    coldest_day : float
        Days from the start of the series to the coldest day of the surface.
    diffusivity_m2_s : float
        Of the ground [m²/s].
    gradient_k_m : float
        Rise of the mean with depth [K/m].
    """

    mean_c: float
    amplitude_k: float
    coldest_day: float
    diffusivity_m2_s: float
    gradient_k_m: float = GRADIENT_K_M


def ground_kinds() -> pd.DataFrame:
    """Catalogue of grounds, index `ground`: conductivity, diffusivity, source."""
    return table("ground_kinds").set_index("ground")


def ground_climate(air_temp_c: npt.ArrayLike, time: TimeGrid, ground: str = "finnish_bedrock") -> GroundClimate:
    """Ground's climate by that of the air.

    Parameters
    ----------
    air_temp_c : array_like, shape (T,)
        Outdoor air of a whole year [°C].
    time : TimeGrid
        T steps.
    ground : str
        Of `ground_kinds.csv`.

    Raises
    ------
    InputError
        No such ground, or the air is not that of a year.

    Notes
    -----
    The first harmonic of the air is the surface's; the mean is Kukkonen's, whom snow makes warmer than the air.
    """
    findings: list[str] = []
    air = hourly(findings, "air_temp_c", air_temp_c, time.n, low=-90.0, high=60.0)
    known(findings, [ground], ground_kinds().index, "ground")
    if not findings and not 8700 <= time.n * time.step_h <= 8800:
        findings.append(f"air_temp_c has {time.n * time.step_h:g} hours: give a whole year, 8760 or 8784")
    done(findings)
    angle = 2 * np.pi * np.arange(len(air)) / len(air)
    wave = 2 * np.mean((air - air.mean()) * np.exp(-1j * angle))
    coldest = (np.pi - np.angle(wave)) / (2 * np.pi) * YEAR_DAYS
    return GroundClimate(
        mean_c=float(SURFACE_CONSTANT_C + SURFACE_PER_AIR * air.mean()),
        amplitude_k=float(np.abs(wave)),
        coldest_day=float(coldest % YEAR_DAYS),
        diffusivity_m2_s=float(ground_kinds().loc[ground, "diffusivity_m2_s"]),
    )


def ground_temperature(climate: GroundClimate, depth_m: npt.ArrayLike, time: TimeGrid) -> Array:
    """Temperature of ground that nobody draws heat from.

    Parameters
    ----------
    climate : GroundClimate
    depth_m : array_like, shape (n,)
        Below the surface [m], 0 or more.
    time : TimeGrid
        T steps, from the start of the year that the climate was fitted to.

    Returns
    -------
    ndarray, shape (n, T)
        [°C]

    Raises
    ------
    InputError
        A depth is negative or missing.

    Notes
    -----
    T(z, t) = Tm − A exp(−z √(π/(365 α))) cos(2π/365 (t − t0 − z/2 √(365/(π α)))), with α in m²/day (Kusuda and
    Achenbach, ASHRAE Transactions 71, 1965), and the geothermal gradient added.
    """
    findings: list[str] = []
    depths = np.atleast_1d(np.asarray(depth_m, dtype=np.float64))
    depth = each(findings, "depth_m", depths, depths.size, low=0.0)[:, None]
    done(findings)
    day = np.arange(time.n)[None, :] * time.step_h / DAY_H
    alpha = climate.diffusivity_m2_s * DAY_S
    damped = climate.amplitude_k * np.exp(-depth * np.sqrt(np.pi / (YEAR_DAYS * alpha)))
    late = climate.coldest_day + depth / 2 * np.sqrt(YEAR_DAYS / (np.pi * alpha))
    wave = damped * np.cos(2 * np.pi / YEAR_DAYS * (day - late))
    return np.asarray(climate.mean_c + climate.gradient_k_m * depth - wave)


def extraction_limit_w(collector: Literal["borehole", "field"], ground: str, full_load_h: npt.ArrayLike) -> Array:
    """Heat that a metre of borehole or a square metre of field may give at the evaporator.

    Parameters
    ----------
    collector : str
        "borehole" [W/m] or "field" [W/m²].
    ground : str
        Of `ground_extraction.csv`: "poor", "normal", "good"; "dry", "moist", "wet".
    full_load_h : array_like
        Hours that the year's heat would take at full power [h].

    Returns
    -------
    ndarray
        As VDI 4640-2 has it for 1800 and 2400 h; with more hours the year's heat stays that of 2400 h, with fewer the
        power stays that of 1800 h.

    Raises
    ------
    InputError
        No such collector in such a ground.
    """
    rows = table("ground_extraction").set_index(["collector", "ground"])
    findings: list[str] = []
    known(findings, [f"{collector} in {ground}"], [" in ".join(pair) for pair in rows.index], "collector")
    done(findings)
    row = rows.loc[(collector, ground)]
    hours = np.maximum(np.asarray(full_load_h, dtype=np.float64), 1.0)
    between = np.interp(hours, [1800.0, 2400.0], [row["limit_1800_h"], row["limit_2400_h"]])
    return np.asarray(between * np.minimum(1.0, 2400.0 / hours))


def shallow_source(
    climate: GroundClimate,
    *,
    size: float,
    collector: Literal["borehole", "field"] = "borehole",
    ground: str = "good",
    full_load_h: float = 2400.0,
    depth_m: float = 200.0,
    brine_below_ground_k: float = 5.0,
    time: TimeGrid,
) -> HeatSource:
    """Ground collector by the usual limits, for places where no field is planned yet (`borehole_source` is).

    Parameters
    ----------
    climate : GroundClimate
    size : float
        Metres of borehole or square metres of field.
    collector, ground, full_load_h
        As in `extraction_limit_w`.
    depth_m : float
        Of the boreholes' foot, whose mean counts, or of the field [m].
    brine_below_ground_k : float
        How much colder the brine is than the ground [K]: 5 as in Ruhnau, Hirth, Praktiknjo 2019.
    time : TimeGrid
        T steps.

    Returns
    -------
    HeatSource
    """
    limit = float(extraction_limit_w(collector, ground, full_load_h)) * size / 1000.0
    depth = depth_m / 2 if collector == "borehole" else depth_m
    temp = ground_temperature(climate, [depth], time)[0] - brine_below_ground_k
    return HeatSource("ground", temp, np.full(time.n, limit), BRINE_LIMIT_C)
