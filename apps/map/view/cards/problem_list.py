"""What is beyond its limit, the worst first: each with its cause, and a click away from its card."""

from __future__ import annotations

from html import escape

import streamlit as st

from apps.map.view import session
from apps.map.view.networks.network_look import show_element
from apps.texts import Texts, with_unit
from apps.views.networks.element_wording import badge_text, cause_text, element_title, problem_text
from apps.views.networks.network_views import NetworkView
from apps.views.networks.problem_groups import problem_groups
from twin.texts import tick

_LISTED = {1: 8, 2: 4}
"""How many of each group stand in the list at once, by the number of groups; the rest is folded away."""
_LISTED_OF_MANY = 2
_LARGE = 1000.0
_MOST = 40  # buttons; beyond them, the map and the files tell more


def problems_panel(networks: NetworkView, words: Texts) -> None:
    """Show the list of what is beyond its limit, or the key figures of the networks.

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
    part = st.segmented_control(
        words("network.title"),
        ("problems", "figures"),
        format_func=lambda name: words(f"network.part.{name}"),
        required=True,
        label_visibility="collapsed",
        width="stretch",
        **session.bound("problems_part"),
    )
    if part == "figures":
        st.html(_figures(networks, words))
        with st.expander(words("network.notes")):
            st.html(_notes(networks, words))
    elif networks.problems.empty:
        st.caption(words("network.fine.told"))
    else:
        _groups(networks, words)


def _groups(networks: NetworkView, words: Texts) -> None:
    groups = problem_groups(networks.problems)
    listed = _LISTED.get(len(groups), _LISTED_OF_MANY)
    for key, names in groups.items():
        head = words.get(f"problems.{key}", words.get(f"problems.{key.split('.')[1]}", words("problems.other")))
        count = tick(len(names), words.language)
        st.html(f'<div class="cet-group"><b>{escape(head)}</b> <span>{escape(count)}</span></div>')
        for name in names[:listed]:
            _problem(networks, name, words)
        if len(names) > listed:
            with st.expander(words("network.more", count=len(names) - listed)):
                for name in names[listed:_MOST]:
                    _problem(networks, name, words)


def _problem(networks: NetworkView, name: str, words: Texts) -> None:
    row = int(networks.elements.index.get_loc(name))
    lines = [f"**{_plain(element_title(networks, name, words))}**", _plain(problem_text(networks, row, words))]
    if name in networks.causes:
        lines.append(f":gray[{_plain(cause_text(networks, name, networks.causes[name], words))}]")
    st.button("  \n".join(lines), key=f"problem_{name}", on_click=show_element, args=(networks, name), width="stretch")


def _plain(text: str) -> str:
    """Keep names from being read as the button's own formatting."""
    return "".join(f"\\{char}" if char in r"\`*_[]:$~<>#" else char for char in text)


def _figure(value: float, unit: str, words: Texts, *, large: bool) -> str:
    """Write a key figure; of counts and hours all digits, for none of them is doubtful."""
    if unit in {"", "h/a"} and value == int(value) and abs(value) < 1e6:
        return tick(value, words.language) + ("\u00a0h" if unit else "")
    return with_unit(value, unit, words.language, large=large)


def _notes(networks: NetworkView, words: Texts) -> str:
    """Write what was assumed of the networks, and what has not settled, as a list."""
    known = networks.elements.index
    names = {one: element_title(networks, one, words) for note in networks.notes for one in note.ids if one in known}
    items = "".join(f"<li>{escape(note.told(words.language, names))}</li>" for note in networks.notes)
    return f'<ul class="cet-note">{items}</ul>'


def _figures(networks: NetworkView, words: Texts) -> str:
    """Write the key figures of the networks as a table, with the limits they are held against."""
    rows = []
    for name, kpi in networks.kpis.items():
        if not kpi.get("available", True) or kpi.get("value") is None:
            continue
        label = words.get(f"network_kpi.{name}", str(kpi.get("label", name)))
        limit = kpi.get("limit")
        unit = str(kpi["unit"])
        # Value and limit in the same unit: "0 kWh" beside "limit 0.5 kWh".
        large = max(abs(float(kpi["value"])), abs(float(limit or 0.0))) >= _LARGE
        told = ""
        if limit is not None:
            told = words("network.limit.of", value=_figure(float(limit), unit, words, large=large))
        over = " cet-over" if kpi.get("exceeded") else ""
        value = _figure(float(kpi["value"]), unit, words, large=large)
        rows.append(
            f'<tr title="{escape(words.get(f"network_kpi.{name}.help", ""))}"><th scope="row">{escape(label)}</th>'
            f'<td class="cet-number{over}">{escape(value)}</td><td><small>{escape(told)}</small></td></tr>'
        )
    return f'<table class="cet-attributes cet-figures">{"".join(rows)}</table>'
