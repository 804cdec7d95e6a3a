"""The common form of stores: conservation to the last bit, limits, and every kind of the catalogue."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.optimize import linprog

from assets._errors import InputError
from assets.balance import Carrier, check_balance
from assets.carriers import BOUGHT
from assets.catalogue import table
from assets.storage import Store, joined, store_kinds, store_of, store_year
from tests.assets.clock import clock

WISHES = arrays(np.float64, (2, 60), elements=st.floats(-1e4, 1e4))


def ideal(**changes: float) -> Store:
    return Store(**{"carrier": "heat", "capacity_kwh": 10.0, "charge_kw": 5.0, "discharge_kw": 5.0, **changes})


def test_by_hand_in_out_and_standing() -> None:
    """8 kWh wanted, 5 taken, 4.5 stored; 10 % of it lost; 3 wanted at 0.8: 3.75 out of 4.05."""
    store = ideal(charge_efficiency=0.9, discharge_efficiency=0.8, loss_per_h=0.1)
    year = store_year(store, [8.0, -3.0, -3.0], clock(3))
    np.testing.assert_allclose(year.charge_kwh, [[5, 0, 0]])
    np.testing.assert_allclose(year.discharge_kwh, [[0, 3, 0.27 * 0.8]])
    np.testing.assert_allclose(year.level_kwh, [[4.5, 0.3, 0]], atol=1e-9)
    np.testing.assert_allclose(year.refused_kwh, [[3, 0, -3 + 0.27 * 0.8]])
    np.testing.assert_allclose(year.loss_kwh, [[0.5, 0.45 + 0.75, 0.03 + 0.27 * 0.2]], atol=1e-9)


def test_rooms_colder_than_wanted_save_losses() -> None:
    """A store at rest half full drifts there from below too: its loss is then below 0."""
    year = store_year(ideal(rest_kwh=5.0, start_kwh=1.0, loss_per_h=0.5), [0.0, 0.0], clock(2))
    np.testing.assert_allclose(year.level_kwh, [[3, 4]])
    np.testing.assert_allclose(year.loss_kwh, [[-2, -1]])


def test_quarter_hours_lose_as_much_as_hours_and_move_a_quarter() -> None:
    store = ideal(loss_per_h=0.2, start_kwh=10.0)
    np.testing.assert_allclose(store_year(store, np.zeros((1, 8)), clock(8, 0.25)).level_kwh[0, -1], 10 * 0.8**2)
    assert store_year(ideal(), [9.0], clock(1, 0.25)).charge_kwh[0, 0] == 1.25


@settings(max_examples=150, deadline=None)
@given(
    wanted=WISHES,
    capacity=st.floats(0, 1e6),
    power=st.floats(0, 1e4),
    eta_in=st.floats(0.3, 1),
    eta_out=st.floats(0.3, 1),
    loss=st.floats(0, 0.2),
    start=st.floats(0, 1),
    rest=st.floats(0, 1),
    limit=st.floats(0, 1e4),
)
def test_energy_is_conserved_and_limits_hold_whatever_comes(  # noqa: PLR0917  hypothesis draws them
    wanted: np.ndarray,
    capacity: float,
    power: float,
    eta_in: float,
    eta_out: float,
    loss: float,
    start: float,
    rest: float,
    limit: float,
) -> None:
    store = Store(
        "heat",
        [capacity, 0.5 * capacity],
        power,
        0.7 * power,
        eta_in,
        eta_out,
        loss,
        start * np.array([capacity, 0.5 * capacity]),
        rest * np.array([capacity, 0.5 * capacity]),
    )
    year = store_year(store, wanted, clock(wanted), charge_limit_kwh=limit)
    moved = year.charge_kwh - year.discharge_kwh
    # To the last bit, and so far below 1e-6 of what passes.
    np.testing.assert_array_equal(moved - year.loss_kwh, year.stored_kwh)
    kept = year.start_kwh + (moved - year.loss_kwh).sum(axis=1)
    np.testing.assert_allclose(year.level_kwh[:, -1], kept, rtol=1e-12, atol=1e-9)
    np.testing.assert_allclose(year.refused_kwh, wanted - moved, rtol=1e-12, atol=1e-9)
    assert (year.level_kwh >= 0).all()
    assert (year.level_kwh <= store.capacity_kwh[:, None]).all()
    assert (year.charge_kwh <= min(power, limit)).all()
    assert (year.discharge_kwh <= 0.7 * power).all()
    assert (year.charge_kwh <= np.maximum(wanted, 0)).all()
    assert (year.discharge_kwh <= np.maximum(-wanted, 0)).all()
    assert not (year.charge_kwh * year.discharge_kwh).any(), "never both at once"
    if rest == 0:
        assert (year.loss_kwh >= 0).all()


def test_the_house_s_own_balance_of_carriers_holds() -> None:
    store = joined([store_of("battery_block", 500.0), store_of("battery_home", 9.0)])
    year = store_year(
        store,
        np.random.default_rng(0).normal(0, 60, (2, 8760)),
        clock(8760),
    )
    flows = {"in": year.charge_kwh, "out": year.discharge_kwh, "held": year.stored_kwh, "lost": year.loss_kwh}
    found = check_balance(
        flows, ["a", "b"], carriers={"battery": Carrier(("in",), ("out",), ("held",), ("lost",))}, tolerance=1e-9
    )
    assert found.lost_kwh["battery"] > 0


def test_as_much_as_a_linear_program_could_move() -> None:
    """scipy's HiGHS, told to serve as much as it can of one wish after another, does no better than taking them as they
    come while they are to be charged and then discharged: 0.1 %."""
    rng = np.random.default_rng(3)
    wanted = np.concatenate([rng.uniform(0, 8, 12), -rng.uniform(0, 8, 12)])
    store = ideal(capacity_kwh=40.0, charge_efficiency=0.9, discharge_efficiency=0.8)
    year = store_year(store, wanted, clock(wanted))
    n = len(wanted)
    lower = np.tri(n)
    level = np.hstack([0.9 * lower, -lower / 0.8])
    found = linprog(
        -np.ones(2 * n),
        A_ub=np.vstack([level, -level]),
        b_ub=np.concatenate([np.full(n, 40.0), np.zeros(n)]),
        bounds=[(0, min(5, max(w, 0))) for w in wanted] + [(0, min(5, max(-w, 0))) for w in wanted],
    )
    assert year.charge_kwh.sum() + year.discharge_kwh.sum() == pytest.approx(-found.fun, rel=1e-3)


@pytest.mark.parametrize("kind", store_kinds().index)
def test_every_kind_runs_a_year_at_any_size(kind: str) -> None:
    store = store_of(kind, [0.0, 30.0, 4e9])
    assert store.carrier in BOUGHT
    assert (store.capacity_kwh == [0.0, 30.0, 4e9]).all()
    assert (store.round_trip > 0.7).all()
    # Large ones lose no larger a share.
    assert store.loss_per_h[2] <= store.loss_per_h[1] < 0.2
    year = store_year(
        store,
        np.random.default_rng(1).normal(0, 1, (3, 500)) * store.capacity_kwh[:, None],
        clock(500),
    )
    np.testing.assert_array_equal(year.charge_kwh - year.discharge_kwh - year.loss_kwh, year.stored_kwh)
    assert not year.charge_kwh[0].any()
    assert (year.electricity_kwh >= 0).all()
    assert year.electricity_kwh[1:].any() == (store.carrier in {"hydrogen", "gas"})


def test_powers_and_start_may_be_told() -> None:
    store = store_of("pit", [1e6, 2e6], charge_kw=500.0, discharge_kw=[100.0, 200.0], start_share=0.5)
    assert store.charge_kw.tolist() == [500.0, 500.0]
    assert store.discharge_kw.tolist() == [100.0, 200.0]
    assert store.start_kwh.tolist() == [5e5, 1e6]
    assert store.take([1]).capacity_kwh.tolist() == [2e6]


def test_warmer_surroundings_lose_less() -> None:
    inside, outside = (store_of("heat_accumulator", 1e5, outside_c=t).loss_per_h[0] for t in (20.0, -20.0))
    assert 0 < inside < outside


def test_mistakes_are_told_all_at_once() -> None:
    with pytest.raises(InputError, match="no store barn in the catalogue; take one of battery_home"):
        store_of("barn", 5.0)
    with pytest.raises(InputError, match="ice 1: a capacity of -1 kWh; give 0 or more"):
        store_of("ice", [1.0, -1.0])
    with pytest.raises(InputError) as failure:
        Store("heat", [10.0, np.nan], 5.0, -1.0, 1.2, 0.0, start_kwh=20.0)
    findings = failure.value.findings
    assert "store 0: charge_efficiency is 1.2; give a number from 1e-06 to 1" in findings
    assert "store 1: capacity_kwh is nan; give a number from 0 to any" in findings
    assert "store 0: start_kwh is 20; give a number from 0 to its capacity" in findings
    with pytest.raises(InputError, match="no carrier 'steam'"):
        ideal(carrier="steam")  # type: ignore[arg-type]
    with pytest.raises(InputError, match=r"capacity_kwh has \(2,\) values for 3 stores"):
        Store("heat", [1.0, 2.0], [1.0, 2.0, 3.0], 1.0)
    with pytest.raises(InputError, match=r"wanted_kwh has shape \(2, 3\) for 1 stores"):
        store_year(ideal(), np.zeros((2, 3)), clock(3))
    with pytest.raises(InputError, match="wanted_kwh of store 0 has gaps"):
        store_year(ideal(), [np.nan], clock(1))
    with pytest.raises(InputError, match=r"wanted_kwh has shape \(1, 1\), the time grid 2 steps"):
        store_year(ideal(), [1.0], clock(2), charge_limit_kwh=[-1.0])
    with pytest.raises(InputError, match="cold, heat carrier cannot be joined"):
        joined([ideal(), store_of("ice", 5.0)])


def test_every_column_of_the_storage_tables_is_declared_and_every_row_has_its_source() -> None:
    declared = table("attributes_storage")
    for name, rows in declared.groupby("table", sort=False):
        found = table(name)
        assert list(found.columns) == list(rows["attribute"]), name
        assert found["source"].str.len().gt(25).all(), name
        assert set(found["kind"]) <= {"measured", "modelled", "assumed"}, name
        for column in rows.loc[rows["type"].isin(["float", "int"]), "attribute"]:
            assert found[column].dtype.kind in "fi", (name, column)
    assert declared["description"].notna().all()


def test_the_registry_s_powers_and_prices_are_those_of_the_models_rows() -> None:
    from assets.storage import borehole_stores, gas_stores, ice_stores, pit_stores, stratified_tanks

    make = {"tank": stratified_tanks, "pit": pit_stores, "borehole": borehole_stores, "ice": ice_stores}
    make["gas"] = gas_stores
    for kind, row in store_kinds().iterrows():
        if row["family"] == "plain":
            continue
        own = make[row["family"]](row["model"])
        same = own.equivalent()
        assert row["charge_per_h"] == pytest.approx(same.charge_kw[0] / own.capacity_kwh[0], rel=0.1), kind
        assert row["discharge_per_h"] == pytest.approx(same.discharge_kw[0] / own.capacity_kwh[0], rel=0.1), kind
        if row["family"] in {"tank", "pit"}:
            source = table("stratified_tanks" if row["family"] == "tank" else "pit_stores").set_index("model")
            price = source.loc[row["model"], "investment_eur_m3"] * own.volume_m3[0] / own.capacity_kwh[0]
            assert row["investment_eur_kwh"] == pytest.approx(price, rel=0.1), kind
