"""The panel on the left: scenario, colours, layers; the days; the languages; the table."""

from __future__ import annotations

from html import escape

import streamlit as st

from apps.api.days import DAYS
from apps.api.quantities import HOURLY, KINDS
from apps.api.values import shown
from apps.api.views import AS_IS, View
from apps.api.yearly import YEARLY
from apps.map.view.deck import LAYERS
from apps.map.view.legend import legend, quantity_title
from apps.map.view.opening import Opening
from apps.map.view.table import show_table
from apps.texts import LANGUAGES, Texts

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


def panel(opening: Opening, view: View, quantity: str, words: Texts) -> None:
    """Show the panel; folded, it is its title alone.

    Parameters
    ----------
    opening : Opening
        What can be opened.
    view : View
        District and scenario.
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
    )
    if folded:
        return
    st.selectbox(
        words("scenario"),
        list(opening.views.scenarios),
        format_func=lambda name: scenario_title(opening, name, words),
        key="scenario",
        help=words("scenario.help"),
    )
    _colours(view, words)
    st.pills(
        words("layers"),
        [name for name in LAYERS if name == "roofs" or len(view.district.tables[name])],
        selection_mode="multi",
        format_func=lambda name: words(f"layer.{name}"),
        key="layers",
    )
    if st.button(words("table.open"), key="open_table", icon=":material/table_rows:", width="stretch"):
        show_table(view, quantity, words)


def _fold() -> None:
    st.session_state["folded"] = not st.session_state["folded"]


def scenario_title(opening: Opening, name: str, words: Texts) -> str:
    """Give a scenario's name for people."""
    if name == AS_IS:
        return words("scenario.as-is")
    return words.get(f"scenario.{name}", str(opening.views.scenarios[name].title or name))


def _colours(view: View, words: Texts) -> None:
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
    what = shown(view, quantity, st.session_state["day"])
    note = ""
    if not roofs and not what.kinds and not (what.values > 0).any():
        note = f'<div class="cet-note">{escape(words.get(f"empty.{quantity}", words("empty.other")))}</div>'
    st.html(legend(what, view, words, roofs=roofs) + note)


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
    return (
        f'<div class="cet-credits"><span>{escape(sources)} (ODbL)</span>'
        f'<span class="cet-weather" tabindex="0" title="{told}">{escape(weather)}</span>'
        f"<span>{escape(words('credits.modelled'))}</span></div>"
    )
