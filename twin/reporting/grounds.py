"""What a report rests on: its sources, and what a reader should know of a run."""

from __future__ import annotations

import json
from collections.abc import Mapping
from html import escape
from typing import Any

from twin.results.results import Results
from twin.results.sources import NO_COSTS, sources_of
from twin.scenario import tell
from twin.texts import Note, Texts


def notes_of(result: Results, words: Texts) -> list[str]:
    """Tell the notes of a run in a language."""
    return [_note(note, result, words) for note in result.notes]


def _note(note: Note, result: Results, words: Texts) -> str:
    if note.kind == "idle":
        edit = result.scenario.edits[int(note.values["number"]) - 1]
        return words("report.note.idle", edit=tell(edit, words.language))
    return note.told(words.language)


def sources(results: Mapping[str, Results], titles: Mapping[str, str], words: Texts) -> str:
    """List the sources of all results; where they differ, by the scenario's title.

    Parameters
    ----------
    results : mapping of str to Results
        By the scenario's name.
    titles : mapping of str to str
        What people call each.
    words : Texts
        Language.
    """
    told = {name: sources_of(result.dataset) for name, result in results.items()}
    rows = []
    for word in (word for word in next(iter(told.values())) if word != "scenario"):
        by_source: dict[tuple[str, str], list[str]] = {}
        for name, entries in told.items():
            by_source.setdefault((entries[word]["kind"], entries[word]["source"]), []).append(titles[name])
        if word == "costs" and len(by_source) > 1:
            by_source = {key: of for key, of in by_source.items() if key[1] != NO_COSTS}
        for (kind, source), of in by_source.items():
            one = of if len(of) < len(results) else []
            told_kind = words.get(f"kind.{kind}", kind)
            head = " · ".join(part for part in (words(f"rests.{word}"), told_kind, *one) if part)
            rows.append(f'<dt>{escape(head)}</dt><dd lang="en">{escape(source)}</dd>')
    attrs = next(iter(results.values())).dataset.attrs
    rows.append(f"<dt>{escape(words('report.licence'))}</dt><dd>{escape(str(attrs['weather_licence']))}</dd>")
    rows.append(f"<dt>{escape(words('report.versions'))}</dt><dd>{escape(_versions(attrs))}</dd>")
    note = "" if words.language == "en" else f"<p><small>{escape(words('report.rests.told'))}</small></p>"
    return f"<h2>{escape(words('report.rests'))}</h2>{note}<dl>{''.join(rows)}</dl>"


def _versions(attrs: Mapping[str, Any]) -> str:
    versions: Mapping[str, str] = json.loads(str(attrs["versions"]))
    return "; ".join([str(attrs["seed"]), ", ".join(f"{name} {version}" for name, version in versions.items())])
