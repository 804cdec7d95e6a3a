"""A year of a heat network on one core, against pandapipes on the same pipes, water and hours.

pandapipes solves some hours of the year, spread over the load; their mean time is taken for all 8760. Building its net
is left out, and its compiled code has run once before, as ours has. Process time of one thread. Errors are the worst of
those hours over all nodes of supply and return [K], and of the pressure that the pump gives [relative].
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from time import process_time
from typing import Any

import numpy as np

from assets.networks.heat import Consumers, HeatYear, MeshHours, Producers, heat_year, mesh_hours
from tests.assets.clock import clock
from tests.assets.heat_network_cases import Net, consumers, random_net, year_of_load

HOURS = 8760
KEEP = ("supply_temp_c", "return_temp_c")
SIZES = {200: (5, {"seed": 1}), 2000: (3, {"seed": 4, "reach": 200, "gradient_pa_m": 200.0})}
"""Buildings: hours that pandapipes solves, and the network."""
GROUND_C = 8.0


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

    def some_hours(self, hours: np.ndarray) -> MeshHours:
        """Some hours by pandapipes."""
        asked = Consumers(self.asked.node, np.asarray(self.asked.heat_kw)[:, hours], return_temp_c=45.0)
        edges = np.arange(self.net.graph.edge_count)
        return mesh_hours(
            self.net.graph, edges, self.net.pipes[1:], asked, Producers([0]), self.supply[hours], GROUND_C,
            sizes=self.net.sizes,
        )  # fmt: skip


def run() -> Iterator[dict[str, Any]]:
    """Measure years of 200 and of 2000 buildings: `error` in K, `pressure_error` relative, the worst of the hours."""
    logging.getLogger("pandapipes").setLevel(logging.ERROR)
    small = _case(20, 2, {"seed": 1})
    small.year()
    small.some_hours(small.sample)
    for buildings, (hours, network) in SIZES.items():
        case = _case(buildings, hours, network)
        ours, year = _timed(case.year, times=3)
        build, _ = _timed(lambda case=case: case.some_hours(case.sample[:1]), times=1)
        all_, peer = _timed(lambda case=case: case.some_hours(case.sample), times=1)
        step = (all_ - build) / (hours - 1)
        apart = max(
            np.abs(mine[:, case.sample] - theirs).max()
            for mine, theirs in ((year.supply_temp_c, peer.supply_temp_c), (year.return_temp_c, peer.return_temp_c))
        )
        pressure = np.abs(year.head_kpa[0, case.sample] / peer.head_kpa - 1.0).max()
        yield {
            "name": f"Heat network, {HOURS} h x {buildings} buildings: worst temperature and pressure apart",
            "ours": round(ours, 3),
            "peer": round(step * HOURS, 1),
            "peer_name": f"pandapipes {version('pandapipes')}, extrapolated from {hours} of {HOURS} hours",
            "unit": "s",
            "ratio": round(step * HOURS / ours, 1),
            "error": float(f"{apart:.2g}"),
            "pressure_error": float(f"{pressure:.2g}"),
        }


def _case(buildings: int, hours: int, network: dict[str, Any]) -> _Case:
    """A network, its year, and the hours to compare: quantiles of the load from a fifth of the peak on."""
    net = random_net(buildings, **network)
    load = year_of_load(HOURS)
    supply = 70.0 + 20.0 * load
    order = np.argsort(load)
    high = order[load[order] > 0.2]
    sample = high[np.linspace(0, len(high) - 1, hours).astype(int)]
    return _Case(net, consumers(net, load), supply, sample)


def _timed(work: Any, times: int) -> tuple[float, Any]:
    """Processor time of the fastest of some runs, and the last result."""
    taken, result = [], None
    for _ in range(times):
        start = process_time()
        result = work()
        taken.append(process_time() - start)
    return min(taken), result
