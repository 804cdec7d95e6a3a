"""Small charts of one building, drawn as SVG: a day in lines, a year in bars."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from html import escape

import streamlit as st

from apps.api.quantities import nice_ceiling
from apps.map.view.palette import CARRIERS
from apps.texts import Texts, amount

Scale = Callable[[float], float]

_WIDTH, _HEIGHT = 300.0, 92.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 34.0, 4.0, 6.0, 16.0
_DRAW_SVG = """
export default function draw({ data, parentElement }) {
  const holder = parentElement.querySelector(".cet-svg");
  if (holder.dataset.drawn !== data.svg) { holder.innerHTML = data.svg; holder.dataset.drawn = data.svg; }
}
"""


def show_svg(svg: str, key: str) -> None:
    """Put a chart on the page: every text in it was escaped when it was drawn.

    Parameters
    ----------
    svg : str
        Drawn by this module.
    key : str
        Name of the place.
    """
    # st.html strips SVG.
    component = st.components.v2.component(
        "city_energy_twin_svg", html='<div class="cet-svg"></div>', js=_DRAW_SVG, isolate_styles=False
    )
    component(key=key, data={"svg": svg})


def day_lines(curves: Mapping[str, Sequence[float]], unit: str, title: str, words: Texts) -> str:
    """Draw a day's curves.

    Parameters
    ----------
    curves : Mapping[str, sequence of float]
        24 values by carrier.
    unit : str
        Unit of the values.
    title : str
        What a screen reader says the chart is.
    words : Texts
        Language.
    """
    top = nice_ceiling(max((max(values) for values in curves.values()), default=0.0))
    x, y = _scales(24, top, centred=False)
    parts = [_grid(top, words)]
    for carrier, values in curves.items():
        points = " ".join(f"{x(hour):.1f},{y(value):.1f}" for hour, value in enumerate(values))
        casing = f'<polyline points="{points}" fill="none" stroke="#8a7f2a" stroke-width="2.6"/>'
        line = f'<polyline points="{points}" fill="none" stroke="{CARRIERS[carrier]}" stroke-width="2"/>'
        # Yellow on white needs an edge to be seen.
        parts.append((casing if carrier == "solar" else "") + line)
    parts += [_tick(x(hour), f"{hour:02d}") for hour in range(0, 24, 6)]
    step = (_WIDTH - _LEFT - _RIGHT) / 24
    for hour in range(24):
        said = ", ".join(
            f"{words(f'carrier.{carrier}')} {amount(values[hour], words.language)} {unit}"
            for carrier, values in curves.items()
        )
        parts.append(_hover(x(hour) - step / 2, step, f"{hour:02d}:00  {said}"))
    return _svg(parts, title)


def year_bars(curves: Mapping[str, Sequence[float]], unit: str, title: str, words: Texts) -> str:
    """Draw a year's months as stacked bars.

    Parameters
    ----------
    curves : Mapping[str, sequence of float]
        Twelve values by carrier.
    unit : str
        Unit of the values.
    title : str
        What a screen reader says the chart is.
    words : Texts
        Language.
    """
    totals = [sum(values[month] for values in curves.values()) for month in range(12)]
    top = nice_ceiling(max(totals, default=0.0))
    x, y = _scales(12, top, centred=True)
    step = (_WIDTH - _LEFT - _RIGHT) / 12
    parts = [_grid(top, words)]
    for month in range(12):
        below = 0.0
        said = []
        for carrier, values in curves.items():
            height = y(below) - y(below + values[month])
            parts.append(
                f'<rect x="{x(month) - step * 0.36:.1f}" y="{y(below + values[month]):.1f}" '
                f'width="{step * 0.72:.1f}" height="{max(height, 0):.1f}" fill="{CARRIERS[carrier]}"/>'
            )
            below += values[month]
            said.append(f"{words(f'carrier.{carrier}')} {amount(values[month], words.language)} {unit}")
        parts.append(_hover(x(month) - step / 2, step, f"{words(f'month.{month + 1}')}  {', '.join(said)}"))
        if month % 2 == 0:
            parts.append(_tick(x(month), words(f"month.{month + 1}")))
    return _svg(parts, title)


def _scales(steps: int, top: float, *, centred: bool) -> tuple[Scale, Scale]:
    """Give the functions from step and value to pixels."""
    width, height = _WIDTH - _LEFT - _RIGHT, _HEIGHT - _TOP - _BOTTOM

    def x(step: float) -> float:
        return _LEFT + width * ((step + 0.5) / steps if centred else step / (steps - 1))

    def y(value: float) -> float:
        return _TOP + height * (1 - value / top)

    return x, y


def _grid(top: float, words: Texts) -> str:
    parts = []
    for share in (0.0, 0.5, 1.0):
        y = _TOP + (_HEIGHT - _TOP - _BOTTOM) * (1 - share)
        parts.append(f'<line x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y}" y2="{y}" stroke="#e4dfd7"/>')
        label = amount(top * share, words.language)
        parts.append(f'<text x="{_LEFT - 4}" y="{y + 3.5}" text-anchor="end">{escape(label)}</text>')
    return "".join(parts)


def _tick(x: float, label: str) -> str:
    return f'<text x="{x:.1f}" y="{_HEIGHT - 3}" text-anchor="middle">{escape(label)}</text>'


def _hover(x: float, width: float, said: str) -> str:
    return (
        f'<rect class="cet-hover" x="{x:.1f}" y="{_TOP}" width="{width:.1f}" '
        f'height="{_HEIGHT - _TOP - _BOTTOM}"><title>{escape(said)}</title></rect>'
    )


def _svg(parts: Sequence[str], title: str) -> str:
    return (
        f'<svg class="cet-chart" viewBox="0 0 {_WIDTH:.0f} {_HEIGHT:.0f}" role="img" aria-label="{escape(title)}">'
        f"{''.join(parts)}</svg>"
    )
