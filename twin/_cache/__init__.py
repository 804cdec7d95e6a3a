"""Keep what was computed, by the content of what it was computed from."""
