"""Where plants, stores, pumps and chargers give to networks and take from them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from twin.networks.layout.places import bus_of, node_of
from twin.networks.operation.fleet import INJECTION, Fleet

if TYPE_CHECKING:
    from assets.operation import Operation
    from twin.networks.layout.plan import NetworkPlan
    from twin.networks.operation.heat_network import WaterYear

Array = npt.NDArray[np.float64]
Flows = dict[int, Array]
"""Power in each step by the row of the node where it is given (negative: taken), shape (T,) [kW]."""
Injection = tuple[str, int, str, Array]
"""Who puts gas in, at the row of which node, a gas of gases.csv, and how much [kW]."""


def balancing_node(plan: NetworkPlan, table: pd.DataFrame) -> int:
    """Row of the node that balances a network: where the outside feeds in, else the largest plant.

    Parameters
    ----------
    plan : NetworkPlan
    table : pandas.DataFrame
        Of the fleet.
    """
    mine = table[table["carrier"] == plan.carrier]
    outside = mine[mine["family"] == "outside"]
    if len(outside):
        return node_of(plan, str(outside.index[0]), outside.iloc[0])
    plants = mine[mine["family"].isin(["source", "conversion"])].sort_values("size_kw", ascending=False)
    return node_of(plan, str(plants.index[0]), plants.iloc[0]) if len(plants) else int(plan.entry)


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


def given_at_nodes(plan: NetworkPlan, fleet: Fleet, operation: Operation, balancing: int, hours: int) -> Flows:
    """Sum what plants and stores give (negative: take) at each node of a network, but for the one that balances.

    Parameters
    ----------
    plan : NetworkPlan
    fleet : Fleet
    operation : Operation
    balancing : int
        Row of the node that gives what the others don't.
    hours : int
    """
    found: Flows = {}
    given = np.zeros(hours)
    for name, flow in flows_at_network(operation, fleet, plan.carrier).items():
        node = node_of(plan, name, fleet.table.loc[name])
        found[node] = found.get(node, np.zeros(hours)) + flow
        given += np.maximum(flow, 0.0)
    spilt = operation.time.kw_of(operation.spilt_kwh.get(plan.carrier, np.zeros(hours)))
    kept = np.clip(1.0 - np.divide(spilt, given, out=np.zeros(hours), where=given > 0.0), 0.0, 1.0)
    found.pop(balancing, None)
    return {node: np.where(flow > 0.0, flow * kept, flow) for node, flow in found.items() if flow.any()}


def gas_flows(plan: NetworkPlan, fleet: Fleet, operation: Operation) -> tuple[Flows, list[Injection]]:
    """Find what plants take of the gas network, by the row of the node, and what they put in.

    Parameters
    ----------
    plan : NetworkPlan
    fleet : Fleet
    operation : Operation
    """
    taken: Flows = {}
    put_in: list[Injection] = []
    for name, flow in flows_at_network(operation, fleet, "gas").items():
        row = node_of(plan, name, fleet.table.loc[name])
        if (flow < 0.0).any():
            taken[row] = taken.get(row, np.zeros(len(flow))) + np.maximum(-flow, 0.0)
        if (flow > 0.0).any():
            what = "hydrogen" if name == INJECTION else "sng" if name in fleet.units else "natural_gas_fi"
            put_in.append((name, row, what, np.maximum(flow, 0.0)))
    return taken, put_in


def bus_loads(
    plans: Mapping[str, NetworkPlan],
    fleet: Fleet,
    operation: Operation,
    water: Mapping[str, WaterYear],
    *,
    public_kw: npt.NDArray[np.floating],
    chargers: gpd.GeoDataFrame | None,
) -> Flows:
    """Sum what plants, stores, pumps and public chargers take of the grid (negative: give) at each bus.

    Parameters
    ----------
    plans : mapping of str to NetworkPlan
        With one of electricity.
    fleet : Fleet
    operation : Operation
    water : mapping of str to WaterYear
        Whose pumps stand where each network is balanced.
    public_kw : ndarray, shape (stations, T)
    chargers : GeoDataFrame, optional
        The district's public charging stations.
    """
    plan, found = plans["electricity"], dict[int, Array]()

    def add(bus: int, taken: Array) -> None:
        if taken.any():
            found[bus] = found.get(bus, np.zeros(len(taken))) + taken

    for name, flow in flows_at_network(operation, fleet, "electricity").items():
        row = fleet.table.loc[name]
        add(bus_of(plan, name, row, float(np.abs(flow).max(initial=0.0))), -flow)
    for carrier, year in water.items():
        node = plans[carrier].nodes.iloc[balancing_node(plans[carrier], fleet.table)]
        add(bus_of(plan, "", node, float(year.pump_kw.max(initial=0.0))), year.pump_kw)
    for station, power in enumerate(public_kw):
        add(_charger_bus(plan, station, chargers), power.astype(np.float64))
    return found


def _charger_bus(plan: NetworkPlan, station: int, chargers: gpd.GeoDataFrame | None) -> int:
    if station < len(plan.chargers) and plan.chargers[station] >= 0:
        return int(plan.chargers[station])
    at = chargers.geometry.iloc[station].centroid if chargers is not None else None
    return int(plan.entry) if at is None else bus_of(plan, "", {"x_m": at.x, "y_m": at.y}, 0.0)
