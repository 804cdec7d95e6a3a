"""Check what a network is asked for and bring it into the arrays of the compiled sweep."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from assets.fluids.water import Water
from assets.networks._graph_kernel import adjacency, sum_down, walk
from assets.networks.graph import Tree
from assets.networks.heat._book_kernel import Limits, State
from assets.networks.heat._tree_kernel import Exchangers, Liquid, Pipes, Plants
from assets.networks.heat._year_kernel import Hours
from assets.networks.heat.friction import fitted_factors
from assets.networks.heat.inputs import (
    KINDS,
    LEAST_DROP_K,
    Array,
    Consumers,
    HeatLimits,
    HeatState,
    Ints,
    Kind,
    Producers,
    at_nodes,
    choose_aim,
    parts_of,
    per_row,
    refuse,
    spread,
)
from assets.networks.heat.pipes import PipeSizes
from assets.time_grid import TimeGrid


@dataclass(frozen=True)
class Asked:
    """What consumers (c) and producers of given heat (g) ask for, in any layout that broadcasts over the hours."""

    consumer_kw: Any  # (c, T)
    consumer_aim: Any  # (c, T) temperature to leave at, or drop [K]
    producer_kw: Array  # (g, T)
    producer_aim: Array  # (g, T)


@dataclass(frozen=True)
class Case:
    """All that the compiled sweep takes.

    `both` tells whether consumers put heat in as well, `balance_of` which producer balances each tree.
    """

    pipes: Pipes
    asked: Asked
    exchangers: Exchangers
    plants: Plants
    hours: Hours
    liquid: Liquid
    limits: Limits
    state: State
    consumers: int
    both: bool
    balances: npt.NDArray[np.bool_]
    balance_of: Ints


@dataclass(frozen=True)
class _Feed:
    """Producers as arrays of (p, T)."""

    node: Ints
    heat: Any
    temp: Array
    back: Array | None
    need: Array
    balances: npt.NDArray[np.bool_]
    balance_of: Ints


def prepare(
    tree: Tree,
    pipes: npt.ArrayLike,
    consumers: Consumers,
    producers: Producers,
    *,
    supply_temp_c: npt.ArrayLike,
    ground_temp_c: npt.ArrayLike,
    sizes: PipeSizes,
    kind: Kind,
    water: Water,
    fittings: float,
    limits: HeatLimits | None,
    time: TimeGrid,
    start: HeatState | None,
) -> Case:
    """Check everything, all findings at once, and lay it out; the parameters are those of `heat_year`."""
    findings: list[str] = []
    if kind not in KINDS:
        findings.append(f"no networks of the kind {kind}: take one of {', '.join(KINDS)}")
    if not fittings >= 0.0:
        findings.append(f"fittings is {fittings:g}: give a share of 0 or more")
    heat = _heat_of(consumers, kind, findings)
    count, hours = heat.shape
    if hours != time.n:
        findings.append(f"consumers.heat_kw has {hours} steps, the time grid {time.n}: give one number a step")
    if start is not None and len(start.supply_node) != len(tree.parent):
        findings.append(
            f"the state is of {len(start.supply_node)} nodes, the tree has {len(tree.parent)}: give its own"
        )
    supply = _hourly(supply_temp_c, hours, "supply_temp_c", findings)
    ground = _hourly(ground_temp_c, hours, "ground_temp_c", findings)
    size_of = _sizes_of(tree, pipes, sizes, findings)
    feed = _feed(tree, producers, supply, hours, findings)
    aim, by_drop = choose_aim(consumers, count, hours, kind, findings)
    refuse(findings)
    sign = -1.0 if kind == "cooling" else 1.0
    floor = 0.0 if kind == "heating" else -np.inf
    liquid = Liquid(water.cp_kj_kg_k, sign, floor, water.caloric, water.temperature, water.density, water.fluidity)
    rooted = _rooted(tree, feed.node[feed.balance_of])
    net = _network(tree, rooted, size_of, sizes, fittings=fittings, water=water, step_s=time.step_s)
    asked, exchangers = _exchange(
        tree, consumers, feed, heat=heat, aim=aim, by_drop=by_drop, place=rooted.place, water=water, findings=findings
    )
    refuse(findings)
    temp = np.ascontiguousarray(feed.temp[feed.balance_of])
    drop = float(np.mean(aim[:, :1])) if aim.size else 1.0
    guess = temp - sign * drop if by_drop else np.full_like(temp, drop)
    back = guess if feed.back is None else np.ascontiguousarray(feed.back[feed.balance_of])
    plants = Plants(
        absorbs=np.full(len(temp), feed.back is not None),
        need_kpa=feed.need[feed.balance_of],
    )
    by_hour = Hours(
        ground=sign * water.caloric_c(ground),
        ahead=water.loss_factor(temp.mean(axis=0), ground),
        behind=water.loss_factor(back.mean(axis=0), ground),
        feed=temp,
        supply=sign * water.caloric_c(temp),
        back=sign * water.caloric_c(back),
    )
    watched = _limits(
        limits or HeatLimits(), sizes, size_of, consumers=count, sign=sign, water=water, findings=findings
    )
    refuse(findings)
    return Case(net, asked, exchangers, plants, by_hour, liquid, watched, _start(net, time.step_s, start), count,
                kind == "ambient", feed.balances, feed.balance_of)  # fmt: skip


def _heat_of(consumers: Consumers, kind: Kind, findings: list[str]) -> Any:
    heat = np.asarray(consumers.heat_kw)
    if heat.dtype not in {np.dtype(np.float32), np.dtype(np.float64)}:
        heat = heat.astype(np.float64)
    rows = np.size(consumers.node)
    if heat.ndim != 2 or heat.shape[0] != rows or heat.shape[1] == 0:
        findings.append(f"consumers.heat_kw has the shape {heat.shape}: give ({rows}, T), a row for each consumer")
        return np.zeros((rows, 1))
    odd = ~np.isfinite(heat).all(axis=1)
    if odd.any():
        row = int(np.argmax(odd))
        findings.append(f"consumers.heat_kw of row {row} has hours without a number: give 0 where nothing is drawn")
    below = (heat < 0.0).any(axis=1)
    if kind != "ambient" and below.any():
        row = int(np.argmax(below))
        findings.append(f"consumers.heat_kw of row {row} is negative: only ambient networks take heat from consumers")
    return heat


def _hourly(value: npt.ArrayLike, hours: int, name: str, findings: list[str]) -> Array:
    array = np.asarray(value, dtype=np.float64)
    if array.shape not in {(), (hours,)}:
        findings.append(f"{name} has the shape {array.shape}: give one value or ({hours},)")
        return np.zeros(hours)
    if not np.isfinite(array).all():
        findings.append(f"{name} has hours without a number: fill them in")
    return np.ascontiguousarray(np.broadcast_to(array, (hours,)))


def _sizes_of(tree: Tree, pipes: npt.ArrayLike, sizes: PipeSizes, findings: list[str]) -> Ints:
    chosen = np.asarray(pipes, dtype=np.int64)
    if chosen.shape != tree.parent.shape:
        findings.append(f"pipes has the shape {chosen.shape}: give a size for each of {len(tree.parent)} tree nodes")
        return np.zeros(len(tree.parent), dtype=np.int64)
    chosen = np.where(tree.parent < 0, 0, chosen)
    if ((chosen < 0) | (chosen >= len(sizes.name))).any():
        findings.append(f"pipes names a size that is not there: there are {len(sizes.name)}, numbered from 0")
        return np.zeros(len(tree.parent), dtype=np.int64)
    if ((tree.parent >= 0) & ~(tree.length_m > 0.0)).any():
        findings.append("a pipe of the tree has no length above 0 m")
    return chosen


@dataclass(frozen=True)
class _Rooted:
    """The tree hung up at its plants: for each new node its parent, its old place, and the old place of its pipe."""

    parent: Ints
    node: Ints
    pipe: Ints
    place: Ints  # new place of each old node


def _rooted(tree: Tree, plants: Ints) -> _Rooted:
    """Hang a tree up where it is balanced, so that flow from there runs down; a plant at each root changes nothing."""
    same = np.arange(len(tree.parent))
    if np.array_equal(plants, np.arange(tree.root_count)):
        return _Rooted(tree.parent, same, same, same)
    pipes = np.flatnonzero(tree.parent >= 0)
    order, parent, through, _ = walk(*adjacency(len(same), tree.parent, same, pipes), plants)
    place = np.empty_like(same)
    place[order] = same
    free = np.setdiff1d(same, through)  # rows without a pipe, for the roots
    pipe = through.copy()
    pipe[through < 0] = free
    return _Rooted(parent, order, pipe, place)


def _network(
    tree: Tree, rooted: _Rooted, size_of: Ints, sizes: PipeSizes, *, fittings: float, water: Water, step_s: float
) -> Pipes:
    root = rooted.parent < 0
    size_of, length = size_of[rooted.pipe], np.where(root, 0.0, tree.length_m[rooted.pipe])
    d = sizes.inner_diameter_m[size_of]
    area = np.pi / 4.0 * d**2
    density = float(water.density_kg_m3(60.0))
    part = np.where(root, np.arange(len(root)), 0)[:, None]
    sum_down(rooted.parent, part)
    content = density * water.cp_kj_kg_k * area * length
    return Pipes(
        parent=rooted.parent,
        node_row=rooted.node,
        pipe_row=rooted.pipe,
        turn=np.where(rooted.node == rooted.pipe, 1.0, -1.0),
        part=np.ascontiguousarray(part[:, 0]),
        loss_kw_k=sizes.u_w_m_k[size_of] * length / 1000.0,
        content_kj_k=content,
        content_kw_k=content / step_s,
        reynolds=d / area,
        drag=(1.0 + fittings) * length / (2.0 * d * area**2),
        area_m2=area,
        length_m=np.where(root, 1.0, length),
        kind=size_of,
        friction=fitted_factors(sizes.roughness_m / sizes.inner_diameter_m),
    )


def _feed(tree: Tree, producers: Producers, supply: Array, hours: int, findings: list[str]) -> _Feed:
    node = at_nodes(producers.node, tree, "producers", findings)
    p = len(node)
    heat = np.full((p, hours), np.nan)
    if producers.heat_kw is not None:
        heat = np.asarray(producers.heat_kw, dtype=np.float64)
        if heat.shape != (p, hours):
            findings.append(f"producers.heat_kw has the shape {heat.shape}: give ({p}, {hours}), NaN for who balances")
            heat = np.full((p, hours), np.nan)
    balances = np.isnan(heat).all(axis=1)
    if (~balances & ~(heat >= 0.0).all(axis=1)).any():
        row = int(np.argmax(~balances & ~(heat >= 0.0).all(axis=1)))
        findings.append(f"producers.heat_kw of row {row} is negative or missing in some hours: give 0 where it rests")
    own = producers.supply_temp_c
    temp = np.broadcast_to(supply, (p, hours))
    if own is not None:
        temp = spread(own, p, hours, "producers.supply_temp_c", findings)
    told = producers.return_temp_c
    back = None if told is None else spread(told, p, hours, "producers.return_temp_c", findings)
    need = per_row(producers.need_kpa, p, "producers.need_kpa", findings)
    part, roots = parts_of(tree)[node], tree.root_count
    counts = np.bincount(part[balances], minlength=roots)
    findings += [
        f"the tree at root {root} has {counts[root]} producers that balance it: it needs one"
        for root in np.flatnonzero(counts != 1)
    ]
    order = np.flatnonzero(balances)[np.argsort(part[balances], kind="stable")]
    return _Feed(node, heat, np.asarray(temp, dtype=np.float64), back, need, balances, order)


def _exchange(
    tree: Tree, consumers: Consumers, feed: _Feed, *, heat: Any, aim: Array, by_drop: bool, place: Ints, water: Water,
    findings: list[str],
) -> tuple[Asked, Exchangers]:  # fmt: skip
    node = at_nodes(consumers.node, tree, "consumers", findings)
    c, rest = len(node), ~feed.balances
    asked = Asked(heat, aim, feed.heat[rest], feed.temp[rest])
    peak = np.abs(heat).max(axis=1) if c else np.zeros(0)
    most = peak / (water.cp_kj_kg_k * LEAST_DROP_K)
    if consumers.most_kg_s is not None:
        most = per_row(consumers.most_kg_s, c, "consumers.most_kg_s", findings)
    bypass = per_row(consumers.bypass_kg_s, c, "consumers.bypass_kg_s", findings)
    fed = asked.producer_kw.max(axis=1) / (water.cp_kj_kg_k * LEAST_DROP_K) if rest.any() else np.zeros(0)
    x = c + int(rest.sum())
    return asked, Exchangers(
        node=place[np.concatenate([node, feed.node[rest]])],
        by_drop=np.arange(x) < (c if by_drop else 0),
        bypass_kg_s=np.concatenate([bypass, np.zeros(x - c)]),
        most_kg_s=np.maximum(np.concatenate([most, fed]), np.concatenate([bypass, np.zeros(x - c)])),
        need_kpa=np.concatenate([per_row(consumers.need_kpa, c, "consumers.need_kpa", findings), feed.need[rest]]),
    )


def _limits(
    limits: HeatLimits, sizes: PipeSizes, size_of: Ints, *, consumers: int, sign: float, water: Water,
    findings: list[str],
) -> Limits:  # fmt: skip
    velocity = sizes.max_velocity_m_s[size_of]
    if limits.velocity_m_s is not None:
        velocity = per_row(limits.velocity_m_s, len(size_of), "limits.velocity_m_s", findings)
    supply = np.full(consumers, -np.inf)
    if limits.supply_temp_c is not None:
        told = per_row(limits.supply_temp_c, consumers, "limits.supply_temp_c", findings)
        supply = sign * water.caloric_c(told)
    return Limits(velocity, float(limits.gradient_pa_m), supply)


def _start(pipes: Pipes, step_s: float, before: HeatState | None) -> State:
    """Begin; without anything before, what flows starts steady, what stands starts as warm as the ground."""
    k = len(pipes.parent)
    with np.errstate(divide="ignore", invalid="ignore"):
        keep = np.exp(-pipes.loss_kw_k * step_s / pipes.content_kj_k)
    keep = np.where(pipes.parent < 0, 0.0, keep)
    roots = np.flatnonzero(pipes.parent < 0)
    child = pipes.parent >= 0
    np.maximum.at(keep, np.where(np.isin(pipes.parent, roots) & child, pipes.parent, np.arange(k)), keep)
    if before is None:
        nothing = {name: np.full(k, np.nan) for name in State._fields if name != "still_keep"}
        return State(**nothing, still_keep=keep)
    return State(
        before.supply_pipe[pipes.pipe_row],
        before.return_pipe[pipes.pipe_row],
        before.supply_node[pipes.node_row],
        before.return_node[pipes.node_row],
        keep,
    )
