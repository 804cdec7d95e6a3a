"""A quarter of the default district: real streets, pipes and buildings, few enough to lay networks in seconds."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import shapely

import gis_data

NAME = "quarter"
_WEST_M, _SOUTH_M, _EAST_M, _NORTH_M = 385_880.0, 6_672_370.0, 386_180.0, 6_672_640.0  # ETRS-TM35FIN


def save_quarter(folder: Path) -> Path:
    """Cut the quarter out of the default district and write it.

    Parameters
    ----------
    folder : pathlib.Path
        Where to.
    """
    whole = gis_data.load_district("helsinki-centre")
    cut = shapely.box(_WEST_M, _SOUTH_M, _EAST_M, _NORTH_M)
    buildings = whole.buildings[whole.buildings.geometry.representative_point().within(cut)]
    tables = {"buildings": buildings}
    for name, table in whole.tables.items():
        if "building_id" in table:
            tables[name] = table[table["building_id"].isin(buildings.index)]
        elif name not in tables:
            tables[name] = table[table.geometry.intersects(cut)]
    bounds = tuple(round(float(at), 6) for at in gpd.GeoSeries([cut], crs=whole.crs).to_crs("EPSG:4326").total_bounds)
    return gis_data.save_district(replace(whole, name=NAME, title="A quarter", bounds=bounds, tables=tables), folder)
