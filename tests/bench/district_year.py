"""A year of the default district with its networks, coupled, hour by hour: buildings, plans, heat, plants, power flow.

Each figure is of a run that remembers nothing: buildings' year, plan of every network, year of every network and plant,
books, key figures. Only the machine code of the compiled loops is there already. Process time of one thread; the time
on the wall, of a machine that may be doing other things, is told beside it. The error is the worst residual of any
carrier and hour, by what comes in.
"""

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
PLANTS = """
name: plants
edits:
- {what: plant, id: sea, kind: heat_pump_water, size_kw: 20000, at: [24.945, 60.166]}
- {what: plant, id: chp, kind: chp_gas_engine, size_kw: 10000}
- {what: plant, id: accumulator, kind: heat_accumulator, capacity_kwh: 200000}
- {what: plant, id: battery, kind: battery_grid, capacity_kwh: 4000}
"""
FOUR = """
name: four-networks
edits:
- {what: heating, system: gas_boiler, where: {use: [retail, hotel, apartment_block]}}
- {what: cooling, system: district_cooling, where: {use: [office]}}
- {what: plant, id: chiller, kind: chiller_centrifugal, size_kw: 30000}
"""
CASES = {
    "district year, electricity and heat": "",
    "district year, four plants built": PLANTS,
    "district year, electricity, heat, cold and gas": FOUR,
}


def run() -> Iterator[dict[str, Any]]:
    """Measure in a process of its own, on one thread."""
    command = [sys.executable, "-m", "tests.bench.district_year"]
    environment = {**os.environ, "PYTHONPATH": str(_ROOT), "NUMBA_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, cwd=_ROOT, env=environment, check=True, capture_output=True, text=True)
    for told in json.loads(done.stdout.splitlines()[-1]):
        yield {
            "name": told["name"],
            "ours": round(told["process_s"], 2),
            "peer": AIM_S,
            "peer_name": "the stated aim",
            "unit": "s of process time",
            "ratio": round(AIM_S / told["process_s"], 2),
            "error": told["residual"],
            "wall_s": round(told["wall_s"], 2),
        }


def worst_residual(dataset: Any) -> float:
    """Worst of any carrier and hour, of what comes in."""
    from twin.networks.operation.balance_book import INTO, OUT

    into = sum(dataset[f"{word}_kwh"].to_numpy() for word in INTO)
    out = sum(dataset[f"{word}_kwh"].to_numpy() for word in OUT)
    out = out + dataset["network_loss_kwh"].to_numpy() + dataset["network_stored_kwh"].to_numpy()
    return float((abs(into - out) / into.clip(1.0)).max())


def measure() -> list[dict[str, Any]]:
    """Seconds and the worst residual of each case, after imports, reading and compiling."""
    from time import perf_counter, process_time

    import twin

    district = twin.load_district("helsinki-centre")
    found = []
    for name, told in [("", ""), *CASES.items()]:
        scenario = twin.parse_scenario(told) if told else None
        memo = twin.Memo()
        wall, process = perf_counter(), process_time()
        results = twin.run(district, scenario, memo=memo)
        networks = twin.run_networks(district, scenario, results=results, memo=memo)
        twin.network_kpis(networks)
        spent = {"wall_s": perf_counter() - wall, "process_s": process_time() - process}
        if name:  # the first compiles
            found.append({"name": name, "residual": worst_residual(networks.dataset), **spent})
    return found


if __name__ == "__main__":
    print(json.dumps(measure()))
