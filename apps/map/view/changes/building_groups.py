"""Change several buildings that are chosen by kind, by list or by area."""

from __future__ import annotations

import json
from typing import Any

import streamlit as st
from pydantic import ValidationError

from apps.map.view import session
from apps.map.view.changes.edit_widgets import FIRST, SHARED, SYSTEMS, edit_of, show_value, value_of, widget
from apps.map.view.state import ViewState
from apps.texts import Texts
from apps.views.layer_geojson import building_names
from apps.views.view import View
from gis_data import USES
from twin import ScenarioError
from twin.scenario import Where, selected

WAYS = ("use", "list", "area", "all")


def change_group(view: View, words: Texts) -> tuple[str, ...]:
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
    way = st.segmented_control(
        words("change.select"),
        WAYS,
        format_func=lambda name: words(f"change.by.{name}"),
        required=True,
        width="stretch",
        **session.bound("several_by"),
    )
    where = _chosen(view, str(way), words)
    ids = _ids(view, where)
    if ids:
        st.caption(words("change.chosen", count=len(ids)))
    else:
        st.caption(words("change.none"))
    kind = st.selectbox(
        words("change.what"), tuple(FIRST), format_func=lambda name: words(f"change.{name}"), key="several_what"
    )
    key = f"several_{kind}"
    if value_of(kind, key) is None:
        show_value(kind, key, FIRST[kind])
    else:
        # A widget that was hidden for a run loses its state unless it is written again.
        show_value(kind, key, value_of(kind, key))
    widget(kind, key, words)
    if kind in SHARED:
        st.slider(words("change.share"), 5, 100, step=5, format="%d %%", **session.bound("several_share"))
    # Nothing can be left of a district that is torn down.
    everything = kind == "remove" and len(ids) == len(view.buildings)
    st.button(
        words("change.remove" if kind == "remove" else "change.apply"),
        key="several_apply",
        type="primary",
        width="stretch",
        disabled=not ids or everything,
        on_click=_change_several,
        args=(kind, key, where),
    )
    return ids


def _change_several(kind: str, key: str, where: Where | None) -> None:
    if where is not None:
        share = session.state().several_share / 100 if kind in SHARED else 1.0
        session.change(ViewState.apply, edit_of(kind, value_of(kind, key), where, share))


def _chosen(view: View, way: str, words: Texts) -> Where | None:
    """Ask which buildings; None while nothing is chosen."""
    if way == "all":
        return Where()
    if way == "use":
        return _kind_of(view, words)
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


def _kind_of(view: View, words: Texts) -> Where | None:
    """Ask for uses, heating and years; what is left open counts for nothing."""
    uses, systems = set(view.buildings["use"]), set(view.buildings["heating_system"])
    where: dict[str, Any] = {
        "use": st.multiselect(
            words("change.uses"),
            [use for use in USES if use in uses],
            format_func=lambda use: words(f"use.{use}"),
            key="several_uses",
            placeholder=words("change.any"),
        )
    }
    with st.expander(words("change.more")):
        where["heating_system"] = st.multiselect(
            words("change.heated"),
            [system for system in SYSTEMS if system in systems],
            format_func=lambda system: words(f"heating.{system}"),
            key="several_systems",
            placeholder=words("change.any"),
        )
        years = view.buildings["construction_year"]
        first, last = int(years.min()), int(years.max())
        low, high = first, last
        if first < last:
            low, high = st.slider(words("change.built"), first, last, (first, last), format="%d", key="several_years")
    where |= {"built_after": low - 1 if low > first else None, "built_before": high + 1 if high < last else None}
    given = {name: value for name, value in where.items() if value}
    return Where.model_validate(given) if given else None


def _area(words: Texts) -> Where | None:
    pasted = st.text_area(words("change.area"), key="several_area", height=80)
    opened = st.file_uploader(
        words("change.upload"), type=["geojson", "json"], key="several_file", label_visibility="collapsed"
    )
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
