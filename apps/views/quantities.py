"""What buildings can be coloured by: a quantity of the hour, a figure of the year, or a kind."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from twin.results.schema import variable_of

CLASSES = 32
"""Steps of the colour scale; class `CLASSES` means "no value"."""

Group = Literal["hour", "year", "kind"]


@dataclass(frozen=True)
class Quantity:
    """One thing the map can show.

    Attributes
    ----------
    key : str
        Name in addresses and of the texts `quantity.<key>` and `quantity.<key>.help`.
    group : str
        "hour" follows the time bar, "year" is one figure a building, "kind" is a category.
    unit : str
        Unit on the legend; empty for kinds and for plain years.
    sources : tuple of str
        hour: variables of the results that are added up; year: a KPI; kind: an attribute of the building.
    per_floor : bool
        Whether the figure is divided by the building's floor area.
    carrier : str
        Colour of the curve: "electricity", "heat", "cold", "sun", "grid" of carriers.csv, or "" for a neutral one.
    factor : float
        Turns the source's unit into `unit`.
    per_year : bool
        Whether the unit is by the year.
    """

    key: str
    group: Group
    unit: str
    sources: tuple[str, ...]
    per_floor: bool = False
    carrier: str = ""
    factor: float = 1.0
    per_year: bool = False


_ELECTRICITY = (
    "appliances_kwh",
    "lighting_kwh",
    "heating_electricity_kwh",
    "cooling_electricity_kwh",
    "ev_charging_kwh",
)

_OF_THE_HOUR = (
    Quantity("heat", "hour", "W/m²", ("space_heat_kwh", "hot_water_kwh"), per_floor=True, carrier="heat"),
    Quantity("electricity", "hour", "W/m²", _ELECTRICITY, per_floor=True, carrier="electricity"),
    Quantity("cooling", "hour", "W/m²", ("cooling_kwh",), per_floor=True, carrier="cold"),
    Quantity("solar", "hour", "W/m²", ("pv_kwh",), per_floor=True, carrier="sun"),
    Quantity("grid", "hour", "W/m²", ("grid_import_kwh",), per_floor=True, carrier="grid"),
    Quantity("indoor", "hour", variable_of("indoor_temp_c").unit, ("indoor_temp_c",)),
)
HOURLY = {quantity.key: quantity for quantity in _OF_THE_HOUR}
"""What follows the time bar, by key."""
FIRST_QUANTITY = "heat"
"""Shown first, and by its curve where a quantity has none of its own."""
KINDS = (
    Quantity("use", "kind", "", ("use",)),
    Quantity("heating", "kind", "", ("heating_system",)),
    Quantity("built", "year", "", ("construction_year",)),
    Quantity("height", "year", "m", ("height_m",)),
)

USE_GROUPS = {
    "living": ("detached_house", "row_house", "apartment_block"),
    "office": ("office",),
    "retail": ("retail",),
    "hotel": ("hotel",),
    "education": ("school", "university"),
    "health": ("hospital",),
    "culture": ("assembly", "sports"),
    "industry": ("industrial", "warehouse", "transport"),
    "other": ("garage", "outbuilding"),
}
"""Uses in eight colours and grey: more kinds than that no eye tells apart."""


def nice_ceiling(value: float) -> float:
    """Round up to 1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6 or 8 times a power of ten: the top of a scale people can read."""
    if value <= 0 or not math.isfinite(value):
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    for step in (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10):
        if value <= step * power * (1 + 1e-9):
            return step * power
    return 10 * power


def scale_of(
    values: npt.NDArray[Any], weights: npt.NDArray[Any] | None = None, *, from_zero: bool = True, step: float = 1.0
) -> tuple[float, float]:
    """Choose the ends of the colour scale: 95 % of what is seen lies on it, so that odd buildings do not darken it.

    Parameters
    ----------
    values : numpy.ndarray
        Shape (n,) or (steps, n), everything that the scale has to show, in its unit; nan where there is none.
    weights : numpy.ndarray, optional
        Shape (n,), how much of the map each takes up [m²]; without it, all count the same.
    from_zero : bool
        Amounts begin at zero; years and temperatures do not.
    step : float
        A scale that does not begin at zero begins and ends at multiples of this.
    """
    sized = np.broadcast_to(1.0 if weights is None else np.asarray(weights, dtype=float), np.shape(values))
    seen = np.isfinite(values) & ((values > 0) if from_zero else True)
    found, size = np.asarray(values)[seen], sized[seen]
    if found.size == 0:
        return 0.0, 1.0
    if from_zero:
        return 0.0, nice_ceiling(quantile(found, size, 0.95))
    low, high = quantile(found, size, 0.05), quantile(found, size, 0.95)
    low = math.floor(low / step) * step
    return low, max(math.ceil(high / step) * step, low + step)


def quantile(values: npt.NDArray[Any], weights: npt.NDArray[Any], share: float) -> float:
    """Give the smallest value that this share of the weight does not exceed."""
    order = np.argsort(values, kind="stable")
    total = np.cumsum(weights[order])
    return float(values[order][min(int(np.searchsorted(total, share * total[-1])), len(order) - 1)])


def classes_of(values: npt.NDArray[Any], scale: tuple[float, float]) -> npt.NDArray[np.int16]:
    """Sort values into the classes of the colour scale; nan becomes class `CLASSES`.

    Parameters
    ----------
    values : numpy.ndarray
        Any shape, in the scale's unit.
    scale : tuple of float
        Lowest and highest value.
    """
    low, high = scale
    share = (np.asarray(values, dtype=float) - low) / (high - low)
    known = np.isfinite(share)
    found = np.floor(np.clip(np.where(known, share, 0.0), 0.0, 1.0) * CLASSES).clip(max=CLASSES - 1)
    return np.where(known, found, CLASSES).astype(np.int16)


def kinds_of(values: Sequence[object], order: Sequence[str]) -> npt.NDArray[np.int16]:
    """Give each kind its number, its place in `order`; anything else becomes class `CLASSES`."""
    place = {name: number for number, name in enumerate(order)}
    return np.array([place.get(str(value), CLASSES) for value in values], dtype=np.int16)


def use_group(use: str) -> str:
    """Give the group of a use of gis_data.USES."""
    return next((group for group, uses in USE_GROUPS.items() if use in uses), "other")
