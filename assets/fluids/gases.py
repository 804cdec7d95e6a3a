"""Gases and their blends: what a normal cubic metre of them holds and weighs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from assets._errors import InputError
from assets.catalogue import table

Array = npt.NDArray[np.float64]

NORMAL_BAR = 1.01325
"""Pressure of a normal cubic metre, and of the air outside [bar]."""
NORMAL_K = 273.15
"""Temperature of a normal cubic metre [K]."""
AIR_KG_M3 = 1.292923
"""Density of air at normal conditions (ISO 6976:2016)."""
VISCOSITY_C = 10.0
"""Temperature of the catalogue's viscosities [°C]."""
VISCOSITY_EXPONENT = 0.85
"""Viscosity grows with this power of the absolute temperature: methane at 0 to 20 °C, of CoolProp."""


@dataclass(frozen=True)
class Gas:
    """A gas or a blend; volumes are normal cubic metres (0 °C, 1.01325 bar).

    Attributes
    ----------
    lhv_kwh_m3, hhv_kwh_m3 : float
        Lower and higher heating value [kWh/m³].
    density_kg_m3 : float
        Density at normal conditions [kg/m³].
    hydrogen_share : float
        Volume share of hydrogen [0 to 1].
    viscosity_pa_s : float
        Dynamic viscosity at 10 °C [Pa s].
    compressibility_per_bar : float
        Slope of the compressibility factor in the absolute pressure [1/bar].
    root_molar_mass : float
        Square root of the molar mass, as blends' viscosity wants it [√(g/mol)].
    """

    lhv_kwh_m3: float
    hhv_kwh_m3: float
    density_kg_m3: float
    hydrogen_share: float
    viscosity_pa_s: float
    compressibility_per_bar: float
    root_molar_mass: float

    @property
    def wobbe_kwh_m3(self) -> float:
        """Wobbe index [kWh/m³]: higher heating value by the root of the density relative to air (ISO 6976)."""
        return float(self.hhv_kwh_m3 / np.sqrt(self.density_kg_m3 / AIR_KG_M3))


def gases() -> pd.DataFrame:
    """Catalogue of gases, index `gas`."""
    return table("network_gases").set_index("gas")


def property_rows(names: tuple[str, ...]) -> Array:
    """Properties of gases as the compiled loops take them, shape (g, 7).

    Parameters
    ----------
    names : tuple of str, length g
        Of the catalogue `network_gases.csv`.

    Returns
    -------
    ndarray
        The attributes of `Gas`, in their order.

    Raises
    ------
    InputError
        The catalogue lacks a gas.
    """
    known = gases()
    unknown = sorted(set(names) - set(known.index))
    if unknown:
        raise InputError([f"no gas {', '.join(unknown)} in the catalogue; take one of {', '.join(known.index)}"])
    rows = known.loc[list(names)]
    return np.column_stack(
        [
            rows["lhv_kwh_m3"],
            rows["hhv_kwh_m3"],
            rows["density_kg_m3"],
            rows["h2_share"],
            rows["viscosity_upa_s"] * 1e-6,
            rows["compressibility_per_bar"],
            np.sqrt(rows["molar_mass_g_mol"]),
        ]
    ).astype(np.float64)


def volume_shares(gas: str | Mapping[str, float]) -> dict[str, float]:
    """Volume shares of a blend, checked: one name is all of it.

    Raises
    ------
    InputError
        A share is negative, or they do not add up to 1.
    """
    shares = {gas: 1.0} if isinstance(gas, str) else {name: float(share) for name, share in gas.items()}
    if not shares or min(shares.values()) < 0 or abs(sum(shares.values()) - 1.0) > 1e-6:
        raise InputError([f"volume shares {shares} of a blend must be 0 or more and add up to 1"])
    return shares


def blend(gas: str | Mapping[str, float]) -> Gas:
    """Properties of a gas or a blend.

    Parameters
    ----------
    gas : str or mapping of str to float
        Name in the catalogue, or volume shares of several: {"natural_gas_fi": 0.9, "hydrogen": 0.1}.

    Returns
    -------
    Gas

    Notes
    -----
    Heating values, density and compressibility are means by volume; viscosity after Herning and Zipperer (1936).

    Raises
    ------
    InputError
        A gas is not in the catalogue, or shares do not add up to 1.
    """
    shares = volume_shares(gas)
    rows = property_rows(tuple(shares))
    volume = np.array(list(shares.values()))
    weight = volume * rows[:, 6]
    lhv, hhv, density, hydrogen, _, slope, root = (float(mean) for mean in volume @ rows)
    return Gas(lhv, hhv, density, hydrogen, float(weight @ rows[:, 4] / weight.sum()), slope, root)


def viscosity_at(viscosity_pa_s: npt.ArrayLike, temp_c: npt.ArrayLike) -> Array:
    """Viscosity at another temperature than 10 °C [Pa s]."""
    ratio = (np.asarray(temp_c, dtype=np.float64) + 273.15) / (VISCOSITY_C + 273.15)
    return np.asarray(np.asarray(viscosity_pa_s) * ratio**VISCOSITY_EXPONENT)
