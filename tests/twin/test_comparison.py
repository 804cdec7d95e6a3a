"""Scenarios side by side: the table, the report, and what reads it."""

from __future__ import annotations

import math
import re
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from gis_data import District
from tests.twin.test_indicators import tiny
from twin._cache.memo import Memo
from twin._errors import ResultsError, UnknownTextError
from twin.reporting import report
from twin.reporting.colours import CIVIDIS, NONE, UNTOLD, amounts, differences
from twin.results.comparison import building_changes, compare
from twin.results.results import Results
from twin.scenario import parse_scenario
from twin.simulation.run import run
from twin.texts import LANGUAGES, scaled, spelled, tick


def test_the_table_tells_changes_against_the_named_baseline(as_it_is: Results, with_solar: Results) -> None:
    found = compare(as_it_is, with_solar)
    assert found.names == ("as-is", "solar")
    table = found.table
    row = table.loc["grid_import_kwh"]
    assert row["change solar"] == pytest.approx(row["solar"] - row["as-is"])
    assert row["change solar"] < 0
    assert row["change_pct solar"] == pytest.approx(100 * row["change solar"] / row["as-is"])
    assert math.isnan(table.loc["self_consumption", "as-is"])
    assert table.loc["heat_kwh", "change solar"] == 0
    assert building_changes(as_it_is, with_solar)["grid_import_kwh"].sum() == pytest.approx(row["change solar"])
    assert found.figures.loc["payback_years", "solar"] > 0
    assert math.isnan(found.figures.loc["payback_years", "as-is"]), "the baseline is not held against itself"
    other = compare(as_it_is, with_solar, baseline="solar")
    assert other.names == ("solar", "as-is")
    assert other.changes.loc["grid_import_kwh", "as-is"] == pytest.approx(-row["change solar"])
    assert [change.sentence for change in found.edits["solar"]] == [
        "New: Solar panels on 50\u00a0% of the usable roof · everywhere"
    ]
    assert compare(as_it_is, as_it_is).names == ("as-is", "as-is (2)")


def test_what_cannot_be_compared_says_so(as_it_is: Results) -> None:
    with pytest.raises(ResultsError, match="two districts cannot be compared: four-buildings and tiny"):
        compare(as_it_is, tiny())
    with pytest.raises(ResultsError, match="nothing to compare"):
        compare()
    with pytest.raises(ResultsError, match="none of the results is of the baseline x"):
        compare(as_it_is, baseline="x")


