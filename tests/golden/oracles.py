"""The other side of each calculation: libraries that we did not write."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd
import pvlib
from scipy.optimize import linprog

from assets.networks.gas import GasMesh, Injection, gas_mesh_hours
from assets.networks.graph import Graph
from assets.networks.heat import Consumers, Producers, heat_pipes, mesh_hours
from assets.solar import pv_modules, pv_mountings
from assets.sources.wind import wind_turbines
from tests.assets.power_cases import run_pandapower, set_loads
from tests.golden.inputs import net_of, tree_of, weather_of

Case = Mapping[str, Any]
Found = dict[str, Any]


def pandapower(given: Case, _settings: Case) -> Found:
    """Newton-Raphson, hour by hour."""
    net = net_of(given)
    p, q = np.array(given["load_kw"]), np.array(given["load_kvar"])
    volts, lost, supply = [], [], []
    for hour in range(p.shape[1]):
        set_loads(net, p[:, hour], q[:, hour])
        run_pandapower(net)
        volts.append(net.res_bus["vm_pu"].to_numpy())
        lost.append(1e3 * float(net.res_line["pl_mw"].sum() + net.res_trafo["pl_mw"].sum()))
        supply.append(1e3 * float(net.res_ext_grid["p_mw"].sum()))
    return {"voltage_pu": np.array(volts).T, "loss_kw": lost, "supply_kw": supply}


def pandapipes_heat(given: Case, _settings: Case) -> Found:
    """Supply and return solved together, each load a steady state."""
    tree = tree_of(given)
    below = np.flatnonzero(tree.parent >= 0)
    k = len(tree.parent)
    graph = Graph(np.arange(k, dtype=float), np.zeros(k), tree.parent[below], below, tree.length_m[below],
                  np.zeros(len(below), dtype=bool))  # fmt: skip
    asked = Consumers(given["consumer_node"], np.array(given["heat_kw"]), return_temp_c=given["return_temp_c"])
    found = mesh_hours(
        graph, np.arange(len(below)), np.array(given["pipe"])[below], asked, Producers([0]), given["supply_temp_c"],
        given["ground_temp_c"], sizes=heat_pipes(given["pipes"], given["series"]),
    )  # fmt: skip
    return {
        "supply_temp_c": found.supply_temp_c,
        "return_temp_c": found.return_temp_c,
        "flow_kg_s": found.mass_flow_kg_s,
        "loss_kw": found.loss_kw,
    }


def pandapipes_gas(given: Case, _settings: Case) -> Found:
    """Pressures by Nikuradse's law and the gas's own compressibility."""
    tree = tree_of(given)
    below = np.flatnonzero(tree.parent >= 0)
    diameter, roughness = (np.broadcast_to(given[name], len(tree.parent)) for name in ("diameter_m", "roughness_m"))
    mesh = GasMesh(tree.parent[below], below, tree.length_m[below], diameter[below], roughness[below], len(tree.parent))
    plants = [Injection(plant["node"], plant["gas"], plant["power_kw"]) for plant in given["injections"]]
    found = gas_mesh_hours(
        mesh, given["demand_kw"], {0: given["entry_bar"]}, plants, entry_gas=given["entry_gas"],
        ground_c=given["ground_c"],
    )  # fmt: skip
    return {"fall_bar": given["entry_bar"] - np.asarray(found.pressure_bar)}


def pvlib_chain(given: Case, settings: Case) -> Found:
    """Perez, glass, SAPM or Faiman, PVWatts: pvlib's functions one after the other, the sun at mid-hour."""
    weather = weather_of(given)
    middle = weather.index + pd.Timedelta("30min")
    place = (given["latitude"], given["longitude"])
    sun = pvlib.solarposition.get_solarposition(middle, *place, altitude=given["altitude_m"])
    zenith, azimuth = sun["apparent_zenith"].to_numpy(), sun["azimuth"].to_numpy()
    ghi, dni, dhi = (weather[name].to_numpy() for name in ("ghi_w_m2", "dni_w_m2", "dhi_w_m2"))
    tilt, facing = given["tilt_deg"], given["azimuth_deg"]
    total = pvlib.irradiance.get_total_irradiance(
        tilt, facing, zenith, azimuth, dni, ghi, dhi, model="perez", albedo=0.2,
        dni_extra=pvlib.irradiance.get_extra_radiation(middle).to_numpy(),
        airmass=pvlib.atmosphere.get_relative_airmass(zenith),
    )  # fmt: skip
    direct, plane = (np.nan_to_num(np.asarray(total[name], dtype=float)) for name in ("poa_direct", "poa_global"))
    row, mount = pv_modules().loc[settings["module"]], pv_mountings().loc[settings["mounting"]]
    passed = pvlib.iam.physical(
        pvlib.irradiance.aoi(tilt, facing, zenith, azimuth), n=1.526, K=4.0, L=0.002,
        n_ar=1.3 if row["iam"] == "glass_ar" else None,
    )  # fmt: skip
    light = plane - (1 - passed) * direct
    air, breeze = weather["air_temp_c"].to_numpy(), weather["wind_speed_m_s"].to_numpy()
    if settings["temperature"] == "sapm":
        cell = pvlib.temperature.sapm_cell(
            plane, air, breeze, mount["sapm_a"], mount["sapm_b"], mount["sapm_delta_t_k"]
        )
    else:
        cell = pvlib.temperature.faiman(plane, air, breeze, mount["faiman_u0_w_m2k"], mount["faiman_u1_ws_m3k"])
    dc = pvlib.pvsystem.pvwatts_dc(light, cell, 1.0, row["gamma_per_k"]) * (1 - settings["losses"])
    power = given["rated_kw"] * np.maximum(pvlib.inverter.pvwatts(dc, 1 / 1.2 / 0.96, 0.96), 0)
    return {"power_kw": np.where(zenith < 90.0, power, 0.0)}


