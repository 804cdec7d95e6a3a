"""What crosses the district's border in a coupled year: its cost, its income and its fossil emissions, by carrier."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from assets.carriers import carriers
from assets.sources import fuel_kinds
from twin.networks.operation.balance_book import Book

if TYPE_CHECKING:
    from twin.model.twin import Twin
    from twin.networks.operation.fleet import Fleet

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Crossing:
    """A year of one carrier at the border.

    Attributes
    ----------
    cost_eur, income_eur : float
        Paid for what is bought, got for what is sold [EUR/a].
    co2_kg : float
        Fossil emissions of what is bought [kgCO2/a]; what is sold is not credited.
    """

    cost_eur: float
    income_eur: float
    co2_kg: float


def crossings_of(twin: Twin, fleet: Fleet, books: Mapping[str, Book], wood_kw: Array) -> dict[str, Crossing]:
    """Price what crosses the border.

    Parameters
    ----------
    twin : Twin
        Prices and emission factors.
    fleet : Fleet
        What plants pay and get.
    books : mapping of str to Book
    wood_kw : ndarray, shape (T,)
        Wood that buildings burn: they pay their own price for it, not that of plants' chips [kW].

    Returns
    -------
    dict of str to Crossing
        By carrier.
    """
    factors = emission_factors(twin, books)
    nothing = np.zeros(len(wood_kw))
    own = twin.prices.of_hours("biomass", twin.weather.table.index, twin.timezone)
    found = {}
    for carrier, book in books.items():
        bought, price = book.of("bought"), fleet.buy_eur_kwh.get(carrier, nothing)
        cost = float(bought @ price)
        if carrier == "biomass":
            cost += float(twin.time.kwh_of(wood_kw) @ (own - price))
        income = float(book.of("sold") @ fleet.sell_eur_kwh.get(carrier, nothing))
        found[carrier] = Crossing(cost, income, float(bought.sum()) * factors[carrier])
    return found


def emission_factors(twin: Twin, names: Iterable[str]) -> dict[str, float]:
    """Fossil emissions of carriers that are bought [kgCO2/kWh]: of waste, those of the part that is no biomass."""
    factors = twin.factors.kgco2_kwh
    found = {carrier: float(factors.get(carrier, 0.0)) for carrier in names}
    waste = fuel_kinds().loc[carriers()["waste"].fuel]
    return found | {"waste": float(waste["co2_kg_kwh"]) * (1.0 - float(waste["biogenic_share"]))}
