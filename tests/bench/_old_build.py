"""The build of 22 November 2026, which later ones are held against: its tree out of git, and children of any tree."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

COMMIT = "8992114"
NAME = f"the build of 22 November 2026 ({COMMIT})"
ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Child:
    """What a process took: seconds on the wall, peak of memory [GB], its output, and whether it ended well."""

    seconds: float
    peak_gb: float
    output: str
    fine: bool


@contextmanager
def old_build() -> Iterator[Path]:
    """Give a temporary folder with the tree of that build.

    Raises
    ------
    RuntimeError
        Where the history of the repository is not there.
    """
    packed = subprocess.run(["git", "archive", COMMIT], cwd=ROOT, capture_output=True, check=False)
    if packed.returncode:
        raise RuntimeError(f"git has no commit {COMMIT} here: fetch the whole history (`git fetch --unshallow`)")
    with tempfile.TemporaryDirectory(prefix="old-build-") as name:
        with tarfile.open(fileobj=io.BytesIO(packed.stdout)) as archive:
            archive.extractall(name, filter="data")
        yield Path(name)


def child(tree: Path, code: str, arguments: Sequence[str]) -> Child:
    """Run Python code of a tree in a process of its own, on all processors."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment |= {"PYTHONPATH": str(tree), "NUMBA_NUM_THREADS": str(os.cpu_count() or 1)}
    with tempfile.TemporaryFile("w+") as output:
        start = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-c", code, *arguments],
            cwd=tree,
            env=environment,
            stdout=output,
            stderr=subprocess.DEVNULL,
        )
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        taken = time.perf_counter() - start
        output.seek(0)
        return Child(taken, used.ru_maxrss / 1e6, output.read(), process.returncode == 0)
