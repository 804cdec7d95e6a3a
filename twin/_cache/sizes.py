"""How much memory a result holds: every array once, however many tables and views share it."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd
import shapely

_CELL = 64
"""Bytes of an object that a table's cell points to: a short text."""
_SHAPE, _POINT = 240, 16
"""Bytes of a geometry, and of each of its points."""
_PLAIN = (str, bytes, bool, int, float, complex, type(None))


def held_bytes(result: Any) -> dict[int, int]:
    """Bytes of everything that a result keeps alive, by the identity of what holds them.

    Arrays count by the one that owns the memory: a view of a few rows keeps all rows. Texts in tables and shapes are
    estimated, the rest is what Python says.

    Parameters
    ----------
    result : object
        Arrays, tables, dataclasses, mappings, sequences and objects with attributes, one in the other.

    Returns
    -------
    dict of int to int
        Sum of its values: the bytes [B].
    """
    found: dict[int, int] = {}
    waiting: list[Any] = [result]
    while waiting:
        part = waiting.pop()
        if isinstance(part, np.ndarray):
            owner = _owner(part)
            if id(owner) not in found:
                found[id(owner)] = _array_bytes(owner)
            continue
        if id(part) in found:
            continue
        found[id(part)] = 0 if isinstance(part, pd.DataFrame | pd.Series | pd.Index) else sys.getsizeof(part)
        waiting.extend(_parts(part))
    return found


def _owner(array: Any) -> Any:
    """Find the array that owns the memory of a view."""
    while isinstance(array.base, np.ndarray):
        array = array.base
    return array


def _array_bytes(array: Any) -> int:
    if array.dtype != object or not array.size:
        return int(array.nbytes)
    some = array.flat[0]
    if isinstance(some, shapely.Geometry):
        return int(array.nbytes + _SHAPE * array.size + _POINT * shapely.get_num_coordinates(array).sum())
    return int(array.nbytes + _CELL * array.size)


def _parts(part: Any) -> Iterable[Any]:
    """List what an object holds that may be large."""
    if isinstance(part, (*_PLAIN, type)) or callable(part):
        return ()
    if isinstance(part, pd.DataFrame):
        return [part.index, *(part[name] for name in part.columns)]
    if isinstance(part, pd.Series):
        return [part.index, _values(part)]
    if isinstance(part, pd.Index):
        return [_values(part)]
    if isinstance(part, Mapping):
        return [*part.keys(), *part.values()]
    if isinstance(part, list | tuple | set | frozenset):
        return part
    if dataclasses.is_dataclass(part):
        return [getattr(part, field.name) for field in dataclasses.fields(part)]
    return vars(part).values() if hasattr(part, "__dict__") else ()


def _values(part: Any) -> Any:
    """Give the array behind a column or an index, not a copy of it where it has one of numpy's."""
    array = part.array
    for name in ("_ndarray", "_data"):
        inside = getattr(array, name, None)
        if isinstance(inside, np.ndarray):
            return inside
    return np.asarray(part)
