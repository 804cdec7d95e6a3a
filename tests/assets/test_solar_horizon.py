"""Horizon and sky view among buildings: cases to work out by hand, and rays traced one by one."""

from __future__ import annotations

import numpy as np
import pvlib
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.solar import SolarInputError, horizon_angles, plane_irradiation, rack_horizon, site_sun, sky_view_factor
from tests.assets.solar_cases import HELSINKI, helsinki


def town(count=120, seed=2):
    """Star-shaped houses on a jittered grid: edges (counter-clockwise), their heights and owners."""
    rng = np.random.default_rng(seed)
    side = int(np.ceil(np.sqrt(count)))
    centre = np.stack(np.meshgrid(np.arange(side), np.arange(side)), axis=-1).reshape(-1, 2)[:count] * 45.0
    centre += rng.uniform(-5, 5, (count, 2))
    angle = np.sort(rng.uniform(0, 2 * np.pi, (count, 9)), axis=1)
    corner = centre[:, None] + rng.uniform(8, 19, (count, 9, 1)) * np.stack([np.cos(angle), np.sin(angle)], axis=-1)
    edges = np.concatenate([corner, np.roll(corner, -1, axis=1)], axis=-1).reshape(-1, 4)
    height = rng.uniform(4, 30, count)
    owner = np.repeat(np.arange(count), 9)
    return edges, height[owner], owner, centre, height


def traced(point, edges, height, *, blocks, radius, n_azimuth):
    """Elevation per azimuth by meeting every ray with every edge, in plain numpy."""
    out = np.zeros(n_azimuth)
    start, run = edges[:, :2] - point[:2], edges[:, 2:] - edges[:, :2]
    for k in range(n_azimuth):
        bearing = 2 * np.pi * k / n_azimuth
        ray = np.array([np.sin(bearing), np.cos(bearing)])
        with np.errstate(divide="ignore", invalid="ignore"):
            turn = ray[0] * run[:, 1] - ray[1] * run[:, 0]
            far = (start[:, 0] * run[:, 1] - start[:, 1] * run[:, 0]) / turn
            along = (start[:, 0] * ray[1] - start[:, 1] * ray[0]) / turn
        hit = (along >= 0) & (along <= 1) & (far > 0.1) & (far <= radius) & blocks(turn) & (height > point[2])
        if hit.any():
            out[k] = np.degrees(np.arctan(((height - point[2])[hit] / far[hit]).max()))
    return out


@pytest.mark.parametrize(("height", "distance", "eye"), [(20.0, 10.0, 0.0), (12.0, 30.0, 3.0), (5.0, 100.0, 4.0)])
def test_long_wall_stands_at_the_angle_of_height_over_distance(height, distance, eye):
    wall = [[-9000.0, distance, 9000.0, distance]]
    got = horizon_angles([[0.0, 0.0, eye]], wall, [height], radius_m=9000.0)[0]
    bearing = np.radians(np.arange(36) * 10)
    expected = np.degrees(np.arctan((height - eye) / distance * np.maximum(np.cos(bearing), 0)))
    assert got[0] == pytest.approx(np.degrees(np.arctan((height - eye) / distance)), abs=1e-4)
    np.testing.assert_allclose(got, expected, atol=1e-4)


def test_lower_houses_and_far_ones_are_not_seen():
    wall = [[-50.0, 40.0, 50.0, 40.0]]
    assert horizon_angles([[0, 0, 10.0]], wall, [10.0]).max() == 0
    assert horizon_angles([[0, 0, 0.0]], wall, [10.0], radius_m=39.0).max() == 0
    assert horizon_angles([[0, 0, 0.0]], wall, [10.0], radius_m=41.0).max() > 0
    assert horizon_angles([[0, 0, 0.0]], np.empty((0, 4)), []).shape == (1, 36)
    assert horizon_angles(np.empty((0, 3)), wall, [10.0]).shape == (0, 36)


@pytest.mark.parametrize(("radius", "n_azimuth"), [(60.0, 36), (300.0, 36), (300.0, 50)])
def test_town_is_seen_as_rays_traced_one_by_one_see_it(radius, n_azimuth):
    edges, height, owner, centre, top = town()
    rng = np.random.default_rng(0)
    roofs = np.column_stack([centre, top])
    streets = np.column_stack([rng.uniform(-50, 550, (60, 2)), rng.uniform(0, 20, 60)])
    points = np.vstack([roofs, streets])
    mine = np.concatenate([np.arange(len(centre)), np.full(60, -1)])
    got = horizon_angles(
        points, edges, height, edge_owner=owner, point_owner=mine, n_azimuth=n_azimuth, radius_m=radius
    )
    for i in range(0, len(points), 3):
        expected = traced(
            points[i], edges, height, blocks=lambda _, i=i: owner != mine[i], radius=radius, n_azimuth=n_azimuth
        )
        np.testing.assert_allclose(got[i], expected, atol=1e-4)


