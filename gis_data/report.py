"""What a build did to its input: dropped, repaired, inferred; as data and in words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from gis_data.features import Problem

if TYPE_CHECKING:
    from gis_data.district import District

_DONE = ("dropped", "repaired", "kept")
_SHOWN = 6


def make_report(
    tables: Mapping[str, pd.DataFrame], problems: Iterable[Problem], notes: Iterable[str] = ()
) -> dict[str, Any]:
    """Report of a build.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        The finished tables.
    problems : iterable of Problem
        From the reader and from every table.
    notes : iterable of str
        Sentences about the district as a whole.

    Returns
    -------
    dict
        `rows` per table; `problems`: what, done, count and ids, the most frequent first, and `details` by id where
        numbers differ; `inferred`: for each `…_source` column of each table the count of rows by source; `notes`.
    """
    groups: dict[tuple[str, str], dict[str, str]] = {}
    for problem in problems:
        groups.setdefault((problem.done, _kind_of(problem.what)), {}).setdefault(problem.feature_id, problem.what)
    listed: list[dict[str, Any]] = []
    for (done, what), told in sorted(groups.items(), key=lambda item: (-len(item[1]), item[0])):
        ids = sorted(told, key=_by_number)
        listed.append({"what": what, "done": done, "count": len(ids), "ids": ids})
        if details := {key: told[key] for key in ids if told[key] != what}:
            listed[-1]["details"] = details
    inferred = {
        table: {column: _shares(frame[column]) for column in frame.columns if column.endswith("_source")}
        for table, frame in tables.items()
        if len(frame)
    }
    return {
        "rows": {table: len(frame) for table, frame in tables.items()},
        "problems": listed,
        "inferred": {table: columns for table, columns in inferred.items() if columns},
        "notes": list(notes),
    }


def describe(district: District) -> str:
    """District in words: what it holds, where its attributes come from, what was dropped and repaired.

    Parameters
    ----------
    district : District

    Returns
    -------
    str
        Several lines.
    """
    west, south, east, north = district.bounds
    rows = {table: len(frame) for table, frame in district.tables.items() if len(frame)}
    lines = [
        f"{district.title} ({district.name})",
        f"  bounds    {west:.4f}–{east:.4f} E, {south:.4f}–{north:.4f} N; {district.crs}; {district.timezone}",
        f"  data of   {district.data_date}; " + "; ".join(f"{s.attribution} ({s.licence})" for s in district.sources),
        f"  weather   {district.weather.kind}: {district.weather.source}",
        "  holds     " + ", ".join(f"{count} {table}" for table, count in rows.items()),
    ]
    inferred = district.report.get("inferred", {}).get("buildings", {})
    if inferred:
        lines.append("  where the buildings' attributes come from:")
        for column, shares in ((column, shares) for column, shares in inferred.items() if shares):
            told = ", ".join(f"{source} {count}" for source, count in shares.items())
            lines.append(f"    {column.removesuffix('_source').replace('_', ' '):18}{told}")
    for done in _DONE:
        listed = [entry for entry in district.report.get("problems", ()) if entry["done"] == done]
        if listed:
            lines.append(f"  {done}: {sum(entry['count'] for entry in listed)}")
            lines += [f"    {entry['count']:5} × {entry['what']}" for entry in listed[:_SHOWN]]
            if len(listed) > _SHOWN:
                rest = sum(entry["count"] for entry in listed[_SHOWN:])
                lines.append(f"    {rest:5} × for other reasons (report.json lists all)")
    lines += [f"  note: {note}" for note in district.report.get("notes", ())]
    return "\n".join(lines)


def _shares(sources: pd.Series) -> dict[str, int]:
    counts = sources.dropna().value_counts()
    return {str(source): int(count) for source, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))}


def _kind_of(what: str) -> str:
    """Sentence without the ids and numbers that differ from case to case."""
    return re.sub(
        r"\d+(?:\.\d+)?", "…", re.sub(r"\b[nwrg]-?\d+(?:-\d+)*\b", "…", what).replace("m²", "m\u0000")
    ).replace("m\u0000", "m²")


def _by_number(feature_id: str) -> tuple[str, int, str]:
    number = feature_id[1:].split("-", maxsplit=1)[0]
    return (feature_id[:1], int(number), feature_id) if number.isdecimal() else (feature_id[:1], 0, feature_id)
