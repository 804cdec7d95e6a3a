"""Every term of what measures cost, and of what crosses the border, against sums by hand."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from assets.time_grid import TimeGrid
from twin.model.prices import emission_factors_of, prices_of
from twin.networks.operation.balance_book import Book
from twin.networks.operation.border import Crossing, crossings_of, emission_factors
from twin.simulation.device_sizing import Devices
from twin.simulation.investments import MEASURES, Investments, investments_of

SYSTEMS = ["district_heating", "direct_electric", "electric_boiler", "gas_boiler", "oil_boiler", "wood_boiler",
           "ground_source_heat_pump", "air_water_heat_pump"]  # fmt: skip
START = pd.Timestamp("2025-01-01", tz="UTC")
HEAT = np.array([[30.0, 4.0, 1.0], [2.0, 2.0, 2.0]])
WATER = np.array([[0.0, 50.0, 6.0], [1.0, 2.0, 0.0]])
"""Two buildings: 54 and 4 kW in the hour in which rooms and water together take most; 30.3 and 3 in the mean."""


def yearly(eur: float, years: float) -> float:
    """Annuity at 3 %."""
    return eur * 0.03 / (1.0 - 1.03**-years)


def priced(points: Any = (), **columns: Any) -> Investments:
    """Price two buildings; what is not told is as it is."""
    told = {"pv_share": 0.0, "floor_area_m2": 100.0, "retrofit_level": "none", "heating_system": "oil_boiler",
            "heating_system_as_is": "oil_boiler", "pump_kw": 0.0, "tank_l": 0.0, "battery_kwh": 0.0,
            "battery_model": "home", "roof_kwp": 0.0} | columns  # fmt: skip
    of = pd.DataFrame({name: np.broadcast_to(np.asarray(value, dtype=object), 2) for name, value in told.items()})
    numbers = {name: of[name].to_numpy(dtype=float) for name in ("pump_kw", "tank_l", "battery_kwh", "roof_kwp")}
    supply = {
        "space_heat_kwh": HEAT,
        "hot_water_kwh": WATER,
        "pump_kw": numbers["pump_kw"],
        "tank_l": numbers["tank_l"],
    }
    devices = Devices(
        points=pd.DataFrame(list(points), columns=["building", "users"]).astype({"building": np.int64}),
        sessions=None, sessions_key="", battery_kwh=numbers["battery_kwh"],
        battery_models=of["battery_model"].to_numpy(dtype=object), room_kwh=np.zeros(2),
    )  # fmt: skip
    twin: Any = SimpleNamespace(buildings=of, country="FI", time=TimeGrid(START, pd.Timedelta("1h"), 3))
    return investments_of(twin, numbers["roof_kwp"], supply, devices)


def holds(found: Investments, measure: str, eur: list[float], years: list[float]) -> None:
    """Only one measure costs anything, so much, and its annuity follows from its own lifetime."""
    row = MEASURES.index(measure)
    np.testing.assert_allclose(found.eur[row], eur)
    assert not np.delete(found.eur, row, axis=0).any()
    np.testing.assert_allclose(found.annuity_eur, [yearly(e, y) for e, y in zip(eur, years, strict=True)])
    assert list(found.sources) == ([measure] if any(eur) else [])


def test_what_stays_as_it_is_costs_nothing() -> None:
    holds(priced(), "heating", [0.0, 0.0], [20.0, 20.0])


@pytest.mark.parametrize(
    ("system", "fixed", "each", "years"),
    [
        ("district_heating", 6000, 120, 25),
        ("direct_electric", 1000, 250, 25),
        ("electric_boiler", 3000, 150, 20),
        ("gas_boiler", 5000, 120, 20),
        ("wood_boiler", 9000, 250, 20),
    ],
)
def test_new_heating_is_priced_by_the_peak_of_rooms_and_water_together(
    system: str, fixed: float, each: float, years: float
) -> None:
    """54 kW, not the 30.3 of the mean, nor the 80 of both peaks; the second building keeps its boiler."""
    found = priced(heating_system=[system, "oil_boiler"])
    holds(found, "heating", [fixed + each * 54.0, 0.0], [years, years])
    found = priced(heating_system=system)
    holds(found, "heating", [fixed + each * 54.0, fixed + each * 4.0], [years, years])


def test_a_boiler_for_oil_is_priced_where_there_was_none() -> None:
    found = priced(heating_system_as_is=["gas_boiler", "oil_boiler"])
    holds(found, "heating", [7000 + 120 * 54.0, 0.0], [20, 20])


@pytest.mark.parametrize(
    ("system", "fixed", "each", "years"),
    [("ground_source_heat_pump", 8000, 1200, 20), ("air_water_heat_pump", 4000, 700, 18)],
)
def test_heat_pumps_are_priced_by_their_own_power(system: str, fixed: float, each: float, years: float) -> None:
    found = priced(heating_system=system, pump_kw=[21.0, 0.0])
    holds(found, "heating", [fixed + each * 21.0, 0.0], [years, years])


def test_several_new_systems_are_each_priced_at_their_own_building() -> None:
    found = priced(heating_system=["gas_boiler", "ground_source_heat_pump"], pump_kw=[0.0, 3.0])
    holds(found, "heating", [5000 + 120 * 54.0, 8000 + 1200 * 3.0], [20, 20])


def test_panels_are_priced_by_the_share_of_the_roof_that_they_take() -> None:
    found = priced(roof_kwp=[10.0, 100.0], pv_share=[0.5, 0.5])
    holds(found, "pv", [1400 * 5.0, 1050 * 50.0], [30, 30])


@pytest.mark.parametrize(("level", "each"), [("light", 90), ("standard", 230), ("deep", 380)])
def test_retrofits_are_priced_by_the_floor_area(level: str, each: float) -> None:
    found = priced(retrofit_level=[level, "none"], floor_area_m2=[250.0, 100.0])
    holds(found, "retrofit", [each * 250.0, 0.0], [30, 30])
    unknown = priced(retrofit_level=[level, level], floor_area_m2=[np.nan, 100.0])
    holds(unknown, "retrofit", [0.0, each * 100.0], [30, 30])


def test_tanks_are_priced_by_their_volume() -> None:
    holds(priced(tank_l=[300.0, 1000.0]), "hot_water_tank", [800 + 3 * 300, 2000 + 2.5 * 1000], [20, 25])
    holds(priced(tank_l=[0.0, 5000.0]), "hot_water_tank", [0.0, 5000 + 2 * 5000], [20, 25])


def test_batteries_are_priced_by_their_capacity_and_model() -> None:
    found = priced(battery_kwh=[10.0, 400.0], battery_model=["home", "block"])
    holds(found, "battery", [2000 + 500 * 10, 20_000 + 350 * 400], [15, 20])


def test_chargers_are_priced_one_by_one() -> None:
    found = priced(points=[(0, "home"), (0, "home"), (1, "workplace")])
    holds(found, "chargers", [2 * 1500, 2000], [15, 15])


def test_measures_add_up() -> None:
    found = priced(
        points=[(1, "home")], roof_kwp=10.0, pv_share=[1.0, 0.0], retrofit_level=["deep", "none"],
        heating_system=["gas_boiler", "oil_boiler"], battery_kwh=[10.0, 0.0],
    )  # fmt: skip
    each = {"pv": (14_000, 30), "retrofit": (38_000, 30), "heating": (5000 + 120 * 54, 20), "battery": (7000, 15)}
    assert dict(zip(MEASURES, found.eur[:, 0], strict=True)) == {m: each.get(m, (0,))[0] for m in MEASURES}
    assert found.annuity_eur[0] == pytest.approx(sum(yearly(*pair) for pair in each.values()))
    assert found.annuity_eur[1] == pytest.approx(yearly(1500, 15))
    assert set(found.sources) == {*each, "chargers"}


HOURS = 3
BUY = {"electricity": [0.1, 0.2, 0.4], "heat": [0.05, 0.06, 0.07], "cold": [0.03] * 3, "gas": [0.08] * 3,
       "oil": [0.12] * 3, "biomass": [0.03] * 3, "waste": [0.0] * 3}  # fmt: skip
FACTORS = {"electricity": 0.04, "heat": 0.162, "cold": 0.0, "gas": 0.199, "oil": 0.263, "biomass": 0.0,
           "waste": 0.288 * 0.5, "hydrogen": 0.0}  # fmt: skip
"""Fossil emissions of what is bought [kgCO2/kWh]; half of mixed waste is biomass."""


def crossed(
    bought: dict[str, list[float]], sold: tuple[float, ...] = (0.0,) * HOURS, wood: float = 0.0
) -> dict[str, Crossing]:
    books = {carrier: Book(HOURS) for carrier in FACTORS}
    for carrier, energy in bought.items():
        books[carrier].add("bought", np.array(energy))
    books["electricity"].add("sold", np.array(sold))
    fleet: Any = SimpleNamespace(
        buy_eur_kwh={carrier: np.array(price) for carrier, price in BUY.items()},
        sell_eur_kwh={"electricity": np.array([0.01, 0.02, 0.03])},
    )
    index = pd.date_range(START, periods=HOURS, freq="h")
    twin: Any = SimpleNamespace(
        prices=replace(prices_of("FI"), eur_kwh={**prices_of("FI").eur_kwh, "biomass": (0.07,) * 12}),
        factors=emission_factors_of("FI"), weather=SimpleNamespace(table=pd.DataFrame(index=index)),
        timezone="Europe/Helsinki",
        time=TimeGrid(START, pd.Timedelta("1h"), HOURS),
    )  # fmt: skip
    return crossings_of(twin, fleet, books, np.full(HOURS, wood))


@pytest.mark.parametrize("carrier", sorted(FACTORS))
def test_each_carrier_that_is_bought_costs_its_price_of_the_hour_and_emits_its_own(carrier: str) -> None:
    found = crossed({carrier: [100.0, 10.0, 1.0]})
    price = BUY.get(carrier, [0.0] * HOURS)
    cost = 100.0 * price[0] + 10.0 * price[1] + 1.0 * price[2]
    assert vars(found.pop(carrier)) == pytest.approx(
        {"cost_eur": cost, "income_eur": 0.0, "co2_kg": 111.0 * FACTORS[carrier]}
    )
    assert all(vars(other) == {"cost_eur": 0.0, "income_eur": 0.0, "co2_kg": 0.0} for other in found.values())


def test_what_is_sold_earns_and_credits_no_emissions() -> None:
    found = crossed({"electricity": [10.0, 0.0, 0.0]}, sold=(0.0, 50.0, 100.0))["electricity"]
    assert vars(found) == pytest.approx({"cost_eur": 1.0, "income_eur": 50 * 0.02 + 100 * 0.03, "co2_kg": 0.4})


def test_buildings_wood_is_bought_at_their_own_price() -> None:
    found = crossed({"biomass": [100.0, 50.0, 20.0]}, wood=20.0)["biomass"]
    assert found.cost_eur == pytest.approx(170 * 0.03 - 60 * 0.03 + 60 * 0.07)


def test_only_the_fossil_half_of_waste_emits() -> None:
    twin: Any = SimpleNamespace(factors=emission_factors_of("FI"))
    assert emission_factors(twin, dict.fromkeys(FACTORS)) == pytest.approx(FACTORS)
