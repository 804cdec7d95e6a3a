"""Sun on roofs and walls of a twin, and what modules on all usable roof area would give; any rows of them at a time."""

from __future__ import annotations

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
from twin.model.geometry import Edges

Array = npt.NDArray[np.float64]
Hourly = npt.NDArray[np.float32]
Index = npt.NDArray[np.int64]

MODULE = "standard"
SECTORS = 8
RADIUS_M = 300.0
"""Buildings farther away cast no shade."""


def roof_horizon(points: Array, owner: Index, edges: Edges) -> Hourly:
    """Horizon of roof planes.

    Parameters
    ----------
    points : ndarray, shape (p, 3)
        Centres of the planes [m].
    owner : ndarray of int, shape (p,)
        Row of each plane's building, as in `edges`.
    edges : Edges
        What stands in the way.

    Returns
    -------
    ndarray of float32, shape (p, k)
        Elevation of the surroundings [°].
    """
    return horizon_angles(
        points, edges.xy_m, edges.height_m, edge_owner=edges.owner, point_owner=owner, radius_m=RADIUS_M
    )


def wall_horizon(points: Array, owner: Index, edges: Edges) -> Hourly:
    """Horizon of walls; those of the same building stand in each other's way. Parameters as of `roof_horizon`."""
    return horizon_angles(
        points,
        edges.xy_m,
        edges.height_m,
        edge_owner=edges.owner,
        point_owner=owner,
        own_walls=True,
        radius_m=RADIUS_M,
    )


def roof_yield(
    sun: SiteSun, weather: pd.DataFrame, roofs: pd.DataFrame, horizon: Hourly, *, latitude: float
) -> dict[str, Array]:
    """Compute a year of sun and modules on roof planes.

    Parameters
    ----------
    sun : SiteSun
        Of the site and year.
    weather : pandas.DataFrame, T rows
        `air_temp_c`, `wind_speed_m_s`.
    roofs : pandas.DataFrame, p rows
        `tilt_deg`, `azimuth_deg`, `usable_m2`.
    horizon : ndarray, shape (p, k)
        Elevation of the surroundings [°].
    latitude : float
        Decides which way racks on flat roofs face [°].

    Returns
    -------
    dict of ndarray, shape (p,)
        `irradiation_kwh_m2`: sun on the plane; `potential_kwh`, `potential_kwp`: yield and power of modules on all
        usable area.
    """
    tilt, azimuth = _plane(roofs)
    planes, chosen = _modules(sun, weather, roofs, horizon, latitude)
    return {
        "irradiation_kwh_m2": plane_irradiation(sun, tilt, azimuth, horizon),
        "potential_kwh": pv_energy(*planes, **chosen),
        "potential_kwp": planes[-1],
    }


def roof_power(
    sun: SiteSun,
    weather: pd.DataFrame,
    roofs: pd.DataFrame,
    horizon: Hourly,
    *,
    owner: Index,
    n_owner: int,
    latitude: float,
) -> Hourly:
    """Compute what modules on all usable area of each building's roofs give, shape (n_owner, T) [kW].

    Parameters as of `roof_yield`; `owner` is the row of each plane's building, from 0 to `n_owner` - 1.
    """
    planes, chosen = _modules(sun, weather, roofs, horizon, latitude)
    power: Hourly = pv_power_by_owner(*planes, owner=owner, n_owner=n_owner, **chosen)
    return power


def wall_light(sun: SiteSun, azimuth_deg: Array, horizon: Hourly) -> Hourly:
    """Sun on walls, shape (w, T) [W/m²]."""
    return plane_irradiance(sun, np.full(len(azimuth_deg), 90.0), azimuth_deg, horizon)


def flat_light(sun: SiteSun) -> Hourly:
    """Sun on a flat and free roof, shape (1, T) [W/m²]."""
    return plane_irradiance(sun, np.zeros(1), np.full(1, 180.0), np.zeros((1, 36), dtype=np.float32))


def plane_rows(n: int, wall_owner: Index, azimuth_deg: Array, heated: npt.NDArray[np.bool_]) -> npt.NDArray[np.int32]:
    """Plane of each wall sector, north first and clockwise by 45°, and of the roof, shape (n, 9); -1 for none.

    Plane 0 is the flat roof of all, plane i + 1 the i-th wall.
    """
    plane_of = np.full((n, SECTORS + 1), -1, dtype=np.int32)
    plane_of[wall_owner, np.rint(azimuth_deg / (360 / SECTORS)).astype(int) % SECTORS] = np.arange(len(wall_owner)) + 1
    plane_of[heated, SECTORS] = 0
    return plane_of


def _plane(roofs: pd.DataFrame) -> tuple[Array, Array]:
    return roofs["tilt_deg"].to_numpy(dtype=np.float64), roofs["azimuth_deg"].to_numpy(dtype=np.float64)


def _modules(
    sun: SiteSun, weather: pd.DataFrame, roofs: pd.DataFrame, horizon: Hourly, latitude: float
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    tilt, azimuth = _plane(roofs)
    stands = module_plane(tilt, azimuth, latitude=latitude)
    kwp = pv_capacity(roofs["usable_m2"].to_numpy(dtype=np.float64), tilt, module=MODULE)
    chosen: dict[str, Any] = {
        "horizon": rack_horizon(horizon, stands.tilt_deg, stands.azimuth_deg, stands.row_cover_ratio),
        "module": MODULE,
        "mounting": list(stands.mounting),
        "chain": PVChain(losses=system_losses(horizon=True)),
    }
    return (sun, weather, stands.tilt_deg, stands.azimuth_deg, kwp), chosen
