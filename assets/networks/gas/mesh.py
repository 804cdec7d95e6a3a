"""Gas networks with loops: pandapipes solves each hour, the blend follows its flows.

pandapipes knows one gas a network. So it is run on the mean blend, with each consumer's mass flow from the heating
value of the blend that reaches it, and each pipe as long as gives the mean blend the fall of pressure that the pipe's
own blend has, until flows and blends agree.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.sparse.linalg import spsolve

from assets._errors import InputError
from assets.fluids.gases import AIR_KG_M3, NORMAL_BAR, Gas, blend, property_rows, viscosity_at, volume_shares
from assets.networks.gas.pipes import GROUND_C
from assets.networks.gas.year import Injection
from assets.networks.heat.friction import friction_factor

Array = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

AGREE = 1e-7
"""Change of mass shares and of pipes' lengths between two rounds below which flows and blends agree, relative."""
ROUNDS = 40
STILL_KG_S = 1e-9


@dataclass(frozen=True)
class GasMesh:
    """Pipes between nodes, loops and all.

    Attributes
    ----------
    start, end : ndarray of int64, shape (m,)
        Nodes that each pipe joins.
    length_m, inner_diameter_m, roughness_m : ndarray, shape (m,)
        Length, inner diameter and roughness [m].
    nodes : int
        Number of nodes n.
    """

    start: Ints
    end: Ints
    length_m: Array
    inner_diameter_m: Array
    roughness_m: Array
    nodes: int


@dataclass(frozen=True)
class MeshHours:
    """State of a mesh by the hour.

    Attributes
    ----------
    pressure_bar : ndarray, shape (n, T)
        Pressure above ambient [bar].
    mass_flow_kg_s, flow_m3_h : ndarray, shape (m, T)
        From start to end [kg/s], [normal m³/h].
    hydrogen_share : ndarray, shape (n, T)
        Hydrogen by volume.
    wobbe_kwh_m3, lhv_kwh_m3 : ndarray, shape (n, T)
        Wobbe index and lower heating value [kWh/m³].
    entry_kw : ndarray, shape (entries, T)
        Power that enters at each entry [kW]; negative where gas leaves there.
    """

    pressure_bar: Array
    mass_flow_kg_s: Array
    flow_m3_h: Array
    hydrogen_share: Array
    wobbe_kwh_m3: Array
    lhv_kwh_m3: Array
    entry_kw: Array


def pandapipes_fluid(gas: Gas, ground_c: float = GROUND_C) -> Any:
    """Describe a blend as pandapipes wants a fluid, of one temperature."""
    from pandapipes.properties.fluids import Fluid, FluidPropertyConstant, FluidPropertyLinear  # noqa: PLC0415  slow

    constants = {
        "density": gas.density_kg_m3,
        "viscosity": float(viscosity_at(gas.viscosity_pa_s, ground_c)),
        "heat_capacity": 2200.0,
        "molar_mass": gas.root_molar_mass**2,
        "der_compressibility": gas.compressibility_per_bar,
    }
    fluid = Fluid("blend", "gas", **{name: FluidPropertyConstant(value) for name, value in constants.items()})
    fluid.add_property("compressibility", FluidPropertyLinear(gas.compressibility_per_bar, 1.0))
    return fluid


def pandapipes_mesh(
    mesh: GasMesh, entries: Mapping[int, float], gas: str | Mapping[str, float], ground_c: float = GROUND_C
) -> Any:
    """Build a mesh in pandapipes: a sink at each node, its pressure held at each entry.

    Parameters
    ----------
    mesh : GasMesh
        The pipes.
    entries : mapping of int to float
        Pressure above ambient by node [bar].
    gas : str or mapping of str to float
        Gas, or volume shares of a blend.
    ground_c : float
        Temperature [°C].

    Returns
    -------
    pandapipesNet
        Junctions, pipes and sinks are numbered as the mesh's nodes and pipes.
    """
    import pandapipes  # noqa: PLC0415  takes seconds to import

    kelvin, high = ground_c + 273.15, max(entries.values())
    net = pandapipes.create_empty_network(fluid=pandapipes_fluid(blend(gas), ground_c), add_stdtypes=False)
    joints = pandapipes.create_junctions(net, mesh.nodes, pn_bar=high, tfluid_k=kelvin)
    pandapipes.create_pipes_from_parameters(
        net,
        joints[mesh.start],
        joints[mesh.end],
        length_km=mesh.length_m / 1000.0,
        inner_diameter_mm=mesh.inner_diameter_m * 1000.0,
        k_mm=mesh.roughness_m * 1000.0,
    )
    pandapipes.create_sinks(net, joints, mdot_kg_per_s=np.zeros(mesh.nodes))
    for node, bar in entries.items():
        pandapipes.create_ext_grid(net, joints[node], p_bar=bar, t_k=kelvin)
    return net


