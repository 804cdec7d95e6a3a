"""Networks for other programs: every element with its worst, its limit and where it comes from."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import shapely

from twin._errors import ExportError
from twin.networks.results.kpis import network_kpis
from twin.networks.results.results import NetworkResults
from twin.results.results import plain, whole_file
from twin.results.schema import names_of

WGS84 = "EPSG:4326"
FORMATS = ("geojson", "geoparquet", "csv", "netcdf")
_DECIMALS_DEG = 7
_CSV = ("elements.csv", "key_figures.csv", "hours.csv")


def write_network_geojson(networks: NetworkResults, path: Path) -> Path:
    """Write every element as GeoJSON (RFC 7946, WGS 84); `origin` tells what is mapped, laid, imported or edited."""
    table = networks.elements
    shapes = shapely.transform(np.asarray(table.geometry.to_crs(WGS84).array), lambda xy: np.round(xy, _DECIMALS_DEG))
    records = pd.DataFrame(table.drop(columns="geometry")).to_dict("records")
    features = [
        {"type": "Feature", "id": str(i), "geometry": shapely.geometry.mapping(shape), "properties": record}
        for i, shape, record in zip(table.index, shapes, records, strict=True)
    ]
    attrs = networks.dataset.attrs
    names = ("title", "district", "data_date", "attribution", "scenario", "networks")
    collection = {
        "type": "FeatureCollection",
        **{name: attrs[name] for name in names},
        "notes": [note.plain() | {"text": str(note)} for note in networks.notes],
        "features": features,
    }
    with whole_file(path) as part:
        part.write_text(json.dumps(plain(collection), ensure_ascii=False, allow_nan=False), encoding="utf-8")
    return path


def write_network_geoparquet(networks: NetworkResults, path: Path) -> Path:
    """Write every element as GeoParquet in the district's CRS."""
    with whole_file(path) as part:
        networks.elements.to_parquet(part, compression="zstd")
    return path


def write_network_netcdf(networks: NetworkResults, path: Path) -> Path:
    """Write the folder that `NetworkResults.load` reads."""
    return networks.save(path)


def write_network_csv(networks: NetworkResults, path: Path) -> Path:
    """Write a folder: `elements.csv` (lines as WKT), `key_figures.csv` and `hours.csv` (each carrier's book, in kWh).

    Raises
    ------
    ExportError
        The folder is there and holds other things.
    """
    if path.exists() and (not path.is_dir() or {file.name for file in path.iterdir()} - set(_CSV)):
        raise ExportError(f"{path} is there and is no earlier export; name a new folder for the CSV files")
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.name}.") as name:
        part = Path(name) / "csv"
        part.mkdir()
        table = pd.DataFrame(networks.elements.drop(columns="geometry"))
        table["wkt"] = shapely.to_wkt(np.asarray(networks.elements.geometry.array), rounding_precision=2)
        table.to_csv(part / _CSV[0])
        figures = pd.DataFrame.from_dict(network_kpis(networks), orient="index").drop(columns=["rests_on", "label_key"])
        figures.rename_axis("key_figure").to_csv(part / _CSV[1])
        network_hours(networks).to_csv(part / _CSV[2])
        if path.exists():
            shutil.rmtree(path)
        part.replace(path)
    return path


def network_hours(networks: NetworkResults) -> pd.DataFrame:
    """Book of every carrier by the hour.

    Returns
    -------
    pandas.DataFrame
        Index `time_utc`; a column for each carrier and word that ever holds anything: `heat_bought_kwh` [kWh].
    """
    dataset = networks.dataset
    time = pd.DatetimeIndex(dataset["time"].to_numpy()).strftime("%Y-%m-%dT%H:%M:%SZ").rename("time_utc")
    columns: dict[str, Any] = {}
    for word in names_of("networks", "carrier", "time"):
        values = dataset[word].to_numpy()
        for k, carrier in enumerate(dataset["carrier"].to_numpy()):
            if values[k].any():
                columns[f"{carrier}_{word}"] = values[k]
    return pd.DataFrame(columns, index=time)
