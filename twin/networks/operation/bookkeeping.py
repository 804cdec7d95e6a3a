"""The books of a coupled year, carrier by carrier, and what crosses the border costs and emits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from assets._errors import BalanceError
from assets.balance import TOLERANCE
from assets.sources import fuel_kinds
from twin.networks.operation.balance_book import Book, carriers_of
from twin.networks.operation.building_loads import total

if TYPE_CHECKING:
    from assets.time_grid import TimeGrid
    from twin.networks.operation.coupled_year import Coupled
    from twin.networks.operation.fleet import Fleet
    from twin.networks.operation.power_network import GridYear

Array = npt.NDArray[np.float64]
_ROUNDING = 1e-7


def books_of(year: Coupled) -> dict[str, Book]:
    """Write the book of every carrier."""
    operation, hours = year.operation, len(year.loads.oil_kw)
    books = {}
    for carrier in carriers_of(operation, year.plans):
        book = Book(hours)
        for word, part in (("bought", operation.bought_kwh), ("sold", operation.sold_kwh),
                           ("missing", operation.missing_kwh), ("spilt", operation.spilt_kwh)):  # fmt: skip
            book.add(word, part.get(carrier, np.zeros(hours)))
        for flows in operation.flows_kwh.values():
            if carrier in flows:
                book.add("given", np.maximum(flows[carrier], 0.0))
                book.add("taken", np.maximum(-flows[carrier], 0.0))
        for name, store in year.fleet.stores.items():
            if store.carrier == carrier:
                book.add("charged", operation.charge_kwh[name])
                book.add("discharged", operation.discharge_kwh[name])
        books[carrier] = book
    _draw(books, year)
    return books


def _draw(books: dict[str, Book], year: Coupled) -> None:
    loads, operation, kwh_of = year.loads, year.operation, year.twin.time.kwh_of
    drawn = {"heat": loads.heat_kw, "cold": loads.cold_kw}
    for carrier, water in year.water.items():
        book = books[carrier]
        # Buildings that are not connected draw nothing: they are told as missing, all of it.
        asked = total(drawn[carrier])
        lacking = kwh_of(asked - (water.network_kw - water.loss_kw - water.stored_kw))
        book.add("drawn", kwh_of(asked))
        passed = np.maximum(kwh_of(asked) + book.of("taken") + book.of("charged"), 1.0)
        book.add("missing", np.where(np.abs(lacking) < _ROUNDING * passed, 0.0, lacking))
        book.lost, book.stored = kwh_of(water.loss_kw), kwh_of(water.stored_kw)
    book = books["electricity"]
    book.add("drawn", kwh_of(total(loads.import_kw)))
    book.add("fed_in", kwh_of(total(loads.export_kw)))
    book.add("public", kwh_of(total(loads.public_kw)))
    pumps = kwh_of(sum((water.pump_kw for water in year.water.values()), np.zeros(book.hours)))
    work = np.zeros(book.hours)
    for name, store in year.fleet.stores.items():
        work += store.electricity_per_charge[0] * operation.charge_kwh[name]
        work += store.electricity_per_discharge[0] * operation.discharge_kwh[name]
    book.add("pumps", pumps + work)
    if year.grid is not None:
        _lose(book, year.grid, year.fleet, year.twin.time)
    for carrier, missed in loads.missed_kw.items():
        books[carrier].add("drawn", kwh_of(missed))
        books[carrier].add("missing", kwh_of(missed))
    for carrier, unfed in loads.unfed_kw.items():
        books[carrier].add("fed_in", kwh_of(unfed))
        books[carrier].add("spilt", kwh_of(unfed))
    books["oil"].add("drawn", kwh_of(loads.oil_kw))
    books["biomass"].add("drawn", kwh_of(loads.wood_kw))
    gas = books["gas"]
    gas.add("drawn", kwh_of(total(loads.gas_kw)))
    if year.gas is not None:
        curtailed = kwh_of(sum(year.gas.curtailed_kw.values(), np.zeros(book.hours)))
        gas.add("spilt", curtailed)
        gas.add("bought", curtailed)


def _lose(book: Book, grid: GridYear, fleet: Fleet, time: TimeGrid) -> None:
    """Let the outside give what the grid loses, and hold the power flow against the book."""
    before = book.of("bought") + book.of("missing") - book.of("sold") - book.of("spilt")
    lost = time.kwh_of(grid.loss_kw)
    total = before + lost
    passed = book.of("bought") + book.of("given") + book.of("fed_in")
    off = np.where(grid.unsolved, 0.0, np.abs(total - time.kwh_of(grid.supply_kw)))
    if (off > TOLERANCE * np.maximum(passed, 1.0)).any():
        hour = int(np.argmax(off))
        raise BalanceError([f"electricity, hour {hour}: the power flow is off by {off[hour]:.3g} kWh"])
    border = fleet.outside.get("electricity")
    most = 0.0 if border is None else time.kwh_of(border.most_kw)
    book.flows["bought"] = np.clip(total, 0.0, most)
    book.flows["missing"] = np.maximum(total, 0.0) - book.flows["bought"]
    sells = border is not None and border.sell_eur_kwh is not None
    left = np.maximum(-total, 0.0)
    book.flows["sold"], book.flows["spilt"] = (left, 0.0 * left) if sells else (0.0 * left, left)
    book.lost = lost


def money_of(year: Coupled) -> dict[str, float]:
    """Cost of what is bought, income of what is sold [EUR/a] and fossil emissions [tCO2/a] at the district's border."""
    factors = year.twin.factors.kgco2_kwh
    names = {"heat": "district_heat", "cold": "district_cold", "biomass": "wood"}
    waste = fuel_kinds().loc["mixed_waste"]
    of = {carrier: factors.get(names.get(carrier, carrier), 0.0) for carrier in year.books}
    of["waste"] = float(waste["co2_kg_kwh"]) * (1.0 - float(waste["biogenic_share"]))
    fleet = year.fleet
    cost = sum(
        float(book.of("bought") @ fleet.buy_eur_kwh[c]) for c, book in year.books.items() if c in fleet.buy_eur_kwh
    )
    income = sum(
        float(book.of("sold") @ fleet.sell_eur_kwh[c]) for c, book in year.books.items() if c in fleet.sell_eur_kwh
    )
    co2 = sum(float(book.of("bought").sum()) * of[c] / 1000.0 for c, book in year.books.items())
    return {"bought_eur": cost, "sold_eur": income, "co2_t": co2}
