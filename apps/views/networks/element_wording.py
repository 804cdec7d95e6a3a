"""Networks in words: what an element is, how large, where it comes from, and why it is at its worst."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from apps.texts import Texts, texts
from apps.views.bounded_cache import cached_by_stamp
from apps.views.networks.network_views import NetworkView
from apps.views.networks.problem_groups import main_span
from twin.reporting.naming import Naming, building_names, value_text
from twin.texts import tick


@cached_by_stamp
def naming(networks: NetworkView, language: str) -> Naming:
    """Give the names of what networks are made of.

    Parameters
    ----------
    networks : NetworkView
        Of `Networks.open`.
    language : str
        "en", "fi" or "sv".
    """
    words = texts(language)
    return Naming(networks.elements, networks.served, building_names(networks.view.buildings, words), words)


def element_title(networks: NetworkView, name: str, words: Texts) -> str:
    """Name an element: what it is, its size, and its street or the building that it serves."""
    return naming(networks, words.language).element(name)


def cause_text(networks: NetworkView, element: str, causes: pd.DataFrame, words: Texts) -> str:
    """Say in a line why an element is at its worst: who, and when."""
    hour = int(networks.worst.hour[networks.elements.index.get_loc(element)])
    worst = networks.worst.time[hour] if hour >= 0 else None
    return naming(networks, words.language).cause(causes, networks.view.district.timezone, worst)


def origin_text(origin: Any, words: Texts) -> str:
    """Say where an element comes from."""
    return words.get(f"origin.{origin}", str(origin))


def limit_text(networks: NetworkView, row: int, words: Texts) -> str:
    """Say what an element is held to: "at most 100 %"."""
    unit = unit_of(networks, row)
    low, high = float(networks.worst.limit_low[row]), float(networks.worst.limit_high[row])
    if networks.worst.hour[row] < 0:
        high = float(networks.elements["limit"].iloc[row])
    parts = [("network.at_least", low), ("network.at_most", high)]
    return ", ".join(words(key, value=value_text(value, unit, words)) for key, value in parts if np.isfinite(value))


def unit_of(networks: NetworkView, row: int) -> str:
    """Give the unit of what an element is told by."""
    key = str(networks.worst.quantity[row])
    return networks.steps[key].unit if key in networks.steps else str(networks.elements["unit"].iloc[row])


def worst_value(networks: NetworkView, row: int) -> float:
    """Give the state of an element in its worst hour, shares in per cent."""
    hour = int(networks.worst.hour[row])
    if hour < 0:
        return float(networks.elements["worst"].iloc[row])
    return float(networks.worst.day[row, networks.worst.time[hour].hour])


def problem_text(networks: NetworkView, row: int, words: Texts) -> str:
    """Say in short what is wrong with an element: "134 % at the worst, 41 hours beyond 100 %"."""
    hours = int(networks.elements["hours_over"].iloc[row])
    told = tick(hours, words.language)
    low, high = float(networks.worst.limit_low[row]), float(networks.worst.limit_high[row])
    worst = worst_value(networks, row)
    side, limit = ("high", high) if not worst < low else ("low", low)
    if networks.worst.hour[row] < 0 or not np.isfinite(limit):
        return words("network.problem.missing", hours=told)
    unit = unit_of(networks, row)
    return words(
        f"network.problem.{side}",
        value=value_text(worst, unit, words),
        hours=told,
        limit=value_text(limit, unit, words),
    )


def times_text(networks: NetworkView, row: int, words: Texts) -> str:
    """Say when an element is mostly beyond its limit: "16:00–21:00, Dec–Mar"; empty where it never is."""
    worst = networks.worst
    if not worst.month[row].any():
        return ""
    hours, months = main_span(worst.clock[row]), main_span(worst.month[row])
    clock, season = words("times.day"), words("times.year")
    if hours is not None:
        clock = words("times.hours", first=f"{hours[0]:02d}", last=f"{(hours[0] + hours[1]) % 24:02d}")
    if months is not None:
        ends = (months[0], (months[0] + months[1] - 1) % 12)
        season = "–".join(dict.fromkeys(words(f"month.{month + 1}") for month in ends))
    return f"{clock}, {season}"


def badge_text(networks: NetworkView, words: Texts) -> str:
    """Say in two words how the networks are: "2 overloaded"."""
    problems = networks.problems
    if problems.empty:
        return words("network.fine")
    kinds = set(problems["quantity"])
    key = "overloaded" if kinds == {"loading"} else "cold" if kinds == {"temperature"} else "beyond"
    return words(f"network.badge.{key}", count=len(problems))
