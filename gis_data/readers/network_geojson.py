"""Read the geometry of a network from GeoJSON (RFC 7946): every mistake is told with its feature."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from gis_data._errors import GeoJsonError
from gis_data.quantities import parse_diameter_mm, parse_voltage_v
from gis_data.readers.geojson import feature_id, load_collection, shortened
from gis_data.schema import project

NETWORK_CARRIERS = ("heat", "cold", "gas", "hydrogen", "electricity")
"""Carriers that an imported network may have."""
_LINES = ("LineString", "MultiLineString")
_WIDEST_MM = 5000.0
_HIGHEST_V = 1_000_000.0


class _FeatureError(ValueError):
    """What is wrong with one feature."""


def read_network_geojson(path: str | Path, carrier: str, *, crs: str | None = None) -> gpd.GeoDataFrame:
    """Read pipes or cables as `street_graph` takes them.

    Parameters
    ----------
    path : str or Path
        A FeatureCollection of LineStrings or MultiLineStrings in WGS84. Properties, all optional: `diameter_mm` or
        `diameter`, `voltage_v` or `voltage`, `operator`, `name`, `carrier` (must then be the carrier asked for).
    carrier : str
        heat, cold, gas, hydrogen or electricity.
    crs : str, optional
        Metric CRS to return the lines in, the district's; by default they stay in degrees.

    Returns
    -------
    geopandas.GeoDataFrame
        As the table `pipes`, and columns voltage_v and name; index pipe_id: the feature's id, `g1`, `g2` by row
        without one, `g1-1`, `g1-2` for the pieces of a MultiLineString.

    Raises
    ------
    GeoJsonError
        If the carrier is unknown, the file is no GeoJSON in WGS84, or features are unusable; every one is named.
    """
    path = Path(path)
    if carrier not in NETWORK_CARRIERS:
        raise GeoJsonError(f"there is no carrier {carrier!r}; take one of {', '.join(NETWORK_CARRIERS)}.")
    errors: list[str] = []
    rows: dict[str, dict[str, Any]] = {}
    for number, feature in enumerate(load_collection(path)["features"], start=1):
        key = _id(feature, number)
        try:
            row, shape = _row(feature, carrier), _shape(feature)
        except _FeatureError as error:
            errors.append(f"feature {key} (row {number}): {error}")
            continue
        parts = shapely.get_parts(shape)
        names = [key] if len(parts) == 1 else [f"{key}-{k}" for k in range(1, len(parts) + 1)]
        doubled = [name for name in names if name in rows]
        errors += [f"feature {name} (row {number}): another has the same id; give each its own." for name in doubled]
        rows |= {name: row | {"geometry": part} for name, part in zip(names, parts, strict=True)}
    if errors:
        raise GeoJsonError("\n".join([f"{path.name} can't be used:", *(f"- {error}" for error in shortened(errors))]))
    frame = gpd.GeoDataFrame.from_dict(rows, orient="index").set_geometry("geometry", crs="EPSG:4326")
    frame.index.name = "pipe_id"
    columns = ["geometry", "carrier", "diameter_mm", "operator", "voltage_v", "name"]
    frame = frame[columns].astype({"diameter_mm": "float64", "voltage_v": "float64"})
    return frame if crs is None else frame.set_geometry(project(frame.geometry, crs))


def _id(feature: Any, number: int) -> str:
    sound = isinstance(feature, dict) and isinstance(feature.get("properties") or {}, dict)
    return feature_id(feature, number) if sound else f"g{number}"


def _shape(feature: Mapping[str, Any]) -> Any:
    """Lines of a feature, checked."""
    geometry = feature.get("geometry")
    if not isinstance(geometry, dict) or geometry.get("type") not in _LINES:
        kind = geometry.get("type") if isinstance(geometry, dict) else geometry
        raise _FeatureError(f"the geometry is {kind}; a pipe or cable is a LineString or a MultiLineString.")
    try:
        shape = shapely.force_2d(shapely.from_geojson(json.dumps(geometry)))
    except (shapely.errors.GEOSException, ValueError, TypeError) as error:
        raise _FeatureError(f"the coordinates of the {geometry['type']} are broken ({error}).") from error
    if shape is None or shape.is_empty:
        raise _FeatureError(f"the {geometry['type']} has no coordinates.")
    if not all(math.isfinite(value) for value in shape.bounds):
        raise _FeatureError("a coordinate is not a number.")
    west, south, east, north = shape.bounds
    if west < -180 or east > 180 or south < -90 or north > 90:
        raise _FeatureError(
            f"the coordinate {west:g}, {south:g} is not in degrees; it looks like metres: save the layer in WGS84."
        )
    if (shapely.length(shapely.get_parts(shape)) == 0.0).any():
        raise _FeatureError("a line has no length: all its points are one.")
    return shape


def _row(feature: Any, carrier: str) -> dict[str, Any]:
    """Attributes of a feature, checked."""
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        raise _FeatureError("not a Feature.")
    told = feature.get("properties") or {}
    if not isinstance(told, dict):
        raise _FeatureError("the properties are not an object.")
    if (own := told.get("carrier")) not in {None, "", carrier}:
        raise _FeatureError(f"its carrier is {own!r}, not {carrier!r}: import each carrier from a file of its own.")
    return {
        "carrier": carrier,
        "diameter_mm": _number(told, ("diameter_mm", "diameter"), parse_diameter_mm, _WIDEST_MM),
        "voltage_v": _number(told, ("voltage_v", "voltage"), parse_voltage_v, _HIGHEST_V),
        "operator": told.get("operator") or None,
        "name": told.get("name") or None,
    }


def _number(told: Mapping[str, Any], keys: tuple[str, str], parse: Any, most: float) -> float:
    """First of two properties that is there, above 0 and believable; NaN where neither is."""
    for key in keys:
        value = told.get(key)
        if value is None or value == "":
            continue
        number = float(value) if isinstance(value, int | float) and not isinstance(value, bool) else parse(str(value))
        if number is None or not 0.0 < number <= most:
            raise _FeatureError(f"{key} is {value!r}; give a number above 0 and up to {most:g}, or leave it out.")
        return float(number)
    return float(np.nan)
