"""Walls against boxes whose area anyone can work out."""

from __future__ import annotations

from itertools import pairwise

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Proj
from shapely import affinity
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from gis_data.buildings.north import north_bearing_deg
from gis_data.walls import walls_of
from tests.gis_data.osm_features import CRS, EAST, NORTH, box

# On the central meridian of UTM zone 35 grid north is true north.
CENTRAL = "EPSG:32635"
SHIFT = 500_000.0 - EAST


def town(*rows: tuple[BaseGeometry, float], crs: str = CENTRAL, base: float = 0.0) -> gpd.GeoDataFrame:
    move = SHIFT if crs == CENTRAL else 0.0
    return gpd.GeoDataFrame(
        {"height_m": [height for _, height in rows], "min_height_m": base},
        index=pd.Index([f"w{i}" for i in range(1, len(rows) + 1)], name="building_id"),
        geometry=[affinity.translate(shape, move, 0) for shape, _ in rows],
        crs=crs,
    )


def test_a_box_has_four_walls() -> None:
    walls = walls_of(town((box(0, 0, 20, 10), 6.0)))
    assert walls["area_m2"].round(6).to_dict() == {"w1-N": 120.0, "w1-E": 60.0, "w1-S": 120.0, "w1-W": 60.0}
    assert walls["azimuth_deg"].to_dict() == {"w1-N": 0.0, "w1-E": 90.0, "w1-S": 180.0, "w1-W": 270.0}
    assert (walls["shared_m2"] == 0).all()
    south = walls.loc["w1-S"]
    assert (south.x_m - EAST - SHIFT, south.y_m - NORTH, south.height_m) == pytest.approx((10.0, 0.0, 3.0))


def test_a_house_on_stilts_has_walls_from_its_underside_up() -> None:
    walls = walls_of(town((box(0, 0, 10, 10), 9.0), base=4.0))
    assert walls["area_m2"].tolist() == pytest.approx([50.0] * 4)
    assert walls["height_m"].tolist() == pytest.approx([6.5] * 4)


def test_courtyards_have_walls() -> None:
    ring = box(0, 0, 30, 30).difference(box(10, 10, 10, 10))
    walls = walls_of(town((ring, 10.0)))
    assert walls["area_m2"].sum() == pytest.approx(10 * (120 + 40))
    # The south wall of the yard faces north.
    assert walls.loc["w1-N", "area_m2"] == pytest.approx(300 + 100)


@pytest.mark.parametrize("gap", [0.0, 0.2])
def test_party_walls_are_shared_up_to_the_lower_eaves(gap: float) -> None:
    walls = walls_of(town((box(0, 0, 10, 10), 10.0), (box(10 + gap, 0, 10, 10), 6.0)))
    assert walls.loc["w1-E", ["area_m2", "shared_m2", "height_m"]].tolist() == pytest.approx([40.0, 60.0, 8.0])
    assert walls.loc["w2-W", ["area_m2", "shared_m2"]].tolist() == pytest.approx([0.0, 60.0])


def test_only_what_lies_side_by_side_is_shared() -> None:
    walls = walls_of(town((box(0, 0, 10, 30), 10.0), (box(10, 20, 10, 30), 10.0), (box(40, 0, 10, 10), 10.0)))
    assert walls.loc["w1-E", "shared_m2"] == pytest.approx(100.0)
    assert walls.loc["w2-W", "shared_m2"] == pytest.approx(100.0)
    assert walls.loc[walls["building_id"] == "w3", "shared_m2"].sum() == 0.0
    apart = walls_of(town((box(0, 0, 10, 10), 10.0), (box(11, 0, 10, 10), 10.0)))
    assert apart["shared_m2"].sum() == 0.0


def test_convergence_of_the_grid_is_that_of_proj() -> None:
    longitude, latitude = np.array([24.94, 19.3, 31.0]), np.array([60.17, 60.2, 62.9])
    project = Proj(CRS)
    x, y = project(longitude, latitude)
    convergence = project.get_factors(longitude, latitude).meridian_convergence
    # PROJ counts the angle from true to grid north.
    assert -north_bearing_deg(CRS, np.asarray(x), np.asarray(y)) == pytest.approx(convergence, abs=1e-3)


def test_a_wall_that_faces_true_south_is_a_south_wall_far_from_the_central_meridian() -> None:
    # Åland lies 7.7° west of ETRS-TM35FIN's central meridian: its grid is turned by 6.7°.
    south_west, north_east = (19.3, 60.2), (19.302, 60.201)
    house = gpd.GeoSeries([shapely.box(*south_west, *north_east)], crs=4326).to_crs(CRS)
    turned = gpd.GeoSeries([affinity.rotate(house[0], 20.0, origin="centroid")], crs=CRS)
    for shape, sectors in ((house, {0, 90, 180, 270}), (turned, {0, 90, 180, 270})):
        frame = gpd.GeoDataFrame(
            {"height_m": [10.0], "min_height_m": 0.0}, index=["w1"], geometry=shape.tolist(), crs=CRS
        )
        assert set(walls_of(frame)["azimuth_deg"]) == sectors
    # On the grid itself 20° more would be beyond the sector's edge.
    over = gpd.GeoSeries([affinity.rotate(house[0], 24.0, origin="centroid")], crs=CRS)
    frame = gpd.GeoDataFrame({"height_m": [10.0], "min_height_m": 0.0}, index=["w1"], geometry=over.tolist(), crs=CRS)
    assert set(walls_of(frame)["azimuth_deg"]) == {45, 135, 225, 315}


def test_no_buildings_no_walls() -> None:
    walls = walls_of(town((box(0, 0, 10, 10), 5.0)).iloc[:0])
    assert len(walls) == 0


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.integers(3, 30), st.integers(3, 30), st.floats(2.0, 60.0)), min_size=1, max_size=6),
    st.floats(0.0, 360.0),
)
def test_exposed_and_shared_walls_are_the_perimeter_times_the_height(
    row: list[tuple[int, int, float]], turn: float
) -> None:
    shapes: list[Polygon] = []
    x = 0.0
    for width, depth, _ in row:
        shapes.append(affinity.rotate(box(x, 0, width, depth), turn, origin=(EAST, NORTH)))
        x += width
    frame = town(*((shape, height) for shape, (_, _, height) in zip(shapes, row, strict=True)))
    walls = walls_of(frame)
    total = walls.groupby("building_id")[["area_m2", "shared_m2"]].sum().sum(axis=1)
    expected = frame.geometry.length * frame["height_m"]
    assert total.to_dict() == pytest.approx(expected.to_dict(), rel=1e-9)
    # What one shares, the other shares too.
    shared = sum(min(a[2], b[2]) * min(a[1], b[1]) for a, b in pairwise(row))
    assert walls["shared_m2"].sum() == pytest.approx(2 * shared, rel=1e-6, abs=1e-6)
