"""What can be changed of buildings by hand: the edit of a widget's value, and the widgets themselves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from apps.map.view import session
from apps.texts import Texts
from assets.building_systems.supply import heating_systems
from twin.scenario import (
    AnyEdit,
    BatteryEdit,
    ChargersEdit,
    ChargingEdit,
    CoolingEdit,
    HeatingEdit,
    HotWaterTankEdit,
    PvEdit,
    RemoveBuildingsEdit,
    RetrofitEdit,
    SetpointsEdit,
    Where,
)

LEVELS = ("none", "light", "standard", "deep")
SYSTEMS = (
    "district_heating",
    "ground_source_heat_pump",
    "air_water_heat_pump",
    "direct_electric",
    "electric_boiler",
    "wood_boiler",
    "gas_boiler",
    "oil_boiler",
)
COOLERS = ("chiller", "district_cooling", "none")
CONTROLS = ("uncontrolled", "smart")
TANK_CONTROLS = ("night", "any")
SHARED = (
    "retrofit",
    "heating",
    "cooled",
    "setpoints",
    "setback",
    "cooling",
    "battery",
    "battery_per_kwp",
    "hot_water_tank",
)
"""Kinds that a part of the chosen buildings can have."""
_SLIDERS = ("pv", "chargers")
_NUMBERS: Mapping[str, tuple[float, float, float, str]] = {
    "setpoints": (5.0, 28.0, 0.5, "%.1f"),
    "setback": (0.0, 10.0, 0.5, "%.1f"),
    "cooling": (18.0, 40.0, 0.5, "%.1f"),
    "battery": (0.0, 1e5, 10.0, "%.0f"),
    "battery_per_kwp": (0.0, 20.0, 0.5, "%.1f"),
    "hot_water_tank": (0.0, 7.0, 0.5, "%.1f"),
}
"""Least, most, step and format."""
_CHOICES: Mapping[str, tuple[str, ...]] = {
    "retrofit": LEVELS,
    "heating": SYSTEMS,
    "cooled": COOLERS,
    "charging": CONTROLS,
}
FIRST: Mapping[str, Any] = {
    "pv": 60,
    "retrofit": "standard",
    "heating": "ground_source_heat_pump",
    "cooled": "district_cooling",
    "setpoints": 21.0,
    "setback": 2.0,
    "cooling": 25.0,
    "battery": 100.0,
    "battery_per_kwp": 1.0,
    "hot_water_tank": (1.0, "night"),
    "chargers": 50,
    "charging": "smart",
    "remove": None,
}
"""What the widgets for several buildings show first, in the order of the choice."""
_MAKE: Mapping[str, Callable[[Any, Where, float], AnyEdit]] = {
    "pv": lambda value, where, _share: PvEdit(share=value / 100, where=where),
    "retrofit": lambda value, where, share: RetrofitEdit(level=value, share=share, where=where),
    "heating": lambda value, where, share: HeatingEdit(system=value, share=share, where=where),
    "cooled": lambda value, where, share: CoolingEdit(system=value, begin=value != "none", share=share, where=where),
    "setpoints": lambda value, where, share: SetpointsEdit(heating_c=value, share=share, where=where),
    "setback": lambda value, where, share: SetpointsEdit(setback_k=value, share=share, where=where),
    "cooling": lambda value, where, share: SetpointsEdit(cooling_c=value, share=share, where=where),
    "battery": lambda value, where, share: BatteryEdit(kwh=value, share=share, where=where),
    "battery_per_kwp": lambda value, where, share: BatteryEdit(kwh_per_kwp=value, share=share, where=where),
    "hot_water_tank": lambda value, where, share: HotWaterTankEdit(
        days=value[0], control=value[1], share=share, where=where
    ),
    "chargers": lambda value, where, _share: ChargersEdit(cars=value / 100, where=where),
    "charging": lambda value, where, _share: ChargingEdit(control=value, where=where),
    "remove": lambda _value, where, _share: RemoveBuildingsEdit(where=where),
}


def edit_of(kind: str, value: Any, where: Where, share: float = 1.0) -> AnyEdit:
    """Make the edit of a widget's value.

    Parameters
    ----------
    kind : str
        A key of `FIRST`.
    value : Any
        What the widget gives: shares in per cent; of a tank its size in days and when it is heated.
    where : Where
        Which buildings.
    share : float
        Part of them, where the kind knows one.
    """
    return _MAKE[kind](value, where, share)


def values_of(row: Any) -> dict[str, Any]:
    """Give what a building has, by kind of change; what it cannot have is left out.

    Parameters
    ----------
    row : pandas.Series
        Of a view's buildings.
    """
    found: dict[str, Any] = {"pv": round(100 * float(row.get("pv_share", 0.0)))}
    system = row["heating_system"]
    if system in SYSTEMS:
        found["retrofit"] = str(row["retrofit_level"]) if row["retrofit_level"] in LEVELS else "none"
        found["heating"] = str(system)
        cooler = row.get("cooling_system")
        found["cooled"] = str(cooler) if cooler in COOLERS else "none"
        heated_to = float(row.get("heating_setpoint_c", float("nan")))
        found["setpoints"] = round(min(max(heated_to, 5.0), 28.0), 1) if heated_to == heated_to else 21.0  # noqa: PLR0124  nan
        if heating_systems().loc[system, "carrier"] == "electricity":
            found["hot_water_tank"] = (float(row.get("tank_days", 0.0)), str(row.get("tank_control", "night")))
    found["battery"] = float(row.get("battery_kwh", 0.0))
    found["chargers"] = round(100 * float(row.get("ev_share", 0.0)))
    found["charging"] = str(row.get("charging", "uncontrolled"))
    return found


def show_value(kind: str, key: str, value: Any) -> None:
    """Let a kind's widgets show a value, before they are drawn."""
    if kind == "hot_water_tank":
        session.show(key, value[0])
        session.show(f"{key}_control", value[1])
    elif kind != "remove":
        session.show(key, value)


