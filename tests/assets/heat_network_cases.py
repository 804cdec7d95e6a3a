"""Heat networks to test and measure with: random trees with pipes of the catalogue, and DESTEST's."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from assets.networks.graph import Graph, Tree
from assets.networks.heat import Consumers, PipeSizes, heat_pipes, size_tree


@dataclass(frozen=True)
class Net:
    tree: Tree
    graph: Graph
    sizes: PipeSizes
    pipes: np.ndarray
    consumer_node: np.ndarray
    peak_kw: np.ndarray


def tree_of_parents(parent: np.ndarray, length_m: np.ndarray) -> tuple[Tree, Graph]:
    """A tree with one root whose graph nodes are its own, edge i - 1 leading to node i."""
    k = len(parent)
    tree = Tree(np.arange(k), parent, np.where(parent < 0, -1, np.arange(k) - 1), length_m)
    graph = Graph(
        np.arange(k, dtype=float), np.zeros(k), parent[1:], np.arange(1, k), length_m[1:], np.zeros(k - 1, dtype=bool)
    )
    return tree, graph


def random_net(buildings: int, seed: int, reach: int = 8, gradient_pa_m: float = 100.0) -> Net:
    """Buildings of 5 to 50 kW on a random tree of streets, each with its own branch, pipes sized for 90/45 °C."""
    rng = np.random.default_rng(seed)
    streets = np.array([-1] + [int(rng.integers(max(0, i - reach), i)) for i in range(1, buildings)])
    parent = np.r_[streets, np.arange(buildings)]
    length = np.r_[rng.uniform(20.0, 60.0, buildings), rng.uniform(5.0, 20.0, buildings)]
    length[0] = 0.0
    peak = rng.uniform(5.0, 50.0, buildings)
    tree, graph = tree_of_parents(parent, length)
    sizes = heat_pipes("steel_single", 2)
    design = np.r_[np.zeros(buildings), peak]
    pipes = size_tree(
        tree, design, sizes=sizes, supply_temp_c=90.0, return_temp_c=45.0, max_gradient_pa_m=gradient_pa_m
    )
    return Net(tree, graph, sizes, pipes, np.arange(buildings, 2 * buildings), peak)


def consumers(net: Net, load: np.ndarray, seed: int = 0, return_temp_c: float = 45.0) -> Consumers:
    """Each building's own share of its peak, up to 20 % off the common load, shape (T,)."""
    rng = np.random.default_rng(seed)
    own = rng.uniform(0.8, 1.0, (len(net.peak_kw), len(load)))
    return Consumers(net.consumer_node, net.peak_kw[:, None] * load * own, return_temp_c=return_temp_c)


def year_of_load(hours: int = 8760, seed: int = 0) -> np.ndarray:
    """Share of the peak: winters, days, and a summer of hot water alone."""
    t = np.arange(hours)
    season = 0.5 + 0.5 * np.cos(2.0 * np.pi * (t / 8760.0 - 0.04))
    day = 1.0 + 0.25 * np.sin(2.0 * np.pi * (t % 24 - 3) / 24.0)
    noise = np.random.default_rng(seed).uniform(0.9, 1.1, hours)
    return np.clip((0.08 + 0.7 * season**1.5) * day * noise, 0.05, 1.0)
