"""What stands in a building and what it stands on: shops, offices, schools, stair doors, land use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gis_data.buildings.catalogue import feature_use, landuse_uses
from gis_data.buildings.years import tagged_year
from gis_data.features import Features

NEAR_M = 3.0
"""A shop or a door mapped this far outside the wall still belongs to the building, m."""
ON_LAND_SHARE = 0.5
_HOME_KEYS = frozenset({"addr:flats", "addr:staircase", "building:flats"})


@dataclass(frozen=True)
class Contents:
    """What was found in and around the buildings; every frame has the index building_id.

    Attributes
    ----------
    areas : pandas.DataFrame
        Typical floor area of what is inside, m², one column per use.
    offices : pandas.Series
        Count of offices inside.
    homes : pandas.Series
        Count of stair doors and address points with flats.
    land_use : pandas.Series
        Use that the land around tells, "" where it tells none.
    land_year : pandas.Series
        Year tagged on that land, NaN where none is.
    """

    areas: pd.DataFrame
    offices: pd.Series
    homes: pd.Series
    land_use: pd.Series
    land_year: pd.Series


def _is_home(tags: Mapping[str, str]) -> bool:
    if not _HOME_KEYS.isdisjoint(tags):
        return True
    if "entrance" not in tags:
        return False
    unit = tags.get("addr:unit", "")
    return tags["entrance"] in ("staircase", "home") or (len(unit) == 1 and unit.isalpha())


def nearest_building(points: Any, buildings: gpd.GeoDataFrame, *, distance_m: float = NEAR_M) -> Any:
    """Row of the building that each point is in or closest to, -1 where none is within `distance_m`."""
    rows = np.full(len(points), -1, dtype=np.intp)
    if len(points) == 0 or buildings.empty:
        return rows
    shapes = buildings.geometry.to_numpy()
    point, building = shapely.STRtree(shapes).query(points, predicate="dwithin", distance=distance_m)
    distance = shapely.distance(points[point], shapes[building])
    order = np.lexsort((building, distance, point))
    first = np.unique(point[order], return_index=True)[1]
    rows[point[order][first]] = building[order][first]
    return rows


def contents_of(buildings: gpd.GeoDataFrame, features: Features) -> Contents:
    """Find what is inside each building and what land it stands on.

    Parameters
    ----------
    buildings : geopandas.GeoDataFrame
        Index building_id, metric CRS.
    features : Features
        Raw features.
    """
    told = features.frame["tags"].to_numpy()
    kinds = features.frame.geometry.geom_type.to_numpy()
    is_point = kinds == "Point"
    is_area = np.isin(kinds, ["Polygon", "MultiPolygon"])
    plain = np.array(["building" not in tags and "building:part" not in tags for tags in told], dtype=bool)
    inside = [feature_use(tags) if ok else None for tags, ok in zip(told, plain & (is_point | is_area), strict=True)]
    has_use = np.array([use is not None and use.area_m2 > 0 for use in inside], dtype=bool)
    is_home = is_point & np.array([_is_home(tags) for tags in told], dtype=bool)
    wanted = np.flatnonzero(has_use | is_home)
    metric = features.frame.geometry.iloc[wanted].to_crs(buildings.crs).to_numpy()
    rows = nearest_building(shapely.point_on_surface(metric), buildings)
    # A school's grounds are land around the building, a shop's area is inside it.
    size = np.append(shapely.area(buildings.geometry.to_numpy()), 0.0)
    fits = (rows >= 0) & (shapely.area(metric) <= 1.2 * size[rows])
    areas = np.zeros((len(buildings), 0))
    table: dict[str, Any] = {}
    offices, homes = np.zeros(len(buildings)), np.zeros(len(buildings))
    for row, source in zip(rows[fits], wanted[fits], strict=True):
        use = inside[source]
        if has_use[source] and use is not None:
            table.setdefault(use.use, np.zeros(len(buildings)))[row] += use.area_m2
            offices[row] += use.use == "office"
        homes[row] += is_home[source]
    areas = pd.DataFrame(table, index=buildings.index)
    land_use, land_year = _land(buildings, features, is_area & plain)
    index = buildings.index
    return Contents(areas, pd.Series(offices, index), pd.Series(homes, index), land_use, land_year)


def _land(buildings: gpd.GeoDataFrame, features: Features, is_area: Any) -> tuple[pd.Series, pd.Series]:
    """Use and year that the smallest area under each building tells."""
    told = features.frame["tags"].to_numpy()
    uses = [_land_use(tags) if ok else "" for tags, ok in zip(told, is_area, strict=True)]
    rows = [row for row, use in enumerate(uses) if use]
    use_out = np.full(len(buildings), "", dtype=object)
    year_out = np.full(len(buildings), np.nan)
    if rows and len(buildings):
        areas = shapely.make_valid(features.frame.geometry.iloc[rows].to_crs(buildings.crs).to_numpy())
        shapes = buildings.geometry.to_numpy()
        land, building = _mostly_on(areas, shapes)
        # The smallest area says most: a school's yard inside a residential quarter. Largest first, smallest stays.
        for pair in np.lexsort((land, -shapely.area(areas)[land])):
            use_out[building[pair]] = uses[rows[land[pair]]]
            year = tagged_year(told[rows[land[pair]]])
            if year is not None:
                year_out[building[pair]] = year
    return pd.Series(use_out, buildings.index), pd.Series(year_out, buildings.index)


def _mostly_on(areas: Any, shapes: Any) -> tuple[Any, Any]:
    """Pairs (area, building) where at least half of the building stands on the area."""
    land, building = shapely.STRtree(shapes).query(areas, predicate="intersects")
    shapely.prepare(areas)
    wholly = shapely.contains_properly(areas[land], shapes[building])
    on = wholly.copy()
    partly = np.flatnonzero(~wholly)
    common = shapely.area(shapely.intersection(areas[land[partly]], shapes[building[partly]]))
    on[partly] = common >= ON_LAND_SHARE * shapely.area(shapes[building[partly]])
    return land[on], building[on]


def _land_use(tags: Mapping[str, str]) -> str:
    table = landuse_uses()
    if not table.keys() & tags.keys():
        return ""
    return next((use for key, values in table.items() if (use := values.get(tags.get(key, ""))) is not None), "")
