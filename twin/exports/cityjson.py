"""Buildings as CityJSON 2.0: blocks of LoD 1.2 with their attributes and KPIs.

The format: Ledoux et al., CityJSON Specifications 2.0.1, 2023, https://www.cityjson.org/specs/2.0.1/.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from twin._errors import ExportError
from twin.exports.tables import building_table
from twin.results.results import Results, plain, whole_file

if TYPE_CHECKING:
    from pathlib import Path

    from gis_data.district import District

MILLIMETRE = 0.001
_SURFACES = ("GroundSurface", "RoofSurface", "WallSurface")
Ring = list[int]


class _Vertices:
    """Vertices of a city model, each once, as whole millimetres from an origin."""

    def __init__(self, origin: tuple[float, float, float]) -> None:
        self.origin = origin
        self.points: list[tuple[int, int, int]] = []
        self._place: dict[tuple[int, int, int], int] = {}

    def index(self, x: int, y: int, z: int) -> int:
        """Place of a vertex, which is added if it is new."""
        found = self._place.setdefault((x, y, z), len(self.points))
        if found == len(self.points):
            self.points.append((x, y, z))
        return found

    def flat(self, ring: Any) -> list[tuple[int, int]]:
        """Give a ring in whole millimetres, open, without points that fall together."""
        steps = np.rint((np.asarray(ring.coords)[:, :2] - self.origin[:2]) / MILLIMETRE).astype(np.int64)
        points = [tuple(point) for point in steps.tolist()]
        kept = [point for i, point in enumerate(points[:-1]) if point != points[i + 1]]
        return kept if len(set(kept)) >= 3 else []


def write_cityjson(results: Results, district: District, path: Path) -> Path:
    """Write the buildings as CityJSON 2.0.

    Every building is a solid, or several where its footprint is in several parts: the ground surface at the height of
    its underside (the terrain is taken as flat, at 0 m), walls, and a flat roof at its height; holes are kept. KPIs are
    attributes by the names of `kpis.csv`, whose endings are the units; what can't be told is left out.
    """
    city = city_model(results, district)
    with whole_file(path) as part:
        part.write_text(json.dumps(city, ensure_ascii=False, allow_nan=False, separators=(",", ":")), encoding="utf-8")
    return path


def city_model(results: Results, district: District) -> dict[str, Any]:
    """Build the CityJSON object that `write_cityjson` writes."""
    table = building_table(results, district)
    bounds = table.total_bounds
    vertices = _Vertices((float(np.floor(bounds[0])), float(np.floor(bounds[1])), 0.0))
    attributes = pd.DataFrame(table.drop(columns="geometry")).to_dict("records")
    objects: dict[str, Any] = {}
    for i, shape, record in zip(table.index, table.geometry, attributes, strict=True):
        geometry = _geometry(shape, float(record["min_height_m"]), float(record["height_m"]), vertices)
        if geometry is None:
            raise ExportError(f"the footprint of building {i} is thinner than a millimetre; mend it in the district")
        objects[str(i)] = {"type": "Building", "attributes": _attributes(record), "geometry": [geometry]}
    points = np.array(vertices.points) if vertices.points else np.zeros((1, 3), dtype=int)
    extent = [*points.min(axis=0), *points.max(axis=0)]
    shift = [*vertices.origin, *vertices.origin]
    return {
        "type": "CityJSON",
        "version": "2.0",
        "transform": {"scale": [MILLIMETRE] * 3, "translate": list(vertices.origin)},
        "metadata": {
            "title": str(results.dataset.attrs["title"]),
            "referenceSystem": f"https://www.opengis.net/def/crs/EPSG/0/{district.crs.rpartition(':')[2]}",
            "geographicalExtent": [round(o + v * MILLIMETRE, 3) for o, v in zip(shift, map(int, extent), strict=True)],
            **({"referenceDate": district.data_date} if _is_date(district.data_date) else {}),
        },
        "CityObjects": objects,
        "vertices": [list(point) for point in vertices.points],
    }


def _geometry(shape: Any, low_m: float, high_m: float, vertices: _Vertices) -> dict[str, Any] | None:
    low, high = round(low_m / MILLIMETRE), round(high_m / MILLIMETRE)
    solids = [_solid(part, low, max(high, low + 1), vertices) for part in shapely.get_parts(shape)]
    found = [solid for solid in solids if solid is not None]
    if not found:
        return None
    values = [[[0, 1, *([2] * (len(shell) - 2))]] for shell in found]
    single = len(found) == 1
    return {
        "type": "Solid" if single else "MultiSolid",
        "lod": "1.2",
        "boundaries": [found[0]] if single else [[shell] for shell in found],
        "semantics": {
            "surfaces": [{"type": name} for name in _SURFACES],
            "values": values[0] if single else values,
        },
    }


def _solid(part: Any, low: int, high: int, vertices: _Vertices) -> list[list[Ring]] | None:
    """Outer shell of a block: ground, roof, walls; every surface's normal points outwards."""
    part = shapely.orient_polygons(part)
    rings = [vertices.flat(ring) for ring in (part.exterior, *part.interiors)]
    if not rings[0]:
        return None
    rings = [ring for ring in rings if ring]
    up = [[vertices.index(x, y, high) for x, y in ring] for ring in rings]
    down = [[vertices.index(x, y, low) for x, y in reversed(ring)] for ring in rings]
    walls = []
    for ring in rings:
        for (x0, y0), (x1, y1) in zip(ring, [*ring[1:], ring[0]], strict=True):
            corners = ((x0, y0, low), (x1, y1, low), (x1, y1, high), (x0, y0, high))
            walls.append([[vertices.index(*corner) for corner in corners]])
    return [down, up, *walls]


def _attributes(record: dict[str, Any]) -> dict[str, Any]:
    known = {str(key): value for key, value in record.items() if value is not None and value is not pd.NA}
    return {key: value for key, value in plain(known).items() if value is not None and value != ""}


def _is_date(text: str) -> bool:
    try:
        return str(pd.Timestamp(text).date()) == text
    except ValueError:
        return False
