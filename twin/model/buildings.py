"""The stock of buildings changes: new ones get roofs and walls, lost ones uncover their neighbours' walls."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from twin._errors import ScenarioError
from twin.model.flaws import misfits
from twin.scenario.edits import AddBuildingsEdit, RemoveBuildingsEdit
from twin.scenario.selection import selected

if TYPE_CHECKING:
    from gis_data.district import District
    from gis_data.features import Features

_NEAR_M = 2.0
"""Walls of buildings this near may be party walls."""


@dataclass(frozen=True)
class Stock:
    """The buildings, their roof planes and their walls.

    Attributes
    ----------
    buildings, roofs : geopandas.GeoDataFrame
        Index building and roof ids.
    walls : pandas.DataFrame
        Index wall ids.
    """

    buildings: gpd.GeoDataFrame
    roofs: gpd.GeoDataFrame
    walls: pd.DataFrame


def without_buildings(stock: Stock, edit: RemoveBuildingsEdit, seed: int) -> tuple[Stock, bool]:
    """Tear buildings down; the walls that they covered face the open.

    Returns
    -------
    Stock
        Without them.
    bool
        Whether there were any.

    Raises
    ------
    ScenarioError
        Where nothing would be left.
    """
    gone = selected(stock.buildings, edit.where, seed=seed)
    if gone.all():
        raise ScenarioError(["every building would be torn down: leave some, or say in `where` which ones go"])
    if not gone.any():
        return stock, False
    lost, buildings = stock.buildings[gone], stock.buildings[~gone]
    return (
        Stock(
            buildings.copy(),
            stock.roofs[stock.roofs["building_id"].isin(buildings.index)],
            _walls(stock, buildings, _beside(buildings, lost.geometry)),
        ),
        True,
    )


def with_new_buildings(
    stock: Stock,
    edit: AddBuildingsEdit,
    district: District,
    *,
    folder: Path | None,
    furnish: Callable[[gpd.GeoDataFrame], gpd.GeoDataFrame],
) -> Stock:
    """Build new buildings, as a district is built of GeoJSON: what is not told is inferred.

    Parameters
    ----------
    stock : Stock
        What stands there; it is not changed.
    edit : AddBuildingsEdit
        Features or a file of them.
    district : District
        For its CRS and date.
    folder : Path, optional
        Folder of the scenario's file.
    furnish : callable
        Gives a table of buildings the systems they have as they are.

    Raises
    ------
    ScenarioError
        Where the features are no buildings, stand far from the district, on other buildings, or have their ids.
    """
    made, tags = _buildings_of(edit, district, folder)
    _fits(stock, made, district)
    from gis_data.roofs import roofs_of  # noqa: PLC0415  as below
    from gis_data.schema import conform  # noqa: PLC0415

    roofs = gpd.GeoDataFrame(conform("roofs", roofs_of(made, tags), district.crs))
    columns = [name for name in district.buildings.columns if name in made.columns]
    everything = gpd.GeoDataFrame(pd.concat([stock.buildings[columns], made[columns]]), crs=stock.buildings.crs)
    new = furnish(everything).loc[made.index]
    buildings = gpd.GeoDataFrame(pd.concat([stock.buildings, new]), crs=stock.buildings.crs)
    near = _beside(buildings, made.geometry)
    return Stock(
        buildings,
        gpd.GeoDataFrame(pd.concat([stock.roofs, roofs]), crs=stock.roofs.crs),
        _walls(stock, buildings, near),
    )


def features_of(edit: AddBuildingsEdit, folder: Path | None = None) -> Features:
    """Read the features of an edit as those of a district are read.

    Parameters
    ----------
    edit : AddBuildingsEdit
        Features or a file of them.
    folder : Path, optional
        Folder of the scenario's file.

    Raises
    ------
    ScenarioError
        Where they are no GeoJSON of buildings.
    """
    from gis_data._errors import GisDataError  # noqa: PLC0415  slow to import and rarely needed
    from gis_data.readers.geojson import read_geojson  # noqa: PLC0415

    try:
        if edit.file is not None:
            return read_geojson((folder or Path()) / edit.file)
        with tempfile.TemporaryDirectory() as place:
            file = Path(place) / "new buildings"
            collection = {"type": "FeatureCollection", "features": list(edit.features or ())}
            file.write_text(json.dumps(collection), encoding="utf-8")
            return read_geojson(file)
    except GisDataError as error:
        raise ScenarioError([str(error)]) from error


def _buildings_of(edit: AddBuildingsEdit, district: District, folder: Path | None) -> tuple[gpd.GeoDataFrame, Any]:
    from gis_data._errors import GisDataError  # noqa: PLC0415  as above
    from gis_data.buildings import buildings_from_features  # noqa: PLC0415
    from gis_data.schema import conform  # noqa: PLC0415

    try:
        found = buildings_from_features(features_of(edit, folder), district.crs)
    except GisDataError as error:
        raise ScenarioError([str(error)]) from error
    if found.buildings.empty:
        raise ScenarioError(["the new buildings hold none that can stand: draw them as polygons of at least 10 m²"])
    return gpd.GeoDataFrame(conform("buildings", found.buildings, district.crs)), found.tags


def _fits(stock: Stock, made: gpd.GeoDataFrame, district: District) -> None:
    taken = [str(i) for i in made.index if i in stock.buildings.index]
    findings = [f"the district has buildings {', '.join(taken)} already: give the new ones other ids"] if taken else []
    findings += [flaw.told() for flaw in misfits(made.geometry, stock.buildings.geometry, district.title)]
    if findings:
        raise ScenarioError(findings)


def _beside(buildings: gpd.GeoDataFrame, shapes: gpd.GeoSeries) -> pd.Index:
    """Find buildings that have one of the shapes beside them."""
    grown = shapely.buffer(np.asarray(shapes.array), _NEAR_M)
    return buildings.index[np.unique(buildings.sindex.query(grown, predicate="intersects")[1])]


def _walls(stock: Stock, buildings: gpd.GeoDataFrame, near: pd.Index) -> pd.DataFrame:
    """Measure the walls of the buildings near a change anew, those of all others stay."""
    from gis_data.schema import conform  # noqa: PLC0415
    from gis_data.walls import walls_of  # noqa: PLC0415

    walls = stock.walls[stock.walls["building_id"].isin(buildings.index.difference(near))]
    if not len(near):
        return walls
    around = _beside(buildings, buildings.geometry.loc[near])
    measured = conform("walls", walls_of(buildings.loc[around]), str(buildings.crs))
    return pd.concat([walls, measured[measured["building_id"].isin(near)]])
