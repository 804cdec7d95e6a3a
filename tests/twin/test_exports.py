"""Results handed over: every format read back with another program's reader."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import shape

from gis_data import District
from tests.twin.districts import footprints
from twin._errors import ExportError
from twin.exports import FORMATS, export
from twin.results.kpis import kpi_table
from twin.results.results import Results, load_results


def test_geojson_is_in_degrees_with_attributes_and_key_figures(
    with_solar: Results, district: District, tmp_path: Path
) -> None:
    path = export(with_solar, district, tmp_path / "four.geojson")
    data = json.loads(path.read_text(encoding="utf-8"))
    assert [feature["id"] for feature in data["features"]] == ["w1", "w2", "w3", "w4"]
    assert data["attribution"] == "drawn by hand"
    frame = gpd.read_file(path)
    assert frame.crs == "EPSG:4326"
    assert frame.total_bounds[0] == pytest.approx(24.9, abs=0.2)
    # Back in metres, every footprint lies where it was drawn, to a centimetre.
    for i, back in zip(footprints(), frame.geometry.to_crs(district.crs), strict=True):
        assert back.hausdorff_distance(footprints()[i]) < 0.02
    properties = data["features"][0]["properties"]
    assert properties["heat_kwh"] == pytest.approx(kpi_table(with_solar).loc["w1", "heat_kwh"])
    assert properties["pv_share"] == 0.5
    assert properties["heating_system"] == "district_heating"
    assert data["features"][3]["properties"]["name"] is None
    outer = shape(data["features"][1]["geometry"])
    assert outer.exterior.is_ccw
    assert not outer.interiors[0].is_ccw


def test_geoparquet_keeps_the_metric_crs(with_solar: Results, district: District, tmp_path: Path) -> None:
    frame = gpd.read_parquet(export(with_solar, district, tmp_path / "four.parquet"))
    assert frame.crs == district.crs
    np.testing.assert_allclose(frame["co2_t"], kpi_table(with_solar)["co2_t"])


def test_csv_holds_buildings_district_and_hours(with_solar: Results, district: District, tmp_path: Path) -> None:
    folder = export(with_solar, district, tmp_path / "tables", "csv")
    buildings = pd.read_csv(folder / "buildings.csv", index_col="building_id")
    np.testing.assert_allclose(buildings["pv_kwh"], kpi_table(with_solar)["pv_kwh"])
    told = pd.read_csv(folder / "district.csv", index_col="kpi")
    assert told.loc["pv_kwh", "unit"] == "kWh/a"
    assert told.loc["network_loading", "reason"].startswith("Networks are a year of their own")
    hours = pd.read_csv(folder / "hours.csv", index_col="time_utc")
    assert len(hours) == 8760
    assert hours.index[0] == "2024-12-31T22:00:00Z"
    assert hours["time_local"].iloc[0] == "2025-01-01T00:00:00+0200"
    assert hours["time_local"].iloc[5000].endswith("+0300")
    assert hours["pv_kwh"].sum() == pytest.approx(told.loc["pv_kwh", "value"], rel=1e-9)
    export(with_solar, district, folder, "csv")
    (folder / "thesis.doc").touch()
    with pytest.raises(ExportError, match="no earlier export"):
        export(with_solar, district, folder, "csv")
    assert (folder / "thesis.doc").is_file()


def test_netcdf_is_the_results_file(with_solar: Results, district: District, tmp_path: Path) -> None:
    back = load_results(export(with_solar, district, tmp_path / "out.nc"))
    assert back.dataset.identical(with_solar.dataset)


def test_what_cannot_be_exported_is_told(
    with_solar: Results, district: District, helsinki: District, tmp_path: Path
) -> None:
    with pytest.raises(ExportError, match="does not tell its format"):
        export(with_solar, district, tmp_path / "out.xyz")
    with pytest.raises(ExportError, match="no format shape; take one of geojson"):
        export(with_solar, district, tmp_path / "out", "shape")
    with pytest.raises(ExportError, match="of four-buildings and 4 of their buildings are not in helsinki-centre"):
        export(with_solar, helsinki, tmp_path / "out.geojson")
    assert list(tmp_path.iterdir()) == []
    assert set(FORMATS) == {"geojson", "geoparquet", "csv", "netcdf", "cityjson"}
