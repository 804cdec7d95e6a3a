"""What-if in real headless Chromium: edit, preset, undo, compare, link, export, workshop, ten sessions."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import numpy as np
import psutil
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page

from apps.map.view.deck import palette
from tests.apps.driving import CHROMIUM, FLAGS, Map, chromium, colours, near, press, select, served, settled

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed (on Debian: apt install chromium)"),
]
_PATIENCE = 60_000
_TEN = 150_000
"""Ten computations at once, on machines that do something else beside."""
A4_WIDTH, A4_HEIGHT = 688, 1005  # what the margins leave of it, at 96 px to the inch


@pytest.fixture(scope="module")
def address(view_cache: Path) -> Iterator[str]:
    with served() as found:
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def opened(browser: Browser, address: str) -> Map:
    return Map(browser, address)


@pytest.fixture
def shown(opened: Map, request: pytest.FixtureRequest) -> Map:
    opened.begin(request.session.testsfailed)
    return opened


def press_named(page: Page, name: str) -> None:
    settled(page)
    page.get_by_role("button", name=name).click()


def no_edits(page: Page) -> None:
    page.wait_for_function("!document.querySelector('.cet-edit')", timeout=_PATIENCE)
    settled(page)


def choose(page: Page, key: str, option: str) -> None:
    settled(page)
    page.locator(f".st-key-{key} input").first.click()
    page.get_by_role("option", name=option, exact=True).click()


def test_an_edit_on_the_card_is_listed_and_told_and_can_be_undone(shown: Map) -> None:
    page = shown.page
    shown.wait_for_buildings()
    select(shown, 640, 450)
    settled(page)
    page.get_by_text("Change", exact=True).first.click()
    choose(page, "change_heating", "Ground heat pump")
    page.locator(".cet-edit").wait_for(timeout=_PATIENCE)
    assert "ground heat pump" in page.locator(".cet-edit").inner_text()
    assert "vs “As it is”" in page.locator(".st-key-kpis").inner_text()
    page.wait_for_timeout(1500)
    assert page.locator(".cet-edit").count() == 1, "one change is one step"
    press(page, "undo")
    no_edits(page)
    press(page, "redo")
    page.locator(".cet-edit").wait_for(timeout=_PATIENCE)
    press(page, "reset")
    no_edits(page)
    press(page, "close_card")


def test_the_whole_district_is_changed_and_built_in(shown: Map) -> None:
    page = shown.page
    press(page, "several")
    settled(page)
    page.get_by_text("Whole district", exact=True).click()
    price = page.locator(".st-key-prices_electricity_eur_kwh input")
    price.wait_for(timeout=_PATIENCE)
    assert price.input_value() == "13.50"
    price.fill("27")
    price.press("Enter")
    page.get_by_text("Prices: electricity 27 c/kWh").first.wait_for(timeout=_PATIENCE)
    press(page, "prices_reset")
    no_edits(page)
    page.locator(".st-key-change_topic button", has_text="Build").click()
    ring = [[24.9355, 60.178], [24.9365, 60.178], [24.9365, 60.1785], [24.9355, 60.1785], [24.9355, 60.178]]
    tower = {"type": "Feature", "properties": {"use": "office", "levels": 20}, "geometry": None}
    drawn = [tower | {"geometry": {"type": "Polygon", "coordinates": [ring]}}, tower]
    field = page.locator(".st-key-card textarea")
    field.fill(json.dumps({"type": "FeatureCollection", "features": drawn}))
    field.press("Control+Enter")
    page.get_by_text("Feature 2 is a –: draw a building as a Polygon or a MultiPolygon.").wait_for(timeout=_PATIENCE)
    before = len(shown.data)
    press_named(page, "Build 1 building")
    page.get_by_text("New buildings: 1").first.wait_for(timeout=_PATIENCE)
    page.get_by_text("430 buildings").first.wait_for(timeout=_PATIENCE)
    shown.wait_until(
        lambda _: any("buildings.geojson" in url for url in shown.data[before:]), "new outlines on the map"
    )
    overflow = "e => e.scrollWidth - e.clientWidth"
    assert page.locator(".st-key-card").evaluate(overflow) <= 1
    press(page, "reset")
    no_edits(page)
    press(page, "close_card")


def compare(page: Page, how: str = "Side by side") -> None:
    """Hold the deep retrofit against the district as it is, from whatever the page shows."""
    if not page.locator(".cet-edit").count():
        choose(page, "scenario", "Deep retrofit of the oldest third")
        page.locator(".cet-edit").wait_for(timeout=_PATIENCE)
    if not page.locator(".st-key-comparing").count():
        press(page, "tool_compare")
        page.locator(".st-key-comparing").wait_for(timeout=_PATIENCE)
    settled(page)
    page.get_by_text(how, exact=True).click()
    settled(page)
    page.frame_locator("iframe.cet-frame").locator("canvas").last.wait_for(timeout=_PATIENCE)


def test_a_preset_is_compared_side_by_side_with_one_camera(shown: Map) -> None:
    page = shown.page
    compare(page)
    frame = page.frame_locator("iframe.cet-frame")
    frame.locator("canvas").nth(1).wait_for(timeout=_PATIENCE)
    assert frame.locator(".name").all_inner_texts() == ["As it is", "Deep retrofit of the oldest third"]
    page.mouse.move(560, 420)
    page.mouse.wheel(0, -300)
    page.wait_for_timeout(1500)
    inside = page.frame(url="**/api/decks")
    assert inside is not None
    zooms = inside.evaluate("maps.map(({ deck }) => deck.getViewports()[0].zoom)")
    assert zooms[0] == pytest.approx(zooms[1], abs=1e-6)
    assert zooms[0] > inside.evaluate("JSON.parse(maps[0].json).initialViewState.zoom"), "it came closer"


def test_the_difference_is_blue_where_less_is_used_and_grey_where_nothing_changes(shown: Map) -> None:
    page = shown.page
    compare(page, "Difference")
    page.locator(".cet-legend-name", has_text="Change: Heat").wait_for(timeout=_PATIENCE)
    shown.wait_until(
        lambda pixels: (pixels[..., 2] - pixels[..., 0] > 60).sum() > 1500 and near(pixels, (165, 160, 154), 40) > 1500,
        "blue and grey buildings",
    )


def test_a_link_opens_the_same_in_a_second_browser(shown: Map, address: str) -> None:
    page = shown.page
    compare(page, "Difference")
    press(page, "tool_share")
    field = page.locator(".cet-taking input")
    field.wait_for(timeout=_PATIENCE)
    link = field.input_value()
    assert link.startswith(address)
    page.keyboard.press("Escape")
    second = shown.page.context.browser.browser_type.launch(executable_path=CHROMIUM, args=FLAGS)  # type: ignore[union-attr]
    try:
        other = second.new_page(viewport={"width": 1366, "height": 768})
        other.goto(link)
        other.frame_locator("iframe.cet-frame").locator("canvas").last.wait_for(timeout=_PATIENCE)
        assert other.locator(".st-key-kpis").inner_text() == page.locator(".st-key-kpis").inner_text()
        assert other.locator(".cet-edit").inner_text() == page.locator(".cet-edit").inner_text()
        other.wait_for_timeout(1000)
        cameras = [one.frame(url="**/api/decks").evaluate("cetCamera()") for one in (page, other)]  # type: ignore[union-attr]
        for name in ("longitude", "latitude", "zoom", "pitch", "bearing"):
            assert cameras[0][name] == pytest.approx(cameras[1][name], abs=1e-3), name
    finally:
        second.close()


def test_what_is_seen_is_taken_along_as_picture_and_files(shown: Map, tmp_path: Path) -> None:
    page = shown.page
    compare(page, "Difference")
    press(page, "close_compare")
    shown.wait_for_buildings()
    press(page, "tool_export")
    page.locator(".cet-taking button").wait_for(timeout=_PATIENCE)
    page.wait_for_timeout(500)
    for what, selector in (("png", ".cet-taking button"), ("geojson", ".st-key-take_geojson button:visible")):
        with page.expect_download() as download:
            page.locator(selector).first.click()
        download.value.save_as(tmp_path / f"taken.{what}")
    picture = np.asarray(Image.open(tmp_path / "taken.png").convert("RGB")).astype(int)
    assert picture.shape == (768 + 74, 1366, 3)
    assert colours(picture) > 400
    assert near(picture, palette.PARK) > 500, "the map is in it, not a blank"
    features = json.loads((tmp_path / "taken.geojson").read_text(encoding="utf-8"))["features"]
    assert len(features) > 400
    settled(page)
    page.get_by_text("Show this as Python").click()
    page.get_by_text("import twin").first.wait_for()
    page.keyboard.press("Escape")


def test_the_workshop_speaks_large_and_resets(shown: Map) -> None:
    page = shown.page
    if page.locator(".cet-edit").count():
        press(page, "reset")
        no_edits(page)
    settled(page)
    page.get_by_text("FI", exact=True).click()
    page.get_by_role("button", name="Työpaja").wait_for(timeout=_PATIENCE)
    press(page, "tool_workshop")
    page.get_by_text("Tämä on alueenne").wait_for(timeout=_PATIENCE)
    assert "workshop=1" in page.url
    assert float(page.locator(".cet-tour p").evaluate("e => parseFloat(getComputedStyle(e).fontSize)")) >= 18
    overflow = "e => e.scrollHeight - e.clientHeight"
    assert page.locator(".st-key-panel").evaluate(overflow) <= 1
    press_named(page, "Maalämpöä kaikille")
    page.get_by_text("vrt. Nykytila").first.wait_for(timeout=_PATIENCE)
    press_named(page, "Aloita alusta")
    page.get_by_text("vrt. Nykytila").first.wait_for(state="detached", timeout=_PATIENCE)
    press_named(page, "Maalämpöä kaikille")
    page.get_by_text("vrt. Nykytila").first.wait_for(timeout=_PATIENCE)
    press(page, "leave_workshop")
    page.locator(".st-key-scenario").wait_for(timeout=_PATIENCE)


def test_a_report_in_the_page_s_language_prints_on_a4_without_a_cut(shown: Map, tmp_path: Path) -> None:
    page = shown.page
    settled(page)
    page.get_by_text("FI", exact=True).click()
    page.get_by_role("button", name="Työpaja").wait_for(timeout=_PATIENCE)
    choose(page, "scenario", "Maalämpöä kaikille")
    page.locator(".cet-edit").first.wait_for(timeout=_PATIENCE)
    press(page, "tool_export")
    press_named(page, "Tee raportti")
    ready = page.locator(".st-key-take_report button:visible")
    ready.wait_for(timeout=_PATIENCE)
    with page.expect_download() as download:
        ready.click()
    download.value.save_as(tmp_path / "report.html")
    page.keyboard.press("Escape")
    printed = page.context.browser.new_page(viewport={"width": A4_WIDTH, "height": A4_HEIGHT})  # type: ignore[union-attr]
    try:
        printed.goto((tmp_path / "report.html").as_uri())
        printed.emulate_media(media="print")
        text = printed.locator("body").inner_text()
        for words in ("Tunnusluvut", "Maalämpöä kaikille", "Kartat", "© OpenStreetMap contributors"):
            assert words in text, words
        assert printed.evaluate("document.documentElement.scrollWidth") <= A4_WIDTH
        boxes = "all => all.map(e => [e.getBoundingClientRect().right, e.getBoundingClientRect().height])"
        for what in ("table", "figure svg", "section"):
            sides = printed.locator(what).evaluate_all(boxes)
            assert sides, what
            assert all(right <= A4_WIDTH + 0.5 for right, _ in sides), what
        whole = printed.locator(".together, .figures, tr").evaluate_all(
            "all => all.map(e => [getComputedStyle(e).breakInside, e.getBoundingClientRect().height])"
        )
        assert all(breaks == "avoid" and height < A4_HEIGHT for breaks, height in whole)
        sheets = printed.pdf(prefer_css_page_size=True, print_background=True)
        assert 4 <= len(re.findall(rb"/Type\s*/Page\b", sheets)) <= 7
    finally:
        printed.close()


def test_nothing_outside_this_machine_was_asked_and_nothing_complained(shown: Map) -> None:
    assert shown.outside == []
    assert shown.complaints == []


def _server(address: str) -> psutil.Process:
    port = int(address.rsplit(":", 1)[1])
    for child in psutil.Process().children(recursive=True):
        if any(found.laddr.port == port for found in child.net_connections("tcp") if found.status == "LISTEN"):
            return child
    raise AssertionError("the server is not among this process's children")


def _ten(browser: Browser, address: str) -> None:
    """Let ten people press ten presets at once, and leave when all are answered."""
    # Each has a graphics card of their own; here, drawing ten maps in software would take all the cores that the
    # server needs.
    plain = browser.browser_type.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-3d-apis"])
    try:
        context = plain.new_context(viewport={"width": 1366, "height": 768})
        pages = [context.new_page() for _ in range(10)]
        for page in pages:
            page.goto(f"{address}/?lang=en&workshop=1", wait_until="commit")
        for page in pages:
            page.locator(".st-key-presets").wait_for(timeout=_TEN)
        for number, page in enumerate(pages):
            page.locator("[class*=st-key-preset_] button:visible").nth(1 + number).click()
        asked = time.monotonic()
        answer = httpx.get(f"{address}/api/health", timeout=10)
        assert answer.is_success
        assert time.monotonic() - asked < 5, "the service answers while ten are computed"
        for page in pages:
            page.get_by_text("vs “As it is”").first.wait_for(timeout=_TEN)
    finally:
        plain.close()


def test_ten_sessions_are_answered_and_their_memory_returns(browser: Browser, address: str, shown: Map) -> None:
    shown.page.close()
    server = _server(address)
    _ten(browser, address)
    time.sleep(3)
    # What is kept is what was computed, whoever asked: the same ten once more leave nothing behind.
    kept = server.memory_info().rss
    assert kept < 6e9
    _ten(browser, address)
    time.sleep(3)
    assert server.memory_info().rss <= kept + 150e6
