"""Results of a run: one dataset, saved whole or not at all."""

from __future__ import annotations

import json
import math
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from twin._errors import ResultsError
from twin.scenario import Scenario, parse_scenario
from twin.simulation.dataset import FORMAT
from twin.texts import Note, load_notes

_ROWS = 32


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

    def save(self, path: str | Path) -> Path:
        """Write netCDF; the same results give the same bytes, and an interrupted write leaves nothing behind.

        Parameters
        ----------
        path : str or Path
            `results.nc`; folders are made.

        Returns
        -------
        Path
        """
        with whole_file(path) as part:
            self.dataset.to_netcdf(part, engine="netcdf4", format="NETCDF4", encoding=_encoding(self.dataset))
        return Path(path)

    @classmethod
    def load(cls, path: str | Path) -> Results:
        """Read results that `save` wrote.

        Raises
        ------
        ResultsError
            Where the file is missing, unreadable or of another format.
        """
        if not Path(path).is_file():
            raise ResultsError(f"there are no results at {path}; `twin run --out FOLDER` writes results.nc")
        try:
            with xr.open_dataset(path, engine="netcdf4") as file:
                dataset = file.load()
        except (OSError, ValueError) as error:
            raise ResultsError(f"{path} cannot be read as netCDF: {error}") from error
        if dataset.attrs.get("format") != FORMAT:
            raise ResultsError(f"{path} holds no results of this version ({FORMAT}); run the scenario again")
        return cls(dataset)


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
    """Give a temporary file beside `path` that takes its place once it is written without an error."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    os.close(handle)
    part = Path(name)
    try:
        yield part
        # mkstemp makes files that only we can read.
        part.chmod(0o666 & ~_umask())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


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
            rows, hours = variable.shape
            chunks = (max(1, min(rows, _ROWS)), max(1, hours))
            encoding[str(name)] |= {"zlib": True, "complevel": 1, "shuffle": True, "chunksizes": chunks}
    return encoding
