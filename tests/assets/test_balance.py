"""What comes in goes out, is stored or is lost."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets._errors import BalanceError
from assets.balance import Carrier, check_balance

ONE = {"power": Carrier(into=("bought", "made"), out=("used", "sold"), stored=("charged",), lost=("lost",))}


def flows(n: int = 3, hours: int = 4, **arrays: np.ndarray) -> dict[str, np.ndarray]:
    names = ("bought", "made", "used", "sold", "charged", "lost")
    return {name: np.zeros((n, hours), dtype=np.float32) for name in names} | arrays


def test_a_balance_by_hand() -> None:
    """5 bought and 3 made; 4 used, 1 sold, 2 charged, 1 lost."""
    values: Mapping[str, float] = {"bought": 5, "made": 3, "used": 4, "sold": 1, "charged": 2, "lost": 1}
    found = check_balance({name: np.full((1, 2), value) for name, value in values.items()}, ["w1"], carriers=ONE)
    assert found.worst_kwh == {"power": 0.0}
    assert found.into_kwh == {"power": 16.0}
    assert found.out_kwh == {"power": 10.0}
    assert found.lost_kwh == {"power": 2.0}


def test_a_missing_watt_hour_is_found_and_named() -> None:
    bought = np.full((300, 4), 10.0)
    used = bought.copy()
    used[299, 2] -= 0.001
    with pytest.raises(BalanceError, match="power: building w299, hour 2"):
        check_balance(flows(300, bought=bought, used=used), [f"w{i}" for i in range(300)], carriers=ONE)


def test_a_hole_in_the_data_is_no_balance() -> None:
    bought = np.full((1, 4), 1.0)
    bought[0, 1] = np.nan
    with pytest.raises(BalanceError, match="building w0, hour 1"):
        check_balance(flows(1, bought=bought, used=np.ones((1, 4))), ["w0"], carriers=ONE)


def test_errors_of_all_buildings_come_as_one_list_that_stays_readable() -> None:
    with pytest.raises(BalanceError) as caught:
        check_balance(flows(20, bought=np.ones((20, 4))), [f"w{i}" for i in range(20)], carriers=ONE)
    assert len(caught.value.findings) == 6
    assert "15 more buildings" in caught.value.findings[-1]


def test_small_errors_that_add_up_over_the_district_are_found() -> None:
    """Each building is off by half the tolerance of 1 kWh, and together they buy a thousandth of what they are off."""
    n = 1000
    used = np.zeros((n, 2))
    bought = np.full((n, 2), 0.9e-6)
    with pytest.raises(BalanceError, match="the district"):
        check_balance(flows(n, 2, bought=bought, used=used), [str(i) for i in range(n)], carriers=ONE)


def test_a_factor_per_building_counts() -> None:
    carriers = {"cold": Carrier(into=("electricity",), out=("cold",), factor={"electricity": "seer"})}
    given_flows = {
        "electricity": np.ones((2, 3)),
        "seer": np.array([3.0, 4.0]),
        "cold": np.array([[3.0] * 3, [4.0] * 3]),
    }
    assert check_balance(given_flows, ["a", "b"], carriers=carriers).worst_kwh["cold"] == 0.0


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(1e-3, 1e5), st.integers(0, 2), st.integers(0, 3))
def test_a_closed_balance_passes_and_a_leak_never_does(seed: int, scale: float, building: int, hour: int) -> None:
    random = np.random.default_rng(seed)
    into = {name: random.uniform(0, scale, (3, 4)) for name in ("bought", "made")}
    total = into["bought"] + into["made"]
    shares = random.dirichlet(np.ones(4), (3, 4))
    out = {name: total * shares[..., i] for i, name in enumerate(("used", "sold", "charged", "lost"))}
    check_balance(into | out, ["a", "b", "c"], carriers=ONE)
    leak = 3e-6 * max(1.0, float(total[building, hour]))
    out["used"] = out["used"].copy()
    out["used"][building, hour] += leak
    with pytest.raises(BalanceError, match=f"building {'abc'[building]}, hour {hour}"):
        check_balance(into | out, ["a", "b", "c"], carriers=ONE)