class _Page(HTMLParser):
    """What a page refers to, what it says, and whether every tag is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.refers: list[str] = []
        self.tags: list[str] = []
        self.open: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.refers += [str(value) for name, value in attrs if name in {"href", "src", "xlink:href", "data", "action"}]
        if tag not in {"meta", "path", "use", "rect", "polyline", "br"}:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if self.open and self.open[-1] == tag:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_report_needs_nothing_but_itself(
    district: District, as_it_is: Results, with_solar: Results, tmp_path: Path
) -> None:
    file = report([as_it_is, with_solar], district, tmp_path / "deep" / "out.html")
    text = file.read_text(encoding="utf-8")
    page = _Page()
    page.feed(text)
    assert not page.open
    assert all(ref.startswith("#") for ref in page.refers)
    assert not re.search(r"@import|url\(|<script|<link|<img|<iframe", text)
    assert {"svg", "table", "figure", "h2"} <= set(page.tags)
    ids = set(re.findall(r'id="([^"]+)"', text))
    assert {ref[1:] for ref in page.refers} <= ids, "every shape that is referred to is there"
    for words in ("As it is", "Solar", "baseline", "drawn by hand", "€/year", "Payback", "Change:", "Synthetic"):
        assert words in page.text, words
    assert text.count("<figure") == 6 + 4, "two figures as it is, with solar and their change, and four charts"
    assert report([as_it_is, with_solar], district, tmp_path / "again.html").read_bytes() == file.read_bytes()


NAMES = {
    "en": ("Key figures", "Emissions", "January", "Solar panels on 50\u00a0% of the usable roof", "assumed", "/year"),
    "fi": ("Tunnusluvut", "Päästöt", "tammikuu", "Aurinkopaneeleja 50\u00a0% sopivasta katosta", "oletettu", "/vuosi"),
    "sv": ("Nyckeltal", "Utsläpp", "januari", "Solpaneler på 50\u00a0% av användbart tak", "antaget", "/år"),
}


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_the_report_speaks_its_reader_s_language(
    district: District, as_it_is: Results, with_solar: Results, tmp_path: Path, language: str
) -> None:
    idle = parse_scenario(
        "name: idle\ntitle: In English\ntitle_fi: Suomeksi\ntitle_sv: På svenska\ndistrict: another\n"
        "edits: [{what: pv, share: 1, where: {use: [hotel]}}]"
    )
    results = [as_it_is, with_solar, run(district, idle, memo=Memo())]
    text = report(results, district, tmp_path / "out.html", language=language).read_text(encoding="utf-8")
    page = _Page()
    page.feed(text)
    assert f'<html lang="{language}">' in text
    for words in NAMES[language]:
        assert words in page.text, words
    for other in set(LANGUAGES) - {language}:
        for words in set(NAMES[other]) - set(NAMES[language]):
            assert words not in page.text, words
    assert {"en": "In English", "fi": "Suomeksi", "sv": "På svenska"}[language] in page.text
    known = {"touches no building", "made for the district another"}
    assert all((words in page.text) == (language == "en") for words in known), "notes are told too"
    numbers = re.findall(r"<td>([^<]+)", text)
    assert any("." in one for one in numbers) == (language == "en")
    assert any("," in one for one in numbers)


def test_the_report_refuses_a_language_that_it_cannot_speak(
    district: District, as_it_is: Results, tmp_path: Path
) -> None:
    with pytest.raises(UnknownTextError, match="there are en, fi, sv"):
        report([as_it_is], district, tmp_path / "out.html", language="de")
    assert not list(tmp_path.iterdir())


def test_sources_that_differ_are_told_by_scenario(district: District, as_it_is: Results, tmp_path: Path) -> None:
    dear = run(district, parse_scenario("name: dear\nedits: [{what: prices, electricity_eur_kwh: 0.5}]"), memo=Memo())
    text = report([as_it_is, dear], district, tmp_path / "out.html").read_text(encoding="utf-8")
    heads = re.findall(r"<dt>(Energy prices[^<]*)</dt>", text)
    assert heads == ["Energy prices · assumed · As it is", "Energy prices · assumed · dear"]
    assert len(re.findall(r"<dt>The map", text)) == 1


def test_the_report_tells_texts_of_others_as_texts(district: District, tmp_path: Path) -> None:
    bad = parse_scenario('name: bad\ntitle: "<script>alert(1)</script>"\ndescription: "a & b < c"')
    file = report([run(district, bad, memo=Memo())], district, tmp_path / "out.html")
    text = file.read_text(encoding="utf-8")
    assert "<script" not in text
    assert "a &amp; b &lt; c" in text


def test_the_report_refuses_what_it_cannot_draw(district: District, as_it_is: Results, tmp_path: Path) -> None:
    with pytest.raises(ResultsError, match="no figure of buildings is called local_use"):
        report([as_it_is], district, tmp_path / "out.html", quantities=["local_use"])
    assert not list(tmp_path.iterdir())


def test_numbers_for_people() -> None:
    assert [tick(x, "en") for x in (0, 0.5, -20.0, 1500.0)] == ["0", "0.5", "\u221220", "1,500"]
    assert tick(1500.5, "fi") == "1\u00a0500,5"
    written = [spelled(unit, "/year") for unit in ("MWh/a", "kWh/m²a", "tCO2/a", "EUR/tCO2", "MEUR/a", "a", "%")]
    assert written == ["MWh/year", "kWh/m²/year", "t CO₂/year", "€/t CO₂", "M€/year", "", "%"]
    assert scaled([3.2e8, 1.0], "kWh/a") == (1e6, "GWh/a")
    assert scaled([12.0, math.nan], "kW") == (1.0, "kW")


def test_colours_have_zero_in_the_middle_and_grey_for_the_unknown() -> None:
    values = np.array([0.0, 5.0, 10.0, math.nan])
    assert amounts(values, 0.0, 10.0)[::2] == [CIVIDIS[0], CIVIDIS[-1]]
    assert amounts(values, 0.0, 10.0)[3] == UNTOLD
    assert differences(np.array([0.0]), 3.0) == [NONE]
