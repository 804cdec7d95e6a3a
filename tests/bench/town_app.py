"""The map of a town: memory of `twin app` on 5,000 buildings, seconds until its data are there, and six edits."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

TOWN, MEMORY_GB, DRAWN_S, GROWTH_GB = 5000, 2.0, 10.0, 0.2
"""Buildings, and the aims."""
_LAYERS = ("streets", "water", "landuse", "trees", "chargers", "pipes")
_NAME = f"helsinki-centre-{TOWN}"
_ROOT = Path(__file__).parents[2]


def run() -> Iterator[dict[str, Any]]:
    """Serve a tiled town by the command, fetch what the page fetches, then what it fetches after each of six edits."""
    with tempfile.TemporaryDirectory() as folder, _served(_town(Path(folder)), Path(folder)) as (address, process):
        drawn_s, told = _timed(lambda: _draw(address, ""))
        yield _against_aim(f"the map of {TOWN} buildings, data there", drawn_s, DRAWN_S, "s")
        first = _gb(process, "VmHWM")
        edits_s = [_timed(lambda link=link: _draw(address, link))[0] for link in _edits()]
        yield _against_aim(f"the map of {TOWN} buildings, after an edit", max(edits_s), DRAWN_S, "s")
        most = _gb(process, "VmHWM")
        yield _against_aim(f"the map of {TOWN} buildings, peak memory with six edits", most, MEMORY_GB, "GB")
        yield _against_aim("what six edits add to the peak", max(most - first, 0.001), GROWTH_GB, "GB")
        print(f"  {told / 1e6:.1f} MB to the browser, {first:.2f} GB before the edits", file=sys.stderr)


def _against_aim(name: str, ours: float, aim: float, unit: str) -> dict[str, Any]:
    return {
        "name": name,
        "ours": round(ours, 3),
        "peer": aim,
        "peer_name": "aim",
        "unit": unit,
        "ratio": round(aim / ours, 2),
        "error": None,
    }


def _town(folder: Path) -> Path:
    """Write the town in a process of its own."""
    made = folder / "town"
    code = (
        "import sys, gis_data, twin; from tests.bench._tiles import tiled; "
        "small = gis_data.load_district('helsinki-centre'); "
        "twin.run(small, twin.load_scenario('solar-roofs'), keep='annual'); "  # compiles what is not compiled yet
        f"gis_data.save_district(tiled(small, {TOWN}), sys.argv[1])"
    )
    subprocess.run([sys.executable, "-c", code, str(made)], cwd=_ROOT, env=_environment(folder), check=True)
    return made


def _environment(folder: Path) -> dict[str, str]:
    cores = str(os.cpu_count() or 1)
    return {
        **os.environ,
        "PYTHONPATH": str(_ROOT),
        "NUMBA_NUM_THREADS": cores,
        "CITY_ENERGY_TWIN_CACHE": str(folder / "views"),
    }


@contextmanager
def _served(town: Path, folder: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    from tests.apps.driving import free_port

    port = free_port()
    command = [sys.executable, "-c", "from apps.cli import main; main()", "app", "-d", str(town), "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=_environment(folder))
    address = f"http://127.0.0.1:{port}/api"
    try:
        while not _answers(address):
            if process.poll() is not None:
                raise RuntimeError(f"the server ended with {process.returncode}")
            time.sleep(0.1)
        yield address, process
    finally:
        process.terminate()
        process.wait()


def _answers(address: str) -> bool:
    try:
        return httpx.get(f"{address}/health", timeout=60).is_success
    except httpx.TransportError:
        return False


def _draw(address: str, link: str) -> int:
    """Fetch all that the page's first picture is drawn from; after an edit, the browser has the ground already."""
    given = {"scenario": link} if link else {}
    wanted = [("buildings.geojson", {**given, "quantity": "heat"}), ("kpis", given)]
    wanted += [] if link else [(f"layers/{layer}.geojson", {}) for layer in _LAYERS]

    def fetch(what: tuple[str, dict[str, str]]) -> int:
        answer = httpx.get(f"{address}/districts/{_NAME}/{what[0]}", params=what[1], timeout=600)
        answer.raise_for_status()
        return int(answer.headers.get("content-length", len(answer.content)))

    with ThreadPoolExecutor(6) as browser:  # as many as a browser asks for at once
        return sum(browser.map(fetch, wanted))


def _edits() -> list[str]:
    """Six steps of a scenario, as the texts of their links."""
    from twin.scenario import (
        BatteryEdit,
        HeatingEdit,
        PvEdit,
        RetrofitEdit,
        Scenario,
        SetpointsEdit,
        Where,
        encode_scenario,
    )

    office = Where(use=("office",))
    steps = (
        PvEdit(share=0.5),
        RetrofitEdit(level="deep", where=office),
        HeatingEdit(system="ground_source_heat_pump", share=0.3),
        SetpointsEdit(heating_c=20.0),
        BatteryEdit(kwh_per_kwp=1.0),
        PvEdit(share=0.8, where=office),
    )
    return [encode_scenario(Scenario(name="edited", edits=steps[: k + 1])) for k in range(len(steps))]


def _timed(work: Any) -> tuple[float, Any]:
    start = time.perf_counter()
    found = work()
    return time.perf_counter() - start, found


def _gb(process: subprocess.Popen[bytes], field: str) -> float:
    told = Path(f"/proc/{process.pid}/status").read_text()
    return int(next(line for line in told.splitlines() if line.startswith(field)).split()[1]) / 1e6
