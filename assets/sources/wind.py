"""Electric power of wind turbines: wind at the hub, density of the air, power curve."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numba as nb
import numpy as np
import numpy.typing as npt
import pandas as pd

from assets.catalogue import table
from assets.sources._validate import done, each, hourly, known
from assets.technology import Technology

Array = npt.NDArray[np.float64]
Hourly = npt.NDArray[np.float32]

STANDARD_DENSITY_KG_M3 = 1.225
"""Density that power curves are given for: ISO 2533, 15 °C at sea level."""
STANDARD_PRESSURE_PA = 101_325.0
GAS_CONSTANT_J_KG_K = 287.058
"""Of dry air: Ahrendts and Kabelac, Technische Thermodynamik, 2014."""
LAPSE_K_M = 0.0065
"""Fall of temperature with height: ISO 2533."""
PRESSURE_FALL_PA_M = 12.5
"""Fall of pressure with height, 1/8 hPa a metre: Hau, Windkraftanlagen, 2008, p. 560."""
BLENDING_HEIGHT_M = 60.0
"""Height above which the wind does not feel the ground right under it: Wieringa, Q. J. R. Meteorol. Soc. 112, 1986."""
ZERO_C_K = 273.15


@dataclass(frozen=True)
class WindMast:
    """Where the wind of a weather table was measured or is meant for.

    Attributes
    ----------
    wind_height_m, air_height_m : float
        Height above ground of the wind speed, and of air temperature and pressure [m].
    roughness_m : float
        Roughness length around it [m]: 0.03 is the open ground that stations stand on (WMO).
    """

    wind_height_m: float = 10.0
    air_height_m: float = 2.0
    roughness_m: float = 0.03


def wind_turbines() -> pd.DataFrame:
    """Catalogue of turbines, index `turbine`: rated power, rotor, hub height, source."""
    return table("wind_turbines").set_index("turbine")


def wind_losses() -> float:
    """Share of the energy at the generator that the losses of the catalogue take together."""
    return float(1.0 - math.prod(1.0 - share for share in table("wind_losses")["share"]))


def roughness_length(terrain: Sequence[str]) -> Array:
    """Roughness length of kinds of terrain, shape (n,) [m].

    Parameters
    ----------
    terrain : sequence of str, length n
        Of `roughness_lengths.csv`: "water", "open", "roughly_open", "rough", "very_rough", "suburb", "city".

    Raises
    ------
    InputError
        No such terrain.
    """
    rows = table("roughness_lengths").set_index("terrain")
    findings: list[str] = []
    known(findings, terrain, rows.index, "terrain")
    done(findings)
    return np.asarray(rows.loc[list(terrain), "roughness_m"], dtype=np.float64)


def hub_speed_factor(hub_height_m: npt.ArrayLike, roughness_m: npt.ArrayLike, mast: WindMast | None = None) -> Array:
    """Wind speed at the hub over that at the mast.

    Parameters
    ----------
    hub_height_m, roughness_m : array_like, shape (n,)
        Hub above ground and roughness length around the turbine [m].
    mast : WindMast, optional
        10 m above open ground by default.

    Returns
    -------
    ndarray, shape (n,)

    Notes
    -----
    Logarithmic profile of neutral air; up from the mast to the blending height with the mast's roughness, from there to
    the hub with the turbine's (Wieringa 1986). With one roughness it is the profile alone.
    """
    at = mast or WindMast()
    z0, hub = np.asarray(roughness_m, dtype=np.float64), np.asarray(hub_height_m, dtype=np.float64)
    up = np.log(BLENDING_HEIGHT_M / at.roughness_m) / np.log(at.wind_height_m / at.roughness_m)
    return np.asarray(up * np.log(hub / z0) / np.log(BLENDING_HEIGHT_M / z0))


def air_density(air_temp_c: npt.ArrayLike, pressure_pa: npt.ArrayLike, height_m: npt.ArrayLike = 0.0) -> Array:
    """Density of the air some way above where its temperature and pressure were measured.

    Parameters
    ----------
    air_temp_c, pressure_pa : array_like
        At the station [°C, Pa].
    height_m : array_like
        Above the station [m]; broadcast.

    Returns
    -------
    ndarray
        [kg/m³].

    Notes
    -----
    Ideal gas; temperature falls by 6.5 K and pressure by 125 hPa a kilometre (Hau 2008).
    """
    above = np.asarray(height_m, dtype=np.float64)
    kelvin = np.asarray(air_temp_c, dtype=np.float64) - LAPSE_K_M * above + ZERO_C_K
    return np.asarray(
        (np.asarray(pressure_pa, dtype=np.float64) - PRESSURE_FALL_PA_M * above) / (GAS_CONSTANT_J_KG_K * kelvin)
    )


def wind_power(
    turbine: Sequence[str],
    *,
    wind_speed_m_s: npt.ArrayLike,
    air_temp_c: npt.ArrayLike,
    pressure_pa: npt.ArrayLike = STANDARD_PRESSURE_PA,
    hub_height_m: npt.ArrayLike | None = None,
    roughness_m: npt.ArrayLike = 0.03,
    count: npt.ArrayLike = 1.0,
    losses: float | None = None,
    mast: WindMast | None = None,
) -> Hourly:
    """Electric power of turbines, or of groups of equal ones.

    Parameters
    ----------
    turbine : sequence of str, length n
        Of `wind_turbines.csv`.
    wind_speed_m_s, air_temp_c, pressure_pa : array_like, shape (T,)
        At the mast [m/s, °C, Pa].
    hub_height_m : array_like, shape (n,), optional
        [m]; the catalogue's by default.
    roughness_m : array_like, shape (n,)
        Roughness length around each turbine [m], as `roughness_length` gives it.
    count : array_like, shape (n,)
        How many of each stand there.
    losses : float, optional
        Share lost after the generator [0 to 1]; the catalogue's by default (`wind_losses`). Wakes are not in it.
    mast : WindMast, optional
        Where the wind was measured.

    Returns
    -------
    ndarray of float32, shape (n, T)
        [kW]. Nothing below the power curve's first speed and above its last, the cut-out.

    Raises
    ------
    InputError
        Names, shapes or numbers that cannot be; all findings at once.

    Notes
    -----
    The power curve's speeds are moved to the density at the hub: v·(1.225/ρ)^p with p from 1/3 at 7.5 m/s to 2/3 at
    12.5 m/s (Svenningsen, EMD International, 2010; after IEC 61400-12-1).
    """
    at, findings, n = mast or WindMast(), [], len(turbine)  # type: tuple[WindMast, list[str], int]
    known(findings, turbine, wind_turbines().index, "wind turbine")
    done(findings)
    models = wind_turbines().loc[list(turbine)]
    wind = hourly(findings, "wind_speed_m_s", wind_speed_m_s, low=0.0, high=120.0)
    air = hourly(findings, "air_temp_c", air_temp_c, len(wind), low=-90.0, high=60.0)
    pressure = hourly(findings, "pressure_pa", pressure_pa, len(wind), low=5e4, high=1.1e5)
    hub = each(
        findings, "hub_height_m", models["hub_height_m"] if hub_height_m is None else hub_height_m, n, low=5, high=400
    )
    rough = each(findings, "roughness_m", roughness_m, n, low=1e-5, high=3.0)
    many = each(findings, "count", count, n, low=0.0)
    lost = wind_losses() if losses is None else losses
    if not 0.0 <= lost < 1.0:
        findings.append(f"losses are {lost:g}: give a share of 0 or more, below 1")
    done(findings)
    kinds, code = np.unique(np.asarray(turbine, dtype=str), return_inverse=True)
    speed, power, length = _curves(kinds)
    out = np.empty((n, len(wind)), dtype=np.float32)
    factor = hub_speed_factor(hub, rough, at)
    _turbines(code, speed, power, length, wind, air, pressure, factor, hub - at.air_height_m, many * (1 - lost), out)
    return out


def wind_technology(power_kw: npt.ArrayLike) -> Technology:
    """Wind turbines as a source of the district.

    Parameters
    ----------
    power_kw : array_like, shape (T,)
        Of all of them, as `wind_power` gives it [kW].

    Returns
    -------
    Technology
        Of electricity; it runs where there is wind. A kWh counts as a kWh of wind, as energy statistics have it (IEA).
    """
    power = np.asarray(power_kw, dtype=np.float64)
    return Technology("electricity", power, {"wind": np.ones_like(power)}, must_run=True)


def _curves(kinds: npt.NDArray[np.str_]) -> tuple[Array, Array, npt.NDArray[np.int64]]:
    """Speeds and powers of the kinds' power curves, shape (k, points), and how many points each has."""
    rows = table("wind_power_curves")
    curves = [rows[rows["turbine"] == kind].sort_values("wind_speed_m_s") for kind in kinds]
    length = np.array([len(curve) for curve in curves], dtype=np.int64)
    speed, power = np.zeros((2, len(kinds), int(length.max(initial=1))))
    for k, curve in enumerate(curves):
        speed[k, : length[k]] = curve["wind_speed_m_s"]
        power[k, : length[k]] = curve["power_kw"]
    return speed, power, length


