"""The zone against another implementation of the same standard, EnTiSe's R5C1, on the same inputs."""

from __future__ import annotations

import json

import numpy as np
import pytest

from assets.demand import archetypes, simulate_zones
from assets.demand.envelope import zones_of
from tests.assets.clock import clock
from tests.assets.demand_cases import buildings_of, helsinki_weather, shared_planes
from tests.bench import __main__ as bench
from tests.bench.buildings import as_the_peer_can, peer_heat


def test_annual_heat_is_the_peers_within_half_a_percent() -> None:
    pytest.importorskip("entise", reason="the peer EnTiSe is not installed")
    buildings, walls = buildings_of(["apartment_block", "warehouse"], [1972, 2015])
    planes, plane_of = shared_planes(2)
    zones = as_the_peer_can(
        zones_of(
            buildings, walls, archetypes(buildings["use"], buildings["construction_year"]),
            plane_of=plane_of, operating_of=np.zeros(2, np.int32),
        )
    )  # fmt: skip
    gains = np.full((2, 8760), 5000.0, np.float32)
    weather = helsinki_weather()
    theirs, _ = peer_heat(zones, weather, planes, gains)
    ours = simulate_zones(
        zones, clock(8760), air_temp_c=weather["air_temp_c"], planes_w_m2=planes, internal_gains_w=gains,
        operating=np.ones((1, 8760), np.float32), warmup_h=0,
    )  # fmt: skip
    np.testing.assert_allclose(ours.space_heat_kw.sum(axis=1, dtype=float), theirs, rtol=0.005)


def test_the_bench_names_what_it_does_not_know(capsys: pytest.CaptureFixture[str]) -> None:
    assert "buildings" in bench.benchmarks()
    assert bench.main(["buildngs"]) == 2
    assert "buildings" in capsys.readouterr().err


def test_every_benchmark_can_be_run_by_name_and_gives_json(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.bench import buildings as module

    figure = {"name": "x", "ours": 1.0, "peer": 2.0, "peer_name": "aim", "unit": "s", "ratio": 2.0, "error": None}
    monkeypatch.setattr(module, "run", lambda: iter([figure]))
    assert bench.main(["buildings"]) == 0
    assert json.loads(capsys.readouterr().out) == figure
