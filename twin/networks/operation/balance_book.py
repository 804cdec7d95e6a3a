"""The books of a coupled year: what came in, went out, was stored and lost of every carrier, and that it adds up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from assets._errors import BalanceError
from assets.balance import TOLERANCE, Carrier, check_balance
from assets.carriers import BOUGHT
from twin.networks.operation.building_loads import total

if TYPE_CHECKING:
    from assets.operation import Operation
    from assets.time_grid import TimeGrid
    from twin.networks.layout.plan import NetworkPlan
    from twin.networks.operation.building_loads import Loads
    from twin.networks.operation.fleet import Fleet
    from twin.networks.operation.gas_network import GasNetworkYear
    from twin.networks.operation.heat_network import WaterYear
    from twin.networks.operation.power_network import GridYear

Array = npt.NDArray[np.float64]

INTO = ("bought", "given", "fed_in", "discharged", "missing")
"""What comes into a carrier's network: from outside, of plants, of buildings' own modules, out of stores; and what
nobody could give, which those who asked for it went without."""
OUT = ("drawn", "public", "taken", "pumps", "charged", "sold", "spilt")
"""What goes out: to buildings, public chargers, plants, pumps and compressors, into stores, outside, nowhere."""


_ROUNDING = 1e-7


@dataclass(eq=False)
class Parts:
    """What a coupled year is made of.

    Attributes
    ----------
    plans : mapping of str to NetworkPlan
        By carrier.
    loads : Loads
        What buildings ask for and give.
    fleet : Fleet
        Plants, stores and what can be bought.
    operation : Operation
        What they did.
    water : dict of str to WaterYear
        Years of the heat and the cold network.
    grid : GridYear, optional
    gas : GasNetworkYear, optional
    """

    plans: Mapping[str, NetworkPlan]
    loads: Loads
    fleet: Fleet
    operation: Operation
    water: dict[str, WaterYear]
    grid: GridYear | None
    gas: GasNetworkYear | None


@dataclass(eq=False)
class Book:
    """Energies of one carrier in each step, arrays of shape (T,) in kWh by the words of `INTO` and `OUT`.

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


def books_of(parts: Parts) -> dict[str, Book]:
    """Write the book of every carrier.

    Raises
    ------
    BalanceError
        The power flow takes something else from outside than the book says.
    """
    operation, hours = parts.operation, len(parts.loads.oil_kw)
    books = {}
    there = {*parts.plans, *operation.bought_kwh}
    for carrier in (name for name in BOUGHT if name in there):
        book = Book(hours)
        for word, part in (("bought", operation.bought_kwh), ("sold", operation.sold_kwh),
                           ("missing", operation.missing_kwh), ("spilt", operation.spilt_kwh)):  # fmt: skip
            book.add(word, part.get(carrier, np.zeros(hours)))
        for flows in operation.flows_kwh.values():
            if carrier in flows:
                book.add("given", np.maximum(flows[carrier], 0.0))
                book.add("taken", np.maximum(-flows[carrier], 0.0))
        for name, store in parts.fleet.stores.items():
            if store.carrier == carrier:
                book.add("charged", operation.charge_kwh[name])
                book.add("discharged", operation.discharge_kwh[name])
        books[carrier] = book
    _draw(books, parts)
    return books


def _draw(books: dict[str, Book], parts: Parts) -> None:
    loads, operation, kwh_of = parts.loads, parts.operation, parts.loads.time.kwh_of
    drawn = {"heat": loads.heat_kw, "cold": loads.cold_kw}
    for carrier, water in parts.water.items():
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
    pumps = kwh_of(sum((water.pump_kw for water in parts.water.values()), np.zeros(book.hours)))
    work = np.zeros(book.hours)
    for name, store in parts.fleet.stores.items():
        work += store.electricity_per_charge[0] * operation.charge_kwh[name]
        work += store.electricity_per_discharge[0] * operation.discharge_kwh[name]
    book.add("pumps", pumps + work)
    if parts.grid is not None:
        _lose(book, parts.grid, parts.fleet, loads.time)
    for carrier, missed in loads.missed.items():
        books[carrier].add("drawn", kwh_of(total(missed.kw)))
        books[carrier].add("missing", kwh_of(total(missed.kw)))
    for carrier, unfed in loads.unfed.items():
        books[carrier].add("fed_in", kwh_of(total(unfed.kw)))
        books[carrier].add("spilt", kwh_of(total(unfed.kw)))
    books["oil"].add("drawn", kwh_of(loads.oil_kw))
    books["biomass"].add("drawn", kwh_of(loads.wood_kw))
    gas = books["gas"]
    gas.add("drawn", kwh_of(total(loads.gas_kw)))
    if parts.gas is not None:
        curtailed = kwh_of(sum(parts.gas.curtailed_kw.values(), np.zeros(book.hours)))
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
