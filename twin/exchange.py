"""Electricity behind each building's meter, and what it exchanges with the grid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from assets.supply import Supply, behind_the_meter
from twin.geometry import rows_of
from twin.model import Twin
from twin.sunlight import RoofSun

Hourly = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Exchange:
    """Electricity made on the roof and exchanged with the grid.

    Attributes
    ----------
    pv_kwh, grid_import_kwh, grid_export_kwh : ndarray of float32, shape (n, T)
        Hourly energies [kWh].
    pv_kwp : ndarray, shape (n,)
        Power of the modules on each building [kWp].
    """

    pv_kwh: Hourly
    grid_import_kwh: Hourly
    grid_export_kwh: Hourly
    pv_kwp: npt.NDArray[np.float64]


def grid_exchange(twin: Twin, supply: Supply, roofs: RoofSun) -> Exchange:
    """Let the sun serve its own building first; the grid gives and takes the rest.

    Modules cover the share `pv_share` of the usable area of every plane of a roof alike, so that the yield is that
    share of the roof's potential.

    Parameters
    ----------
    twin : Twin
        `buildings` with `pv_share`, and `roofs`.
    supply : Supply
        With the load of each building and its grid.
    roofs : RoofSun
        Potential of each building's roofs.
    """
    share: Any = twin.buildings["pv_share"].to_numpy(dtype=np.float64)
    kwp = np.zeros(len(share))
    owner = rows_of(twin.roofs["building_id"], twin.buildings.index)
    np.add.at(kwp, owner[owner >= 0], roofs.potential_kwp[owner >= 0])
    pv, bought, sold = behind_the_meter(supply.load_kwh, roofs.building_kw, share=share, grid_kwh=supply.grid_kwh)
    return Exchange(pv_kwh=pv, grid_import_kwh=bought, grid_export_kwh=sold, pv_kwp=kwp * share)
