"""What can be changed: scenarios, buildings, the whole district, networks."""
