"""Parts of buildings: which outline they belong to and how many storeys stand on each square metre."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gis_data.buildings.footprints import polygons_of
from gis_data.buildings.quantities import count, length_m
from gis_data.buildings.selection import reason_to_drop
from gis_data.buildings.years import tagged_year
from gis_data.features import Problem

BELONGS_SHARE = 0.5
"""A part belongs to the outline that holds at least this share of it."""
STOREY_HEIGHT_M = 3.5
"""Turns a part's height into storeys and back where it has only one of them, m."""
OPEN_ROOF_M = 0.1
_AREA_NOISE_M2 = 0.01

PROFILE_COLUMNS = ("covered_m2", "storey_area_m2", "top_levels", "top_height_m", "year", "roof_shape")


@dataclass(frozen=True)
class _Part:
    shape: Any
    low: float
    top: float
    height_m: float
    height_told: bool


def split_off_parts(outlines: gpd.GeoDataFrame, parts: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Move to the parts what is tagged as building and as part and lies inside another building."""
    both = outlines["tags"].map(lambda tags: tags.get("building:part", "no") != "no").to_numpy(dtype=bool)
    if not both.any():
        return outlines, parts
    rows = np.flatnonzero(both)
    owner = _owners(outlines, outlines.iloc[rows], own_rows=rows)
    moves = np.zeros(len(outlines), dtype=bool)
    moves[rows] = owner != ""
    moved = outlines[moves].assign(owner=owner[owner != ""])
    return outlines[~moves], gpd.GeoDataFrame(pd.concat([parts, moved]), crs=outlines.crs)


def _owners(outlines: gpd.GeoDataFrame, parts: gpd.GeoDataFrame, own_rows: Any = None) -> Any:
    """Id of the outline that holds most of each part, "" where none holds enough."""
    owner = np.full(len(parts), "", dtype=object)
    shapes, pieces = outlines.geometry.to_numpy(), parts.geometry.to_numpy()
    piece, outline = shapely.STRtree(shapes).query(pieces, predicate="intersects")
    if own_rows is not None:
        larger = (own_rows[piece] != outline) & (shapely.area(shapes[outline]) > shapely.area(pieces[piece]))
        piece, outline = piece[larger], outline[larger]
    share = shapely.area(shapely.intersection(pieces[piece], shapes[outline])) / shapely.area(pieces[piece])
    ids = outlines.index.to_numpy()
    # The best comes last and stays.
    for row in np.lexsort((outline, share)):
        if share[row] >= BELONGS_SHARE:
            owner[piece[row]] = ids[outline[row]]
    return owner


def assign_parts(
    outlines: gpd.GeoDataFrame, parts: gpd.GeoDataFrame
) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame, list[Problem]]:
    """Give each part its outline; a part that stands on the ground and in no building becomes one.

    Parameters
    ----------
    outlines : geopandas.GeoDataFrame
        Columns geometry, tags.
    parts : geopandas.GeoDataFrame
        Columns geometry, tags, owner ("" where unknown).

    Returns
    -------
    outlines : geopandas.GeoDataFrame
        With the parts that became buildings.
    parts : geopandas.GeoDataFrame
        Each with its owner.
    problems : list of Problem
        Parts without a building.
    """
    problems: list[Problem] = []
    if parts.empty:
        return outlines, parts, problems
    owner = parts["owner"].to_numpy(dtype=object).copy()
    loose = ~np.isin(owner, outlines.index)
    owner[loose] = _owners(outlines, parts[loose])
    risen = []
    for row in np.flatnonzero(owner == ""):
        tags, part_id = parts["tags"].iloc[row], str(parts.index[row])
        floats = (count(tags.get("building:min_level")) or 0) > 0 or (length_m(tags.get("min_height")) or 0) > 0
        is_open = reason_to_drop({**tags, "building": tags["building:part"]}) is not None
        risen.append(not (floats or is_open))
        what = "a part above ground or open, of no building" if not risen[-1] else "a part of no building, taken as one"
        problems.append(Problem(part_id, what, "kept" if risen[-1] else "dropped"))
    orphans = parts[owner == ""][np.array(risen, dtype=bool)].drop(columns="owner")
    orphans["tags"] = [{"building": "yes", **tags} for tags in orphans["tags"]]
    both = gpd.GeoDataFrame(pd.concat([outlines, orphans]), crs=outlines.crs) if len(orphans) else outlines
    return both, parts.assign(owner=owner)[owner != ""], problems


def _levels_and_height(tags: Mapping[str, str], levels: float, height_m: float) -> tuple[float, float, float, bool]:
    """(lowest storey, top storey, eaves' height, is it told) of a part; what it doesn't tell is the outline's."""
    own_levels, own_height = count(tags.get("building:levels")), length_m(tags.get("height"))
    if own_height is not None:
        own_height = max(own_height - (length_m(tags.get("roof:height")) or 0.0), OPEN_ROOF_M)
    if own_levels is None and own_height is not None:
        own_levels = max(round(own_height / STOREY_HEIGHT_M), 1)
    top = own_levels if own_levels is not None else levels
    height_told = own_height is not None
    if own_height is None:
        own_height = own_levels * STOREY_HEIGHT_M if own_levels is not None else height_m
    low = count(tags.get("building:min_level"))
    if low is None:
        low = round((length_m(tags.get("min_height")) or 0.0) / STOREY_HEIGHT_M)
    return low, top, own_height, height_told


def _columns(outline: Any, parts: list[_Part]) -> list[tuple[Any, list[_Part]]]:
    """Cut the covered part of the outline into areas that lie under the same parts."""
    columns: list[tuple[Any, list[_Part]]] = []
    for part in parts:
        rest = shapely.intersection(part.shape, outline)
        cut: list[tuple[Any, list[_Part]]] = []
        for shape, stack in columns:
            common = shapely.intersection(shape, rest)
            if common.area <= _AREA_NOISE_M2:
                cut.append((shape, stack))
                continue
            cut.append((common, [*stack, part]))
            alone = shapely.difference(shape, common)
            if alone.area > _AREA_NOISE_M2:
                cut.append((alone, stack))
            rest = shapely.difference(rest, common)
        if rest.area > _AREA_NOISE_M2 and polygons_of(rest):
            cut.append((rest, [part]))
        columns = cut
    return columns


def _storeys(stack: list[_Part], ground: float, outline_levels: float) -> float:
    """Storeys on a column: the union of its parts' intervals, and the outline's own storeys below the lowest."""
    intervals = sorted((part.low, part.top) for part in stack if part.top > part.low)
    lowest = min(part.low for part in stack)
    total = max(min(lowest, outline_levels if np.isfinite(outline_levels) else lowest) - ground, 0.0)
    reached = -np.inf
    for low, top in intervals:
        total += max(top - max(low, reached), 0.0)
        reached = max(reached, top)
    return total


def part_profiles(outlines: gpd.GeoDataFrame, parts: gpd.GeoDataFrame) -> pd.DataFrame:
    """Sum up what its parts tell of each building.

    Floor area is counted once: where parts lie above each other their storeys are joined, below a part that begins
    higher up stand the outline's own storeys.

    Parameters
    ----------
    outlines : geopandas.GeoDataFrame
        Index building_id; columns geometry, tags.
    parts : geopandas.GeoDataFrame
        Columns geometry, tags, owner.

    Returns
    -------
    pandas.DataFrame
        Index: the buildings that have parts. `covered_m2` of the footprint lie under parts, on them stand
        `storey_area_m2` of floor; `top_levels` and `top_height_m` are their means there, weighted by area
        (`top_height_m` is NaN where no part tells a height); `year` and `roof_shape` are those
        of the largest part that tells one.
    """
    rows: dict[Any, Any] = {}
    if parts.empty:
        return _profile_frame(rows)
    shapes = dict(zip(outlines.index, outlines.geometry, strict=True))
    told = dict(zip(outlines.index, outlines["tags"], strict=True))
    for owner, group in parts.groupby("owner", sort=True):
        if owner in shapes:
            rows[owner] = _profile(shapes[owner], told[owner], group)
    return _profile_frame(rows)


def _profile_frame(rows: dict[Any, Any]) -> pd.DataFrame:
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=list(PROFILE_COLUMNS))
    return frame.astype({name: "object" if name == "roof_shape" else "float64" for name in PROFILE_COLUMNS})


def _profile(outline: Any, tags: Mapping[str, str], group: gpd.GeoDataFrame) -> tuple[Any, ...]:
    levels = count(tags.get("building:levels"))
    levels = np.nan if levels is None else levels
    height_m = length_m(tags.get("height"))
    height_m = np.nan if height_m is None else max(height_m - (length_m(tags.get("roof:height")) or 0.0), OPEN_ROOF_M)
    ground = count(tags.get("building:min_level")) or 0.0
    ordered = group.assign(size=group.geometry.area).sort_values("size", ascending=False, kind="stable")
    year: float = np.nan
    roof_shape = None
    stack = []
    for shape, own in zip(ordered.geometry, ordered["tags"], strict=True):
        if reason_to_drop({**own, "building": own.get("building:part", "yes")}) is None:
            part = _Part(shape, *_levels_and_height(own, levels, height_m))
            # A part that tells no storeys counts as the outline around it.
            stack += [part] if np.isfinite(part.top) else []
        year = tagged_year(own) or np.nan if np.isnan(year) else year
        roof_shape = roof_shape or own.get("roof:shape")
    covered = storeys = top = height = 0.0
    for shape, over in _columns(outline, stack):
        area = shape.area
        covered += area
        storeys += area * _storeys(over, ground, levels)
        top += area * max(part.top for part in over)
        height += area * max(part.height_m for part in over)
    if covered == 0:
        return 0.0, 0.0, np.nan, np.nan, year, roof_shape
    # Without one told height the storeys say as much, and the building's use says how high they are.
    height = height / covered if any(part.height_told for part in stack) else np.nan
    return covered, storeys, top / covered, height, year, roof_shape
