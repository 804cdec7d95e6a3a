"""GeoJSON of a view: what the map fetches once and colours by expression ever after."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from apps._errors import UnknownTableError
from apps.texts import amount, texts
from apps.views.bounded_cache import ANSWERS
from apps.views.map_comparison import How, compare_quantity
from apps.views.map_quantities import MapQuantity, map_quantity
from apps.views.packed import Packed, collection, pack
from apps.views.quantities import classes_of, scale_of
from apps.views.view import View

_PARK_KINDS = {"park", "forest", "grass", "cemetery", "sport"}
# Wider than the carriageway is drawn, no street can be told from the ground; narrower, footways vanish.
_WIDTH_RANGE_M = (2.0, 14.0)
_STREET_DETAIL_M = 0.3
_FOOT_KINDS = ("footway", "path", "steps", "cycleway", "pedestrian", "track", "corridor")
_ROOF_LIFT_M = 0.25  # keeps a roof plane from flickering in the building's own top


def buildings_geojson(view: View, what: MapQuantity, language: str, *, signed: bool = False) -> Iterator[str]:
    """Write the buildings with the classes and texts of a quantity for every step of a day.

    Parameters
    ----------
    view : View
        District and scenario.
    what : MapQuantity
        The quantity on a day.
    language : str
        Language of the texts.
    signed : bool
        Whether the values are differences.

    Returns
    -------
    iterator of str
        Parts of a FeatureCollection, with `id`, `n` name, `u` use in words, `h` height [m], `c` the class of each
        step, `t0`, `t1`, … the value of each step in words.
    """
    words = texts(language)
    table = view.buildings
    labels = labels_of(what, words, signed=signed)
    rows = zip(
        table.index,
        building_names(view, language),
        table["use"],
        table["height_m"].round(1),
        what.classes.T.tolist(),
        labels.T.tolist(),
        strict=True,
    )
    properties = (
        {
            "id": building,
            "n": name,
            "u": words.get(f"use.{use}", str(use)),
            "h": float(height),
            "c": classes,
            **{f"t{step}": label for step, label in enumerate(of_steps)},
        }
        for building, name, use, height, classes, of_steps in rows
    )
    return collection(_based(table), properties)


def building_names(view: View, language: str) -> list[str]:
    """Give each building a name a person knows it by: its name, else its address, else its use.

    Parameters
    ----------
    view : View
        District and scenario.
    language : str
        Language of the use.
    """
    words = texts(language)
    columns = zip(view.buildings["name"], view.buildings["address"], view.buildings["use"], strict=True)
    return [_word(name) or _word(address) or words.get(f"use.{use}", str(use)) for name, address, use in columns]


def _word(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def labels_of(what: MapQuantity, words: Any, *, signed: bool = False) -> npt.NDArray[np.object_]:
    """Write every value in words.

    Parameters
    ----------
    what : MapQuantity
        Values of a quantity, shape (steps, buildings).
    words : Texts
        Language.
    signed : bool
        Whether they are differences: those that grow have a plus.
    """
    if what.kinds:
        prefix = "use_group" if what.quantity.key == "use" else "heating"
        names = [words.get(f"{prefix}.{kind}", kind.replace("_", " ")) for kind in what.kinds]
        return np.array([[names[int(kind)] if kind < len(names) else "–" for kind in row] for row in what.classes])
    if what.quantity.key == "built" and not signed:
        return np.array([[str(int(year)) if np.isfinite(year) else "–" for year in row] for row in what.values])
    unit = f"\u00a0{what.quantity.unit}" if what.quantity.unit else ""
    return np.array(
        [
            [
                ("+" if signed and value > 0 else "")
                + amount(value, words.language)
                + (unit if np.isfinite(value) else "")
                for value in row
            ]
            for row in what.values
        ]
    )


def _based(table: Any) -> Any:
    """Lift a building that stands on columns (a bridge between houses) to its underside."""
    geometry = table.geometry.to_numpy()
    base = table["min_height_m"].to_numpy(dtype=float)
    lifted = base > 0
    if lifted.any():
        geometry = geometry.copy()
        geometry[lifted] = shapely.force_3d(geometry[lifted], base[lifted])
    return geometry


def roofs_geojson(view: View, language: str) -> Iterator[str]:
    """Write the roof planes in space with the sun's yearly energy on them.

    Parameters
    ----------
    view : View
        District and scenario.
    language : str
        Language of the texts.
    """
    roofs = view.roofs
    scale = roof_scale(view)
    values = roofs["roof_irradiation_kwh_m2"].to_numpy(dtype=float)
    names = dict(zip(view.buildings.index, building_names(view, language), strict=True))
    planes = [
        _plane(geometry, tilt, azimuth, height)
        for geometry, tilt, azimuth, height in zip(
            roofs.geometry, roofs["tilt_deg"], roofs["azimuth_deg"], roofs["height_m"], strict=True
        )
    ]
    geometry = roofs.geometry.set_axis(roofs.index).__class__(planes, index=roofs.index, crs=roofs.crs)
    rows = zip(roofs["building_id"], classes_of(values, scale).tolist(), values, strict=True)
    properties = [
        {
            "id": building,
            "n": names.get(building, ""),
            "u": texts(language)("layer.roofs"),
            "c": [number],
            "t0": f"{amount(value, language)}\u00a0kWh/m²",
        }
        for building, number, value in rows
    ]
    return collection(geometry.to_crs("EPSG:4326").to_numpy(), properties)


def roof_scale(view: View) -> tuple[float, float]:
    """Give the ends of the roofs' colour scale [kWh/m²]."""
    sun = view.roofs["roof_irradiation_kwh_m2"].to_numpy(dtype=float)
    return scale_of(sun, view.roofs["area_m2"].to_numpy(dtype=float), from_zero=False, step=50.0)


