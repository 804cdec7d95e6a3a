"""The grid of a district as it is: laid along the streets, or imported from a pandapower net."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyproj
import shapely

from assets._errors import InputError
from assets.networks.power import LayoutRules, PowerPlan, lay_power, pandapower_net, read_pandapower
from twin.model.ground import Site
from twin.networks.layout.design_loads import DesignLoads
from twin.networks.layout.grid_draft import LV_MOST_KV, GridDraft, LineShape, cable_country
from twin.networks.layout.plan import Index
from twin.networks.layout.streets import Ground, choose_entry, edge_line, line_along, street_along
from twin.texts import Note

Array = npt.NDArray[np.float64]
PRIMARY_V = 45_000.0
"""From this voltage on a mapped substation is one where the grid outside begins [V]."""
_LEAST_V = 1000.0
_SUBSTATION = "substation/"
_CHARGER = "charger/"


def places_to_connect(site: Site, chargers: gpd.GeoDataFrame | None) -> gpd.GeoSeries:
    """Substations and charging stations of a district, to be joined to the streets."""
    parts = []
    found = substations(site)
    if len(found):
        parts.append(found.geometry.set_axis(_SUBSTATION + found.index.astype(str)))
    if chargers is not None and len(chargers):
        told = chargers.geometry.to_crs(site.buildings.crs)
        parts.append(told.set_axis(_CHARGER + chargers.index.astype(str)))
    return pd.concat(parts) if parts else gpd.GeoSeries([], crs=site.buildings.crs)


def substations(site: Site) -> gpd.GeoDataFrame:
    """Return the mapped substations of the public grid: not those of railways and tramways."""
    power = site.power
    if power is None or not len(power):
        return gpd.GeoDataFrame({"voltage_v": []}, geometry=[], crs=site.buildings.crs)
    volts = power["voltage_v"].to_numpy(dtype=np.float64)
    return power[(power["kind"] == "substation").to_numpy() & ~(volts < _LEAST_V)]


def lay_grid(
    site: Site,
    ground: Ground,
    loads: DesignLoads,
    *,
    country: str,
    chargers: gpd.GeoDataFrame | None = None,
    origin: str = "mapped",
) -> tuple[GridDraft, dict[str, Any]]:
    """Lay and size the grid of all buildings as they are, and of public charging stations.

    Parameters
    ----------
    site : Site
    ground : Ground
        With `places_to_connect` behind the buildings.
    loads : DesignLoads
    country : str
        Whose cables are laid.
    chargers : geopandas.GeoDataFrame, optional
        Public charging stations.
    origin : str
        Of cables along mapped ways: "mapped" or "imported".

    Returns
    -------
    draft : GridDraft
    design : dict
    """
    known = substations(site)
    n, s = len(site.buildings), len(known)
    built = known.assign(node=ground.node[n : n + s])
    built = built[built["node"] >= 0]
    volts = built["voltage_v"].to_numpy(dtype=np.float64)
    primary = built["node"][volts >= PRIMARY_V]
    table, charged = _consumers(site, ground, loads, chargers)
    heads = primary if len(primary) else built["node"]
    own = table["peak_kw"].to_numpy()
    entry, entry_origin = choose_entry(ground, table["node"].to_numpy(), own, mapped=[int(k) for k in heads])
    rules = LayoutRules(country=cable_country(country), diversity="hours")
    stations = built[~(volts >= PRIMARY_V)][["node"]].drop_duplicates("node")
    stations.index = stations.index.astype(str)
    plan = lay_power(ground.graph, table, stations, infeed=entry, rules=rules)
    draft = _grid_draft(site, ground, plan, charged)
    if origin != "mapped":
        draft.net.line["origin"] = draft.net.line["origin"].replace("mapped", origin)
        entry_origin = origin if entry_origin == "mapped" and entry not in set(heads) else entry_origin
    missing = draft.consumers.count(-1)
    if missing:
        draft.notes.append(Note("unreached", values={"buildings": missing, "carrier": "electricity"}))
    draft.notes += [
        Note(f"grid_{one.kind}", (one.id,), {"value": one.value, "limit": one.limit}) for one in plan.strains
    ]
    hours = table.filter(like="hour_").to_numpy().sum(axis=0)
    design = {
        "country": rules.country,
        "entry_origin": entry_origin,
        "design_kw": float(hours.max(initial=0.0)),
        "mv_kv": rules.mv_kv,
        "lv_kv": rules.lv_kv,
        "mv_direct_kw": rules.mv_direct_kw,
        "power_factor": rules.power_factor,
    }
    return draft, design


def _consumers(
    site: Site, ground: Ground, loads: DesignLoads, chargers: gpd.GeoDataFrame | None
) -> tuple[pd.DataFrame, list[str]]:
    """Table of consumers for `lay_power`, and the charging stations' names in it, "" for those left out."""
    own, hours = loads.of("electricity", site.buildings.index.astype(str))
    names = [str(name) for name in site.buildings.index]
    nodes = ground.node[: len(names)]
    charged: list[str] = []
    if chargers is not None and len(chargers):
        nodes = np.append(nodes, ground.node[len(ground.node) - len(chargers) :])
        charged = [_CHARGER + str(name) for name in chargers.index]
        more = [_station(loads, str(name), row, hours.shape[1]) for name, row in chargers.iterrows()]
        own = np.append(own, [peak for peak, _ in more])
        hours = np.vstack([hours, *(drawn for _, drawn in more)])
    table = pd.DataFrame({"node": nodes, "peak_kw": own}, index=names + charged)
    table = table.join(pd.DataFrame(hours, index=table.index, columns=[f"hour_{k}" for k in range(hours.shape[1])]))
    joined = table["node"] >= 0
    return table[joined], [name if joined[name] else "" for name in charged]


