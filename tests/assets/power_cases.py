"""Nets of other people, and random ones, to calculate with."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pandapower as pp
import pandapower.networks as pn

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
    quiet(pp.runpp, net, calculate_voltage_angles=True, tolerance_mva=1e-10, **kwargs)
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
    low = [pp.create_bus(net, 0.4)]
    pp.create_transformer(net, high, low[0], "0.4 MVA 20/0.4 kV")
    net.trafo["shift_degree"] = shift
    for _ in range(buses - 1):
        low.append(pp.create_bus(net, 0.4))
        start = low[int(rng.integers(max(0, len(low) - 4), len(low) - 1))]
        pp.create_line(net, start, low[-1], float(rng.uniform(0.01, 0.06)), "NAYY 4x150 SE")
    return net
