"""A view as the query of an address, and back."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from typing import Any

import streamlit as st

import gis_data
from apps._errors import AppError
from apps.map.view import session
from apps.map.view.deck.camera import Camera
from apps.map.view.deck.map_deck import LAYERS
from apps.map.view.networks.network_panel import GROUP as NETWORK_GROUP
from apps.map.view.opening import Opening
from apps.views.days import DAYS
from apps.views.map_quantities import QUANTITIES
from apps.views.networks.element_states import ALL, CARRIERS, KIND
from apps.views.networks.network_views import QUANTITIES as NETWORK_QUANTITIES
from twin import ScenarioError
from twin.scenario import Scenario, decode_scenario, encode_scenario

MODES = ("map", "beside", "difference")
_CAMERA = ("longitude", "latitude", "zoom", "pitch", "bearing")
_LIMITS = {"longitude": 180.0, "latitude": 85.0, "zoom": 22.0, "pitch": 75.0, "bearing": 360.0}


def query_of(state: Mapping[str, Any], district: str, step: int, language: str) -> dict[str, str]:
    """Write the session's view as a query; where the camera stands, the browser adds as `at`.

    Parameters
    ----------
    state : Mapping[str, Any]
        The session's state.
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
        "q": session.quantity(),
        "day": state["day"],
        "hour": str(step),
        "layers": ".".join(name for name in LAYERS if name in state["layers"]),
    }
    if session.present().edits:
        query["s"] = encode_scenario(session.present())
    if session.baseline().edits:
        query["b"] = encode_scenario(session.baseline())
    if state["mode"] != "map":
        query["mode"] = state["mode"]
    if state["group"] == NETWORK_GROUP:
        query["net"] = f"{state['network_carrier']}.{state['network_quantity']}"
        if state.get("element"):
            query["element"] = str(state["element"])
    if state.get("selected"):
        query["building"] = str(state["selected"])
    if state.get("workshop"):
        query["workshop"] = "1"
    return query


def restore(query: Mapping[str, str], opening: Opening) -> list[str]:
    """Begin a session with what an address says; nothing in it is trusted.

    Parameters
    ----------
    query : Mapping[str, str]
        The address's query.
    opening : Opening
        What can be opened.

    Returns
    -------
    list of str
        What cannot be followed, in words.
    """
    state, troubles = st.session_state, []
    first = opening.views.scenarios.get(opening.scenario) or session.as_it_is()
    scenarios: dict[str, Scenario] = {}
    for name in ("s", "b"):
        try:
            if query.get(name):
                scenarios[name] = decode_scenario(query[name])
        except ScenarioError as error:
            troubles.append(str(error))
    session.begin(scenarios.get("s", first if "s" not in query and "district" not in query else session.as_it_is()))
    session.pin(scenarios.get("b"))
    state["district"] = _district(query.get("district", ""), opening, troubles)
    quantity = QUANTITIES.get(query.get("q", ""))
    if quantity is not None:
        group = "kind" if quantity.key in {"use", "heating", "built", "height"} else quantity.group
        state["group"], state[f"quantity_{group}"] = group, quantity.key
    carrier, _, shown = query.get("net", "").partition(".")
    if carrier in {*CARRIERS, ALL} and shown in {*NETWORK_QUANTITIES, KIND}:
        state["group"], state["network_carrier"], state["network_quantity"] = NETWORK_GROUP, carrier, shown
        state["element"] = query.get("element")
    if query.get("day") in DAYS or (state.get("group") == NETWORK_GROUP and _is_date(query.get("day", ""))):
        state["day"] = query["day"]
    if query.get("hour", "").isdigit():
        state["first_step"] = min(int(query["hour"]), 23)
    if "layers" in query:
        state["layers"] = [name for name in LAYERS if name in query["layers"].split(".")]
    if query.get("mode") in MODES:
        state["mode"] = query["mode"]
    if "building" in query:
        state["selected"] = query["building"]
    state["workshop"] = query.get("workshop") == "1"
    state["camera"] = camera_of(query.get("at", ""))
    return troubles


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
