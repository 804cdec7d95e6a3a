"""Read `.osm`, `.osm.gz`, `.osm.bz2` and `.osm.pbf` with osmium: areas assembled, what is broken told."""

from __future__ import annotations

import gzip
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import geopandas as gpd
import numpy as np
import osmium
import shapely

from gis_data._errors import ReadError
from gis_data.features import Features, Problem, Source
from gis_data.readers.assembly import finish_relations, finish_ways
from gis_data.readers.ordering import write_ordered
from gis_data.readers.selection import NEEDED_KEYS, clip_to_region, is_area, is_needed

OSM_SUFFIXES = (".osm", ".osm.gz", ".osm.bz2", ".pbf", ".osm.xml")
UNKNOWN_DATE = "unknown"
"""Date of data whose file tells none."""
_RELATION_TYPES = ("multipolygon", "building")


class _NegativeIdError(Exception):
    """A way refers to a node with a negative id, whose location osmium does not keep."""


@dataclass
class Scan:
    """What one pass over a file finds, by feature id, before it becomes a frame.

    Attributes
    ----------
    tags : dict
        Tags of every node, way and relation that is kept.
    shapes : dict
        Points, lines of ways, polygons of assembled areas.
    rings : dict
        Line of each closed way that is an area, until osmium delivers its polygon.
    runs : dict
        For a way with missing nodes: the stretches between them, as arrays of shape (n, 2).
    members : dict
        (member id, role) of each multipolygon and building relation.
    problems : list of Problem
    """

    tags: dict[str, dict[str, str]] = field(default_factory=dict)
    shapes: dict[str, Any] = field(default_factory=dict)
    rings: dict[str, Any] = field(default_factory=dict)
    runs: dict[str, list[Any]] = field(default_factory=dict)
    members: dict[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def read_osm_file(
    path: str | Path,
    *,
    bounds: tuple[float, float, float, float] | None = None,
    region: Any = None,
    source: Source | None = None,
) -> Features:
    """Read the features that a district needs from an OSM file.

    Parameters
    ----------
    path : str or Path
        `.osm`, `.osm.gz`, `.osm.bz2` or `.osm.pbf`.
    bounds : tuple of float, optional
        West, south, east, north in degrees; by default the bounds in the file's header, else the extent of its
        buildings and 50 m around.
    region : shapely.Polygon, optional
        Take only what lies in this area, in degrees, instead of all within the bounds.
    source : Source, optional
        By default OpenStreetMap with its licence and the date of the data.

    Returns
    -------
    Features
        Buildings whole where a point on their surface lies inside; streets, land use and water cut at the edge.

    Raises
    ------
    ReadError
        If the file is missing, of another format or damaged.
    """
    path = Path(path)
    if not path.is_file():
        raise ReadError(f"{path}: there is no such file; name an OSM extract ({', '.join(OSM_SUFFIXES)}).")
    if not path.name.lower().endswith(OSM_SUFFIXES):
        raise ReadError(f"{path.name}: not a kind of OSM file that can be read; these can: {', '.join(OSM_SUFFIXES)}.")
    try:
        header = osmium.io.Reader(str(path), osmium.osm.NOTHING).header()
        scan = _scan_in_order(path)
    except (RuntimeError, ValueError, UnicodeDecodeError) as error:
        raise ReadError(f"{path.name}: the file is damaged or not OSM data ({error}); download it again.") from error
    finish_ways(scan)
    finish_relations(scan)
    frame = _frame(scan)
    if frame.empty:
        raise ReadError(f"{path.name}: the file holds no buildings, streets or land use.")
    cut_by_file = bounds is None and region is None
    if region is None:
        bounds = bounds or _header_box(header) or _extent(frame)
        region = shapely.box(*bounds)
    west, south, east, north = (float(value) for value in (bounds or region.bounds))
    inside = clip_to_region(frame, region)
    if cut_by_file:  # what a box leaves out that was asked for is no news
        scan.problems += _outside(frame, inside)
    date = _header_date(header) or _overpass_date(path) or _newest_date(path) or UNKNOWN_DATE
    return Features(
        frame=inside,
        bounds=(west, south, east, north),
        data_date=date,
        sources=(source or openstreetmap(date),),
        members=scan.members,
        problems=tuple(scan.problems),
    )


def _extent(frame: gpd.GeoDataFrame) -> tuple[float, float, float, float]:
    """Bounds of the buildings and 50 m around; exports of Overpass hold roads and forests that go on for miles."""
    areas = shapely.get_dimensions(np.asarray(frame.geometry, dtype=object)) == 2
    built = frame[areas & np.fromiter(("building" in tags for tags in frame["tags"]), bool, len(frame))]
    west, south, east, north = (float(value) for value in (built if len(built) else frame).total_bounds)
    margin = 50.0 / 111_200.0  # degrees of latitude
    wide = margin / max(np.cos(np.radians(north)), 0.01)
    return west - wide, south - margin, east + wide, north + margin


def _outside(frame: gpd.GeoDataFrame, inside: gpd.GeoDataFrame) -> list[Problem]:
    """Tell of buildings that a file holds beyond its own bounds."""
    left = frame[~frame.index.isin(inside.index)]
    areas = shapely.get_dimensions(np.asarray(left.geometry, dtype=object)) == 2
    keys = [key for key, tags in zip(left.index[areas], left["tags"][areas], strict=True) if "building" in tags]
    return [Problem(key, "the building lies outside the bounds of the file", "dropped") for key in keys]


def openstreetmap(date: str) -> Source:
    """OpenStreetMap as a source, with the attribution that its licence asks for."""
    return Source(
        name="OpenStreetMap",
        licence="ODbL-1.0",
        attribution="© OpenStreetMap contributors",
        url="https://www.openstreetmap.org/copyright",
        date=date,
    )


def _scan_in_order(path: Path) -> Scan:
    """Read the file; one whose objects don't stand in the order of their ids is sorted first."""
    try:
        return _scan(path)
    except RuntimeError as error:
        if "out of order" not in str(error):
            raise
    except _NegativeIdError:
        pass
    with TemporaryDirectory() as folder:
        ordered, old_ids = write_ordered(path, Path(folder))
        return _scan(ordered, old_ids)


def _scan(path: Path, old_ids: Mapping[int, int] | None = None) -> Scan:
    """Read the file once; osmium reads the relations before, to know which ways make areas."""
    scan = Scan()
    nodes_with_use = osmium.filter.KeyFilter(*NEEDED_KEYS).enable_for(osmium.osm.NODE)
    processor = osmium.FileProcessor(str(path)).with_areas().with_filter(nodes_with_use)
    wkb = osmium.geom.WKBFactory()
    for thing in processor:
        kind = thing.type_str()
        if kind == "n":
            tags = _tags(thing)
            if is_needed(tags, node=True) and thing.location.valid():
                key = f"n{(old_ids or {}).get(thing.id, thing.id)}"
                scan.tags[key] = tags
                scan.shapes[key] = wkb.create_point(thing)
        elif kind == "w":
            _scan_way(scan, thing, wkb)
        elif kind == "r":
            if thing.tags.get("type") in _RELATION_TYPES:
                scan.tags[f"r{thing.id}"] = _tags(thing)
                scan.members[f"r{thing.id}"] = tuple((f"{m.type}{m.ref}", m.role) for m in thing.members)
        else:
            _scan_area(scan, thing, wkb)
    return scan


def _scan_way(scan: Scan, way: Any, wkb: Any) -> None:
    """Keep a way's line; a closed one that is an area waits for osmium's polygon of it."""
    key = f"w{way.id}"
    tags = _tags(way)
    scan.tags[key] = tags
    if len(way.nodes) < 2:
        return
    try:
        line = wkb.create_linestring(way)
    except osmium.InvalidLocationError:
        _scan_cut_way(scan, key, way)
        return
    except RuntimeError:  # all its nodes lie on one spot, or osmium passed over missing ones at its beginning
        if not all(node.location.valid() for node in way.nodes):
            _scan_cut_way(scan, key, way)
        return
    if way.is_closed() and len(way.nodes) >= 4 and is_area(tags):
        scan.rings[key] = line
    else:
        scan.shapes[key] = line


def _scan_cut_way(scan: Scan, key: str, way: Any) -> None:
    """Keep the stretches of a way whose nodes are known."""
    if any(node.ref < 0 for node in way.nodes):
        raise _NegativeIdError
    places = [(node.lon, node.lat) if node.location.valid() else None for node in way.nodes]
    scan.runs[key] = _runs(places)


def _scan_area(scan: Scan, area: Any, wkb: Any) -> None:
    key = f"{'w' if area.from_way() else 'r'}{area.orig_id()}"
    if area.from_way() and key not in scan.rings:
        return  # a loop of a street, or a ring that only a relation uses
    try:
        scan.shapes[key] = wkb.create_multipolygon(area)
    except RuntimeError:
        return
    scan.rings.pop(key, None)


def _runs(places: list[tuple[float, float] | None]) -> list[Any]:
    """Stretches of at least two neighbouring known nodes."""
    runs: list[list[tuple[float, float]]] = [[]]
    for place in places:
        if place is not None:
            runs[-1].append(place)
        elif runs[-1]:
            runs.append([])
    return [np.array(run) for run in runs if len(run) >= 2]


def _frame(scan: Scan) -> gpd.GeoDataFrame:
    """Frame of all that has a shape and is of use, nodes first, each kind by number."""
    member_ids = {member for key in scan.members for member, _ in scan.members[key] if _of_building(scan, key)}
    ids = [
        key
        for key in scan.shapes
        if is_needed(scan.tags[key], node=key[0] == "n") or key in member_ids or _of_building(scan, key)
    ]
    ids.sort(key=lambda key: ("nwr".index(key[0]), int(key[1:])))
    shapes = [scan.shapes[key] for key in ids]
    geometry = np.array([None] * len(ids), dtype=object)
    raw = np.fromiter((isinstance(shape, str) for shape in shapes), bool, len(shapes))
    geometry[raw] = shapely.from_wkb(np.array([s for s in shapes if isinstance(s, str)], dtype=object))
    geometry[~raw] = np.array([s for s in shapes if not isinstance(s, str)], dtype=object)
    single = shapely.get_num_geometries(geometry) == 1
    geometry[single] = shapely.get_geometry(geometry[single], 0)
    tags = np.array([scan.tags[key] for key in ids], dtype=object)
    return gpd.GeoDataFrame({"geometry": geometry, "tags": tags}, index=ids, crs="EPSG:4326")


def _of_building(scan: Scan, key: str) -> bool:
    return scan.tags[key].get("type") == "building" and key in scan.members


def _tags(thing: Any) -> dict[str, str]:
    return {tag.k: tag.v for tag in thing.tags}


def _header_box(header: Any) -> tuple[float, float, float, float] | None:
    box = header.box()
    if not box.valid():
        return None
    return box.bottom_left.lon, box.bottom_left.lat, box.top_right.lon, box.top_right.lat


def _header_date(header: Any) -> str:
    """Date of the extract, ISO; empty where the header has none."""
    for key in ("osmosis_replication_timestamp", "timestamp"):
        if stamp := str(header.get(key) or ""):
            return stamp[:10]
    return ""


def _overpass_date(path: Path) -> str:
    """Date that Overpass writes at the top of its XML, ISO; osmium passes over it."""
    if not path.name.lower().endswith((".osm", ".xml", ".osm.gz")):
        return ""
    with gzip.open(path) if path.suffix.lower() == ".gz" else path.open("rb") as file:
        stamp = re.search(rb'osm_base="(\d{4}-\d\d-\d\d)', file.read(4096))
    return stamp[1].decode() if stamp else ""


def _newest_date(path: Path) -> str:
    """Date of the newest object, ISO; empty where objects bear no time stamps (libosmium gives them the epoch)."""
    newest = max((thing.timestamp for thing in osmium.FileProcessor(str(path))), default=None)
    return newest.date().isoformat() if newest is not None and newest.year > 1970 else ""
