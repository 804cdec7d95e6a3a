"""Roof planes against roofs whose planes anyone can work out."""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import affinity
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from gis_data.roofs import roofs_of
from gis_data.roofs.catalogue import shapes, usable_rules
from gis_data.roofs.frames import wings_of
from gis_data.roofs.planes import MODELS
from gis_data.roofs.tags import direction_deg
from tests.gis_data.osm_features import EAST, NORTH, box

CENTRAL = "EPSG:32635"
SHIFT = 500_000.0 - EAST


def roofs(
    shape: BaseGeometry, roof: str, tags: Mapping[str, str] | None = None, *, height: float = 6.0
) -> gpd.GeoDataFrame:
    index = pd.Index(["w1"], name="building_id")
    frame = gpd.GeoDataFrame(
        {"height_m": [height], "roof_shape": [roof], "roof_shape_source": ["tagged"]},
        index=index,
        geometry=[affinity.translate(shape, SHIFT, 0)],
        crs=CENTRAL,
    )
    return roofs_of(frame, pd.Series([dict(tags or {})], index=index, dtype=object))


def facing(table: gpd.GeoDataFrame) -> dict[int, float]:
    """Area seen from above by azimuth."""
    plan = table.geometry.area.groupby((table["azimuth_deg"].round().astype(int)) % 360).sum()
    return {int(azimuth): float(area) for azimuth, area in plan.items()}


def test_flat() -> None:
    table = roofs(box(0, 0, 40, 20), "flat")
    row = table.loc["w1-0"]
    assert (row.tilt_deg, row.azimuth_deg, row.height_m, row.geometry_source) == (0.0, 180.0, 6.0, "tagged")
    assert row.area_m2 == pytest.approx(800)
    rules = usable_rules()
    inner = (40 - 2 * rules.setback_flat_m) * (20 - 2 * rules.setback_flat_m)
    assert row.usable_m2 == pytest.approx(inner * (1 - rules.structures_flat))


def test_gabled_along_the_longer_side() -> None:
    table = roofs(box(0, 0, 20, 10), "gabled", {"roof:height": "5"})
    assert facing(table) == pytest.approx({0: 100.0, 180: 100.0})
    assert table["tilt_deg"].tolist() == pytest.approx([45.0, 45.0], abs=1e-3)
    assert table["area_m2"].tolist() == pytest.approx([100 * np.sqrt(2)] * 2, rel=1e-4)
    assert table["height_m"].tolist() == pytest.approx([8.5, 8.5])  # half way up 5 m of roof over 6 m of wall


def test_gabled_across_and_by_direction() -> None:
    assert facing(roofs(box(0, 0, 20, 10), "gabled", {"roof:orientation": "across"})) == pytest.approx(
        {90: 100, 270: 100}
    )
    assert facing(roofs(box(0, 0, 20, 10), "gabled", {"roof:direction": "E"})) == pytest.approx({90: 100, 270: 100})


@pytest.mark.parametrize(("text", "azimuth"), [("S", 180), ("135", 135), ("NNE", 22), ("west", 270), ("30°", 30)])
def test_a_lean_to_falls_to_the_tagged_direction(text: str, azimuth: int) -> None:
    table = roofs(box(0, 0, 20, 10), "skillion", {"roof:direction": text, "roof:angle": "12"})
    assert len(table) == 1
    assert table["azimuth_deg"].iloc[0] == pytest.approx(azimuth, abs=0.6)
    assert table["tilt_deg"].iloc[0] == pytest.approx(12.0, abs=1e-3)


def test_hipped_roof_of_a_rectangle() -> None:
    table = roofs(box(0, 0, 20, 10), "hipped", {"roof:angle": "30"})
    # Two triangles of 5 × 10 / 2 at the ends, two trapezoids of (20 + 10) / 2 × 5 at the sides.
    assert facing(table) == pytest.approx({0: 75.0, 90: 25.0, 180: 75.0, 270: 25.0})
    assert table["tilt_deg"].tolist() == pytest.approx([30.0] * 4, abs=1e-3)


def test_half_hipped_pyramidal_gambrel_and_mansard() -> None:
    half = roofs(box(0, 0, 20, 10), "half-hipped", {"roof:angle": "45"})
    assert facing(half) == pytest.approx({0: 93.75, 90: 6.25, 180: 93.75, 270: 6.25})
    pyramid = roofs(box(0, 0, 20, 10), "pyramidal", {"roof:height": "5"})
    assert facing(pyramid) == pytest.approx({0: 50.0, 90: 50.0, 180: 50.0, 270: 50.0})
    tilts = pyramid.groupby(pyramid["azimuth_deg"].round())["tilt_deg"].first()
    assert tilts[180] == pytest.approx(45.0, abs=1e-3)
    assert tilts[90] == pytest.approx(np.degrees(np.arctan(0.5)), abs=1e-3)
    gambrel = roofs(box(0, 0, 20, 10), "gambrel", {"roof:height": "4"})
    assert len(gambrel) == 4
    tan = np.tan(np.radians(np.unique(gambrel["tilt_deg"].round(6))))
    assert tan.sum() * 2.5 == pytest.approx(4.0, rel=1e-4)
    assert len(roofs(box(0, 0, 20, 10), "mansard")) == 8


