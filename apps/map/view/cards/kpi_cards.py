"""Key figures above the map, each with its change against a named baseline."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from apps.texts import Texts, amount, in_unit
from apps.views.view import View

CARDS = ("heat_kwh", "electricity_kwh", "pv_kwh", "co2_t", "energy_cost_eur", "peak_electricity_kw")
"""Figures above the map; a narrow screen leaves the last one out."""
INVESTMENT = "investment_eur"
"""Takes the first card's place where a scenario costs something and leaves that figure as it was."""


def figures(view: View, baseline: View, name: str, words: Texts) -> str:
    """Write the cards of a district's key figures as HTML.

    Parameters
    ----------
    view : View
        District and scenario.
    baseline : View
        What changes are told against.
    name : str
        What people call the baseline.
    words : Texts
        Language.
    """
    now, before = view.kpis, baseline.kpis
    # Without a panel on any roof, what the roofs could give says more than a zero.
    empty = not now["pv_kwh"].get("value")
    names = ["pv_potential_kwh" if key == "pv_kwh" and empty else key for key in CARDS]
    same = view.scenario == baseline.scenario
    costs = now.get(INVESTMENT, {}).get("value")
    if costs:
        still = [key for key in names if not same and now[key].get("value") == before.get(key, {}).get("value")]
        names = [key for key in names if key != (still[0] if still else names[-1])] + [INVESTMENT]
        names.insert(4, names.pop())
    cards = [
        _card(key, now[key], escape(name) if same else change_text(now[key], before.get(key), name, words), words)
        for key in names
        if key in now
    ]
    return f'<div class="cet-kpis" role="list">{"".join(cards)}</div>'


def _card(key: str, kpi: Mapping[str, Any], change: str, words: Texts) -> str:
    label, told = words(f"kpi.{key}.short"), words(f"kpi.{key}.help")
    if not kpi.get("available", True):
        reason = " ".join(str(kpi[key]) for key in ("reason", "todo") if kpi.get(key))
        value, change = "–", escape(reason)
    else:
        number, unit = in_unit(kpi["value"], kpi["unit"], large=True)
        per_year = words("per.year") if kpi["unit"].endswith("/a") else ""
        value = f"{escape(amount(number, words.language))}<small> {escape(unit)}{escape(per_year)}</small>"
    kind = words.get(f"kind.{kpi.get('kind', '')}", "")
    return (
        f'<div class="cet-kpi" role="listitem" tabindex="0" title="{escape(told)}">'
        f'<div class="cet-kpi-name">{escape(label)}<span class="cet-kind">{escape(kind)}</span></div>'
        f'<div class="cet-kpi-value">{value}</div>'
        f'<div class="cet-kpi-change" title="{change}">{change}</div></div>'
    )


def change_text(kpi: Mapping[str, Any], before: Mapping[str, Any] | None, name: str, words: Texts) -> str:
    """Tell the change of a figure against the baseline, which is named.

    Parameters
    ----------
    kpi, before : Mapping[str, Any]
        The figure now and in the baseline.
    name : str
        What people call the baseline.
    words : Texts
        Language.
    """
    if kpi.get("value") is None:
        return ""
    if before is None or not before.get("available", True) or before.get("value") is None:
        return escape(words("kpi.no_change_known", name=name))
    if before["value"] == 0 and kpi["value"]:
        return escape(words("kpi.from_zero", name=name))
    share = (kpi["value"] - before["value"]) / (abs(before["value"]) or 1.0)
    if abs(share) < 0.0005:
        return escape(words("kpi.unchanged", name=name))
    sign = "+" if share > 0 else ""
    change = f"{sign}{amount(share * 100, words.language, digits=2)}\u00a0%"
    return escape(words("kpi.change", change=change, name=name))
