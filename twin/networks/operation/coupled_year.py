"""The coupled year: buildings draw, networks lose, plants give, and the grid carries what all of them take."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from assets.operation import Operation, OperationProblem, operate
from twin._cache.memo import Memo, content_key
from twin.networks.layout.places import bus_of, node_of
from twin.networks.operation.balance_book import Book, check_books, check_plants
from twin.networks.operation.bookkeeping import books_of, money_of
from twin.networks.operation.building_loads import Loads, loads_of, total
from twin.networks.operation.fleet import INJECTION, Fleet, fleet_of
from twin.networks.operation.gas_network import GasNetworkYear, gas_network_year
from twin.networks.operation.heat_network import WaterYear, water_year_of
from twin.networks.operation.power_network import GridYear, grid_year
from twin.networks.operation.site_conditions import Temperatures, ground_c, network_temperatures, usual_temperatures
from twin.texts import Note

if TYPE_CHECKING:
    from twin.model.twin import Twin
    from twin.networks.layout.plan import NetworkPlan
    from twin.results.results import Results

Array = npt.NDArray[np.float64]
Report = Callable[[float, str], None]

ROUNDS = 4
"""Most times that networks and plants are gone through."""
SETTLED = 1e-3
"""Part of the highest load by which what plants give at a node may still change …"""
STILL_CHANGING = 0.01
"""… but in so many of the hours: units of equal cost change places for a kWh of loss."""


@dataclass(eq=False)
class Coupled:
    """A coupled year, before it is put into a dataset."""

    twin: Twin
    plans: Mapping[str, NetworkPlan]
    loads: Loads
    fleet: Fleet
    heat_temperatures: Temperatures
    cold_temperatures: Temperatures
    operation: Operation
    water: dict[str, WaterYear]
    grid: GridYear | None
    gas: GasNetworkYear | None
    least_c: dict[str, float] = field(default_factory=dict)
    books: dict[str, Book] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()

    @property
    def money(self) -> dict[str, float]:
        """What crosses the border costs, earns and emits in the year."""
        return money_of(self)


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
    heat, cold = (
        network_temperatures(plans[c].design if c in plans else {}, c, air, twin.country) for c in ("heat", "cold")
    )
    loads = loads_of(results, plans, heat, twin.time)
    net = total(loads.import_kw) - total(loads.export_kw) + total(loads.public_kw)
    fleet = fleet_of(twin, plans, heat, cold, net_load_kw=net, gas_kw=total(loads.gas_kw), memo=memo)
    year = _Year(twin, plans, loads, fleet, temperatures={"heat": heat, "cold": cold}, memo=memo, report=report)
    operation, water = year.settle()
    report(0.55, "gas network")
    gas = year.gas(operation)
    report(0.6, "power flow")
    grid = year.grid(operation, water)
    report(0.95, "holding the balance")
    found = Coupled(
        twin,
        plans,
        loads,
        fleet,
        heat,
        cold,
        operation,
        water,
        grid,
        gas,
        year.least,
        notes=(*fleet.notes, *year.notes),
    )
    found.books.update(books_of(found))
    check_books(found.books)
    check_plants(operation.flows_kwh, {
        name: (operation.charge_kwh[name], operation.discharge_kwh[name], operation.level_kwh[name],
               operation.store_loss_kwh[name], np.array([operation.start_kwh[name]]))
        for name in fleet.stores
    })  # fmt: skip
    return found


class _Year:
    """Networks and plants of one year, gone through until what plants give where no longer changes."""

    def __init__(
        self, twin: Twin, plans: Mapping[str, NetworkPlan], loads: Loads, fleet: Fleet, *,
        temperatures: Mapping[str, Temperatures], memo: Memo, report: Report,
    ) -> None:  # fmt: skip
        self.twin, self.plans, self.loads, self.fleet = twin, plans, loads, fleet
        self.temperatures, self.memo, self.report = temperatures, memo, report
        self.time = twin.time
        self.hours = self.time.n
        self.ground = ground_c(twin)
        self.balance = {c: self._balance_node(c) for c in ("heat", "cold") if c in plans}
        of_carrier = {"heat": loads.heat_kw, "cold": loads.cold_kw}
        self.drawn = {c: of_carrier[c] for c in self.balance}
        self.load_key = {c: content_key(load) for c, load in self.drawn.items()}
        self.least = {
            c: float(plans[c].design.get("least_supply_c", usual_temperatures(plans[c].design, c).least_c))
            for c in self.balance
        }
        self.notes = [Note("nothing_gives", values={"carrier": c}) for c in self.balance if not self._given(c)]

    def settle(self) -> tuple[Operation, dict[str, WaterYear]]:
        """Run water networks and plants in turns."""
        at_nodes: dict[str, dict[int, Array]] = {c: {} for c in self.balance}
        for turn in range(ROUNDS):
            share = 0.05 + 0.5 * turn / ROUNDS
            water = {}
            for carrier in self.balance:
                self.report(share, f"{carrier} network")
                water[carrier] = self._water(carrier, at_nodes[carrier])
            self.report(share + 0.1, "plants")
            operation = self._operate(water)
            wanted = {c: self._at_nodes(c, operation) for c in self.balance}
            if all(_near(at_nodes[c], wanted[c], water[c].network_kw) for c in self.balance):
                break
            at_nodes = wanted
        return operation, water

    def _water(self, carrier: str, at_nodes: Mapping[int, Array]) -> WaterYear:
        plan, temperatures = self.plans[carrier], self.temperatures[carrier]
        balance = self.balance[carrier]
        least = self.least[carrier]
        run = partial(
            water_year_of, plan, self.drawn[carrier], temperatures, self.ground,
            balance=balance, least_c=least, injected_kw=at_nodes,
        )  # fmt: skip
        if not plan.key:
            return run()
        key = content_key(plan.key, self.load_key[carrier], temperatures, self.ground, balance, least, at_nodes)
        return self.memo.get(f"{carrier} network", key, run)

    def _operate(self, water: Mapping[str, WaterYear]) -> Operation:
        loads, fleet = self.loads, self.fleet
        pumps = sum((year.pump_kw for year in water.values()), np.zeros(self.hours))
        demand = {c: year.network_kw for c, year in water.items()}
        net = total(loads.import_kw) - total(loads.export_kw) + total(loads.public_kw)
        demand |= {"electricity": net + pumps, "gas": total(loads.gas_kw)}
        demand |= {"oil": loads.oil_kw, "biomass": loads.wood_kw}
        problem = OperationProblem(self.time, demand, fleet.units, fleet.stores, fleet.outside)
        return self.memo.get("plants", content_key(problem), lambda: operate(problem))

    def _balance_node(self, carrier: str) -> int:
        """Row of the node that balances a network: where the outside feeds in, else the largest plant."""
        plan, table = self.plans[carrier], self.fleet.table
        mine = table[table["carrier"] == carrier]
        outside = mine[mine["family"] == "outside"]
        if len(outside):
            return node_of(plan, str(outside.index[0]), outside.iloc[0])
        plants = mine[mine["family"].isin(["source", "conversion"])].sort_values("size_kw", ascending=False)
        return node_of(plan, str(plants.index[0]), plants.iloc[0]) if len(plants) else int(plan.entry)

    def _given(self, carrier: str) -> bool:
        units = self.fleet.units.values()
        made = any(carrier in {unit.technology.main, *unit.technology.outputs} for unit in units)
        return made or carrier in self.fleet.outside

    def _at_nodes(self, carrier: str, operation: Operation) -> dict[int, Array]:
        """Sum what plants and stores give (negative: take) at each node, but for the one that balances."""
        plan, table = self.plans[carrier], self.fleet.table
        found: dict[int, Array] = {}
        given = np.zeros(self.hours)
        for name, flow in flows_at_network(operation, self.fleet, carrier).items():
            node = node_of(plan, name, table.loc[name])
            found[node] = found.get(node, np.zeros(self.hours)) + flow
            given += np.maximum(flow, 0.0)
        spilt = self.time.kw_of(operation.spilt_kwh.get(carrier, np.zeros(self.hours)))
        kept = 1.0 - np.divide(spilt, given, out=np.zeros(self.hours), where=given > 0.0)
        found.pop(self.balance[carrier], None)
        return {
            node: np.where(flow > 0.0, flow * np.clip(kept, 0.0, 1.0), flow)
            for node, flow in found.items()
            if flow.any()
        }

    def gas(self, operation: Operation) -> GasNetworkYear | None:
        """Run the gas network, if there is one."""
        plan = self.plans.get("gas")
        if plan is None:
            return None
        taken: dict[int, Array] = {}
        put_in = []
        for name, flow in flows_at_network(operation, self.fleet, "gas").items():
            row = node_of(plan, name, self.fleet.table.loc[name])
            if (flow < 0.0).any():
                taken[row] = taken.get(row, np.zeros(self.hours)) + np.maximum(-flow, 0.0)
            if (flow > 0.0).any():
                what = "hydrogen" if name == INJECTION else "sng" if name in self.fleet.units else "natural_gas_fi"
                put_in.append((name, row, what, np.maximum(flow, 0.0)))
        return gas_network_year(plan, self.loads.gas_kw, taken, put_in, ground_c=self.ground)

    def grid(self, operation: Operation, water: Mapping[str, WaterYear]) -> GridYear | None:
        """Run the grid, if there is one."""
        plan = self.plans.get("electricity")
        if plan is None:
            return None
        loads, others = self.loads, dict[int, Array]()

        def add(bus: int, taken: Array) -> None:
            if taken.any():
                others[bus] = others.get(bus, np.zeros(self.hours)) + taken

        for name, flow in flows_at_network(operation, self.fleet, "electricity").items():
            row = self.fleet.table.loc[name]
            add(bus_of(plan, name, row, float(np.abs(flow).max(initial=0.0))), -flow)
        for carrier, year in water.items():
            node = self.plans[carrier].nodes.iloc[self.balance[carrier]]
            add(bus_of(plan, "", node, float(year.pump_kw.max(initial=0.0))), year.pump_kw)
        for station, power in enumerate(loads.public_kw):
            add(self._charger_bus(plan, station), power.astype(np.float64))

        def run() -> GridYear:
            told = lambda part: self.report(0.6 + 0.35 * part, "power flow")  # noqa: E731  a name for one line
            return grid_year(plan, loads.import_kw, loads.export_kw, others, progress=told)

        if not plan.key:
            return run()
        return self.memo.get("power flow", content_key(plan.key, loads.import_kw, loads.export_kw, others), run)

    def _charger_bus(self, plan: NetworkPlan, station: int) -> int:
        if station < len(plan.chargers) and plan.chargers[station] >= 0:
            return int(plan.chargers[station])
        chargers = self.twin.chargers
        at = chargers.geometry.iloc[station].centroid if chargers is not None else None
        return int(plan.entry) if at is None else bus_of(plan, "", {"x_m": at.x, "y_m": at.y}, 0.0)


def flows_at_network(operation: Operation, fleet: Fleet, carrier: str) -> dict[str, Array]:
    """Find the power that every plant and store gives a network (takes, where negative), shape (T,) by its id [kW]."""
    kw_of = operation.time.kw_of
    found = {name: kw_of(flows[carrier]) for name, flows in operation.flows_kwh.items() if carrier in flows}
    for name, store in fleet.stores.items():
        charge, discharge = kw_of(operation.charge_kwh[name]), kw_of(operation.discharge_kwh[name])
        if store.carrier == carrier:
            found[name] = discharge - charge
        if carrier == "electricity":
            work = store.electricity_per_charge[0] * charge + store.electricity_per_discharge[0] * discharge
            found[name] = found.get(name, np.zeros(len(charge))) - work
    return found


def _near(before: Mapping[int, Array], now: Mapping[int, Array], load: Array) -> bool:
    if before.keys() != now.keys():
        return False
    most = max(float(np.abs(load).max(initial=0.0)), 1.0)
    return all(float((np.abs(before[node] - now[node]) > SETTLED * most).mean()) <= STILL_CHANGING for node in now)
