"""The repository as a product: the lock, the wheel and what must not be in either."""

from __future__ import annotations

import re
import subprocess
import sys
import sysconfig
import tomllib
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = {"gis_data", "assets", "calibration", "twin", "apps"}


def _locked() -> dict[str, str]:
    text = (ROOT / "requirements.lock").read_text()
    return {
        name.lower(): block
        for name, block in re.findall(r"^([A-Za-z0-9_.-]+)==(.*?)(?=^\S|\Z)", text, re.MULTILINE | re.DOTALL)
    }


def test_lock_has_versions_and_hashes_and_no_addresses() -> None:
    text = (ROOT / "requirements.lock").read_text()
    assert not re.search(r"https?://|file:|--index-url|--extra-index-url|--find-links|@ ", text)
    without_hash = [name for name, block in _locked().items() if "--hash=sha256:" not in block]
    assert without_hash == []


def test_lock_covers_what_the_project_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    asked = project["dependencies"] + project["optional-dependencies"]["dev"]
    names = {re.split(r"[><=~! ]", requirement)[0].lower() for requirement in asked}
    assert names - {name.replace("_", "-") for name in _locked()} == set()


@pytest.fixture(scope="module")
def wheel_python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Python of an environment that holds the wheel, and this environment's libraries, but not this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (wheel,) = folder.glob("*.whl")
    venv.create(folder / "env", with_pip=False)
    python = folder / "env" / "bin" / "python"
    site = folder / "env" / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}" / "site-packages"
    # A path in a .pth file is added as it is: the editable install of the checkout in there is not followed.
    (site / "libraries.pth").write_text(sysconfig.get_paths()["purelib"] + "\n")
    subprocess.run(
        [
            sys.executable,
            "-m",
            "pip",
            "install",
            "--quiet",
            "--no-deps",
            "--no-index",
            "--target",
            str(site),
            str(wheel),
        ],
        check=True,
    )
    return python


def test_wheel_holds_only_the_five_packages(wheel_python: Path) -> None:
    names = {path.parts[-1] for path in wheel_python.parents[1].glob("lib/*/site-packages/*") if path.is_dir()}
    ours = {name for name in names if not name.endswith(".dist-info") and name not in {"bin", "__pycache__"}}
    assert ours == PACKAGES


def test_wheel_runs_a_year_outside_the_checkout(wheel_python: Path, tmp_path: Path) -> None:
    where = subprocess.run(
        [str(wheel_python), "-c", "import twin; print(twin.__file__)"],
        cwd=tmp_path,
        check=True,
        capture_output=True,
        text=True,
    )
    assert not Path(where.stdout.strip()).is_relative_to(ROOT)
    subprocess.run(
        [str(wheel_python), "-c", "from apps.cli import main; main()", "run", "--out", "out"], cwd=tmp_path, check=True
    )
    assert (tmp_path / "out" / "results.nc").stat().st_size > 1_000_000
    assert (tmp_path / "out" / "kpis.json").stat().st_size > 1_000
