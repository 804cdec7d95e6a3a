"""Land use: what the ground between the buildings is, in the few kinds that a map and an archetype need."""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gis_data.features import Features, Problem
from gis_data.readers.selection import polygonal
from gis_data.schema import conform, project

_KINDS: Mapping[str, Mapping[str, str]] = {
    "landuse": {
        "residential": "residential",
        "garages": "residential",
        "commercial": "commercial",
        "retail": "retail",
        "industrial": "industrial",
        "port": "transport",
        "harbour": "transport",
        "depot": "transport",
        "quarry": "industrial",
        "landfill": "industrial",
        "education": "education",
        "institutional": "education",
        "railway": "transport",
        "highway": "transport",
        "forest": "forest",
        "wood": "forest",
        "grass": "grass",
        "meadow": "grass",
        "village_green": "park",
        "recreation_ground": "park",
        "flowerbed": "park",
        "greenery": "park",
        "allotments": "park",
        "cemetery": "cemetery",
        "plaza": "square",
        "*": "other",
    },
    "amenity": {
        "school": "education",
        "kindergarten": "education",
        "college": "education",
        "university": "education",
        "hospital": "health",
        "clinic": "health",
        "grave_yard": "cemetery",
        "marketplace": "square",
        "bus_station": "transport",
        "ferry_terminal": "transport",
    },
    "leisure": {
        "park": "park",
        "garden": "park",
        "playground": "park",
        "dog_park": "park",
        "nature_reserve": "forest",
        "pitch": "sport",
        "track": "sport",
        "sports_centre": "sport",
        "stadium": "sport",
        "golf_course": "sport",
        "ice_rink": "sport",
    },
    "natural": {
        "wood": "forest",
        "scrub": "forest",
        "grassland": "grass",
        "heath": "grass",
        "wetland": "grass",
        "grass": "grass",
        "beach": "other",
        "sand": "other",
        "bare_rock": "other",
        "rock": "other",
        "scree": "other",
    },
    "place": {"square": "square"},
    "highway": {"pedestrian": "square", "footway": "square", "platform": "transport", "services": "transport"},
    "railway": {"platform": "transport", "station": "transport"},
    "public_transport": {"platform": "transport"},
    "aeroway": {"aerodrome": "transport", "apron": "transport", "terminal": "transport"},
    "tourism": {"zoo": "park", "camp_site": "park"},
    "military": {"*": "other"},
}
_WATER_LANDUSE = frozenset({"basin", "reservoir", "salt_pond", "aquaculture"})


def landuse_of(features: Features, crs: str) -> tuple[gpd.GeoDataFrame, tuple[Problem, ...]]:
    """Table `landuse` of tables.csv: areas with a kind; buildings and water are tables of their own.

    Parameters
    ----------
    features : Features
    crs : str
        The district's metric CRS.

    Returns
    -------
    landuse : geopandas.GeoDataFrame
        Largest areas may lie under smaller ones: a park in a residential quarter.
    problems : tuple of Problem
        Areas of nothing.
    """
    frame = features.where(lambda tags: landuse_kind(tags) is not None, dimensions=[2])
    shapes = polygonal(np.asarray(project(frame.geometry, crs), dtype=object))
    names = [tags.get("name") for tags in frame["tags"]]
    table = pd.DataFrame({"kind": [landuse_kind(tags) for tags in frame["tags"]], "name": names}, index=frame.index)
    table = table.assign(geometry=shapes)
    flat = shapely.area(shapes) <= 0
    problems = tuple(Problem(key, "the area of this land use is nothing", "dropped") for key in table.index[flat])
    return conform("landuse", table[~flat], crs), problems


def landuse_kind(tags: Mapping[str, str]) -> str | None:
    """Kind of land use that the tags of an area say, or None where they say building, water or nothing of it."""
    if "building" in tags or "building:part" in tags or tags.get("natural") == "water":
        return None
    if tags.get("landuse") in _WATER_LANDUSE or tags.get("indoor", "no") != "no":
        return None
    for key, kinds in _KINDS.items():
        if (value := tags.get(key)) and (kind := kinds.get(value) or kinds.get("*")):
            return kind
    return None
