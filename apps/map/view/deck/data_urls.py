"""Addresses of the data that the map's layers fetch."""

from __future__ import annotations

from urllib.parse import urlencode

from apps.texts import Texts
from apps.views.district_views import View


def address(view: View, what: str, words: Texts, **query: str) -> str:
    """Give the address of a layer's data; the stamp in it lets the browser keep them.

    Parameters
    ----------
    view : View
        District and scenario.
    what : str
        Path of the data below the district, without its ending.
    words : Texts
        Language of names and values.
    **query : str
        What else the data depend on; `version` is set behind the view's stamp.
    """
    query |= {"scenario": view.scenario, "lang": words.language, "v": f"{view.stamp}{query.pop('version', '')}"}
    return f"/api/districts/{view.district.name}/{what}.geojson?{urlencode(query)}"
