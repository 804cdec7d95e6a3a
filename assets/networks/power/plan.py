"""What a laid grid is: buses, cables and transformers, and where each comes from."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from assets._errors import InputError
from assets.catalogue import limit
from assets.networks.graph import Array, Graph, Index
from assets.networks.power.coincidence import Diversity

MAPPED, LAID, IMPORTED = "mapped", "laid", "imported"
"""Where an element comes from: somebody mapped it, the algorithm laid it, or it stood in an imported net."""

POWER_FACTOR = limit("power_factor_sizing")
"""Of consumers at their peaks."""
CABLE_USE = limit("cable_use")
"""Planned loading of a cable at its peak, part of 100 %."""


@dataclass(frozen=True)
class LayoutRules:
    """How a grid is laid and sized; the values are planners' usual ones, assumed.

    Attributes
    ----------
    country : str
        Whose cables are laid ("FI": AXMK and AHXAMK-W, "DE": NAYY and NA2XS2Y).
    diversity : str
        How peaks add up: "rusck", "velander" or "sum".
    power_factor : float
        Of all consumers at their peaks.
    mv_kv, lv_kv : float
        Voltages of the two levels [kV].
    mv_direct_kw : float
        Consumers from this peak on are connected to medium voltage [kW].
    lv_reach_m : float
        Farthest way from a consumer to its substation [m].
    largest_kva : float
        Power that a new substation is filled up to [kVA]; a single consumer may need a larger one.
    transformer_use, cable_use : float
        Planned loading at the peak, part of 100 %.
    lv_drop_percent : float
        Largest voltage drop from a substation's busbar to a consumer [%].
    mv_drop_percent : float
        Largest voltage drop along a ring that is fed from one end only [%].
    ring_use : float
        Loading of a ring's cable when it is fed from one end only, part of 100 %.
    ring_stops : int
        Most substations of a ring.
    infeed_pu : float
        Voltage that the primary substation's tap changer holds at its busbar [p.u.].
    infeed_mva : float
        Three-phase short-circuit power at this busbar [MVA].
    most_parallel : int
        Most cables side by side on a way.
    """

    country: str = "FI"
    diversity: str = "rusck"
    power_factor: float = POWER_FACTOR
    mv_kv: float = 20.0
    lv_kv: float = 0.4
    mv_direct_kw: float = 1000.0
    lv_reach_m: float = 400.0
    largest_kva: float = 1000.0
    transformer_use: float = 0.8
    cable_use: float = CABLE_USE
    lv_drop_percent: float = 5.0
    mv_drop_percent: float = 5.0
    ring_use: float = 1.0
    ring_stops: int = 12
    infeed_pu: float = 1.02
    infeed_mva: float = 250.0
    most_parallel: int = 4

    def __post_init__(self) -> None:
        parts = ("power_factor", "transformer_use", "cable_use", "ring_use")
        findings = [
            f"{name} is {getattr(self, name)}; it must be above 0 and at most 1"
            for name in parts
            if not 0 < getattr(self, name) <= 1
        ]
        above = ("mv_kv", "lv_kv", "mv_direct_kw", "lv_reach_m", "largest_kva", "lv_drop_percent", "mv_drop_percent",
                 "ring_stops", "infeed_pu", "infeed_mva", "most_parallel")  # fmt: skip
        findings += [
            f"{name} is {getattr(self, name)}; it must be more than 0" for name in above if not getattr(self, name) > 0
        ]
        if findings:
            raise InputError(findings)


@dataclass(frozen=True)
class Terrain:
    """Where a grid is laid, and for whom.

    Attributes
    ----------
    graph : Graph
    cost : ndarray, shape (m,)
        Of laying along each edge [m along a street].
    node : ndarray of int64, shape (c,)
        Graph node of each consumer.
    diversity : Diversity
        How their peaks add up.
    rules : LayoutRules
    """

    graph: Graph
    cost: Array
    node: Index
    diversity: Diversity
    rules: LayoutRules


@dataclass(frozen=True)
class Strain:
    """A limit that a plan could not keep to.

    Attributes
    ----------
    kind : str
        "station": the peak of a substation that stands already is beyond its power [kW]; "ring": the voltage that a
        ring fed from one end drops [%]; "feeder": that of a feeder [%].
    id : str
        Name of the substation or the feeder, number of the ring.
    value, limit : float
    """

    kind: str
    id: str
    value: float
    limit: float


@dataclass(frozen=True)
class PowerPlan:
    """A grid, laid and sized. Each table's index is that of the pandapower net made of it.

    Attributes
    ----------
    graph : Graph
        Streets and mapped ways that it lies in, with bridges over gaps behind them.
    buses : DataFrame
        Columns node (of the graph), level (MV, LV), kind (infeed, station, busbar, consumer, joint), station, feeder,
        origin.
    lines : DataFrame
        Columns from_bus, to_bus, cable, parallel, length_m, mapped_m (of it along mapped ways), level, station, feeder
        (of LV lines), ring (number; -1 for LV), closed (False: the open point is at its from_bus), peak_kw, origin.
    transformers : DataFrame
        Columns hv_bus, lv_bus, transformer, parallel, station, peak_kw, origin.
    line_edges : tuple of ndarray of int64
        Edges of the graph that each line follows, from its from_bus on.
    bus_of_consumer : Series of int64
        Bus of each consumer, index as the consumers'.
    infeed_bus : int
    rules : LayoutRules
    strains : tuple of Strain
        What could not be kept to.
    """

    graph: Graph
    buses: pd.DataFrame
    lines: pd.DataFrame
    transformers: pd.DataFrame
    line_edges: tuple[Index, ...]
    bus_of_consumer: pd.Series
    infeed_bus: int
    rules: LayoutRules
    strains: tuple[Strain, ...]
