"""Irradiance of many tilted planes of one site."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from assets.solar import _kernel
from assets.solar._errors import SolarInputError
from assets.solar._prepare import SkyModel, lit_hours, planes_of
from assets.solar._threads import share_out
from assets.solar.sun import SiteSun


def plane_irradiance(
    sun: SiteSun,
    tilt_deg: ArrayLike,
    azimuth_deg: ArrayLike,
    horizon: ArrayLike | None = None,
    *,
    albedo: float = 0.2,
    model: SkyModel = "perez",
) -> NDArray[np.float32]:
    """Irradiance of planes: direct, sky diffuse and ground-reflected.

    Parameters
    ----------
    sun : SiteSun
    tilt_deg, azimuth_deg : (p,) °
        0 is flat; azimuth clockwise from north. A wall is a plane of tilt 90.
    horizon : (p, k) °, optional
        Elevation of the surroundings at azimuths 0, 360/k, … as :func:`horizon_angles` gives it. Direct and circumsolar
        light is cut while the sun is below it; the rest of the sky by the plane's view factor. What stands in the way
        is black, and the ground in front of the plane is taken as unshaded.
    albedo : float
        Reflectance of the ground.
    model : {"perez", "haydavies", "isotropic"}
        Sky model. Perez has the coefficients of 1990.

    Returns
    -------
    (p, T) float32, W/m²
    """
    sky, planes = _sky_and_planes(sun, tilt_deg, azimuth_deg, horizon, albedo=albedo, model=model)
    out = np.zeros((planes.up.size, len(sun.time)), dtype=np.float32)
    share_out(lambda first, stop: _kernel.irradiance_kernel(sky, planes, first, stop, out), planes.up.size)
    return out


def plane_irradiation(
    sun: SiteSun,
    tilt_deg: ArrayLike,
    azimuth_deg: ArrayLike,
    horizon: ArrayLike | None = None,
    *,
    albedo: float = 0.2,
    model: SkyModel = "perez",
) -> NDArray[np.float64]:
    """Irradiation of planes over all hours of the site's sun, kWh/m²: no array of planes × hours is made.

    Parameters are those of :func:`plane_irradiance`.

    Returns
    -------
    (p,) float64, kWh/m²
    """
    sky, planes = _sky_and_planes(sun, tilt_deg, azimuth_deg, horizon, albedo=albedo, model=model)
    out = np.zeros(planes.up.size)
    share_out(lambda first, stop: _kernel.irradiation_kernel(sky, planes, first, stop, out), planes.up.size)
    return out / 1000.0


def irradiance_by_owner(
    sun: SiteSun,
    tilt_deg: ArrayLike,
    azimuth_deg: ArrayLike,
    area_m2: ArrayLike,
    owner: ArrayLike,
    *,
    n_owner: int,
    horizon: ArrayLike | None = None,
    albedo: float = 0.2,
    model: SkyModel = "perez",
) -> NDArray[np.float32]:
    """Light on all planes of each owner: the sum of irradiance × area, as for the windows of a building.

    Parameters
    ----------
    area_m2 : (p,) m²
        Weight of each plane: an area, or an area × a transmittance.
    owner : (p,) int
        Index of the owner, 0 … n_owner-1, in any order.

    Returns
    -------
    (n_owner, T) float32, W
    """
    sky, planes = _sky_and_planes(sun, tilt_deg, azimuth_deg, horizon, albedo=albedo, model=model)
    weight = per_plane(area_m2, planes.up.size, "area_m2")
    order, begin = by_owner(owner, planes.up.size, n_owner)
    out = np.zeros((n_owner, len(sun.time)), dtype=np.float32)
    share_out(
        lambda first, stop: _kernel.irradiance_by_owner_kernel(sky, planes, weight, order, begin, first, stop, out),
        n_owner,
    )
    return out


def per_plane(values: ArrayLike, count: int, name: str) -> NDArray[np.float64]:
    """One finite number of 0 or more per plane; a single number serves them all."""
    array = np.asarray(values, dtype=np.float64)
    if array.shape not in {(), (count,)}:
        raise SolarInputError(f"{name} has shape {array.shape} for {count} planes: give one value, or one per plane.")
    if not (np.isfinite(array) & (array >= 0.0)).all():
        raise SolarInputError(f"{name} has negative or missing values: mend them.")
    return np.ascontiguousarray(np.broadcast_to(array, (count,)))


def by_owner(owner: ArrayLike, count: int, n_owner: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Order of the planes by owner, and where each owner begins in it."""
    index = np.asarray(owner)
    if index.shape != (count,) or not np.issubdtype(index.dtype, np.integer):
        raise SolarInputError(f"owner has shape {index.shape} and type {index.dtype}: give one integer per plane.")
    if count and (index.min() < 0 or index.max() >= n_owner):
        raise SolarInputError(f"owner runs from {index.min()} to {index.max()} for {n_owner} owners: count from 0.")
    order = np.argsort(index, kind="stable").astype(np.int64)
    return order, np.searchsorted(index[order], np.arange(n_owner + 1)).astype(np.int64)


def _sky_and_planes(
    sun: SiteSun,
    tilt_deg: ArrayLike,
    azimuth_deg: ArrayLike,
    horizon: ArrayLike | None,
    *,
    albedo: float,
    model: SkyModel,
) -> tuple[_kernel.LitHours, _kernel.Planes]:
    planes = planes_of(tilt_deg, azimuth_deg, horizon)
    return lit_hours(sun, model=model, albedo=albedo, bins=planes.horizon.shape[1]), planes
