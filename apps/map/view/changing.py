"""Change buildings: one on its card, or several that are chosen by use, by list or by area."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st
from pydantic import ValidationError

from apps.api.features import building_names
from apps.api.views import View
from apps.map.view import session
from apps.texts import Texts
from gis_data import USES
from twin import ScenarioError
from twin.scenario import (
    AnyEdit,
    BatteryEdit,
    ChargersEdit,
    ChargingEdit,
    HeatingEdit,
    PvEdit,
    RetrofitEdit,
    SetpointsEdit,
    Where,
    selected,
)

KINDS = ("pv", "retrofit", "heating", "setpoints", "battery", "chargers", "charging")
"""What can be changed by hand, in the order of the widgets."""
_ROWS = (("pv",), ("heating",), ("retrofit", "setpoints"), ("battery", "charging"), ("chargers",))
LEVELS = ("none", "light", "standard", "deep")
SYSTEMS = (
    "district_heating",
    "ground_source_heat_pump",
    "air_water_heat_pump",
    "direct_electric",
    "electric_boiler",
    "wood_boiler",
    "gas_boiler",
    "oil_boiler",
)
_CONTROLS = ("uncontrolled", "smart")
_WAYS = ("use", "list", "area", "all")
_FIRST: Mapping[str, Any] = {
    "pv": 60,
    "retrofit": "standard",
    "heating": "ground_source_heat_pump",
    "setpoints": 21.0,
    "battery": 100.0,
    "chargers": 50,
    "charging": "smart",
}
_MAKE: Mapping[str, Callable[[Any, Where], AnyEdit]] = {
    "pv": lambda value, where: PvEdit(share=value / 100, where=where),
    "retrofit": lambda value, where: RetrofitEdit(level=value, where=where),
    "heating": lambda value, where: HeatingEdit(system=value, where=where),
    "setpoints": lambda value, where: SetpointsEdit(heating_c=value, where=where),
    "battery": lambda value, where: BatteryEdit(kwh=value, where=where),
    "chargers": lambda value, where: ChargersEdit(cars=value / 100, where=where),
    "charging": lambda value, where: ChargingEdit(control=value, where=where),
}


def edit_of(kind: str, value: Any, where: Where) -> AnyEdit:
    """Make the edit of a widget's value.

    Parameters
    ----------
    kind : str
        One of `KINDS`.
    value : Any
        What the widget gives: shares in per cent.
    where : Where
        Which buildings.
    """
    return _MAKE[kind](value, where)


def change_one(view: View, building: str, words: Texts) -> None:
    """Show what the selected building has, each to be changed at once.

    Parameters
    ----------
    view : View
        District and scenario.
    building : str
        Id of the building.
    words : Texts
        Language.
    """
    now = values_of(view.buildings.loc[building])
    for pair in _ROWS:
        there = [kind for kind in pair if kind in now]
        for kind, column in zip(there, st.columns(len(there), gap="small") if there else (), strict=True):
            key = f"change_{kind}"
            st.session_state[key] = now[kind]
            with column:
                _widget(kind, key, words, on_change=_change, args=(kind, key, building, now[kind]))
    if "heating" not in now:
        st.caption(words("change.unheated"))


def values_of(row: Any) -> dict[str, Any]:
    """Give what a building has, by kind of change; what it cannot have is left out.

    Parameters
    ----------
    row : pandas.Series
        Of a view's buildings.
    """
    found: dict[str, Any] = {"pv": round(100 * float(row.get("pv_share", 0.0)))}
    if row["heating_system"] in SYSTEMS:
        found["retrofit"] = str(row["retrofit_level"]) if row["retrofit_level"] in LEVELS else "none"
        found["heating"] = str(row["heating_system"])
        heated_to = float(row.get("heating_setpoint_c", float("nan")))
        found["setpoints"] = round(min(max(heated_to, 5.0), 28.0), 1) if heated_to == heated_to else 21.0  # noqa: PLR0124  nan
    found["battery"] = float(row.get("battery_kwh", 0.0))
    found["chargers"] = round(100 * float(row.get("ev_share", 0.0)))
    found["charging"] = str(row.get("charging", "uncontrolled"))
    return found


def _change(kind: str, key: str, building: str, before: Any) -> None:
    value = st.session_state[key]
    # The framework calls this too when a value was set from here: what the building has already is no change.
    if value is not None and value != before:
        session.apply(edit_of(kind, value, Where(buildings=(building,))))


def _widget(kind: str, key: str, words: Texts, **then: Any) -> Any:
    label = words(f"change.{kind}.label")
    if kind in {"pv", "chargers"}:
        return st.slider(label, 0, 100, step=5, key=key, format="%d %%", **then)
    if kind == "setpoints":
        return st.number_input(label, 5.0, 28.0, step=0.5, format="%.1f", key=key, **then)
    if kind == "battery":
        return st.number_input(label, 0.0, 1e5, step=10.0, format="%.0f", key=key, **then)
    options = {"retrofit": LEVELS, "heating": SYSTEMS, "charging": _CONTROLS}[kind]
    return st.selectbox(label, options, format_func=lambda name: words(f"{kind}.{name}"), key=key, **then)


def change_several(view: View, words: Texts) -> tuple[str, ...]:
    """Show the choice of several buildings and a change of them.

    Parameters
    ----------
    view : View
        District and scenario.
    words : Texts
        Language.

    Returns
    -------
    tuple of str
        Ids of the chosen buildings, for the map to outline.
    """
    st.html(f'<div class="cet-card-title"><h2>{words("change.title")}</h2></div>')
    way = st.segmented_control(
        words("change.select"),
        _WAYS,
        format_func=lambda name: words(f"change.by.{name}"),
        key="several_by",
        required=True,
        width="stretch",
    )
    where = _chosen(view, str(way), words)
    ids = _ids(view, where)
    if ids:
        st.caption(words("change.chosen", count=len(ids)))
    elif where is None or way == "area":
        st.caption(words("change.none"))
    kind = st.selectbox(
        words("change.what"), KINDS, format_func=lambda name: words(f"change.{name}"), key="several_what"
    )
    key = f"several_{kind}"
    st.session_state[key] = st.session_state.get(key, _FIRST[kind])
    _widget(kind, key, words)
    st.button(
        words("change.apply"),
        key="several_apply",
        type="primary",
        width="stretch",
        disabled=not ids,
        on_click=_change_several,
        args=(kind, key, where),
    )
    return ids


def _change_several(kind: str, key: str, where: Where | None) -> None:
    if where is not None:
        session.apply(edit_of(kind, st.session_state[key], where))


def _chosen(view: View, way: str, words: Texts) -> Where | None:
    """Ask which buildings; None while nothing is chosen."""
    if way == "all":
        return Where()
    if way == "use":
        present = set(view.buildings["use"])
        uses = st.multiselect(
            words("change.uses"),
            [use for use in USES if use in present],
            format_func=lambda use: words(f"use.{use}"),
            key="several_uses",
            placeholder="",
        )
        return Where.model_validate({"use": uses}) if uses else None
    if way == "list":
        names = dict(zip(view.buildings.index, building_names(view, words.language), strict=True))
        listed = st.multiselect(
            words("change.list"),
            sorted(names, key=lambda one: names[one].casefold()),
            format_func=lambda one: names[one],
            key="several_list",
            placeholder="",
        )
        return Where(buildings=tuple(listed)) if listed else None
    return _area(words)


def _area(words: Texts) -> Where | None:
    pasted = st.text_area(words("change.area"), key="several_area", height=80)
    opened = st.file_uploader(words("change.upload"), type=["geojson", "json"], key="several_file")
    text = opened.getvalue().decode("utf-8", errors="replace") if opened is not None else pasted
    if not text or not text.strip():
        return None
    try:
        return Where(area=area_of(text))
    except (ScenarioError, ValueError) as error:
        st.warning(words("change.area.broken", why=_why(error)))
        return None


def area_of(text: str) -> dict[str, Any]:
    """Read a drawn area: a GeoJSON geometry, a Feature, or a collection of them, joined.

    Parameters
    ----------
    text : str
        GeoJSON with polygons in WGS84.

    Raises
    ------
    ValueError
        Where it is none.
    """
    found = json.loads(text)
    if not isinstance(found, dict):
        raise ValueError("{ … }?")  # noqa: TRY004  told to a person beside the other findings
    if found.get("type") != "FeatureCollection":
        return found
    shapes = [feature.get("geometry") or {} for feature in found.get("features", [])]
    polygons = [
        polygon
        for shape in shapes
        for polygon in ([shape["coordinates"]] if shape.get("type") == "Polygon" else shape.get("coordinates", []))
        if shape.get("type") in {"Polygon", "MultiPolygon"}
    ]
    if not polygons:
        raise ValueError("Polygon?")
    return {"type": "MultiPolygon", "coordinates": polygons}


def _why(error: Exception) -> str:
    if isinstance(error, ValidationError):
        return str(error.errors()[0]["msg"]).removeprefix("Value error, ")
    return str(error)


def _ids(view: View, where: Where | None) -> tuple[str, ...]:
    if where is None:
        return ()
    try:
        found = view.buildings.index[selected(view.buildings, where)]
    except ScenarioError as error:
        st.warning(str(error))
        return ()
    return tuple(str(name) for name in found)
