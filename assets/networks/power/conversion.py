"""A pandapower net as input of power-grid-model: nodes, branches, sources, and which of them is which.

Both describe a three-phase net in steady state, but not with the same elements. Lines are the same π. A transformer of
pandapower is a T (or a π) behind a tapped ideal one; power-grid-model's own transformer is a π, so the balanced
calculation gets a `generic_branch` with the π that equals the T (star-delta transformation). Buses that closed
switches join are one node.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from assets._errors import InputError
from assets.networks.power.checking import net_findings
from assets.networks.power.tables import Array, Ints, column, end_status, filled, rows_of
from assets.networks.power.transformer_model import balanced_trafos, trafo_limits, unbalanced_trafos

IDEAL_VA = 1e20
"""Short-circuit power that makes a source's voltage stiff: the drop inside is below 1e-12 p.u."""
_SWITCH_RX = 2.0
"""R/X of a switch with an impedance: pandapower's default `switch_rx_ratio`."""
_LEAST_C_F = 1e-16
"""power-grid-model gives a conductance as a part of the susceptance: there must be a little of the latter."""


@dataclass(frozen=True)
class GridInput:
    """What power-grid-model calculates with, and where the net's elements are in it.

    Attributes
    ----------
    data : dict of str to structured ndarray
        Input of `power_grid_model.PowerGridModel`, without loads.
    frequency_hz : float
    node_of_bus : ndarray of int64, shape (buses,)
        Row of `data["node"]` of each row of `net.bus`; -1 for a bus out of service.
    line, trafo : ndarray of int64
        Row of each row of `net.line` in `data["line"]`, of `net.trafo` in `data["generic_branch"]` (balanced) or
        `data["transformer"]` (unbalanced); -1 where an end is out of service.
    line_limit_a, trafo_limit_a : ndarray, shapes (lines,), (trafos, 2)
        Current of 100 % [A]: of a line; of a transformer's high- and low-voltage sides.
    trafo_kind : str
        "generic_branch" or "transformer".
    first_free_id : int
        Ids from here on are not taken.
    """

    data: dict[str, npt.NDArray[Any]]
    frequency_hz: float
    node_of_bus: Ints
    line: Ints
    trafo: Ints
    line_limit_a: Array
    trafo_limit_a: Array
    trafo_kind: str
    first_free_id: int


def convert(net: Any, *, trafo_model: str = "t", source_va: float | None = IDEAL_VA, phases: int = 1) -> GridInput:
    """Convert a pandapower net, without its loads.

    Parameters
    ----------
    net : pandapowerNet
        Buses, lines, two-winding transformers, switches, shunts and external grids.
    trafo_model : str
        "t" as pandapower's default, or "pi".
    source_va : float or None
        Short-circuit power of the external grids [VA]; stiff by default, as `pandapower.runpp` has them. None takes
        the net's own `s_sc_max_mva` and `rx_max`, as a three-phase calculation does.
    phases : int
        1 for balanced, 3 for unbalanced calculations (then zero-sequence data are needed).

    Returns
    -------
    GridInput

    Raises
    ------
    InputError
        The net has elements that are not converted, or values that no net can have.
    """
    findings = net_findings(net, phases=phases)
    if trafo_model not in ("t", "pi"):
        findings.append(f"no transformer model {trafo_model!r}: take 't' or 'pi'")
    for name in ("leakage_resistance_ratio_hv", "leakage_reactance_ratio_hv") if trafo_model == "t" else ():
        uneven = net.trafo.index[column(net.trafo, name, 0.5) != 0.5]
        findings += [f"trafo {row}: {name} is not 0.5; set it so, or take trafo_model='pi'" for row in uneven]
    if findings:
        raise InputError(findings)
    node_of_bus, nodes = _nodes(net)
    counter = len(nodes)
    data: dict[str, npt.NDArray[Any]] = {"node": nodes}
    lines, line_row = _lines(net, node_of_bus, counter, phases)
    data["line"], counter = lines, counter + len(lines)
    kind = "generic_branch" if phases == 1 else "transformer"
    build = balanced_trafos if phases == 1 else unbalanced_trafos
    trafos, trafo_row = build(net, node_of_bus, counter, trafo_model)
    data[kind], counter = trafos, counter + len(trafos)
    data["link"] = _open_links(net, node_of_bus, counter)
    counter += len(data["link"])
    data["source"] = _sources(net, node_of_bus, counter, source_va)
    counter += len(data["source"])
    data["shunt"] = _shunts(net, node_of_bus, counter)
    counter += len(data["shunt"])
    return GridInput(
        data={name: rows for name, rows in data.items() if len(rows)},
        frequency_hz=float(net.f_hz),
        node_of_bus=node_of_bus,
        line=line_row,
        trafo=trafo_row,
        line_limit_a=line_limits(net),
        trafo_limit_a=trafo_limits(net),
        trafo_kind=kind,
        first_free_id=counter,
    )


