"""What every test may use."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of measurements and published cases that lies beside the checkout, not in it."""
    if not SHARED_DATA.is_dir():
        pytest.skip("the folder shared/data with measurements and published cases is not beside this checkout")
    return SHARED_DATA
