"""Buildings with their KPIs as tables: GeoJSON, GeoParquet and CSV."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from twin._errors import ExportError
from twin.results.kpis import district_kpis, kpi_table
from twin.results.results import Results, plain, whole_file
from twin.results.schema import names_of, variable_of
from twin.results.totals import district_hours

if TYPE_CHECKING:
    from gis_data.district import District

WGS84 = "EPSG:4326"
_DECIMALS_DEG = 7
"""Degrees: a centimetre, as RFC 7946 advises."""
_EDITED = ("heating_system", "heating_system_source", "retrofit_level", "pv_share")


def building_table(results: Results, district: District) -> gpd.GeoDataFrame:
    """Join the buildings' attributes, as the scenario has them, and their KPIs.

    Returns
    -------
    geopandas.GeoDataFrame
        Index building id, in the district's CRS; numbers that can't be told are NaN.
    """
    values = kpi_table(results)
    table = district.buildings.loc[values.index].copy()
    for name in _EDITED:
        table[name] = results.dataset[name].to_numpy()
    return table.join(values)


def write_geojson(results: Results, district: District, path: Path) -> Path:
    """Write the buildings as GeoJSON (RFC 7946: WGS 84, outer rings counter-clockwise)."""
    table = building_table(results, district)
    shapes = shapely.orient_polygons(np.asarray(table.geometry.to_crs(WGS84).array))
    shapes = shapely.transform(shapes, lambda xy: np.round(xy, _DECIMALS_DEG))
    records = pd.DataFrame(table.drop(columns="geometry")).to_dict("records")
    features = [
        {"type": "Feature", "id": str(i), "geometry": shapely.geometry.mapping(shape), "properties": _known(record)}
        for i, shape, record in zip(table.index, shapes, records, strict=True)
    ]
    attrs = results.dataset.attrs
    told = {
        name: attrs[name] for name in ("title", "district", "data_date", "attribution", "scenario", "weather_source")
    }
    collection = {"type": "FeatureCollection", **told, "features": features}
    with whole_file(path) as part:
        part.write_text(json.dumps(plain(collection), ensure_ascii=False, allow_nan=False), encoding="utf-8")
    return path


def write_geoparquet(results: Results, district: District, path: Path) -> Path:
    """Write the buildings as GeoParquet in the district's CRS."""
    with whole_file(path) as part:
        building_table(results, district).to_parquet(part, compression="zstd")
    return path


def write_csv(results: Results, district: District, path: Path) -> Path:
    """Write a folder: `buildings.csv`, `district.csv` and `hours.csv` (sums over the district, by UTC and local time).

    Raises
    ------
    ExportError
        Where the folder is there and holds other things.
    """
    ours = {"buildings.csv", "district.csv", "hours.csv"}
    if path.exists() and (not path.is_dir() or {file.name for file in path.iterdir()} - ours):
        raise ExportError(f"{path} is there and is no earlier export; name a new folder for the CSV files")
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.name}.") as name:
        part = Path(name) / "csv"
        part.mkdir()
        pd.DataFrame(building_table(results, district).drop(columns="geometry")).to_csv(part / "buildings.csv")
        _district_table(results).to_csv(part / "district.csv")
        hourly_table(results).to_csv(part / "hours.csv")
        if path.exists():
            shutil.rmtree(path)
        part.replace(path)
    return path


def hourly_table(results: Results) -> pd.DataFrame:
    """Sum every hourly energy over the district.

    Returns
    -------
    pandas.DataFrame
        Index `time_utc` (start of the hour); `time_local`, the energies [kWh] and the variables of the hour.
    """
    dataset = results.dataset
    time = pd.DatetimeIndex(dataset["time"].to_numpy()).tz_localize("UTC")
    columns: dict[str, Any] = {
        "time_local": time.tz_convert(str(dataset.attrs["timezone"])).strftime("%Y-%m-%dT%H:%M:%S%z"),
        "air_temp_c": dataset["air_temp_c"].to_numpy(),
        "ghi_w_m2": dataset["ghi_w_m2"].to_numpy(),
    }
    for name in names_of("hours", "building", "time"):
        variable = variable_of(name)
        if variable.unit == "kWh" and not variable.needs:
            columns[name] = district_hours(dataset, name)
    return pd.DataFrame(columns, index=time.strftime("%Y-%m-%dT%H:%M:%SZ").rename("time_utc"))


def _district_table(results: Results) -> pd.DataFrame:
    told = pd.DataFrame.from_dict(district_kpis(results), orient="index")
    columns = [name for name in ("label", "value", "unit", "kind", "available", "reason", "todo") if name in told]
    return told[columns].rename_axis("kpi")


def _known(record: dict[str, Any]) -> dict[str, Any]:
    return {str(key): None if value is pd.NA else value for key, value in record.items()}
