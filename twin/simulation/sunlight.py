"""Sun on the roofs and walls of all buildings of a twin, remembered plane by plane."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from assets.solar import SiteSun
from twin._cache.memo import Memo, content_key
from twin._cache.rows import Index, Keys, joined_keys, remembered, row_keys
from twin.model.geometry import building_edges, roof_points, rows_of, wall_points
from twin.model.twin import Twin
from twin.simulation.sun_models import (
    RADIUS_M,
    flat_light,
    plane_rows,
    roof_horizon,
    roof_power,
    roof_yield,
    wall_horizon,
    wall_light,
)

Array = npt.NDArray[np.float64]
Hourly = npt.NDArray[np.float32]

SHAPE = ["geometry", "height_m"]
WALLS = ["building_id", "azimuth_deg", "area_m2", "x_m", "y_m", "height_m"]
ROOFS = ["building_id", "geometry", "tilt_deg", "azimuth_deg", "usable_m2", "height_m"]


@dataclass(frozen=True, eq=False)
class Light:
    """Sun on roofs and walls.

    Attributes
    ----------
    irradiation_kwh_m2, potential_kwh, potential_kwp : ndarray, shape (p,)
        Of each roof plane: sun over the year [kWh/m²], yield [kWh] and power [kWp] of modules on all usable area.
    building_kwp : ndarray, shape (n,)
        Power of modules on all usable area of a building's roofs [kWp].
    building_kw : ndarray of float32, shape (n, T)
        What they give [kW].
    planes : ndarray of float32, shape (1 + w, T)
        Sun on a flat free roof, and on every exposed wall [W/m²].
    plane_of : ndarray of int, shape (n, 9)
        Plane of each wall sector and of the roof; -1 where there is none.
    wall_kwh_m2 : ndarray, shape (all walls of the twin,)
        Sun on each wall over the year [kWh/m²]; NaN for a wall without exposed area.
    roof_keys, wall_keys : ndarray of bytes, shape (n,)
        Digest of all that the light on a building's roofs and walls depends on.
    """

    irradiation_kwh_m2: Array
    potential_kwh: Array
    potential_kwp: Array
    building_kwp: Array
    building_kw: Hourly
    planes: Hourly
    plane_of: npt.NDArray[np.int32]
    wall_kwh_m2: Array
    roof_keys: Keys
    wall_keys: Keys


@dataclass(frozen=True, eq=False)
class Planes:
    """Roof planes and lit walls of a twin, before any light.

    Attributes
    ----------
    roofs, walls : pandas.DataFrame
        Roof planes without geometry; exposed walls.
    roof_points, wall_points : ndarray, shape (p, 3) and (w, 3)
        Their centres [m].
    roof_owner, wall_owner : ndarray of int
        Row of each one's building.
    wall_rows : ndarray of int, shape (w,)
        Row of each exposed wall in the twin's table.
    heated : ndarray of bool, shape (n,)
        Whether a building is heated.
    """

    roofs: pd.DataFrame
    walls: pd.DataFrame
    roof_points: Array
    wall_points: Array
    roof_owner: Index
    wall_owner: Index
    wall_rows: Index
    heated: npt.NDArray[np.bool_]


def planes_of(twin: Twin) -> Planes:
    """Gather what the light falls on."""
    buildings = twin.buildings
    owner = rows_of(twin.walls["building_id"], buildings.index)
    lit = (owner >= 0) & (twin.walls["area_m2"].to_numpy() > 0.0)
    walls = twin.walls[lit]
    return Planes(
        roofs=pd.DataFrame(twin.roofs.drop(columns="geometry")),
        walls=walls,
        roof_points=roof_points(twin.roofs),
        wall_points=wall_points(walls),
        roof_owner=rows_of(twin.roofs["building_id"], buildings.index),
        wall_owner=owner[lit],
        wall_rows=np.flatnonzero(lit),
        heated=twin.parameters["heated"].to_numpy(dtype=bool),
    )


@dataclass(frozen=True, eq=False)
class Horizons:
    """Roof planes and lit walls, and what stands in the sun's way of each.

    Attributes
    ----------
    planes : Planes
        What the light falls on.
    roofs, walls : ndarray of float32, shape (p, k) and (w, k)
        Elevation of the surroundings [°].
    """

    planes: Planes
    roofs: Hourly
    walls: Hourly


def horizons_of(twin: Twin, memo: Memo) -> Horizons:
    """Look around from every roof and wall; only near buildings that are new, changed or gone is it done again.

    Parameters
    ----------
    twin : Twin
        All buildings, roofs and walls.
    memo : Memo
        Remembers horizons, plane by plane.
    """
    planes = planes_of(twin)
    edges = building_edges(twin.buildings.geometry, twin.buildings["height_m"].to_numpy())
    where = partial(_point_keys, around=cache(partial(_around, twin)))
    r_owner, w_owner = planes.roof_owner, planes.wall_owner
    return Horizons(
        planes,
        remembered(
            memo,
            "roof horizons",
            len(r_owner),
            lambda: where(planes.roof_points, r_owner),
            lambda rows: {"deg": roof_horizon(planes.roof_points[rows], r_owner[rows], edges)},
        )["deg"],
        remembered(
            memo,
            "wall horizons",
            len(w_owner),
            lambda: where(planes.wall_points, w_owner),
            lambda rows: {"deg": wall_horizon(planes.wall_points[rows], w_owner[rows], edges)},
        )["deg"],
    )


def light_of(twin: Twin, horizons: Horizons, sun: Callable[[], SiteSun], memo: Memo, year: str) -> Light:
    """Compute the sun on roofs and walls, remembered plane by plane.

    Parameters
    ----------
    twin : Twin
        Buildings, roofs, walls and weather.
    horizons : Horizons
        Of this twin's roofs and walls.
    sun : callable
        Gives the sun of the site and year when it is needed.
    memo : Memo
        Remembers the light.
    year : str
        Key of the weather and the place.
    """
    planes = horizons.planes
    n = len(twin.buildings)
    r_owner, w_owner = planes.roof_owner, planes.wall_owner
    columns = planes.roofs[["tilt_deg", "azimuth_deg", "usable_m2"]]
    weather, latitude = twin.weather.table, twin.latitude
    made = remembered(
        memo,
        "roof planes",
        len(r_owner),
        lambda: row_keys(len(r_owner), f"{year} {latitude}", horizons.roofs, columns),
        lambda rows: roof_yield(sun(), weather, planes.roofs.iloc[rows], horizons.roofs[rows], latitude=latitude),
    )
    roof_keys = joined_keys(n, r_owner, made.keys)
    power = remembered(
        memo,
        "roofs",
        n,
        lambda: row_keys(n, year, roof_keys),
        lambda rows: {"kw": roofs_of(twin, horizons, sun(), rows)},
    )["kw"]
    azimuth = planes.walls["azimuth_deg"].to_numpy(dtype=np.float64)
    # The flat roof of all is the first plane: its key is one that no wall has.
    lit = remembered(
        memo,
        "walls",
        len(w_owner) + 1,
        lambda: np.concatenate([row_keys(1, year, np.zeros(1)), row_keys(len(w_owner), year, horizons.walls, azimuth)]),
        lambda rows: {"w_m2": _lit(sun(), azimuth, horizons.walls, rows)},
    )
    return Light(
        **{name: made[name] for name in ("irradiation_kwh_m2", "potential_kwh", "potential_kwp")},
        building_kwp=kwp_of_buildings(n, r_owner, made["potential_kwp"]),
        building_kw=power,
        planes=lit["w_m2"],
        plane_of=plane_rows(n, w_owner, azimuth, planes.heated),
        wall_kwh_m2=wall_year(len(twin.walls), planes.wall_rows, lit["w_m2"][1:]),
        roof_keys=roof_keys,
        wall_keys=joined_keys(n, w_owner, lit.keys[1:]),
    )


def roofs_of(twin: Twin, horizons: Horizons, sun: SiteSun, rows: Index) -> Hourly:
    """Compute what modules on all usable roof of some buildings would give, shape (len(rows), T) [kW]."""
    planes = horizons.planes
    place = np.full(len(twin.buildings), -1)
    place[rows] = np.arange(len(rows))
    owner = np.where(planes.roof_owner >= 0, place[planes.roof_owner], -1)
    mine = owner >= 0
    return roof_power(
        sun,
        twin.weather.table,
        planes.roofs[mine],
        horizons.roofs[mine],
        owner=owner[mine],
        n_owner=len(rows),
        latitude=twin.latitude,
    )


def kwp_of_buildings(n: int, owner: Index, kwp: Array) -> Array:
    """Sum of the planes of each building, shape (n,)."""
    total = np.zeros(n)
    np.add.at(total, owner[owner >= 0], kwp[owner >= 0])
    return total


def wall_year(n: int, rows: Index, light_w_m2: Hourly) -> Array:
    """Sun over the year on all n walls of a twin, of which `rows` are lit, shape (n,) [kWh/m²]; NaN for the others."""
    year = np.full(n, np.nan)
    year[rows] = light_w_m2.sum(axis=1, dtype=np.float64) / 1000.0
    return year


def _lit(sun: SiteSun, azimuth: Array, horizon: Hourly, rows: Index) -> Hourly:
    walls = rows[rows > 0] - 1
    lit = wall_light(sun, azimuth[walls], horizon[walls])
    return np.concatenate([flat_light(sun), lit]) if (rows == 0).any() else lit


def _around(twin: Twin) -> Array:
    """Digest of the buildings that could shade each building, and of itself: sums of the digests of their shapes."""
    shapes = np.asarray(twin.buildings.geometry.array)
    digest = np.array(
        [
            int(content_key(wkb, height)[:15], 16)
            for wkb, height in zip(shapely.to_wkb(shapes), twin.buildings["height_m"].tolist(), strict=True)
        ],
        dtype=np.uint64,
    )
    boxes = shapely.bounds(shapes)
    reach = RADIUS_M + 1.0
    grown = shapely.box(boxes[:, 0] - reach, boxes[:, 1] - reach, boxes[:, 2] + reach, boxes[:, 3] + reach)
    of, near = shapely.STRtree(shapes).query(grown)
    total = np.zeros((len(shapes), 2), dtype=np.uint64)
    # Two sums that wrap around, of different powers: an order-free digest of a set.
    np.add.at(total[:, 0], of, digest[near])
    np.add.at(total[:, 1], of, digest[near] * digest[near])
    return np.column_stack([total, digest]).view(np.float64)


def _point_keys(points: Array, owner: Index, *, around: Callable[[], Array]) -> Keys:
    return row_keys(len(points), "horizon", points, around()[owner], (owner >= 0).astype(np.uint8))


def light_key(twin: Twin, year: str) -> tuple[Any, ...]:
    """All that the light depends on."""
    return (
        year,
        twin.latitude,
        twin.buildings[SHAPE],
        twin.roofs[ROOFS],
        twin.walls[WALLS],
        twin.parameters["heated"].to_numpy(dtype=bool),
    )
