"""What OSM's tags say of a roof's slope and direction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gis_data.buildings.quantities import count, length_m

FloatArray = NDArray[np.float64]
_ROSE = ("N", "NNE", "NE", "ENE", "E", "ESE", "SE", "SSE", "S", "SSW", "SW", "WSW", "W", "WNW", "NW", "NNW")
_WORDS = {"NORTH": "N", "EAST": "E", "SOUTH": "S", "WEST": "W"}


@dataclass(frozen=True)
class RoofTags:
    """Tags of n roofs as arrays of shape (n,); NaN where a tag is missing or makes no sense.

    Attributes
    ----------
    across : array of bool
        True where the ridge runs across the longer side.
    direction_deg : array
        Azimuth that the roof falls to, clockwise from true north, degrees.
    angle_deg : array
        Tilt, degrees.
    height_m : array
        Rise from the eaves to the ridge, m.
    roof_levels : array
        Storeys under the roof.
    """

    across: NDArray[np.bool_]
    direction_deg: FloatArray
    angle_deg: FloatArray
    height_m: FloatArray
    roof_levels: FloatArray


def direction_deg(text: str | None) -> float | None:
    """Azimuth of a direction as tagged: "135", "135°", "SE", "south"; None where it is none."""
    if text is None:
        return None
    plain = text.strip().upper().rstrip("°").strip()
    plain = _WORDS.get(plain, plain)
    if plain in _ROSE:
        return _ROSE.index(plain) * 22.5
    try:
        return float(plain.replace(",", ".")) % 360.0
    except ValueError:
        return None


def _angle_deg(text: str | None) -> float | None:
    angle = length_m(text.rstrip("° ")) if text else None
    return angle if angle is not None and 0 < angle < 85 else None


def _array(values: Any) -> FloatArray:
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)


def read_tags(tags: pd.Series) -> RoofTags:
    """Read the roof's tags of each building.

    Parameters
    ----------
    tags : pandas.Series of dict
        Anything that is no mapping counts as no tags.
    """
    told: list[Mapping[str, str]] = [own if isinstance(own, Mapping) else {} for own in tags]
    height = _array(length_m(own.get("roof:height", own.get("building:roof:height"))) for own in told)
    return RoofTags(
        across=np.array(
            [own.get("roof:orientation", own.get("building:roof:orientation")) == "across" for own in told], dtype=bool
        ),
        direction_deg=_array(direction_deg(own.get("roof:direction")) for own in told),
        angle_deg=_array(_angle_deg(own.get("roof:angle", own.get("building:roof:angle"))) for own in told),
        height_m=np.where(height > 0, height, np.nan),
        roof_levels=_array(count(own.get("roof:levels")) for own in told),
    )
