"""What a session holds: the steps of its scenario, and what it is held against."""

from __future__ import annotations

from typing import Any

import streamlit as st

from apps.map.view.opening import Opening
from apps.texts import Texts
from twin import load_scenario
from twin.scenario import AnyEdit, History, Scenario, simplified

_HISTORY, _BASELINE = "history", "baseline"


def begin(scenario: Scenario, baseline: Scenario | None = None) -> None:
    """Start a session's history."""
    st.session_state[_HISTORY] = History.start(scenario)
    st.session_state[_BASELINE] = baseline


def begun() -> bool:
    """Tell whether the session has a scenario."""
    return _HISTORY in st.session_state


def history() -> History:
    """Give the steps of the session's scenario."""
    found: History = st.session_state[_HISTORY]
    return found


def present() -> Scenario:
    """Give the scenario that is shown."""
    return history().present


def baseline() -> Scenario:
    """Give the scenario that changes are told against: a pinned one, or the district as it is."""
    found: Scenario | None = st.session_state.get(_BASELINE)
    return as_it_is() if found is None else found


def pin(scenario: Scenario | None) -> None:
    """Hold everything against a scenario from now on; None: against the district as it is."""
    st.session_state[_BASELINE] = None if scenario is None or not scenario.edits else scenario


def as_it_is() -> Scenario:
    """Give the preset without edits."""
    return load_scenario("as-is")


def quantity() -> str:
    """Give the key of what buildings are coloured by; while networks are looked at, of what they were."""
    state = st.session_state
    group = state["group"] if f"quantity_{state['group']}" in state else "hour"
    return str(state[f"quantity_{group}"])


def apply(*edits: AnyEdit) -> None:
    """Add edits as one step."""
    st.session_state[_HISTORY] = history().apply(*edits)


def go_to(scenario: Scenario) -> None:
    """Go to another scenario as one step."""
    st.session_state[_HISTORY] = history().replace(scenario)


def put(what: str, edit: AnyEdit | None) -> None:
    """Let one edit stand in the place of all of its kind, as one step; None: let none stand."""
    now = present()
    rest = tuple(old for old in now.edits if old.what != what)
    edits = rest if edit is None else (*rest, edit)
    go_to(now.model_copy(update={"edits": edits}) if edits else as_it_is())


def remove(place: int) -> None:
    """Take one edit out, as one step."""
    now = present()
    if 0 <= place < len(now.edits):
        rest = now.edits[:place] + now.edits[place + 1 :]
        go_to(now.model_copy(update={"edits": rest}) if rest else as_it_is())


def undo() -> None:
    """Go one step back, if there is one."""
    if history().can_undo:
        st.session_state[_HISTORY] = history().undo()


def redo() -> None:
    """Take the last undo back, if there is one."""
    if history().can_redo:
        st.session_state[_HISTORY] = history().redo()


def drop_step() -> None:
    """Forget the present step and what was undone: it cannot be computed."""
    found = history()
    if found.can_undo:
        st.session_state[_HISTORY] = History(found.past[:-1], found.past[-1])
    else:
        begin(as_it_is(), st.session_state.get(_BASELINE))


def named(opening: Opening) -> dict[str, Scenario]:
    """Scenarios with a name that can be gone to, by their name; the district as it is first."""
    return {name: as_it_is() if found is None else found for name, found in opening.views.scenarios.items()}


def name_of(scenario: Scenario, opening: Opening) -> str | None:
    """Give the name of a scenario that does the same as a named one; None for what was edited."""
    edits = simplified(scenario.edits)
    return next((name for name, known in named(opening).items() if simplified(known.edits) == edits), None)


def title_of(scenario: Scenario, opening: Opening, words: Texts) -> str:
    """Give a scenario's name for people: a named one's title, or what it was made of.

    Parameters
    ----------
    scenario : Scenario
        Any.
    opening : Opening
        What can be opened.
    words : Texts
        Language.
    """
    known = named(opening)
    name = name_of(scenario, opening)
    if name is not None:
        return str(known[name].told(words.language)[0])
    base = known.get(scenario.name)
    if base is None or not base.edits:
        told = scenario.told(words.language)[0]
        return words("scenario.own") if base is not None or told == scenario.name else told
    return words("scenario.changed", title=base.told(words.language)[0])


def state_to_reset(opening: Opening) -> Scenario:
    """Give the named scenario that a reset goes back to: what the edits began with, else the district as it is."""
    now = present()
    base: Any = named(opening).get(now.name)
    return as_it_is() if base is None or name_of(now, opening) is not None else base


def scenario_to_export(opening: Opening, words: Texts) -> Scenario:
    """Give the scenario under a name of its own: what was edited must not bear the name of what it began with.

    Parameters
    ----------
    opening : Opening
        What can be opened.
    words : Texts
        Language of the title.
    """
    now = present()
    if name_of(now, opening) is not None:
        return now
    base = named(opening).get(now.name)
    name = "my-changes" if base is None or not base.edits else f"{now.name}-changed"
    title = title_of(now, opening, words)
    return now.model_copy(update={"name": name, "title": title, "title_fi": "", "title_sv": ""})


def open_side(name: str) -> None:
    """Open a panel on the right: "problems", "plant", "line", "network", or none."""
    fresh = {"element": None, "selected": None, "plant_moving": None, "line_moving": None, "line_places": ()}
    st.session_state.update(side=name, changing=False, **fresh)
