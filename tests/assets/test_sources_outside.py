"""What comes over the border: tariffs by the local clock, fuels, gas, district heat."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets._errors import InputError
from assets.catalogue import table
from assets.sources import (
    Delivery,
    fuel_delivery,
    fuel_energy_kwh,
    fuel_kinds,
    municipal_waste,
    outside_electricity,
    outside_gas,
    outside_heat,
    peak_valley,
    pv_technology,
    steady,
    time_of_use_tariffs,
)

ZONE = "Europe/Helsinki"
TARIFFS = list(time_of_use_tariffs()["tariff"].unique())


def span(begin: str, end: str, zone: str = ZONE) -> pd.DatetimeIndex:
    return pd.date_range(
        pd.Timestamp(begin, tz=zone), pd.Timestamp(end, tz=zone), freq="h", inclusive="left"
    ).tz_convert("UTC")


def test_night_is_cheap_from_22_to_7() -> None:
    """Helen Sähköverkko: 2.59 c/kWh by day, 1.35 c/kWh by night, seven days a week."""
    found = peak_valley("helen_distribution", span("2024-01-06", "2024-01-07"), ZONE)
    wanted = [0.0135] * 7 + [0.0259] * 15 + [0.0135] * 2
    np.testing.assert_allclose(found.price_eur_kwh, wanted)
    assert found.band[8] == "peak"


@pytest.mark.parametrize(("day", "night"), [("2024-03-31", 8), ("2024-10-27", 10), ("2024-06-05", 9)])
def test_the_night_of_the_change_has_an_hour_less_or_more(day: str, night: int) -> None:
    """The clock goes from 3 to 4 in March and from 4 back to 3 in October: 8 and 10 hours of valley, never 9."""
    hours = span(day, str((pd.Timestamp(day) + pd.Timedelta(days=1)).date()))
    found = peak_valley("helen_distribution", hours, ZONE)
    assert len(hours) == 15 + night
    assert (found.band == "valley").sum() == night
    local = hours.tz_convert(ZONE)
    np.testing.assert_array_equal(found.band == "peak", (local.hour >= 7) & (local.hour < 22))


def test_winter_weekdays_of_the_seasonal_tariff() -> None:
    """November to March, Monday to Saturday, 7 to 22 h; a holiday counts as a Sunday."""
    hours = span("2023-01-01", "2024-01-01")
    found = peak_valley("fi_seasonal", hours, ZONE, holidays=[date(2023, 12, 6)])
    local = hours.tz_convert(ZONE)
    winter = np.isin(local.month, [11, 12, 1, 2, 3])
    # A Wednesday: Independence Day.
    feast = (local.month == 12) & (local.day == 6)
    wanted = winter & (local.dayofweek < 6) & (local.hour >= 7) & (local.hour < 22) & ~feast
    np.testing.assert_array_equal(found.band == "peak", wanted)


def test_peak_flat_and_valley_of_beijing() -> None:
    """Eight hours each, as 1.6 to 1 to 0.4; in July three of the hours are sharper by a fifth."""
    spring = peak_valley("beijing_industry", span("2024-04-15", "2024-04-16", "Asia/Shanghai"), "Asia/Shanghai")
    bands, counts = np.unique(spring.band, return_counts=True)
    assert dict(zip(bands, counts, strict=True)) == {"flat": 8, "peak": 8, "valley": 8}
    prices = {band: spring.price_eur_kwh[spring.band == band][0] for band in bands}
    assert prices["peak"] / prices["flat"] == pytest.approx(1.6)
    assert prices["valley"] / prices["flat"] == pytest.approx(0.4)
    july = peak_valley("beijing_industry", span("2024-07-15", "2024-07-16", "Asia/Shanghai"), "Asia/Shanghai")
    assert (july.band == "sharp").sum() == 3
    assert july.price_eur_kwh.max() == pytest.approx(1.2 * prices["peak"])


@given(st.sampled_from(TARIFFS), st.datetimes(pd.Timestamp("2020-01-01"), pd.Timestamp("2030-01-01")))
def test_every_hour_of_every_tariff_has_one_price_of_its_rows(tariff: str, moment: pd.Timestamp) -> None:
    hours = pd.date_range(pd.Timestamp(moment).floor("h"), periods=48, freq="h", tz="UTC")
    found = peak_valley(tariff, hours, ZONE)
    rows = time_of_use_tariffs().query("tariff == @tariff")
    assert set(found.price_eur_kwh) <= set(rows["price_eur_kwh"])
    assert set(found.band) <= set(rows["band"])


def test_a_tariff_with_a_gap_is_refused() -> None:
    rows = time_of_use_tariffs().query("tariff == 'helen_distribution' and band == 'peak'")
    with pytest.raises(InputError, match="has no band for 9 hours"):
        peak_valley("helen_distribution", span("2024-01-06", "2024-01-07"), ZONE, tariffs=rows)
    with pytest.raises(InputError) as caught:
        peak_valley("flat_rate", pd.date_range("2024-01-01", periods=3, freq="h"), ZONE)
    assert len(caught.value.findings) == 2


def test_a_year_at_finland_s_spot_prices(shared_data: Path) -> None:
    """Bought through the year at 1 kW: the sum of the hours' prices; sold back: less by the margin."""
    spot = pd.read_csv(shared_data / "measured" / "fi_spot_2023_ckwh_incl_vat.csv")
    price = spot.iloc[:, -1].to_numpy(dtype=float) / 100
    price = price[np.isfinite(price)]
    grid = outside_electricity(price, adders_eur_kwh=0.07)
    ones = np.ones(len(price))
    assert grid.cost_eur(ones) == pytest.approx((price + 0.07).sum())
    assert grid.cost_eur(0 * ones, ones) == pytest.approx(-(price - 0.003).sum())
    assert price.min() < 0 < grid.fossil_kgco2(ones)


