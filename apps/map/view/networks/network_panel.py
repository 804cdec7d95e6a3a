"""The networks' part of the panel: the choice of carrier and quantity, and the badge above the map."""

from __future__ import annotations

from typing import Any

import streamlit as st

from apps.map.view import session
from apps.map.view.deck.network_legend import network_legend
from apps.map.view.networks.network_look import network_look, networks_of
from apps.map.view.opening import Opening
from apps.map.view.state import ViewState
from apps.texts import Texts
from apps.views.networks.element_states import ALL, quantities_of
from apps.views.networks.element_wording import badge_text
from apps.views.view import View


def network_part(opening: Opening, view: View, baseline: View, words: Texts) -> None:
    """Show the choice of carrier and quantity, the legend, and what can be changed.

    Parameters
    ----------
    opening : Opening
        What can be opened.
    view, baseline : View
        District and scenario, and what it is held against.
    words : Texts
        Language.
    """
    networks = networks_of(opening, view)
    look = network_look(networks, None if session.state().mode == "map" else networks_of(opening, baseline))
    carriers = [ALL, *(networks.carriers if networks is not None else ())]
    left, right = st.columns(2, gap="small")
    with left:
        st.selectbox(
            words("network.carrier"),
            carriers,
            format_func=lambda name: words("network.all") if name == ALL else words(f"carrier.{name}"),
            label_visibility="collapsed",
            **session.bound("network_carrier", value=look.carrier if look.carrier in carriers else ALL),
        )
    known = quantities_of(networks, look.carrier) if networks is not None else [look.quantity]
    with right:
        st.selectbox(
            words("network.quantity"),
            known,
            format_func=lambda name: words(f"state.{name}.short"),
            label_visibility="collapsed",
            **session.bound("network_quantity", value=look.quantity),
        )
    if networks is not None:
        st.html(network_legend(networks, look, words))
    with st.container(key="network_tools", horizontal=True, gap="small"):
        for key, name in (("add_plant", "plant"), ("add_line", "line"), ("change_network", "network")):
            waiting = name == "line" and networks is None
            then: dict[str, Any] = {"on_click": session.change, "args": (ViewState.open_side, name)}
            st.button(words(f"network.{key}"), key=key, disabled=waiting, **then)


def badge(opening: Opening, view: View, words: Texts) -> None:
    """Show how the networks are; a click leads to the worst of them.

    Parameters
    ----------
    opening : Opening
        What can be opened.
    view : View
        District and scenario.
    words : Texts
        Language.
    """
    networks = networks_of(opening, view)
    failed = opening.networks.failure(view.district.name, view.scenario)
    if networks is not None:
        told, kind = badge_text(networks, words), "fine" if networks.problems.empty else "over"
    elif failed is not None:
        told, kind = words("network.failed.short"), "over"
    elif session.state().networks_shown:
        told, kind = words("network.busy"), "open"
    else:
        told, kind = words("network.look"), "open"
    with st.container(key=f"network_badge_{kind}"):
        st.button(
            f"**{words('network.title')}**  \n{told}",
            key="network_badge",
            help=words("network.badge.help") if kind == "open" else None,
            on_click=session.change,
            args=(ViewState.open_problems,),
            width="stretch",
        )
