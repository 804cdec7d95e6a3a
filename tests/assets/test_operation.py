"""Plants run in the order of their costs: held against a linear program, and every carrier's balance in every hour."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

from assets._errors import InputError
from assets.carriers import MET
from assets.operation import Operation, OperationProblem, OperationState, Outside, Unit, operate
from assets.storage.store import Store
from assets.technology import Technology
from tests.assets.clock import clock

HOURS = 48


def flat(value: float, hours: int = HOURS) -> np.ndarray:
    return np.full(hours, value)


def boiler(kw: float, efficiency: float = 0.9, fuel: str = "gas", hours: int = HOURS) -> Technology:
    return Technology("heat", flat(kw, hours), inputs={fuel: flat(1 / efficiency, hours)})


def chp(kw: float) -> Technology:
    return Technology("heat", flat(kw), inputs={"gas": flat(1.9)}, outputs={"electricity": flat(0.7)})


def pump(kw: float, cop: np.ndarray) -> Technology:
    return Technology("heat", np.full(len(cop), kw), inputs={"electricity": 1 / cop, "air": 1 - 1 / cop})


def run(
    demand: Mapping,
    units: Mapping,
    *,
    stores: Mapping | None = None,
    outside: Mapping | None = None,
    step_h: float = 1.0,
) -> Operation:
    time = clock(next(iter(demand.values())), step_h)
    return operate(OperationProblem(time, demand, units, stores or {}, outside or {}))


def hold_balances(found: Operation, demand: dict, units: dict, stores: dict) -> None:
    for carrier in MET:
        if carrier not in found.bought_kwh:
            continue
        net = found.bought_kwh[carrier] + found.missing_kwh[carrier]
        net = net - found.sold_kwh[carrier] - found.spilt_kwh[carrier] - found.time.kwh_of(demand.get(carrier, 0.0))
        for flows in found.flows_kwh.values():
            net = net + flows.get(carrier, 0.0)
        for name, store in stores.items():
            if store.carrier == carrier:
                net = net + found.discharge_kwh[name] - found.charge_kwh[name]
            if carrier == "electricity":
                net = net - store.electricity_per_charge * found.charge_kwh[name]
                net = net - store.electricity_per_discharge * found.discharge_kwh[name]
        assert np.abs(net).max() < 1e-6, carrier
    for name, flows in found.flows_kwh.items():
        total = sum(v for k, v in flows.items() if k != "loss") + flows["loss"]
        assert np.abs(total).max() < 1e-6, name
    for name, store in stores.items():
        kept = np.diff(found.level_kwh[name], prepend=found.start_kwh[name])
        lost = found.charge_kwh[name] - found.discharge_kwh[name] - kept
        np.testing.assert_allclose(lost, found.store_loss_kwh[name], atol=1e-6)
        assert (found.level_kwh[name] >= -1e-6).all()
        assert (found.level_kwh[name] <= store.capacity_kwh[0] + 1e-6).all()
        assert (found.charge_kwh[name] <= found.time.kwh_of(store.charge_kw[0]) + 1e-9).all()
        assert (found.discharge_kwh[name] <= found.time.kwh_of(store.discharge_kw[0]) + 1e-9).all()


def cost_of(found: Operation, outside: dict[str, Outside]) -> float:
    paid = sum((border.buy_eur_kwh * found.bought_kwh[name]).sum() for name, border in outside.items())
    got = sum(
        (border.sell_eur_kwh * found.sold_kwh[name]).sum()
        for name, border in outside.items()
        if border.sell_eur_kwh is not None
    )
    return float(paid - got)


def town(seed: int) -> tuple[dict, dict, dict]:
    draw = np.random.default_rng(seed)
    power = draw.uniform(0.02, 0.3, HOURS)
    outside = {
        "electricity": Outside(power, power * 0.9),
        "gas": Outside(flat(0.06)),
    }
    units = {
        "chp": Unit(chp(300.0)),
        "pump": Unit(pump(200.0, draw.uniform(2.0, 4.5, HOURS))),
        "boiler": Unit(boiler(1000.0)),
    }
    demand = {"heat": draw.uniform(50.0, 900.0, HOURS), "electricity": draw.uniform(300.0, 600.0, HOURS)}
    return demand, units, outside


def cheapest(demand: dict, units: dict, outside: dict, store: Store | None = None) -> float:
    """Least cost by a linear program over all hours at once (HiGHS), with the store's losses."""
    names, n = list(units), HOURS
    power, gas = outside["electricity"], outside["gas"].buy_eur_kwh
    # columns: units' heat, bought and sold electricity, charge, discharge, level
    k = len(names)
    cost = [units[u].technology.inputs.get("gas", flat(0.0)) * gas for u in names]
    cost += [power.buy_eur_kwh, -power.sell_eur_kwh, flat(0.0), flat(0.0), flat(0.0)]
    upper = [units[u].technology.capacity_kw for u in names] + [flat(np.inf), flat(np.inf)]
    size = (0.0, 0.0, 0.0) if store is None else (store.charge_kw[0], store.discharge_kw[0], store.capacity_kwh[0])
    upper += [flat(v) for v in size]
    one, zero = np.eye(n), np.zeros((n, n))
    heat = [one] * k + [zero, zero, -one, one, zero]
    electric = []
    for u in names:
        t = units[u].technology
        electric.append(np.diag(t.outputs.get("electricity", flat(0.0)) - t.inputs.get("electricity", flat(0.0))))
    electric += [one, -one, zero, zero, zero]
    eff_in, eff_out, keep = (1.0, 1.0, 1.0)
    if store is not None:
        eff_in, eff_out, keep = store.charge_efficiency[0], store.discharge_efficiency[0], 1 - store.loss_per_h[0]
    level = [zero] * (k + 2) + [-eff_in * one, one / eff_out, one - keep * np.eye(n, k=-1)]
    found = linprog(
        np.concatenate(cost),
        A_eq=np.vstack([np.hstack(heat), np.hstack(electric), np.hstack(level)]),
        b_eq=np.concatenate([demand["heat"], demand["electricity"], np.zeros(n)]),
        bounds=np.column_stack([np.zeros(n * (k + 5)), np.concatenate(upper)]),
    )
    assert found.success
    return float(found.fun)