def _plane(geometry: Any, tilt_deg: float, azimuth_deg: float, height_m: float) -> Any:
    """Raise a roof plane to its height and tilt it: it falls towards the side it faces."""
    centre = geometry.centroid
    east, north = np.sin(np.radians(azimuth_deg)), np.cos(np.radians(azimuth_deg))
    slope = np.tan(np.radians(tilt_deg))

    def lift(points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        along = (points[:, 0] - centre.x) * east + (points[:, 1] - centre.y) * north
        return np.column_stack([points[:, :2], height_m + _ROOF_LIFT_M - slope * along])

    return shapely.transform(shapely.force_3d(geometry, 0.0), lift, include_z=True)


def _streets(table: Any, _words: Any) -> tuple[Any, list[dict[str, Any]]]:
    """Draw streets as areas: lines with round ends cost a machine without a graphics card half a second a frame."""
    above = table[table["layer"].fillna(0) >= 0]
    foot = above["kind"].isin(_FOOT_KINDS)
    # Carriageways come last and lie on the footways that cross them.
    above = above.assign(foot=foot).sort_values("foot", ascending=False, kind="stable")
    width = above["width_m"].clip(*_WIDTH_RANGE_M).to_numpy(dtype=float)
    lines = shapely.simplify(above.geometry.to_numpy(), _STREET_DETAIL_M)
    areas = above.set_geometry(shapely.buffer(lines, width / 2, quad_segs=2), crs=above.crs)
    names = zip(areas["foot"], areas["name"], strict=True)
    return areas, [{"f": int(walk), "n": _word(name)} for walk, name in names]


def _areas(table: Any, words: Any) -> tuple[Any, list[dict[str, Any]]]:
    return table, [
        {"k": str(kind), "n": _word(name) or words.get(f"area.{kind}", "")}
        for kind, name in zip(table["kind"], table["name"], strict=True)
    ]


def _green(table: Any, words: Any) -> tuple[Any, list[dict[str, Any]]]:
    return _areas(table[table["kind"].isin(_PARK_KINDS)], words)


def _chargers(table: Any, words: Any) -> tuple[Any, list[dict[str, Any]]]:
    rows = zip(table["name"], table["operator"], table["capacity"], table["output_kw"], strict=True)
    return table, [
        {
            "n": _word(name) or _word(operator) or words("layer.chargers.one"),
            "u": words("layer.chargers.one"),
            **_always(words("charger.capacity", vehicles=int(vehicles), power=amount(power, words.language))),
        }
        for name, operator, vehicles, power in rows
    ]


def _parking(table: Any, words: Any) -> tuple[Any, list[dict[str, Any]]]:
    return table, [
        {"n": words("layer.parking"), "u": "", **_always(words("parking.capacity", cars=int(cars)))}
        for cars in table["capacity"]
    ]


def _always(told: str) -> dict[str, str]:
    """Tell the same at every hour: the tip on the map asks for the text of its own."""
    return {f"t{step}": told for step in range(24)}


def _pipes(table: Any, words: Any) -> tuple[Any, list[dict[str, Any]]]:
    return table, [{"k": str(carrier), "n": words.get(f"carrier.{carrier}", "")} for carrier in table["carrier"]]


def _plain(table: Any, _words: Any) -> tuple[Any, list[dict[str, Any]]]:
    return table, [{} for _ in range(len(table))]


_LAYERS: Mapping[str, Callable[[Any, Any], tuple[Any, list[dict[str, Any]]]]] = {
    "streets": _streets,
    "landuse": _green,
    "water": _areas,
    "trees": _plain,
    "chargers": _chargers,
    "parking": _parking,
    "pipes": _pipes,
}
GROUND = tuple(_LAYERS)
"""Tables that no scenario changes."""
TABLES = (*GROUND, "roofs", "buildings")
"""Tables that the map draws; buildings without any quantity, for what is drawn over them."""


def layer_geojson(view: View, table: str, language: str) -> Iterator[str]:
    """Write one table of the district for the map.

    Parameters
    ----------
    view : View
        District and scenario.
    table : str
        One of `TABLES`.
    language : str
        Language of the names that are words.
    """
    if table == "roofs":
        return roofs_geojson(view, language)
    if table == "buildings":
        return _quiet(view, language)
    if table not in _LAYERS:
        raise UnknownTableError(f"The map draws no table {table!r}; it draws {', '.join(TABLES)}.")
    frame, properties = _LAYERS[table](view.district.tables[table], texts(language))
    return collection(frame.geometry.to_crs("EPSG:4326").to_numpy(), properties)


def _quiet(view: View, language: str) -> Iterator[str]:
    words, table = texts(language), view.buildings
    rows = zip(table.index, building_names(view, language), table["use"], table["height_m"].round(1), strict=True)
    properties = [
        {"id": building, "n": name, "u": words.get(f"use.{use}", str(use)), "h": float(height), **_always("")}
        for building, name, use, height in rows
    ]
    return collection(_based(table), properties)


def buildings_answer(
    view: View, key: str, day: str, language: str, *, baseline: View | None = None, how: How = "beside"
) -> Packed:
    """Give the buildings packed, kept for the next session that asks; with a baseline, held against it.

    Parameters
    ----------
    view : View
        District and scenario.
    key : str
        Key of a quantity.
    day : str
        A day of `apps.views.days.DAYS`.
    language : str
        Language of the texts.
    baseline : View, optional
        What it is held against.
    how : str
        "beside" or "difference".
    """

    def make() -> Packed:
        if baseline is None:
            return pack(buildings_geojson(view, map_quantity(view, key, day), language))
        what = compare_quantity(view, baseline, key, day, how)
        return pack(buildings_geojson(view, what, language, signed=how == "difference"))

    against = ("", "") if baseline is None else (baseline.stamp, how)
    return ANSWERS.remember(("buildings", view.stamp, key, day, language, *against), make)


def layer_answer(view: View, table: str, language: str) -> Packed:
    """Give a table packed, kept for the next session that asks.

    Parameters
    ----------
    view : View
        District and scenario.
    table : str
        One of `TABLES`.
    language : str
        Language of the names that are words.
    """
    key = ("layer", layer_stamp(view, table), table, language)
    return ANSWERS.remember(key, lambda: pack(layer_geojson(view, table, language)))


def layer_stamp(view: View, table: str) -> str:
    """Give what a table's data depend on: the ground is the same in every scenario."""
    return view.ground_stamp if table in GROUND else view.stamp