def windpowerlib(given: Case, settings: Case) -> Found:
    """Logarithmic profile, ideal gas, power curve corrected for the density."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from windpowerlib import ModelChain, WindTurbine

        row = wind_turbines().loc[settings["turbine"]]
        hours = len(given["wind_speed_m_s"])
        weather = pd.DataFrame(
            {
                ("wind_speed", 10): given["wind_speed_m_s"],
                ("temperature", 2): np.array(given["air_temp_c"]) + 273.15,
                ("pressure", 2): given["pressure_pa"],
                ("roughness_length", 0): np.full(hours, settings["roughness_m"]),
            },
            index=pd.date_range("2025-01-01", periods=hours, freq="h"),
        )
        machine = WindTurbine(hub_height=row["hub_height_m"], turbine_type=row["oedb_type"])
        chain = ModelChain(
            machine, wind_speed_model="logarithmic", density_model="ideal_gas", temperature_model="linear_gradient",
            power_output_model="power_curve", density_correction=True,
        ).run_model(weather)  # fmt: skip
    return {"power_kw": chain.power_output.to_numpy() / 1e3}


def linear_program(given: Case, _settings: Case) -> Found:
    """Least cost of the hours, by HiGHS: heat by units, electricity bought or sold at one price."""
    demand = {name: np.array(values, dtype=float) for name, values in given["demand_kw"].items()}
    hours, units = len(demand["heat"]), list(given["units"].values())
    price = {name: np.broadcast_to(values, hours) for name, values in given["price_eur_kwh"].items()}
    total = 0.0
    for hour in range(hours):
        cost = [
            _ratio(unit["inputs"], "gas", hour) * price["gas"][hour]
            + (_ratio(unit["inputs"], "electricity", hour) - _ratio(unit["outputs"], "electricity", hour))
            * price["electricity"][hour]
            for unit in units
        ]
        found = linprog(
            cost, A_eq=[[1.0] * len(units)], b_eq=[demand["heat"][hour]],
            bounds=[(0.0, unit["capacity_kw"]) for unit in units],
        )  # fmt: skip
        total += found.fun + demand["electricity"][hour] * price["electricity"][hour]
    return {"cost_eur": float(total)}


def _ratio(ratios: Case, carrier: str, hour: int) -> float:
    """Energy of a carrier per kWh of heat, one for all hours or one each."""
    value = ratios.get(carrier, 0.0)
    return float(value[hour] if isinstance(value, list) else value)


ORACLES: dict[str, Callable[[Case, Case], Found]] = {
    "power_flow": pandapower,
    "heat_network": pandapipes_heat,
    "gas_network": pandapipes_gas,
    "photovoltaics": pvlib_chain,
    "wind": windpowerlib,
    "merit_order": linear_program,
}
