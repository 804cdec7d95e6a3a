"""Check inputs of sources: every finding is gathered, none hides another."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from assets._errors import InputError

Array = npt.NDArray[np.float64]


def hourly(
    findings: list[str],
    name: str,
    values: Any,
    hours: int | None = None,
    *,
    low: float = -np.inf,
    high: float = np.inf,
) -> Array:
    """One number an hour, shape (T,), within `low` and `high`; a finding is added where they are not.

    Parameters
    ----------
    findings : list of str
        Grows by one sentence for each thing that is wrong.
    name : str
        Of the input, as its caller knows it.
    values : array_like, shape (T,)
        A single number serves every hour where `hours` is given.
    hours : int, optional
        T; any by default.
    low, high : float
        Bounds, themselves allowed.
    """
    array = np.asarray(values, dtype=np.float64)
    if hours is not None and array.ndim == 0:
        array = np.full(hours, float(array))
    if array.ndim != 1 or (hours is not None and len(array) != hours):
        wanted = "(T,)" if hours is None else f"({hours},)"
        findings.append(f"{name} has shape {array.shape}: give one number an hour, shape {wanted}")
        return np.zeros(hours or 0)
    _bounds(findings, f"{name} in hour", array, low, high)
    return array


def each(
    findings: list[str], name: str, values: Any, count: int, *, low: float = -np.inf, high: float = np.inf
) -> Array:
    """One number per asset, shape (n,); a single number serves them all."""
    array = np.asarray(values, dtype=np.float64)
    if array.shape not in {(), (count,)}:
        findings.append(f"{name} has shape {array.shape} for {count} assets: give one number, or one per asset")
        return np.zeros(count)
    _bounds(findings, f"{name} of asset", np.atleast_1d(array), low, high)
    return np.ascontiguousarray(np.broadcast_to(array, (count,)))


def known(findings: list[str], names: Iterable[str], catalogue: Iterable[str], what: str) -> None:
    """Add a finding where a name is not in a catalogue."""
    there = [str(name) for name in catalogue]
    unknown = sorted({str(name) for name in names} - set(there))
    if unknown:
        findings.append(f"no {what} {', '.join(unknown)} in the catalogue; take one of {', '.join(there)}")


def done(findings: list[str]) -> None:
    """Raise all findings at once, if there are any."""
    if findings:
        raise InputError(findings)


def _bounds(findings: list[str], name: str, array: Array, low: float, high: float) -> None:
    bad = np.flatnonzero(~((array >= low) & (array <= high)))
    if bad.size:
        first = int(bad[0])
        findings.append(
            f"{name} {first} is {array[first]:g}"
            + (f" and out of bounds in {bad.size - 1} more" if bad.size > 1 else "")
            + f": give numbers from {low:g} to {high:g}"
        )
