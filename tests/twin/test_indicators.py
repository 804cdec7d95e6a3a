"""Key figures, recomputed by hand on datasets small enough to do so."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.results.kpis import district_kpis, kpi_catalogue, kpi_table, kpis
from twin.results.results import Results, plain
from twin.results.schema import names_of, variables

HOURLY = [name for name in names_of("hours", "building", "time") if not variables()[name].needs]


def tiny(**hourly: Any) -> Results:
    """Two buildings over four hours, the last two in July; what is not given is zero."""
    shape = (2, 4)
    variables = {name: (("building", "time"), np.zeros(shape, dtype=np.float32)) for name in HOURLY}
    variables |= {
        name: (("building", "time"), np.broadcast_to(np.asarray(values, dtype=np.float32), shape))
        for name, values in hourly.items()
    }
    dataset = xr.Dataset(
        {
            **variables,
            "floor_area_m2": ("building", [100.0, 0.0]),
            "pv_kwp": ("building", [2.0, 0.0]),
            "building_of_roof": ("roof", [0, 0, 1]),
            "usable_m2": ("roof", [10.0, 30.0, 0.0]),
            "roof_irradiation_kwh_m2": ("roof", [800.0, 1000.0, 900.0]),
            "roof_pv_potential_kwh": ("roof", [1500.0, 5000.0, 0.0]),
            "roof_pv_potential_kwp": ("roof", [2.0, 6.0, 0.0]),
            "building_of_wall": ("wall", [0, 0]),
            "wall_area_m2": ("wall", [50.0, 150.0]),
            "wall_irradiation_kwh_m2": ("wall", [800.0, 400.0]),
            "electricity_price_eur_kwh": ("time", [0.1, 0.2, 0.3, 0.4]),
            "export_price_eur_kwh": ("time", [0.01, 0.02, 0.03, 0.04]),
            "district_heat_price_eur_kwh": ("time", [0.05, 0.06, 0.07, 0.08]),
            "electricity_co2_kg_kwh": ("time", [0.5, 0.5, 1.0, 1.0]),
        },
        coords={
            "building": ["a", "b"],
            "roof": ["a-0", "a-1", "b-0"],
            "wall": ["a-S", "a-N"],
            "time": pd.to_datetime(["2025-05-31T22:00", "2025-05-31T23:00", "2025-06-01T00:00", "2025-06-01T01:00"]),
        },
        attrs={
            "district": "tiny",
            "scenario_name": "as-is",
            "gas_price_eur_kwh": 0.11,
            "oil_price_eur_kwh": 0.12,
            "wood_price_eur_kwh": 0.06,
            "district_heat_co2_kg_kwh": 0.15,
            "gas_co2_kg_kwh": 0.2,
            "oil_co2_kg_kwh": 0.26,
            "wood_co2_kg_kwh": 0.0,
        },
    )
    return Results(dataset)


def test_heat_per_area_and_peaks_by_hand() -> None:
    results = tiny(space_heat_kwh=[[4, 1, 0, 0], [0, 7, 0, 0]], hot_water_kwh=1)
    table = kpi_table(results)
    assert table.loc["a", "heat_kwh"] == 4 + 1 + 4 * 1
    assert table.loc["a", "heat_kwh_m2"] == pytest.approx(0.09)
    assert table["peak_heat_kw"].tolist() == [5, 8]
    district = district_kpis(results)
    assert district["heat_kwh"]["value"] == 20
    assert district["peak_heat_kw"]["value"] == 10, "hour 2: 2 + 8, less than the sum of both peaks"
    assert district["heat_kwh_m2"]["value"] == pytest.approx(0.2)


def test_solar_figures_by_hand() -> None:
    """a makes 8, uses 5 of them itself and sells 3; b buys 2 in the very hour in which a sells 3."""
    results = tiny(
        appliances_kwh=[[5, 1, 1, 1], [2, 0, 0, 0]],
        pv_kwh=[[8, 0, 0, 0], [0, 0, 0, 0]],
        grid_import_kwh=[[0, 1, 1, 1], [2, 0, 0, 0]],
        grid_export_kwh=[[3, 0, 0, 0], [0, 0, 0, 0]],
    )
    table = kpi_table(results)
    assert table.loc["a", "self_consumption"] == pytest.approx(100 * 5 / 8)
    assert table.loc["a", "self_sufficiency"] == pytest.approx(100 * 5 / 8)
    assert math.isnan(table.loc["b", "self_consumption"])
    assert table.loc["b", "self_sufficiency"] == 0
    district = district_kpis(results)
    assert district["self_consumption"]["value"] == pytest.approx(100 * 5 / 8)
    assert district["local_use"]["value"] == pytest.approx(100 * 7 / 8), "the neighbour takes two of the three"
    assert district["solar_irradiation_kwh_m2"]["value"] == pytest.approx((8000 + 30000) / 40)
    assert district["pv_potential_kwh"]["value"] == 6500
    assert district["pv_kwp"]["value"] == 2


def test_cost_and_emissions_by_hand() -> None:
    results = tiny(
        grid_import_kwh=[[1, 2, 3, 4], [0, 0, 0, 0]],
        grid_export_kwh=[[0, 0, 10, 0], [0, 0, 0, 0]],
        district_heat_kwh=[[10, 0, 0, 10], [0, 0, 0, 0]],
        gas_kwh=[[0, 0, 0, 0], [100, 0, 0, 0]],
        oil_kwh=[[0, 0, 0, 0], [0, 100, 0, 0]],
        wood_kwh=[[0, 0, 0, 0], [0, 0, 100, 0]],
    )
    table = kpi_table(results)
    bought = 1 * 0.1 + 2 * 0.2 + 3 * 0.3 + 4 * 0.4
    assert table.loc["a", "energy_cost_eur"] == pytest.approx(bought - 10 * 0.03 + 10 * 0.05 + 10 * 0.08)
    assert table.loc["b", "energy_cost_eur"] == pytest.approx(11 + 12 + 6)
    assert table.loc["a", "co2_t"] * 1000 == pytest.approx(1 * 0.5 + 2 * 0.5 + 3 + 4 + 20 * 0.15)
    assert table.loc["b", "co2_t"] * 1000 == pytest.approx(20 + 26)
    assert district_kpis(results)["energy_bought_kwh"]["value"] == 10 + 20 + 300


def test_overheating_counts_the_summer_only() -> None:
    results = tiny(indoor_temp_c=[[30, 30, 28, 29], [27, 27, 27, 26]])
    assert kpi_table(results)["overheating_kh"].tolist() == [3, 0]


def test_what_cannot_be_told_says_why_and_what_to_run() -> None:
    told = kpis(tiny())
    for name, reason, todo in (
        ("self_consumption", "no solar panels", "{what: pv"),
        ("self_sufficiency", "No electricity is used", "another building"),
        ("network_loading", "a year of their own", "twin networks"),
    ):
        kpi = told["district"][name]
        assert (kpi["available"], kpi["value"]) == (False, None)
        assert reason in kpi["reason"]
        assert todo in kpi["todo"]
    assert told["buildings"]["b"]["heat_kwh_m2"]["reason"] == "The floor area is not known"
    assert told["buildings"]["b"]["solar_irradiation_kwh_m2"]["available"] is False


def test_every_figure_of_the_catalogue_is_told_at_its_level() -> None:
    catalogue = kpi_catalogue()
    told = kpis(tiny())
    assert set(told["district"]) == set(catalogue.index[catalogue["level"] != "building"])
    assert set(told["buildings"]["a"]) == set(catalogue.index[catalogue["level"] != "district"])
    assert set(catalogue["better"]) == {"lower", "higher"}
    assert set(catalogue["scale"]) == {"amount", "intensity", "share"}
    assert set(catalogue["kind"]) <= {"modelled", "assumed"}
    assert catalogue["description"].str.len().min() > 15
    assert set(kpi_table(tiny()).attrs["units"]) == set(told["buildings"]["a"])
    for name, kpi in told["district"].items():
        assert kpi["label_key"] == f"kpi.{name}"
        assert kpi["unit"] == catalogue.loc[name, "unit"]


def test_key_figures_are_json_without_nan() -> None:
    text = json.dumps(kpis(tiny()), allow_nan=False)
    assert json.loads(text)["buildings"]["b"]["self_consumption"]["value"] is None
    assert plain({"a": np.float32(1.5), "b": [float("nan"), np.int64(2), float("inf")], 3: np.bool_(True)}) == {
        "a": 1.5,
        "b": [None, 2, None],
        "3": True,
    }


energies = st.lists(st.lists(st.floats(0, 1e6, width=32), min_size=4, max_size=4), min_size=2, max_size=2)


@settings(max_examples=40, deadline=None)
@given(
    st.fixed_dictionaries({f"{name}_kwh": energies for name in ("grid_import", "grid_export", "oil", "district_heat")})
)
def test_money_and_energy_of_the_buildings_add_up_to_the_district_s(hourly: dict[str, Any]) -> None:
    results = tiny(**hourly)
    table, district = kpi_table(results), district_kpis(results)
    for name in ("energy_cost_eur", "co2_t", "energy_bought_kwh", "grid_import_kwh", "grid_export_kwh", "oil_kwh"):
        assert district[name]["value"] == pytest.approx(table[name].sum(), rel=1e-9, abs=1e-9), name
    assert district["peak_electricity_kw"]["value"] <= table["peak_electricity_kw"].sum() * (1 + 1e-12)


def test_sun_on_the_facades_is_weighed_by_their_area() -> None:
    table = kpi_table(tiny())
    assert table.loc["a", "facade_irradiation_kwh_m2"] == pytest.approx((50 * 800 + 150 * 400) / 200)
    assert np.isnan(table.loc["b", "facade_irradiation_kwh_m2"])
