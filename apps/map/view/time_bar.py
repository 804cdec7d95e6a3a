"""The time bar: typical days or the months, the district's curve and the playhead on it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import streamlit as st

from apps.map.view import session
from apps.map.view.deck.palette import CARRIERS
from apps.map.view.state import FIRST_STEP
from apps.texts import Texts, with_unit
from apps.views.map_quantities import QUANTITIES, district_curve
from apps.views.quantities import FIRST_QUANTITY, HOURLY, Quantity
from apps.views.view import View


@cache
def _source(name: str) -> str:
    return (files("apps.map.view") / name).read_text(encoding="utf-8")


@dataclass(frozen=True)
class Curve:
    """What the time bar shows in the place of a quantity of the buildings.

    Attributes
    ----------
    id : str
        Another one is drawn anew.
    values : list of float
        One for each step.
    texts : list of str
        The values in words.
    colour : str
        Of the curve.
    from_zero : bool
        Whether it is drawn above zero.
    name : str
        What it is of.
    """

    id: str
    values: list[float]
    texts: list[str]
    colour: str
    from_zero: bool
    name: str


def time_bar(view: View, quantity: str, day: str, step: int, words: Texts, *, curve: Curve | None = None) -> Any:
    """Show the time bar.

    Parameters
    ----------
    view : View
        District and scenario.
    quantity : str
        What the buildings are coloured by; the curve is of the hourly quantity nearest to it.
    day : str
        A day of `apps.views.days.DAYS`.
    step : int
        Place of the playhead.
    words : Texts
        Language.
    curve : Curve, optional
        MapQuantity instead of the quantity's.

    Returns
    -------
    Any
        State with `step`, and `screen`, the size of the browser's window [px].
    """
    curve = _curve(view, quantity, day, words) if curve is None else curve
    labels = (
        [words(f"month.{month}") for month in range(1, 13)] if day == "year" else [f"{h:02d}:00" for h in range(24)]
    )
    data = {
        "id": f"{view.stamp} {curve.id} {day} {words.language}",
        "values": [round(value, 4) for value in curve.values],
        "texts": curve.texts,
        "shown": curve.name,
        "labels": labels,
        "every": 1 if day == "year" else 3,
        "step": step,
        "jump": session.state().jump[0],
        "colour": curve.colour,
        "from_zero": curve.from_zero,
        "name": words("time.label"),
        "play": words("time.play"),
        "pause": words("time.pause"),
    }
    component = st.components.v2.component(
        "city_energy_twin_timebar",
        html='<div class="tb"></div>',
        css=_source("time_bar.css"),
        js=_source("time_bar.js"),
        isolate_styles=False,
    )
    return component(
        key=session.TIME_BAR, data=data, on_step_change=_nothing, on_screen_change=_nothing, on_jumped_change=_nothing
    )


def _curve(view: View, quantity: str, day: str, words: Texts) -> Curve:
    what = curve_of(quantity)
    values = district_curve(view, what.key, day)
    unit = "kW" if what.per_floor else what.unit
    return Curve(
        id=what.key,
        values=[float(value) for value in values],
        texts=[with_unit(float(value), unit, words.language, large=True) for value in values],
        colour=CARRIERS[what.carrier],
        from_zero=what.per_floor,
        name="",
    )


def present_step(day: str) -> int:
    """Give the place of the playhead: where it was moved to, or jumped to while the browser has not followed yet."""
    bar, state = session.time_bar(), session.state()
    number, step = state.jump
    if number > int(bar.get("jumped") or 0):
        return min(step, 11 if day == "year" else 23)
    return step_of(bar, day, state.first_step)


def screen_now() -> tuple[float, float] | None:
    """Give the size of the browser's window [px], once it has told it."""
    screen = session.time_bar().get("screen")
    return (float(screen[0]), float(screen[1])) if screen else None


def step_of(state: Any, day: str, first: int = FIRST_STEP) -> int:
    """Give the place of the playhead from the time bar's state.

    Parameters
    ----------
    state : Mapping or None
        What the time bar has told.
    day : str
        A day of `apps.views.days.DAYS`: years have twelve steps, days 24.
    first : int
        Its place before it was moved.
    """
    return min(int((state or {}).get("step", first)), 11 if day == "year" else 23)


def curve_of(quantity: str) -> Quantity:
    """Give the hourly quantity whose curve stands for a quantity.

    Parameters
    ----------
    quantity : str
        Key of any quantity.
    """
    chosen = QUANTITIES[quantity]
    if chosen.group == "hour":
        return chosen
    mine = (hourly for hourly in HOURLY.values() if hourly.carrier and hourly.carrier == chosen.carrier)
    return next(mine, HOURLY[FIRST_QUANTITY])


def _nothing() -> None:
    """Do nothing: a state without a callback is not told to the script."""
