"""District cold, and buildings that begin to be cooled: what is bought, what chillers take, what it costs."""

from __future__ import annotations

import numpy as np
import pytest

from gis_data import District
from twin._cache.memo import Memo
from twin.results.kpis import district_kpis, kpi_table
from twin.results.results import Results
from twin.scenario import CoolingEdit, PricesEdit, parse_scenario, with_edits
from twin.scenario.schema import AS_IS
from twin.simulation.run import run


def of(district: District, *edits: object) -> Results:
    return run(district, with_edits(AS_IS, *edits), memo=Memo(0))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def with_district_cold(district: District) -> Results:
    return of(district, CoolingEdit(system="district_cooling"), PricesEdit(district_cold_eur_kwh=0.1))


def test_the_same_cold_is_bought_instead_of_made(as_it_is: Results, with_district_cold: Results) -> None:
    before, after = as_it_is.dataset, with_district_cold.dataset
    cooled = before["cooling_kwh"].sum("time") > 0.0
    assert bool(cooled.any())
    assert "district_cold_kwh" not in before, "nobody has it as it is"
    np.testing.assert_allclose(
        after["cooling_kwh"].sum("time"), before["cooling_kwh"].sum("time"), rtol=1e-4, err_msg="the demand stays"
    )
    np.testing.assert_array_equal(after["district_cold_kwh"], after["cooling_kwh"])
    assert float(after["cooling_electricity_kwh"].sum()) == 0.0
    saved = float(before["grid_import_kwh"].sum() - after["grid_import_kwh"].sum())
    assert saved == pytest.approx(float(before["cooling_electricity_kwh"].sum()), rel=1e-3)


def test_it_costs_what_its_price_says(district: District, with_district_cold: Results) -> None:
    cold = float(with_district_cold.dataset["district_cold_kwh"].sum(dtype=np.float64))
    free = of(district, CoolingEdit(system="district_cooling"), PricesEdit(district_cold_eur_kwh=0.0))
    dear, cheap = (district_kpis(found)["energy_cost_eur"]["value"] for found in (with_district_cold, free))
    assert dear - cheap == pytest.approx(0.1 * cold, rel=1e-6)
    assert kpi_table(with_district_cold)["district_cold_kwh"].sum() == pytest.approx(cold, rel=1e-6)


def test_buildings_begin_to_be_cooled_and_cease_to_be(district: District, as_it_is: Results) -> None:
    rooms = as_it_is.dataset["indoor_temp_c"].max("time")
    begun = of(district, CoolingEdit(system="chiller", begin=True)).dataset
    heated = begun["heating_system"] != "none"
    assert bool((begun["cooling_kwh"].sum("time") > 0.0)[heated].all())
    assert float(begun["cooling_kwh"].sum()) > float(as_it_is.dataset["cooling_kwh"].sum())
    assert bool((begun["indoor_temp_c"].max("time") <= rooms + 0.2).all())
    ended = of(district, CoolingEdit(system="none")).dataset
    assert float(ended["cooling_kwh"].sum()) == 0.0
    assert list(ended["cooling_system"].to_numpy()) == [""] * ended.sizes["building"]


def test_what_makes_no_sense_is_told() -> None:
    from twin import ScenarioError

    for text in (
        "{what: cooling, system: none, begin: true}",
        "{what: plant, id: pump, do: add}",
        "{what: plant, id: pump, do: move}",
        "{what: network, carrier: gas, generation: '4'}",
        "{what: network, carrier: heat, do: import}",
        "{what: element, id: heat-1, do: resize}",
    ):
        with pytest.raises(ScenarioError):
            parse_scenario(f"name: wrong\nedits: [{text}]")


def test_the_last_word_on_a_plant_is_kept_and_what_it_is_about_is_not_mixed_up() -> None:
    text = """
name: plants
edits:
  - {what: plant, id: pump, kind: heat_pump_water, size_kw: 1000}
  - {what: plant, id: pump, do: resize, size_kw: 2000}
  - {what: plant, id: other, kind: boiler_gas, size_kw: 500}
  - {what: plant, id: pump, do: resize, size_kw: 3000}
"""
    edits = with_edits(parse_scenario(text)).edits
    assert [(edit.id, edit.do, edit.size_kw) for edit in edits] == [  # type: ignore[union-attr]
        ("pump", "add", 1000.0),
        ("other", "add", 500.0),
        ("pump", "resize", 3000.0),
    ]
