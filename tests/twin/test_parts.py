"""The twin's small parts: edges of footprints, prices, and what is remembered."""

from __future__ import annotations

import gc
import threading

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import MultiPolygon, Polygon, box

from gis_data import District
from twin._cache.memo import Budget, Memo, content_key
from twin._cache.rows import Rows
from twin.model.geometry import building_edges, land_around, roof_points
from twin.model.prices import PRICED, emission_factors_of, prices_of
from twin.scenario import parse_scenario
from twin.simulation.run import run


def test_edges_go_round_outlines_holes_and_parts_with_the_building_on_the_left() -> None:
    holed = Polygon(box(0, 0, 10, 10).exterior, [box(4, 4, 6, 6).exterior])
    parts = MultiPolygon([box(20, 0, 22, 2), box(30, 0, 33, 3)])
    edges = building_edges(gpd.GeoSeries([holed, parts]), np.array([5.0, 7.0]))
    assert len(edges.owner) == 4 + 4 + 4 + 4
    assert np.bincount(edges.owner).tolist() == [8, 8]
    assert edges.height_m.tolist() == [5.0] * 8 + [7.0] * 8
    lengths = np.hypot(edges.xy_m[:, 2] - edges.xy_m[:, 0], edges.xy_m[:, 3] - edges.xy_m[:, 1])
    assert lengths.sum() == pytest.approx(40 + 8 + 8 + 12)
    # Green's theorem: with the building on the left, the edges' sum is its area, holes taken off.
    x0, y0, x1, y1 = edges.xy_m.T
    area = np.bincount(edges.owner, weights=(x0 * y1 - x1 * y0) / 2)
    np.testing.assert_allclose(area, [100 - 4, 4 + 9])


def test_no_buildings_have_no_edges() -> None:
    assert building_edges(gpd.GeoSeries([]), np.zeros(0)).xy_m.shape == (0, 4)


def test_land_around_a_corner_is_a_quarter_of_the_circle() -> None:
    """And all of it in the middle; circles of 64 corners are 0.2 % small."""
    found = land_around(np.array([0.0, 500.0, 0.0]), np.array([0.0, 500.0, 500.0]), (0, 0, 1000, 1000), 100.0)
    np.testing.assert_allclose(found, np.pi * 1e4 * np.array([0.25, 1.0, 0.5]), rtol=0.01)


def test_a_roof_s_point_lies_on_the_roof_even_where_its_centre_does_not() -> None:
    around = Polygon(box(0, 0, 10, 10).exterior, [box(1, 1, 9, 9).exterior])
    points = roof_points(gpd.GeoDataFrame({"height_m": [12.0]}, geometry=[around]))
    assert points[0, 2] == 12.0
    assert around.covers(gpd.points_from_xy(points[:, 0], points[:, 1])[0])


def test_prices_by_hand_and_with_their_sources() -> None:
    prices = prices_of("FI")
    assert set(prices.eur_kwh) == set(PRICED)
    assert prices.eur_kwh["electricity"] == (pytest.approx(0.0572 + 0.005 + 0.0445 + 0.0283),) * 12
    assert prices.eur_kwh["heat"][0] == 0.12175, "Helen, January 2025"
    assert prices.eur_kwh["heat"][6] == 0.03996, "Helen, July 2024"
    months = np.array([1, 7, 12])
    np.testing.assert_array_equal(prices.hourly("heat", months), [0.12175, 0.03996, 0.12024])
    assert all(len(prices.source[carrier]) > 20 for carrier in PRICED)
    dearer = prices.with_price("gas", 0.2)
    assert (dearer.eur_kwh["gas"], dearer.source["gas"]) == ((0.2,) * 12, "edited")
    assert prices.eur_kwh["gas"] == (0.125,) * 12


def test_prices_are_of_the_size_that_statistics_tell() -> None:
    """Statistics Finland, Energy prices: households paid 14 c/kWh (2021, L2) for electricity, 8.4 for district heat."""
    prices = prices_of("FI").eur_kwh
    assert 0.10 < prices["electricity"][0] < 0.20
    heating_months = np.array([0.16, 0.15, 0.13, 0.09, 0.05, 0.02, 0.02, 0.02, 0.04, 0.08, 0.11, 0.13])
    assert 0.07 < float(heating_months @ np.array(prices["heat"])) < 0.12


def test_factors_follow_from_the_fuels_carbon() -> None:
    """Statistics Finland, fuel classification: natural gas 55.3 and light fuel oil 73.1 t/TJ."""
    factors = emission_factors_of("FI").kgco2_kwh
    assert factors["gas"] == pytest.approx(55.3 * 0.0036, abs=5e-4)
    assert factors["oil"] == pytest.approx(73.1 * 0.0036, abs=5e-4)
    assert factors["biomass"] == 0
    assert 0 < factors["electricity"] < factors["heat"] < factors["gas"]


