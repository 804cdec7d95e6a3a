"""Sun on roofs and façades of a twin, and what modules on all usable roof area would give."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from assets.solar import (
    PVChain,
    SiteSun,
    horizon_angles,
    module_plane,
    plane_irradiance,
    plane_irradiation,
    pv_capacity,
    pv_energy,
    pv_power_by_owner,
    rack_horizon,
    system_losses,
)
from twin.geometry import Edges, rows_of, wall_points

Array = npt.NDArray[np.float64]
Hourly = npt.NDArray[np.float32]
Index = npt.NDArray[np.int64]

MODULE = "standard"
SECTORS = 8


@dataclass(frozen=True)
class RoofSun:
    """Sun on roofs and the yield of modules on all their usable area.

    Attributes
    ----------
    irradiation_kwh_m2 : ndarray, shape (p,)
        Sun on each roof plane over the year, shaded by the buildings around [kWh/m²].
    potential_kwh : ndarray, shape (p,)
        Yearly electricity of modules on all usable area of each plane [kWh].
    potential_kwp : ndarray, shape (p,)
        Their power [kWp].
    building_kw : ndarray of float32, shape (n, T)
        Hourly electricity of all planes of each building [kW].
    """

    irradiation_kwh_m2: Array
    potential_kwh: Array
    potential_kwp: Array
    building_kw: Hourly


@dataclass(frozen=True)
class WallSun:
    """Sun on façades, each with its own horizon, and on all roofs as one flat plane.

    Attributes
    ----------
    planes_w_m2 : ndarray of float32, shape (P, T)
        Irradiance [W/m²].
    plane_of : ndarray of int, shape (n, 9)
        Plane of each wall sector, north first and clockwise by 45°, and of the roof; -1 where there is none.
    irradiation_kwh_m2 : ndarray, shape (w,)
        Sun on each wall over the year [kWh/m²]; NaN for a wall without exposed area.
    """

    planes_w_m2: Hourly
    plane_of: npt.NDArray[np.int32]
    irradiation_kwh_m2: Array


def roof_sun(
    sun: SiteSun,
    weather: pd.DataFrame,
    roofs: pd.DataFrame,
    *,
    owner: Index,
    n_buildings: int,
    horizon: Hourly,
    latitude: float,
) -> RoofSun:
    """Compute the sun on roof planes.

    Parameters
    ----------
    sun : SiteSun
        Of the site and year.
    weather : pandas.DataFrame, T rows
        `air_temp_c`, `wind_speed_m_s`.
    roofs : pandas.DataFrame, p rows
        `tilt_deg`, `azimuth_deg`, `usable_m2`.
    owner : ndarray of int, shape (p,)
        Row of each plane's building.
    n_buildings : int
        Rows of the result's hourly array.
    horizon : ndarray, shape (p, k)
        Elevation of the surroundings [°].
    latitude : float
        Decides which way racks on flat roofs face [°].
    """
    tilt = roofs["tilt_deg"].to_numpy(dtype=np.float64)
    azimuth = roofs["azimuth_deg"].to_numpy(dtype=np.float64)
    stands = module_plane(tilt, azimuth, latitude=latitude)
    kwp = pv_capacity(roofs["usable_m2"].to_numpy(dtype=np.float64), tilt, module=MODULE)
    chosen: dict[str, Any] = {
        "horizon": rack_horizon(horizon, stands.tilt_deg, stands.azimuth_deg, stands.row_cover_ratio),
        "module": MODULE,
        "mounting": list(stands.mounting),
        "chain": PVChain(losses=system_losses(horizon=True)),
    }
    planes = (sun, weather, stands.tilt_deg, stands.azimuth_deg, kwp)
    return RoofSun(
        irradiation_kwh_m2=plane_irradiation(sun, tilt, azimuth, horizon),
        potential_kwh=pv_energy(*planes, **chosen),
        potential_kwp=kwp,
        building_kw=pv_power_by_owner(*planes, owner=owner, n_owner=n_buildings, **chosen),
    )


def wall_sun(sun: SiteSun, walls: pd.DataFrame, buildings: pd.Index, edges: Edges) -> WallSun:
    """Compute the sun on the exposed walls of buildings.

    Parameters
    ----------
    sun : SiteSun
        Of the site and year.
    walls : pandas.DataFrame, w rows
        `building_id`, `azimuth_deg`, `area_m2`, `x_m`, `y_m`, `height_m`.
    buildings : Index, length n
        Ids of the buildings.
    edges : Edges
        What stands in the way; courtyards see their own walls.
    """
    owner = rows_of(walls["building_id"], buildings)
    lit = (owner >= 0) & (walls["area_m2"].to_numpy() > 0.0)
    exposed, owner = walls[lit], owner[lit]
    azimuth = exposed["azimuth_deg"].to_numpy(dtype=np.float64)
    horizon = horizon_angles(
        wall_points(exposed), edges.xy_m, edges.height_m, edge_owner=edges.owner, point_owner=owner, own_walls=True
    )
    planes = plane_irradiance(
        sun,
        np.append(np.full(len(exposed), 90.0), 0.0),
        np.append(azimuth, 180.0),
        np.vstack([horizon, np.zeros((1, horizon.shape[1]), dtype=np.float32)]),
    )
    plane_of = np.full((len(buildings), SECTORS + 1), -1, dtype=np.int32)
    plane_of[owner, np.rint(azimuth / (360 / SECTORS)).astype(int) % SECTORS] = np.arange(len(exposed))
    plane_of[:, SECTORS] = len(exposed)
    irradiation = np.full(len(walls), np.nan)
    irradiation[lit] = planes[:-1].sum(axis=1, dtype=np.float64) / 1000.0
    return WallSun(planes, plane_of, irradiation)
