"""A year of the default district with its networks, coupled, hour by hour: buildings, plans, heat, plants, power flow."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

AIM_S = 15.0
"""For the year with heat and electricity networks [s]."""
_ROOT = Path(__file__).parents[2]


def run() -> Iterator[dict[str, Any]]:
    """Measure in processes of their own: the year as it is, then with plants; what an edit of a plant takes."""
    _child()  # compiles what no cache on the disk holds yet
    found = _child()
    for name, seconds in found["seconds"].items():
        yield {
            "name": name,
            "ours": round(seconds, 2),
            "peer": AIM_S,
            "peer_name": "aim",
            "unit": "s",
            "ratio": round(AIM_S / seconds, 2),
            "error": None,
        }
    yield {
        "name": "district year, worst residual of any carrier and hour",
        "ours": found["residual"],
        "peer": 1e-6,
        "peer_name": "aim",
        "unit": "of what comes in",
        "ratio": round(1e-6 / max(found["residual"], 1e-18), 2),
        "error": found["residual"],
    }


def _child() -> dict[str, Any]:
    """Run this file in a process of its own: nothing is remembered."""
    command = [sys.executable, "-m", "tests.bench.district_year"]
    environment = {**os.environ, "PYTHONPATH": str(_ROOT), "NUMBA_NUM_THREADS": str(os.cpu_count() or 1)}
    done = subprocess.run(command, cwd=_ROOT, env=environment, check=True, capture_output=True, text=True)
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


PLANTS = """
name: plants
edits:
- {what: plant, id: sea, kind: heat_pump_water, size_kw: 20000, at: [24.945, 60.166]}
- {what: plant, id: chp, kind: chp_gas_engine, size_kw: 10000}
- {what: plant, id: accumulator, kind: heat_accumulator, capacity_kwh: 200000}
- {what: plant, id: battery, kind: battery_grid, capacity_kwh: 4000}
"""
LARGER = "- {what: plant, id: accumulator, do: resize, capacity_kwh: 400000}\n"


def measure() -> dict[str, Any]:
    """Seconds of wall and the worst residual, after imports and reading."""
    from time import perf_counter

    import twin
    from twin.networks.ledger import INTO, OUT

    for name in ("twin.networks.coupling", "twin.networks.planning", "assets.demand", "assets.solar", "assets.ev"):
        __import__(name)
    district = twin.load_district("helsinki-centre")
    memo = twin.Memo()

    def seconds(scenario: Any) -> tuple[float, Any]:
        start = perf_counter()
        results = twin.run(district, scenario, memo=memo)
        networks = twin.run_networks(district, scenario, results=results, memo=memo)
        twin.network_kpis(networks)
        return perf_counter() - start, networks

    found = {}
    found["district year"], networks = seconds(None)
    data = networks.dataset
    into = sum(data[f"{word}_kwh"].to_numpy() for word in INTO)
    out = sum(data[f"{word}_kwh"].to_numpy() for word in OUT)
    out = out + data["network_loss_kwh"].to_numpy() + data["network_stored_kwh"].to_numpy()
    residual = float((abs(into - out) / into.clip(1.0)).max())
    found["district year with four plants, after that as it is"] = seconds(twin.parse_scenario(PLANTS))[0]
    found["district year with a larger store, after that"] = seconds(twin.parse_scenario(PLANTS + LARGER))[0]
    return {"seconds": found, "residual": residual}


if __name__ == "__main__":
    print(json.dumps(measure()))
