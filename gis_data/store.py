"""District folders: written whole or not at all, loaded with their tables checked."""

from __future__ import annotations

import ctypes
import difflib
import json
import os
import shutil
import sys
import tempfile
import time
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import platformdirs
import pyarrow as pa
import tomli_w

from gis_data._errors import DistrictError, UnknownDistrictError
from gis_data._validate import check_table, validate_district
from gis_data.district import District
from gis_data.features import Source
from gis_data.geoparquet import read_table, write_table
from gis_data.schema import table_columns
from gis_data.weather import Weather, WeatherFileError, load_weather, save_weather

DATA_ENV = "CITY_ENERGY_TWIN_DATA"
"""Environment variable that names the folder of the user's districts."""
_FORMAT = 1
_STALE_S = 24 * 3600
_KEYS = ("name", "title", "crs", "timezone", "country", "bounds", "data_date", "sources", "weather", "rows")


@dataclass(frozen=True)
class DistrictInfo:
    """What a list of districts shows of one.

    Attributes
    ----------
    name, title : str
    path : Path
        Its folder.
    embedded : bool
        Whether it comes with the program.
    n_buildings : int
    data_date : str
    problem : str
        Why it can't be loaded; empty where it can.
    """

    name: str
    title: str
    path: Path
    embedded: bool
    n_buildings: int
    data_date: str
    problem: str = ""

    @property
    def where(self) -> str:
        """Place of the folder, for a person."""
        return "built in" if self.embedded else str(self.path)


def user_data_dir() -> Path:
    """Folder of the user's own districts: `CITY_ENERGY_TWIN_DATA`, else the platform's place for data."""
    told = os.environ.get(DATA_ENV)
    return Path(told) if told else Path(platformdirs.user_data_dir("city-energy-twin", appauthor=False))


def embedded_dir() -> Path:
    """Folder of the districts that come with the program."""
    return Path(str(resources.files("gis_data.districts")))


def district_dir(name: str | Path) -> Path:
    """Folder of a district by its name (the user's before the embedded) or by its path.

    Raises
    ------
    UnknownDistrictError
        If there is none; the message names those that there are.
    """
    places = [user_data_dir() / name, embedded_dir() / name] if _is_name(str(name)) else []
    for folder in [*places, Path(name)]:
        if (folder / "district.toml").is_file():
            return folder
    names = [info.name for info in list_districts()]
    near = difflib.get_close_matches(str(name), names, n=1)
    hint = f"Did you mean {near[0]!r}?" if near else f"There are: {', '.join(names) or 'none'}."
    raise UnknownDistrictError(f"There is no district {str(name)!r}. {hint} `twin district build` makes a new one.")


def list_districts() -> list[DistrictInfo]:
    """Districts that can be loaded by name, by name; the user's hides an embedded one of the same name."""
    found: dict[str, DistrictInfo] = {}
    for root, embedded in ((embedded_dir(), True), (user_data_dir(), False)):
        if root.is_dir():
            for folder in sorted(root.iterdir()):
                if not folder.name.startswith(".") and (folder / "district.toml").is_file():
                    found[folder.name] = _info(folder, embedded=embedded)
    return [found[name] for name in sorted(found)]


def save_district(district: District, folder: str | Path) -> Path:
    """Write a district; what stands at `folder` is replaced in one step, once everything is written.

    Parameters
    ----------
    district : District
    folder : str or Path
        Made if missing. An existing folder is replaced only if it is a district or empty.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    DistrictError
        If the folder holds something that is no district.
    """
    folder = Path(folder).absolute()
    if folder.exists() and not (folder / "district.toml").is_file() and (folder.is_file() or any(folder.iterdir())):
        raise DistrictError(
            f"{folder} is not written to:", ["it exists and is not a district; name another folder or empty it."]
        )
    folder.parent.mkdir(parents=True, exist_ok=True)
    _sweep(folder)
    partial = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", suffix=".partial", dir=folder.parent))
    try:
        _write_files(district, partial)
        partial.chmod(0o755)
        _swap(partial, folder)
    finally:
        # What is left here is the half-written folder after an error, or the former district after the swap.
        shutil.rmtree(partial, ignore_errors=True)
    return folder


def load_district(name_or_path: str | Path) -> District:
    """Load a district by name or path; its tables are checked against tables.csv.

    Parameters
    ----------
    name_or_path : str or Path
        "helsinki-centre" or a folder.

    Returns
    -------
    District

    Raises
    ------
    UnknownDistrictError
        If there is none.
    DistrictError
        If files are missing or damaged, or tables break their declaration; all breaches are listed.
    """
    folder = district_dir(name_or_path)
    errors: list[str] = []
    head = _read_head(folder, errors)
    report = _read_report(folder, errors)
    tables = {}
    for table in table_columns():
        path = folder / f"{table}.parquet"
        if not path.is_file():
            errors.append(f"{path.name}: the file is missing.")
            continue
        try:
            tables[table] = read_table(table, path)
        except (OSError, ValueError, TypeError, KeyError, pa.ArrowException) as error:
            errors.append(f"{path.name}: not a readable GeoParquet file ({str(error).splitlines()[0]}).")
            continue
        errors += check_table(table, tables[table], str(head.get("crs", "")))
    weather = _read_weather(folder, head, errors)
    if errors or weather is None:
        raise DistrictError(f"The district in {folder} can't be used; build it again, or mend:", errors)
    return District(
        name=head["name"],
        title=head["title"],
        crs=head["crs"],
        timezone=head["timezone"],
        country=head["country"],
        bounds=tuple(float(value) for value in head["bounds"]),  # type: ignore[arg-type]
        data_date=head["data_date"],
        sources=tuple(Source(**source) for source in head["sources"]),
        tables=tables,
        weather=weather,
        report=report,
    )


