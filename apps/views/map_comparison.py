"""Two views of one district held against each other: on one scale, or as a difference."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import numpy as np

from apps.views.bounded_cache import cached_by_stamp
from apps.views.map_quantities import Array, MapQuantity, map_quantity
from apps.views.quantities import CLASSES, classes_of, nice_ceiling, quantile
from apps.views.view import View

How = Literal["beside", "difference"]
"""`beside` colours both on one scale; `difference` is the view less the baseline."""

_NOTHING = 1e-6  # of the scale: less than that is rounding


@cached_by_stamp
def compare_quantity(view: View, baseline: View, key: str, day: str, how: How) -> MapQuantity:
    """Prepare a quantity of a view for a comparison.

    Parameters
    ----------
    view : View
        What is shown.
    baseline : View
        What it is held against, of the same district.
    key : str
        Key of a quantity.
    day : str
        A day of `apps.views.days.DAYS`.
    how : str
        "beside" or "difference".

    Returns
    -------
    MapQuantity
        "beside": the view's own values on the scale of both. "difference": view less baseline, the scale with zero in
        the middle, unchanged buildings in class `CLASSES`; a building that only one of them has counts as unchanged.
        Kinds have no difference: all are unchanged.
    """
    mine, other = map_quantity(view, key, day), map_quantity(baseline, key, day)
    if how == "beside":
        if mine.kinds:
            return mine
        pairs = [what.scale for what in (mine, other) if np.isfinite(what.values).any()] or [mine.scale]
        scale = (min(low for low, _ in pairs), max(high for _, high in pairs))
        return replace(mine, classes=classes_of(mine.values, scale), scale=scale)
    change = np.full(mine.values.shape, np.nan) if mine.kinds else _change(view, baseline, mine, other)
    high = _reach(view, change)
    none = ~np.isfinite(change) | (np.abs(change) <= _NOTHING * high)
    classes = np.where(none, CLASSES, classes_of(np.where(none, 0.0, change), (-high, high))).astype(np.int16)
    return MapQuantity(mine.quantity, np.where(none, 0.0, change), classes, (-high, high))


def _change(view: View, baseline: View, mine: MapQuantity, other: MapQuantity) -> Array:
    """Subtract building by building; what has no value (no panels) counts as zero where the other has one."""
    place = baseline.buildings.index.get_indexer(view.buildings.index)
    before = np.where(place >= 0, other.values[:, place], np.nan)
    neither = (~np.isfinite(mine.values) & ~np.isfinite(before)) | (place < 0)
    change: Array = np.nan_to_num(mine.values) - np.nan_to_num(before)
    return np.where(neither, np.nan, change)


def _reach(view: View, change: Array) -> float:
    """Choose the scale's end: 95 % of what changes lies within it."""
    size = np.abs(change)
    seen = np.isfinite(size) & (size > 0)
    if not seen.any():
        return 1.0
    area = np.broadcast_to(view.buildings["footprint_m2"].to_numpy(dtype=float), size.shape)
    return nice_ceiling(quantile(size[seen], area[seen], 0.95))
