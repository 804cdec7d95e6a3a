"""Properties of water by temperature; those of the liquid also as polynomials that compiled loops evaluate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit

from assets._errors import InputError
from assets.catalogue import limit

Array = npt.NDArray[np.float64]

REFERENCE_KJ_KG_K = limit("water_caloric_cp")
"""Specific heat that caloric temperatures count in, and models whose water has but one [kJ/(kg K)]."""
MEAN_KJ_KG_K = limit("water_mean_cp")
"""Specific heat of water that flows past heat pumps, wells and plants, rounded [kJ/(kg K)]."""
COOL_KG_M3 = limit("water_cool_density")
"""Density of lakes, seas and ground water [kg/m³]."""
ROOM_KG_M3 = limit("water_room_density")
"""Density at 20 °C [kg/m³]."""
WARM_KG_M3 = limit("water_warm_density")
"""Density at 60 °C [kg/m³]."""
COLD_WATER_KWH_KG_K = limit("water_cold_cp") / 3600.0
"""Heat that a kilogram of water takes up near 5 °C [kWh/(kg K)]."""
FUSION_KWH_KG = limit("ice_fusion") / 3600.0
"""Heat of fusion of ice [kWh/kg]."""
ICE_J_M3 = limit("ice_melting") * 1e6
"""Heat of melting of a cubic metre of ice on lakes and seas [J/m³]."""
RANGE_C = (0.0, 160.0)
"""Temperatures that the polynomials hold for."""

# Fits to IAPWS-IF97 (Wagner et al. 2000) at 10 bar, 0 to 160 °C; the tests compare them with CoolProp's.
# Caloric temperature less temperature [K]: within 0.004 K, specific heat within 0.3 %.
_CALORIC = (
    0.0035106055956554, 0.005382288946852063, -0.0002372151281551111, 3.2617584308767257e-06,
    -2.175837817699913e-08, 9.499063175008336e-11, -1.5766342677828202e-13,
)  # fmt: skip
# Temperature less caloric temperature [K]; there and back again within 4e-5 K.
_TEMPERATURE = (
    -0.003455923582894878, -0.005375711631038573, 0.00023608700182586333, -3.2202690936908535e-06,
    2.118979423651239e-08, -9.23056367474178e-11, 1.5706524809017254e-13,
)  # fmt: skip
# Density [kg/m³], within 7e-5.
_DENSITY = (
    1000.3688590609886, 0.04280612796603789, -0.007321283204581804, 4.2049287924985906e-05,
    -1.7774856918040103e-07, 3.0684117889192894e-10,
)  # fmt: skip
# Fluidity, the inverse of dynamic viscosity [1/(Pa s)], within 1.2e-4.
_FLUIDITY = (
    558.6766060655236, 19.468794625317372, 0.13122757260724308, -0.0002323683405635782,
    -1.6152478455257078e-07, -3.8492837087232454e-09, 1.744476015650069e-11,
)  # fmt: skip
_TERMS = 7
_CAPACITY = (1.17008326e0, -5.24341831e-4, 2.33077687e-6, -1.94025191e-8)
"""Fitted to IAPWS-95 at 5 bar, 2 to 98 °C, with CoolProp; 0.08 % at most."""


def _padded(terms: tuple[float, ...]) -> Array:
    return np.array(terms + (0.0,) * (_TERMS - len(terms)))


@njit(cache=True, error_model="numpy", inline="always")
def polynomial(terms: Any, x: Any) -> Any:
    """Value of a polynomial of seven terms, lowest first."""
    high = terms[4] + x * (terms[5] + x * terms[6])
    return terms[0] + x * (terms[1] + x * (terms[2] + x * (terms[3] + x * high)))


@njit(cache=True, error_model="numpy", inline="always")
def held(terms: Any) -> Any:
    """Terms of a polynomial as a tuple: compiled loops keep them in registers."""
    return terms[0], terms[1], terms[2], terms[3], terms[4], terms[5], terms[6]


@dataclass(frozen=True)
class Water:
    """Water, or another liquid, as polynomials of its temperature in °C, seven terms each, lowest first.

    A caloric temperature is enthalpy over a fixed specific heat, 0 at 0 °C: it mixes and exchanges heat linearly, so
    that balances hold whatever the specific heat does.

    Attributes
    ----------
    cp_kj_kg_k : float
        Specific heat that the caloric temperature counts in [kJ/(kg K)].
    caloric : ndarray, shape (7,)
        Caloric temperature less temperature [K].
    temperature : ndarray, shape (7,)
        Of the caloric temperature: temperature less caloric temperature [K].
    density : ndarray, shape (7,)
        [kg/m³].
    fluidity : ndarray, shape (7,)
        Inverse of the dynamic viscosity [1/(Pa s)].
    """

    cp_kj_kg_k: float
    caloric: Array
    temperature: Array
    density: Array
    fluidity: Array

    def caloric_c(self, temp_c: npt.ArrayLike) -> Array:
        """Caloric temperature [°C] of a temperature [°C]."""
        temp = np.asarray(temp_c, dtype=np.float64)
        return np.asarray(temp + polynomial(self.caloric, temp))

    def temp_c(self, caloric_c: npt.ArrayLike) -> Array:
        """Temperature [°C] of a caloric temperature [°C]."""
        caloric = np.asarray(caloric_c, dtype=np.float64)
        return np.asarray(caloric + polynomial(self.temperature, caloric))

    def heat_capacity_kj_kg_k(self, temp_c: npt.ArrayLike) -> Array:
        """Specific heat at constant pressure [kJ/(kg K)]."""
        temp = np.asarray(temp_c, dtype=np.float64)
        slope = np.polynomial.polynomial.polyder(self.caloric)
        return np.asarray(self.cp_kj_kg_k * (1.0 + np.polynomial.polynomial.polyval(temp, slope)))

    def density_kg_m3(self, temp_c: npt.ArrayLike) -> Array:
        """Density [kg/m³]."""
        return np.asarray(polynomial(self.density, np.asarray(temp_c, dtype=np.float64)))

    def viscosity_pa_s(self, temp_c: npt.ArrayLike) -> Array:
        """Dynamic viscosity [Pa s]."""
        return np.asarray(1.0 / polynomial(self.fluidity, np.asarray(temp_c, dtype=np.float64)))

    def loss_factor(self, temp_c: npt.ArrayLike, ground_c: npt.ArrayLike) -> Array:
        """Excess of a temperature over the ground's by that of the caloric ones [1]: scales losses to the latter."""
        temp, ground = np.asarray(temp_c, dtype=np.float64), np.asarray(ground_c, dtype=np.float64)
        near = np.abs(temp - ground) < 1.0
        other = np.where(near, ground + 1.0, temp)
        return np.asarray((other - ground) / (self.caloric_c(other) - self.caloric_c(ground)))


