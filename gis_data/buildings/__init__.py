"""Buildings out of raw features: footprints, uses, storeys, heights, years."""

from gis_data.buildings.pipeline import BuildingTables, buildings_from_features

__all__ = ["BuildingTables", "buildings_from_features"]
