"""Lay a grid along the streets: substations, feeders and rings, put together into one plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from assets._errors import InputError
from assets.networks.bridging import bridge_components
from assets.networks.graph import Array, Graph, Index
from assets.networks.power.coincidence import Diversity, diversity
from assets.networks.power.equipment import LOW, MEDIUM, cables, transformers
from assets.networks.power.low_voltage import Feeder, Stations, lay_feeders, place_stations
from assets.networks.power.medium_voltage import LaidRing, best_infeed, lay_rings
from assets.networks.power.plan import LAID, MAPPED, LayoutRules, PowerPlan, Strain, Terrain
from assets.networks.power.sizing import size_transformer
from assets.networks.routing import BRIDGE_COST, MAPPED_COST


@dataclass
class _Parts:
    """Rows of the plan's tables while they are written."""

    graph: Graph
    buses: list[dict[str, Any]] = field(default_factory=list)
    lines: list[dict[str, Any]] = field(default_factory=list)
    transformers: list[dict[str, Any]] = field(default_factory=list)
    edges: list[Index] = field(default_factory=list)
    strains: list[Strain] = field(default_factory=list)

    def bus(self, node: int, level: str, kind: str, *, station: str = "", feeder: str = "", origin: str = LAID) -> int:
        self.buses.append(
            {"node": int(node), "level": level, "kind": kind, "station": station, "feeder": feeder, "origin": origin}
        )
        return len(self.buses) - 1

    def line(self, from_bus: int, to_bus: int, edges: Index, **columns: Any) -> None:
        length = float(self.graph.length_m[edges].sum())
        mapped = float(self.graph.length_m[edges[self.graph.mapped[edges]]].sum())
        row = {"from_bus": from_bus, "to_bus": to_bus, "length_m": length, "mapped_m": mapped}
        self.lines.append(row | columns | {"origin": MAPPED if mapped > length / 2 else LAID})
        self.edges.append(edges)


def lay_power(
    graph: Graph,
    consumers: pd.DataFrame,
    substations: pd.DataFrame | None = None,
    *,
    infeed: int | None = None,
    rules: LayoutRules | None = None,
) -> PowerPlan:
    """Lay and size medium and low voltage for some consumers.

    Parameters
    ----------
    graph : Graph
        Streets, service connections and mapped cables; parts that nothing joins are bridged straight.
    consumers : DataFrame
        Index: asset. Columns node (of the graph), peak_kw (own peak); optional load (kind of `coincidence.csv`),
        customers (members of a consumer that is a group), annual_mwh (for Velander).
    substations : DataFrame, optional
        Mapped ones. Index: name. Column node; optional kva (rated power). All are kept and used; new ones are added for
        consumers out of their reach or beyond their power.
    infeed : int, optional
        Node of the primary substation, where the grid outside begins; by default where the cables become shortest.
    rules : LayoutRules, optional

    Returns
    -------
    PowerPlan

    Raises
    ------
    InputError
        Nodes that are not there, loads that are missing; all findings at once.
    """
    chosen = LayoutRules() if rules is None else rules
    mapped = pd.DataFrame({"node": []}, dtype=np.int64) if substations is None else substations
    _check(graph, consumers, mapped, infeed, chosen)
    spread = diversity(consumers, chosen.diversity)
    node = consumers["node"].to_numpy(np.int64)
    low = np.flatnonzero(spread.peak_kw(spread.features) < chosen.mv_direct_kw)
    heads = np.array([infeed if infeed is not None else (mapped["node"].iloc[0] if len(mapped) else node[0])], np.int64)
    wanted = np.unique(np.concatenate([node, mapped["node"].to_numpy(np.int64), heads]))
    wide = bridge_components(graph, wanted, settled=heads)
    bridge = np.arange(wide.edge_count) >= graph.edge_count
    cost = wide.length_m * np.where(bridge, BRIDGE_COST, np.where(wide.mapped, MAPPED_COST, 1.0))
    terrain = Terrain(wide, cost, node, spread, chosen)
    return _assemble(_Parts(wide), terrain, consumers.index, place_stations(terrain, low, mapped), infeed)


def _check(graph: Graph, consumers: pd.DataFrame, mapped: pd.DataFrame, infeed: int | None, rules: LayoutRules) -> None:
    findings = []
    numbered = f"they are numbered 0 to {graph.node_count - 1}"
    for kind, frame in (("consumer", consumers), ("substation", mapped)):
        if "node" not in frame:
            findings.append(f"the {kind}s have no column node: give the node of the graph that each stands at")
            continue
        number = pd.to_numeric(frame["node"], errors="coerce").to_numpy(float)
        out = ~((number >= 0) & (number < graph.node_count) & (number == np.floor(number)))
        findings += [f"{kind} {name}: node {value} is none of the graph; {numbered}"
                     for name, value in frame["node"][out].items()]  # fmt: skip
        if frame.index.has_duplicates:
            findings.append(f"{kind} {frame.index[frame.index.duplicated()][0]} stands twice: give each its own name")
    if len(consumers) == 0:
        findings.append("there are no consumers: a grid needs one at least")
    if infeed is not None and not 0 <= infeed < graph.node_count:
        findings.append(f"the infeed's node {infeed} is none of the graph; {numbered}")
    if cables(LOW, rules.country).empty or cables(MEDIUM, rules.country).empty:
        findings.append(f"the catalogue has no cables of both levels for the country {rules.country!r}; take FI or DE")
    if findings:
        raise InputError(findings)


