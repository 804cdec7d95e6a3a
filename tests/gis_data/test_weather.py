"""A year of weather: what it holds, what is refused, how it is kept."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from gis_data.weather import (
    COLUMNS,
    HELSINKI_NORMALS,
    Weather,
    WeatherFileError,
    check_weather,
    load_weather,
    require_sound,
    save_weather,
    synthetic_weather,
    typical_index,
)


@pytest.fixture(scope="module")
def helsinki() -> Weather:
    return synthetic_weather(HELSINKI_NORMALS, 60.17, 24.94, altitude_m=4.0, utc_offset_h=2.0)


def changed(weather: Weather, column: str, row: int, value: float) -> Weather:
    table = weather.table.copy()
    table.iloc[row, table.columns.get_loc(column)] = value
    return dataclasses.replace(weather, table=table)


def test_typical_year_begins_at_local_midnight_and_has_8760_hours() -> None:
    for offset, first in ((2.0, "2024-12-31T22:00Z"), (-5.0, "2025-01-01T05:00Z"), (5.5, "2024-12-31T18:30Z")):
        index = typical_index(offset)
        assert index[0] == pd.Timestamp(first)
        assert len(index) == 8760
        local = index + pd.Timedelta(hours=offset)
        assert (local[0].month, local[0].hour, local[-1].month, local[-1].hour) == (1, 0, 12, 23)


def test_local_standard_time_is_naive_and_without_summer_time(helsinki: Weather) -> None:
    local = helsinki.local_standard_time
    assert local.tz is None
    assert local[0] == pd.Timestamp("2025-01-01 00:00")
    assert local[-1] == pd.Timestamp("2025-12-31 23:00")


def test_same_weather_same_bytes_and_back(helsinki: Weather, tmp_path: Path) -> None:
    first, second = tmp_path / "a.parquet", tmp_path / "b.parquet"
    save_weather(helsinki, first)
    again = load_weather(first, helsinki.metadata())
    save_weather(again, second)
    assert first.read_bytes() == second.read_bytes()
    pd.testing.assert_frame_equal(again.table, helsinki.table, check_freq=False)
    assert again.metadata() == helsinki.metadata()
    assert first.stat().st_size < 600_000


def test_metadata_are_plain_values_that_toml_can_hold(helsinki: Weather) -> None:
    import tomllib

    import tomli_w

    metadata = helsinki.metadata()
    assert tomllib.loads(tomli_w.dumps(metadata)) == metadata
    assert metadata["kind"] == "synthetic"
    assert "Synthetic" in metadata["source"]


def test_metadata_with_missing_and_unknown_keys_are_refused(helsinki: Weather) -> None:
    metadata = helsinki.metadata()
    metadata.pop("licence")
    metadata["license"] = "typo"
    with pytest.raises(WeatherFileError, match="lack 'licence'") as caught:
        Weather.from_table(helsinki.table, metadata)
    assert "unknown key 'license'" in str(caught.value)


def test_broken_parquet_names_the_file(helsinki: Weather, tmp_path: Path) -> None:
    path = tmp_path / "weather.parquet"
    path.write_bytes(b"PAR1 not really")
    with pytest.raises(WeatherFileError, match=r"weather\.parquet.*build the district again"):
        load_weather(path, helsinki.metadata())
    helsinki.table.drop(columns="dhi_w_m2").to_parquet(path)
    with pytest.raises(WeatherFileError, match="dhi_w_m2"):
        load_weather(path, helsinki.metadata())


def test_sound_weather_passes(helsinki: Weather) -> None:
    assert check_weather(helsinki) == []
    assert require_sound(helsinki, "x") is helsinki
    assert tuple(helsinki.table.columns) == COLUMNS


@pytest.mark.parametrize(
    ("column", "value"),
    [("air_temp_c", 75.0), ("relative_humidity_pct", -3.0), ("wind_speed_m_s", np.nan), ("pressure_pa", 1013.0)],
)
def test_impossible_value_is_named_with_its_hour(helsinki: Weather, column: str, value: float) -> None:
    problems = check_weather(changed(helsinki, column, 4000, value))
    assert len(problems) == 1
    assert column in problems[0]
    assert "hour 4001" in problems[0]


def test_several_faults_come_as_one_list(helsinki: Weather) -> None:
    broken = changed(changed(helsinki, "air_temp_c", 5, 99.0), "ghi_w_m2", 7, -1.0)
    with pytest.raises(WeatherFileError) as caught:
        require_sound(broken, "my.epw")
    assert len(caught.value.problems) == 2
    assert str(caught.value).startswith("my.epw:")


def test_hole_in_the_hours_is_found(helsinki: Weather) -> None:
    hours = helsinki.table.index.to_list()
    hours[100:] = [hour + pd.Timedelta(hours=1) for hour in hours[100:]]
    index = pd.DatetimeIndex(hours)
    broken = dataclasses.replace(helsinki, table=helsinki.table.set_axis(index))
    assert "not contiguous" in check_weather(broken)[0]
    short = dataclasses.replace(helsinki, table=helsinki.table.iloc[:-1])
    assert "8759 hours" in check_weather(short)[0]


def test_index_without_utc_and_unknown_kind_are_refused(helsinki: Weather) -> None:
    naive = dataclasses.replace(helsinki, table=helsinki.table.tz_localize(None), kind="invented")
    problems = check_weather(naive)
    assert any("UTC" in problem for problem in problems)
    assert any("invented" in problem for problem in problems)


@pytest.mark.parametrize("hours", [-3, -2, 2, 3])
def test_shifted_clock_shows(helsinki: Weather, hours: int) -> None:
    rolled = pd.DataFrame(
        np.roll(helsinki.table.to_numpy(), hours, axis=0), index=helsinki.table.index, columns=helsinki.table.columns
    )
    problems = check_weather(dataclasses.replace(helsinki, table=rolled))
    assert problems
    assert "clock" in problems[0] or "time zone" in problems[0]


def test_wrong_longitude_shows(helsinki: Weather) -> None:
    assert check_weather(dataclasses.replace(helsinki, longitude=-24.94))
