"""From a twin to a year of every building, stage by stage."""
