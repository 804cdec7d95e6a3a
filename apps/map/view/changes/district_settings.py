"""Change the whole district at once: what energy costs and emits, and the weather."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from apps.map.view import session
from apps.map.view.state import ViewState
from apps.texts import Texts, amount
from apps.views.view import View
from twin import list_presets
from twin.model.building_edits import carrier_of_key, prices_and_factors
from twin.scenario import EmissionFactorsEdit, PricesEdit, Scenario, WeatherEdit

_CENTS, _GRAMS = 100.0, 1000.0
_FACTORS = ("electricity", "district_heat", "gas", "oil", "wood")
_PRICES = ("electricity", "export", *_FACTORS[1:])
"""What edits of prices and factors call the carriers that are shown."""
_AS_IT_IS = Scenario(name="as-is")
_GIVEN, _FILE, _GENERATED = "given", "file", "generated"
_SAME, _BY, _OWN = "same", "by", "own"
_FIRST_SHIFT_C = 2.0
_MOST_SHIFT_C = 6.0


@dataclass(frozen=True)
class _Field:
    """A figure of one carrier.

    Attributes
    ----------
    key : str
        Key of the edit.
    shown, as_is : float
        Under the scenario, and without it [c/kWh or g/kWh].
    source : str
        Where today's comes from.
    """

    key: str
    shown: float
    as_is: float
    source: str


def prices(view: View, words: Texts) -> None:
    """Show what energy costs, each price to be changed at once.

    Parameters
    ----------
    view : View
        District and scenario.
    words : Texts
        Language.
    """
    now, first = (prices_and_factors(view.district.country, one)[0] for one in (session.state().present, _AS_IT_IS))
    fields = [
        _Field(f"{key}_eur_kwh", _mean(now.eur_kwh[of]) * _CENTS, _mean(first.eur_kwh[of]) * _CENTS, first.source[of])
        for key, of in ((key, carrier_of_key(key)) for key in _PRICES)
    ]
    _show("prices", fields, (-20.0, 200.0, 0.5, "%.2f"), words)


def emission_factors(view: View, words: Texts) -> None:
    """Show what energy emits, each factor to be changed at once.

    Parameters
    ----------
    view : View
        District and scenario.
    words : Texts
        Language.
    """
    now, first = (prices_and_factors(view.district.country, one)[1] for one in (session.state().present, _AS_IT_IS))
    fields = [
        _Field(f"{key}_kgco2_kwh", now.kgco2_kwh[of] * _GRAMS, first.kgco2_kwh[of] * _GRAMS, first.source[of])
        for key, of in ((key, carrier_of_key(key)) for key in _FACTORS)
    ]
    _show("emission_factors", fields, (0.0, 3000.0, 5.0, "%.0f"), words)


def _mean(months: tuple[float, ...]) -> float:
    return sum(months) / len(months)


def _show(what: str, fields: Sequence[_Field], limits: tuple[float, float, float, str], words: Texts) -> None:
    """Draw a field for each carrier, two in a row, and the way back to today's figures."""
    least, most, step, written = limits
    st.caption(words(f"{what}.told"))
    for pair in (fields[k : k + 2] for k in range(0, len(fields), 2)):
        for one, column in zip(pair, st.columns(2, gap="small"), strict=False):
            widget = f"{what}_{one.key}"
            value = min(max(round(one.shown, 2), least), most)
            with column:
                st.number_input(
                    words(f"field.{one.key}"),
                    least,
                    most,
                    step=step,
                    format=written,
                    help=words("field.source", source=one.source, value=amount(one.as_is, words.language)),
                    **session.form(widget, value, _set_value, what, one, widget),
                )
    edited = any(edit.what == what for edit in session.state().present.edits)
    st.button(
        words(f"{what}.reset"),
        key=f"{what}_reset",
        icon=":material/restart_alt:",
        width="stretch",
        disabled=not edited,
        on_click=session.change,
        args=(ViewState.put, what, None),
    )


def _set_value(what: str, one: _Field, widget: str) -> None:
    value = session.entered(widget)
    if value is None or abs(value - round(one.shown, 2)) < 1e-6:
        return
    given: dict[str, float] = {}
    for edit in session.state().present.edits:
        if edit.what == what:
            given |= edit.model_dump(exclude={"what"}, exclude_none=True)
    given.pop(one.key, None)
    # Back at today's figure there is nothing to say.
    if abs(value - round(one.as_is, 2)) >= 1e-6:
        given[one.key] = round(value / (_CENTS if what == "prices" else _GRAMS), 6)
    kind = PricesEdit if what == "prices" else EmissionFactorsEdit
    session.change(ViewState.put, what, kind.model_validate(given) if given else None)


