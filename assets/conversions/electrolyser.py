"""Electrolysers, alkaline and PEM: electricity to hydrogen, and the heat of the stack."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from assets.conversions.conversion_year import ConversionYear
from assets.conversions.load_curve import efficiency, electrochemical_technology, electrochemical_year
from assets.conversions.site import ConversionSite
from assets.technology import Technology
from assets.time_grid import TimeGrid

Array = npt.NDArray[np.float64]
HYDROGEN_KWH_KG = 33.33
"""Lower heating value of hydrogen [kWh/kg]."""
APPROACH_K = 3.0
"""Least difference between the heat of a stack and the supply that it goes to [K]."""


def specific_consumption_kwh_kg(model: str, load_share: npt.ArrayLike = 1.0) -> Array:
    """Electricity by hydrogen made [kWh/kg].

    Parameters
    ----------
    model : str
        Of `conversions_electrochemical.csv`.
    load_share : array_like
        Hydrogen by that at full load, above 0.
    """
    return np.asarray(HYDROGEN_KWH_KG / efficiency(model, load_share, "electrolyser"))


def electrolyser_technology(
    model: str, size_kw: float, site: ConversionSite, *, least_share: float = 0.0, approach_k: float = APPROACH_K
) -> Technology:
    """Make an electrolyser a technology of hydrogen, as it is at full load.

    Its heat goes to the network in hours in which it is hot enough for the supply; else it is rejected, and a heat
    pump may draw from it (`recovery`).

    Parameters
    ----------
    model : str
        Of `conversions_electrochemical.csv`: "alkaline", "pem_electrolyser".
    size_kw : float
        Hydrogen, lower heating value [kW].
    site : ConversionSite
        Supply of the heat network.
    least_share : float
        Least load.
    approach_k : float
        Least difference between its heat and the supply [K].

    Returns
    -------
    Technology
    """
    return electrochemical_technology(
        model, size_kw, site.supply_temp_c, device="electrolyser", least_share=least_share, approach_k=approach_k
    )


def electrolyser_year(
    model: Sequence[str],
    size_kw: npt.ArrayLike,
    wanted_kwh: npt.ArrayLike,
    site: ConversionSite,
    *,
    time: TimeGrid,
    least_share: npt.ArrayLike = 0.0,
    ramp_per_h: npt.ArrayLike = np.inf,
    before_kwh: npt.ArrayLike = 0.0,
    approach_k: float = APPROACH_K,
) -> ConversionYear:
    """Energies of electrolysers along their specific consumption by load.

    Parameters
    ----------
    model : sequence of str, length m
        Of `conversions_electrochemical.csv`.
    size_kw : array_like, shape (m,)
        Hydrogen, lower heating value [kW].
    wanted_kwh : array_like, shape (m, T)
        Hydrogen wanted of each, lower heating value [kWh].
    time : TimeGrid
        T steps.
    site, approach_k
        As for `electrolyser_technology`.
    least_share, ramp_per_h, before_kwh
        As for `conversion_year.run`.

    Returns
    -------
    ConversionYear
    """
    return electrochemical_year(
        model,
        size_kw,
        wanted_kwh,
        site.supply_temp_c,
        time=time,
        device="electrolyser",
        least_share=least_share,
        ramp_per_h=ramp_per_h,
        before_kwh=before_kwh,
        approach_k=approach_k,
    )
