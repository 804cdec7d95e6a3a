"""How much PV a roof plane carries and how its modules stand."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from assets.solar._errors import SolarInputError
from assets.solar.catalogue import known, pv_modules, pv_mountings
from assets.solar.irradiance import per_plane

Array = NDArray[np.float64]

# Below this tilt modules stand on racks, up to WALL_TILT_DEG they lie in the roof's plane, above it they hang on a
# wall. 9.5° is where Gagnon et al. (NREL/TP-6A20-65298, 2016) call a roof flat.
FLAT_TILT_DEG = 9.5
WALL_TILT_DEG = 75.0


@dataclass(frozen=True)
class ModulePlanes:
    """How the modules on p surfaces stand.

    Attributes
    ----------
    tilt_deg, azimuth_deg : (p,) °
        Of the modules: racks on flat roofs, else the surface itself.
    mounting : p names
        Rows of ``pv_mounting.csv``: rack, roof or facade.
    row_cover_ratio : (p,)
        Module length over row distance where rows stand behind each other, for :func:`rack_horizon`; 0 elsewhere.
    module_m2_per_m2 : (p,)
        Module area per usable area of the surface.
    """

    tilt_deg: Array
    azimuth_deg: Array
    mounting: tuple[str, ...]
    row_cover_ratio: Array
    module_m2_per_m2: Array


def module_plane(tilt_deg: ArrayLike, azimuth_deg: ArrayLike, *, latitude: float = 60.0) -> ModulePlanes:
    """How modules stand on surfaces of a tilt and azimuth.

    Modules lie in the plane of tilted roofs and walls. On flat roofs they stand on racks in rows that face the equator,
    with the catalogue's tilt and cover ratio; what a row hides from the next is left to :func:`rack_horizon`.

    Parameters
    ----------
    tilt_deg, azimuth_deg : (p,) °
        Of the roof plane or wall.
    latitude : float, °
        Only its sign matters: it says where the equator is.

    Returns
    -------
    ModulePlanes
    """
    tilt = np.atleast_1d(np.asarray(tilt_deg, dtype=np.float64))
    azimuth = np.atleast_1d(np.asarray(azimuth_deg, dtype=np.float64))
    if tilt.shape != azimuth.shape or tilt.ndim != 1:
        raise SolarInputError(
            f"tilt_deg has shape {tilt.shape}, azimuth_deg {azimuth.shape}: give one of each a plane."
        )
    table = pv_mountings()
    mounting = np.where(tilt <= FLAT_TILT_DEG, "rack", np.where(tilt < WALL_TILT_DEG, "roof", "facade"))
    flat = mounting == "rack"
    cover = table["cover_ratio"].astype(float).reindex(mounting).to_numpy()
    return ModulePlanes(
        tilt_deg=np.where(flat, float(table.loc["rack", "rack_tilt_deg"]), tilt),
        azimuth_deg=np.where(flat, 180.0 if latitude >= 0.0 else 0.0, azimuth),
        mounting=tuple(str(m) for m in mounting),
        row_cover_ratio=np.where(flat, cover, 0.0),
        module_m2_per_m2=cover,
    )


def pv_capacity(usable_m2: ArrayLike, tilt_deg: ArrayLike, *, module: str = "standard") -> Array:
    """PV capacity that fits on surfaces.

    Parameters
    ----------
    usable_m2 : (p,) m²
        Area in the plane of the surface that can carry modules, after setbacks and superstructures.
    tilt_deg : (p,) °
        Of the surface: flat roofs hold less, since rows must stand apart.
    module : str
        Row of ``pv_modules.csv``.

    Returns
    -------
    (p,) float64, kWp
    """
    table = pv_modules()
    known(table, {module}, "module")
    tilt = np.atleast_1d(np.asarray(tilt_deg, dtype=np.float64))
    area = per_plane(usable_m2, tilt.size, "usable_m2")
    share = module_plane(tilt, np.full(tilt.shape, 180.0)).module_m2_per_m2
    return np.asarray(area * share * float(table.loc[module, "kwp_per_m2"]))