def line_limits(net: Any) -> Array:
    """Return the current of 100 % of each line [A]."""
    line = net.line
    amps = 1e3 * line["max_i_ka"].to_numpy(float) * column(line, "df", 1.0) * column(line, "parallel", 1.0)
    return np.asarray(amps)


def _nodes(net: Any) -> tuple[Ints, npt.NDArray[Any]]:
    """Join buses over closed switches without impedance; a node for each group in service."""
    count, switch = len(net.bus), net.switch
    z_ohm = column(switch, "z_ohm", 0.0)
    ideal = (switch["et"] == "b").to_numpy() & switch["closed"].to_numpy(bool) & (z_ohm <= 0)
    alive = net.bus["in_service"].to_numpy(bool)
    a, b = rows_of(net.bus.index, switch["bus"][ideal]), rows_of(net.bus.index, switch["element"][ideal])
    both = alive[a] & alive[b]
    joined = coo_matrix((np.ones(both.sum()), (a[both], b[both])), shape=(count, count))
    _, label = connected_components(joined, directed=False)
    kept = np.unique(label[alive])
    node_of_bus = np.where(alive, np.searchsorted(kept, label), -1).astype(np.int64)
    rated = np.zeros(len(kept))
    rated[node_of_bus[alive]] = 1e3 * net.bus["vn_kv"].to_numpy(float)[alive]
    return node_of_bus, filled("node", len(kept), {"id": np.arange(len(kept)), "u_rated": rated})


def _lines(net: Any, node_of_bus: Ints, first_id: int, phases: int) -> tuple[npt.NDArray[Any], Ints]:
    """Lines as π of r, x, c; and switches with an impedance after them."""
    line = net.line
    a = node_of_bus[rows_of(net.bus.index, line["from_bus"])]
    b = node_of_bus[rows_of(net.bus.index, line["to_bus"])]
    kept = (a >= 0) & (b >= 0) & (a != b)
    many, km = column(line, "parallel", 1.0), line["length_km"].to_numpy(float)
    omega = 2 * np.pi * float(net.f_hz)
    c_f = column(line, "c_nf_per_km", 0.0) * 1e-9 * km * many
    g_s = column(line, "g_us_per_km", 0.0) * 1e-6 * km * many
    c_f = np.where(g_s > 0, np.maximum(c_f, _LEAST_C_F), c_f)
    from_status, to_status = end_status(net, "line", "l", ("from_bus", "to_bus"))
    values = {
        "from_node": a,
        "to_node": b,
        "from_status": from_status,
        "to_status": to_status,
        "r1": line["r_ohm_per_km"].to_numpy(float) * km / many,
        "x1": line["x_ohm_per_km"].to_numpy(float) * km / many,
        "c1": c_f,
        "tan1": np.divide(g_s, omega * c_f, out=np.zeros_like(g_s), where=c_f > 0),
        "i_n": 1e3 * line["max_i_ka"].to_numpy(float) * column(line, "df", 1.0) * many,
    }
    if phases == 3:
        values |= {
            "r0": column(line, "r0_ohm_per_km", np.nan) * km / many,
            "x0": column(line, "x0_ohm_per_km", np.nan) * km / many,
            "c0": column(line, "c0_nf_per_km", 0.0) * 1e-9 * km * many,
            "tan0": 0.0,
        }
    rows = filled("line", int(kept.sum()), {"id": first_id + np.arange(kept.sum())})
    for name, value in values.items():
        rows[name] = value[kept] if isinstance(value, np.ndarray) else value
    place = np.where(kept, np.cumsum(kept) - 1, -1).astype(np.int64)
    return np.concatenate([rows, _impedant_switches(net, node_of_bus, first_id + len(rows), phases)]), place


