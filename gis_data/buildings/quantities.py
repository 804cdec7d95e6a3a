"""Numbers as mappers write them: "2.5 m", "12,5", "40'", "3;4", "1-3"."""

from __future__ import annotations

import math
import re

FOOT_M = 0.3048
INCH_M = 0.0254
_NUMBER = r"[-+]?\d+(?:[.,]\d+)?"
_METRES = re.compile(rf"^({_NUMBER})\s*(m|metre|metres|meter|meters|mtr)?\.?$")
_CENTIMETRES = re.compile(rf"^({_NUMBER})\s*cm$")
_FEET = re.compile(rf"^({_NUMBER})\s*(?:'|ft|feet|foot|′|’)\s*(?:({_NUMBER})\s*(?:\"|''|in|″|”)?)?$")
_PLAIN = re.compile(rf"^({_NUMBER})$")
_ABOUT = re.compile(r"^\s*(?:~|≈|ca\.?|c\.|circa|about|approx\.?)\s*")
_RANGE = re.compile(r"(?<=\d)\s*(?:-|–|—|\.\.|to|…)\s*(?=\d)")


def _float(text: str) -> float:
    return float(text.replace(",", "."))


def _metres(text: str) -> float | None:
    if match := _METRES.match(text):
        return _float(match[1])
    if match := _CENTIMETRES.match(text):
        return _float(match[1]) / 100
    if match := _FEET.match(text):
        return _float(match[1]) * FOOT_M + (_float(match[2]) * INCH_M if match[2] else 0.0)
    return None


def _pieces(text: str) -> list[str]:
    """Split lists and ranges: "3;4" and "1-3" name two numbers each."""
    cleaned = _ABOUT.sub("", text.strip().lower())
    return [
        piece.strip() for entry in re.split(r"[;|/+]", cleaned) for piece in _RANGE.split(entry) if piece.strip() != ""
    ]


def length_m(text: str | None) -> float | None:
    r"""Length in metres, or None where the text is no length.

    Of several ("3;4") or a range ("3-4") the largest counts: a height is that of the highest section.

    Parameters
    ----------
    text : str or None
        "12", "12.5 m", "12,5", "40'", "40 ft", "5'6\"", "250 cm".

    Returns
    -------
    float or None
        m; never negative.
    """
    if text is None:
        return None
    values = [value for piece in _pieces(text) if (value := _metres(piece)) is not None]
    largest = max(values, default=-1.0)
    return largest if largest >= 0 and math.isfinite(largest) else None


def count(text: str | None) -> float | None:
    """Count of storeys, or None where the text is none.

    Of several ("3;4") or a range ("1-3") the largest counts. Halves ("2.5") are storeys of half the floor area.

    Parameters
    ----------
    text : str or None
        "3", "2.5", "2,5", "3;4", "1-3".

    Returns
    -------
    float or None
        Never negative.
    """
    if text is None:
        return None
    values = [_float(match[1]) for piece in _pieces(text) if (match := _PLAIN.match(piece))]
    largest = max(values, default=-1.0)
    return largest if largest >= 0 else None
