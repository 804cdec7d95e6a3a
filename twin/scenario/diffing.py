"""How two scenarios differ, and several as one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from twin._errors import ScenarioError
from twin.scenario.edits import AnyEdit
from twin.scenario.overriding import simplified, thing_of, where_of
from twin.scenario.parts import Where
from twin.scenario.schema import Scenario
from twin.scenario.wording import tell, tell_value, tell_where
from twin.texts import DEFAULT_LANGUAGE, texts

_APART = {"prices", "emission_factors"}


@dataclass(frozen=True)
class Change:
    """One difference of two scenarios.

    Attributes
    ----------
    what : str
        Kind of edit.
    where : Where
        Which buildings it is about.
    before, after : edit, optional
        What the first and the second scenario do there; None: nothing.
    """

    what: str
    where: Where
    before: AnyEdit | None
    after: AnyEdit | None

    @property
    def sentence(self) -> str:
        """The difference in English words."""
        return self.told()

    def told(self, language: str = DEFAULT_LANGUAGE, names: Mapping[str, str] | None = None) -> str:
        """Say the difference in words of a language ("en", "fi", "sv"), with what people call plants and pipes."""
        words = texts(language)
        old, new = (None if edit is None else tell_value(edit, language, names) for edit in (self.before, self.after))
        if old is not None and new is not None:
            told = words("diff.instead", new=new, old=old[:1].lower() + old[1:])
        elif new is not None:
            told = words("diff.new", told=new)
        elif old is not None:
            told = words("diff.gone", told=old)
        else:
            return words("diff.order")
        somewhere = hasattr(self.after or self.before, "where")
        return f"{told} · {tell_where(self.where, language)}" if somewhere else told


def diff(a: Scenario, b: Scenario) -> tuple[Change, ...]:
    """Tell how a second scenario differs from a first.

    Parameters
    ----------
    a, b : Scenario
        The first and the second.

    Returns
    -------
    tuple of Change
        What the first does and the second doesn't, or does otherwise, in the order of the first; then what only the
        second does. Empty where they do the same.
    """
    first, second = _pieces(a), _pieces(b)
    keys = list(dict.fromkeys([*first, *second]))
    # Edits whose order alone differs are told too: a later edit has the last word.
    changes = [_change(key, first.get(key), second.get(key)) for key in keys if first.get(key) != second.get(key)]
    if not changes and simplified(a.edits) != simplified(b.edits):
        changes.append(Change("order", Where(), None, None))
    return tuple(changes)


def conflicts(*scenarios: Scenario) -> tuple[str, ...]:
    """Tell where scenarios contradict each other: the same kind of edit on the same buildings, with other values."""
    told: list[str] = []
    seen: dict[tuple[str, str, str], tuple[Scenario, AnyEdit]] = {}
    for scenario in scenarios:
        for key, edit in _pieces(scenario).items():
            if key in seen and seen[key][1] != edit and seen[key][0] is not scenario:
                loser, lost = seen[key]
                told.append(f"{tell(edit)} ({scenario.told()[0]}) in the place of: {tell(lost)} ({loser.told()[0]})")
        seen |= {key: (scenario, edit) for key, edit in _pieces(scenario).items()}
    return tuple(told)


def combine(*scenarios: Scenario, name: str = "combined", title: str = "") -> Scenario:
    """Join scenarios to one: all their edits, in their order; where they contradict, the later wins.

    Parameters
    ----------
    *scenarios : Scenario
        At least one, of one district or of any.
    name, title : str
        Of the result; the title is made of theirs where none is given.

    Returns
    -------
    Scenario
        Its description tells what contradicts (`conflicts`).

    Raises
    ------
    ScenarioError
        Where they are made for different districts, or name files beside different folders.
    """
    if not scenarios:
        raise ScenarioError(["there is nothing to combine: give at least one scenario"])
    districts = sorted({scenario.district for scenario in scenarios if scenario.district})
    if len(districts) > 1:
        raise ScenarioError([f"scenarios of two districts cannot be combined: {' and '.join(districts)}"])
    folders = {scenario.folder for scenario in scenarios if _names_files(scenario.edits)}
    if len(folders) > 1:
        raise ScenarioError(["scenarios that name files in two folders cannot be combined: put the files together"])
    against = conflicts(*scenarios)
    told = [scenario.told()[0] for scenario in scenarios]
    joined = Scenario(
        name=name,
        title=(title or " + ".join(told))[:200],
        description=(f"The later wins. {'. '.join(against)}." if against else "")[:2000],
        district=districts[0] if districts else None,
        edits=simplified([edit for scenario in scenarios for edit in scenario.edits]),
    )
    joined._folder = next(iter(folders), None)
    return joined


def _names_files(edits: Sequence[AnyEdit]) -> bool:
    return any(getattr(edit, "file", None) is not None for edit in edits)


def _pieces(scenario: Scenario) -> dict[tuple[str, str, str], AnyEdit]:
    """Take a scenario's edits by what and where; sets of prices one value each; of equal keys the last."""
    found: dict[tuple[str, str, str], AnyEdit] = {}
    for edit in simplified(scenario.edits):
        where = where_of(edit).model_dump_json(exclude_none=True)
        if edit.what in _APART:
            values: dict[str, Any] = edit.model_dump(exclude={"what"}, exclude_none=True)
            found |= {(edit.what, where, name): type(edit)(**{name: value}) for name, value in values.items()}
        elif edit.what == "add_buildings":
            found[edit.what, where, edit.model_dump_json()] = edit
        elif thing := thing_of(edit):
            found[edit.what, where, f"{thing} {getattr(edit, 'do', '')}"] = edit
        else:
            found[edit.what, where, ""] = edit
    return found


def _change(key: tuple[str, str, str], before: AnyEdit | None, after: AnyEdit | None) -> Change:
    edit = after if after is not None else before
    if edit is None:  # the key is of one of the two
        raise ScenarioError([f"neither scenario has an edit {key[0]}"])
    return Change(key[0], where_of(edit), before, after)
