"""Area of a plane that can carry modules."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from gis_data.roofs.catalogue import usable_rules

FloatArray = NDArray[np.float64]
FLAT_DEG = 5.0


def usable_areas_m2(polygons: Any, tilt_deg: FloatArray) -> FloatArray:
    """Usable area after setbacks, minor structures and the smallest array, measured in the plane.

    Parameters
    ----------
    polygons : array of shapely polygons, shape (n,)
        Planes seen from above, m.
    tilt_deg : array of shape (n,)
        Tilts, degrees.

    Returns
    -------
    array of shape (n,)
        m²; the sources of the rules are in usable.csv.
    """
    rules = usable_rules()
    flat = tilt_deg < FLAT_DEG
    setback = np.where(flat, rules.setback_flat_m, rules.setback_pitched_m)
    inner = shapely.buffer(polygons, -setback, join_style="mitre")
    patches, row = shapely.get_parts(inner, return_index=True)
    in_plane = shapely.area(patches) / np.cos(np.radians(tilt_deg))[row]
    large = in_plane >= rules.smallest_array_m2
    area = np.bincount(row[large], in_plane[large], minlength=len(polygons)).astype(np.float64)
    area *= 1.0 - np.where(flat, rules.structures_flat, rules.structures_pitched)
    # What the structures leave must still hold an array.
    fits = (area >= rules.smallest_array_m2) & (tilt_deg <= rules.steepest_deg)
    return np.where(fits, area, 0.0)
