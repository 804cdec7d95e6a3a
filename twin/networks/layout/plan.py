"""One carrier's network as it stands under a scenario: nodes, edges, sizes, and where each of them comes from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, Self

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from assets.networks.graph import Tree
from twin.texts import Note

Index = npt.NDArray[np.int64]

ORIGINS = ("mapped", "laid", "imported", "edited", "assumed")
"""Where an element comes from: somebody mapped it; the algorithm laid it along the streets; it stands in a file that a
scenario imports; a scenario adds or changes it; or nobody knows and it is assumed, as where a network begins."""
NODE_KINDS = ("junction", "consumer", "entry", "substation", "plant")
"""What a node is."""
EDGE_KINDS = ("pipe", "cable", "transformer", "service")
"""What an edge is; a service leads to one building or plant only."""
NODE_COLUMNS = ("x_m", "y_m", "kind", "building", "plant")
EDGE_COLUMNS = ("geometry", "start", "end", "length_m", "size", "kind", "origin", "mapped_m", "street")


def _none() -> Index:
    return np.empty(0, dtype=np.int64)


@dataclass(frozen=True, eq=False)
class NetworkPlan:
    """A carrier's network as it stands under a scenario; read-only by convention.

    Attributes
    ----------
    carrier : str
        electricity, heat, cold or gas.
    nodes : pandas.DataFrame
        Index: stable id. Columns x_m, y_m [m, CRS of the district], kind (of `NODE_KINDS`), building (row in the
        twin's table, the first where several hang on the node; -1 without), plant (id of the scenario; empty without).
        Of electricity: the buses, in the order of `net.bus`, and columns level (MV, LV), station, feeder.
    edges : geopandas.GeoDataFrame
        Index: stable id. Columns geometry (a line; of a transformer a point), start, end (rows of `nodes`), length_m
        (0 of a transformer), size (row of the catalogue of pipes, cables or transformers), kind (of `EDGE_KINDS`),
        origin (of `ORIGINS`), mapped_m (of its length along mapped or imported ways), street (its name, where it has
        one). Of electricity: the rows of `net.line`,
        behind them those of `net.trafo`, each in their order.
    tree : Tree, optional
        Heat, cold and gas: the network over the rows of `nodes` and `edges`, rooted at `entry`; every node and every
        edge but those in `open_edges` is in it. None for electricity.
    consumers : ndarray of int64, shape (buildings,)
        Row of the node that each building of the twin's table hangs on; -1 where it is not connected.
    entry : int
        Row of the node where the outside feeds in.
    net : pandapowerNet, optional
        Electricity: the model, without loads; not to be written into.
    design : mapping
        What it was sized for, kW, °C, bar, each by its name.
    notes : tuple of Note
        What a reader should know.
    plants : mapping of str to int
        Row of the node of every plant and store of the scenario that this network serves or is served by.
    chargers : ndarray of int64, shape (stations,)
        Electricity: row of the node of each public charging station of the twin; empty for other carriers.
    cut_off : ndarray of int64
        Rows of buildings that ask for this network but that an edit has cut off from it; their `consumers` is -1.
    open_edges : ndarray of int64
        Rows of edges that are there but closed, so that the rest is a tree.
    key : str
        Digest of all that the plan was made of: equal for equal plans.
    """

    carrier: str
    nodes: pd.DataFrame
    edges: gpd.GeoDataFrame
    tree: Tree | None
    consumers: Index
    entry: int
    net: Any
    design: Mapping[str, Any]
    notes: tuple[Note, ...] = ()
    plants: Mapping[str, int] = field(default_factory=dict)
    chargers: Index = field(default_factory=_none)
    cut_off: Index = field(default_factory=_none)
    open_edges: Index = field(default_factory=_none)
    key: str = ""

    @property
    def laid_tree(self) -> Tree:
        """The tree of a network of heat, cold or gas.

        Raises
        ------
        ValueError
            Of electricity, which has none.
        """
        if self.tree is None:
            raise ValueError(f"the network of {self.carrier} is no tree")
        return self.tree


class NetworkDraft(Protocol):
    """A network while it is put together, of pipes or of cables: what planning needs of it.

    Attributes
    ----------
    consumers : list of int
        Node of each building, -1 for others: by the rows of the buildings that it was laid for, and once it was asked
        for those that are `still_served`, by those of the twin's table.
    entry : int
        Node where the outside feeds in.
    plants : dict of str to int
        Node of each plant.
    notes : list of Note
    """

    consumers: list[int]
    entry: int
    plants: dict[str, int]
    notes: list[Note]

    def copy(self) -> Self:
        """Return one that can be worked on without changing this one."""
        ...

    def place(self, node: int) -> tuple[float, float]:
        """Return the coordinates of a node [m]."""
        ...

    def still_served(self, rows: Mapping[int, int], count: int) -> Self:
        """Leave out those that the network serves no more; number the others by the twin's table.

        Parameters
        ----------
        rows : mapping of int to int
            Row in the twin's table of each building that is still served, by its row as it is.
        count : int
            Buildings in the twin's table.

        Returns
        -------
        NetworkDraft
            One of its own.
        """
        ...

    def plan(self, design: Mapping[str, Any], crs: Any, *, key: str = "", notes: Sequence[Note] = ()) -> NetworkPlan:
        """Make the plan of a draft whose consumers go by the rows of the twin's table.

        Parameters
        ----------
        design : mapping
        crs : Any
            Of the district.
        key : str
            Digest of what it was made of.
        notes : sequence of Note
            Behind the draft's own.

        Returns
        -------
        NetworkPlan
        """
        ...
