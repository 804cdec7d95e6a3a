"""Which objects of OSM a district needs, which closed ways are areas, and what lies inside the bounds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

NEEDED_KEYS = (
    "building",
    "building:part",
    "addr:housenumber",
    "aeroway",
    "amenity",
    "club",
    "craft",
    "entrance",
    "healthcare",
    "highway",
    "historic",
    "landuse",
    "leisure",
    "man_made",
    "military",
    "natural",
    "office",
    "place",
    "power",
    "public_transport",
    "railway",
    "shop",
    "tourism",
    "water",
    "waterway",
)
"""Keys that some table of a district is made of; objects with none of them are not kept."""

_NODES_WITHOUT_USE = {"highway", "railway", "public_transport", "place", "waterway"}

# Values that make a closed way a line under a key that otherwise makes an area: the list of OSM's editor iD
# (id-area-keys) for the keys above; a key that is not listed makes no area.
_AREA_KEYS: dict[str, frozenset[str]] = {
    "building": frozenset({"no"}),
    "building:part": frozenset({"no"}),
    "aeroway": frozenset({"jet_bridge", "parking_position", "runway", "taxiway", "no"}),
    "amenity": frozenset({"bench", "weighbridge", "no"}),
    "club": frozenset({"no"}),
    "craft": frozenset({"no"}),
    "healthcare": frozenset({"no"}),
    "historic": frozenset({"citywalls", "no"}),
    "landuse": frozenset({"no"}),
    "leisure": frozenset({"slipway", "track", "no"}),
    "man_made": frozenset(
        {"breakwater", "carpet_hanger", "crane", "cutline", "dyke", "embankment", "groyne", "pipeline", "no"}
    ),
    "military": frozenset({"trench", "no"}),
    "natural": frozenset({"arch", "arete", "bay", "cliff", "coastline", "ridge", "strait", "tree_row", "valley", "no"}),
    "office": frozenset({"no"}),
    "place": frozenset({"no"}),
    "power": frozenset({"cable", "line", "minor_line", "no"}),
    "public_transport": frozenset({"stop_position", "no"}),
    "shop": frozenset({"no"}),
    "tourism": frozenset({"artwork", "no"}),
    "water": frozenset({"no"}),
}
_AREA_VALUES = {
    "highway": frozenset({"corridor", "elevator", "platform", "rest_area", "services"}),
    "railway": frozenset({"platform", "roundhouse", "station", "traverser", "turntable", "wash"}),
    "waterway": frozenset({"boatyard", "dam", "dock", "fuel", "riverbank"}),
}


def is_needed(tags: Mapping[str, str], *, node: bool) -> bool:
    """Whether some table is made of an object with these tags."""
    return any(key in tags and not (node and key in _NODES_WITHOUT_USE) for key in NEEDED_KEYS)


def is_area(tags: Mapping[str, str]) -> bool:
    """Whether a closed way with these tags is an area and not a loop."""
    if (told := tags.get("area")) in {"yes", "no"}:
        return told == "yes"
    return any(key in tags and tags[key] not in lines for key, lines in _AREA_KEYS.items()) or any(
        tags.get(key) in areas for key, areas in _AREA_VALUES.items()
    )


def is_building(tags: Mapping[str, str]) -> bool:
    """Whether the tags say building or part of one."""
    return "building" in tags or "building:part" in tags


def polygonal(shapes: Any) -> Any:
    """Polygons and multipolygons of each shape, repaired where invalid; empty where nothing has an area.

    Parameters
    ----------
    shapes : array of shapely.Geometry, shape (n,)

    Returns
    -------
    array of shapely.Geometry, shape (n,)
    """
    shapes = np.array(shapes, dtype=object, copy=True)
    bad = ~shapely.is_valid(shapes)
    shapes[bad] = shapely.make_valid(shapes[bad], method="structure", keep_collapsed=False)
    mixed = np.flatnonzero(shapely.get_type_id(shapes) == 7)
    for at in mixed:
        parts = shapely.get_parts(shapes[at])
        shapes[at] = shapely.union_all(parts[shapely.get_dimensions(parts) == 2])
    return shapes


def clip_to_region(frame: gpd.GeoDataFrame, region: Any) -> gpd.GeoDataFrame:
    """Features of a region: buildings whole, everything else cut at its edge.

    A building belongs to the region when a point on its surface does; its parts, and the points inside it, come
    along. Coastlines stay whole: the sea is made of them later, against the same edge.

    Parameters
    ----------
    frame : geopandas.GeoDataFrame
        Columns geometry (EPSG:4326) and tags.
    region : shapely.Polygon or shapely.MultiPolygon
        In degrees.
    """
    shapes = np.asarray(frame.geometry.to_numpy(), dtype=object)
    tags = frame["tags"].to_numpy()
    shapely.prepare(region)
    dimension = shapely.get_dimensions(shapes)
    built = np.fromiter((is_building(t) for t in tags), bool, len(tags)) & (dimension == 2)
    coast = np.fromiter((t.get("natural") == "coastline" for t in tags), bool, len(tags)) & (dimension == 1)
    spot = np.where(dimension == 2, shapely.point_on_surface(shapes), shapes)
    keep = coast | shapely.intersects(region, np.where(built, spot, shapes))
    loose = np.flatnonzero(~keep & (built | (dimension == 0)))
    homes = shapes[built & keep]
    if len(loose) and len(homes):
        found = shapely.STRtree(homes).query(spot[loose], predicate="intersects")[0]
        keep[loose[np.unique(found)]] = True
    cut = np.flatnonzero(keep & ~built & ~coast & (dimension > 0))
    cut = cut[~shapely.covers(region, shapes[cut])]
    shapes[cut] = _same_dimension(shapely.intersection(polygonal_or_line(shapes[cut]), region), dimension[cut])
    keep &= ~shapely.is_empty(shapes)
    return gpd.GeoDataFrame({"geometry": shapes, "tags": tags}, index=frame.index, crs="EPSG:4326")[keep]


def polygonal_or_line(shapes: Any) -> Any:
    """Shapes ready to be cut: invalid polygons repaired, lines as they are."""
    areas = shapely.get_dimensions(shapes) == 2
    shapes = np.array(shapes, dtype=object, copy=True)
    shapes[areas] = polygonal(shapes[areas])
    return shapes


def _same_dimension(shapes: Any, dimension: Any) -> Any:
    """Keep of every cut shape what has the dimension it had before."""
    out = np.array(shapes, dtype=object, copy=True)
    for at in np.flatnonzero(shapely.get_type_id(out) == 7):
        parts = shapely.get_parts(out[at])
        out[at] = shapely.union_all(parts[shapely.get_dimensions(parts) == dimension[at]])
    lost = shapely.get_dimensions(out) != dimension
    out[lost] = shapely.from_wkt("GEOMETRYCOLLECTION EMPTY")
    return out
