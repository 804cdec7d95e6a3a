"""Temperatures of supply and return that a heat or cold network is planned and run with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

MILD_C = 8.0
"""Outdoor temperature from which supply is no longer lowered: hot water needs it (Finnish Energy K1/2021, usual)."""
COLDEST_FI_C = -26.0
"""Outdoor temperature that heating is designed for on Finland's south coast (decree 1010/2017, zone I)."""


@dataclass(frozen=True)
class Temperatures:
    """Supply and return of a water network by the hour, shape (T,) [°C]."""

    supply_c: Array
    return_c: Array


@dataclass(frozen=True)
class Defaults:
    """Temperatures of a kind of network, where its plan says nothing: design day, mild days, return, least supply."""

    supply_c: float
    mild_c: float
    return_c: float
    least_c: float


GENERATIONS: Mapping[str, Defaults] = {
    "3": Defaults(115.0, 75.0, 45.0, 60.0),
    "4": Defaults(65.0, 60.0, 30.0, 53.0),
    "5": Defaults(16.0, 12.0, 8.0, 2.0),
    "cold": Defaults(6.0, 6.0, 16.0, 10.0),
}
"""Third generation as in Helsinki (supply 65 to 115 °C: Helen; substations of Finnish Energy K1: 115/45 °C); fourth
after Lund et al., Energy 68, 2014 (50 to 65 °C; 58 °C hot water at the tap over an exchanger of 2 K needs 60 °C); fifth
as ambient loops of Buffa et al., Renew. Sustain. Energy Rev. 104, 2019; cold 6/16 °C as in Nordic cities. The least
supply is what a substation makes 55 °C of hot water with, or for the fourth 50 °C: assumed."""


def network_temperatures(design: Mapping[str, Any], carrier: str, air_c: Array, country: str) -> Temperatures:
    """Supply by the outdoor temperature, and return, of a network.

    Parameters
    ----------
    design : mapping
        Of the network's plan: `generation`, `supply_temp_c`, `mild_temp_c`, `return_temp_c`, whatever of it there is.
    carrier : str
        "heat" or "cold".
    air_c : ndarray, shape (T,)
        Outdoor air [°C].
    country : str
        ISO 3166 code.

    Returns
    -------
    Temperatures
        Of heat, straight from the design day's to that of mild days; of cold the same all year.
    """
    usual = usual_temperatures(design, carrier)
    high = float(design.get("supply_temp_c", usual.supply_c))
    back = float(design.get("return_temp_c", usual.return_c))
    if carrier == "cold":
        return Temperatures(np.full(len(air_c), high), np.full(len(air_c), max(back, high + 4.0)))
    mild = min(float(design.get("mild_temp_c", usual.mild_c)), high)
    coldest = COLDEST_FI_C if country == "FI" else min(float(air_c.min()), MILD_C - 10.0)
    supply = np.interp(air_c, [coldest, MILD_C], [high, mild])
    return Temperatures(supply, np.minimum(back, supply - 4.0))


def usual_temperatures(design: Mapping[str, Any], carrier: str) -> Defaults:
    """Defaults of the kind of network that a design is of."""
    return GENERATIONS["cold" if carrier == "cold" else str(design.get("generation", "3"))]
