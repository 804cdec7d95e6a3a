"""The panel on the left: scenario, colours, layers; the days; the languages; the table."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

import streamlit as st

from apps.map.view import session
from apps.map.view.cards.energy_flow_dialog import flows_dialog
from apps.map.view.cards.table_dialog import show_table
from apps.map.view.changes.scenario_steps import scenario_part
from apps.map.view.deck.legend import day_title, legend, quantity_title
from apps.map.view.deck.map_deck import HIDDEN_BY_NETWORKS, LAYERS
from apps.map.view.networks.network_look import network_look
from apps.map.view.networks.network_panel import network_part
from apps.map.view.opening import Opening
from apps.map.view.share.share_dialogs import export_dialog, share_dialog
from apps.map.view.state import NETWORK
from apps.map.view.workshop import start_workshop
from apps.texts import LANGUAGES, Texts
from apps.views.days import DAYS
from apps.views.map_comparison import compare_quantity
from apps.views.map_quantities import map_quantity
from apps.views.networks.network_views import NetworkView
from apps.views.quantities import HOURLY, KINDS
from apps.views.view import View
from apps.views.yearly_quantities import YEARLY
from twin.scenario.wording import tell_value

GROUPS = {
    "hour": list(HOURLY),
    "year": [quantity.key for quantity in YEARLY],
    "kind": [quantity.key for quantity in KINDS],
}
"""Quantities by the tab they are under."""


def languages(words: Texts) -> None:
    """Show the switch between the languages."""
    st.segmented_control(
        words("language"),
        list(LANGUAGES),
        format_func=str.upper,
        label_visibility="collapsed",
        width="stretch",
        **session.form("language", words.language, _switch_language),
    )


def _switch_language() -> None:
    if chosen := session.entered("language"):
        st.query_params["lang"] = chosen


def panel(opening: Opening, view: View, baseline: View, words: Texts) -> None:
    """Show the panel; folded, it is its title alone.

    Parameters
    ----------
    opening : Opening
        What can be opened.
    view : View
        District and scenario.
    baseline : View
        What it is held against.
    words : Texts
        Language.
    """
    folded = session.state().folded
    subtitle = words("panel.subtitle", buildings=len(view.buildings), date=view.district.data_date[:4])
    st.html(
        f'<div class="cet-brand"><h1>{escape(view.district.title)}</h1>'
        + ("" if folded else f"<div>{escape(subtitle)}</div>")
        + "</div>"
    )
    st.button(
        words("panel.unfold" if folded else "panel.fold"),
        key="fold",
        icon=":material/keyboard_double_arrow_right:" if folded else ":material/keyboard_double_arrow_left:",
        type="tertiary",
        on_click=_fold,
        args=(not folded,),
    )
    if folded:
        return
    scenario_part(opening, view, words)
    _colours(opening, view, baseline, words)
    _layers(view, words)
    tools(opening, view, words)


def _layers(view: View, words: Texts) -> None:
    state, tables = session.state(), view.district.tables
    hidden = HIDDEN_BY_NETWORKS if state.networks_shown else ()
    # What is hidden for now stays switched on: a widget may not show what it does not offer.
    offered = [name for name in state.layers if name not in hidden]
    st.pills(
        words("layers"),
        [name for name in LAYERS if name not in hidden and (name == "roofs" or len(tables.get(name, ())))],
        selection_mode="multi",
        format_func=lambda name: words(f"layer.{name}"),
        **session.form("layers_seen", offered, _switch_layers, hidden),
    )


def tools(opening: Opening, view: View, words: Texts) -> None:
    """Show what can be done with what is seen: table, comparison, link, files, workshop."""
    with st.container(key="tools", horizontal=True, gap=None):
        if _tool("table", "table_rows", words("table.open"), words):
            show_table(view, session.state().quantity, words)
        beside = session.state().mode == "map"
        _tool("compare", "compare", words("tool.compare"), words, on_click=_compare, args=(beside,))
        if _tool("share", "link", words("share.title"), words):
            share_dialog(view, words)
        if _tool("export", "download", words("export.title"), words):
            export_dialog(opening, view, words)
        if _tool("flows", "account_tree", words("flows.open"), words):
            flows_dialog(opening, view, words)
        _tool("workshop", "groups", words("tool.workshop"), words, on_click=start_workshop)


def _tool(name: str, icon: str, told: str, words: Texts, **then: Any) -> bool:
    return bool(
        st.button(
            words(f"tool.{name}"), key=f"tool_{name}", icon=f":material/{icon}:", help=told, type="tertiary", **then
        )
    )


def _compare(beside: bool) -> None:
    # What the button meant when it was drawn: pressed twice in a hurry, it does not undo itself.
    session.update(mode="beside" if beside else "map")


def _fold(away: bool) -> None:
    session.update(folded=away)


def _switch_layers(hidden: Sequence[str]) -> None:
    kept = [name for name in session.state().layers if name in hidden]
    session.update(layers=(*session.entered("layers_seen", ()), *kept))


def _colours(opening: Opening, view: View, baseline: View, words: Texts) -> None:
    st.segmented_control(
        words("colour_by"),
        [*GROUPS, NETWORK],
        format_func=lambda group: words(f"group.{group}"),
        required=True,
        width="stretch",
        **session.bound("group"),
    )
    state = session.state()
    if state.networks_shown:
        network_part(opening, view, baseline, words)
        return
    st.selectbox(
        words("colour_by"),
        GROUPS[state.group],
        format_func=lambda key: quantity_title(key, words),
        label_visibility="collapsed",
        **session.bound(f"quantity_{state.group}"),
    )
    roofs, quantity, day, mode = "roofs" in state.layers, state.quantity, state.day, state.mode
    difference = mode == "difference"
    what = map_quantity(view, quantity, day) if mode == "map" else compare_quantity(view, baseline, quantity, day, mode)
    note = ""
    if difference and map_quantity(view, quantity, day).kinds:
        note = words("compare.kinds")
    elif mode != "map" and view.scenario == baseline.scenario:
        note = words("compare.same")
    elif not roofs and not difference and not what.kinds and not (what.values > 0).any():
        note = words.get(f"empty.{quantity}", words("empty.other"))
    note = f'<div class="cet-note">{escape(note)}</div>' if note else ""
    st.html(legend(what, view, words, roofs=roofs and not difference, difference=difference) + note)


def days(view: View, networks: NetworkView | None, beside: NetworkView | None, words: Texts) -> None:
    """Show the choice of the day; where networks are looked at, also of the days of their worst hours.

    Parameters
    ----------
    view : View
        District and scenario.
    networks, beside : NetworkView or None
        Those that are looked at, and those they are compared with: then the days that both have.
    words : Texts
        Language.
    """
    state, worst = session.state(), list[str]()
    if state.networks_shown:
        worst = networks.worst_days if networks is not None else [state.day]
        worst = [day for day in worst if beside is None or day in beside.rows]
    options = [*DAYS, *(day for day in worst if day not in DAYS)]
    if state.day not in options:
        session.update(day=network_look(networks, beside).day if worst else DAYS[0])
    st.selectbox(
        words("day"),
        options,
        format_func=lambda day: day_title(view, day, words),
        label_visibility="collapsed",
        **session.bound("day"),
    )


def credits_line(view: View, words: Texts) -> str:
    """Write who the data are from, and what kind of numbers these are."""
    sources = " · ".join(dict.fromkeys(source.attribution for source in view.district.sources))
    told = escape(view.district.weather.source)
    weather = words.get(f"weather.{view.district.weather.kind}", view.district.weather.kind)
    edited = [edit for edit in session.state().present.edits if edit.what == "weather"]
    weather = " · ".join([weather, *(tell_value(edit, words.language) for edit in edited)])
    return (
        f'<div class="cet-credits"><span>{escape(sources)} (ODbL)</span>'
        f'<span class="cet-weather" tabindex="0" title="{told}">{escape(weather)}</span>'
        f"<span>{escape(words('credits.modelled'))}</span></div>"
    )
