"""Waiting for networks: beside the page, which goes on, or before a dialog that needs them."""

from __future__ import annotations

from typing import Any

import streamlit as st

from apps.map.view import session
from apps.map.view.networks.network_look import networks_of
from apps.map.view.opening import Opening
from apps.map.view.state import ViewState
from apps.map.view.trouble import trouble_html
from apps.map.view.waiting import POLL_S, tell_progress, wait_while
from apps.texts import Texts
from apps.views.networks.network_views import NetworkView
from apps.views.view import View


def poll_networks(opening: Opening, view: View, words: Texts) -> None:
    """Let the networks be computed beside the page, and tell how far that is; the page itself goes on.

    Parameters
    ----------
    opening : Opening
        What can be opened.
    view : View
        District and scenario.
    words : Texts
        Language.
    """
    district, scenario = view.district.name, view.scenario
    failed = opening.networks.failure(district, scenario)
    if failed is not None:
        with st.container(key="networks_failed"):
            st.html(trouble_html(words("network.failed"), str(failed)))
            st.button(
                words("network.retry"), key="networks_retry", on_click=opening.networks.retry, args=(district, scenario)
            )
            if session.state().history.can_undo:
                undo: dict[str, Any] = {"on_click": session.change, "args": (ViewState.undo,)}
                st.button(words("network.undo"), key="networks_undo", icon=":material/undo:", **undo)
        return
    opening.networks.begin(district, scenario)
    busy = words("network.busy.long")

    @st.fragment(run_every=POLL_S)
    def progress() -> None:
        if networks_of(opening, view) is not None or opening.networks.failure(district, scenario) is not None:
            st.rerun()
        with st.container(key="networks_busy"):
            tell_progress(st.progress(0.0), opening.networks.progress(district, scenario), busy, words)

    progress()


def await_networks(opening: Opening, view: View, words: Texts) -> NetworkView:
    """Give the networks of a view; while they are computed, tell how far that is.

    Parameters
    ----------
    opening : Opening
        What can be opened.
    view : View
        District and scenario.
    words : Texts
        Language.
    """
    district, scenario = view.district.name, view.scenario
    if opening.networks.failure(district, scenario) is not None:
        opening.networks.retry(district, scenario)
    opening.networks.begin(district, scenario)

    def working() -> bool:
        return networks_of(opening, view) is None and opening.networks.failure(district, scenario) is None

    wait_while(working, lambda: opening.networks.progress(district, scenario), words("network.busy.long"), words)
    failed = opening.networks.failure(district, scenario)
    if failed is not None:
        raise failed
    return opening.networks.open(district, scenario)
