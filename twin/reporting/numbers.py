"""Numbers for people: three significant digits, a thin space between thousands, and a unit that fits."""

from __future__ import annotations

import math

_LARGER = {
    "kWh/a": (1e3, "MWh/a"),
    "MWh/a": (1e3, "GWh/a"),
    "kWh": (1e3, "MWh"),
    "kW": (1e3, "MW"),
    "kWp": (1e3, "MWp"),
    "EUR": (1e6, "MEUR"),
    "EUR/a": (1e6, "MEUR/a"),
}
THIN = "\u202f"


def scaled(values: list[float], unit: str) -> tuple[float, str]:
    """Divisor and unit in which the largest of some values is a handy number."""
    most, divisor = max((abs(value) for value in values if math.isfinite(value)), default=0.0), 1.0
    while unit in _LARGER and most / divisor >= _LARGER[unit][0]:
        step, unit = _LARGER[unit]
        divisor *= step
    return divisor, unit


def number(value: float, *, sign: bool = False) -> str:
    """Write a number with three significant digits; a dash where there is none."""
    if not math.isfinite(value):
        return "–"
    if value == 0:
        return "0"
    digits = max(0, 2 - math.floor(math.log10(abs(value))))
    text = f"{round(value, digits):{'+' if sign else ''},.{min(digits, 4)}f}"
    return text.replace(",", THIN).replace("-", "−")
