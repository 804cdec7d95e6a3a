"""Edits in a sentence each."""

from __future__ import annotations

from typing import Any

from twin.scenario.edits import AnyEdit
from twin.scenario.parts import Where

_LISTED = 3
_UNITS = (("_eur_kwh", "EUR/kWh"), ("_kgco2_kwh", "kgCO2/kWh"))
_MONTHS = ("January", "July")


def tell(edit: AnyEdit) -> str:
    """Say what an edit does and where, in one English sentence without a full stop.

    Parameters
    ----------
    edit : edit
        Of a scenario.
    """
    where = getattr(edit, "where", None)
    place = tell_where(where) if where is not None else ""
    return f"{tell_value(edit)}{f' {place}' if place else ''}"


def tell_value(edit: AnyEdit) -> str:
    """Say what an edit does, without where."""
    told: str = _TOLD[edit.what](edit)
    share = float(getattr(edit, "share", 1.0))
    return told if edit.what == "pv" or share >= 1.0 else f"{told} in {_percent(share)} of them"


def tell_where(where: Where) -> str:
    """Say which buildings are touched."""
    parts = []
    if where.buildings is not None:
        some = ", ".join(where.buildings[:_LISTED])
        more = len(where.buildings) - _LISTED
        parts.append(f"in {some}{f' and {more} more' if more > 0 else ''}" if where.buildings else "in no building")
    if where.use is not None:
        parts.append(f"in {_words(where.use)} buildings")
    if where.heating_system is not None:
        parts.append(f"in buildings heated by {_words(where.heating_system)}")
    if where.built_before is not None:
        parts.append(f"in buildings built before {where.built_before}")
    if where.built_after is not None:
        parts.append(f"in buildings built after {where.built_after}")
    if where.area is not None:
        parts.append("in the drawn area")
    if where.oldest is not None:
        parts.append(f"in the oldest {_percent(where.oldest)}")
    return ", ".join(parts) if parts else "everywhere"


def _words(names: tuple[str, ...]) -> str:
    return ", ".join(name.replace("_", " ") for name in names)


def _percent(share: float) -> str:
    return f"{100 * share:.3g} %"


def _setpoints(edit: Any) -> str:
    parts = [
        (edit.heating_c, "heat to {:g} °C"),
        (edit.setback_k, "lower it by {:g} K while empty"),
        (edit.cooling_c, "cool to {:g} °C"),
    ]
    return _capital(", ".join(text.format(value) for value, text in parts if value is not None))


def _battery(edit: Any) -> str:
    size = f"{edit.kwh:g} kWh" if edit.kwh is not None else f"{edit.kwh_per_kwp:g} kWh for each kWp of solar panels"
    return f"Batteries of {size}"


def _tank(edit: Any) -> str:
    when = "heated by night" if edit.control == "night" else "heated at any hour"
    return f"Hot-water tanks for {edit.days:g} days, {when}" if edit.days else "No hot-water tanks"


def _added(edit: Any) -> str:
    if edit.file is not None:
        return f"New buildings of {edit.file}"
    return f"{len(edit.features)} new building{'s' if len(edit.features) > 1 else ''}"


def _values(title: str) -> Any:
    def told(edit: Any) -> str:
        parts = []
        for name, value in edit.model_dump(exclude={"what"}, exclude_none=True).items():
            for suffix, unit in _UNITS:
                if name.endswith(suffix):
                    parts.append(f"{name.removesuffix(suffix).replace('_', ' ')} {value:g} {unit}")
        return f"{title}: {', '.join(parts)}"

    return told


def _weather(edit: Any) -> str:
    parts = []
    if edit.file is not None:
        parts.append(f"weather of {edit.file}")
    if edit.synthetic:
        parts.append("a generated year of weather")
    if edit.shift_c:
        parts.append(f"every hour {edit.shift_c:+g} °C")
    if edit.shift_by_month_c is not None:
        january, july = edit.shift_by_month_c[0], edit.shift_by_month_c[6]
        parts.append(f"months warmer, {_MONTHS[0]} {january:+g} °C and {_MONTHS[1]} {july:+g} °C")
    return _capital(", ".join(parts))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


_TOLD: dict[str, Any] = {
    "pv": lambda edit: f"Solar panels on {_percent(edit.share)} of the usable roof",
    "retrofit": lambda edit: f"{_capital(edit.level)} retrofit" if edit.level != "none" else "No retrofit",
    "heating": lambda edit: f"Heating by {edit.system.replace('_', ' ')}",
    "setpoints": _setpoints,
    "hot_water_tank": _tank,
    "battery": _battery,
    "chargers": lambda edit: f"{_percent(edit.cars)} of the cars are electric and charge",
    "charging": lambda edit: f"{_capital(edit.control)} charging of cars",
    "add_buildings": _added,
    "remove_buildings": lambda _edit: "Buildings torn down",
    "prices": _values("Prices"),
    "emission_factors": _values("Emission factors"),
    "weather": _weather,
}
