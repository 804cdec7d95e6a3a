"""A district of four buildings, drawn by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely.geometry import LineString, MultiPolygon, Point, Polygon, box

from gis_data import HELSINKI_NORMALS, District, Source, synthetic_weather

CRS = "EPSG:3067"
X, Y = 385_000.0, 6_672_000.0
SECTORS = {"N": 0.0, "E": 90.0, "S": 180.0, "W": 270.0}


def at(shape: Any) -> Any:
    from shapely.affinity import translate

    return translate(shape, X, Y)


def footprints() -> dict[str, Any]:
    """A block of flats, an office around a courtyard, a house in two parts, and a garage."""
    return {
        "w1": at(box(0, 0, 40, 15)),
        "w2": at(Polygon(box(60, 0, 100, 40).exterior, [box(75, 15, 85, 25).exterior])),
        "w3": at(MultiPolygon([box(0, 60, 10, 70), box(12, 60, 16, 64)])),
        "w4": at(box(30, 60, 36, 66)),
    }


def buildings() -> gpd.GeoDataFrame:
    shapes = footprints()
    frame = gpd.GeoDataFrame(
        {
            "osm_id": ["way/1", "way/2", "way/3", "way/4"],
            "name": ["Flats", None, None, None],
            "address": [None, "Street 2", None, None],
            "height_m": [18.0, 24.0, 6.0, 3.0],
            "min_height_m": [0.0, 0.0, 0.0, 0.0],
            "levels": [6.0, 6.0, 2.0, 1.0],
            "use": ["apartment_block", "office", "detached_house", "garage"],
            "construction_year": [1965, 1995, 1955, 1980],
            "heating_system": [None, None, "oil_boiler", None],
            "heating_system_source": [None, None, "tagged", None],
        },
        geometry=gpd.GeoSeries(shapes, crs=CRS),
        index=pd.Index(list(shapes), name="building_id"),
    )
    frame["footprint_m2"] = frame.geometry.area
    frame["floor_area_m2"] = frame["footprint_m2"] * frame["levels"]
    return frame


def roofs(of: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """One flat plane on each building, and the house's is split into two that face east and west at 30°."""
    rows = [(i, 0.0, 180.0, 0.5) for i in ("w1", "w2", "w4")] + [("w3", 30.0, 90.0, 0.3), ("w3", 30.0, 270.0, 0.3)]
    frame = gpd.GeoDataFrame(
        {
            "building_id": [row[0] for row in rows],
            "tilt_deg": [row[1] for row in rows],
            "azimuth_deg": [row[2] for row in rows],
            "usable_m2": [float(of.loc[row[0], "footprint_m2"]) * row[3] for row in rows],
            "height_m": [float(of.loc[row[0], "height_m"]) for row in rows],
        },
        geometry=[of.geometry.loc[row[0]] for row in rows],
        crs=CRS,
    )
    frame["area_m2"] = frame["usable_m2"] * 1.5
    return frame.set_axis(pd.Index(["w1-0", "w2-0", "w4-0", "w3-0", "w3-1"], name="roof_id"))


def walls(of: gpd.GeoDataFrame) -> pd.DataFrame:
    rows = []
    for i, row in of.iterrows():
        x0, y0, x1, y1 = row.geometry.bounds
        middle = {
            "N": ((x0 + x1) / 2, y1),
            "E": (x1, (y0 + y1) / 2),
            "S": ((x0 + x1) / 2, y0),
            "W": (x0, (y0 + y1) / 2),
        }
        for sector, azimuth in SECTORS.items():
            length = x1 - x0 if sector in "NS" else y1 - y0
            rows.append(
                (f"{i}-{sector}", i, azimuth, length * row["height_m"], 0.0, *middle[sector], row["height_m"] / 2)
            )
    columns = ["wall_id", "building_id", "azimuth_deg", "area_m2", "shared_m2", "x_m", "y_m", "height_m"]
    return pd.DataFrame(rows, columns=columns).set_index("wall_id")


def four_buildings(*, weather_seed: int = 0) -> District:
    frame = buildings()
    return District(
        name="four-buildings",
        title="Four buildings",
        crs=CRS,
        timezone="Europe/Helsinki",
        country="FI",
        bounds=(24.92, 60.17, 24.94, 60.18),
        data_date="2025-01-02",
        sources=(Source("Drawing", "CC0-1.0", "drawn by hand", "", "2025-01-02"),),
        tables={"buildings": frame, "roofs": roofs(frame), "walls": walls(frame)},
        weather=synthetic_weather(HELSINKI_NORMALS, 60.175, 24.93, altitude_m=4.0, utc_offset_h=2.0, seed=weather_seed),
    )


def hours(values: Any) -> Any:
    return np.asarray(values, dtype=np.float32)


def streets() -> gpd.GeoDataFrame:
    """A street between the buildings with one on each side, and one around them that closes a loop."""
    lines = {
        "s1": [(-30, 30), (20, 50), (110, 50)],
        "s2": [(20, -10), (20, 50), (20, 90)],
        "s3": [(110, -10), (110, 50), (110, 90)],
        "s4": [(20, -10), (110, -10)],
        "s5": [(20, 90), (110, 90)],
    }
    names = {"s1": "Middle Street", "s2": "West Street", "s3": "East Street"}
    return gpd.GeoDataFrame(
        {
            "kind": ["residential"] * len(lines),
            "name": [names.get(key) for key in lines],
            "width_m": [6.0] * len(lines),
            "width_source": ["default"] * len(lines),
            "layer": [0] * len(lines),
        },
        geometry=[at(LineString(line)) for line in lines.values()],
        index=pd.Index(list(lines), name="street_id"),
        crs=CRS,
    )


def pipes() -> gpd.GeoDataFrame:
    """A heat pipe beside the southern street, and a gas pipe of known width beside the western one."""
    return gpd.GeoDataFrame(
        {"carrier": ["heat", "gas"], "diameter_mm": [np.nan, 110.0], "operator": [None, None]},
        geometry=[at(LineString([(-28, -13), (105, -13)])), at(LineString([(17, -5), (17, 80)]))],
        index=pd.Index(["p1", "p2"], name="pipe_id"),
        crs=CRS,
    )


def power() -> gpd.GeoDataFrame:
    """A substation in the middle, a tramway's beside it, and a cabinet."""
    return gpd.GeoDataFrame(
        {"kind": ["substation", "substation", "cabinet"], "voltage_v": [np.nan, 750.0, np.nan], "name": [None] * 3},
        geometry=[at(box(45, 52, 49, 56)), at(Point(60, 60)), at(Point(70, 52))],
        index=pd.Index(["t1", "t2", "t3"], name="power_id"),
        crs=CRS,
    )


def four_buildings_with_streets() -> District:
    """Build the same district with streets, mapped pipes, a substation; flats and office buy district heat."""
    district = four_buildings()
    frame = district.buildings.copy()
    frame["heating_system"] = ["district_heating", "district_heating", "oil_boiler", None]
    frame["heating_system_source"] = ["tagged", "tagged", "tagged", None]
    tables = {"buildings": frame, "streets": streets(), "pipes": pipes(), "power": power()}
    return replace(district, tables={**district.tables, **tables})
