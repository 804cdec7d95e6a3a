"""Scenario files: what they say, what they may not say, and that they survive being written."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.building_systems.supply import heating_systems
from assets.catalogue import country_table
from gis_data import USES
from twin._errors import ScenarioError
from twin.scenario import (
    EmissionFactorsEdit,
    HeatingEdit,
    PricesEdit,
    PvEdit,
    RetrofitEdit,
    Scenario,
    WeatherEdit,
    Where,
    dump_scenario,
    list_presets,
    load_scenario,
    parse_scenario,
    save_scenario,
    schema,
    selected,
)

GOOD = """\
name: solar-offices
title: Solar on every office
district: helsinki-centre
baseline: as-is
edits:
  - {what: pv, share: 0.6, where: {use: [office, retail]}}
  - {what: retrofit, level: deep, where: {built_before: 1976}}
  - {what: heating, system: electric_boiler, where: {buildings: [w123, w124]}}
  - {what: prices, electricity_eur_kwh: 0.15}
  - {what: emission_factors, district_heat_kgco2_kwh: 0.1}
  - {what: weather, file: my.epw}
"""


def test_a_scenario_reads_as_it_is_written() -> None:
    scenario = parse_scenario(GOOD)
    pv, retrofit, heating, prices, factors, weather = scenario.edits
    assert isinstance(pv, PvEdit)
    assert (pv.share, pv.where.use) == (0.6, ("office", "retail"))
    assert isinstance(retrofit, RetrofitEdit)
    assert retrofit.where.built_before == 1976
    assert isinstance(heating, HeatingEdit)
    assert heating.where.buildings == ("w123", "w124")
    assert isinstance(prices, PricesEdit)
    assert prices.electricity_eur_kwh == 0.15
    assert isinstance(factors, EmissionFactorsEdit)
    assert isinstance(weather, WeatherEdit)
    assert weather.file == "my.epw"


def test_choices_are_those_of_the_tables_and_catalogues() -> None:
    assert get_args(schema.Use) == USES
    assert set(get_args(schema.HeatingSystem)) == set(heating_systems().index) - {"none"}
    assert set(get_args(schema.RetrofitLevel)) == set(country_table("retrofit", "FI")["retrofit_level"])


def test_every_key_is_told_what_it_is() -> None:
    """The map and the error messages take their words from here."""
    models = (Scenario, Where, PvEdit, RetrofitEdit, HeatingEdit, PricesEdit, EmissionFactorsEdit, WeatherEdit)
    for model in models:
        for name, field in model.model_fields.items():
            assert field.description, f"{model.__name__}.{name}"


def findings(text: str) -> tuple[str, ...]:
    with pytest.raises(ScenarioError) as caught:
        parse_scenario(text, "plan.yaml")
    return caught.value.findings


def test_an_unknown_key_is_told_with_its_line_and_the_nearest_right_one() -> None:
    (finding,) = findings("name: a\nedits:\n  - what: pv\n    shar: 0.6\n    share: 0.5\n")
    assert finding == "plan.yaml, line 4: there is no key shar, did you mean share?"


def test_a_key_like_no_other_is_told_all_the_keys() -> None:
    (finding,) = findings("name: a\nzzzzz: 1\n")
    assert finding.startswith("plan.yaml, line 2: there is no key zzzzz; the keys here are name, title")


def test_every_mistake_is_told_at_once() -> None:
    found = findings(
        "name: a\n"
        "edits:\n"
        "  - {what: pv, share: 1.6}\n"
        "  - {what: retofit, level: deep}\n"
        "  - {what: pv, share: 0.5, where: {usse: [office]}}\n"
        "  - {what: heating, system: gas_boler}\n"
        "  - {what: pv, share: 0.5, where: {use: [ofice]}}\n"
        "  - {share: 0.5}\n"
        "  - {what: prices}\n"
        "titel: b\n"
    )
    text = "\n".join(found)
    assert len(found) == 8
    assert "line 3: share: input should be less than or equal to 1 (it says 1.6)" in text
    assert "line 4: there is no edit retofit, did you mean retrofit?" in text
    assert "line 5: there is no key usse, did you mean use?" in text
    assert "line 6: system cannot be gas_boler, did you mean gas_boiler?" in text
    assert "line 7: use cannot be ofice, did you mean office?" in text
    assert "line 8: an edit begins with `what:`" in text
    assert "line 9: prices" in text
    assert "line 10: there is no key titel, did you mean title?" in text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1: a scenario is a list of keys"),
        ("- a\n- b\n", "line 1: a scenario is a list of keys"),
        ("name: a\nedits: [\n", "line 3: this is not YAML"),
        ("name: a\nname: b\n", "line 2: the key name stands twice"),
        ("title: no name\n", "line 1: the key name is missing"),
        ("name: a\nedits:\n - {what: pv, share: .nan}\n", "line 3: share: input should be a finite number"),
        ("name: a\nedits:\n - {what: weather, file: a.epw, synthetic: true}\n", "not both"),
        ("name: a\nedits:\n - {what: weather}\n", "says nothing"),
        ("name: a\nbaseline: yesterday\n", "line 2: baseline cannot be yesterday"),
        ("name: Two Words\n", "line 1: name: string should match pattern"),
        ("name: !!python/object/apply:os.system [ls]\n", "this is not YAML"),
    ],
)
def test_what_is_wrong_is_said(text: str, message: str) -> None:
    assert message in "\n".join(findings(text))


def test_a_file_that_is_not_there_names_the_presets() -> None:
    with pytest.raises(
        ScenarioError, match=r"no scenario file or preset solar-roof, did you mean solar-roofs\?.*as-is"
    ):
        load_scenario("solar-roof")


def test_a_file_remembers_its_folder_and_saves_back(tmp_path: Path) -> None:
    (tmp_path / "plan.yaml").write_text(GOOD, encoding="utf-8")
    scenario = load_scenario(tmp_path / "plan.yaml")
    assert scenario.folder == tmp_path.resolve()
    save_scenario(scenario, tmp_path / "deeper" / "again.yaml")
    assert load_scenario(tmp_path / "deeper" / "again.yaml").edits == scenario.edits
    assert [file.name for file in (tmp_path / "deeper").iterdir()] == ["again.yaml"], "nothing half-written is left"


def test_every_preset_reads_and_as_it_is_comes_first() -> None:
    presets = list_presets()
    assert presets[0].name == "as-is"
    assert presets[0].edits == ()
    assert len({p.name for p in presets}) == len(presets) >= 5
    for preset in presets:
        assert preset.title
        assert load_scenario(preset.name) == preset


names = st.from_regex(r"[a-z0-9][a-z0-9-]{0,20}", fullmatch=True)
text = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=30)
wheres = st.builds(
    Where,
    buildings=st.none() | st.lists(st.from_regex(r"[wr][0-9]{1,9}", fullmatch=True), max_size=3).map(tuple),
    use=st.none() | st.lists(st.sampled_from(["office", "retail", "school"]), max_size=3, unique=True).map(tuple),
    built_before=st.none() | st.integers(1700, 2100),
    built_after=st.none() | st.integers(1700, 2100),
)
shares = st.floats(0, 1)
edits = st.one_of(
    st.builds(PvEdit, share=shares, where=wheres),
    st.builds(RetrofitEdit, level=st.sampled_from(["light", "deep"]), share=shares, where=wheres),
    st.builds(HeatingEdit, system=st.sampled_from(["gas_boiler", "oil_boiler"]), share=shares, where=wheres),
    st.builds(PricesEdit, electricity_eur_kwh=st.floats(0, 1), gas_eur_kwh=st.none() | st.floats(0, 1)),
    st.builds(EmissionFactorsEdit, electricity_kgco2_kwh=st.floats(0, 1)),
    st.builds(WeatherEdit, file=text.filter(bool), shift_c=st.floats(-5, 5)),
    st.builds(WeatherEdit, synthetic=st.just(True), seed=st.none() | st.integers(0, 10**6)),
)
scenarios = st.builds(
    Scenario,
    name=names,
    title=text,
    description=text,
    district=st.none() | names,
    edits=st.lists(edits, max_size=5).map(tuple),
)


@settings(max_examples=150, deadline=None)
@given(scenarios)
def test_a_scenario_survives_being_written_down(scenario: Scenario) -> None:
    assert parse_scenario(dump_scenario(scenario)) == scenario


BUILDINGS = pd.DataFrame(
    {
        "use": ["office", "retail", "apartment_block", "office"],
        "construction_year": [1900, 1975, 1976, 2010],
        "heating_system": ["district_heating", "oil_boiler", "oil_boiler", "district_heating"],
    },
    index=["w1", "w2", "w3", "w4"],
)


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        (Where(), [1, 1, 1, 1]),
        (Where(use=("office",)), [1, 0, 0, 1]),
        (Where(built_before=1976), [1, 1, 0, 0]),
        (Where(built_after=1976), [0, 0, 0, 1]),
        (Where(use=("office",), built_before=1976), [1, 0, 0, 0]),
        (Where(buildings=("w3", "w4")), [0, 0, 1, 1]),
        (Where(heating_system=("oil_boiler",)), [0, 1, 1, 0]),
        (Where(buildings=()), [0, 0, 0, 0]),
    ],
)
def test_where_selects(where: Where, expected: list[int]) -> None:
    assert selected(BUILDINGS, where).astype(int).tolist() == expected


def test_a_building_that_is_not_there_is_told_with_the_nearest() -> None:
    with pytest.raises(ScenarioError, match="no building w33 in the district, the nearest to w33 is w3"):
        selected(BUILDINGS, Where(buildings=("w33",)))


@settings(max_examples=30, deadline=None)
@given(st.floats(0, 1), st.floats(0, 1), st.integers(0, 5))
def test_a_larger_share_holds_all_of_a_smaller_one(a: float, b: float, seed: int) -> None:
    frame = pd.DataFrame({"use": "office", "construction_year": 1990}, index=[f"w{i}" for i in range(57)])
    small, large = (selected(frame, Where(), share=share, seed=seed) for share in sorted((a, b)))
    assert not (small & ~large).any()
    assert small.sum() == round(min(a, b) * 57)
    order = np.random.default_rng(seed).permutation(57)
    again = selected(frame.iloc[order], Where(), share=min(a, b), seed=seed)
    assert set(frame.index[small]) == set(frame.index[order][again])
