"""Hours of buildings on the disk: written some buildings at a time, as they are computed."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import netCDF4
import numpy as np

from twin._errors import ResultsError

ROWS = 32
"""Buildings in a chunk: what is read and unpacked for one of them."""
LEVEL = 1
"""Of compression: higher ones take several times as long for a tenth less."""
_CACHE_BYTES = 4_000_000
"""Of a variable's chunks in memory: blocks come in order, and no chunk is touched twice."""


class HoursFile:
    """A netCDF file that takes variables over building and time block by block.

    A variable that comes first with a later block is zero for the buildings before it, one that lacks in a block is
    zero for the buildings of that block.

    Parameters
    ----------
    path : Path
        File that is made.
    n, hours : int
        Buildings and hours.
    level : int
        Of compression; 0 for a file that does not live long.
    """

    def __init__(self, path: Path, n: int, hours: int, *, level: int = LEVEL) -> None:
        self._level, self._done = level, 0
        self._chunk = (max(1, min(n, ROWS)), max(1, hours))
        self._file = netCDF4.Dataset(path, "w", format="NETCDF4")
        self._file.createDimension("building", n)
        self._file.createDimension("time", hours)

    def write(self, rows: slice, variables: Mapping[str, Any]) -> None:
        """Write the next buildings.

        Parameters
        ----------
        rows : slice
            They follow those before them.
        variables : mapping
            Dimensions, array and attributes by name, as xarray takes them.
        """
        for name, (_dims, array, attrs) in variables.items():
            if name not in self._file.variables:
                self._make(name, array.dtype, attrs)
                self._fill(name, slice(0, rows.start), array.dtype)
            self._file[name][rows] = array
        for name in set(self._file.variables) - set(variables):
            self._fill(name, rows, self._file[name].dtype)

    def close(self) -> None:
        """Put all on the disk."""
        self._file.close()

    def _make(self, name: str, dtype: Any, attrs: Mapping[str, str]) -> None:
        packed: dict[str, Any] = {"zlib": True, "complevel": self._level, "shuffle": True} if self._level else {}
        made = self._file.createVariable(
            name, dtype, ("building", "time"), chunksizes=self._chunk, fill_value=False, **packed
        )
        made.set_var_chunk_cache(size=_CACHE_BYTES)
        made.set_auto_maskandscale(False)
        made.setncatts(dict(sorted(attrs.items())))

    def _fill(self, name: str, rows: slice, dtype: Any) -> None:
        for start in range(rows.start, rows.stop, ROWS):
            stop = min(start + ROWS, rows.stop)
            self._file[name][start:stop] = np.zeros((stop - start, self._chunk[1]), dtype=dtype)


@contextmanager
def room_told(path: Path) -> Iterator[None]:
    """Tell an error of writing in plain words: HDF5 says of a full disk only that it failed.

    Parameters
    ----------
    path : Path
        What is written.

    Raises
    ------
    ResultsError
        Where the disk is full, or nothing can be written there.
    """
    try:
        yield
    except (OSError, RuntimeError) as error:
        if isinstance(error, RuntimeError) and "HDF" not in str(error) and "NetCDF" not in str(error):
            raise
        free = shutil.disk_usage(path.parent).free / 1e9
        full = getattr(error, "errno", None) in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG} or free < 0.1
        why = "there is no room left" if full else f"the system says: {error}"
        raise ResultsError(
            f"{path} cannot be written: {why} ({free:.1f} GB free in {path.parent}). Make room, name another folder, "
            "or keep yearly figures alone (`--keep annual`)"
        ) from error
