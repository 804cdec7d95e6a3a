"""A coupled year as one labelled dataset: what every node, edge, plant and store did, with units and provenance."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from twin.networks.layout.places import bus_of, node_of
from twin.networks.operation.balance_book import INTO, OUT
from twin.networks.operation.building_loads import total
from twin.texts import dump_notes

if TYPE_CHECKING:
    from twin.networks.layout.plan import NetworkPlan
    from twin.networks.operation.coupled_year import Coupled
    from twin.results.results import Results

FORMAT = "city-energy-twin networks 2"
_M = "modelled"
WATER: Mapping[str, tuple[str, str, str, str]] = {
    "supply_temp_c": ("node", "supply_temp_c", "°C", "Supply temperature"),
    "return_temp_c": ("node", "return_temp_c", "°C", "Return temperature"),
    "pressure_kpa": ("node", "pressure_kpa", "kPa", "Pressure between supply and return"),
    "flow_kg_s": ("edge", "flow_kg_s", "kg/s", "Flow, positive away from the entry"),
    "edge_loss_kw": ("edge", "edge_loss_kw", "kW", "Lost to the ground by the pipe pair"),
}
"""Variables of heat and cold networks: dimension, field of `WaterYear`, unit, title."""
BOOK_TITLES: Mapping[str, str] = {
    "bought": "From outside",
    "given": "Given by plants",
    "fed_in": "Fed in by buildings",
    "discharged": "Out of stores",
    "missing": "Missing: nobody could give it",
    "drawn": "Drawn by buildings",
    "public": "Drawn by public chargers",
    "taken": "Taken by plants",
    "pumps": "Pumps and compressors",
    "charged": "Into stores",
    "sold": "Sold outside",
    "spilt": "Spilt: nobody could use it",
}


def dataset_of(year: Coupled, results: Results) -> xr.Dataset:
    """Put a coupled year into a dataset.

    Parameters
    ----------
    year : Coupled
    results : Results
        Of the buildings: time, provenance.

    Returns
    -------
    xarray.Dataset
        Dimensions as in `twin.networks.NetworkResults`.
    """
    base = results.dataset
    coords: dict[str, Any] = {
        "time": base["time"].variable,
        "building": ("building", base["building"].to_numpy(), {"long_name": "Building id"}),
    }
    variables: dict[str, Any] = {}
    _books(year, coords, variables)
    _plants(year, coords, variables)
    _stores(year, coords, variables)
    for carrier in year.water:
        _water(year, carrier, coords, variables)
    _grid(year, coords, variables)
    _gas(year, coords, variables)
    _buildings(year, variables)
    return xr.Dataset(variables, coords=coords, attrs=_attrs_of(year, results))


def _attrs(unit: str, title: str, kind: str = _M) -> dict[str, str]:
    return {"units": unit, "long_name": title, "kind": kind}


def _single(values: Any) -> Any:
    found = np.asarray(values, dtype=np.float32)
    found.setflags(write=False)
    return found


def _books(year: Coupled, coords: dict[str, Any], variables: dict[str, Any]) -> None:
    names = list(year.books)
    coords["carrier"] = ("carrier", np.array(names, dtype=object), {"long_name": "Carrier"})
    for word in (*INTO, *OUT):
        rows = np.stack([year.books[name].of(word) for name in names])
        variables[f"{word}_kwh"] = (("carrier", "time"), rows, _attrs("kWh", BOOK_TITLES[word]))
    lost = np.stack([year.books[name].lost for name in names])
    stored = np.stack([year.books[name].stored for name in names])
    variables["network_loss_kwh"] = (("carrier", "time"), lost, _attrs("kWh", "Lost by the network"))
    variables["network_stored_kwh"] = (("carrier", "time"), stored, _attrs("kWh", "Into the network's own water"))
    booster = None if year.loads.booster_kw is None else year.loads.time.kwh_of(year.loads.booster_kw)
    variables["booster_kwh"] = (
        "time",
        _single(np.zeros(lost.shape[1]) if booster is None else total(booster)),
        _attrs("kWh", "Electricity of heat pumps that draw on an ambient loop"),
    )
    crossings = [year.crossings[name] for name in names]
    for field, unit, title in (
        ("cost_eur", "EUR/a", "Paid for what is bought at the district's border"),
        ("income_eur", "EUR/a", "Got for what is sold at the district's border"),
        ("co2_kg", "kgCO2/a", "Fossil emissions of what is bought at the district's border"),
    ):
        values = np.array([getattr(crossing, field) for crossing in crossings], dtype=np.float64)
        variables[f"border_{field}"] = ("carrier", values, _attrs(unit, title, "assumed"))


def _plants(year: Coupled, coords: dict[str, Any], variables: dict[str, Any]) -> None:
    names = list(year.fleet.units)
    table = year.fleet.table.loc[names]
    coords["plant"] = ("plant", np.array(names, dtype=object), {"long_name": "Plant id"})
    if not names:
        return
    operation = year.operation
    main = np.stack([operation.main_kwh[name] for name in names])
    variables["plant_main_kwh"] = (("plant", "time"), main, _attrs("kWh", "Given of the main carrier"))
    there = dict.fromkeys(c for name in names for c in operation.flows_kwh[name])
    nothing = np.zeros(main.shape[1])
    for carrier in there:
        rows = np.stack([operation.flows_kwh[name].get(carrier, nothing) for name in names])
        title = "Lost" if carrier == "loss" else f"{carrier}: + given, - taken"
        variables[f"plant_{carrier}_kwh"] = (("plant", "time"), rows, _attrs("kWh", title))
    _told(table, "plant", variables)
    _hung(year, table, "plant", variables)


def _stores(year: Coupled, coords: dict[str, Any], variables: dict[str, Any]) -> None:
    names = list(year.fleet.stores)
    table = year.fleet.table.loc[names]
    coords["store"] = ("store", np.array(names, dtype=object), {"long_name": "Store id"})
    if not names:
        return
    operation = year.operation
    parts = {
        "charge": (operation.charge_kwh, "Charged"),
        "discharge": (operation.discharge_kwh, "Discharged"),
        "level": (operation.level_kwh, "Held at the end of the hour"),
        "loss": (operation.store_loss_kwh, "Lost"),
    }
    for word, (part, title) in parts.items():
        rows = np.stack([part[name] for name in names])
        variables[f"store_{word}_kwh"] = (("store", "time"), rows, _attrs("kWh", title))
    start = np.array([operation.start_kwh[name] for name in names])
    variables["store_start_kwh"] = ("store", start, _attrs("kWh", "Held at the start", "assumed"))
    variables["store_capacity_kwh"] = ("store", table["capacity_kwh"].to_numpy(), _attrs("kWh", "Capacity", "input"))
    _told(table, "store", variables)
    _hung(year, table, "store", variables)


def _told(table: Any, dim: str, variables: dict[str, Any]) -> None:
    for column, title in (("kind", "Kind"), ("carrier", "Carrier"), ("title", "Title"), ("origin", "Origin")):
        variables[f"{dim}_{column}"] = (dim, table[column].to_numpy(dtype=object), _attrs("", title, "input"))
    variables[f"{dim}_size_kw"] = (dim, table["size_kw"].to_numpy(dtype=np.float64), _attrs("kW", "Size", "input"))


def _hung(year: Coupled, table: Any, dim: str, variables: dict[str, Any]) -> None:
    """Row of the node that each plant or store hangs on, by network."""
    for carrier, plan in year.plans.items():
        if carrier == "electricity":
            rows = [bus_of(plan, str(name), row, float(row["size_kw"])) for name, row in table.iterrows()]
        else:
            rows = [node_of(plan, str(name), row) for name, row in table.iterrows()]
        title = f"Row of its node of {carrier}"
        variables[f"{dim}_{carrier}_node"] = (dim, np.array(rows, dtype=np.int32), _attrs("", title, "assumed"))


def _network(plan: NetworkPlan, dims: tuple[str, str], coords: dict[str, Any], variables: dict[str, Any]) -> None:
    node, edge = dims
    coords[node] = (node, plan.nodes.index.to_numpy(dtype=object), {"long_name": f"Node of {plan.carrier}"})
    coords[edge] = (edge, plan.edges.index.to_numpy(dtype=object), {"long_name": f"Edge of {plan.carrier}"})
    for side in ("start", "end"):
        rows = plan.edges[side].to_numpy(dtype=np.int32)
        variables[f"{edge}_{side}"] = (edge, rows, _attrs("", f"Row of the node at its {side}", "assumed"))
    origin = plan.edges["origin"].to_numpy(dtype=object)
    variables[f"{edge}_origin"] = (edge, origin, _attrs("", "Mapped, laid, imported, edited or assumed", "input"))
    at = plan.consumers.astype(np.int32)
    variables[f"{plan.carrier}_node_of_building"] = (
        "building",
        at,
        _attrs("", "Row of its node; -1 without", "assumed"),
    )
    entry = np.int32(plan.entry)
    variables[f"{plan.carrier}_entry"] = ((), entry, _attrs("", "Row of the node where the outside begins", "assumed"))


def _water(year: Coupled, carrier: str, coords: dict[str, Any], variables: dict[str, Any]) -> None:
    found, dims = year.water[carrier], {"node": f"{carrier}_node", "edge": f"{carrier}_edge"}
    _network(year.plans[carrier], (dims["node"], dims["edge"]), coords, variables)
    for name, (dim, field, unit, title) in WATER.items():
        values = _single(getattr(found, field))
        variables[f"{carrier}_{name}"] = ((dims[dim], "time"), values, _attrs(unit, title))
    edge = dims["edge"]
    variables[f"{carrier}_capacity_kg_s"] = (edge, found.capacity_kg_s, _attrs("kg/s", "Flow it is held to", "assumed"))
    variables[f"{carrier}_gradient_pa_m"] = (edge, found.gradient_pa_m, _attrs("Pa/m", "Highest friction of the year"))
    variables[f"{carrier}_velocity_m_s"] = (edge, found.velocity_m_s, _attrs("m/s", "Highest velocity of the year"))
    for name, values, title in (
        ("loss_kw", found.loss_kw, "Lost by the network"),
        ("pump_kw", found.pump_kw, "Electricity of the pumps"),
    ):
        variables[f"{carrier}_{name}"] = ("time", _single(values), _attrs("kW", title))
    limit = year.least_c[carrier]
    variables[f"{carrier}_least_supply_c"] = ((), limit, _attrs("°C", "Supply that consumers must get", "assumed"))


def _grid(year: Coupled, coords: dict[str, Any], variables: dict[str, Any]) -> None:
    grid = year.grid
    if grid is None:
        return
    plan = year.plans["electricity"]
    _network(plan, ("bus", "branch"), coords, variables)
    both = (("bus", "time"), ("branch", "time"))
    variables["voltage_pu"] = (both[0], _single(grid.voltage_pu), _attrs("1", "Voltage by the rated one"))
    variables["branch_loading"] = (both[1], _single(grid.loading), _attrs("1", "Loading by what it may carry"))
    variables["bus_load_kw"] = (both[0], _single(grid.load_kw), _attrs("kW", "Drawn at the bus, negative: given"))
    variables["bus_load_kvar"] = (both[0], _single(grid.load_kvar), _attrs("kvar", "Reactive power drawn", "assumed"))
    variables["power_loss_kw"] = ("time", _single(grid.loss_kw), _attrs("kW", "Lost by cables and transformers"))
    variables["branch_loss_kwh"] = ("branch", grid.branch_loss_kwh, _attrs("kWh", "Lost over the year"))
    net = plan.net
    iron = np.append(np.zeros(len(net.line)), net.trafo["pfe_kw"].to_numpy(dtype=np.float64))
    variables["branch_iron_kw"] = ("branch", iron, _attrs("kW", "Lost whatever it carries", "input"))
    variables["unsolved"] = ("time", grid.unsolved.astype(np.int8), _attrs("", "1 in hours that no voltages solve"))


def _gas(year: Coupled, coords: dict[str, Any], variables: dict[str, Any]) -> None:
    gas = year.gas
    if gas is None:
        return
    _network(year.plans["gas"], ("gas_node", "gas_edge"), coords, variables)
    node, edge = ("gas_node", "time"), ("gas_edge", "time")
    variables["gas_pressure_bar"] = (node, _single(gas.pressure_bar), _attrs("bar", "Pressure above ambient"))
    variables["hydrogen_share"] = (node, _single(gas.hydrogen_share), _attrs("1", "Hydrogen by volume"))
    variables["wobbe_kwh_m3"] = (node, _single(gas.wobbe_kwh_m3), _attrs("kWh/m³", "Wobbe index"))
    variables["gas_flow_m3_h"] = (edge, _single(gas.flow_m3_h), _attrs("m³/h", "Flow of normal cubic metres"))
    variables["gas_velocity_m_s"] = (edge, _single(gas.velocity_m_s), _attrs("m/s", "Velocity"))
    limits = gas.limits
    for name, value, unit, title in (
        ("gas_least_bar", limits.pressure_min_bar, "bar", "Least pressure"),
        ("gas_most_m_s", limits.velocity_max_m_s, "m/s", "Highest velocity"),
        ("hydrogen_most", limits.hydrogen_share_max, "1", "Most hydrogen by volume"),
    ):
        variables[name] = ((), value, _attrs(unit, title, "assumed"))


def _buildings(year: Coupled, variables: dict[str, Any]) -> None:
    """Keep what each building draws of each network, for the causes of what is overloaded."""
    loads = year.loads
    drawn = {"heat": loads.heat_kw, "cold": loads.cold_kw, "gas": loads.gas_kw}
    for carrier, values in drawn.items():
        if carrier in year.plans:
            title = f"Drawn from the network of {carrier}"
            variables[f"building_{carrier}_kw"] = (("building", "time"), _single(values), _attrs("kW", title))
    if "electricity" in year.plans:
        net = np.asarray(loads.import_kw) - np.asarray(loads.export_kw)
        variables["building_electricity_kw"] = (
            ("building", "time"),
            _single(net),
            _attrs("kW", "Drawn, negative: given"),
        )
    _account_of_buildings(year, variables)


def _account_of_buildings(year: Coupled, variables: dict[str, Any]) -> None:
    """Keep what changes on each building's bill: what it lacks, what nobody took of it, its heat pump on a loop."""
    both = ("building", "time")
    for carrier, lacking in year.shortages.items():
        title = f"Asked for and not got: {carrier}"
        variables[f"building_missing_{carrier}_kwh"] = (both, _single(lacking), _attrs("kWh", title))
    unfed = year.loads.unfed["electricity"]
    if len(unfed.rows):
        values = np.zeros(np.shape(year.loads.export_kw), dtype=np.float32)
        values[unfed.rows] = unfed.kw
        title = "Electricity that it would have fed in, were it not cut off"
        variables["building_unfed_kwh"] = (both, _single(values), _attrs("kWh", title))
    if year.loads.booster_kw is not None:
        title = "Electricity of its heat pump on the ambient loop"
        energy = year.loads.time.kwh_of(year.loads.booster_kw)
        variables["building_booster_kwh"] = (both, _single(energy), _attrs("kWh", title))


def _attrs_of(year: Coupled, results: Results) -> dict[str, Any]:
    attrs = dict(results.dataset.attrs)
    notes = [*results.notes, *(note for plan in year.plans.values() for note in plan.notes), *year.notes]
    attrs["format"] = FORMAT
    attrs["notes"] = dump_notes(notes)
    attrs["networks"] = ", ".join(year.plans)
    attrs["network_designs"] = json.dumps(
        {carrier: _plain(plan.design) for carrier, plan in year.plans.items()}, sort_keys=True, default=str
    )
    crossings = year.crossings.values()
    return attrs | {
        "bought_eur": sum(crossing.cost_eur for crossing in crossings),
        "sold_eur": sum(crossing.income_eur for crossing in crossings),
        "co2_t": sum(crossing.co2_kg for crossing in crossings) / 1000.0,
    }


def _plain(design: Mapping[str, Any]) -> dict[str, Any]:
    return {str(key): value.item() if isinstance(value, np.generic) else value for key, value in design.items()}
