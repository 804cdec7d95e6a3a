"""Dynamics of water pipes: plugs of water that move on unmixed and trade heat with the pipe's wall.

Water cells travel with the water, wall cells stand. Where both lie side by side they are two bodies that trade heat
through the film of water at the wall while the wall loses heat outwards: that is solved exactly over each step. The
grid itself blurs no front: water mixes lengthwise only as much as measured in pipes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from assets._errors import InputError
from assets.fluids.water import REFERENCE_KJ_KG_K, WARM_KG_M3
from assets.networks.graph import Tree
from assets.networks.heat._plug_flow_kernel import move_all

Array = npt.NDArray[np.float64]
Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]

CP_J_KG_K = REFERENCE_KJ_KG_K * 1000.0
STILL_KG_S = 1e-12
"""Flow below which water stands."""


@dataclass(frozen=True)
class PlugPipes:
    """Pipes of a network, arrays of shape (m,).

    Attributes
    ----------
    start, end : ndarray of int64
        Nodes that each pipe joins; flow from start to end is positive.
    length_m, inner_diameter_m : ndarray
        Length and inner diameter [m].
    wall_j_m_k : ndarray
        Heat capacity of the wall (with as much of the insulation as follows it) [J/(m K)].
    loss_w_m_k : ndarray
        Heat loss from the wall to the surroundings [W/(m K)].
    """

    start: Ints
    end: Ints
    length_m: Array
    inner_diameter_m: Array
    wall_j_m_k: Array
    loss_w_m_k: Array


@dataclass(frozen=True)
class PlugState:
    """Heat in the pipes at an instant.

    Attributes
    ----------
    first : ndarray of int64, shape (m + 1,)
        First wall cell of each pipe; its water cells begin at `first + pipe`, one more than wall cells.
    water_c : ndarray, shape (first[-1] + m,)
        Temperature of water cells, in the pipes' order and direction [°C].
    wall_c : ndarray, shape (first[-1],)
        Temperature of wall cells [°C].
    shift : ndarray, shape (m,)
        How far the water cells have moved on their grid [0 to 1 cells]: share of the first one that is filled.
    """

    first: Ints
    water_c: Array
    wall_c: Array
    shift: Array


@dataclass(frozen=True)
class PlugFlow:
    """Temperatures and energies of T steps.

    Attributes
    ----------
    node_c : ndarray of float32, shape (n, T)
        Temperature of the water that passes each node, mean of the step; of what stands there where none passes [°C].
    start_c, end_c : ndarray of float32, shape (m, T)
        Temperature at both ends of each pipe, mean of the step [°C].
    loss_kwh : ndarray of float32, shape (m, T)
        Heat that each pipe loses to its surroundings; negative where it takes heat up.
    entered_kwh, left_kwh : ndarray, shape (T,)
        Heat of the water that enters and leaves the network at its nodes, above 0 °C.
    stored_kwh : ndarray, shape (T,)
        What the step adds to the heat in water and walls.
    state : PlugState
        At the end, to go on from.
    """

    node_c: Floats
    start_c: Floats
    end_c: Floats
    loss_kwh: Floats
    entered_kwh: Array
    left_kwh: Array
    stored_kwh: Array
    state: PlugState


def insulated_pipes(
    start: npt.ArrayLike,
    end: npt.ArrayLike,
    length_m: npt.ArrayLike,
    inner_diameter_m: npt.ArrayLike,
    *,
    wall_m: npt.ArrayLike,
    insulation_m: npt.ArrayLike,
    insulation_w_m_k: npt.ArrayLike = 0.026,
    outside_w_m2_k: npt.ArrayLike = np.inf,
    wall_kg_m3: float = 7850.0,
    wall_j_kg_k: float = 480.0,
) -> PlugPipes:
    """Pipes out of the thickness of their layers; each argument a number or one a pipe.

    Parameters
    ----------
    start, end : array_like of int, shape (m,)
        Nodes.
    length_m, inner_diameter_m, wall_m, insulation_m : array_like
        Length, inner diameter, thickness of the wall and of the insulation [m].
    insulation_w_m_k : array_like
        Conductivity of the insulation [W/(m K)]; polyurethane by default (EN 253: at most 0.029).
    outside_w_m2_k : array_like
        Film coefficient on the casing [W/(m² K)]; infinite: the casing has the temperature of the surroundings.
    wall_kg_m3, wall_j_kg_k : float
        Density and specific heat of the wall; steel by default.

    Returns
    -------
    PlugPipes

    Notes
    -----
    Cylinder shells in series; the resistance of a metal wall is left out.
    """
    ends = (np.asarray(start, dtype=np.int64), np.asarray(end, dtype=np.int64))
    values = np.broadcast_arrays(
        *(
            np.asarray(v, dtype=np.float64)
            for v in (length_m, inner_diameter_m, wall_m, insulation_m, insulation_w_m_k, outside_w_m2_k)
        ),
        ends[0],
    )[:6]
    length, inner, wall, insulation, conductivity, film = (np.array(v) for v in values)
    steel, casing = inner + 2 * wall, inner + 2 * wall + 2 * insulation
    resistance = np.log(casing / steel) / (2 * np.pi * conductivity) + 1.0 / (np.pi * casing * film)
    capacity = np.pi / 4 * (steel**2 - inner**2) * wall_kg_m3 * wall_j_kg_k
    return PlugPipes(*ends, length, inner, capacity, 1.0 / resistance)


def pipe_ends(tree: Tree) -> tuple[Ints, Ints, Ints]:
    """Rows of a tree that have an edge to their parent, and its nodes: parent (start) and own (end)."""
    rows = np.flatnonzero(np.asarray(tree.parent) >= 0)
    return rows, np.asarray(tree.parent)[rows].astype(np.int64), rows.astype(np.int64)


def plug_state(
    pipes: PlugPipes, temp_c: npt.ArrayLike, *, cell_m: float = 1.0, cells: tuple[int, int] = (8, 100)
) -> PlugState:
    """Pipes full of water of one temperature each.

    Parameters
    ----------
    pipes : PlugPipes
        The network.
    temp_c : array_like, number or shape (m,)
        Temperature of water and wall [°C].
    cell_m : float
        Length of a cell that is aimed at [m].
    cells : tuple of int
        Fewest and most cells of a pipe.

    Returns
    -------
    PlugState
    """
    count = np.clip(np.rint(pipes.length_m / cell_m), *cells).astype(np.int64)
    first = np.concatenate([[0], np.cumsum(count)]).astype(np.int64)
    temp = np.broadcast_to(np.asarray(temp_c, dtype=np.float64), count.shape)
    return PlugState(first, np.repeat(temp, count + 1), np.repeat(temp, count), np.zeros(count.size))


def run_plug_flow(
    pipes: PlugPipes,
    state: PlugState,
    mass_flow_kg_s: npt.ArrayLike,
    *,
    inlet_c: npt.ArrayLike,
    ambient_c: npt.ArrayLike,
    step_s: npt.ArrayLike,
    density_kg_m3: float = WARM_KG_M3,
    cp_j_kg_k: float = CP_J_KG_K,
) -> PlugFlow:
    """Move water and heat through a network.

    Parameters
    ----------
    pipes : PlugPipes
        m pipes; trees, forests or meshes, whose flows are known.
    state : PlugState
        At the start; it is not changed.
    mass_flow_kg_s : array_like, shape (m, T)
        Mean of each step [kg/s]; negative from end to start. Where the flows of a node's pipes do not sum up to zero,
        the rest enters or leaves the network there.
    inlet_c : array_like, shape (n, T)
        Temperature of the water that enters at each node [°C]; NaN where none does.
    ambient_c : array_like, number, shape (T,) or (m, T)
        Temperature of the surroundings [°C].
    step_s : array_like, number or shape (T,)
        Length of the steps [s].
    density_kg_m3, cp_j_kg_k : float
        Density and specific heat of the water, constant.

    Returns
    -------
    PlugFlow
        in − out − loss = stored, to rounding.

    Raises
    ------
    InputError
        Shapes or values do not fit, water enters with no temperature, or water runs in a circle; all findings at once.

    Notes
    -----
    Plug flow after van der Heijde et al., "Dynamic equation-based thermo-hydraulic pipe model for district heating and
    cooling systems", Energy Conversion and Management 151 (2017), with the wall along the pipe in place of a volume at
    its end. Film at the wall: Gnielinski (1976) with Konakov's friction. Dispersion along the pipe: Hart, Guymer, Jones
    and Stovin (2013), at most a quarter of a cell's water per cell of way.
    Within a step the temperature at a node is the step's mean. A step that is many times as long as the water's way
    through a pipe is no trouble: once a pipe is steady the rest goes at one stroke.
    """
    flow = np.array(mass_flow_kg_s, dtype=np.float64, ndmin=2)
    flow[np.abs(flow) < STILL_KG_S] = 0.0
    inlet = np.array(inlet_c, dtype=np.float64, ndmin=2)
    steps, nodes = flow.shape[-1], inlet.shape[0]
    step, ambient = _over(step_s, (steps,), "step_s"), _over(ambient_c, flow.shape, "ambient_c")
    _check(pipes, state, flow, inlet, (ambient, step))
    external = _external(pipes, flow, inlet)
    water, wall, shift = state.water_c.copy(), state.wall_c.copy(), state.shift.copy()
    node = np.empty((nodes, steps), dtype=np.float32)
    start, end, loss = (np.empty(flow.shape, dtype=np.float32) for _ in range(3))
    entered, left, stored = np.zeros(steps), np.zeros(steps), np.zeros(steps)
    mass = density_kg_m3 * np.pi / 4 * pipes.inner_diameter_m**2
    spec = np.stack(
        [pipes.length_m, pipes.inner_diameter_m, mass, mass * cp_j_kg_k, pipes.wall_j_m_k, pipes.loss_w_m_k]
    )
    order, first = _incidence(pipes, nodes)
    failed = move_all(
        (pipes.start, pipes.end, order, first, spec.T.copy(), state.first, cp_j_kg_k),
        (flow, inlet, external, ambient, step),
        (water, wall, shift),
        (node, start, end, loss, entered, left, stored),
    )
    if failed >= 0:
        raise InputError(
            [f"step {failed}: water runs in a circle of pipes, which no pressure can drive; mend mass_flow_kg_s there"]
        )
    return PlugFlow(node, start, end, loss, entered, left, stored, PlugState(state.first, water, wall, shift))


def _over(value: npt.ArrayLike, shape: tuple[int, ...], name: str) -> Array:
    """Repeat a value over steps, or steps and pipes."""
    given = np.asarray(value, dtype=np.float64)
    try:
        return np.array(np.broadcast_to(given, shape))
    except ValueError:
        raise InputError([f"{name} has shape {given.shape}: give a number or what fits {shape}"]) from None


def _check(pipes: PlugPipes, state: PlugState, flow: Array, inlet: Array, others: tuple[Array, Array]) -> None:
    count, (nodes, steps) = pipes.length_m.size, inlet.shape
    findings = []
    if flow.shape != (count, steps):
        findings.append(
            f"mass_flow_kg_s has shape {flow.shape}: {count} pipes and the {steps} steps of inlet_c are wanted"
        )
    if count and not (0 <= min(pipes.start.min(), pipes.end.min()) <= max(pipes.start.max(), pipes.end.max()) < nodes):
        findings.append(f"start and end name nodes beyond the {nodes} of inlet_c")
    values = np.stack([pipes.length_m, pipes.inner_diameter_m, pipes.wall_j_m_k, pipes.loss_w_m_k])
    bad = np.flatnonzero(~((values[:3] > 0).all(axis=0) & (values[3] >= 0) & np.isfinite(values).all(axis=0)))
    findings += [
        f"pipe {i}: length, diameter and the wall's heat capacity are above 0, its loss 0 or more; has {values[:, i]}"
        for i in bad
    ]
    if state.first.size != count + 1 or state.water_c.size != state.wall_c.size + count:
        findings.append(f"the state is not of these {count} pipes; make one with plug_state")
    if not (np.isfinite(flow).all() and np.isfinite(others[0]).all() and (others[1] > 0).all()):
        findings.append("mass_flow_kg_s or ambient_c has gaps, or a step is not above 0 s")
    if findings:
        raise InputError(findings)


def _external(pipes: PlugPipes, flow: Array, inlet: Array) -> Array:
    """Water that enters (negative: leaves) at each node, shape (n, T) [kg/s]."""
    external, through = np.zeros(inlet.shape), np.zeros(inlet.shape)
    np.add.at(external, pipes.start, flow)
    np.subtract.at(external, pipes.end, flow)
    np.add.at(through, pipes.start, np.abs(flow))
    np.add.at(through, pipes.end, np.abs(flow))
    # Rounding of a balanced node is no inflow.
    external[np.abs(external) <= 1e-9 * through + 1e-11] = 0.0
    findings = [
        f"node {node}, step {t}: {external[node, t]:.4g} kg/s enter, but inlet_c has no temperature"
        for node, t in np.argwhere((external > 0) & ~np.isfinite(inlet))[:5]
    ]
    if findings:
        raise InputError(findings)
    return external


def _incidence(pipes: PlugPipes, nodes: int) -> tuple[Ints, Ints]:
    """Pipes of each node: those of node i are `order[first[i]:first[i + 1]]`."""
    both = np.concatenate([pipes.start, pipes.end])
    order = np.argsort(both, kind="stable") % max(pipes.start.size, 1)
    return order.astype(np.int64), np.searchsorted(np.sort(both), np.arange(nodes + 1)).astype(np.int64)