def weather(view: View, words: Texts) -> None:
    """Show the year of weather and how much warmer or colder it is.

    Parameters
    ----------
    view : View
        District and scenario.
    words : Texts
        Language.
    """
    now, climates = weather_of(session.state().present), _climates()
    years = [_GIVEN, *([_FILE] if now.get("file") else []), _GENERATED]
    year = _FILE if now.get("file") else _GENERATED if now.get("synthetic") else _GIVEN
    kind = words.get(f"kind.{view.district.weather.kind}", "")
    st.selectbox(
        words("weather.year"),
        years,
        format_func=lambda name: words(f"weather.year.{name}", kind=kind, file=now.get("file", "")),
        help=words("weather.year.help"),
        **session.form("weather_year", year, _set_year, now),
    )
    if now.get("synthetic"):
        st.number_input(
            words("weather.seed"),
            0,
            9999,
            step=1,
            help=words("weather.seed.help"),
            **session.form("weather_seed", int(now.get("seed") or 0), _set_seed, now),
        )
    months = now.get("shift_by_month_c")
    name = next((name for name, climate in climates.items() if climate["months"] == months), _OWN)
    shift = name if months else _BY if now.get("shift_c") else _SAME
    titles = {key: str(climate["preset"].told(words.language)[0]) for key, climate in climates.items()}
    st.selectbox(
        words("weather.shift"),
        [_SAME, *climates, _BY, *([_OWN] if months and name == _OWN else [])],
        format_func=lambda key: titles[key] if key in titles else words(f"weather.shift.{key}"),
        **session.form("weather_shift", shift, _set_shift, now),
    )
    if now.get("shift_c"):
        most = max(_MOST_SHIFT_C, abs(float(now["shift_c"])))
        st.slider(
            words("weather.by"),
            -most,
            most,
            step=0.5,
            format="%+.1f °C",
            **session.form("weather_by", float(now["shift_c"]), _set_by, now),
        )
    told = climates[name]["preset"].told(words.language)[1] if months and name in climates else words("weather.told")
    st.caption(str(told))


def weather_of(scenario: Scenario) -> dict[str, Any]:
    """Give what a scenario says of the weather, as one edit's values: the last year and the shift since.

    Parameters
    ----------
    scenario : Scenario
        Any.
    """
    now: dict[str, Any] = {}
    for edit in scenario.edits:
        if not isinstance(edit, WeatherEdit):
            continue
        given = edit.model_dump(exclude={"what"}, exclude_defaults=True)
        shift = {key: value for key, value in given.items() if key.startswith("shift")}
        year = {key: value for key, value in given.items() if key not in shift}
        now = (year or {key: value for key, value in now.items() if not key.startswith("shift")}) | shift
    return now


def _climates() -> dict[str, dict[str, Any]]:
    """Future climates with a name: the presets that shift the months and do nothing else."""
    found = {}
    for preset in list_presets():
        edit = preset.edits[0] if len(preset.edits) == 1 else None
        if isinstance(edit, WeatherEdit) and edit.shift_by_month_c is not None:
            found[preset.name] = {"preset": preset, "months": edit.shift_by_month_c}
    return found


def _set_weather(values: Mapping[str, Any]) -> None:
    given = {key: value for key, value in values.items() if value or (key == "seed" and value is not None)}
    if "synthetic" not in given:
        given.pop("seed", None)
    session.change(ViewState.put, "weather", WeatherEdit.model_validate(given) if given else None)


def _shift_of(now: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in now.items() if key.startswith("shift")}


def _set_year(now: Mapping[str, Any]) -> None:
    name = session.entered("weather_year")
    years: dict[str, dict[str, Any]] = {_GENERATED: {"synthetic": True, "seed": 1}, _FILE: {"file": now.get("file")}}
    _set_weather(years.get(name, {}) | _shift_of(now))


def _set_seed(now: Mapping[str, Any]) -> None:
    if session.entered("weather_seed") is not None:
        _set_weather({**now, "seed": int(session.entered("weather_seed"))})


def _set_shift(now: Mapping[str, Any]) -> None:
    name, climates = session.entered("weather_shift"), _climates()
    shift: dict[str, Any] = {}
    if name in climates:
        shift = {"shift_by_month_c": climates[name]["months"]}
    elif name == _BY:
        shift = {"shift_c": _FIRST_SHIFT_C}
    elif name == _OWN:
        shift = _shift_of(now)
    _set_weather({key: value for key, value in now.items() if not key.startswith("shift")} | shift)


def _set_by(now: Mapping[str, Any]) -> None:
    if session.entered("weather_by") != now.get("shift_c"):
        _set_weather({**now, "shift_c": float(session.entered("weather_by"))})
