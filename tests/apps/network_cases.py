"""Networks of any district in the shape that the twin gives them, without its solvers: trees over the buildings.

One cable is laid out for three quarters of what its buildings take, and the farthest heat substation stays cold: there
is something to find.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
import xarray as xr
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order, minimum_spanning_tree
from scipy.spatial import Delaunay

SIZES = {
    "electricity": ("AXMK 4x95", "AXMK 4x240", "AHXAMK-W 3x185"),
    "heat": ("steel_50_s1", "steel_100_s1", "steel_250_s1"),
}
COLD_C = 65.0
LOSS_SHARE = 0.04


@dataclass(frozen=True)
class State:
    ids: np.ndarray
    values: np.ndarray
    unit: str
    limit_low: Any
    limit_high: Any


@dataclass(frozen=True, eq=False)
class TreeNetworks:
    """As `twin.networks.NetworkResults`."""

    dataset: xr.Dataset
    elements: gpd.GeoDataFrame
    summary: dict[str, Any]
    states: dict[str, State]
    below: dict[str, list[str]]

    def state(self, quantity: str) -> State:
        return self.states[quantity]


def run_networks(
    district: Any,
    scenario: Any = None,
    *,
    results: Any = None,
    seed: int = 0,
    progress: Callable[[float, str], None] | None = None,
    memo: Any = None,
) -> TreeNetworks:
    """Compute a year of two trees."""
    report = progress or (lambda _share, _what: None)
    report(0.1, "laying networks")
    buildings = district.buildings
    time = pd.date_range("2025-01-01", periods=8760, freq="h")
    rng = np.random.default_rng(seed)
    area = buildings["floor_area_m2"].to_numpy(dtype=float)
    hour, day = time.hour.to_numpy(), time.dayofyear.to_numpy()
    winter = 0.55 + 0.45 * np.cos(2 * np.pi * (day - 20) / 365)
    awake = 0.6 + 0.4 * np.exp(-(((hour - 17) / 4.0) ** 2))
    kw = {
        "electricity": area[:, None] * 0.012 * (awake * (0.8 + 0.2 * winter) * rng.uniform(0.97, 1.03, 8760))[None],
        "heat": area[:, None] * 0.04 * (winter * rng.uniform(0.9, 1.1, 8760))[None],
    }
    resized = {edit.id: edit.size for edit in getattr(scenario, "edits", ()) if getattr(edit, "do", "") == "resize"}
    removed = {edit.id for edit in getattr(scenario, "edits", ()) if getattr(edit, "do", "") == "remove"}
    parts, states, below, annual = [], {}, {}, {}
    for carrier in ("electricity", "heat"):
        report(0.4, f"a year of {carrier}")
        tree = _Tree(buildings, carrier)
        frame, found = tree.year(kw[carrier], resized, removed)
        parts.append(frame)
        below |= tree.below
        annual[carrier] = float(kw[carrier].sum())
        for name, state in found.items():
            states[name] = state if name not in states else _joined(states[name], state)
    plants = _plants(buildings, scenario)
    parts += [plants] if len(plants) else []
    elements = gpd.GeoDataFrame(pd.concat(parts)).set_crs(buildings.crs)
    elements.index.name = "element"
    names = [f"heat-n{digest(str(name))}" for name in buildings.index]
    dataset = xr.Dataset(
        {"heat_node_of_building": ("building", np.arange(len(buildings)))},
        coords={"time": time, "building": buildings.index.to_numpy(dtype=object), "heat_node": names},
        attrs={"district": district.name, "notes": ""},
    )
    report(1.0, "done")
    return TreeNetworks(dataset, elements, annual, states, below)


def network_kpis(networks: TreeNetworks) -> dict[str, dict[str, Any]]:
    over = networks.elements["hours_over"].gt(0)
    loading = networks.states["loading"].values  # noqa: PD011  a field
    common = {"available": True, "kind": "modelled", "rests_on": "map buildings weather"}
    return {
        "branch_loading": {
            "label": "Loading of cables",
            "value": float(100 * loading.max()),
            "unit": "%",
            "limit": 100.0,
            "exceeded": bool(loading.max() > 1),
            **common,
        },
        "elements_over": {
            "label": "Elements over",
            "value": int(over.sum()),
            "unit": "",
            "limit": 0,
            "exceeded": bool(over.any()),
            **common,
        },
    }


def causes(networks: TreeNetworks, element: str, hours: Any = None) -> pd.DataFrame:
    names = networks.below.get(element, [])
    if not names:
        return pd.DataFrame(columns=["kind", "kw", "share", "hours", "worst_hour"])
    share = np.linspace(2, 1, len(names)) / np.linspace(2, 1, len(names)).sum()
    return pd.DataFrame(
        {
            "kind": "building",
            "kw": 100 * share,
            "share": share,
            "hours": int(networks.elements.loc[element, "hours_over"]),
            "worst_hour": pd.Timestamp("2025-01-15T15:00"),
        },
        index=pd.Index(names, name="asset"),
    )


def energy_flows(results: Any, networks: TreeNetworks) -> pd.DataFrame:
    rows = []
    for carrier, kwh in networks.summary.items():
        rows.append((f"outside:{carrier}", f"network:{carrier}", carrier, kwh * (1 + LOSS_SHARE)))
        rows.append((f"network:{carrier}", f"demand:{carrier}", carrier, kwh))
        rows.append((f"network:{carrier}", f"losses:network of {carrier}", carrier, kwh * LOSS_SHARE))
    return pd.DataFrame(rows, columns=["source", "target", "carrier", "kwh"])


class _Tree:
    """A spanning tree over the buildings' middles."""

    def __init__(self, buildings: Any, carrier: str) -> None:
        self.carrier, self.names = carrier, [str(name) for name in buildings.index]
        middle = buildings.geometry.representative_point()
        shift = 3.0 if carrier == "heat" else 0.0
        self.x, self.y = middle.x.to_numpy() + shift, middle.y.to_numpy() + shift
        pairs = _pairs(self.x, self.y)
        length = np.hypot(self.x[pairs[:, 0]] - self.x[pairs[:, 1]], self.y[pairs[:, 0]] - self.y[pairs[:, 1]])
        n = len(self.names)
        tree = minimum_spanning_tree(csr_array((length, (pairs[:, 0], pairs[:, 1])), shape=(n, n)))
        root = int(np.argmin(self.x + self.y))
        self.order, self.parent = breadth_first_order(tree, root, directed=False)
        self.ends = [(int(self.parent[k]), int(k)) for k in self.order[1:]]
        self.below: dict[str, list[str]] = {}

    def year(self, kw: np.ndarray, resized: dict[str, str], removed: set[str]) -> tuple[Any, dict[str, State]]:
        passing = kw.astype(np.float32).copy()
        inside = [[name] for name in self.names]
        for k in self.order[:0:-1]:
            passing[self.parent[k]] += passing[k]
            inside[self.parent[k]] += inside[k]
        ids = [f"{self.carrier}-{digest(self.names[k])}" for _, k in self.ends]
        self.below |= {name: inside[k] for name, (_, k) in zip(ids, self.ends, strict=True)}
        rows = [k for _, k in self.ends]
        flow = passing[rows]
        capacity = flow.max(axis=1) * 1.3
        worst = int(np.argsort(flow.max(axis=1))[-3]) if len(rows) > 2 else 0
        if self.carrier == "electricity":
            capacity[worst] = flow[worst].max() * 0.75
        capacity *= [3.0 if name in resized else 1.0 for name in ids]
        loading = flow / np.maximum(capacity, 1e-6)[:, None]
        rank = np.searchsorted(np.quantile(capacity, [0.6, 0.9]), capacity)
        lines = [shapely.LineString([(self.x[a], self.y[a]), (self.x[b], self.y[b])]) for a, b in self.ends]
        mapped = np.arange(len(ids)) % 5 == 0
        frame = gpd.GeoDataFrame(
            {
                "carrier": self.carrier,
                "kind": "cable" if self.carrier == "electricity" else "pipe",
                "size": [resized.get(name, SIZES[self.carrier][r]) for name, r in zip(ids, rank, strict=True)],
                "origin": [
                    "edited" if name in resized else "mapped" if m else "laid"
                    for name, m in zip(ids, mapped, strict=True)
                ],
                "length_m": [line.length for line in lines],
                "limit": 1.0,
                "title": [f"Line, Street {k + 1}" for k in range(len(ids))],
                "worst": loading.max(axis=1),
                "hours_over": (loading > 1).sum(axis=1),
                "buildings": [len(inside[k]) for _, k in self.ends],
                "loss_kwh": flow.sum(axis=1) * LOSS_SHARE / len(ids),
                "start": [self._node(a) for a, _ in self.ends],
                "end": [self._node(b) for _, b in self.ends],
            },
            geometry=lines,
            index=pd.Index(ids, name="element"),
        )
        keep = ~frame.index.isin(list(removed))
        state = {
            "loading": State(np.array(ids)[keep], loading[keep], "1", None, 1.0),
            "loss": State(np.array(ids)[keep], (flow * LOSS_SHARE / len(ids))[keep], "kW", None, None),
        }
        nodes, more = self._nodes(passing)
        frame["unit"] = "1"
        return pd.concat([frame[keep], nodes]), state | more

    def _nodes(self, passing: np.ndarray) -> tuple[Any, dict[str, State]]:
        """Voltages of buses; of heat, temperatures at substations."""
        names = np.array([self._node(k) for k in range(len(self.names))])
        depth = np.zeros(len(names))
        for k in self.order[1:]:
            depth[k] = depth[self.parent[k]] + 1
        share = passing / passing.max()
        far = (depth / max(depth.max(), 1))[:, None]
        if self.carrier == "electricity":
            volts = 1.0 - 0.06 * far * (0.3 + 0.7 * share[self.order[0]])[None]
            state = {"voltage": State(names, volts.astype(np.float32), "p.u.", 0.9, 1.1)}
            place = [shapely.Point(self.x[self.order[0]], self.y[self.order[0]])]
            rows = [("electricity-station", "transformer", "630 kVA 20/0.4 kV", "Substation", 0.8, 0, len(names))]
            ids: Any = ["electricity-station"]
        else:
            supply = 90.0 - 20.0 * far * np.ones_like(share)
            coldest = int(np.argmax(depth))
            supply[coldest, 300:420] = 61.0
            state = {"temperature": State(names, supply.astype(np.float32), "°C", COLD_C, None)}
            place = list(shapely.points(self.x, self.y))
            rows = [
                (name, "substation", "", f"Heat substation {k + 1}", float(supply[k].min()), 0, 1)
                for k, name in enumerate(names)
            ]
            rows[coldest] = (*rows[coldest][:5], 120, 1)
            ids = names
            self.below |= {names[k]: [self.names[k]] for k in range(len(names))}
        columns = ["id", "kind", "size", "title", "worst", "hours_over", "buildings"]
        frame = pd.DataFrame(rows, columns=columns).set_index("id")
        frame = frame.assign(
            carrier=self.carrier,
            origin="assumed",
            length_m=0.0,
            limit=1.0 if self.carrier == "electricity" else COLD_C,
            unit="1" if self.carrier == "electricity" else "°C",
            loss_kwh=0.0,
            start="",
            end="",
        )
        return gpd.GeoDataFrame(frame, geometry=place, index=pd.Index(ids, name="element")), state

    def _node(self, k: int) -> str:
        return f"{self.carrier}-n{digest(self.names[k])}"


