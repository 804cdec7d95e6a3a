"""Names of elements that stay the same while what lies elsewhere is edited."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

_BYTES = 4
Places = npt.NDArray[np.float64]


def node_ids(carrier: str, x_m: npt.ArrayLike, y_m: npt.ArrayLike, level: Sequence[str] | None = None) -> list[str]:
    """Name nodes by where they are.

    Parameters
    ----------
    carrier : str
    x_m, y_m : array_like, shape (n,)
        Coordinates, rounded to 0.1 m [m].
    level : sequence of str, optional
        What tells nodes at one place apart: the voltage.

    Returns
    -------
    list of str
        `"{carrier}-n{8 hex}"`; a second one at the same place gets a number behind it.
    """
    places = np.round(np.column_stack([x_m, y_m]), 1) + 0.0
    words = level if level is not None else [""] * len(places)
    return _named(f"{carrier}-n", (f"{x:.1f},{y:.1f}{word}" for (x, y), word in zip(places, words, strict=True)))


def edge_ids(carrier: str, ends_m: Places, middle_m: Places, names: Sequence[str]) -> list[str]:
    """Name edges by their ends.

    Parameters
    ----------
    carrier : str
    ends_m : ndarray, shape (m, 2, 2)
        Coordinates of both ends [m], in either order; rounded to 0.1 m.
    middle_m : ndarray, shape (m, 2)
        A point in the middle, that tells apart edges between the same ends: the first keeps the name that it has alone.
    names : sequence of str
        Names that were given by a scenario; empty for others.

    Returns
    -------
    list of str
        `"{carrier}-{8 hex}"`, or the name given.
    """
    ends, middle = np.round(ends_m, 1) + 0.0, np.round(middle_m, 1) + 0.0
    seen: set[str] = set()
    words = []
    for (one, other), (x, y), name in zip(ends, middle, names, strict=True):
        (ax, ay), (bx, by) = sorted((tuple(one), tuple(other)))
        word = f"{ax:.1f},{ay:.1f};{bx:.1f},{by:.1f}"
        if not name and word in seen:
            word += f";{x:.1f},{y:.1f}"
        seen.add(word)
        words.append(word)
    found = _named(f"{carrier}-", words)
    return [name or own for name, own in zip(names, found, strict=True)]


def _named(prefix: str, words: Iterable[str]) -> list[str]:
    found: dict[str, int] = {}
    names = []
    for word in words:
        name = prefix + hashlib.blake2b(word.encode(), digest_size=_BYTES).hexdigest()
        found[name] = found.get(name, 0) + 1
        names.append(name if found[name] == 1 else f"{name}-{found[name]}")
    return names
