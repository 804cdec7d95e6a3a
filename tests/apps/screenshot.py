"""Take the README's pictures of the map: `python -m tests.apps.screenshot` writes docs/map.png and its kin."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.apps.driving import CHROMIUM, Map, at_rest, chromium, press, select, served

DOCS = Path(__file__).resolve().parents[2] / "docs"


def main() -> None:
    """Write one picture of the laptop's screen, with a building selected, and one of the projector's, with uses."""
    if CHROMIUM is None:
        sys.exit("Chromium is not installed (on Debian: apt install chromium).")
    DOCS.mkdir(exist_ok=True)
    with served() as address, chromium() as browser:
        for name, width, height in (("map.png", 1366, 768), ("map-1920.png", 1920, 1080)):
            shown = Map(browser, address, width=width, height=height)
            shown.wait_for_buildings()
            if width == 1366:
                select(shown, 640, 450)
                shown.page.mouse.move(width / 2, height - 4)
            else:
                shown.page.get_by_text("Building", exact=True).click()
                shown.page.get_by_text("Education", exact=True).wait_for()
            shown.wait_for_buildings()
            shown.page.screenshot(path=DOCS / name, timeout=90_000)
            shown.page.close()
            print(DOCS / name)
        _networks(Map(browser, address))
        _whatif(Map(browser, address))
        _workshop(Map(browser, address, width=1920, height=1080))


def _whatif(shown: Map) -> None:
    """Take a change of several buildings, and then the comparison of a scenario with the district as it is."""
    page = shown.page
    shown.wait_for_buildings()
    page.locator(".st-key-scenario input").first.click()
    page.get_by_role("option", name="Deep retrofit of the oldest third", exact=True).click()
    page.locator(".cet-edit").first.wait_for(timeout=90_000)
    select(shown, 640, 450)
    page.get_by_text("Change", exact=True).first.click()
    page.locator(".st-key-change_heating input").first.click()
    page.get_by_role("option", name="Ground heat pump", exact=True).click()
    page.locator(".cet-edit").nth(1).wait_for(timeout=90_000)
    page.mouse.move(683, 764)
    shown.wait_for_buildings()
    page.screenshot(path=DOCS / "whatif.png", timeout=90_000)
    print(DOCS / "whatif.png")
    page.locator(".st-key-close_card button:visible").first.click()
    page.locator(".st-key-tool_compare button:visible").first.click()
    page.frame_locator("iframe.cet-frame").locator("canvas").last.wait_for(timeout=90_000)
    page.mouse.move(683, 764)
    page.wait_for_timeout(20_000)
    page.screenshot(path=DOCS / "compare.png", timeout=90_000)
    print(DOCS / "compare.png")
    page.get_by_text("Difference", exact=True).click()
    page.locator(".cet-legend-name", has_text="Change: Heat").wait_for(timeout=90_000)
    page.mouse.move(683, 764)
    page.wait_for_timeout(15_000)
    page.screenshot(path=DOCS / "difference.png", timeout=90_000)
    print(DOCS / "difference.png")
    page.close()


def _networks(shown: Map) -> None:
    """Take an overloaded cable of a district with many electric cars, with its cause, and the year's flows."""
    page = shown.page
    shown.wait_for_buildings()
    page.locator(".st-key-scenario input").first.click()
    page.get_by_role("option", name="Half of the cars electric", exact=True).click()
    page.locator(".cet-edit").first.wait_for(timeout=90_000)
    at_rest(page)
    press(page, "network_badge")
    page.locator(".cet-group").first.wait_for(timeout=300_000)
    at_rest(page)
    page.locator('[class*="st-key-problem_"] button:visible', has_text="Cable").first.click()
    page.locator(".st-key-element_part").wait_for(timeout=90_000)
    at_rest(page)
    page.mouse.move(683, 764)
    shown.wait_for_buildings()
    page.screenshot(path=DOCS / "networks.png", timeout=90_000)
    print(DOCS / "networks.png")
    press(page, "tool_flows")
    page.locator(".cet-sankey path").first.wait_for(timeout=90_000)
    at_rest(page)
    page.screenshot(path=DOCS / "flows.png", timeout=90_000)
    print(DOCS / "flows.png")
    page.close()


def _workshop(shown: Map) -> None:
    """Take the workshop's page on a projector, with a preset chosen and the tour's third step."""
    page = shown.page
    page.locator(".st-key-tool_workshop button:visible").first.click()
    for _ in range(2):
        page.locator(".st-key-tour_next button:visible").first.click()
        page.wait_for_timeout(2500)
    page.get_by_role("button", name="Solar on all suitable roofs").click()
    page.get_by_text("vs “As it is”").first.wait_for(timeout=90_000)
    page.mouse.move(960, 1074)
    shown.wait_for_buildings()
    page.screenshot(path=DOCS / "workshop.png", timeout=90_000)
    print(DOCS / "workshop.png")
    page.close()


if __name__ == "__main__":
    main()
