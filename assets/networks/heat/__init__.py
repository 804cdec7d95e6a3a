"""Heat and cooling networks: pipes, sizing, years of operation and dynamics."""
