"""Who goes without: what each building lacks of what it asked networks for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from twin.networks.operation.balance_book import Book, Parts
from twin.networks.operation.building_loads import total

if TYPE_CHECKING:
    from twin.networks.operation.heat_network import WaterYear

Array = npt.NDArray[np.float64]


def shortages_of(parts: Parts, books: Mapping[str, Book]) -> dict[str, Any]:
    """Bring back to each building what is missing.

    A building that an edit has cut off, or that no street reaches, lacks all it asks for; one whose supply is too cold
    lacks what its substation cannot take out of it. What plants and the outside cannot give, all who draw lack in
    proportion to what they draw in that hour; pipes that nobody keeps warm lack what is then left over.

    Parameters
    ----------
    parts : Parts
    books : mapping of str to Book

    Returns
    -------
    dict of str to ndarray of float32, shape (buildings, T)
        By carrier, where anything is missing [kWh]. Of each hour, the buildings' sum is what the book says is missing,
        but for what public chargers and the networks' own losses lack.
    """
    loads, found = parts.loads, dict[str, Any]()
    for carrier, asked in (("heat", loads.heat_kw), ("cold", loads.cold_kw)):
        if carrier in parts.water:
            nobody = parts.operation.missing_kwh.get(carrier, np.zeros(len(loads.oil_kw)))
            found[carrier] = _shared(asked, _at_substations(parts.water[carrier], asked), nobody)
    others = {"electricity": total(loads.public_kw), "gas": np.zeros(len(loads.oil_kw))}
    for carrier, drawn in (("electricity", loads.import_kw), ("gas", loads.gas_kw)):
        missed = loads.missed[carrier]
        nobody = books[carrier].of("missing") - total(missed.kw)
        found[carrier] = _shared(drawn, None, nobody, others=others[carrier])
        if len(missed.rows):
            found[carrier] = np.zeros(np.shape(drawn), np.float32) if found[carrier] is None else found[carrier]
            found[carrier][missed.rows] = missed.kw
    return {carrier: lacking for carrier, lacking in found.items() if lacking is not None and lacking.any()}


def _at_substations(water: WaterYear, asked: Any) -> Any:
    """Find what does not arrive though the network is fed: where it does not reach, and where its supply is cold."""
    apart = np.asarray((asked > 0.0).any(axis=1))
    apart[water.drawing] = False
    if not apart.any() and not np.any(water.shortfall_kw):
        return None
    local = np.zeros(np.shape(asked), dtype=np.float32)
    local[apart] = asked[apart]
    local[water.drawing] = water.shortfall_kw
    return local


def _shared(asked: Any, local: Any, nobody_kw: Array, *, others: Array | float = 0.0) -> Any:
    """Share what nobody could give among those who draw, beside what they lack already; None where nothing lacks."""
    if not (nobody_kw > 0.0).any():
        return local
    left = np.asarray(asked, dtype=np.float32) if local is None else np.asarray(asked) - local
    drawn = total(left) + others
    part = np.clip(np.divide(nobody_kw, drawn, out=np.zeros(len(drawn)), where=drawn > 0.0), 0.0, 1.0)
    shared = left * part.astype(np.float32)
    return shared if local is None else local + shared
