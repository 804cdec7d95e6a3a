"""Fuel cells: PEM on hydrogen, solid oxide on gas, with their heat."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from assets.conversions.conversion_year import ConversionYear
from assets.conversions.electrolyser import APPROACH_K
from assets.conversions.load_curve import efficiency, electrochemical_technology, electrochemical_year
from assets.conversions.site import ConversionSite
from assets.technology import Technology
from assets.time_grid import TimeGrid

Array = npt.NDArray[np.float64]


def fuel_cell_efficiency(model: str, load_share: npt.ArrayLike = 1.0) -> Array:
    """Power by fuel, lower heating value [-].

    Parameters
    ----------
    model : str
        Of `conversions_electrochemical.csv`.
    load_share : array_like
        Power by the rated, above 0.
    """
    return efficiency(model, load_share, "fuel_cell")


def fuel_cell_technology(
    model: str, size_kw: float, site: ConversionSite, *, least_share: float = 0.0, approach_k: float = APPROACH_K
) -> Technology:
    """Make a fuel cell a technology of electricity, as it is at full load.

    Its heat goes to the network in hours in which it is hot enough for the supply; else it is rejected.

    Parameters
    ----------
    model : str
        Of `conversions_electrochemical.csv`: "pem_fuel_cell", "solid_oxide".
    size_kw : float
        Power [kW].
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
        model, size_kw, site.supply_temp_c, device="fuel_cell", least_share=least_share, approach_k=approach_k
    )


def fuel_cell_year(
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
    """Energies of fuel cells along their efficiency by load.

    Parameters
    ----------
    model : sequence of str, length m
        Of `conversions_electrochemical.csv`.
    size_kw : array_like, shape (m,)
        Powers [kW].
    wanted_kwh : array_like, shape (m, T)
        Electricity wanted of each [kWh].
    time : TimeGrid
        T steps.
    site, approach_k
        As for `fuel_cell_technology`.
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
        device="fuel_cell",
        least_share=least_share,
        ramp_per_h=ramp_per_h,
        before_kwh=before_kwh,
        approach_k=approach_k,
    )
