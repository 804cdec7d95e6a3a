"""The students' notebooks run from top to bottom, offline."""

from __future__ import annotations

import re
import socket
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest

import apps.notebooks as package

FOLDER = Path(package.__path__[0])


@pytest.mark.parametrize("path", sorted(FOLDER.glob("[0-9]*.py")), ids=lambda path: path.stem)
def test_a_notebook_runs_and_teaches(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    mpl.use("Agg")
    monkeypatch.setattr(socket.socket, "connect", lambda *_: pytest.fail("a notebook asked the network"))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    text = path.read_text(encoding="utf-8")
    cells = re.split(r"^# %%.*$", text, flags=re.MULTILINE)
    assert text.count("# %% [markdown]") >= 5, "it is told what happens"
    assert max(len(cell.splitlines()) for cell in cells) < 30, "each cell fits on a screen"
    known: dict[str, object] = {"__name__": "notebook"}
    exec(compile(text, str(path), "exec"), known)  # noqa: S102  our own file
    assert {"buildings.csv", "sunny-offices.yaml", "sunny-offices.png"} <= set(capsys.readouterr().out.split())
    mine, theirs = np.asarray(known["mine"]), np.asarray(known["modelled"])
    assert mine.sum() == pytest.approx(theirs.sum(), rel=1e-6)
    assert float(known["likeness"]) > 0.8  # type: ignore[arg-type]
