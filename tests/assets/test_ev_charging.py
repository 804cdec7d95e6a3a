"""Charging at once and smartly: nobody is left short, nothing is lost, chargers hold their power."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets._errors import InputError
from assets.catalogue import table
from assets.ev import Sessions, charge_points, charge_sessions, sample_sessions, station_points
from assets.time_grid import TimeGrid
from tests.assets.clock import clock

YEAR = pd.date_range("2024-12-31T22:00Z", periods=8760, freq="h")
HELSINKI = "Europe/Helsinki"
STRATEGIES = ("at once", "cheapest", "levelled")


def sessions(*rows: tuple[int, float, float, float, float], chargers: int = 1) -> Sessions:
    """Charger, plug-in, stay, energy, power of each."""
    columns = np.array(rows, dtype=float).reshape(-1, 5).T
    return Sessions(columns[0].astype(np.int32), *columns[1:], n_chargers=chargers)


@pytest.fixture(scope="module")
def homes() -> tuple[Sessions, pd.DataFrame]:
    points = charge_points([f"w{i}" for i in range(20)], ["apartment_block"] * 20, [3000.0] * 20, share=0.3)
    return sample_sessions(points["charger"], TimeGrid.of_index(YEAR, HELSINKI), users=list(points["users"])), points


def test_at_once_by_hand() -> None:
    """7 kWh at 3 kW from 17:30: half an hour of 1.5, then 3, then 2.5."""
    done = charge_sessions(sessions((0, 17.5, 10, 7, 3)), clock(24), owner=[0], n_owners=1)
    np.testing.assert_allclose(done.energy_kwh[0, 16:22], [0, 1.5, 3, 2.5, 0, 0], atol=1e-5)
    assert done.delivered_kwh[0] == pytest.approx(7, abs=1e-9)


def test_the_cheapest_hours_by_hand() -> None:
    price = np.full(24, 9.0)
    price[[19, 21]] = 1.0, 2.0
    done = charge_sessions(
        sessions((0, 17.5, 5, 7, 3)), clock(24), owner=[0], n_owners=1, strategy="cheapest", price_eur_kwh=price
    )
    # 21 and 19 in full; of the dear hours the first, 17, has half an hour.
    np.testing.assert_allclose(done.energy_kwh[0, 17:23], [1.0, 0, 3, 0, 3, 0], atol=1e-5)


def test_the_valley_is_filled_to_one_level_by_hand() -> None:
    """Loads 5, 1, 3, 2: 6 kWh raise the lower three to 4; the sun (−4) comes first of all."""
    load = np.array([[5, 1, 3, 2]], dtype=np.float32)
    asked = {"owner": [0], "n_owners": 1, "strategy": "levelled"}
    done = charge_sessions(sessions((0, 0, 4, 6, 11)), clock(4), net_load_kwh=load, **asked)  # type: ignore[arg-type]
    np.testing.assert_allclose(done.energy_kwh[0], [0, 3, 1, 2], atol=1e-5)
    sunny = np.array([[5, 1, -4, 2]], dtype=np.float32)
    done = charge_sessions(sessions((0, 0, 4, 4, 11)), clock(4), net_load_kwh=sunny, **asked)  # type: ignore[arg-type]
    np.testing.assert_allclose(done.energy_kwh[0], [0, 0, 4, 0], atol=1e-5)


def test_two_cars_share_the_valley() -> None:
    """Each alone would take the two low hours; together they leave the house level."""
    load = np.array([[6, 0, 0, 6]], dtype=np.float32)
    both = sessions((0, 0, 4, 4, 11), (1, 0, 4, 4, 11), chargers=2)
    done = charge_sessions(both, clock(4), owner=[0, 0], n_owners=1, strategy="levelled", net_load_kwh=load)
    np.testing.assert_allclose(done.energy_kwh[0], [0, 4, 4, 0], atol=1e-5)


def test_a_charger_weaker_than_the_car_sets_the_pace() -> None:
    done = charge_sessions(sessions((0, 0, 24, 10, 11)), clock(24), owner=[0], n_owners=1, charger_kw=2.3)
    np.testing.assert_allclose(done.energy_kwh[0, :5], [2.3, 2.3, 2.3, 2.3, 0.8], atol=1e-5)


def test_a_stay_over_new_year_goes_on_at_the_year_s_beginning() -> None:
    done = charge_sessions(sessions((0, 22, 8, 12, 3)), clock(24), owner=[0], n_owners=1)
    np.testing.assert_allclose(done.energy_kwh[0, [22, 23, 0, 1, 2]], [3, 3, 3, 3, 0], atol=1e-5)


STAYS = st.tuples(st.integers(0, 3), st.floats(0, 47.99), st.floats(0.01, 46), st.floats(0, 90), st.floats(0.5, 22))


@settings(max_examples=80, deadline=None)
@given(
    st.lists(STAYS, max_size=12),
    st.lists(st.floats(-5, 50, width=32), min_size=96, max_size=96),
    st.sampled_from(STRATEGIES),
    st.floats(1, 50),
)
def test_every_car_gets_what_its_stay_allows(
    stays: list[tuple[int, float, float, float, float]], load: list[float], strategy: str, charger_kw: float
) -> None:
    """The lesser of need and of what is possible, to 1e-6, whatever the strategy; the hours add up to it."""
    asked = sessions(*stays, chargers=4)
    net = np.array(load, dtype=np.float32).reshape(2, 48)
    done = charge_sessions(
        asked,
        clock(48),
        owner=[0, 1, 1, -1],
        n_owners=2,
        charger_kw=charger_kw,
        strategy=strategy,  # type: ignore[arg-type]
        price_eur_kwh=net[0],
        net_load_kwh=net,
    )
    mine = asked.charger < 3
    possible = np.minimum(asked.energy_kwh, np.minimum(asked.power_kw, charger_kw) * asked.dwell_h)
    np.testing.assert_allclose(done.delivered_kwh[mine], possible[mine], atol=1e-6)
    np.testing.assert_allclose(done.possible_kwh, possible)
    assert not done.delivered_kwh[~mine].any()
    for o, chargers in enumerate(([0], [1, 2])):
        given = done.delivered_kwh[np.isin(asked.charger, chargers)].sum()
        assert done.energy_kwh[o].sum(dtype=float) == pytest.approx(
            given, abs=1e-6 * max(given, 1.0) + done.grid_kwh[o]
        )
    assert (done.energy_kwh >= 0).all()


def test_nobody_charges_outside_the_stay_nor_beyond_the_charger(homes: tuple[Sessions, pd.DataFrame]) -> None:
    drawn, points = homes
    present = np.zeros((20, 8760))
    owner = points["building"].to_numpy()
    for s in range(len(drawn)):
        first, last = drawn.plug_in_h[s], drawn.plug_in_h[s] + drawn.dwell_h[s]
        hours = np.arange(int(first), int(np.ceil(last)))
        here = np.minimum(last, hours + 1) - np.maximum(first, hours)
        np.add.at(present[owner[drawn.charger[s]]], hours % 8760, here * min(drawn.power_kw[s], 11.0))
    net = np.random.default_rng(0).gamma(2, 5, (20, 8760)).astype(np.float32)
    for strategy in STRATEGIES:
        done = charge_sessions(
            drawn, clock(8760), owner=owner, n_owners=20, strategy=strategy, price_eur_kwh=net[0], net_load_kwh=net
        )
        assert (done.energy_kwh <= present + 2 * done.grid_kwh[:, None]).all()


def test_smart_charging_is_cheaper_or_flatter_and_gives_the_same(homes: tuple[Sessions, pd.DataFrame]) -> None:
    drawn, points = homes
    owner = points["building"].to_numpy()
    hour = np.arange(8760) % 24
    price = 0.10 + 0.06 * np.exp(-(((hour - 18) / 3.0) ** 2))
    load = (10 + 15 * np.exp(-(((hour - 19) / 2.5) ** 2)) * np.ones((20, 1))).astype(np.float32)
    done = {
        strategy: charge_sessions(
            drawn, clock(8760), owner=owner, n_owners=20, strategy=strategy, price_eur_kwh=price, net_load_kwh=load
        )
        for strategy in STRATEGIES
    }
    cost = {name: float((one.energy_kwh.sum(axis=0, dtype=float) * price).sum()) for name, one in done.items()}
    peak = {name: float((one.energy_kwh + load).max(axis=1).mean()) for name, one in done.items()}
    assert cost["cheapest"] < 0.9 * cost["at once"]
    assert cost["cheapest"] <= cost["levelled"]
    assert peak["levelled"] < 0.8 * peak["at once"]
    for one in done.values():
        np.testing.assert_allclose(one.delivered_kwh, done["at once"].delivered_kwh, atol=1e-6)


def test_charging_follows_the_sun_where_cars_are_there_by_day() -> None:
    drawn = sample_sessions(40, TimeGrid.of_index(YEAR, HELSINKI), users="workplace")
    hour = np.arange(8760) % 24
    sun = 60 * np.maximum(np.sin((hour - 6) / 12 * np.pi), 0)
    net = (5 - sun)[None].astype(np.float32)
    asked = {"owner": np.zeros(40, dtype=int), "n_owners": 1}
    smart = charge_sessions(drawn, clock(8760), strategy="levelled", net_load_kwh=net, **asked)  # type: ignore[arg-type]
    plain = charge_sessions(drawn, clock(8760), **asked)  # type: ignore[arg-type]

    def from_sun(energy: np.ndarray) -> float:
        return float(np.minimum(energy, np.maximum(-net[0], 0)).sum())

    assert from_sun(smart.energy_kwh[0]) > 1.03 * from_sun(plain.energy_kwh[0])


def test_uncontrolled_homes_peak_in_the_evening() -> None:
    """Sørensen et al., Sustainable Energy, Grids and Networks 36, 2023: the peak of homes is from 16 to 22."""
    drawn = sample_sessions(300, TimeGrid.of_index(YEAR, HELSINKI))
    done = charge_sessions(drawn, clock(8760), owner=np.zeros(300, dtype=int), n_owners=1)
    local = YEAR.tz_convert(HELSINKI)
    workday = local.dayofweek < 5
    by_hour = pd.Series(done.energy_kwh[0][workday]).groupby(local.hour[workday]).mean()
    assert 16 <= by_hour.idxmax() <= 22
    assert by_hour.max() / 300 < 1.2, "not all at once: well under 1.2 kW a car"


def test_cars_of_a_building_come_from_its_use_and_area() -> None:
    ids = [f"w{i}" for i in range(400)]
    points = charge_points(ids, ["apartment_block"] * 400, np.full(400, 1000.0), share=0.5)
    assert len(points) == pytest.approx(400 * 7.3 * 0.5, rel=0.05)
    assert points["charger"].is_unique
    assert set(points["users"]) == {"home"}
    office = charge_points(["o"], ["office"], [10_000.0], share=1.0)
    assert set(office["users"]) == {"workplace"}
    assert len(office) == 40
    none = charge_points(["g", "c"], ["garage", "castle"], [500.0, 500.0], share=1.0)
    assert none.empty
    grown = charge_points([*ids, "new"], ["apartment_block"] * 401, np.full(401, 1000.0), share=0.5)
    assert list(grown["charger"][: len(points)]) == list(points["charger"])


def test_stations_of_the_map_have_their_points() -> None:
    points = station_points(["n1", "n2", "n3"], [4, np.nan, 1], [22, np.nan, 150])
    assert points["station"].tolist() == [0, 0, 0, 0, 1, 1, 2]
    assert points["power_kw"].tolist() == [22.0] * 6 + [150.0]
    assert points["users"].tolist() == ["public"] * 6 + ["public_fast"]
    assert points["charger"].is_unique
    drawn = sample_sessions(points["charger"], TimeGrid.of_index(YEAR, HELSINKI), users=list(points["users"]))
    done = charge_sessions(drawn, clock(8760), owner=points["station"], n_owners=3, charger_kw=points["power_kw"])
    assert done.energy_kwh.max() <= 88
    assert done.energy_kwh[2].max() > 22, "faster than any on-board charger"
    with pytest.raises(InputError, match="3 stations have capacities"):
        station_points(["n1", "n2", "n3"], [4], [22, 22, 22])


def test_mistakes_are_told_all_at_once() -> None:
    one = sessions((0, 0, 4, 6, 11))
    with pytest.raises(InputError) as failure:
        charge_sessions(one, clock(4), owner=[2], n_owners=1, strategy="cheapest")
    assert len(failure.value.findings) == 2
    with pytest.raises(InputError, match="no strategy 'magic' to charge by; take one of at once, cheapest, levelled"):
        charge_sessions(one, clock(4), owner=[0], n_owners=1, strategy="magic")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="too long"):
        charge_sessions(sessions((0, 0, 30, 6, 11)), clock(24), owner=[0], n_owners=1)
    with pytest.raises(InputError, match="net_load_kwh has shape"):
        charge_sessions(one, clock(4), owner=[0], n_owners=1, net_load_kwh=np.zeros((1, 3), np.float32))
    with pytest.raises(InputError, match=r"from 0 to 1, not from 1\.5"):
        charge_points(["a"], ["office"], [1.0], share=1.5)


def test_every_charger_of_a_use_is_in_the_catalogue() -> None:
    chargers = table("ev_chargers").set_index("charger")
    assert set(table("ev_parking")["users"].dropna()) <= set(chargers.index)
    assert chargers["power_kw"].between(2, 400).all()
