"""Networks as files: every element with its state and where it comes from, as GeoJSON and as CSV."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import shapely

from apps.texts import texts
from apps.views.networks.element_states import ALL, KIND, Look, element_quantity
from apps.views.networks.element_wording import element_title, unit_of, worst_value
from apps.views.networks.network_views import NetworkView

_COLUMNS = ("carrier", "kind", "size", "origin", "length_m", "buildings", "loss_kwh")
_DECIMALS = 7  # of a degree: a centimetre


def network_table(
    networks: NetworkView, language: str, *, carrier: str = ALL, seen: tuple[Look, int] | None = None
) -> pd.DataFrame:
    """Give a row for each element of the networks, with its worst state, and the one that the map shows.

    Parameters
    ----------
    networks : NetworkView
        Of `Networks.open`.
    language : str
        Language of the titles.
    carrier : str
        A carrier, or all.
    seen : tuple of Look and int, optional
        What the map shows, and the place of the playhead.

    Returns
    -------
    pandas.DataFrame
        Index element; title, carrier, kind, size, origin (mapped, imported, laid, edited or assumed), length_m,
        buildings, loss_kwh, worst, worst_unit, worst_hour (local time), limit_low, limit_high, hours_over; and value,
        quantity and unit of the step that is shown.
    """
    words, worst = texts(language), networks.worst
    rows = np.arange(len(networks.elements))
    if carrier != ALL:
        rows = np.flatnonzero((networks.elements["carrier"] == carrier).to_numpy())
    table = networks.elements.iloc[rows]
    found = pd.DataFrame(index=pd.Index(table.index, name="element"))
    found["title"] = [element_title(networks, str(name), words) for name in table.index]
    for name in _COLUMNS:
        if name in table:
            found[name] = table[name].to_numpy()
    found["worst"] = np.round(np.array([worst_value(networks, row) for row in rows.tolist()], dtype=float), 4)
    found["worst_unit"] = [unit_of(networks, row) for row in rows.tolist()]
    found["worst_hour"] = [worst.time[h].isoformat() if h >= 0 else "" for h in worst.hour[rows].tolist()]
    found["limit_low"], found["limit_high"] = worst.limit_low[rows], worst.limit_high[rows]
    found["hours_over"] = table["hours_over"].to_numpy()
    if seen is not None and seen[0].quantity != KIND:
        what = element_quantity(networks, replace(seen[0], carrier=carrier))
        values = what.values  # noqa: PD011  a field of ours
        found["value"] = np.round(values[min(seen[1], len(values) - 1)].astype(float), 4)
        found["quantity"], found["unit"] = what.look.quantity, what.unit
    return found


def networks_as_geojson(networks: NetworkView, table: pd.DataFrame) -> bytes:
    """Write the table with the elements' lines and points as GeoJSON in WGS84.

    Parameters
    ----------
    networks : NetworkView
        Of `Networks.open`.
    table : pandas.DataFrame
        Of `network_table`.
    """
    geometry = networks.elements.geometry.loc[table.index].to_numpy()
    shapes = shapely.to_geojson(shapely.transform(geometry, lambda points: np.round(points, _DECIMALS)))
    rows: list[dict[str, Any]] = json.loads(table.to_json(orient="records"))
    features = [
        {"type": "Feature", "id": name, "properties": {**row, "element": name}, "geometry": json.loads(shape)}
        for name, row, shape in zip(table.index, rows, shapes, strict=True)
    ]
    district = networks.view.district
    about = {
        "district": district.name,
        "attribution": [source.attribution for source in district.sources],
        "licence": sorted({source.licence for source in district.sources}),
        "origin": "mapped: in OpenStreetMap; imported: from a file; laid: along the streets by an algorithm; "
        "edited: by the scenario; assumed: nobody knows",
    }
    return json.dumps({"type": "FeatureCollection", "about": about, "features": features}, ensure_ascii=False).encode()
