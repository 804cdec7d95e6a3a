"""What the map shows of one district in one scenario, in the size a map needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from gis_data import District


@dataclass(frozen=True, eq=False)
class View:
    """A district, a scenario and the results of it, in the size a map needs.

    Attributes
    ----------
    district : gis_data.District
        Tables in the district's own CRS.
    scenario : str
        Key of the scenario; `AS_IS` is the baseline.
    ground_stamp : str
        Changes with the district, whatever the scenario.
    stamp : str
        Changes whenever anything that is shown may change: part of the addresses of data.
    buildings : geopandas.GeoDataFrame
        In WGS84, in the order of the results, with what scenarios edit (heating_system, pv_share, …).
    roofs : geopandas.GeoDataFrame
        In the district's CRS, with irradiation [kWh/m²] and potential [kWh] a year.
    steps : Mapping[str, numpy.ndarray]
        Means over the steps of every day by variable: shape (steps, buildings) [kWh in an hour, °C], or (steps,)
        for the weather.
    rows : Mapping[str, tuple[int, int]]
        Rows of `steps` of each day.
    dates : Mapping[str, str]
        ISO dates of the special days.
    kpis : Mapping[str, Any]
        Of the district, as `twin.district_kpis` gives them.
    building_kpis : pandas.DataFrame
        Of each building, as `twin.kpi_table` gives them.
    """

    district: District
    scenario: str
    ground_stamp: str
    stamp: str
    buildings: gpd.GeoDataFrame
    roofs: gpd.GeoDataFrame
    steps: Mapping[str, npt.NDArray[np.float32]]
    rows: Mapping[str, tuple[int, int]]
    dates: Mapping[str, str]
    kpis: Mapping[str, Any]
    building_kpis: pd.DataFrame

    @property
    def nbytes(self) -> int:
        """Bytes that are its own; roughly, for the tables share their texts and shapes with the district's."""
        steps = sum(array.nbytes for array in self.steps.values())
        tables = sum(8 * table.size for table in (self.buildings, self.roofs))
        points = 16 * int(shapely.get_num_coordinates(self.buildings.geometry.to_numpy()).sum())
        return int(steps + tables + points + self.building_kpis.to_numpy().nbytes)
