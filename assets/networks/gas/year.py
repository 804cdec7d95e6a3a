"""A year of a gas or hydrogen network laid as a tree: what enters where, the blend at each node, the pressures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from assets._errors import InputError
from assets.fluids.gases import property_rows
from assets.networks.gas._sweep_kernel import TABLE_SIZE, TABLE_STEP, sweep
from assets.networks.gas.pipes import GROUND_C, MAX_VELOCITY_M_S, GasPipes
from assets.networks.graph import Tree
from assets.networks.heat.friction import friction_factor

Array = npt.NDArray[np.float64]
Floats = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class GasLimits:
    """What a network may do.

    Attributes
    ----------
    pressure_min_bar : float
        Least pressure at a node, above ambient [bar].
    hydrogen_share_max : float
        Most hydrogen by volume [0 to 1]; what plants give beyond it is curtailed. 0.2: what gas appliances certified
        since 1993 burn (HyDeploy, Keele 2021; THyGA 2023). 1 in a hydrogen network.
    wobbe_min_kwh_m3, wobbe_max_kwh_m3 : float
        Range of the Wobbe index [kWh/m³]: group H of EASEE-gas CBP 2005-001/02, from memory.
    velocity_max_m_s : float
        Highest velocity [m/s].
    """

    pressure_min_bar: float = 3.0
    hydrogen_share_max: float = 0.2
    wobbe_min_kwh_m3: float = 13.6
    wobbe_max_kwh_m3: float = 15.81
    velocity_max_m_s: float = MAX_VELOCITY_M_S


HYDROGEN_LIMITS = GasLimits(hydrogen_share_max=1.0, wobbe_min_kwh_m3=12.0, wobbe_max_kwh_m3=14.0, velocity_max_m_s=60.0)
"""Of a pure hydrogen network: its Wobbe index is 13.4; three times as fast for the same energy."""


@dataclass(frozen=True)
class Injection:
    """A plant that gives gas into the network.

    Attributes
    ----------
    node : int
        Place in the tree's own nodes.
    gas : str
        Of the catalogue `network_gases.csv`: "hydrogen", "biomethane", "sng".
    power_kw : array_like, shape (T,)
        What it could give in each hour, lower heating value, mean of the hour [kW].
    """

    node: int
    gas: str
    power_kw: npt.ArrayLike


@dataclass(frozen=True)
class GasYear:
    """State of a tree by the hour; its nodes' rows stand for the pipe to the parent too.

    Attributes
    ----------
    pressure_bar : ndarray of float32, shape (k, T)
        Pressure above ambient at nodes [bar]; next to −1 where the load is more than the pipes carry.
    flow_m3_h : ndarray of float32, shape (k, T)
        Normal m³ an hour from parent to node, negative where it runs towards the root; at a root what enters.
    velocity_m_s : ndarray of float32, shape (k, T)
        Velocity at the pipe's end of the lower pressure [m/s].
    hydrogen_share : ndarray of float32, shape (k, T)
        Hydrogen by volume at nodes; where nothing flows, that of the gas that stands there.
    wobbe_kwh_m3, lhv_kwh_m3 : ndarray of float32, shape (k, T)
        Wobbe index and lower heating value at nodes [kWh/m³].
    flow_kw : ndarray of float32, shape (k, T)
        Energy of the flow, lower heating value [kW].
    linepack_kwh, linepack_least_kwh : ndarray, shape (T,)
        Energy of the gas in the pipes, and of what would be left at the least pressure.
    entry_kw : ndarray, shape (roots, T)
        Power that enters at each root, lower heating value [kW].
    injected_kw, curtailed_kw : ndarray, shape (plants, T)
        Power that each plant gives, and what it could have given beside it [kW].
    limits : GasLimits
    """

    pressure_bar: Floats
    flow_m3_h: Floats
    velocity_m_s: Floats
    hydrogen_share: Floats
    wobbe_kwh_m3: Floats
    lhv_kwh_m3: Floats
    flow_kw: Floats
    linepack_kwh: Array
    linepack_least_kwh: Array
    entry_kw: Array
    injected_kw: Array
    curtailed_kw: Array
    limits: GasLimits = field(default_factory=GasLimits)

    def violations(self) -> dict[str, Flags]:
        """Nodes and hours beyond each limit, shape (k, T), by the limit's name."""
        told = self.limits
        wobbe_low, wobbe_high = told.wobbe_min_kwh_m3 - 1e-3, told.wobbe_max_kwh_m3 + 1e-3
        return {
            "pressure_min_bar": self.pressure_bar < told.pressure_min_bar - 1e-5,
            "hydrogen_share_max": self.hydrogen_share > told.hydrogen_share_max + 1e-5,
            "wobbe_min_kwh_m3": self.wobbe_kwh_m3 < wobbe_low,
            "wobbe_max_kwh_m3": self.wobbe_kwh_m3 > wobbe_high,
            "velocity_max_m_s": self.velocity_m_s > told.velocity_max_m_s * (1 + 1e-5),
        }


