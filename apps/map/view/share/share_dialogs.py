"""Take the view along: a link, a picture, files, a report, or a few lines of Python."""

from __future__ import annotations

import tempfile
from functools import cache
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import streamlit as st

import twin
from apps.map.view import session
from apps.map.view.deck.legend import day_title, quantity_title
from apps.map.view.deck.map_deck import colours_of
from apps.map.view.networks.network_look import hour_day, network_look, networks_of
from apps.map.view.opening import Opening
from apps.map.view.scenario_names import scenario_to_export, title_of
from apps.map.view.share.network_export import Export, network_export
from apps.map.view.share.view_link import query_of
from apps.map.view.time_bar import present_step
from apps.texts import Texts, with_unit
from apps.views.building_export import as_csv, as_geojson, building_table
from apps.views.map_comparison import compare_quantity
from apps.views.map_quantities import map_quantity
from apps.views.python_snippet import network_snippet, snippet
from apps.views.quantities import CLASSES
from apps.views.view import View
from twin.scenario import Scenario, dump_scenario

_MIMES = {"geojson": "application/geo+json", "csv": "text/csv", "scenario": "application/yaml"}


@cache
def _script() -> str:
    return (files("apps.map.view.share") / "share_dialogs.js").read_text(encoding="utf-8")


def _component(key: str, data: dict[str, Any]) -> None:
    component = st.components.v2.component(
        "city_energy_twin_taking", html='<div class="cet-taking"></div>', js=_script(), isolate_styles=False
    )
    component(key=key, data=data)


def share_dialog(view: View, words: Texts) -> None:
    """Open the dialog with the link to what is seen.

    Parameters
    ----------
    view : View
        District and scenario.
    words : Texts
        Language.
    """

    @st.dialog(words("share.title"))
    def dialog() -> None:
        st.html(f'<p class="cet-told">{escape(words("share.told"))}</p>')
        try:
            state = session.state()
            query = query_of(state, view.district.name, present_step(state.day), words.language)
        except twin.ScenarioError as error:
            st.warning(words("share.no", why=str(error)))
            return
        _component(
            "share_link",
            {
                "what": "link",
                "query": urlencode(query),
                "label": words("share.link"),
                "copy": words("share.copy"),
                "copied": words("share.copied"),
            },
        )

    dialog()


def export_dialog(opening: Opening, view: View, words: Texts) -> None:
    """Open the dialog with what can be taken along.

    Parameters
    ----------
    opening : Opening
        What can be opened.
    view : View
        District and scenario.
    words : Texts
        Language.
    """

    @st.dialog(words("export.title"), width="medium")
    def dialog() -> None:
        state = session.state()
        quantity = state.quantity
        baseline = opening.views.open(view.district.name, opening.views.key_of(state.baseline))
        networks = networks_of(opening, view) if state.networks_shown else None
        look = network_look(networks)
        day = hour_day(state.day) if networks is None else look.day
        step = present_step(day)
        if networks is None:
            found = _building_export((view, baseline), quantity, day, words)
        else:
            found = network_export(networks, look, step, words)
        when = f"{day_title(view, day, words)} {step:02d}:00" if day != "year" else words(f"month.{step + 1}")
        if networks is None and map_quantity(view, quantity, day).values.shape[0] == 1:
            when = words("per.year_long").strip() if map_quantity(view, quantity, day).quantity.per_year else "–"
        st.html(f'<p class="cet-told">{escape(words("export.told", quantity=found.title, when=when))}</p>')
        scenario = scenario_to_export(state.present, opening, words)
        name = f"{view.district.name}-{scenario.name}-{found.key}"
        title = f"{view.district.title} · {_scenario_shown(opening, words)} · {found.title} · {when}"
        _component("take_picture", _caption(view, title, found, words) | {"file": f"{name}.png"})
        _files(name, words, geojson=found.geojson, csv=found.csv, scenario=dump_scenario(scenario).encode())
        _report(opening, view, scenario, name, words)
        with st.expander(words("export.python"), icon=":material/code:"):
            st.caption(words("export.python.told"))
            lines = (
                snippet(view, scenario, quantity, day, step)
                if networks is None
                else network_snippet(view, scenario, look, step, networks.dates)
            )
            st.code(lines, language="python")

    dialog()


def _scenario_shown(opening: Opening, words: Texts) -> str:
    """Name the scenario, or both of a comparison."""
    state = session.state()
    scenario = title_of(state.present, opening, words)
    if state.mode == "map":
        return scenario
    return words("compare.map", first=title_of(state.baseline, opening, words), second=scenario)


def _building_export(views: tuple[View, View], quantity: str, day: str, words: Texts) -> Export:
    """Prepare the buildings that are seen for taking along."""
    (view, baseline), mode = views, session.state().mode
    what = map_quantity(view, quantity, day) if mode == "map" else compare_quantity(view, baseline, quantity, day, mode)
    low, high = what.scale
    colours = [] if what.kinds else colours_of(what, mode)[:CLASSES]
    ends = [with_unit(low + (high - low) * share, what.quantity.unit, words.language) for share in (0.0, 0.5, 1.0)]
    if what.quantity.key == "built":
        ends = [str(round(low + (high - low) * share)) for share in (0.0, 0.5, 1.0)]
    difference = baseline if mode == "difference" else None
    table = building_table(view, quantity, (day, present_step(day)), words.language, less=difference)
    return Export(
        title=quantity_title(quantity, words),
        key=quantity,
        colours=colours,
        marks=ends if colours else [],
        geojson=as_geojson(view, table),
        csv=as_csv(table),
    )


def _caption(view: View, title: str, found: Export, words: Texts) -> dict[str, Any]:
    """Write what stands under the picture: what it shows, of which scenario, in which colours, and from whom."""
    credit = " · ".join(dict.fromkeys(source.attribution for source in view.district.sources))
    return {
        "what": "picture",
        "label": words("export.png"),
        "failed": words("export.picture.failed"),
        "title": title,
        "credits": f"{credit} (ODbL) · {words('credits.modelled')} · city-energy-twin",
        "colours": [f"rgb({r},{g},{b})" for r, g, b in found.colours],
        "marks": found.marks,
    }


def _files(name: str, words: Texts, **contents: bytes) -> None:
    for what, content in contents.items():
        ending = "yaml" if what == "scenario" else what
        st.download_button(
            words(f"export.{what}"),
            content,
            f"{name}.{ending}",
            _MIMES[what],
            key=f"take_{what}",
            width="stretch",
            on_click="ignore",
        )


def _report(opening: Opening, view: View, scenario: Scenario, name: str, words: Texts) -> None:
    if not st.button(words("export.report"), key="make_report", icon=":material/description:", width="stretch"):
        return
    with st.spinner(words("export.report.busy")):
        first = session.state().baseline
        scenarios = [first] if scenario.edits == first.edits else [first, scenario]
        results = [twin.run(view.district, one) for one in scenarios]
        # Networks belong into a report where somebody has looked at them: without that they would be a long wait.
        known = [opening.networks.ready(view.district.name, opening.views.key_of(one)) for one in scenarios]
        networks = [opening.networks.full_year(one) for one in known if one is not None]
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "report.html"
            language = words.language
            made = twin.report(results, view.district, file, language=language, networks=networks or None)
            content = made.read_bytes()
    st.download_button(
        words("export.report.get"),
        content,
        f"{name}.html",
        "text/html",
        key="take_report",
        type="primary",
        width="stretch",
        on_click="ignore",
    )