@nb.njit(cache=True, error_model="numpy", nogil=True)
def _turbines(  # noqa: PLR0917  compiled code takes plain arrays by position
    code: Any,
    speed: Any,
    power: Any,
    length: Any,
    wind: Any,
    air: Any,
    pressure: Any,
    factor: Any,
    above: Any,
    scale: Any,
    out: Any,
) -> None:
    exponent = np.empty_like(speed)
    for k in range(speed.shape[0]):
        for j in range(speed.shape[1]):
            exponent[k, j] = min(max(1.0 / 3.0 + (speed[k, j] - 7.5) / 15.0, 1.0 / 3.0), 2.0 / 3.0)
    for i in range(out.shape[0]):
        k = code[i]
        last = length[k] - 1
        for t in range(out.shape[1]):
            kelvin = air[t] - LAPSE_K_M * above[i] + ZERO_C_K
            density = (pressure[t] - PRESSURE_FALL_PA_M * above[i]) / (GAS_CONSTANT_J_KG_K * kelvin)
            thin = np.log(STANDARD_DENSITY_KG_M3 / density)
            v = wind[t] * factor[i]
            if v < speed[k, 0] * np.exp(thin * exponent[k, 0]) or v > speed[k, last] * np.exp(thin * exponent[k, last]):
                out[i, t] = 0.0
                continue
            low, high = 0, last
            while high - low > 1:
                middle = (low + high) // 2
                if speed[k, middle] * np.exp(thin * exponent[k, middle]) <= v:
                    low = middle
                else:
                    high = middle
            a, b = speed[k, low] * np.exp(thin * exponent[k, low]), speed[k, high] * np.exp(thin * exponent[k, high])
            out[i, t] = scale[i] * (power[k, low] + (power[k, high] - power[k, low]) * (v - a) / (b - a))
