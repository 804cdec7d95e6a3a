"""Looking at networks: the choice of carrier and quantity, the progress of their year, the badge above the map."""

from __future__ import annotations

import time
from html import escape
from typing import Any

import numpy as np
import streamlit as st

from apps.map.view import session
from apps.map.view.deck.camera import Frame, fit, fly_to, frame_of
from apps.map.view.deck.network_legend import network_legend
from apps.map.view.deck.palette import CARRIERS
from apps.map.view.opening import Opening
from apps.map.view.time_bar import Curve, jump_to, screen_now
from apps.texts import Texts
from apps.views.days import DAYS
from apps.views.district_views import View
from apps.views.networks.element_states import ALL, KIND, Look, element_quantity, on_one_scale, quantities_of
from apps.views.networks.element_wording import badge_text, element_title
from apps.views.networks.network_views import NetworkView
from twin.reporting.naming import value_text

GROUP = "network"
"""The tab of the panel under which networks are looked at."""
_POLL_S = 0.4
_FALLBACK_DAY = "peak_electricity"


def networks_shown() -> bool:
    """Tell whether networks are looked at."""
    return bool(st.session_state["group"] == GROUP)


def networks_of(opening: Opening, view: View) -> NetworkView | None:
    """Give a view's networks if they are computed."""
    return opening.networks.ready(view.district.name, view.scenario)


def network_look(networks: NetworkView | None, beside: NetworkView | None = None) -> Look:
    """Give what is looked at; what the networks do not have is left for what they have.

    Parameters
    ----------
    networks : NetworkView or None
        Those that are shown, once they are computed.
    beside : NetworkView or None
        Others that they are compared with: both are on one scale, on a day that both have.
    """
    state = st.session_state
    carrier, quantity, day = state["network_carrier"], state["network_quantity"], state["day"]
    if networks is None:
        return Look(carrier, quantity, day)
    if carrier not in (ALL, *networks.carriers):
        carrier = ALL
    known = quantities_of(networks, carrier)
    if quantity not in known:
        quantity = "loading" if "loading" in known else known[0]
    if day not in networks.rows:
        day = next(iter(networks.worst_days), _FALLBACK_DAY)
    if beside is None or beside is networks:
        return Look(carrier, quantity, day)
    return on_one_scale((networks, beside), Look(carrier, quantity, day if day in beside.rows else _FALLBACK_DAY))


def hour_day(day: str) -> str:
    """Give a day that buildings have: not each of the networks' own."""
    return day if day in DAYS else _FALLBACK_DAY


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
    look = network_look(networks, None if st.session_state["mode"] == "map" else networks_of(opening, baseline))
    carriers = [ALL, *(networks.carriers if networks is not None else ())]
    left, right = st.columns(2, gap="small")
    st.session_state["network_carrier"] = look.carrier if look.carrier in carriers else ALL
    with left:
        st.selectbox(
            words("network.carrier"),
            carriers,
            format_func=lambda name: words("network.all") if name == ALL else words(f"carrier.{name}"),
            key="network_carrier",
            label_visibility="collapsed",
        )
    known = quantities_of(networks, look.carrier) if networks is not None else [look.quantity]
    st.session_state["network_quantity"] = look.quantity
    with right:
        st.selectbox(
            words("network.quantity"),
            known,
            format_func=lambda name: words(f"state.{name}.short"),
            key="network_quantity",
            label_visibility="collapsed",
        )
    if networks is not None:
        st.html(network_legend(networks, look, words))
    with st.container(key="network_tools", horizontal=True, gap="small"):
        for key, name in (("add_plant", "plant"), ("add_line", "line"), ("change_network", "network")):
            waiting = name == "line" and networks is None
            st.button(words(f"network.{key}"), key=key, on_click=session.open_side, args=(name,), disabled=waiting)


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
    elif networks_shown():
        told, kind = words("network.busy"), "open"
    else:
        told, kind = words("network.look"), "open"
    with st.container(key=f"network_badge_{kind}"):
        st.button(
            f"**{words('network.title')}**  \n{told}",
            key="network_badge",
            help=words("network.badge.help") if kind == "open" else None,
            on_click=_open_problems,
            width="stretch",
        )


