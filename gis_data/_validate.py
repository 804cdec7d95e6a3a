"""Check a district against tables.csv and against sense: every breach in one list."""

from __future__ import annotations

import zoneinfo
from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gis_data.features import USES
from gis_data.schema import GEOMETRY_DTYPES, Column, table_columns

if TYPE_CHECKING:
    from gis_data.district import District

_SHOWN = 5
_OVERLAP_M2 = 1.0
_POSITIVE = {
    "buildings": ("height_m", "levels", "footprint_m2", "floor_area_m2"),
    "roofs": ("area_m2",),
    "streets": ("width_m",),
    "chargers": ("capacity", "output_kw"),
    "trees": ("height_m",),
    "parking": ("capacity",),
}
_OWNED = ("roofs", "walls")


def check_table(table: str, frame: pd.DataFrame, crs: str) -> list[str]:
    """Breaches of tables.csv by one table.

    Parameters
    ----------
    table : str
        Name of a table of tables.csv.
    frame : pandas.DataFrame
        Its rows, index set.
    crs : str
        CRS that its shapes must have.

    Returns
    -------
    list of str
        One sentence each: file, column, rows, what is wrong.
    """
    index, *columns = table_columns()[table]
    file, errors = f"{table}.parquet", []
    if frame.index.name != index.name:
        errors.append(f"{file}: the index must be the column {index.name}.")
    if frame.index.has_duplicates:
        errors.append(f"{file}: {_rows(frame.index[frame.index.duplicated()])} stand more than once in {index.name}.")
    declared = {column.name for column in columns}
    errors += [f"{file}: the column {name} is not one of tables.csv." for name in frame.columns if name not in declared]
    for column in columns:
        if column.name not in frame:
            errors.append(f"{file}: the column {column.name} is missing.")
        elif column.is_geometry:
            errors += _check_shapes(file, frame, column, crs)
        else:
            errors += _check_values(file, frame, column)
    return errors


def validate_district(district: District) -> list[str]:
    """Everything that is wrong with a district: tables, references between them, overlaps, metadata.

    Parameters
    ----------
    district : District

    Returns
    -------
    list of str
        One sentence each; empty where all is well.
    """
    errors = _check_metadata(district)
    for table in table_columns():
        if table in district.tables:
            errors += check_table(table, district.tables[table], district.crs)
        else:
            errors.append(f"{table}.parquet: the table is missing.")
    if errors:
        return errors  # what follows needs sound tables
    return [*_check_sense(district), *_check_overlaps(district.buildings)]


def _check_shapes(file: str, frame: pd.DataFrame, column: Column, crs: str) -> list[str]:
    if not isinstance(frame, gpd.GeoDataFrame):
        return [f"{file}: the column {column.name} does not hold shapes."]
    errors = []
    if frame.crs is None or frame.crs.to_string() != crs:
        errors.append(f"{file}: the shapes are in {frame.crs and frame.crs.to_string()}, the district is in {crs}.")
    shapes = np.asarray(frame[column.name], dtype=object)
    missing = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    if missing.any():
        errors.append(f"{file}: {_rows(frame.index[missing])} have no shape.")
    kinds = np.array([shape.geom_type if shape is not None else "" for shape in shapes], dtype=object)
    other = ~missing & ~np.isin(kinds, GEOMETRY_DTYPES[column.dtype])
    if other.any():
        allowed = " or ".join(GEOMETRY_DTYPES[column.dtype])
        errors.append(f"{file}: {_rows(frame.index[other])} are {kinds[other][0]}, not {allowed}.")
    invalid = ~missing & ~shapely.is_valid(shapes)
    if invalid.any():
        reason = shapely.is_valid_reason(shapes[invalid][0])
        errors.append(f"{file}: {_rows(frame.index[invalid])} have an invalid shape ({reason}).")
    return errors


def _check_values(file: str, frame: pd.DataFrame, column: Column) -> list[str]:
    values = frame[column.name]
    missing = values.isna().to_numpy()
    errors = []
    if not column.nullable and missing.any():
        errors.append(f"{file}: {_rows(frame.index[missing])} have no {column.name}.")
    if column.dtype == "string":
        wrong = np.array([not isinstance(value, str) for value in values], dtype=bool) & ~missing
        if wrong.any():
            errors.append(f"{file}: {column.name} of {_rows(frame.index[wrong])} is not a text.")
    elif str(values.dtype) != column.dtype and len(frame):
        errors.append(f"{file}: the column {column.name} is {values.dtype}, it must be {column.dtype}.")
    elif column.dtype == "float64" and np.isinf(values.to_numpy(dtype=float)).any():
        rows = frame.index[np.isinf(values.to_numpy(dtype=float))]
        errors.append(f"{file}: {column.name} of {_rows(rows)} is infinite.")
    return errors


def _check_metadata(district: District) -> list[str]:
    errors = []
    if district.timezone not in zoneinfo.available_timezones():
        errors.append(f"district.toml: timezone {district.timezone!r} is not one of the IANA database.")
    west, south, east, north = district.bounds
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        errors.append(f"district.toml: bounds {district.bounds} are not west, south, east, north in degrees.")
    if district.data_date != "unknown":
        try:
            date.fromisoformat(district.data_date)
        except ValueError:
            errors.append(f"district.toml: data_date {district.data_date!r} is neither an ISO date nor 'unknown'.")
    if not district.sources:
        errors.append("district.toml: there is no source; every district names whose data it is.")
    return errors


def _check_sense(district: District) -> list[str]:
    errors = []
    for table, names in _POSITIVE.items():
        frame = district.tables[table]
        for name in names:
            bad = frame.index[~(frame[name].to_numpy(dtype=float) > 0)]
            if len(bad):
                errors.append(f"{table}.parquet: {name} of {_rows(bad)} is not above 0.")
    for table in _OWNED:
        frame = district.tables[table]
        orphans = frame.index[~frame["building_id"].isin(district.buildings.index)]
        if len(orphans):
            errors.append(f"{table}.parquet: {_rows(orphans)} name a building that buildings.parquet lacks.")
    unknown = district.buildings.index[~district.buildings["use"].isin(USES)]
    if len(unknown):
        errors.append(f"buildings.parquet: the use of {_rows(unknown)} is none of {', '.join(USES)}.")
    low, high = district.buildings["min_height_m"], district.buildings["height_m"]
    under = district.buildings.index[(low >= high) & (high > 0)]
    if len(under):
        errors.append(f"buildings.parquet: {_rows(under)} have their underside above their top.")
    return errors


def _check_overlaps(buildings: gpd.GeoDataFrame) -> list[str]:
    """Pairs of footprints that share more than 1 m² at the same height."""
    shapes: Any = np.asarray(buildings.geometry, dtype=object)
    first, second = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    pairs = first < second
    first, second = first[pairs], second[pairs]
    low, high = buildings["min_height_m"].to_numpy(), buildings["height_m"].to_numpy()
    level = (low[first] < high[second]) & (low[second] < high[first])
    first, second = first[level], second[level]
    shared = shapely.area(shapely.intersection(shapes[first], shapes[second])) > _OVERLAP_M2
    names = [
        f"{buildings.index[a]} and {buildings.index[b]}" for a, b in zip(first[shared], second[shared], strict=True)
    ]
    return [f"buildings.parquet: the footprints of {_rows(names)} overlap."] if names else []


def _rows(ids: Iterable[Any]) -> str:
    """Ids for a person: the first few and how many more."""
    names = [str(name) for name in ids]
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more
