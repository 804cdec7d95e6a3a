"""What is beyond its limit, the worst first: each with its cause, and a click away from its card."""

from __future__ import annotations

from html import escape

import streamlit as st

from apps.api.network_views import NetworkView
from apps.api.network_words import badge_text, cause_text, element_title, problem_text
from apps.map.view.networks import show_element
from apps.texts import Texts, with_unit
from twin.texts import tick

_LISTED = 8


def problems_panel(networks: NetworkView, words: Texts) -> None:
    """Show the list of what is beyond its limit, and the key figures of the networks.

    Parameters
    ----------
    networks : NetworkView
        Of `Networks.open`.
    words : Texts
        Language.
    """
    st.html(
        f'<div class="cet-card-title"><h2>{escape(words("network.title"))}</h2>'
        f"<div>{escape(badge_text(networks, words))}</div></div>"
    )
    for name in networks.problems.index[:_LISTED]:
        row = int(networks.elements.index.get_loc(name))
        title = element_title(networks, str(name), words)
        cause = cause_text(networks, networks.causes[str(name)], words) if str(name) in networks.causes else ""
        st.button(
            f"**{_plain(title)}**  \n{_plain(problem_text(networks, row, words))}  \n:gray[{_plain(cause)}]",
            key=f"problem_{name}",
            on_click=show_element,
            args=(networks, str(name)),
            width="stretch",
        )
    more = len(networks.problems) - _LISTED
    if more > 0:
        st.caption(words("network.more", count=more))
    if networks.problems.empty:
        st.caption(words("network.fine.told"))
    st.html(_figures(networks, words))


def _plain(text: str) -> str:
    """Keep names from being read as the button's own formatting."""
    return "".join(f"\\{char}" if char in r"\`*_[]:$~<>#" else char for char in text)


def _figure(value: float, unit: str, words: Texts) -> str:
    """Write a key figure; of counts and hours all digits, for none of them is doubtful."""
    if unit in {"", "h/a"} and value == int(value) and abs(value) < 1e6:
        return tick(value, words.language) + ("\u00a0h" if unit else "")
    return with_unit(value, unit, words.language, large=True)


def _figures(networks: NetworkView, words: Texts) -> str:
    """Write the key figures of the networks as a table, with the limits they are held against."""
    rows = []
    for name, kpi in networks.kpis.items():
        if not kpi.get("available", True) or kpi.get("value") is None:
            continue
        label = words.get(f"network_kpi.{name}", str(kpi.get("label", name)))
        limit = kpi.get("limit")
        unit = str(kpi["unit"])
        told = "" if limit is None else words("network.limit.of", value=_figure(float(limit), unit, words))
        over = " cet-over" if kpi.get("exceeded") else ""
        value = _figure(float(kpi["value"]), unit, words)
        rows.append(
            f'<tr title="{escape(words.get(f"network_kpi.{name}.help", ""))}"><th scope="row">{escape(label)}</th>'
            f'<td class="cet-number{over}">{escape(value)}</td><td><small>{escape(told)}</small></td></tr>'
        )
    head = escape(words("network.figures"))
    return f'<div class="cet-caption"><b>{head}</b></div><table class="cet-attributes">{"".join(rows)}</table>'
