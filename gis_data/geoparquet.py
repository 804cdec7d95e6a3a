"""GeoParquet whose bytes depend on the rows alone."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyproj
import shapely

from gis_data.schema import Column, geometry_column, table_columns

_ARROW = {"string": pa.string(), "float64": pa.float64(), "int64": pa.int64()}
# Members of PROJJSON that change between versions of the EPSG database without changing the CRS.
_VOLATILE = frozenset({"$schema", "scope", "area", "bbox", "usages", "remarks"})


def write_table(table: str, frame: pd.DataFrame, path: Path) -> None:
    """Write one table of a district as GeoParquet 1.0 (plain Parquet where it has no geometry).

    Left out is what varies without the rows varying: pandas' metadata with its version, and the parts of the CRS
    that follow the EPSG database's edition.

    Parameters
    ----------
    table : str
        Name of a table of tables.csv.
    frame : pandas.DataFrame
        As `conform` gives it.
    path : Path
        File to write.
    """
    index, *columns = table_columns()[table]
    fields, arrays = [pa.field(index.name, pa.string(), nullable=False)], [pa.array(frame.index, pa.string())]
    for column in columns:
        values = frame[column.name]
        arrow = pa.binary() if column.is_geometry else _ARROW[column.dtype]
        if column.is_geometry:
            values = shapely.to_wkb(np.asarray(values, dtype=object), byte_order=1)
        fields.append(pa.field(column.name, arrow, nullable=column.nullable))
        arrays.append(pa.array(values, arrow, from_pandas=True))
    schema = pa.schema(fields)
    # Row groups of a set size and no copy of Arrow's schema: bytes follow from rows and codec alone.
    with pq.ParquetWriter(path, schema, compression="zstd", compression_level=9, store_schema=False) as writer:
        writer.write_table(pa.Table.from_arrays(arrays, schema=schema), row_group_size=65_536)
        if (shape := geometry_column(table)) is not None:
            geo = json.dumps(_geo(frame, shape), sort_keys=True, ensure_ascii=False)
            writer.add_key_value_metadata({"geo": geo})


def read_table(table: str, path: Path) -> pd.DataFrame:
    """Read one table of a district, its index set.

    Parameters
    ----------
    table : str
        Name of a table of tables.csv.
    path : Path
        File to read.

    Returns
    -------
    geopandas.GeoDataFrame, or pandas.DataFrame for a table without geometry
    """
    stored = pq.read_table(path)
    index, *_ = table_columns()[table]
    shape = geometry_column(table)
    frame = stored.to_pandas()
    if shape is not None and shape.name in frame:
        shapes = shapely.from_wkb(frame[shape.name].to_numpy(dtype=object))
        frame = gpd.GeoDataFrame(frame.assign(**{shape.name: shapes}), geometry=shape.name, crs=_crs(stored, shape))
    return frame.set_index(index.name) if index.name in frame else frame


def _crs(stored: pa.Table, shape: Column) -> pyproj.CRS:
    """CRS that the file states; by its code where it has one, which is much quicker than from all its members."""
    geo = json.loads((stored.schema.metadata or {}).get(b"geo", b"{}"))
    try:
        stated = geo["columns"][shape.name]["crs"]
    except KeyError as error:
        raise ValueError("it has no GeoParquet metadata") from error
    code = stated.get("id") if isinstance(stated, dict) else None
    return _crs_by_code(f"{code['authority']}:{code['code']}") if code else pyproj.CRS.from_user_input(stated)


@cache
def _crs_by_code(code: str) -> pyproj.CRS:
    return pyproj.CRS.from_user_input(code)


def _geo(frame: gpd.GeoDataFrame, shape: Column) -> dict[str, Any]:
    shapes = np.asarray(frame[shape.name], dtype=object)
    column: dict[str, Any] = {
        "encoding": "WKB",
        "geometry_types": sorted({geometry.geom_type for geometry in shapes}),
        "crs": _steady(pyproj.CRS.from_user_input(frame.crs).to_json_dict()),
    }
    if len(shapes):
        column["bbox"] = [float(value) for value in shapely.total_bounds(shapes)]
    return {"version": "1.0.0", "primary_column": shape.name, "columns": {shape.name: column}}


def _steady(value: Any) -> Any:
    """PROJJSON without the members that follow the edition of the EPSG database."""
    if isinstance(value, dict):
        return {key: _steady(inner) for key, inner in value.items() if key not in _VOLATILE}
    return [_steady(inner) for inner in value] if isinstance(value, list) else value
