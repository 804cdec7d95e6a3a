"""Streets: centre lines of OSM's ways for people and vehicles, with a width and where it comes from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gis_data.features import Features, Problem
from gis_data.quantities import parse_count, parse_layer, parse_length_m
from gis_data.schema import conform, project

CLASS_WIDTH_M: Mapping[str, float] = {
    "motorway": 11.0,
    "motorway_link": 6.0,
    "trunk": 10.0,
    "trunk_link": 6.0,
    "primary": 9.0,
    "primary_link": 5.5,
    "secondary": 8.0,
    "secondary_link": 5.5,
    "tertiary": 7.0,
    "tertiary_link": 5.5,
    "unclassified": 6.0,
    "residential": 6.0,
    "living_street": 5.5,
    "busway": 6.5,
    "bus_guideway": 6.5,
    "pedestrian": 6.0,
    "service": 4.0,
    "track": 3.0,
    "road": 6.0,
    "cycleway": 2.5,
    "footway": 2.0,
    "bridleway": 2.0,
    "path": 1.5,
    "steps": 2.0,
}
"""Carriageway widths in m where OSM tells none, by class: assumed. The classes listed are the ones that are streets."""

LANE_WIDTH_M = 3.25
"""Width of a lane in a town in m: assumed, within the 3.0 to 3.5 m of common design guides."""

_WIDTH_RANGE_M = (0.5, 60.0)


def streets_of(features: Features, crs: str) -> tuple[gpd.GeoDataFrame, tuple[Problem, ...]]:
    """Table `streets` of tables.csv.

    Parameters
    ----------
    features : Features
    crs : str
        The district's metric CRS.

    Returns
    -------
    streets : geopandas.GeoDataFrame
        One row per way; a way cut in several pieces has a row for each.
    problems : tuple of Problem
        Widths that no street can have.
    """
    frame = features.where(lambda tags: tags.get("highway") in CLASS_WIDTH_M, dimensions=[1])
    pieces, problems = explode_lines(frame, crs), []
    rows = []
    for key, tags in zip(pieces["way"], pieces["tags"], strict=True):
        width, source, odd = _width(tags)
        if odd:
            problems.append(Problem(key, f"a street {odd} wide is not believed; its class tells the width", "repaired"))
        rows.append((tags["highway"], tags.get("name"), width, source, parse_layer(tags)))
    columns = ["kind", "name", "width_m", "width_source", "layer"]
    table = pd.DataFrame(rows, columns=columns, index=pieces.index).assign(geometry=pieces.geometry)
    return conform("streets", table, crs), tuple(dict.fromkeys(problems))


def explode_lines(frame: gpd.GeoDataFrame, crs: str) -> gpd.GeoDataFrame:
    """Lines in the metric CRS, one row a piece: `w123`, or `w123-1`, `w123-2` where a way is in pieces.

    Parameters
    ----------
    frame : geopandas.GeoDataFrame
        Columns geometry (lines in EPSG:4326) and tags.
    crs : str
        The metric CRS.

    Returns
    -------
    geopandas.GeoDataFrame
        Columns geometry, tags and way (the id before the split).
    """
    shapes = np.asarray(project(frame.geometry, crs), dtype=object)
    pieces, owner = shapely.get_parts(shapes, return_index=True)
    real = shapely.length(pieces) > 0
    pieces, owner = pieces[real], owner[real]
    ways = frame.index.to_numpy(dtype=object)[owner]
    number = pd.Series(owner).groupby(owner).cumcount().to_numpy() + 1
    many = np.bincount(owner, minlength=len(frame))[owner] > 1
    ids = [f"{way}-{n}" if split else way for way, n, split in zip(ways, number, many, strict=True)]
    data: dict[str, Any] = {"way": ways, "tags": frame["tags"].to_numpy()[owner], "geometry": pieces}
    return gpd.GeoDataFrame(data, index=ids, crs=crs)


def _width(tags: Mapping[str, str]) -> tuple[float, str, str]:
    """Width in m, its source, and the tag that could not be believed."""
    odd = ""
    for key in ("width", "width:carriageway", "est_width"):
        if (width := parse_length_m(tags.get(key))) is not None:
            if _WIDTH_RANGE_M[0] <= width <= _WIDTH_RANGE_M[1]:
                return width, "tagged", odd
            odd = f"{width:g} m"
    lanes = parse_count(tags.get("lanes"))
    if lanes is not None and lanes <= 12:
        return lanes * LANE_WIDTH_M, "from lanes", odd
    return CLASS_WIDTH_M[tags["highway"]], "default", odd
