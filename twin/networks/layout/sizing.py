"""Sizes of pipes of heat, cold and gas networks, out of the catalogue, by what passes in the hours that matter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from assets._errors import InputError
from assets.fluids.water import WATER
from assets.networks.gas import gas_pipe_models, size_gas_tree
from assets.networks.graph import Tree, sum_below
from assets.networks.heat.pipes import PipeSizes, heat_pipes
from assets.networks.heat.sizing import largest_flow_kg_s, simultaneity, size_tree
from twin.networks.layout.plan import Index
from twin.texts import Note

Array = npt.NDArray[np.float64]
_STEP, _LEAST_PART = 0.8, 0.01


class Sizing(Protocol):
    """How the pipes of a network are sized."""

    @property
    def names(self) -> tuple[str, ...]:
        """Sizes there are, smallest first."""
        ...

    @property
    def inner_m(self) -> Array:
        """Inner diameters of them [m]."""
        ...

    def choose(self, tree: Tree, own_kw: Array, hours_kw: Array) -> tuple[Index, tuple[Note, ...]]:
        """Choose the size of the pipe to each tree node's parent.

        Parameters
        ----------
        tree : Tree
        own_kw : ndarray, shape (k,)
            Own peak of the consumer at each node [kW]; 0 without one.
        hours_kw : ndarray, shape (k, h)
            What each draws in the design hours [kW].

        Returns
        -------
        size : ndarray of int64, shape (k,)
            Place in `names`; 0 for roots.
        notes : tuple of str
            What could not be kept to.
        """
        ...


@dataclass(frozen=True)
class WaterSizing:
    """Of heat and cold: friction and velocity, by `assets.networks.heat.size_tree`.

    Attributes
    ----------
    sizes : PipeSizes
    supply_c, return_c : float
        In the hour that it is sized for [°C].
    share : float
        Part of what consumers draw that the network brings; in ambient loops the rest is their heat pumps' electricity.
    """

    sizes: PipeSizes
    supply_c: float
    return_c: float
    share: float = 1.0

    @property
    def names(self) -> tuple[str, ...]:
        """Sizes there are, smallest first."""
        return self.sizes.name

    @property
    def inner_m(self) -> Array:
        """Inner diameters of them [m]."""
        return self.sizes.inner_diameter_m

    def choose(self, tree: Tree, own_kw: Array, hours_kw: Array) -> tuple[Index, tuple[Note, ...]]:
        """Take the larger of what the design hours and what Winter's simultaneity of the own peaks ask for."""
        told: dict[str, Any] = {"sizes": self.sizes, "supply_temp_c": self.supply_c, "return_temp_c": self.return_c}
        own, hours = own_kw * self.share, hours_kw * self.share
        count = (own > 0.0).astype(np.float64)
        try:
            found = [size_tree(tree, own, consumers=count, **told)]
            found += [size_tree(tree, column, **told) for column in hours.T]
        except InputError:  # the largest is not large enough
            return self._capped(tree, own, hours, count)
        return np.maximum(np.max(found, axis=0), 0).astype(np.int64), ()

    def _capped(self, tree: Tree, own: Array, hours: Array, count: Array) -> tuple[Index, tuple[Note, ...]]:
        sums = sum_below(tree, np.column_stack([own, count, hours]))
        carried = np.maximum(sums[:, 0] * simultaneity(sums[:, 1]), sums[:, 2:].max(axis=1, initial=0.0))
        for node in range(len(carried) - 1, -1, -1):
            if tree.parent[node] >= 0:
                carried[tree.parent[node]] = max(carried[tree.parent[node]], carried[node])
        drop = abs(float(WATER.caloric_c(self.supply_c) - WATER.caloric_c(self.return_c)))
        flow = carried / (WATER.cp_kj_kg_k * drop)
        most = largest_flow_kg_s(self.sizes, (self.supply_c, self.return_c), 100.0)
        size = np.searchsorted(most, flow * (1.0 - 1e-12))
        short = (size >= len(most)) & (tree.parent >= 0)
        beyond = {"metres": float(tree.length_m[short].sum()), "times": float(flow[short].max() / most[-1])}
        note = Note("largest_pipe", (self.names[-1],), beyond)
        return np.minimum(size, len(most) - 1).astype(np.int64), (note,)


@dataclass(frozen=True)
class GasSizing:
    """Of gas: the pressure left at the farthest node and the velocity, by `assets.networks.gas.size_gas_tree`.

    Attributes
    ----------
    entry_bar, least_bar : float
        Pressure where the network begins, and the least at any node, above ambient [bar].
    gas : mapping of str to float
        Volume shares of what it is sized for.
    series : str
        Of the catalogue of gas pipes.
    """

    entry_bar: float
    least_bar: float
    gas: Mapping[str, float]
    series: str = "pe100_sdr11"

    @property
    def names(self) -> tuple[str, ...]:
        """Sizes there are, smallest first."""
        return tuple(str(name) for name in self._rows().index)

    @property
    def inner_m(self) -> Array:
        """Inner diameters of them [m]."""
        return np.asarray(self._rows()["inner_diameter_mm"].to_numpy(dtype=np.float64) / 1000.0)

    def _rows(self) -> Any:
        known = gas_pipe_models()
        fits = (known["series"] == self.series) & (known["max_pressure_bar"] >= self.entry_bar)
        return known[fits].sort_values("inner_diameter_mm")

    def choose(self, tree: Tree, own_kw: Array, hours_kw: Array) -> tuple[Index, tuple[Note, ...]]:
        """Take the largest that any of the design hours asks for, services by their own peak."""
        names = {name: place for place, name in enumerate(self.names)}
        last = sum_below(tree, (own_kw > 0.0).astype(np.float64)) <= 1.0
        alone, part = np.where(last, own_kw, 0.0), 1.0
        while True:
            try:
                found = [self._sizes(tree, load * part, names) for load in (alone, *hours_kw.T)]
            except InputError:  # the largest is not large enough
                if part < _LEAST_PART:
                    raise
                part *= _STEP
                continue
            short = Note("largest_gas_pipe", (self.names[-1],), {"percent": 100.0 * part})
            return np.max(found, axis=0).astype(np.int64), (short,) if part < 1.0 else ()

    def _sizes(self, tree: Tree, load_kw: Array, names: Mapping[str, int]) -> Index:
        chosen = size_gas_tree(
            tree, load_kw, entry_bar=self.entry_bar, least_bar=self.least_bar, gas=self.gas, series=self.series
        )
        return np.array([names.get(model, 0) for model in chosen.model], dtype=np.int64)


def nominal_mm(name: str) -> float:
    """Nominal width of a size of the catalogue, the number in its name [mm]: DN of steel, outside of plastic."""
    return next((float(part) for part in name.split("_") if part.isdigit()), 0.0)


def sizing_of(design: Mapping[str, Any]) -> Sizing:
    """How a network of this design is sized.

    Parameters
    ----------
    design : mapping
        As `twin.networks.layout.heat_plan` and `twin.networks.layout.gas_plan` make it.
    """
    if "entry_bar" in design:
        return GasSizing(design["entry_bar"], design["least_bar"], dict(design["gas"]), design["series"])
    sizes = heat_pipes(design["family"], design["series"])
    return WaterSizing(sizes, design["sized_temp_c"], design["return_temp_c"], design["network_share"])