def _plants(buildings: Any, scenario: Any) -> Any:
    """Plants of the scenario, where it puts them."""
    found = {}
    corner = buildings.geometry.representative_point().iloc[0]
    for edit in getattr(scenario, "edits", ()):
        if edit.what != "plant":
            continue
        if edit.do == "add":
            found[edit.id] = {"kind": edit.kind, "size_kw": edit.size_kw or 0.0, "at": edit.at}
        elif edit.do == "remove":
            found.pop(edit.id, None)
        elif edit.id in found:
            found[edit.id] |= {
                "at": edit.at or found[edit.id]["at"],
                "size_kw": edit.size_kw or found[edit.id]["size_kw"],
            }
    places = []
    for one in found.values():
        there = gpd.GeoSeries([shapely.Point(one["at"])], crs="EPSG:4326") if one["at"] else None
        places.append(corner if there is None else there.to_crs(buildings.crs).iloc[0])
    return gpd.GeoDataFrame(
        {
            "carrier": "heat",
            "kind": "plant",
            "size": [one["kind"] for one in found.values()],
            "origin": "edited",
            "length_m": 0.0,
            "limit": [one["size_kw"] for one in found.values()],
            "title": list(found),
            "worst": 0.0,
            "unit": "kW",
            "hours_over": 0,
            "buildings": 0,
            "loss_kwh": 0.0,
            "start": "",
            "end": "",
        },
        geometry=places,
        index=pd.Index(list(found), name="element"),
    )


def _pairs(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    if len(x) < 4:
        return np.array([(a, b) for a in range(len(x)) for b in range(a)])
    corners = Delaunay(np.column_stack([x, y])).simplices
    return np.unique(np.sort(np.vstack([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [0, 2]]]), axis=1), axis=0)


def _joined(one: State, other: State) -> State:
    return State(
        np.concatenate([one.ids, other.ids]),
        np.vstack([one.values, other.values]),  # noqa: PD011  fields
        one.unit,
        one.limit_low,
        one.limit_high,
    )


def digest(text: str) -> str:
    """Eight letters that stand for a text, the same in every process."""
    return hashlib.blake2b(text.encode(), digest_size=4).hexdigest()
