"""A grid while it is put together: a pandapower net, and what the map needs beside it."""

from __future__ import annotations

import copy
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from scipy import sparse

from assets.networks.power import cables, transformers
from assets.networks.power.equipment import LOW, MEDIUM
from assets.networks.power.plan import CABLE_USE, POWER_FACTOR
from twin.networks.layout.ids import edge_ids, node_ids
from twin.networks.layout.plan import EDGE_COLUMNS, NODE_COLUMNS, Index, NetworkDraft, NetworkPlan
from twin.texts import Note

Array = npt.NDArray[np.float64]
LV_MOST_KV = 1.0
"""Up to this voltage a bus is low voltage (IEC 60038) [kV]."""


@dataclass
class GridDraft(NetworkDraft):
    """A grid under work.

    Attributes
    ----------
    net : pandapowerNet
        Tables of buses with x_m, y_m, kind, station, feeder, node (of the ground's graph; -1 for imported ones).
    lines : dict of int to (line, street, mapped_m, kind, name)
        Shape and description of each row of `net.line`, by its index.
    consumers : list of int
        Bus of each building, -1 for others.
    chargers : list of int
        Bus of each public charging station.
    entry : int
        Bus where the outside feeds in.
    names : dict of int to str
        Ids that a scenario gave to transformers, by their index.
    plants : dict of str to int
        Bus of each plant.
    notes : list of Note
    """

    net: Any
    lines: dict[int, LineShape]
    consumers: list[int]
    chargers: list[int]
    entry: int
    names: dict[int, str] = field(default_factory=dict)
    plants: dict[str, int] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)

    def copy(self) -> GridDraft:
        """Return one that can be worked on without changing this one."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # of pandapower's own attributes while it is copied
            net = copy.deepcopy(self.net)
        return GridDraft(
            net, dict(self.lines), list(self.consumers), list(self.chargers), self.entry, dict(self.names),
            dict(self.plants), list(self.notes),
        )  # fmt: skip

    def place(self, node: int) -> tuple[float, float]:
        """Return the coordinates of a bus [m]."""
        return float(self.net.bus.loc[node, "x_m"]), float(self.net.bus.loc[node, "y_m"])

    def levels(self) -> pd.Series:
        """Voltage level of each bus, LV or MV."""
        return (self.net.bus["vn_kv"] <= LV_MOST_KV).map({True: LOW, False: MEDIUM})

    def ids(self) -> tuple[list[str], list[str]]:
        """Ids of the lines and of the transformers, in the order of their tables."""
        net = self.net
        at = net.bus[["x_m", "y_m"]]
        ends, middle, names = [], [], []
        for index, one, other in zip(net.line.index, net.line["from_bus"], net.line["to_bus"], strict=True):
            shape = self.lines[int(index)]
            ends.append([at.loc[one].to_numpy(), at.loc[other].to_numpy()])
            middle.append(shape.line.interpolate(0.5, normalized=True).coords[0])
            names.append(shape.name)
        for index, one, other in zip(net.trafo.index, net.trafo["hv_bus"], net.trafo["lv_bus"], strict=True):
            ends.append([at.loc[one].to_numpy(), at.loc[other].to_numpy()])
            middle.append(at.loc[other].to_numpy())
            names.append(self.names.get(int(index), ""))
        places = np.array(ends, dtype=np.float64).reshape(-1, 2, 2)
        found = edge_ids("electricity", places, np.array(middle, dtype=np.float64).reshape(-1, 2), names)
        return found[: len(net.line)], found[len(net.line) :]

    def supplied(self) -> npt.NDArray[np.bool_]:
        """Whether each bus, in the order of `net.bus`, is joined to the entry by what is closed."""
        net = self.net
        row = {int(bus): k for k, bus in enumerate(net.bus.index)}
        closed = ~net.line.index.isin(self.open_lines()) & net.line["in_service"].to_numpy(bool)
        start = [*net.line["from_bus"][closed], *net.trafo["hv_bus"][net.trafo["in_service"].to_numpy(bool)]]
        end = [*net.line["to_bus"][closed], *net.trafo["lv_bus"][net.trafo["in_service"].to_numpy(bool)]]
        couplers = net.switch[(net.switch["et"] == "b") & net.switch["closed"]]
        start, end = [*start, *couplers["bus"]], [*end, *couplers["element"]]
        ends = ([row[int(b)] for b in start], [row[int(b)] for b in end])
        links = sparse.coo_array((np.ones(len(start), dtype=np.int8), ends), shape=(len(row), len(row)))
        label = sparse.csgraph.connected_components(links, directed=False)[1]
        return np.asarray(label == label[row[self.entry]], dtype=bool)

    def open_lines(self) -> list[int]:
        """Return the indices of lines with an open switch at an end."""
        switch = self.net.switch
        return [int(k) for k in switch["element"][(switch["et"] == "l") & ~switch["closed"].astype(bool)]]

    def still_served(self, rows: Mapping[int, int], count: int) -> GridDraft:
        """As `NetworkDraft.still_served`; cables to those that are left out stay."""
        own = self.copy()
        own.consumers = [-1] * count
        for row, now in rows.items():
            own.consumers[now] = self.consumers[row]
        return own

    def plan(self, design: Mapping[str, Any], crs: Any, *, key: str = "", notes: Sequence[Note] = ()) -> NetworkPlan:
        """As `NetworkDraft.plan`; what is open or out of service stays so."""
        net = self.net
        row = pd.Series(np.arange(len(net.bus)), index=net.bus.index)
        supplied = self.supplied()
        asked = np.array(self.consumers, dtype=np.int64)
        at = _rows(row, asked)
        served = (at >= 0) & supplied[np.maximum(at, 0)]
        cut = np.flatnonzero((asked >= 0) & ~served)
        opened = np.flatnonzero(net.line.index.isin(self.open_lines()) | ~net.line["in_service"].to_numpy(bool))
        told = [*self.notes, *notes]
        if len(cut):
            told.append(Note("cut_off", values={"buildings": len(cut), "carrier": "electricity"}))
        return NetworkPlan(
            carrier="electricity", nodes=_nodes(self, np.where(served, at, -1)), edges=_edges(self, row, crs),
            tree=None, consumers=np.where(served, at, -1), entry=int(row[self.entry]), net=net, design=dict(design),
            notes=tuple(told), plants={name: int(row[bus]) for name, bus in self.plants.items()},
            chargers=_rows(row, np.array(self.chargers, dtype=np.int64)), cut_off=cut, open_edges=opened, key=key,
        )  # fmt: skip


@dataclass(frozen=True)
class LineShape:
    """What the map needs of a cable."""

    line: Any
    street: str = ""
    mapped_m: float = 0.0
    kind: str = "cable"
    name: str = ""


def add_bus(
    draft: GridDraft, place: tuple[float, float], like: int, *, kind: str, node: int = -1, origin: str = "edited"
) -> int:
    """Add a bus of the voltage, station and feeder of another one; give its index."""
    import pandapower as pp  # noqa: PLC0415 - takes seconds to load, and only grids need it

    net = draft.net
    told = net.bus.loc[like]
    bus = int(pp.create_bus(net, vn_kv=float(told["vn_kv"]), name=f"{kind} {len(net.bus)}"))
    row = {"x_m": place[0], "y_m": place[1], "kind": kind, "node": node, "origin": origin}
    row |= {name: told[name] for name in ("level", "station", "feeder") if name in net.bus}
    _fill(net.bus, bus, row)
    return bus


def add_cable(
    draft: GridDraft, ends: tuple[int, int], shape: LineShape, cable: str, *, origin: str, parallel: int = 1
) -> int:
    """Add a cable of the catalogue between two buses; give its index."""
    import pandapower as pp  # noqa: PLC0415

    net = draft.net
    index = int(pp.create_line_from_parameters(
        net, ends[0], ends[1], length_km=max(float(shape.line.length), 1.0) / 1e3, parallel=parallel, type="cs",
        r_ohm_per_km=0.1, x_ohm_per_km=0.1, c_nf_per_km=0.0, max_i_ka=0.1,
    ))  # fmt: skip
    row = {"origin": origin, "level": cables().loc[cable, "level"], "ring": -1, "mapped_m": shape.mapped_m}
    row |= {name: net.bus.loc[ends[0], name] for name in ("station", "feeder") if name in net.bus}
    _fill(net.line, index, row)
    draft.lines[index] = shape
    set_cable(draft, index, cable)
    return index


def set_cable(draft: GridDraft, index: int, cable: str) -> None:
    """Give a line the values of a cable of the catalogue."""
    row = cables().loc[cable]
    told = {name: float(row[name]) for name in ("r_ohm_per_km", "x_ohm_per_km", "c_nf_per_km")}
    told |= {name: float(row[name]) for name in ("r0_ohm_per_km", "x0_ohm_per_km", "c0_nf_per_km")}
    _fill(draft.net.line, index, told | {"max_i_ka": float(row["max_current_a"]) / 1e3, "std_type": cable})


def add_transformer(draft: GridDraft, hv_bus: int, lv_bus: int, size: str) -> int:
    """Add a transformer of the catalogue; give its index."""
    import pandapower as pp  # noqa: PLC0415

    net = draft.net
    row = transformers().loc[size]
    index = int(pp.create_transformer_from_parameters(
        net, hv_bus, lv_bus, sn_mva=float(row["rated_kva"]) / 1e3, vn_hv_kv=float(row["rated_hv_kv"]),
        vn_lv_kv=float(row["rated_lv_kv"]), vk_percent=float(row["vk_percent"]),
        vkr_percent=float(row["vkr_percent"]), pfe_kw=float(row["iron_kw"]), i0_percent=float(row["i0_percent"]),
        shift_degree=float(row["shift_degree"]), tap_side="hv", tap_neutral=0, tap_pos=0,
        tap_min=float(row["tap_min"]), tap_max=float(row["tap_max"]), tap_step_percent=float(row["tap_step_percent"]),
        tap_changer_type="Ratio", std_type=size,
    ))  # fmt: skip
    group = str(row["vector_group"]).rstrip("0123456789")
    told = {"origin": "edited", "vector_group": group}
    _fill(net.trafo, index, told | {name: net.bus.loc[lv_bus, name] for name in ("station",) if name in net.bus})
    return index


def set_transformer(draft: GridDraft, index: int, size: str) -> None:
    """Give a transformer the values of one of the catalogue; as many side by side as before."""
    row = transformers().loc[size]
    told = {name: float(row[name]) for name in ("vk_percent", "vkr_percent", "i0_percent", "shift_degree")}
    told |= {"sn_mva": float(row["rated_kva"]) / 1e3, "pfe_kw": float(row["iron_kw"])}
    told |= {"vn_hv_kv": float(row["rated_hv_kv"]), "vn_lv_kv": float(row["rated_lv_kv"])}
    _fill(draft.net.trafo, index, told | {"std_type": size})


def _fill(frame: pd.DataFrame, index: int, row: Mapping[str, Any]) -> None:
    """Write the values of a row whose columns are there."""
    for name, value in row.items():
        if name in frame:
            frame.loc[index, name] = value


def cable_for(level: str, country: str, kw: float) -> tuple[str, int]:
    """Thinnest cable of the catalogue for a load, or as many of the thickest as are needed."""
    known = cables(level, country)
    most = np.sqrt(3) * known["rated_kv"] * known["max_current_a"] * POWER_FACTOR * CABLE_USE
    enough = most.index[most >= kw]
    return (str(enough[0]), 1) if len(enough) else (str(most.index[-1]), int(np.ceil(kw / float(most.iloc[-1]))))


def cable_country(country: str) -> str:
    """Return the country whose cables are laid: its own where the catalogue has them, else Finland's."""
    return country if country in set(cables()["country"]) else "FI"


