"""Our models on every golden case: each figure within the tolerance that its folder tells."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from tests.golden.calculations import CALCULATIONS

CASES = Path(__file__).parent / "cases"
FOLDERS = sorted(path.parent for path in CASES.glob("*/*/parameters.json"))


def read(folder: Path, name: str) -> dict:
    return json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: f"{folder.parent.name}/{folder.name}")
def test_case(folder: Path) -> None:
    parameters, expected = read(folder, "parameters"), read(folder, "expected")
    found = CALCULATIONS[folder.parent.name](read(folder, "input"), parameters["settings"])
    tolerance = parameters["tolerance"]
    assert set(tolerance) == set(expected), "each figure that is expected has its tolerance"
    for name, within in tolerance.items():
        want = np.asarray(expected[name], dtype=float)
        assert np.abs(want).max() > 0.0, f"{name}: a case of zeros proves nothing"
        np.testing.assert_allclose(
            found[name], want, rtol=within.get("rel", 0.0), atol=within.get("abs", 0.0), err_msg=name
        )


def test_every_calculation_has_cases_and_every_case_its_files() -> None:
    assert {folder.parent.name for folder in FOLDERS} == set(CALCULATIONS)
    for folder in FOLDERS:
        assert {path.name for path in folder.iterdir()} == {"input.json", "parameters.json", "expected.json"}
        assert {"settings", "tolerance", "oracle", "source"} <= set(read(folder, "parameters"))
