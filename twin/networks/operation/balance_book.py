"""The book of a coupled year: what came in, went out, was stored and lost of every carrier, and that it adds up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from assets._errors import BalanceError
from assets.balance import TOLERANCE, Carrier, check_balance
from assets.technology import BOUGHT

Array = npt.NDArray[np.float64]

INTO = ("bought", "given", "fed_in", "discharged", "missing")
"""What comes into a carrier's network: from outside, of plants, of buildings' own modules, out of stores; and what
nobody could give, which those who asked for it went without."""
OUT = ("drawn", "public", "taken", "pumps", "charged", "sold", "spilt")
"""What goes out: to buildings, public chargers, plants, pumps and compressors, into stores, outside, nowhere."""


@dataclass(eq=False)
class Book:
    """Energies of one carrier in each hour, arrays of shape (T,) in kWh by the words of `INTO` and `OUT`.

    Attributes
    ----------
    flows : dict of str to ndarray
        Only what there is.
    lost, stored : ndarray
        By the network's own pipes and cables, and into the water in them.
    """

    hours: int
    flows: dict[str, Array] = field(default_factory=dict)
    lost: Array = field(init=False)
    stored: Array = field(init=False)

    def __post_init__(self) -> None:
        self.lost, self.stored = np.zeros(self.hours), np.zeros(self.hours)

    def of(self, word: str) -> Array:
        """Energies by their word; zeros where there are none."""
        return self.flows.get(word, np.zeros(self.hours))

    def add(self, word: str, energy: Array) -> None:
        """Add energies to a word."""
        self.flows[word] = self.of(word) + energy


def check_books(books: Mapping[str, Book]) -> None:
    """Hold every carrier and hour to its balance, within a millionth of what comes in.

    Raises
    ------
    BalanceError
        With every carrier that does not add up.
    """
    broken: list[str] = []
    for name, book in books.items():
        flows = {word: np.asarray(array, dtype=np.float64)[None] for word, array in book.flows.items()}
        flows |= {"lost": book.lost[None], "stored": book.stored[None]}
        for word in (*INTO, *OUT):
            flows.setdefault(word, np.zeros((1, book.hours)))
        try:
            check_balance(flows, ["of the district"], carriers={name: Carrier(INTO, OUT, ("stored",), ("lost",))})
        except BalanceError as error:
            broken += [str(error)]
        broken += [
            f"{name}: {word} is negative in hour {int(np.argmin(array))}"
            for word, array in book.flows.items()
            if (array < -TOLERANCE * np.maximum(1.0, np.abs(array).max(initial=0.0))).any()
        ]
    if broken:
        raise BalanceError(broken)


def check_plants(flows: Mapping[str, Mapping[str, Array]], stores: Mapping[str, tuple[Array, ...]]) -> None:
    """Hold every plant and store to its own balance.

    Parameters
    ----------
    flows : mapping of str to mapping of str to ndarray
        Of each plant by carrier: given is positive, taken negative, `loss` beside them [kWh].
    stores : mapping of str to tuple
        Charge, discharge, level, loss (T,) and the level before, of each store [kWh].

    Raises
    ------
    BalanceError
        With every plant and store that does not add up.
    """
    broken = []
    for name, parts in flows.items():
        total = np.abs(sum(parts.values(), np.zeros(1)))
        passed = sum((np.abs(part) for part in parts.values()), np.zeros(1))
        if (total > TOLERANCE * np.maximum(passed, 1.0)).any():
            broken.append(f"plant {name}, hour {int(np.argmax(total))}: gives {total.max():.3g} kWh of nothing")
    for name, (charge, discharge, level, loss, start) in stores.items():
        rest = np.abs(charge - discharge - np.diff(level, prepend=start) - loss)
        if (rest > TOLERANCE * np.maximum(np.maximum(charge, discharge), 1.0)).any():
            broken.append(f"store {name}, hour {int(np.argmax(rest))}: off by {rest.max():.3g} kWh")
    if broken:
        raise BalanceError(broken)


def carriers_of(operation: Any, plans: Mapping[str, Any]) -> list[str]:
    """Carriers that a year has to do with, in the order of `BOUGHT`."""
    there = {*plans, *operation.bought_kwh}
    return [name for name in BOUGHT if name in there]