def validate_folder(name_or_path: str | Path) -> list[str]:
    """Everything that is wrong with a district folder, one sentence each; empty where all is well.

    Parameters
    ----------
    name_or_path : str or Path
    """
    try:
        return validate_district(load_district(name_or_path))
    except DistrictError as error:
        return list(error.errors)


def _is_name(text: str) -> bool:
    return bool(text) and not text.startswith(".") and Path(text).name == text


def _info(folder: Path, *, embedded: bool) -> DistrictInfo:
    errors: list[str] = []
    head = _read_head(folder, errors)
    rows = head.get("rows")
    return DistrictInfo(
        name=folder.name,
        title=str(head.get("title", folder.name)),
        path=folder,
        embedded=embedded,
        n_buildings=int(rows.get("buildings", 0)) if isinstance(rows, dict) else 0,
        data_date=str(head.get("data_date", "unknown")),
        problem=" ".join(errors),
    )


def _head(district: District) -> dict[str, Any]:
    """Contents of district.toml."""
    return {
        "format": _FORMAT,
        "name": district.name,
        "title": district.title,
        "crs": district.crs,
        "timezone": district.timezone,
        "country": district.country,
        "bounds": [float(value) for value in district.bounds],
        "data_date": district.data_date,
        "rows": {table: len(district.tables[table]) for table in table_columns()},
        "weather": district.weather.metadata(),
        "sources": [asdict(source) for source in district.sources],
    }


def _write_files(district: District, folder: Path) -> None:
    for table in table_columns():
        write_table(table, district.tables[table], folder / f"{table}.parquet")
    save_weather(district.weather, folder / "weather.parquet")
    report = json.dumps(district.report, indent=1, sort_keys=True, ensure_ascii=False)
    (folder / "report.json").write_text(report + "\n", encoding="utf-8", newline="\n")
    (folder / "district.toml").write_text(tomli_w.dumps(_head(district)), encoding="utf-8", newline="\n")
    for path in folder.iterdir():
        with path.open("rb+") as file:
            os.fsync(file.fileno())


def _read_head(folder: Path, errors: list[str]) -> dict[str, Any]:
    try:
        head = tomllib.loads((folder / "district.toml").read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        errors.append(f"district.toml: not readable as TOML ({error}).")
        return {}
    if head.get("format") != _FORMAT:
        errors.append(f"district.toml: format {head.get('format')!r} is not {_FORMAT}, the one this version reads.")
    errors += [f"district.toml: the key {key} is missing." for key in _KEYS if key not in head]
    fields = set(Source.__dataclass_fields__)
    for number, source in enumerate(head.get("sources", []), start=1):
        if not isinstance(source, Mapping) or set(source) != fields:
            errors.append(f"district.toml: source {number} must have exactly {', '.join(sorted(fields))}.")
    return head


def _read_report(folder: Path, errors: list[str]) -> dict[str, Any]:
    try:
        report: dict[str, Any] = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        errors.append(f"report.json: not readable as JSON ({error}).")
        return {}
    return report


def _read_weather(folder: Path, head: Mapping[str, Any], errors: list[str]) -> Weather | None:
    try:
        return load_weather(folder / "weather.parquet", head.get("weather", {}))
    except WeatherFileError as error:
        errors.append(str(error))
        return None


def _sweep(folder: Path) -> None:
    """Remove what builds that were killed left beside a district, a day after."""
    for left in folder.parent.glob(f".{folder.name}.*.partial"):
        if time.time() - left.stat().st_mtime > _STALE_S:
            shutil.rmtree(left, ignore_errors=True)


def _swap(new: Path, folder: Path) -> None:
    """Put `new` in the place of `folder` so that at every instant one of them, whole, stands there."""
    if not folder.exists():
        new.rename(folder)
        return
    if not any(folder.iterdir()):
        folder.rmdir()
        new.rename(folder)
        return
    if _exchange(new, folder):
        return
    # No exchange on this file system: two renames, undone if the second fails.
    former = new.with_suffix(".former")
    folder.rename(former)
    try:
        new.rename(folder)
    except OSError:
        former.rename(folder)
        raise
    former.rename(new)


def _exchange(first: Path, second: Path) -> bool:
    """Exchange two paths atomically, by renameat2 of Linux or renamex_np of macOS; False where there is neither."""
    names = os.fsencode(first), os.fsencode(second)
    try:
        libc = ctypes.CDLL(None, use_errno=True)
        if sys.platform == "linux":
            at_cwd, exchange = -100, 2
            return bool(libc.renameat2(at_cwd, names[0], at_cwd, names[1], exchange) == 0)
        if sys.platform == "darwin":
            swap = 2
            return bool(libc.renamex_np(names[0], names[1], swap) == 0)
    except (AttributeError, OSError, TypeError):
        return False
    return False
