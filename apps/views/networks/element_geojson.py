"""GeoJSON of networks: what the map fetches once and colours by expression ever after."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import shapely

from apps.texts import Texts, texts
from apps.views.bounded_cache import ANSWERS
from apps.views.networks.element_states import ALL, CARRIERS, ElementQuantity, Look, element_quantity
from apps.views.networks.element_wording import element_title, origin_text
from apps.views.networks.network_views import NetworkView
from apps.views.packed import Packed, collection, pack
from twin.reporting.naming import size_title, sizes, value_text

Part = Literal["lines", "strokes", "points"]
PARTS: tuple[Part, ...] = ("lines", "strokes", "points")
"""`lines` are whole and can be clicked, `strokes` are dashed where a line is not mapped, `points` are the rest."""
_DASHES_M = {"laid": (15.0, 6.0), "assumed": (4.0, 5.0)}
"""Length of a stroke and of the gap behind it; what is mapped, imported or edited is drawn without gaps."""
_BESIDE_M = {"electricity": -3.0, "heat": 0.0, "cold": 3.0, "gas": 6.0}
"""Where all networks are shown, how far each is drawn beside the street's middle."""
_WIDTH_PX = (1.8, 5.0)
_RADIUS_M = {"plant": 11.0, "store": 11.0, "entry": 10.0, "transformer": 8.0, "substation": 5.0}
_POINT_M = 4.0
_ALWAYS = ("plant", "store", "entry", "transformer")


def networks_answer(networks: NetworkView, look: Look, part: Part, language: str) -> Packed:
    """Give the elements packed, kept for the next session that asks; the parameters are those of `networks_geojson`."""
    key = ("networks", networks.stamp, look, part, language)
    return ANSWERS.remember(key, lambda: pack(networks_geojson(networks, look, part, language)))


def networks_geojson(networks: NetworkView, look: Look, part: Part, language: str) -> Iterator[str]:
    """Write the elements of a network with the classes and texts of a quantity for every step of a day.

    Parameters
    ----------
    networks : NetworkView
        Of `Networks.open`.
    look : Look
        What to show.
    part : str
        One of `PARTS`.
    language : str
        Language of the texts.

    Returns
    -------
    iterator of str
        Parts of a FeatureCollection, with `id`, `k` kind, `a` carrier, `o` origin, `w` width [px] or radius [m], `y`
        whether it is beyond its limit at any hour of the year, `c` the class of each step; and but for strokes `n` its
        name, `u` size and origin in words, `t0`, `t1`, … the value of each step in words.
    """
    words, what = texts(language), element_quantity(networks, look)
    table = networks.elements.iloc[what.rows]
    geometry = table.geometry.to_numpy()
    is_point = shapely.get_type_id(geometry) == 0
    # Connections of buildings are drawn where they have a state: hundreds of grey dots would hide the rest.
    told = np.isfinite(what.values).any(axis=0) | table["kind"].isin(_ALWAYS).to_numpy()
    chosen = np.flatnonzero(is_point & told if part == "points" else ~is_point)
    # The worst come last and lie on top.
    reach = np.nan_to_num(networks.worst.reach[what.rows[chosen]])
    chosen = chosen[np.argsort(reach, kind="stable")]
    table, shapes = table.iloc[chosen], geometry[chosen]
    if part != "points":
        shapes = _lines(networks, shapes, table, look.carrier, dashed=part == "strokes")
    plain = {
        "id": table.index.tolist(),
        "k": table["kind"].tolist(),
        "a": table["carrier"].tolist(),
        "o": table["origin"].tolist(),
        "w": [float(f"{size:.1f}") for size in _sizes(table, part)],
        "y": (table["hours_over"].to_numpy(dtype=float) > 0).astype(int).tolist(),
        "c": what.classes[:, chosen].T.tolist(),
    }
    if part != "strokes":
        plain |= _told(networks, what, chosen, words)
    names = list(plain)
    return collection(shapes, (dict(zip(names, row, strict=True)) for row in zip(*plain.values(), strict=True)))