@pytest.mark.parametrize("seed", range(5))
def test_without_stores_the_order_of_costs_is_the_least_cost_of_a_linear_program(seed: int) -> None:
    demand, units, outside = town(seed)
    # Sold at the price it is bought for: then the worth of a kilowatt-hour does not hang on which way it goes.
    price = outside["electricity"].buy_eur_kwh
    outside["electricity"] = Outside(price, price)
    found = run(demand, units, outside=outside)
    hold_balances(found, demand, units, {})
    assert cost_of(found, outside) == pytest.approx(cheapest(demand, units, outside), rel=1e-6)
    assert max(array.max() for array in found.missing_kwh.values()) < 1e-6


@pytest.mark.parametrize("seed", range(5))
def test_a_store_saves_a_good_part_of_what_perfect_foresight_could_save(seed: int) -> None:
    demand, units, outside = town(seed)
    price = outside["electricity"].buy_eur_kwh
    outside["electricity"] = Outside(price, price)
    store = Store("heat", 2000.0, 300.0, 300.0, loss_per_h=0.002)
    without = cost_of(run(demand, units, outside=outside), outside)
    found = run(demand, units, stores={"tank": store}, outside=outside)
    hold_balances(found, demand, units, {"tank": store})
    best = cheapest(demand, units, outside, store)
    ours = cost_of(found, outside)
    assert best - 1e-6 <= ours < without
    assert (without - ours) > 0.35 * (without - best)


def test_by_hand_a_boiler_takes_over_where_electricity_is_dear() -> None:
    price = np.array([0.03, 0.30])
    units = {
        "pump": Unit(pump(100.0, np.full(2, 3.0))),
        "boiler": Unit(boiler(100.0, hours=2)),
    }
    outside = {"electricity": Outside(price), "gas": Outside(np.full(2, 0.06))}
    found = run({"heat": np.full(2, 90.0)}, units, outside=outside)
    np.testing.assert_allclose(found.main_kwh["pump"], [90.0, 0.0])
    np.testing.assert_allclose(found.main_kwh["boiler"], [0.0, 90.0])
    np.testing.assert_allclose(found.bought_kwh["electricity"], [30.0, 0.0])
    np.testing.assert_allclose(found.bought_kwh["gas"], [0.0, 100.0])


def test_a_unit_below_its_least_load_is_passed_over_while_another_can_do_it() -> None:
    large = Technology("heat", flat(1000.0), inputs={"biomass": flat(1.1)}, least_share=0.4)
    units = {"large": Unit(large), "small": Unit(boiler(500.0))}
    outside = {"gas": Outside(flat(0.06)), "biomass": Outside(flat(0.02))}
    found = run({"heat": flat(300.0)}, units, outside=outside)
    assert found.main_kwh["large"].max() == 0.0
    found = run({"heat": flat(600.0)}, units, outside=outside)
    assert found.main_kwh["large"].min() == 600.0


