"""Methanation: hydrogen and carbon dioxide to methane (Sabatier), and the heat of the reaction.

CO2 + 4 H2 -> CH4 + 2 H2O: the lower heating values of both sides say how much of the hydrogen's energy the methane
can hold, and how much the reaction gives off.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from assets.carriers import REJECTED
from assets.conversions.catalogue import check_size, column, models_of
from assets.conversions.conversion_year import ConversionYear, run
from assets.conversions.electrolyser import APPROACH_K
from assets.conversions.site import ConversionSite
from assets.technology import Technology
from assets.time_grid import TimeGrid

Array = npt.NDArray[np.float64]
HYDROGEN_KJ_MOL = 241.8
METHANE_KJ_MOL = 802.3
"""Lower heating values at 25 °C: CODATA and NIST."""
CARBON_DIOXIDE_KG_MOL = 0.04401
STOICHIOMETRIC_EFFICIENCY = METHANE_KJ_MOL / (4 * HYDROGEN_KJ_MOL)
"""Methane by hydrogen where all of it reacts, lower heating values [-]."""


def methanation_efficiency(model: str = "catalytic") -> float:
    """Gas by hydrogen, lower heating values [-].

    Parameters
    ----------
    model : str
        Of `conversions_methanation.csv`.
    """
    return STOICHIOMETRIC_EFFICIENCY * float(models_of("methanation", [model])["conversion_share"].iloc[0])


def carbon_dioxide_kg(gas_kwh: npt.ArrayLike) -> Array:
    """Carbon dioxide that methane holds [kg].

    Parameters
    ----------
    gas_kwh : array_like
        Methane made, lower heating value [kWh].
    """
    return np.asarray(gas_kwh, dtype=np.float64) * 3600.0 / METHANE_KJ_MOL * CARBON_DIOXIDE_KG_MOL


def methanation_technology(
    size_kw: float,
    site: ConversionSite,
    *,
    model: str = "catalytic",
    least_share: float = 0.0,
    approach_k: float = APPROACH_K,
) -> Technology:
    """Make methanation a technology of gas.

    Parameters
    ----------
    size_kw : float
        Gas, lower heating value [kW].
    site : ConversionSite
        Supply of the heat network, to which the heat goes in hours in which it is hot enough.
    model : str
        Of `conversions_methanation.csv`.
    least_share : float
        Least load.
    approach_k : float
        Least difference between its heat and the supply [K].

    Returns
    -------
    Technology
    """
    check_size(model, size_kw)
    hours = len(site.supply_temp_c)
    year = _energies(models_of("methanation", [model]), np.ones((1, hours)), site.supply_temp_c, approach_k)
    return Technology(
        "gas",
        np.full(hours, float(size_kw)),
        {name: values[0] for name, values in year.taken_kwh.items()},
        {name: values[0] for name, values in year.given_kwh.items() if name != "gas"},
        least_share=least_share,
    )


def methanation_year(
    size_kw: npt.ArrayLike,
    wanted_kwh: npt.ArrayLike,
    site: ConversionSite,
    *,
    time: TimeGrid,
    model: Sequence[str] | None = None,
    least_share: npt.ArrayLike = 0.0,
    ramp_per_h: npt.ArrayLike = np.inf,
    before_kwh: npt.ArrayLike = 0.0,
    approach_k: float = APPROACH_K,
) -> ConversionYear:
    """Energies of methanation plants, which rise slowly.

    Parameters
    ----------
    size_kw : array_like, shape (m,)
        Gas, lower heating value [kW].
    wanted_kwh : array_like, shape (m, T)
        Gas wanted of each [kWh].
    time : TimeGrid
        T steps.
    site, approach_k
        As for `methanation_technology`.
    model : sequence of str, length m, optional
        Of `conversions_methanation.csv`; catalytic ones by default.
    least_share, ramp_per_h, before_kwh
        As for `conversion_year.run`.

    Returns
    -------
    ConversionYear
    """
    size = time.kwh_of(np.asarray(size_kw, dtype=np.float64))[:, None]
    rows = models_of("methanation", model if model is not None else ["catalytic"] * len(size))
    gas = run(wanted_kwh, size, time, least_share=least_share, ramp_per_h=ramp_per_h, before_kwh=before_kwh)
    return _energies(rows, gas, site.supply_temp_c, approach_k)


def _energies(rows: pd.DataFrame, gas_kwh: Array, supply_temp_c: Array, approach_k: float) -> ConversionYear:
    reacted = gas_kwh / STOICHIOMETRIC_EFFICIENCY
    heat = column(rows, "heat_share") * (reacted - gas_kwh)
    hot_enough = column(rows, "heat_temp_c") >= supply_temp_c[None] + approach_k
    return ConversionYear(
        "gas",
        {"gas": gas_kwh, "heat": np.where(hot_enough, heat, 0.0), REJECTED: np.where(hot_enough, 0.0, heat)},
        {
            "hydrogen": reacted / column(rows, "conversion_share"),
            "electricity": column(rows, "electricity_share") * gas_kwh,
        },
    )
