"""View models: what the map and the web service show of a district in a scenario, without either of them."""
