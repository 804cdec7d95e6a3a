"""What any operator is asked: demand, technologies, stores and prices of a district, its border, and where it stands.

The rule of `merit_order` takes it now; whoever finds a better plan takes the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from assets._errors import InputError
from assets.carriers import BOUGHT
from assets.storage.store import Store
from assets.technology import Technology
from assets.time_grid import TimeGrid

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Outside:
    """What a carrier costs at the district's border.

    Attributes
    ----------
    buy_eur_kwh : ndarray, shape (T,)
        Price of what comes in.
    sell_eur_kwh : ndarray, shape (T,), optional
        Price of what goes out; without it, nothing can be sold.
    most_kw : float
        The most that can come in at a time.
    """

    buy_eur_kwh: Array
    sell_eur_kwh: Array | None = None
    most_kw: float = np.inf


@dataclass(frozen=True)
class Unit:
    """A plant that can be run.

    Attributes
    ----------
    technology : Technology
        What it can do.
    variable_eur_kwh : float
        Operation and maintenance per kWh of its main carrier.
    """

    technology: Technology
    variable_eur_kwh: float = 0.0


@dataclass(frozen=True)
class OperationState:
    """Where a district's plants stand at an instant.

    Attributes
    ----------
    level_kwh : mapping of str to float
        What each store holds.
    """

    level_kwh: Mapping[str, float]


@dataclass(frozen=True, eq=False)
class OperationProblem:
    """What is to be met, and by what.

    Attributes
    ----------
    time : TimeGrid
        T steps.
    demand_kw : mapping of str to ndarray, shape (T,)
        What the district's buildings and networks take of each carrier, mean power of the step [kW]; negative where
        they give more than they take.
    units : mapping of str to Unit
        Plants, by their ids.
    stores : mapping of str to Store
        Stores, by their ids; each of one row.
    outside : mapping of str to Outside
        Carriers that can be bought, and sold, at the border.
    state : OperationState, optional
        At the start; by default stores hold what they are told to start with.
    worth_eur_kwh : mapping of str to ndarray, shape (T,)
        What a kWh in each store is worth in each step, as a plan over a longer time has it; stores that are not named
        are worth the mean cost around the step, within the steps of the problem.

    Raises
    ------
    InputError
        Shapes differ or carriers are not known; all findings at once.
    """

    time: TimeGrid
    demand_kw: Mapping[str, Array]
    units: Mapping[str, Unit] = field(default_factory=dict)
    stores: Mapping[str, Store] = field(default_factory=dict)
    outside: Mapping[str, Outside] = field(default_factory=dict)
    state: OperationState | None = None
    worth_eur_kwh: Mapping[str, Array] = field(default_factory=dict)

    def __post_init__(self) -> None:
        shapes = {f"demand of {name}": np.shape(array) for name, array in self.demand_kw.items()}
        shapes |= {f"unit {name}": np.shape(unit.technology.capacity_kw) for name, unit in self.units.items()}
        shapes |= {f"worth of {name}": np.shape(array) for name, array in self.worth_eur_kwh.items()}
        for name, border in self.outside.items():
            shapes[f"price of {name}"] = np.shape(border.buy_eur_kwh)
            if border.sell_eur_kwh is not None:
                shapes[f"selling price of {name}"] = np.shape(border.sell_eur_kwh)
        wanted = (self.time.n,)
        findings = [f"{what} has shape {shape}, not {wanted}" for what, shape in shapes.items() if shape != wanted]
        unknown = [name for name in (*self.demand_kw, *self.outside) if name not in BOUGHT]
        findings += [f"no carrier {name}: take one of {', '.join(BOUGHT)}" for name in unknown]
        findings += [
            f"store {name} has {len(s)} rows: give one store for each id"
            for name, s in self.stores.items()
            if len(s) != 1
        ]
        told = {} if self.state is None else self.state.level_kwh
        findings += [f"the state has no level of store {name}" for name in self.stores if told and name not in told]
        findings += [
            f"store {name}: the state holds {told[name]:g} kWh; give 0 to {self.stores[name].capacity_kwh[0]:g}"
            for name in self.stores
            if name in told and not -1e-6 <= told[name] <= self.stores[name].capacity_kwh[0] * (1.0 + 1e-9) + 1e-6
        ]
        if findings:
            raise InputError(findings)

    def start_kwh(self, store: str) -> float:
        """Tell what a store holds at the start [kWh]."""
        return float(self.stores[store].start_kwh[0] if self.state is None else self.state.level_kwh[store])
