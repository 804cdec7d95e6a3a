"""A year of a town's networks by the command `twin networks`, beside the build of 22 November 2026.

The default district is tiled to so many buildings, with its streets and all that is mapped, and saved; each build reads
it, runs its networks and writes all that the command writes, in a process of its own on one thread. Both have run the
default district first, so that their loops are compiled. Figures of time are process time; the time on the wall, of a
machine that may be doing other things, is told beside it. Memory is the peak of the process. The error is how far the
two builds' heat networks are apart in what they lose: grids of more than 512 houses are grouped quarter by quarter now.
"""

from __future__ import annotations

import io
import math
import os
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

BEFORE, BEFORE_NAME = "8992114", "the build of 22 November 2026"
BUILDINGS, HALF = 5000, 2500
GROWTH = 1.2
"""Aim: time grows with no higher a power of the number of buildings."""
_ROOT = Path(__file__).parents[2]
_COMMAND = "from apps.cli import main; main()"


@dataclass(frozen=True)
class _Spent:
    """What a process took."""

    process_s: float
    wall_s: float
    gb: float


def run() -> Iterator[dict[str, Any]]:
    """Measure both builds on the town, and ours on half of it."""
    with tempfile.TemporaryDirectory(prefix="town-networks-") as name:
        folder = Path(name)
        before = _archived(folder / "before")
        for root in (before, _ROOT):
            _networks(root, "helsinki-centre", folder / "warm" / root.name)
        towns = {n: _town(n, folder / f"town-{n}") for n in (HALF, BUILDINGS)}
        half = _networks(_ROOT, str(towns[HALF]), folder / "half")
        ours = _networks(_ROOT, str(towns[BUILDINGS]), folder / "ours")
        peer = _networks(before, str(towns[BUILDINGS]), folder / "peer")
        error = _apart(folder / "ours", folder / "peer")
    town = f"networks of {BUILDINGS} buildings"
    wall = {"wall_s": round(ours.wall_s, 1), "peer_wall_s": round(peer.wall_s, 1)}
    yield _figure(town, (ours.process_s, peer.process_s), BEFORE_NAME, "s of process time", error) | wall
    yield _figure(f"{town}, peak memory", (ours.gb, peer.gb), BEFORE_NAME, "GB", error)
    growth = math.log(ours.process_s / half.process_s) / math.log(BUILDINGS / HALF)
    yield _figure(f"{town}, growth from {HALF} on", (growth, GROWTH), "the stated aim", "power of the buildings", None)


def _figure(name: str, pair: tuple[float, float], peer: str, unit: str, error: float | None) -> dict[str, Any]:
    return {
        "name": name,
        "ours": round(pair[0], 2),
        "peer": round(pair[1], 2),
        "peer_name": peer,
        "unit": unit,
        "ratio": round(pair[1] / pair[0], 2),
        "error": error,
    }


def _archived(folder: Path) -> Path:
    """Unpack the earlier build; its repository must be here."""
    packed = subprocess.run(["git", "archive", BEFORE], cwd=_ROOT, check=True, capture_output=True).stdout
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        archive.extractall(folder, filter="data")
    return folder


def _town(n: int, folder: Path) -> Path:
    from gis_data import load_district, save_district
    from tests.bench._tiles import tiled

    return Path(save_district(tiled(load_district("helsinki-centre"), n), folder))


def _networks(root: Path, district: str, out: Path) -> _Spent:
    """Run the command of a build in a process of its own."""
    environment = {**os.environ, "PYTHONPATH": str(root)}
    environment |= {f"{library}_NUM_THREADS": "1" for library in ("OMP", "OPENBLAS", "MKL", "NUMBA")}
    command = [sys.executable, "-c", _COMMAND, "networks", "--district", district, "--out", str(out)]
    start = perf_counter()
    with tempfile.TemporaryFile() as log:
        child = subprocess.Popen(command, cwd=root, env=environment, stdout=log, stderr=log)
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        log.seek(0)
        told = log.read().decode(errors="replace")
    if child.returncode:
        raise subprocess.CalledProcessError(child.returncode, command, told)
    return _Spent(used.ru_utime + used.ru_stime, perf_counter() - start, used.ru_maxrss / 1e6)


def _apart(ours: Path, peer: Path) -> float:
    """Losses of the heat network against each other."""
    import xarray as xr

    lost = []
    for folder in (ours, peer):
        with xr.open_dataset(folder / "networks" / "networks.nc", engine="netcdf4") as file:
            lost.append(float(file["network_loss_kwh"].sel(carrier="heat").sum()))
    return abs(lost[0] / lost[1] - 1.0)
