"""Web service beside the map: the data it draws, key figures and series."""

from apps.api.routes import create_api
from apps.api.views import AS_IS, View, Views

__all__ = ["AS_IS", "View", "Views", "create_api"]
