"""A year of power flow of a grid of 500 buses, against the strongest peers at their best settings, on one thread.

Medium-voltage line, eight substations with low-voltage trees, a different load at each bus in each hour. Ours is
`power_year` as the twin calls it: from the pandapower net to voltages, loadings of both ends, losses and supply.
Each peer is ready and warm before its time begins, and tries its ways on some hours first; the fastest that gives the
same voltages is measured:

- lightsim2grid's compiled batches of injections (each hour from the one before, or all from the first hour's voltages)
  with each of its Newton solvers, on KLU and on SparseLU, to two tolerances: voltages and currents at one end, nothing
  else; its fast decoupled ways do not converge on these cables;
- power-grid-model's symmetric batch by Newton-Raphson and by iterative current, in batches of several sizes: voltages
  and loadings, nothing else;
- pandapower with its matrices recycled and its compiled code on: `run_timeseries` with an output writer, and a loop of
  `runpp` that keeps voltages alone, each with its own Newton and with lightsim2grid's. Extrapolated from some hours.

Process time, medians; ours and the peers take turns. The error is the largest difference of a voltage [p.u.].
"""

from __future__ import annotations

import functools
import itertools
import time
import warnings
from collections.abc import Callable, Iterator
from importlib.metadata import version
from statistics import median
from typing import Any

import numpy as np
import pandapower as pp
import pandas as pd
from pandapower.control import ConstControl
from pandapower.timeseries import DFData, OutputWriter, run_timeseries

from assets.networks.power import power_year
from assets.networks.power.solving import Solver, prepare
from tests.assets.power_cases import quiet, set_loads

HOURS = 8760
BUSES = 500
STATIONS = 8
TRIED = 240
"""Hours on which a compiled peer tries its ways."""
SAMPLE = 40
LONG_SAMPLE = 240
"""Hours on which pandapower tries its ways, and those of the fastest."""
TIMES = 5
SAME_PU = 1e-6
RECYCLE = {"bus_pq": True, "trafo": False, "gen": False}

Way = Callable[[slice], np.ndarray]
"""Gives the voltages of some hours, shape (buses, hours)."""


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


def loads(net: Any, hours: int = HOURS) -> tuple[np.ndarray, np.ndarray]:
    """Random loads of all low-voltage buses, shape (buses, hours) [kW, kvar]."""
    p = np.random.default_rng(0).uniform(0.5, 6.0, (len(net.bus), hours))
    p[(net.bus["vn_kv"] > 1).to_numpy()] = 0.0
    return p, 0.3 * p


def timed(call: Callable[[], Any]) -> tuple[float, Any]:
    """Process time of a call [s], and what it gives."""
    begin = time.process_time()
    found = call()
    return time.process_time() - begin, found


def lightsim2grid_ways(net: Any, p: np.ndarray, q: np.ndarray) -> dict[str, Way]:
    """Batches of lightsim2grid, with each Newton solver that it was built with."""
    from lightsim2grid.injectionSweep import InjectionSweepCPP
    from lightsim2grid.network import init_from_pandapower
    from lightsim2grid.timeSerie import TimeSeriesCPP

    model = quiet(init_from_pandapower, net)
    result = net.res_bus
    start = (result["vm_pu"] * np.exp(1j * np.deg2rad(result["va_degree"]))).to_numpy().astype(complex)
    load_p, load_q = np.ascontiguousarray(p.T / 1e3), np.ascontiguousarray(q.T / 1e3)
    generators = np.tile([one.target_p_mw for one in model.get_generators()], (p.shape[1], 1))
    none = np.zeros((p.shape[1], len(model.get_static_generators())))

    @functools.cache
    def computer_of(batch: Any, solver: Any, count: int) -> Any:
        made = batch(model)  # for one number of hours, and kept: its matrices are made once
        made.change_algorithm(solver)
        return made

    def volts(batch: Any, solver: Any, tolerance: float, hours: slice) -> np.ndarray:
        computer = computer_of(batch, solver, hours.stop - hours.start)
        computer.compute_Vs(generators[hours], none[hours], load_p[hours], load_q[hours], start.copy(), 20, tolerance)
        computer.compute_flows()
        return np.abs(computer.get_voltages()).T

    solvers = [one for one in model.available_default_algorithms() if one.name.startswith("NR")]
    return {
        f"{batch.__name__.removesuffix('CPP')} {solver.name}, {tolerance:g}": functools.partial(
            volts, batch, solver, tolerance
        )
        for batch, solver, tolerance in itertools.product((TimeSeriesCPP, InjectionSweepCPP), solvers, (1e-8, 1e-6))
    }


