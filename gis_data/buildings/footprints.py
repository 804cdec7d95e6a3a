"""Footprints that are valid, apart from each other and worth having."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gis_data.features import Problem

SMALLEST_M2 = 4.0
"""Less is a cabinet, a bin or a slip of the mouse, m²."""
THINNEST_M = 0.5
"""A footprint that vanishes when half of this is taken off all round is a sliver, m."""
SAME_SHARE = 0.95
"""Two footprints that share this much of their union are one."""
INSIDE_SHARE = 0.9
"""A footprint of which this much lies in another is inside it."""
OVERLAP_NOISE_M2 = 1e-4
OVERLAP_REPORTED_M2 = 1.0
_POLYGON, _MULTI = 3, 6


def polygons_of(geometry: Any) -> list[Any]:
    """Polygons that a geometry holds, largest first, lines and points left out."""
    found = [piece for piece in shapely.get_parts([geometry], return_index=False) if piece.geom_type == "Polygon"]
    nested = [p for piece in shapely.get_parts([geometry]) if piece.geom_type == "MultiPolygon" for p in piece.geoms]
    return sorted([*found, *nested], key=lambda piece: (-piece.area, piece.bounds))


def repaired(frame: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, list[Problem]]:
    """Make every footprint a valid polygon; one of several polygons becomes several rows (`r55`, `r55-2`, ...).

    Parameters
    ----------
    frame : geopandas.GeoDataFrame
        Columns geometry, tags.
    """
    shapes = np.asarray(shapely.force_2d(frame.geometry.to_numpy()), dtype=object)
    problems: list[Problem] = []
    broken = ~shapely.is_valid(shapes)
    if broken.any():
        shapes[broken] = shapely.make_valid(shapes[broken], method="structure", keep_collapsed=False)
        problems += [Problem(str(i), "the outline crosses itself", "repaired") for i in frame.index[broken]]
    kinds = shapely.get_type_id(shapes)
    index, rows, pieces = [], [], []
    for row in range(len(shapes)):
        found = [shapes[row]] if kinds[row] == _POLYGON else polygons_of(shapes[row])
        for number, piece in enumerate(found, start=1):
            index.append(str(frame.index[row]) if number == 1 else f"{frame.index[row]}-{number}")
            rows.append(row)
            pieces.append(piece)
        if kinds[row] != _POLYGON and len(found) != 1:
            what = f"{len(found)} separate outlines" if found else "no area"
            problems.append(Problem(str(frame.index[row]), what, "repaired" if found else "dropped"))
    out = frame.iloc[rows].copy()
    out.index = pd.Index(index)
    out = out.set_geometry(gpd.GeoSeries(pieces, index=out.index, crs=frame.crs))
    small, why = _too_small(out.geometry.to_numpy())
    problems += [Problem(str(i), reason, "dropped") for i, reason in zip(out.index[small], why[small], strict=True)]
    return out[~small], problems


def _too_small(shapes: NDArray[Any]) -> tuple[NDArray[np.bool_], NDArray[Any]]:
    area = shapely.area(shapes)
    thin = np.zeros(len(shapes), dtype=bool)
    # Only a shape with little area for its outline can be thin: buffering them all would take long.
    suspect = np.flatnonzero(2 * area <= THINNEST_M * shapely.length(shapes))
    thin[suspect] = shapely.is_empty(shapely.buffer(shapes[suspect], -THINNEST_M / 2))
    why = np.array([f"only {a:.1f} m²" for a in area], dtype=object)
    why[thin] = "a sliver"
    return (area < SMALLEST_M2) | thin, why


def _worth(tags: Any) -> tuple[int, int]:
    """How much a feature tells: of two that are the same the more telling one stays."""
    return (int(tags.get("building") not in ("yes", None)), len(tags))


def _age(feature_id: str) -> tuple[int, str]:
    """Order of creation: OSM numbers its objects in turn."""
    digits = "".join(c for c in feature_id.split("-", maxsplit=1)[0] if c.isdigit())
    return (int(digits) if digits else 0, feature_id)


def without_duplicates(frame: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, list[Problem]]:
    """Drop a footprint that is another's again; the tags of both stay with the one that tells more."""
    shapes = frame.geometry.to_numpy()
    first, second, shared = _overlaps(shapes)
    area = shapely.area(shapes)
    same = shared > SAME_SHARE * (area[first] + area[second] - shared)
    tags = frame["tags"].to_numpy().copy()
    gone: set[int] = set()
    problems = []
    for a, b in zip(first[same], second[same], strict=True):
        if a in gone or b in gone:
            continue
        (_, _, keep), (_, _, drop) = sorted(
            [(tuple(-w for w in _worth(tags[i])), _age(str(frame.index[i])), i) for i in (a, b)]
        )
        tags[keep] = {**tags[drop], **tags[keep]}
        gone.add(drop)
        problems.append(Problem(str(frame.index[drop]), f"the same footprint as {frame.index[keep]}", "dropped"))
    stays = np.array([i not in gone for i in range(len(frame))], dtype=bool)
    return frame.assign(tags=tags)[stays], problems


