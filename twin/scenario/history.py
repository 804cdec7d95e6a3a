"""Undo and redo: what was there before, what is, and what was undone."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from twin._errors import ScenarioError
from twin.scenario.edits import AnyEdit
from twin.scenario.overriding import simplified
from twin.scenario.schema import Scenario
from twin.scenario.wording import tell

_KEPT = 100


@dataclass(frozen=True)
class History:
    """States of a scenario; nothing changes, every step gives a new history.

    Attributes
    ----------
    past : tuple of Scenario
        States before, the oldest first; the last hundred are kept.
    present : Scenario
        What is shown.
    future : tuple of Scenario
        States that were undone, the next to redo first.
    """

    past: tuple[Scenario, ...]
    present: Scenario
    future: tuple[Scenario, ...] = ()

    @classmethod
    def start(cls, scenario: Scenario) -> History:
        """Begin with a scenario."""
        return cls((), scenario)

    @property
    def can_undo(self) -> bool:
        """Whether there is a state before."""
        return bool(self.past)

    @property
    def can_redo(self) -> bool:
        """Whether a state was undone."""
        return bool(self.future)

    def apply(self, *edits: AnyEdit) -> History:
        """Add edits to the scenario as one step; earlier edits that they make void are left out."""
        return self.replace(with_edits(self.present, *edits))

    def replace(self, scenario: Scenario) -> History:
        """Go to another scenario, a preset or the named state to reset to, as one step."""
        if scenario == self.present:
            return self
        return History((*self.past, self.present)[-_KEPT:], scenario)

    def undo(self) -> History:
        """Go one step back.

        Raises
        ------
        ScenarioError
            Where there is none.
        """
        if not self.past:
            raise ScenarioError(["there is nothing to undo: this is the first state"])
        return History(self.past[:-1], self.past[-1], (self.present, *self.future))

    def redo(self) -> History:
        """Take the last undo back.

        Raises
        ------
        ScenarioError
            Where nothing was undone.
        """
        if not self.future:
            raise ScenarioError(["there is nothing to redo: nothing was undone"])
        return History((*self.past, self.present), self.future[0], self.future[1:])

    def labels(self) -> tuple[str, ...]:
        """Say what each state is, past, present and future: the first by its title, others by their last step."""
        states = (*self.past, self.present, *self.future)
        steps = [_step(before, after) for before, after in pairwise(states)]
        return (states[0].told()[0], *steps)


def with_edits(scenario: Scenario, *edits: AnyEdit) -> Scenario:
    """Return the scenario with edits added, and without those that they make void.

    Parameters
    ----------
    scenario : Scenario
        It is not changed.
    *edits : edits
        Applied after all others.
    """
    # Copies, not a new validation: the edits are valid, and the folder of the file goes along.
    return scenario.model_copy(update={"edits": simplified((*scenario.edits, *edits))})


def _step(before: Scenario, after: Scenario) -> str:
    if before.name != after.name or not after.edits:
        return after.told()[0]
    new = [edit for edit in after.edits if edit not in before.edits]
    return tell(new[-1]) if new else after.told()[0]