def value_of(kind: str, key: str) -> Any:
    """Give what a kind's widgets show; None where that is nothing."""
    value = session.entered(key)
    if kind != "hot_water_tank" or value is None:
        return value
    return value, session.entered(f"{key}_control", TANK_CONTROLS[0])


def widget(kind: str, key: str, words: Texts, **then: Any) -> None:
    """Draw the widgets of a kind.

    Parameters
    ----------
    kind : str
        A key of `FIRST`.
    key : str
        Key of the widget; a second one has `_control` behind it.
    words : Texts
        Language.
    **then : Any
        `on_change` and its `args`.
    """
    if kind == "remove":
        st.caption(words("change.remove.help"))
        return
    label = words(f"change.{kind}.label")
    if kind in _SLIDERS:
        st.slider(label, 0, 100, step=5, key=key, format="%d %%", help=words(f"change.{kind}.help"), **then)
    elif kind == "hot_water_tank":
        _tank(label, key, words, then)
    elif kind in _NUMBERS:
        _number(kind, label, key, then)
    else:
        st.selectbox(label, _CHOICES[kind], format_func=lambda name: words(f"{kind}.{name}"), key=key, **then)


def _number(kind: str, label: str, key: str, then: Mapping[str, Any]) -> None:
    least, most, step, written = _NUMBERS[kind]
    st.number_input(label, least, most, step=step, format=written, key=key, **then)


def _tank(label: str, key: str, words: Texts, then: Mapping[str, Any]) -> None:
    size, when = st.columns(2, gap="small")
    with size:
        _number("hot_water_tank", label, key, then)
    with when:
        st.selectbox(
            words("change.tank_control.label"),
            TANK_CONTROLS,
            format_func=lambda name: words(f"tank_control.{name}"),
            key=f"{key}_control",
            disabled=not session.entered(key),
            **then,
        )
