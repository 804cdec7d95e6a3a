"""The bar above two maps: what is held against what, and how."""

from __future__ import annotations

import streamlit as st

from apps.map.view import session
from apps.map.view.changes.scenario_steps import icon_button
from apps.map.view.networks.network_panel import networks_shown
from apps.map.view.opening import Opening
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
    baseline = session.baseline()
    name = session.name_of(baseline, opening)
    options = list(session.named(opening)) + ([_PINNED] if name is None else [])
    st.session_state["against"] = _PINNED if name is None else name
    # The mode is no widget's own: a widget that a broken-off run did not reach would lose it.
    st.session_state["mode_seen"] = "beside" if networks_shown() else st.session_state["mode"]
    with st.container(key="comparing", horizontal=True, vertical_alignment="center", gap="small"):
        st.html(f'<span class="cet-label">{words("compare.with")}</span>')
        st.selectbox(
            words("compare.with"),
            options,
            format_func=lambda key: session.title_of(session.named(opening).get(key, baseline), opening, words),
            key="against",
            label_visibility="collapsed",
            on_change=_choose,
            args=(opening,),
        )
        st.button(
            words("compare.pin"),
            key="pin",
            icon=":material/push_pin:",
            help=words("compare.pin.help"),
            on_click=session.pin,
            args=(session.present(),),
            disabled=session.present() == baseline,
        )
        st.segmented_control(
            words("tool.compare"),
            # Networks of two scenarios have no difference: each has elements that the other has not.
            ["beside"] if networks_shown() else ["beside", "difference"],
            format_func=lambda mode: words("compare.side" if mode == "beside" else "compare.difference"),
            key="mode_seen",
            required=True,
            label_visibility="collapsed",
            on_change=_show,
        )
        icon_button("close", words("compare.close"), _close, key="close_compare")


def _choose(opening: Opening) -> None:
    name = st.session_state["against"]
    if name != _PINNED:
        session.pin(session.named(opening)[name])


def _show() -> None:
    st.session_state["mode"] = st.session_state["mode_seen"] or st.session_state["mode"]


def _close() -> None:
    st.session_state["mode"] = "map"
