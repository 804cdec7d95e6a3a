"""A district: its tables, its weather, where they come from and what had to be inferred."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd
import pandas as pd

from gis_data.features import Source
from gis_data.weather import Weather


@dataclass(frozen=True, eq=False)
class District:
    """A district as built from geodata; read-only by convention.

    Attributes
    ----------
    name : str
        Folder-safe, "helsinki-centre".
    title : str
        For people, "Helsinki centre".
    crs : str
        Metric CRS of every table, "EPSG:3067" in Finland, else the UTM zone.
    timezone : str
        "Europe/Helsinki".
    country : str
        ISO 3166 alpha-2, "FI"; empty at sea.
    bounds : tuple of float
        West, south, east, north, in degrees.
    data_date : str
        ISO date of the newest object, or "unknown".
    sources : tuple of Source
        Whose data it is, with licence and attribution.
    tables : mapping of str to geopandas.GeoDataFrame
        Every table of tables.csv; one without rows where nothing is mapped. `walls` is a plain DataFrame.
    weather : Weather
        A year, hourly.
    report : mapping
        What was repaired, dropped and inferred, with counts and ids.
    """

    name: str
    title: str
    crs: str
    timezone: str
    country: str
    bounds: tuple[float, float, float, float]
    data_date: str
    sources: tuple[Source, ...]
    tables: Mapping[str, gpd.GeoDataFrame]
    weather: Weather
    report: Mapping[str, Any] = field(default_factory=dict)

    @property
    def longitude(self) -> float:
        """Centre of the bounds, degrees east."""
        return (self.bounds[0] + self.bounds[2]) / 2

    @property
    def latitude(self) -> float:
        """Centre of the bounds, degrees north."""
        return (self.bounds[1] + self.bounds[3]) / 2

    @property
    def buildings(self) -> gpd.GeoDataFrame:
        """Buildings with footprint, height, use and year."""
        return self.tables["buildings"]

    @property
    def roofs(self) -> gpd.GeoDataFrame:
        """Planes of the roofs."""
        return self.tables["roofs"]

    @property
    def walls(self) -> pd.DataFrame:
        """Exposed wall areas by building and direction."""
        return self.tables["walls"]

    @property
    def streets(self) -> gpd.GeoDataFrame:
        """Centre lines with widths."""
        return self.tables["streets"]

    @property
    def chargers(self) -> gpd.GeoDataFrame:
        """Charging stations."""
        return self.tables["chargers"]

    @property
    def landuse(self) -> gpd.GeoDataFrame:
        """What the ground is."""
        return self.tables["landuse"]

    @property
    def water(self) -> gpd.GeoDataFrame:
        """Sea, lakes, rivers and basins."""
        return self.tables["water"]

    @property
    def trees(self) -> gpd.GeoDataFrame:
        """Trees."""
        return self.tables["trees"]

    @property
    def parking(self) -> gpd.GeoDataFrame:
        """Car parks."""
        return self.tables["parking"]

    @property
    def pipes(self) -> gpd.GeoDataFrame:
        """Mapped pipes of heat, cold, gas and hydrogen."""
        return self.tables["pipes"]

    @property
    def power(self) -> gpd.GeoDataFrame:
        """Mapped substations, cabinets, generators and lines."""
        return self.tables["power"]
