"""Start the map as a person does and drive it in headless Chromium; nothing but this machine may be asked."""

from __future__ import annotations

import io
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import numpy as np
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
# Software rendering: the map is drawn on machines without a graphics card.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
]
_LOCAL = {"127.0.0.1", "localhost", ""}
_START_S = 120


def free_port() -> int:
    """Give a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(*words: str) -> Iterator[str]:
    """Run `twin app` on a free port and give its address; it is ended by its own process id."""
    port = free_port()
    # Not the installed command: what is tested is the checkout that the tests stand in.
    command = [sys.executable, "-c", "from apps.cli import main; main()", "app", "--port", str(port), *words]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait(process, address)
        yield address
    finally:
        process.terminate()
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stderr.close()  # type: ignore[union-attr]


def _wait(process: subprocess.Popen[bytes], address: str) -> None:
    until = time.monotonic() + _START_S
    while time.monotonic() < until:
        if process.poll() is not None:
            raise AssertionError(f"the server ended: {process.stderr.read().decode()}")  # type: ignore[union-attr]
        try:
            if httpx.get(f"{address}/api/health", timeout=5).is_success:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError(f"the server did not answer within {_START_S} s")


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start Debian's Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


class Map:
    """The map in a browser, and what it asked for."""

    def __init__(self, browser: Browser, address: str, *, width: int = 1366, height: int = 768, language: str = "en"):
        self.page: Page = browser.new_page(viewport={"width": width, "height": height})
        self.outside: list[str] = []
        self.data: list[str] = []
        self.complaints: list[str] = []
        self.page.route("**/*", self._gate)
        self.page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self._home = f"{address}/?lang={language}"
        self._failed = 0
        self.open()

    def open(self) -> None:
        """Begin a new session of the page."""
        self.page.goto(self._home)
        self.page.locator(".st-key-map canvas").wait_for(timeout=90_000)

    def begin(self, failed: int) -> None:
        """Begin a test; where one failed since the last, what it left behind must not fail this one too."""
        if failed > self._failed:
            self._failed = failed
            self.open()
        settled(self.page)

    def _gate(self, route) -> None:  # type: ignore[no-untyped-def]
        url = urlsplit(route.request.url)
        if url.scheme in {"http", "https", "ws", "wss"} and (url.hostname or "") not in _LOCAL:
            self.outside.append(route.request.url)
            route.abort()
            return
        if url.path.startswith("/api/"):
            self.data.append(url.path + "?" + url.query)
        route.continue_()

    def look(self) -> np.ndarray:
        """Give the pixels of the free part of the map, (rows, columns, 3)."""
        size = self.page.viewport_size or {"width": 0, "height": 0}
        clip = {"x": 300, "y": 140, "width": size["width"] - 660, "height": size["height"] - 300}
        shot = self.page.screenshot(clip=clip, timeout=90_000)  # type: ignore[arg-type]
        return np.asarray(Image.open(io.BytesIO(shot)).convert("RGB")).astype(int)

    def wait_until(self, true, what: str, seconds: float = 60.0):  # type: ignore[no-untyped-def]
        """Look until `true(pixels)` holds, and give the pixels."""
        until = time.monotonic() + seconds
        while True:
            pixels = self.look()
            if true(pixels):
                return pixels
            assert time.monotonic() < until, f"{what} did not happen within {seconds} s"
            self.page.wait_for_timeout(250)

    def wait_for_buildings(self) -> np.ndarray:
        """Wait until buildings are drawn and the picture stands still."""
        self.wait_until(lambda pixels: colours(pixels) > 400, "the drawing of the buildings")
        last = self.look()
        for _ in range(40):
            self.page.wait_for_timeout(600)
            now = self.look()
            if np.abs(now - last).max() < 3:
                return now
            last = now
        return last


def colours(pixels: np.ndarray) -> int:
    """Count the different colours of a picture."""
    flat = pixels.reshape(-1, 3) @ [65536, 256, 1]
    return len(np.unique(flat))


def near(pixels: np.ndarray, colour: tuple[int, int, int], within: int = 6) -> int:
    """Count the pixels of a colour."""
    return int((np.abs(pixels - np.array(colour)).max(axis=2) <= within).sum())


def settled(page: Page, seconds: float = 60.0) -> None:
    """Wait until the page's script has run to its end and the leftovers of its last run are gone.

    While it runs, what a run before it drew may stand beside what is drawn now, under the same key.
    """
    page.wait_for_function(
        "document.querySelector('[data-testid=stApp]')?.dataset.testScriptState === 'notRunning'"
        " && !document.querySelector('[data-stale=true]')",
        timeout=seconds * 1000,
    )


def select(shown: Map, x: float, y: float, tries: int = 8) -> None:
    """Click a building until its card is there: a slow machine takes a click for a long press."""
    card = shown.page.locator(".st-key-card")
    for number in range(tries):
        shown.page.mouse.move(x + number % 2, y)
        shown.page.wait_for_timeout(400)
        shown.page.mouse.click(x + number % 2, y)
        for _ in range(25):
            if card.locator("svg").count() >= 2:
                return
            shown.page.wait_for_timeout(200)
    raise AssertionError(f"no card opened after {tries} clicks at {x}, {y}")


def at_rest(page: Page, seconds: float = 300.0) -> None:
    """Wait until the page stays settled and no year of networks is being computed: a click is not lost then."""
    calm, until = 0, time.monotonic() + seconds
    while calm < 3:
        settled(page, max(until - time.monotonic(), 1.0))
        calm = 0 if page.locator(".st-key-networks_busy").count() else calm + 1
        assert time.monotonic() < until, f"the networks were not computed within {seconds} s"
        page.wait_for_timeout(120)


def press(page: Page, key: str) -> None:
    """Click the button of a key, once it is there."""
    settled(page)
    page.locator(f".st-key-{key} button:visible").first.click()
