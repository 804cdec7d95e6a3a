"""Energy assets as physics: pure functions of arrays that know square metres, degrees and edges, nothing of OSM."""
