"""The map's layers: quiet ground, buildings coloured by expression, networks, what is selected."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pydeck as pdk
import shapely

from apps.map.view.deck import palette
from apps.map.view.deck.camera import Camera
from apps.map.view.deck.data_urls import address, ground_address
from apps.map.view.deck.network_layers import network_layers, sketch_layers
from apps.texts import Texts
from apps.views.map_comparison import How, compare_quantity
from apps.views.map_quantities import MapQuantity, map_quantity
from apps.views.networks.element_states import Look
from apps.views.networks.network_views import NetworkView
from apps.views.view import View
from assets.carriers import PIPED

BUILDINGS = "buildings"
LAYERS = ("streets", "water", "landuse", "trees", "parking", "chargers", "pipes", "roofs")
"""Layers that can be switched, in the order of their switches."""
LAYERS_AT_FIRST = ("streets", "water", "landuse", "trees", "chargers", "pipes")

HIDDEN_BY_NETWORKS = ("pipes", "chargers", "roofs", "trees", "parking")
"""Layers that are not drawn while networks are looked at."""

_ON_TOP = {"depthCompare": "always"}
_MATERIAL = {"ambient": 0.68, "diffuse": 0.42, "shininess": 20, "specularColor": [30, 30, 30]}
_PIXELS = pdk.types.String("pixels")  # a bare string would become an expression
_OUTLINE_LIFT_M = 0.6
_OUTLINED = 120  # more outlines than that hide what they surround
_FAR_ZOOM = 15.0
_OUTLINE_DETAIL = 4e-6  # degrees, less than half a metre


@dataclass(frozen=True)
class Picture:
    """What the map shows.

    Attributes
    ----------
    quantity, day : str
        What buildings are coloured by.
    step : int
        Place of the playhead.
    layers : collection of str
        Layers that are switched on.
    selected : str or None
        Id of the outlined building.
    against : View or None
        Baseline that the buildings are coloured against.
    how : str
        "beside" colours both on one scale, "difference" colours the change.
    chosen : collection of str
        Ids of buildings that a change is being prepared for.
    look : Look or None
        What is looked at of networks; the buildings are quiet then.
    networks : NetworkView or None
        ElementQuantity once they are computed.
    element : str or None
        Id of the selected element of a network.
    sketch : sequence of tuple of float
        Longitude and latitude of a line that is being drawn.
    """

    quantity: str
    day: str
    step: int
    layers: Collection[str]
    selected: str | None = None
    against: View | None = None
    how: How = "beside"
    chosen: Collection[str] = ()
    look: Look | None = None
    networks: NetworkView | None = None
    element: str | None = None
    sketch: Sequence[tuple[float, float]] = ()


def building_quantity(view: View, picture: Picture) -> MapQuantity:
    """Give what the buildings are coloured by.

    Parameters
    ----------
    view : View
        District and scenario.
    picture : Picture
        What to show.
    """
    if picture.against is None:
        return map_quantity(view, picture.quantity, picture.day)
    return compare_quantity(view, picture.against, picture.quantity, picture.day, picture.how)


def colours_of(what: MapQuantity, how: str) -> list[palette.RGB]:
    """List the colours of the classes of what is seen."""
    if how == "difference":
        return palette.ramp(palette.DIVERGING)
    return palette.ramp(palette.kind_colours(what.quantity.key, what.kinds) if what.kinds else ())


def deck(view: View, picture: Picture, camera: Camera, words: Texts) -> pdk.Deck:
    """Draw the map.

    The data of every layer come by address and stay in the browser: moving the playhead changes a number in one
    expression.

    Parameters
    ----------
    view : View
        District and scenario.
    picture : Picture
        What to show.
    camera : Camera
        Where the camera stands at first.
    words : Texts
        Language of the names and values.
    """
    ground = [_land(view)]
    ground += [
        _layer(view, name, words) for name in ("landuse", "water", "parking", "streets") if name in picture.layers
    ]
    layers = [n for n in picture.layers if picture.look is None or n not in HIDDEN_BY_NETWORKS]
    top = [_layer(view, name, words) for name in ("trees", "pipes", "chargers") if name in layers]
    body = [_buildings(view, picture, words) if picture.look is None else _quiet(view, words)]
    if "roofs" in layers:
        body.append(_roofs(view, words))
    if picture.look is not None and picture.networks is not None:
        body += network_layers(picture.networks, picture.look, picture.step, picture.element, words)
        body += sketch_layers(picture.sketch)
    outlined = [picture.selected] if picture.selected is not None else list(picture.chosen)
    if 0 < len(outlined) <= _OUTLINED:
        body += _outline(view, outlined)
    # A basemap would be fetched from outside: no provider, and no `map_style` either, not even None.
    return pdk.Deck(
        [*ground, *top[:-1], *body, *top[-1:]] if top and top[-1].id == "chargers" else [*ground, *top, *body],
        map_provider=None,
        initial_view_state=pdk.ViewState(
            longitude=camera.longitude,
            latitude=camera.latitude,
            zoom=camera.zoom,
            pitch=camera.pitch,
            bearing=camera.bearing,
            # From close by, one can still go back to the whole district.
            min_zoom=min(camera.zoom, _FAR_ZOOM) - 2,
            max_zoom=20,
            max_pitch=75,
            **({"transition_duration": camera.flight_ms} if camera.flight_ms else {}),
        ),
        tooltip=_tooltip(
            picture.step if picture.look is not None or building_quantity(view, picture).values.shape[0] > 1 else 0
        ),
    )


def _geojson(name: str, data: Any, parts: dict[str, dict[str, Any]], **options: Any) -> pdk.Layer:
    """Make a GeoJSON layer.

    Streamlit pales the colours of every layer while something is selected. Colours given to the parts of a layer
    are left alone, so that what isn't selected stays as it was.
    """
    return pdk.Layer("GeoJsonLayer", id=name, data=data, _sub_layer_props=parts, **options)


def _land(view: View) -> pdk.Layer:
    west, south, east, north = view.district.bounds
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    shape = {"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates": [ring]}}
    return _geojson("land", [shape], {"polygons-fill": {"getFillColor": list(palette.LAND)}}, stroked=False)


def _layer(view: View, name: str, words: Texts) -> pdk.Layer:
    data = ground_address(view, name, words)
    if name == "streets":
        fill = f"@@=properties.f ? {list(palette.FOOTWAY)} : {list(palette.STREET)}"
        return _geojson(name, data, {"polygons-fill": {"getFillColor": fill}}, stroked=False)
    if name == "pipes":
        return _geojson(
            name,
            data,
            {"linestrings": {"getColor": _carrier_expression(), "capRounded": True}},
            get_line_width=2.5,
            line_width_min_pixels=2,
        )
    if name in {"trees", "chargers"}:
        return _points(name, data)
    colour = {"landuse": palette.PARK, "water": palette.WATER, "parking": palette.PARKING}[name]
    return _geojson(name, data, {"polygons-fill": {"getFillColor": list(colour)}}, stroked=False)


def _points(name: str, data: str) -> pdk.Layer:
    if name == "trees":
        fill = {"getFillColor": [*palette.TREE, 190]}
        return _geojson(name, data, {"points-circle": fill}, get_point_radius=2.6, stroked=False)
    colour = list(palette.rgb(palette.CARRIERS["electricity"]))
    circle = {"getFillColor": colour, "getLineColor": [255, 255, 255], "billboard": True}
    return _geojson(
        name,
        data,
        {"points-circle": circle},
        get_point_radius=7,
        point_radius_min_pixels=6,
        point_radius_max_pixels=11,
        get_line_width=2,
        line_width_units=_PIXELS,
        parameters=_ON_TOP,
        pickable=True,
    )


def _carrier_expression() -> str:
    colours = {name: list(palette.rgb(colour)) for name, colour in palette.CARRIERS.items() if name}
    rest = list(palette.rgb(palette.CARRIERS[""]))
    chain = " : ".join(f"__source.object.properties.k == '{name}' ? {colours[name]}" for name in PIPED)
    return f"@@={chain} : {rest}"


def _buildings(view: View, picture: Picture, words: Texts) -> pdk.Layer:
    what = building_quantity(view, picture)
    step = picture.step if what.values.shape[0] > 1 else 0
    how = picture.how if picture.against is not None else ""
    plain = "roofs" in picture.layers and how != "difference"
    colours = _lookup(colours_of(what, how))
    fill: Any = list(palette.PLAIN_BUILDING) if plain else f"@@={colours}[properties.c[{step}]]"
    trigger = f"{picture.quantity} {step} {plain} {how}"
    part = {"getFillColor": fill, "updateTriggers": {"getFillColor": trigger}}
    query = {"quantity": picture.quantity, "day": picture.day}
    if picture.against is not None:
        query |= {"against": picture.against.scenario, "how": how, "version": picture.against.stamp}
    return _geojson(
        BUILDINGS,
        address(view, "buildings", words, **query),
        {"polygons-fill": part},
        update_triggers={"getFillColor": trigger},
        extruded=True,
        get_elevation="properties.h",
        material=_MATERIAL,
        pickable=True,
    )


def _quiet(view: View, words: Texts) -> pdk.Layer:
    """Draw the buildings without a quantity, see-through: only networks carry colour."""
    return _geojson(
        BUILDINGS,
        address(view, "layers/buildings", words),
        {"polygons-fill": {"getFillColor": list(palette.QUIET_BUILDING)}},
        extruded=True,
        get_elevation="properties.h",
        material=_MATERIAL,
        pickable=True,
    )


def _roofs(view: View, words: Texts) -> pdk.Layer:
    fill = {"getFillColor": f"@@={_lookup(palette.ramp())}[properties.c[0]]"}
    return _geojson("roofs", address(view, "layers/roofs", words), {"polygons-fill": fill}, stroked=False)


def _lookup(colours: Sequence[palette.RGB]) -> str:
    # deck.gl's expressions index what stands in parentheses, not a bare list.
    return "([" + ",".join(f"[{r},{g},{b}]" for r, g, b in colours) + "])"


def _outline(view: View, buildings: Collection[str]) -> list[pdk.Layer]:
    """Outline buildings along their eaves, dark with a light casing, seen through what stands before them."""
    table = view.buildings.loc[view.buildings.index.intersection(list(buildings))]
    if table.empty:
        return []
    # One building is drawn as it is; many are sent again with every step of the day, so they are simplified.
    shapes_of = table.geometry if len(table) == 1 else table.geometry.simplify(_OUTLINE_DETAIL)
    rings = [
        shapely.force_3d(ring, height + _OUTLINE_LIFT_M)
        for geometry, height in zip(shapes_of, table["height_m"], strict=True)
        for polygon in shapely.get_parts(geometry)
        for ring in (polygon.exterior, *polygon.interiors)
    ]
    shapes = [
        {
            "type": "Feature",
            "properties": {},
            "geometry": {
                "type": "LineString",
                "coordinates": np.round(shapely.get_coordinates(ring, include_z=True), 6).tolist(),
            },
        }
        for ring in rings
    ]
    return [
        _geojson(
            name,
            shapes,
            {"linestrings": {"getColor": colour, "jointRounded": True, "capRounded": True, "billboard": True}},
            get_line_width=width,
            line_width_units=_PIXELS,
            parameters=_ON_TOP,
        )
        for name, colour, width in (
            ("outline-casing", [255, 255, 255], 5.5 if len(table) == 1 else 3.5),
            ("outline", [20, 20, 20], 2.5 if len(table) == 1 else 1.5),
        )
    ]


def _tooltip(step: int) -> dict[str, Any]:
    return {
        "html": f"<b>{{n}}</b><br/>{{u}}<br/><b>{{t{step}}}</b>",
        "style": {
            "background": "rgba(255,255,255,.96)",
            "color": "#26231F",
            "fontSize": "13px",
            "lineHeight": "1.35",
            "padding": "8px 10px",
            "borderRadius": "8px",
            "boxShadow": "0 4px 16px rgba(40,35,30,.18)",
            "maxWidth": "260px",
        },
    }
