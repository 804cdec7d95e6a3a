"""Roof planes: shape, tilt, azimuth and the area that can carry modules."""

from gis_data.roofs.tables import roofs_of

__all__ = ["roofs_of"]
