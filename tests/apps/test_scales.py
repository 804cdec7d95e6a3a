"""Scales, classes, colours and the camera."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.map.view.deck import palette
from apps.map.view.deck.camera import Frame, fit, frame_of
from apps.views.quantities import CLASSES, USE_GROUPS, classes_of, nice_ceiling, scale_of, use_group
from gis_data import USES

numbers = st.floats(1e-6, 1e9)


@given(numbers)
def test_the_top_of_a_scale_is_above_and_at_most_half_as_much_again(value: float) -> None:
    assert value <= nice_ceiling(value) * (1 + 1e-9)
    assert nice_ceiling(value) <= 1.51 * value


@given(st.lists(numbers, min_size=2, max_size=40))
def test_classes_follow_the_order_of_values(values: list[float]) -> None:
    ordered = np.sort(np.array(values))
    classes = classes_of(ordered, scale_of(ordered))
    assert (np.diff(classes) >= 0).all()
    assert classes.min() >= 0
    assert classes.max() < CLASSES


def test_a_missing_value_has_its_own_class_and_an_empty_map_a_scale() -> None:
    assert classes_of(np.array([np.nan, 0.0, 5.0, 99.0]), (0.0, 10.0)).tolist() == [CLASSES, 0, 16, CLASSES - 1]
    assert scale_of(np.full(4, np.nan)) == (0.0, 1.0)
    assert scale_of(np.zeros(4)) == (0.0, 1.0)


def test_one_small_odd_building_does_not_darken_the_map() -> None:
    values, footprint = np.array([10.0] * 20 + [900.0] * 3), np.array([1000.0] * 20 + [5.0] * 3)
    assert scale_of(values, footprint) == (0.0, 10.0)
    assert scale_of(values)[1] >= 900.0, "counted by heads, three pavilions set the scale"


def test_every_use_of_a_building_has_a_colour_group() -> None:
    assert {use for uses in USE_GROUPS.values() for use in uses} == set(USES)
    assert all(use_group(use) in palette.USES for use in USES)
    assert use_group("lighthouse") == "other"


def test_carriers_keep_their_colours_and_kinds_are_told_apart_by_okabe_and_ito() -> None:
    agreed = {
        "electricity": "#E69F00", "heat": "#D55E00", "cold": "#56B4E9", "gas": "#CC79A7", "hydrogen": "#CC79A7",
        "sun": "#F0E442", "storage": "#009E73", "grid": "#0072B2",
    }  # fmt: skip
    assert {name: palette.CARRIERS[name] for name in agreed} == agreed
    assert len(set(palette.USES.values())) == len(palette.USES)
    assert len(set(palette.HEATING.values())) == len(palette.HEATING)


def test_cividis_grows_lighter_step_by_step() -> None:
    # Relative luminance of sRGB, IEC 61966-2-1: what a colour-blind eye goes by.
    linear = [
        [(v / 255 / 12.92) if v <= 10 else ((v / 255 + 0.055) / 1.055) ** 2.4 for v in c] for c in palette.CIVIDIS
    ]
    luminance = np.array(linear) @ [0.2126, 0.7152, 0.0722]
    assert (np.diff(luminance) > 0).all()
    assert len(palette.ramp()) == CLASSES + 1
    assert palette.ramp()[CLASSES] == palette.NO_VALUE


def seen(camera: object, frame: Frame, lon: float, lat: float) -> tuple[float, float]:
    """Project by deck.gl's own chain: Mercator, then a camera 1.5 screens away turned by bearing and pitch."""

    def world(x: float, y: float) -> np.ndarray:
        size = 512 * 2**camera.zoom  # type: ignore[attr-defined]
        mercator = math.log(math.tan(math.pi / 4 + math.radians(y) / 2))
        return np.array([math.radians(x) + math.pi, math.pi + mercator]) * size / (2 * math.pi)

    offset = world(lon, lat) - world(camera.longitude, camera.latitude)  # type: ignore[attr-defined]
    b, p = math.radians(camera.bearing), math.radians(camera.pitch)  # type: ignore[attr-defined]
    right, ahead = offset @ [math.cos(b), -math.sin(b)], offset @ [math.sin(b), math.cos(b)]
    eye = 1.5 * frame.height
    depth = eye + ahead * math.sin(p)
    return frame.width / 2 + right * eye / depth, frame.height / 2 - ahead * math.cos(p) * eye / depth


@pytest.mark.parametrize("size", [(1366, 768), (1920, 1080), (1024, 700)])
@settings(max_examples=25, deadline=None)
@given(west=st.floats(-170, 170), south=st.floats(-60, 66), wide=st.floats(0.002, 0.05), tall=st.floats(0.002, 0.05))
def test_the_district_fills_the_frame_between_the_panels(
    size: tuple[int, int], west: float, south: float, wide: float, tall: float
) -> None:
    bounds = (west, south, west + wide, south + tall)
    frame = frame_of(*map(float, size))
    camera = fit(bounds, frame)
    corners = np.array([seen(camera, frame, x, y) for x in bounds[::2] for y in bounds[1::2]])
    low, high = corners.min(axis=0), corners.max(axis=0)
    slack = 12.0
    assert low[0] >= frame.left - slack
    assert low[1] >= frame.top - slack
    assert high[0] <= frame.width - frame.right + slack
    assert high[1] <= frame.height - frame.bottom + slack
    room = np.array([frame.width - frame.left - frame.right, frame.height - frame.top - frame.bottom])
    assert ((high - low) / room).max() > 0.95
