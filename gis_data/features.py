"""What every reader of raw geodata returns: features with tags, before anything is inferred from them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

USES = (
    "detached_house",
    "row_house",
    "apartment_block",
    "office",
    "retail",
    "hotel",
    "school",
    "university",
    "hospital",
    "assembly",
    "sports",
    "industrial",
    "warehouse",
    "transport",
    "garage",
    "outbuilding",
)
"""Uses of a building. `assembly` holds churches, museums and libraries; garages and outbuildings are unheated."""


@dataclass(frozen=True)
class Source:
    """Where data come from and under which terms they are used.

    Attributes
    ----------
    name : str
        "OpenStreetMap".
    licence : str
        SPDX identifier or the licence's name, "ODbL-1.0".
    attribution : str
        The words that every view and export must show.
    url : str
        Page of the licence or of the source.
    date : str
        ISO date of the newest object.
    """

    name: str
    licence: str
    attribution: str
    url: str
    date: str


@dataclass(frozen=True)
class Problem:
    """One thing that was wrong in the input and what was done about it.

    Attributes
    ----------
    feature_id : str
        "w123".
    what : str
        What is wrong, for a person.
    done : str
        "repaired", "dropped" or "kept".
    """

    feature_id: str
    what: str
    done: str


@dataclass(frozen=True)
class Features:
    """Raw features of one area.

    Attributes
    ----------
    frame : geopandas.GeoDataFrame
        Index `n123`, `w123`, `r55` or `g1`; columns `geometry` (EPSG:4326; closed ways that are areas are polygons,
        multipolygon relations are assembled) and `tags` (a dict of str to str in each row).
    bounds : tuple of float
        West, south, east, north, in degrees.
    data_date : str
        ISO date of the newest object.
    sources : tuple of Source
        Where the features come from.
    members : mapping of str to tuple of (str, str)
        For each relation of type building or multipolygon: (member id, role).
    problems : tuple of Problem
        Unclosed rings, missing nodes and the like.
    """

    frame: gpd.GeoDataFrame
    bounds: tuple[float, float, float, float]
    data_date: str
    sources: tuple[Source, ...]
    members: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    def tagged(self, key: str) -> gpd.GeoDataFrame:
        """Features that carry a tag, in their own order."""
        has: Any = self.frame["tags"].map(lambda tags: key in tags)
        return self.frame[has.to_numpy(dtype=bool)]

    def where(
        self, says: Callable[[Mapping[str, str]], bool], *, dimensions: Collection[int] = (0, 1, 2)
    ) -> gpd.GeoDataFrame:
        """Features whose tags say so and whose shapes are points (0), lines (1) or areas (2), in their own order."""
        said = np.fromiter((says(tags) for tags in self.frame["tags"]), dtype=bool, count=len(self.frame))
        shapes = np.asarray(self.frame.geometry, dtype=object)
        return self.frame[said & np.isin(shapely.get_dimensions(shapes), list(dimensions))]
