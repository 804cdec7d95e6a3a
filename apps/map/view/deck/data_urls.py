"""Addresses of the data that the map's layers fetch."""

from __future__ import annotations

from urllib.parse import urlencode

from apps.texts import Texts
from apps.views.view import View


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


def ground_address(view: View, table: str, words: Texts) -> str:
    """Give the address of a table that no scenario changes: it stays the same through every edit.

    Parameters
    ----------
    view : View
        District and scenario.
    table : str
        One of `apps.views.layer_geojson.GROUND`.
    words : Texts
        Language of names.
    """
    query = {"lang": words.language, "v": view.ground_stamp}
    return f"/api/districts/{view.district.name}/layers/{table}.geojson?{urlencode(query)}"
