"""Readers: an OSM file, live OSM, a GeoJSON file. Each returns Features."""
