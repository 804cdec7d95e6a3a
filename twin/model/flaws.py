"""What is wrong with new buildings that people draw, told of each in their language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from twin.texts import DEFAULT_LANGUAGE, texts

_OVERLAP = 0.05
"""Part of a new building that may stand on another, for outlines drawn by hand."""
_LEAST_REACH_M = 500.0


@dataclass(frozen=True)
class Flaw:
    """One thing that is wrong.

    Attributes
    ----------
    what : str
        The text `flaw.<what>` says it.
    values : Mapping[str, Any]
        For the places in the text. `other` is the id of a building.
    number : int, optional
        Feature that it is about, from 1; None: all of them.
    name : str
        Id of the new building, where there is no number.
    """

    what: str
    values: Mapping[str, Any] = field(default_factory=dict)
    number: int | None = None
    name: str = ""

    def told(self, language: str = DEFAULT_LANGUAGE, names: Mapping[str, str] | None = None) -> str:
        """Say it in a sentence without a full stop.

        Parameters
        ----------
        language : str
            "en", "fi" or "sv".
        names : Mapping[str, str], optional
            What people call a building, by its id.
        """
        words, values = texts(language), dict(self.values)
        if names and values.get("other") in names:
            values["other"] = names[values["other"]]
        told = words(f"flaw.{self.what}", **values)
        if self.number is not None:
            return words("flaw.at", number=self.number, told=told)
        return words("flaw.of", name=self.name, told=told) if self.name else told


def misfits(new: gpd.GeoSeries, standing: gpd.GeoSeries, district: str) -> list[Flaw]:
    """Find new buildings that stand far from a district, or on what stands there.

    Parameters
    ----------
    new : geopandas.GeoSeries
        Outlines by id.
    standing : geopandas.GeoSeries
        What stands there, in the same CRS in metres.
    district : str
        Its title.

    Returns
    -------
    list of Flaw
        With the ids of the new buildings as `name`.
    """
    west, south, east, north = standing.total_bounds
    margin = max(east - west, north - south, _LEAST_REACH_M)
    around = shapely.box(west - margin, south - margin, east + margin, north + margin)
    shapes, there = np.asarray(new.array), np.asarray(standing.array)
    near = shapely.intersects(around, shapes)
    found = [Flaw("far", {"district": district}, name=str(i)) for i in new.index[~near]]
    a, b = standing.sindex.query(shapes, predicate="intersects")
    over = shapely.area(shapely.intersection(shapes[a], there[b])) > _OVERLAP * shapely.area(shapes)[a]
    first: dict[int, int] = {}
    for mine, other in zip(a[over].tolist(), b[over].tolist(), strict=True):
        first.setdefault(mine, other)
    found += [Flaw("on", {"other": str(standing.index[b])}, name=str(new.index[a])) for a, b in first.items()]
    return found


def on_each_other(new: gpd.GeoSeries) -> list[tuple[str, str]]:
    """Find new buildings that stand on an earlier one: ids of both."""
    shapes = np.asarray(new.array)
    a, b = new.sindex.query(shapes, predicate="intersects")
    later = b < a
    a, b = a[later], b[later]
    over = shapely.area(shapely.intersection(shapes[a], shapes[b])) > _OVERLAP * shapely.area(shapes)[a]
    return [(str(new.index[mine]), str(new.index[other])) for mine, other in zip(a[over], b[over], strict=True)]
