"""Arrays of many rows by many hours: in memory while they are small, else on disk, their pages let go once written."""

from __future__ import annotations

import mmap
import tempfile
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

Single = npt.NDArray[np.float32]

LARGE_BYTES = 96_000_000
"""From this size on an array lies on disk: the default district's stay in memory, a town's don't."""
BLOCK_HOURS = 1024
"""Hours after which written pages are let go: a page of single precision holds as many."""


def is_large(rows: int, hours: int) -> bool:
    """Whether an array lies on disk."""
    return 4 * rows * hours >= LARGE_BYTES


def hours_array(rows: int, hours: int) -> Single:
    """Make an array of zeros in single precision, shape (rows, hours).

    A large one lies in a file in the folder for temporary files (`TMPDIR`) that bears no name: it is gone with the
    array, or with the process however that ends. It is read and written as any other; `let_go` after a part of it
    was, and it takes no memory.

    Parameters
    ----------
    rows, hours : int

    Returns
    -------
    ndarray of float32
    """
    size = 4 * rows * hours
    if not is_large(rows, hours):
        # Filled, not just set aside: pages that a sweep is the first to touch, row by row, cost more than the sweep.
        return np.full((rows, hours), 0.0, np.float32)
    with tempfile.TemporaryFile(prefix="city-energy-twin-") as file:
        file.truncate(size)
        return np.frombuffer(mmap.mmap(file.fileno(), size), dtype=np.float32).reshape(rows, hours)


def on_disk(array: object) -> mmap.mmap | None:
    """File that an array of `hours_array`, or a part of one, lies in; None for one in memory."""
    while isinstance(array, np.ndarray):
        array = array.base
    found = array.obj if isinstance(array, memoryview) else array
    return found if isinstance(found, mmap.mmap) else None


def let_go(*arrays: object) -> None:
    """Give back the memory of what was read or written of arrays on disk; what is in them stays."""
    for array in arrays:
        file = on_disk(array)
        if file is not None:
            file.madvise(mmap.MADV_DONTNEED)


def row_blocks(rows: int, hours: int, *, block_bytes: int = 32_000_000) -> Iterator[slice]:
    """Ranges of rows that take no more than some memory in single precision; one at least."""
    step = max(1, block_bytes // (4 * max(hours, 1)))
    for first in range(0, rows, step):
        yield slice(first, min(first + step, rows))


def row_sums(array: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
    """Sum of all rows by the hour in double precision, shape (hours,): a block at a time, to the bit as at once."""
    found = np.zeros(array.shape[1])
    for row in row_blocks(*array.shape):
        for values in array[row]:
            found += values
        let_go(array)
    return found
