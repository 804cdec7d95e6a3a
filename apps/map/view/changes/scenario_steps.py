"""The scenario's part of the panel: presets, undo, redo, reset, and the list of changes."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

import streamlit as st

from apps.map.view import session
from apps.map.view.changes.element_changes import titles_of_edits
from apps.map.view.opening import Opening
from apps.map.view.scenario_names import name_of, named_scenarios, reset_target, title_of
from apps.map.view.state import ViewState
from apps.texts import Texts
from apps.views.layer_geojson import building_names
from apps.views.view import View
from twin.scenario import tell

_OWN = ""


def scenario_part(opening: Opening, view: View, words: Texts) -> None:
    """Show the scenario, its steps and its changes.

    Parameters
    ----------
    opening : Opening
        What can be opened.
    view : View
        District and scenario.
    words : Texts
        Language.
    """
    now, known = session.state().present, named_scenarios(opening)
    name = name_of(now, opening)
    options = list(known) + ([_OWN] if name is None else [])
    st.selectbox(
        words("scenario"),
        options,
        format_func=lambda key: title_of(known.get(key, now), opening, words),
        help=words("scenario.help"),
        **session.form("scenario", _OWN if name is None else name, _choose, opening),
    )
    _steps(opening, words)
    _edits(view, words)


def _choose(opening: Opening) -> None:
    name = session.entered("scenario")
    if name != _OWN:
        session.change(ViewState.go_to, named_scenarios(opening)[name])


def _steps(opening: Opening, words: Texts) -> None:
    state, change = session.state(), session.change
    steps, reset_to = state.history, reset_target(state.present, opening)
    with st.container(key="steps", horizontal=True, gap="small"):
        icon_button("undo", words("scenario.undo"), change, ViewState.undo, disabled=not steps.can_undo)
        icon_button("redo", words("scenario.redo"), change, ViewState.redo, disabled=not steps.can_redo)
        told = words("scenario.reset", name=title_of(reset_to, opening, words))
        untouched = steps.present == reset_to
        icon_button("restart_alt", told, change, ViewState.go_to, reset_to, disabled=untouched, key="reset")
        st.button(
            words("scenario.add"),
            key="several",
            icon=":material/edit:",
            help=words("scenario.add.help"),
            on_click=change,
            args=(ViewState.open_changes, not state.changing),
        )


def icon_button(
    icon: str, told: str, then: Callable[..., None], *args: object, disabled: bool = False, key: str = ""
) -> None:
    """Show a button of an icon alone; its words are its tip and what a screen reader says.

    Parameters
    ----------
    icon : str
        Name of a Material symbol.
    told : str
        What it does.
    then : callable
        What is done.
    *args : object
        Given to it.
    disabled : bool
        Whether it cannot be pressed.
    key : str
        Key of the widget, where the icon is not enough.
    """
    st.button(
        told,
        key=key or icon,
        icon=f":material/{icon}:",
        help=told,
        on_click=then,
        args=args,
        disabled=disabled,
    )


def _edits(view: View, words: Texts) -> None:
    edits = session.state().present.edits
    if not edits:
        return
    names = dict(zip(view.buildings.index, building_names(view, words.language), strict=True)) | titles_of_edits(words)
    with st.container(key="edits", gap=None):
        for place, edit in enumerate(edits):
            with st.container(key=f"edit_{place}", horizontal=True, gap=None, vertical_alignment="center"):
                told = tell(edit, words.language, names)
                st.html(f'<div class="cet-edit">{escape(told)}</div>')
                tip = f"{words('scenario.remove')}: {told}"
                icon_button("close", tip, session.change, ViewState.remove, place, key=f"remove_{place}")
