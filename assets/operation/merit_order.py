"""A year of a district's plants: every carrier met by the cheapest units first, hour by hour.

The rule needs no forecast of demand and no solver; it is what an operator's list of units does. What a later hour is
worth to a store is the mean cost around the hour, over a window that grows with the hours that the store holds.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from assets.carriers import BOUGHT, MET
from assets.operation._merit_kernel import centred_mean, marginal, run_carrier
from assets.operation.problem import OperationProblem, OperationState, Outside, Unit
from assets.time_grid import TimeGrid

Array = npt.NDArray[np.float64]

_SETTLED_KW = 1e-6
_ROUNDS = 8
_DAY_H, _LONGEST_H = 24.0, 8760.0


@dataclass(frozen=True)
class Operation:
    """What units, stores and the outside did, arrays of shape (T,) in kWh of each step.

    Attributes
    ----------
    time : TimeGrid
        The steps.
    main_kwh : dict of str to ndarray
        What each unit gave of its main carrier.
    flows_kwh : dict of str to dict of str to ndarray
        Of each unit by carrier: given is positive, taken negative; `loss` beside them.
    charge_kwh, discharge_kwh, level_kwh, store_loss_kwh : dict of str to ndarray
        Of each store.
    start_kwh : dict of str to float
        What each store held at the start.
    bought_kwh, sold_kwh, missing_kwh, spilt_kwh : dict of str to ndarray
        Of each carrier: what came in and went out over the border, what nobody could give, what nobody could use.
    price_eur_kwh : dict of str to ndarray
        Cost of the dearest unit that each step needed, by carrier.
    worth_eur_kwh : dict of str to ndarray
        What a kWh in each store was taken to be worth.
    end : OperationState
        At the end, to go on from.
    rounds : int
        How often all carriers were gone through.
    unsettled_kw : float
        Most by which a unit still changed in the last round, where the rounds ran out before plants that drive each
        other agreed; 0 where it settled. Balances hold all the same.
    """

    time: TimeGrid
    main_kwh: dict[str, Array]
    flows_kwh: dict[str, dict[str, Array]]
    charge_kwh: dict[str, Array]
    discharge_kwh: dict[str, Array]
    level_kwh: dict[str, Array]
    store_loss_kwh: dict[str, Array]
    start_kwh: dict[str, float]
    bought_kwh: dict[str, Array]
    sold_kwh: dict[str, Array]
    missing_kwh: dict[str, Array]
    spilt_kwh: dict[str, Array]
    price_eur_kwh: dict[str, Array]
    worth_eur_kwh: dict[str, Array]
    end: OperationState
    rounds: int
    unsettled_kw: float


def operate(problem: OperationProblem) -> Operation:
    """Meet the demand of every carrier.

    Parameters
    ----------
    problem : OperationProblem
        Demand, plants, stores, prices and the state that they start from.

    Returns
    -------
    Operation
        Every carrier's balance holds in every step: given + discharged + bought + missing = demand + taken + charged +
        sold + spilt.
    """
    state = _Year(problem)
    rounds, left = 0, 0.0 if not problem.units else np.inf
    while rounds == 0 or (left > _SETTLED_KW and rounds < _ROUNDS):
        before = {name: array.copy() for name, array in state.main.items()}
        for carrier in MET:
            state.meet(carrier)
        rounds += 1
        changes = [np.abs(state.main[name] - before[name]).max(initial=0.0) for name in state.main]
        # In the first round units do not know each other yet: nobody is held back for what is then missing.
        if changes and rounds > 1:
            left = float(max(*changes, state.hold_back()))
    return state.settled(rounds, left if left > _SETTLED_KW else 0.0)


@dataclass
class _Year:
    """What is known so far of the time: each carrier is met with what the others last did; powers in kW."""

    problem: OperationProblem
    main: dict[str, Array] = field(default_factory=dict)
    charge: dict[str, Array] = field(default_factory=dict)
    discharge: dict[str, Array] = field(default_factory=dict)
    level: dict[str, Array] = field(default_factory=dict)
    price: dict[str, Array] = field(default_factory=dict)
    most: dict[str, Array] = field(default_factory=dict)
    worth: dict[str, Array] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.hours, self.units, self.stores = self.problem.time.n, self.problem.units, self.problem.stores
        self.outside, self.time = self.problem.outside, self.problem.time
        self.main = {name: np.zeros(self.hours) for name in self.units}
        self.most = {name: unit.technology.capacity_kw for name, unit in self.units.items()}
        for kept in (self.charge, self.discharge, self.level):
            kept.update({name: np.zeros(self.hours) for name in self.stores})

    def meet(self, carrier: str) -> None:
        """Run the units and stores of one carrier."""
        mine = [name for name, unit in self.units.items() if unit.technology.main == carrier]
        kept = [name for name, store in self.stores.items() if store.carrier == carrier]
        border = self.outside.get(carrier)
        wanted = self._wanted(carrier, mine)
        self.price[carrier] = np.zeros(self.hours) if border is None else border.buy_eur_kwh
        if not mine and not kept:
            return
        running = [name for name in mine if not self.units[name].technology.must_run]
        must = np.zeros(self.hours)
        for name in set(mine) - set(running):
            self.main[name] = self.units[name].technology.capacity_kw.copy()
            must += self.main[name]
        capacity, cost, least = self._offers(running, border)
        orders = np.zeros((self.hours, len(capacity)), dtype=np.int64)
        price = np.zeros(self.hours)
        marginal(np.maximum(wanted - must, 0.0), capacity, cost, orders, price)
        stores, worth = self._stores(kept, price)
        made = [np.zeros((n, self.hours)) for n in (len(capacity), len(kept), len(kept), len(kept))]
        rest = (np.zeros(self.hours), np.zeros(self.hours))
        out = (*made, *rest, orders, price)
        run_carrier((wanted, must), (capacity, cost, least), stores, worth, self.time.step_h, out)
        for i, name in enumerate(running):
            self.main[name] = made[0][i]
        for i, name in enumerate(kept):
            self.charge[name], self.discharge[name], self.level[name] = made[1][i], made[2][i], made[3][i]
        self.price[carrier] = price

    def _wanted(self, carrier: str, mine: list[str]) -> Array:
        """Demand with what other carriers' units and stores take and give of this one."""
        wanted = np.array(self.problem.demand_kw.get(carrier, np.zeros(self.hours)), dtype=np.float64)
        for name, unit in self.units.items():
            if name not in mine:
                wanted += unit.technology.inputs.get(carrier, 0.0) * self.main[name]
                wanted -= unit.technology.outputs.get(carrier, 0.0) * self.main[name]
            elif carrier in unit.technology.inputs:
                wanted += unit.technology.inputs[carrier] * self.main[name]
        if carrier == "electricity":
            wanted += self._pumps()
        return wanted

    def _pumps(self) -> Array:
        taken = np.zeros(self.hours)
        for name, store in self.stores.items():
            taken += store.electricity_per_charge[0] * self.charge[name]
            taken += store.electricity_per_discharge[0] * self.discharge[name]
        return taken

    def _offers(self, names: list[str], border: Outside | None) -> tuple[Array, Array, Array]:
        """Capacity, cost and least load of the units, and of what can be bought."""
        capacity = [self.most[name] for name in names]
        cost = [self._cost(self.units[name]) for name in names]
        least = [self.units[name].technology.least_share for name in names]
        if border is not None:
            capacity.append(np.full(self.hours, min(border.most_kw, 1e12)))
            cost.append(np.asarray(border.buy_eur_kwh, dtype=np.float64))
            least.append(0.0)
        shape = (len(capacity), self.hours)
        return np.reshape(capacity, shape), np.reshape(cost, shape), np.array(least, dtype=np.float64)

    def _cost(self, unit: Unit) -> Array:
        """Cost of a kWh of the main carrier: what goes in at its price, less what else comes out at what it saves."""
        cost = np.full(self.hours, unit.variable_eur_kwh)
        for carrier, ratio in unit.technology.inputs.items():
            cost += ratio * self._worth(carrier)
        for carrier, ratio in unit.technology.outputs.items():
            cost -= ratio * self._worth(carrier, selling=True)
        return cost

    def _worth(self, carrier: str, *, selling: bool = False) -> Array:
        border = self.outside.get(carrier)
        if selling and border is not None and border.sell_eur_kwh is not None:
            return border.sell_eur_kwh
        if border is not None and not selling:
            return border.buy_eur_kwh
        return self.price.get(carrier, np.zeros(self.hours))

    def _stores(self, names: list[str], price: Array) -> tuple[Array, Array]:
        rows, worth = np.zeros((8, len(names))), np.zeros((len(names), self.hours))
        for i, name in enumerate(names):
            s = self.stores[name]
            rows[:, i] = [
                s.capacity_kwh[0], s.charge_kw[0], s.discharge_kw[0], s.charge_efficiency[0],
                s.discharge_efficiency[0], self.time.share_of(s.loss_per_h[0]), self.problem.start_kwh(name),
                s.rest_kwh[0],
            ]  # fmt: skip
            if name in self.problem.worth_eur_kwh:
                worth[i] = self.problem.worth_eur_kwh[name]
            else:
                full_h = s.capacity_kwh[0] / max(min(s.charge_kw[0], s.discharge_kw[0]), 1e-9)
                around_h = float(np.clip(2.0 * full_h, _DAY_H, _LONGEST_H))
                centred_mean(price, int(around_h / self.time.step_h), worth[i])
            self.worth[name] = worth[i]
        return rows, worth

    def _lacking(self, carrier: str) -> Array:
        """Return what is wanted of a carrier and neither made nor taken out of stores; negative: too much."""
        mine = [name for name, unit in self.units.items() if unit.technology.main == carrier]
        lacking = self._wanted(carrier, mine)
        for name in mine:
            lacking -= self.main[name]
        for name, store in self.stores.items():
            if store.carrier == carrier:
                lacking += self.charge[name] - self.discharge[name]
        return lacking

    def hold_back(self) -> float:
        """Let units take no more of a carrier than there is, in later rounds; the most that one is cut [kW]."""
        found = 0.0
        for carrier in self._known():
            takers = [
                name
                for name, unit in self.units.items()
                if carrier in unit.technology.inputs and not unit.technology.must_run
            ]
            if not takers:
                continue
            border = self.outside.get(carrier)
            missing = self._lacking(carrier) - (0.0 if border is None else border.most_kw)
            taken = sum((self.units[name].technology.inputs[carrier] * self.main[name] for name in takers), np.zeros(1))
            cut = np.clip(missing, 0.0, taken) / np.maximum(taken, _SETTLED_KW)
            for name in takers:
                less = cut * self.main[name]
                found = max(found, float(less.max(initial=0.0)))
                self.most[name] = np.where(
                    cut > 0.0, np.minimum(self.most[name], self.main[name] - less), self.most[name]
                )
        return found

    def settled(self, rounds: int, unsettled_kw: float) -> Operation:
        """Close every carrier's balance by what crosses the border, is missing or is spilt."""
        carriers = [c for c in MET if c in self._known()]
        bought, sold, missing, spilt = ({c: np.zeros(self.hours) for c in carriers} for _ in range(4))
        for carrier in carriers:
            lacking = self._lacking(carrier)
            border = self.outside.get(carrier)
            most = 0.0 if border is None else border.most_kw
            bought[carrier] = np.clip(lacking, 0.0, most)
            missing[carrier] = np.maximum(lacking, 0.0) - bought[carrier]
            sells = border is not None and border.sell_eur_kwh is not None
            (sold if sells else spilt)[carrier] = np.maximum(-lacking, 0.0)
        starts = {name: self.problem.start_kwh(name) for name in self.stores}
        ends = {n: float(self.level[n][-1]) if self.hours else starts[n] for n in self.stores}
        main, charge, discharge = (self._kwh(powers) for powers in (self.main, self.charge, self.discharge))
        return Operation(
            time=self.time,
            main_kwh=main,
            flows_kwh={name: unit.technology.flows(main[name]) for name, unit in self.units.items()},
            charge_kwh=charge,
            discharge_kwh=discharge,
            level_kwh=self.level,
            store_loss_kwh={n: charge[n] - discharge[n] - np.diff(self.level[n], prepend=starts[n]) for n in starts},
            start_kwh=starts,
            bought_kwh=self._kwh(bought),
            sold_kwh=self._kwh(sold),
            missing_kwh=self._kwh(missing),
            spilt_kwh=self._kwh(spilt),
            price_eur_kwh={carrier: self.price.get(carrier, np.zeros(self.hours)) for carrier in carriers},
            worth_eur_kwh=self.worth,
            end=OperationState(ends),
            rounds=rounds,
            unsettled_kw=unsettled_kw,
        )

    def _kwh(self, powers: dict[str, Array]) -> dict[str, Array]:
        return {name: self.time.kwh_of(power) for name, power in powers.items()}

    def _known(self) -> set[str]:
        known = {*self.problem.demand_kw, *self.outside, *(store.carrier for store in self.stores.values())}
        for unit in self.units.values():
            known |= {unit.technology.main, *unit.technology.inputs, *unit.technology.outputs}
        if self.stores:
            known.add("electricity")
        return known & set(BOUGHT)
