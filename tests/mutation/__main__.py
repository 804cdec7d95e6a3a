"""Plant random mutants, one at a time, in a copy of the tree, and run the tests that reach the changed module.

    uvx --from cosmic-ray==8.7.0 python -m tests.mutation --number 200 --seed 1

cosmic-ray makes the mutants, drawn evenly over the places where it can make one. A mutant is killed if a test fails or
the tests do not end within a quarter of an hour; one JSON object a line tells each, the last the share killed.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator

from tests.mutation.reach import Reach

ROOT = Path(__file__).resolve().parents[2]
MONEY = (
    "twin/simulation/investments.py",
    "twin/model/prices.py",
    "twin/model/plants.py",
    "twin/results/totals.py",
    "twin/results/balance.py",
    "twin/results/kpis.py",
    "twin/networks/operation/balance_book.py",
    "twin/networks/operation/border.py",
    "twin/networks/operation/shortages.py",
)
"""Where `twin` counts costs and emissions."""
OPERATORS = (
    *(f"core/ReplaceBinaryOperator_{pair}" for pair in (
        "Add_Sub", "Sub_Add", "Mul_Div", "Div_Mul", "Mul_Add", "Pow_Mul", "FloorDiv_Div", "Mod_Mul")),
    *(f"core/ReplaceComparisonOperator_{pair}" for pair in (
        "Lt_Gt", "Gt_Lt", "LtE_Gt", "GtE_Lt", "Eq_NotEq", "NotEq_Eq")),
    "core/ReplaceUnaryOperator_Delete_USub",
    "core/ReplaceUnaryOperator_Delete_Not",
    "core/ReplaceAndWithOr",
    "core/ReplaceOrWithAnd",
    "core/ReplaceTrueWithFalse",
    "core/ReplaceFalseWithTrue",
    "core/NumberReplacer",
)  # fmt: skip
LONGEST_S = 900.0


def modules() -> list[Path]:
    """Models of `assets` and the money of `twin`, without packages' own files."""
    found = [path for path in (ROOT / "assets").rglob("*.py") if path.name != "__init__.py"]
    return sorted(found + [ROOT / name for name in MONEY if (ROOT / name).is_file()])


def places(path: Path) -> Iterator[tuple[str, int, int]]:
    """Where a module can be changed: operator, occurrence and line."""
    code = path.read_text(encoding="utf-8")
    tree, lines = get_ast(code), code.splitlines()
    for name in OPERATORS:
        operator = get_operator(name)()
        spots = [spot for node in ast_nodes(tree) for spot in operator.mutation_positions(node)]
        for occurrence, (start, _end) in enumerate(spots):
            # How a function is compiled or a dataclass made changes no figure.
            if not lines[start[0] - 1].lstrip().startswith(("@", "INNER =")):
                yield name, occurrence, start[0]


def drawn(number: int, seed: int) -> list[tuple[Path, str, int, int]]:
    """Mutants by chance, each place as likely as any other."""
    every = [(path, *place) for path in modules() for place in places(path)]
    return random.Random(seed).sample(every, min(number, len(every)))


def outcome(copy: Path, tests: list[str], *, compiled_anew: bool) -> str:
    """Run tests in the copy until one fails: "killed", "lived" or "timed out"."""
    environment = os.environ | {"PYTHONPATH": str(copy), "HYPOTHESIS_PROFILE": "default"}
    environment |= {f"{library}_NUM_THREADS": "1" for library in ("OMP", "OPENBLAS", "MKL", "NUMBA")}
    with tempfile.TemporaryDirectory() as cache:
        if compiled_anew:  # what calls a changed kernel would keep the old one's machine code
            environment["NUMBA_CACHE_DIR"] = cache
        command = [str(ROOT / ".venv/bin/python"), "-m", "pytest", "-q", "-x", "-n0", "-p", "no:cacheprovider", *tests]
        try:
            done = subprocess.run(
                command, cwd=copy, env=environment, capture_output=True, timeout=LONGEST_S, check=False
            )
        except subprocess.TimeoutExpired:
            return "timed out"
    return "killed" if done.returncode else "lived"


def main() -> int:
    """Plant the mutants and tell what became of each."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("--number", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="begin with this one of them, to go on where a run ended")
    parser.add_argument("--tests", type=int, default=6, help="files of tests that are run, the nearest first")
    asked = parser.parse_args()
    killed = tried = 0
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "tree"
        shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(".venv", ".git", ".mypy_cache", ".hypothesis"))
        reach = Reach(ROOT)
        for path, operator, occurrence, line in drawn(asked.number, asked.seed)[asked.first :]:
            name = path.relative_to(ROOT)
            code = path.read_text(encoding="utf-8")
            target = copy / name
            times = target.stat()
            mutant = mutate_code(code, get_operator(operator)(), occurrence)
            tests = reach.tests_of(str(name))[: asked.tests]
            start = time.monotonic()
            target.write_text(mutant, encoding="utf-8")
            found = outcome(copy, tests, compiled_anew="numba" in code) if tests else "lived"
            target.write_text(code, encoding="utf-8")
            os.utime(target, ns=(times.st_atime_ns, times.st_mtime_ns))
            tried, killed = tried + 1, killed + (found != "lived")
            before, after = (text.splitlines()[line - 1].strip() for text in (code, mutant))
            told = {"mutant": f"{name}:{line}", "operator": operator.removeprefix("core/"), "was": before, "is": after}
            print(json.dumps(told | {"outcome": found, "tests": tests, "seconds": round(time.monotonic() - start, 1)}))
            sys.stdout.flush()
    print(json.dumps({"mutants": tried, "killed": killed, "share": round(killed / max(tried, 1), 3)}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