def power_grid_model_ways(net: Any, p: np.ndarray, q: np.ndarray) -> dict[str, Way]:
    """Batches of power-grid-model: its two methods that give the same voltages, of several sizes."""
    solver: Solver = prepare(net, np.flatnonzero((p != 0).any(axis=1)))
    load_p, load_q = (np.ascontiguousarray(one[solver.bus].T * 1e3) for one in (p, q))
    wanted = {"node": ["u_pu"], "line": ["loading"], solver.grid.trafo_kind: ["loading"]}

    def volts(method: str, size: int, hours: slice) -> np.ndarray:
        found = []
        for first in range(hours.start, hours.stop, size):
            part = slice(first, min(first + size, hours.stop))
            result = solver.model.calculate_power_flow(
                update_data={"sym_load": {"p_specified": load_p[part], "q_specified": load_q[part]}}, symmetric=True,
                calculation_method=method, threading=-1, output_component_types=wanted,
            )  # fmt: skip
            found.append(result["node"]["u_pu"])
        return np.concatenate(found)[:, solver.grid.node_of_bus].T

    return {
        f"{method}, {size} hours a batch": functools.partial(volts, method, size)
        for method, size in itertools.product(("newton_raphson", "iterative_current"), (60, 240, 1000, HOURS))
    }


def pandapower_ways(net: Any, p: np.ndarray, q: np.ndarray) -> dict[str, Way]:
    """pandapower's own time series and a bare loop, recycled, with both Newton solvers."""
    data, count = DFData(pd.DataFrame(np.hstack([p.T, q.T]) / 1e3)), len(net.load)
    net.controller = net.controller.iloc[:0]
    for variable, first in (("p_mw", 0), ("q_mvar", count)):
        ConstControl(
            net, "load", variable, element_index=net.load.index, profile_name=list(range(first, first + count)),
            data_source=data,
        )  # fmt: skip

    def series(fast: bool, hours: slice) -> np.ndarray:
        steps = range(hours.start, hours.stop)
        writer = OutputWriter(net, steps, output_path=None, log_variables=[])
        writer.log_variable("res_bus", "vm_pu")
        for table in ("res_line", "res_trafo"):
            writer.log_variable(table, "loading_percent")
        run_timeseries(net, steps, verbose=False, calculate_voltage_angles=True, numba=True, lightsim2grid=fast)
        return writer.output["res_bus.vm_pu"].to_numpy().T

    def loop(fast: bool, hours: slice) -> np.ndarray:
        found = []
        for hour in range(hours.start, hours.stop):
            net.load["p_mw"], net.load["q_mvar"] = p[:, hour] / 1e3, q[:, hour] / 1e3
            pp.runpp(
                net, recycle=RECYCLE, only_v_results=True, calculate_voltage_angles=True, numba=True,
                lightsim2grid=fast,
            )  # fmt: skip
            found.append(np.abs(net._ppc["internal"]["V"]))
        return np.array(found).T

    return {
        f"{words}, {'lightsim2grid' if fast else 'its own'} solver": functools.partial(way, fast)
        for words, way in (("run_timeseries", series), ("loop of runpp", loop))
        for fast in (True, False)
    }


def fastest(ways: dict[str, Way], hours: slice, expected: np.ndarray) -> str:
    """The way that takes least time for some hours, of those that give the expected voltages."""
    taken = {}
    for words, way in ways.items():
        try:
            way(hours)
            seconds, voltage = min((timed(functools.partial(way, hours)) for _ in range(3)), key=lambda run: run[0])
        except RuntimeError:
            continue
        if voltage.shape == expected.shape and np.abs(voltage - expected).max() < SAME_PU:
            taken[words] = seconds
    return min(taken, key=lambda words: taken[words])


def run() -> Iterator[dict[str, Any]]:
    """Give the time of a year beside that of each peer, and the largest difference of a voltage."""
    net = grid()
    p, q = loads(net)
    power_year(net, p[:, :100], q[:, :100], method="auto")  # compiles
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        bare = grid()
        set_loads(net, p[:, 0], q[:, 0])
        pp.runpp(net, calculate_voltage_angles=True, lightsim2grid=False)
        for library, ways, tried, measured in (
            ("lightsim2grid", lightsim2grid_ways(net, p, q), TRIED, HOURS),
            ("power-grid-model", power_grid_model_ways(bare, p, q), TRIED, HOURS),
            ("pandapower", pandapower_ways(net, p, q), SAMPLE, LONG_SAMPLE),
        ):
            found = power_year(bare, p[:, :measured], q[:, :measured], method="auto").u_pu
            words = fastest(ways, slice(0, tried), found[:, :tried])
            ways[words](slice(0, measured))
            own, theirs, voltage = [], [], found
            for _ in range(TIMES):
                seconds, _ = timed(lambda: power_year(bare, p, q, method="auto"))
                own.append(seconds)
                seconds, voltage = timed(functools.partial(ways[words], slice(0, measured)))
                theirs.append(seconds)
            ours, peer = median(own), median(theirs) * HOURS / measured
            sampled = "" if measured == HOURS else f", extrapolated from {measured} hours"
            yield {
                "name": f"Power flow, {BUSES} buses x {HOURS} h",
                "ours": round(ours, 3),
                "peer": round(peer, 2),
                "peer_name": f"{library} {version(library)}, {words}{sampled}",
                "unit": "s",
                "ratio": round(peer / ours, 1),
                "error": float(f"{np.abs(found - voltage).max():.2g}"),
            }
