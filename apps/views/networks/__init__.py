"""View models of networks: elements, their states, worst hours, problems and names."""