def _rows(row: pd.Series, buses: Index) -> Index:
    return np.asarray(row.reindex(buses).fillna(-1).to_numpy(dtype=np.int64))


_KINDS = {"infeed": "entry", "station": "substation", "busbar": "junction", "joint": "junction"}


def _nodes(draft: GridDraft, at: Index) -> pd.DataFrame:
    net = draft.net
    level = draft.levels()
    kind = net.bus["kind"].map(lambda word: _KINDS.get(word, word)).to_numpy(dtype=object)
    building = np.full(len(net.bus), -1, dtype=np.int64)
    for k in np.flatnonzero(at >= 0)[::-1]:
        building[at[k]] = k
    kind[(building >= 0) & (kind == "junction")] = "consumer"
    has_transformer = net.bus.index.isin(net.trafo["hv_bus"])
    kind[(kind == "substation") & ~has_transformer] = "consumer"
    plant = np.full(len(net.bus), "", dtype=object)
    for name, bus in draft.plants.items():
        if net.bus.loc[bus, "kind"] == "plant":
            plant[net.bus.index.get_loc(bus)] = name
    x, y = net.bus["x_m"].to_numpy(float), net.bus["y_m"].to_numpy(float)
    frame = pd.DataFrame(
        {"x_m": x, "y_m": y, "kind": kind, "building": building, "plant": plant},
        index=pd.Index(node_ids("electricity", x, y, level.tolist()), dtype=object, name="element"),
        columns=list(NODE_COLUMNS),
    )
    frame["level"] = level.to_numpy()
    for name in ("station", "feeder"):
        frame[name] = net.bus[name].fillna("").to_numpy() if name in net.bus else ""
    return frame


