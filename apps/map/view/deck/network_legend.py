"""The legend of networks: colours with unit and limits, what is beyond them, and how each origin is drawn."""

from __future__ import annotations

import math
from html import escape

from apps.map.view.deck import palette
from apps.texts import Texts
from apps.views.networks.element_states import KIND, ElementQuantity, Look, element_quantity, is_diverging
from apps.views.networks.element_wording import origin_text
from apps.views.networks.network_views import NetworkView
from twin.reporting.naming import ORIGINS, value_text


def network_legend(networks: NetworkView, look: Look, words: Texts) -> str:
    """Write the legend as HTML.

    Parameters
    ----------
    networks : NetworkView
        Of `Networks.open`.
    look : Look
        What is looked at.
    words : Texts
        Language.
    """
    what = element_quantity(networks, look)
    colours = _carriers(networks, words) if look.quantity == KIND else _scale(what, words)
    return f'<div class="cet-legend">{colours}{_beyond(what, words)}{_origins(networks, what, words)}</div>'


def _scale(what: ElementQuantity, words: Texts) -> str:
    key = what.look.quantity
    diverging = is_diverging(key)
    low, high = what.scale
    name = words(f"state.{key}")
    marks = []
    for share in (0.0, 0.5, 1.0):
        text = value_text(low + (high - low) * share, what.unit, words)
        # The unit stands above: below, numbers alone have room.
        text = text.removesuffix(f"\u00a0{what.unit}")
        over = "≥\u00a0" if share == 1.0 else "≤\u00a0" if share == 0.0 and low > 0 else ""
        over = "" if diverging or key == "loading" else over
        marks.append(f"<span>{escape(over + text)}</span>")
    ramp = palette.gradient(palette.DIVERGING if diverging else palette.CIVIDIS)
    return (
        f'<div class="cet-legend-name">{escape(name)} <small>{escape(what.unit)}</small>'
        f'<small class="cet-limit">{escape(_limit(what, words))}</small></div>'
        f'<div class="cet-ramp" role="img" aria-label="{escape(name)}" style="background:{ramp}"></div>'
        f'<div class="cet-marks">{"".join(marks)}</div>'
    )


def _limit(what: ElementQuantity, words: Texts) -> str:
    low, high = what.limits
    unit = "" if what.unit == "p.u." else what.unit
    if math.isfinite(low) and math.isfinite(high):
        ends = [value_text(value, what.unit, words).removesuffix(f"\u00a0{what.unit}") for value in (low, high)]
        return words("network.limit.between", low=ends[0], high=ends[1], unit=unit).strip()
    if math.isfinite(high):
        return words("network.limit.high", value=value_text(high, what.unit, words))
    return words("network.limit.low", value=value_text(low, what.unit, words)) if math.isfinite(low) else ""


def _carriers(networks: NetworkView, words: Texts) -> str:
    items = "".join(
        f'<span class="cet-swatch"><i style="background:{palette.CARRIERS[name]}"></i>'
        f"{escape(words(f'carrier.{name}'))}</span>"
        for name in networks.carriers
    )
    return f'<div class="cet-legend-kinds">{items}</div>'


def _beyond(what: ElementQuantity, words: Texts) -> str:
    if what.look.quantity == KIND or not any(math.isfinite(limit) for limit in what.limits):
        return ""
    r, g, b = palette.BEYOND_AT_TIMES
    colour = "linear-gradient(90deg,#053061 50%,#67001f 50%)" if is_diverging(what.look.quantity) else "rgb(213,94,0)"
    return (
        f'<div class="cet-lines"><span><i class="cet-beyond" style="background:{colour}"></i>'
        f"{escape(words('network.beyond'))}</span>"
        f'<span><i class="cet-at-times" style="border-color:rgb({r},{g},{b})"></i>'
        f"{escape(words('network.beyond.times'))}</span></div>"
    )


def _origins(networks: NetworkView, what: ElementQuantity, words: Texts) -> str:
    there = set(networks.elements["origin"].iloc[what.rows])
    items = "".join(
        f'<span title="{escape(words(f"origin.{name}.help"))}"><i class="cet-line cet-line-{name}"></i>'
        f"{escape(origin_text(name, words))}</span>"
        for name in ORIGINS
        if name in there
    )
    return f'<div class="cet-lines cet-origins">{items}</div>'
