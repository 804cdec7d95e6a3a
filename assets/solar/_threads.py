"""Share the planes of a compiled loop out to threads."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from assets.threads import threads

CHUNK = 64


def share_out(work: Callable[[int, int], None], count: int, chunk: int = CHUNK) -> None:
    """Call work(first, stop) over ranges that cover 0 … count-1.

    The loops release the GIL and every range writes its own rows. Threads of Python rather than numba's own parallel
    loops: those abort the process when two threads of a server enter them at once. `assets.threads` says how many.
    """
    ranges = [(first, min(first + chunk, count)) for first in range(0, count, chunk)]
    workers = min(threads(), len(ranges))
    if workers <= 1:
        for first, stop in ranges:
            work(first, stop)
        return
    with ThreadPoolExecutor(workers) as pool:
        for _ in pool.map(lambda r: work(*r), ranges):
            pass
