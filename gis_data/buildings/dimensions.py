"""Storeys, heights and floor areas."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from gis_data.buildings.catalogue import use_rules
from gis_data.buildings.neighbours import FloatArray, neighbour_median
from gis_data.buildings.quantities import count, length_m
from gis_data.buildings.uses import DENSE_COVERAGE, Sizes
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
HALL_LEVELS = 3.0
MULTI_STOREY_M = 4.2
"""A hall of one storey may be 8 m high; from three storeys on a storey is at most this, m (assumed)."""
BLOCK_M2 = 300.0
SMALL_BLOCK_LEVELS = 2.0
LOW_M2 = 50.0
_LOW_USES = ("garage", "outbuilding")
_HOUSE_USES = ("detached_house", "row_house")
_HALL_USES = ("retail", "assembly", "sports", "industrial", "warehouse", "transport")


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


def storey_heights_m(use: Any, year: FloatArray, levels: FloatArray) -> FloatArray:
    """Floor to floor by use and age, m; halls that have several storeys are no longer halls.

    Parameters
    ----------
    use : array of str, shape (n,)
        Uses.
    year, levels : arrays of shape (n,)
        Construction year and storeys, NaN where unknown.
    """
    rules = use_rules()
    new = np.array([rules[u].storey_height_m for u in use], dtype=np.float64)
    old = np.array([rules[u].storey_height_before_1940_m for u in use], dtype=np.float64)
    storey = np.where(year < OLD_YEAR, old, new)
    return np.where(levels >= HALL_LEVELS, np.minimum(storey, MULTI_STOREY_M), storey)


def _fabric(use: Any, use_source: Any, footprint_m2: FloatArray, coverage: FloatArray) -> Any:
    """Group buildings whose storeys are alike where they stand together: low, house, hall, block."""
    group = np.full(len(use), "block", dtype=object)
    group[np.isin(use, _HOUSE_USES)] = "house"
    halls = np.isin(use, _HALL_USES)
    # In a city centre a department store fills a block as high as the blocks around; a church doesn't.
    in_block = (coverage >= DENSE_COVERAGE) & (footprint_m2 >= BLOCK_M2)
    in_block &= (use == "retail") | ((use == "assembly") & (use_source != "tagged"))
    group[halls & ~in_block] = "hall"
    group[np.isin(use, _LOW_USES) | (footprint_m2 < LOW_M2)] = "low"
    return group


def levels_and_heights(
    tags: pd.Series, use: Any, use_source: Any, *, year: FloatArray, sizes: Sizes, profiles: pd.DataFrame
) -> pd.DataFrame:
    """Storeys and eaves' height of each building with their sources.

    Parameters
    ----------
    tags : pandas.Series of dict
        Index building_id.
    use, use_source : arrays of str, shape (n,)
        Uses and where they come from.
    year : array of shape (n,)
        Construction year as far as it is known, NaN where not.
    sizes : Sizes
        Positions and coverage.
    profiles : pandas.DataFrame
        What the parts tell, see `part_profiles`; rows as in `tags`, with `footprint_m2`.

    Returns
    -------
    pandas.DataFrame
        Index building_id; levels, levels_source, height_m, height_source, min_height_m, own_levels (the outline's
        own, apart from its parts).
    """
    footprint_m2 = profiles["footprint_m2"].to_numpy(dtype=float)
    share = np.nan_to_num(profiles["covered_m2"].to_numpy(dtype=float)) / footprint_m2
    part_height = np.where(share >= PART_SHARE, profiles["top_height_m"].to_numpy(dtype=float), np.nan)
    part_levels = np.where(share >= PART_SHARE, profiles["top_levels"].to_numpy(dtype=float), np.nan)
    levels, levels_source = _told(tags, tagged_levels)
    height, height_source = _told(tags, tagged_height_m)
    # Parts speak for the rest of the building only where they are most of it and the outline is silent.
    most = np.where(share >= 0.5, np.round(part_levels, 1), np.nan)
    _fill(levels, levels_source, most, "from part")
    by_height = np.maximum(np.round(height / storey_heights_m(use, year, height / 4)), 1.0)
    _fill(levels, levels_source, by_height, "from height")
    fabric = _fabric(use, use_source, footprint_m2, sizes.coverage)
    is_low = fabric == "low"
    # A city block's height tells nothing of the annex in its courtyard, nor the annex of the block.
    band = np.where(footprint_m2 < BLOCK_M2, "-small", "-large").astype(object)
    same = np.where(is_low | ((fabric == "block") & np.isin(use, _HALL_USES)), fabric, use).astype(object)
    for groups, radius in ((same + band, 120.0), (fabric + band, 250.0)):
        near = neighbour_median(sizes.points, levels, groups, least=3, radius_m=radius)
        _fill(levels, levels_source, np.where(is_low, np.nan, near), "from neighbours")
    rules = use_rules()
    usual = np.array([rules[u].default_levels for u in use], dtype=np.float64)
    usual[(fabric == "block") & np.isin(use, _HALL_USES)] = rules["office"].default_levels
    # Outside a city centre a small office or block of flats is a low one.
    small = (fabric == "block") & (footprint_m2 < BLOCK_M2) & (sizes.coverage < DENSE_COVERAGE)
    usual[small] = np.minimum(usual[small], SMALL_BLOCK_LEVELS)
    _fill(levels, levels_source, np.where(is_low, 1.0, usual), "default")
    own_levels = levels.copy()
    mixed = ~np.isnan(part_levels)
    levels = np.where(mixed, np.round(share * part_levels + (1 - share) * own_levels, 1), levels)
    levels_source = np.where(mixed, "from part", levels_source)

    storey = storey_heights_m(use, year, levels)
    told = np.isin(levels_source, ["from neighbours", "default", "from part"])
    by_levels = np.where(told, levels_source, "from levels").astype(object)
    by_storeys = np.maximum(levels, 0.5) * storey
    rest = np.where(np.isnan(height), np.maximum(own_levels, 0.5) * storey, height)
    mixed = ~np.isnan(part_height)
    height_source = np.where(mixed, "from part", np.where(np.isnan(height), by_levels, height_source))
    height = np.where(mixed, share * part_height + (1 - share) * rest, np.where(np.isnan(height), by_storeys, height))
    base = _undersides(tags, storey)
    return pd.DataFrame(
        {
            "levels": levels,
            "levels_source": levels_source,
            "height_m": np.maximum(np.round(height, 2), LOWEST_M),
            "height_source": height_source,
            "min_height_m": np.where(base < height - LOWEST_M, np.round(base, 2), 0.0),
            "own_levels": own_levels,
        },
        index=tags.index,
    )


def _told(tags: pd.Series, read: Callable[[Mapping[str, str]], float | None]) -> tuple[FloatArray, Any]:
    values = as_array(read(own) for own in tags)
    return values, np.where(np.isnan(values), "", "tagged").astype(object)


def _fill(values: FloatArray, sources: Any, found: FloatArray, name: str) -> None:
    new = np.isnan(values) & ~np.isnan(found)
    values[new] = found[new]
    sources[new] = name


def _undersides(tags: pd.Series, storey: FloatArray) -> FloatArray:
    base = as_array(length_m(own.get("min_height")) for own in tags)
    by_level = as_array(count(own.get("building:min_level")) for own in tags) * storey
    return np.nan_to_num(np.where(np.isnan(base), by_level, base))


def floor_areas(tags: pd.Series, sizes: pd.DataFrame, profiles: pd.DataFrame) -> tuple[FloatArray, Any]:
    """Gross floor area above ground and its source; every storey counted once, parts with their own.

    Parameters
    ----------
    tags : pandas.Series of dict
        Index building_id.
    sizes : pandas.DataFrame
        As `levels_and_heights` returns it.
    profiles : pandas.DataFrame
        What the parts tell, rows as in `tags`, with `footprint_m2`.
    """
    footprint_m2 = profiles["footprint_m2"].to_numpy(dtype=float)
    covered = np.minimum(np.nan_to_num(profiles["covered_m2"].to_numpy(dtype=float)), footprint_m2)
    storeys_m2 = profiles["storey_area_m2"].to_numpy(dtype=float)
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
