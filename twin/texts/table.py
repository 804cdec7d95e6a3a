"""Tables of texts: a key, then the text in every language."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from twin._errors import UnknownTextError

LANGUAGES = {"en": "English", "fi": "Suomi", "sv": "Svenska"}
DEFAULT_LANGUAGE = "en"


@dataclass(frozen=True)
class Texts:
    """The texts of one language.

    Attributes
    ----------
    language : str
        "en", "fi" or "sv".
    table : Mapping[str, str]
        Text by key.
    """

    language: str
    table: Mapping[str, str]

    def __call__(self, key: str, **values: object) -> str:
        """Give the text of a key with its {places} filled in."""
        if key not in self.table:
            raise UnknownTextError(f"No text has the key {key!r}. Add a row to texts.csv.")
        return self.table[key].format(**values) if values else self.table[key]

    def get(self, key: str, default: str) -> str:
        """Give the text of a key, or the default: for words that data bring along."""
        return self.table.get(key, default)


@cache
def read_texts(package: str) -> dict[str, dict[str, str]]:
    """Read the `texts.csv` of a package once: texts by language and key."""
    tables: dict[str, dict[str, str]] = {language: {} for language in LANGUAGES}
    lines = (files(package) / "texts.csv").read_text(encoding="utf-8").splitlines()
    for row in csv.DictReader(lines):
        for language in LANGUAGES:
            tables[language][row["key"]] = row[language]
    return tables


def texts(language: str = DEFAULT_LANGUAGE, *packages: str) -> Texts:
    """Give the texts of a language.

    Parameters
    ----------
    language : str
        "en", "fi" or "sv".
    *packages : str
        Packages with a `texts.csv` of their own, whose texts come on top of those of `twin.texts`.

    Raises
    ------
    UnknownTextError
        Where there are none in that language.
    """
    if language not in LANGUAGES:
        raise UnknownTextError(f"No texts in the language {language!r}; there are {', '.join(LANGUAGES)}.")
    joined: dict[str, str] = {}
    for package in ("twin.texts", *packages):
        joined |= read_texts(package)[language]
    return Texts(language, joined)
