"""One vocabulary of carriers: what every table, every floor and every chart calls them."""

from __future__ import annotations

from importlib.resources import files
from io import StringIO
from typing import get_args

import pandas as pd
import pytest

from assets import carriers as vocabulary
from assets._errors import CatalogueError
from assets.carriers import (
    BOUGHT,
    BY_LORRY,
    FREE,
    KINDS,
    MET,
    NETWORKED,
    PIPED,
    REJECTED,
    RETAIL,
    WATERBORNE,
    NetworkCarrier,
    carriers,
)
from assets.catalogue import table
from gis_data.readers.network_geojson import NETWORK_CARRIERS
from gis_data.street_graph import CARRIERS as STREET_CARRIERS


def test_the_table_is_declared_and_no_colour_or_name_is_missing() -> None:
    rows, declared = table("carriers"), table("attributes_carriers")
    assert list(rows.columns) == declared["attribute"].tolist()
    assert rows[["id", "kind", "title", "colour", "unit", "source"]].notna().all(axis=None)
    assert rows["colour"].str.fullmatch("#[0-9A-F]{6}").all()
    assert set(rows["kind"]) == set(KINDS)


def test_groups_hold_what_an_engineer_expects() -> None:
    assert BOUGHT == ("electricity", "heat", "cold", "gas", "hydrogen", "biomass", "waste", "oil")
    assert get_args(NetworkCarrier) == NETWORKED == ("electricity", "heat", "cold", "gas")
    assert (WATERBORNE, PIPED) == (("heat", "cold"), ("heat", "cold", "gas", "hydrogen"))
    assert BY_LORRY == ("biomass", "waste", "oil")
    assert "sun" in FREE
    assert carriers()[REJECTED].kind == "rejected"
    # Chillers draw electricity and absorption chillers heat, cogeneration gives both, and fuels are burnt last.
    assert sorted(MET) == sorted(BOUGHT)
    assert MET.index("cold") < MET.index("heat") < MET.index("electricity") < MET.index("gas") < MET.index("hydrogen")


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("heating_systems", "carrier"),
        ("cooling_systems", "carrier"),
        ("emission_factors_fi", "carrier"),
        ("fuels", "carrier"),
        ("stores", "carrier"),
        ("stratified_tanks", "carrier"),
        ("gas_stores", "carrier"),
        ("conversions_boilers", "fuel"),
        ("conversions_chp", "fuel"),
    ],
)
def test_every_table_names_carriers_by_their_ids(name: str, column: str) -> None:
    assert set(table(name)[column].dropna()) <= set(BOUGHT)


def test_what_buildings_buy_has_a_tariff_and_a_factor_and_what_plants_burn_is_a_fuel() -> None:
    tariffs, factors = set(table("tariffs_fi")["carrier"]), set(table("emission_factors_fi")["carrier"])
    assert tariffs == {*RETAIL, "electricity_export"}
    assert factors == set(RETAIL)
    fuels = table("fuels").set_index("fuel")["carrier"]
    assert {carrier.id for carrier in carriers().values() if carrier.fuel} <= set(fuels)
    assert all(fuels[carrier.fuel] == carrier.id for carrier in carriers().values() if carrier.fuel)


def test_geometry_speaks_of_networks_by_the_same_names() -> None:
    """The two lowest floors do not know each other, so each has its names; here they meet."""
    held = {name for name in BOUGHT if carriers()[name].network}
    assert set(NETWORK_CARRIERS) == set(STREET_CARRIERS) == held


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("id", "heat", "cold"), "ids and retail names must differ"),
        (("retail", "wood", "gas"), "ids and retail names must differ"),
        (("kind", "free", "magic"), "of no such kind sun, wind"),
        (("network", "cold", ""), "gives networks to electricity, heat, gas, and NetworkCarrier"),
    ],
)
def test_a_table_that_contradicts_itself_is_refused(
    change: tuple[str, str, str], told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    column, old, new = change
    text = (files("assets.catalogue") / "carriers.csv").read_text(encoding="utf-8")
    rows = pd.read_csv(StringIO(text))
    rows[column] = rows[column].replace(old, new)
    monkeypatch.setattr(vocabulary, "table", lambda _name: rows)
    with pytest.raises(CatalogueError, match=told):
        carriers.__wrapped__()