def test_a_country_without_tariffs_takes_finland_s() -> None:
    assert prices_of("XX").eur_kwh == prices_of("FI").eur_kwh
    assert emission_factors_of("XX").kgco2_kwh == emission_factors_of("FI").kgco2_kwh


def test_what_nobody_asked_for_longest_goes_when_the_bytes_are_spent() -> None:
    memo = Memo(2_500_000)
    for key in ("a", "b", "a", "c", "a", "b"):
        memo.get("stage", key, lambda: np.zeros(125_000))
    assert memo.computed == ["stage"] * 4, "two megabytes fit: a once, b twice, c once"
    memo.clear()
    assert memo.get("stage", "a", lambda: "new") == "new"


def test_shared_arrays_count_once_and_nothing_larger_than_the_budget_is_kept() -> None:
    budget = Budget(3_000_000)
    one, other = Memo(budget), Memo(budget)
    array = np.zeros(250_000)
    one.get("stage", "whole", lambda: {"a": array, "table": pd.DataFrame({"x": array})})
    other.get("stage", "view", lambda: Rows(np.array([b"k"]), {"a": array[:10]}, 1))
    assert 2_000_000 <= budget.used_bytes < 2_100_000
    other.get("stage", "huge", lambda: np.zeros(1_000_000))
    assert 2_000_000 <= budget.used_bytes < 2_100_000, "it is handed over, and neither kept nor in the place of others"
    other.get("stage", "more", lambda: np.zeros(187_500))
    assert budget.used_bytes <= 3_000_000, "what the other memo holds gives way too"
    del one, other
    gc.collect()
    assert budget.used_bytes == 0, "what a memo held goes with it"


def test_six_edits_of_a_district_stay_within_the_budget(district: District) -> None:
    budget = Budget(9_000_000)
    memo = Memo(budget)
    for share in np.linspace(0.1, 0.6, 6):
        scenario = parse_scenario(f"name: x\nedits: [{{what: pv, share: {share}}}, {{what: retrofit, level: deep}}]")
        again = run(district, scenario, memo=memo)
        assert budget.used_bytes <= budget.limit_bytes
    assert again.dataset.identical(run(district, scenario, memo=Memo(0)).dataset)


def test_a_failed_stage_is_computed_again() -> None:
    memo = Memo()

    def fails() -> int:
        raise OSError("no weather")

    with pytest.raises(OSError, match="no weather"):
        memo.get("stage", "a", fails)
    assert memo.get("stage", "a", lambda: 1) == 1


def test_sessions_that_ask_at_once_compute_once() -> None:
    memo, started, results = Memo(), threading.Barrier(8), []

    def work() -> None:
        started.wait()
        results.append(memo.get("stage", "a", object))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(map(id, results))) == 1
    assert memo.computed == ["stage"]


def test_a_key_follows_content_and_nothing_else() -> None:
    frame = pd.DataFrame({"a": [1.0, 2.0], "b": ["x", "y"]}, index=["w1", "w2"])
    assert content_key(frame, {"k": (1, "s")}) == content_key(frame.copy(), {"k": (1, "s")})
    shapes = gpd.GeoDataFrame({"a": [1]}, geometry=[box(0, 0, 1, 1)])
    moved = gpd.GeoDataFrame({"a": [1]}, geometry=[box(0, 0, 1, 2)])
    assert content_key(shapes) == content_key(shapes.copy())
    others = [
        frame.assign(a=[1.0, 2.5]),
        frame.assign(b=["x", "z"]),
        frame.rename(columns={"a": "c"}),
        frame.set_axis(["w1", "w3"]),
        frame.iloc[::-1],
        frame.astype({"a": "float32"}),
    ]
    keys = [content_key(other) for other in (frame, shapes, moved, *others)]
    assert len(set(keys)) == len(keys)
    hours = pd.date_range("2025-01-01", periods=3, freq="h", tz="UTC")
    assert content_key(hours) != content_key(hours + pd.Timedelta(hours=1))
    assert content_key(prices_of("FI")) != content_key(prices_of("FI").with_price("gas", 1.0))


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(allow_nan=True), max_size=5), st.lists(st.floats(allow_nan=True), max_size=5))
def test_arrays_share_a_key_only_where_their_bytes_are_the_same(a: list[float], b: list[float]) -> None:
    first, second = np.array(a), np.array(b)
    same = first.shape == second.shape and first.tobytes() == second.tobytes()
    assert (content_key(first) == content_key(second)) == same