def _told(
    networks: NetworkView, what: ElementQuantity, chosen: npt.NDArray[np.int64], words: Texts
) -> dict[str, Sequence[Any]]:
    table = networks.elements.iloc[what.rows[chosen]]
    under = [
        " · ".join(part for part in (size_title(size, words), origin_text(origin, words)) if part)
        for size, origin in zip(table["size"], table["origin"], strict=True)
    ]
    names = [element_title(networks, str(name), words) for name in table.index]
    if what.unit:
        steps = [[value_text(v, what.unit, words) for v in values[chosen].tolist()] for values in what.values]
    else:
        carriers = [words.get(f"network.{name}", str(name)) for name in table["carrier"]]
        steps = [carriers] * len(what.classes)
    return {"n": names, "u": under, **{f"t{step}": told for step, told in enumerate(steps)}}


def _sizes(table: Any, part: Part) -> list[float]:
    """Give the width of lines by their size among those of their network; the radius of points by their kind."""
    if part == "points":
        return [_RADIUS_M.get(str(kind), _POINT_M) for kind in table["kind"]]
    known = sizes()
    rank = np.array([known[str(size)].rank if str(size) in known else 0.0 for size in table["size"]])
    widths = np.full(len(table), _WIDTH_PX[0])
    for carrier in CARRIERS:
        mine = (table["carrier"] == carrier).to_numpy()
        most = rank[mine].max(initial=0.0)
        if most > 0:
            # By the root: of sections and diameters alike, large ones would hide the street.
            widths[mine] += (_WIDTH_PX[1] - _WIDTH_PX[0]) * np.sqrt(rank[mine] / most)
    widths[(table["kind"] == "service").to_numpy()] *= 0.6
    return [float(width) for width in widths]


def _lines(networks: NetworkView, shapes: Any, table: Any, carrier: str, *, dashed: bool) -> Any:
    """Give lines in degrees, beside each other where all networks are shown, cut into strokes where asked."""
    crs = networks.view.district.crs
    metric = networks.elements.geometry.set_axis(networks.elements.index).loc[table.index].to_crs(crs).to_numpy()
    if carrier == ALL:
        beside = np.array([_BESIDE_M.get(str(name), 0.0) for name in table["carrier"]])
        metric = _moved(metric, beside)
    elif not dashed:
        return shapes
    if dashed:
        pairs = zip(metric, table["origin"], strict=True)
        metric = np.array(
            [_strokes(line, *_DASHES_M[o]) if o in _DASHES_M else line for line, o in pairs], dtype=object
        )
    return networks.elements.geometry.__class__(metric, crs=crs).to_crs("EPSG:4326").to_numpy()


def _moved(lines: Any, beside_m: npt.NDArray[np.float64]) -> Any:
    """Move lines to the side of the direction from west to east, so that two of the same street stay beside."""
    coordinates, index = shapely.get_coordinates(lines, return_index=True)
    first = np.searchsorted(index, np.arange(len(lines)))
    last = np.searchsorted(index, np.arange(len(lines)), side="right") - 1
    way = coordinates[last] - coordinates[first]
    way[way[:, 0] < 0] *= -1
    length = np.maximum(np.hypot(way[:, 0], way[:, 1]), 1e-9)
    normal = np.column_stack([-way[:, 1], way[:, 0]]) / length[:, None]
    return shapely.set_coordinates(lines.copy(), coordinates + (normal * beside_m[:, None])[index])


def _strokes(line: Any, stroke_m: float, gap_m: float) -> Any:
    """Cut a line into strokes with gaps between; it begins and ends with half a stroke at least."""
    parts = []
    for piece in shapely.get_parts(line):
        xy = shapely.get_coordinates(piece)
        along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(xy, axis=0).T))])
        count = max(round((along[-1] + gap_m) / (stroke_m + gap_m)), 1)
        gap = gap_m if count > 1 else 0.0
        stroke = (along[-1] - gap * (count - 1)) / count
        for begin in np.arange(count) * (stroke + gap):
            inside = (along > begin) & (along < begin + stroke)
            at = np.concatenate([[begin], along[inside], [begin + stroke]])
            parts.append(np.column_stack([np.interp(at, along, xy[:, 0]), np.interp(at, along, xy[:, 1])]))
    return shapely.MultiLineString(parts)
