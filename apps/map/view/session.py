"""Where a session's state lies: the one place that reads and writes the framework's own store.

`ViewState` is the truth. The framework keeps a value of its own for every widget, under the widget's key, and forgets
it when a run does not draw the widget. So a widget's value is written before it is drawn, from the state or from the
scenario, and read when the widget tells that somebody changed it; `FORMS` lists the widgets that stand for no field.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Concatenate, ParamSpec

import streamlit as st

from apps.map.view.state import ViewState

P = ParamSpec("P")

TIME_BAR = "timebar"
"""Component that tells where the playhead stands and how large the window is."""
FORMS = (
    "scenario",
    "against",
    "language",
    "layers_seen",
    "change_",
    "several_",
    "prices_",
    "emission_factors_",
    "weather_",
    "network_generation",
    "network_supply_temp_c",
    "network_hydrogen_share",
    "element_size",
    "plant_size",
    "plant_capacity",
)
"""Widgets that show what a scenario says, or what is about to change: whole keys, and beginnings that end in `_`."""
_STATE = "view_state"


def begun() -> bool:
    """Tell whether the session has a state."""
    return _STATE in st.session_state


def state() -> ViewState:
    """Give what the session looks at."""
    found: ViewState = st.session_state[_STATE]
    return found


def commit(new: ViewState) -> None:
    """Let a state be the session's: nothing else writes it."""
    st.session_state[_STATE] = new


def change(transition: Callable[Concatenate[ViewState, P], ViewState], *args: P.args, **options: P.kwargs) -> None:
    """Go from the present state to the next.

    Parameters
    ----------
    transition : callable
        Takes the state and gives the next: mostly a method of `ViewState`.
    *args, **options
        Given to it.
    """
    commit(transition(state(), *args, **options))


def update(**fields: Any) -> None:
    """Change fields of the state."""
    commit(replace(state(), **fields))


def bound(path: str, *, key: str = "", value: Any = None) -> dict[str, Any]:
    """Bind a widget to a field of the state: it shows the field, and a change of it becomes the field's.

    Parameters
    ----------
    path : str
        Name of the field; of a draft's field "plant.place".
    key : str
        Key of the widget, where it is not the path with underscores.
    value : Any
        What the widget shows, where that is not what the field says.

    Returns
    -------
    dict
        `key`, `on_change` and `args` of the widget.
    """
    key = key or path.replace(".", "_")
    draft, _, name = path.rpartition(".")
    now = getattr(getattr(state(), draft) if draft else state(), name) if value is None else value
    st.session_state[key] = list(now) if isinstance(now, tuple) else now
    return {"key": key, "on_change": _take, "args": (path, key)}


def _take(path: str, key: str) -> None:
    """Take over what a widget was changed to."""
    value, now = st.session_state[key], state()
    if value is None:
        return
    draft, _, name = path.rpartition(".")
    value = tuple(value) if isinstance(value, list) else value
    update(**({draft: replace(getattr(now, draft), **{name: value})} if draft else {name: value}))


def form(key: str, value: Any, then: Callable[..., None], *args: Any) -> dict[str, Any]:
    """Let a form's widget show a value, and do something once it was changed.

    Parameters
    ----------
    key : str
        Key of the widget, one of `FORMS`.
    value : Any
        What it shows.
    then : callable
        What is done; `entered` gives it the value.
    *args : Any
        Given to it.

    Returns
    -------
    dict
        `key`, `on_change` and `args` of the widget.
    """
    show(key, value)
    return {"key": key, "on_change": then, "args": args}


def show(key: str, value: Any) -> None:
    """Let a form's widget show a value, before it is drawn."""
    st.session_state[_form(key)] = value


def entered(key: str, otherwise: Any = None) -> Any:
    """Give what a form's widget shows or was changed to."""
    return st.session_state.get(_form(key), otherwise)


def _form(key: str) -> str:
    if not any(key == form or (form.endswith("_") and key.startswith(form)) for form in FORMS):
        raise KeyError(f"{key} is no widget of a form; `FORMS` lists them.")
    return key


def time_bar() -> Mapping[str, Any]:
    """Give what the time bar has told: `step`, `jumped`, `screen`."""
    return st.session_state.get(TIME_BAR) or {}
