"""Charts as inline SVG: curves of days, bars of months and of key figures."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape

import numpy as np
import numpy.typing as npt

from twin.reporting.colours import SCENARIOS
from twin.texts import tick

Array = npt.NDArray[np.float64]
WIDTH, HEIGHT = 460.0, 220.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 44.0, 8.0, 14.0, 26.0


def curves(series: Mapping[str, Array], title: str, unit: str, *, language: str = "en") -> str:
    """Curves over the hours of a day, one for each scenario.

    Parameters
    ----------
    series : mapping of str to ndarray, shape (24,)
        By the scenario's title.
    title, unit : str
        Of the chart.
    language : str
        How its numbers are written.
    """
    axis = _Axis.of(language, [value for values in series.values() for value in values])
    parts = []
    for (_, values), colour in zip(series.items(), _colours(series), strict=True):
        x = _LEFT + (np.arange(len(values)) + 0.5) * (WIDTH - _LEFT - _RIGHT) / len(values)
        points = " ".join(f"{a:.1f},{axis.y(b):.1f}" for a, b in zip(x, values, strict=True))
        parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="1.8"/>')
    labels = [(hour / 24, f"{hour}") for hour in (0, 6, 12, 18, 24)]
    return _chart(title, unit, axis, marks="".join(parts), below=labels, series=series)


def bars(series: Mapping[str, Array], groups: Sequence[str], title: str, unit: str, *, language: str = "en") -> str:
    """Bars side by side in groups, one in each for each scenario.

    Parameters
    ----------
    series : mapping of str to ndarray, shape (groups,)
        By the scenario's title.
    groups : sequence of str
        What stands below each group.
    title, unit : str
        Of the chart.
    language : str
        How its numbers are written.
    """
    axis = _Axis.of(language, [0.0, *(value for values in series.values() for value in values)])
    each = (WIDTH - _LEFT - _RIGHT) / len(groups)
    width = 0.8 * each / len(series)
    parts = []
    for k, ((_, values), colour) in enumerate(zip(series.items(), _colours(series), strict=True)):
        for g, value in enumerate(values):
            if math.isfinite(value):
                x, y = _LEFT + each * (g + 0.1) + k * width, axis.y(max(value, 0.0))
                height = abs(axis.y(value) - axis.y(0.0))
                parts.append(
                    f'<rect x="{x:.1f}" y="{y:.1f}" width="{width * 0.92:.1f}" height="{height:.1f}" fill="{colour}"/>'
                )
    labels = [((g + 0.5) / len(groups), name) for g, name in enumerate(groups)]
    return _chart(title, unit, axis, marks="".join(parts), below=labels, series=series)


class _Axis:
    """The upright axis: round steps from the least to the most."""

    def __init__(self, low: float, high: float, step: float, language: str) -> None:
        self.low, self.high, self.step, self.language = low, high, step, language

    @classmethod
    def of(cls, language: str, values: Sequence[float]) -> _Axis:
        finite = [float(value) for value in values if math.isfinite(value)] or [0.0]
        low, high = min(0.0, *finite, 0.0), max(*finite, 0.0)
        span = high - low or 1.0
        rough = span / 4
        power = 10.0 ** math.floor(math.log10(rough))
        step = next(k * power for k in (1.0, 2.0, 5.0, 10.0) if k * power >= rough * 0.999)
        return cls(math.floor(low / step) * step, max(math.ceil(high / step) * step, step), step, language)

    def y(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return HEIGHT - _BOTTOM - share * (HEIGHT - _TOP - _BOTTOM)

    def ticks(self) -> list[float]:
        count = round((self.high - self.low) / self.step)
        return [self.low + k * self.step for k in range(count + 1)]


def _chart(
    title: str, unit: str, axis: _Axis, *, marks: str, below: Sequence[tuple[float, str]], series: Mapping[str, Array]
) -> str:
    lines = "".join(
        f'<path d="M{_LEFT} {axis.y(value):.1f}H{WIDTH - _RIGHT}" stroke="{"#555" if value == 0 else "#ddd"}"/>'
        f'<text x="{_LEFT - 5}" y="{axis.y(value) + 3:.1f}" text-anchor="end">{tick(value, axis.language)}</text>'
        for value in axis.ticks()
    )
    span = WIDTH - _LEFT - _RIGHT
    names = "".join(
        f'<text x="{_LEFT + share * span:.1f}" y="{HEIGHT - 9}" text-anchor="middle">{escape(text)}</text>'
        for share, text in below
    )
    legend = "".join(
        f'<span><i style="background:{colour}"></i>{escape(name)}</span>'
        for name, colour in zip(series, _colours(series), strict=True)
    )
    told = escape(f"{title} [{unit}]: {', '.join(series)}")
    return (
        f'<figure class="chart"><figcaption>{escape(title)} [{escape(unit)}]</figcaption>'
        f'<svg viewBox="0 0 {WIDTH:.0f} {HEIGHT:.0f}" role="img" aria-label="{told}">{lines}{marks}{names}</svg>'
        f'<p class="key">{legend}</p></figure>'
    )


def _colours(series: Mapping[str, Array]) -> list[str]:
    return [SCENARIOS[min(k, len(SCENARIOS) - 1)] for k in range(len(series))]
