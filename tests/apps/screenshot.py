"""Take the README's pictures of the map: `python -m tests.apps.screenshot` writes docs/map.png and its kin."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.apps.driving import CHROMIUM, Map, chromium, select, served

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


if __name__ == "__main__":
    main()
