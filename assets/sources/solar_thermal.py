"""Heat of solar collectors: the quasi-dynamic efficiency of ISO 9806 with the coefficients of their certificates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numba as nb
import numpy as np
import numpy.typing as npt
import pandas as pd

from assets.catalogue import table
from assets.solar import SiteSun, plane_irradiance
from assets.sources._validate import done, each, hourly, known
from assets.technology import Technology

Array = npt.NDArray[np.float64]
Hourly = npt.NDArray[np.float32]

IAM_STEP_DEG = 10
_HOUR_S = 3600.0


@dataclass(frozen=True)
class SolarHeat:
    """Hourly heat of collector fields, arrays of shape (p, T).

    Attributes
    ----------
    heat_kw : ndarray of float32
        Heat given to the fluid [kW].
    absorbed_kw : ndarray of float32
        Light that the absorbers turn into heat [kW].
    collector_temp_c : ndarray of float32
        Mean temperature of the collectors at the end of the hour [°C]: the fluid's where they give heat, else what
        light and air make of them.
    """

    heat_kw: Hourly
    absorbed_kw: Hourly
    collector_temp_c: Hourly


def solar_collectors() -> pd.DataFrame:
    """Catalogue of collectors, index `collector`: certified coefficients, areas they are per, source."""
    return table("solar_collectors").set_index("collector")


def collector_light(
    sun: SiteSun, tilt_deg: npt.ArrayLike, azimuth_deg: npt.ArrayLike, horizon: npt.ArrayLike | None = None
) -> tuple[Hourly, Hourly]:
    """Direct and diffuse light on planes: certificates give them an incidence angle modifier each.

    Parameters
    ----------
    sun : SiteSun
    tilt_deg, azimuth_deg : array_like, shape (p,)
        As in `assets.solar.plane_irradiance` [°].
    horizon : array_like, shape (p, k), optional
        Elevation of the surroundings [°].

    Returns
    -------
    direct_w_m2, diffuse_w_m2 : ndarray of float32, shape (p, T)
        What the sky around the sun adds (Perez 1990) is diffuse.
    """
    total = plane_irradiance(sun, tilt_deg, azimuth_deg, horizon)
    dark = np.zeros_like(sun.dhi_w_m2)
    alone = replace(sun, dhi_w_m2=dark, ghi_w_m2=dark)
    direct = plane_irradiance(alone, tilt_deg, azimuth_deg, horizon, albedo=0.0, model="isotropic")
    return direct, np.maximum(total - direct, np.float32(0))


def solar_heat(
    collector: Sequence[str],
    sun: SiteSun,
    *,
    air_temp_c: npt.ArrayLike,
    fluid_temp_c: npt.ArrayLike,
    tilt_deg: npt.ArrayLike,
    azimuth_deg: npt.ArrayLike,
    gross_area_m2: npt.ArrayLike,
    horizon: npt.ArrayLike | None = None,
) -> SolarHeat:
    """Heat of collector fields that run whenever they give any.

    Parameters
    ----------
    collector : sequence of str, length p
        Of `solar_collectors.csv`.
    sun : SiteSun
        T hours.
    air_temp_c : array_like, shape (T,)
        [°C].
    fluid_temp_c : array_like, shape (T,)
        Mean of the fluid between inlet and outlet [°C]: that of the network's return and supply, and the heat
        exchanger's difference.
    tilt_deg, azimuth_deg : array_like, shape (p,)
        [°]; 0 is flat, azimuth clockwise from north. Tubes run up the slope.
    gross_area_m2 : array_like, shape (p,)
        [m²].
    horizon : array_like, shape (p, k), optional
        Elevation of the surroundings [°].

    Returns
    -------
    SolarHeat

    Raises
    ------
    InputError
        Names, shapes or numbers that cannot be; all findings at once.

    Notes
    -----
    ISO 9806:2017, eq. 13 without the terms of wind and sky, which certificates of glazed collectors set to 0: per area
    q = η0b (Kb Gb + Kd Gd) − a1 (ϑm − ϑa) − a2 (ϑm − ϑa)² − a5 dϑm/dt. Where q would be negative the pump rests, and
    the collector's own temperature follows from the same equation with q = 0 (as in ScenoCalc; an implicit step of an
    hour): in the morning it is warmed up first.
    """
    findings: list[str] = []
    p, hours = len(collector), len(sun.time)
    known(findings, collector, solar_collectors().index, "solar collector")
    air = hourly(findings, "air_temp_c", air_temp_c, hours, low=-90.0, high=60.0)
    fluid = hourly(findings, "fluid_temp_c", fluid_temp_c, hours, low=-30.0, high=200.0)
    tilt = each(findings, "tilt_deg", tilt_deg, p, low=0.0, high=90.0)
    azimuth = each(findings, "azimuth_deg", azimuth_deg, p, low=-360.0, high=360.0)
    area = each(findings, "gross_area_m2", gross_area_m2, p, low=0.0)
    done(findings)
    direct, diffuse = collector_light(sun, tilt, azimuth, horizon)
    zenith, bearing = np.radians(sun.zenith_deg), np.radians(sun.azimuth_deg)
    rays = np.stack([np.sin(zenith) * np.sin(bearing), np.sin(zenith) * np.cos(bearing), np.cos(zenith)])
    out = tuple(np.empty((p, hours), dtype=np.float32) for _ in range(3))
    light = (direct, diffuse, rays, np.radians(tilt), np.radians(azimuth))
    _collectors(*_coefficients(collector), light, area, air, fluid, out)
    return SolarHeat(*out)


def solar_thermal_technology(heat_kw: npt.ArrayLike, pump_share: float = 0.004) -> Technology:
    """Solar collectors as a source of the district.

    Parameters
    ----------
    heat_kw : array_like, shape (T,)
        Of all of them, as `solar_heat` gives it [kW].
    pump_share : float
        Electricity of the pumps per kWh of heat; the catalogue's.

    Returns
    -------
    Technology
        Of heat; what is not wanted is left (the field is covered or boils). A kWh counts as a kWh of sun.
    """
    heat = np.asarray(heat_kw, dtype=np.float64)
    ones = np.ones_like(heat)
    return Technology("heat", heat, {"sun": ones, "electricity": pump_share * ones}, must_run=True)


def _coefficients(collector: Sequence[str]) -> tuple[Array, Array, Array, npt.NDArray[np.bool_]]:
    """Coefficients per gross area (p, 5), modifiers across and along (p, angles), which of them have both."""
    rows = solar_collectors().loc[list(collector)]
    per_gross = (rows["reference_area_m2"] / rows["gross_area_m2"]).to_numpy(dtype=np.float64)
    names = ["eta0b", "kd", "a1_w_m2_k", "a2_w_m2_k2", "a5_kj_m2_k"]
    values = rows[names].to_numpy(dtype=np.float64)
    # All but the modifier of diffuse light are per area.
    values[:, [0, 2, 3, 4]] *= per_gross[:, None]
    curves = table("solar_collector_iam").sort_values("angle_deg").groupby("collector")
    across = np.stack([curves.get_group(name)["transversal"].to_numpy(dtype=np.float64) for name in collector])
    along = np.stack([curves.get_group(name)["longitudinal"].to_numpy(dtype=np.float64) for name in collector])
    return values, across, along, (rows["iam"] == "biaxial").to_numpy(dtype=np.bool_)


@nb.njit(cache=True, error_model="numpy", nogil=True)
def _modifier(curve: Any, angle_rad: float) -> float:
    """Incidence angle modifier between its points."""
    place = min(np.degrees(angle_rad), 90.0) / IAM_STEP_DEG
    left = min(int(place), len(curve) - 2)
    return float(curve[left] + (curve[left + 1] - curve[left]) * (place - left))


@nb.njit(cache=True, error_model="numpy", nogil=True)
def _collectors(  # noqa: PLR0917  compiled code takes plain arrays by position
    values: Any, across: Any, along: Any, biaxial: Any, light: Any, area: Any, air: Any, fluid: Any, out: Any
) -> None:
    direct, diffuse, rays, tilts, azimuths = light
    heat, absorbed, temp = out
    for i in range(heat.shape[0]):
        eta, kd, a1, a2 = values[i, 0], values[i, 1], values[i, 2], values[i, 3]
        held = values[i, 4] * 1000.0 / _HOUR_S
        sine, cosine = np.sin(tilts[i]), np.cos(tilts[i])
        east, north = np.sin(azimuths[i]), np.cos(azimuths[i])
        at, before = air[0] if len(air) else 0.0, 0.0
        for t in range(heat.shape[1]):
            before = at
            modifier = 0.0
            if direct[i, t] > 0.0:
                out_of = rays[0, t] * east + rays[1, t] * north
                normal = out_of * sine + rays[2, t] * cosine
                slope = rays[2, t] * sine - out_of * cosine
                side = rays[0, t] * north - rays[1, t] * east
                if biaxial[i]:
                    modifier = _modifier(across[i], np.arctan2(abs(side), normal)) * _modifier(
                        along[i], np.arctan2(abs(slope), normal)
                    )
                else:
                    modifier = _modifier(across[i], np.arctan2(np.hypot(side, slope), normal))
            gain = eta * (modifier * direct[i, t] + kd * diffuse[i, t])
            over = fluid[t] - air[t]
            useful = gain - a1 * over - a2 * over * abs(over) - held * (fluid[t] - before)
            if useful > 0.0:
                at = fluid[t]
            else:
                useful = 0.0
                drive, slack = gain + held * (before - air[t]), a1 + held
                rise = abs(drive) / slack
                if a2 > 0.0:
                    rise = (np.sqrt(slack * slack + 4.0 * a2 * abs(drive)) - slack) / (2.0 * a2)
                at = air[t] + np.copysign(rise, drive)
            heat[i, t] = useful * area[i] / 1000.0
            absorbed[i, t] = gain * area[i] / 1000.0
            temp[i, t] = at
