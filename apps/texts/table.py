"""The words on the screen: those of the twin, and those of the scenes themselves in `texts.csv`."""

from __future__ import annotations

from functools import cache

from twin.texts import Texts
from twin.texts import texts as texts_of


@cache
def texts(language: str) -> Texts:
    """Give the texts of a language.

    Parameters
    ----------
    language : str
        "en", "fi" or "sv".
    """
    return texts_of(language, "apps.texts")
