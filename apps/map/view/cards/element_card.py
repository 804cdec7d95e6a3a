"""The card of an element of a network: what it is, its worst day and year, why, and what can be changed."""

from __future__ import annotations

from html import escape
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from apps.map.view import session
from apps.map.view.cards.charts import limit_line, show_svg
from apps.map.view.changes.element_changes import change_element
from apps.map.view.deck.palette import CARRIERS
from apps.map.view.opening import Opening
from apps.map.view.state import ViewState
from apps.texts import Texts, amount, with_unit
from apps.views.networks.element_wording import (
    cause_text,
    element_title,
    limit_text,
    naming,
    origin_text,
    times_text,
    unit_of,
    worst_value,
)
from apps.views.networks.network_views import NetworkView
from twin.reporting.naming import reason_text, size_title, value_text, when_text
from twin.texts import tick

_BLAMED = 6
_WORTH_TELLING = 0.005
_KNOWN = {"mapped", "imported", "edited"}


def element_card(opening: Opening, networks: NetworkView, element: str, words: Texts, *, editable: bool = True) -> None:
    """Show the card of an element.

    Parameters
    ----------
    opening : Opening
        Gives the causes.
    networks : NetworkView
        Of `Networks.open`.
    element : str
        Its id.
    words : Texts
        Language.
    editable : bool
        Whether it can be changed here.
    """
    row = int(networks.elements.index.get_loc(element))
    table = networks.elements.iloc[row]
    carrier = words.get(f"network.{table['carrier']}", str(table["carrier"]))
    st.html(
        f'<div class="cet-card-title"><h2>{escape(element_title(networks, element, words))}</h2>'
        f"<div>{escape(carrier)} {_badge(str(table['origin']), words)}</div></div>"
    )
    if not networks.problems.empty:
        st.button(
            words("network.back"),
            key="back_to_problems",
            icon=":material/arrow_back:",
            type="tertiary",
            on_click=session.change,
            args=(ViewState.open_side, "problems"),
        )
    parts = ["state", "why", "change"] if editable else ["state", "why"]
    st.segmented_control(
        words("card.figures"),
        parts,
        format_func=lambda part: words(f"element.part.{part}"),
        required=True,
        label_visibility="collapsed",
        width="stretch",
        **session.bound("element_part"),
    )
    part = session.state().element_part
    if part == "change" and editable:
        change_element(networks, element, words)
    elif part == "why":
        _why(opening, networks, element, words)
    else:
        _state(networks, row, words)


def _badge(origin: str, words: Texts) -> str:
    kind = "known" if origin in _KNOWN else "assumed"
    help_ = escape(words.get(f"origin.{origin}.help", ""))
    return f'<span class="cet-source cet-{kind}" title="{help_}">{escape(origin_text(origin, words))}</span>'


def _state(networks: NetworkView, row: int, words: Texts) -> None:
    st.html(_attributes(networks, row, words))
    element = str(networks.elements.index[row])
    if int(networks.elements["hours_over"].iloc[row]) > 0 and element in networks.causes:
        st.html(f'<p class="cet-cause">{escape(cause_text(networks, element, networks.causes[element], words))}</p>')
    if networks.worst.hour[row] < 0:
        st.caption(words("network.no_year"))
        return
    unit, colour = unit_of(networks, row), CARRIERS.get(str(networks.elements["carrier"].iloc[row]), CARRIERS[""])
    limits = (float(networks.worst.limit_low[row]), float(networks.worst.limit_high[row]))
    worst = networks.worst.time[int(networks.worst.hour[row])]
    date = words("date", day=worst.day, month=words(f"month.{worst.month}"))
    told = words("element.chart.day", date=date)
    st.html(f'<div class="cet-caption"><b>{escape(told)}</b><small>{escape(unit)}</small></div>')
    labels = {hour: f"{hour:02d}" for hour in range(0, 24, 6)}
    day = networks.worst.day[row].tolist()
    hours = [f"{hour:02d}:00  {value_text(value, unit, words)}" for hour, value in enumerate(day)]
    show_svg(limit_line(day, limits, told, words, colour=colour, labels=labels, said=hours), "chart-element-day")
    told = words("element.chart.year")
    st.html(f'<div class="cet-caption"><b>{escape(told)}</b><small>{escape(unit)}</small></div>')
    dates = networks.worst.time.normalize().unique()
    months = {int(k): words(f"month.{dates[k].month}") for k in np.flatnonzero(dates.day == 1) if dates[k].month % 2}
    year = networks.worst.year[row].tolist()
    days = [
        f"{words('date', day=date.day, month=words(f'month.{date.month}'))}  {value_text(value, unit, words)}"
        for date, value in zip(dates, year, strict=True)
    ]
    show_svg(limit_line(year, limits, told, words, colour=colour, labels=months, said=days), "chart-element-year")


