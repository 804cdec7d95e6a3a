"""Differences, what is taken along, and the memory of views."""

# ruff: noqa: PD011  `values` is a field of what is shown, not of a table

from __future__ import annotations

import dataclasses
import gc
import io
import json
import weakref

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import twin
from apps.api import create_api
from apps.map.view.deck import palette
from apps.views.bounded_cache import BoundedCache, cached_by_stamp
from apps.views.building_export import as_csv, as_geojson, building_table
from apps.views.district_views import Views
from apps.views.map_comparison import compare_quantity
from apps.views.map_quantities import map_quantity
from apps.views.python_snippet import snippet
from apps.views.quantities import CLASSES
from apps.views.view import View
from tests.apps.asking import Client
from twin.scenario import PvEdit, RetrofitEdit, Scenario, Where


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    where = Where(use=("office",))
    return Scenario(name="offices", edits=(PvEdit(share=0.5, where=where), RetrofitEdit(level="deep", where=where)))


@pytest.fixture(scope="module")
def changed(views: Views, view: View, scenario: Scenario) -> View:
    return views.open("helsinki-centre", views.key_of(scenario))


def test_the_difference_is_view_less_baseline_with_zero_in_the_middle(view: View, changed: View) -> None:
    what = compare_quantity(changed, view, "heat", "winter_weekday", "difference")
    expected = (
        map_quantity(changed, "heat", "winter_weekday").values - map_quantity(view, "heat", "winter_weekday").values
    )
    np.testing.assert_allclose(what.values, np.nan_to_num(expected), atol=1e-6)
    low, high = what.scale
    assert low == -high
    offices = (view.buildings["use"] == "office").to_numpy()
    assert (what.classes[:, ~offices] == CLASSES).all(), "what the scenario leaves alone is grey"
    assert (what.classes[8, offices & (what.values[8] < 0)] < CLASSES // 2).all(), "less is blue"
    backwards = compare_quantity(view, changed, "heat", "winter_weekday", "difference")
    np.testing.assert_allclose(backwards.values, -what.values, atol=1e-6)


def test_panels_where_none_were_count_from_zero(view: View, changed: View) -> None:
    what = compare_quantity(changed, view, "solar", "summer_weekday", "difference")
    assert what.values.max() > 0
    assert what.values.min() == 0


def test_side_by_side_has_one_scale(view: View, changed: View) -> None:
    for key, day in (("heat", "winter_weekday"), ("solar", "summer_weekday"), ("co2_kg_m2", "year")):
        first = compare_quantity(view, changed, key, day, "beside")
        second = compare_quantity(changed, view, key, day, "beside")
        assert first.scale == second.scale
        same = np.isclose(first.values, second.values)
        np.testing.assert_array_equal(first.classes[same], second.classes[same])


def test_the_diverging_colours_are_pale_in_the_middle_and_mirror_in_weight() -> None:
    light = [sum(colour) for colour in palette.DIVERGING]
    assert len(light) == CLASSES
    assert max(light[15], light[16]) == max(light)
    assert light[:16] == sorted(light[:16])
    assert light[16:] == sorted(light[16:], reverse=True)


def test_a_view_that_is_dropped_takes_what_was_prepared_with_it(view: View) -> None:
    views = Views({view.district.name: view.district}, limit_bytes=0)
    ids = list(view.buildings.index[:4])
    gone = []
    for name in ids:
        made = Scenario(name="own", edits=(PvEdit(share=0.5, where=Where(buildings=(str(name),))),))
        opened = views.open(view.district.name, views.key_of(made))
        map_quantity(opened, "heat", "winter_weekday")
        gone.append(weakref.ref(opened))
        del opened
    gc.collect()
    assert len(views.ready()) <= 2
    assert [found() is None for found in gone[:2]] == [True, True]


def test_the_same_edits_are_the_same_view_whatever_they_are_called(views: Views) -> None:
    edits = (PvEdit(share=0.25),)
    first = views.key_of(Scenario(name="one", title="One", edits=edits))
    assert first == views.key_of(Scenario(name="two", edits=(PvEdit(share=0.75), *edits)))
    assert views.key_of(Scenario(name="empty")) == "as-is"


def test_answers_are_remembered_by_what_a_view_shows(view: View) -> None:
    asked: list[int] = []

    @cached_by_stamp
    def double(_view: View, number: int) -> int:
        asked.append(number)
        return 2 * number

    same = dataclasses.replace(view)
    other = dataclasses.replace(view, stamp="another")
    assert [double(one, n) for one, n in ((view, 1), (view, 2), (same, 1), (other, 1))] == [2, 4, 2, 2]
    assert asked == [1, 2, 1]


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 120)), max_size=60), st.integers(1, 3))
def test_a_cache_holds_no_more_bytes_than_it_may_and_what_was_asked_for_last(
    puts: list[tuple[int, int]], least: int
) -> None:
    cache: BoundedCache[int, bytes] = BoundedCache(200, len, least=least)
    last: list[int] = []
    for key, size in puts:
        cache.put(key, bytes(size))
        last = [key, *(old for old in last if old != key)]
        kept = {old for old in last if old in cache}
        assert cache.used_bytes == sum(map(len, cache.values()))
        assert cache.used_bytes <= 200 or len(kept) <= least
        assert kept == set(last[: len(kept)]), "what was asked for longest ago goes first"


