"""Notes travel as data and are told in every language."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from gis_data import District
from twin._cache.memo import Memo
from twin.results.results import load_results
from twin.scenario import parse_scenario
from twin.simulation.run import run
from twin.texts import LANGUAGES, Note, dump_notes, load_notes, texts

TWIN = Path(__file__).resolve().parents[2] / "twin"
SEVERAL = (
    Note("starving", ("a; b", "c"), {"carrier": "hydrogen"}),
    Note("cut_off", values={"buildings": np.int64(1234), "carrier": "heat"}),
    Note("far", ("sea",), {"km": np.float32(1.5), "carrier": "cold"}),
)


def test_notes_come_back_as_they_were() -> None:
    again = load_notes(dump_notes(SEVERAL))
    assert again == SEVERAL
    assert {type(value) for note in again for value in note.values.values()} == {str, int, float}
    assert len(set(again) | set(SEVERAL)) == 3


def test_saved_results_give_their_notes_back_one_by_one(district: District, tmp_path: Path) -> None:
    """Two notes, of which one has a semicolon inside, stay two."""
    scenario = parse_scenario(
        "name: n\ntitle: N\ndistrict: here; there\nedits: [{what: pv, share: 1, where: {use: [hotel]}}]"
    )
    results = run(district, scenario, memo=Memo())
    again = load_results(results.save(tmp_path / "results.nc"))
    assert [note.kind for note in again.notes] == ["elsewhere", "idle"]
    assert again.notes == results.notes
    assert str(again.notes[0]) == "the scenario was made for the district here; there"


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", ["a; b, Cell stands still", "Hydrogen", "network: 1,234", "Cooling: the pump is 1.50 km"]),
        ("fi", ["a; b, Cell seisoo", "Vety", "rakennuksia: 1\u00a0234", "Jäähdytys: the pump on 1,50 km"]),
        ("sv", ["a; b, Cell står still", "Vätgas", "nätet: 1\u00a0234", "Kyla: the pump ligger 1,50 km"]),
    ],
)
def test_prose_is_made_of_keys_names_and_numbers(language: str, told: list[str]) -> None:
    names = {"c": "Cell", "sea": "the pump"}
    text = " | ".join(note.told(language, names) for note in SEVERAL)
    assert [words for words in told if words not in text] == []


def test_every_kind_of_note_has_a_text_with_places_for_what_it_says() -> None:
    written = "\n".join(file.read_text(encoding="utf-8") for file in TWIN.rglob("*.py"))
    kinds = set(re.findall(r"""Note\(\s*"(\w+)\"""", written)) | {"grid_station", "grid_ring", "grid_feeder"}
    kinds |= set(re.findall(r"""Note\("\w+" if [^)]*? else "(\w+)\"""", written))
    assert len(kinds) > 40
    for language in LANGUAGES:
        words = texts(language)
        for kind in kinds:
            places = set(re.findall(r"{(\w+)}", words(f"note.{kind}"))) - {"ids"}
            said = Note(kind, ("one",), dict.fromkeys(places, 7)).told(language)
            assert "{" not in said
            assert said.count("7") >= len(places), kind


def test_what_nobody_has_a_name_for_stands_as_it_is() -> None:
    note = Note("elsewhere", values={"district": "otaniemi"})
    assert str(note) == "the scenario was made for the district otaniemi"
    assert str(replace(note, kind="borrowed", ids=("tariffs", "x"), values={"country": "EE"})).startswith(
        "Finland’s prices, x: there are none for EE"
    )
