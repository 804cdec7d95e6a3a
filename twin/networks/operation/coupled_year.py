"""The coupled year: buildings draw, networks lose, plants give, and the grid carries what all of them take."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from assets.carriers import WATERBORNE
from twin._cache.memo import Memo, content_key
from twin.networks.layout.temperatures import Temperatures, network_temperatures, usual_temperatures
from twin.networks.operation.balance_book import Book, Parts, books_of, check_books, check_plants
from twin.networks.operation.border import Crossing, crossings_of
from twin.networks.operation.building_loads import Loads, loads_of, total
from twin.networks.operation.fleet import Fleet, fleet_of
from twin.networks.operation.flows_at_nodes import bus_loads, gas_flows
from twin.networks.operation.gas_network import GasNetworkYear, gas_network_year
from twin.networks.operation.heat_network import WaterYear
from twin.networks.operation.power_network import GridYear, grid_year
from twin.networks.operation.shortages import shortages_of
from twin.networks.operation.site_conditions import ground_c
from twin.networks.operation.turns import WaterNetwork, settle
from twin.texts import Note

if TYPE_CHECKING:
    from assets.operation import Operation
    from twin.model.twin import Twin
    from twin.networks.layout.plan import NetworkPlan
    from twin.results.results import Results

Report = Callable[[float, str], None]


@dataclass(eq=False)
class Coupled(Parts):
    """A coupled year, before it is put into a dataset: its parts, and what follows from them.

    Attributes
    ----------
    twin : Twin
    least_c : dict of str to float
        Supply that consumers of heat and cold must get [°C].
    notes : tuple of Note
    books : dict of str to Book
        By carrier.
    crossings : dict of str to Crossing
        What crosses the border costs, earns and emits in the year, by carrier.
    shortages : dict of str to ndarray
        As `shortages_of` gives them.
    """

    twin: Twin
    least_c: dict[str, float]
    notes: tuple[Note, ...]
    books: dict[str, Book] = field(init=False)
    crossings: dict[str, Crossing] = field(init=False)
    shortages: dict[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        """Write the books, hold every carrier, plant and store to its balance, and see who goes without."""
        self.books = books_of(self)
        check_books(self.books)
        operation = self.operation
        check_plants(operation.flows_kwh, {
            name: (operation.charge_kwh[name], operation.discharge_kwh[name], operation.level_kwh[name],
                   operation.store_loss_kwh[name], np.array([operation.start_kwh[name]]))
            for name in self.fleet.stores
        })  # fmt: skip
        self.crossings = crossings_of(self.twin, self.fleet, self.books, self.loads.wood_kw)
        self.shortages = shortages_of(self, self.books)


def coupled_year(
    twin: Twin, results: Results, plans: Mapping[str, NetworkPlan], *, memo: Memo, report: Report
) -> Coupled:
    """Run networks and plants through the year and hold every carrier to its balance.

    Parameters
    ----------
    twin : Twin
    results : Results
        Of `twin.run` under the same scenario.
    plans : mapping of str to NetworkPlan
    memo : Memo
    report : callable
        Takes the part done and a few words.

    Returns
    -------
    Coupled

    Raises
    ------
    ScenarioError
        A plant does not fit the district.
    BalanceError
        Energy would be lost or made from nothing; it never should.
    """
    air = twin.weather.table["air_temp_c"].to_numpy(dtype=np.float64)
    temperatures = {
        c: network_temperatures(plans[c].design if c in plans else {}, c, air, twin.country) for c in WATERBORNE
    }
    loads = loads_of(results, plans, temperatures["heat"], twin.time)
    net = total(loads.import_kw) - total(loads.export_kw) + total(loads.public_kw)
    fleet = fleet_of(
        twin, plans, temperatures["heat"], temperatures["cold"], net_load_kw=net, gas_kw=total(loads.gas_kw), memo=memo
    )
    networks = _water_networks(twin, plans, loads, fleet, temperatures)
    settled = settle(networks, loads, fleet, memo=memo, report=report)
    report(0.55, "gas network")
    gas = _gas(twin, plans, loads, fleet, settled.operation)
    report(0.6, "power flow")
    grid = _grid(twin, plans, loads, fleet, operation=settled.operation, water=settled.water, memo=memo, report=report)
    report(0.95, "holding the balance")
    alone = [Note("nothing_gives", values={"carrier": c}) for c in networks if not _given(c, fleet)]
    return Coupled(
        plans=plans,
        loads=loads,
        fleet=fleet,
        operation=settled.operation,
        water=settled.water,
        grid=grid,
        gas=gas,
        twin=twin,
        least_c={c: network.least_c for c, network in networks.items()},
        notes=(*fleet.notes, *alone, *settled.notes),
    )


def _water_networks(
    twin: Twin, plans: Mapping[str, NetworkPlan], loads: Loads, fleet: Fleet, temperatures: Mapping[str, Temperatures]
) -> dict[str, WaterNetwork]:
    drawn, ground = {"heat": loads.heat_kw, "cold": loads.cold_kw}, ground_c(twin)
    found = {}
    for carrier in WATERBORNE:
        if carrier in plans:
            design = plans[carrier].design
            least = float(design.get("least_supply_c", usual_temperatures(design, carrier).least_c))
            found[carrier] = WaterNetwork.of(
                plans[carrier],
                drawn[carrier],
                temperatures[carrier],
                ground,
                time=loads.time,
                fleet=fleet,
                least_c=least,
            )
    return found


def _given(carrier: str, fleet: Fleet) -> bool:
    """Whether anything gives a carrier: a plant, or the outside."""
    made = any(carrier in {unit.technology.main, *unit.technology.outputs} for unit in fleet.units.values())
    return made or carrier in fleet.outside


def _gas(
    twin: Twin, plans: Mapping[str, NetworkPlan], loads: Loads, fleet: Fleet, operation: Operation
) -> GasNetworkYear | None:
    """Run the gas network, if there is one."""
    plan = plans.get("gas")
    if plan is None:
        return None
    taken, put_in = gas_flows(plan, fleet, operation)
    return gas_network_year(plan, loads.gas_kw, taken, put_in, ground_c=ground_c(twin))


def _grid(
    twin: Twin, plans: Mapping[str, NetworkPlan], loads: Loads, fleet: Fleet, *, operation: Operation,
    water: Mapping[str, WaterYear], memo: Memo, report: Report,
) -> GridYear | None:  # fmt: skip
    """Run the grid, if there is one."""
    plan = plans.get("electricity")
    if plan is None:
        return None
    others = bus_loads(plans, fleet, operation, water, public_kw=loads.public_kw, chargers=twin.chargers)

    def run() -> GridYear:
        told = lambda part: report(0.6 + 0.35 * part, "power flow")  # noqa: E731  a name for one line
        return grid_year(plan, loads.import_kw, loads.export_kw, others, loads.time, progress=told)

    if not plan.key:
        return run()
    return memo.get("power flow", content_key(plan.key, loads.import_kw, loads.export_kw, others, loads.time), run)
