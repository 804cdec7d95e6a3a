"""`twin scenario` and `twin compare` from the command line."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from apps.cli import app
from twin._errors import ScenarioError
from twin.scenario import decode_scenario, load_scenario, parse_scenario


def told(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments), catch_exceptions=False)


def test_presets_are_listed_and_shown_in_words_and_as_a_file() -> None:
    listed = told("scenario", "list")
    assert "electric-cars-smart" in listed.output
    shown = told("scenario", "show", "solar-batteries", "--link").output
    assert "- Batteries of 1\u00a0kWh for each kWp of panels · everywhere" in shown
    assert decode_scenario(shown.split()[-1]) == load_scenario("solar-batteries")
    assert parse_scenario("name: " + shown.split("name: ", 1)[1].rsplit("\n\n", 1)[0]) == load_scenario(
        "solar-batteries"
    )


def test_two_scenarios_differ_in_words(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("name: mine\nedits: [{what: charging, control: smart}]", encoding="utf-8")
    output = told("scenario", "diff", "as-is", str(tmp_path / "mine.yaml")).output
    assert output.strip() == "- New: Cars charged smartly · everywhere"
    assert "do the same" in told("scenario", "diff", "as-is", "as-is").output


def test_a_scenario_is_checked(tmp_path: Path) -> None:
    assert "6 edits" in told("scenario", "validate", "everything").output
    (tmp_path / "bad.yaml").write_text("name: bad\nedits: [{what: pv, shar: 1}]", encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"bad\.yaml, line 2: there is no key shar"):
        told("scenario", "validate", str(tmp_path / "bad.yaml"))


def test_scenarios_are_compared_and_reported(tmp_path: Path) -> None:
    report = tmp_path / "out.html"
    output = told("compare", "as-is", "solar-roofs", "--report", str(report), "--language", "fi").output
    assert "Energy bought" in output
    assert "Payback" in output
    assert "%)" in output
    text = report.read_text(encoding="utf-8")
    assert text.startswith('<!DOCTYPE html>\n<html lang="fi">')
    assert "Tunnusluvut" in text