def _impedant_switches(net: Any, node_of_bus: Ints, first_id: int, phases: int) -> npt.NDArray[Any]:
    z_ohm = column(net.switch, "z_ohm", 0.0)
    chosen = net.switch[(net.switch["et"] == "b").to_numpy() & net.switch["closed"].to_numpy(bool) & (z_ohm > 0)]
    a = node_of_bus[rows_of(net.bus.index, chosen["bus"])]
    b = node_of_bus[rows_of(net.bus.index, chosen["element"])]
    kept = (a >= 0) & (b >= 0) & (a != b)
    z = column(chosen, "z_ohm", 0.0)[kept]
    x = z / np.hypot(1, _SWITCH_RX)
    values: dict[str, Any] = {
        "id": first_id + np.arange(kept.sum()), "from_node": a[kept], "to_node": b[kept], "from_status": 1,
        "to_status": 1, "r1": _SWITCH_RX * x, "x1": x, "c1": 0.0, "tan1": 0.0,
    }  # fmt: skip
    if phases == 3:
        values |= {"r0": _SWITCH_RX * x, "x0": x, "c0": 0.0, "tan0": 0.0}
    return filled("line", int(kept.sum()), values)


def _open_links(net: Any, node_of_bus: Ints, first_id: int) -> npt.NDArray[Any]:
    """Open switches between buses: a contingency may close them."""
    switch = net.switch[(net.switch["et"] == "b").to_numpy() & ~net.switch["closed"].to_numpy(bool)]
    a = node_of_bus[rows_of(net.bus.index, switch["bus"])]
    b = node_of_bus[rows_of(net.bus.index, switch["element"])]
    kept = (a >= 0) & (b >= 0) & (a != b)
    ends = {"from_node": a[kept], "to_node": b[kept], "from_status": 0, "to_status": 0}
    return filled("link", int(kept.sum()), {"id": first_id + np.arange(kept.sum()), **ends})


def _sources(net: Any, node_of_bus: Ints, first_id: int, source_va: float | None) -> npt.NDArray[Any]:
    grid = net.ext_grid[net.ext_grid["in_service"].to_numpy(bool)]
    node = node_of_bus[rows_of(net.bus.index, grid["bus"])]
    sk = 1e6 * column(grid, "s_sc_max_mva", IDEAL_VA / 1e6) if source_va is None else np.full(len(grid), source_va)
    values = {
        "id": first_id + np.arange(len(grid)), "node": node, "status": 1, "u_ref": column(grid, "vm_pu", 1.0),
        "u_ref_angle": np.radians(column(grid, "va_degree", 0.0)), "sk": sk, "rx_ratio": column(grid, "rx_max", 0.1),
        "z01_ratio": np.maximum(column(grid, "x0x_max", 1.0), 1e-6),
    }  # fmt: skip
    return filled("source", len(grid), values)[node >= 0]


def _shunts(net: Any, node_of_bus: Ints, first_id: int) -> npt.NDArray[Any]:
    own = net.shunt[net.shunt["in_service"].to_numpy(bool)]
    node = node_of_bus[rows_of(net.bus.index, own["bus"])]
    own, node = own[node >= 0], node[node >= 0]
    power = 1e6 * (own["p_mw"].to_numpy(float) - 1j * own["q_mvar"].to_numpy(float)) * column(own, "step", 1.0)
    y = power / (1e3 * column(own, "vn_kv", 1.0)) ** 2
    values = {"node": node, "status": 1, "g1": y.real, "b1": y.imag, "g0": 0.0, "b0": 0.0}
    return filled("shunt", len(y), {"id": first_id + np.arange(len(y)), **values})
