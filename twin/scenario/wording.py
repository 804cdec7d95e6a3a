"""Edits in a sentence each, in every language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from twin.scenario.edits import AnyEdit
from twin.scenario.parts import Where
from twin.texts import DEFAULT_LANGUAGE, Texts, texts

_NBSP = "\u00a0"
_NO_SERIES = re.compile(r"(?<=\d)_s\d$")
"""The insulation's series, behind the name of a pipe."""
_SHOWN_PER = {"_eur_kwh": 100.0, "_kgco2_kwh": 1000.0}
"""Prices are told in cents, emissions in grams."""


def tell(edit: AnyEdit, language: str = DEFAULT_LANGUAGE, names: Mapping[str, str] | None = None) -> str:
    """Say what an edit does and where, in one sentence without a full stop.

    Parameters
    ----------
    edit : edit
        Of a scenario.
    language : str
        "en", "fi" or "sv".
    names : Mapping[str, str], optional
        What people call a building, a plant or an element of a network, by its id.
    """
    told = tell_value(edit, language, names)
    where = getattr(edit, "where", None)
    return told if where is None else f"{told} · {tell_where(where, language, names)}"


def tell_value(edit: AnyEdit, language: str = DEFAULT_LANGUAGE, names: Mapping[str, str] | None = None) -> str:
    """Say what an edit does, without where."""
    words = texts(language)
    if edit.what in _BY_ID:
        told: str = _BY_ID[edit.what](edit, words, names or {})
    else:
        told = _TOLD[edit.what](edit, words)
    share = float(getattr(edit, "share", 1.0))
    return told if edit.what == "pv" or share >= 1.0 else f"{told} {words('edit.share', share=percent(share))}"


def tell_where(where: Where, language: str = DEFAULT_LANGUAGE, names: Mapping[str, str] | None = None) -> str:
    """Say which buildings are touched.

    Parameters
    ----------
    where : Where
        Of an edit.
    language : str
        "en", "fi" or "sv".
    names : Mapping[str, str], optional
        What people call a building, by its id.
    """
    words, parts = texts(language), []
    if where.buildings is not None:
        only = where.buildings[0] if len(where.buildings) == 1 else None
        parts.append((names or {}).get(only, only) if only else words("where.some", count=len(where.buildings)))
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
    return f"{'+' if sign and value > 0 else ''}{text}{_NBSP}{unit}".rstrip(_NBSP)


def _pv(edit: Any, words: Texts) -> str:
    return words("edit.pv", share=percent(edit.share)) if edit.share else words("edit.pv.none")


def _retrofit(edit: Any, words: Texts) -> str:
    if edit.level == "none":
        return words("edit.retrofit.none")
    return words("edit.retrofit", level=words(f"retrofit.{edit.level}"))


def _setpoints(edit: Any, words: Texts) -> str:
    parts = (("heating", edit.heating_c), ("setback", edit.setback_k), ("cooling", edit.cooling_c))
    return ", ".join(
        words(f"edit.setpoints.{name}", value=_number(value, "°C", words)) for name, value in parts if value is not None
    )


def _tank(edit: Any, words: Texts) -> str:
    if not edit.days:
        return words("edit.hot_water_tank.none")
    one = ".one" if edit.days == 1 else ""
    when = words(f"tank_control.{edit.control}").lower()
    return words(f"edit.hot_water_tank{one}", days=_number(edit.days, "", words), when=when)


def _battery(edit: Any, words: Texts) -> str:
    if edit.kwh_per_kwp is not None:
        return words("edit.battery.per_kwp", value=_number(edit.kwh_per_kwp, "kWh", words))
    return words("edit.battery.kwh", value=_number(edit.kwh, "kWh", words)) if edit.kwh else words("edit.battery.none")


def _values(edit: Any, words: Texts) -> str:
    parts = []
    for name, value in edit.model_dump(exclude={"what"}, exclude_none=True).items():
        if isinstance(value, str):
            parts.append(words(f"value.{name}", value=value))
            continue
        factor = next(factor for suffix, factor in _SHOWN_PER.items() if name.endswith(suffix))
        parts.append(words(f"value.{name}", value=_number(value * factor, "", words)))
    return words(f"edit.{edit.what}", values=", ".join(parts))


def _weather(edit: Any, words: Texts) -> str:
    parts = []
    if edit.file is not None:
        parts.append(words("edit.weather.file", file=edit.file))
    if edit.synthetic:
        number = "" if edit.seed is None else ".seed"
        parts.append(words(f"edit.weather.synthetic{number}", number=edit.seed))
    if edit.shift_c:
        parts.append(words("edit.weather.shift", value=_number(edit.shift_c, "°C", words, sign=True)))
    if edit.shift_by_month_c is not None:
        low, high = min(edit.shift_by_month_c), max(edit.shift_by_month_c)
        parts.append(words("edit.weather.months", low=_number(low, "°C", words), high=_number(high, "°C", words)))
    return ", ".join(parts) or words("edit.weather.none")


def _cooling(edit: Any, words: Texts) -> str:
    return words(f"edit.cooling.{edit.system}{'.begin' if edit.begin else ''}")


def _plant(edit: Any, words: Texts, names: Mapping[str, str]) -> str:
    size = [(edit.size_kw, "kW"), (edit.capacity_kwh, "kWh")]
    told = ", ".join(_number(value, unit, words) for value, unit in size if value is not None)
    kind = "" if edit.kind is None else words.get(f"plant_kind.{edit.kind}", edit.kind.replace("_", " "))
    return words(f"edit.plant.{edit.do}", id=names.get(edit.id, edit.id), kind=kind, size=told)


def _network(edit: Any, words: Texts) -> str:
    what = words(f"network.{edit.carrier}")
    parts = [words(f"edit.network.{edit.do}", network=what, file=edit.file)]
    if edit.generation is not None:
        parts.append(words("edit.network.generation", number=edit.generation))
    if edit.supply_temp_c is not None:
        parts.append(words("edit.network.supply", value=_number(edit.supply_temp_c, "°C", words)))
    if edit.hydrogen_share is not None:
        parts.append(words("edit.network.hydrogen", share=percent(edit.hydrogen_share)))
    return ", ".join(parts)


def _element(edit: Any, words: Texts, names: Mapping[str, str]) -> str:
    what = "" if edit.carrier is None else words(f"network.{edit.carrier}")
    size = _NO_SERIES.sub("", edit.size or "").replace("steel_", "DN ")
    return words(f"edit.element.{edit.do}", id=names.get(edit.id, edit.id), size=size, network=what).strip()


_TOLD: dict[str, Any] = {
    "pv": _pv,
    "retrofit": _retrofit,
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
    "cooling": _cooling,
    "network": _network,
}
_BY_ID: dict[str, Any] = {"plant": _plant, "element": _element}