WATER = Water(
    REFERENCE_KJ_KG_K, _padded(_CALORIC), _padded(_TEMPERATURE), _padded(_DENSITY), _padded(_FLUIDITY)
)  # fmt: skip
"""Water at 10 bar, 0 to 160 °C."""


def constant_liquid(cp_kj_kg_k: float, density_kg_m3: float, viscosity_pa_s: float) -> Water:
    """Return a liquid whose properties don't change with temperature.

    Parameters
    ----------
    cp_kj_kg_k : float
        Specific heat [kJ/(kg K)].
    density_kg_m3 : float
        [kg/m³].
    viscosity_pa_s : float
        Dynamic viscosity [Pa s].

    Raises
    ------
    InputError
        One of them is not above 0.
    """
    given = {"cp_kj_kg_k": cp_kj_kg_k, "density_kg_m3": density_kg_m3, "viscosity_pa_s": viscosity_pa_s}
    findings = [f"{name} is {value:g}: give a value above 0" for name, value in given.items() if not value > 0.0]
    if findings:
        raise InputError(findings)
    none = _padded(())
    return Water(cp_kj_kg_k, none, none, _padded((density_kg_m3,)), _padded((1.0 / viscosity_pa_s,)))


def heat_capacity_kwh_m3_k(temp_c: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Heat that a cubic metre of water takes up per kelvin.

    Parameters
    ----------
    temp_c : array_like
        Temperature, 2 to 98 °C.

    Returns
    -------
    ndarray
        Density times heat capacity [kWh/(m³ K)].
    """
    t = np.asarray(temp_c, dtype=np.float64)
    a, b, c, d = _CAPACITY
    return np.asarray(a + t * (b + t * (c + t * d)))
