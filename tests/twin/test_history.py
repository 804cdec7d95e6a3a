"""Undo, redo, links, differences and combinations of scenarios."""

from __future__ import annotations

import base64
import json
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twin._errors import ScenarioError
from twin.scenario import (
    BatteryEdit,
    ChargersEdit,
    ChargingEdit,
    EmissionFactorsEdit,
    HeatingEdit,
    History,
    PricesEdit,
    PvEdit,
    RetrofitEdit,
    Scenario,
    SetpointsEdit,
    WeatherEdit,
    Where,
    combine,
    conflicts,
    decode_scenario,
    diff,
    encode_scenario,
    list_presets,
    load_scenario,
    parse_scenario,
    simplified,
    tell,
    with_edits,
)
from twin.texts import LANGUAGES

AREA = {"type": "Polygon", "coordinates": [[[24.94, 60.16], [24.96, 60.16], [24.96, 60.18], [24.94, 60.16]]]}
METRES = {
    "type": "Polygon",
    "coordinates": [[[385000, 6672000], [385001, 6672000], [385001, 6672001], [385000, 6672000]]],
}
wheres = st.sampled_from(
    [
        Where(),
        Where(use=("office",)),
        Where(buildings=("w1",)),
        Where(area=AREA),
        Where(oldest=0.5),
        Where(built_before=1970),
    ]
)
shares = st.sampled_from([0.0, 0.25, 0.5, 1.0])
edits = st.one_of(
    st.builds(PvEdit, share=shares, where=wheres),
    st.builds(RetrofitEdit, level=st.sampled_from(["none", "light", "deep"]), share=shares, where=wheres),
    st.builds(HeatingEdit, system=st.sampled_from(["oil_boiler", "ground_source_heat_pump"]), where=wheres),
    st.builds(HeatingEdit, system=st.just("gas_boiler"), where=st.just(Where(heating_system=("oil_boiler",)))),
    st.builds(SetpointsEdit, heating_c=st.sampled_from([19.0, 22.0]), where=wheres),
    st.builds(SetpointsEdit, cooling_c=st.just(26.0)),
    st.builds(BatteryEdit, kwh_per_kwp=shares, where=wheres),
    st.builds(ChargersEdit, cars=shares, where=wheres),
    st.builds(ChargingEdit, control=st.sampled_from(["smart", "uncontrolled"])),
    st.builds(PricesEdit, gas_eur_kwh=shares),
    st.builds(PricesEdit, oil_eur_kwh=shares),
    st.builds(EmissionFactorsEdit, electricity_kgco2_kwh=shares),
    st.builds(WeatherEdit, shift_c=st.sampled_from([1.0, 2.0])),
)
scenarios = st.builds(
    Scenario, name=st.just("test"), title=st.text(max_size=20), edits=st.lists(edits, max_size=8).map(tuple)
)


@given(scenarios, st.lists(edits, min_size=1, max_size=5))
def test_undo_takes_back_what_apply_did_and_redo_brings_it_again(scenario: Scenario, new: list) -> None:
    history = History.start(scenario)
    states = [history]
    for edit in new:
        history = history.apply(edit)
        if history.present != states[-1].present:
            states.append(history)
    for before in reversed(states[:-1]):
        history = history.undo()
        assert history.present == before.present
        assert history.past == before.past
    assert not history.can_undo
    for after in states[1:]:
        history = history.redo()
        assert (history.present, history.past) == (after.present, after.past)
    assert len(history.labels()) == len(states)


def test_what_cannot_be_undone_says_so_and_a_new_edit_forgets_what_was_undone() -> None:
    history = History.start(load_scenario("as-is"))
    with pytest.raises(ScenarioError, match="nothing to undo"):
        history.undo()
    history = history.apply(PvEdit(share=0.5)).undo().apply(PvEdit(share=0.3))
    with pytest.raises(ScenarioError, match="nothing to redo"):
        history.redo()
    named = history.replace(load_scenario("deep-retrofit"))
    assert named.labels() == (
        "As it is",
        "Solar panels on 30\u00a0% of the usable roof · everywhere",
        "Deep retrofit of the oldest third",
    )
    assert named.undo().present.edits == (PvEdit(share=0.3),)


@given(st.lists(edits, max_size=8))
def test_simplifying_twice_is_simplifying_once_and_the_last_word_stays(given_edits: list) -> None:
    once = simplified(given_edits)
    assert simplified(once) == once
    assert len(once) <= len(given_edits)
    if given_edits and given_edits[-1].what == "pv":
        assert once[-1] == given_edits[-1]


def test_a_slider_moved_ten_times_leaves_one_edit() -> None:
    scenario = load_scenario("as-is")
    for step in range(1, 11):
        scenario = with_edits(scenario, PvEdit(share=step / 10, where=Where(use=("office",))))
    assert scenario.edits == (PvEdit(share=1.0, where=Where(use=("office",))),)
    some = with_edits(scenario, RetrofitEdit(level="deep", share=0.5), RetrofitEdit(level="light", share=0.2))
    assert len(some.edits) == 3, "a smaller share leaves something of a larger one"
    fuel = [PricesEdit(gas_eur_kwh=0.1, oil_eur_kwh=0.2), PricesEdit(gas_eur_kwh=0.3)]
    assert with_edits(Scenario(name="a"), *fuel).edits == (PricesEdit(gas_eur_kwh=0.3, oil_eur_kwh=0.2),)


