"""Shapes that osmium could not assemble: unclosed rings, cut ways, missing members, outlines of building relations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from gis_data.features import Problem
from gis_data.readers.selection import is_area, is_building, is_needed, polygonal

if TYPE_CHECKING:
    from gis_data.readers.osm_file import Scan

_OUTER = {"", "outer", "outline"}


def finish_ways(scan: Scan) -> None:
    """Make the best of rings that osmium refused, of ways with missing nodes and of outlines that don't close."""
    for key, line in sorted(scan.rings.items()):
        area = polygonal([shapely.polygons(shapely.get_coordinates(_geometry(line)))])[0]
        _settle(scan, key, area, "the outline crosses itself")
    members = {member for roles in scan.members.values() for member, _ in roles}
    for key, runs in sorted(scan.runs.items()):
        tags = scan.tags[key]
        if not is_needed(tags, node=False):
            continue
        if is_building(tags):
            if key not in members or not _has_needed_relation(scan, key):
                scan.problems.append(Problem(key, "the extract cuts the building: nodes are missing", "dropped"))
        elif is_area(tags):
            _settle(scan, key, _closed(runs), "the extract cuts the area: nodes are missing")
        elif runs:
            scan.shapes[key] = shapely.multilinestrings([shapely.linestrings(run) for run in runs])
        elif tags.get("man_made") == "pipeline":  # streets end at every edge; a pipe that is missing is news
            what = "the extract cuts the pipeline: no two neighbouring nodes of it are here"
            scan.problems.append(Problem(key, what, "dropped"))
    for key, shape in sorted(scan.shapes.items()):
        if key[0] == "w" and is_building(scan.tags[key]) and key not in members:
            geometry = _geometry(shape)
            if shapely.get_dimensions(geometry) == 1:
                _close_building(scan, key, geometry)


def finish_relations(scan: Scan) -> None:
    """Give tags to old-style multipolygons, a shape to broken ones, and an outline to building relations."""
    for key in sorted(scan.members, key=lambda name: int(name[1:])):
        if scan.tags[key]["type"] == "building":
            _outline_building(scan, key)
            continue
        if not is_needed(scan.tags[key], node=False):
            _take_tags_of_outline(scan, key)
        if key not in scan.shapes and is_needed(scan.tags[key], node=False):
            _assemble_broken(scan, key)


def _geometry(shape: Any) -> Any:
    return shapely.from_wkb(shape) if isinstance(shape, str) else shape


def _settle(scan: Scan, key: str, area: Any, what: str) -> None:
    """Keep a repaired area, or drop it; say which."""
    if area is not None and not area.is_empty and area.area > 0:
        scan.shapes[key] = area
        scan.problems.append(Problem(key, what, "repaired"))
    else:
        scan.shapes.pop(key, None)
        scan.problems.append(Problem(key, what, "dropped"))


def _closed(runs: list[Any]) -> Any:
    """Area within stretches joined in their order by straight lines; None where they enclose nothing."""
    if not runs:
        return None
    points = np.concatenate(runs)
    if len(np.unique(points, axis=0)) < 3:
        return None
    return polygonal([shapely.polygons(points)])[0]


def _close_building(scan: Scan, key: str, line: Any) -> None:
    """Close an outline whose gap is short against its length, else drop it: nobody knows what it encloses."""
    points = shapely.get_coordinates(line)
    gap = shapely.linestrings(points[[0, -1]]).length
    # A wall of a rectangle is at most half of its outline: with one wall left out, the gap is at most the rest.
    area = _closed([points]) if len(points) >= 4 and gap <= line.length else None
    _settle(scan, key, area, "the building's outline is not closed")


def _has_needed_relation(scan: Scan, way: str) -> bool:
    return any(way == member for key in scan.members for member, _ in scan.members[key] if key in scan.shapes)


