"""What a view shows of a quantity on a day: values, scale, kinds, the district's curve."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from apps._errors import UnknownQuantityError
from apps.views.bounded_cache import cached_by_stamp
from apps.views.days import TYPICAL_DAYS
from apps.views.quantities import (
    CLASSES,
    HOURLY,
    KINDS,
    USE_GROUPS,
    Quantity,
    classes_of,
    kinds_of,
    scale_of,
    use_group,
)
from apps.views.view import View
from apps.views.yearly_quantities import YEARLY

Array = npt.NDArray[np.float64]

QUANTITIES: dict[str, Quantity] = {quantity.key: quantity for quantity in (*HOURLY.values(), *YEARLY, *KINDS)}
"""Every quantity by key."""


@dataclass(frozen=True, eq=False)
class MapQuantity:
    """A quantity as the map draws it.

    Attributes
    ----------
    quantity : Quantity
        What it is.
    values : numpy.ndarray
        Shape (steps, buildings) in the quantity's unit; one step for figures of the year; nan where there is none.
    classes : numpy.ndarray
        Place of each value on the colour scale, or number of its kind.
    scale : tuple of float
        Lowest and highest value of the colour scale; (0, 0) for kinds.
    kinds : tuple of str
        Names of the kinds in the order of their numbers; empty for amounts.
    """

    quantity: Quantity
    values: Array
    classes: npt.NDArray[np.int16]
    scale: tuple[float, float]
    kinds: tuple[str, ...] = ()


def quantity_of(key: str) -> Quantity:
    """Give the quantity of a key."""
    if key not in QUANTITIES:
        raise UnknownQuantityError(f"The map knows no quantity {key!r}; it knows {', '.join(QUANTITIES)}.")
    return QUANTITIES[key]


def rows_of(view: View, day: str) -> slice:
    """Give the rows of a day."""
    if day not in view.rows:
        raise UnknownQuantityError(f"There is no day {day!r}; there are {', '.join(view.rows)}.")
    return slice(*view.rows[day])


@cached_by_stamp
def map_quantity(view: View, key: str, day: str) -> MapQuantity:
    """Prepare a quantity for the map.

    Parameters
    ----------
    view : View
        District and scenario.
    key : str
        Key of a quantity.
    day : str
        A day of `apps.views.days.DAYS`; only hourly quantities depend on it.
    """
    quantity = quantity_of(key)
    rows = rows_of(view, day)
    if quantity.group == "kind":
        return _kinds(view, quantity)
    if quantity.group == "hour":
        every = _hourly(view, quantity)
        scale = _hourly_scale(view, quantity, every, day)
        return MapQuantity(quantity, every[rows], classes_of(every[rows], scale), scale)
    values = _yearly(view, quantity)[None, :]
    built = quantity.key == "built"
    scale = scale_of(values, _footprint(view), from_zero=not built, step=10.0 if built else 1.0)
    return MapQuantity(quantity, values, classes_of(values, scale), scale)


def _hourly_scale(view: View, quantity: Quantity, every: Array, day: str) -> tuple[float, float]:
    """Choose one scale for all days, so that summer looks like summer; months have their own.

    Months are means over day and night: on the scale of single hours they would all look alike. Among the days, the
    one with the highest mean sets the scale.
    """
    days = ["year"] if day == "year" else list(TYPICAL_DAYS)
    each = [every[slice(*view.rows[name])] for name in days]
    if not quantity.carrier:
        return scale_of(np.concatenate(each), _footprint(view), from_zero=False)
    means = [float(np.nansum(values)) for values in each]
    return scale_of(each[int(np.argmax(means))], _footprint(view))


def _hourly(view: View, quantity: Quantity) -> Array:
    found = [view.steps[name] for name in quantity.sources if name in view.steps]
    if not found:
        shape = next(array for array in view.steps.values() if array.ndim == 2).shape
        return np.full(shape, np.nan)
    total: Array = np.asarray(np.sum(found, axis=0, dtype=np.float64))
    if quantity.per_floor:
        # A building that never uses any (a garage has no heat) has no value, which is not the same as a small one.
        total[:, ~(total > 0).any(axis=0)] = np.nan
        # kWh in an hour over m² is kW/m².
        return np.asarray(total * 1000.0 / _floor_area(view))
    return np.asarray(total)


def _yearly(view: View, quantity: Quantity) -> Array:
    name = quantity.sources[0]
    if name in view.buildings:
        return np.asarray(view.buildings[name].to_numpy(dtype=np.float64))
    values: Array = view.building_kpis[name].to_numpy(dtype=np.float64, copy=True)
    if quantity.unit != "%":
        # No panels, no boiler: none is drawn apart from little. Of a share, zero is a figure.
        values[values == 0] = np.nan
    return np.asarray(values * quantity.factor)


def _footprint(view: View) -> Array:
    return np.asarray(view.buildings["footprint_m2"].to_numpy(dtype=np.float64))


def _floor_area(view: View) -> Array:
    area = view.buildings["floor_area_m2"].to_numpy(dtype=np.float64)
    return np.asarray(np.where(area > 0, area, np.nan))


def _kinds(view: View, quantity: Quantity) -> MapQuantity:
    names: Sequence[object] = view.buildings[quantity.sources[0]].fillna("none").tolist()
    if quantity.key == "use":
        order = tuple(USE_GROUPS)
        names = [use_group(str(name)) for name in names]
    else:
        counts: dict[str, int] = {}
        for name in names:
            counts[str(name)] = counts.get(str(name), 0) + 1
        order = tuple(sorted(counts, key=lambda kind: (kind == "none", -counts[kind], kind)))[:CLASSES]
    classes = kinds_of(names, order)[None, :]
    return MapQuantity(quantity, classes.astype(np.float64), classes, (0.0, 0.0), order)


def district_curve(view: View, key: str, day: str) -> Array:
    """Give the district's curve over the steps of a day.

    Parameters
    ----------
    view : View
        District and scenario.
    key : str
        Key of an hourly quantity.
    day : str
        A day of `apps.views.days.DAYS`.

    Returns
    -------
    numpy.ndarray
        Shape (steps,): power of the whole district [kW], or the mean over floor area [°C].
    """
    quantity = quantity_of(key)
    rows = rows_of(view, day)
    if not quantity.per_floor:
        area = np.nan_to_num(_floor_area(view))
        return np.asarray(np.average(_hourly(view, quantity)[rows], axis=1, weights=area))
    found = [view.steps[name][rows] for name in quantity.sources if name in view.steps]
    return np.asarray(np.sum(found, axis=(0, 2), dtype=np.float64))


def building_curve(view: View, key: str, day: str, building: str) -> Array:
    """Give one building's curve over the steps of a day [kW], or [°C].

    Parameters
    ----------
    view : View
        District and scenario.
    key : str
        Key of an hourly quantity.
    day : str
        A day of `apps.views.days.DAYS`.
    building : str
        Id of the building.
    """
    quantity = quantity_of(key)
    column = view.buildings.index.get_loc(building)
    rows = rows_of(view, day)
    found = [view.steps[name][rows, column] for name in quantity.sources if name in view.steps]
    return np.asarray(np.sum(found, axis=0, dtype=np.float64))