def test_walls_see_the_other_side_of_their_own_courtyard():
    # A block 60 × 60 m around a court of 20 × 20 m, 15 m high: outline counter-clockwise, court clockwise.
    outer = [(0, 0), (60, 0), (60, 60), (0, 60)]
    court = [(20, 20), (20, 40), (40, 40), (40, 20)]
    edges = [[*a, *b] for ring in (outer, court) for a, b in zip(ring, ring[1:] + ring[:1], strict=True)]
    points = [[30.0, 20.0, 5.0], [30.0, 0.0, 5.0]]  # the court's south side looking north; the street side
    options = {"edge_owner": [7] * 8, "point_owner": [7, 7], "n_azimuth": 36}
    got = horizon_angles(points, edges, [15.0] * 8, own_walls=True, **options)
    assert got[0, 0] == pytest.approx(np.degrees(np.arctan(10 / 20)), abs=1e-4)  # north, across the court
    assert got[0, 3] == pytest.approx(np.degrees(np.arctan(10 / 20)), abs=1e-4)  # 30°: the east side, 10 m / sin 30°
    assert (got[1, 10:27] == 0).all()  # the street is free
    assert horizon_angles(points, edges, [15.0] * 8, **options).max() == 0


@settings(max_examples=40, deadline=None)
@given(alpha=st.floats(0, 85), tilt=st.floats(0, 90), azimuth=st.integers(0, 35))
def test_sky_view_before_an_endless_wall(alpha, tilt, azimuth):
    # In two dimensions the sky's share is (1 + cos(α + β))/2: crossed strings.
    bearing = np.radians((np.arange(72) - 2 * azimuth) * 5)
    horizon = np.degrees(np.arctan(np.tan(np.radians(alpha)) * np.maximum(np.cos(bearing), 0)))
    got = sky_view_factor([tilt], [azimuth * 10.0], horizon[None])[0]
    assert got == pytest.approx((1 + np.cos(np.radians(alpha + tilt))) / 2, abs=4e-3)


@settings(max_examples=40, deadline=None)
@given(st.floats(0, 180), st.floats(0, 360))
def test_sky_view_of_a_free_horizon(tilt, azimuth):
    got = sky_view_factor([tilt], [azimuth], np.zeros((1, 36)))[0]
    assert got == pytest.approx((1 + np.cos(np.radians(tilt))) / 2, abs=1e-9)


@settings(max_examples=10, deadline=None)
@given(tilt=st.floats(0, 120), azimuth=st.floats(0, 360), seed=st.integers(0, 1000))
def test_sky_view_is_the_mean_over_random_directions(tilt, azimuth, seed):
    rng = np.random.default_rng(seed)
    horizon = rng.uniform(0, 60, 36)
    # Points of the dome drawn with cos-weight about the plane's normal: the share that lies above the horizon.
    up, turn = np.sqrt(rng.uniform(0, 1, 400_000)), rng.uniform(0, 2 * np.pi, 400_000)
    flat = np.sqrt(1 - up**2)
    b, a = np.radians(tilt), np.radians(azimuth)
    normal = np.array([np.sin(b) * np.sin(a), np.sin(b) * np.cos(a), np.cos(b)])
    slope = np.array([-np.cos(b) * np.sin(a), -np.cos(b) * np.cos(a), np.sin(b)])
    side = np.cross(normal, slope)
    ray = up[:, None] * normal + (flat * np.cos(turn))[:, None] * slope + (flat * np.sin(turn))[:, None] * side
    bearing = np.degrees(np.arctan2(ray[:, 0], ray[:, 1])) % 360
    edge = np.interp(bearing, np.arange(37) * 10, np.append(horizon, horizon[0]))
    seen = (np.degrees(np.arcsin(np.clip(ray[:, 2], -1, 1))) > edge).mean()
    assert sky_view_factor([tilt], [azimuth], horizon[None])[0] == pytest.approx(seen, abs=6e-3)


def test_rows_of_racks_hide_the_sky_as_pvlib_says():
    got = rack_horizon(None, [15.0, 30.0], [180.0, 120.0], [0.7, 0.5], n_azimuth=36)
    for row, tilt, cover, bin_ in ((0, 15.0, 0.7, 18), (1, 30.0, 0.5, 12)):
        expected = pvlib.shading.masking_angle(tilt, cover, 0.5)
        assert got[row, bin_] == pytest.approx(float(expected), abs=1e-4)
        assert got[row].argmax() == bin_
    assert (got[0, :9] == 0).all()
    around = np.full((2, 24), 12.0)
    assert (rack_horizon(around, [15.0, 30.0], [180.0, 120.0], 0.5) >= 12.0).all()


def test_a_neighbour_to_the_south_costs_more_than_one_to_the_north():
    sun = site_sun(helsinki(), **HELSINKI)
    walls = [[-40.0, -15.0, 40.0, -15.0]], [[-40.0, 15.0, 40.0, 15.0]]
    seen = [horizon_angles([[0.0, 0.0, 0.0]], wall, [12.0]) for wall in walls]
    south, north = (plane_irradiation(sun, [0.0], [180.0], h)[0] for h in seen)
    free = plane_irradiation(sun, [0.0], [180.0])[0]
    assert south < 0.85 * free
    assert 1.05 * south < north < free


def test_wrong_inputs_are_named():
    with pytest.raises(SolarInputError, match=r"points has shape \(1, 2\)"):
        horizon_angles([[0.0, 0.0]], [[0.0, 0.0, 1.0, 1.0]], [3.0])
    with pytest.raises(SolarInputError, match="edge_height_m has shape"):
        horizon_angles([[0.0, 0.0, 0.0]], [[0.0, 0.0, 1.0, 1.0]], [3.0, 4.0])
    with pytest.raises(SolarInputError, match="edges has 1 rows with missing numbers"):
        horizon_angles([[0.0, 0.0, 0.0]], [[0.0, np.nan, 1.0, 1.0]], [3.0])
