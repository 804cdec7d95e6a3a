"""Limits and figures that several models share: each stands once, with its source, in `limits.csv`."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from assets._errors import CatalogueError
from assets.catalogue.tables import table


@cache
def _values() -> Mapping[str, float]:
    rows = table("limits")
    return MappingProxyType(dict(zip(rows["id"], rows["value"].astype(float), strict=True)))


def limit(name: str) -> float:
    """Return a figure of `limits.csv`.

    Parameters
    ----------
    name : str
        Its id: "voltage_supply_low".

    Returns
    -------
    float
        In the unit that its row says.

    Raises
    ------
    CatalogueError
        There is no such figure; the message names those that are like it.
    """
    try:
        return _values()[name]
    except KeyError:
        known = difflib.get_close_matches(name, _values(), n=3) or list(_values())
        raise CatalogueError(f"limits.csv has no figure {name!r}; it has {', '.join(known)}.") from None
