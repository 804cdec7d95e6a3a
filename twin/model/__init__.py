"""The twin itself: a district and a scenario joined, one table per kind of asset, with prices, weather and plants."""
