"""How many threads a piece of work may use: as many as numba may, or what who called it says."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import numba

_MOST: ContextVar[int | None] = ContextVar("most threads", default=None)


def threads() -> int:
    """Threads that work started here may use, at least 1; ``NUMBA_NUM_THREADS`` is obeyed."""
    told = _MOST.get()
    return max(int(numba.config.NUMBA_NUM_THREADS) if told is None else told, 1)


@contextmanager
def at_most(count: int) -> Iterator[None]:
    """Let what is called within use no more threads than `count`: it runs beside others of its kind.

    Parameters
    ----------
    count : int
        1 or more.
    """
    before = _MOST.set(count)
    try:
        yield
    finally:
        _MOST.reset(before)