def gas_mesh_hours(
    mesh: GasMesh,
    demand_kw: npt.ArrayLike,
    entries: Mapping[int, float],
    injections: Sequence[Injection] = (),
    *,
    entry_gas: str | Mapping[str, float] = "natural_gas_fi",
    ground_c: float = GROUND_C,
) -> MeshHours:
    """Run a mesh through some hours, one after the other: seconds each, so choose those that matter.

    Parameters
    ----------
    mesh : GasMesh
        The pipes.
    demand_kw : array_like, shape (n, T)
        What is drawn at nodes, lower heating value [kW].
    entries : mapping of int to float
        Pressure above ambient of each node that gas enters at from outside [bar].
    injections : sequence of Injection
        Plants; `node` is the mesh's. Nothing is curtailed.
    entry_gas : str or mapping of str to float
        Gas that enters, or volume shares of several.
    ground_c : float
        Temperature of the gas [°C].

    Returns
    -------
    MeshHours

    Raises
    ------
    InputError
        Inputs do not fit, or the load is more than the pipes carry.
    """
    demand = np.asarray(demand_kw, dtype=np.float64)
    _check(mesh, demand, entries, injections)
    shares = volume_shares(entry_gas)
    names = tuple(dict.fromkeys([*shares, *(plant.gas for plant in injections)]))
    rows = property_rows(names)
    entry = np.array([shares.get(name, 0.0) for name in names]) * rows[:, 2]
    supply = np.zeros((mesh.nodes, len(names), demand.shape[1]))
    for plant in injections:
        g = names.index(plant.gas)
        power = np.asarray(plant.power_kw, dtype=np.float64)
        supply[plant.node, g] += power / rows[g, 0] * rows[g, 2] / 3600.0
    net = pandapipes_mesh(mesh, entries, entry_gas, ground_c)
    hours = [
        _hour(net, mesh, rows, (demand[:, t], supply[:, :, t], entry / entry.sum(), list(entries), ground_c))
        for t in range(demand.shape[1])
    ]
    return MeshHours(*(np.stack(values, axis=1) for values in zip(*hours, strict=True)))


def _hour(net: Any, mesh: GasMesh, rows: Array, course: Any) -> tuple[Array, ...]:
    """Solve an hour: run and follow the blend in turns until they agree."""
    demand, supply, entry, at, ground_c = course
    mass, stretch = np.tile(entry, (mesh.nodes, 1)), np.ones(mesh.length_m.size)
    flow, into, bar = np.zeros(mesh.length_m.size), np.zeros(len(at)), np.array([])
    for _ in range(ROUNDS):
        per_kwh = 1.0 / ((mass / rows[:, 2]) @ rows[:, 0])  # kg
        mean = _properties(demand @ (per_kwh[:, None] * mass) if demand.sum() > 0 else entry, rows)
        net.fluid = pandapipes_fluid(Gas(*(float(v) for v in mean)), ground_c)
        net.pipe["length_km"] = mesh.length_m * stretch / 1000.0
        bar, flow, into = _solve(net, demand * per_kwh / 3600.0 - supply.sum(axis=1), at)
        found = _mixed(mesh, flow, supply, (into, at, entry), mass)
        upstream = np.where(flow >= 0.0, mesh.start, mesh.end)
        longer = _stretch(net, mesh, _properties(found[upstream], rows), mean, (flow, bar, ground_c))
        change = max(np.abs(found - mass).max(), np.abs(longer / stretch - 1.0).max())
        mass, stretch = found, longer
        if change < AGREE:
            break
    own = _properties(mass, rows)
    lhv, hhv, density = own[..., 0], own[..., 1], own[..., 2]
    gas = _properties(entry, rows)
    entered = into * 3600.0 * np.where(into >= 0.0, gas[0] / gas[2], (lhv / density)[at])
    wobbe = hhv / np.sqrt(density / AIR_KG_M3)
    return bar, flow, flow * 3600.0 / density[upstream], own[..., 3], wobbe, lhv, entered


def _properties(mass: Array, rows: Array) -> Array:
    """Properties of blends by mass, shape (…, 7), the attributes of `Gas` in their order."""
    volume = mass / rows[:, 2]
    volume = volume / volume.sum(axis=-1, keepdims=True)
    found = volume @ rows
    weight = volume * rows[:, 6]
    found[..., 4] = (weight @ rows[:, 4]) / weight.sum(axis=-1)
    return np.asarray(found)


