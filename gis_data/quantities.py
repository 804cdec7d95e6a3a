"""What people write into tags as numbers: `3;4`, `2.5 m`, `12'6"`, `50000 W`, `DN 200`."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

_NUMBER = r"(?:\d+(?:[.,]\d+)?|[.,]\d+)"
_FEET = re.compile(
    rf"^([+-]?{_NUMBER})\s*(?:'|′|’|ft|feet|foot)\s*(?:({_NUMBER})\s*(?:\"|″|”|''|in|inch)?)?$", re.IGNORECASE
)
_ABOUT = re.compile(r"^\s*(?:~|≈|ca\.?|c\.|circa|about|approx\.?)\s*", re.IGNORECASE)
_RANGE = re.compile(r"(?<=\d)\s*(?:-|–|—|\.\.|to|…)\s*(?=\d)")
_WITH_UNIT = re.compile(rf"^([+-]?{_NUMBER})\s*([^\d\s.,][^\d]*)?$")
_LENGTH_M = {
    "": 1.0,
    "m": 1.0,
    "metre": 1.0,
    "metres": 1.0,
    "meter": 1.0,
    "meters": 1.0,
    "m.": 1.0,
    "cm": 0.01,
    "mm": 0.001,
}
_LENGTH_M |= {"km": 1000.0, '"': 0.0254, "″": 0.0254, "''": 0.0254, "in": 0.0254, "inch": 0.0254}
_POWER_KW = {"w": 0.001, "kw": 1.0, "kva": 1.0, "mw": 1000.0, "mva": 1000.0, "va": 0.001}
_VOLTAGE_V = {"": 1.0, "v": 1.0, "kv": 1000.0}


def parse_quantity(text: str | None, units: Mapping[str, float]) -> float | None:
    """Largest of the numbers in a tag, in the unit that `units` maps to 1.

    Parameters
    ----------
    text : str or None
        A tag's value; several stand with a semicolon between them (`3;4`), or as a range (`1-3`).
    units : mapping of str to float
        Factor of each unit, in lower case; "" is for a number without a unit.

    Returns
    -------
    float or None
        None where no part of the text is a number in a known unit.
    """
    found = [value for piece in _pieces(text) if (value := _one(piece, units)) is not None]
    return max(found, default=None)


def parse_length_m(text: str | None) -> float | None:
    """Length in m: `2.5`, `2.5 m`, `12,5`, `250 cm`, `8'`, `8'6"`, the largest of `3;4`; None at or below 0."""
    found = []
    for piece in _pieces(text):
        if feet := _FEET.match(piece):
            found.append(_float(feet[1]) * 0.3048 + (_float(feet[2]) * 0.0254 if feet[2] else 0.0))
        elif (value := _one(piece, _LENGTH_M)) is not None:
            found.append(value)
    longest = max(found, default=0.0)
    return longest if longest > 0 else None


def parse_storeys(text: str | None) -> float | None:
    """Count of storeys: `3`, `2,5`, the largest of `3;4` or `1-3`; None below 0. Halves have half the floor area."""
    value = parse_quantity(text, {"": 1.0})
    return value if value is not None and value >= 0 else None


def parse_diameter_mm(text: str | None) -> float | None:
    """Diameter of a pipe in mm: `DN 200`, `200`, `200 mm`, `8"`; a bare number is mm, as OSM's wiki says."""
    units = {unit: 1000.0 * factor for unit, factor in _LENGTH_M.items()} | {"": 1.0}
    value = parse_quantity(re.sub(r"(?i)\bdn\s*", "", text or ""), units)
    return value if value is not None and value > 0 else None


def parse_power_kw(text: str | None) -> float | None:
    """Power in kW: `22 kW`, `50000 W`, `0.05 MW`; a bare number above 1000 is taken for W, else for kW."""
    value = parse_quantity(text, _POWER_KW)
    if value is None and (bare := parse_quantity(text, {"": 1.0})) is not None:
        value = bare / 1000.0 if bare > 1000.0 else bare
    return value if value is not None and value > 0 else None


def parse_voltage_v(text: str | None) -> float | None:
    """Highest voltage in V of `110000;20000` or `20 kV`."""
    value = parse_quantity(text, _VOLTAGE_V)
    return value if value is not None and value > 0 else None


def parse_count(text: str | None) -> int | None:
    """Whole number above 0: the largest of several; a fraction is rounded down."""
    value = parse_quantity(text, {"": 1.0})
    return int(value) if value is not None and value >= 1 else None


def parse_layer(tags: Mapping[str, str]) -> int:
    """OSM's layer: as tagged within −5…5, else −1 in a tunnel, 1 on a bridge, 0 on the ground."""
    value = parse_quantity(tags.get("layer"), {"": 1.0})
    if value is not None and -5 <= value <= 5 and value == int(value):
        return int(value)
    if tags.get("tunnel", "no") not in {"no", "building_passage"} or tags.get("location") == "underground":
        return -1
    return 1 if tags.get("bridge", "no") != "no" else 0


def _pieces(text: str | None) -> list[str]:
    """Split lists and ranges: "3;4" and "1-3" name two numbers each."""
    cleaned = _ABOUT.sub("", (text or "").strip())
    entries = [piece for entry in re.split(r"[;|/+]", cleaned) for piece in _RANGE.split(entry)]
    return [piece.strip() for piece in entries if piece.strip()]


def _one(part: str, units: Mapping[str, float]) -> float | None:
    match = _WITH_UNIT.match(part.strip())
    if match is None:
        return None
    factor = units.get((match[2] or "").strip().lower())
    if factor is None:
        return None
    value = _float(match[1]) * factor
    return value if math.isfinite(value) else None


def _float(text: str) -> float:
    return float(text.replace(",", "."))
