"""Run benchmarks by name, or all of them, on one thread."""

from __future__ import annotations

import argparse
import importlib
import json
import os
import sys
from pathlib import Path

KEYS = ("name", "ours", "peer", "peer_name", "unit", "ratio", "error")


def benchmarks() -> list[str]:
    """Names of the benchmarks: the modules of this folder."""
    return sorted(path.stem for path in Path(__file__).parent.glob("*.py") if not path.stem.startswith("_"))


def main(arguments: list[str] | None = None) -> int:
    """Print one JSON object a line for each figure of the benchmarks asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"one or more of {', '.join(benchmarks())}; none for all"
    )
    names = parser.parse_args(arguments).names
    unknown = sorted(set(names) - set(benchmarks()))
    if unknown:
        print(f"No benchmark is called {', '.join(unknown)}; there are {', '.join(benchmarks())}.", file=sys.stderr)
        return 2
    for library in ("OMP", "OPENBLAS", "MKL", "NUMBA"):  # before the first benchmark imports numpy
        os.environ.setdefault(f"{library}_NUM_THREADS", "1")
    for name in names or benchmarks():
        for figure in importlib.import_module(f"tests.bench.{name}").run():
            lacking = [key for key in KEYS if key not in figure]
            if lacking:
                raise KeyError(f"the benchmark {name} gave a figure without {', '.join(lacking)}")
            print(json.dumps(figure), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
