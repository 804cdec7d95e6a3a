"""Draw a pipe or a cable on the map, a new one or another way for one that is there: by clicks from place to place."""

from __future__ import annotations

from html import escape
from typing import Any

import streamlit as st

from apps.map.view import session
from apps.map.view.changes.element_changes import remember_title
from apps.map.view.state import ViewState
from apps.texts import Texts
from apps.views.layer_geojson import building_names
from apps.views.networks.element_wording import element_title
from apps.views.networks.line_routes import Place, line_between, places_of
from apps.views.networks.network_views import NetworkView
from apps.views.view import View
from twin.reporting.naming import sizes, sizes_like
from twin.scenario import ElementEdit


def line_panel(networks: NetworkView, words: Texts) -> None:
    """Ask where a line runs, and of a new one which network it belongs to and how large it is.

    Parameters
    ----------
    networks : NetworkView
        Of `Networks.open`.
    words : Texts
        Language.
    """
    draft = session.state().line
    moving, places = draft.moving, draft.places
    title = words("line.new") if moving is None else element_title(networks, moving, words)
    st.html(f'<div class="cet-card-title"><h2>{escape(title)}</h2></div>')
    size = _network_and_size(networks, words) if moving is None else None
    names = [_place_name(networks, name, words) for name in places]
    items = "".join(f"<li>{escape(name)}</li>" for name in names)
    st.caption(words("line.told"))
    if items:
        st.html(f'<ol class="cet-places">{items}</ol>')
    st.toggle(words("line.streets"), help=words("line.streets.help"), **session.bound("line.streets"))
    line = sketched_line(networks)
    left, right = st.columns([2, 3], gap="small")
    with left:
        st.button(
            words("line.back"),
            key="line_back",
            icon=":material/backspace:",
            width="stretch",
            disabled=not places,
            on_click=session.change,
            args=(ViewState.drop_place,),
        )
    with right:
        st.button(
            words("line.lay" if moving is None else "line.move"),
            key="line_lay",
            type="primary",
            width="stretch",
            disabled=not line,
            on_click=_lay,
            args=(networks, line, size),
        )


def sketched_line(networks: NetworkView | None) -> tuple[Place, ...]:
    """Give the line as it is drawn so far; empty where nobody draws."""
    state = session.state()
    if networks is None or state.side != "line":
        return ()
    carrier = _carrier(networks)
    places = [places_of(networks, name, carrier) for name in state.line.places]
    return line_between(networks.view, places, along_streets=state.line.streets)


def _carrier(networks: NetworkView) -> str:
    draft = session.state().line
    if draft.moving is not None and draft.moving in networks.elements.index:
        return str(networks.elements.loc[draft.moving, "carrier"])
    return draft.carrier if draft.carrier in networks.carriers else networks.carriers[0]


def _network_and_size(networks: NetworkView, words: Texts) -> str | None:
    carrier = st.segmented_control(
        words("network.carrier"),
        networks.carriers,
        format_func=lambda name: words(f"carrier.{name}"),
        required=True,
        label_visibility="collapsed",
        width="stretch",
        **session.bound("line.carrier", value=_carrier(networks)),
    )
    options = ["", *_sizes_of(networks, str(carrier))]
    known, size = sizes(), session.state().line.size
    chosen = st.selectbox(
        words("element.size"),
        options,
        format_func=lambda name: known[name].title if name else words("line.size.own"),
        **session.bound("line.size", value=size if size in options else ""),
    )
    return chosen or None


def _sizes_of(networks: NetworkView, carrier: str) -> list[str]:
    """List the sizes of the series that the lines of a network are of."""
    table = networks.elements
    lines = table[(table["carrier"] == carrier) & table["kind"].isin(["pipe", "cable"])]
    known = sizes()
    series = {known[str(name)].series: str(name) for name in lines["size"].unique() if str(name) in known}
    return [one.name for name in sorted(series) for one in sizes_like(series[name])]


def _place_name(networks: NetworkView, name: str, words: Texts) -> str:
    view: View = networks.view
    if name in networks.elements.index:
        return element_title(networks, name, words)
    if name in view.buildings.index:
        return building_names(view, words.language)[int(view.buildings.index.get_loc(name))]
    return words("line.gone")


def _lay(networks: NetworkView, line: tuple[Place, ...], size: str | None) -> None:
    moving = session.state().line.moving
    if moving is not None:
        remember_title(networks, moving)
        _finish(ElementEdit(do="move", id=moving, line=line))
        return
    carrier = _carrier(networks)
    taken: Any = {edit.id for edit in session.state().present.edits if isinstance(edit, ElementEdit)}
    name = next(name for number in range(1, 10_000) if (name := f"{carrier}-new-{number}") not in taken)
    given = {"do": "add", "id": name, "carrier": carrier, "size": size, "line": line}
    _finish(ElementEdit.model_validate(given))


def _finish(edit: ElementEdit) -> None:
    """Lay the line, and show its card."""
    session.change(ViewState.apply, edit)
    session.change(ViewState.open_side, "")
    session.update(element=edit.id)
