"""The selected building's card: what it is, where that is known from, its day and its year."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import streamlit as st

from apps.map.view import session
from apps.map.view.cards.charts import day_lines, show_svg, year_bars
from apps.map.view.changes.change_panel import change_one
from apps.map.view.deck.palette import CARRIERS
from apps.texts import Texts, amount, in_unit, with_unit
from apps.views.layer_geojson import building_names
from apps.views.map_quantities import building_curve
from apps.views.view import View
from twin import kpi_catalogue

_CURVES = {"heat": "heat", "electricity": "electricity", "cold": "cooling", "sun": "solar"}
_FIGURES = ("heat_kwh", "electricity_kwh", "pv_potential_kwh", "co2_t")
_KNOWN = {"tagged", "input", "edited"}
_GUESSED = {"default"}
_HOURS_OF_MONTH = [744, 672, 744, 720, 744, 720, 744, 744, 720, 744, 720, 744]


def card(view: View, building: str, day: str, words: Texts, *, editable: bool = True) -> None:
    """Show the card of a building.

    Parameters
    ----------
    view : View
        District and scenario.
    building : str
        Id of the building.
    day : str
        The day whose curves are shown.
    words : Texts
        Language.
    editable : bool
        Whether the building can be changed here.
    """
    row = view.buildings.loc[building]
    place = view.buildings.index.get_loc(building)
    st.html(_title(building_names(view, words.language)[place], row, words))
    if editable:
        st.segmented_control(
            words("card.figures"),
            ["figures", "change"],
            format_func=lambda part: words(f"card.{part}"),
            required=True,
            label_visibility="collapsed",
            width="stretch",
            **session.bound("card_part"),
        )
        if session.state().card_part == "change":
            change_one(view, building, words)
            return
    st.html(_attributes(row, words) + _figures(view, building, words))
    day_shown = day if day != "year" else "winter_weekday"
    curves = {
        carrier: building_curve(view, key, day_shown, building).tolist()
        for carrier, key in _CURVES.items()
        if building_curve(view, key, "year", building).max(initial=0.0) > 0
    }
    months = {
        carrier: (building_curve(view, _CURVES[carrier], "year", building) * _HOURS_OF_MONTH / 1000).tolist()
        for carrier in curves
    }
    st.html(_caption(words("chart.day_in", day=words(f"day.{day_shown}")), curves, words))
    show_svg(day_lines(curves, "kW", words("chart.day", day=words(f"day.{day_shown}")), words), "chart-day")
    st.html(_caption(words("chart.months"), {}, words))
    show_svg(year_bars(months, "MWh", words("chart.year"), words), "chart-year")


def _title(name: str, row: Any, words: Texts) -> str:
    use = words.get(f"use.{row['use']}", str(row["use"]))
    address = row["address"] if isinstance(row["address"], str) and row["address"].strip() != name else ""
    under = " · ".join(escape(part) for part in (use, address) if part and part != name)
    return f'<div class="cet-card-title"><h2>{escape(name)}</h2><div>{under}</div></div>'


def _attributes(row: Any, words: Texts) -> str:
    language = words.language
    lines = [
        ("use", words.get(f"use.{row['use']}", str(row["use"])), row["use_source"]),
        ("built", str(int(row["construction_year"])), row["construction_year_source"]),
        ("floor_area", with_unit(row["floor_area_m2"], "m²", language), row["floor_area_source"]),
        ("levels", str(round(row["levels"])), row["levels_source"]),
        ("height", with_unit(row["height_m"], "m", language), row["height_source"]),
        ("heating", _heating(row, words), row["heating_system_source"]),
    ]
    rows = "".join(
        f"<tr><th>{escape(words(f'attribute.{key}'))}</th><td>{escape(value)}</td><td>{_badge(source, words)}</td></tr>"
        for key, value, source in lines
    )
    return f'<table class="cet-attributes"><tbody>{rows}</tbody></table>'


def _heating(row: Any, words: Texts) -> str:
    system = row["heating_system"]
    return words.get(f"heating.{system}", str(system).replace("_", " ")) if isinstance(system, str) else "–"


def _badge(source: object, words: Texts) -> str:
    """Tell where a value comes from, and how sure that is: mapped, inferred or assumed."""
    name = source if isinstance(source, str) and source else "default"
    sure = "known" if name in _KNOWN else "assumed" if name in _GUESSED else "inferred"
    return (
        f'<span class="cet-source cet-{sure}" title="{escape(words(f"source.{sure}.help"))}">'
        f"{escape(words.get(f'source.{name}', name))}</span>"
    )


def _figures(view: View, building: str, words: Texts) -> str:
    kpis, catalogue = view.building_kpis.loc[building], kpi_catalogue()
    cells = []
    for name in _FIGURES:
        if not math.isfinite(kpis[name]):
            continue
        value, unit = in_unit(float(kpis[name]), str(catalogue.loc[name, "unit"]), large=True)
        kind = words.get(f"kind.{catalogue.loc[name, 'kind']}", "")
        cells.append(
            f'<div title="{escape(words(f"kpi.{name}.help"))} ({escape(kind)})">'
            f"<b>{escape(amount(value, words.language))}"
            f"<small> {escape(unit)}</small></b><span>{escape(words(f'card.{name}'))}</span></div>"
        )
    return f'<div class="cet-card-figures">{"".join(cells)}</div>'


def _caption(text: str, curves: Mapping[str, Sequence[float]], words: Texts) -> str:
    keys = "".join(
        f'<span class="cet-swatch"><i style="background:{CARRIERS[carrier]}"></i>'
        f"{escape(words(f'carrier.{carrier}'))}</span>"
        for carrier in curves
    )
    return f'<div class="cet-caption"><b>{escape(text)}</b>{keys}</div>'
