"""Results of a run: one dataset, in memory or on the disk, saved whole or not at all."""

from __future__ import annotations

import glob
import json
import math
import os
import tempfile
import time
import weakref
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from twin._errors import ResultsError
from twin.results.hours_file import LEVEL, ROWS, HoursFile, room_told
from twin.results.schema import FORMAT
from twin.results.totals import HOURS, KEEP, blocks_of, keeps_hours
from twin.scenario import Scenario, parse_scenario
from twin.texts import Note, load_notes

_HOURLY = ("building", "time")
_STALE_S = 24 * 3600


@dataclass(frozen=True, eq=False)
class Results:
    """A year of a district under a scenario; everything shown, exported or compared is a function of it alone.

    Attributes
    ----------
    dataset : xarray.Dataset
        Dimensions `building`, `roof` and `time` (naive UTC, start of the hour); every variable says its `units`,
        `kind` and `long_name`; the attributes tell where it all comes from.
    """

    dataset: xr.Dataset

    @property
    def scenario(self) -> Scenario:
        """The scenario, read back from the provenance."""
        return parse_scenario(str(self.dataset.attrs["scenario"]), "the results' scenario")

    @property
    def notes(self) -> tuple[Note, ...]:
        """What a reader should know: edits that touch nothing, catalogues of another country."""
        return load_notes(str(self.dataset.attrs["notes"]))

    @property
    def name(self) -> str:
        """Name of the scenario."""
        return str(self.dataset.attrs["scenario_name"])

    @property
    def keep(self) -> str:
        """What is kept: "hours" of every building, or "annual" figures of each and hours of the whole."""
        return HOURS if keeps_hours(self.dataset) else str(self.dataset.attrs[KEEP])

    def save(self, path: str | Path) -> Path:
        """Write netCDF; the same results give the same bytes, and an interrupted write leaves nothing behind.

        Parameters
        ----------
        path : str or Path
            `results.nc`; folders are made.

        Returns
        -------
        Path

        Raises
        ------
        ResultsError
            Where the disk is full.
        """
        names = [name for name, variable in self.dataset.data_vars.items() if variable.dims == _HOURLY]

        def write(take: Take) -> xr.Dataset:
            for rows in blocks_of(self.dataset.sizes["building"]) if names else ():
                some = ((str(name), self.dataset[name]) for name in names)
                take(rows, {name: (_HOURLY, variable[rows].to_numpy(), variable.attrs) for name, variable in some})
            return self.dataset.drop_vars(names)

        return save_streamed(path, self.dataset.sizes["building"], self.dataset.sizes["time"], write)

    @classmethod
    def load(cls, path: str | Path) -> Results:
        """Open results that `save` wrote: the hours of buildings stay on the disk until they are asked for.

        Raises
        ------
        ResultsError
            Where the file is missing, unreadable or of another format.
        """
        if not Path(path).is_file():
            raise ResultsError(f"there are no results at {path}; `twin run --out FOLDER` writes results.nc")
        try:
            # Hours are not kept once they are read: they would fill the memory one after the other.
            dataset = xr.open_dataset(path, engine="netcdf4", cache=False)
            for name, variable in dataset.variables.items():
                if variable.dims != _HOURLY:
                    dataset[name].load()
        except (OSError, ValueError) as error:
            raise ResultsError(f"{path} cannot be read as netCDF: {error}") from error
        if dataset.attrs.get("format") != FORMAT:
            dataset.close()
            raise ResultsError(f"{path} holds no results of this version ({FORMAT}); run the scenario again")
        return cls(dataset)


Take = Callable[[slice, Mapping[str, Any]], None]
"""Takes the hours of some buildings: dimensions, array and attributes by name."""


def save_streamed(
    path: str | Path, n: int, hours: int, write: Callable[[Take], xr.Dataset], *, level: int = LEVEL
) -> Path:
    """Write results whose hours come some buildings at a time, all or nothing.

    Parameters
    ----------
    path : str or Path
        Folders are made.
    n, hours : int
        Buildings and hours.
    write : callable
        Is given what takes the hours of each block, in the buildings' order, and gives all other variables.
    level : int
        Of compression; 0 for none.
    """
    path = Path(path)
    with room_told(path), whole_file(path) as part:
        file = HoursFile(part, n, hours, level=level)
        try:
            rest = _in_order(write(file.write))
        finally:
            file.close()
        rest.to_netcdf(part, mode="a", engine="netcdf4", format="NETCDF4", encoding=_encoding(rest))
    return path


