"""Small made-up towns: footprints in metres, as a reader would return them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import geopandas as gpd
import numpy as np
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from gis_data.features import Features

CRS = "EPSG:3067"
EAST, NORTH = 385_000.0, 6_672_000.0


def box(x: float, y: float, width: float, depth: float) -> Polygon:
    """Rectangle with its lower left corner at (x, y), m, near Helsinki."""
    x, y = EAST + x, NORTH + y
    return Polygon([(x, y), (x + width, y), (x + width, y + depth), (x, y + depth)])


def features(
    rows: Mapping[str, tuple[BaseGeometry, dict[str, str]]],
    members: Mapping[str, tuple[tuple[str, str], ...]] | None = None,
) -> Features:
    """Features out of {id: (geometry in metres, tags)}."""
    tags = np.empty(len(rows), dtype=object)
    tags[:] = [own for _, own in rows.values()]
    shapes: Any = gpd.GeoSeries([shape for shape, _ in rows.values()], index=list(rows), crs=CRS)
    frame = gpd.GeoDataFrame({"tags": tags}, index=list(rows), geometry=shapes).to_crs("EPSG:4326")
    west, south, east, north = frame.total_bounds
    return Features(frame, (west, south, east, north), "2024-01-01", (), members or {})
