"""Parts of the map's page."""
