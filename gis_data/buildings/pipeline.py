"""From raw features to the table of buildings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gis_data.buildings.catalogue import feature_use, use_rules
from gis_data.buildings.contents import Contents, contents_of
from gis_data.buildings.dimensions import (
    as_array,
    floor_areas,
    levels_and_heights,
    odd_numbers,
    tagged_height_m,
    tagged_levels,
)
from gis_data.buildings.footprints import repaired, without_duplicates, without_overlaps
from gis_data.buildings.labels import address_of, labels
from gis_data.buildings.neighbours import FloatArray, coverage_around, neighbour_median
from gis_data.buildings.parts import assign_parts, part_profiles, split_off_parts
from gis_data.buildings.selection import building_value, candidates
from gis_data.buildings.uses import Sizes, uses_of
from gis_data.buildings.years import tagged_year
from gis_data.features import Features, Problem

PITCHED_USES = ("detached_house", "row_house", "outbuilding", "garage")
PITCHED_LARGEST_M2 = 400.0
"""Untold roofs of houses up to this footprint are gabled, larger ones and those of other uses flat, m²."""
_GUESSED_STOREY_M = 3.5
_GUESSED_LEVELS_LARGE, _GUESSED_LEVELS_SMALL = 4.0, 1.5

COLUMNS = (
    "geometry", "osm_id", "name", "address", "height_m", "height_source", "min_height_m", "levels", "levels_source",
    "use", "use_source", "construction_year", "construction_year_source", "footprint_m2", "floor_area_m2",
    "floor_area_source", "roof_shape", "roof_shape_source", "heating_system", "heating_system_source",
)  # fmt: skip


@dataclass(frozen=True)
class BuildingTables:
    """Buildings and what comes with them.

    Attributes
    ----------
    buildings : geopandas.GeoDataFrame
        The table `buildings` of tables.csv, index building_id.
    tags : pandas.Series of dict
        Tags of each building, of a building whose parts tell the roof's shape with that shape.
    problems : tuple of Problem
        What was repaired, dropped or doubted.
    """

    buildings: gpd.GeoDataFrame
    tags: pd.Series
    problems: tuple[Problem, ...]


def buildings_from_features(features: Features, crs: str) -> BuildingTables:
    """Make the table of buildings out of raw features.

    Parameters
    ----------
    features : Features
        What a reader found: areas tagged as buildings and parts, and all that tells of their use.
    crs : str
        The district's metric CRS, "EPSG:3067".

    Returns
    -------
    BuildingTables
        No two footprints overlap; every attribute that was not tagged says where it comes from.
    """
    stock, parts, problems = _footprints(features, crs)
    profiles = part_profiles(stock, parts)
    tags = _with_part_roofs(stock["tags"], profiles)
    problems += odd_numbers(tags) + _unheated(tags)
    named = labels(stock, features)
    inside = contents_of(stock, features)
    footprint_m2 = shapely.area(stock.geometry.to_numpy())
    profiles = profiles.reindex(stock.index).assign(footprint_m2=footprint_m2)
    centre = shapely.point_on_surface(stock.geometry.to_numpy())
    points = np.column_stack([shapely.get_x(centre), shapely.get_y(centre)])
    sizes = _first_sizes(tags, profiles, points, stock.geometry.to_numpy())
    use, use_source = uses_of(tags, sizes, inside, np.array([address_of(own) is not None for own in tags], dtype=bool))
    year, year_source = _years(tags, use, points, profiles, inside)
    known_year = np.where(year_source == "default", np.nan, year)
    dimensions = levels_and_heights(tags, use, use_source, year=known_year, sizes=sizes, profiles=profiles)
    floor_m2, floor_source = floor_areas(tags, dimensions, profiles)
    roof_shape, roof_source = _roof_shapes(tags, use, footprint_m2, profiles)
    table = stock.drop(columns="tags").assign(
        osm_id=[_osm_id(str(i)) for i in stock.index],
        **dimensions.drop(columns="own_levels"),
        use=use,
        use_source=use_source,
        construction_year=year.astype(np.int64),
        construction_year_source=year_source,
        footprint_m2=np.round(footprint_m2, 2),
        floor_area_m2=floor_m2,
        floor_area_source=floor_source,
        roof_shape=roof_shape,
        roof_shape_source=roof_source,
        **named,
    )[list(COLUMNS)]
    _name_input(table, tags)
    table.index.name = "building_id"
    return BuildingTables(table, tags.rename_axis("building_id"), tuple(problems))


def _footprints(features: Features, crs: str) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame, list[Problem]]:
    found = candidates(features, crs)
    outlines, broken = repaired(found.outlines)
    parts, broken_parts = repaired(found.parts)
    outlines, doubled = without_duplicates(outlines)
    outlines, parts = split_off_parts(outlines, parts)
    outlines, parts, loose = assign_parts(outlines, parts)
    outlines, overlapping = without_overlaps(outlines, _stands_alone)
    order = sorted(range(len(outlines)), key=lambda row: _id_key(str(outlines.index[row])))
    problems = [*found.problems, *broken, *broken_parts, *doubled, *loose, *overlapping]
    return outlines.iloc[order], parts, problems


def _id_key(feature_id: str) -> tuple[str, int, str]:
    number = "".join(c for c in feature_id.split("-", maxsplit=1)[0] if c.isdigit())
    return feature_id[:1], int(number) if number else 0, feature_id


def _stands_alone(tags: dict[str, str]) -> bool:
    """Whether a building inside another one is more than a forgotten part of it."""
    if tags.get("indoor", "no") != "no" or tags.get("location") == "indoor":
        return False
    told = ("building:levels", "height", "name", "addr:housenumber", "start_date")
    return building_value(tags).use is not None or feature_use(tags) is not None or any(key in tags for key in told)


def _with_part_roofs(tags: pd.Series, profiles: pd.DataFrame) -> pd.Series:
    shapes = profiles["roof_shape"].dropna() if len(profiles) else {}
    out = [
        {**own, "roof:shape": shapes[i]} if i in shapes and "roof:shape" not in own else dict(own)
        for i, own in tags.items()
    ]
    return pd.Series(out, index=tags.index, dtype=object, name="tags")


def _unheated(tags: pd.Series) -> list[Problem]:
    return [
        Problem(str(i), f"building={own['building']}: without heat demand", "kept")
        for i, own in tags.items()
        if own.get("building") not in ("shed", "garage", "garages", "carport", "outbuilding")
        and building_value(own).use == "outbuilding"
    ]


def _first_sizes(tags: pd.Series, profiles: pd.DataFrame, points: FloatArray, shapes: Any) -> Sizes:
    """Storeys before the use is known: as told, else as the houses around, else by footprint."""
    footprint_m2 = profiles["footprint_m2"].to_numpy(dtype=float)
    levels = as_array(tagged_levels(own) for own in tags)
    part = profiles["top_levels"].to_numpy(dtype=float)
    levels = np.where(~np.isnan(part) & (profiles["covered_m2"].to_numpy() > 0.5 * footprint_m2), part, levels)
    height = as_array(tagged_height_m(own) for own in tags)
    levels = np.where(np.isnan(levels), np.maximum(np.round(height / _GUESSED_STOREY_M), 1.0), levels)
    known = ~np.isnan(levels)
    band = np.where(footprint_m2 < 50, "hut", np.where(footprint_m2 < 300, "house", "block")).astype(object)
    near = neighbour_median(points, levels, band)
    guess = np.where(footprint_m2 >= 300, _GUESSED_LEVELS_LARGE, _GUESSED_LEVELS_SMALL)
    levels = np.where(known, levels, np.where(np.isnan(near), guess, near))
    coverage = coverage_around(points, footprint_m2)
    return Sizes(footprint_m2, np.maximum(levels, 0.5), known, coverage, points, shapes)


def _years(
    tags: pd.Series, use: Any, points: FloatArray, profiles: pd.DataFrame, inside: Contents
) -> tuple[FloatArray, Any]:
    year = as_array(tagged_year(own) for own in tags)
    source = np.where(np.isnan(year), "", "tagged").astype(object)
    rules = use_rules()
    from_part = profiles["year"].to_numpy(dtype=float)
    steps = (
        ("from part", lambda: from_part),
        ("from neighbours", lambda: neighbour_median(points, year, use, least=3, radius_m=200.0)),
        ("from land use", lambda: inside.land_year.to_numpy(dtype=float)),
        ("from neighbours", lambda: neighbour_median(points, year, np.full(len(year), "", dtype=object), least=2)),
        ("default", lambda: np.array([rules[u].default_year for u in use], dtype=float)),
    )
    for name, step in steps:
        found = step()
        new = np.isnan(year) & ~np.isnan(found)
        year = np.where(new, np.round(found), year)
        source[new] = name
    return year, source


def _roof_shapes(tags: pd.Series, use: Any, footprint_m2: FloatArray, profiles: pd.DataFrame) -> tuple[Any, Any]:
    told = np.array(
        [own.get("roof:shape", own.get("building:roof:shape", "")).strip().lower() for own in tags], dtype=object
    )
    # A number or a slip of the keyboard is no shape.
    told[[not text.replace("_", "").replace("-", "").isalpha() for text in told]] = ""
    from_part = profiles["roof_shape"].notna().to_numpy()
    pitched = np.isin(use, PITCHED_USES) & (footprint_m2 <= PITCHED_LARGEST_M2)
    shape = np.where(told != "", told, np.where(pitched, "gabled", "flat")).astype(object)
    source = np.where(told == "", "default", np.where(from_part, "from part", "tagged")).astype(object)
    return shape, source


def _osm_id(building_id: str) -> str | None:
    kind = {"w": "way", "r": "relation", "n": "node"}.get(building_id[:1])
    number = building_id[1:].split("-", maxsplit=1)[0]
    return f"{kind}/{number}" if kind and number.isdigit() else None


def _name_input(table: gpd.GeoDataFrame, tags: pd.Series) -> None:
    """Call input, not tagged, what a GeoJSON file told."""
    given = tags.map(lambda own: own.get("source:geojson") == "yes").to_numpy(dtype=bool)
    for column in [c for c in table.columns if c.endswith("_source")]:
        table.loc[given & (table[column] == "tagged").to_numpy(), column] = "input"