def gas_year(
    tree: Tree,
    pipes: GasPipes,
    demand_kw: npt.ArrayLike,
    injections: Sequence[Injection] = (),
    *,
    entry_gas: str | Mapping[str, npt.ArrayLike] = "natural_gas_fi",
    entry_bar: npt.ArrayLike = 4.0,
    ground_c: npt.ArrayLike = GROUND_C,
    limits: GasLimits | None = None,
) -> GasYear:
    """Run a tree through all hours.

    Parameters
    ----------
    tree : Tree
        Roots are where gas enters from outside; each holds its pressure.
    pipes : GasPipes
        Of `size_gas_tree` or `gas_pipes`.
    demand_kw : array_like, shape (k, T)
        What is drawn at nodes, lower heating value, mean of the hour [kW]. It is met: a leaner blend flows faster.
    injections : sequence of Injection
        Plants. What a tree does not draw, or what would hold more hydrogen than allowed, is curtailed.
    entry_gas : str or mapping of str to array_like
        Gas that enters at the roots, or volume shares of several by the hour or of the whole time.
    entry_bar : array_like, number, shape (roots,) or (roots, T)
        Pressure at the roots, above ambient [bar].
    ground_c : array_like, number or shape (T,)
        Temperature of the gas [°C].
    limits : GasLimits, optional
        Of a natural-gas network by default.

    Returns
    -------
    GasYear

    Raises
    ------
    InputError
        Inputs do not fit; all findings at once.

    Notes
    -----
    Each hour is steady: gas crosses a local network within the hour, and the change of the linepack is not part of the
    balance. Pressures: Darcy and Weisbach with Colebrook's friction, integrated for a compressible gas, the factor of
    compressibility at the mean pressure (Cerbe and Lendt 2017; Osiadacz 1987); heights are left out.
    """
    allowed = GasLimits() if limits is None else limits
    demand = np.ascontiguousarray(demand_kw, dtype=np.float64)
    parent = np.asarray(tree.parent, dtype=np.int64)
    hours = demand.shape[-1] if demand.ndim == 2 else 0
    power, findings = _powers(injections, hours)
    entry, found = _entry_shares(entry_gas, hours)
    names = tuple(dict.fromkeys([*entry, *(plant.gas for plant in injections)]))
    rows = property_rows(names)
    roots = tree.root_count
    bar, warm = np.asarray(entry_bar, dtype=np.float64), np.asarray(ground_c, dtype=np.float64)
    if bar.shape not in {(), (roots,), (roots, hours)} or not (bar > 0).all():
        findings.append("entry_bar: give a number, one a root, or one a root and hour, above 0")
    if warm.shape not in {(), (hours,)} or not (warm > -100).all():
        findings.append("ground_c: give a number or one an hour")
    findings += found + _findings(parent, pipes, demand, injections)
    if findings:
        raise InputError(findings)
    bars = np.array(np.broadcast_to(bar[:, None] if bar.ndim == 1 else bar, (roots, hours)))
    kelvin = np.array(np.broadcast_to(warm, (hours,))) + 273.15
    volume = np.stack([np.broadcast_to(entry.get(name, 0.0), (hours,)) for name in names], axis=1)
    energy = volume * rows[:, 0]
    out = tuple(np.empty(demand.shape, dtype=np.float32) for _ in range(7))
    pack, entered, taken = np.zeros((2, hours)), np.zeros((roots, hours)), power.copy()
    sweep(
        _network(tree, pipes),
        (
            np.array([plant.node for plant in injections], dtype=np.int64),
            np.array([names.index(plant.gas) for plant in injections], dtype=np.int64),
            taken,
        ),
        demand,
        energy / energy.sum(axis=1, keepdims=True),
        bars,
        kelvin,
        rows,
        (allowed.pressure_min_bar, allowed.hydrogen_share_max),
        (*out, pack, entered),
    )
    pressure, flow, speed, share, wobbe, heat, flow_kw = out
    return GasYear(
        pressure, flow, speed, share, wobbe, heat, flow_kw, pack[0], pack[1], entered, taken, power - taken, allowed
    )