def _outline_building(scan: Scan, key: str) -> None:
    """One feature per building relation: its tags fill gaps of a tagged outline, else it bears the outline."""
    outlines = [member for member, role in scan.members[key] if role in _OUTER]
    own = {name: value for name, value in scan.tags[key].items() if name != "type"}
    tagged = [member for member in outlines if member in scan.shapes and "building" in scan.tags[member]]
    if tagged:
        for member in tagged:
            scan.tags[member] = own | scan.tags[member]
        return
    shapes = [area for member in outlines if (area := _member_area(scan, member)) is not None]
    if shapes:
        scan.tags[key] = {"building": "yes"} | scan.tags[key]
        scan.shapes[key] = polygonal([shapely.union_all(shapes)])[0]
    elif not any(role == "part" and member in scan.shapes for member, role in scan.members[key]):
        scan.problems.append(Problem(key, "the building relation has neither an outline nor a part here", "dropped"))


def _member_area(scan: Scan, member: str) -> Any:
    if member not in scan.shapes:
        return None
    geometry = _geometry(scan.shapes[member])
    if shapely.get_dimensions(geometry) == 1:
        geometry = _closed([shapely.get_coordinates(geometry)]) if geometry.is_closed else None
    return geometry if geometry is not None and shapely.get_dimensions(geometry) == 2 else None


def _take_tags_of_outline(scan: Scan, key: str) -> None:
    """Old-style multipolygon: the tags stand on the outer way. They move to the relation, which has the holes."""
    outers = [member for member, role in scan.members[key] if role in _OUTER and member in scan.tags]
    areas = [member for member in outers if is_area(scan.tags[member]) and is_needed(scan.tags[member], node=False)]
    if not areas or any(scan.tags[member] != scan.tags[areas[0]] for member in areas):
        return  # outlines that differ are things of their own
    if key not in scan.shapes and any(member not in scan.shapes for member in areas):
        return
    scan.tags[key] = scan.tags[areas[0]] | scan.tags[key]
    if key in scan.shapes:
        for member in areas:
            scan.shapes.pop(member, None)
        scan.problems.append(Problem(key, "the tags stood on the outline instead of the multipolygon", "repaired"))


def _assemble_broken(scan: Scan, key: str) -> None:
    """Shape of a multipolygon that is incomplete or crosses itself, from the members that there are."""
    tags = scan.tags[key]
    outer_keys = [member for member, role in scan.members[key] if role in _OUTER]
    inner_keys = [member for member, role in scan.members[key] if role == "inner"]
    cut = [member for member in outer_keys if member in scan.runs or member not in scan.tags]
    if is_building(tags) and cut:
        scan.problems.append(Problem(key, "the extract cuts the building: its outline is missing", "dropped"))
        return
    outer = _area_of_lines([line for member in outer_keys for line in _member_lines(scan, member)])
    if outer is None:
        scan.problems.append(Problem(key, "the outlines of the multipolygon do not close", "dropped"))
        return
    holes = [_area_of_lines(_member_lines(scan, member)) for member in inner_keys]
    for hole in holes:
        if hole is not None:
            outer = shapely.difference(outer, hole)
    area = polygonal([outer])[0]
    missing = any(hole is None for hole in holes) or bool(cut)
    _settle(
        scan, key, area, "members of the multipolygon are missing" if missing else "rings of the multipolygon cross"
    )


def _member_lines(scan: Scan, member: str) -> list[Any]:
    if member in scan.runs:
        return [shapely.linestrings(run) for run in scan.runs[member]]
    if member not in scan.shapes:
        return [_geometry(scan.rings[member])] if member in scan.rings else []
    geometry = _geometry(scan.shapes[member])
    if shapely.get_dimensions(geometry) == 2:
        geometry = shapely.boundary(geometry)
    return list(shapely.get_parts(geometry))


def _area_of_lines(lines: list[Any]) -> Any:
    """Area that lines enclose once they are joined end to end and what is still open is closed straight."""
    if not lines:
        return None
    merged = shapely.get_parts(shapely.line_merge(shapely.multilinestrings(lines)))
    areas = [area for line in merged if (area := _closed([shapely.get_coordinates(line)])) is not None]
    whole = shapely.union_all(areas) if areas else None
    return whole if whole is not None and whole.area > 0 else None