def _assemble(parts: _Parts, terrain: Terrain, names: pd.Index, stations: Stations, infeed: int | None) -> PowerPlan:
    node, spread, rules = terrain.node, terrain.diversity, terrain.rules
    at_station = stations.of_consumer >= 0
    supply = np.where(at_station, stations.node[stations.of_consumer] if len(stations.node) else 0, node)
    stops = np.unique(np.concatenate([stations.node, node[~at_station]]))
    if infeed is None:
        infeed = best_infeed(parts.graph, stops, _sums(np.searchsorted(stops, supply), len(stops), spread))
    head = parts.bus(infeed, MEDIUM, "infeed")
    stops = stops[stops != infeed]
    place = np.searchsorted(stops, supply)
    stop_of = np.where(supply == infeed, -1, place)
    bus_at = {infeed: head}
    mapped_nodes = set(stations.node[stations.mapped].tolist())
    for stop in stops:
        bus_at[int(stop)] = parts.bus(stop, MEDIUM, "station", origin=MAPPED if int(stop) in mapped_nodes else LAID)
    for number, ring in enumerate(lay_rings(terrain, infeed, stops, stop_of)):
        _add_ring(parts, number, ring, [head, *(bus_at[int(stops[k])] for k in ring.stops), head], rules)
    bus_of = np.array([bus_at[int(n)] for n in supply], dtype=np.int64)
    for k in range(len(stations.name)):
        member = np.flatnonzero(stations.of_consumer == k)
        bus_of[member] = _add_station(parts, terrain, (stations, k), bus_at[int(stations.node[k])], member)
    return PowerPlan(
        graph=parts.graph, buses=pd.DataFrame(parts.buses), lines=_frame(parts.lines, _LINE),
        transformers=_frame(parts.transformers, _TRANSFORMER), line_edges=tuple(parts.edges),
        bus_of_consumer=pd.Series(bus_of, index=names, name="bus"), infeed_bus=head, rules=rules,
        strains=tuple(parts.strains),
    )  # fmt: skip


def _add_station(parts: _Parts, terrain: Terrain, station: tuple[Stations, int], hv_bus: int, member: Index) -> Index:
    """Write a substation and its feeders; give the bus of each of its consumers."""
    (stations, k), spread, rules = station, terrain.diversity, terrain.rules
    name, node, kva = stations.name[k], int(stations.node[k]), float(stations.kva[k])
    origin = MAPPED if stations.mapped[k] else LAID
    peak = float(spread.peak_kw(spread.features[member].sum(axis=0)))
    if peak > kva * rules.power_factor:
        parts.strains.append(Strain("station", str(name), peak, kva * rules.power_factor))
    needed = peak if np.isnan(kva) else kva * rules.power_factor * rules.transformer_use  # a known one is kept
    kind, parallel = size_transformer(
        needed, transformers(rules.mv_kv, "EU"), power_factor=rules.power_factor, use=rules.transformer_use
    )
    busbar = parts.bus(node, LOW, "busbar", station=name, origin=origin)
    parts.transformers.append({
        "hv_bus": hv_bus, "lv_bus": busbar, "transformer": kind, "parallel": parallel, "station": name, "peak_kw": peak,
        "origin": origin,
    })  # fmt: skip
    bus_of = np.full(len(terrain.node), busbar, dtype=np.int64)
    away = member[terrain.node[member] != node]
    for number, feeder in enumerate(lay_feeders(terrain, node, away), start=1):
        rows = _add_feeder(parts, feeder, busbar, (name, f"{name} / {number}"), rules.lv_drop_percent)
        inside = away[np.isin(terrain.node[away], feeder.node[feeder.consumer])]
        bus_of[inside] = [rows[int(n)] for n in terrain.node[inside]]
    return bus_of[member]


_LINE = ("from_bus", "to_bus", "length_m", "mapped_m", "cable", "parallel", "level", "station", "feeder", "ring",
         "closed", "peak_kw", "origin")  # fmt: skip
_TRANSFORMER = ("hv_bus", "lv_bus", "transformer", "parallel", "station", "peak_kw", "origin")


def _frame(rows: list[dict[str, Any]], columns: Sequence[str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(columns))


def _sums(stop_of: Index, count: int, spread: Diversity) -> Array:
    features = np.zeros((count, spread.features.shape[1]))
    np.add.at(features, stop_of, spread.features)
    return spread.peak_kw(features)


def _add_ring(parts: _Parts, number: int, ring: LaidRing, buses: list[int], rules: LayoutRules) -> None:
    for leg, edges in enumerate(ring.legs):
        parts.line(
            buses[leg], buses[leg + 1], edges, cable=ring.cable, parallel=ring.parallel, level=MEDIUM, station="",
            feeder="", ring=number, closed=leg != ring.open_leg, peak_kw=float(ring.peak_kw[leg]),
        )  # fmt: skip
    if ring.drop_percent > rules.mv_drop_percent:
        parts.strains.append(Strain("ring", str(number), float(ring.drop_percent), float(rules.mv_drop_percent)))


def _add_feeder(
    parts: _Parts, feeder: Feeder, busbar: int, names: tuple[str, str], limit_percent: float
) -> dict[int, int]:
    """Write a feeder; give the bus of each of its nodes."""
    bus = [busbar]
    for k in range(1, len(feeder.node)):
        kind = "consumer" if feeder.consumer[k] else "joint"
        bus.append(parts.bus(feeder.node[k], LOW, kind, station=names[0], feeder=names[1]))
        parts.line(
            bus[feeder.parent[k]], bus[k], feeder.edges[k], cable=feeder.cable[k], parallel=int(feeder.parallel[k]),
            level=LOW, station=names[0], feeder=names[1], ring=-1, closed=True, peak_kw=float(feeder.peak_kw[k]),
        )  # fmt: skip
    if feeder.drop_percent > limit_percent:
        parts.strains.append(Strain("feeder", names[1], float(feeder.drop_percent), float(limit_percent)))
    return {int(n): b for n, b in zip(feeder.node[1:], bus[1:], strict=True)}