def _overlaps(shapes: NDArray[Any]) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float64]]:
    """Pairs of rows that share area, and how much, m²."""
    first, second = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    once = first < second
    first, second = first[once], second[once]
    # Most pairs only touch: relate is much cheaper than building the intersection.
    touching = shapely.touches(shapes[first], shapes[second])
    first, second = first[~touching], second[~touching]
    order = np.lexsort((second, first))
    first, second = first[order], second[order]
    return first, second, shapely.area(shapely.intersection(shapes[first], shapes[second]))


def without_overlaps(
    frame: gpd.GeoDataFrame, stands_alone: Callable[[Any], bool]
) -> tuple[gpd.GeoDataFrame, list[Problem]]:
    """Trim footprints that overlap, so that each square metre belongs to one building.

    A building inside another one is cut out of it where it tells something of its own (`stands_alone`) and dropped
    otherwise. Where two overlap, the smaller one is trimmed, of two that are alike in size the newer one.

    Parameters
    ----------
    frame : geopandas.GeoDataFrame
        Columns geometry, tags.
    stands_alone : callable
        Takes tags, tells if a building with these is one although it lies within another.
    """
    shapes = frame.geometry.to_numpy().copy()
    first, second, shared = _overlaps(shapes)
    wide = shared > OVERLAP_NOISE_M2
    problems: list[Problem] = []
    gone: set[int] = set()
    area = shapely.area(shapes)
    ids = [str(i) for i in frame.index]
    pairs = sorted(
        (_by_rank(int(a), int(b), area, ids) for a, b in zip(first[wide], second[wide], strict=True)),
        key=lambda pair: (-area[pair[0]], pair),
    )
    for large, small in pairs:
        if large in gone or small in gone:
            continue
        overlap = float(shapely.area(shapely.intersection(shapes[large], shapes[small])))
        if overlap <= OVERLAP_NOISE_M2:
            continue
        inside = overlap > INSIDE_SHARE * area[small]
        if inside and not stands_alone(frame["tags"].iloc[small]):
            gone.add(small)
            problems.append(Problem(ids[small], f"lies inside {ids[large]} and tells nothing of its own", "dropped"))
            continue
        loser, winner = (large, small) if inside else (small, large)
        remainder = polygons_of(shapely.difference(shapes[loser], shapes[winner]))
        if not remainder or _too_small(np.array(remainder[:1], dtype=object))[0][0]:
            gone.add(loser)
            problems.append(Problem(ids[loser], f"nothing is left of it outside {ids[winner]}", "dropped"))
            continue
        shapes[loser] = remainder[0]
        if overlap > OVERLAP_REPORTED_M2:
            problems.append(Problem(ids[loser], f"overlapped {ids[winner]} by {overlap:.0f} m²", "repaired"))
    stays = np.array([i not in gone for i in range(len(frame))], dtype=bool)
    return frame.set_geometry(gpd.GeoSeries(shapes, index=frame.index, crs=frame.crs))[stays], problems


def _by_rank(a: int, b: int, area: NDArray[np.float64], ids: list[str]) -> tuple[int, int]:
    """Put the one first that keeps its ground: the larger, of two alike in size the older."""
    if abs(area[a] - area[b]) > 0.05 * max(area[a], area[b]):
        return (a, b) if area[a] > area[b] else (b, a)
    return (a, b) if _age(ids[a]) <= _age(ids[b]) else (b, a)
