"""What-if: how soon an edit shows on the default district, and a city of 45,000 buildings in one go."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.bench._old_build import NAME, ROOT, child, old_build

LATENCIES = {"first run": 5.0, "an edit of PV": 0.5, "an edit of any building property": 1.5}
"""Aims [s]: a full year, hourly, with its key figures."""
CITY, CITY_S, CITY_GB = 45_000, 100.0, 2.0
SMALL = 500


def run() -> Iterator[dict[str, Any]]:
    """Measure the latencies in processes of their own, then a tiled city; peaks of memory are the processes'."""
    _latencies()  # compiles what no cache on the disk holds yet
    found = _latencies()
    for name, aim in LATENCIES.items():
        yield _line(name, found[name], aim, "aim", "s")
    with old_build() as old, tempfile.TemporaryDirectory(prefix="whatif-") as folder:
        cities = {n: _tiled(Path(folder), n) for n in (SMALL, CITY)}
        small, city = _city(ROOT, cities[SMALL]), _city(ROOT, cities[CITY])
        _city(old, cities[SMALL])  # compiles
        before = _city(old, cities[CITY])
    error = max(abs(city[name] / before[name] - 1.0) for name in ("heat_kwh", "pv_kwh", "import_kwh"))
    name = f"a city of {CITY} buildings"
    yield _line(name, city["s"], before["s"], NAME, "s", error)
    yield _line(f"{name}, peak memory", city["gb"], before["gb"], NAME, "GB", error)
    yield _line(f"{name}, the aim", city["s"], CITY_S, "aim", "s")
    yield _line(f"{name}, the aim of peak memory", city["gb"], CITY_GB, "aim", "GB")
    each = {n: 1000.0 * told["s"] / n for n, told in ((SMALL, small), (CITY, city))}
    name = f"cost of a building, {SMALL} against {CITY}"
    yield _line(name, each[CITY], each[SMALL], f"{SMALL} buildings", "ms a building")


def _line(  # noqa: PLR0917  the columns of a line
    name: str, ours: float, peer: float, peer_name: str, unit: str, error: float | None = None
) -> dict[str, Any]:
    return {
        "name": name,
        "ours": round(ours, 3),
        "peer": round(peer, 3),
        "peer_name": peer_name,
        "unit": unit,
        "ratio": round(peer / ours, 2),
        "error": error,
    }


def _latencies() -> dict[str, Any]:
    """Measure in a process of its own: nothing is remembered."""
    done = child(ROOT, "from tests.bench.whatif import latencies; import json; print(json.dumps(latencies()))", [])
    if not done.fine:
        raise RuntimeError("the latencies cannot be measured: call tests.bench.whatif.latencies() to see why")
    told: dict[str, Any] = json.loads(done.output.splitlines()[-1])
    return told


def _tiled(folder: Path, n: int) -> str:
    """Folder of a city, made in a process of its own."""
    code = (
        "import sys, twin; from tests.bench._tiles import tiled; "
        "twin.save_district(tiled(twin.load_district('helsinki-centre'), int(sys.argv[1])), sys.argv[2])"
    )
    if not child(ROOT, code, [str(n), str(folder / str(n))]).fine:
        raise RuntimeError(f"a city of {n} buildings cannot be made in {folder}: see whether the disk is full")
    return str(folder / str(n))


_CITY = """
import json, sys
from time import perf_counter
import twin
district, solar = twin.load_district(sys.argv[1]), twin.load_scenario("solar-roofs")
def year(of):
    # The old build has a function of its own for it.
    old = getattr(twin, "run_city", None)
    return old(of, solar) if old else twin.run(of, solar, keep="annual", memo=twin.Memo(0))
twin.kpi_table(year(twin.load_district("helsinki-centre")))  # compiled code is read in
start = perf_counter()
results = year(district)
figures = twin.district_kpis(results)
twin.kpi_table(results)
names = {"heat_kwh": "heat_kwh", "pv_kwh": "pv_kwh", "import_kwh": "grid_import_kwh"}
print(json.dumps({"s": perf_counter() - start} | {k: figures[v]["value"] for k, v in names.items()}))
"""
"""Seconds of a year of a city with PV, demand and key figures."""


def _city(tree: Path, folder: str) -> dict[str, float]:
    done = child(tree, _CITY, [folder])
    if not done.fine:
        raise RuntimeError(f"the city of {folder} does not come through in {tree}: run it there to see why")
    told: dict[str, float] = json.loads(done.output.splitlines()[-1])
    return told | {"gb": done.peak_gb}


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
