"""Hydrogen and natural gas under pressure: how dense they are, and what it takes to compress them."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from numba import njit

from assets._errors import InputError
from assets.catalogue import table

Array = npt.NDArray[np.float64]
GAS_CONSTANT = 8.314462618
"""J/(mol K)."""
KELVIN = 273.15


def gases() -> pd.DataFrame:
    """Catalogue of gases, index `gas`."""
    return table("gases").set_index("gas")


@lru_cache(maxsize=8)
def real_gas(gas: str) -> tuple[Array, float, float, float]:
    """Return coefficients of a gas's compressibility, its molar mass, heating value and isentropic exponent.

    Returns
    -------
    terms : ndarray, shape (k, 3)
        a, b and c of Z = 1 + Σ a (100 K / T)^b (p / MPa)^c.
    molar_mass_kg_mol, lower_heating_value_kwh_kg, isentropic_exponent : float

    Raises
    ------
    InputError
        No such gas.
    """
    known = gases()
    if gas not in known.index:
        raise InputError([f"no gas {gas} in the catalogue; take one of {', '.join(known.index)}"])
    row = known.loc[gas]
    rows = table("gas_compressibility")
    terms = rows.loc[rows["gas"] == gas, ["a", "b", "c"]].to_numpy(dtype=np.float64)
    mass, value, exponent = (
        float(row[name]) for name in ("molar_mass_g_mol", "lower_heating_value_kwh_kg", "isentropic_exponent")
    )
    kept = np.array(terms, order="C")
    kept.flags.writeable = False
    return kept, mass / 1000.0, value, exponent


@njit(cache=True, error_model="numpy", nogil=True)
def z_of(terms: Any, kelvin: Any, bar: Any) -> Any:
    """Compressibility at a temperature [K] and an absolute pressure [bar]."""
    z = 1.0
    for k in range(terms.shape[0]):
        z += terms[k, 0] * (100.0 / kelvin) ** terms[k, 1] * (0.1 * bar) ** terms[k, 2]
    return z


@njit(cache=True, error_model="numpy", nogil=True)
def kg_m3(terms: Any, molar_mass: Any, kelvin: Any, bar: Any) -> Any:
    """Density [kg/m³]."""
    return bar * 1e5 * molar_mass / (z_of(terms, kelvin, bar) * GAS_CONSTANT * kelvin)


@njit(cache=True, error_model="numpy", nogil=True)
def bar_of(  # noqa: PLR0917  compiled code takes plain arrays by position
    terms: Any, molar_mass: Any, kelvin: Any, density: Any, low: Any, high: Any
) -> Any:
    """Pressure at which a gas is so dense, between two pressures [bar]: by Illinois' false position."""
    f_low = kg_m3(terms, molar_mass, kelvin, low) - density
    f_high = kg_m3(terms, molar_mass, kelvin, high) - density
    if f_low >= 0.0:
        return low
    if f_high <= 0.0:
        return high
    side = 0
    middle = low
    for _ in range(60):
        middle = (low * f_high - high * f_low) / (f_high - f_low)
        f = kg_m3(terms, molar_mass, kelvin, middle) - density
        if abs(f) < 1e-12 * density:
            break
        if f * f_high > 0.0:
            high, f_high = middle, f
            if side == -1:
                f_low *= 0.5
            side = -1
        else:
            low, f_low = middle, f
            if side == 1:
                f_high *= 0.5
            side = 1
    return middle


@njit(cache=True, error_model="numpy", nogil=True)
def compression_kwh_kg(  # noqa: PLR0917  compiled code takes plain arrays by position
    terms: Any, molar_mass: Any, exponent: Any, kelvin: Any, from_bar: Any, to_bar: Any, stages: Any, efficiency: Any
) -> Any:
    """Electricity to compress a kilogram in stages of one ratio, cooled back in between; 0 where it flows by itself.

    Isentropic work of each stage with the mean of the compressibilities at its inlet and at its outlet's pressure.
    """
    if to_bar <= from_bar:
        return 0.0
    ratio = (to_bar / from_bar) ** (1.0 / stages)
    n = exponent / (exponent - 1.0)
    work, bar = 0.0, from_bar
    for _ in range(stages):
        z = 0.5 * (z_of(terms, kelvin, bar) + z_of(terms, kelvin, bar * ratio))
        work += z * GAS_CONSTANT * kelvin / molar_mass * n * (ratio ** (1.0 / n) - 1.0)
        bar *= ratio
    return work / efficiency / 3.6e6


def compressibility(gas: str, pressure_bar: npt.ArrayLike, temp_c: npt.ArrayLike) -> Array:
    """Compressibility Z of a gas, broadcast over pressure and temperature.

    Parameters
    ----------
    gas : str
        "hydrogen" or "gas" (methane).
    pressure_bar : array_like
        Absolute pressure [bar].
    temp_c : array_like
        Temperature [°C].

    Notes
    -----
    Hydrogen: Lemmon, Huber, Leachman, J. Research NIST 113 (2008), to 2 000 bar. Methane: fitted to Setzmann and
    Wagner 1991, −10 to 60 °C, to 250 bar, within 0.4 %.
    """
    terms, *_ = real_gas(gas)
    p, t = np.broadcast_arrays(np.asarray(pressure_bar, np.float64), np.asarray(temp_c, np.float64) + KELVIN)
    a, b, c = terms.T
    return np.asarray(1.0 + (a * (100.0 / t[..., None]) ** b * (0.1 * p[..., None]) ** c).sum(axis=-1))


def density_kg_m3(gas: str, pressure_bar: npt.ArrayLike, temp_c: npt.ArrayLike) -> Array:
    """Density of a gas [kg/m³], broadcast over absolute pressure [bar] and temperature [°C]."""
    _, molar_mass, *_ = real_gas(gas)
    kelvin = np.asarray(temp_c, np.float64) + KELVIN
    z = compressibility(gas, pressure_bar, temp_c)
    return np.asarray(np.asarray(pressure_bar, np.float64) * 1e5 * molar_mass / (z * GAS_CONSTANT * kelvin))