def test_what_nobody_can_give_is_told_and_what_nobody_wants_is_spilt() -> None:
    sun = Technology("heat", flat(50.0), inputs={"sun": flat(1.0)}, must_run=True)
    demand = np.where(np.arange(HOURS) % 2, 80.0, 20.0)
    found = run({"heat": demand}, {"field": Unit(sun)})
    np.testing.assert_allclose(found.missing_kwh["heat"], np.where(np.arange(HOURS) % 2, 30.0, 0.0))
    np.testing.assert_allclose(found.spilt_kwh["heat"], np.where(np.arange(HOURS) % 2, 0.0, 30.0))


def test_hydrogen_made_with_cheap_power_drives_a_fuel_cell_when_power_is_dear() -> None:
    price = np.where(np.arange(HOURS) % 24 < 12, 0.01, 0.40)
    units = {
        "electrolyser": Unit(
            Technology("hydrogen", flat(100.0), inputs={"electricity": flat(1.5)}, outputs={"heat": flat(0.3)})
        ),
        "cell": Unit(
            Technology("electricity", flat(40.0), inputs={"hydrogen": flat(2.0)}, outputs={"heat": flat(0.8)})
        ),
    }
    stores = {"cavern": Store("hydrogen", 5000.0, 100.0, 100.0)}
    outside = {"electricity": Outside(price, price * 0.9)}
    demand = {"electricity": flat(60.0), "hydrogen": flat(5.0)}
    found = run(demand, units, stores=stores, outside=outside)
    hold_balances(found, demand, units, stores)
    assert found.missing_kwh["hydrogen"].sum() < 0.05 * 5.0 * HOURS
    assert found.charge_kwh["cavern"].sum() > 0.0


def any_town(seed: int, sells: bool, least: float) -> tuple[dict, dict, dict, dict]:
    draw = np.random.default_rng(seed)

    def many(low: float, high: float) -> np.ndarray:
        return draw.uniform(low, high, HOURS)

    units = {
        "chp": Unit(chp(draw.uniform(0, 500))),
        "pump": Unit(pump(draw.uniform(0, 500), many(1.5, 5.0))),
        "wind": Unit(Technology("electricity", many(0, 400), inputs={"wind": flat(1.0)}, must_run=True)),
        "absorber": Unit(
            Technology(
                "cold",
                many(0, 200),
                inputs={"heat": flat(1.4)},
                outputs={"rejected_heat": flat(0.3)},
                least_share=least,
            )
        ),
        "electrolyser": Unit(
            Technology("hydrogen", flat(80.0), inputs={"electricity": flat(1.5)}, outputs={"heat": flat(0.2)})
        ),
        "methanation": Unit(
            Technology("gas", flat(40.0), inputs={"hydrogen": flat(1.25)}, outputs={"heat": flat(0.15)}), 0.01
        ),
    }
    stores = {
        "battery": Store("electricity", draw.uniform(1, 900), 90.0, 120.0, 0.95, 0.9, 0.001),
        "tank": Store("heat", draw.uniform(1, 5000), 400.0, 300.0, loss_per_h=0.01),
        "hall": Store("hydrogen", 500.0, 60.0, 60.0, electricity_per_charge=0.1),
    }
    price = many(-0.05, 0.4)
    outside = {
        "electricity": Outside(price, price - 0.01 if sells else None),
        "gas": Outside(flat(0.06), most_kw=700.0),
    }
    demand = {"heat": many(0, 900), "electricity": many(-300, 900), "cold": many(0, 250), "gas": many(0, 90)}
    return demand, units, stores, outside


@given(st.integers(0, 10_000), st.booleans(), st.floats(0.0, 1.0), st.sampled_from([0.25, 0.5, 1.0]))
def test_every_balance_holds_whatever_the_town_is_like(seed: int, sells: bool, least: float, step_h: float) -> None:
    demand, units, stores, outside = any_town(seed, sells, least)
    found = run(demand, units, stores=stores, outside=outside, step_h=step_h)
    hold_balances(found, demand, units, stores)
    for name, unit in units.items():
        assert (found.main_kwh[name] <= found.time.kwh_of(unit.technology.capacity_kw) + 1e-6).all()
        assert (found.main_kwh[name] >= 0.0).all()


def test_mistakes_are_told_at_once() -> None:
    with pytest.raises(InputError) as told:
        run({"steam": flat(1.0)}, {"boiler": Unit(boiler(10.0, hours=3))})
    assert "no carrier steam" in str(told.value)
    assert "boiler" in str(told.value)


def test_a_store_of_25_kw_gives_6_25_kwh_in_a_quarter() -> None:
    stores = {"battery": Store("electricity", 100.0, 25.0, 25.0, start_kwh=100.0)}
    found = run({"electricity": flat(40.0, 3)}, {}, stores=stores, step_h=0.25)
    np.testing.assert_allclose(found.discharge_kwh["battery"], 6.25)
    np.testing.assert_allclose(found.missing_kwh["electricity"], 3.75)
    np.testing.assert_allclose(found.level_kwh["battery"], [93.75, 87.5, 81.25])


