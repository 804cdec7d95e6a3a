"""Read a GeoJSON file of buildings (RFC 7946): every mistake is told with its row."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from gis_data._errors import GeoJsonError
from gis_data.features import Features, Problem, Source
from gis_data.readers.selection import NEEDED_KEYS, polygonal

BUILDING_VALUE_OF_USE: Mapping[str, str] = {
    "detached_house": "detached",
    "row_house": "terrace",
    "apartment_block": "apartments",
    "assembly": "public",
    "sports": "sports_hall",
    "transport": "train_station",
    "outbuilding": "shed",
}
"""OSM's building value for those of gis_data.USES that have another name there."""

_TAG_OF_PROPERTY: Mapping[str, str] = {
    "height": "height",
    "height_m": "height",
    "levels": "building:levels",
    "floors": "building:levels",
    "storeys": "building:levels",
    "year": "start_date",
    "construction_year": "start_date",
    "year_built": "start_date",
    "roof_shape": "roof:shape",
    "min_height_m": "min_height",
    "heating_system": "heating_system",
}
_OWN = frozenset({"id", "osm_id", "@id", "use", "address", *_TAG_OF_PROPERTY})
_SHAPES = {"Point", "LineString", "MultiLineString", "Polygon", "MultiPolygon"}
_OSM_ID = re.compile(r"^(node|way|relation|n|w|r)/?(\d+)$")
_ADDRESS = re.compile(r"^(?P<street>.*?\D)\s+(?P<number>\d.*)$")
_WGS84 = re.compile(r"(CRS:?:?84|EPSG:?:?4326)$", re.IGNORECASE)
_LISTED = 20


def read_geojson(path: str | Path, *, source: Source | None = None) -> Features:
    """Read buildings, and whatever else bears OSM's tags, from a GeoJSON file in WGS84.

    Parameters
    ----------
    path : str or Path
        A FeatureCollection. Properties of a building: `id`, `height`, `levels` or `building:levels`, `use` (one of
        gis_data.USES) or `building`, `year` or `start_date`, `name`, `address`. Other properties pass as OSM's tags.
        An area that has none of OSM's main keys is a building.
    source : Source, optional
        Whose data it is; by default the file's name with an unknown licence.

    Returns
    -------
    Features
        Ids: `w123` of `way/123`, the id itself where the file gives one (`g7` where it is a number), else `g1`, `g2`
        by row.

    Raises
    ------
    GeoJsonError
        If the file is no GeoJSON, not in WGS84, or rows are unusable; every row is named.
    """
    path = Path(path)
    collection = load_collection(path)
    errors: list[str] = []
    ids: list[str] = []
    shapes: list[Any] = []
    tags: list[dict[str, str]] = []
    problems: list[Problem] = []
    for number, feature in enumerate(collection["features"], start=1):
        try:
            told = _shape(feature)
            shape = _repaired(told)
            row_tags = _tags(feature.get("properties") or {}, shape)
        except _RowError as error:
            errors.append(f"row {number}: {error}")
            continue
        ids.append(feature_id(feature, number))
        tags.append(row_tags)
        shapes.append(shape)
        if shape is not told:
            problems.append(Problem(ids[-1], "the outline crosses itself", "repaired"))
    doubled = {key for key in ids if ids.count(key) > 1} if len(set(ids)) < len(ids) else set()
    errors += [f"the id {key} stands in several rows; give each its own." for key in sorted(doubled)]
    if errors:
        raise GeoJsonError("\n".join([f"{path.name} can't be used:", *(f"- {error}" for error in shortened(errors))]))
    frame = gpd.GeoDataFrame(
        {"geometry": np.array(shapes, dtype=object), "tags": np.array([*tags, None], dtype=object)[:-1]},
        index=ids,
        crs="EPSG:4326",
    )
    areas = shapely.get_dimensions(np.array(shapes, dtype=object)) == 2
    if not areas.any():
        raise GeoJsonError(f"{path.name}: the file holds no areas; a building is a Polygon or a MultiPolygon.")
    west, south, east, north = (float(value) for value in frame.total_bounds)
    date = str(collection.get("date") or collection.get("timestamp") or "unknown")[:10]
    return Features(
        frame=frame,
        bounds=(west, south, east, north),
        data_date=date if re.fullmatch(r"\d{4}-\d\d-\d\d", date) else "unknown",
        sources=(source or Source(path.name, "unknown", f"Data of {path.name}", "", date),),
        problems=tuple(problems),
    )


class _RowError(ValueError):
    """What is wrong with one row."""


