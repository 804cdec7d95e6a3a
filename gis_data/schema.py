"""The tables of a district as tables.csv declares them: columns, types, and frames that conform."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely

GEOMETRY_DTYPES = {
    "point": ("Point",),
    "line": ("LineString",),
    "polygon": ("Polygon", "MultiPolygon"),
    "any": ("Point", "LineString", "MultiLineString", "Polygon", "MultiPolygon"),
}
"""Geometry types that a geometry column of each declared kind may hold."""

_DECIMALS = {"m": 3, "m²": 2, "°": 2, "kW": 3, "mm": 1, "V": 0}
COORDINATE_DECIMALS = 3
"""Coordinates are kept to the millimetre: finer digits differ between versions of PROJ."""


@dataclass(frozen=True)
class Column:
    """One column of one table.

    Attributes
    ----------
    name : str
    dtype : str
        string, float64, int64, or a geometry kind: point, line, polygon, any.
    unit : str
        Empty where there is none.
    nullable : bool
    description : str
    """

    name: str
    dtype: str
    unit: str
    nullable: bool
    description: str

    @property
    def is_geometry(self) -> bool:
        """Whether the column holds shapes."""
        return self.dtype in GEOMETRY_DTYPES


@cache
def table_columns() -> dict[str, tuple[Column, ...]]:
    """Every table's columns in their declared order; the first is the index."""
    text = resources.files("gis_data").joinpath("tables.csv").read_text(encoding="utf-8")
    tables: dict[str, list[Column]] = {}
    for row in csv.DictReader(text.splitlines()):
        column = Column(row["column"], row["dtype"], row["unit"], row["nullable"] == "yes", row["description"])
        tables.setdefault(row["table"], []).append(column)
    return {name: tuple(columns) for name, columns in tables.items()}


def geometry_column(table: str) -> Column | None:
    """Column of a table that holds shapes, or None (walls have no shape)."""
    return next((column for column in table_columns()[table] if column.is_geometry), None)


def conform(table: str, frame: pd.DataFrame, crs: str) -> pd.DataFrame:
    """Table in its declared form: index named and sorted, columns in order and typed, numbers rounded to their unit.

    Parameters
    ----------
    table : str
        Name of a table of tables.csv.
    frame : pandas.DataFrame
        Rows by id; a missing nullable column becomes an empty one.
    crs : str
        The district's metric CRS.

    Returns
    -------
    geopandas.GeoDataFrame, or pandas.DataFrame for a table without geometry
    """
    index, *columns = table_columns()[table]
    frame = frame.reset_index() if frame.index.name == index.name else frame
    if index.name not in frame:
        frame = frame.assign(**{index.name: frame.index.astype(str)})
    frame = frame.sort_values(index.name, kind="stable")
    data: dict[str, Any] = {}
    for column in columns:
        values = frame[column.name] if column.name in frame else pd.Series([None] * len(frame), dtype=object)
        data[column.name] = _typed(column, values)
    row_index = pd.Index(frame[index.name].astype(str).to_numpy(dtype=object), name=index.name, dtype=object)
    if (shape := geometry_column(table)) is None:
        return pd.DataFrame(data, index=row_index)
    table_frame = gpd.GeoDataFrame(data, index=row_index, geometry=shape.name, crs=crs)
    return table_frame[~shapely.is_empty(data[shape.name])]  # thinner than a millimetre


def empty_table(table: str, crs: str) -> pd.DataFrame:
    """Table without rows, for what is not mapped."""
    return conform(table, pd.DataFrame({column.name: [] for column in table_columns()[table]}), crs)


def project(geometry: gpd.GeoSeries, crs: str) -> gpd.GeoSeries:
    """Shapes in the metric CRS, coordinates to the millimetre.

    Corners shared by neighbours stay shared, as equal coordinates round equally.
    """
    shapes = np.asarray(geometry.to_numpy(), dtype=object)
    transformer = _to(crs)

    def to_metres(xy: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        x, y = transformer.transform(xy[:, 0], xy[:, 1])
        return np.round(np.column_stack([x, y]), COORDINATE_DECIMALS)

    return gpd.GeoSeries(shapely.transform(shapes, to_metres), index=geometry.index, crs=crs)


def _to_grid(shapes: Any) -> Any:
    """Shapes with coordinates to the millimetre; a spike that rounding makes cross itself is smoothed away."""
    rounded = shapely.transform(shapes, lambda xy: np.round(xy, COORDINATE_DECIMALS))
    spoilt = shapely.is_valid(shapes) & ~shapely.is_valid(rounded)
    rounded[spoilt] = shapely.set_precision(shapes[spoilt], 10.0**-COORDINATE_DECIMALS)
    return rounded


@cache
def _to(crs: str) -> pyproj.Transformer:
    return pyproj.Transformer.from_crs("EPSG:4326", crs, always_xy=True)


def _typed(column: Column, values: pd.Series) -> Any:
    if column.is_geometry:
        return _to_grid(np.asarray(values.to_numpy(), dtype=object))
    if column.dtype == "float64":
        numbers = pd.to_numeric(values).to_numpy(dtype="float64", na_value=np.nan)
        rounded: Any = np.round(numbers, _DECIMALS.get(column.unit, 2)) + 0.0  # no -0.0
        return rounded
    if column.dtype == "int64":
        return pd.to_numeric(values).to_numpy(dtype="float64").round().astype("int64")
    texts = values.astype(object)
    return texts.where(texts.notna() & (texts != ""), None).to_numpy(dtype=object)
