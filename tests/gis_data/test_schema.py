"""Frames in the declared form: typed, rounded, sorted, whatever comes in."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gis_data._validate import check_table
from gis_data.schema import conform, empty_table, project, table_columns

CRS = "EPSG:3067"
metres = st.floats(0, 50, allow_nan=False)


def pond(shape: Any) -> pd.DataFrame:
    return pd.DataFrame({"geometry": [shape], "kind": "pond", "name": ""}, index=["w1"])


@pytest.mark.parametrize("table", sorted(table_columns()))
def test_every_table_can_be_empty(table: str) -> None:
    frame = empty_table(table, CRS)
    assert len(frame) == 0
    assert check_table(table, frame, CRS) == []


def test_rows_are_sorted_missing_columns_filled_and_empty_texts_none() -> None:
    frame = pd.DataFrame({"geometry": [shapely.Point(2, 2).buffer(1)] * 2, "kind": "lake"}, index=["w9", "w10"])
    water = conform("water", frame, CRS)
    assert water.index.tolist() == ["w10", "w9"]
    assert list(water.columns) == [column.name for column in table_columns()["water"]][1:]
    assert water["name"].tolist() == [None, None]
    assert conform("water", pond(shapely.box(0, 0, 1, 1)), CRS)["name"].tolist() == [None]


def test_conforming_twice_changes_nothing() -> None:
    once = conform("water", pond(shapely.Point(0.123456, 7.654321).buffer(10.98765)), CRS)
    twice = conform("water", once, CRS)
    assert shapely.equals_exact(once.geometry.iloc[0], twice.geometry.iloc[0], 0.0)


@given(st.lists(st.tuples(metres, metres), min_size=3, max_size=12))
def test_rounding_never_breaks_a_shape(points: list[tuple[float, float]]) -> None:
    shape = shapely.MultiPoint(points).convex_hull.buffer(0.0006, quad_segs=1)
    hollow = shape.difference(shapely.LineString(points).buffer(0.0004, quad_segs=1))
    for each in (shape, hollow):
        if each.is_valid and each.area > 0 and each.geom_type in {"Polygon", "MultiPolygon"}:
            assert check_table("water", conform("water", pond(each), CRS), CRS) == []


def test_projection_agrees_with_geopandas_to_the_millimetre() -> None:
    shapes = gpd.GeoSeries(shapely.points([24.94, 22.27, 28.68], [60.17, 60.45, 66.5]), crs="EPSG:4326")
    ours, theirs = project(shapes, CRS), shapes.to_crs(CRS)
    assert np.abs(shapely.get_coordinates(ours.values) - shapely.get_coordinates(theirs.values)).max() <= 0.00051


def test_central_meridian_of_tm35fin_lies_at_its_false_easting() -> None:
    # By definition (JHS 197): central meridian 27° E, false easting 500 000 m, scale 0.9996.
    south, north = shapely.get_coordinates(
        project(gpd.GeoSeries(shapely.points([27, 27], [60, 61]), crs=4326), CRS).values
    )
    assert south[0] == north[0] == 500_000.0
    # A degree of latitude at 60.5° N is 111 420 m long on GRS80 (series of the meridian arc).
    assert north[1] - south[1] == pytest.approx(0.9996 * 111_420, abs=10)
