"""Numbers as people write them: three significant digits, the language's separators, always a unit."""

from __future__ import annotations

import math
from collections.abc import Iterable

_NARROW = "\u00a0"  # no-break space: a number never breaks over two lines
_SEPARATORS = {"en": (",", "."), "fi": (_NARROW, ","), "sv": (_NARROW, ",")}
_STEPS = {
    "kWh/a": (1e3, "MWh/a"),
    "MWh/a": (1e3, "GWh/a"),
    "kWh": (1e3, "MWh"),
    "kW": (1e3, "MW"),
    "kWp": (1e3, "MWp"),
    "EUR": (1e6, "MEUR"),
    "EUR/a": (1e6, "MEUR/a"),
}
# Unit and the one a thousand times larger; a district is told in the larger ones.
_LARGER = {"kWh": "MWh", "kW": "MW", "kWp": "MWp", "kgCO2": "tCO2"}


def round_significant(value: float, digits: int = 3) -> float:
    """Round to significant digits.

    Parameters
    ----------
    value : float
        Any number; nan and infinities come back as they are.
    digits : int
        Digits that carry meaning.
    """
    if value == 0 or not math.isfinite(value):
        return value
    return round(value, digits - 1 - math.floor(math.log10(abs(value))))


def amount(value: float | None, language: str, *, digits: int = 3, signed: bool = False) -> str:
    """Write a number with three significant digits and the language's separators.

    Parameters
    ----------
    value : float or None
        None and nan are written as a dash.
    language : str
        "en", "fi" or "sv".
    digits : int
        Significant digits.
    signed : bool
        Whether what is above zero bears a plus.

    Examples
    --------
    >>> amount(61234.5, "en"), amount(0.04567, "fi")
    ('61,200', '0,0457')
    """
    if value is None or not math.isfinite(value):
        return "–"
    rounded = round_significant(float(value), digits)
    decimals = 0 if rounded == 0 else max(0, digits - 1 - math.floor(math.log10(abs(rounded))))
    thousands, point = _SEPARATORS[language]
    text = f"{abs(rounded):,.{decimals}f}".replace(",", "\0").replace(".", point).replace("\0", thousands)
    return ("\u2212" if rounded < 0 else "+" if signed and rounded > 0 else "") + text


def with_unit(value: float | None, unit: str, language: str, *, large: bool = False, digits: int = 3) -> str:
    """Write a number and its unit; `large` turns kWh into MWh, kW into MW and kg into tonnes.

    Parameters
    ----------
    value : float or None
        Number in `unit`.
    unit : str
        "kWh", "kW", "kgCO2", "EUR", "%", …
    language : str
        "en", "fi" or "sv".
    large : bool
        For a district, in MWh, MW and tonnes.
    digits : int
        Significant digits.
    """
    shown, name = in_unit(value, unit, large=large)
    if name in {"", "-"}:
        return amount(shown, language, digits=digits)
    return f"{amount(shown, language, digits=digits)}{_NARROW}{name}"


def in_unit(value: float | None, unit: str, *, large: bool = False) -> tuple[float | None, str]:
    """Give the number and the unit as they are shown; "a" for a year is left to the words around it.

    Parameters
    ----------
    value : float or None
        Number in `unit`.
    unit : str
        "kWh/a", "kWh/m²a", "kW", "%", …
    large : bool
        For a district, in MWh, MW and tonnes.
    """
    if unit == "a":
        return value, ""  # years: the words around it say so
    base, slash, rest = unit.partition("/")
    rest = rest.removesuffix("a")
    slash = slash if rest else ""
    if large and base == "EUR" and not rest and value is not None and abs(value) >= 1e6:
        return value / 1e6, "M€"
    # By the square metre, the smaller unit is the one people know.
    if large and not rest and base in _LARGER:
        return (None if value is None else value / 1000), _pretty(_LARGER[base])
    return value, _pretty(base + slash + rest)


def scaled(values: Iterable[float], unit: str) -> tuple[float, str]:
    """Divisor and unit in which the largest of some values is a handy number.

    Parameters
    ----------
    values : iterable of float
        In `unit`; nan counts for nothing.
    unit : str
        "kWh/a", "kW", "EUR", …
    """
    most, divisor = max((abs(value) for value in values if math.isfinite(value)), default=0.0), 1.0
    while unit in _STEPS and most / divisor >= _STEPS[unit][0]:
        step, unit = _STEPS[unit]
        divisor *= step
    return divisor, unit


def spelled(unit: str, per_year: str) -> str:
    """Write a unit as people do.

    Parameters
    ----------
    unit : str
        "MWh/a", "kWh/m²a", "tCO2/a", "a", …
    per_year : str
        What "/a" is in the language; years themselves are left to the words around.
    """
    if unit == "a":
        return ""
    yearly = unit.endswith(("/a", "m²a", "m2a"))
    return _pretty(unit.removesuffix("a").removesuffix("/")) + per_year if yearly else _pretty(unit)


def tick(value: float, language: str) -> str:
    """Write a round number of an axis without zeros that say nothing."""
    thousands, point = _SEPARATORS[language]
    text = f"{abs(value):,.10g}".replace(",", "\0").replace(".", point).replace("\0", thousands)
    return ("\u2212" if value < 0 else "") + text


def _pretty(unit: str) -> str:
    for plain, written in (
        ("CO2", "CO₂"),
        ("gCO₂", "g CO₂"),
        ("tCO₂", "t CO₂"),
        ("EUR", "€"),
        ("m2", "m²"),
        ("Kh", "°C·h"),
    ):
        unit = unit.replace(plain, written)
    return unit
