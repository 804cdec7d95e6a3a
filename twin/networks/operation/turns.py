"""Turns between water networks and plants, until what plants give where no longer changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from assets.hours_on_disk import let_go
from assets.operation import Operation, OperationProblem, operate
from twin._cache.memo import Memo, content_key
from twin.networks.operation.building_loads import Loads, total
from twin.networks.operation.flows_at_nodes import Flows, balancing_node, given_at_nodes
from twin.networks.operation.heat_network import WaterYear, water_year_of
from twin.texts.notes import Note, Value

if TYPE_CHECKING:
    from assets.time_grid import TimeGrid
    from twin.networks.layout.plan import NetworkPlan
    from twin.networks.layout.temperatures import Temperatures
    from twin.networks.operation.fleet import Fleet

Array = npt.NDArray[np.float64]
Report = Callable[[float, str], None]

TURNS = 4
"""Most times that networks and plants are gone through."""
SETTLED = 1e-3
"""Part of the highest load by which what plants give at a node may still change …"""
STILL_CHANGING = 0.01
"""… but in so many of the hours: units of equal cost change places for a kWh of loss."""


@dataclass(frozen=True, eq=False)
class WaterNetwork:
    """A heat or cold network with what it is run by, the same in every turn.

    Attributes
    ----------
    plan : NetworkPlan
    drawn_kw : ndarray, shape (buildings, T)
    temperatures : Temperatures
    ground_c : ndarray, shape (T,)
    time : TimeGrid
    balancing : int
        Row of the node that gives what the others don't.
    least_c : float
        Coldest supply (of cold: warmest) that a consumer must get.
    key : str
        Digest of all that; empty where its plan has none, so that nothing of it is remembered.
    """

    plan: NetworkPlan
    drawn_kw: npt.NDArray[np.floating]
    temperatures: Temperatures
    ground_c: Array
    time: TimeGrid
    balancing: int
    least_c: float
    key: str

    @classmethod
    def of(
        cls, plan: NetworkPlan, drawn_kw: npt.NDArray[np.floating], temperatures: Temperatures, ground_c: Array, *,
        time: TimeGrid, fleet: Fleet, least_c: float,
    ) -> WaterNetwork:  # fmt: skip
        """Make a network ready to be run."""
        node = balancing_node(plan, fleet.table)
        told = (plan.key, content_key(drawn_kw), temperatures, ground_c, time, node, least_c)
        let_go(drawn_kw)
        return cls(plan, drawn_kw, temperatures, ground_c, time, node, least_c, content_key(*told) if plan.key else "")

    def run(self, at_nodes: Flows, memo: Memo) -> WaterYear:
        """Run it through the year with what plants give (negative: take) at its nodes."""
        compute = partial(
            water_year_of, self.plan, self.drawn_kw, self.temperatures, self.ground_c, self.time,
            balance=self.balancing, least_c=self.least_c, injected_kw=at_nodes,
        )  # fmt: skip
        if not self.key:
            return compute()
        return memo.get(f"{self.plan.carrier} network", content_key(self.key, at_nodes), compute)


@dataclass(frozen=True, eq=False)
class Settled:
    """What the turns came to.

    Attributes
    ----------
    operation : Operation
    water : dict of str to WaterYear
    notes : tuple of Note
        What had not settled when the turns ran out, by how much.
    """

    operation: Operation
    water: dict[str, WaterYear]
    notes: tuple[Note, ...]


def settle(
    networks: Mapping[str, WaterNetwork], loads: Loads, fleet: Fleet, *, memo: Memo, report: Report, turns: int = TURNS
) -> Settled:
    """Run water networks and plants in turns: networks lose and lag by where plants give, plants by what networks need.

    Parameters
    ----------
    networks : mapping of str to WaterNetwork
        By carrier.
    loads : Loads
    fleet : Fleet
    memo : Memo
    report : callable
        Takes the part done and a few words.
    turns : int
        The most.

    Returns
    -------
    Settled
    """
    hours = len(loads.oil_kw)
    at_nodes: dict[str, Flows] = {carrier: {} for carrier in networks}
    for turn in range(turns):
        share = 0.05 + 0.5 * turn / turns
        water = {}
        for carrier, network in networks.items():
            report(share, f"{carrier} network")
            water[carrier] = network.run(at_nodes[carrier], memo)
        report(share + 0.1, "plants")
        operation = _operate(loads, fleet, water, memo)
        wanted = {c: given_at_nodes(n.plan, fleet, operation, n.balancing, hours) for c, n in networks.items()}
        if all(_near(at_nodes[c], wanted[c], water[c].network_kw) for c in networks):
            notes = []
            break
        notes = [
            note
            for carrier, network in networks.items()
            if (note := _residual(network, at_nodes[carrier], wanted[carrier], water[carrier].network_kw, turns))
        ]
        at_nodes = wanted
    if operation.unsettled_kw:
        notes.append(Note("plants_unsettled", values={"rounds": operation.rounds, "kw": operation.unsettled_kw}))
    return Settled(operation, water, tuple(notes))


def _operate(loads: Loads, fleet: Fleet, water: Mapping[str, WaterYear], memo: Memo) -> Operation:
    pumps = sum((year.pump_kw for year in water.values()), np.zeros(len(loads.oil_kw)))
    demand = {carrier: year.network_kw for carrier, year in water.items()}
    net = total(loads.import_kw) - total(loads.export_kw) + total(loads.public_kw)
    demand |= {"electricity": net + pumps, "gas": total(loads.gas_kw)}
    demand |= {"oil": loads.oil_kw, "biomass": loads.wood_kw}
    problem = OperationProblem(loads.time, demand, fleet.units, fleet.stores, fleet.outside)
    return memo.get("plants", content_key(problem), lambda: operate(problem))


def _near(before: Flows, now: Flows, load_kw: Array) -> bool:
    return before.keys() == now.keys() and all(
        float((np.abs(before[node] - now[node]) > _allowed_kw(load_kw)).mean()) <= STILL_CHANGING for node in now
    )


def _residual(network: WaterNetwork, before: Flows, now: Flows, load_kw: Array, turns: int) -> Note | None:
    """Tell by how much what is given still changes, at the node where it changes most; None where that is little."""
    nothing, allowed = np.zeros(len(load_kw)), _allowed_kw(load_kw)
    change = {node: np.abs(before.get(node, nothing) - now.get(node, nothing)) for node in {**before, **now}}
    if all(float((each > allowed).mean()) <= STILL_CHANGING for each in change.values()):
        return None
    node = max(change, key=lambda one: float(change[one].max(initial=0.0)))
    values: dict[str, Value] = {
        "carrier": network.plan.carrier,
        "turns": turns,
        "kw": float(change[node].max(initial=0.0)),
        "most": allowed,
        "hours": int((change[node] > allowed).sum()),
    }
    return Note("unsettled", (str(network.plan.nodes.index[node]),), values)


def _allowed_kw(load_kw: Array) -> float:
    return SETTLED * max(float(np.abs(load_kw).max(initial=0.0)), 1.0)
