"""Write every case's `expected.json` anew, by the oracles alone: `python -m tests.golden.make`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np

from tests.golden.oracles import ORACLES

CASES = Path(__file__).parent / "cases"


def main() -> int:
    """Ask the oracle of each case."""
    for parameters in sorted(CASES.glob("*/*/parameters.json")):
        folder = parameters.parent
        given, settings = (json.loads((folder / f"{name}.json").read_text()) for name in ("input", "parameters"))
        found = ORACLES[folder.parent.name](given, settings["settings"])
        plain = {name: np.round(np.asarray(values, dtype=float), 9).tolist() for name, values in found.items()}
        (folder / "expected.json").write_text(json.dumps(plain) + "\n")
        print(folder.relative_to(CASES))
    return 0


if __name__ == "__main__":
    sys.exit(main())