def test_the_files_hold_what_the_map_shows(changed: View, view: View) -> None:
    table = building_table(changed, "heat", ("winter_weekday", 8), "fi")
    np.testing.assert_array_equal(table["value"], map_quantity(changed, "heat", "winter_weekday").values[8])
    read = pd.read_csv(io.BytesIO(as_csv(table)), index_col="building_id")
    np.testing.assert_allclose(read["value"], table["value"])
    found = json.loads(as_geojson(changed, table))
    assert [feature["id"] for feature in found["features"]] == list(table.index)
    assert "OpenStreetMap" in found["about"]["attribution"][0]
    change = building_table(changed, "heat", ("winter_weekday", 8), "en", less=view)
    assert change["value"].min() < 0
    kinds = building_table(changed, "use", ("winter_weekday", 8), "sv")
    assert "Kontor" in set(kinds["value"])


@pytest.mark.parametrize(
    ("key", "day", "step"),
    [("heat", "winter_weekend", 7), ("solar", "sunniest", 12), ("indoor", "year", 6), ("co2_kg_m2", "year", 0),
     ("pv_kwh", "winter_weekday", 3), ("heating", "winter_weekday", 3), ("height", "winter_weekday", 3)],
)  # fmt: skip
def test_the_python_that_is_shown_gives_the_figures_of_the_map(
    changed: View, scenario: Scenario, key: str, day: str, step: int
) -> None:
    known: dict[str, pd.Series] = {}
    text = snippet(changed, scenario, key, day, step)
    assert text.startswith("import twin")
    exec(text, known)  # noqa: S102  what a user would run
    table = building_table(changed, key, (day, step), "en")
    found = known["shown"].reindex(table.index)
    if key == "heating":
        assert (found.fillna("none") == changed.buildings["heating_system"].fillna("none")).all()
        return
    wanted = table["value"].to_numpy(dtype=float)
    # A building that never has any is drawn as having none; in figures that is zero.
    np.testing.assert_allclose(found.to_numpy(dtype=float), np.nan_to_num(wanted), rtol=2e-4, atol=2e-3)


def test_the_maps_frame_comes_from_our_own_service_alone(views: Views, scenario: Scenario) -> None:
    client = Client(create_api(views))
    page = client.get("/decks").text
    assert "http" not in page
    assert "createDeck" in client.get("/decks/deck.js").text
    assert "postMessage" in client.get("/decks/page.js").text
    query = {"scenario": views.key_of(scenario), "against": "as-is", "how": "difference", "quantity": "heat"}
    found = client.get("/districts/helsinki-centre/buildings.geojson", params=query)
    labels = [feature["properties"]["t8"] for feature in found.json()["features"]]
    assert any(label.startswith("\u2212") for label in labels)
    assert client.get("/districts/helsinki-centre/kpis", params={"scenario": "1broken"}).status_code == 422
    assert twin.__version__
