"""What the map shows of networks: a quantity of a carrier's elements on a day, their colours, widths and limits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from apps._errors import UnknownQuantityError
from apps.views.bounded_cache import cached_by_stamp
from apps.views.networks.network_views import QUANTITIES, NetworkView
from apps.views.quantities import CLASSES, classes_of, nice_ceiling, scale_of
from assets.carriers import BOUGHT, carriers

ALL = "all"
"""Every carrier at once."""
KIND = "carrier"
"""Not a quantity: which carrier it is."""
BELOW, ABOVE = CLASSES + 1, CLASSES + 2
"""Classes of what is beyond its lower or upper limit; `CLASSES` itself is "no value"."""
CARRIERS = tuple(name for name in BOUGHT if carriers()[name].network)
"""What elements can be of: carriers that networks bring."""
_FROM_ZERO = {"loading", "flow", "loss", "hydrogen"}
_STEP = {"temperature": 5.0, "return_temperature": 5.0, "pressure": 50.0}
_LEAST_DEVIATION = 0.005
_NOTHING = 5e-4


@dataclass(frozen=True)
class Look:
    """What is looked at of networks.

    Attributes
    ----------
    carrier : str
        A carrier, or `ALL`.
    quantity : str
        One of `QUANTITIES`, or `KIND`.
    day : str
        A day of the view, or one of the hard days.
    scale : tuple of float, optional
        Ends of the colour scale, where two networks share one; without it, the networks' own.
    """

    carrier: str
    quantity: str
    day: str
    scale: tuple[float, float] | None = None


@dataclass(frozen=True, eq=False)
class ElementQuantity:
    """A quantity of networks as the map draws it.

    Attributes
    ----------
    look : Look
        What it is of.
    rows : numpy.ndarray
        Shape (k,), places in the table of elements: every element of the carrier.
    values : numpy.ndarray
        Shape (steps, k), nan where an element has no such state.
    classes : numpy.ndarray
        Shape (steps, k), place on the colour scale, `CLASSES`, `BELOW` or `ABOVE`; of `KIND` the carrier's place.
    scale : tuple of float
        Ends of the colour scale.
    limits : tuple of float
        Lower and upper limit that most elements have; nan where they have none.
    unit : str
        Of values and limits.
    """

    look: Look
    rows: npt.NDArray[np.int64]
    values: npt.NDArray[np.float32]
    classes: npt.NDArray[np.int16]
    scale: tuple[float, float]
    limits: tuple[float, float]
    unit: str


def quantities_of(networks: NetworkView, carrier: str) -> list[str]:
    """List the quantities that the elements of a carrier have; of all carriers, those that can be compared.

    Parameters
    ----------
    networks : NetworkView
        Of `Networks.open`.
    carrier : str
        A carrier, or `ALL`.
    """
    if carrier == ALL:
        return [KIND, *(["loading"] if "loading" in networks.steps else [])]
    mine = _rows(networks, carrier)
    return [name for name in QUANTITIES if name in networks.steps and np.isin(networks.steps[name].rows, mine).any()]


@cached_by_stamp
def element_quantity(networks: NetworkView, look: Look) -> ElementQuantity:
    """Prepare a quantity of a carrier's networks for the map.

    Parameters
    ----------
    networks : NetworkView
        Of `Networks.open`.
    look : Look
        What to show.
    """
    carrier, key, day = look.carrier, look.quantity, look.day
    if carrier not in {*CARRIERS, ALL}:
        raise UnknownQuantityError(f"There is no network {carrier!r}; there are {', '.join((*CARRIERS, ALL))}.")
    if key not in {*QUANTITIES, KIND}:
        raise UnknownQuantityError(f"Networks have no {key!r}; they have {', '.join((*QUANTITIES, KIND))}.")
    if day not in networks.rows:
        raise UnknownQuantityError(f"There is no day {day!r}; there are {', '.join(networks.rows)}.")
    rows, none = _rows(networks, carrier), (float("nan"), float("nan"))
    first, last = networks.rows[day]
    shape = (last - first, len(rows))
    if key == KIND or key not in networks.steps:
        number = {name: place for place, name in enumerate(CARRIERS)} if key == KIND else {}
        kind = [number.get(str(name), CLASSES) for name in networks.elements["carrier"]]
        kinds = np.broadcast_to(np.array(kind, dtype=np.int16)[rows], shape)
        return ElementQuantity(look, rows, np.full(shape, np.nan, dtype=np.float32), kinds, (0.0, 1.0), none, "")
    steps = networks.steps[key]
    chosen = np.flatnonzero(np.isin(steps.rows, rows))
    place = np.searchsorted(rows, steps.rows[chosen])
    values = np.full(shape, np.nan, dtype=np.float32)
    values[:, place] = np.abs(steps.values[first:last, chosen]) if key == "flow" else steps.values[first:last, chosen]
    low, high = np.full(len(rows), np.nan, np.float32), np.full(len(rows), np.nan, np.float32)
    low[place], high[place] = steps.low[chosen], steps.high[chosen]
    limits = (_usual(low), _usual(high))
    scale = look.scale or _scale(key, steps.values[:, chosen], limits)
    classes = classes_of(values, scale)
    with np.errstate(invalid="ignore"):
        # What is laid out for a limit may reach it: rounding is not beyond.
        classes[values < low - _NOTHING * np.abs(low)] = BELOW
        classes[values > high + _NOTHING * np.abs(high)] = ABOVE
    return ElementQuantity(look, rows, values, classes, scale, limits, steps.unit)


def on_one_scale(networks: Sequence[NetworkView | None], look: Look) -> Look:
    """Give a look whose scale holds what several networks have: the same colour says the same in all of them."""
    scales = [element_quantity(one, look).scale for one in networks if one is not None and look.day in one.rows]
    if len(scales) < 2 or look.quantity == KIND:
        return look
    return replace(look, scale=(min(low for low, _ in scales), max(high for _, high in scales)))


def is_diverging(key: str) -> bool:
    """Tell whether the scale of a quantity has its middle where all is well."""
    return key == "voltage"


def _rows(networks: NetworkView, carrier: str) -> npt.NDArray[np.int64]:
    if carrier == ALL:
        return np.arange(len(networks.elements))
    return np.flatnonzero((networks.elements["carrier"] == carrier).to_numpy())


def _usual(limits: npt.NDArray[np.float32]) -> float:
    known = limits[np.isfinite(limits)]
    return float(np.median(known)) if known.size else float("nan")


def _scale(key: str, values: Any, limits: tuple[float, float]) -> tuple[float, float]:
    """Choose the ends of the scale: of all days alike, so that summer looks like summer."""
    found = np.abs(values) if key == "flow" else values
    if key == "loading":
        return 0.0, 100.0
    if is_diverging(key):
        off = np.abs(found[np.isfinite(found)] - 1.0)
        reach = nice_ceiling(max(float(np.quantile(off, 0.98)) if off.size else 0.0, _LEAST_DEVIATION))
        allowed = max((abs(limit - 1.0) for limit in limits if np.isfinite(limit)), default=reach)
        return 1.0 - min(reach, allowed), 1.0 + min(reach, allowed)
    return scale_of(found, from_zero=key in _FROM_ZERO, step=_STEP.get(key, 1.0))
