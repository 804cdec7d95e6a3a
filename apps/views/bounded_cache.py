"""Keep what was prepared, within a budget of bytes: what nobody asked for longest goes first."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from functools import wraps
from typing import Any, Generic, ParamSpec, TypeVar

from apps.views.packed import Packed
from twin._cache.memo import PROCESS_BUDGET
from twin._cache.sizes import held_bytes

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
P = ParamSpec("P")
T = TypeVar("T")

VIEWS_SHARE, AS_IS_SHARE, NETWORKS_SHARE, YEARS_SHARE, PREPARED_SHARE, ANSWERS_SHARE = 0.2, 0.05, 0.15, 0.4, 0.1, 0.1
"""Parts that the scenes take of as many bytes as the models' caches may hold (`twin._cache.memo.BUDGET_ENV`)."""


def share_of_budget(share: float) -> int:
    """Give bytes that a cache of the scenes may hold."""
    return int(share * PROCESS_BUDGET.limit_bytes)


class BoundedCache(Generic[K, V]):
    """Values by key, as many as fit.

    Parameters
    ----------
    limit_bytes : int
        What the values may hold together.
    size_of : callable
        Gives the bytes of a value.
    least : int
        Values that stay whatever they hold: those that are being looked at.
    """

    def __init__(self, limit_bytes: int, size_of: Callable[[V], int], *, least: int = 1) -> None:
        self.limit_bytes, self.used_bytes = limit_bytes, 0
        self._size_of, self._least = size_of, least
        self._values: OrderedDict[K, tuple[V, int]] = OrderedDict()
        self._guard = threading.RLock()

    def get(self, key: K) -> V | None:
        """Give a value, which thereby becomes the last to go; None where there is none."""
        with self._guard:
            if key not in self._values:
                return None
            self._values.move_to_end(key)
            return self._values[key][0]

    def put(self, key: K, value: V) -> None:
        """Keep a value, and let others go until all fit."""
        size = self._size_of(value)
        with self._guard:
            self.drop(key)
            self._values[key] = (value, size)
            self.used_bytes += size
            while self.used_bytes > self.limit_bytes and len(self._values) > self._least:
                self.drop(next(iter(self._values)))

    def remember(self, key: K, compute: Callable[[], V]) -> V:
        """Give a value, which is computed where it is not kept."""
        kept = self.get(key)
        if kept is None:
            kept = compute()
            self.put(key, kept)
        return kept

    def drop(self, key: K) -> None:
        """Let a value go."""
        with self._guard:
            self.used_bytes -= self._values.pop(key, (None, 0))[1]

    def clear(self) -> None:
        """Let all values go."""
        with self._guard:
            self._values.clear()
            self.used_bytes = 0

    def values(self) -> list[V]:
        """Give all values, the one asked for last at the end."""
        with self._guard:
            return [value for value, _size in self._values.values()]

    def __contains__(self, key: object) -> bool:
        return key in self._values


def size_of(value: Any) -> int:
    """Give the bytes of texts, arrays, tables and what is made of them."""
    return len(value) if isinstance(value, bytes) else sum(held_bytes(value).values())


_PREPARED: BoundedCache[Any, Any] = BoundedCache(share_of_budget(PREPARED_SHARE), size_of)


ANSWERS: BoundedCache[Any, Packed] = BoundedCache(share_of_budget(ANSWERS_SHARE), lambda packed: packed.nbytes)
"""What the web service answered."""


def cached_by_stamp(function: Callable[P, T]) -> Callable[P, T]:
    """Remember a function's answers by the stamps of the views that it takes, and by its other arguments.

    Parameters
    ----------
    function : callable
        Its answer must depend on nothing but its arguments.
    """
    name = f"{function.__module__}.{function.__qualname__}"

    @wraps(function)
    def remembering(*args: P.args, **options: P.kwargs) -> T:
        key = (name, *map(_key_of, args), *((option, _key_of(value)) for option, value in sorted(options.items())))
        kept: T = _PREPARED.remember(key, lambda: function(*args, **options))
        return kept

    return remembering


def _key_of(argument: Any) -> Hashable:
    return getattr(argument, "stamp", argument)  # type: ignore[no-any-return]
