"""Solid waste, biomass and other fuels: heating values, how much of them grew back, what they emit and cost."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from assets.catalogue import table
from assets.sources._validate import done, each, known
from assets.sources.delivery import Delivery, steady

Array = npt.NDArray[np.float64]

MIXED_WASTE_KG_A = 280.0
"""Municipal waste of a Finn that is burnt, of some 500 kg that he leaves: Statistics Finland 2022, from memory."""


def fuel_kinds() -> pd.DataFrame:
    """Catalogue of fuels, index `fuel`."""
    return table("fuels").set_index("fuel")


def fuel_energy_kwh(fuel: str, mass_kg: npt.ArrayLike) -> Array:
    """Energy of a mass of fuel by its lower heating value as received [kWh].

    Raises
    ------
    InputError
        No such fuel.
    """
    return np.asarray(np.asarray(mass_kg, dtype=np.float64) * float(_fuel(fuel)["lhv_kwh_kg"]))


def fuel_delivery(
    fuel: str,
    hours: int = 8760,
    *,
    price_eur_kwh: npt.ArrayLike | None = None,
    available_kw: npt.ArrayLike = np.inf,
    yearly_kwh: float = np.inf,
) -> Delivery:
    """Fuel that lorries or pipes bring.

    Parameters
    ----------
    fuel : str
        Of `fuels.csv`.
    hours : int
        T.
    price_eur_kwh : array_like, shape () or (T,), optional
        The catalogue's by default [EUR/kWh].
    available_kw : array_like, shape () or (T,)
        What can be brought or fed in an hour [kW].
    yearly_kwh : float
        What there is in a year [kWh].

    Returns
    -------
    Delivery
        Its carrier is "waste", "biomass", "gas" or "oil".

    Raises
    ------
    InputError
        No such fuel, or numbers that cannot be.
    """
    row = _fuel(fuel)
    grown, co2 = float(row["biogenic_share"]), float(row["co2_kg_kwh"])
    return steady(
        str(row["carrier"]),
        hours,
        float(row["price_eur_kwh"]) if price_eur_kwh is None else price_eur_kwh,
        available_kw=available_kw,
        fossil_kgco2_kwh=(1.0 - grown) * co2,
        biogenic_kgco2_kwh=grown * co2,
        yearly_kwh=yearly_kwh,
    )


def municipal_waste(inhabitants: float, hours: int = 8760, *, kg_a: float = MIXED_WASTE_KG_A) -> Delivery:
    """Mixed waste of a city's residents, for a plant that burns it.

    Parameters
    ----------
    inhabitants : float
    hours : int
        T.
    kg_a : float
        Of a resident and year [kg].

    Returns
    -------
    Delivery
        What a year brings is its limit: bunkers and bales even out the hours.
    """
    findings: list[str] = []
    each(findings, "inhabitants", [inhabitants], 1, low=0.0)
    each(findings, "kg_a", [kg_a], 1, low=0.0)
    done(findings)
    return fuel_delivery("mixed_waste", hours, yearly_kwh=float(fuel_energy_kwh("mixed_waste", inhabitants * kg_a)))


def _fuel(fuel: str) -> pd.Series:
    findings: list[str] = []
    known(findings, [fuel], fuel_kinds().index, "fuel")
    done(findings)
    return fuel_kinds().loc[fuel]
