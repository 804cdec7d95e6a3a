"""Edits of a scenario as a sentence each, in every language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from apps.texts.table import Texts
from twin.scenario import AnyEdit, Where

_NBSP = "\u00a0"


def sentence(edit: AnyEdit, words: Texts, names: Mapping[str, str] | None = None) -> str:
    """Say what an edit does and where.

    Parameters
    ----------
    edit : edit
        Of a scenario.
    words : Texts
        Language.
    names : Mapping[str, str], optional
        Name of a building by its id.
    """
    told = _TOLD[edit.what](edit, words)
    share = getattr(edit, "share", None)
    if edit.what != "pv" and share is not None and share < 1.0:
        told = f"{told} {words('edit.share', share=percent(share))}"
    where = getattr(edit, "where", None)
    return told if where is None else f"{told} · {place(where, words, names or {})}"


def place(where: Where, words: Texts, names: Mapping[str, str]) -> str:
    """Say which buildings are meant.

    Parameters
    ----------
    where : Where
        Of an edit.
    words : Texts
        Language.
    names : Mapping[str, str]
        Name of a building by its id.
    """
    parts = []
    if where.buildings is not None:
        only = where.buildings[0] if len(where.buildings) == 1 else None
        parts.append(names.get(only, only) if only else words("where.some", count=len(where.buildings)))
    if where.use is not None:
        parts.append(", ".join(words(f"use.{use}").lower() for use in where.use))
    if where.heating_system is not None:
        systems = ", ".join(words(f"heating.{name}").lower() for name in where.heating_system)
        parts.append(words("where.heating", systems=systems))
    if where.built_before is not None:
        parts.append(words("where.before", year=where.built_before))
    if where.built_after is not None:
        parts.append(words("where.after", year=where.built_after))
    if where.area is not None:
        parts.append(words("where.area"))
    if where.oldest is not None:
        parts.append(words("where.oldest", share=percent(where.oldest)))
    return ", ".join(parts) or words("where.everywhere")


def percent(share: float) -> str:
    """Write a share as a percentage, to whole ones."""
    return f"{round(100 * share)}{_NBSP}%"


def _number(value: float, unit: str, words: Texts, *, sign: bool = False) -> str:
    text = f"{value:g}".replace("-", "\u2212")
    text = text if words.language == "en" else text.replace(".", ",")
    return f"{'+' if sign and value > 0 else ''}{text}{_NBSP}{unit}"


def _pv(edit: Any, words: Texts) -> str:
    return words("edit.pv", share=percent(edit.share)) if edit.share else words("edit.pv.none")


def _setpoints(edit: Any, words: Texts) -> str:
    parts = (
        ("heating", edit.heating_c, "°C"),
        ("setback", edit.setback_k, "°C"),
        ("cooling", edit.cooling_c, "°C"),
    )
    told = [words(f"edit.setpoints.{k}", value=_number(v, u, words)) for k, v, u in parts if v is not None]
    return ", ".join(told)


def _tank(edit: Any, words: Texts) -> str:
    return words("edit.hot_water_tank", days=f"{edit.days:g}") if edit.days else words("edit.hot_water_tank.none")


def _battery(edit: Any, words: Texts) -> str:
    if edit.kwh_per_kwp is not None:
        return words("edit.battery.per_kwp", value=_number(edit.kwh_per_kwp, "kWh", words))
    return words("edit.battery.kwh", value=_number(edit.kwh, "kWh", words)) if edit.kwh else words("edit.battery.none")


def _values(edit: Any, words: Texts) -> str:
    given = edit.model_dump(exclude={"what"}, exclude_none=True)
    told = ", ".join(words(f"value.{name}", value=_number(value, "", words).strip()) for name, value in given.items())
    return words(f"edit.{edit.what}", values=told)


def _weather(edit: Any, words: Texts) -> str:
    parts = []
    if edit.file is not None:
        parts.append(words("edit.weather.file", file=edit.file))
    if edit.synthetic:
        parts.append(words("edit.weather.synthetic"))
    if edit.shift_c:
        parts.append(words("edit.weather.shift", value=_number(edit.shift_c, "°C", words, sign=True)))
    if edit.shift_by_month_c is not None:
        low, high = min(edit.shift_by_month_c), max(edit.shift_by_month_c)
        parts.append(words("edit.weather.months", low=_number(low, "°C", words), high=_number(high, "°C", words)))
    return ", ".join(parts) or words("edit.weather.none")


_TOLD: dict[str, Any] = {
    "pv": _pv,
    "retrofit": lambda edit, words: words("edit.retrofit", level=words(f"retrofit.{edit.level}")),
    "heating": lambda edit, words: words("edit.heating", system=words(f"heating.{edit.system}").lower()),
    "setpoints": _setpoints,
    "hot_water_tank": _tank,
    "battery": _battery,
    "chargers": lambda edit, words: words("edit.chargers", share=percent(edit.cars)),
    "charging": lambda edit, words: words(f"edit.charging.{edit.control}"),
    "add_buildings": lambda edit, words: words("edit.add_buildings", count=len(edit.features or ()) or edit.file),
    "remove_buildings": lambda _edit, words: words("edit.remove_buildings"),
    "prices": _values,
    "emission_factors": _values,
    "weather": _weather,
}