def _stretch(net: Any, mesh: GasMesh, own: Array, mean: Array, state: tuple[Array, Array, float]) -> Array:
    """Length of each pipe with the mean blend by that with its own, for the same fall of pressure at this mass flow."""
    flow, bar, ground_c = state
    moves = np.abs(flow) > STILL_KG_S
    if not moves.any():
        return np.ones(flow.size)
    d = mesh.inner_diameter_m
    reynolds = 4.0 * np.abs(flow) / (np.pi * d * viscosity_at(own[:, 4], ground_c))
    friction = friction_factor(reynolds, mesh.roughness_m / d) / net.res_pipe["lambda"].to_numpy()
    pressure = (bar[mesh.start] + bar[mesh.end]) / 2.0 + NORMAL_BAR
    squeezed = (1.0 + own[:, 5] * pressure) / (1.0 + mean[5] * pressure)
    return np.where(moves, mean[2] / own[:, 2] * friction * squeezed, 1.0)


def _solve(net: Any, drawn_kg_s: Array, at: list[int]) -> tuple[Array, Array, Array]:
    """Pressures, mass flows and what enters, by pandapipes."""
    from pandapipes import pipeflow  # noqa: PLC0415  takes seconds to import
    from pandapipes.pf.pipeflow_setup import PipeflowNotConverged  # noqa: PLC0415

    held = net.ext_grid["p_bar"].to_numpy()
    if np.abs(drawn_kg_s).max() <= STILL_KG_S and np.ptp(held) == 0.0:
        # All of it stands: pandapipes has nothing to solve.
        return np.full(drawn_kg_s.size, held[0]), np.zeros(len(net.pipe)), np.zeros(len(at))
    net.sink["mdot_kg_per_s"] = drawn_kg_s
    try:
        # Without numba: pandapipes would compile for half a minute in every process.
        pipeflow(
            net,
            mode="hydraulics",
            friction_model="colebrook",
            tol_p=1e-8,
            tol_m=1e-8,
            max_iter_hyd=100,
            use_numba=False,
        )
    except PipeflowNotConverged:
        told = (
            "the load is more than the pipes carry at these pressures: lay larger pipes or raise the entries' pressure"
        )
        raise InputError([told]) from None
    return (
        net.res_junction["p_bar"].to_numpy(),
        net.res_pipe["mdot_from_kg_per_s"].to_numpy(),
        -net.res_ext_grid["mdot_kg_per_s"].to_numpy(),
    )


def _mixed(mesh: GasMesh, flow: Array, supply: Array, entering: tuple[Array, list[int], Array], before: Array) -> Array:
    """Mass share of each gas at each node, shape (n, g): what reaches a node is mixed; what stands there stays."""
    into, at, entry = entering
    moves = np.abs(flow) > STILL_KG_S
    source = np.where(flow >= 0.0, mesh.start, mesh.end)[moves]
    target = np.where(flow >= 0.0, mesh.end, mesh.start)[moves]
    rate = np.abs(flow)[moves]
    held = supply.copy()
    for node, mass in zip(at, into, strict=True):
        held[node] += max(mass, 0.0) * entry
    total = held.sum(axis=1) + np.bincount(target, rate, mesh.nodes)
    still = total <= STILL_KG_S
    held[still] = before[still]
    matrix = sparse.csr_array((-rate, (target, source)), shape=(mesh.nodes, mesh.nodes))
    matrix = (matrix + sparse.diags_array(np.where(still, 1.0, total))).tocsc()
    return np.asarray(spsolve(matrix, held)).reshape(before.shape)


def _check(mesh: GasMesh, demand: Array, entries: Mapping[int, float], injections: Sequence[Injection]) -> None:
    findings = []
    if demand.ndim != 2 or len(demand) != mesh.nodes or not (np.isfinite(demand) & (demand >= 0)).all():
        findings.append(
            f"demand_kw of shape {demand.shape}: give 0 or more for each of {mesh.nodes} nodes and each hour"
        )
    if not entries or not all(0 <= node < mesh.nodes and bar > 0 for node, bar in entries.items()):
        findings.append(f"entries {dict(entries)}: name a node from 0 to {mesh.nodes - 1} at least, with its pressure")
    joined = np.unique(np.concatenate([mesh.start, mesh.end, list(entries)]))
    if joined.size != mesh.nodes or joined.min() != 0 or joined.max() != mesh.nodes - 1:
        findings.append(f"some of the {mesh.nodes} nodes hang on no pipe, or pipes name nodes that are not there")
    if not (np.stack([mesh.length_m, mesh.inner_diameter_m, mesh.roughness_m]) > 0).all():
        findings.append("some pipe has no length, diameter or roughness above 0")
    findings += [
        f"injection {j}: give a node from 0 to {mesh.nodes - 1} and {demand.shape[-1]} powers of 0 or more"
        for j, plant in enumerate(injections)
        if not 0 <= plant.node < mesh.nodes
        or np.shape(plant.power_kw) != demand.shape[1:]
        or not (np.asarray(plant.power_kw) >= 0).all()
    ]
    if findings:
        raise InputError(findings)
