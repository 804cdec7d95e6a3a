"""Telling how far a computation is, once or until it is over."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import streamlit as st

from apps.texts import Texts

POLL_S = 0.4
Progress = tuple[float, str]
"""Share done, 0 to 1, and what is going on."""


def tell_progress(bar: Any, progress: Progress, busy: str, words: Texts) -> None:
    """Move a bar to where a computation is.

    Parameters
    ----------
    bar : streamlit progress element
        Of `st.progress`.
    progress : tuple of float and str
        Share done, and what is going on.
    busy : str
        Told where nobody has words for that.
    words : Texts
        Language.
    """
    share, what = progress
    bar.progress(min(max(share, 0.0), 1.0), text=words.get(f"progress.{what}", busy))


def wait_while(
    working: Callable[[], bool], progress: Callable[[], Progress], busy: str, words: Texts, *, every_s: float = POLL_S
) -> None:
    """Wait for a computation under a bar that tells how far it is.

    Parameters
    ----------
    working : callable
        Whether it goes on.
    progress : callable
        Gives share done, and what is going on.
    busy : str
        Told where nobody has words for that.
    words : Texts
        Language.
    every_s : float
        How often it is looked at [s].
    """
    bar = st.progress(0.0, text=busy)
    while working():
        tell_progress(bar, progress(), busy, words)
        time.sleep(every_s)
    bar.empty()