@settings(max_examples=50)
@given(scenarios)
def test_a_link_brings_back_the_same_scenario(scenario: Scenario) -> None:
    text = encode_scenario(scenario)
    assert decode_scenario(text) == scenario
    assert set(text) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


def packed(data: object) -> str:
    return "1" + base64.urlsafe_b64encode(zlib.compress(json.dumps(data).encode())).decode().rstrip("=")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "version"),
        ("2abc", "version"),
        (encode_scenario(load_scenario("everything"))[:-9], "cut off"),
        ("1!!!", "cut off"),
        ("1" + base64.urlsafe_b64encode(zlib.compress(b"0" * 10_000_000)).decode(), "cut off"),
        ("1" + "A" * 70_000, "too long"),
        (packed([1]), "cut off"),
        (packed({"name": "a", "edits": [{"what": "pv", "shar": 1}]}), "no key shar, did you mean share"),
        (packed({"name": "a", "edits": [{"what": "weather", "file": "/etc/passwd"}]}), "cannot carry files"),
        (packed({"name": "a", "edits": [{"what": "add_buildings", "file": "x.json"}]}), "cannot carry files"),
    ],
)
def test_a_broken_or_strange_link_is_told_in_words(text: str, words: str) -> None:
    with pytest.raises(ScenarioError, match=words):
        decode_scenario(text)


@given(scenarios, scenarios)
def test_no_difference_means_the_same_edits(a: Scenario, b: Scenario) -> None:
    assert diff(a, a) == ()
    assert (diff(a, b) == ()) == (simplified(a.edits) == simplified(b.edits))
    for change, back in zip(diff(a, b), diff(b, a), strict=False):
        assert all(change.told(language) for language in LANGUAGES)
        assert len(diff(a, b)) == len(diff(b, a))
        assert back.what


def test_differences_in_words() -> None:
    before = parse_scenario(
        "name: a\nedits: [{what: pv, share: 0.5}, {what: prices, gas_eur_kwh: 0.1, oil_eur_kwh: 0.2}]"
    )
    after = parse_scenario(
        "name: b\nedits: [{what: pv, share: 0.7}, {what: prices, gas_eur_kwh: 0.1},"
        "{what: heating, system: oil_boiler, where: {use: [office]}}]"
    )
    assert [change.sentence for change in diff(before, after)] == [
        (
            "Solar panels on 70\u00a0% of the usable roof instead of "
            "solar panels on 50\u00a0% of the usable roof · everywhere"
        ),
        "No longer: Prices: oil 20 c/kWh",
        "New: Heating: oil boiler · office",
    ]


def test_combined_scenarios_hold_all_edits_and_the_later_wins() -> None:
    solar, retrofit = load_scenario("solar-roofs"), load_scenario("deep-retrofit")
    less = Scenario(name="less", title="Less", edits=(PvEdit(share=0.2),))
    both = combine(solar, retrofit)
    assert both.edits == (*solar.edits, *retrofit.edits)
    assert both.title == "Solar on all suitable roofs + Deep retrofit of the oldest third"
    last = combine(solar, retrofit, less)
    assert last.edits == (*retrofit.edits, *less.edits)
    assert conflicts(solar, retrofit) == ()
    assert "20\u00a0% of the usable roof" in conflicts(solar, less)[0]
    assert "Solar on all suitable roofs" in last.description
    with pytest.raises(ScenarioError, match="two districts"):
        combine(Scenario(name="a", district="x"), Scenario(name="b", district="y"))


def test_presets_are_what_a_planner_asks_for_in_three_languages() -> None:
    presets = list_presets()
    assert presets[0].name == "as-is"
    assert len(presets) >= 10
    for preset in presets:
        for language in ("en", "fi", "sv"):
            title, description = preset.told(language)
            assert title
            assert description
        assert len({preset.told(language)[0] for language in ("en", "fi", "sv")}) == 3
    assert {edit.what for preset in presets for edit in preset.edits} >= {
        "pv", "retrofit", "heating", "battery", "chargers", "charging", "weather"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{what: battery}", "takes one size"),
        ("{what: battery, kwh: 1, kwh_per_kwp: 1}", "takes one size"),
        ("{what: setpoints}", "says nothing"),
        ("{what: remove_buildings, where: {}}", "tear everything down"),
        ("{what: add_buildings}", "`features` or `file`"),
        ("{what: pv, share: 1, where: {area: {type: Point, coordinates: [1, 2]}}}", "must be a GeoJSON Polygon"),
        (f"{{what: pv, share: 1, where: {{area: {METRES}}}}}", "not in degrees"),
        ("{what: pv, share: 1, where: {area: {type: Polygon, coordinates: [[]]}}}", "area"),
        ("{what: weather, shift_by_month_c: [1, 2]}", "shift_by_month_c"),
    ],
)  # fmt: skip
def test_edits_that_make_no_sense_are_told(text: str, words: str) -> None:
    with pytest.raises(ScenarioError, match=words):
        parse_scenario(f"name: a\nedits: [{text}]")


@given(edits, st.sampled_from(sorted(LANGUAGES)))
def test_every_edit_is_told_in_words(edit: object, language: str) -> None:
    words = tell(edit, language)
    assert words[0].isupper() or words[0].isdigit()
    assert not any(bad in words for bad in ("_", "None", "{"))
