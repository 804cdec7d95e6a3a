"""The ground that networks lie in: streets, what is mapped under them, and the buildings before any edit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd

if TYPE_CHECKING:
    from gis_data.district import District


@dataclass(frozen=True, eq=False)
class Site:
    """Tables of a district that networks are laid in; read-only by convention.

    Attributes
    ----------
    crs : str
        Metric CRS of all tables.
    buildings : geopandas.GeoDataFrame
        The district's buildings as they are before any edit of the scenario, in the form of `Twin.buildings`.
    coldest_c : float
        Coldest hour of the district's own weather [°C].
    streets, pipes, power : geopandas.GeoDataFrame, optional
        Tables of the district; None where it has none.
    """

    crs: str
    buildings: gpd.GeoDataFrame
    coldest_c: float
    streets: gpd.GeoDataFrame | None = None
    pipes: gpd.GeoDataFrame | None = None
    power: gpd.GeoDataFrame | None = None

    @classmethod
    def of(cls, district: District, buildings: gpd.GeoDataFrame) -> Site:
        """Take what networks need of a district.

        Parameters
        ----------
        district : District
        buildings : geopandas.GeoDataFrame
            Its buildings with the systems that they have as they are.
        """
        tables = {name: district.tables.get(name) for name in ("streets", "pipes", "power")}
        coldest = float(district.weather.table["air_temp_c"].min())
        return cls(crs=district.crs, buildings=buildings, coldest_c=coldest, **tables)