def load_collection(path: Path) -> dict[str, Any]:
    """Read a FeatureCollection in WGS84; what it is not is told."""
    try:
        collection = json.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as error:
        raise GeoJsonError(f"{path}: there is no such file.") from error
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise GeoJsonError(f"{path.name}: not a GeoJSON file ({error}).") from error
    if not isinstance(collection, dict) or collection.get("type") != "FeatureCollection":
        raise GeoJsonError(f"{path.name}: not a FeatureCollection; save the layer as GeoJSON (RFC 7946).")
    if not isinstance(collection.get("features"), list) or not collection["features"]:
        raise GeoJsonError(f"{path.name}: the list of features is missing or empty.")
    if (named := collection.get("crs")) is not None:
        properties = named.get("properties") if isinstance(named, dict) else None
        crs = str(properties.get("name", "")) if isinstance(properties, dict) else str(named)
        if not _WGS84.search(crs):
            raise GeoJsonError(f"{path.name}: the coordinates are in {crs}; save the layer in WGS84 (EPSG:4326).")
    return collection


def _shape(feature: Any) -> Any:
    """Shape of a feature, checked and repaired."""
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        raise _RowError("not a Feature.")
    geometry = feature.get("geometry")
    if not isinstance(geometry, dict) or geometry.get("type") not in _SHAPES:
        kind = geometry.get("type") if isinstance(geometry, dict) else geometry
        raise _RowError(f"the geometry is {kind}; a building is a Polygon or a MultiPolygon.")
    try:
        shape = shapely.force_2d(shapely.from_geojson(json.dumps(geometry)))
    except (shapely.errors.GEOSException, ValueError, TypeError) as error:
        raise _RowError(f"the coordinates of the {geometry['type']} are broken ({error}).") from error
    if shape is None or shape.is_empty:
        raise _RowError(f"the {geometry['type']} has no coordinates.")
    west, south, east, north = shape.bounds
    if not all(math.isfinite(value) for value in shape.bounds):
        raise _RowError("a coordinate is not a number.")
    if west < -180 or east > 180 or south < -90 or north > 90:
        raise _RowError(
            f"the coordinate {west:g}, {south:g} is not in degrees; it looks like metres: save the layer in WGS84."
        )
    return shape


def _repaired(shape: Any) -> Any:
    """Shape made valid; an outline that encloses nothing is a mistake of the row."""
    if shapely.get_dimensions(shape) < 2 or shape.is_valid:
        return shape
    area = polygonal([shape])[0]
    if area.is_empty or area.area == 0:
        raise _RowError("the outline encloses nothing.")
    return area


def _tags(properties: Any, shape: Any) -> dict[str, str]:
    if not isinstance(properties, dict):
        raise _RowError("the properties are not an object.")
    told = {str(key): text for key, value in properties.items() if (text := _text(value)) is not None}
    tags = {key: value for key, value in told.items() if key not in _OWN}
    for name, tag in _TAG_OF_PROPERTY.items():
        if name in told:
            tags.setdefault(tag, told[name])
    if "address" in told and "addr:street" not in tags:
        match = _ADDRESS.match(told["address"])
        tags["addr:street"] = match["street"] if match else told["address"]
        if match:
            tags["addr:housenumber"] = match["number"]
    if "use" in told:
        tags.setdefault("building", BUILDING_VALUE_OF_USE.get(told["use"], told["use"]))
    if shapely.get_dimensions(shape) == 2 and not any(key in tags for key in NEEDED_KEYS if key != "addr:housenumber"):
        tags["building"] = "yes"
    tags["source:geojson"] = "yes"
    return tags


def _text(value: Any) -> str | None:
    """Property as a tag's text: whole numbers without a point, nothing for null and structures."""
    if value is None or isinstance(value, dict | list) or value == "":
        return None
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.15g}" if math.isfinite(value) else None
    return str(value).strip()


def feature_id(feature: Mapping[str, Any], number: int) -> str:
    """Give a feature's id: as it tells itself (`w123` of `way/123`, `g7` of 7), else by its row, from 1."""
    properties = feature.get("properties") or {}
    for told in (properties.get("osm_id"), properties.get("@id"), feature.get("id"), properties.get("id")):
        text = _text(told)
        if text:
            if match := _OSM_ID.match(text):
                return f"{match[1][0]}{match[2]}"
            return f"g{text}" if text.lstrip("-").isdecimal() else text
    return f"g{number}"


def shortened(errors: list[str]) -> list[str]:
    """Keep the first errors and how many more there are."""
    more = len(errors) - _LISTED
    return errors if more <= 0 else [*errors[:_LISTED], f"and {more} more"]
