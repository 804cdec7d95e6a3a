"""What every test may use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

# How long an example takes says more about the machine than about the code.
settings.register_profile("untimed", deadline=None, max_examples=50)
settings.register_profile("thorough", deadline=None, max_examples=1000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "untimed"))

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of measurements and published cases that lies beside the checkout, not in it."""
    if not SHARED_DATA.is_dir():
        pytest.skip("the folder shared/data with measurements and published cases is not beside this checkout")
    return SHARED_DATA


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):  # type: ignore[no-untyped-def]
    """Give all tests of the browser to one worker, any other test to whoever is free.

    They go through one page as a person does. The mark `xdist_group` does nothing under pytest 9.
    """
    from xdist.scheduler import LoadScopeScheduling

    class BrowserTogether(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return "browser" if "/test_browser" in nodeid.split("::", maxsplit=1)[0] else nodeid

    return BrowserTogether(config, log)
