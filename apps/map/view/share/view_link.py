"""A view as the query of an address, and back."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import gis_data
from apps._errors import AppError
from apps.map.view.deck.camera import Camera
from apps.map.view.deck.map_deck import LAYERS
from apps.map.view.opening import Opening
from apps.map.view.state import NETWORK, ViewState, as_it_is
from apps.views.days import DAYS
from apps.views.map_quantities import QUANTITIES
from apps.views.networks.element_states import ALL, CARRIERS, KIND
from apps.views.networks.network_views import QUANTITIES as NETWORK_QUANTITIES
from twin import ScenarioError
from twin.scenario import History, Scenario, decode_scenario, encode_scenario

MODES = ("map", "beside", "difference")
_CAMERA = ("longitude", "latitude", "zoom", "pitch", "bearing")
_LIMITS = {"longitude": 180.0, "latitude": 85.0, "zoom": 22.0, "pitch": 75.0, "bearing": 360.0}


def query_of(state: ViewState, district: str, step: int, language: str) -> dict[str, str]:
    """Write the session's view as a query; where the camera stands, the browser adds as `at`.

    Parameters
    ----------
    state : ViewState
        What the session looks at.
    district : str
        Name of the district.
    step : int
        Place of the playhead.
    language : str
        Language of the page.

    Raises
    ------
    ScenarioError
        Where a scenario cannot be put into a link.
    """
    query = {
        "district": district,
        "lang": language,
        "q": state.quantity,
        "day": state.day,
        "hour": str(step),
        "layers": ".".join(name for name in LAYERS if name in state.layers),
    }
    if state.present.edits:
        query["s"] = encode_scenario(state.present)
    if state.baseline.edits:
        query["b"] = encode_scenario(state.baseline)
    if state.mode != "map":
        query["mode"] = state.mode
    if state.networks_shown:
        query["net"] = f"{state.network_carrier}.{state.network_quantity}"
        if state.element:
            query["element"] = state.element
    if state.selected:
        query["building"] = state.selected
    if state.workshop:
        query["workshop"] = "1"
    return query


def restore(query: Mapping[str, str], opening: Opening) -> tuple[ViewState, list[str]]:
    """Give the state that a session begins with; nothing in an address is trusted.

    Parameters
    ----------
    query : Mapping[str, str]
        The address's query.
    opening : Opening
        What can be opened.

    Returns
    -------
    ViewState
        What the address says, else what the map opens with.
    list of str
        What cannot be followed, in words.
    """
    troubles: list[str] = []
    first = opening.views.scenarios.get(opening.scenario) or as_it_is()
    scenarios: dict[str, Scenario] = {}
    for name in ("s", "b"):
        try:
            if query.get(name):
                scenarios[name] = decode_scenario(query[name])
        except ScenarioError as error:
            troubles.append(str(error))
    begun_with = scenarios.get("s", first if "s" not in query and "district" not in query else as_it_is())
    workshop = query.get("workshop") == "1"
    state = ViewState(
        History.start(begun_with),
        district=_district(query.get("district", ""), opening, troubles),
        selected=query.get("building"),
        workshop=workshop,
        tour=int(workshop),
        camera=camera_of(query.get("at", "")),
    ).pin(scenarios.get("b"))
    return _when(_what(state, query), query), troubles


def _what(state: ViewState, query: Mapping[str, str]) -> ViewState:
    """Take over what is looked at."""
    given: dict[str, Any] = {}
    quantity = QUANTITIES.get(query.get("q", ""))
    if quantity is not None:
        group = "kind" if quantity.key in {"use", "heating", "built", "height"} else quantity.group
        given |= {"group": group, f"quantity_{group}": quantity.key}
    carrier, _, shown = query.get("net", "").partition(".")
    if carrier in {*CARRIERS, ALL} and shown in {*NETWORK_QUANTITIES, KIND}:
        given |= {"group": NETWORK, "network_carrier": carrier, "network_quantity": shown}
        given["element"] = query.get("element")
    if "layers" in query:
        given["layers"] = tuple(name for name in LAYERS if name in query["layers"].split("."))
    if query.get("mode") in MODES:
        given["mode"] = query["mode"]
    return replace(state, **given)


def _when(state: ViewState, query: Mapping[str, str]) -> ViewState:
    """Take over the day and the hour."""
    day, hour = query.get("day", ""), query.get("hour", "")
    if day in DAYS or (state.networks_shown and _is_date(day)):
        state = replace(state, day=day)
    return replace(state, first_step=min(int(hour), 23)) if hour.isdigit() else state


def _district(asked: str, opening: Opening, troubles: list[str]) -> str:
    if not asked or asked == opening.district:
        return opening.district
    try:
        opening.views.district(asked)
    except (AppError, gis_data.GisDataError) as error:
        troubles.append(str(error))
        return opening.district
    return asked


def _is_date(text: str) -> bool:
    try:
        dt.date.fromisoformat(text)
    except ValueError:
        return False
    return True


def camera_of(text: str) -> Camera | None:
    """Read a camera from an address; None where it is none.

    Parameters
    ----------
    text : str
        Longitude, latitude, zoom, pitch and bearing, with commas between.
    """
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        return None
    if len(numbers) != len(_CAMERA) or not all(
        math.isfinite(number) and abs(number) <= _LIMITS[name] for name, number in zip(_CAMERA, numbers, strict=True)
    ):
        return None
    longitude, latitude, zoom, pitch, bearing = numbers
    return Camera(longitude, latitude, zoom, pitch, bearing)