def _in_order(dataset: xr.Dataset) -> xr.Dataset:
    """Sort the attributes: netCDF does not always give them back in the order that it took them in."""
    dataset = dataset.copy()
    dataset.attrs = dict(sorted(dataset.attrs.items()))
    for variable in dataset.variables.values():
        variable.attrs = dict(sorted(variable.attrs.items()))
    return dataset


def temporary_results(folder: Path, n: int, hours: int, write: Callable[[Take], xr.Dataset]) -> Results:
    """Keep results in a file that goes when they go; the parameters are those of `save_streamed`."""
    handle, name = tempfile.mkstemp(dir=folder, prefix="city-energy-twin-", suffix=".nc")
    os.close(handle)
    try:
        results = Results.load(save_streamed(name, n, hours, write, level=0))
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    weakref.finalize(results, _remove, results.dataset, Path(name))
    return results


def _remove(dataset: xr.Dataset, path: Path) -> None:
    dataset.close()
    path.unlink(missing_ok=True)


def load_results(path: str | Path) -> Results:
    """Read results that `Results.save` wrote; see there."""
    return Results.load(path)


def save_json(data: Any, path: str | Path) -> Path:
    """Write JSON, all or nothing; a number that JSON cannot hold is written as null.

    Parameters
    ----------
    data : object
        Dicts, lists, texts, numbers of Python or numpy.
    path : str or Path
        Folders are made.
    """
    with whole_file(path) as part:
        part.write_text(json.dumps(plain(data), ensure_ascii=False, allow_nan=False, indent=1) + "\n", encoding="utf-8")
    return Path(path)


def save_csv(table: pd.DataFrame, path: str | Path) -> Path:
    """Write a table with its index as CSV, all or nothing; what is missing is left empty.

    Parameters
    ----------
    table : pandas.DataFrame
    path : str or Path
        Folders are made.
    """
    with whole_file(path) as part:
        table.to_csv(part, lineterminator="\n")
    return Path(path)


def plain(data: Any) -> Any:
    """Turn numpy's types into JSON's own; NaN and infinities become None."""
    if isinstance(data, dict):
        return {str(key): plain(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [plain(value) for value in data]
    if isinstance(data, np.generic):
        data = data.item()
    if isinstance(data, float) and not math.isfinite(data):
        return None
    return data


@contextmanager
def whole_file(path: str | Path) -> Iterator[Path]:
    """Give a temporary file beside `path` that takes its place once it is written without an error.

    Raises
    ------
    ResultsError
        Where nothing can be written there.
    """
    path = Path(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _sweep(path)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    except OSError as error:
        raise ResultsError(f"{path} cannot be written ({error.strerror}): name another folder") from error
    os.close(handle)
    part = Path(name)
    try:
        yield part
        # mkstemp makes files that only we can read.
        part.chmod(0o666 & ~_umask())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _sweep(path: Path) -> None:
    """Remove what programs that were killed left beside a file, a day after."""
    for left in path.parent.glob(f".{glob.escape(path.name)}.*.part"):
        try:
            if time.time() - left.stat().st_mtime > _STALE_S:
                left.unlink(missing_ok=True)
        except FileNotFoundError:
            continue


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _encoding(dataset: xr.Dataset) -> dict[str, dict[str, Any]]:
    encoding: dict[str, dict[str, Any]] = {
        "time": {"units": "hours since 1970-01-01 00:00:00", "calendar": "proleptic_gregorian", "dtype": "int32"}
    }
    for name, variable in dataset.data_vars.items():
        if variable.dtype.kind == "f":
            encoding[str(name)] = {"_FillValue": None}
        if variable.ndim == 2:
            rows, columns = variable.shape
            chunks = (max(1, min(rows, ROWS)), max(1, columns))
            packed = {"zlib": True, "complevel": LEVEL, "shuffle": True, "chunksizes": chunks}
            encoding[str(name)] = encoding.get(str(name), {}) | packed
    return encoding