def _station(loads: DesignLoads, name: str, row: pd.Series[Any], hours: int) -> tuple[float, Array]:
    if name in loads.stations:
        return loads.stations[name]
    kw = float(np.nan_to_num(row["capacity"], nan=1.0) * np.nan_to_num(row["output_kw"], nan=11.0))
    return kw, np.full(hours, kw)


def _grid_draft(site: Site, ground: Ground, plan: PowerPlan, charged: list[str]) -> GridDraft:
    net = pandapower_net(plan)
    lines = {}
    kind = ground.streets.kind
    graph = plan.graph
    for index, edges in zip(plan.lines.index, plan.line_edges, strict=True):
        follows = [int(edge) for edge in edges]
        if follows:
            shape = line_along([edge_line(ground, graph, edge) for edge in follows])
        else:
            at = int(plan.buses["node"].iloc[int(plan.lines.loc[index, "from_bus"])])
            shape = shapely.linestrings([(graph.x_m[at], graph.y_m[at])] * 2)
        service = bool(follows) and all(edge < len(kind) and kind[edge] == "service" for edge in follows)
        lines[int(index)] = LineShape(
            shape,
            street_along(ground, graph, follows),
            float(plan.lines.loc[index, "mapped_m"]),
            "service" if service else "cable",
        )
    bus = plan.bus_of_consumer
    consumers = [int(bus.get(str(name), -1)) for name in site.buildings.index]
    chargers = [int(bus[name]) if name else -1 for name in charged]
    return GridDraft(net, lines, consumers, chargers, plan.infeed_bus)


