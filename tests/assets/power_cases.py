"""Nets of other people, and random ones, to calculate with."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pandapower as pp
import pandapower.networks as pn
import pandas as pd

from assets.networks.graph import Graph

PUBLISHED: dict[str, Callable[[], Any]] = {
    "mv_oberrhein": pn.mv_oberrhein,
    "case33bw": pn.case33bw,
    "create_kerber_landnetz_kabel_1": pn.create_kerber_landnetz_kabel_1,
    "create_kerber_vorstadtnetz_kabel_1": pn.create_kerber_vorstadtnetz_kabel_1,
    "create_cigre_network_mv": lambda: pn.create_cigre_network_mv(with_der="pv_wind"),
    "simple_four_bus_system": pn.simple_four_bus_system,
}


def quiet(call: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Call pandapower, whose own code warns of pandas' and numpy's future."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return call(*args, **kwargs)


def published(name: str) -> Any:
    return quiet(PUBLISHED[name])


def run_pandapower(net: Any, **kwargs: Any) -> Any:
    # Without numba: pandapower would compile for ten seconds in every process. By its own solver: it takes another
    # library's where that is installed.
    own = {"numba": False, "lightsim2grid": False}
    quiet(pp.runpp, net, calculate_voltage_angles=True, tolerance_mva=1e-10, **own, **kwargs)
    return net


def set_loads(net: Any, p_kw: np.ndarray, q_kvar: np.ndarray) -> None:
    """Put one load at each bus in place of the net's own."""
    for table in ("load", "sgen", "storage", "asymmetric_load"):
        net[table] = net[table].iloc[:0]
    quiet(pp.create_loads, net, net.bus.index, p_mw=p_kw / 1e3, q_mvar=q_kvar / 1e3)


def random_feeder(rng: np.random.Generator, buses: int, shift: float = 150.0) -> Any:
    """A radial low-voltage net behind a transformer, each bus hanging on some earlier one."""
    net = pp.create_empty_network()
    high = pp.create_bus(net, 20.0)
    pp.create_ext_grid(net, high, vm_pu=1.0)
    low = pp.create_buses(net, buses, 0.4)
    pp.create_transformer(net, high, low[0], "0.4 MVA 20/0.4 kV")
    net.trafo["shift_degree"] = shift
    if buses > 1:
        start = [int(rng.integers(max(0, k - 3), k)) for k in range(1, buses)]
        pp.create_lines(net, low[start], low[1:], rng.uniform(0.01, 0.06, buses - 1), "NAYY 4x150 SE")
    return net


def town(seed: int, side: int, houses: int, step_m: float = 80.0) -> tuple[Graph, pd.DataFrame]:
    """A town of blocks with houses along its streets, some streets missing, and a peak for each house."""
    rng = np.random.default_rng(seed)
    x, y = (
        axis.ravel() * step_m + rng.uniform(-15, 15, side**2) for axis in np.meshgrid(np.arange(side), np.arange(side))
    )
    place = np.column_stack([x, y]).tolist()
    edges = [(k, k + 1) for k in range(side**2) if k % side < side - 1 and (k < side or rng.random() < 0.9)]
    edges += [(k, k + side) for k in range(side * (side - 1)) if k % side == 0 or rng.random() < 0.9]
    doors = []
    for _ in range(houses):
        chosen = int(rng.integers(len(edges)))
        a, b = edges[chosen]
        along = rng.uniform(0.1, 0.9)
        place.append([(1 - along) * place[a][k] + along * place[b][k] for k in range(2)])
        at = len(place) - 1
        place.append([place[at][k] + rng.uniform(3, 15) for k in range(2)])
        edges[chosen] = (a, at)
        edges += [(at, b), (at, at + 1)]
        doors.append(at + 1)
    xy, ends = np.array(place), np.array(edges, dtype=np.int64)
    length = np.maximum(np.hypot(*(xy[ends[:, 0]] - xy[ends[:, 1]]).T), 0.5)
    graph = Graph(xy[:, 0].copy(), xy[:, 1].copy(), ends[:, 0], ends[:, 1], length, np.zeros(len(ends), dtype=bool))
    consumers = pd.DataFrame(
        {
            "node": doors,
            "peak_kw": rng.lognormal(3.0, 0.8, houses),
            "customers": rng.integers(1, 30, houses),
            "load": rng.choice(["home", "service", "heated_home"], houses),
        },
        index=[f"house {k}" for k in range(houses)],
    )
    return graph, consumers
