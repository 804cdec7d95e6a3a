"""Small charts of one building, drawn as SVG: a day in lines, a year in bars."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from html import escape

import streamlit as st

from apps.map.view.deck.palette import CARRIERS
from apps.texts import Texts, amount
from apps.views.quantities import nice_ceiling

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
        parts.append((casing if carrier == "sun" else "") + line)
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


def limit_line(
    values: Sequence[float],
    limits: tuple[float, float],
    title: str,
    words: Texts,
    *,
    colour: str,
    labels: Mapping[int, str],
    said: Sequence[str],
) -> str:
    """Draw a curve with the limits that it is held against: what is beyond them stands out.

    Parameters
    ----------
    values : sequence of float
        The curve; nan leaves a gap.
    limits : tuple of float
        Lower and upper limit; nan where there is none.
    title : str
        What a screen reader says the chart is.
    words : Texts
        Language.
    colour : str
        Of the curve.
    labels : Mapping[int, str]
        Text below a step.
    said : sequence of str
        Each step in words.
    """
    known = [value for value in values if math.isfinite(value)] or [0.0]
    low_limit, high_limit = limits
    reach = [*known, *(limit for limit in limits if math.isfinite(limit))]
    low, high = min(reach), max(reach)
    # Amounts begin at zero; voltages and temperatures would be flat lines.
    low = 0.0 if 0 <= low < 0.5 * high else low
    span = (high - low) or max(abs(high), 1.0) * 0.1
    low, high = (low if low == 0.0 else low - 0.1 * span), high + 0.1 * span
    x, y_of = _scales(len(values), 1.0, centred=False)

    def y(value: float) -> float:
        return y_of((value - low) / (high - low))

    parts = [_lines_at([(low + (high - low) * share, y_of(share)) for share in (0.0, 0.5, 1.0)], words)]
    points = [(x(step), y(value)) for step, value in enumerate(values) if math.isfinite(value)]
    line = " ".join(f"{a:.1f},{b:.1f}" for a, b in points)
    parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="1.8"/>')
    for limit, side in ((low_limit, -1.0), (high_limit, 1.0)):
        if math.isfinite(limit):
            over = [step for step, value in enumerate(values) if side * value > side * limit]
            marks = "".join(f"M{x(step):.1f} {y(limit):.1f}V{y(values[step]):.1f}" for step in over)
            wide = max((_WIDTH - _LEFT - _RIGHT) / len(values), 1.0)
            parts.append(
                f'<line x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y(limit):.1f}" y2="{y(limit):.1f}" '
                f'stroke="#26231f" stroke-width="1.2" stroke-dasharray="5 3"/>'
                f'<path d="{marks}" stroke="#b23c00" stroke-width="{wide:.1f}" opacity=".75"/>'
            )
    parts += [_tick(x(step), text) for step, text in labels.items()]
    step_width = (_WIDTH - _LEFT - _RIGHT) / max(len(values) - 1, 1)
    parts += [_hover(x(step) - step_width / 2, step_width, text) for step, text in enumerate(said)]
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
    height = _HEIGHT - _TOP - _BOTTOM
    return _lines_at([(top * share, _TOP + height * (1 - share)) for share in (0.0, 0.5, 1.0)], words)


def _lines_at(marks: Sequence[tuple[float, float]], words: Texts) -> str:
    """Draw lines across with their values beside them, each at its height."""
    parts = []
    for value, y in marks:
        parts.append(f'<line x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="#e4dfd7"/>')
        label = amount(value, words.language)
        parts.append(f'<text x="{_LEFT - 4}" y="{y + 3.5:.1f}" text-anchor="end">{escape(label)}</text>')
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
