"""Turn a site's sun and a list of planes into the arrays of the compiled loops."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal, get_args

import numpy as np
import pvlib
from numpy.typing import ArrayLike, NDArray

from assets.solar._errors import SolarInputError
from assets.solar._kernel import LitHours, Planes
from assets.solar.sky_view import sky_view_factor
from assets.solar.sun import SiteSun

Array = NDArray[np.float64]
SkyModel = Literal["perez", "haydavies", "isotropic"]


@lru_cache(maxsize=8)
def lit_hours(sun: SiteSun, *, model: SkyModel, albedo: float, bins: int) -> LitHours:
    """Sky of the lit hours, split into the parts that the planes see differently."""
    if model not in get_args(SkyModel):
        raise SolarInputError(f"No sky model {model!r}: take one of {', '.join(get_args(SkyModel))}.")
    if not 0.0 <= albedo <= 1.0:
        raise SolarInputError(f"albedo is {albedo}: give a share between 0 and 1.")
    hour = np.flatnonzero(sun.lit)
    zenith, azimuth = np.radians(sun.zenith_deg[hour]), np.radians(sun.azimuth_deg[hour])
    dhi = sun.dhi_w_m2[hour]
    risen = sun.zenith_deg[hour] < 90.0
    circumsolar, isotropic, band = _sky_parts(sun, hour, model)
    # Light before sunrise and after sunset has no direction: it is the dome's.
    position = sun.path_azimuth_deg[hour] % 360.0 * (bins / 360.0) if bins else np.zeros((hour.size, 1))
    left = np.floor(position).astype(np.int64)
    return LitHours(
        hour=hour.astype(np.int64),
        east=np.sin(zenith) * np.sin(azimuth),
        north=np.sin(zenith) * np.cos(azimuth),
        up=np.cos(zenith),
        beam=np.where(risen, sun.dni_w_m2[hour], 0.0),
        circumsolar=np.where(risen, circumsolar, 0.0),
        isotropic=np.where(risen, isotropic, dhi),
        band=np.where(risen, band, 0.0),
        ground=albedo * sun.ghi_w_m2[hour],
        path_bin=left % bins if bins else left,
        path_weight=position - left,
        path_elevation=90.0 - sun.path_zenith_deg[hour],
    )


def _sky_parts(sun: SiteSun, hour: NDArray[np.int64], model: SkyModel) -> tuple[Array, Array, Array]:
    """Circumsolar (per cosine of incidence), isotropic and horizon-band (per sine of tilt) parts of the diffuse light.

    Every model is a sum of these three, so that one loop serves them all. The Perez coefficients are those of Perez et
    al., Solar Energy 44 (1990) 271, as pvlib has them ("allsitescomposite1990"); Hay and Davies 1980.
    """
    dhi, dni, extra = sun.dhi_w_m2[hour], sun.dni_w_m2[hour], sun.dni_extra_w_m2[hour]
    cos_zenith = np.cos(np.radians(sun.zenith_deg[hour]))
    if model == "isotropic":
        return np.zeros_like(dhi), dhi, np.zeros_like(dhi)
    if model == "haydavies":
        index = dni / extra
        return dhi * index / np.maximum(cos_zenith, 0.01745), dhi * (1.0 - index), np.zeros_like(dhi)
    f1, f2 = _perez_coefficients(dhi, dni, extra, sun.zenith_deg[hour], sun.airmass[hour])
    return dhi * f1 / np.maximum(cos_zenith, np.cos(np.radians(85.0))), dhi * (1.0 - f1), dhi * f2


def _perez_coefficients(dhi: Array, dni: Array, extra: Array, zenith_deg: Array, airmass: Array) -> tuple[Array, Array]:
    """F1 and F2 of Perez 1990, eqs. 1, 2, 6 and 7."""
    z = np.radians(zenith_deg)
    delta = dhi * np.nan_to_num(airmass) / extra
    with np.errstate(divide="ignore", invalid="ignore"):
        epsilon = ((dhi + dni) / dhi + 1.041 * z**3) / (1.0 + 1.041 * z**3)
    # No diffuse light: the bin doesn't matter, all parts are multiplied by zero.
    epsilon = np.where(dhi > 0.0, epsilon, 1.0)
    bin_ = np.digitize(epsilon, (1.065, 1.23, 1.5, 1.95, 2.8, 4.5, 6.2))
    # pvlib keeps the table of the paper in a private function: it is the one place where the coefficients stand.
    table1, table2 = pvlib.irradiance._get_perez_coefficients("allsitescomposite1990")
    f1, f2 = table1[bin_], table2[bin_]
    return (
        np.maximum(f1[:, 0] + f1[:, 1] * delta + f1[:, 2] * z, 0.0),
        f2[:, 0] + f2[:, 1] * delta + f2[:, 2] * z,
    )


def planes_of(tilt_deg: ArrayLike, azimuth_deg: ArrayLike, horizon: ArrayLike | None) -> Planes:
    """Compute normals and view factors of planes, checked."""
    tilt = np.atleast_1d(np.asarray(tilt_deg, dtype=np.float64))
    azimuth = np.atleast_1d(np.asarray(azimuth_deg, dtype=np.float64))
    if tilt.ndim != 1 or tilt.shape != azimuth.shape:
        raise SolarInputError(
            f"tilt_deg has shape {tilt.shape} and azimuth_deg {azimuth.shape}: give one value per plane in both."
        )
    bad: NDArray[np.bool_] = np.asarray(~((tilt >= 0.0) & (tilt <= 180.0)) | ~np.isfinite(azimuth))
    if bad.any():
        raise SolarInputError(f"Planes {_some(bad)} have a tilt outside 0 … 180° or no azimuth: mend them.")
    b, a = np.radians(tilt), np.radians(azimuth)
    sky = (1.0 + np.cos(b)) / 2.0
    seen = np.ones_like(sky)
    edges = np.zeros((0, 0), dtype=np.float32)
    if horizon is not None:
        edges = np.ascontiguousarray(horizon, dtype=np.float32)
        if edges.ndim != 2 or edges.shape[0] != tilt.size or edges.shape[1] < 4:
            raise SolarInputError(
                f"horizon has shape {edges.shape} for {tilt.size} planes: give (planes, bins) with 4 bins or more."
            )
        gaps = np.asarray(~np.isfinite(edges).all(axis=1))
        if gaps.any():
            raise SolarInputError(f"Planes {_some(gaps)} have gaps in their horizon.")
        obstructed = sky_view_factor(tilt, azimuth, edges)
        seen = np.divide(obstructed, sky, out=np.zeros_like(sky), where=sky > 1e-9)
    return Planes(
        east=np.sin(b) * np.sin(a),
        north=np.sin(b) * np.cos(a),
        up=np.cos(b),
        sky_view=sky * seen,
        band_view=np.sin(b) * seen,
        ground_view=(1.0 - np.cos(b)) / 2.0,
        horizon=edges,
    )


def _some(bad: NDArray[np.bool_]) -> str:
    """Numbers of the first few planes."""
    at = np.flatnonzero(bad)
    return ", ".join(str(i) for i in at[:10]) + (f" and {at.size - 10} more" if at.size > 10 else "")
