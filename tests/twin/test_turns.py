"""Turns between networks and plants: what has not settled when they run out is told, by how much."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

from assets.operation import OperationProblem, Outside, Unit, merit_order, operate
from assets.technology import Technology
from gis_data import District
from tests.assets.clock import clock
from tests.twin.network_plans import gas_plan, heat_plan, power_plan
from twin import make_twin, parse_scenario, run
from twin._cache.memo import Memo
from twin.networks.operation import coupled_year, turns
from twin.networks.run import networks_of

PLANTS = """name: n
edits:
- {what: plant, id: sea, kind: heat_pump_water, size_kw: 80, at: [24.93, 60.175]}
- {what: plant, id: chips, kind: boiler_biomass, size_kw: 50, at: [24.9262, 60.1755]}
"""


def test_turns_that_run_out_are_told_with_what_still_changes(
    district: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    scenario = parse_scenario(PLANTS)
    twin, results = make_twin(district, scenario), run(district, scenario, memo=Memo())
    plans = {"electricity": power_plan(), "heat": heat_plan(), "gas": gas_plan()}
    assert "unsettled" not in {note.kind for note in networks_of(twin, results, plans).notes}, "four turns are enough"
    monkeypatch.setattr(coupled_year, "settle", partial(turns.settle, turns=1))
    networks = networks_of(twin, results, plans)
    (note,) = [note for note in networks.notes if note.kind == "unsettled"]
    said, data = note.plain()["values"], networks.dataset
    # After one turn nothing has been given at the nodes yet: what is to come there is all that its plants give.
    node = list(data["heat_node"].to_numpy()).index(note.ids[0])
    here = data["plant_heat_kwh"].to_numpy()[data["plant_heat_node"].to_numpy() == node].sum(axis=0)
    assert said["kw"] == pytest.approx(here.max(), rel=1e-6)
    assert said["hours"] == (here > said["most"]).sum() > 100
    assert (said["carrier"], said["turns"]) == ("heat", 1)
    assert str(note).startswith(f"Heat: after 1 turns between networks and plants, what is given at {note.ids[0]}")


def test_rounds_of_plants_that_run_out_are_told(district: District, monkeypatch: pytest.MonkeyPatch) -> None:
    flat = np.ones(24)
    units = {
        "pump": Unit(Technology("heat", 90.0 * flat, inputs={"electricity": flat / 3.0, "air": 2.0 * flat / 3.0})),
        "boiler": Unit(Technology("heat", 100.0 * flat, inputs={"gas": flat / 0.9})),
    }
    outside = {"electricity": Outside(0.1 * flat, most_kw=10.0), "gas": Outside(0.1 * flat)}
    settled = operate(OperationProblem(clock(flat), {"heat": 90.0 * flat}, units, outside=outside))
    assert settled.rounds < 8
    assert settled.unsettled_kw == 0.0
    monkeypatch.setattr(merit_order, "_ROUNDS", 2)
    found = operate(OperationProblem(clock(flat), {"heat": 90.0 * flat}, units, outside=outside))
    # A third of the pump's 90 kW is wanted and a ninth is there: two thirds of it have still to be held back.
    assert (found.rounds, found.unsettled_kw) == (2, pytest.approx(60.0))
    scenario = parse_scenario(PLANTS + "- {what: plant, id: outside-electricity, do: resize, size_kw: 100}\n")
    results = run(district, scenario, memo=Memo())
    networks = networks_of(make_twin(district, scenario), results, {"electricity": power_plan(), "heat": heat_plan()})
    (note,) = [note for note in networks.notes if note.kind == "plants_unsettled"]
    assert note.plain()["values"]["rounds"] == 2
    assert 0.0 < note.plain()["values"]["kw"] <= 80.0