def test_height_of_a_plane_is_that_over_its_centroid() -> None:
    hipped = roofs(box(0, 0, 20, 10), "hipped", {"roof:height": "5"})
    ends = hipped[hipped["azimuth_deg"].round().isin([90, 270])]
    assert ends["height_m"].tolist() == pytest.approx([6 + 5 / 3] * 2, abs=0.01)  # a triangle's centroid is a third up


def test_domes_and_spires_carry_no_modules() -> None:
    assert roofs(box(0, 0, 30, 30), "dome")["usable_m2"].sum() == 0.0
    assert roofs(box(0, 0, 30, 30), "gabled", {"roof:angle": "70"})["usable_m2"].sum() == 0.0


def test_patches_smaller_than_an_array_carry_nothing() -> None:
    assert roofs(box(0, 0, 4, 4), "flat")["usable_m2"].sum() == 0.0
    # Two halls joined by a corridor of 2 m: the setback eats the corridor, the halls stay.
    bone = shapely.union_all([box(0, 0, 10, 10), box(10, 4, 20, 2), box(30, 0, 10, 10)])
    rules = usable_rules()
    expected = 2 * (10 - 2 * rules.setback_flat_m) ** 2 * (1 - rules.structures_flat)
    assert roofs(bone, "flat")["usable_m2"].sum() == pytest.approx(expected, rel=0.02)


def test_the_wings_of_an_l_have_their_own_ridges() -> None:
    shape = shapely.union_all([box(0, 0, 40, 10), box(0, 0, 10, 40)])
    table = roofs(shape, "gabled", {"roof:angle": "30"})
    area = facing(table)
    assert set(area) == {0, 90, 180, 270}
    assert sum(area.values()) == pytest.approx(700)
    assert area[0] + area[180] == pytest.approx(350, abs=51)


def test_a_closed_block_is_roofed_around_its_courtyard() -> None:
    ring = box(0, 0, 60, 50).difference(box(12, 12, 36, 26))
    table = roofs(ring, "hipped", {"roof:angle": "25"})
    area = facing(table)
    assert min(area.values()) > 0.15 * ring.area
    wings, owner = wings_of(np.array([ring], dtype=object))
    assert len(wings) == 4
    assert set(owner) == {0}


def test_unknown_shapes_are_flat() -> None:
    assert roofs(box(0, 0, 10, 10), "9.0")["tilt_deg"].tolist() == [0.0]


def test_the_catalogue_names_known_models() -> None:
    assert {shape.model for shape in shapes().values()} == set(MODELS)
    assert [direction_deg(text) for text in ("up", None, "SSW")] == [None, None, 202.5]


def test_azimuth_counts_from_true_north() -> None:
    # A house whose long walls run due east by longitude and latitude, far from the grid's central meridian.
    house = gpd.GeoSeries([shapely.box(19.3, 60.2, 19.301, 60.2002)], crs=4326).to_crs("EPSG:3067")
    index = pd.Index(["w1"], name="building_id")
    frame = gpd.GeoDataFrame(
        {"height_m": [5.0], "roof_shape": ["gabled"], "roof_shape_source": ["tagged"]},
        index=index, geometry=house.tolist(), crs="EPSG:3067",
    )  # fmt: skip
    azimuth = roofs_of(frame, pd.Series([{}], index=index))["azimuth_deg"].sort_values()
    assert (azimuth + 90).mod(360).sort_values().tolist() == pytest.approx([90.0, 270.0], abs=0.1)


def test_no_buildings_no_roofs() -> None:
    frame = gpd.GeoDataFrame(
        {"height_m": [], "roof_shape": [], "roof_shape_source": []}, geometry=gpd.GeoSeries([], crs=CENTRAL)
    )
    assert len(roofs_of(frame, pd.Series([], dtype=object))) == 0


PLACE, SIDE = st.integers(0, 30), st.integers(4, 30)
TAGS = ({}, {"roof:orientation": "across"}, {"roof:direction": "77"}, {"roof:height": "4"}, {"roof:levels": "2"})


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(sorted(shapes())),
    st.lists(st.tuples(PLACE, PLACE, SIDE, SIDE), min_size=1, max_size=4),
    st.floats(0, 360),
    st.sampled_from(TAGS),
)  # fmt: skip
def test_planes_tile_the_footprint(
    roof: str, boxes: list[tuple[int, int, int, int]], turn: float, tags: dict[str, str]
) -> None:
    shape = shapely.union_all([box(*sides) for sides in boxes])
    footprint = max(shapely.get_parts(shape), key=lambda piece: piece.area)
    footprint = affinity.rotate(footprint, turn, origin=(EAST + 20, NORTH + 20))
    table = roofs(footprint, roof, tags)
    assert isinstance(footprint, Polygon)
    assert (table.geom_type == "Polygon").all()
    assert table.geometry.area.sum() == pytest.approx(footprint.area, rel=1e-6)
    assert shapely.union_all(table.geometry.to_numpy()).area == pytest.approx(footprint.area, rel=1e-6)
    cosine = np.cos(np.radians(table["tilt_deg"].to_numpy()))
    assert table["area_m2"].to_numpy() * cosine == pytest.approx(table.geometry.area.to_numpy(), rel=1e-6)
    assert (table["usable_m2"] <= table["area_m2"]).all()
    assert (table["height_m"] >= 6.0).all()
    assert table["azimuth_deg"].between(0, 360, inclusive="left").all()
