"""Which buildings an edit touches."""

from __future__ import annotations

import difflib
import hashlib
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from twin._errors import ScenarioError
from twin.scenario.schema import Where

Mask = npt.NDArray[np.bool_]


def selected(buildings: pd.DataFrame, where: Where, *, share: float = 1.0, seed: int = 0) -> Mask:
    """Tell which buildings an edit touches.

    A share picks buildings by a number drawn from each building's own id and the seed: the choice is the same for
    every edit and every run, it does not depend on the table's order, and a larger share holds all of a smaller one.

    Parameters
    ----------
    buildings : pandas.DataFrame
        Index building_id; `use`, `construction_year`, `heating_system`; for drawn areas, geometry with its CRS.
    where : Where
        What must be true of a building.
    share : float
        Part of those buildings that is taken [0 to 1], rounded to whole buildings.
    seed : int
        Seed of the draw.

    Returns
    -------
    ndarray of bool, shape (n,)

    Raises
    ------
    ScenarioError
        Where the selection names buildings that are not in the district.
    """
    chosen = np.ones(len(buildings), dtype=bool)
    if where.buildings is not None:
        _all_known(buildings, where.buildings)
        chosen &= buildings.index.isin(where.buildings)
    if where.use is not None:
        chosen &= buildings["use"].isin(where.use).to_numpy()
    if where.heating_system is not None:
        chosen &= buildings["heating_system"].isin(where.heating_system).to_numpy()
    years = buildings["construction_year"].to_numpy()
    if where.built_before is not None:
        chosen &= years < where.built_before
    if where.built_after is not None:
        chosen &= years > where.built_after
    if where.area is not None:
        chosen &= _inside(buildings, where.area)
    if where.oldest is not None:
        chosen = _oldest(chosen, years, [str(i) for i in buildings.index], where.oldest)
    return _share_of(chosen, [str(i) for i in buildings.index], share, seed)


def _share_of(chosen: Mask, ids: list[str], share: float, seed: int) -> Mask:
    if share >= 1.0:
        return chosen
    rows = np.flatnonzero(chosen)
    drawn = [hashlib.blake2b(f"share:{seed}:{ids[row]}".encode(), digest_size=8).digest() for row in rows]
    first = sorted(range(len(rows)), key=lambda i: (drawn[i], ids[rows[i]]))[: round(share * len(rows))]
    taken = np.zeros_like(chosen)
    taken[rows[first]] = True
    return taken


def _inside(buildings: pd.DataFrame, area: dict[str, Any]) -> Mask:
    """Tell which buildings have an inner point of theirs in an area of WGS84."""
    drawn = gpd.GeoSeries([shapely.make_valid(shapely.geometry.shape(area))], crs="EPSG:4326")
    shape = drawn.to_crs(buildings.geometry.crs).iloc[0]
    shapely.prepare(shape)
    points = shapely.point_on_surface(np.asarray(buildings.geometry.array))
    return np.asarray(shapely.intersects(shape, points))


def _oldest(chosen: Mask, years: Any, ids: list[str], part: float) -> Mask:
    """Take the oldest part of what is chosen; of one year, by the name of the building."""
    rows = np.flatnonzero(chosen)
    first = sorted(rows, key=lambda row: (years[row], ids[row]))[: round(part * len(rows))]
    taken = np.zeros_like(chosen)
    taken[first] = True
    return taken


def _all_known(buildings: pd.DataFrame, ids: tuple[str, ...]) -> None:
    unknown = [i for i in ids if i not in buildings.index]
    if not unknown:
        return
    near = difflib.get_close_matches(unknown[0], [str(i) for i in buildings.index], n=1)
    hint = f", the nearest to {unknown[0]} is {near[0]}" if near else ""
    some = ", ".join(unknown[:5]) + (f" and {len(unknown) - 5} more" if len(unknown) > 5 else "")
    raise ScenarioError([f"no building {some} in the district{hint}"])
