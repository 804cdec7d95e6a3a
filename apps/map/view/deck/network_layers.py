"""The networks as layers of the map: casing and strokes of lines, points, and a halo around what is selected."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pydeck as pdk
import shapely

from apps.map.view.deck import palette
from apps.map.view.deck.data_urls import address
from apps.texts import Texts
from apps.views.networks.element_geojson import Part
from apps.views.networks.element_states import CARRIERS, KIND, Look, element_quantity, is_diverging
from apps.views.networks.network_views import NetworkView
from apps.views.quantities import CLASSES

LINES, POINTS = "networks", "network-points"
"""Layers that can be clicked."""
_ON_TOP = {"depthCompare": "always"}
_PIXELS = pdk.types.String("pixels")
_CASING_PX, _BEYOND_CASING_PX = 1.6, 4.0


def colours_of_look(look: Look) -> list[palette.RGB]:
    """List the colours of classes 0 to `ABOVE` of what is looked at."""
    if look.quantity == KIND:
        kinds = [palette.rgb(palette.CARRIERS[name]) for name in CARRIERS]
        return kinds + [palette.NO_VALUE] * (CLASSES + 3 - len(kinds))
    if is_diverging(look.quantity):
        return [*palette.DIVERGING, palette.NO_VALUE, palette.DIVERGING[0], palette.DIVERGING[-1]]
    return [*palette.CIVIDIS, palette.NO_VALUE, palette.BEYOND, palette.BEYOND]


def network_layers(networks: NetworkView, look: Look, step: int, selected: str | None, words: Texts) -> list[pdk.Layer]:
    """Draw the networks over the quiet map.

    Parameters
    ----------
    networks : NetworkView
        Of `Networks.open`.
    look : Look
        What to show.
    step : int
        Place of the playhead.
    selected : str or None
        Id of the element with a halo.
    words : Texts
        Language.
    """
    step = min(step, len(element_quantity(networks, look).classes) - 1)
    trigger = f"{look.carrier} {look.quantity} {look.day} {step}"
    now = f"properties.c[{step}] > {CLASSES}"
    inside = f"__source.object.{now}"
    black, edited, quiet = list(palette.BEYOND_EDGE), list(palette.EDITED), list(palette.CASING)
    at_times = list(palette.BEYOND_AT_TIMES)
    casing = (
        f"@@={inside} ? {black} : __source.object.properties.y ? {at_times} : "
        f"__source.object.properties.o == 'edited' ? {edited} : {quiet}"
    )
    table = "([" + ",".join(f"[{r},{g},{b}]" for r, g, b in colours_of_look(look)) + "])"
    colour = f"@@={table}[__source.object.properties.c[{step}]]"
    wide, plain = "properties.w * 1.3 + 2", "properties.w"
    found = _halo(networks, selected)
    layers: tuple[tuple[str, Part, str, tuple[float, float]], ...] = (
        (LINES, "lines", casing, (_BEYOND_CASING_PX, _CASING_PX)),
        ("network-strokes", "strokes", colour, (0.0, 0.0)),
    )
    for name, part, paint, more in layers:
        found.append(
            _layer(
                name,
                data_of(networks, look, part, words),
                {"linestrings": {"getColor": paint, "updateTriggers": {"getColor": trigger}}},
                get_line_width=f"{now} ? {wide} + {more[0]} : {plain} + {more[1]}",
                line_width_units=_PIXELS,
                update_triggers={"getLineWidth": trigger},
                pickable=bool(more[1]),
            )
        )
    found.append(_points(data_of(networks, look, "points", words), table, step, trigger))
    return found


def _points(data: str, table: str, step: int, trigger: str) -> pdk.Layer:
    """Draw plants, transformers and connections as circles, coloured by the table of colours."""
    now = f"properties.c[{step}] > {CLASSES}"
    black, edited, at_times = list(palette.BEYOND_EDGE), list(palette.EDITED), list(palette.BEYOND_AT_TIMES)
    edge = f"@@={now} ? {black} : properties.y ? {at_times} : properties.o == 'edited' ? {edited} : [255,255,255]"
    circle = {
        "getFillColor": f"@@={table}[properties.c[{step}]]",
        "getLineColor": edge,
        "billboard": True,
        "updateTriggers": {"getFillColor": trigger, "getLineColor": trigger},
    }
    return _layer(
        POINTS,
        data,
        {"points-circle": circle},
        get_point_radius=f"{now} ? properties.w * 1.5 : properties.w",
        point_radius_min_pixels=3.5,
        point_radius_max_pixels=11,
        get_line_width=2,
        line_width_units=_PIXELS,
        update_triggers={"getPointRadius": trigger},
        pickable=True,
    )


def data_of(networks: NetworkView, look: Look, part: Part, words: Texts) -> str:
    """Give the address of the data of a layer; it changes with whatever changes them."""
    query = {"quantity": look.quantity, "day": look.day, "part": part}
    if look.scale is not None:
        query |= {"low": repr(look.scale[0]), "high": repr(look.scale[1])}
    return address(networks.view, f"networks/{look.carrier}", words, version=networks.version, **query)


def _layer(name: str, data: Any, parts: dict[str, dict[str, Any]], **options: Any) -> pdk.Layer:
    return pdk.Layer("GeoJsonLayer", id=name, data=data, _sub_layer_props=parts, parameters=_ON_TOP, **options)


def _halo(networks: NetworkView, selected: str | None) -> list[pdk.Layer]:
    """Draw a dark band with a light one in it beneath the selected element."""
    if selected is None or selected not in networks.elements.index:
        return []
    shape = networks.elements.geometry.loc[selected]
    rounded = shapely.transform(shape, lambda points: np.round(points, 6))
    feature = [{"type": "Feature", "properties": {}, "geometry": shapely.geometry.mapping(rounded)}]
    return [
        _layer(
            name,
            feature,
            {
                "linestrings": {"getColor": colour, "capRounded": True, "jointRounded": True},
                "points-circle": {"getFillColor": colour, "billboard": True},
            },
            get_line_width=width,
            line_width_units=_PIXELS,
            get_point_radius=width * 0.75,
            point_radius_units=_PIXELS,
            stroked=False,
        )
        for name, colour, width in (("halo-edge", [20, 20, 20], 24), ("halo", [255, 255, 255], 20))
    ]


def sketch_layers(line: Sequence[tuple[float, float]]) -> list[pdk.Layer]:
    """Draw a line that somebody is drawing, over everything."""
    if len(line) < 2:
        return []
    shape = {"type": "LineString", "coordinates": [list(at) for at in line]}
    feature = [{"type": "Feature", "properties": {}, "geometry": shape}]
    return [
        _layer(
            name,
            feature,
            {"linestrings": {"getColor": colour, "capRounded": True, "jointRounded": True}},
            get_line_width=width,
            line_width_units=_PIXELS,
        )
        for name, colour, width in (("sketch-edge", [255, 255, 255], 9), ("sketch", list(palette.EDITED), 5))
    ]
