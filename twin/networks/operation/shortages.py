"""Who goes without: what each building lacks of what it asked networks for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from assets.hours_on_disk import hours_array, let_go, row_blocks
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
        By carrier, where anything is missing [kWh]. Of each step, the buildings' sum is what the book says is missing,
        but for what public chargers and the networks' own losses lack.
    """
    loads, found, time = parts.loads, dict[str, Any](), parts.loads.time
    for carrier, asked in (("heat", loads.heat_kw), ("cold", loads.cold_kw)):
        if carrier in parts.water:
            nobody = time.kw_of(parts.operation.missing_kwh.get(carrier, np.zeros(time.n)))
            found[carrier] = _shared(asked, _at_substations(parts.water[carrier], asked), nobody)
    others = {"electricity": total(loads.public_kw), "gas": np.zeros(time.n)}
    for carrier, drawn in (("electricity", loads.import_kw), ("gas", loads.gas_kw)):
        missed = loads.missed[carrier]
        nobody = time.kw_of(books[carrier].of("missing")) - total(missed.kw)
        found[carrier] = _shared(drawn, None, nobody, others=others[carrier])
        if len(missed.rows):
            found[carrier] = np.zeros(np.shape(drawn), np.float32) if found[carrier] is None else found[carrier]
            found[carrier][missed.rows] = missed.kw
    return {carrier: time.kwh_of(lacks) for carrier, lacks in found.items() if lacks is not None and lacks.any()}


def _at_substations(water: WaterYear, asked: Any) -> Any:
    """Find what does not arrive though the network is fed: where it does not reach, and where its supply is cold."""
    apart = np.array([(kw > 0.0).any() for kw in asked], dtype=bool)
    apart[water.drawing] = False
    short = np.array([kw.any() for kw in water.shortfall_kw], dtype=bool)
    let_go(asked, water.shortfall_kw)
    if not apart.any() and not short.any():
        return None
    local = hours_array(*np.shape(asked))
    local[apart] = asked[apart]
    for place in np.flatnonzero(short):
        local[water.drawing[place]] = water.shortfall_kw[place]
    let_go(local, water.shortfall_kw)
    return local


def _shared(asked: Any, local: Any, nobody_kw: Array, *, others: Array | float = 0.0) -> Any:
    """Share what nobody could give among those who draw, beside what they lack already; None where nothing lacks."""
    if not (nobody_kw > 0.0).any():
        return local
    shared = hours_array(*np.shape(asked))
    for row in row_blocks(*shared.shape):
        shared[row] = asked[row] if local is None else asked[row] - local[row]
        let_go(shared, asked, local)
    drawn = total(shared) + others
    part = np.clip(np.divide(nobody_kw, drawn, out=np.zeros(len(drawn)), where=drawn > 0.0), 0.0, 1.0)
    for row in row_blocks(*shared.shape):
        shared[row] *= part.astype(np.float32)
        if local is not None:
            shared[row] = local[row] + shared[row]
        let_go(shared, local)
    return shared
