"""Keep what a stage computed, by the content of its inputs: only what an edit touches is computed again."""

from __future__ import annotations

import dataclasses
import hashlib
import os
import threading
import weakref
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import count, islice
from typing import Any, TypeVar

import numpy as np
import pandas as pd
import shapely

from twin._cache.sizes import held_bytes
from twin._errors import TwinError

T = TypeVar("T")


BUDGET_ENV = "CITY_ENERGY_TWIN_CACHE_GB"
"""Environment variable: what the caches of a process may hold together [GB]."""
BUDGET_GB = 1.0
"""Without it: two or three years of the default district and the networks of one."""
_Place = tuple[int, str, str]
"""Whose it is, the stage and the key of its inputs."""


@dataclasses.dataclass
class _Entry:
    result: Any
    held: dict[int, int]


class Budget:
    """Bytes that caches may hold together: what nobody asked for longest goes first.

    Arrays that several results share count once.

    Parameters
    ----------
    limit_bytes : int
        0 keeps nothing.
    """

    def __init__(self, limit_bytes: int) -> None:
        self.limit_bytes = limit_bytes
        self.used_bytes = 0
        """What is held now."""
        self._lock = threading.RLock()
        self._entries: OrderedDict[_Place, _Entry] = OrderedDict()
        self._holders: dict[int, int] = {}

    def find(self, place: _Place) -> _Entry | None:
        """Give what is remembered, which thereby becomes the last to go."""
        with self._lock:
            entry = self._entries.get(place)
            if entry is not None:
                self._entries.move_to_end(place)
            return entry

    def add(self, place: _Place, result: Any) -> None:
        """Remember a result and forget others until all fit; one that is larger than the budget is not kept."""
        held = held_bytes(result) if self.limit_bytes > 0 else {}
        with self._lock:
            self._remove(place)
            if self.limit_bytes <= 0 or sum(held.values()) > self.limit_bytes:
                return
            self._entries[place] = _Entry(result, held)
            for part, size in held.items():
                if part not in self._holders:
                    self.used_bytes += size
                self._holders[part] = self._holders.get(part, 0) + 1
            while self.used_bytes > self.limit_bytes:
                self._remove(next(iter(self._entries)))

    def last(self, owner: int, stage: str, most: int) -> list[Any]:
        """Give the results of an owner's stage, the one asked for last first."""
        with self._lock:
            mine = (entry.result for place, entry in reversed(self._entries.items()) if place[:2] == (owner, stage))
            return list(islice(mine, most))

    def forget(self, owner: int) -> None:
        """Forget all that an owner remembers."""
        with self._lock:
            for place in [place for place in self._entries if place[0] == owner]:
                self._remove(place)

    def _remove(self, place: _Place) -> None:
        entry = self._entries.pop(place, None)
        for part, size in entry.held.items() if entry is not None else ():
            self._holders[part] -= 1
            if not self._holders[part]:
                del self._holders[part]
                self.used_bytes -= size


def _process_budget() -> Budget:
    told = os.environ.get(BUDGET_ENV, "")
    try:
        size = float(told) if told else BUDGET_GB
    except ValueError:
        raise TwinError(f"{BUDGET_ENV} is {told!r}: give a number of gigabytes, such as 2 or 0.5") from None
    return Budget(int(max(size, 0.0) * 1e9))


PROCESS_BUDGET = _process_budget()
"""What all caches of this process share that are not given a budget of their own."""
_OWNERS = count()


class Memo:
    """The last results of each stage, within a budget of bytes.

    Stages are pure functions: with the same content of inputs they give the same result, so a result may be shared
    between scenarios and between threads. Callers must not write into it.

    Parameters
    ----------
    budget : Budget or int, optional
        Bytes that may be held, of this memo alone where it is a number; by default it shares the process's own budget.
        0 keeps nothing.
    """

    def __init__(self, budget: Budget | int | None = None) -> None:
        self._budget = Budget(budget) if isinstance(budget, int) else (budget or PROCESS_BUDGET)
        self._owner = next(_OWNERS)
        self._lock = threading.Lock()
        self._busy: dict[tuple[str, str], tuple[threading.Lock, int]] = {}
        self.computed: list[str] = []
        """Stages that were computed and not remembered, in order."""
        weakref.finalize(self, self._budget.forget, self._owner)

    @property
    def forgets(self) -> bool:
        """Whether nothing is ever kept: keys need not be made."""
        return self._budget.limit_bytes <= 0

    def get(self, stage: str, key: str, compute: Callable[[], T]) -> T:
        """Return a stage's result for inputs of this key: the first who asks computes it, the others wait."""
        if self.forgets:
            self.computed.append(stage)
            return compute()
        place = (self._owner, stage, key)
        with self._turn(stage, key):
            entry = self._budget.find(place)
            if entry is not None:
                return entry.result  # type: ignore[no-any-return]
            result = compute()
            self.computed.append(stage)
            self._budget.add(place, result)
        return result

    @contextmanager
    def _turn(self, stage: str, key: str) -> Iterator[None]:
        """Let one at a time compute or take a result."""
        with self._lock:
            turn, waiting = self._busy.get((stage, key), (threading.Lock(), 0))
            self._busy[stage, key] = (turn, waiting + 1)
        try:
            with turn:
                yield
        finally:
            with self._lock:
                waiting = self._busy[stage, key][1] - 1
                if waiting:
                    self._busy[stage, key] = (turn, waiting)
                else:
                    del self._busy[stage, key]

    def kept(self, stage: str, most: int = 3) -> list[Any]:
        """Results that are remembered of a stage, the one asked for last first."""
        return self._budget.last(self._owner, stage, most)

    def clear(self) -> None:
        """Forget everything."""
        self._budget.forget(self._owner)
        self.computed.clear()


def content_key(*parts: Any) -> str:
    """Digest of the content of arrays, tables, numbers, texts, mappings and dataclasses.

    Returns
    -------
    str
        The same for equal content, whatever objects hold it.
    """
    digest = hashlib.blake2b(digest_size=16)
    for part in parts:
        _feed(digest, part)
    return digest.hexdigest()


def _feed(digest: Any, part: Any) -> None:
    digest.update(f"|{type(part).__name__}:".encode())
    if isinstance(part, pd.DataFrame):
        _feed(digest, part.index)
        for column in part.columns:
            _feed(digest, str(column))
            _feed(digest, part[column])
    elif isinstance(part, pd.DatetimeIndex):
        _feed_array(digest, part.asi8)
    elif isinstance(part, pd.Series | pd.Index):
        _feed_array(digest, _wkb(part) if str(part.dtype) == "geometry" else part.to_numpy())
    elif isinstance(part, np.ndarray):
        _feed_array(digest, part)
    elif isinstance(part, Mapping):
        for key, value in part.items():
            _feed(digest, key)
            _feed(digest, value)
    elif isinstance(part, list | tuple):
        digest.update(f"{len(part)}:".encode())
        for item in part:
            _feed(digest, item)
    elif dataclasses.is_dataclass(part):
        for field in dataclasses.fields(part):
            _feed(digest, field.name)
            _feed(digest, getattr(part, field.name))
    else:
        digest.update(repr(part).encode())


def _wkb(shapes: Any) -> Any:
    return shapely.to_wkb(np.asarray(shapes.array))


def _feed_array(digest: Any, array: Any) -> None:
    digest.update(f"{array.shape}{array.dtype.str}".encode())
    if array.dtype == object:
        digest.update(pd.util.hash_array(array, categorize=True).tobytes())
    else:
        digest.update(np.ascontiguousarray(array).tobytes())
