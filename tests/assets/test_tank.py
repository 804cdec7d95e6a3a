"""Hot-water tanks: what they lose, when they are heated, that no heat comes from nowhere."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets._errors import InputError
from assets.building_systems.hot_water_tank import (
    SPECIFICATION,
    cheapest_steps,
    night_steps,
    standing_loss_w,
    tank_models,
    tank_year,
    tanks,
)
from assets.catalogue import table
from assets.time_grid import TimeGrid
from tests.assets.clock import clock

YEAR = pd.date_range("2024-12-31T22:00Z", periods=8760, freq="h")


def tank(**changes: float) -> pd.DataFrame:
    """10 kWh, 3 kW, no loss, no reserve."""
    return pd.DataFrame([{**dict(zip(SPECIFICATION, (10.0, 3.0, 0.0, 0.0), strict=True)), **changes}])


def row(*values: float) -> np.ndarray:
    return np.array([values], dtype=np.float32)


def household(hours: int = 8760, seed: int = 0) -> np.ndarray:
    """About 4 MWh a year, in the morning and the evening."""
    hour = np.arange(hours) % 24
    shape = np.exp(-(((hour - 7) / 1.5) ** 2)) + 1.5 * np.exp(-(((hour - 20) / 2) ** 2))
    drawn = shape * np.random.default_rng(seed).gamma(1.5, 1.0, hours)
    return (drawn / drawn.mean() * 0.45)[None].astype(np.float32)


def test_by_hand_four_hours() -> None:
    """Full at 10; 4 drawn, heated by 3; then nothing allowed; then 3 more; the tank is what is left over."""
    year = tank_year(tank(), clock(row(4, 2, 0, 0)), hot_water_kwh=row(4, 2, 0, 0), allowed=[True, False, True, True])
    np.testing.assert_allclose(year.heat_kwh, row(3, 0, 3, 0), atol=1e-5)
    np.testing.assert_allclose(year.level_kwh, row(9, 7, 10, 10), atol=1e-5)
    np.testing.assert_allclose(year.drawn_kwh, row(4, 2, 0, 0), atol=1e-5)


def test_a_300_l_tank_loses_what_its_label_says() -> None:
    """Class C, 300 l: below 16.66 + 8.33 · 300^0.4 = 98 W at 45 K (Regulation 812/2013): 2.1 kWh a day at 40 K."""
    assert standing_loss_w(300, "C") == pytest.approx(98.2, abs=0.1)
    year = tank_year(tanks(["house"]), clock(8760), hot_water_kwh=np.zeros((1, 8760), np.float32))
    assert year.loss_kwh.sum() / 365 == pytest.approx(0.0982 * 24 * 40 / 45, rel=0.001)
    assert year.heat_kwh.sum() == pytest.approx(year.loss_kwh.sum(), rel=1e-6)


def test_a_full_tank_holds_the_heat_of_its_water() -> None:
    """300 l from 8 to 60 °C: 300 · 4.186 · 0.998 · 52 / 3600 = 18.1 kWh, nine tenths of them usable."""
    assert tanks(["house"])["capacity_kwh"][0] == pytest.approx(18.1 * 0.9, rel=0.001)
    assert tanks(["house"], [600.0])["capacity_kwh"][0] == pytest.approx(2 * 18.1 * 0.9, rel=0.001)
    assert tanks(["house"], [600.0])["heater_kw"][0] == 6.0
    assert tanks(["house"], [600.0], [4.5])["heater_kw"][0] == 4.5


def test_a_colder_tank_loses_less() -> None:
    empty = tank_year(
        tank(loss_kw=0.1),
        clock(row(5, 0, 0)),
        hot_water_kwh=row(5, 0, 0),
        allowed=[False] * 3,
        surplus_kwh=row(0, 0, 0),
    )
    # Of a tank half full, half the loss.
    np.testing.assert_allclose(empty.loss_kwh, row(0.1, 0.049, 0.0485), atol=2e-4)


def test_the_night_heats_for_the_day() -> None:
    """A house's tank lasts the day: nine tenths of the heat are bought from 22 to 7, and nobody runs cold."""
    demand = household()
    night = night_steps(TimeGrid.of_index(YEAR, "Europe/Helsinki"))
    assert night.mean() == pytest.approx(9 / 24, abs=0.001)
    spec = tanks(["house"], [400.0])
    always = tank_year(spec, clock(demand), hot_water_kwh=demand)
    shifted = tank_year(spec, clock(demand), hot_water_kwh=demand, allowed=night)
    assert always.heat_kwh[0, night].sum() / always.heat_kwh.sum() < 0.45
    assert shifted.heat_kwh[0, night].sum() / shifted.heat_kwh.sum() > 0.9
    assert shifted.unmet_kwh[0] == 0
    assert shifted.loss_kwh.sum() < always.loss_kwh.sum(), "it stands less full"
    np.testing.assert_allclose(shifted.drawn_kwh, demand, atol=1e-5)


