"""What people call scenarios: named ones by their title, others by what they were made of."""

from __future__ import annotations

from apps.map.view.opening import Opening
from apps.map.view.state import as_it_is
from apps.texts import Texts
from twin.scenario import Scenario, simplified


def named_scenarios(opening: Opening) -> dict[str, Scenario]:
    """Scenarios with a name that can be gone to, by their name; the district as it is first."""
    return {name: as_it_is() if found is None else found for name, found in opening.views.scenarios.items()}


def name_of(scenario: Scenario, opening: Opening) -> str | None:
    """Give the name of a scenario that does the same as a named one; None for what was edited."""
    edits = simplified(scenario.edits)
    return next((name for name, known in named_scenarios(opening).items() if simplified(known.edits) == edits), None)


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
    known = named_scenarios(opening)
    name = name_of(scenario, opening)
    if name is not None:
        return str(known[name].told(words.language)[0])
    base = known.get(scenario.name)
    if base is None or not base.edits:
        told = scenario.told(words.language)[0]
        return words("scenario.own") if base is not None or told == scenario.name else told
    return words("scenario.changed", title=base.told(words.language)[0])


def reset_target(now: Scenario, opening: Opening) -> Scenario:
    """Give the named scenario that a reset goes back to: what the edits began with, else the district as it is."""
    base = named_scenarios(opening).get(now.name)
    return as_it_is() if base is None or name_of(now, opening) is not None else base


def scenario_to_export(now: Scenario, opening: Opening, words: Texts) -> Scenario:
    """Give the scenario under a name of its own: what was edited must not bear the name of what it began with.

    Parameters
    ----------
    now : Scenario
        What is shown.
    opening : Opening
        What can be opened.
    words : Texts
        Language of the title.
    """
    if name_of(now, opening) is not None:
        return now
    base = named_scenarios(opening).get(now.name)
    name = "my-changes" if base is None or not base.edits else f"{now.name}-changed"
    title = title_of(now, opening, words)
    return now.model_copy(update={"name": name, "title": title, "title_fi": "", "title_sv": ""})
