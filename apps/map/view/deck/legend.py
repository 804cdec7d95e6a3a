"""The legend: what the colours mean, with the unit."""

from __future__ import annotations

from html import escape

from apps.map.view.deck import palette
from apps.texts import Texts, amount
from apps.views.days import DAYS
from apps.views.layer_geojson import roof_scale
from apps.views.map_quantities import MapQuantity
from apps.views.quantities import CLASSES
from apps.views.view import View


def legend(what: MapQuantity, view: View, words: Texts, *, roofs: bool, difference: bool = False) -> str:
    """Write the legend as HTML.

    Parameters
    ----------
    what : MapQuantity
        What the buildings are coloured by.
    view : View
        District and scenario.
    words : Texts
        Language.
    roofs : bool
        Whether the roofs' sun is shown instead.
    difference : bool
        Whether the colours are those of a change.
    """
    if difference:
        return _change(what, words)
    if roofs:
        return _scale(words("layer.roofs"), "kWh/m²", roof_scale(view), words("per.year_long"), words)
    none = bool((what.classes == CLASSES).any())
    if what.kinds:
        return _kinds(what, words)
    name = quantity_title(what.quantity.key, words)
    per_year = words("per.year_long") if what.quantity.per_year else ""
    return _scale(name, what.quantity.unit, what.scale, per_year, words, year=what.quantity.key == "built", none=none)


def quantity_title(key: str, words: Texts) -> str:
    """Give a quantity's name for people: KPIs share theirs with the cards."""
    return words.table.get(f"quantity.{key}") or words(f"kpi.{key}")


def day_title(view: View, day: str, words: Texts) -> str:
    """Give a day's name, with the date of those that have one.

    Parameters
    ----------
    view : View
        District and scenario.
    day : str
        A day of `apps.views.days.DAYS`, or a date.
    words : Texts
        Language.
    """
    name = words("day.hard" if day not in DAYS else f"day.{day}")
    date = view.dates.get(day, day if day not in DAYS else "")
    if not date:
        return name
    _year, month, number = date.split("-")
    return f"{name} · {words('date', day=int(number), month=words(f'month.{int(month)}'))}"


def _scale(
    name: str,
    unit: str,
    scale: tuple[float, float],
    per_year: str,
    words: Texts,
    *,
    year: bool = False,
    none: bool = False,
) -> str:
    low, high = scale
    marks = []
    for share in (0.0, 0.5, 1.0):
        value = low + (high - low) * share
        text = str(round(value)) if year else amount(value, words.language)
        # The scale ends at the 95th percentile: what lies beyond has the last colour too.
        over = "≥ " if share == 1.0 else ("≤ " if share == 0.0 and low != 0 else "")
        marks.append(f"<span>{escape(over + text)}</span>")
    label = f"{name}" + (f" <small>{escape(unit + per_year)}</small>" if unit else "")
    return (
        f'<div class="cet-legend" role="img" aria-label="{escape(name)} {escape(unit)}: '
        f'{escape(amount(low, words.language))} – {escape(amount(high, words.language))}">'
        f'<div class="cet-legend-name">{label}</div>'
        f'<div class="cet-ramp" style="background:{palette.gradient()}"></div>'
        f'<div class="cet-marks">{"".join(marks)}</div>{_none(words) if none else ""}</div>'
    )


def _change(what: MapQuantity, words: Texts) -> str:
    """Write the legend of a difference: zero in the middle."""
    name = words("compare.change", quantity=quantity_title(what.quantity.key, words))
    unit = what.quantity.unit + (words("per.year_long") if what.quantity.per_year else "")
    end = amount(what.scale[1], words.language)
    r, g, b = palette.NO_VALUE
    return (
        f'<div class="cet-legend" role="img" aria-label="{escape(name)} {escape(unit)}: \u2212{escape(end)} – '
        f'+{escape(end)}"><div class="cet-legend-name">{escape(name)} <small>{escape(unit)}</small></div>'
        f'<div class="cet-ramp" style="background:{palette.gradient(palette.DIVERGING)}"></div>'
        f'<div class="cet-marks"><span>≤ \u2212{escape(end)}</span><span>0</span><span>≥ +{escape(end)}</span></div>'
        f'<div class="cet-swatch cet-none"><i style="background:rgb({r},{g},{b})"></i>'
        f"{escape(words('compare.unchanged'))}</div></div>"
    )


def _none(words: Texts) -> str:
    r, g, b = palette.NO_VALUE
    name = escape(words("legend.none"))
    return f'<div class="cet-swatch cet-none"><i style="background:rgb({r},{g},{b})"></i>{name}</div>'


def _kinds(what: MapQuantity, words: Texts) -> str:
    prefix = "use_group" if what.quantity.key == "use" else "heating"
    colours = palette.kind_colours(what.quantity.key, what.kinds)
    present = set(what.classes.ravel().tolist())
    items = [
        f'<span class="cet-swatch"><i style="background:rgb({r},{g},{b})"></i>'
        f"{escape(words.get(f'{prefix}.{kind}', kind.replace('_', ' ')))}</span>"
        for number, (kind, (r, g, b)) in enumerate(zip(what.kinds, colours, strict=True))
        if number in present
    ]
    return f'<div class="cet-legend cet-legend-kinds">{"".join(items)}</div>'
