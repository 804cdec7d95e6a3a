"""What the tests of the twin share."""

from __future__ import annotations

import pytest

from gis_data import District, load_district
from tests.twin.districts import four_buildings
from twin._cache.memo import Memo
from twin.results.results import Results
from twin.scenario import parse_scenario
from twin.simulation.run import run


@pytest.fixture(scope="session")
def district() -> District:
    """Four buildings, drawn by hand."""
    return four_buildings()


@pytest.fixture(scope="session")
def as_it_is(district: District) -> Results:
    return run(district, memo=Memo(0))


@pytest.fixture(scope="session")
def with_solar(district: District) -> Results:
    scenario = parse_scenario("name: solar\ntitle: Solar\nedits: [{what: pv, share: 0.5}]")
    return run(district, scenario, memo=Memo(0))


@pytest.fixture(scope="session")
def helsinki() -> District:
    return load_district("helsinki-centre")


@pytest.fixture(scope="session")
def helsinki_results(helsinki: District) -> Results:
    return run(helsinki, memo=Memo(0))
