"""Web service beside the map: the data it draws, key figures and series."""

from apps.api.routes import create_api

__all__ = ["create_api"]
