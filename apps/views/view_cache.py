"""Keep what was prepared from a view for as long as the view itself lives, and no longer."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar
from weakref import WeakKeyDictionary

P = ParamSpec("P")
T = TypeVar("T")


def cached_per_view(most: int) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Remember a function's last answers by view: they go when the view goes, so that memory returns.

    Parameters
    ----------
    most : int
        Answers kept of each view; the one not asked for longest goes first.
    """

    def decorate(function: Callable[P, T]) -> Callable[P, T]:
        answers: WeakKeyDictionary[Any, OrderedDict[Any, T]] = WeakKeyDictionary()
        guard = threading.Lock()

        @wraps(function)
        def remembering(*args: P.args, **options: P.kwargs) -> T:
            view, rest = args[0], (*args[1:], *sorted(options.items()))
            with guard:
                mine = answers.setdefault(view, OrderedDict())
                if rest in mine:
                    mine.move_to_end(rest)
                    return mine[rest]
            answer = function(*args, **options)
            with guard:
                mine[rest] = answer
                while len(mine) > most:
                    mine.popitem(last=False)
            return answer

        return remembering

    return decorate