@given(st.integers(0, 10_000), st.booleans())
def test_quarters_of_constant_power_sum_to_the_hours(seed: int, sells: bool) -> None:
    demand, units, _, outside = any_town(seed, sells, 0.2)

    def quarters(values: np.ndarray) -> np.ndarray:
        return np.repeat(values, 4)

    def of_quarters(unit: Unit) -> Unit:
        t = unit.technology
        sides = ({name: quarters(ratio) for name, ratio in side.items()} for side in (t.inputs, t.outputs))
        fine = Technology(t.main, quarters(t.capacity_kw), *sides, least_share=t.least_share, must_run=t.must_run)
        return Unit(fine, unit.variable_eur_kwh)

    borders = {
        name: Outside(quarters(b.buy_eur_kwh), None if b.sell_eur_kwh is None else quarters(b.sell_eur_kwh), b.most_kw)
        for name, b in outside.items()
    }
    hours = run(demand, units, outside=outside)
    fine = run(
        {name: quarters(values) for name, values in demand.items()},
        {name: of_quarters(unit) for name, unit in units.items()},
        outside=borders,
        step_h=0.25,
    )
    for name in units:
        np.testing.assert_allclose(fine.main_kwh[name].reshape(-1, 4).sum(axis=1), hours.main_kwh[name], atol=1e-9)
    for name in hours.bought_kwh:
        bought = fine.bought_kwh[name].reshape(-1, 4).sum(axis=1)
        np.testing.assert_allclose(bought, hours.bought_kwh[name], atol=1e-9)


@pytest.mark.parametrize("step_h", [0.25, 1.0])
def test_two_halves_that_hand_on_their_state_are_the_whole(step_h: float) -> None:
    demand, units, outside = town(7)
    stores = {
        "tank": Store("heat", 2000.0, 300.0, 300.0, loss_per_h=0.01, start_kwh=500.0),
        "battery": Store("electricity", 400.0, 90.0, 120.0, 0.95, 0.9, 0.001),
    }
    time = clock(HOURS, step_h)
    whole = operate(OperationProblem(time, demand, units, stores, outside))
    assert not whole.unsettled_kw
    parts, state = [], None
    for some in (slice(0, 20), slice(20, HOURS)):
        mine = {name: Unit(_cut(unit.technology, some), unit.variable_eur_kwh) for name, unit in units.items()}
        borders = {
            name: Outside(b.buy_eur_kwh[some], None if b.sell_eur_kwh is None else b.sell_eur_kwh[some], b.most_kw)
            for name, b in outside.items()
        }
        part = operate(
            OperationProblem(
                time.between(some.start, some.stop),
                {name: values[some] for name, values in demand.items()},
                mine,
                stores,
                borders,
                state,
                {name: values[some] for name, values in whole.worth_eur_kwh.items()},
            )
        )
        state = part.end
        parts.append(part)
    assert whole.charge_kwh["tank"].any()
    for name in stores:
        for what in ("level_kwh", "charge_kwh", "discharge_kwh"):
            joined = np.concatenate([getattr(part, what)[name] for part in parts])
            np.testing.assert_allclose(joined, getattr(whole, what)[name], atol=1e-6)
    assert state == whole.end


def _cut(technology: Technology, some: slice) -> Technology:
    sides = {
        side: {name: ratio[some] for name, ratio in getattr(technology, side).items()} for side in ("inputs", "outputs")
    }
    return dataclasses.replace(technology, capacity_kw=technology.capacity_kw[some], **sides)


def test_turns_that_run_out_say_by_how_much_plants_still_change() -> None:
    alone = run({"heat": flat(10.0)}, {"boiler": Unit(boiler(20.0))}, outside={"gas": Outside(flat(0.06))})
    assert alone.unsettled_kw == 0.0
    # Engine, pump, absorber, electrolyser and methanation drive each other in a circle.
    demand, units, stores, outside = any_town(7, True, 0.3)
    circle = run(demand, units, stores=stores, outside=outside)
    assert circle.unsettled_kw > 1e-6
    hold_balances(circle, demand, units, stores)


def test_a_state_that_does_not_fit_is_refused() -> None:
    stores = {"tank": Store("heat", 10.0, 5.0, 5.0)}
    with pytest.raises(InputError, match="holds 11 kWh"):
        OperationProblem(clock(2), {"heat": flat(1.0, 2)}, {}, stores, {}, OperationState({"tank": 11.0}))
