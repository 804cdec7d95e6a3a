"""Networks in words: what an element is, how large, where it comes from, and why it is at its worst."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from apps.api.days import local_time
from apps.api.features import building_names
from apps.api.network_views import NetworkView
from apps.texts import Texts, amount, with_unit
from assets.catalogue import table

ORIGINS = ("mapped", "imported", "laid", "edited", "assumed")
_BY_PIECE = {"plant", "store"}
_MOST_NAMED = 2


@dataclass(frozen=True)
class Size:
    """A size of the catalogue.

    Attributes
    ----------
    name : str
        Row of its table.
    title : str
        For people: "DN 150".
    series : str
        What sizes have in common that can take each other's place.
    rank : float
        Grows with the size: nominal diameter [mm], section [mm²] or rated power [kVA].
    """

    name: str
    title: str
    series: str
    rank: float


@cache
def sizes() -> dict[str, Size]:
    """Read every size of pipes, cables and transformers, by name."""
    found = {}
    for row in table("heat_pipes").itertuples():
        steel = str(row.family).startswith("steel")
        told = f"{'DN' if steel else 'PE' if 'pe_' in str(row.family) else 'PEX'} {row.nominal_mm:.0f}"
        found[str(row.name)] = Size(str(row.name), told, f"heat {row.family} {row.series}", float(row.nominal_mm))
    for row in table("gas_pipes").itertuples():
        told = f"{'DN' if str(row.series) == 'steel' else 'PE'} {row.nominal_mm:.0f}"
        found[str(row.model)] = Size(str(row.model), told, f"gas {row.series}", float(row.nominal_mm))
    for row in table("cables").itertuples():
        series = f"cable {row.level} {str(row.cable).split(' ')[0]}"
        found[str(row.cable)] = Size(str(row.cable), str(row.cable), series, float(row.section_mm2))
    for row in table("transformers").itertuples():
        told = str(row.transformer)
        series = f"transformer {row.rated_hv_kv:g}/{row.rated_lv_kv:g} {'kVA' if 'kVA' in told else 'MVA'}"
        found[told] = Size(told, told, series, float(row.rated_kva))
    return found


def sizes_like(name: str) -> list[Size]:
    """List the sizes that can take the place of one, from the smallest to the largest.

    Parameters
    ----------
    name : str
        Of `sizes`; of an unknown one there are none.
    """
    known = sizes()
    if name not in known:
        return []
    return sorted((one for one in known.values() if one.series == known[name].series), key=lambda one: one.rank)


def size_title(name: Any, words: Texts) -> str:
    """Give a size's name for people; of a plant, that of its kind."""
    text = name if isinstance(name, str) else ""
    known = sizes().get(text)
    return known.title if known is not None else words.get(f"plant_kind.{text}", text.replace("_", " "))


def element_title(networks: NetworkView, name: str, words: Texts) -> str:
    """Name an element: what it is, its size, and its street or the building that it serves.

    Parameters
    ----------
    networks : NetworkView
        Of `Networks.open`.
    name : str
        Its id.
    words : Texts
        Language.
    """
    row = networks.elements.loc[name]
    carrier, kind = str(row["carrier"]), str(row["kind"])
    if kind == "entry":
        return words.get(f"plant_kind.outside_{carrier}", words("element.entry"))
    if kind in _BY_PIECE:
        return size_title(row["size"], words)
    served = networks.served.get(name, ())
    noun = words.get(f"element.{carrier}.{kind}", words.get(f"element.{kind}", kind))
    if row.geometry.geom_type == "Point" and served:
        first = asset_names(networks, served[:1], words)[0]
        noun = words.get(f"element.{carrier}.point", noun)
        who = first if len(served) == 1 else words("cause.more", names=first, count=len(served) - 1)
        return f"{noun}: {who}"
    _, _, street = str(row["title"]).partition(", ")
    return f"{noun} {size_title(row['size'], words)}".strip() + (f", {street}" if street else "")


def value_text(value: float, unit: str, words: Texts) -> str:
    """Write a state: voltages to a thousandth, for their third digit is what counts."""
    if not np.isfinite(value):
        return words("network.no_state")
    if unit == "p.u.":
        text = f"{value:.3f}"
        return (text if words.language == "en" else text.replace(".", ",")) + "\u00a0p.u."
    return with_unit(float(value), unit, words.language)


def origin_text(origin: Any, words: Texts) -> str:
    """Say where an element comes from."""
    return words.get(f"origin.{origin}", str(origin))


