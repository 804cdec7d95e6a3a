"""Plants of a scenario: what is listed, what is refused and in which words, what it costs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from assets.conversions import conversion_kinds, technology_of
from assets.solar import site_sun
from assets.sources.plants import SourceSite, source_cost, source_plants, source_technology
from assets.storage.registry import store_kinds
from gis_data import District
from twin import ScenarioError, kpis, make_twin, parse_scenario, run
from twin._cache.memo import Memo
from twin.model.plants import plant_costs, plant_kinds, plant_table
from twin.networks.layout.temperatures import network_temperatures
from twin.networks.operation.site_conditions import conversion_site, ground_c, water_body


def twin_with(district: District, *edits: str):
    return make_twin(district, parse_scenario("name: p\nedits:\n" + "\n".join(f"- {{{edit}}}" for edit in edits)))


def test_every_kind_of_source_conversion_and_store_can_be_built() -> None:
    kinds = plant_kinds()
    assert set(kinds.index) >= {*conversion_kinds(), *store_kinds().index, *source_plants().index}
    assert kinds["carrier"].notna().all()
    assert kinds.index.is_unique


def test_carriers_of_kinds_are_those_of_their_technologies(district: District) -> None:
    twin = make_twin(district)
    air = twin.weather.table["air_temp_c"].to_numpy()
    heat, cold = (network_temperatures({}, c, air, "FI") for c in ("heat", "cold"))
    memo = Memo()
    for kind in conversion_kinds():
        site, note = conversion_site(twin, kind, 500.0, heat=heat, cold=cold, memo=memo)
        made = technology_of(kind, 500.0, site)
        assert made.main == plant_kinds().loc[kind, "carrier"], kind
        assert made.capacity_kw.max() > 0.0, kind
        assert bool(note) == (plant_kinds().loc[kind, "family"] == "conversion" and len(site.sources) > 1), kind


def test_sources_give_what_their_size_says(district: District) -> None:
    twin = make_twin(district)
    weather = twin.weather
    hours = len(weather.table)
    site = SourceSite(
        weather.table, twin.timezone, twin.latitude,
        lambda: site_sun(weather.table, weather.latitude, weather.longitude, weather.altitude_m),
        np.full(hours, 45.0), np.full(hours, 25.0),
    )  # fmt: skip
    for kind in source_plants().index:
        made = source_technology(kind, 1000.0, site)
        double = source_technology(kind, 2000.0, site)
        assert made.main == source_plants().loc[kind, "carrier"]
        assert 0.0 < made.capacity_kw.max() <= 1100.0 or kind in {
            "direct_data_centre", "direct_ice_rink", "direct_supermarket", "direct_metro"
        }, kind  # fmt: skip
        np.testing.assert_allclose(double.capacity_kw, 2.0 * made.capacity_kw, rtol=2e-3, atol=0.5)
    # Danish fields into networks of 75/40 °C give 400 to 500 kWh/m² a year (Furbo et al., Solar Energy 159, 2018), and
    # Helsinki has as much sun.
    hot = replace(site, supply_temp_c=np.full(hours, 75.0), return_temp_c=np.full(hours, 40.0))
    flat = source_technology("solar_thermal_flat", 700.0, hot)
    assert 350.0 < flat.capacity_kw.sum() / 1000.0 < 550.0
    # Fields at 60° north: 900 to 1000 kWh a kWp (PVGIS, Helsinki).
    assert 850.0 < source_technology("pv_field", 1.0, site).capacity_kw.sum() < 1050.0


def test_as_it_is_only_the_outside_is_connected(district: District) -> None:
    plants = plant_table(make_twin(district))
    assert list(plants.index) == ["outside-electricity", "outside-heat", "outside-gas"]
    assert set(plants["origin"]) == {"assumed"}
    assert np.isinf(plants["size_kw"]).all()


def test_plants_are_added_resized_moved_and_removed_in_order(district: District) -> None:
    twin = twin_with(
        district,
        "what: plant, id: sea, kind: heat_pump_water, size_kw: 500, at: [24.93, 60.175]",
        "what: plant, id: tank, kind: heat_accumulator, capacity_kwh: 10000",
        "what: plant, id: battery, kind: battery_grid, size_kw: 50",
        "what: plant, id: sea, do: resize, size_kw: 800",
        "what: plant, id: tank, do: resize, capacity_kwh: 20000",
        "what: plant, id: tank, do: move, at: [24.931, 60.176]",
        "what: plant, id: outside-heat, do: resize, size_kw: 300",
        "what: plant, id: outside-gas, do: remove",
    )
    plants = plant_table(twin)
    assert list(plants.index) == ["outside-electricity", "outside-heat", "sea", "tank", "battery"]
    assert plants.loc["sea", "size_kw"] == 800.0
    assert plants.loc["outside-heat", "size_kw"] == 300.0
    # A store keeps the hours that it takes to empty it.
    assert plants.loc["tank", "size_kw"] == pytest.approx(0.098 * 20_000)
    assert plants.loc["battery", "capacity_kwh"] == pytest.approx(100.0)
    assert np.isfinite(plants.loc[["sea", "tank"], ["x_m", "y_m"]].to_numpy()).all()
    assert (plants.loc[["sea", "tank", "outside-heat"], "origin"] == "edited").all()


def test_errors_name_the_edit_and_the_nearest_right_word(district: District) -> None:
    twin = twin_with(
        district,
        "what: plant, id: a, kind: heat_pump_wateer, size_kw: 5",
        "what: plant, id: outside-heet, do: remove",
        "what: plant, id: b, kind: boiler_gas, capacity_kwh: 5",
        "what: plant, id: c, kind: boiler_gas, size_kw: 5",
        "what: plant, id: c, kind: boiler_oil, size_kw: 5",
        "what: plant, id: c, do: resize, capacity_kwh: 5",
    )
    with pytest.raises(ScenarioError) as told:
        plant_table(twin)
    found = told.value.findings
    assert "edit 1 (plant a): there is no kind heat_pump_wateer, did you mean heat_pump_water?" in found[0]
    assert "edit 2 (plant outside-heet): there is no such plant, did you mean outside-heat?" in found[1]
    assert "edit 3 (plant b): boiler_gas is no store: give `size_kw`" in found[2]
    assert "edit 5 (plant c): there is one of this name already" in found[3]
    assert "edit 6 (plant c): boiler_gas is no store" in found[4]


def test_costs_are_those_of_the_catalogue(district: District) -> None:
    twin = twin_with(
        district,
        "what: plant, id: sea, kind: heat_pump_water, size_kw: 1000",
        "what: plant, id: tank, kind: heat_accumulator, capacity_kwh: 10000",
        "what: plant, id: wind, kind: wind_turbine, size_kw: 100",
        "what: plant, id: outside-heat, do: resize, size_kw: 5000",
    )
    costs = plant_costs(twin)
    # 530 EUR/kW, 4 EUR/kWh, 1120 EUR/kW.
    assert costs.by_plant_eur == {"sea": 530_000.0, "tank": 40_000.0, "wind": 112_000.0}
    # EN 15459-1 at 3 %: 25, 40 and 27 years; 4 and 14 EUR/kW a of upkeep.
    expected = 530_000 * 0.05742787 + 4_000 + 40_000 * 0.04326238 + 112_000 * 0.05456421 + 1_400
    assert costs.annuity_eur == pytest.approx(expected, rel=1e-6)
    assert source_cost("wind_turbine", 100.0)[0] == 112_000.0


def test_plants_are_part_of_a_scenarios_investment(district: District) -> None:
    edit = "name: p\nedits: [{what: plant, id: sea, kind: heat_pump_water, size_kw: 1000}]"
    results = run(district, parse_scenario(edit), memo=Memo(0))
    told = kpis(results)["district"]
    assert told["investment_eur"]["value"] == pytest.approx(530_000.0)
    yearly = 530_000 * 0.05742787 + 4_000
    assert told["annual_cost_eur"]["value"] - told["energy_cost_eur"]["value"] == pytest.approx(yearly, rel=1e-6)


def test_a_scenario_that_does_not_fit_is_told_by_the_run(district: District) -> None:
    with pytest.raises(ScenarioError, match="there is no kind windmill"):
        run(district, parse_scenario("name: p\nedits: [{what: plant, id: w, kind: windmill, size_kw: 10}]"))


def test_supply_follows_the_air_and_the_ground_is_damped(district: District) -> None:
    twin = make_twin(district)
    air = np.array([-26.0, -9.0, 8.0, 30.0])
    told = network_temperatures({"generation": "3"}, "heat", air, "FI")
    np.testing.assert_allclose(told.supply_c, [115.0, 95.0, 75.0, 75.0])
    assert (network_temperatures({"generation": "4"}, "heat", air, "FI").supply_c <= 65.0).all()
    cold = network_temperatures({"supply_temp_c": 8.0}, "cold", air, "FI")
    assert (cold.supply_c == 8.0).all()
    assert (cold.return_c >= 12.0).all()
    ground = ground_c(twin)
    outside = twin.weather.table["air_temp_c"]
    assert np.ptp(ground) < 0.6 * np.ptp(outside)


def test_helsinki_draws_on_its_sea_and_tampere_on_a_lake() -> None:
    assert water_body(60.17, 24.94) == "gulf_of_finland_coast"
    assert water_body(61.5, 23.8) == "lake_deep"
