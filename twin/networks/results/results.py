"""Results of a year of networks and plants: one dataset, one table of elements, saved whole or not at all."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import netCDF4
import numpy as np
import pandas as pd
import xarray as xr

from assets.carriers import NETWORKED
from assets.hours_on_disk import hours_array, is_large, let_go, on_disk, row_blocks
from twin._errors import ResultsError
from twin.networks.results.dataset import FORMAT
from twin.networks.results.states import State, pipe_use, state_of
from twin.results.schema import names_of
from twin.scenario import Scenario, parse_scenario
from twin.texts import Note, load_notes

if TYPE_CHECKING:
    from gis_data.district import District

_FILES = ("networks.nc", "elements.parquet", "grid.json")
_ROWS = 64


@dataclass(frozen=True, eq=False)
class NetworkResults:
    """A year of every network and plant of a district, coupled.

    Attributes
    ----------
    dataset : xarray.Dataset
        Dimensions `time` (naive UTC, start of the hour), `building`, `carrier`, `plant`, `store`, and of each network
        that is there its nodes and edges: `bus` and `branch` (lines, then transformers), `heat_node` and `heat_edge`,
        `cold_node` and `cold_edge`, `gas_node` and `gas_edge`. Coordinates are the elements' ids.
    elements : geopandas.GeoDataFrame
        Every element of every network and every plant, index `element`: `carrier`, `kind` (pipe, cable, transformer,
        substation, entry, plant, store, service), `geometry`, `size`, `origin`, `length_m`, `title`, `worst` (the
        year's worst state, in `unit`), `limit` (what it is held against; NaN where nothing), `hours_over`, `buildings`
        (that hang below it), `loss_kwh`, `start` and `end` (ids of an edge's nodes).
    net : pandapowerNet, optional
        The grid without loads; None without one.
    """

    dataset: xr.Dataset
    elements: gpd.GeoDataFrame
    net: Any = field(default=None, repr=False)

    @property
    def summary(self) -> dict[str, dict[str, float]]:
        """Energies of the year by carrier and by the words of the book: bought, given, drawn, lost … [kWh]."""
        return summary_of(self.dataset)

    @property
    def scenario(self) -> Scenario:
        """The scenario, read back from the provenance."""
        return parse_scenario(str(self.dataset.attrs["scenario"]), "the results' scenario")

    @property
    def notes(self) -> tuple[Note, ...]:
        """What a reader should know: what was assumed, what is cut off."""
        return load_notes(str(self.dataset.attrs["notes"]))

    def state(self, quantity: str) -> State:
        """State of every element that has a quantity, by the hour: see `twin.networks.results.states.QUANTITIES`."""
        return state_of(self.dataset, quantity)

    @property
    def missing(self) -> pd.DataFrame:
        """What each building asked of each network and did not get in the year [kWh]: index `building`."""
        missing = {
            carrier: self.dataset[f"building_missing_{carrier}_kwh"].sum("time", dtype=np.float64).to_numpy()
            if f"building_missing_{carrier}_kwh" in self.dataset
            else 0.0
            for carrier in NETWORKED
        }
        names = [str(name) for name in self.dataset["building"].to_numpy()]
        return pd.DataFrame(missing, index=pd.Index(names, name="building"), dtype=np.float64)

    def kpis(self) -> dict[str, dict[str, Any]]:
        """Compute the key figures of the networks: see `twin.network_kpis`."""
        from twin.networks.results.kpis import network_kpis  # noqa: PLC0415  it reads what is held here

        return network_kpis(self)

    @staticmethod
    def kpi_catalogue() -> pd.DataFrame:
        """Tell what each of them is: see `twin.network_kpi_catalogue`."""
        from twin.networks.results.kpis import network_kpi_catalogue  # noqa: PLC0415

        return network_kpi_catalogue()

    def pipe_use(self, carrier: str) -> float:
        """Highest flow of any pipe by what it is held to, of heat or cold [%]."""
        return pipe_use(self.dataset, carrier)

    def save(self, folder: str | Path) -> Path:
        """Write a folder: networks.nc, elements.parquet and, where there is a grid, grid.json.

        Parameters
        ----------
        folder : str or Path
            An earlier one of ours is replaced; one that holds other things is not touched.

        Returns
        -------
        Path

        Raises
        ------
        ResultsError
            The folder holds other things.
        """
        target = Path(folder)
        if target.exists() and (not target.is_dir() or {file.name for file in target.iterdir()} - set(_FILES)):
            raise ResultsError(f"{target} is there and holds other things; name a new folder for the networks")
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=f".{target.name}.") as name:
            part = Path(name) / "networks"
            part.mkdir()
            _write(self.dataset, part / _FILES[0])
            self.elements.to_parquet(part / _FILES[1], compression="zstd")
            if self.net is not None:
                from assets.networks.power import write_pandapower  # noqa: PLC0415  takes seconds to load

                write_pandapower(self.net, part / _FILES[2])
            if target.exists():
                shutil.rmtree(target)
            part.replace(target)
        return target

    @classmethod
    def load(cls, folder: str | Path) -> NetworkResults:
        """Read what `save` wrote.

        Raises
        ------
        ResultsError
            The folder lacks a file, or is of another version.
        """
        source = Path(folder)
        missing = [name for name in _FILES[:2] if not (source / name).is_file()]
        if missing:
            raise ResultsError(
                f"there are no networks at {source} ({missing[0]} is missing); `twin networks` writes them"
            )
        try:
            dataset = _read(source / _FILES[0])
            elements = gpd.read_parquet(source / _FILES[1])
        except (OSError, ValueError) as error:
            raise ResultsError(f"{source} cannot be read: {error}") from error
        if dataset.attrs.get("format") != FORMAT:
            raise ResultsError(f"{source} holds no networks of this version ({FORMAT}); run them again")
        net = None
        if (source / _FILES[2]).is_file():
            from assets.networks.power import read_pandapower  # noqa: PLC0415

            net = read_pandapower(source / _FILES[2])
        return cls(dataset, elements, net)


def load_networks(folder: str | Path) -> NetworkResults:
    """Read results that `NetworkResults.save` wrote; see there."""
    return NetworkResults.load(folder)


def summary_of(dataset: xr.Dataset) -> dict[str, dict[str, float]]:
    """Sum the book of every carrier over the year [kWh]."""
    words = names_of("networks", "carrier", "time")
    sums: Mapping[str, Any] = {word: dataset[word].sum("time").to_numpy() for word in words}
    return {
        str(carrier): {word.removesuffix("_kwh"): float(sums[word][k]) for word in words}
        for k, carrier in enumerate(dataset["carrier"].to_numpy())
    }


def designs_of(dataset: xr.Dataset) -> dict[str, Any]:
    """Design figures of the networks, by carrier."""
    found: dict[str, Any] = json.loads(str(dataset.attrs.get("network_designs", "{}")))
    return found


def followed_ways(networks: NetworkResults, district: District) -> pd.DataFrame:
    """Compare the pipes that somebody mapped with what the networks laid follow of them.

    Parameters
    ----------
    networks : NetworkResults
    district : District

    Returns
    -------
    pandas.DataFrame
        Index: id of the way. `carrier`, `length_m`, `followed_m`, and `told`, why nothing is followed; in it also those
        that the district's source has without a shape.
    """
    pipes, designs = district.tables.get("pipes"), designs_of(networks.dataset)
    followed = {name: float(m) for design in designs.values() for name, m in design.get("followed_ways", {}).items()}
    rows = []
    if pipes is not None:
        for name, carrier, length in zip(pipes.index.astype(str), pipes["carrier"], pipes.geometry.length, strict=True):
            why = "" if name in followed else f"no network of {carrier} is laid" if carrier not in designs else "apart"
            rows.append((name, str(carrier), float(length), followed.get(name, 0.0), why))
    for problem in district.report.get("problems", ()):
        if "pipeline" in problem["what"]:
            rows += [(str(name), "", 0.0, 0.0, str(problem["what"])) for name in problem["ids"]]
    columns = ["way", "carrier", "length_m", "followed_m", "told"]
    return pd.DataFrame(rows, columns=columns).set_index("way")


def _write(dataset: xr.Dataset, path: Path) -> None:
    """Write a dataset; what lies on disk follows a block of rows at a time, unpacked: packing takes longer than a year.

    So a town's file is as large as its hours, and takes no memory to write.
    """
    large = [str(name) for name, variable in dataset.data_vars.items() if on_disk(variable.to_numpy()) is not None]
    small = dataset.drop_vars(large)
    small.to_netcdf(path, engine="netcdf4", format="NETCDF4", encoding=_encoding(small))
    if not large:
        return
    with netCDF4.Dataset(path, "a") as file:
        for name in large:
            values, told = dataset[name].to_numpy(), dataset[name].attrs
            dims = tuple(str(dim) for dim in dataset[name].dims)
            for dim in set(dims) - set(file.dimensions):
                file.createDimension(dim, dataset.sizes[dim])
            variable = file.createVariable(name, values.dtype, dims, fill_value=False, contiguous=True)
            variable.setncatts(told)
            for row in row_blocks(*values.shape):
                variable[row] = values[row]
                let_go(values)


def _read(path: Path) -> xr.Dataset:
    """Read a dataset; large variables a block of rows at a time, to disk."""
    with xr.open_dataset(path, engine="netcdf4", cache=False) as file:
        single = {str(name): v for name, v in file.data_vars.items() if v.ndim == 2 and v.dtype == np.float32}
        large = {name: v for name, v in single.items() if is_large(*v.shape)}
        dataset = file.drop_vars(list(large)).load()
        for name, variable in large.items():
            values = hours_array(*variable.shape)
            for row in row_blocks(*values.shape):
                values[row] = variable[row].to_numpy()
                let_go(values)
            dataset[name] = (variable.dims, values, variable.attrs)
    return dataset


def _encoding(dataset: xr.Dataset) -> dict[str, dict[str, Any]]:
    encoding: dict[str, dict[str, Any]] = {
        "time": {"units": "hours since 1970-01-01 00:00:00", "calendar": "proleptic_gregorian", "dtype": "int32"}
    }
    for name, variable in dataset.data_vars.items():
        if variable.dtype.kind == "f":
            encoding[str(name)] = {"_FillValue": None}
        if variable.ndim == 2 and all(variable.shape):
            rows, hours = variable.shape
            more = {"zlib": True, "complevel": 1, "shuffle": True, "chunksizes": (min(rows, _ROWS), hours)}
            encoding.setdefault(str(name), {}).update(more)
    return encoding
