"""Every hour of some buildings: read where a run kept them, computed again where it kept yearly figures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import xarray as xr

from twin._cache.memo import Memo
from twin._cache.rows import Index
from twin._errors import ResultsError
from twin.model.twin import make_twin
from twin.results.results import Results
from twin.results.totals import HOURS, KEEP, keeps_hours, totals
from twin.simulation.dataset import make_dataset
from twin.simulation.year import Scene, year_of

if TYPE_CHECKING:
    from gis_data.district import District

_CHECKED = ("space_heat_kwh", "grid_import_kwh", "grid_export_kwh", "district_heat_kwh", "cooling_kwh", "peak_heat_kw")
"""Yearly figures that tell whether what is computed again is what was computed before."""


def building_hours(results: Results, district: District, buildings: Sequence[str]) -> Results:
    """Give every hour of some buildings, the same to the last bit whether they were kept or are computed again.

    Parameters
    ----------
    results : Results
        Of a run of the district, with hours or yearly figures.
    district : District
        What they were computed for.
    buildings : sequence of str
        Ids.

    Returns
    -------
    Results
        Of these buildings alone, with their roofs and walls, in the order of the results.

    Raises
    ------
    ResultsError
        Where a building is not in the results, or the district has changed since.
    """
    ids = pd.Index([str(i) for i in results.dataset["building"].to_numpy()])
    strange = sorted(set(buildings) - set(ids))
    if strange or not buildings:
        told = ", ".join(strange[:5]) or "no building is named"
        raise ResultsError(f"these buildings are not in the results: {told}; take ids such as {', '.join(ids[:3])}")
    rows = np.unique(ids.get_indexer(pd.Index(buildings)))
    if keeps_hours(results.dataset):
        return Results(_rows_of(results.dataset, rows))
    found = Results(_computed(results, district, rows))
    before, now = (totals(data)[0] for data in (results.dataset, found.dataset))
    changed = [name for name in _CHECKED if not np.array_equal(before[name][rows], now[name])]
    if changed:
        raise ResultsError(
            f"the district {district.name} or the program has changed since the results were computed "
            f"({', '.join(changed)} differ): run the scenario again"
        )
    return found


def _computed(results: Results, district: District, rows: Index) -> xr.Dataset:
    attrs = results.dataset.attrs
    if str(attrs["district"]) != district.name:
        raise ResultsError(f"the results are of {attrs['district']}, not of {district.name}: name that district")
    twin = make_twin(district, results.scenario, seed=int(attrs["seed"]))
    ids = results.dataset["building"].to_numpy()
    if list(twin.buildings.index) != list(ids):
        raise ResultsError(f"the district {district.name} has other buildings than the results: run the scenario again")
    part = Scene(twin, Memo(0)).part(rows)
    return make_dataset(part.twin, year_of(part.twin, scene=part)).assign_attrs({KEEP: HOURS})


def _rows_of(dataset: xr.Dataset, rows: Index) -> xr.Dataset:
    """Take some buildings of a dataset with every hour, with their roofs and walls."""
    place = np.full(dataset.sizes["building"], -1, dtype=np.int32)
    place[rows] = np.arange(len(rows))
    chosen = {"building": rows}
    owners = {}
    for plane in ("roof", "wall"):
        owner = dataset[f"building_of_{plane}"].to_numpy()
        mine = np.flatnonzero((owner >= 0) & (place[owner] >= 0))
        chosen[plane] = mine
        owners[f"building_of_{plane}"] = place[owner[mine]]
    some = dataset.isel(chosen)
    some = some.drop_vars([name for name in ("station_charging_kwh", "station") if name in some.variables])
    return some.assign({name: some[name].copy(data=values) for name, values in owners.items()}).load()
