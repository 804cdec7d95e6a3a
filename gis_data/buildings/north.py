"""True north in a projected CRS."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyproj
from numpy.typing import NDArray

_STEP_DEG = 1e-3


def north_bearing_deg(crs: Any, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    """Bearing of true north, clockwise from grid north (the grid's y axis).

    A direction with bearing b on the grid has azimuth b − north_bearing_deg from true north. This is the meridian
    convergence of the projection, with the sign turned; it is taken from the projection itself by a small step along
    the meridian.

    Parameters
    ----------
    crs : anything pyproj.CRS takes
        A projected CRS.
    x, y : arrays of shape (n,)
        Easting and northing, m.

    Returns
    -------
    array of shape (n,)
        Degrees, small.
    """
    to_degrees = pyproj.Transformer.from_crs(crs, "EPSG:4326", always_xy=True)
    to_metres = pyproj.Transformer.from_crs("EPSG:4326", crs, always_xy=True)
    longitude, latitude = to_degrees.transform(x, y)
    x_north, y_north = to_metres.transform(longitude, np.asarray(latitude) + _STEP_DEG)
    x_south, y_south = to_metres.transform(longitude, np.asarray(latitude) - _STEP_DEG)
    return np.asarray(np.degrees(np.arctan2(x_north - x_south, y_north - y_south)), dtype=np.float64)
