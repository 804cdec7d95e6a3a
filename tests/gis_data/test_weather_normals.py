"""Monthly normals: read, refused, found."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from gis_data.weather import (
    HELSINKI_NORMALS,
    NormalsError,
    built_in_normals,
    monthly_normals_of,
    normals_near,
    read_normals,
    synthetic_weather,
)

TURKU = """# name: Testland
# period: 1991-2020
# source: made up for a test
# latitude: 60.45
# longitude: 22.18
# altitude_m: 50
month,temp_mean_c,sunshine_h,wind_speed_m_s
1,-4,38,
2,-4.5,70,
3,-1,135,
4,4.6,200,
5,10.5,280,
6,14.8,285,
7,17.8,285,
8,16.5,230,
9,11.5,150,
10,6,85,
11,1.8,35,
12,-1.7,27,
"""


def test_helsinki_is_near_fmis_published_year() -> None:
    """FMI: 6.5 °C at Kaisaniemi 1991–2020; Motiva after FMI's test year: about 980 kWh/m² on the horizontal."""
    assert HELSINKI_NORMALS.ghi_kwh_m2 is not None
    assert HELSINKI_NORMALS.temp_mean_c.mean() == pytest.approx(6.5, abs=0.1)
    assert HELSINKI_NORMALS.ghi_kwh_m2.sum() == pytest.approx(980.0, abs=10.0)
    assert "Finnish Meteorological Institute" in HELSINKI_NORMALS.source
    assert "1991–2020" in HELSINKI_NORMALS.period


def test_built_in_normals_are_found_nearby_only() -> None:
    assert normals_near(60.185, 24.83) is HELSINKI_NORMALS  # Otaniemi
    assert HELSINKI_NORMALS in built_in_normals()
    with pytest.raises(NormalsError, match=r"within 60 km.*Helsinki.*EPW.*ghi_kwh_m2 or sunshine_h"):
        normals_near(52.5, 13.4)


def test_csv_with_sunshine_hours_is_read(tmp_path: Path) -> None:
    path = tmp_path / "turku.csv"
    path.write_text(TURKU, encoding="utf-8")
    normals = read_normals(path)
    assert (normals.name, normals.latitude, normals.altitude_m) == ("Testland", 60.45, 50.0)
    assert normals.wind_speed_m_s is None  # the column is empty
    assert normals.ghi_kwh_m2 is None
    assert normals.sunshine_h is not None
    assert normals.sunshine_h[6] == 285.0


@pytest.mark.parametrize(
    ("find", "put", "says"),
    [
        ("# latitude: 60.45\n", "", "latitude"),
        ("7,17.8,285,", "7,17.8,nine,", r"sunshine_h of month \[7\]"),
        ("7,17.8,285,", "7,171.8,285,", r"temp_mean_c of month \[7\]"),
        ("12,-1.7,27,\n", "", "wanted are 1 to 12"),
        ("sunshine_h", "sun_hours", "unknown column 'sun_hours'"),
        ("temp_mean_c", "temp_max_c", "'temp_mean_c' is missing"),
        (",sunshine_h,", ",temp_max_c,", "neither ghi_kwh_m2 nor sunshine_h"),
    ],
)
def test_bad_csv_says_what_to_change(tmp_path: Path, find: str, put: str, says: str) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(TURKU.replace(find, put), encoding="utf-8")
    with pytest.raises(NormalsError, match=says):
        read_normals(path)


def test_missing_csv_names_the_file(tmp_path: Path) -> None:
    with pytest.raises(NormalsError, match=r"nowhere\.csv"):
        read_normals(tmp_path / "nowhere.csv")


def test_year_and_its_own_normals_agree() -> None:
    year = synthetic_weather(HELSINKI_NORMALS, 60.17, 24.94, altitude_m=4.0, utc_offset_h=2.0, seed=3)
    again = monthly_normals_of(year)
    assert again.ghi_kwh_m2 is not None
    assert HELSINKI_NORMALS.ghi_kwh_m2 is not None
    np.testing.assert_allclose(again.temp_mean_c, HELSINKI_NORMALS.temp_mean_c, atol=0.01)
    np.testing.assert_allclose(again.ghi_kwh_m2, HELSINKI_NORMALS.ghi_kwh_m2, rtol=0.002)
