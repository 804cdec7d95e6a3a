"""Change a whole network: lay it anew or take it out, its generation, supply temperature and hydrogen."""

from __future__ import annotations

from html import escape
from typing import Any

import streamlit as st

from apps.map.view import session
from apps.map.view.state import ViewState
from apps.texts import Texts
from apps.views.networks.network_views import NetworkView
from assets.carriers import NETWORKED, PIPED
from twin.scenario import NetworkEdit

_GENERATIONS = ("3", "4", "5")
_TEMPERATURES = {"heat": (30.0, 120.0), "cold": (2.0, 20.0)}


def network_panel(networks: NetworkView | None, words: Texts) -> None:
    """Show how a network is laid and run, each to be changed at once.

    Parameters
    ----------
    networks : NetworkView or None
        What is there as it is.
    words : Texts
        Language.
    """
    st.html(f'<div class="cet-card-title"><h2>{escape(words("network.change.title"))}</h2></div>')
    chosen = st.segmented_control(
        words("network.carrier"),
        (*(name for name in NETWORKED if name in PIPED), "electricity"),
        format_func=lambda name: words(f"carrier.{name}"),
        required=True,
        label_visibility="collapsed",
        width="stretch",
        **session.bound("network_to_change"),
    )
    carrier = str(chosen)
    now = network_edit_of(carrier)
    there = networks is None or carrier in networks.carriers
    title = words(f"network.{carrier}")
    st.caption(words(f"network.{carrier}.told") if there else words("network.absent", network=title))
    if now.get("do") != "remove":
        _operation(carrier, now, words)
    left, right = st.columns(2, gap="small")
    with left:
        st.button(
            words("network.lay"), key="network_lay", width="stretch", on_click=_put, args=(carrier, now | {"do": "lay"})
        )
    with right:
        st.button(
            words("network.remove"),
            key="network_remove",
            width="stretch",
            disabled=not there,
            on_click=_put,
            args=(carrier, {"do": "remove"}),
        )
    st.button(
        words("network.reset"),
        key="network_reset",
        icon=":material/restart_alt:",
        width="stretch",
        disabled=not now,
        on_click=_put,
        args=(carrier, {}),
    )


def _operation(carrier: str, now: dict[str, Any], words: Texts) -> None:
    if carrier == "heat":
        st.selectbox(
            words("network.generation"),
            ("", *_GENERATIONS),
            format_func=lambda name: words(f"network.generation.{name or 'as_is'}"),
            **session.form("network_generation", now.get("generation", ""), _set, carrier, now, "generation"),
        )
    if carrier in _TEMPERATURES:
        low, high = _TEMPERATURES[carrier]
        st.number_input(
            words("network.supply"),
            low,
            high,
            None,
            step=1.0,
            format="%.0f",
            placeholder=words("network.supply.own"),
            help=words("network.supply.help"),
            **session.form("network_supply_temp_c", now.get("supply_temp_c"), _set, carrier, now, "supply_temp_c"),
        )
    if carrier == "gas":
        share = round(100 * float(now.get("hydrogen_share") or 0.0))
        st.slider(
            words("network.hydrogen"),
            0,
            100,
            step=5,
            format="%d %%",
            **session.form("network_hydrogen_share", share, _set, carrier, now, "hydrogen_share"),
        )


def network_edit_of(carrier: str) -> dict[str, Any]:
    """Give what the session's scenario says of a carrier's network, as one edit's values."""
    now: dict[str, Any] = {}
    for edit in session.state().present.edits:
        if isinstance(edit, NetworkEdit) and edit.carrier == carrier:
            given = edit.model_dump(exclude={"what", "carrier"}, exclude_none=True)
            anew = given["do"] != "operate"
            now = given if anew else now | given | {"do": now.get("do", "operate")}
    return now


def _set(carrier: str, now: dict[str, Any], field: str) -> None:
    value = session.entered(f"network_{field}")
    value = value / 100 if field == "hydrogen_share" else value
    if value == now.get(field) or (not value and field not in now):
        return
    given = {key: known for key, known in now.items() if key != field}
    if value:
        given[field] = value
    rest = {key: known for key, known in given.items() if key != "do"}
    laid = "generation" in given or now.get("do") == "lay"
    do = "import" if now.get("do") == "import" else "lay" if laid else "operate"
    _put(carrier, {**rest, "do": do} if rest else {})


def _put(carrier: str, given: dict[str, Any]) -> None:
    """Let one edit stand for a carrier's network, as one step; none where nothing is given."""
    now = session.state().present
    rest = tuple(edit for edit in now.edits if not (isinstance(edit, NetworkEdit) and edit.carrier == carrier))
    edits = (*rest, NetworkEdit.model_validate({"carrier": carrier, **given})) if given else rest
    if edits != now.edits:
        session.change(ViewState.with_edits, edits)
