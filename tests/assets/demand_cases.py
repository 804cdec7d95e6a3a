"""Buildings, weather and light that the tests of demand share."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd
import pvlib

from assets.demand import Demand, archetypes, building_demand

HELSINKI = {"latitude": 60.2, "longitude": 25.0, "timezone": "Europe/Helsinki", "country": "FI"}
INDEX = pd.date_range("2024-12-31 22:00", periods=8760, freq="h", tz="UTC")
EPW = Path(__file__).resolve().parents[3] / "shared" / "data" / "weather" / "FIN_Helsinki.029740_IWEC.epw"

# Length, width, storeys, height of a storey (m) and exposed share of the walls of a typical building of each use.
TYPICAL = {
    "detached_house": (12.0, 10.0, 1.5, 3.0, 1.0),
    "row_house": (30.0, 10.0, 2.0, 3.0, 1.0),
    "apartment_block": (40.0, 13.0, 5.0, 3.0, 0.75),
    "office": (50.0, 16.0, 6.0, 3.6, 0.75),
    "retail": (50.0, 30.0, 2.0, 4.5, 0.8),
    "hotel": (45.0, 16.0, 6.0, 3.3, 0.75),
    "school": (60.0, 25.0, 3.0, 4.0, 1.0),
    "university": (70.0, 25.0, 4.0, 4.0, 0.9),
    "hospital": (80.0, 25.0, 5.0, 4.0, 0.9),
    "assembly": (40.0, 25.0, 2.0, 6.0, 1.0),
    "sports": (50.0, 30.0, 1.0, 8.0, 1.0),
    "industrial": (60.0, 40.0, 1.0, 7.0, 1.0),
    "warehouse": (60.0, 40.0, 1.0, 8.0, 1.0),
    "transport": (60.0, 25.0, 2.0, 6.0, 1.0),
    "garage": (20.0, 6.0, 1.0, 3.0, 0.8),
    "outbuilding": (8.0, 5.0, 1.0, 3.0, 1.0),
}


def buildings_of(uses: list[str], years: list[int]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A typical building of each use and year, and its four walls."""
    rows, walls = [], []
    for use, year in zip(uses, years, strict=True):
        length, width, levels, storey, exposed = TYPICAL[use]
        name = f"{use}-{year}"
        rows.append((name, use, year, length * width * levels, length * width, levels * storey, levels))
        walls += [
            (name, azimuth, side * levels * storey * exposed)
            for azimuth, side in ((0.0, length), (90.0, width), (180.0, length), (270.0, width))
        ]
    columns = ["building_id", "use", "construction_year", "floor_area_m2", "footprint_m2", "height_m", "levels"]
    return (
        pd.DataFrame(rows, columns=columns).set_index("building_id"),
        pd.DataFrame(walls, columns=["building_id", "azimuth_deg", "area_m2"]),
    )


@lru_cache(maxsize=1)
def helsinki_weather() -> pd.DataFrame:
    """The typical year at Helsinki-Vantaa where it is present, else a year generated from the normals."""
    if EPW.is_file():
        table, _ = pvlib.iotools.read_epw(EPW, coerce_year=2025)
        columns = {"air_temp_c": "temp_air", "ghi_w_m2": "ghi", "dni_w_m2": "dni", "dhi_w_m2": "dhi"}
        return pd.DataFrame({ours: table[theirs].to_numpy() for ours, theirs in columns.items()}, index=INDEX)
    from gis_data.weather import HELSINKI_NORMALS, synthetic_weather

    return synthetic_weather(
        HELSINKI_NORMALS, HELSINKI["latitude"], HELSINKI["longitude"], altitude_m=20.0, utc_offset_h=2.0
    ).table


@lru_cache(maxsize=1)
def helsinki_light() -> np.ndarray:
    """The light of `helsinki_weather`."""
    return light(helsinki_weather())


def light(weather: pd.DataFrame) -> np.ndarray:
    """Nine unshaded planes: walls to the eight directions and the flat roof, W/m²."""
    middle = weather.index + pd.Timedelta(minutes=30)
    sun = pvlib.solarposition.get_solarposition(middle, HELSINKI["latitude"], HELSINKI["longitude"])
    extra = pvlib.irradiance.get_extra_radiation(middle).to_numpy()
    planes = [
        pvlib.irradiance.get_total_irradiance(
            tilt, azimuth, sun["apparent_zenith"].to_numpy(), sun["azimuth"].to_numpy(),
            weather["dni_w_m2"].to_numpy(), weather["ghi_w_m2"].to_numpy(), weather["dhi_w_m2"].to_numpy(),
            dni_extra=extra, model="haydavies",
        )["poa_global"]
        for tilt, azimuth in [(90.0, 45.0 * sector) for sector in range(8)] + [(0.0, 180.0)]
    ]  # fmt: skip
    return np.nan_to_num(np.maximum(planes, 0.0)).astype(np.float32)


def shared_planes(n: int) -> tuple[np.ndarray, np.ndarray]:
    """The light of `helsinki_light` and an index that gives all buildings the same nine planes."""
    return helsinki_light(), np.tile(np.arange(9, dtype=np.int32), (n, 1))


def demand_of(
    buildings: pd.DataFrame, walls: pd.DataFrame, parameters: pd.DataFrame | None = None, seed: int = 0
) -> Demand:
    """The demand in Helsinki's typical year."""
    if parameters is None:
        parameters = archetypes(buildings["use"], buildings["construction_year"])
    return building_demand(
        buildings, walls, parameters, helsinki_weather(), wall_irradiance=shared_planes(len(buildings)), seed=seed,
        **HELSINKI,
    )  # fmt: skip
