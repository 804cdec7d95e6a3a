"""What the map shows as files: the buildings with the shown value, as GeoJSON and as CSV."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
import shapely

from apps.texts import texts
from apps.views.layer_geojson import building_names, labels_of
from apps.views.map_comparison import compare_quantity
from apps.views.map_quantities import MapQuantity, map_quantity
from apps.views.view import View


def building_table(
    view: View, key: str, when: tuple[str, int], language: str, *, less: View | None = None
) -> pd.DataFrame:
    """Give a row for each building with the value that the map shows of it.

    Parameters
    ----------
    view : View
        District and scenario.
    key : str
        Key of a quantity.
    when : tuple of str and int
        A day of `apps.views.days.DAYS`, and the place of the playhead.
    language : str
        Language of names and kinds.
    less : View, optional
        Baseline that is taken off: the values are the change.

    Returns
    -------
    pandas.DataFrame
        Index building_id; name, use, floor_area_m2, construction_year, heating_system, quantity, value (nan where
        there is none; a word for kinds), unit.
    """
    day, step = when
    what: MapQuantity = (
        map_quantity(view, key, day) if less is None else compare_quantity(view, less, key, day, "difference")
    )
    place = step if len(what.classes) > 1 else 0
    numbers = what.values  # noqa: PD011  a field of ours
    value: Any = labels_of(what, texts(language))[place] if what.kinds else numbers[place]
    table = view.buildings
    return pd.DataFrame(
        {
            "name": building_names(view, language),
            "use": table["use"].to_numpy(),
            "floor_area_m2": np.round(table["floor_area_m2"].to_numpy(dtype=float), 1),
            "construction_year": table["construction_year"].to_numpy(),
            "heating_system": table["heating_system"].to_numpy(),
            "quantity": key if less is None else f"change of {key}",
            "value": value,
            "unit": what.quantity.unit,
        },
        index=pd.Index(table.index, name="building_id"),
    )


def as_csv(table: pd.DataFrame) -> bytes:
    """Write the table as CSV that spreadsheets open with its letters right.

    Parameters
    ----------
    table : pandas.DataFrame
        Of `building_table`.
    """
    text: str = table.to_csv(lineterminator="\n")
    return text.encode("utf-8-sig")


def as_geojson(view: View, table: pd.DataFrame) -> bytes:
    """Write the table with the buildings' outlines as GeoJSON in WGS84.

    Parameters
    ----------
    view : View
        District and scenario.
    table : pandas.DataFrame
        Of `building_table`.
    """
    shapes = shapely.to_geojson(shapely.set_precision(view.buildings.geometry.to_numpy(), 1e-7))
    rows = json.loads(table.to_json(orient="records"))
    features = [
        {"type": "Feature", "id": name, "properties": {**row, "building_id": name}, "geometry": json.loads(shape)}
        for name, row, shape in zip(table.index, rows, shapes, strict=True)
    ]
    about = {
        "district": view.district.name,
        "attribution": [source.attribution for source in view.district.sources],
        "licence": sorted({source.licence for source in view.district.sources}),
    }
    return json.dumps({"type": "FeatureCollection", "about": about, "features": features}, ensure_ascii=False).encode()
