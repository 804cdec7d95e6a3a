"""Roof shapes of OSM and what of a roof can carry modules."""

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
class Shape:
    """How a value of `roof:shape` is modelled.

    Attributes
    ----------
    model : str
        flat, skillion, gabled, hipped, half-hipped, pyramidal, gambrel, mansard, round or dome.
    tilt_deg : float
        Tilt where neither angle nor height is tagged, degrees.
    carries_modules : bool
        False for domes and spires.
    """

    model: str
    tilt_deg: float
    carries_modules: bool


@dataclass(frozen=True)
class UsableRules:
    """What is taken off a plane before modules are laid; the sources are in usable.csv.

    Attributes
    ----------
    setback_pitched_m, setback_flat_m : float
        Strip along the edges, m.
    structures_pitched, structures_flat : float
        Share of the plane under chimneys, vents and ways.
    smallest_array_m2 : float
        Smaller patches carry nothing, m².
    steepest_deg : float
        Steeper planes carry nothing, degrees.
    """

    setback_pitched_m: float
    setback_flat_m: float
    structures_pitched: float
    structures_flat: float
    smallest_array_m2: float
    steepest_deg: float


def _rows(name: str) -> list[dict[str, str]]:
    text = files("gis_data.roofs").joinpath(name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@cache
def shapes() -> Mapping[str, Shape]:
    """Model of each known `roof:shape`."""
    return MappingProxyType(
        {
            row["shape"]: Shape(row["model"], float(row["tilt_deg"]), row["carries_modules"] == "1")
            for row in _rows("shapes.csv")
        }
    )


@cache
def usable_rules() -> UsableRules:
    """Rules of usable.csv."""
    return UsableRules(**{row["parameter"]: float(row["value"]) for row in _rows("usable.csv")})
