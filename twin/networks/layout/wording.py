"""Say what is wrong with an edit of a network, and what would be right."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence

_CLOSE = 0.4
_SHOWN = 30


def near(word: str, words: Iterable[str], *, many: int = 3) -> str:
    """Ask whether one of the words that are like it was meant; nothing where none is."""
    close = difflib.get_close_matches(word, [str(w) for w in words], n=many, cutoff=_CLOSE)
    return f", did you mean {' or '.join(close)}?" if close else ""


def no_such_element(name: str, ids: Sequence[str], carrier: str) -> str:
    """There is no element of this id; name the nearest that are."""
    return f"there is no pipe, cable or transformer {name} in the {carrier} network{near(name, ids)}"


def size_named(word: str, names: Sequence[str]) -> str | None:
    """Size of the catalogue by its name, or by its nominal width: DN150, 150; None where there is none."""
    if word in names:
        return word
    lower = {name.lower(): name for name in names}
    if word.lower() in lower:
        return lower[word.lower()]
    told = re.fullmatch(r"(?:dn|de|d)?[\s-]*(\d+)(?:\s*mm)?", word.strip().lower())
    if told is None:
        return None
    return next((name for name in names if told.group(1) in name.split("_")), None)


def no_such_size(word: str, names: Sequence[str]) -> str:
    """Tell the sizes of the catalogue."""
    shown = ", ".join(names[:_SHOWN])
    return f"there is no size {word}{near(word, names, many=1)}; sizes are {shown}"
