"""What measures cost: investments of the catalogue, their annuity, payback and what a tonne of CO2 avoided costs."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from assets._errors import CatalogueError, InputError
from assets.catalogue import country_table

Array = npt.NDArray[np.float64]
_FALLBACK = "FI"


def investment_costs(country: str = "FI") -> pd.DataFrame:
    """Catalogue of investments; Finland's where a country has none.

    Parameters
    ----------
    country : str
        ISO 3166 code.

    Returns
    -------
    pandas.DataFrame
        `measure`, `item`, `size_from` (from which size the row holds), `size_unit`, `fixed_eur`, `eur_per_size`,
        `lifetime_years`, `kind`, `source`; VAT included.
    """
    try:
        return country_table("investments", country)
    except CatalogueError:
        return country_table("investments", _FALLBACK)


def interest(country: str = "FI") -> float:
    """Real interest that investments are spread over the years with [1/a]."""
    table = investment_costs(country)
    return float(table.loc[table["measure"] == "interest", "fixed_eur"].iloc[0])


def investment(item: str, size: npt.ArrayLike, country: str = "FI") -> tuple[Array, Array]:
    """Cost of some items of the catalogue.

    Parameters
    ----------
    item : str
        `pv`, a retrofit level or a heating system.
    size : array_like, shape (n,)
        In the item's unit: kWp, m² of gross floor area, kW of peak heat; where it is 0, nothing is bought.
    country : str
        ISO 3166 code.

    Returns
    -------
    cost_eur, lifetime_years : ndarray, shape (n,)

    Raises
    ------
    InputError
        Where the catalogue has no such item, or a size is negative.
    """
    table = investment_costs(country)
    rows = table[(table["item"] == item) & (table["measure"] != "interest")].sort_values("size_from")
    sizes = np.asarray(size, dtype=np.float64)
    findings = []
    if rows.empty:
        findings.append(f"the catalogue of investments has no {item}; it has {', '.join(dict.fromkeys(table['item']))}")
    if not (sizes >= 0.0).all():
        findings.append(f"sizes of {item} to invest in are 0 or more, not {sizes.min():g}")
    if findings:
        raise InputError(findings)
    row = np.maximum(np.searchsorted(rows["size_from"].to_numpy(), sizes, side="right") - 1, 0)
    names = ("fixed_eur", "eur_per_size", "lifetime_years")
    fixed, each, life = (rows[name].to_numpy(dtype=float)[row] for name in names)
    return np.where(sizes > 0.0, fixed + each * sizes, 0.0), life


def annuity(investment_eur: npt.ArrayLike, lifetime_years: npt.ArrayLike, rate: float) -> Array:
    """Spread an investment over its lifetime in equal yearly sums [EUR/a].

    Parameters
    ----------
    investment_eur : array_like
        Paid at the beginning [EUR].
    lifetime_years : array_like
        More than 0 [a].
    rate : float
        Real interest [1/a]; 0 spreads it evenly.

    Notes
    -----
    EN 15459-1: r / (1 - (1 + r)^-n) of the investment each year.
    """
    years = np.asarray(lifetime_years, dtype=np.float64)
    if not (years > 0.0).all() or rate < 0.0:
        raise InputError([f"an annuity needs lifetimes beyond 0 years and an interest of 0 or more, not {rate:g}"])
    factor = 1.0 / years if rate == 0.0 else rate / -np.expm1(-years * np.log1p(rate))
    return np.asarray(np.asarray(investment_eur, dtype=np.float64) * factor)


def simple_payback(investment_eur: float, saving_eur_a: float) -> float:
    """Years until what is saved each year has paid an investment; infinite where nothing is saved, 0 without one.

    Parameters
    ----------
    investment_eur : float
        [EUR].
    saving_eur_a : float
        Cost of energy before less after [EUR/a].
    """
    if investment_eur <= 0.0:
        return 0.0
    return investment_eur / saving_eur_a if saving_eur_a > 0.0 else float("inf")


def abatement_cost(added_cost_eur_a: float, avoided_tco2_a: float) -> float:
    """Cost of a tonne of CO2 avoided [EUR/tCO2]; below zero where money is saved too, NaN where nothing is avoided.

    Parameters
    ----------
    added_cost_eur_a : float
        Yearly cost after less before, the annuity of the investment included [EUR/a].
    avoided_tco2_a : float
        Emissions before less after [t/a].
    """
    return added_cost_eur_a / avoided_tco2_a if avoided_tco2_a > 0.0 else float("nan")
