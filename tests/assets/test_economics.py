"""Investments, annuities, paybacks and the cost of avoided emissions, by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets._errors import InputError
from assets.economics import abatement_cost, annuity, interest, investment, investment_costs, simple_payback


def test_every_row_has_a_source_and_a_lifetime() -> None:
    table = investment_costs()
    assert table["source"].str.len().min() > 15
    assert (table.loc[table["measure"] != "interest", "lifetime_years"] >= 10).all()
    assert set(table["kind"]) == {"assumed"}
    assert {"light", "standard", "deep"} < set(table["item"])
    assert investment_costs("XX").equals(table), "a country without costs takes Finland's"


def test_an_annuity_by_the_textbook() -> None:
    """10 000 EUR over 10 years at 5 %: 1295.05 EUR a year; without interest a tenth."""
    assert float(annuity(10_000, 10, 0.05)) == pytest.approx(1295.05, abs=0.01)
    assert float(annuity(10_000, 10, 0.0)) == 1000.0
    with pytest.raises(InputError, match="lifetimes beyond 0"):
        annuity(1.0, 0.0, 0.03)


@given(st.floats(1, 1e7), st.floats(1, 60), st.floats(1e-4, 0.2))
def test_the_present_value_of_an_annuity_is_the_investment(eur: float, years: float, rate: float) -> None:
    """Money is conserved: discounted back, the yearly sums make up what was paid."""
    yearly = float(annuity(eur, years, rate))
    assert yearly * -math.expm1(-years * math.log1p(rate)) / rate == pytest.approx(eur, rel=1e-9)
    assert yearly * years >= eur


def test_larger_systems_cost_less_for_each_kwp() -> None:
    cost, life = investment("pv", [0.0, 10.0, 100.0])
    np.testing.assert_allclose(cost, [0.0, 14_000.0, 105_000.0])
    assert life.tolist() == [30.0] * 3
    with pytest.raises(InputError, match="no windmill; it has pv"):
        investment("windmill", [1.0])
    with pytest.raises(InputError, match="0 or more"):
        investment("pv", [-1.0])


def test_paybacks_and_abatement_by_hand() -> None:
    assert simple_payback(1000.0, 100.0) == 10.0
    assert simple_payback(1000.0, 0.0) == math.inf
    assert simple_payback(0.0, 100.0) == 0.0
    assert abatement_cost(500.0, 5.0) == 100.0
    assert abatement_cost(-500.0, 5.0) == -100.0, "money is saved too"
    assert math.isnan(abatement_cost(500.0, 0.0))
    assert interest() == 0.03
