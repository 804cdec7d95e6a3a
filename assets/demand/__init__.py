"""Demand of buildings: heat, cold, hot water, appliances and light, hour by hour."""

from assets.demand.archetypes import archetypes
from assets.demand.buildings import Demand, building_demand
from assets.demand.comparison import annual_kwh, comparison, heating_degree_days
from assets.demand.zone import ZoneResults, Zones, simulate_zones

__all__ = [
    "Demand",
    "ZoneResults",
    "Zones",
    "annual_kwh",
    "archetypes",
    "building_demand",
    "comparison",
    "heating_degree_days",
    "simulate_zones",
]
