"""Heat recovery: what conversions reject and lose, as a source of heat for a heat pump or the network."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from assets._errors import InputError
from assets.carriers import REJECTED
from assets.catalogue import table
from assets.conversions.catalogue import conversion_of
from assets.sources.heat_source import HeatSource
from assets.technology import Technology

Array = npt.NDArray[np.float64]
RETURN_LIMIT_C = 5.0
"""The coldest that a cooling circuit may go back [°C]: above frost, assumed."""


def recoverable_kwh(conversion: str, technology: Technology, main_kwh: npt.ArrayLike) -> Array:
    """Heat that can be recovered from a conversion, shape (T,) [kWh].

    Parameters
    ----------
    conversion : str
        Of `conversions.csv`; nothing is recovered of those that `conversions_recovery.csv` does not list.
    technology : Technology
        As `technology_of` gives it.
    main_kwh : array_like, shape (T,)
        What it gives of its main carrier [kWh].

    Returns
    -------
    ndarray, shape (T,)
        [kWh]: shares of what it rejects and of what it loses. A cooler rejects the heat of the cold too.
    """
    conversion_of(conversion)
    main = np.asarray(main_kwh, dtype=np.float64)
    if main.shape != technology.capacity_kw.shape or not (main >= 0.0).all():
        raise InputError([f"{conversion}: give {technology.capacity_kw.shape} hours of what it gives, 0 or more"])
    rows = table("conversions_recovery").set_index("conversion")
    if conversion not in rows.index:
        return np.zeros_like(main)
    rejected = np.asarray(technology.outputs.get(REJECTED, np.zeros_like(main)))
    if technology.main == "cold":
        rejected = rejected + 1.0
    shares = rows.loc[conversion]
    by_main = float(shares["rejected_share"]) * rejected + float(shares["loss_share"]) * technology.loss
    return np.asarray(np.maximum(by_main, 0.0) * main)


def recovery_source(
    conversion: str, technology: Technology, main_kwh: npt.ArrayLike, *, return_limit_c: float = RETURN_LIMIT_C
) -> HeatSource:
    """Make what a conversion rejects a source of heat.

    Parameters
    ----------
    conversion : str
        Of `conversions_recovery.csv`.
    technology : Technology
        As `technology_of` gives it.
    main_kwh : array_like, shape (T,)
        What it gives of its main carrier [kWh].
    return_limit_c : float
        The coldest that its cooling circuit may go back [°C].

    Returns
    -------
    HeatSource
        Of waste heat, at the temperature of the catalogue.

    Raises
    ------
    InputError
        Nothing can be recovered of such a conversion.
    """
    rows = table("conversions_recovery").set_index("conversion")
    available = recoverable_kwh(conversion, technology, main_kwh)
    if conversion not in rows.index:
        raise InputError([f"{conversion}: no heat to recover; take one of {', '.join(rows.index)}"])
    temp = np.full(available.shape, float(rows.loc[conversion, "temp_c"]))
    return HeatSource("waste_heat", temp, available, return_limit_c)
