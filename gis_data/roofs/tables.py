"""From the table of buildings to the table of roof planes."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gis_data.buildings.north import north_bearing_deg
from gis_data.roofs.catalogue import Shape, shapes
from gis_data.roofs.frames import FloatArray, Frames, frames_along, frames_of, wings_of
from gis_data.roofs.planes import planes_of
from gis_data.roofs.tags import RoofTags, read_tags
from gis_data.roofs.usable import usable_areas_m2

WINGED = ("gabled", "hipped", "half-hipped", "gambrel", "mansard", "round")
MOST_RISE_M = 6.0
"""Untold pitches are no steeper than this rise over the half depth, m."""
ROOF_STOREY_M = 2.5
SLIVER_M2 = 0.5
_FLAT = Shape("flat", 0.0, True)
COLUMNS = (
    "building_id", "geometry", "tilt_deg", "azimuth_deg", "area_m2", "usable_m2", "height_m", "geometry_source",
)  # fmt: skip


def roofs_of(buildings: gpd.GeoDataFrame, tags: pd.Series) -> gpd.GeoDataFrame:
    """Planes of every roof.

    Seen from above the planes of a building tile its footprint. Pitched roofs of L-, T- and U-shaped houses and of
    closed blocks are those of their wings.

    Parameters
    ----------
    buildings : geopandas.GeoDataFrame
        The table `buildings`.
    tags : pandas.Series of dict
        Tags by building_id: roof:orientation, roof:direction, roof:angle, roof:height and roof:levels count.

    Returns
    -------
    geopandas.GeoDataFrame
        The table `roofs` of tables.csv, index roof_id.
    """
    told = read_tags(tags.reindex(buildings.index))
    known = shapes()
    specs = [known.get(str(shape), _FLAT) for shape in buildings["roof_shape"]]
    model = np.array([spec.model for spec in specs], dtype=object)
    footprints, owner = shapely.get_parts(buildings.geometry.to_numpy(), return_index=True)
    winged = np.isin(model[owner], WINGED)
    wings, wing_row = wings_of(footprints[winged])
    pieces = np.concatenate([footprints[~winged], wings])
    piece_owner = np.concatenate([owner[~winged], owner[winged][wing_row]])
    north = _north(buildings)
    tables = [
        _planes_of_model(name, pieces[rows], piece_owner[rows], told, specs=specs, north=north)
        for name in sorted(set(model))
        if (rows := np.flatnonzero(model[piece_owner] == name)).size
    ]
    frame = _exploded(pd.concat(tables, ignore_index=True)) if tables else _empty()
    return _table(frame, buildings, specs)


def _north(buildings: gpd.GeoDataFrame) -> FloatArray:
    if buildings.empty:
        return np.zeros(0)
    box = shapely.bounds(buildings.geometry.to_numpy())
    return north_bearing_deg(buildings.crs, (box[:, 0] + box[:, 2]) / 2, (box[:, 1] + box[:, 3]) / 2)


def _empty() -> pd.DataFrame:
    return pd.DataFrame({name: [] for name in ("row", "piece", "plane", "geometry", "tilt", "azimuth", "rise")})


def _planes_of_model(
    model: str, pieces: Any, owner: Any, told: RoofTags, *, specs: list[Shape], north: FloatArray
) -> pd.DataFrame:
    """Planes of the wings of one model: row of the building, region, tilt, azimuth and rise over the eaves."""
    frames = _oriented(model, pieces, owner, told, north)
    slope = _slopes(model, frames, pieces, owner, told=told, specs=specs)
    tables = []
    for number, plane in enumerate(planes_of(model, frames.half_x, frames.half_y, slope)):
        x, y = frames.axis[:, 0], frames.axis[:, 1]
        turn = np.stack([np.stack([x, y], axis=-1), np.stack([-y, x], axis=-1)], axis=1)
        corners = np.einsum("nki,nij->nkj", plane.region, turn) + frames.centre[:, None, :]
        geometry = pieces if model in ("flat", "skillion") else shapely.intersection(pieces, shapely.polygons(corners))
        fall = np.einsum("ni,nij->nj", plane.fall, turn)
        middle = shapely.get_coordinates(shapely.centroid(np.where(shapely.is_empty(geometry), pieces, geometry)))
        rise = plane.base + plane.slope * (plane.eave - np.einsum("ni,ni->n", middle - frames.centre, fall))
        tables.append(
            pd.DataFrame(
                {
                    "row": owner,
                    "piece": np.arange(len(owner)),
                    "plane": number,
                    "geometry": geometry,
                    "tilt": np.degrees(np.arctan(plane.slope)),
                    "azimuth": (np.degrees(np.arctan2(fall[:, 0], fall[:, 1])) - north[owner]) % 360.0,
                    "rise": np.maximum(rise, 0.0),
                }
            )
        )
    found = pd.concat(tables, ignore_index=True)
    return found[~shapely.is_empty(found["geometry"].to_numpy())]


def _oriented(model: str, pieces: Any, owner: Any, told: RoofTags, north: FloatArray) -> Frames:
    """Frame of each wing with the ridge along x, as tagged where it is."""
    frames = frames_of(pieces)
    axis = frames.axis.copy()
    if model in ("gabled", "gambrel", "round", "skillion", "half-hipped"):
        across = told.across[owner] & (model != "half-hipped")
        axis[across] = np.column_stack([-axis[across, 1], axis[across, 0]])
        # The plane falls to the tagged direction; the ridge runs at right angles to it.
        bearing = np.radians(told.direction_deg[owner] + north[owner])
        tagged = ~np.isnan(bearing)
        single = np.bincount(owner, minlength=len(told.across))[owner] == 1
        turned = tagged & (single | (model == "skillion"))
        # Down is −y: the fall (sin, cos) of the bearing is −y, so x is it turned left.
        axis[turned] = np.column_stack([-np.cos(bearing[turned]), np.sin(bearing[turned])])
        if model == "skillion":
            # Nobody knows: a lean-to falls across its length, to the sunnier side.
            axis[~tagged & (axis[:, 0] < 0)] *= -1.0
    return frames_along(pieces, axis)


def _slopes(model: str, frames: Frames, pieces: Any, owner: Any, *, told: RoofTags, specs: list[Shape]) -> FloatArray:
    """Tangent of the tilt of each wing: angle, height or storeys of the roof as tagged, else usual."""
    depth = frames.half_y * (2.0 if model == "skillion" else 1.0)
    if model in ("hipped", "mansard", "pyramidal", "dome"):
        depth = np.minimum(frames.half_x, frames.half_y)
    # The main wing's depth turns a height into a slope; the others have the same pitch.
    main_depth = np.zeros(len(told.across))
    order = np.argsort(shapely.area(pieces), kind="stable")
    main_depth[owner[order]] = depth[order]
    main = np.maximum(main_depth[owner], 0.1)
    usual = np.tan(np.radians([specs[row].tilt_deg for row in owner]))
    slope = np.minimum(usual, MOST_RISE_M / main)
    storeys = told.roof_levels[owner]
    slope = np.where(storeys >= 1, np.maximum(storeys * ROOF_STOREY_M / main, 0.0), slope)
    height = told.height_m[owner]
    slope = np.where(np.isnan(height), slope, height / main)
    angle = told.angle_deg[owner]
    slope = np.where(np.isnan(angle), slope, np.tan(np.radians(np.clip(np.nan_to_num(angle), 0.0, 80.0))))
    return np.asarray(np.clip(slope, np.tan(np.radians(1.0)), np.tan(np.radians(80.0))))


def _exploded(frame: pd.DataFrame) -> pd.DataFrame:
    """One row for each polygon; slivers join the plane beside them."""
    geometry = frame["geometry"].to_numpy()
    parts, row = shapely.get_parts(geometry, return_index=True)
    nested = shapely.get_dimensions(parts) == 2
    parts, row = parts[nested], row[nested]
    out = frame.iloc[row].assign(geometry=parts)
    out = out.sort_values(["row", "piece", "plane"], kind="stable").reset_index(drop=True)
    area = shapely.area(out["geometry"].to_numpy())
    small = np.flatnonzero(area < SLIVER_M2)
    if small.size == 0:
        return out
    shape, owner = out["geometry"].to_numpy().copy(), out["row"].to_numpy()
    keep = np.ones(len(out), dtype=bool)
    for sliver in small:
        beside = np.flatnonzero((owner == owner[sliver]) & keep & (np.arange(len(out)) != sliver))
        edge = shapely.length(shapely.intersection(shapely.boundary(shape[beside]), shape[sliver]))
        for other in beside[np.argsort(-edge, kind="stable")][:2]:
            joined = shapely.union(shape[other], shape[sliver])
            if joined.geom_type == "Polygon":
                shape[other] = joined
                keep[sliver] = False
                break
    return out.assign(geometry=shape)[keep].reset_index(drop=True)


def _table(frame: pd.DataFrame, buildings: gpd.GeoDataFrame, specs: list[Shape]) -> gpd.GeoDataFrame:
    row = frame["row"].to_numpy(dtype=np.intp)
    ids = buildings.index.to_numpy()[row].astype(object)
    geometry = frame["geometry"].to_numpy()
    tilt = np.round(frame["tilt"].to_numpy(dtype=np.float64), 3)
    azimuth = np.where(tilt == 0, 180.0, np.round(frame["azimuth"].to_numpy(dtype=np.float64), 3) % 360.0)
    carries = np.array([spec.carries_modules for spec in specs], dtype=bool)[row]
    number = frame.groupby("row").cumcount().to_numpy() if len(frame) else np.zeros(0, dtype=np.int64)
    table = gpd.GeoDataFrame(
        {
            "building_id": ids,
            "tilt_deg": tilt,
            "azimuth_deg": azimuth,
            "area_m2": shapely.area(geometry) / np.cos(np.radians(tilt)),
            "usable_m2": np.where(carries, usable_areas_m2(geometry, tilt), 0.0),
            "height_m": np.round(buildings["height_m"].to_numpy()[row] + frame["rise"].to_numpy(dtype=np.float64), 2),
            "geometry_source": buildings["roof_shape_source"].to_numpy()[row],
        },
        index=pd.Index([f"{i}-{k}" for i, k in zip(ids, number, strict=True)], name="roof_id", dtype=object),
        geometry=gpd.GeoSeries(list(geometry), index=[f"{i}-{k}" for i, k in zip(ids, number, strict=True)]),
        crs=buildings.crs,
    )
    return table[list(COLUMNS)]
