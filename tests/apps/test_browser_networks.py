"""Networks in real headless Chromium: found in two clicks, made larger, taken back, the year's flows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Locator, Page
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from apps.map.view.deck import palette
from tests.apps.driving import CHROMIUM, Map, at_rest, chromium, near, press, served
from tests.apps.quarter import save_quarter

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed (on Debian: apt install chromium)."),
]
_PATIENCE = 300_000
"""A year of networks takes seconds, on machines that do something else beside much longer."""

SCENARIO = """
name: cars-and-cool-water
title: Cars at the theatre, cool water
edits:
  - {what: chargers, cars: 1.0, where: {buildings: [w122595207]}}
  - {what: charging, control: uncontrolled, where: {buildings: [w122595207]}}
  - {what: network, carrier: heat, do: operate, supply_temp_c: 60}
"""
"""All cars of the theatre charge at once, which its cable was not laid for; water arrives at substations too cool."""
THEATRE, CABLE = "Suomen Kansallisteatteri", "Cable AXMK 4x50, Itäinen Teatterikuja"


@pytest.fixture(scope="module")
def shown(view_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Map]:
    folder = tmp_path_factory.mktemp("networks")
    scenario = folder / "scenario.yaml"
    scenario.write_text(SCENARIO, encoding="utf-8")
    quarter = save_quarter(folder / "quarter")
    with served("--district", str(quarter), "--scenario", str(scenario)) as address, chromium() as browser:
        yield Map(browser, address)


def problems(shown: Map) -> Page:
    """Open the list of what is beyond its limit: the first click."""
    page = shown.page
    if page.get_by_role("dialog").count():
        page.keyboard.press("Escape")
    at_rest(page)
    press(page, "network_badge")
    page.locator(".cet-group").first.wait_for(timeout=_PATIENCE)
    at_rest(page)
    return page


def listed(page: Page, told: str) -> Locator:
    return page.locator('[class*="st-key-problem_"] button:visible', has_text=told).first


def text(found: Locator) -> str:
    return found.inner_text().replace("\u00a0", " ")


def click(page: Page, x: float, y: float, tries: int = 6) -> None:
    """Click the map until a card is there: a slow machine takes a click for a long press."""
    for number in range(tries):
        page.mouse.move(x + number % 2, y)
        page.wait_for_timeout(400)
        page.mouse.click(x + number % 2, y)
        try:
            page.locator(".st-key-element_part").wait_for(timeout=5000)
        except PlaywrightTimeout:
            continue
        return
    raise AssertionError(f"no card opened after {tries} clicks at {x}, {y}")


def undone(shown: Map) -> Page:
    """Take back what an earlier test has changed."""
    page = shown.page
    at_rest(page)
    undo = page.locator(".st-key-undo button:visible")
    while undo.is_enabled():
        undo.click()
        at_rest(page)
    return page


def test_networks_are_computed_when_they_are_looked_at_and_then_coloured(shown: Map) -> None:
    page = shown.page
    at_rest(page)
    assert not [url for url in shown.data if "/networks/" in url], "nobody has looked at networks yet"
    page.locator(".st-key-group button", has_text="Networks").click()
    page.locator(".cet-origins").wait_for(timeout=_PATIENCE)
    at_rest(page)
    legend = text(page.locator(".st-key-panel .cet-legend"))
    for word in ("Loading", "%", "at most 100 %", "mapped", "laid by algorithm", "assumed", "Beyond limit"):
        assert word in legend, word
    pixels = shown.wait_until(lambda seen: near(seen, palette.BEYOND, 24) > 40, "lines beyond their limit")
    assert {url.rsplit("part=", 1)[1].split("&")[0] for url in shown.data if "/networks/" in url} >= {
        "lines",
        "strokes",
        "points",
    }
    rows, columns = np.nonzero(np.abs(pixels - np.array(palette.BEYOND)).max(axis=2) <= 24)
    middle = int(np.hypot(rows - np.median(rows), columns - np.median(columns)).argmin())
    click(page, 300 + float(columns[middle]), 140 + float(rows[middle]))
    assert page.locator(".cet-card-title h2").inner_text().split()[0] in {"Heat", "Cable"}, "a click on the map selects"


def test_an_overloaded_cable_is_found_in_two_clicks_with_its_cause_and_hours(shown: Map) -> None:
    page = problems(shown)
    before = shown.look()
    listed(page, CABLE).click()
    page.locator(".cet-card-title h2", has_text=CABLE).wait_for(timeout=_PATIENCE)
    at_rest(page)
    card = text(page.locator(".st-key-card"))
    assert THEATRE in card, "who is to blame"
    assert "above" not in card
    assert "at most 100 %" in card
    assert "laid by algorithm" in card
    assert text(page.locator(".cet-over").first).startswith("12"), "its worst state"
    assert ":00–" in text(page.locator(".cet-element tr", has_text="Mostly")), "at which hours it mostly is"
    assert page.locator(".st-key-days input").first.input_value().startswith("Hardest day")
    assert CABLE in text(page.locator(".st-key-timebar_box"))
    shown.wait_until(lambda pixels: np.abs(pixels - before).mean() > 2, "the flight to the cable")
    page.get_by_text("Why?", exact=True).click()
    page.locator(".cet-blame th", has_text=THEATRE).wait_for(timeout=_PATIENCE)


def test_a_larger_cable_solves_it_and_undo_brings_it_back(shown: Map) -> None:
    page = problems(shown)
    listed(page, CABLE).click()
    page.locator(".cet-card-title h2", has_text=CABLE).wait_for(timeout=_PATIENCE)
    at_rest(page)
    page.locator(".st-key-element_part").get_by_text("Change", exact=True).click()
    size = page.locator(".st-key-element_size input")
    size.wait_for(timeout=_PATIENCE)
    at_rest(page)
    size.first.click()
    page.get_by_role("option", name="AXMK 4x150", exact=True).click()
    page.locator(".cet-edit", has_text="AXMK 4x150").wait_for(timeout=_PATIENCE)
    at_rest(page)
    assert text(page.locator(".cet-card-title h2")) == CABLE.replace("4x50", "4x150")
    assert "changed here" in text(page.locator(".cet-card-title"))
    page = problems(shown)
    assert listed(page, CABLE).count() == 0, "it is beyond its limit no more"
    assert listed(page, CABLE.replace("4x50", "4x150")).count() == 0
    undone(shown)
    page = problems(shown)
    listed(page, CABLE).wait_for(timeout=_PATIENCE)
    assert page.locator(".cet-edit", has_text="AXMK 4x150").count() == 0


def test_a_cold_substation_is_found_in_two_clicks_and_warmer_water_solves_it(shown: Map) -> None:
    page = problems(shown)
    listed(page, "Heat substation").click()
    page.locator(".cet-card-title h2", has_text="Heat substation: ").wait_for(timeout=_PATIENCE)
    at_rest(page)
    card = text(page.locator(".st-key-card"))
    for words in ("at least 60.0 °C", "Most is lost on the way in", "Worst on", "assumed"):
        assert words in card, words
    press(page, "change_network")
    supply = page.locator(".st-key-network_supply_temp_c input")
    supply.wait_for(timeout=_PATIENCE)
    assert supply.input_value() == "60"
    supply.fill("80")
    supply.press("Enter")
    page.locator(".cet-edit", has_text="80 °C").wait_for(timeout=_PATIENCE)
    page = problems(shown)
    assert listed(page, "Heat substation").count() == 0
    undone(shown)


def test_key_figures_stand_with_their_limits(shown: Map) -> None:
    page = problems(shown)
    page.locator(".st-key-problems_part").get_by_text("Key figures", exact=True).click()
    page.locator(".cet-figures").wait_for(timeout=_PATIENCE)
    over = page.locator(".cet-figures .cet-over").all_inner_texts()
    assert any(value.endswith("°C") for value in over), "the coldest supply"
    assert "limit 100 %" in text(page.locator(".cet-figures"))
    page.locator(".st-key-problems_part").get_by_text("Beyond limits", exact=True).click()
    page.locator(".cet-group").first.wait_for(timeout=_PATIENCE)


def test_the_years_flows_are_drawn(shown: Map) -> None:
    page = shown.page
    at_rest(page)
    press(page, "tool_flows")
    page.locator(".cet-sankey path").first.wait_for(timeout=_PATIENCE)
    told = str(page.locator(".cet-sankey").text_content())
    for words in ("Heat from outside", "Electricity grid", "Lost: Heat network", "GWh"):
        assert words in told, words
    box = page.locator(".cet-sankey").bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= 768, "it fits the screen"
    page.keyboard.press("Escape")
    page.locator(".cet-sankey").wait_for(state="detached", timeout=_PATIENCE)


def test_nothing_scrolls_sideways_and_nothing_outside_was_asked(shown: Map) -> None:
    page = problems(shown)
    for key in ("panel", "card"):
        sides = page.locator(f".st-key-{key}").evaluate("e => e.scrollWidth - e.clientWidth")
        assert sides <= 1, key
    tools = page.locator(".st-key-tool_flows").bounding_box()
    assert tools is not None
    assert tools["y"] + tools["height"] <= 768, "the panel's tools are on the first screen"
    assert shown.outside == []
    assert shown.complaints == []