def _open_problems() -> None:
    st.session_state["group"] = GROUP
    st.session_state["selected"] = st.session_state["element"] = None
    session.open_side("problems")


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
            st.html(
                f'<div class="cet-trouble" role="alert"><h2>{escape(words("network.failed"))}</h2>'
                f"<p>{escape(str(failed))}</p></div>"
            )
            st.button(
                words("network.retry"), key="networks_retry", on_click=opening.networks.retry, args=(district, scenario)
            )
            if session.history().can_undo:
                st.button(words("network.undo"), key="networks_undo", icon=":material/undo:", on_click=session.undo)
        return
    opening.networks.begin(district, scenario)

    @st.fragment(run_every=_POLL_S)
    def progress() -> None:
        if networks_of(opening, view) is not None or opening.networks.failure(district, scenario) is not None:
            st.rerun()
        with st.container(key="networks_busy"):
            _tell_progress(st.progress(0.0), opening, view, words)

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
    bar = st.progress(0.0, text=words("network.busy.long"))
    while (found := networks_of(opening, view)) is None:
        failed = opening.networks.failure(district, scenario)
        if failed is not None:
            raise failed
        _tell_progress(bar, opening, view, words)
        time.sleep(_POLL_S)
    bar.empty()
    return found


def _tell_progress(bar: Any, opening: Opening, view: View, words: Texts) -> None:
    share, what = opening.networks.progress(view.district.name, view.scenario)
    told = words.get(f"progress.{what}", what or words("network.busy.long"))
    bar.progress(min(max(share, 0.0), 1.0), text=told)


def curve_of_networks(networks: NetworkView, look: Look, element: str | None, words: Texts) -> Curve:
    """Give the curve of the selected element, or of the one that is nearest to its limit at each hour.

    Parameters
    ----------
    networks : NetworkView
        Of `Networks.open`.
    look : Look
        What is looked at.
    element : str or None
        Id of the selected element.
    words : Texts
        Language.
    """
    if look.quantity == KIND:
        look = Look(look.carrier, "loading", look.day)
    what = element_quantity(networks, look)
    values: Any = what.values
    column = np.flatnonzero(networks.elements.index[what.rows] == element)
    if column.size and np.isfinite(values[:, column[0]]).all():
        curve = values[:, column[0]]
        name = element_title(networks, str(element), words)
    elif not np.isfinite(values).any():
        curve, name = np.zeros(len(values)), words(f"state.{look.quantity}")
    else:
        lowest = np.isfinite(what.limits[0])
        # Water that rests in a closed pipe is nobody's: where some are held to a limit, they alone are told.
        held = (networks.elements["quantity"].iloc[what.rows] == look.quantity).to_numpy() & np.isfinite(values).any(0)
        values = values[:, held] if held.any() else values
        curve = np.nanmin(values, axis=1) if lowest else np.nanmax(values, axis=1)
        title = words(f"state.{look.quantity}").lower()
        name = words("network.lowest" if lowest else "network.highest", quantity=title)
    return Curve(
        id=f"{look} {element}",
        values=[float(value) for value in curve],
        texts=[value_text(float(value), what.unit, words) for value in curve],
        colour=CARRIERS.get(look.carrier, CARRIERS[""]),
        from_zero=look.quantity in {"loading", "flow", "loss", "hydrogen"},
        name=name,
    )


def show_element(networks: NetworkView, element: str) -> None:
    """Select an element, fly to it, and show the day of its worst hour.

    Parameters
    ----------
    networks : NetworkView
        Of `Networks.open`.
    element : str
        Its id.
    """
    row = int(networks.elements.index.get_loc(element))
    carrier, quantity = str(networks.elements["carrier"].iloc[row]), str(networks.worst.quantity[row])
    state = st.session_state
    state["group"], state["element"], state["selected"], state["element_part"] = GROUP, element, None, "state"
    state["network_carrier"] = carrier
    if quantity:
        state["network_quantity"] = quantity
    date = networks.worst.date_of(row)
    if date in networks.rows:
        state["day"] = date
        jump_to(int(networks.worst.time[networks.worst.hour[row]].hour))
    screen = screen_now()
    home = fit(tuple(networks.view.district.bounds), frame_of(*screen) if screen else Frame())
    again = bool(state.get("flown"))
    state["camera"] = fly_to(networks.elements.geometry.iloc[row].bounds, home, again=not again)
    state["flown"] = not again
