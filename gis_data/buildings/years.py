"""Construction years: what OSM's dates mean, and what stands in for them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

YEAR_KEYS = (
    "start_date",
    "construction_date",
    "year_of_construction",
    "building:year",
    "building:start_date",
    "building:construction_year",
    "construction:year",
    "year_built",
    "built",
    "year",
)
OPEN_END_YEARS = 10
"""How far "before 1900" and "after 1900" lie from the year that they name, years."""
EARLIEST_YEAR = 1000

_CENTURY = re.compile(r"\bc\s?(\d{1,2})\b|\b(\d{1,2})(?:st|nd|rd|th) century\b")
_DECADE = re.compile(r"\b(\d{3})0\s?(?:'|’)?s\b")
_HUNDREDS = re.compile(r"\b(\d{2})00\s?(?:'|’)?s\b")
_YEAR = re.compile(r"(?<!\d)(\d{4})(?!\d)")
_RANGE = re.compile(r"\.\.|–|—|\bto\b|(?<=\d{4})\s*-\s*(?=\d{4})|(?<=s)\s*-\s*(?=\d)")
_THIRDS = {"early": 1 / 6, "mid": 1 / 2, "late": 5 / 6}


def _share(text: str) -> float:
    return next((share for word, share in _THIRDS.items() if word in text), 0.5)


def _point(text: str) -> float | None:
    """Year of one date without ranges."""
    if match := _CENTURY.search(text):
        return (int(match[1] or match[2]) - 1) * 100 + 100 * _share(text)
    if (match := _HUNDREDS.search(text)) and int(match[1]) < 20:
        return int(match[1]) * 100 + 100 * _share(text)
    if match := _DECADE.search(text):
        return int(match[1]) * 10 + 10 * _share(text)
    if match := _YEAR.search(text):
        return float(match[1])
    return None


def year_of(text: str | None) -> int | None:
    """Year that a date of OSM tells, or None.

    A range counts by its middle, a list by its first date (the house itself, not its extension), "before" and "after"
    by ten years off the year that they name.

    Parameters
    ----------
    text : str or None
        "1906", "1906-05-01", "~1920", "1930s", "C19", "early 1900s", "before 1900", "1906..1910".

    Returns
    -------
    int or None
        Year, 1000 or later.
    """
    if text is None:
        return None
    first = text.lower().split(";", maxsplit=1)[0].strip()
    if " bc" in first or first.startswith("-"):
        return None
    points = [year for piece in _RANGE.split(first) if (year := _point(piece)) is not None]
    if not points:
        return None
    year = sum(points) / len(points)
    if first.startswith(("before", "<", "..", "vor", "ennen")):
        year -= OPEN_END_YEARS
    elif first.startswith(("after", ">", "nach", "jälkeen")):
        year += OPEN_END_YEARS
    return int(year) if year >= EARLIEST_YEAR else None


def tagged_year(tags: Mapping[str, str]) -> int | None:
    """Year of construction as tagged, from the first key that tells one."""
    for key in YEAR_KEYS:
        year = year_of(tags.get(key))
        if year is not None:
            return year
    return None
