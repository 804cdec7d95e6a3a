"""A carrier's network before a scenario's smaller edits: as the district is, laid anew for a scenario, or imported."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from assets._errors import InputError
from gis_data import GeoJsonError
from gis_data.readers.network_geojson import read_network_geojson
from twin._cache.memo import Memo, content_key
from twin._errors import DistrictDataError, ScenarioError
from twin.model.ground import Site
from twin.networks.layout.design_loads import DesignLoads
from twin.networks.layout.edits import CarrierEdits
from twin.networks.layout.gas_plan import gas_design
from twin.networks.layout.grid_draft import GridDraft
from twin.networks.layout.grid_plan import import_grid, lay_grid, places_to_connect
from twin.networks.layout.heat_plan import water_design
from twin.networks.layout.laying import lay_pipes
from twin.networks.layout.pipe_draft import Draft
from twin.networks.layout.plan import Index
from twin.networks.layout.sizing import sizing_of
from twin.networks.layout.streets import Ground, make_ground

if TYPE_CHECKING:
    from twin.model.twin import Twin

Array = npt.NDArray[np.float64]
_SERVED_BY = {"heat": "district_heating", "gas": "gas_boiler"}


@dataclass(frozen=True, eq=False)
class Base:
    """A network before buildings are newly connected to it and elements are edited.

    Attributes
    ----------
    carrier : str
    draft : Draft or GridDraft
        Consumers by the rows of `site.buildings`; not to be changed.
    design : dict
    ground : Ground
        What it was laid in.
    site : Site
        For which it was laid: the district's buildings as they are, or the scenario's.
    member : ndarray of int64
        Rows of `site.buildings` that it was laid for.
    loads : DesignLoads
        What it was sized for.
    key : str
    """

    carrier: str
    draft: Draft | GridDraft
    design: dict[str, Any]
    ground: Ground
    site: Site
    member: Index
    loads: DesignLoads
    key: str


def served(buildings: gpd.GeoDataFrame, carrier: str) -> npt.NDArray[np.bool_]:
    """Whether each building of a table is served by a carrier's network."""
    if carrier == "electricity":
        return np.ones(len(buildings), dtype=bool)
    if carrier == "cold":
        cooled = buildings["cooled"].to_numpy(dtype=bool)
        return np.asarray(cooled & (buildings["cooling_system"] == "district_cooling").to_numpy())
    return np.asarray((buildings["heating_system"] == _SERVED_BY[carrier]).to_numpy())


def base_of(
    twin: Twin, carrier: str, edits: CarrierEdits, loads: tuple[DesignLoads, DesignLoads], memo: Memo
) -> Base | None:
    """Lay or import the network that a scenario's smaller edits begin with.

    Parameters
    ----------
    twin : Twin
    carrier : str
    edits : CarrierEdits
    loads : (DesignLoads, DesignLoads)
        Of the district as it is, and under the scenario.
    memo : Memo

    Returns
    -------
    Base, optional
        None where the district has no such network.

    Raises
    ------
    ScenarioError
        It cannot be removed, imported or laid so; every reason is told.
    DistrictDataError
        The district has no streets.
    """
    site = twin.site
    if site is None:
        raise DistrictDataError("this twin has no site to lay networks in; make it with make_twin")
    as_it_is, wanted = served(site.buildings, carrier), served(twin.buildings, carrier)
    if edits.base == "remove":
        _may_go(carrier, edits, int(wanted.sum()))
        return None
    anew = edits.base != "as it is" or not as_it_is.any()
    if anew:
        if edits.base == "as it is" and not wanted.any():
            return None
        site = dataclasses.replace(site, buildings=twin.buildings)
    stand = loads[1] if anew else loads[0]
    member = np.flatnonzero(wanted if anew else as_it_is)
    case = _Case(twin, site, carrier, edits, stand, member, memo)
    try:
        return case.grid() if carrier == "electricity" else case.pipes()
    except (InputError, GeoJsonError) as error:
        if edits.number == 0:
            raise
        findings = error.findings if isinstance(error, InputError) else (str(error),)
        raise ScenarioError([f"edit {edits.number} (network {carrier}): {finding}" for finding in findings]) from error


def _may_go(carrier: str, edits: CarrierEdits, count: int) -> None:
    if count:
        other = {"heat": "another heating", "gas": "another heating", "cold": "other cooling"}.get(carrier)
        remedy = f"give them {other} in an edit of the same scenario" if other else "it cannot be taken out"
        raise ScenarioError([f"edit {edits.number} (network {carrier}): it serves {count} buildings; {remedy}"])


