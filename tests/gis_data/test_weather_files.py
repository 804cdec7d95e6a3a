"""EPW and TMY3 files: right hours, right units, gaps filled by rule, bad files refused with the line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pvlib
import pytest

from gis_data.weather import HELSINKI_NORMALS, Weather, WeatherFileError, read_epw, read_tmy3, synthetic_weather
from gis_data.weather.sun import sun_path

PVLIB_DATA = Path(pvlib.__file__).parent / "data"


@pytest.fixture(scope="module")
def year() -> Weather:
    return synthetic_weather(HELSINKI_NORMALS, 60.17, 24.94, altitude_m=4.0, utc_offset_h=2.0, seed=4)


def epw_lines(weather: Weather, years: Callable[[int], int] = lambda month: 1990 + month % 7) -> list[str]:
    """The year as EnergyPlus writes it: hours 1 to 24 of local standard time, 35 fields."""
    head = [
        f"LOCATION,Testby,-,FIN,TMY,999999,{weather.latitude},{weather.longitude},{weather.utc_offset_h},4.0",
        "DESIGN CONDITIONS,0",
        "TYPICAL/EXTREME PERIODS,0",
        "GROUND TEMPERATURES,0",
        "HOLIDAYS/DAYLIGHT SAVINGS,No,0,0,0",
        "COMMENTS 1,made for a test",
        "COMMENTS 2,",
        "DATA PERIODS,1,1,Data,Sunday,1/1,12/31",
    ]
    rows = []
    for local, row in zip(weather.local_standard_time, weather.table.itertuples(index=False), strict=True):
        stamp = f"{years(local.month)},{local.month},{local.day},{local.hour + 1},60,?9"
        air = f"{row.air_temp_c:.3f},0.0,{row.relative_humidity_pct:.2f},{row.pressure_pa:.0f}"
        light = f"0,0,300,{row.ghi_w_m2:.3f},{row.dni_w_m2:.3f},{row.dhi_w_m2:.3f},0,0,0,0"
        rows.append(f"{stamp},{air},{light},180,{row.wind_speed_m_s:.3f},5,5,10.0,77777,9,999999999,0,0.1,0,88,0.2,0,0")
    return head + rows


def write(path: Path, lines: list[str]) -> Path:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def with_field(lines: list[str], line: int, field: int, value: str) -> None:
    """Set a field, both counted from 1 as an editor shows them."""
    cells = lines[line - 1].split(",")
    cells[field - 1] = value
    lines[line - 1] = ",".join(cells)


TEMP, DEW, HUMIDITY, PRESSURE, GHI, DNI, DHI, WIND = 7, 8, 9, 10, 14, 15, 16, 22


def test_epw_comes_back_hour_by_hour(year: Weather, tmp_path: Path) -> None:
    weather = read_epw(write(tmp_path / "test.epw", epw_lines(year)))
    assert weather.table.index[0] == pd.Timestamp("2024-12-31T22:00Z")
    pd.testing.assert_frame_equal(weather.table, year.table, check_freq=False, atol=1e-6)
    assert (weather.kind, weather.utc_offset_h, weather.altitude_m) == ("typical", 2.0, 4.0)
    assert "Testby" in weather.source
    assert "test.epw" in weather.source


def test_hour_one_is_midnight_to_one(year: Weather, tmp_path: Path) -> None:
    lines = epw_lines(year)
    with_field(lines, 9, TEMP, "11.125")  # month 1, day 1, hour 1
    weather = read_epw(write(tmp_path / "a.epw", lines))
    assert weather.table["air_temp_c"].iloc[0] == 11.125
    assert weather.local_standard_time[0] == pd.Timestamp("2025-01-01 00:00")


def test_measured_year_keeps_its_calendar(year: Weather, tmp_path: Path) -> None:
    path = write(tmp_path / "amy.epw", epw_lines(year, years=lambda _: 2023))
    weather = read_epw(path, kind="measured")
    assert weather.kind == "measured"
    assert weather.table.index[0] == pd.Timestamp("2022-12-31T22:00Z")
    assert read_epw(path).kind == "typical"


def test_file_that_isnt_utf8_is_read(year: Weather, tmp_path: Path) -> None:
    path = tmp_path / "jyvaskyla.epw"
    lines = epw_lines(year)
    lines[0] = lines[0].replace("Testby", "Jyväskylä")
    path.write_bytes("\r\n".join(lines).encode("latin-1"))
    assert "Jyväskylä" in read_epw(path).source


def test_short_gaps_are_filled_and_told(year: Weather, tmp_path: Path) -> None:
    lines = epw_lines(year)
    for hour in range(3):
        with_field(lines, 1009 + hour, TEMP, "99.9")
        with_field(lines, 3009 + hour, WIND, "999")
    weather = read_epw(write(tmp_path / "gaps.epw", lines))
    temp = year.table["air_temp_c"].to_numpy()
    expected = temp[999] + (temp[1003] - temp[999]) * np.array([0.25, 0.5, 0.75])
    np.testing.assert_allclose(weather.table["air_temp_c"].iloc[1000:1003], expected, atol=1e-6)
    assert "6 missing values filled" in weather.source


def test_a_missing_day_takes_the_hours_of_its_neighbours(year: Weather, tmp_path: Path) -> None:
    lines = epw_lines(year)
    for hour in range(24):
        with_field(lines, 9 + 24 * 180 + hour, TEMP, "99.9")
    weather = read_epw(write(tmp_path / "day.epw", lines))
    days = year.table["air_temp_c"].to_numpy().reshape(365, 24)
    np.testing.assert_allclose(
        weather.table["air_temp_c"].to_numpy().reshape(365, 24)[180], 0.5 * (days[179] + days[181]), atol=1e-6
    )


def test_humidity_is_made_from_the_dew_point(year: Weather, tmp_path: Path) -> None:
    lines = epw_lines(year)
    with_field(lines, 5009, HUMIDITY, "999")
    with_field(lines, 5009, TEMP, "20.0")
    with_field(lines, 5009, DEW, "9.3")
    weather = read_epw(write(tmp_path / "dew.epw", lines))
    assert weather.table["relative_humidity_pct"].iloc[5000] == pytest.approx(50.0, abs=0.5)


def test_missing_beam_follows_from_global_and_diffuse(year: Weather, tmp_path: Path) -> None:
    lines = epw_lines(year)
    for line in range(9, len(lines) + 1):
        with_field(lines, line, DNI, "9999")
    weather = read_epw(write(tmp_path / "nobeam.epw", lines))
    np.testing.assert_allclose(weather.table["dni_w_m2"], year.table["dni_w_m2"], atol=1.0)


def test_global_alone_is_split_by_a_model(year: Weather, tmp_path: Path) -> None:
    lines = epw_lines(year)
    for line in range(9, len(lines) + 1):
        with_field(lines, line, DNI, "9999")
        with_field(lines, line, DHI, "9999")
    weather = read_epw(write(tmp_path / "global.epw", lines))
    # The generator splits by Erbs et al. too.
    assert weather.table["dhi_w_m2"].sum() == pytest.approx(year.table["dhi_w_m2"].sum(), rel=0.02)


def test_missing_sunny_hour_gets_its_neighbours_clearness(year: Weather, tmp_path: Path) -> None:
    noon = 24 * 170 + 12
    lines = epw_lines(year)
    for field in (GHI, DNI, DHI):
        with_field(lines, 9 + noon, field, "9999")
    weather = read_epw(write(tmp_path / "sun.epw", lines))
    outside = sun_path(pd.DatetimeIndex(year.table.index), 60.17, 24.94, 4.0).horizontal_w_m2
    clearness = year.table["ghi_w_m2"].to_numpy() / np.maximum(outside, 1.0)
    expected = 0.5 * (clearness[noon - 1] + clearness[noon + 1]) * outside[noon]
    assert weather.table["ghi_w_m2"].iloc[noon] == pytest.approx(expected, rel=1e-4)


def test_long_gap_is_refused_with_its_line(year: Weather, tmp_path: Path) -> None:
    lines = epw_lines(year)
    for hour in range(100):
        with_field(lines, 2009 + hour, TEMP, "99.9")
    with pytest.raises(WeatherFileError, match=r"long\.epw: air_temp_c is missing for 100 hours from line 2009"):
        read_epw(write(tmp_path / "long.epw", lines))


def test_pressure_missing_all_year_comes_from_the_altitude(year: Weather, tmp_path: Path) -> None:
    lines = epw_lines(year)
    for line in range(9, len(lines) + 1):
        with_field(lines, line, PRESSURE, "999999")
    weather = read_epw(write(tmp_path / "p.epw", lines))
    assert weather.table["pressure_pa"].iloc[0] == pytest.approx(101_277.0, abs=20.0)  # ICAO, 4 m


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda lines: lines.pop(500), r"8759 hours"),
        (lambda lines: lines.insert(500, lines[499]), r"8761 hours"),
        (lambda lines: lines.__setitem__(slice(500, 502), [lines[501], lines[500]]), r"line 501 is .* was due"),
        (lambda lines: with_field(lines, 700, TEMP, "warm"), r"line 700: 'warm' is no number for air_temp_c"),
        (lambda lines: with_field(lines, 700, TEMP, "-99.0"), r"air_temp_c is -99 in hour 692"),
        (lambda lines: lines.__setitem__(0, lines[0].replace(",2.0,4.0", ",8.0,4.0")), r"time zone"),
        (lambda lines: lines.__setitem__(0, "Hello"), r"no EPW file"),
        (lambda lines: lines.__setitem__(0, "LOCATION,Testby,-,FIN"), r"no complete EPW file"),
        (lambda lines: lines.__setitem__(slice(20, None), []), r"12 hours"),
    ],
)
def test_bad_epw_says_what_is_wrong(
    year: Weather, tmp_path: Path, change: Callable[[list[str]], None], says: str
) -> None:
    lines = epw_lines(year)
    change(lines)
    with pytest.raises(WeatherFileError, match=says) as caught:
        read_epw(write(tmp_path / "bad.epw", lines))
    assert str(caught.value).startswith("bad.epw")


def test_no_file_is_told(tmp_path: Path) -> None:
    for read in (read_epw, read_tmy3):
        with pytest.raises(WeatherFileError, match=r"nowhere.*can't be read"):
            read(tmp_path / "nowhere.epw")


def test_tmy3_of_greensboro_stands_as_in_the_file() -> None:
    """The file comes with pvlib; line 3 is 01:00 of 1 January, which is 00:00–01:00."""
    path = PVLIB_DATA / "723170TYA.CSV"
    weather = read_tmy3(path)
    raw = pd.read_csv(path, skiprows=1)
    assert weather.table.index[0] == pd.Timestamp("2025-01-01T05:00Z")  # UTC−5
    for theirs, ours, factor in (
        ("GHI (W/m^2)", "ghi_w_m2", 1.0),
        ("Dry-bulb (C)", "air_temp_c", 1.0),
        ("Pressure (mbar)", "pressure_pa", 100.0),
    ):
        np.testing.assert_allclose(weather.table[ours], raw[theirs] * factor)
    assert (weather.kind, weather.altitude_m, weather.utc_offset_h) == ("typical", 273.0, -5.0)
    assert "Greensboro" in weather.source


def test_tmy3_agrees_with_the_sun() -> None:
    """GHI = DNI cos θ + DHI with the sun at mid-hour: the labels are the starts of the hours."""
    weather = read_tmy3(PVLIB_DATA / "723170TYA.CSV")
    table = weather.table
    errors = []
    for shift in (-1, 0, 1):
        index = pd.DatetimeIndex(table.index) + pd.Timedelta(hours=shift)
        sun = sun_path(index, weather.latitude, weather.longitude, weather.altitude_m)
        errors.append(float((table["ghi_w_m2"] - table["dni_w_m2"] * sun.cos_zenith - table["dhi_w_m2"]).abs().mean()))
    assert errors[1] < 0.05 * min(errors[0], errors[2])


def test_tmy3_that_isnt_one_is_refused(tmp_path: Path) -> None:
    lines = (PVLIB_DATA / "723170TYA.CSV").read_text(encoding="latin-1").splitlines()
    short = tmp_path / "short.csv"
    short.write_text("\n".join(lines[:900]), encoding="latin-1")
    with pytest.raises(WeatherFileError, match=r"short\.csv: has 898 hours"):
        read_tmy3(short)
    swapped = tmp_path / "swapped.csv"
    swapped.write_text("\n".join([*lines[:100], lines[101], lines[100], *lines[102:]]), encoding="latin-1")
    with pytest.raises(WeatherFileError, match=r"line 101 is .* was due"):
        read_tmy3(swapped)
    other = tmp_path / "other.csv"
    other.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(WeatherFileError, match="no complete TMY3 file"):
        read_tmy3(other)


def test_typical_year_of_helsinki_airport(shared_data: Path) -> None:
    """Means as the file's own documentation gives them, closure with the sun at mid-hour."""
    weather = read_epw(shared_data / "weather" / "FIN_Helsinki.029740_IWEC.epw")
    assert weather.table["air_temp_c"].mean() == pytest.approx(5.18, abs=0.01)
    assert weather.table["ghi_w_m2"].sum() / 1000.0 == pytest.approx(947.0, abs=0.5)
    assert weather.table.index[0] == pd.Timestamp("2024-12-31T22:00Z")
    sun = sun_path(pd.DatetimeIndex(weather.table.index), weather.latitude, weather.longitude, weather.altitude_m)
    rest = weather.table["ghi_w_m2"] - weather.table["dni_w_m2"] * sun.cos_zenith - weather.table["dhi_w_m2"]
    assert float((rest**2).mean()) ** 0.5 < 1.5
