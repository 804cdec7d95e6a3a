"""Networks of the four buildings, drawn by hand."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely.geometry import LineString, Point

from assets.networks.graph import Tree
from tests.twin.districts import CRS, X, Y
from twin.networks.layout.plan import NetworkPlan

PLACES = {
    "entry": (-60.0, 30.0),
    "corner": (50.0, 50.0),
    "w1": (20.0, 15.0),
    "w2": (80.0, 40.0),
    "w3": (5.0, 60.0),
    "w4": (33.0, 60.0),
}
"""Where the outside begins, where the street turns, and the buildings' walls [m]."""
KINDS = {"entry": "entry", "corner": "junction"}


def nodes(names: tuple[str, ...], carrier: str) -> pd.DataFrame:
    rows = [
        {
            "x_m": X + PLACES[name][0],
            "y_m": Y + PLACES[name][1],
            "kind": KINDS.get(name, "consumer"),
            "building": int(name[1]) - 1 if name.startswith("w") else -1,
            "plant": "",
        }
        for name in names
    ]
    return pd.DataFrame(rows, index=pd.Index([f"{carrier}-{name}" for name in names], name="node"))


def edges(ways: Mapping[tuple[str, str], str], names: tuple[str, ...], carrier: str, kind: str) -> gpd.GeoDataFrame:
    rows = []
    for (start, end), size in ways.items():
        line = LineString([(X + PLACES[name][0], Y + PLACES[name][1]) for name in (start, end)])
        rows.append(
            {
                "geometry": line,
                "start": names.index(start),
                "end": names.index(end),
                "length_m": line.length,
                "size": size,
                "kind": kind,
                "origin": "laid",
                "mapped_m": 0.0,
            }
        )
    index = pd.Index([f"{carrier}-{start}-{end}" for start, end in ways], name="edge")
    return gpd.GeoDataFrame(rows, index=index, geometry="geometry", crs=CRS)


def piped(
    carrier: str, ways: Mapping[tuple[str, str], str], design: Mapping[str, Any] | None = None, **more: Any
) -> NetworkPlan:
    """A tree of pipes, each way told from the entry on."""
    names = ("entry", *(end for _, end in ways))
    order = {name: k for k, name in enumerate(names)}
    lines = edges(ways, names, carrier, "pipe")
    tree = Tree(
        nodes=np.arange(len(names)),
        parent=np.array([-1, *(order[start] for start, _ in ways)]),
        edge=np.array([-1, *range(len(ways))]),
        length_m=np.array([0.0, *lines["length_m"]]),
    )
    at = np.array([order.get(f"w{k}", -1) for k in (1, 2, 3, 4)])
    return NetworkPlan(carrier, nodes(names, carrier), lines, tree, at, 0, None, dict(design or {}), **more)


def heat_plan(size: str = "steel_65_s1", last: str = "steel_32_s1", **more: Any) -> NetworkPlan:
    """Heat for the flats and the office."""
    return piped("heat", {("entry", "corner"): size, ("corner", "w1"): last, ("corner", "w2"): last}, **more)


def cold_plan(**more: Any) -> NetworkPlan:
    """Cold for the office."""
    return piped("cold", {("entry", "corner"): "steel_100_s1", ("corner", "w2"): "steel_100_s1"}, **more)


def gas_plan(**more: Any) -> NetworkPlan:
    """Gas for the house."""
    return piped("gas", {("entry", "corner"): "pe100_sdr11_63", ("corner", "w3"): "pe100_sdr11_63"}, **more)


def power_plan(cable_a: float = 270.0, **more: Any) -> NetworkPlan:
    """Medium voltage to a substation at the corner, low voltage to each building."""
    import pandapower as pp

    names = ("entry", "corner", "bar", "w1", "w2", "w3", "w4")
    PLACES["bar"], KINDS["bar"] = PLACES["corner"], "substation"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        net = pp.create_empty_network(f_hz=50.0)
    for name in names:
        pp.create_bus(net, vn_kv=20.0 if name in {"entry", "corner"} else 0.4, name=name)
    pp.create_ext_grid(net, 0, vm_pu=1.02)

    def cable(start: str, end: str, r: float, a: float) -> None:
        km = LineString([PLACES[start], PLACES[end]]).length / 1000.0
        pp.create_line_from_parameters(
            net, names.index(start), names.index(end), km, r, 0.08, 250.0, a / 1000.0, name=f"{start}-{end}"
        )

    ways = {("entry", "corner"): "mv", ("bar", "w1"): "lv", ("bar", "w2"): "lv", ("bar", "w3"): "lv",
            ("bar", "w4"): "lv"}  # fmt: skip
    for start, end in ways:
        cable(start, end, 0.2 if start == "entry" else 0.125, 300.0 if start == "entry" else cable_a)
    pp.create_transformer_from_parameters(
        net, 1, 2, sn_mva=0.63, vn_hv_kv=20.0, vn_lv_kv=0.4, vkr_percent=0.73, vk_percent=4.0, pfe_kw=0.54,
        i0_percent=0.18, shift_degree=330, vector_group="Dyn",
    )  # fmt: skip
    lines = edges(ways, names, "electricity", "cable")
    station = edges({("corner", "bar"): "630 kVA 20/0.4 kV"}, names, "electricity", "transformer")
    station["geometry"] = [Point(X + PLACES["corner"][0], Y + PLACES["corner"][1])]
    table = nodes(names, "electricity")
    table["level"] = ["MV", "MV", "LV", "LV", "LV", "LV", "LV"]
    table["station"], table["feeder"] = "", ""
    both = gpd.GeoDataFrame(pd.concat([lines, station]), geometry="geometry", crs=CRS)
    return NetworkPlan("electricity", table, both, None, np.array([3, 4, 5, 6]), 0, net, {}, **more)
