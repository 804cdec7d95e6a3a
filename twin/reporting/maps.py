"""Maps as inline SVG: the ground once, the buildings once, and colours for each map."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from twin.reporting.colours import CIVIDIS, LESS, MORE, NONE, amounts, differences
from twin.texts import Texts, amount, texts

if TYPE_CHECKING:
    from gis_data.district import District

WIDTH = 460.0
_LEGEND = 46.0
_STREET_M = 7.0
_OUTSIDE = 0.05


@dataclass(frozen=True, eq=False)
class Line:
    """A line on a map.

    Attributes
    ----------
    shape : shapely geometry
        In the district's CRS.
    colour : str
        Of the line.
    width : float
        In the map's units.
    dashes : str
        Strokes and gaps; empty without any.
    edge : str
        Colour of what it is edged with; empty without.
    """

    shape: Any
    colour: str
    width: float
    dashes: str = ""
    edge: str = ""


class Maps:
    """Draws maps of one district.

    Parameters
    ----------
    district : District
        With its ground.
    buildings : GeoSeries
        Footprints by building id: of every scenario, new buildings too, in the district's CRS.
    words : Texts
        Language.
    """

    def __init__(self, district: District, buildings: Any, words: Texts | None = None) -> None:
        self.district = district
        self.words = words or texts()
        west, south, east, north = (float(v) for v in buildings.total_bounds)
        margin = 0.02 * max(east - west, north - south, 1.0)
        self.west, self.north = west - margin, north + margin
        self.metres = east - west + 2 * margin
        self.scale = WIDTH / self.metres
        self.height = (north - south + 2 * margin) * self.scale
        self.box = shapely.box(self.west, south - margin, east + margin, self.north)
        self.ids = [str(i) for i in buildings.index]
        self.area = pd.Series(shapely.area(np.asarray(buildings.array)), index=self.ids)
        self.paths = [self._path(shape) for shape in buildings.array]

    def shared(self) -> str:
        """Shapes that all maps refer to: to be written once, before the first map."""
        ground = self._ground()
        shapes = "".join(f'<path id="b{i}" d="{path}"/>' for i, path in enumerate(self.paths))
        frame = f'<rect width="{WIDTH:.0f}" height="{self.height:.0f}" fill="#eceae4"/>'
        defs = f'<defs><g id="ground">{frame}{ground}</g>{shapes}</defs>'
        return f'<svg width="0" height="0" aria-hidden="true">{defs}</svg>'

    @property
    def columns(self) -> int:
        """How many stand beside each other: a tall map leaves room for a third."""
        return 3 if self.height > 1.1 * WIDTH else 2

    @property
    def font(self) -> float:
        """Size of letters, as `style.css` has it."""
        return 18.0 if self.columns == 3 else 10.0

    def ends(self, *values: pd.Series) -> tuple[float, float]:
        """Choose the ends of a scale that nine tenths of what is seen of the buildings lie within."""
        return self._quantile(values, _OUTSIDE), self._quantile(values, 1.0 - _OUTSIDE)

    def most(self, *changes: pd.Series) -> float:
        """Choose the end of a scale of differences; buildings that do not change count for nothing."""
        sizes = [change.abs() for change in changes]
        return self._quantile([size[size > 0.0] for size in sizes], 1.0 - _OUTSIDE) or 1.0

    def _quantile(self, values: Sequence[pd.Series], share: float) -> float:
        """Quantile by the area of the buildings: the odd shed would take all colour from the others."""
        found = pd.concat([one.dropna() for one in values])
        if not len(found):
            return 0.0
        order = np.argsort(found.to_numpy(), kind="stable")
        weight = np.cumsum(self.area.reindex(found.index.astype(str)).fillna(0.0).to_numpy()[order])
        return float(found.iloc[order[min(int(np.searchsorted(weight, share * weight[-1])), len(order) - 1)]])

    def amount(self, values: pd.Series, title: str, unit: str, ends: tuple[float, float], told: str = "") -> str:
        """Map of a figure of each building, coloured between two ends; `told` is its title for screen readers."""
        found = self._values(values)
        shown = (ends[0], sum(ends) / 2, ends[1])
        labels = [(k / 2, amount(value, self.words.language)) for k, value in enumerate(shown)]
        told = self._told(found, told or title, unit)
        return self._map(amounts(found, *ends), title, told, unit=unit, stops=CIVIDIS, labels=labels)

    def difference(self, values: pd.Series, title: str, unit: str, most: float, told: str = "") -> str:
        """Map of a difference of each building, zero in the middle."""
        found = self._values(values)
        language = self.words.language
        labels = [(0.0, amount(-most, language)), (0.5, "0"), (1.0, amount(most, language, signed=True))]
        told = self._told(found, told or title, unit)
        return self._map(differences(found, most), title, told, unit=unit, stops=(LESS, NONE, MORE), labels=labels)

    def lines(self, lines: Sequence[Line], title: str, name: str, key: str) -> str:
        """Map of lines coloured by a share of what they may carry, over quiet buildings; `key` is HTML below it."""
        marks = []
        for line in lines:
            path = self._path(line.shape)
            if line.edge:
                marks.append(f'<path d="{path}" stroke="{line.edge}" stroke-width="{line.width + 2:.1f}"/>')
            dashes = f' stroke-dasharray="{line.dashes}"' if line.dashes else ""
            marks.append(f'<path d="{path}" stroke="{line.colour}" stroke-width="{line.width:.1f}"{dashes}/>')
        quiet = "".join(f'<use href="#b{i}"/>' for i in range(len(self.paths)))
        labels = [(share, f"{round(100 * share)}\u00a0%") for share in (0.0, 0.5, 1.0)]
        return (
            f'<figure class="map"><figcaption>{escape(title)}</figcaption>'
            f'<svg viewBox="0 0 {WIDTH:.0f} {self.height + _LEGEND:.0f}" role="img" aria-label="{escape(title)}">'
            f'<use href="#ground"/><g fill="#dedad2">{quiet}</g><g fill="none">{"".join(marks)}</g>{self._furniture()}'
            f"{self._legend(name, CIVIDIS, labels)}</svg>{key}</figure>"
        )

    def _told(self, values: Any, title: str, unit: str) -> str:
        return self.words("report.map.alt", title=title, unit=unit, count=int(np.isfinite(values).sum()))

    def _values(self, values: pd.Series) -> npt.NDArray[np.float64]:
        return np.asarray(values.reindex(self.ids).to_numpy(dtype=np.float64))

    def _map(self, colours: list[str], title: str, told: str, *, unit: str, stops: tuple[str, ...], labels: Any) -> str:
        # One group for each colour: a colour is written once, not once a building.
        by_colour: dict[str, list[int]] = {}
        for i, colour in enumerate(colours):
            by_colour.setdefault(colour, []).append(i)
        groups = "".join(
            f'<g fill="{colour}">{"".join(f"""<use href="#b{i}"/>""" for i in rows)}</g>'
            for colour, rows in by_colour.items()
        )
        total = self.height + _LEGEND
        # What does not change is as pale as the ground: its outline shows it.
        edge = ("#fff", 0.3) if stops == CIVIDIS else ("#a09a90", 0.5)
        return (
            f'<figure class="map"><figcaption>{escape(title)}</figcaption>'
            f'<svg viewBox="0 0 {WIDTH:.0f} {total:.0f}" role="img" aria-label="{escape(told)}">'
            f'<use href="#ground"/><g stroke="{edge[0]}" stroke-width="{edge[1]}">{groups}</g>{self._furniture()}'
            f"{self._legend(unit, stops, labels)}</svg></figure>"
        )

    def _furniture(self) -> str:
        """North arrow and scale bar."""
        step = _round_length(self.metres / 4)
        length, y = step * self.scale, self.height - 10
        told = f"{step:g} m" if step < 1000 else f"{step / 1000:g} km"
        return (
            f'<g class="furniture"><path d="M{WIDTH - 14:.0f} 8l5 14-5-3-5 3z" fill="#333"/>'
            f'<text x="{WIDTH - 14:.0f}" y="{22 + self.font:.0f}" text-anchor="middle">N</text>'
            f'<path d="M10 {y - 4:.1f}v4h{length:.1f}v-4" fill="none" stroke="#333"/>'
            f'<text x="{14 + length:.1f}" y="{y:.1f}">{told}</text></g>'
        )

    def _legend(self, unit: str, stops: tuple[str, ...], labels: list[tuple[float, str]]) -> str:
        top, width, below = self.height + 8, WIDTH * 0.6, self.height + 20 + self.font
        each = width / 40
        shares = np.linspace(0.0, 1.0, 40)
        bar = amounts(shares, 0.0, 1.0) if len(stops) > 3 else differences(2 * shares - 1, 1.0)
        cells = "".join(
            f'<rect x="{10 + i * each:.1f}" y="{top:.1f}" width="{each + 0.3:.1f}" height="9" fill="{c}"/>'
            for i, c in enumerate(bar)
        )
        texts = "".join(
            f'<text x="{10 + share * width:.1f}" y="{below:.1f}" text-anchor="{_anchor(share)}">{text}</text>'
            for share, text in labels
        )
        return f'<g class="legend">{cells}{texts}<text x="{20 + width:.1f}" y="{top + 9:.1f}">{escape(unit)}</text></g>'

    def _ground(self) -> str:
        tables, parts = self.district.tables, []
        for name, kinds, colour in (
            ("landuse", {"park", "forest", "grass", "cemetery", "sport"}, "#dfe6d5"),
            ("water", None, "#cfdfe8"),
        ):
            table = tables.get(name)
            if table is None or not len(table):
                continue
            chosen = table if kinds is None else table[table["kind"].isin(kinds)]
            paths = "".join(self._path(shape) for shape in self._cut(chosen))
            parts.append(f'<path d="{paths}" fill="{colour}"/>')
        streets = tables.get("streets")
        if streets is not None and len(streets):
            lines = "".join(self._path(shape) for shape in self._cut(streets))
            width = max(_STREET_M * self.scale, 0.5)
            parts.append(f'<path d="{lines}" fill="none" stroke="#fff" stroke-width="{width:.1f}"/>')
        return "".join(parts)

    def _cut(self, table: Any) -> list[Any]:
        shapes = shapely.intersection(shapely.make_valid(np.asarray(table.geometry.array)), self.box)
        return [shape for shape in shapes if not shape.is_empty]

    def _path(self, shape: Any) -> str:
        """Outline as SVG's path, to a tenth of a unit."""
        parts = []
        for part in shapely.get_parts(shapely.simplify(shape, 0.2 / self.scale, preserve_topology=True)):
            rings = [part.exterior, *part.interiors] if part.geom_type == "Polygon" else [part]
            for ring in rings:
                if part.geom_type == "Point":
                    continue
                points = shapely.get_coordinates(ring)
                x = np.round((points[:, 0] - self.west) * self.scale, 1)
                y = np.round((self.north - points[:, 1]) * self.scale, 1)
                text = "L".join(f"{a:g} {b:g}" for a, b in zip(x, y, strict=True))
                parts.append(f"M{text}{'Z' if part.geom_type == 'Polygon' else ''}")
        return "".join(parts)


def _anchor(share: float) -> str:
    return "start" if share == 0.0 else "end" if share == 1.0 else "middle"


def _round_length(metres: float) -> float:
    """Give the largest of 1, 2, 5, 10, … that is not longer."""
    power = 10.0 ** math.floor(math.log10(max(metres, 1.0)))
    return max(step * power for step in (1.0, 2.0, 5.0) if step * power <= max(metres, 1.0))
