"""Hand results over to other programs: GeoJSON, GeoParquet, CSV, netCDF and CityJSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from twin._errors import ExportError
from twin.exports.cityjson import write_cityjson
from twin.exports.tables import write_csv, write_geojson, write_geoparquet
from twin.results.results import Results

if TYPE_CHECKING:
    from gis_data.district import District
    from twin.networks.results.results import NetworkResults

__all__ = ["FORMATS", "export"]


def _write_netcdf(results: Results, _district: District, path: Path) -> Path:
    return results.save(path)


_WRITERS: Mapping[str, Callable[[Results, District, Path], Path]] = {
    "geojson": write_geojson,
    "geoparquet": write_geoparquet,
    "csv": write_csv,
    "netcdf": _write_netcdf,
    "cityjson": write_cityjson,
}
FORMATS = tuple(_WRITERS)
"""Formats that results can be handed over in."""

_ENDINGS = {
    ".geojson": "geojson",
    ".parquet": "geoparquet",
    ".geoparquet": "geoparquet",
    ".csv": "csv",
    ".nc": "netcdf",
    ".json": "cityjson",
}


def export(
    results: Results | NetworkResults,
    district: District,
    path: str | Path,
    format: str | None = None,  # noqa: A002  the word that people use
) -> Path:
    """Write results for other programs, all or nothing.

    Parameters
    ----------
    results : Results or NetworkResults
        Of a run of `district`.
    district : District
        Gives the shapes and the names.
    path : str or Path
        File to write; with CSV a folder.
    format : str, optional
        `geojson` (WGS 84), `geoparquet` (the district's CRS), `csv` (a folder with the KPIs of every building, those
        of the district, and the district's hours), `netcdf` or `cityjson` (2.0, blocks of LoD 1.2); without it, by the
        file's ending. Of networks: `geojson`, `geoparquet`, `csv` (a folder) and `netcdf` (a folder), with each
        element's `origin`.

    Returns
    -------
    Path
        What was written.

    Raises
    ------
    ExportError
        Where the format is unknown, or the results are of other buildings.
    """
    path = Path(path)
    chosen = format or _ENDINGS.get(path.suffix.lower())
    if chosen is None:
        raise ExportError(f"{path.name} does not tell its format; name it: {', '.join(FORMATS)}")
    if chosen not in _WRITERS:
        raise ExportError(f"there is no format {chosen}; take one of {', '.join(FORMATS)}")
    if not isinstance(results, Results):
        return _export_networks(results, path, chosen)
    _of_the_same_buildings(results, district)
    return _WRITERS[chosen](results, district, path)


def _export_networks(networks: NetworkResults, path: Path, chosen: str) -> Path:
    from twin.exports import networks as writers  # noqa: PLC0415  networks take their time to load

    if chosen not in writers.FORMATS:
        raise ExportError(f"networks are not written as {chosen}; take one of {', '.join(writers.FORMATS)}")
    write: Callable[[NetworkResults, Path], Path] = getattr(writers, f"write_network_{chosen}")
    return write(networks, path)


def _of_the_same_buildings(results: Results, district: District) -> None:
    ids = [str(i) for i in results.dataset["building"].to_numpy()]
    strange = [i for i in ids if i not in district.buildings.index]
    if strange:
        told = str(results.dataset.attrs["district"])
        raise ExportError(
            f"the results are of {told} and {len(strange)} of their buildings are not in {district.name}: "
            f"{', '.join(strange[:5])}; name the district they were computed for"
        )
