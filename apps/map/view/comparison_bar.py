"""The bar above two maps: what is held against what, and how."""

from __future__ import annotations

import streamlit as st

from apps.map.view import session
from apps.map.view.changes.scenario_steps import icon_button
from apps.map.view.opening import Opening
from apps.map.view.scenario_names import name_of, named_scenarios, title_of
from apps.map.view.state import ViewState
from apps.texts import Texts

_PINNED = ""


def comparison_bar(opening: Opening, words: Texts) -> None:
    """Show the choice of the baseline and of how the two are shown.

    Parameters
    ----------
    opening : Opening
        What can be opened.
    words : Texts
        Language.
    """
    state = session.state()
    baseline, known = state.baseline, named_scenarios(opening)
    name = name_of(baseline, opening)
    options = list(known) + ([_PINNED] if name is None else [])
    # Networks of two scenarios have no difference: each has elements that the other has not.
    modes = ["beside"] if state.networks_shown else ["beside", "difference"]
    with st.container(key="comparing", horizontal=True, vertical_alignment="center", gap="small"):
        st.html(f'<span class="cet-label">{words("compare.with")}</span>')
        st.selectbox(
            words("compare.with"),
            options,
            format_func=lambda key: title_of(known.get(key, baseline), opening, words),
            label_visibility="collapsed",
            **session.form("against", _PINNED if name is None else name, _choose, opening),
        )
        st.button(
            words("compare.pin"),
            key="pin",
            icon=":material/push_pin:",
            help=words("compare.pin.help"),
            on_click=session.change,
            args=(ViewState.pin, state.present),
            disabled=state.present == baseline,
        )
        st.segmented_control(
            words("tool.compare"),
            modes,
            format_func=lambda mode: words("compare.side" if mode == "beside" else "compare.difference"),
            required=True,
            label_visibility="collapsed",
            **session.bound("mode", value=state.mode if state.mode in modes else modes[0]),
        )
        icon_button("close", words("compare.close"), _close, key="close_compare")


def _choose(opening: Opening) -> None:
    name = session.entered("against")
    if name != _PINNED:
        session.change(ViewState.pin, named_scenarios(opening)[name])


def _close() -> None:
    session.update(mode="map")
