"""District folders: whole or not there, the same bytes again, damage told by file and row."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
from geopandas.testing import assert_geodataframe_equal
from pandas.testing import assert_frame_equal

from gis_data import (
    District,
    DistrictError,
    UnknownDistrictError,
    district_dir,
    list_districts,
    load_district,
    save_district,
    validate_district,
    validate_folder,
)
from gis_data.geoparquet import write_table
from gis_data.schema import table_columns


def same(one: District, other: District) -> None:
    for table in table_columns():
        left, right = one.tables[table], other.tables[table]
        if isinstance(left, gpd.GeoDataFrame):
            assert_geodataframe_equal(left, right)
        else:
            assert_frame_equal(left, right)
    assert_frame_equal(one.weather.table, other.weather.table, check_freq=False)
    assert one.weather.metadata() == other.weather.metadata()
    for field in ("name", "title", "crs", "timezone", "country", "bounds", "data_date", "sources", "report"):
        assert getattr(one, field) == getattr(other, field), field


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_what_is_loaded_is_what_was_built(village: Any, tmp_path: Path) -> None:
    same(village, load_district(save_district(village, tmp_path / "v")))


def test_saving_what_was_loaded_gives_the_same_bytes(village: Any, tmp_path: Path) -> None:
    first = save_district(village, tmp_path / "one")
    second = save_district(load_district(first), tmp_path / "two")
    assert files(first) == files(second)


def test_the_order_of_rows_in_memory_does_not_reach_the_file(village: Any, tmp_path: Path) -> None:
    write_table("buildings", village.buildings, tmp_path / "a.parquet")
    copy = village.buildings.copy()
    copy.attrs["when"] = time.time()
    write_table("buildings", copy, tmp_path / "b.parquet")
    assert (tmp_path / "a.parquet").read_bytes() == (tmp_path / "b.parquet").read_bytes()


def test_other_programs_read_the_tables_as_geoparquet(village: Any, tmp_path: Path) -> None:
    folder = save_district(village, tmp_path / "v")
    for table in ("buildings", "streets", "chargers", "power", "trees"):
        frame = gpd.read_parquet(folder / f"{table}.parquet")
        assert frame.crs.to_epsg() == 3067
        assert len(frame) == len(village.tables[table])
    assert len(pd.read_parquet(folder / "walls.parquet")) == len(village.walls)


def test_name_finds_the_users_district_before_the_embedded(village: Any, own_data_folder: Path) -> None:
    save_district(village, own_data_folder / "helsinki-centre")
    assert district_dir("helsinki-centre") == own_data_folder / "helsinki-centre"
    assert load_district("helsinki-centre").title == "The village"
    listed = {info.name: info for info in list_districts()}
    assert listed["helsinki-centre"].where == str(own_data_folder / "helsinki-centre")
    assert listed["helsinki-centre"].n_buildings == len(village.buildings)


def test_embedded_district_is_listed_and_loads() -> None:
    listed = {info.name: info for info in list_districts()}
    assert listed["helsinki-centre"].embedded
    assert listed["helsinki-centre"].problem == ""
    assert listed["helsinki-centre"].n_buildings == len(load_district("helsinki-centre").buildings)


def test_a_broken_district_is_listed_with_what_is_wrong(own_data_folder: Path) -> None:
    (own_data_folder / "broken").mkdir()
    (own_data_folder / "broken" / "district.toml").write_text("name = ", encoding="utf-8")
    (own_data_folder / ".v.abc.partial").mkdir()
    (info,) = [info for info in list_districts() if not info.embedded]
    assert (info.name, info.n_buildings) == ("broken", 0)
    assert "TOML" in info.problem


def test_unknown_name_names_the_nearest() -> None:
    with pytest.raises(UnknownDistrictError, match="Did you mean 'helsinki-centre'"):
        load_district("helsinki-center")
    with pytest.raises(UnknownDistrictError, match="There are: helsinki-centre"):
        load_district("xyz")


def test_error_in_the_middle_of_writing_leaves_nothing(
    village: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full_disk(*_args: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("gis_data.store.save_weather", full_disk)
    with pytest.raises(OSError, match="No space left"):
        save_district(village, tmp_path / "v")
    assert list(tmp_path.iterdir()) == []


def test_error_while_replacing_keeps_the_former(village: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = save_district(village, tmp_path / "v")
    before = files(folder)
    monkeypatch.setattr("gis_data.store._write_files", lambda *_args: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        save_district(dataclasses.replace(village, title="New"), folder)
    assert files(folder) == before
    assert [path.name for path in tmp_path.iterdir()] == ["v"]


_KILLED = """
import sys, time
import gis_data, gis_data.store as store
district = gis_data.load_district(sys.argv[1])
def slow(*args):
    print("half", flush=True)
    time.sleep(60)
