"""Keep what a stage computed, by the content of its inputs: only what an edit touches is computed again."""

from __future__ import annotations

import dataclasses
import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import numpy as np
import pandas as pd
import shapely

T = TypeVar("T")


class Memo:
    """The last results of each stage.

    Stages are pure functions: with the same content of inputs they give the same result, so a result may be shared
    between scenarios and between threads. Callers must not write into it.

    Parameters
    ----------
    keep : int
        Results that are kept of each stage; the one not asked for longest goes first. 0 keeps none.
    """

    def __init__(self, keep: int = 3) -> None:
        self._keep = keep
        self._lock = threading.Lock()
        self._stages: dict[str, OrderedDict[str, Any]] = {}
        self._busy: dict[tuple[str, str], threading.Lock] = {}
        self.computed: list[str] = []
        """Stages that were computed and not remembered, in order."""

    def get(self, stage: str, key: str, compute: Callable[[], T]) -> T:
        """Return a stage's result for inputs of this key: the first who asks computes it, the others wait."""
        with self._lock:
            busy = self._busy.setdefault((stage, key), threading.Lock())
        with busy:
            with self._lock:
                kept = self._stages.setdefault(stage, OrderedDict())
                if key in kept:
                    kept.move_to_end(key)
                    return kept[key]  # type: ignore[no-any-return]
            result = compute()
            with self._lock:
                self.computed.append(stage)
                kept[key] = result
                while len(kept) > self._keep:
                    kept.popitem(last=False)
                self._busy.pop((stage, key), None)
        return result

    def kept(self, stage: str) -> list[Any]:
        """Results that are remembered of a stage, the one asked for last first."""
        with self._lock:
            return list(reversed(self._stages.get(stage, {}).values()))

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._stages.clear()
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
