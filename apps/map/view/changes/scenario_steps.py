"""The scenario's part of the panel: presets, undo, redo, reset, and the list of changes."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

import streamlit as st

from apps.map.view import session
from apps.map.view.changes.element_changes import titles_of_edits
from apps.map.view.opening import Opening
from apps.texts import Texts
from apps.views.district_views import View
from apps.views.layer_geojson import building_names
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
    now = session.present()
    name = session.name_of(now, opening)
    options = list(session.named(opening)) + ([_OWN] if name is None else [])
    st.session_state["scenario"] = _OWN if name is None else name
    st.selectbox(
        words("scenario"),
        options,
        format_func=lambda key: session.title_of(session.named(opening).get(key, now), opening, words),
        key="scenario",
        help=words("scenario.help"),
        on_change=_choose,
        args=(opening,),
    )
    _steps(opening, words)
    _edits(view, words)


def _choose(opening: Opening) -> None:
    name = st.session_state["scenario"]
    if name != _OWN:
        session.go_to(session.named(opening)[name])


def _steps(opening: Opening, words: Texts) -> None:
    steps, reset_to = session.history(), session.state_to_reset(opening)
    with st.container(key="steps", horizontal=True, gap="small"):
        icon_button("undo", words("scenario.undo"), session.undo, disabled=not steps.can_undo)
        icon_button("redo", words("scenario.redo"), session.redo, disabled=not steps.can_redo)
        told = words("scenario.reset", name=session.title_of(reset_to, opening, words))
        untouched = steps.present == reset_to
        icon_button("restart_alt", told, session.go_to, reset_to, disabled=untouched, key="reset")
        st.button(
            words("scenario.add"),
            key="several",
            icon=":material/edit:",
            help=words("scenario.add.help"),
            on_click=_several,
            args=(not st.session_state["changing"],),
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


def _several(opened: bool) -> None:
    st.session_state["changing"] = opened
    st.session_state["selected"] = None


def _edits(view: View, words: Texts) -> None:
    edits = session.present().edits
    if not edits:
        return
    names = dict(zip(view.buildings.index, building_names(view, words.language), strict=True)) | titles_of_edits(words)
    with st.container(key="edits", gap=None):
        for place, edit in enumerate(edits):
            with st.container(key=f"edit_{place}", horizontal=True, gap=None, vertical_alignment="center"):
                told = tell(edit, words.language, names)
                st.html(f'<div class="cet-edit">{escape(told)}</div>')
                icon_button(
                    "close", f"{words('scenario.remove')}: {told}", session.remove, place, key=f"remove_{place}"
                )
