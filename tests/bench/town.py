"""A town of 9,000 buildings, the default district tiled, through the command `twin run`: time and peak of memory.

Beside it the build of 22 November 2026 in the same run, with the same command, district and scenario, its loops
compiled before. Either reads the district, computes, and writes what it keeps: hours then, yearly figures now.
Where the old build does not come through with so many buildings, both are held against each other with as many as it
can.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.bench._old_build import NAME, ROOT, Child, child, old_build

TOWN = 9_000
FEWER = (5_000, 2_500)
AIM_S, AIM_GB = 25.0, 2.0
SCENARIO = "solar-roofs"
_COMMAND = "from apps.cli.main import main; main()"


def run() -> Iterator[dict[str, Any]]:
    """Measure our command, then the old build's."""
    with old_build() as old, tempfile.TemporaryDirectory(prefix="town-") as name:
        folder = Path(name)
        for tree in (ROOT, old):  # what no cache on the disk holds yet is compiled
            _twin_run(tree, "helsinki-centre", folder / "warm")
        ours = _twin_run(ROOT, _town(folder, TOWN), folder / "ours")
        yield _line(f"twin run on {TOWN} buildings", ours.seconds, AIM_S, "the stated aim", "s", None)
        yield _line(f"twin run on {TOWN} buildings, peak memory", ours.peak_gb, AIM_GB, "the stated aim", "GB", None)
        for n in (TOWN, *FEWER):
            theirs = _twin_run(old, _town(folder, n), folder / "theirs")
            if theirs.fine:
                break
        if n != TOWN:
            ours = _twin_run(ROOT, _town(folder, n), folder / "ours")
        error = _apart(folder / "ours", folder / "theirs")
        yield _line(f"twin run on {n} buildings, beside", ours.seconds, theirs.seconds, NAME, "s", error)
        yield _line(f"twin run on {n} buildings, peak memory beside", ours.peak_gb, theirs.peak_gb, NAME, "GB", error)


def _town(folder: Path, n: int) -> str:
    """Folder of a town, made in a process of its own."""
    code = (
        "import sys, twin; from tests.bench._tiles import tiled; "
        "twin.save_district(tiled(twin.load_district('helsinki-centre'), int(sys.argv[1])), sys.argv[2])"
    )
    path = folder / f"town-{n}"
    if not path.exists() and not child(ROOT, code, [str(n), str(path)]).fine:
        raise RuntimeError(f"a town of {n} buildings cannot be made in {folder}: see whether the disk is full")
    return str(path)


def _twin_run(tree: Path, district: str, out: Path) -> Child:
    return child(tree, _COMMAND, ["run", "-d", district, "-s", SCENARIO, "--out", str(out)])


def _apart(ours: Path, theirs: Path) -> float:
    """Largest relative difference of any figure of the district."""
    found = [json.loads((folder / "kpis.json").read_text(encoding="utf-8"))["district"] for folder in (ours, theirs)]
    pairs = [(found[0][name]["value"], kpi["value"]) for name, kpi in found[1].items() if name in found[0]]
    return max(abs(a - b) / max(abs(b), 1e-9) for a, b in pairs if a is not None and b is not None)


def _line(  # noqa: PLR0917  the columns of a line
    name: str, ours: float, peer: float, peer_name: str, unit: str, error: float | None
) -> dict[str, Any]:
    return {
        "name": name,
        "ours": round(ours, 2),
        "peer": round(peer, 2),
        "peer_name": peer_name,
        "unit": unit,
        "ratio": round(peer / ours, 2),
        "error": error,
    }
