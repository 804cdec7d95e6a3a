"""What is beyond its limit, in groups of one kind each, and when it mostly is."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain, zip_longest

import numpy as np
import numpy.typing as npt
import pandas as pd

from assets.carriers import NETWORKED

MISSING = "missing"
"""What has no state to be held to, but lacks energy."""
_QUANTITIES = (MISSING, "temperature", "voltage", "loading", "pressure")
_MOSTLY = 0.8


def problem_groups(problems: pd.DataFrame) -> dict[str, list[str]]:
    """Sort what is beyond its limit into groups that have the same remedy.

    Parameters
    ----------
    problems : pandas.DataFrame
        Of a `NetworkView`, the worst first.

    Returns
    -------
    dict of str to list of str
        Ids by "carrier.quantity", the worst first; electricity first, as nothing runs without it.
    """
    found: dict[str, list[str]] = {}
    for name, carrier, quantity in zip(problems.index, problems["carrier"], problems["quantity"], strict=True):
        found.setdefault(f"{carrier}.{quantity or MISSING}", []).append(str(name))
    order = [f"{carrier}.{quantity}" for carrier in NETWORKED for quantity in _QUANTITIES]
    return dict(sorted(found.items(), key=lambda group: order.index(group[0]) if group[0] in order else len(order)))


def worst_of_each(groups: Mapping[str, list[str]], most: int) -> list[str]:
    """List the worst of every group, then the second of each, and so on.

    Parameters
    ----------
    groups : Mapping
        Of `problem_groups`.
    most : int
        How many.
    """
    turns = chain.from_iterable(zip_longest(*groups.values()))
    return [name for name in turns if name is not None][:most]


def main_span(counts: npt.ArrayLike) -> tuple[int, int] | None:
    """Find the shortest span of a circle (hours of the day, months of the year) that holds most of what happens.

    Parameters
    ----------
    counts : array_like
        Shape (n,), how often at each place of the circle.

    Returns
    -------
    tuple of int, or None
        First place and number of places; None where it happens all around, or never.
    """
    often = np.asarray(counts, dtype=np.float64)
    n, wanted = len(often), _MOSTLY * float(often.sum())
    if wanted <= 0:
        return None
    twice = np.concatenate([[0.0], np.cumsum(np.tile(often, 2))])
    for length in range(1, 3 * n // 4 + 1):
        held = twice[length : length + n] - twice[:n]
        if held.max() >= wanted:
            return int(held.argmax()), length
    return None
