"""A run: balance, determinism, what an edit changes and what it computes again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pvlib
import pytest

from assets.balance import check_balance
from gis_data import District
from twin._cache.memo import Memo
from twin._errors import DistrictDataError, ScenarioError
from twin.results.kpis import kpi_table
from twin.results.results import Results
from twin.results.schema import names_of, variables
from twin.scenario import load_scenario, parse_scenario
from twin.simulation.dataset import flows_of
from twin.simulation.run import run
from twin.texts import Note

SHARED = Memo()
BALANCE = ["balance of heat", "balance of electricity"]

HOURLY = [name for name in names_of("hours", "building", "time") if not variables()[name].needs]


def edited(district: District, edits: str, memo: Memo | None = None) -> Results:
    return run(district, parse_scenario(f"name: test\nedits: [{edits}]"), memo=SHARED if memo is None else memo)


def total(results: Results, name: str) -> float:
    return float(results.dataset[name].sum(dtype=np.float64))


def test_every_variable_of_the_year_is_there_with_unit_and_kind(as_it_is: Results) -> None:
    dataset = as_it_is.dataset
    assert dict(dataset.sizes) == {"building": 4, "time": 8760, "roof": 5, "wall": 16, "measure": 6}
    for name in HOURLY:
        assert dataset[name].dims == ("building", "time")
        assert dataset[name].dtype == np.float32
        assert np.isfinite(dataset[name].to_numpy()).all()
    for name, variable in dataset.data_vars.items():
        assert set(variable.attrs) >= {"units", "long_name", "kind"}, name
    assert pd.Timestamp(dataset["time"].to_numpy()[0]) == pd.Timestamp("2024-12-31T22:00")


def test_the_balance_holds_to_a_millionth_and_in_fact_exactly(with_solar: Results) -> None:
    found = check_balance(flows_of(with_solar.dataset), ["w1", "w2", "w3", "w4"], tolerance=1e-6)
    assert found.worst_kwh == {"electricity": 0.0, "heat": 0.0, "cold": 0.0}
    assert max(found.district_kwh.values()) < 1e-9


def test_the_balance_by_plain_sums_of_the_dataset(with_solar: Results) -> None:
    """Written out again here, so that a flow left out of the declared balance shows."""
    d = {name: with_solar.dataset[name].to_numpy().astype(np.float64) for name in HOURLY}
    used = d["appliances_kwh"] + d["lighting_kwh"] + d["heating_electricity_kwh"] + d["cooling_electricity_kwh"]
    np.testing.assert_allclose(d["grid_import_kwh"] + d["pv_kwh"], used + d["grid_export_kwh"], atol=1e-6, rtol=0)
    taken = sum(d[f"{carrier}_kwh"] for carrier in ("district_heat", "gas", "oil", "wood", "heating_electricity"))
    given = d["space_heat_kwh"] + d["hot_water_kwh"] + d["conversion_loss_kwh"]
    np.testing.assert_allclose(taken + d["ambient_heat_kwh"], given, atol=1e-6, rtol=0)
    assert not (d["grid_import_kwh"] * d["grid_export_kwh"]).any(), "no meter counts both ways in one hour"
    assert min(values.min() for name, values in d.items() if name.endswith("kwh")) >= 0


def test_a_garage_uses_no_heat_and_a_tagged_boiler_burns_oil(as_it_is: Results) -> None:
    dataset = as_it_is.dataset
    assert dataset["heating_system"].to_numpy().tolist()[2:] == ["oil_boiler", "none"]
    assert dataset["heating_system_source"].to_numpy()[2] == "tagged"
    assert not dataset["space_heat_kwh"].sel(building="w4").any()
    heat = float((dataset["space_heat_kwh"] + dataset["hot_water_kwh"]).sel(building="w3").sum(dtype=np.float64))
    assert float(dataset["oil_kwh"].sel(building="w3").sum(dtype=np.float64)) == pytest.approx(heat / 0.81, rel=1e-6)


def test_two_runs_give_the_same_values(district: District, as_it_is: Results) -> None:
    assert run(district, memo=Memo(0)).dataset.identical(as_it_is.dataset)


def test_the_seed_decides_what_is_drawn(district: District, as_it_is: Results) -> None:
    other = run(district, seed=7, memo=Memo(0))
    assert not np.array_equal(other.dataset["appliances_kwh"], as_it_is.dataset["appliances_kwh"])
    assert other.dataset.attrs["seed"] == 7


def test_half_the_roof_gives_half_the_yield(as_it_is: Results, with_solar: Results) -> None:
    potential = float(as_it_is.dataset["roof_pv_potential_kwh"].sum())
    assert total(with_solar, "pv_kwh") == pytest.approx(0.5 * potential, rel=1e-5)
    assert total(as_it_is, "pv_kwh") == 0
    np.testing.assert_array_equal(with_solar.dataset["space_heat_kwh"], as_it_is.dataset["space_heat_kwh"])


def test_solar_yield_by_capacity_is_that_of_southern_finland(with_solar: Results) -> None:
    """PVGIS gives 800 to 950 kWh/kWp for roofs in Helsinki; flat racks among buildings give less."""
    by_capacity = total(with_solar, "pv_kwh") / float(with_solar.dataset["pv_kwp"].sum())
    assert 650 < by_capacity < 950


@pytest.mark.parametrize(("sector", "azimuth"), [("S", 180.0), ("E", 90.0), ("N", 0.0)])
def test_a_facade_gets_what_pvlib_gives_a_free_wall_less_the_shade(
    district: District, as_it_is: Results, sector: str, azimuth: float
) -> None:
    weather = district.weather
    table = weather.table
    middle = table.index + pd.Timedelta("30min")
    position = pvlib.solarposition.get_solarposition(middle, weather.latitude, weather.longitude).set_index(table.index)
    free = pvlib.irradiance.get_total_irradiance(
        90.0,
        azimuth,
        position["apparent_zenith"],
        position["azimuth"],
        table["dni_w_m2"],
        table["ghi_w_m2"],
        table["dhi_w_m2"],
        dni_extra=pvlib.irradiance.get_extra_radiation(table.index),
        airmass=pvlib.atmosphere.get_relative_airmass(position["apparent_zenith"]),
        albedo=0.2,
        model="perez",
    )["poa_global"].sum()
    freest = as_it_is.dataset["wall_irradiation_kwh_m2"].to_series().filter(like=f"-{sector}").max()
    assert 0.85 < freest / (free / 1000.0) < 1.02


def test_a_deep_retrofit_saves_heat_and_touches_only_what_it_names(district: District, as_it_is: Results) -> None:
    deep = edited(district, "{what: retrofit, level: deep, where: {built_before: 1976}}")
    before, after = (kpi_table(results)["space_heat_kwh"] for results in (as_it_is, deep))
    assert after["w1"] < 0.6 * before["w1"]
    assert after["w3"] < 0.6 * before["w3"]
    assert after["w2"] == before["w2"]
    assert deep.dataset["retrofit_level"].to_numpy().tolist() == ["deep", "none", "deep", "none"]


def test_a_new_heating_system_changes_the_carrier_and_not_the_heat(district: District, as_it_is: Results) -> None:
    electric = edited(district, "{what: heating, system: electric_boiler, where: {buildings: [w3]}}")
    assert total(electric, "oil_kwh") == 0
    assert total(electric, "space_heat_kwh") == pytest.approx(total(as_it_is, "space_heat_kwh"), rel=1e-6)
    assert total(electric, "heating_electricity_kwh") > 0
    assert electric.dataset["heating_system_source"].to_numpy()[2] == "edited"


def test_prices_and_factors_of_a_scenario_reach_the_results(district: District) -> None:
    results = edited(
        district,
        "{what: prices, electricity_eur_kwh: 0.5, export_eur_kwh: 0.01, district_heat_eur_kwh: 0.2, oil_eur_kwh: 0.3},"
        "{what: emission_factors, electricity_kgco2_kwh: 0.7, oil_kgco2_kwh: 0.1}",
    )
    dataset = results.dataset
    np.testing.assert_allclose(dataset["electricity_price_eur_kwh"], 0.5)
    np.testing.assert_allclose(dataset["export_price_eur_kwh"], 0.01)
    np.testing.assert_allclose(dataset["district_heat_price_eur_kwh"], 0.2, rtol=1e-6)
    np.testing.assert_allclose(dataset["electricity_co2_kg_kwh"], 0.7, rtol=1e-6)
    assert dataset.attrs["oil_price_eur_kwh"] == 0.3
    assert dataset.attrs["oil_co2_kg_kwh"] == 0.1
    assert '"oil": "edited"' in dataset.attrs["price_sources"]


def test_a_warmer_climate_takes_less_heat_and_says_so(district: District, as_it_is: Results) -> None:
    warm = edited(district, "{what: weather, shift_c: 2.0}")
    assert float(warm.dataset["air_temp_c"].mean()) == pytest.approx(
        float(as_it_is.dataset["air_temp_c"].mean()) + 2, abs=1e-3
    )
    assert 0.75 < total(warm, "space_heat_kwh") / total(as_it_is, "space_heat_kwh") < 0.92
    assert "+2 °C" in warm.dataset.attrs["weather_source"]


def test_another_synthetic_year_is_another_year_of_the_same_climate(district: District, as_it_is: Results) -> None:
    other = edited(district, "{what: weather, synthetic: true, seed: 5}")
    assert not np.array_equal(other.dataset["air_temp_c"], as_it_is.dataset["air_temp_c"])
    assert total(other, "space_heat_kwh") == pytest.approx(total(as_it_is, "space_heat_kwh"), rel=0.1)


def test_a_weather_file_that_is_missing_is_told(district: District) -> None:
    with pytest.raises(ScenarioError, match=r"nowhere\.epw is not there"):
        edited(district, "{what: weather, file: nowhere.epw}")


def test_a_weather_file_is_read_beside_the_scenario(district: District, shared_data: Path, tmp_path: Path) -> None:
    source = shared_data / "weather" / "FIN_Helsinki.029740_IWEC.epw"
    (tmp_path / "helsinki.epw").write_bytes(source.read_bytes())
    (tmp_path / "plan.yaml").write_text("name: iwec\nedits: [{what: weather, file: helsinki.epw}]", encoding="utf-8")
    results = run(district, load_scenario(tmp_path / "plan.yaml"), memo=SHARED)
    assert float(results.dataset["air_temp_c"].mean()) == pytest.approx(5.18, abs=0.01)
    assert float(results.dataset["ghi_w_m2"].sum()) / 1000 == pytest.approx(947, abs=1)
    assert results.dataset["air_temp_c"].attrs["kind"] == "typical"
    (tmp_path / "notes.txt").touch()
    (tmp_path / "plan.yaml").write_text("name: notes\nedits: [{what: weather, file: notes.txt}]", encoding="utf-8")
    scenario = load_scenario(tmp_path / "plan.yaml")
    with pytest.raises(ScenarioError, match=r"notes\.txt is neither EPW"):
        run(district, scenario, memo=SHARED)


def test_a_building_that_the_map_says_is_unheated_takes_no_heat(district: District) -> None:
    buildings = district.buildings.assign(heating_system=["none", None, None, None])
    unheated = replace(district, tables={**district.tables, "buildings": buildings})
    dataset = run(unheated, memo=SHARED).dataset.sel(building="w1")
    assert not dataset["space_heat_kwh"].any()
    assert not dataset["hot_water_kwh"].any()
    assert dataset["appliances_kwh"].sum() > 0


@pytest.mark.parametrize(
    ("country", "timezone"), [("EE", "Europe/Tallinn"), ("US", "America/New_York"), ("", "Etc/GMT-2")]
)
def test_a_country_without_catalogues_takes_finland_s_and_says_so(
    district: District, country: str, timezone: str
) -> None:
    results = run(replace(district, country=country, timezone=timezone), memo=SHARED)
    assert total(results, "space_heat_kwh") > 0
    (note,) = results.notes
    assert note == Note("borrowed", ("uses", "heating_shares", "tariffs", "emission_factors"),
                        {"country": country or "none"})  # fmt: skip
    there = {"EE": "EE", "US": "US", "": "the sea"}[country]
    assert str(note) == (
        f"Finland’s archetypes, shares of heating systems, prices, emission factors: there are none for {there}"
    )
    assert results.dataset.attrs["country"] == country


def test_finland_s_own_catalogues_need_no_note(as_it_is: Results) -> None:
    assert as_it_is.notes == ()
    assert as_it_is.dataset.attrs["notes"] == "[]"


def test_tables_that_do_not_fit_are_told(district: District) -> None:
    empty = replace(district, tables={**district.tables, "buildings": district.buildings.iloc[:0]})
    with pytest.raises(DistrictDataError, match="four-buildings has no buildings"):
        run(empty)
    fewer = replace(district, tables={**district.tables, "buildings": district.buildings.iloc[:3]})
    with pytest.raises(DistrictDataError, match=r"roofs of the district .* of 1 buildings that it lacks: w4"):
        run(fewer)


def test_results_cannot_be_written_into_what_other_runs_share(as_it_is: Results) -> None:
    with pytest.raises(ValueError, match="read-only"):
        as_it_is.dataset["space_heat_kwh"].to_numpy()[0, 0] = 1.0


def test_an_edit_that_touches_nothing_is_noted(district: District) -> None:
    results = edited(district, "{what: pv, share: 0.5, where: {use: [hospital]}}")
    assert results.notes == (Note("idle", values={"number": 1, "what": "pv"}),)
    assert list(map(str, results.notes)) == ["edit 1 (pv) touches no building"]


def test_the_district_is_left_as_it_was(district: District) -> None:
    before = {name: table.copy() for name, table in district.tables.items()}
    edited(district, "{what: heating, system: gas_boiler}, {what: weather, shift_c: 1.0}")
    for name, table in before.items():
        pd.testing.assert_frame_equal(pd.DataFrame(district.tables[name]), pd.DataFrame(table))
    assert abs(district.weather.table["air_temp_c"].mean() - 6.6) < 1.5


@pytest.mark.parametrize(
    ("edit", "computed"),
    [
        ("{what: prices, gas_eur_kwh: 0.1}", []),
        ("{what: pv, share: 0.4}", ["meter", *BALANCE[1:]]),
        ("{what: battery, kwh_per_kwp: 1.0}", []),
        ("{what: chargers, cars: 0.3}", ["sessions", "meter", *BALANCE[1:]]),
        ("{what: heating, system: gas_boiler}", ["supply", "meter", *BALANCE]),
        ("{what: setpoints, heating_c: 20}", ["demand", "supply", "meter", *BALANCE]),
        ("{what: retrofit, level: light}", ["demand", "supply", "meter", *BALANCE]),
        (
            "{what: weather, shift_c: 1.0}",
            ["sun", "light", "roof planes", "roofs", "walls", "demand", "supply", "meter", *BALANCE],
        ),
    ],
)
def test_only_what_an_edit_touches_is_computed_again(district: District, edit: str, computed: list[str]) -> None:
    memo = Memo()
    run(district, memo=memo)
    assert len(memo.computed) == len(set(memo.computed)) >= 12, "each stage once"
    memo.computed.clear()
    fresh, remembered = edited(district, edit, Memo(0)), edited(district, edit, memo)
    assert sorted(memo.computed) == sorted(computed)
    assert fresh.dataset.identical(remembered.dataset), "what is remembered is what would be computed"


def test_progress_only_moves_forward(district: District) -> None:
    told: list[tuple[float, str]] = []
    run(district, progress=lambda share, what: told.append((share, what)), memo=Memo(0))
    shares = [share for share, _ in told]
    assert shares[0] == 0.0
    assert shares[-1] == 1.0
    assert shares == sorted(shares)
    assert len({what for _, what in told}) >= 5
