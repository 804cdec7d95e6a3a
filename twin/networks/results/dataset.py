"""A coupled year as one labelled dataset: what every node, edge, plant and store did, with units and provenance."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from assets.hours_on_disk import hours_array, let_go, row_blocks
from twin.networks.layout.places import bus_of, node_of
from twin.networks.operation.balance_book import INTO, OUT
from twin.networks.operation.building_loads import total
from twin.results.schema import ID, as_declared, variable_of
from twin.texts import dump_notes

if TYPE_CHECKING:
    from twin.networks.layout.plan import NetworkPlan
    from twin.networks.operation.coupled_year import Coupled
    from twin.results.results import Results

FORMAT = "city-energy-twin networks 2"
_WATER = ("supply_temp_c", "return_temp_c", "pressure_kpa", "flow_kg_s", "edge_loss_kw", "loss_kw", "pump_kw")
"""Fields of `WaterYear` that become variables of heat and cold networks in single precision."""


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
    arrays: dict[str, Any] = {"building": base["building"].to_numpy()}
    arrays |= _books(year) | _plants(year) | _stores(year)
    for carrier in year.water:
        arrays |= _water(year, carrier)
    arrays |= _grid(year) | _gas(year) | _buildings(year)
    declared = as_declared(arrays)
    coords = {name: told for name, told in declared.items() if variable_of(name).kind == ID}
    variables = {name: told for name, told in declared.items() if name not in coords}
    return xr.Dataset(variables, coords={"time": base["time"].variable, **coords}, attrs=_attrs_of(year, results))


def _single(values: Any) -> Any:
    found = np.asarray(values, dtype=np.float32)
    found.setflags(write=False)
    return found


def _books(year: Coupled) -> dict[str, Any]:
    books = year.books
    words = {f"{word}_kwh": np.stack([book.of(word) for book in books.values()]) for word in (*INTO, *OUT)}
    border = {
        f"border_{field}": np.array([getattr(year.crossings[name], field) for name in books], dtype=np.float64)
        for field in ("cost_eur", "income_eur", "co2_kg")
    }
    booster = None if year.loads.booster_kw is None else year.loads.time.kwh_of(year.loads.booster_kw)
    return (
        words
        | border
        | {
            "carrier": np.array(list(books), dtype=object),
            "network_loss_kwh": np.stack([book.lost for book in books.values()]),
            "network_stored_kwh": np.stack([book.stored for book in books.values()]),
            "booster_kwh": _single(np.zeros(year.loads.time.n) if booster is None else total(booster)),
        }
    )


def _plants(year: Coupled) -> dict[str, Any]:
    names = list(year.fleet.units)
    ids = {"plant": np.array(names, dtype=object)}
    if not names:
        return ids
    operation = year.operation
    main = np.stack([operation.main_kwh[name] for name in names])
    there = dict.fromkeys(c for name in names for c in operation.flows_kwh[name])
    nothing = np.zeros(main.shape[1])
    flows = {c: np.stack([operation.flows_kwh[name].get(c, nothing) for name in names]) for c in there}
    return (
        ids
        | {"plant_main_kwh": main}
        | {f"plant_{carrier}_kwh": rows for carrier, rows in flows.items()}
        | _told(year, year.fleet.table.loc[names], "plant")
    )


def _stores(year: Coupled) -> dict[str, Any]:
    names = list(year.fleet.stores)
    ids = {"store": np.array(names, dtype=object)}
    if not names:
        return ids
    operation, table = year.operation, year.fleet.table.loc[names]
    parts = {
        "charge": operation.charge_kwh,
        "discharge": operation.discharge_kwh,
        "level": operation.level_kwh,
        "loss": operation.store_loss_kwh,
    }
    return (
        ids
        | {f"store_{word}_kwh": np.stack([part[name] for name in names]) for word, part in parts.items()}
        | {"store_start_kwh": np.array([operation.start_kwh[name] for name in names])}
        | {"store_capacity_kwh": table["capacity_kwh"].to_numpy()}
        | _told(year, table, "store")
    )


def _told(year: Coupled, table: Any, dim: str) -> dict[str, Any]:
    """Tell what plants or stores are, and the row of the node that each hangs on, by network."""
    columns = ("kind", "carrier", "title", "origin")
    found = {f"{dim}_{column}": table[column].to_numpy(dtype=object) for column in columns}
    found[f"{dim}_size_kw"] = table["size_kw"].to_numpy(dtype=np.float64)
    for carrier, plan in year.plans.items():
        if carrier == "electricity":
            rows = [bus_of(plan, str(name), row, float(row["size_kw"])) for name, row in table.iterrows()]
        else:
            rows = [node_of(plan, str(name), row) for name, row in table.iterrows()]
        found[f"{dim}_{carrier}_node"] = np.array(rows, dtype=np.int32)
    return found


def _network(plan: NetworkPlan, node: str, edge: str) -> dict[str, Any]:
    sides = {f"{edge}_{side}": plan.edges[side].to_numpy(dtype=np.int32) for side in ("start", "end")}
    return sides | {
        node: plan.nodes.index.to_numpy(dtype=object),
        edge: plan.edges.index.to_numpy(dtype=object),
        f"{edge}_origin": plan.edges["origin"].to_numpy(dtype=object),
        f"{plan.carrier}_node_of_building": plan.consumers.astype(np.int32),
        f"{plan.carrier}_entry": np.int32(plan.entry),
    }


def _water(year: Coupled, carrier: str) -> dict[str, Any]:
    found = year.water[carrier]
    hourly = {f"{carrier}_{name}": _single(getattr(found, name)) for name in _WATER}
    return (
        _network(year.plans[carrier], f"{carrier}_node", f"{carrier}_edge")
        | hourly
        | {
            f"{carrier}_capacity_kg_s": found.capacity_kg_s,
            f"{carrier}_gradient_pa_m": found.gradient_pa_m,
            f"{carrier}_velocity_m_s": found.velocity_m_s,
            f"{carrier}_least_supply_c": year.least_c[carrier],
        }
    )


def _grid(year: Coupled) -> dict[str, Any]:
    grid = year.grid
    if grid is None:
        return {}
    plan = year.plans["electricity"]
    net = plan.net
    return _network(plan, "bus", "branch") | {
        "voltage_pu": _single(grid.voltage_pu),
        "branch_loading": _single(grid.loading),
        "bus_load_kw": _single(grid.load_kw),
        "bus_load_kvar": _single(grid.load_kvar),
        "power_loss_kw": _single(grid.loss_kw),
        "branch_loss_kwh": grid.branch_loss_kwh,
        "branch_iron_kw": np.append(np.zeros(len(net.line)), net.trafo["pfe_kw"].to_numpy(dtype=np.float64)),
        "unsolved": grid.unsolved.astype(np.int8),
    }


def _gas(year: Coupled) -> dict[str, Any]:
    gas = year.gas
    if gas is None:
        return {}
    return _network(year.plans["gas"], "gas_node", "gas_edge") | {
        "gas_pressure_bar": _single(gas.pressure_bar),
        "hydrogen_share": _single(gas.hydrogen_share),
        "wobbe_kwh_m3": _single(gas.wobbe_kwh_m3),
        "gas_flow_m3_h": _single(gas.flow_m3_h),
        "gas_velocity_m_s": _single(gas.velocity_m_s),
        "gas_least_bar": gas.limits.pressure_min_bar,
        "gas_most_m_s": gas.limits.velocity_max_m_s,
        "hydrogen_most": gas.limits.hydrogen_share_max,
    }


def _buildings(year: Coupled) -> dict[str, Any]:
    """Keep what each building draws of each network, for the causes of what is overloaded."""
    loads = year.loads
    drawn = {"heat": loads.heat_kw, "cold": loads.cold_kw, "gas": loads.gas_kw}
    found = {f"building_{c}_kw": _single(values) for c, values in drawn.items() if c in year.plans}
    if "electricity" in year.plans:
        net = hours_array(*np.shape(loads.import_kw))
        for row in row_blocks(*net.shape):
            net[row] = loads.import_kw[row] - loads.export_kw[row]
            let_go(net, loads.import_kw, loads.export_kw)
        found["building_electricity_kw"] = _single(net)
    return found | _account_of_buildings(year)


def _account_of_buildings(year: Coupled) -> dict[str, Any]:
    """Keep what changes on each building's bill: what it lacks, what nobody took of it, its heat pump on a loop."""
    found = {f"building_missing_{carrier}_kwh": _single(lacking) for carrier, lacking in year.shortages.items()}
    unfed = year.loads.unfed["electricity"]
    if len(unfed.rows):
        values = hours_array(*np.shape(year.loads.export_kw))
        values[unfed.rows] = unfed.kw
        found["building_unfed_kwh"] = _single(values)
    if year.loads.booster_kw is not None:
        found["building_booster_kwh"] = _single(year.loads.time.kwh_of(year.loads.booster_kw))
    return found


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
