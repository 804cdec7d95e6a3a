"""The panel on the left: scenario, colours, layers; the days; the languages; the table."""

from __future__ import annotations

from html import escape
from typing import Any

import streamlit as st

from apps.api.comparing import compared
from apps.api.days import DAYS
from apps.api.quantities import HOURLY, KINDS
from apps.api.values import shown
from apps.api.views import View
from apps.api.yearly import YEARLY
from apps.map.view import session
from apps.map.view.deck import LAYERS
from apps.map.view.legend import legend, quantity_title
from apps.map.view.opening import Opening
from apps.map.view.scenarios import scenario_part
from apps.map.view.table import show_table
from apps.map.view.taking import export_dialog, share_dialog
from apps.map.view.workshop import start_workshop
from apps.texts import LANGUAGES, Texts
from twin.scenario.wording import tell_value

GROUPS = {
    "hour": [quantity.key for quantity in HOURLY],
    "year": [quantity.key for quantity in YEARLY],
    "kind": [quantity.key for quantity in KINDS],
}
"""Quantities by the tab they are under."""


def languages(words: Texts) -> None:
    """Show the switch between the languages."""
    st.session_state["language"] = words.language
    st.segmented_control(
        words("language"),
        list(LANGUAGES),
        format_func=str.upper,
        key="language",
        label_visibility="collapsed",
        on_change=_switch_language,
        width="stretch",
    )


def _switch_language() -> None:
    if st.session_state["language"]:
        st.query_params["lang"] = st.session_state["language"]


def panel(opening: Opening, view: View, baseline: View, quantity: str, words: Texts) -> None:
    """Show the panel; folded, it is its title alone.

    Parameters
    ----------
    opening : Opening
        What can be opened.
    view : View
        District and scenario.
    baseline : View
        What it is held against.
    quantity : str
        What the buildings are coloured by.
    words : Texts
        Language.
    """
    folded = bool(st.session_state["folded"])
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
    _colours(view, baseline, words)
    st.pills(
        words("layers"),
        [name for name in LAYERS if name == "roofs" or len(view.district.tables[name])],
        selection_mode="multi",
        format_func=lambda name: words(f"layer.{name}"),
        key="layers",
    )
    tools(opening, view, quantity, words)


def tools(opening: Opening, view: View, quantity: str, words: Texts) -> None:
    """Show what can be done with what is seen: table, comparison, link, files, workshop."""
    with st.container(key="tools", horizontal=True, gap=None):
        if _tool("table", "table_rows", words("table.open"), words):
            show_table(view, quantity, words)
        beside = st.session_state["mode"] == "map"
        _tool("compare", "compare", words("tool.compare"), words, on_click=_compare, args=(beside,))
        if _tool("share", "link", words("share.title"), words):
            share_dialog(view, words)
        if _tool("export", "download", words("export.title"), words):
            export_dialog(opening, view, quantity, words)
        _tool("workshop", "groups", words("tool.workshop"), words, on_click=start_workshop)


def _tool(name: str, icon: str, told: str, words: Texts, **then: Any) -> bool:
    return bool(
        st.button(
            words(f"tool.{name}"), key=f"tool_{name}", icon=f":material/{icon}:", help=told, type="tertiary", **then
        )
    )


def _compare(beside: bool) -> None:
    # What the button meant when it was drawn: pressed twice in a hurry, it does not undo itself.
    st.session_state["mode"] = "beside" if beside else "map"


def _fold(away: bool) -> None:
    st.session_state["folded"] = away


def _colours(view: View, baseline: View, words: Texts) -> None:
    st.segmented_control(
        words("colour_by"),
        list(GROUPS),
        format_func=lambda group: words(f"group.{group}"),
        key="group",
        required=True,
        width="stretch",
    )
    group = st.session_state["group"]
    st.selectbox(
        words("colour_by"),
        GROUPS[group],
        format_func=lambda key: quantity_title(key, words),
        key=f"quantity_{group}",
        label_visibility="collapsed",
    )
    roofs = "roofs" in st.session_state["layers"]
    quantity = st.session_state[f"quantity_{group}"]
    day, mode = st.session_state["day"], st.session_state["mode"]
    difference = mode == "difference"
    what = shown(view, quantity, day) if mode == "map" else compared(view, baseline, quantity, day, mode)
    note = ""
    if difference and shown(view, quantity, day).kinds:
        note = words("compare.kinds")
    elif mode != "map" and view.scenario == baseline.scenario:
        note = words("compare.same")
    elif not roofs and not difference and not what.kinds and not (what.values > 0).any():
        note = words.get(f"empty.{quantity}", words("empty.other"))
    note = f'<div class="cet-note">{escape(note)}</div>' if note else ""
    st.html(legend(what, view, words, roofs=roofs and not difference, difference=difference) + note)


def days(view: View, words: Texts) -> None:
    """Show the choice of the day."""
    st.selectbox(
        words("day"),
        list(DAYS),
        format_func=lambda day: day_title(view, day, words),
        key="day",
        label_visibility="collapsed",
    )


def day_title(view: View, day: str, words: Texts) -> str:
    """Give a day's name, with the date of those that have one."""
    if day not in view.dates:
        return words(f"day.{day}")
    _year, month, number = view.dates[day].split("-")
    return f"{words(f'day.{day}')} · {words('date', day=int(number), month=words(f'month.{int(month)}'))}"


def credits_line(view: View, words: Texts) -> str:
    """Write who the data are from, and what kind of numbers these are."""
    sources = " · ".join(dict.fromkeys(source.attribution for source in view.district.sources))
    told = escape(view.district.weather.source)
    weather = words.get(f"weather.{view.district.weather.kind}", view.district.weather.kind)
    edited = [edit for edit in session.present().edits if edit.what == "weather"]
    weather = " · ".join([weather, *(tell_value(edit, words.language) for edit in edited)])
    return (
        f'<div class="cet-credits"><span>{escape(sources)} (ODbL)</span>'
        f'<span class="cet-weather" tabindex="0" title="{told}">{escape(weather)}</span>'
        f"<span>{escape(words('credits.modelled'))}</span></div>"
    )
