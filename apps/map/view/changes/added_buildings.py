"""Put new buildings into the district: GeoJSON that is pasted or opened, with what is wrong with each."""

from __future__ import annotations

from html import escape
from typing import Any

import geopandas as gpd
import streamlit as st

from apps.map.view import session
from apps.map.view.state import ViewState
from apps.texts import Texts
from apps.views.bounded_cache import cached_by_stamp
from apps.views.layer_geojson import building_names
from apps.views.view import View
from twin.model.new_buildings import Drawn, read_drawn
from twin.scenario import AddBuildingsEdit

_LISTED = 8
_EXAMPLE = (
    '{"type": "Feature",\n "properties": {"use": "office", "levels": 8, "year": 2030},\n'
    ' "geometry": {"type": "Polygon", "coordinates":\n  [[[24.93, 60.17], [24.931, 60.17], …]]}}'
)


def new_buildings(view: View, words: Texts) -> None:
    """Ask for new buildings, and tell which of them can be built.

    Parameters
    ----------
    view : View
        District and scenario.
    words : Texts
        Language.
    """
    # After each building a fresh pair of fields: what was built is not offered again.
    number = session.state().new_round
    names = "`use`, `levels`, `height`, `year`, `heating_system`, `name`"
    pasted = st.text_area(
        words("new.paste"),
        key=f"new_text_{number}",
        height=96,
        placeholder=_EXAMPLE,
        help=words("new.paste.help", names=names),
    )
    opened = st.file_uploader(
        words("change.upload"), type=["geojson", "json"], key=f"new_file_{number}", label_visibility="collapsed"
    )
    text = opened.getvalue().decode("utf-8-sig", errors="replace") if opened is not None else str(pasted or "")
    if not text.strip():
        st.caption(words("new.told"))
        return
    found = _read(view, text)
    if found.flaws:
        st.html(_told(found, view, words))
    count = len(found.features)
    st.button(
        words("new.build.one") if count == 1 else words("new.build", count=count),
        key="new_build",
        type="primary",
        width="stretch",
        disabled=not count,
        on_click=_build,
        args=(found, number),
    )


@cached_by_stamp
def _read(view: View, text: str) -> Drawn:
    outlines: Any = gpd.GeoSeries(view.buildings.geometry).to_crs(view.district.crs)
    return read_drawn(text, outlines, view.district.title)


def _told(found: Drawn, view: View, words: Texts) -> str:
    names = dict(zip(view.buildings.index, building_names(view, words.language), strict=True))
    items = [f"<li>{escape(flaw.told(words.language, names))}.</li>" for flaw in found.flaws[:_LISTED]]
    if len(found.flaws) > _LISTED:
        items.append(f"<li>{escape(words('new.more', count=len(found.flaws) - _LISTED))}</li>")
    head = words("new.flawed", count=len(found.features)) if found.features else words("new.none")
    return f'<div class="cet-flaws" role="alert"><b>{escape(head)}</b><ul>{"".join(items)}</ul></div>'


def _build(found: Drawn, number: int) -> None:
    # Pressed twice in a hurry, it builds once.
    if session.state().new_round == number:
        session.change(ViewState.apply, AddBuildingsEdit(features=found.features))
        session.update(new_round=number + 1)
