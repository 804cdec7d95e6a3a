"""Keep what a stage computed row by row: only the buildings that an edit touches are computed again."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from assets.threads import threads
from twin._cache.memo import Memo, content_key

Keys = npt.NDArray[np.bytes_]
Index = npt.NDArray[np.int64]
Compute = Callable[[Index], Mapping[str, Any]]
_BYTES = 16
_LEAST_ROWS = 32
"""Of a thread: fewer are not worth one."""


@dataclass(frozen=True, eq=False)
class Rows:
    """Arrays whose first axis are rows, each row a function of its own key alone.

    Attributes
    ----------
    keys : ndarray of bytes, shape (n,)
        Digest of all that a row was computed from.
    arrays : mapping of str to ndarray, shape (n, …)
        Read-only by convention: runs share them.
    fresh : int
        How many rows were computed and not taken from before.
    """

    keys: Keys
    arrays: Mapping[str, Any]
    fresh: int

    def __getitem__(self, name: str) -> Any:
        return self.arrays[name]


def row_keys(n: int, common: str, *parts: Any) -> Keys:
    """Digest of each row's content, and of what is common to all rows.

    Parameters
    ----------
    n : int
        Rows.
    common : str
        What every row depends on.
    *parts : array, Series or DataFrame with n rows
        What each row depends on alone.

    Returns
    -------
    ndarray of bytes, shape (n,)
    """
    if not n:
        return np.empty(0, dtype=f"S{2 * _BYTES}")
    columns = [_bytes(part, n) for part in _columns(parts)]
    table = np.ascontiguousarray(np.concatenate(columns, axis=1))
    start = hashlib.blake2b(common.encode(), digest_size=_BYTES)
    keys = []
    for row in table:
        digest = start.copy()
        digest.update(row)
        keys.append(digest.hexdigest())
    # Hexadecimal: numpy's byte strings lose trailing zero bytes.
    return np.array(keys, dtype=f"S{2 * _BYTES}")


def joined_keys(n: int, owner: Index, keys: Keys) -> Keys:
    """Digest of the keys of each owner's rows, in their order; rows of owner -1 count for none."""
    digests = [hashlib.blake2b(digest_size=_BYTES) for _ in range(n)]
    for row, key in zip(owner.tolist(), keys.tolist(), strict=True):
        if row >= 0:
            digests[row].update(key)
    return np.array([digest.hexdigest() for digest in digests], dtype=f"S{2 * _BYTES}")


def remembered(memo: Memo, stage: str, n: int, keys: Callable[[], Keys], compute: Compute) -> Rows:
    """Give a stage's rows: those of keys that are remembered as they are, the rest computed.

    Parameters
    ----------
    memo : Memo
        Where stages are remembered.
    stage : str
        Name of the stage.
    n : int
        Rows.
    keys : callable
        Gives what `row_keys` gives; not asked where the memo forgets all.
    compute : callable
        Takes indices of rows and gives their arrays; a row must not depend on which others are asked for.

    Returns
    -------
    Rows
        The very arrays of an earlier run where all keys are the same; keys are empty where the memo forgets all.
    """
    if memo.forgets:
        memo.computed.append(stage)
        return Rows(np.zeros(n, dtype=f"S{2 * _BYTES}"), compute(np.arange(n)), n)
    told = keys()
    return memo.get(stage, content_key(told), lambda: _filled(memo.kept(stage), told, compute))


def in_threads(compute: Compute) -> Compute:
    """Compute rows in as many threads as `assets.threads` allows: compiled loops release the interpreter's lock.

    Parameters
    ----------
    compute : callable
        As of `remembered`; rows do not depend on each other.
    """

    def shared_out(rows: Index) -> Mapping[str, Any]:
        workers = min(threads(), len(rows) // _LEAST_ROWS)
        if workers <= 1:
            return compute(rows)
        with ThreadPoolExecutor(workers) as pool:
            parts = list(pool.map(compute, np.array_split(rows, workers)))
            names = list(dict.fromkeys(name for part in parts for name in part))
            return dict(zip(names, pool.map(lambda name: _joined(parts, name), names), strict=True))

    return shared_out


def _joined(parts: Sequence[Mapping[str, Any]], name: str) -> Any:
    """Put the parts of an array together; zeros where a part has none."""
    like = next(part[name] for part in parts if name in part)
    sizes = [len(next(iter(part.values()))) for part in parts]
    filled = [
        part.get(name, np.broadcast_to(like.dtype.type(0), (size, *like.shape[1:])))
        for part, size in zip(parts, sizes, strict=True)
    ]
    return np.concatenate(filled)


def _filled(kept: Sequence[Rows], keys: Keys, compute: Compute) -> Rows:
    n = len(keys)
    everything = np.arange(n)
    best, source = None, np.full(n, -1)
    for rows in kept:
        found = _places(rows.keys, keys)
        if (found >= 0).sum() > (source >= 0).sum():
            best, source = rows, found
    fresh = everything[source < 0]
    if best is None:
        return Rows(keys, dict(compute(everything)), n)
    made = dict(compute(fresh)) if len(fresh) else {}
    there = everything[source >= 0]
    names = list(dict.fromkeys([*best.arrays, *made]))

    def merged(name: str) -> Any:
        old, new = best.arrays.get(name), made.get(name)
        like: Any = new if old is None else old
        # Memory that is not zeroed first comes in large pages, which is what this costs.
        out = np.empty((n, *like.shape[1:]), dtype=like.dtype)
        if old is None:
            out[there] = 0
        else:
            _copy(out, there, old, source[there])
        if len(fresh):
            out[fresh] = 0 if new is None else new
        return out

    with ThreadPoolExecutor(threads()) as pool:
        return Rows(keys, dict(zip(names, pool.map(merged, names), strict=True)), len(fresh))


def _copy(out: Any, to: Index, old: Any, of: Index) -> None:
    """Copy rows; runs of neighbouring rows as one block."""
    if not len(to):
        return
    breaks = np.flatnonzero((np.diff(to) != 1) | (np.diff(of) != 1)) + 1
    for first, last in zip(np.append(0, breaks), np.append(breaks, len(to)), strict=True):
        out[to[first] : to[last - 1] + 1] = old[of[first] : of[last - 1] + 1]


def _places(old: Keys, new: Keys) -> Index:
    """Place of each new key among the old ones; -1 where it is not."""
    if not len(old):
        return np.full(len(new), -1)
    order = np.argsort(old, kind="stable")
    at = np.minimum(np.searchsorted(old[order], new), len(old) - 1)
    places = order[at]
    return np.where(old[places] == new, places, -1)


def _columns(parts: Sequence[Any]) -> list[Any]:
    found: list[Any] = []
    for part in parts:
        found += [part[name].to_numpy() for name in part.columns] if isinstance(part, pd.DataFrame) else [part]
    return found


def _bytes(part: Any, n: int) -> Any:
    array = part.to_numpy() if isinstance(part, pd.Series | pd.Index) else np.asarray(part)
    if array.dtype == object:
        array = pd.util.hash_array(array, categorize=True)
    return np.ascontiguousarray(array).reshape(n, -1).view(np.uint8)