def _attributes(networks: NetworkView, row: int, words: Texts) -> str:
    table, language = networks.elements.iloc[row], words.language
    unit, hour = unit_of(networks, row), int(networks.worst.hour[row])
    over = int(table["hours_over"])
    lines: list[tuple[str, str, bool]] = [("size", size_title(table["size"], words), False)]
    if float(table["length_m"]) > 0:
        lines.append(("length", with_unit(float(table["length_m"]), "m", language), False))
    if int(table["buildings"]) > 0:
        lines.append(("buildings", tick(int(table["buildings"]), language), False))
    if np.isfinite(table["loss_kwh"]) and float(table["loss_kwh"]) > 0:
        lines.append(("loss", with_unit(float(table["loss_kwh"]), "kWh", language, large=True), False))
    if hour >= 0:
        when = when_text(networks.worst.time[hour], words)
        lines.append(("worst", f"{value_text(worst_value(networks, row), unit, words)} · {when}", over > 0))
        if limit := limit_text(networks, row, words):
            lines.append(("limit", limit, False))
            lines.append(("over", f"{tick(over, language)}\u00a0h", over > 0))
        lines.append(("when", times_text(networks, row, words), False))
    rows = "".join(
        f"<tr><th>{escape(words(f'element.{key}'))}</th><td{' class=cet-over' if bad else ''}>{escape(value)}</td></tr>"
        for key, value, bad in lines
        if value
    )
    return f'<table class="cet-attributes cet-element"><tbody>{rows}</tbody></table>'


def _why(opening: Opening, networks: NetworkView, element: str, words: Texts) -> None:
    if element not in networks.causes:
        with st.spinner(words("cause.busy")):
            causes = opening.networks.causes(networks, element)
    else:
        causes = networks.causes[element]
    told = cause_text(networks, element, causes, words)
    st.html(f'<p class="cet-cause">{escape(told)}</p>{_blame(networks, causes, words)}')


def causing_buildings(networks: NetworkView, element: str) -> tuple[str, ...]:
    """Give the buildings that bring an element to its worst, for the map to outline.

    Parameters
    ----------
    networks : NetworkView
        Of `Networks.open`.
    element : str
        Its id.
    """
    causes = networks.causes.get(element)
    if causes is None:
        return ()
    return tuple(str(name) for name in causes.index[:_BLAMED] if name in networks.view.buildings.index)


def _blame(networks: NetworkView, causes: pd.DataFrame, words: Texts) -> str:
    """Write whom to blame as bars: part of what comes together in the worst hours."""
    if causes.empty:
        return ""
    weighty = max(int((causes["share"] >= _WORTH_TELLING).sum()), 1)
    top = causes.head(min(weighty, _BLAMED))
    names = [naming(networks, words.language).asset(str(name)) for name in top.index]
    rows = []
    most = float(top["share"].max()) or 1.0
    for name, cause in zip(names, top.to_dict("records"), strict=True):
        share: Any = float(cause["share"])
        reason = reason_text(cause, words)
        under = f"<small>{escape(reason)}</small>" if reason else ""
        power = with_unit(float(cause["kw"]), "kW", words.language) if "kw" in cause else ""
        rows.append(
            f'<tr><th scope="row">{escape(name)}{under}</th>'
            f'<td><i style="width:{100 * max(share, 0.0) / most:.0f}%"></i></td>'
            f"<td>{escape(amount(100 * share, words.language, digits=2))}\u00a0%</td><td>{escape(power)}</td></tr>"
        )
    rest = len(causes) - len(top)
    told = f"<caption>{escape(words('cause.table'))}</caption>"
    more = f'<div class="cet-note">{escape(words("cause.rest", count=rest))}</div>' if rest > 0 else ""
    return f'<table class="cet-blame">{told}<tbody>{"".join(rows)}</tbody></table>{more}'
