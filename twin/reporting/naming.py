"""What people call the elements of networks: what each is, how large, on which street, and who is to blame."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from assets.catalogue import table
from twin.texts import Note, Texts, with_unit

ORIGINS = ("mapped", "imported", "laid", "edited", "assumed")
"""Where an element comes from, what is known best first."""
_NODES = (("electricity", "bus"), ("heat", "heat_node"), ("cold", "cold_node"), ("gas", "gas_node"))
_BY_PIECE = {"plant", "store"}
_MOST_NAMED = 2
_WORTH_NAMING, _WORTH_COUNTING = 0.05, 0.01
"""Shares of what comes together."""
_ON_THE_WAY = {"pipe", "supply"}
"""Kinds of causes by which a supply is cold, rather than a line full."""


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


def value_text(value: float, unit: str, words: Texts) -> str:
    """Write a state: shares in per cent; voltages to a thousandth, for their third digit is what counts."""
    if not np.isfinite(value):
        return words("network.no_state")
    if unit == "p.u.":
        text = f"{value:.3f}"
        return (text if words.language == "en" else text.replace(".", ",")) + "\u00a0p.u."
    factor, shown = (100.0, "%") if unit == "1" else (1.0, unit)
    return with_unit(factor * float(value), shown, words.language)


def reason_text(cause: Mapping[str, Any], words: Texts) -> str:
    """Say in short what of a cause makes it one, beyond its part: a stagnant branch, a low supply temperature."""
    reason: Note | None = cause.get("reason")
    return "" if reason is None else words.get(f"cause.reason.{reason.kind}", "")


def served_by(dataset: Any) -> dict[str, tuple[str, ...]]:
    """List the buildings that hang on each node of each network.

    Parameters
    ----------
    dataset : xarray.Dataset
        Of a year of networks.
    """
    found: dict[str, list[str]] = {}
    for carrier, dim in _NODES:
        name = f"{carrier}_node_of_building"
        if name in dataset and dim in dataset.coords:
            nodes = dataset[dim].to_numpy()
            for building, row in zip(dataset["building"].to_numpy(), dataset[name].to_numpy(), strict=True):
                if row >= 0:
                    found.setdefault(str(nodes[row]), []).append(str(building))
    return {name: tuple(of) for name, of in found.items()}


def building_names(buildings: pd.DataFrame, words: Texts) -> dict[str, str]:
    """Give each building a name a person knows it by: its name, else its address, else its use.

    Parameters
    ----------
    buildings : pandas.DataFrame
        Columns name, address, use.
    words : Texts
        Language of the use.
    """
    columns = zip(buildings.index, buildings["name"], buildings["address"], buildings["use"], strict=True)
    return {
        str(i): _word(name) or _word(address) or words.get(f"use.{use}", str(use)) for i, name, address, use in columns
    }


def _word(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


@dataclass(frozen=True, eq=False)
class Naming:
    """Names of what networks are made of, in one language.

    Attributes
    ----------
    elements : geopandas.GeoDataFrame
        As of `twin.run_networks`.
    served : Mapping[str, tuple of str]
        As of `served_by`.
    buildings : Mapping[str, str]
        As of `building_names`.
    words : Texts
        Language.
    """

    elements: Any
    served: Mapping[str, tuple[str, ...]]
    buildings: Mapping[str, str]
    words: Texts

    def element(self, name: str) -> str:
        """Name an element: what it is, its size, and its street or the building that it serves."""
        words, row = self.words, self.elements.loc[name]
        carrier, kind = str(row["carrier"]), str(row["kind"])
        if kind == "entry":
            return words.get(f"plant_kind.outside_{carrier}", words("element.entry"))
        if kind in _BY_PIECE:
            return size_title(row["size"], words)
        noun = words.get(f"element.{carrier}.{kind}", words.get(f"element.{kind}", kind))
        served = self.served.get(name, ())
        if row["geometry"].geom_type == "Point" and served:
            first = self.buildings.get(served[0], served[0])
            noun = words.get(f"element.{carrier}.point", noun)
            who = first if len(served) == 1 else words("cause.more", names=first, count=len(served) - 1)
            return f"{noun}: {who}"
        _, _, street = str(row["title"]).partition(", ")
        return f"{noun} {size_title(row['size'], words)}".strip() + (
            f", {where}" if (where := street or self._at(row)) else ""
        )

    def _at(self, row: Any) -> str:
        """Name the buildings at the ends of a line; empty where there is none."""
        served = [self.served.get(str(row.get(side, "")), ()) for side in ("start", "end")]
        return "–".join(dict.fromkeys(self.buildings.get(some[0], some[0]) for some in served if some))

    def asset(self, name: str) -> str:
        """Name a building, a plant or an element."""
        if name in self.buildings:
            return self.buildings[name]
        if name in self.elements.index:
            return self.element(name)
        if name.startswith("others at "):
            return self.words("cause.others")
        return self.words.get(f"plant_kind.{name.replace('-', '_')}", name)

    def cause(self, causes: pd.DataFrame, timezone: str, worst: pd.Timestamp | None = None) -> str:
        """Say in a line why an element is at its worst: who, and when.

        Parameters
        ----------
        causes : pandas.DataFrame
            As `twin.causes` gives them: in the order of blame.
        timezone : str
            By whose clocks the hour is told.
        worst : pandas.Timestamp, optional
            The element's own worst hour; without it, the one at which the first to blame brings most.
        """
        words = self.words
        if causes.empty:
            return words("cause.unknown")
        stamp = pd.Timestamp(causes["worst_hour"].iloc[0]) if worst is None else worst
        stamp = stamp.tz_localize("UTC") if stamp.tzinfo is None else stamp
        when = when_text(stamp.tz_convert(timezone), words)
        if causes["kind"].iloc[0] in _ON_THE_WAY:
            return words("cause.way", where=self.asset(str(causes.index[0])), when=when)
        named = max(int((causes["share"].iloc[:_MOST_NAMED] >= _WORTH_NAMING).sum()), 1)
        names = list(dict.fromkeys(self.asset(str(name)) for name in causes.index[:named]))
        more = int((causes["share"] >= _WORTH_COUNTING).sum()) - named
        if more > 0:
            who = words("cause.more", names=", ".join(names), count=more)
        else:
            who = words("cause.both", first=names[0], second=names[1]) if len(names) > 1 else names[0]
        return words("cause.line", who=who, when=when)


def when_text(stamp: pd.Timestamp, words: Texts) -> str:
    """Write an hour of the year: "15 Jan, 17:00"."""
    date = words("date", day=stamp.day, month=words(f"month.{stamp.month}"))
    return f"{date}, {stamp.hour:02d}:00"
