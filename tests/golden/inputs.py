"""Read the inputs that our models and the oracles share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandapower as pp
import pandas as pd

from assets.networks.graph import Tree
from tests.assets.power_cases import PUBLISHED, published

Case = Mapping[str, Any]


def net_of(given: Case) -> Any:
    """A net of pandapower's own collection, or one of lines and a transformer of its standard types."""
    if given.get("net") in PUBLISHED:
        return published(given["net"])
    net = pp.create_empty_network()
    high = pp.create_bus(net, 20.0)
    pp.create_ext_grid(net, high, vm_pu=given["supply_pu"])
    low = pp.create_buses(net, len(given["parent"]), 0.4)
    pp.create_transformer(net, high, low[0], given["transformer"])
    for bus, (parent, length) in enumerate(zip(given["parent"], given["length_km"], strict=True)):
        if parent >= 0:
            pp.create_line(net, low[parent], low[bus], length, given["cable"])
    return net


def tree_of(given: Case) -> Tree:
    """A tree by the parent of each node, -1 the root's."""
    parent = np.array(given["parent"], dtype=np.int64)
    own = np.arange(len(parent))
    return Tree(own, parent, np.where(parent < 0, -1, own - 1), np.array(given["length_m"], dtype=np.float64))


def weather_of(given: Case) -> pd.DataFrame:
    """Weather by the hour that begins at the label."""
    names = ("air_temp_c", "wind_speed_m_s", "ghi_w_m2", "dni_w_m2", "dhi_w_m2", "pressure_pa")
    index = pd.date_range(given["begin"], periods=len(given["ghi_w_m2"]), freq="h")
    return pd.DataFrame({name: given[name] for name in names}, index=index)
