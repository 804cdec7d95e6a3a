"""New and lost buildings: their roofs, walls and shade, and nothing else changed."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely.geometry import box, mapping

from gis_data import District
from tests.twin.districts import CRS, at
from twin._cache.memo import Memo
from twin._errors import ScenarioError
from twin.model.twin import make_twin
from twin.results.kpis import kpi_table
from twin.results.results import Results
from twin.scenario import AddBuildingsEdit, PvEdit, RemoveBuildingsEdit, Scenario, Where, load_scenario, parse_scenario
from twin.simulation.run import run


def feature(shape: object, **properties: object) -> dict:
    drawn = gpd.GeoSeries([at(shape)], crs=CRS).to_crs("EPSG:4326").iloc[0]
    return {"type": "Feature", "id": "tower", "properties": properties, "geometry": mapping(drawn)}


TOWER = AddBuildingsEdit(features=(feature(box(10, -40, 30, -20), levels=20, use="office", year=2030),))


def scenario(*edits: object) -> Scenario:
    return Scenario(name="test", edits=edits)


def test_a_tower_is_a_building_like_any_other_and_shades_its_neighbours(district: District, as_it_is: Results) -> None:
    memo = Memo()
    run(district, memo=memo)
    results = run(district, scenario(TOWER, PvEdit(share=0.5, where=Where(use=("office",)))), memo=memo)
    assert results.dataset.sizes["building"] == 5
    table, before = kpi_table(results), kpi_table(as_it_is)
    assert table.loc["tower", "heat_kwh"] > 0
    assert table.loc["tower", "pv_kwh"] > 0
    # The flats stand 20 m north of it.
    assert table.loc["w1", "solar_irradiation_kwh_m2"] < 0.99 * before.loc["w1", "solar_irradiation_kwh_m2"]
    assert table.loc["w1", "space_heat_kwh"] > before.loc["w1", "space_heat_kwh"]
    fresh = run(district, results.scenario, memo=Memo(0))
    assert fresh.dataset.identical(results.dataset)


def test_a_building_torn_down_uncovers_its_neighbour_s_wall(district: District) -> None:
    near = AddBuildingsEdit(features=(feature(box(40, 0, 50, 15), levels=6, use="apartment_block"),))
    joined = make_twin(district, scenario(near))
    alone = make_twin(district, scenario(near, RemoveBuildingsEdit(where=Where(buildings=("w1",)))))
    shared = joined.walls[joined.walls["building_id"] == "tower"]["shared_m2"].sum()
    assert shared == pytest.approx(15 * 18, rel=0.01)
    assert alone.walls[alone.walls["building_id"] == "tower"]["shared_m2"].sum() == 0
    assert "w1" not in set(alone.roofs["building_id"]) | set(alone.walls["building_id"]) | set(alone.buildings.index)


def test_what_does_not_fit_is_told(district: District, tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="The new building tower stands on w1"):
        make_twin(district, scenario(AddBuildingsEdit(features=(feature(box(0, 0, 30, 10), levels=3),))))
    with pytest.raises(ScenarioError, match="stands far from Four buildings"):
        make_twin(district, scenario(AddBuildingsEdit(features=(feature(box(9000, 0, 9030, 10), levels=3),))))
    with pytest.raises(ScenarioError, match="every building would be torn down"):
        make_twin(district, scenario(RemoveBuildingsEdit(where=Where(built_after=1000))))
    with pytest.raises(ScenarioError, match="already"):
        make_twin(district, scenario(TOWER, TOWER))
    (tmp_path / "plan.yaml").write_text("name: a\nedits: [{what: add_buildings, file: none.geojson}]", encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"none\.geojson: there is no such file"):
        make_twin(district, load_scenario(tmp_path / "plan.yaml"))


def test_a_drawn_area_and_the_oldest_part_select(district: District) -> None:
    drawn = gpd.GeoSeries([at(box(-5, -5, 120, 50))], crs=CRS).to_crs("EPSG:4326").iloc[0]
    made = make_twin(district, scenario(PvEdit(share=0.5, where=Where(area=mapping(drawn)))))
    assert made.buildings["pv_share"].tolist() == [0.5, 0.5, 0.0, 0.0]
    made = make_twin(district, scenario(PvEdit(share=0.5, where=Where(oldest=0.5))))
    assert made.buildings["pv_share"].tolist() == [0.5, 0.0, 0.5, 0.0], "1955 and 1965"


EDITS = (
    "{what: pv, share: 0.5}",
    "{what: pv, share: 0.2, where: {buildings: [w2]}}",
    "{what: retrofit, level: deep, where: {buildings: [w1]}}",
    "{what: heating, system: ground_source_heat_pump, share: 0.5}",
    "{what: setpoints, heating_c: 20, where: {buildings: [w3]}}",
    "{what: battery, kwh_per_kwp: 1}",
    "{what: chargers, cars: 0.2, where: {buildings: [w2, w3]}}",
    "{what: charging, control: smart}",
    "{what: remove_buildings, where: {buildings: [w4]}}",
    "{what: remove_buildings, where: {buildings: [w2]}}",
    "{what: weather, shift_c: 2}",
)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.lists(st.sampled_from(EDITS), max_size=4, unique=True), min_size=2, max_size=4))
def test_whatever_was_computed_before_the_results_are_those_of_a_first_run(district: District, steps: list) -> None:
    """Bit by bit, whichever scenarios came before."""
    memo = Memo()
    for edits in steps:
        if sum("remove" in edit for edit in edits) and any("w2" in edit and "remove" not in edit for edit in edits):
            continue
        last = parse_scenario(f"name: test\nedits: [{', '.join(edits)}]")
        results = run(district, last, memo=memo)
    fresh = run(district, results.scenario, memo=Memo(0)) if steps else None
    assert fresh is None or fresh.dataset.identical(results.dataset)
    assert np.isfinite(results.dataset["grid_import_kwh"].to_numpy()).all()
