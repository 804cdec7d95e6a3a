"""The map as a table: for screen readers, and for whoever wants the figures in rows."""

from __future__ import annotations

from html import escape

import numpy as np
import streamlit as st

from apps.map.view.deck.legend import quantity_title
from apps.texts import Texts, amount
from apps.views.layer_geojson import building_names
from apps.views.map_quantities import map_quantity
from apps.views.view import View
from apps.views.yearly_quantities import YEARLY

_COLUMNS = (
    "heat_kwh_m2",
    "electricity_kwh_m2",
    "solar_irradiation_kwh_m2",
    "self_sufficiency",
    "heat_kwh",
    "electricity_kwh",
    "pv_potential_kwh",
    "pv_kwh",
    "co2_t",
    "energy_cost_eur",
)


def show_table(view: View, quantity: str, words: Texts) -> None:
    """Open the table over the map.

    Parameters
    ----------
    view : View
        District and scenario.
    quantity : str
        What the rows are sorted by.
    words : Texts
        Language.
    """

    @st.dialog(words("table.title", district=view.district.title), width="large")
    def dialog() -> None:
        st.html(table_html(view, quantity, words))

    dialog()


def _told(view: View, key: str) -> bool:
    return bool(np.isfinite(map_quantity(view, key, "year").values).any())


def table_html(view: View, quantity: str, words: Texts) -> str:
    """Write a row for each building, largest first.

    Parameters
    ----------
    view : View
        District and scenario.
    quantity : str
        A yearly quantity sorts the rows; else heat does.
    words : Texts
        Language.
    """
    wanted = [item for item in YEARLY if item.key in {*_COLUMNS, quantity} and _told(view, item.key)]
    order_by = quantity if quantity in {item.key for item in wanted} else wanted[0].key if wanted else None
    columns = [map_quantity(view, item.key, "year").values[0] for item in wanted]
    order = np.arange(len(view.buildings))
    if order_by is not None:
        order = np.argsort(-np.nan_to_num(map_quantity(view, order_by, "year").values[0], nan=-np.inf), kind="stable")
    names = building_names(view, words.language)
    head = [words("table.building"), words("attribute.use"), words("attribute.built"), words("attribute.floor_area")]
    units = ["", "", "", "m²"] + [item.unit for item in wanted]
    head += [quantity_title(item.key, words) for item in wanted]
    header = "".join(
        f'<th scope="col">{escape(name)}<small> {escape(unit)}</small></th>'
        for name, unit in zip(head, units, strict=True)
    )
    table = view.buildings
    rows = []
    for place in order:
        row = table.iloc[place]
        cells = [
            words.get(f"use.{row['use']}", str(row["use"])),
            str(int(row["construction_year"])),
            amount(row["floor_area_m2"], words.language),
            *(amount(values[place], words.language) for values in columns),
        ]
        rows.append(
            f'<tr><th scope="row">{escape(names[place])}</th>'
            + "".join(f"<td>{escape(c)}</td>" for c in cells)
            + "</tr>"
        )
    return (
        f'<div class="cet-table" tabindex="0"><table><caption>{escape(words("table.caption"))}</caption>'
        f"<thead><tr>{header}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )
