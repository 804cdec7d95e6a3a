"""Heating systems of buildings and what they take to meet the demand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets._errors import InputError
from assets.building_systems.heating_stock import heating_as_it_is, heating_shares, plot_ratio
from assets.building_systems.supply import Site, cooling_systems, heat_supply, heating_systems
from assets.carriers import RETAIL
from tests.assets.clock import clock


def demands(n: int, hours: int = 3, **kw: float) -> dict[str, np.ndarray]:
    names = ("space_heat_kw", "hot_water_kw", "cooling_kw", "appliances_kw", "lighting_kw")
    return {name: np.full((n, hours), kw.get(name, 0.0), dtype=np.float32) for name in names}


def stock(n: int, use: str = "apartment_block", year: int = 1965, **columns: list[str]) -> pd.DataFrame:
    frame = pd.DataFrame({"use": [use] * n, "construction_year": [year] * n, **columns})
    return frame.set_axis([f"w{i}" for i in range(n)])


def test_every_catalogue_row_has_a_source_and_makes_sense() -> None:
    systems = heating_systems()
    assert set(systems["carrier"].dropna()) <= set(RETAIL)
    assert systems["source"].str.len().gt(10).all()
    burners = systems[systems["carrier"].isin(["gas", "oil", "biomass", "heat"])]
    assert burners["space_heat_efficiency"].between(0.5, 1.0).all(), "no fire gives more heat than it burns"
    chillers = cooling_systems()["carrier"] == "electricity"
    assert cooling_systems()["seer"][chillers].between(2, 6).all()


def test_shares_of_each_group_add_up_and_name_systems_of_the_catalogue() -> None:
    shares = heating_shares("FI")
    sums = shares.groupby(["area", "use_group", "built_from", "built_to"])["share"].sum()
    np.testing.assert_allclose(sums, 1.0, atol=1e-9)
    assert set(shares["system"]) <= set(heating_systems().index)
    for area in ("dense", "open"):
        for group in ("house", "large"):
            rows = shares[(shares["area"] == area) & (shares["use_group"] == group)]
            for year in (1850, 1959, 1960, 1979, 1980, 2024):
                hit = rows[(rows["built_from"] <= year) & (rows["built_to"] >= year)]
                assert hit["share"].sum() == pytest.approx(1.0), (area, group, year)


def test_a_country_without_a_table_takes_the_finnish_one() -> None:
    pd.testing.assert_frame_equal(heating_shares("XX"), heating_shares("FI"))


def test_a_tagged_system_stays_and_says_so() -> None:
    buildings = stock(3, heating_system=["oil_boiler", "", None], heating_system_source=["tagged", "", None])  # type: ignore[list-item]
    found = heating_as_it_is(buildings, np.ones(3, dtype=bool))
    assert found["heating_system"].iloc[0] == "oil_boiler"
    assert list(found["heating_system_source"]) == ["tagged", "default", "default"]


def test_blocks_of_flats_in_a_centre_are_on_district_heat() -> None:
    """Over 90 % of the heated floor area of Helsinki (Statistics Finland, StatFin 116i)."""
    found = heating_as_it_is(stock(2000), np.ones(2000, dtype=bool))
    share = (found["heating_system"] == "district_heating").mean()
    assert share == pytest.approx(0.97, abs=0.02)  # five standard deviations of 2000 draws


def test_houses_of_the_sixties_outside_the_centre_burn_oil_more_than_those_of_the_nineties() -> None:
    outside = np.zeros(2000, dtype=bool)
    old = heating_as_it_is(stock(2000, "detached_house", 1965), outside)["heating_system"]
    new = heating_as_it_is(stock(2000, "detached_house", 1995), outside)["heating_system"]
    assert (old == "oil_boiler").mean() > 3 * (new == "oil_boiler").mean()
    assert (new == "direct_electric").mean() > 0.5


def test_garages_have_no_heating() -> None:
    assert set(heating_as_it_is(stock(20, "garage"), np.ones(20, dtype=bool))["heating_system"]) == {"none"}


def test_the_draw_is_of_the_building_and_not_of_its_place_in_the_table() -> None:
    all_of_them = heating_as_it_is(stock(300, "detached_house"), np.zeros(300, dtype=bool), seed=3)
    half = heating_as_it_is(stock(300, "detached_house").iloc[::2], np.zeros(150, dtype=bool), seed=3)
    pd.testing.assert_frame_equal(all_of_them.iloc[::2], half)
    other = heating_as_it_is(stock(300, "detached_house"), np.zeros(300, dtype=bool), seed=4)
    assert (other["heating_system"] != all_of_them["heating_system"]).any()


def test_an_unknown_tagged_system_names_the_building_and_the_choice() -> None:
    with pytest.raises(InputError, match=r"w1 \(peat_stove\).*district_heating"):
        heating_as_it_is(stock(2, heating_system=["", "peat_stove"]), np.ones(2, dtype=bool))


def test_final_energy_by_hand() -> None:
    """10 kW of space heat and 2 kW of hot water: 12 / 0.97 of district heat; 3 kW of cold at 3.0: 1 kW."""
    supply = heat_supply(
        ["district_heating", "direct_electric"],
        clock(3),
        **demands(2, space_heat_kw=10, hot_water_kw=2, cooling_kw=3, appliances_kw=4, lighting_kw=1),
    )
    np.testing.assert_allclose(supply.heating_input_kwh[:, 0], [12 / 0.97, 10 + 2 / 0.88], rtol=1e-6)
    np.testing.assert_allclose(supply.load_kwh[:, 0], [6.0, 6 + 10 + 2 / 0.88], rtol=1e-6)
    np.testing.assert_allclose(supply.conversion_loss_kwh[:, 0], [12 / 0.97 - 12, 2 / 0.88 - 2], rtol=1e-5)
    np.testing.assert_allclose(supply.by_carrier["heat"].sum(axis=1), [36 / 0.97, 0], rtol=1e-6)
    assert supply.by_carrier["gas"].sum() == 0


def site(n: int, air_temp_c: float = 0.0, hours: int = 3) -> Site:
    return Site(np.full(hours, air_temp_c), ["radiator"] * n, np.full(n, 1970))


def test_a_heat_pump_draws_the_rest_from_outside_and_more_of_it_when_it_is_mild() -> None:
    kw = demands(2, space_heat_kw=9, hot_water_kw=2)
    models = ["ground_source_heat_pump", "air_water_heat_pump"]
    cold, mild = (heat_supply(models, clock(kw["space_heat_kw"]), **kw, site=site(2, air)) for air in (-15.0, 5.0))
    for found in (cold, mild):
        np.testing.assert_array_equal(found.heating_input_kwh + found.ambient_heat_kwh, np.float32(11.0))
        np.testing.assert_array_equal(found.load_kwh, found.heating_input_kwh)
        assert not found.conversion_loss_kwh.any()
        assert (found.pump_kw > 0).all()
    assert (mild.heating_input_kwh < cold.heating_input_kwh).all()


def test_heat_pumps_need_to_know_the_weather() -> None:
    with pytest.raises(InputError, match="outdoor air"):
        heat_supply(["air_water_heat_pump"], clock(3), **demands(1, space_heat_kw=1))


def test_heat_without_a_system_is_refused() -> None:
    with pytest.raises(InputError, match="no heating system"):
        heat_supply(["none"], clock(3), **demands(1, space_heat_kw=1))
    with pytest.raises(InputError, match="no heating system magic"):
        heat_supply(["magic"], clock(3), **demands(1))


def test_plot_ratio_by_hand() -> None:
    """Two buildings 10 m apart and one 1 km away, in circles of 100 m radius."""
    found = plot_ratio(np.array([0.0, 10.0, 1000.0]), np.zeros(3), np.array([1000.0, 500.0, 300.0]), radius_m=100)
    np.testing.assert_allclose(found, np.array([1500, 1500, 300]) / (np.pi * 1e4))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.floats(0, 2e4, width=32), min_size=10, max_size=10),
    st.sampled_from(list(heating_systems().index.drop("none"))),
)
def test_every_hour_s_identity_holds_exactly_in_single_precision(powers: list[float], system: str) -> None:
    """Not to a tolerance: every energy is a multiple of the building's grid and below 2^24 of it."""
    names = ("space_heat_kw", "hot_water_kw", "cooling_kw", "appliances_kw", "lighting_kw")
    given_kw = {name: np.array([powers[2 * i : 2 * i + 2]], dtype=np.float32) for i, name in enumerate(names)}
    s = heat_supply([system], clock(2), **given_kw, site=site(1, hours=2))
    heat = s.space_heat_kwh + s.hot_water_kwh
    np.testing.assert_array_equal(s.heating_input_kwh + s.ambient_heat_kwh, heat + s.conversion_loss_kwh)
    into_heat = s.heating_input_kwh if s.carrier[0] == "electricity" else np.float32(0)
    np.testing.assert_array_equal(s.load_kwh, s.appliances_kwh + s.lighting_kwh + s.cooling_electricity_kwh + into_heat)
    for name, kw in given_kw.items():
        kept = getattr(s, name.replace("_kw", "_kwh"))
        # The grid is at least 2^-23 of the largest hour of everything together.
        np.testing.assert_allclose(kept, kw, atol=3.0 * float(s.grid_kwh[0]))
    total = max(sum(powers), 1e-3)
    assert s.grid_kwh[0] <= total * 8 * 2.0**-23
