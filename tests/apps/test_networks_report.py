"""The report's section on networks, and the comparison of two: flows, figures with limits, problems, maps."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import twin
from apps.texts import LANGUAGES, texts
from apps.views.district_views import AS_IS
from apps.views.networks.element_wording import times_text
from apps.views.networks.line_routes import line_between, places_of
from apps.views.networks.network_views import Networks
from apps.views.networks.problem_groups import main_span, problem_groups, worst_of_each

NAME = "four-buildings"


@pytest.fixture(scope="module")
def both(small_networks: Networks) -> tuple[list[Any], list[Any], Any]:
    """Results and networks of the district as it is, and overloaded."""
    opened = [small_networks.open(NAME, scenario) for scenario in (AS_IS, "overloaded")]
    district = opened[0].view.district
    scenarios = [small_networks._views.scenario(one) for one in (AS_IS, "overloaded")]
    return [twin.run(district, one) for one in scenarios], [small_networks.full_year(one) for one in opened], district


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_a_report_of_two_scenarios_tells_their_networks(
    both: tuple[list[Any], list[Any], Any], tmp_path: Path, language: str
) -> None:
    results, networks, district = both
    page = twin.report(results, district, tmp_path / "report.html", language=language, networks=networks).read_text()
    words = texts(language)
    section = page[page.index(f"<h2>{words('report.networks')}</h2>") :]
    assert section.count('class="cet-sankey"') == 2, "the flows of both"
    for key in ("report.networks.figures", "origin.mapped", "origin.laid", "report.networks.over"):
        assert words(key) in section, key
    titles = [result.scenario.told(language)[0] for result in results]
    for title in titles:
        assert words("report.networks.problems", title=title) in section
    assert words("report.networks.none") in section, "as it is, all is well"
    assert "Flats" in section, "who is to blame"
    assert "✗" in section
    assert "✓" in section
    assert 'stroke-dasharray="5 2.5"' in section, "what is laid by the algorithm is dashed"
    told = re.sub(r"<[^>]+>", " ", section[: section.index("</section>")])
    assert re.search(r"\b(electricity|heat)-n?[0-9a-f]{8}\b", told) is None, "no ids"
    assert re.search(r"\b[a-z]+_[a-z]+\b", told) is None


def test_a_report_names_what_a_scenario_changes(small_networks: Networks, tmp_path: Path) -> None:
    found = small_networks.open(NAME, "overloaded")
    cable = next(str(name) for name in found.problems.index if found.problems.loc[name, "kind"] == "cable")
    district = found.view.district
    asked = f"{{what: element, do: resize, id: {cable}, size: AXMK 4x300}}"
    scenario = twin.parse_scenario(f"name: larger\ntitle: Larger\nedits: [{asked}]")
    results = [twin.run(district, twin.load_scenario("as-is")), twin.run(district, scenario)]
    networks = [twin.run_networks(district, one.scenario, results=one) for one in results]
    page = twin.report(results, district, tmp_path / "report.html", networks=networks).read_text()
    assert re.search(r"Cable AXMK [^<]*: now AXMK 4x300", page)
    assert f"{cable}: " not in page


def test_groups_hold_one_kind_each_and_every_problem_once(small_networks: Networks) -> None:
    found = small_networks.open(NAME, "overloaded")
    groups = problem_groups(found.problems)
    assert {"electricity.loading", "heat.temperature"} <= set(groups)
    assert next(iter(groups)).startswith("electricity")
    assert sorted(name for names in groups.values() for name in names) == sorted(found.problems.index)
    first = worst_of_each(groups, len(groups))
    assert first == [names[0] for names in groups.values()]
    assert set(first) <= set(found.causes), "the cause of the worst of each kind is known at once"


@pytest.mark.parametrize(
    ("counts", "span"),
    [
        ([0] * 17 + [10] * 4 + [0] * 3, (17, 4)),
        ([5, 5] + [0] * 20 + [5, 5], (22, 4)),
        ([1] * 24, None),
        ([0] * 24, None),
    ],
)
def test_the_span_of_most_hours_goes_over_midnight(counts: list[int], span: tuple[int, int] | None) -> None:
    assert main_span(counts) == span


def test_hours_beyond_the_limit_are_counted_by_the_clock(small_networks: Networks) -> None:
    found = small_networks.open(NAME, "overloaded")
    for name in found.problems.index:
        row = int(found.elements.index.get_loc(name))
        hours = found.elements["hours_over"].iloc[row]
        assert found.worst.clock[row].sum() == found.worst.month[row].sum()
        assert found.worst.clock[row].sum() == pytest.approx(hours, abs=max(2, 0.01 * hours))
        assert times_text(found, row, texts("en"))


def test_a_line_follows_the_streets_between_its_places(small_networks: Networks) -> None:
    found = small_networks.open(NAME)
    flats, office = (places_of(found, name, "heat") for name in ("w1", "w2"))
    straight = line_between(found.view, [flats, office], along_streets=False)
    along = line_between(found.view, [flats, office], along_streets=True)
    assert len(straight) == 2
    assert straight[0] == along[0]
    assert straight[-1] == along[-1]
    assert len(along) >= 2
    assert line_between(found.view, [flats], along_streets=True) == ()
    assert places_of(found, "nobody", "heat") == []
