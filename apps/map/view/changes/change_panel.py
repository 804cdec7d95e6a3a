"""Change the district: one building on its card; several, or all of it, in the panel on the right."""

from __future__ import annotations

from html import escape
from typing import Any

import streamlit as st

from apps.map.view import session
from apps.map.view.changes.added_buildings import new_buildings
from apps.map.view.changes.building_groups import change_group
from apps.map.view.changes.district_settings import emission_factors, prices, weather
from apps.map.view.changes.edit_widgets import edit_of, show_value, value_of, values_of, widget
from apps.map.view.state import ViewState
from apps.texts import Texts
from apps.views.view import View
from twin.scenario import RemoveBuildingsEdit, Where

PARTS = ("buildings", "district")
TOPICS = ("prices", "emissions", "weather", "new")
_ROWS = (
    ("pv", "chargers"),
    ("heating",),
    ("cooled", "setpoints"),
    ("retrofit",),
    ("battery", "charging"),
    ("hot_water_tank",),
)
CARD_KINDS = tuple(kind for row in _ROWS for kind in row)
"""What is changed on a building's card, in the order of the widgets."""


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
            show_value(kind, key, now[kind])
            with column:
                widget(kind, key, words, on_change=_change, args=(kind, key, building, now[kind]))
    if "heating" not in now:
        st.caption(words("change.unheated"))
    st.button(
        words("change.remove"),
        key="change_remove",
        icon=":material/delete:",
        help=words("change.remove.help"),
        width="stretch",
        disabled=len(view.buildings) == 1,
        on_click=_tear_down,
        args=(building,),
    )


def _change(kind: str, key: str, building: str, before: Any) -> None:
    value = value_of(kind, key)
    # The framework calls this too when a value was set from here: what the building has already is no change.
    if value is not None and value != before:
        session.change(ViewState.apply, edit_of(kind, value, Where(buildings=(building,))))


def _tear_down(building: str) -> None:
    # Pressed twice in a hurry, it tears down once.
    if session.state().selected == building:
        session.change(ViewState.apply, RemoveBuildingsEdit(where=Where(buildings=(building,))))
        session.update(selected=None)


def change_panel(view: View, words: Texts) -> tuple[str, ...]:
    """Show the change of several buildings, or of the whole district.

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
    st.html(f'<div class="cet-card-title"><h2>{escape(words("change.title"))}</h2></div>')
    part = st.segmented_control(
        words("change.title"),
        PARTS,
        format_func=lambda name: words(f"change.part.{name}"),
        required=True,
        label_visibility="collapsed",
        width="stretch",
        **session.bound("change_part"),
    )
    if part == "buildings":
        return change_group(view, words)
    topic = st.segmented_control(
        words("change.topic"),
        TOPICS,
        format_func=lambda name: words(f"change.topic.{name}"),
        required=True,
        label_visibility="collapsed",
        width="stretch",
        **session.bound("change_topic"),
    )
    show = {"prices": prices, "emissions": emission_factors, "weather": weather, "new": new_buildings}
    show[str(topic)](view, words)
    return ()
