"""Which features are buildings, which are parts of one, and which only bear the tag."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np

from gis_data.buildings.catalogue import BuildingValue, building_values
from gis_data.buildings.quantities import count, length_m
from gis_data.features import Features, Problem

Tags = Mapping[str, str]
_UNTOLD = BuildingValue(None, True, "")
_GONE = ("demolished", "razed", "removed", "destroyed", "ruins", "collapsed")


@dataclass(frozen=True)
class Candidates:
    """Areas that may be buildings.

    Attributes
    ----------
    outlines : geopandas.GeoDataFrame
        Index feature id; columns geometry (polygons in the metric CRS), tags.
    parts : geopandas.GeoDataFrame
        The same for `building:part`, with the column `owner`: the outline's id where a relation tells it, else "".
    problems : tuple of Problem
        What was left out and why.
    """

    outlines: gpd.GeoDataFrame
    parts: gpd.GeoDataFrame
    problems: tuple[Problem, ...]


def building_value(tags: Tags) -> BuildingValue:
    """What the tag `building` says; of several values ("retail;apartments") the first that is known counts."""
    known = building_values()
    for value in tags.get("building", "").split(";"):
        found = known.get(value.strip().lower().replace(" ", "_"))
        if found is not None:
            return found
    return _UNTOLD


def reason_to_drop(tags: Tags) -> str | None:
    """Why an area tagged as building is none, or None if it is one."""
    value = building_value(tags)
    if not value.keep:
        return value.note
    if tags.get("ship") == "yes" or tags.get("seamark:type") == "hulk":
        return "a ship"
    if any(tags.get(key, "no") != "no" for key in _GONE):
        return "a ruin"
    if tags.get("man_made") in ("canopy", "storage_tank", "silo", "gasometer", "chimney"):
        return "a " + tags["man_made"].replace("_", " ")
    if _underground(tags):
        return "underground"
    return None


def _underground(tags: Tags) -> bool:
    if tags.get("location") == "underground" or tags.get("tunnel") == "yes":
        return True
    levels = count(tags.get("building:levels"))
    above = (levels or 0) > 0 or (length_m(tags.get("height")) or 0) > 0 or (count(tags.get("roof:levels")) or 0) > 0
    if levels == 0 and not above:
        return True
    return tags.get("layer", "0").strip().startswith("-") and not above


def _is_part(tags: Tags) -> bool:
    return tags.get("building:part", "no") != "no"


def _is_building(tags: Tags) -> bool:
    return tags.get("building", "no") != "no"


def candidates(features: Features, crs: str) -> Candidates:
    """Pick the buildings and the parts out of all features and put them into the metric CRS.

    Parameters
    ----------
    features : Features
        Raw features, EPSG:4326.
    crs : str
        The district's metric CRS.
    """
    problems: list[Problem] = []
    tags: dict[str, Tags] = {}
    geometry: dict[str, Any] = {}
    parts: dict[str, Any] = {}
    area = dict(
        zip(features.frame.index, np.isin(features.frame.geometry.geom_type, ["Polygon", "MultiPolygon"]), strict=True)
    )
    shapes = dict(zip(features.frame.index, features.frame.geometry, strict=True))
    told = dict(zip(features.frame.index, features.frame["tags"], strict=True))
    for feature_id, own in told.items():
        building, part = _is_building(own), _is_part(own)
        if not (building or part):
            continue
        if not area[feature_id]:
            if building and feature_id not in features.members:
                what = (
                    f"building={own['building']} on a {'point' if feature_id.startswith('n') else 'line'}, not an area"
                )
                problems.append(Problem(feature_id, what, "dropped"))
        elif building:
            tags[feature_id], geometry[feature_id] = own, shapes[feature_id]
        else:
            parts[feature_id] = shapes[feature_id]
    owners = _join_relations(features, told, shapes, area, tags, geometry, parts, problems)
    for feature_id in list(tags):
        reason = reason_to_drop(tags[feature_id])
        if reason is not None:
            problems.append(Problem(feature_id, f"building={tags[feature_id]['building']}: {reason}", "dropped"))
            del tags[feature_id], geometry[feature_id]
    outlines = _frame(geometry, [tags[i] for i in geometry], crs)
    part_frame = _frame(parts, [told[i] for i in parts], crs)
    part_frame["owner"] = [owners.get(i, "") if owners.get(i, "") in geometry else "" for i in parts]
    return Candidates(outlines, part_frame, tuple(problems))


def _frame(geometry: Mapping[str, Any], tags: list[Tags], crs: str) -> gpd.GeoDataFrame:
    index = list(geometry)
    frame = gpd.GeoDataFrame({"tags": np.array([*tags, None], dtype=object)[:-1]}, index=index)
    return frame.set_geometry(gpd.GeoSeries(list(geometry.values()), index=index, crs="EPSG:4326")).to_crs(crs)


def _join_relations(
    features: Features,
    told: Mapping[str, Tags],
    shapes: Mapping[str, Any],
    area: Mapping[str, Any],
    tags: dict[str, Tags],
    geometry: dict[str, Any],
    parts: dict[str, Any],
    problems: list[Problem],
) -> dict[str, str]:
    """Make one building of a relation and its outer way; return the owner of each part that a relation names."""
    owners: dict[str, str] = {}
    for relation_id, members in sorted(features.members.items()):
        own = told.get(relation_id, {})
        outer = [i for i, role in members if role in ("outer", "outline", "") and i in tags and i != relation_id]
        named_parts = [i for i, role in members if role == "part"]
        if named_parts or own.get("type") == "building":
            owner = _outline_of(relation_id, own, outer, area, tags, geometry)
            if owner is None:
                continue
            for part_id in named_parts:
                owners[part_id] = owner
                if part_id in geometry and part_id != owner:
                    parts[part_id] = geometry.pop(part_id)
                    del tags[part_id]
        elif relation_id in geometry:
            for way_id in outer:
                _merge_way(relation_id, way_id, tags, geometry, problems)
        elif len(outer) == 1 and bool(area.get(relation_id)) and not (own.keys() - {"type", "source", "created_by"}):
            # The old way of mapping: the tags on the outer way, the holes in a relation without tags.
            geometry[outer[0]] = shapes[relation_id]
            problems.append(Problem(outer[0], f"the holes of its relation {relation_id} taken over", "repaired"))
    return owners


def _merge_way(
    relation_id: str, way_id: str, tags: dict[str, Tags], geometry: dict[str, Any], problems: list[Problem]
) -> None:
    if tags[way_id].get("building:part", "no") != "no" and tags[way_id].get("building", "yes") == "yes":
        return
    tags[relation_id] = {**tags[way_id], **tags[relation_id]}
    del tags[way_id], geometry[way_id]
    problems.append(Problem(way_id, f"the outer way of {relation_id}, which is the same building", "dropped"))


def _outline_of(
    relation_id: str,
    own: Tags,
    outer: list[str],
    area: Mapping[str, Any],
    tags: dict[str, Tags],
    geometry: dict[str, Any],
) -> str | None:
    """Id under which the building of a `type=building` relation lives: its outline's."""
    if outer:
        owner = outer[0]
        tags[owner] = {**{key: value for key, value in own.items() if key != "type"}, **tags[owner]}
        if relation_id in geometry:
            del geometry[relation_id], tags[relation_id]
        return owner
    return relation_id if bool(area.get(relation_id)) and relation_id in geometry else None
