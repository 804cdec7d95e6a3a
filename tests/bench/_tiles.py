"""Cities for benchmarks: a district laid side by side until it has as many buildings as asked for."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely.affinity import translate

from gis_data import District

GAP_M = 20.0


def tiled(district: District, n: int) -> District:
    """The first n buildings of copies of a district in a square, with their roofs and walls and all that is mapped."""
    buildings = district.buildings
    copies = math.ceil(n / len(buildings))
    west, south, east, north = buildings.total_bounds
    side = math.ceil(math.sqrt(copies))
    parts: dict[str, list[Any]] = {name: [] for name in district.tables}
    left = n
    for k in range(copies):
        dx, dy = (k % side) * (east - west + GAP_M), (k // side) * (north - south + GAP_M)
        mine = buildings.iloc[: min(left, len(buildings))]
        left -= len(mine)
        for name, table in district.tables.items():
            if "building_id" in table:
                own = table[table["building_id"].isin(mine.index)]
                parts[name].append(_moved(own, k, dx, dy).assign(building_id=_named(own["building_id"], k)))
            else:
                parts[name].append(_moved(mine if name == "buildings" else table, k, dx, dy))
    tables = {name: _joined(frames) for name, frames in parts.items()}
    return replace(district, name=f"{district.name}-{n}", tables=tables)


def _moved(table: Any, k: int, dx: float, dy: float) -> Any:
    moved = table.copy()
    moved.index = pd.Index(_named(table.index, k), name=table.index.name)
    if "geometry" in moved:
        moved["geometry"] = gpd.GeoSeries(
            [translate(shape, dx, dy) for shape in table.geometry], index=moved.index, crs=table.crs
        )
    if "x_m" in moved:
        moved = moved.assign(x_m=moved["x_m"] + dx, y_m=moved["y_m"] + dy)
    return moved


def _named(ids: Any, k: int) -> Any:
    return np.array([f"{name}.{k}" for name in ids], dtype=object)


def _joined(frames: list[Any]) -> Any:
    joined = pd.concat(frames)
    return gpd.GeoDataFrame(joined, crs=frames[0].crs) if "geometry" in joined else joined
