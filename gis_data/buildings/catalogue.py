"""The small tables beside this code: what OSM's values mean and what is assumed where OSM says nothing."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class BuildingValue:
    """What a value of the tag `building` means.

    Attributes
    ----------
    use : str or None
        One of `USES`; None where the value doesn't tell.
    keep : bool
        False for what no one can heat: tanks, roofs without walls, ruins.
    note : str
        For a person: "a tank".
    """

    use: str | None
    keep: bool
    note: str


@dataclass(frozen=True)
class FeatureUse:
    """What a shop, an office or a school says of the building that it is in.

    Attributes
    ----------
    use : str
        One of `USES`, or "residential".
    area_m2 : float
        Floor area it usually takes, m²; 0 where it counts only when tagged on the building itself.
    """

    use: str
    area_m2: float


@dataclass(frozen=True)
class UseRule:
    """What is assumed of a building of one use.

    Attributes
    ----------
    storey_height_m, storey_height_before_1940_m : float
        Floor to floor, m.
    default_levels : float
        Storeys above ground.
    default_year : int
        Construction year.
    """

    storey_height_m: float
    storey_height_before_1940_m: float
    default_levels: float
    default_year: int


def _rows(name: str) -> list[dict[str, str]]:
    text = files("gis_data.buildings").joinpath(name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@cache
def building_values() -> Mapping[str, BuildingValue]:
    """Meaning of each known value of the tag `building`."""
    return MappingProxyType(
        {
            row["value"]: BuildingValue(row["use"] or None, row["treatment"] == "keep", row["note"])
            for row in _rows("building_values.csv")
        }
    )


@cache
def feature_uses() -> Mapping[str, Mapping[str, FeatureUse]]:
    """Use by key and value; the value `*` stands for any other. The keys come in order of precedence."""
    table: dict[str, dict[str, FeatureUse]] = {}
    for row in _rows("feature_uses.csv"):
        table.setdefault(row["key"], {})[row["value"]] = FeatureUse(row["use"], float(row["area_m2"]))
    return MappingProxyType(table)


@cache
def landuse_uses() -> Mapping[str, Mapping[str, str]]:
    """Use of a building that stands on such land, by key and value."""
    table: dict[str, dict[str, str]] = {}
    for row in _rows("landuse_uses.csv"):
        table.setdefault(row["key"], {})[row["value"]] = row["use"]
    return MappingProxyType(table)


@cache
def use_rules() -> Mapping[str, UseRule]:
    """Storey height, default levels and default year of each use."""
    return MappingProxyType(
        {
            row["use"]: UseRule(
                float(row["storey_height_m"]),
                float(row["storey_height_before_1940_m"]),
                float(row["default_levels"]),
                int(row["default_year"]),
            )
            for row in _rows("use_rules.csv")
        }
    )


@cache
def name_words() -> Mapping[str, str]:
    """Use by a word that a building's name bears, the more telling words first."""
    return MappingProxyType({row["word"]: row["use"] for row in _rows("name_words.csv")})


@cache
def heating_values() -> Mapping[str, str]:
    """Heating system by the value of a heating or fuel tag."""
    return MappingProxyType({row["value"]: row["system"] for row in _rows("heating_values.csv")})


def named_use(name: str) -> str | None:
    """Use that a building's name tells ("Svenska skolan"), or None.

    Parameters
    ----------
    name : str
        Name as tagged.
    """
    plain = name.lower()
    return next((use for word, use in name_words().items() if word in plain), None)


def feature_use(tags: Mapping[str, str]) -> FeatureUse | None:
    """Use that the tags of a shop, an office, a school tell, or None.

    Parameters
    ----------
    tags : mapping of str to str
        Tags of the feature.
    """
    table = feature_uses()
    common = table.keys() & tags.keys()
    # Nearly all features of a city are none of these: the set operation lets them pass fast.
    for key in sorted(common, key=_precedence().__getitem__) if common else ():
        if tags[key] in ("no", "none"):
            continue
        for value in tags[key].split(";"):
            found = table[key].get(value.strip().lower()) or table[key].get("*")
            if found is not None:
                return found
    return None


@cache
def _precedence() -> Mapping[str, int]:
    return MappingProxyType({key: rank for rank, key in enumerate(feature_uses())})
