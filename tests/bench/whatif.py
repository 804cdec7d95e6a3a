"""What-if: how soon an edit shows on the default district, and a city of 45,000 buildings in one go."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

LATENCIES = {"first run": 5.0, "an edit of PV": 0.5, "an edit of any building property": 1.5}
"""Aims [s]: a full year, hourly, with its key figures."""
CITY, CITY_S, CITY_GB = 45_000, 180.0, 8.0
SMALL = 500
_ROOT = Path(__file__).parents[2]


def run() -> Iterator[dict[str, Any]]:
    """Measure the latencies in processes of their own, then a tiled city; peaks of memory are the processes'."""
    _child("latency")  # compiles what no cache on the disk holds yet
    found = _child("latency")
    for name, aim in LATENCIES.items():
        yield _against_aim(name, found[name], aim, "s")
    small, city = _child("city", SMALL), _child("city", CITY)
    each = {n: 1000.0 * told["s"] / n for n, told in ((SMALL, small), (CITY, city))}
    yield _against_aim(f"a city of {CITY} buildings", city["s"], CITY_S, "s")
    yield _against_aim(f"a city of {CITY} buildings, peak memory", city["gb"], CITY_GB, "GB")
    yield {
        "name": f"cost of a building, {SMALL} against {CITY}",
        "ours": round(each[CITY], 3),
        "peer": round(each[SMALL], 3),
        "peer_name": f"{SMALL} buildings",
        "unit": "ms a building",
        "ratio": round(each[SMALL] / each[CITY], 2),
        "error": None,
    }


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


def _child(what: str, *arguments: int) -> dict[str, Any]:
    """Run a part of this file in a process of its own: nothing is remembered, and its memory is its own."""
    command = [sys.executable, "-m", "tests.bench.whatif", what, *map(str, arguments)]
    environment = {**os.environ, "PYTHONPATH": str(_ROOT), "NUMBA_NUM_THREADS": str(os.cpu_count() or 1)}
    done = subprocess.run(command, cwd=_ROOT, env=environment, check=True, capture_output=True, text=True)
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def latencies() -> dict[str, float]:
    """Seconds from the edit to the figures of the district and every building, after imports and reading."""
    import twin
    from twin.scenario import BatteryEdit, HeatingEdit, History, PvEdit, RetrofitEdit, SetpointsEdit, Where

    for name in ("twin.simulation.run", "twin.results.kpis", "assets.demand", "assets.solar", "assets.ev"):
        __import__(name)
    district = twin.load_district("helsinki-centre")

    def seconds(scenario: Any) -> float:
        from time import perf_counter

        start = perf_counter()
        results = twin.run(district, scenario)
        twin.kpis(results)
        return perf_counter() - start

    history = History.start(twin.load_scenario("as-is"))
    found = {"first run": seconds(history.present)}
    office = Where(use=("office",))
    panels = [PvEdit(share=0.5), PvEdit(share=0.7, where=office), PvEdit(share=1.0)]
    properties = [
        RetrofitEdit(level="deep"),
        RetrofitEdit(level="standard", where=office),
        HeatingEdit(system="ground_source_heat_pump"),
        SetpointsEdit(heating_c=20.0),
        BatteryEdit(kwh_per_kwp=1.0),
    ]
    for name, edits in (("an edit of PV", panels), ("an edit of any building property", properties)):
        taken = []
        for edit in edits:
            history = history.apply(edit)
            taken.append(seconds(history.present))
        found[name] = max(taken)
    return found


def city(n: int) -> dict[str, float]:
    """Seconds of a year of n buildings with PV, demand and key figures, and the process's peak of memory."""
    import resource
    from time import perf_counter

    import twin
    from tests.bench._tiles import tiled

    default = twin.load_district("helsinki-centre")
    solar = twin.load_scenario("solar-roofs")
    twin.kpi_table(twin.run_city(tiled(default, 20), solar))  # compiled code is read in
    district = tiled(default, n)
    start = perf_counter()
    results = twin.run_city(district, solar)
    twin.district_kpis(results)
    twin.kpi_table(results)
    taken = perf_counter() - start
    return {"s": taken, "gb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6}


if __name__ == "__main__":
    print(json.dumps(latencies() if sys.argv[1] == "latency" else city(int(sys.argv[2]))))
