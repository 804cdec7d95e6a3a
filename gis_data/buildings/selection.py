"""Which features are buildings, which are parts of one, and which only bear the tag."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from gis_data.buildings.catalogue import BuildingValue, building_values
from gis_data.buildings.quantities import count, length_m
from gis_data.features import Features, Problem

Tags = Mapping[str, str]
_UNTOLD = BuildingValue(None, True, "")
_SILENT_KEYS = frozenset({"type", "source", "created_by"})
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
    """Look up what the tag `building` says; of several values ("retail;apartments") the first known one counts."""
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


@dataclass
class _Found:
    """Outlines and parts while relations and their ways are joined; keys are feature ids."""

    tags: dict[str, Tags]
    geometry: dict[str, Any]
    parts: dict[str, Any]
    problems: list[Problem]

    def drop(self, feature_id: str, what: str) -> None:
        del self.tags[feature_id], self.geometry[feature_id]
        self.problems.append(Problem(feature_id, what, "dropped"))


def candidates(features: Features, crs: str) -> Candidates:
    """Pick the buildings and the parts out of all features and put them into the metric CRS.

    Parameters
    ----------
    features : Features
        Raw features, EPSG:4326.
    crs : str
        The district's metric CRS.
    """
    told = dict(zip(features.frame.index, features.frame["tags"], strict=True))
    is_area = np.isin(features.frame.geometry.geom_type, ["Polygon", "MultiPolygon"])
    areas = {
        feature_id: shape
        for feature_id, shape, ok in zip(features.frame.index, features.frame.geometry, is_area, strict=True)
        if ok
    }
    found = _tagged(features, told, areas)
    owners = _join_relations(features, told, areas, found)
    for feature_id in list(found.tags):
        reason = reason_to_drop(found.tags[feature_id])
        if reason is not None:
            found.drop(feature_id, f"building={found.tags[feature_id].get('building', '')}: {reason}")
    outlines = _frame(found.geometry, [found.tags[i] for i in found.geometry], crs)
    parts = _frame(found.parts, [told[i] for i in found.parts], crs)
    parts["owner"] = [owners.get(i, "") if owners.get(i, "") in found.geometry else "" for i in found.parts]
    return Candidates(outlines, parts, tuple(found.problems))


def _frame(geometry: Mapping[str, Any], tags: list[Tags], crs: str) -> gpd.GeoDataFrame:
    index = list(geometry)
    frame = gpd.GeoDataFrame({"tags": np.array([*tags, None], dtype=object)[:-1]}, index=pd.Index(index, dtype=object))
    return frame.set_geometry(gpd.GeoSeries(list(geometry.values()), index=frame.index, crs="EPSG:4326")).to_crs(crs)


def _tagged(features: Features, told: Mapping[str, Tags], areas: Mapping[str, Any]) -> _Found:
    found = _Found({}, {}, {}, [])
    for feature_id, own in told.items():
        building, part = _is_building(own), _is_part(own)
        if feature_id in areas and building:
            found.tags[feature_id], found.geometry[feature_id] = own, areas[feature_id]
        elif feature_id in areas and part:
            found.parts[feature_id] = areas[feature_id]
        elif building and feature_id not in features.members:
            kind = "a point" if feature_id.startswith("n") else "a line"
            found.problems.append(
                Problem(feature_id, f"building={own['building']} on {kind}, which has no area", "dropped")
            )
    return found


def _join_relations(
    features: Features, told: Mapping[str, Tags], areas: Mapping[str, Any], found: _Found
) -> dict[str, str]:
    """Make one building of a relation and its outer way; return the owner of each part that a relation names."""
    owners: dict[str, str] = {}
    for relation_id, members in sorted(features.members.items()):
        own = told.get(relation_id, {})
        named = [i for i, role in members if role in ("outer", "outline", "") and i != relation_id]
        outer = [i for i in named if i in found.tags]
        parts = [i for i, role in members if role == "part"]
        if parts or own.get("type") == "building":
            owner = _outline_of(relation_id, own, named, areas, found)
            if owner is not None:
                owners |= _claim_parts(owner, parts, found)
        elif relation_id in found.geometry:
            for way_id in outer:
                found.tags[relation_id] = {**found.tags[way_id], **found.tags[relation_id]}
                found.drop(way_id, f"the outer way of {relation_id}, which is the same building")
        elif len(outer) == 1 and relation_id in areas and not (own.keys() - _SILENT_KEYS):
            # The old way of mapping: the tags on the outer way, the holes in a relation without tags.
            found.geometry[outer[0]] = areas[relation_id]
            found.problems.append(Problem(outer[0], f"the holes of its relation {relation_id} taken over", "repaired"))
    return owners


def _claim_parts(owner: str, parts: list[str], found: _Found) -> dict[str, str]:
    """Owner of each named part; what is tagged as a building of its own becomes a part."""
    for part_id in parts:
        if part_id in found.geometry and part_id != owner:
            found.parts[part_id] = found.geometry.pop(part_id)
            del found.tags[part_id]
    return dict.fromkeys(parts, owner)


def _outline_of(relation_id: str, own: Tags, named: list[str], areas: Mapping[str, Any], found: _Found) -> str | None:
    """Id under which the building of a `type=building` relation lives: its outline's."""
    outline = next((i for i in named if i in found.tags), None)
    if outline is None and relation_id in found.geometry:
        return relation_id
    outline = outline or next((i for i in named if i in areas), None)
    if outline is None:
        return None
    shared = {key: value for key, value in own.items() if key != "type"}
    found.tags[outline] = {"building": "yes", **shared, **found.tags.get(outline, {})}
    found.geometry[outline] = areas[outline]
    found.parts.pop(outline, None)
    if relation_id in found.geometry:
        found.drop(relation_id, f"the same building as its outline {outline}")
    return outline
