"""What stands in a building: heating and cooling supply, heat pumps, hot-water tanks, batteries."""
