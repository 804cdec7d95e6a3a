"""Meshed heat networks through pandapipes: as a net to keep, and solved hour by hour."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from assets._errors import InputError
from assets.fluids.water import MEAN_KJ_KG_K, WATER, Water
from assets.networks.graph import Graph
from assets.networks.heat.inputs import Array, Consumers, Ints, Producers, refuse, spread
from assets.networks.heat.pipes import PipeSizes

KELVIN = 273.15
LIFT_BAR = 60.0
"""Pressure between supply and return at the plant while solving: water doesn't mind, and none falls below zero."""
FEED_MISFIT = 1e-5
"""Part of a producer's given heat that its flow may miss it by."""
_FEED_ROUNDS = 20
_PROPERTY_C = np.linspace(0.0, 160.0, 321)
_OPTIONS = {
    "mode": "bidirectional",
    "friction_model": "colebrook",
    "max_iter_colebrook": 100,
    "max_iter_hyd": 100,
    "max_iter_therm": 100,
    "max_iter_bidirect": 100,
    "tol_T": 1e-4,
}


@dataclass(frozen=True)
class MeshHours:
    """Steady states of h hours of a meshed network; nodes and edges are the graph's, NaN and 0 off the network.

    Attributes
    ----------
    supply_temp_c, return_temp_c : ndarray, shape (n, h)
        [°C].
    pressure_kpa : ndarray, shape (n, h)
        Between supply and return, with what its worst consumer needs left [kPa].
    mass_flow_kg_s : ndarray, shape (m, h)
        Of the supply; positive from an edge's start to its end [kg/s].
    producer_heat_kw : ndarray, shape (p, h)
    loss_kw : ndarray, shape (h,)
        Of all pipes [kW]. pandapipes takes specific heat as the mean of two ends, so that what producers give differs
        from what is taken and lost by about 0.1 %.
    head_kpa : ndarray, shape (h,)
        Pressure that the balancing producer gives [kPa].
    """

    supply_temp_c: Array
    return_temp_c: Array
    pressure_kpa: Array
    mass_flow_kg_s: Array
    producer_heat_kw: Array
    loss_kw: Array
    head_kpa: Array


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep pandapipes from telling at every run what is known."""
    logger = logging.getLogger("pandapipes")
    before = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(before)


def mesh_hours(  # noqa: PLR0917 - these make a network
    graph: Graph,
    edges: npt.ArrayLike,
    pipes: npt.ArrayLike,
    consumers: Consumers,
    producers: Producers,
    supply_temp_c: npt.ArrayLike,
    ground_temp_c: npt.ArrayLike,
    *,
    sizes: PipeSizes,
    water: Water = WATER,
) -> MeshHours:
    """Solve hours of a heating network with loops, each as a steady state.

    Parameters
    ----------
    graph : Graph
    edges : array_like of int, shape (e,)
        Edges of the graph that hold a pair of pipes.
    pipes : array_like of int, shape (e,)
        Size of each.
    consumers : Consumers
        Their `node` is one of the graph's; bypasses and valves are not modelled.
    producers : Producers
        Their `node` is one of the graph's; one of them balances the network.
    supply_temp_c, ground_temp_c : array_like
        One value or (T,) [°C].
    sizes : PipeSizes
    water : Water

    Returns
    -------
    MeshHours

    Raises
    ------
    InputError
        With all that is wrong, or for an hour without a solution.
    """
    case = _check(graph, edges, pipes, consumers, producers, supply_temp_c, ground_temp_c, sizes)
    with _quiet():
        net = _build(graph, case, sizes, water)
        hours = [_solve(net, case, water, t) for t in range(case.heat.shape[1])]
    n, m = graph.node_count, graph.edge_count
    flow = np.zeros((m, len(hours)))
    flow[case.edges] = np.stack([hour["flow"] for hour in hours], axis=1)
    node: dict[str, Array] = {}
    for name in ("supply", "back", "pressure"):
        node[name] = np.full((n, len(hours)), np.nan)
        node[name][case.nodes] = np.stack([hour[name] for hour in hours], axis=1)
    heat = np.stack([hour["producer"] for hour in hours], axis=1)
    loss, head = (np.array([hour[name][0] for hour in hours]) for name in ("loss", "head"))
    return MeshHours(node["supply"], node["back"], node["pressure"], flow, heat, loss, head)


def pandapipes_net(  # noqa: PLR0917 - these make a network
    graph: Graph, edges: npt.ArrayLike, pipes: npt.ArrayLike, consumers: Consumers, producers: Producers,
    supply_temp_c: float, ground_temp_c: float, *, sizes: PipeSizes, water: Water = WATER, hour: int = 0,
) -> Any:  # fmt: skip
    """Return the network as a pandapipes net in the state of one hour, not solved; parameters as in `mesh_hours`."""
    case = _check(graph, edges, pipes, consumers, producers, supply_temp_c, ground_temp_c, sizes)
    with _quiet():
        net = _build(graph, case, sizes, water)
        _set_hour(net, case, hour)
    return net


@dataclass(frozen=True)
class _Case:
    edges: Ints
    pipes: Ints
    nodes: Ints  # graph nodes of the network
    ends: Ints  # (2, e) places of start and end among them
    consumer: Ints  # places
    producer: Ints
    heat: Array  # (c, T)
    aim: Array  # (c, T)
    by_drop: bool
    need: Array
    plant_need: float
    balance: int
    given: Array  # (p, T)
    feed: Array  # (p, T)
    ground: Array  # (T,)


def _check(  # noqa: PLR0917 - these make a network
    graph: Graph, edges: npt.ArrayLike, pipes: npt.ArrayLike, consumers: Consumers, producers: Producers,
    supply: npt.ArrayLike, ground: npt.ArrayLike, sizes: PipeSizes,
) -> _Case:  # fmt: skip
    findings: list[str] = []
    chosen, size_of = np.asarray(edges, dtype=np.int64), np.asarray(pipes, dtype=np.int64)
    if chosen.shape != size_of.shape or chosen.ndim != 1 or not len(chosen):
        refuse([f"edges has the shape {chosen.shape} and pipes {size_of.shape}: give one size for each edge"])
    if ((chosen < 0) | (chosen >= graph.edge_count)).any():
        findings.append(f"an edge is none of the graph's: they are numbered 0 to {graph.edge_count - 1}")
    if ((size_of < 0) | (size_of >= len(sizes.name))).any():
        findings.append(f"pipes names a size that is not there: there are {len(sizes.name)}, numbered from 0")
    heat = np.asarray(consumers.heat_kw, dtype=np.float64)
    if heat.ndim != 2 or heat.shape[0] != np.size(consumers.node) or not (heat >= 0.0).all():
        findings.append("consumers.heat_kw must be (c, T), 0 or more in every hour")
    refuse(findings)
    places = np.full(graph.node_count, -1)
    ends = np.stack([graph.start[chosen], graph.end[chosen]])
    nodes = np.unique(ends)
    places[nodes] = np.arange(len(nodes))
    sites = {name: np.atleast_1d(np.asarray(who.node, dtype=np.int64))
             for name, who in (("consumers", consumers), ("producers", producers))}  # fmt: skip
    for name, node in sites.items():
        lost = (node < 0) | (node >= graph.node_count)
        lost[~lost] = places[node[~lost]] < 0
        findings += [f"{name}.node of row {row} is on no pipe of the network" for row in np.flatnonzero(lost)[:5]]
    (c, hours), p = heat.shape, len(sites["producers"])
    by_drop = consumers.drop_k is not None
    told = consumers.drop_k if by_drop else consumers.return_temp_c
    aim = spread(50.0 if told is None else told, c, hours, "consumers.return_temp_c", findings)
    given = np.full((p, hours), np.nan)
    if producers.heat_kw is not None:
        given = np.asarray(producers.heat_kw, dtype=np.float64)
    balances = np.flatnonzero(np.isnan(given).all(axis=1))
    if len(balances) != 1:
        findings.append(f"{len(balances)} producers balance the network: one must, its heat_kw being NaN")
    own = producers.supply_temp_c
    line = np.broadcast_to(np.asarray(supply, dtype=np.float64), (hours,))
    feed = np.broadcast_to(line, (p, hours))
    if own is not None:
        feed = spread(own, p, hours, "producers.supply_temp_c", findings)
    refuse(findings)
    cold = np.broadcast_to(np.asarray(ground, dtype=np.float64), (hours,))
    need = np.broadcast_to(np.asarray(consumers.need_kpa, dtype=np.float64), (c,))
    plant_need = float(np.broadcast_to(np.asarray(producers.need_kpa, dtype=np.float64), (p,))[balances[0]])
    return _Case(chosen, size_of, nodes, places[ends], places[sites["consumers"]], places[sites["producers"]], heat,
                 aim, by_drop, need, plant_need, int(balances[0]), given, feed, cold)  # fmt: skip


def _build(graph: Graph, case: _Case, sizes: PipeSizes, water: Water) -> Any:
    import pandapipes  # noqa: PLC0415 - takes seconds, and only meshes need it
    from pandapipes.properties.fluids import (  # noqa: PLC0415
        Fluid,
        FluidPropertyConstant,
        FluidPropertyInterExtra,
        FluidPropertyLinear,
    )

    kelvin = _PROPERTY_C + KELVIN
    properties = {
        "density": FluidPropertyInterExtra(kelvin, water.density_kg_m3(_PROPERTY_C)),
        "viscosity": FluidPropertyInterExtra(kelvin, water.viscosity_pa_s(_PROPERTY_C)),
        "heat_capacity": FluidPropertyInterExtra(kelvin, 1000.0 * water.heat_capacity_kj_kg_k(_PROPERTY_C)),
        "molar_mass": FluidPropertyConstant(18.015),
        "compressibility": FluidPropertyLinear(0.0, 1.0),
        "der_compressibility": FluidPropertyConstant(0.0),
    }
    net = pandapipes.create_empty_network("heat", fluid=Fluid("water", "liquid", **properties), add_stdtypes=False)
    where = [(graph.x_m[node], graph.y_m[node]) for node in case.nodes]
    count, warm, cold = len(case.nodes), float(case.feed.mean()), 40.0
    pandapipes.create_junctions(net, count, pn_bar=LIFT_BAR, tfluid_k=warm + KELVIN, geodata=where)
    pandapipes.create_junctions(net, count, pn_bar=LIFT_BAR / 2.0, tfluid_k=cold + KELVIN, geodata=where)
    (start, end), d = case.ends, sizes.inner_diameter_m[case.pipes]
    for a, b in ((start, end), (end + count, start + count)):
        pandapipes.create_pipes_from_parameters(
            net, a, b, graph.length_m[case.edges] / 1000.0, inner_diameter_mm=d * 1000.0,
            k_mm=sizes.roughness_m[case.pipes] * 1000.0, u_w_per_m2k=sizes.u_w_m_k[case.pipes] / (np.pi * d),
            text_k=case.ground[0] + KELVIN,
        )  # fmt: skip
    told = "deltat_k" if case.by_drop else "treturn_k"
    shift = 0.0 if case.by_drop else KELVIN
    pandapipes.create_heat_consumers(net, case.consumer, case.consumer + count, qext_w=np.ones(len(case.consumer)),
                                     **{told: case.aim[:, 0] + shift})  # fmt: skip
    for row, node in enumerate(case.producer):
        if row == case.balance:
            pandapipes.create_circ_pump_const_pressure(
                net, node + count, node, p_flow_bar=1.5 * LIFT_BAR, plift_bar=LIFT_BAR, t_flow_k=warm + KELVIN
            )
        else:
            pandapipes.create_circ_pump_const_mass_flow(
                net, node + count, node, p_flow_bar=None, mdot_flow_kg_per_s=0.0, t_flow_k=warm + KELVIN, type="t"
            )
    return net


def _set_hour(net: Any, case: _Case, t: int) -> None:
    heat, rest = case.heat[:, t], np.arange(len(case.producer)) != case.balance
    net.heat_consumer["qext_w"] = heat * 1000.0
    net.heat_consumer["in_service"] = heat > 0.0
    told, shift = ("deltat_k", 0.0) if case.by_drop else ("treturn_k", KELVIN)
    net.heat_consumer[told] = case.aim[:, t] + shift
    net.pipe["text_k"] = case.ground[t] + KELVIN
    net.circ_pump_pressure["t_flow_k"] = case.feed[case.balance, t] + KELVIN
    if rest.any():
        drop = case.feed[rest, t] - 40.0
        net.circ_pump_mass["t_flow_k"] = case.feed[rest, t] + KELVIN
        net.circ_pump_mass["mdot_flow_kg_per_s"] = case.given[rest, t] / (MEAN_KJ_KG_K * np.maximum(drop, 5.0))
        net.circ_pump_mass["in_service"] = case.given[rest, t] > 0.0


def _solve(net: Any, case: _Case, water: Water, t: int) -> dict[str, Array]:
    _set_hour(net, case, t)
    count, p = len(case.nodes), len(case.producer)
    still = np.full(count, case.ground[t])
    if not (case.heat[:, t] > 0.0).any():
        return {"supply": still, "back": still, "pressure": np.zeros(count), "flow": np.zeros(len(case.edges)),
                "producer": np.zeros(p), "loss": np.zeros(1), "head": np.zeros(1)}  # fmt: skip
    rest = np.flatnonzero(np.arange(p) != case.balance)
    given, out = case.given[rest, t], water.caloric_c(case.feed[:, t])
    flow = np.zeros(p)
    for _ in range(_FEED_ROUNDS):
        _run(net, case, t)
        temp = net.res_junction["t_k"].to_numpy() - KELVIN
        rise = water.cp_kj_kg_k * (out - water.caloric_c(temp[case.producer + count]))
        if not len(rest):
            break
        flow[rest] = np.where(given > 0.0, net.circ_pump_mass["mdot_flow_kg_per_s"], 0.0)
        if (np.abs(flow[rest] * rise[rest] - given) <= FEED_MISFIT * given).all():
            break
        net.circ_pump_mass["mdot_flow_kg_per_s"] = given / np.maximum(rise[rest], 1.0)
    flow[case.balance] = net.res_circ_pump_pressure["mdot_from_kg_per_s"].iloc[0]
    bar = net.res_junction["p_bar"].to_numpy()
    apart = 100.0 * (bar[:count] - bar[count:])
    draws = case.heat[:, t] > 0.0
    spare = float(np.min(apart[case.consumer[draws]] - case.need[draws]))
    apart = np.where(np.isnan(apart), 0.0, apart - spare)
    temp = np.where(np.isnan(temp), case.ground[t], temp)
    return {
        "supply": temp[:count],
        "back": temp[count:],
        "pressure": apart,
        "flow": np.nan_to_num(net.res_pipe["mdot_from_kg_per_s"].to_numpy()[: len(case.edges)]),
        "producer": flow * rise,
        "loss": water.cp_kj_kg_k * np.atleast_1d(_lost(net, water)),
        "head": apart[[case.producer[case.balance]]] + case.plant_need,
    }


def _lost(net: Any, water: Water) -> float:
    """Flow times caloric temperature lost in all pipes [K kg/s]."""
    found = net.res_pipe[net.res_pipe["mdot_from_kg_per_s"].abs() > 1e-9]
    ahead = found["mdot_from_kg_per_s"] > 0.0
    entry = water.caloric_c(np.where(ahead, found["t_from_k"], found["t_to_k"]) - KELVIN)
    leave = water.caloric_c(found["t_outlet_k"].to_numpy() - KELVIN)
    return float((found["mdot_from_kg_per_s"].abs().to_numpy() * (entry - leave)).sum())


def _run(net: Any, case: _Case, t: int) -> None:
    import pandapipes  # noqa: PLC0415 - takes seconds, and only meshes need it
    from pandapipes.pf.pipeflow_setup import PipeflowNotConverged  # noqa: PLC0415

    try:
        pandapipes.pipeflow(net, ambient_temperature=case.ground[t] + KELVIN, **_OPTIONS)
    except PipeflowNotConverged as error:
        finding = (
            f"hour {t}: pandapipes finds no state of the network ({error}); look for consumers that the supply is too "
            "cold for, and for pipes far too small"
        )
        raise InputError([finding]) from error
