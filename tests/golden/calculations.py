"""Our side of each calculation: a case's input and parameters in, named arrays out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from assets.networks.gas import GasLimits, GasPipes, Injection, gas_year
from assets.networks.graph import Tree
from assets.networks.heat import Consumers, Producers, heat_pipes, heat_year
from assets.networks.power import power_year
from assets.operation import OperationProblem, Outside, Unit, operate
from assets.solar import PVChain, pv_power, site_sun
from assets.sources.wind import WindMast, wind_power
from assets.technology import Technology
from tests.assets.clock import clock
from tests.golden.inputs import net_of, tree_of, weather_of

Case = Mapping[str, Any]
Found = dict[str, Any]


def power_flow(given: Case, settings: Case) -> Found:
    """Balanced power flow of a net's hours."""
    year = power_year(net_of(given), given["load_kw"], given["load_kvar"], method=settings["method"])
    return {"voltage_pu": year.u_pu, "loss_kw": year.loss_kw, "supply_kw": year.supply_kw}


def heat_network(given: Case, settings: Case) -> Found:
    """Steady hours of a heat network: the same load until the water in the pipes no longer changes."""
    tree = tree_of(given)
    asked = np.repeat(np.array(given["heat_kw"])[:, :, None], settings["hours"], axis=2)
    found: dict[str, list[Any]] = {"supply_temp_c": [], "return_temp_c": [], "loss_kw": [], "flow_kg_s": []}
    for case in range(asked.shape[1]):
        year = heat_year(
            tree,
            given["pipe"],
            Consumers(given["consumer_node"], asked[:, case], return_temp_c=given["return_temp_c"]),
            Producers([0]),
            given["supply_temp_c"],
            given["ground_temp_c"],
            sizes=heat_pipes(given["pipes"], given["series"]),
            time=clock(settings["hours"]),
            keep="all",
        )
        found["supply_temp_c"].append(year.supply_temp_c[:, -1])  # type: ignore[index]
        found["return_temp_c"].append(year.return_temp_c[:, -1])  # type: ignore[index]
        found["flow_kg_s"].append(year.mass_flow_kg_s[1:, -1])  # type: ignore[index]
        found["loss_kw"].append(year.loss_kw[-1])
    return {name: np.array(values).T for name, values in found.items()}


def gas_network(given: Case, _settings: Case) -> Found:
    """Pressures and flows of a gas network's hours."""
    tree: Tree = tree_of(given)
    piped = tree.parent >= 0
    pipes = GasPipes(
        ("",) * piped.size, np.where(piped, given["diameter_m"], 0.0), np.where(piped, given["roughness_m"], 0.0)
    )
    plants = [Injection(plant["node"], plant["gas"], plant["power_kw"]) for plant in given["injections"]]
    year = gas_year(
        tree, pipes, given["demand_kw"], plants, entry_gas=given["entry_gas"], entry_bar=given["entry_bar"],
        ground_c=given["ground_c"], limits=GasLimits(hydrogen_share_max=1.0),
    )  # fmt: skip
    return {"fall_bar": given["entry_bar"] - np.asarray(year.pressure_bar)}


def photovoltaics(given: Case, settings: Case) -> Found:
    """Power of a plane by the hour."""
    weather = weather_of(given)
    sun = site_sun(weather, given["latitude"], given["longitude"], given["altitude_m"])
    chain = PVChain(temperature=settings["temperature"], losses=settings["losses"])
    power = pv_power(
        sun, weather, [given["tilt_deg"]], [given["azimuth_deg"]], given["rated_kw"], module=settings["module"],
        mounting=settings["mounting"], chain=chain,
    )  # fmt: skip
    return {"power_kw": power[0]}


def wind(given: Case, settings: Case) -> Found:
    """Power of a turbine by the hour."""
    mast = WindMast(roughness_m=settings["roughness_m"])
    air = {name: given[name] for name in ("wind_speed_m_s", "air_temp_c", "pressure_pa")}
    power = wind_power([settings["turbine"]], **air, roughness_m=settings["roughness_m"], losses=0.0, mast=mast)
    return {"power_kw": power[0]}


def merit_order(given: Case, _settings: Case) -> Found:
    """Cost of the plants' operation by the order of their costs."""
    hours = len(given["demand_kw"]["heat"])
    units = {
        name: Unit(Technology(
            "heat", np.full(hours, unit["capacity_kw"]),
            {carrier: np.array(np.broadcast_to(ratio, hours)) for carrier, ratio in unit["inputs"].items()},
            {carrier: np.array(np.broadcast_to(ratio, hours)) for carrier, ratio in unit["outputs"].items()},
        ))
        for name, unit in given["units"].items()
    }  # fmt: skip
    price = {name: np.array(np.broadcast_to(values, hours)) for name, values in given["price_eur_kwh"].items()}
    outside = {
        "electricity": Outside(price["electricity"], price["electricity"]),
        "gas": Outside(price["gas"]),
    }
    demand = {name: np.array(values) for name, values in given["demand_kw"].items()}
    found = operate(OperationProblem(clock(demand["heat"]), demand, units, outside=outside))
    paid = sum(float(price[name] @ (found.bought_kwh[name] - found.sold_kwh[name])) for name in outside)
    return {"cost_eur": paid}


CALCULATIONS: dict[str, Callable[[Case, Case], Found]] = {
    "power_flow": power_flow,
    "heat_network": heat_network,
    "gas_network": gas_network,
    "photovoltaics": photovoltaics,
    "wind": wind,
    "merit_order": merit_order,
}
