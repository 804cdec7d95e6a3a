"""The map in real headless Chromium: open, click, switch, move, play, translate."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from apps.map.view.deck import palette
from tests.apps.driving import CHROMIUM, Map, chromium, colours, near, select, served

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed (on Debian: apt install chromium)"),
]


@pytest.fixture(scope="module")
def address(view_cache: Path) -> Iterator[str]:
    with served() as found:
        yield found


@pytest.fixture(scope="module")
def opened(address: str) -> Iterator[Map]:
    with chromium() as browser:
        yield Map(browser, address)


@pytest.fixture
def shown(opened: Map, request: pytest.FixtureRequest) -> Map:
    opened.begin(request.session.testsfailed)
    return opened


def test_the_map_is_drawn_from_edge_to_edge_and_nothing_scrolls(shown: Map) -> None:
    pixels = shown.wait_for_buildings()
    assert colours(pixels) > 400
    assert near(pixels, palette.PARK) > 500
    canvas = shown.page.locator(".st-key-map canvas").first.bounding_box()
    assert canvas is not None
    assert (canvas["x"], canvas["y"], canvas["width"], canvas["height"]) == (0, 0, 1366, 768)
    for width, height in ((1920, 1080), (1366, 768)):
        shown.page.set_viewport_size({"width": width, "height": height})
        overflow = "e => [e.scrollHeight - e.clientHeight, e.scrollWidth - e.clientWidth]"
        for selector in ("html", ".stMain", ".st-key-panel"):
            assert max(shown.page.locator(selector).first.evaluate(overflow)) <= 1, selector
    # Between the figures above and the time below, two thirds of the height are map.
    above = shown.page.locator(".st-key-kpis").bounding_box()
    below = shown.page.locator(".st-key-timebar_box").bounding_box()
    assert above is not None
    assert below is not None
    assert (below["y"] - above["y"] - above["height"]) / 768 > 0.66


def test_the_hour_changes_colours_and_sends_no_data_again(shown: Map) -> None:
    before = shown.wait_for_buildings()
    asked = len(shown.data)
    track = shown.page.get_by_role("slider")
    assert track.get_attribute("aria-valuenow") == "8"
    track.focus()
    for _ in range(6):
        track.press("ArrowLeft")
    assert track.get_attribute("aria-valuenow") == "2"
    after = shown.wait_until(lambda pixels: (np.abs(pixels - before).max(axis=2) > 12).mean() > 0.05, "new colours")
    assert near(after, palette.PARK) == pytest.approx(near(before, palette.PARK), rel=0.1), "the camera stood still"
    assert len(shown.data) == asked


def test_play_moves_on_by_itself_without_data(shown: Map) -> None:
    asked = len(shown.data)
    track = shown.page.get_by_role("slider")
    shown.page.get_by_role("button", name="Play").click()
    until = time.monotonic() + 30
    while int(track.get_attribute("aria-valuenow") or 0) < 5 and time.monotonic() < until:
        shown.page.wait_for_timeout(100)
    shown.page.get_by_role("button", name="Pause").click()
    assert int(track.get_attribute("aria-valuenow") or 0) >= 5
    assert len(shown.data) == asked


def test_a_layer_is_switched_off_and_on(shown: Map) -> None:
    before = shown.wait_for_buildings()
    shown.page.get_by_role("button", name="Parks").click()
    shown.wait_until(lambda pixels: near(pixels, palette.PARK) < near(before, palette.PARK) / 10, "parks gone")
    shown.page.get_by_role("button", name="Parks").click()
    shown.wait_until(lambda pixels: near(pixels, palette.PARK) > near(before, palette.PARK) / 2, "parks back")


def test_a_click_on_a_building_opens_its_card(shown: Map) -> None:
    shown.wait_for_buildings()
    card = shown.page.locator(".st-key-card")
    select(shown, 640, 450)
    text = card.inner_text()
    for word in ("Floor area", "Heating", "m²", "MWh", "Winter weekday"):
        assert word in text
    assert card.locator(".cet-source").count() == 6
    shown.page.get_by_role("button", name="Close").click()
    card.wait_for(state="detached", timeout=20_000)


def test_colours_can_be_kinds_and_the_table_reads_the_map_out(shown: Map) -> None:
    shown.page.get_by_text("Building", exact=True).click()
    shown.page.get_by_text("Education", exact=True).wait_for()
    shown.wait_until(lambda pixels: near(pixels, palette.rgb(palette.BLUE), 40) > 2000, "offices in blue")
    shown.page.get_by_role("button", name="Table", exact=True).click()
    table = shown.page.get_by_role("table")
    table.wait_for()
    assert table.get_by_role("row").count() > 400
    shown.page.keyboard.press("Escape")
    table.wait_for(state="detached")


def test_the_language_is_switched(shown: Map) -> None:
    shown.page.get_by_text("FI", exact=True).click()
    shown.page.get_by_role("button", name="Taulukko", exact=True).wait_for()
    assert "lang=fi" in shown.page.url
    figures = shown.page.locator(".st-key-kpis").inner_text()
    assert "MWh/vuosi" in figures
    assert "\u00a0000" in figures, "Finnish puts a space between thousands"
    shown.page.get_by_text("SV", exact=True).click()
    shown.page.get_by_role("button", name="Tabell", exact=True).wait_for()


def test_sources_and_weather_are_named(shown: Map) -> None:
    credits_line = shown.page.locator(".cet-credits").inner_text()
    assert "© OpenStreetMap contributors" in credits_line
    assert any(word in credits_line for word in ("synthetic", "synteettinen", "syntetiskt"))


def test_nothing_outside_this_machine_was_asked_and_nothing_complained(shown: Map) -> None:
    assert shown.outside == []
    assert shown.complaints == []
    assert len(shown.data) > 5