def limit_text(networks: NetworkView, row: int, words: Texts) -> str:
    """Say what an element is held to: "at most 100 %"."""
    unit = unit_of(networks, row)
    low, high = float(networks.hardest.limit_low[row]), float(networks.hardest.limit_high[row])
    if networks.hardest.hour[row] < 0:
        high = float(networks.elements["limit"].iloc[row])
    parts = [("network.at_least", low), ("network.at_most", high)]
    return ", ".join(words(key, value=value_text(value, unit, words)) for key, value in parts if np.isfinite(value))


def unit_of(networks: NetworkView, row: int) -> str:
    """Give the unit of what an element is told by."""
    key = str(networks.hardest.quantity[row])
    if key in networks.steps:
        return networks.steps[key].unit
    return str(networks.elements["unit"].iloc[row]) if "unit" in networks.elements else ""


def worst_value(networks: NetworkView, row: int) -> float:
    """Give the state of an element in its worst hour, shares in per cent."""
    hour = int(networks.hardest.hour[row])
    if hour < 0:
        return float(networks.elements["worst"].iloc[row])
    return float(networks.hardest.day[row, networks.hardest.time[hour].hour])


def when_text(stamp: pd.Timestamp, words: Texts) -> str:
    """Write an hour of the year: "15 Jan, 17:00"."""
    date = words("date", day=stamp.day, month=words(f"month.{stamp.month}"))
    return f"{date}, {stamp.hour:02d}:00"


def problem_text(networks: NetworkView, row: int, words: Texts) -> str:
    """Say in short what is wrong with an element: "134 % at the worst, 41 hours beyond 100 %"."""
    hours = int(networks.elements["hours_over"].iloc[row])
    told = amount(hours, words.language)
    limit = limit_text(networks, row, words)
    if networks.hardest.hour[row] < 0 or not limit:
        return words("network.problem.missing", hours=told)
    value = value_text(worst_value(networks, row), unit_of(networks, row), words)
    return words("network.problem.one" if hours == 1 else "network.problem", value=value, hours=told, limit=limit)


def cause_text(networks: NetworkView, causes: pd.DataFrame, words: Texts) -> str:
    """Say in a line why an element is at its worst: who, and when.

    Parameters
    ----------
    networks : NetworkView
        Of `Networks.open`.
    causes : pandas.DataFrame
        As `twin.causes` gives them: in the order of blame.
    words : Texts
        Language.
    """
    if causes.empty:
        return words("cause.unknown")
    names = asset_names(networks, [str(name) for name in causes.index[:_MOST_NAMED]], words)
    who = ", ".join(names)
    more = len(causes) - len(names)
    who = words("cause.more", names=who, count=more) if more > 0 else who
    return words("cause.line", who=who, when=hours_text(networks, causes, words))


def hours_text(networks: NetworkView, causes: pd.DataFrame, words: Texts) -> str:
    """Say in which hour the causes weigh most."""
    if "worst_hour" not in causes:
        return ""
    stamp = causes["worst_hour"].iloc[0]
    if isinstance(stamp, (int, np.integer)):
        stamp = networks.hardest.time[int(stamp)]
    stamp = pd.Timestamp(stamp)
    if stamp.tz is None:
        stamp = local_time(pd.DatetimeIndex([stamp]), networks.view.district.timezone)[0]
    return when_text(stamp, words)


def asset_names(networks: NetworkView, ids: Sequence[str], words: Texts) -> list[str]:
    """Name buildings and plants by what people call them.

    Parameters
    ----------
    networks : NetworkView
        Of `Networks.open`.
    ids : sequence of str
        Of buildings, plants or elements.
    words : Texts
        Language.
    """
    known = dict(zip(networks.view.buildings.index, building_names(networks.view, words.language), strict=True))
    elements = networks.elements
    return [
        known[name]
        if name in known
        else element_title(networks, name, words)
        if name in elements.index
        else words.get(f"plant_kind.{name.replace('-', '_')}", name)
        for name in ids
    ]


def badge_text(networks: NetworkView, words: Texts) -> str:
    """Say in two words how the networks are: "2 overloaded"."""
    problems = networks.problems
    if problems.empty:
        return words("network.fine")
    kinds = set(problems["quantity"])
    key = "overloaded" if kinds == {"loading"} else "cold" if kinds == {"temperature"} else "beyond"
    return words(f"network.badge.{key}", count=len(problems))