def _edges(draft: GridDraft, row: pd.Series, crs: Any) -> gpd.GeoDataFrame:
    net = draft.net
    lines, transformer = draft.ids()
    told = []
    for index, line in net.line.iterrows():
        shape = draft.lines[int(index)]
        told.append({
            "geometry": shape.line, "start": int(row[line["from_bus"]]), "end": int(row[line["to_bus"]]),
            "length_m": float(line["length_km"]) * 1e3, "size": line["std_type"] or "", "kind": shape.kind,
            "origin": line["origin"], "mapped_m": shape.mapped_m, "street": shape.street,
        })  # fmt: skip
    for _, trafo in net.trafo.iterrows():
        told.append({
            "geometry": shapely.points(draft.place(int(trafo["lv_bus"]))), "start": int(row[trafo["hv_bus"]]),
            "end": int(row[trafo["lv_bus"]]), "length_m": 0.0, "size": trafo["std_type"] or "", "kind": "transformer",
            "origin": trafo["origin"], "mapped_m": 0.0, "street": "",
        })  # fmt: skip
    index = pd.Index([*lines, *transformer], dtype=object, name="element")
    frame = gpd.GeoDataFrame(pd.DataFrame(told, columns=list(EDGE_COLUMNS), index=index), geometry="geometry", crs=crs)
    return frame.astype({"start": np.int64, "end": np.int64, "length_m": np.float64, "mapped_m": np.float64})