def test_below_its_reserve_it_is_heated_at_any_hour() -> None:
    year = tank_year(tank(reserve_kwh=2.0), clock(row(9, 0, 0)), hot_water_kwh=row(9, 0, 0), allowed=[False] * 3)
    np.testing.assert_allclose(year.heat_kwh, row(1, 0, 0), atol=1e-5)
    np.testing.assert_allclose(year.level_kwh, row(2, 2, 2), atol=1e-5)


def test_surplus_sun_goes_into_the_tank_first_thing() -> None:
    year = tank_year(
        tank(), clock(row(8, 0, 0, 0)), hot_water_kwh=row(8, 0, 0, 0), allowed=[False] * 4, surplus_kwh=row(0, 2, 9, 9)
    )
    np.testing.assert_allclose(year.heat_kwh, row(0, 2, 3, 3), atol=1e-5)


def test_what_tank_and_heater_cannot_give_is_told() -> None:
    year = tank_year(tank(capacity_kwh=1.0), clock(row(10, 1)), hot_water_kwh=row(10, 1))
    np.testing.assert_allclose(year.drawn_kwh, row(4, 1), atol=1e-5)
    assert year.unmet_kwh[0] == pytest.approx(6, abs=1e-4)


def test_the_cheapest_steps_of_each_day() -> None:
    price = np.tile([3.0, 1.0, 2.0, 1.0], 12)
    chosen = cheapest_steps(price, clock(price), 6)
    assert chosen.reshape(2, 24).sum(axis=1).tolist() == [6, 6]
    assert set(price[chosen]) == {1.0}
    assert cheapest_steps(price[:30], clock(30), 2, day_starts_h=3).sum() == 2 + 2 + 2


def test_a_night_of_the_clock_change_has_its_own_hours() -> None:
    night = night_steps(TimeGrid.of_index(YEAR, "Europe/Helsinki"))
    local = YEAR.tz_convert("Europe/Helsinki")
    spring, autumn = (local.strftime("%Y-%m-%d") == day for day in ("2025-03-30", "2025-10-26"))
    assert night[spring].sum() == 8
    assert night[autumn].sum() == 10


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.floats(0, 200, width=32), min_size=24, max_size=24),
    st.lists(st.booleans(), min_size=24, max_size=24),
    st.floats(0, 300),
    st.floats(0, 100),
    st.floats(0, 1),
    st.floats(0, 1),
)
def test_no_heat_comes_from_nowhere(  # noqa: PLR0917  hypothesis draws them
    demand: list[float], allowed: list[bool], capacity: float, heater: float, loss: float, reserve: float
) -> None:
    spec = tank(capacity_kwh=capacity, heater_kw=heater, loss_kw=0.2 * loss * capacity, reserve_kwh=reserve * capacity)
    year = tank_year(spec, clock(row(*demand)), hot_water_kwh=row(*demand), allowed=allowed)
    q = year.grid_kwh[0]
    np.testing.assert_array_equal(year.heat_kwh, year.drawn_kwh + year.stored_kwh + year.loss_kwh)
    kept = year.start_kwh[0] + np.cumsum(year.heat_kwh.astype(float) - year.drawn_kwh - year.loss_kwh)
    np.testing.assert_allclose(year.level_kwh[0], kept, atol=1e-6)
    assert (year.level_kwh >= 0).all()
    assert (year.level_kwh <= capacity).all()
    assert (year.loss_kwh >= 0).all()
    assert (year.heat_kwh >= 0).all()
    assert (year.heat_kwh <= heater).all()
    assert year.drawn_kwh.sum(dtype=float) + year.unmet_kwh[0] == pytest.approx(sum(demand), abs=24 * q, rel=1e-7)


def test_rows_choose_the_building() -> None:
    demand = np.zeros((3, 4), np.float32)
    demand[2] = 1.0
    year = tank_year(pd.concat([tank(), tank()]), clock(demand), hot_water_kwh=demand, rows=[2, 0])
    assert year.drawn_kwh.sum(axis=1).tolist() == pytest.approx([4, 0], abs=1e-4)


def test_mistakes_are_told_all_at_once() -> None:
    with pytest.raises(InputError, match="no tank barrel in the catalogue; take one of house"):
        tanks(["barrel"])
    with pytest.raises(InputError, match="no label Z"):
        standing_loss_w(300, "Z")
    demand = np.zeros((1, 4), np.float32)
    with pytest.raises(InputError) as failure:
        tank_year(
            tank(heater_kw=-1), clock(demand), hot_water_kwh=demand, rows=[4], allowed=[True], surplus_kwh=demand[:, :2]
        )
    assert len(failure.value.findings) == 4


def test_every_row_of_the_catalogue_has_a_source() -> None:
    for name in ("hot_water_tanks", "tank_labels"):
        assert table(name)["source"].notna().all()
        assert set(table(name)["kind"]) == {"assumed"}
    assert set(tank_models()["label"]) <= set(table("tank_labels")["label"])