def import_grid(path: Path, site: Site, chargers: gpd.GeoDataFrame | None = None) -> tuple[GridDraft, dict[str, Any]]:
    """Take a pandapower net as it is, with the nearest bus of low voltage for each building.

    Parameters
    ----------
    path : Path
        JSON of `pandapower.to_json`; its buses have places: `geo` in degrees, or columns x_m and y_m in the district's
        CRS.
    site : Site
    chargers : geopandas.GeoDataFrame, optional
        Public charging stations.

    Returns
    -------
    draft : GridDraft
    design : dict

    Raises
    ------
    InputError
        The file is no net that can be calculated, has no places, or nothing feeds it.
    """
    net = read_pandapower(path)
    findings = []
    if not len(net.ext_grid):
        findings.append(f"{path.name}: nothing feeds it; add an ext_grid where the grid outside begins")
    places = _bus_places(net, site.buildings.crs)
    lost = net.bus.index[~np.isfinite(places).all(axis=1)]
    if len(lost):
        some = ", ".join(map(str, lost[:5]))
        findings.append(f"{path.name}: {len(lost)} buses have no place ({some}): give their `geo` in degrees")
    if not (net.bus["vn_kv"] <= LV_MOST_KV).any():
        findings.append(f"{path.name}: it has no bus of low voltage that buildings could be connected to")
    if findings:
        raise InputError(findings)
    net.bus["x_m"], net.bus["y_m"] = places[:, 0], places[:, 1]
    for name, value in (("kind", "joint"), ("station", ""), ("feeder", ""), ("node", -1)):
        net.bus[name] = net.bus[name].fillna(value) if name in net.bus else value
    for name, number in (("ring", -1), ("mapped_m", 0.0)):
        net.line[name] = net.line[name].fillna(number) if name in net.line else number
    net.bus.loc[net.trafo["hv_bus"], "kind"] = "station"
    entry = int(net.ext_grid["bus"].iloc[0])
    net.bus.loc[entry, "kind"] = "infeed"
    for name in ("load", "sgen"):  # the district's buildings are its loads
        net[name] = net[name].iloc[:0]
    inside = site.buildings.geometry.centroid
    bus, far = _nearest_bus(net, np.column_stack([inside.x, inside.y]))
    points = chargers.geometry.to_crs(site.buildings.crs).centroid if chargers is not None else []
    stations = _nearest_bus(net, np.array([(p.x, p.y) for p in points]).reshape(-1, 2))[0]
    draft = GridDraft(net, _imported_lines(net, site.buildings.crs), bus.tolist(), stations.tolist(), entry)
    away = {"mean_m": float(far.mean()), "most_m": float(far.max(initial=0.0))}
    draft.notes.append(Note("grid_of_file", values={"file": path.name, **away}))
    return draft, {"entry_origin": "imported", "file": path.name, "country": "FI", "mv_direct_kw": np.inf}


def _bus_places(net: Any, crs: Any) -> Array:
    """Coordinates of the buses in the district's CRS, shape (n, 2); NaN where there are none."""
    if {"x_m", "y_m"} <= set(net.bus.columns):
        return np.asarray(net.bus[["x_m", "y_m"]].to_numpy(dtype=np.float64))
    degrees = np.full((len(net.bus), 2), np.nan)
    if "geo" in net.bus:
        for row, told in enumerate(net.bus["geo"]):
            if isinstance(told, str) and told:
                degrees[row] = json.loads(told)["coordinates"][:2]
    return _projected(degrees, crs)


def _projected(degrees: Array, crs: Any) -> Array:
    sound = (np.abs(degrees[:, 0]) <= 180.0) & (np.abs(degrees[:, 1]) <= 90.0)
    x, y = pyproj.Transformer.from_crs("EPSG:4326", crs, always_xy=True).transform(degrees[:, 0], degrees[:, 1])
    return np.where(sound[:, None] & np.isfinite(degrees), np.column_stack([x, y]), np.nan)


def _imported_lines(net: Any, crs: Any) -> dict[int, LineShape]:
    """Shapes of the lines of a net: their own, or straight between their buses."""
    at = net.bus[["x_m", "y_m"]]
    found = {}
    for index, line in net.line.iterrows():
        ends = at.loc[[line["from_bus"], line["to_bus"]]].to_numpy(dtype=np.float64)
        told = line["geo"] if "geo" in net.line else None
        points = ends
        if isinstance(told, str) and told:
            inner = _projected(np.array(json.loads(told)["coordinates"], dtype=np.float64)[:, :2], crs)
            points = inner if np.isfinite(inner).all() and len(inner) > 1 else ends
        length = float(line["length_km"]) * 1e3
        found[int(index)] = LineShape(shapely.linestrings(points), mapped_m=length)
    return found


def _nearest_bus(net: Any, places: Array) -> tuple[Index, Array]:
    """Nearest bus of low voltage to each place, and how far it is [m]."""
    low = net.bus[net.bus["vn_kv"] <= LV_MOST_KV]
    tree = shapely.STRtree(shapely.points(low[["x_m", "y_m"]].to_numpy(dtype=np.float64)))
    if not len(places):
        return np.empty(0, dtype=np.int64), np.empty(0)
    (_, row), far = tree.query_nearest(shapely.points(places), return_distance=True, all_matches=False)
    return low.index.to_numpy(dtype=np.int64)[row], np.asarray(far)
