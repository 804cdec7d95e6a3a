"""Sea and lakes: temperature by depth over the year, ice, and the heat that may be drawn from them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numba as nb
import numpy as np
import numpy.typing as npt
import pandas as pd

from assets.catalogue import table
from assets.fluids.water import COOL_KG_M3, ICE_J_M3, MEAN_KJ_KG_K
from assets.sources._validate import done, hourly, known
from assets.sources.heat_source import HeatSource, flow_heat_kw

Array = npt.NDArray[np.float64]

LAYER_M = 1.0
SPIN_UP_YEARS = 6
"""Years that the same weather is repeated until the deep water knows it."""
WATER_J_M3_K = COOL_KG_M3 * MEAN_KJ_KG_K * 1000.0
FREEZING_MARGIN_K = 0.5
"""How far from freezing water must go back, so that no ice grows in the evaporator [K]: assumed."""
COOLING_K = 3.0
"""By how much water may be cooled: usual in permits for discharge, assumed."""
ICE_SUN_SHARE = 0.4
"""Share of the sun that snow and ice take up: albedo of 0.3 when melting to 0.8 with snow, assumed."""
UNDER_ICE_SHARE = 0.02
"""Of the warmth of the metre under the ice, what reaches it in an hour: assumed, some 5 W/m²."""
_HOUR_S = 3600.0


@dataclass(frozen=True)
class WaterYear:
    """Temperatures of a body of water over a year.

    Attributes
    ----------
    temp_c : ndarray of float32, shape (layers, T)
        By layers of 1 m from the surface down, mean of the hour's ends [°C].
    ice_m : ndarray of float32, shape (T,)
        Thickness of the ice [m].
    exchanged_w_m2 : ndarray of float64, shape (T,)
        Heat that the surface takes from the air and the sun, negative where it gives [W/m²].
    freezing_c : float
        Freezing point [°C].
    start_j_m2, end_j_m2 : float
        Heat in the water column, ice counted as negative heat, over 0 °C, before and after [J/m²].
    """

    temp_c: npt.NDArray[np.float32]
    ice_m: npt.NDArray[np.float32]
    exchanged_w_m2: Array
    freezing_c: float
    start_j_m2: float
    end_j_m2: float

    def at(self, depth_m: float) -> Array:
        """Temperature at a depth, shape (T,) [°C]; that of the lowest layer below it."""
        middle = (np.arange(len(self.temp_c)) + 0.5) * LAYER_M
        place = float(np.clip((depth_m - middle[0]) / LAYER_M, 0.0, len(middle) - 1))
        low = min(int(place), len(middle) - 2) if len(middle) > 1 else 0
        high = min(low + 1, len(middle) - 1)
        upper, lower = (self.temp_c[k].astype(np.float64) for k in (low, high))
        return np.asarray(upper + (lower - upper) * (place - low))


def water_bodies() -> pd.DataFrame:
    """Catalogue of bodies of water, index `body`."""
    return table("water_bodies").set_index("body")


def water_year(
    body: str,
    air_temp_c: npt.ArrayLike,
    ghi_w_m2: npt.ArrayLike,
    *,
    column_m: float | None = None,
    spin_up_years: int = SPIN_UP_YEARS,
) -> WaterYear:
    """Temperature of water by depth, from the air above it.

    Parameters
    ----------
    body : str
        Of `water_bodies.csv`.
    air_temp_c, ghi_w_m2 : array_like, shape (T,)
        Air [°C] and global irradiance [W/m²] of a year.
    column_m : float, optional
        Depth of the water [m]; the catalogue's by default.
    spin_up_years : int
        How many times the weather is gone through before.

    Returns
    -------
    WaterYear

    Raises
    ------
    InputError
        No such body, or weather that cannot be; all findings at once.

    Notes
    -----
    Layers of 1 m, hour by hour. The surface exchanges heat with the air by a coefficient (equilibrium temperature of
    Edinger, Duttweiler, Geyer, Water Resources Research 4, 1968): sun taken up less what a surface as warm as the air
    radiates and evaporates. Wind mixes the topmost metres; below them heat is diffused, and water that is heavier than
    what lies under it sinks, heaviest at its temperature of maximum density. What would cool the surface below its
    freezing point makes ice, through which heat must pass (Stefan 1891). Heat is conserved. Currents and upwelling,
    which change the Gulf's temperature by some kelvin within days, are not modelled.
    """
    findings: list[str] = []
    known(findings, [body], water_bodies().index, "body of water")
    air = hourly(findings, "air_temp_c", air_temp_c, low=-90.0, high=60.0)
    sun = hourly(findings, "ghi_w_m2", ghi_w_m2, len(air), low=0.0, high=1500.0)
    if column_m is not None and not 1.0 <= column_m <= 500.0:
        findings.append(f"column_m is {column_m:g}: give 1 to 500 m")
    if not findings and not len(air):
        findings.append("air_temp_c has no hours: give those of a year")
    done(findings)
    row = water_bodies().loc[body]
    layers = max(round((column_m or float(row["column_m"])) / LAYER_M), 1)
    freezing, heaviest = freezing_point_c(row["salinity_psu"]), densest_c(row["salinity_psu"])
    physics = np.array(
        [
            float(row["exchange_w_m2_k"]),
            float(row["absorbed_share"]),
            float(row["radiated_w_m2"]),
            float(row["conduction_ice_w_m_k"]),
            float(row["diffusivity_m2_s"]) * _HOUR_S / LAYER_M**2,
            min(float(row["mixed_m"]) / LAYER_M, float(layers)),
            freezing,
            heaviest,
        ]
    )
    state, ice = np.full(layers, max(float(air.mean()), heaviest)), np.zeros(1)
    temp, thick = np.empty((layers, len(air)), dtype=np.float32), np.empty(len(air), dtype=np.float32)
    flux = np.empty(len(air))
    for _ in range(spin_up_years):
        _column(state, ice, air, sun, physics, temp, thick, flux)
    start = _heat_j_m2(state, ice)
    _column(state, ice, air, sun, physics, temp, thick, flux)
    return WaterYear(temp, thick, flux, freezing, start, _heat_j_m2(state, ice))


def freezing_point_c(salinity_psu: float) -> float:
    """Freezing point of brackish water [°C]: -0.054 K a psu (Leppäranta and Myrberg 2009)."""
    return -0.054 * float(salinity_psu)


def densest_c(salinity_psu: float) -> float:
    """Temperature at which brackish water is densest [°C]: 3.98 - 0.215 K a psu (Leppäranta and Myrberg 2009)."""
    return 3.98 - 0.215 * float(salinity_psu)


def water_source(
    year: WaterYear,
    *,
    intake_depth_m: float,
    mass_flow_kg_s: npt.ArrayLike,
    cooling_k: float = COOLING_K,
    pump_share: float = 0.02,
) -> HeatSource:
    """Sea or lake water as a heat source.

    Parameters
    ----------
    year : WaterYear
    intake_depth_m : float
        Depth of the intake [m].
    mass_flow_kg_s : array_like, shape (T,) or ()
        Water that the pumps can bring [kg/s].
    cooling_k : float
        By how much it may be cooled at most [K], which permits limit.
    pump_share : float
        Electricity of the intake's pumps per kWh of heat; assumed.

    Returns
    -------
    HeatSource
        It goes back no colder than half a kelvin above freezing: nothing is to be had while it is as cold as that.
    """
    findings: list[str] = []
    temp = year.at(intake_depth_m)
    flow = hourly(findings, "mass_flow_kg_s", mass_flow_kg_s, len(temp), low=0.0)
    if not cooling_k > 0.0:
        findings.append(f"cooling_k is {cooling_k:g}: give more than 0")
    done(findings)
    limit = year.freezing_c + FREEZING_MARGIN_K
    available = np.minimum(flow_heat_kw(flow, temp, limit), flow_heat_kw(flow, cooling_k, 0.0))
    return HeatSource("water", temp, available, limit, pump_share)


def _heat_j_m2(state: Array, ice: Array) -> float:
    return float(state.sum() * WATER_J_M3_K * LAYER_M - ice[0] * ICE_J_M3)


@nb.njit(cache=True, error_model="numpy", nogil=True)
def _column(  # noqa: PLR0917  compiled code takes plain arrays by position
    state: Any, ice: Any, air: Any, sun: Any, physics: Any, temp: Any, thick: Any, flux: Any
) -> None:
    spread, freezing, heaviest = physics[4], physics[6], physics[7]
    layers = len(state)
    # A step small enough for the explicit scheme.
    steps = max(int(np.ceil(spread / 0.4)), 1)
    for t in range(len(air)):
        if ice[0] > 0.0:
            flux[t] = _on_ice(state, ice, air[t], sun[t], physics)
        else:
            flux[t] = _on_water(state, air[t], sun[t], physics)
        for _ in range(steps):
            before = state[0]
            for k in range(layers - 1):
                moved = spread / steps * (before - state[k + 1])
                before = state[k + 1]
                state[k] -= moved
                state[k + 1] += moved
        _sink(state, heaviest)
        for k in range(layers):
            if state[k] < freezing:
                ice[0] += (freezing - state[k]) * WATER_J_M3_K * LAYER_M / ICE_J_M3
                state[k] = freezing
            temp[k, t] = state[k]
        thick[t] = ice[0]


@nb.njit(cache=True, error_model="numpy", nogil=True)
def _on_ice(state: Any, ice: Any, air: float, sun: float, physics: Any) -> float:
    """Heat that ice takes in an hour [W/m²]: frost has to pass through it, what melts it does not."""
    exchange, radiated, conduction, freezing = physics[0], physics[2], physics[3], physics[6]
    got = exchange * (air - freezing) + ICE_SUN_SHARE * sun - radiated
    if got < 0.0:
        got /= 1.0 + exchange * ice[0] / conduction
    under = max(state[0] - freezing, 0.0) * UNDER_ICE_SHARE
    state[0] -= under
    melted = (got * _HOUR_S + under * WATER_J_M3_K * LAYER_M) / ICE_J_M3
    if melted > ice[0]:
        state[0] += (melted - ice[0]) * ICE_J_M3 / (WATER_J_M3_K * LAYER_M)
        melted = ice[0]
    ice[0] -= melted
    return float(got)


@nb.njit(cache=True, error_model="numpy", nogil=True)
def _on_water(state: Any, air: float, sun: float, physics: Any) -> float:
    """Heat that open water takes in an hour [W/m²]; the wind mixes its topmost metres."""
    got = physics[0] * (air - state[0]) + physics[1] * sun - physics[2]
    depth = min(max(int(physics[5]), 1), len(state))
    mean = state[:depth].sum() / depth + got * _HOUR_S / (WATER_J_M3_K * LAYER_M * depth)
    state[:depth] = mean
    return float(got)


@nb.njit(cache=True, error_model="numpy", nogil=True)
def _sink(state: Any, heaviest: float) -> None:
    """Mix water with what lies under it while it is heavier: density falls with the square from its maximum."""
    top = 0
    while top < len(state) - 1:
        if abs(state[top] - heaviest) < abs(state[top + 1] - heaviest) - 1e-9:
            low, count, total = top, 2, state[top] + state[top + 1]
            high = top + 1
            mean = total / count
            while True:
                if low > 0 and abs(state[low - 1] - heaviest) < abs(mean - heaviest) - 1e-9:
                    low -= 1
                    total += state[low]
                elif high < len(state) - 1 and abs(mean - heaviest) < abs(state[high + 1] - heaviest) - 1e-9:
                    high += 1
                    total += state[high]
                else:
                    break
                count += 1
                mean = total / count
            for k in range(low, high + 1):
                state[k] = mean
            top = high
        else:
            top += 1
