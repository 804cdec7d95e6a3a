"""What laying networks costs grows with the town, not with its square: searches are counted, not timed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from assets.networks import graph as graphs
from assets.networks._graph_kernel import from_each
from assets.networks.graph import Array, Graph, Index, distances
from assets.networks.power import LayoutRules, lay_power, low_voltage, medium_voltage
from assets.networks.quarters import quarters

_BLOCK_M = 80.0


def streets(side: int) -> Graph:
    """Streets round side × side blocks, with a house behind the middle of each street from west to east."""
    x, y = (_BLOCK_M * axis.ravel() for axis in np.meshgrid(np.arange(side), np.arange(side)))
    number = np.arange(side * side).reshape(side, side)
    south, north = number[:-1].ravel(), number[1:].ravel()
    west, east = number[:, :-1].ravel(), number[:, 1:].ravel()
    gate = side * side + np.arange(len(west))
    house = gate + len(gate)
    half = _BLOCK_M / 2.0
    return Graph(
        np.concatenate([x, x[west] + half, x[west] + half]),
        np.concatenate([y, y[west], y[west] + 5.0]),
        np.concatenate([south, west, gate, gate]),
        np.concatenate([north, gate, east, house]),
        np.concatenate([np.full(len(south), _BLOCK_M), np.full(2 * len(west), half), np.full(len(west), 5.0)]),
        np.zeros(len(south) + 3 * len(west), dtype=bool),
    )


def houses(graph: Graph) -> Index:
    ends = np.bincount(np.concatenate([graph.start, graph.end]))
    return np.flatnonzero(ends == 1)


def test_search_for_some_is_that_for_all() -> None:
    graph = streets(7)
    some = houses(graph)[::3]
    whole = distances(graph, some)
    np.testing.assert_array_equal(distances(graph, some, targets=some), whole[:, some])
    near = distances(graph, some, targets=some, limit=300.0)
    np.testing.assert_array_equal(near, np.where(whole[:, some] <= 300.0, whole[:, some], np.inf))


def test_search_ends_with_its_last_target() -> None:
    settled = []
    for side in (20, 40):
        graph = streets(side)
        middle = np.array([side * (side // 2) + side // 2])
        settled.append(from_each(*graph.links, graph.length_m, middle, middle + 2, np.inf)[1])
    assert settled[0] == settled[1] < 60


def test_quarters_hold_every_place_once() -> None:
    rng = np.random.default_rng(5)
    x, y = rng.uniform(0.0, 4000.0, 1000), rng.uniform(0.0, 900.0, 1000)
    parts = quarters(x, y, 130)
    np.testing.assert_array_equal(np.sort(np.concatenate(parts)), np.arange(1000))
    assert max(len(part) for part in parts) <= 130
    assert len(parts) == 8
    # A part is a piece of the town: an eighth of a long one is no longer than a quarter of it.
    assert max(np.ptp(x[part]) for part in parts) < 1000.0
    np.testing.assert_array_equal(quarters(x, y, 1000)[0], np.arange(1000))


def test_work_of_laying_a_grid_grows_with_the_town(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(low_voltage, "_QUARTER", 40)
    monkeypatch.setattr(medium_voltage, "_QUARTER", 8)
    spent = [0]

    def counted(*told: Any) -> tuple[Array, int]:
        found, settled = from_each(*told)
        spent[0] += settled
        return found, settled

    monkeypatch.setattr(graphs, "from_each", counted)
    work = []
    for side in (14, 28):
        graph = streets(side)
        node = houses(graph)
        consumers = pd.DataFrame({"node": node, "peak_kw": 40.0}, index=[f"h{k}" for k in node])
        spent[0] = 0
        plan = lay_power(graph, consumers, infeed=0, rules=LayoutRules())
        assert (plan.bus_of_consumer >= 0).all()
        work.append(spent[0] / len(node))
    # Four times as many houses: tables of everybody against everybody would take four times the work for each. What is
    # less in the small town is that searches end at its edge.
    assert work[1] < 1.6 * work[0]
