"""Properties of water and gases."""
