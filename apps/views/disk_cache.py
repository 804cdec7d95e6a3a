"""Views on disk: what was computed once is read at the next start."""

from __future__ import annotations

import logging
import os
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import platformdirs

_LOG = logging.getLogger(__name__)
_KEPT = 24  # views on disk, of about 10 MB each


def cache_dir() -> Path:
    """Folder of the cache; the variable CITY_ENERGY_TWIN_CACHE moves it."""
    chosen = os.environ.get("CITY_ENERGY_TWIN_CACHE")
    return Path(chosen) if chosen else Path(platformdirs.user_cache_dir("city-energy-twin")) / "views"


def read(file: Path) -> dict[str, Any] | None:
    """Read a view; None where there is none or it cannot be read.

    Parameters
    ----------
    file : pathlib.Path
        A file of `cache_dir`.
    """
    try:
        with file.open("rb") as raw, np.load(raw, allow_pickle=False) as stored:
            return {key: stored[key] for key in stored.files}
    except FileNotFoundError:
        return None
    except (OSError, ValueError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        _LOG.warning("The cache %s cannot be read (%s); it is made again.", file, error)
        return None


def write(file: Path, stored: Mapping[str, Any]) -> None:
    """Write whole or not at all; a full or read-only disk only costs the next start its speed.

    Parameters
    ----------
    file : pathlib.Path
        A file of `cache_dir`.
    stored : Mapping
        Arrays by name.
    """
    part = file.with_name(f"{file.stem}.{os.getpid()}.part.npz")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        np.savez(part, **stored)
        part.replace(file)
        for old in sorted(file.parent.glob("*.npz"), key=lambda path: path.stat().st_mtime)[:-_KEPT]:
            old.unlink(missing_ok=True)
    except OSError as error:
        _LOG.warning("The cache %s cannot be written (%s); the next start computes again.", file, error)
        part.unlink(missing_ok=True)
