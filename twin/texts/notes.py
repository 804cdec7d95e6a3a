"""What a reader should know, as data: a key, ids and numbers, of which prose is made in every language."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from twin.texts.numbers import amount, tick
from twin.texts.table import DEFAULT_LANGUAGE, Texts, texts

Value = int | float | str


@dataclass(frozen=True)
class Note:
    """One thing to know.

    Attributes
    ----------
    kind : str
        The text `note.<kind>` says it.
    ids : tuple of str
        What it is about: plants, elements, numbers of edits; the place `{ids}` of the text.
    values : mapping of str to int, float or str
        For the other places of the text. A text is a key itself: `heat` in the place `{carrier}` is told by
        `carrier.heat`, and stands as it is where there is no such text.
    """

    kind: str
    ids: tuple[str, ...] = ()
    values: Mapping[str, Value] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Take numbers of numpy as plain ones, so that what is saved and read back is equal."""
        plain = {key: value.item() if isinstance(value, np.generic) else value for key, value in self.values.items()}
        object.__setattr__(self, "ids", tuple(str(name) for name in self.ids))
        object.__setattr__(self, "values", plain)

    def __hash__(self) -> int:
        """Hash it by all that it says."""
        return hash((self.kind, self.ids, tuple(sorted(self.values.items()))))

    def __str__(self) -> str:
        """Say it in English."""
        return self.told()

    def told(self, language: str = DEFAULT_LANGUAGE, names: Mapping[str, str] | None = None) -> str:
        """Say it in a sentence without a full stop.

        Parameters
        ----------
        language : str
            "en", "fi" or "sv".
        names : mapping of str to str, optional
            What people call a plant, a building or an element, by its id.
        """
        words, known = texts(language), names or {}
        ids = [known.get(name, words.get(f"note.{self.kind}.{name}", name)) for name in self.ids]
        values = {place: _value(place, value, words) for place, value in self.values.items()}
        return words(f"note.{self.kind}", ids=", ".join(ids), **values)

    def plain(self) -> dict[str, Any]:
        """Give it as what JSON can hold."""
        return {"kind": self.kind, "ids": list(self.ids), "values": dict(self.values)}


def _value(place: str, value: Value, words: Texts) -> str:
    if isinstance(value, str):
        return words.get(f"{place}.{value}", value)
    # What is counted is told to the last one.
    return tick(value, words.language) if isinstance(value, int) else amount(value, words.language)


def dump_notes(notes: Iterable[Note]) -> str:
    """Write notes as a JSON list of objects with `kind`, `ids` and `values`."""
    return json.dumps([note.plain() for note in notes], ensure_ascii=False)


def load_notes(text: str) -> tuple[Note, ...]:
    """Read what `dump_notes` wrote."""
    return tuple(Note(found["kind"], tuple(found["ids"]), found["values"]) for found in json.loads(text))
