"""Storeys, heights and floor areas."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from gis_data.buildings.catalogue import use_rules
from gis_data.buildings.neighbours import FloatArray, neighbour_median
from gis_data.buildings.quantities import count, length_m
from gis_data.features import Problem

MOST_LEVELS = 170.0
HIGHEST_M = 850.0
"""The tallest building on earth has 163 storeys and 828 m."""
LOWEST_M = 1.5
OLD_YEAR = 1940
ROOF_STOREY_SHARE = 0.6
"""Share of the footprint that is floor under a pitched roof (assumed)."""
PART_SHARE = 0.1
"""Parts that cover at least this share of the footprint tell its levels and height."""
_LOW_USES = ("garage", "outbuilding")


def tagged_levels(tags: Mapping[str, str]) -> float | None:
    """Storeys above ground as tagged, without those under the roof; 0 storeys under a roof count as tagged."""
    levels = count(tags.get("building:levels"))
    if levels is None:
        levels = count(tags.get("levels"))
    return levels if levels is not None and levels <= MOST_LEVELS else None


def tagged_height_m(tags: Mapping[str, str]) -> float | None:
    """Height of the eaves as tagged: `height` less `roof:height`, m."""
    height = length_m(tags.get("height"))
    if height is None:
        height = length_m(tags.get("building:height"))
    if height is None or not LOWEST_M <= height <= HIGHEST_M:
        return None
    roof = length_m(tags.get("roof:height")) or 0.0
    return height - roof if height - roof >= LOWEST_M else height


def tagged_floor_area_m2(tags: Mapping[str, str]) -> float | None:
    """Gross floor area as tagged, m²."""
    for key in ("building:floor_area", "building:area", "floor_area", "gross_floor_area"):
        text = tags.get(key, "").lower().replace("m²", "").replace("m2", "").replace("sqm", "").strip()
        area = length_m(text)
        if area is not None and area > 0:
            return area
    return None


def odd_numbers(tags: pd.Series) -> list[Problem]:
    """Levels and heights that say nothing: negative, not a number, taller than any building."""
    problems = []
    for building_id, own in tags.items():
        for key, read in (("building:levels", tagged_levels), ("height", tagged_height_m)):
            if key in own and read(own) is None:
                problems.append(
                    Problem(str(building_id), f"{key}={own[key]} is no usable number, inferred instead", "kept")
                )
    return problems


def as_array(values: Any) -> FloatArray:
    """Array of floats, NaN for None."""
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)


def storey_heights_m(use: Any, year: FloatArray) -> FloatArray:
    """Floor to floor by use and age, m."""
    rules = use_rules()
    new = np.array([rules[u].storey_height_m for u in use], dtype=np.float64)
    old = np.array([rules[u].storey_height_before_1940_m for u in use], dtype=np.float64)
    return np.where(year < OLD_YEAR, old, new)


def levels_and_heights(
    tags: pd.Series, use: Any, year: FloatArray, *, points: FloatArray, profiles: pd.DataFrame, footprint_m2: FloatArray
) -> pd.DataFrame:
    """Storeys and eaves' height of each building with their sources.

    Parameters
    ----------
    tags : pandas.Series of dict
        Index building_id.
    use : array of str, shape (n,)
        Uses.
    year : array of shape (n,)
        Construction year as far as it is known, NaN where not.
    points : array of shape (n, 2)
        Positions, m.
    profiles : pandas.DataFrame
        What the parts tell, see `part_profiles`.
    footprint_m2 : array of shape (n,)
        m².

    Returns
    -------
    pandas.DataFrame
        Index building_id; levels, levels_source, height_m, height_source, min_height_m, own_levels (the outline's
        own, apart from its parts).
    """
    rules = use_rules()
    storey = storey_heights_m(use, year)
    levels = as_array(tagged_levels(own) for own in tags)
    height = as_array(tagged_height_m(own) for own in tags)
    low = np.isin(use, _LOW_USES)
    levels_source = np.where(np.isnan(levels), "", "tagged").astype(object)
    height_source = np.where(np.isnan(height), "", "tagged").astype(object)

    part = profiles.reindex(tags.index)
    share = np.nan_to_num(part["covered_m2"].to_numpy(dtype=float)) / footprint_m2
    part_height, part_levels = part["top_height_m"].to_numpy(dtype=float), part["top_levels"].to_numpy(dtype=float)
    # Only parts that cover enough may speak for the whole where the outline is silent.
    whole = share >= 0.5
    _fill(levels, levels_source, np.where(whole, np.round(part_levels, 1), np.nan), "from part")
    _fill(height, height_source, np.where(whole, part_height, np.nan), "from part")
    _fill(levels, levels_source, np.maximum(np.round(height / storey), 1.0), "from height")
    near = neighbour_median(points, np.where(low, np.nan, levels), np.where(low, "low", use).astype(object))
    _fill(levels, levels_source, np.where(low, np.nan, near), "from neighbours")
    _fill(levels, levels_source, np.array([rules[u].default_levels for u in use]), "default")
    own_levels = levels.copy()

    from_levels = np.maximum(levels, 0.5) * storey
    guessed = np.isin(levels_source, ["from neighbours", "default"])
    _fill(height, height_source, np.where(guessed, np.nan, from_levels), "from levels")
    near_height = neighbour_median(points, np.where(low, np.nan, height), np.where(low, "low", use).astype(object))
    _fill(
        height,
        height_source,
        np.where(low | (levels_source != "from neighbours"), np.nan, near_height),
        "from neighbours",
    )
    _fill(height, height_source, from_levels, "default")

    mixed = (share >= PART_SHARE) & ~np.isnan(part_levels)
    blend = share * part_levels + (1 - share) * own_levels
    levels, levels_source = np.where(mixed, np.round(blend, 1), levels), np.where(mixed, "from part", levels_source)
    mixed = (share >= PART_SHARE) & ~np.isnan(part_height)
    rest = np.where(height_source == "from part", part_height, height)
    height = np.where(mixed, share * part_height + (1 - share) * rest, height)
    height_source = np.where(mixed, "from part", height_source)
    base = _undersides(tags, storey)
    sound = base < height - LOWEST_M
    return pd.DataFrame(
        {
            "levels": levels,
            "levels_source": levels_source,
            "height_m": np.maximum(np.round(height, 2), LOWEST_M),
            "height_source": height_source,
            "min_height_m": np.where(sound, np.round(base, 2), 0.0),
            "own_levels": own_levels,
        },
        index=tags.index,
    )


def _fill(values: FloatArray, sources: Any, found: FloatArray, name: str) -> None:
    new = np.isnan(values) & ~np.isnan(found)
    values[new] = found[new]
    sources[new] = name


def _undersides(tags: pd.Series, storey: FloatArray) -> FloatArray:
    base = as_array(length_m(own.get("min_height")) for own in tags)
    by_level = as_array(count(own.get("building:min_level")) for own in tags) * storey
    return np.nan_to_num(np.where(np.isnan(base), by_level, base))


def floor_areas(
    tags: pd.Series, sizes: pd.DataFrame, footprint_m2: FloatArray, profiles: pd.DataFrame
) -> tuple[FloatArray, Any]:
    """Gross floor area above ground and its source; every storey counted once, parts with their own.

    Parameters
    ----------
    tags : pandas.Series of dict
        Index building_id.
    sizes : pandas.DataFrame
        As `levels_and_heights` returns it.
    footprint_m2 : array of shape (n,)
        m².
    profiles : pandas.DataFrame
        What the parts tell.
    """
    part = profiles.reindex(tags.index)
    covered = np.minimum(np.nan_to_num(part["covered_m2"].to_numpy(dtype=float)), footprint_m2)
    storeys_m2 = part["storey_area_m2"].to_numpy(dtype=float)
    told = ~np.isnan(storeys_m2) & (covered > 0)
    low = np.nan_to_num(as_array(count(own.get("building:min_level")) for own in tags))
    own = sizes["own_levels"].to_numpy()
    low = np.where(low < own, low, 0.0)
    attic = np.nan_to_num(as_array(count(tag.get("roof:levels")) for tag in tags)) * ROOF_STOREY_SHARE
    floors = own - low + attic
    area = np.where(told, storeys_m2 + (footprint_m2 - covered) * floors, footprint_m2 * floors)
    tagged = as_array(tagged_floor_area_m2(tag) for tag in tags)
    source = np.where(told, "from part", "from levels").astype(object)
    source[~np.isnan(tagged)] = "tagged"
    area = np.where(np.isnan(tagged), area, tagged)
    # A roof on posts over a storey that is not there: at least half a storey of something.
    return np.round(np.maximum(area, 0.5 * footprint_m2 * (floors <= 0)), 2), source