def _network(tree: Tree, pipes: GasPipes) -> tuple[npt.NDArray[np.generic], ...]:
    """Parent and root of each node, its pipe, and its row among the tables of friction."""
    parent = np.asarray(tree.parent, dtype=np.int64)
    root = np.arange(parent.size)
    for i in range(tree.root_count, parent.size):
        root[i] = root[parent[i]]
    rough = pipes.roughness_m / np.maximum(pipes.inner_diameter_m, 1e-9)
    kinds, kind = np.unique(rough, return_inverse=True)
    tables = friction_factor((TABLE_STEP * np.arange(TABLE_SIZE)) ** 4, kinds[:, None])
    pipe = np.stack([np.asarray(tree.length_m, dtype=np.float64), pipes.inner_diameter_m], axis=1)
    return parent, root.astype(np.int64), pipe, kind.astype(np.int64), tables


def _powers(injections: Sequence[Injection], hours: int) -> tuple[Array, list[str]]:
    """Gather what each plant could give, shape (plants, T), and what is wrong with it."""
    power, findings = np.zeros((len(injections), hours)), []
    for j, plant in enumerate(injections):
        given = np.asarray(plant.power_kw, dtype=np.float64)
        if given.shape != (hours,) or not (np.isfinite(given) & (given >= 0)).all():
            findings.append(f"injection {j}: power_kw of shape {given.shape}; give {hours} hours of 0 or more")
        else:
            power[j] = given
    return power, findings


def _entry_shares(entry_gas: str | Mapping[str, npt.ArrayLike], hours: int) -> tuple[dict[str, Array], list[str]]:
    """Volume shares of the gas that enters."""
    given: Mapping[str, npt.ArrayLike] = {entry_gas: 1.0} if isinstance(entry_gas, str) else entry_gas
    shares = {name: np.asarray(share, dtype=np.float64) for name, share in given.items()}
    odd = [name for name, share in shares.items() if share.shape not in {(), (hours,)}]
    if odd or not shares:
        return shares, [f"entry_gas: give {hours} shares or one for {', '.join(odd) or 'a gas at least'}"]
    total = np.broadcast_to(sum(shares.values(), np.zeros(hours)), (hours,))
    if any((share < 0).any() for share in shares.values()) or not np.allclose(total, 1.0, atol=1e-6):
        return shares, ["entry_gas: volume shares must be 0 or more and add up to 1 in every hour"]
    return shares, []


def _findings(
    parent: npt.NDArray[np.int64],
    pipes: GasPipes,
    demand: Array,
    injections: Sequence[Injection],
) -> list[str]:
    k = parent.size
    findings = []
    if demand.ndim != 2 or demand.shape[0] != k or not (np.isfinite(demand) & (demand >= 0)).all():
        findings.append(f"demand_kw of shape {demand.shape}: give 0 or more for each of the {k} nodes and each hour")
    if np.shape(pipes.inner_diameter_m) != (k,):
        findings.append(f"{np.size(pipes.inner_diameter_m)} pipes for {k} tree nodes: size them for this tree")
    else:
        findings += [
            f"tree node {i} has no pipe to its parent: give its diameter and roughness"
            for i in np.flatnonzero((parent >= 0) & ~((pipes.inner_diameter_m > 0) & (pipes.roughness_m > 0)))[:5]
        ]
    findings += [
        f"injection {j}: no tree node {plant.node}; nodes are numbered 0 to {k - 1}"
        for j, plant in enumerate(injections)
        if not 0 <= plant.node < k
    ]
    return findings
