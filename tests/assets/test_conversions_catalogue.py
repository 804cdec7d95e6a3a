"""The catalogue of conversions: every column declared, every row with its source, every conversion at work."""

from __future__ import annotations

import numpy as np
import pytest

from assets._errors import InputError
from assets.carriers import BOUGHT
from assets.catalogue import table
from assets.conversions import conversion_cost, conversion_kinds, conversions, technology_of
from tests.assets.conversion_cases import site

TABLES = list(dict.fromkeys(table("attributes_conversions")["table"]))


@pytest.mark.parametrize("name", TABLES)
def test_every_column_is_declared_and_every_row_has_its_source(name: str) -> None:
    declared = table("attributes_conversions")
    rows = declared[declared["table"] == name]
    found = table(name)
    assert list(found.columns) == list(rows["attribute"])
    assert rows["description"].notna().all()
    assert rows["source"].notna().all()
    assert found["source"].str.len().min() > 10
    assert set(found["kind"]) <= {"measured", "modelled", "assumed"}
    for column in rows.loc[rows["type"] == "float", "attribute"]:
        assert np.issubdtype(found[column].dtype, np.number), column


def test_no_table_of_conversions_is_left_out() -> None:
    assert len(TABLES) == 10
    assert set(table("conversions_recovery")["conversion"]) <= set(conversion_kinds())


@pytest.mark.parametrize("kind", conversion_kinds())
def test_every_conversion_works_at_a_site(kind: str) -> None:
    technology = technology_of(kind, 1000.0, site())
    assert technology.main in BOUGHT
    assert technology.capacity_kw.min() > 200.0
    assert technology.inputs
    assert technology.least_share == conversions().loc[kind, "least_share"]
    # Lifetimes and costs in the range of energy plants.
    investment, lifetime, fixed, variable = conversion_cost(kind, 1000.0)
    assert 5e4 <= investment <= 4e6
    assert 10 <= lifetime <= 30
    assert 0.001 * investment <= fixed <= 0.08 * investment
    assert 0 <= variable < 20


def test_costs_by_hand() -> None:
    # Danish Energy Agency, sheet 41: 69 EUR/kW, 1.1 EUR/kW a, 1.0 EUR/MWh.
    assert conversion_cost("boiler_electric", 200.0) == pytest.approx((13_800.0, 20.0, 220.0, 1.0))
    with pytest.raises(InputError, match="0 kW or more"):
        conversion_cost("boiler_electric", -5.0)