store.save_weather = slow
gis_data.save_district(district, sys.argv[2])
"""


def test_a_killed_build_leaves_the_former_district_and_nothing_that_is_listed(
    village: Any, own_data_folder: Path, tmp_path: Path
) -> None:
    new = save_district(dataclasses.replace(village, title="New"), tmp_path / "new")
    save_district(village, own_data_folder / "v")
    before = files(own_data_folder / "v")
    commands = [[sys.executable, "-c", _KILLED, str(new), str(own_data_folder / target)] for target in ("v", "w")]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE) for command in commands]
    for process in running:
        assert process.stdout is not None
        assert process.stdout.readline() == b"half\n"
        process.kill()
        process.wait()
        process.stdout.close()
    assert files(own_data_folder / "v") == before
    assert not (own_data_folder / "w").exists()
    assert [info.name for info in list_districts() if not info.embedded] == ["v"]
    left = [path for path in own_data_folder.iterdir() if path.name.startswith(".")]
    assert len(left) == 2
    for path in left:
        os.utime(path, (0, 0))
    save_district(village, own_data_folder / "v")
    save_district(village, own_data_folder / "w")
    assert sorted(path.name for path in own_data_folder.iterdir()) == ["v", "w"], "a later build sweeps up"


def test_whoever_reads_while_it_is_replaced_always_finds_a_whole_district(village: Any, tmp_path: Path) -> None:
    folder = save_district(village, tmp_path / "v")
    names, missing, stop = sorted(files(folder)), [], threading.Event()

    def watch() -> None:
        while not stop.is_set():
            missing.extend(name for name in names if not (folder / name).is_file())

    thread = threading.Thread(target=watch)
    thread.start()
    for number in range(5):
        save_district(dataclasses.replace(village, title=f"Title {number}"), folder)
    stop.set()
    thread.join()
    assert load_district(folder).title == "Title 4"
    if sys.platform == "linux":  # elsewhere two renames leave an instant without a folder
        assert missing == []


def test_a_folder_that_is_no_district_is_not_overwritten(village: Any, tmp_path: Path) -> None:
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter1.tex").write_text("dear reader")
    with pytest.raises(DistrictError, match="not a district"):
        save_district(village, tmp_path / "thesis")
    assert (tmp_path / "thesis" / "chapter1.tex").read_text() == "dear reader"
    (tmp_path / "empty").mkdir()
    same(village, load_district(save_district(village, tmp_path / "empty")))


def test_all_damage_is_told_at_once(village: Any, tmp_path: Path) -> None:
    folder = save_district(village, tmp_path / "v")
    (folder / "roofs.parquet").unlink()
    (folder / "streets.parquet").write_bytes(b"PAR1 but not really")
    toml = (folder / "district.toml").read_text(encoding="utf-8")
    (folder / "district.toml").write_text(toml.replace('timezone = "Europe/Helsinki"\n', ""), encoding="utf-8")
    with pytest.raises(DistrictError) as caught:
        load_district(folder)
    text = str(caught.value)
    assert str(folder) in text
    for says in (
        "roofs.parquet: the file is missing",
        "streets.parquet: not a readable",
        "the key timezone is missing",
    ):
        assert says in text
    assert list(caught.value.errors) == validate_folder(folder)


def edited(village: Any, table: str, **columns: Any) -> District:
    frame = village.tables[table].copy()
    for column, value in columns.items():
        frame.loc[frame.index[0], column] = value
    return dataclasses.replace(village, tables={**village.tables, table: frame})


def test_a_sound_district_has_no_faults(village: Any) -> None:
    assert validate_district(village) == []


@pytest.mark.parametrize(
    ("table", "columns", "says"),
    [
        ("buildings", {"use": "castle"}, "none of detached_house"),
        ("buildings", {"height_m": -3.0}, "height_m of {row} is not above 0"),
        ("buildings", {"height_m": float("nan")}, "{row} have no height_m"),
        ("buildings", {"levels": float("inf")}, "levels of {row} is infinite"),
        ("buildings", {"use_source": None}, "{row} have no use_source"),
        ("buildings", {"min_height_m": 99.0}, "{row} have their underside above"),
        ("roofs", {"building_id": "w999999"}, "{row} name a building that"),
        ("walls", {"building_id": "w999999"}, "{row} name a building that"),
        ("streets", {"width_m": 0.0}, "width_m of {row} is not above 0"),
    ],
)
def test_faults_name_file_and_row(village: Any, table: str, columns: dict[str, Any], says: str) -> None:
    faults = validate_district(edited(village, table, **columns))
    row = village.tables[table].index[0]
    assert len(faults) == 1
    assert faults[0].startswith(f"{table}.parquet: ")
    assert says.format(row=row) in faults[0]


def test_structural_faults_are_told(village: Any) -> None:
    buildings = village.buildings
    shapes = buildings.geometry.copy()
    shapes.iloc[0] = shapes.iloc[0].centroid
    broken = {
        "not Polygon or MultiPolygon": buildings.set_geometry(shapes),
        "in EPSG:4326": buildings.to_crs("EPSG:4326"),
        "the column levels is missing": buildings.drop(columns="levels"),
        "the column colour is not one": buildings.assign(colour="red"),
        "stand more than once": pd.concat([buildings, buildings.iloc[:1]]),
        "it must be int64": buildings.assign(construction_year=buildings["construction_year"].astype(float)),
        "overlap": buildings.set_geometry(
            buildings.geometry.translate(0, 0).where(buildings.index != buildings.index[1], buildings.geometry.iloc[0])
        ),
    }
    for says, frame in broken.items():
        faults = validate_district(dataclasses.replace(village, tables={**village.tables, "buildings": frame}))
        assert any(says in fault for fault in faults), (says, faults)


def test_unknown_time_zone_and_bounds_are_told(village: Any) -> None:
    faults = validate_district(dataclasses.replace(village, timezone="Mars/Olympus", bounds=(1.0, 2.0, 0.0, 3.0)))
    assert any("Mars/Olympus" in fault for fault in faults)
    assert any("bounds" in fault for fault in faults)
