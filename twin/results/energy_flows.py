"""Energy flows of a year from where energy comes to where it ends, for a Sankey diagram: every node balances."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import xarray as xr

from assets.carriers import BOUGHT, FREE, REJECTED, RETAIL
from twin.results.results import Results
from twin.results.schema import names_of, variable_of

if TYPE_CHECKING:
    from twin.networks.results.results import NetworkResults

COLUMNS = ("source", "target", "carrier", "kwh")
LEAST_KWH = 1e-6
_SOURCES = ("outside", "source", "missing", "stored")
"""First words of nodes that only give; those that only take are demands, losses, sold, spilt and stored."""
Flow = tuple[str, str, str, float]


def energy_flows(results: Results, networks: NetworkResults) -> pd.DataFrame:
    """Tell the year's energy from node to node.

    Parameters
    ----------
    results : Results
        Of `twin.run`: what happens in the buildings.
    networks : NetworkResults
        Of `twin.run_networks` of the same scenario.

    Returns
    -------
    pandas.DataFrame
        `source`, `target`, `carrier`, `kwh`, one row for each pair and carrier. Nodes are `outside:<carrier>`,
        `source:<free carrier>` (sun, wind, air, ground, water …), `missing:<carrier>` (asked for, given by nobody),
        `plant:<id>`, `store:<id>`, `network:<carrier>`, `buildings:<carrier>` (what buildings make of what they buy),
        `demand:<what for>`, `sold:<carrier>`, `spilt:<carrier>`, `losses:<where>`, `stored:<where>`. What comes into
        any of the nodes in between goes out of it, within a millionth.
    """
    rows = [*_networks(networks.dataset), *_plants(networks.dataset), *_stores(networks.dataset)]
    rows += [*_buildings(results.dataset, networks.dataset)]
    turned = [(s, t, c, kwh) if kwh >= 0.0 else (t, s, c, -kwh) for s, t, c, kwh in rows]
    frame = pd.DataFrame(turned, columns=list(COLUMNS))
    frame = frame.groupby(list(COLUMNS[:3]), as_index=False, sort=False)["kwh"].sum()
    return frame[frame["kwh"] > LEAST_KWH].reset_index(drop=True)


def node_balances(flows: pd.DataFrame) -> pd.Series[float]:
    """Tell what goes into each node that has flows in and out less what goes out, by what goes in [kWh/kWh].

    Parameters
    ----------
    flows : pandas.DataFrame
        Of `energy_flows`.
    """
    into, out = flows.groupby("target")["kwh"].sum(), flows.groupby("source")["kwh"].sum()
    both = into.index.intersection(out.index)
    both = both[[not str(node).startswith("stored:") for node in both]]
    return (into[both] - out[both]) / np.maximum(into[both], 1.0)


def _networks(dataset: xr.Dataset) -> Iterator[Flow]:
    for k, name in enumerate(dataset["carrier"].to_numpy()):
        carrier = str(name)
        hub = f"network:{carrier}"

        def year(word: str, row: int = k) -> float:
            return float(dataset[word].to_numpy()[row].sum())

        yield f"outside:{carrier}", hub, carrier, year("bought_kwh")
        yield f"missing:{carrier}", hub, carrier, year("missing_kwh")
        yield hub, f"sold:{carrier}", carrier, year("sold_kwh")
        yield hub, f"spilt:{carrier}", carrier, year("spilt_kwh")
        yield hub, f"losses:network of {carrier}", carrier, year("network_loss_kwh")
        yield hub, f"stored:network of {carrier}", carrier, year("network_stored_kwh")
        yield hub, "demand:pumps", carrier, year("pumps_kwh")
        yield hub, "demand:public charging", carrier, year("public_kwh")


def _plants(dataset: xr.Dataset) -> Iterator[Flow]:
    if not dataset.sizes.get("plant"):
        return
    for name in (*names_of("networks", of="plant_{carrier}_kwh"), "plant_loss_kwh"):
        if name not in dataset:
            continue
        carrier, flow = variable_of(name).carrier, dataset[name].to_numpy()
        for k, plant in enumerate(dataset["plant"].to_numpy()):
            node = f"plant:{plant}"
            given, taken = float(np.maximum(flow[k], 0.0).sum()), float(np.maximum(-flow[k], 0.0).sum())
            if carrier in BOUGHT:
                yield node, f"network:{carrier}", carrier, given
                yield f"network:{carrier}", node, carrier, taken
            elif carrier in FREE:
                yield f"source:{carrier}", node, carrier, taken
                yield node, f"losses:to {carrier}", carrier, given
            elif carrier == REJECTED:
                yield node, "losses:rejected heat", carrier, given
            else:
                yield node, "losses:plants", "loss", given - taken


def _stores(dataset: xr.Dataset) -> Iterator[Flow]:
    for k, name in enumerate(dataset["store"].to_numpy()):
        carrier, node = str(dataset["store_carrier"].to_numpy()[k]), f"store:{name}"
        charge, discharge, loss = (
            float(dataset[f"store_{word}_kwh"].to_numpy()[k].sum()) for word in ("charge", "discharge", "loss")
        )
        held = float(dataset["store_level_kwh"].to_numpy()[k, -1] - dataset["store_start_kwh"].to_numpy()[k])
        yield f"network:{carrier}", node, carrier, charge
        yield node, f"network:{carrier}", carrier, discharge
        yield node, "losses:stores", carrier, loss
        yield node, "stored:stores", carrier, held


def _buildings(dataset: xr.Dataset, networks: xr.Dataset) -> Iterator[Flow]:
    """Tell what buildings buy, make and use: power, heat and cold are nodes of theirs."""

    def year(name: str) -> float:
        return float(dataset[name].to_numpy().sum(dtype=np.float64)) if name in dataset else 0.0

    power, heat, cold = "buildings:electricity", "buildings:heat", "buildings:cold"
    booster = float(networks["booster_kwh"].sum(dtype=np.float64))
    yield "network:electricity", power, "electricity", year("grid_import_kwh")
    yield power, "network:electricity", "electricity", year("grid_export_kwh")
    yield "source:sun", "buildings:solar panels", "sun", year("pv_kwh")
    yield "buildings:solar panels", power, "electricity", year("pv_kwh")
    for name, what in (("appliances_kwh", "appliances"), ("lighting_kwh", "light"), ("ev_charging_kwh", "cars")):
        yield power, f"demand:{what}", "electricity", year(name)
    yield power, heat, "electricity", year("heating_electricity_kwh")
    yield power, "buildings:batteries", "electricity", year("battery_charge_kwh")
    yield "buildings:batteries", power, "electricity", year("battery_discharge_kwh")
    yield "buildings:batteries", "losses:batteries", "electricity", year("battery_loss_kwh")
    yield "buildings:batteries", "stored:batteries", "electricity", year("battery_stored_kwh")
    yield from _building_heat(year, networks, heat, booster)
    seer = np.asarray(dataset["chiller_seer"].to_numpy(), dtype=np.float64)
    chillers = dataset["cooling_electricity_kwh"].to_numpy().sum(axis=1, dtype=np.float64)
    made = float(seer @ chillers)
    # Cold is heat taken up: the outdoor air gives it, and takes what drives the chillers too.
    yield power, "buildings:chillers", "electricity", float(chillers.sum())
    yield "buildings:chillers", "losses:rejected heat", REJECTED, float(chillers.sum())
    yield "source:air", "buildings:chillers", "air", made
    yield "buildings:chillers", cold, "cold", made
    yield "network:cold", cold, "cold", year("district_cold_kwh")
    yield cold, "demand:cooling", "cold", year("cooling_kwh")


def _building_heat(year: Any, networks: xr.Dataset, heat: str, booster: float) -> Iterator[Flow]:
    drawn = year(f"{RETAIL['heat']}_kwh")
    if booster:
        # Heat pumps between the loop and the rooms draw on both.
        pumps = "buildings:heat pumps on the loop"
        yield "network:electricity", pumps, "electricity", booster
        yield "network:heat", pumps, "heat", _drawn(networks, "heat")
        yield pumps, heat, "heat", drawn
    else:
        yield "network:heat", heat, "heat", drawn
    for carrier in ("gas", "oil", "biomass"):
        yield f"network:{carrier}", heat, carrier, year(f"{RETAIL[carrier]}_kwh")
    yield "source:ambient", heat, "air", year("ambient_heat_kwh")
    yield heat, "demand:rooms", "heat", year("space_heat_kwh")
    yield heat, "demand:hot water", "heat", year("hot_water_kwh")
    yield heat, "losses:heating systems", "heat", year("conversion_loss_kwh") + year("tank_loss_kwh")
    yield heat, "stored:tanks", "heat", year("tank_stored_kwh")


def _drawn(networks: xr.Dataset, carrier: str) -> float:
    row = list(networks["carrier"].to_numpy()).index(carrier)
    return float(networks["drawn_kwh"].to_numpy()[row].sum())
