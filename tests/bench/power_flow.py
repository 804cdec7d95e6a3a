"""A year of power flow of a grid of 500 buses, against pandapower's time series.

Medium-voltage line, eight substations with low-voltage trees, a different load at each bus in each hour. Peers, each on
a sample of the hours and extrapolated to 8760: `run_timeseries` with constant controllers and an output writer for
voltages and loadings, as its tutorial has it; and the fastest loop around `runpp` that we found, which keeps the
admittance matrix (`recycle`), without writing anything down. Ours gives voltages, loadings and losses of all elements.
Process time, one thread each. The error is the largest difference of a voltage in the sampled hours [p.u.].
"""

from __future__ import annotations

import functools
import time
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pandapower as pp
import pandas as pd
from pandapower.control import ConstControl
from pandapower.timeseries import DFData, OutputWriter, run_timeseries

from assets.networks.power import power_year
from tests.assets.power_cases import quiet, set_loads

HOURS = 8760
BUSES = 500
STATIONS = 8
SAMPLE = 40
RECYCLE = {"bus_pq": True, "trafo": False, "gen": False}


def grid() -> Any:
    """A line of substations, each with a tree of low-voltage buses that branches every third bus."""
    net = pp.create_empty_network()
    upper = pp.create_bus(net, 20.0)
    pp.create_ext_grid(net, upper, vm_pu=1.02)
    for station in range(STATIONS):
        low_count = (BUSES - 1) // STATIONS - 1 + (station < (BUSES - 1) % STATIONS)
        middle = pp.create_bus(net, 20.0)
        pp.create_line(net, upper, middle, 0.4, "NA2XS2Y 1x185 RM/25 12/20 kV")
        low = [pp.create_bus(net, 0.4)]
        pp.create_transformer(net, middle, low[0], "0.63 MVA 20/0.4 kV")
        for k in range(low_count - 1):
            low.append(pp.create_bus(net, 0.4))
            pp.create_line(net, low[max(0, k - 3)], low[-1], 0.02, "NAYY 4x150 SE")
        upper = middle
    return net


def loads(net: Any) -> tuple[np.ndarray, np.ndarray]:
    """Random loads of all low-voltage buses, shape (buses, hours) [kW, kvar]."""
    p = np.random.default_rng(0).uniform(0.5, 6.0, (len(net.bus), HOURS))
    p[(net.bus["vn_kv"] > 1).to_numpy()] = 0.0
    return p, 0.3 * p


def timed(call: Callable[[], Any]) -> tuple[float, Any]:
    """Process time of a call [s], and what it gives."""
    begin = time.process_time()
    found = call()
    return time.process_time() - begin, found


def by_timeseries(net: Any, p: np.ndarray, q: np.ndarray, hours: range) -> np.ndarray:
    """Voltages of some hours by `run_timeseries`, shape (buses, hours)."""
    data = pd.DataFrame(np.hstack([p.T, q.T])[: hours.stop] / 1e3)
    source, count = DFData(data), len(net.load)
    net.controller = net.controller.iloc[:0]
    for variable, first in (("p_mw", 0), ("q_mvar", count)):
        ConstControl(
            net, "load", variable, element_index=net.load.index, profile_name=list(range(first, first + count)),
            data_source=source,
        )  # fmt: skip
    writer = OutputWriter(net, hours, output_path=None)
    writer.log_variable("res_bus", "vm_pu")
    writer.log_variable("res_line", "loading_percent")
    writer.log_variable("res_trafo", "loading_percent")
    run_timeseries(net, hours, verbose=False, calculate_voltage_angles=True)
    return writer.output["res_bus.vm_pu"].to_numpy().T


def by_loop(net: Any, p: np.ndarray, q: np.ndarray, hours: range) -> np.ndarray:
    """Voltages of some hours by `runpp` that keeps its matrices, shape (buses, hours)."""
    found = []
    for hour in hours:
        net.load["p_mw"], net.load["q_mvar"] = p[:, hour] / 1e3, q[:, hour] / 1e3
        pp.runpp(net, recycle=RECYCLE, calculate_voltage_angles=True)
        found.append(net.res_bus["vm_pu"].to_numpy().copy())
    return np.array(found).T


def run() -> Iterator[dict[str, Any]]:
    """Give the time of a year beside that of each peer, and the largest difference of a voltage."""
    net = grid()
    p, q = loads(net)
    power_year(net, p[:, :10], q[:, :10])  # loads the native library
    power_year(net, p[:, :10], q[:, :10], method="sweep")  # compiles
    methods = {
        "tree sweep": "sweep",
        "power-grid-model, iterative current": "iterative_current",
        "power-grid-model, Newton-Raphson": "newton_raphson",
    }
    own = {name: [timed(functools.partial(power_year, net, p, q, method=way)) for _ in range(3)]
           for name, way in methods.items()}  # fmt: skip
    set_loads(net, p[:, 0], q[:, 0])
    hours = range(SAMPLE)
    peers: dict[str, Callable[[], np.ndarray]] = {
        "run_timeseries with an output writer": lambda: by_timeseries(net, p, q, hours),
        "runpp in a loop, recycled": lambda: by_loop(net, p, q, hours),
    }
    for words, call in peers.items():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            quiet(pp.runpp, net, calculate_voltage_angles=True)
            call()
            spent, voltage = timed(call)
        for method, results in own.items():
            seconds = min(seconds for seconds, _ in results)
            error = float(np.abs(results[0][1].u_pu[:, :SAMPLE] - voltage).max())
            yield {
                "name": f"Power flow, {len(net.bus)} buses x {HOURS} h, {method}",
                "ours": round(seconds, 3),
                "peer": round(spent * HOURS / SAMPLE, 1),
                "peer_name": f"pandapower {pp.__version__}, {words}, extrapolated from {SAMPLE} hours",
                "unit": "s",
                "ratio": round(spent * HOURS / SAMPLE / seconds, 1),
                "error": float(f"{error:.2g}"),
            }