@dataclass(frozen=True, eq=False)
class _Case:
    """One network to be laid."""

    twin: Twin
    site: Site
    carrier: str
    edits: CarrierEdits
    loads: DesignLoads
    member: Index
    memo: Memo

    def pipes(self) -> Base:
        """Heat, cold or gas."""
        lines = self._lines()
        ground = make_ground(self.site, self.carrier, self.memo, pipes=lines)
        edits = self.edits
        if self.carrier == "gas":
            design = gas_design(hydrogen_share=edits.laid_share or 0.0)
        else:
            design = self._water(edits.laid_temp_c)
        ids = self.site.buildings.index[self.member].astype(str)
        own, hours = self.loads.of(self.carrier, ids)
        known = lines if lines is not None else self.site.pipes
        diameter = None if known is None or not len(known) else known["diameter_mm"]
        lay = partial(
            lay_pipes, self.carrier, ground, self.member, (own, hours), sizing_of(design), diameter_mm=diameter,
            origin="mapped" if lines is None else "imported",
        )  # fmt: skip
        key = content_key(ground.key, self.member, own, hours, design, diameter, lines is None)
        laid = self.memo.get(f"{self.carrier} network as laid", key, lay)
        design = self._as_run(design) | {
            "entry_origin": laid.entry_origin,
            "design_kw": laid.load_kw,
            "mapped_m": laid.mapped_m,
            "followed_m": laid.followed_m,
            "followed_ways": laid.ways,
            "followed": "mapped" if lines is None else "imported",
        }
        return self._base(laid.draft, design, ground, content_key(key, design))

    def grid(self) -> Base:
        """Electricity."""
        chargers = self.twin.chargers
        path = self._path()
        if path is not None and _is_pandapower(path):
            ground = make_ground(self.site, "electricity", self.memo)
            text = path.read_bytes()
            key = content_key(text, self.site.buildings.index, self.site.buildings.geometry)
            draft, design = self.memo.get("grid as imported", key, lambda: import_grid(path, self.site, chargers))
            return self._base(draft, design, ground, key)
        lines = self._lines()
        points = places_to_connect(self.site, chargers)
        ground = make_ground(self.site, "electricity", self.memo, points=points, pipes=lines)
        origin = "mapped" if lines is None else "imported"
        own, hours = self.loads.of("electricity", self.site.buildings.index.astype(str))
        columns = None if chargers is None else chargers[["capacity", "output_kw"]]
        key = content_key(ground.key, own, hours, self.loads.stations, columns, origin, self.twin.country)
        draft, design = self.memo.get(
            "grid as laid",
            key,
            lambda: lay_grid(
                self.site, ground, self.loads, country=self.twin.country, chargers=chargers, origin=origin
            ),
        )
        return self._base(draft, design, ground, key)

    def _base(self, draft: Draft | GridDraft, design: dict[str, Any], ground: Ground, key: str) -> Base:
        return Base(self.carrier, draft, design, ground, self.site, self.member, self.loads, key)

    def _as_run(self, design: dict[str, Any]) -> dict[str, Any]:
        """Design with the temperatures or the blend that a scenario runs it at."""
        edits = self.edits
        if self.carrier == "gas":
            share = edits.hydrogen_share
            return design if share is None else design | gas_design(hydrogen_share=share)
        return design | self._water(edits.supply_temp_c)

    def _water(self, supply_temp_c: float | None) -> dict[str, Any]:
        coldest = (self.site.coldest_c, self.twin.country)
        return water_design(self.carrier, coldest, generation=self.edits.generation, supply_temp_c=supply_temp_c)

    def _path(self) -> Path | None:
        if self.edits.base != "import":
            return None
        path = (self.twin.scenario.folder or Path()) / self.edits.file
        if not path.is_file():
            raise InputError([f"the file {path} is not there; name it relative to the scenario's own folder"])
        return path

    def _lines(self) -> gpd.GeoDataFrame | None:
        path = self._path()
        return None if path is None else read_network_geojson(path, self.carrier, crs=self.site.crs)


def _is_pandapower(path: Path) -> bool:
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, UnicodeDecodeError):
        return False
    return isinstance(told, dict) and told.get("type") != "FeatureCollection"


def rows_by_id(base: Base, buildings: pd.Index, wanted: npt.NDArray[np.bool_]) -> dict[int, int]:
    """Row in the twin's table of each building that is there and still served, by its row in the base's."""
    at = buildings.get_indexer(base.site.buildings.index)
    return {row: int(now) for row, now in enumerate(at) if now >= 0 and wanted[now]}