@settings(max_examples=50)
@given(st.lists(st.floats(-1.0, 5.0), min_size=1, max_size=30), st.floats(0.0, 0.2), st.floats(0.0, 0.1))
def test_nobody_earns_by_buying_and_selling_at_once(prices: list[float], adders: float, margin: float) -> None:
    grid = outside_electricity(prices, adders_eur_kwh=adders, feed_in_margin_eur_kwh=margin)
    assert (grid.taken_back_eur_kwh <= grid.price_eur_kwh).all()
    many = np.full(len(prices), 10.0)
    assert grid.cost_eur(many, many) >= -1e-9


def test_district_heat_costs_what_the_months_do() -> None:
    hours = span("2023-01-01", "2024-01-01")
    heat = outside_heat(hours, ZONE, taken_back_kw=100.0, taken_back_share=0.5)
    rows = table("tariffs_fi").query("carrier == 'heat'").set_index("month")["eur_kwh"]
    local = hours.tz_convert(ZONE)
    np.testing.assert_allclose(heat.price_eur_kwh, rows.loc[local.month])
    np.testing.assert_allclose(heat.taken_back_eur_kwh, 0.5 * heat.price_eur_kwh)
    assert heat.fossil_kgco2_kwh[0] == pytest.approx(0.162)
    assert heat.carrier == "heat"


def test_fuels_emit_what_the_classification_says() -> None:
    """Statistics Finland: natural gas 55.3, oil 73.1, mixed waste 40 and SRF 31.8 t/TJ of fossil CO2; wood none."""
    for fuel, per_tj in [
        ("natural_gas", 55.3),
        ("light_fuel_oil", 73.1),
        ("mixed_waste", 40.0),
        ("recovered_fuel", 31.8),
    ]:
        found = fuel_delivery(fuel, 1)
        assert found.fossil_kgco2_kwh[0] == pytest.approx(per_tj * 3.6 / 1000, rel=0.01), fuel
    chips = fuel_delivery("forest_chips", 1)
    assert chips.fossil_kgco2_kwh[0] == 0.0
    assert chips.biogenic_kgco2_kwh[0] == pytest.approx(112 * 3.6 / 1000, rel=0.01)
    kinds = fuel_kinds()
    assert kinds["biogenic_share"].between(0, 1).all()
    # Lower heating values in MJ/kg: from wet waste to methane's 50.
    assert (kinds["lhv_kwh_kg"] * 3.6).between(8, 50).all()


def test_waste_of_a_city_for_a_year() -> None:
    """Vantaa's plant burns 374 000 t a year, from memory, of some 1.4 million people: 940 to 1250 GWh of fuel."""
    waste = municipal_waste(1_400_000)
    assert 940e6 < waste.yearly_kwh < 1250e6
    assert waste.carrier == "waste"
    assert fuel_energy_kwh("wood_pellets", 1000.0) == pytest.approx(4700.0)


def test_gas_with_biomethane_in_it() -> None:
    gas = outside_gas(24, biogas_share=0.25)
    assert gas.fossil_kgco2_kwh[0] == pytest.approx(0.75 * 0.199)
    assert gas.biogenic_kgco2_kwh[0] > 0
    assert gas.carrier == "gas"
    with pytest.raises(InputError, match="biogas_share"):
        outside_gas(biogas_share=2.0)


def test_photovoltaics_give_what_they_are_given() -> None:
    found = pv_technology([0.0, 5.0])
    assert found.must_run
    np.testing.assert_allclose(found.loss, 0.0)


def test_bad_deliveries_are_refused_with_all_findings() -> None:
    with pytest.raises(InputError) as caught:
        Delivery("sun", np.ones(2), np.array([np.nan, 1.0]), np.ones(3), -np.ones(2), np.ones(2), np.ones(2), -1.0)
    assert len(caught.value.findings) == 5
    with pytest.raises(InputError, match="more than it asks"):
        steady("electricity", 3, 0.1, taken_back_kw=5.0, taken_back_eur_kwh=0.2)
    with pytest.raises(InputError, match="no fuel peat"):
        fuel_delivery("peat")
    with pytest.raises(InputError, match="taken_back_share"):
        outside_heat(span("2024-01-01", "2024-01-02"), ZONE, taken_back_share=1.5)
