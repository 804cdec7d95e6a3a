"""How energies of cooling add up: cold is heat taken up, which ends in the air or the water with all that drives it.

In the one form of all technologies a carrier that is given counts as energy given. So the surroundings, "air" or
"water", give the cold, 1 kWh for 1 kWh, that is, they take its heat; `rejected_heat` is what drives the device, all of
which ends as heat too. Together they are what a condenser or a cooler gives off.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from assets.carriers import REJECTED
from assets.conversions.conversion_year import ConversionYear
from assets.technology import Technology

Array = npt.NDArray[np.float64]


def cold_technology(
    capacity_kw: Array, driven_by: Mapping[str, Array], medium: str, *, least_share: float = 0.0
) -> Technology:
    """Make a cooling device a technology of cold.

    Parameters
    ----------
    capacity_kw : ndarray, shape (T,)
        The most cold that it gives [kW].
    driven_by : mapping of str to ndarray, shape (T,)
        Electricity and heat per kWh of cold.
    medium : str
        What takes its heat: "air" or "water".
    least_share : float
        Least load by the hour's capacity.
    """
    ones = np.ones_like(capacity_kw)
    drive = sum(driven_by.values(), np.zeros_like(capacity_kw))
    return Technology(
        "cold", capacity_kw, {**driven_by, medium: ones}, {REJECTED: np.asarray(drive)}, least_share=least_share
    )


def cold_year(cold_kwh: Array, driven_by: Mapping[str, Array], medium: str | Sequence[str]) -> ConversionYear:
    """Energies of cooling devices.

    Parameters
    ----------
    cold_kwh : ndarray, shape (m, T)
        Given [kWh].
    driven_by : mapping of str to ndarray, shape (m, T)
        Electricity and heat taken [kWh].
    medium : str or sequence of str, length m
        What takes their heat: "air" or "water".
    """
    drive = np.asarray(sum(driven_by.values(), np.zeros_like(cold_kwh)))
    media = np.asarray([medium] * len(cold_kwh) if isinstance(medium, str) else medium)[:, None]
    surroundings = {str(name): np.where(media == name, cold_kwh, 0.0) for name in dict.fromkeys(media[:, 0])}
    return ConversionYear("cold", {"cold": cold_kwh, REJECTED: drive}, {**driven_by, **surroundings})


def condenser_heat(year: ConversionYear) -> Array:
    """Add up what coolers give to the surroundings, shape (m, T) [kWh]: the cold's heat and all that drives them."""
    return year.main_kwh + year.given_kwh[REJECTED]
