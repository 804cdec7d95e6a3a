"""A year of a heat network on one core, against pandapipes on the same pipes, water and hours.

pandapipes solves the middle hour of each of 36 equal parts of the year ordered by load, from the peak to summer nights,
so that their mean time is that of all 8760. Only its `pipeflow` counts, with its compiled code on and warm; building
its net and writing an hour's demand into it do not. It tries its ways on four hours first: with and without the
temperatures of the hour before to start from, with its three controls of the step, connectivity not checked again; the
fastest that solves them all is measured. Process time of one thread. Errors are the worst of those hours over all nodes
of supply and return [K], and of the pressure that the pump gives [relative].
"""

from __future__ import annotations

import itertools
import logging
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from statistics import median
from time import process_time
from typing import Any

import numpy as np
import pandapipes
from pandapipes.pf.pipeflow_setup import PipeflowNotConverged

from assets.networks.heat import Consumers, HeatYear, Producers, heat_year, pandapipes_net
from tests.assets.clock import clock
from tests.assets.heat_network_cases import Net, consumers, random_net, year_of_load

HOURS = 8760
KEEP = ("supply_temp_c", "return_temp_c")
SIZES: dict[int, dict[str, Any]] = {200: {"seed": 1}, 2000: {"seed": 4, "reach": 200, "gradient_pa_m": 200.0}}
"""Buildings, and the network."""
SAMPLE = 36
"""Hours that pandapipes solves, and those of them on which it tries its ways."""
TRIED = np.linspace(0, SAMPLE - 1, 4).astype(int)
TIMES = 5
GROUND_C = 8.0
KELVIN = 273.15
STEPS: dict[str, dict[str, Any]] = {
    "full steps": {},
    "controlled steps": {"nonlinear_method": "automatic"},
    "half steps": {"alpha": 0.5},
}
ROUNDS = {"max_iter_colebrook": 100, "max_iter_hyd": 100, "max_iter_therm": 100, "max_iter_bidirect": 100}


@dataclass(frozen=True)
class _Case:
    net: Net
    asked: Consumers
    supply: np.ndarray
    sample: np.ndarray

    def year(self) -> HeatYear:
        """All hours by the sweep."""
        return heat_year(
            self.net.tree, self.net.pipes, self.asked, Producers([0]), self.supply, GROUND_C, sizes=self.net.sizes,
            keep=KEEP, time=clock(self.asked.heat_kw),
        )  # fmt: skip

    def peer_net(self) -> Any:
        """The network as pandapipes has it."""
        asked = Consumers(self.asked.node, np.asarray(self.asked.heat_kw)[:, self.sample], return_temp_c=45.0)
        edges = np.arange(self.net.graph.edge_count)
        return pandapipes_net(
            self.net.graph, edges, self.net.pipes[1:], asked, Producers([0]), self.supply[self.sample], GROUND_C,
            sizes=self.net.sizes,
        )  # fmt: skip

    def peer_hours(self, net: Any, hours: np.ndarray, way: tuple[bool, str]) -> tuple[float, np.ndarray, np.ndarray]:
        """Processor time of an hour [s], temperatures of junctions [°C] and pressures of the pump [bar]."""
        from_before, steps = way
        start, spent = net.junction["tfluid_k"].copy(), 0.0
        heat, temperature, pressure = np.asarray(self.asked.heat_kw), [], []
        for hour in hours:
            net.heat_consumer["qext_w"] = 1000.0 * heat[:, hour]
            net.circ_pump_pressure["t_flow_k"] = self.supply[hour] + KELVIN
            begin = process_time()
            pandapipes.pipeflow(
                net, mode="bidirectional", friction_model="colebrook", use_numba=True, check_connectivity=False,
                tol_T=1e-4, ambient_temperature=GROUND_C + KELVIN, **ROUNDS, **STEPS[steps],
            )  # fmt: skip
            spent += process_time() - begin
            temperature.append(net.res_junction["t_k"].to_numpy() - KELVIN)
            pressure.append(net.res_junction["p_bar"].to_numpy())
            if from_before:
                net.junction["tfluid_k"] = net.res_junction["t_k"]
        net.junction["tfluid_k"] = start
        return spent / len(hours), np.array(temperature).T, np.array(pressure).T


def run() -> Iterator[dict[str, Any]]:
    """Measure years of 200 and of 2000 buildings: `error` in K, `pressure_error` relative, the worst of the hours."""
    logging.getLogger("pandapipes").setLevel(logging.ERROR)
    _case(20, {"seed": 1}).year()
    for buildings, network in SIZES.items():
        case = _case(buildings, network)
        ours, year = _timed(case.year, TIMES)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # pandas' remarks on pandapipes' tables
            net = case.peer_net()
            case.peer_hours(net, case.sample[:1], (False, "half steps"))  # compiles
            best = _fastest(case, net)
            step, temperature, pressure = case.peer_hours(net, case.sample, best)
        apart, head = _apart(case, year, temperature, pressure)
        words = f"{'from the hour before' if best[0] else 'from one start'}, {best[1]}"
        yield {
            "name": f"Heat network, {HOURS} h x {buildings} buildings: worst temperature and pressure apart",
            "ours": round(ours, 3),
            "peer": round(step * HOURS, 1),
            "peer_name": f"pandapipes {version('pandapipes')}, {words}, extrapolated from {SAMPLE} of {HOURS} hours",
            "unit": "s",
            "ratio": round(step * HOURS / ours, 1),
            "error": float(f"{apart:.2g}"),
            "pressure_error": float(f"{head:.2g}"),
        }


def _fastest(case: _Case, net: Any) -> tuple[bool, str]:
    """The way in which pandapipes solves some hours in least time."""
    taken = {}
    for way in itertools.product((True, False), STEPS):
        start = net.junction["tfluid_k"].copy()
        try:
            taken[way], _, _ = case.peer_hours(net, case.sample[TRIED], way)
        except PipeflowNotConverged:
            net.junction["tfluid_k"] = start
    return min(taken, key=lambda way: taken[way])


def _apart(case: _Case, year: HeatYear, temperature: np.ndarray, pressure: np.ndarray) -> tuple[float, float]:
    """Worst difference of a temperature [K] and of the pump's pressure [relative]; junctions: supply, then return."""
    count = len(temperature) // 2
    mine = np.vstack([year.supply_temp_c[:, case.sample], year.return_temp_c[:, case.sample]])
    between = 100.0 * (pressure[:count] - pressure[count:])
    spare = (between[case.asked.node] - case.asked.need_kpa).min(axis=0)
    head = between[0] - spare + Producers([0]).need_kpa
    return float(np.abs(mine - temperature).max()), float(np.abs(year.head_kpa[0, case.sample] / head - 1.0).max())


def _case(buildings: int, network: dict[str, Any]) -> _Case:
    """A network, its year, and the hours to compare: middles of equal parts of the hours in the order of load."""
    net = random_net(buildings, **network)
    load = year_of_load(HOURS)
    middles = ((np.arange(SAMPLE) + 0.5) / SAMPLE * HOURS).astype(int)
    return _Case(net, consumers(net, load), 70.0 + 20.0 * load, np.argsort(-load, kind="stable")[middles])


def _timed(work: Any, times: int) -> tuple[float, Any]:
    """Processor time of the middle of some runs, and the last result."""
    taken, result = [], None
    for _ in range(times):
        start = process_time()
        result = work()
        taken.append(process_time() - start)
    return median(taken), result
