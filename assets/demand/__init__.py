"""Demand of buildings: heat, cold, hot water, appliances and light, hour by hour."""

from assets.demand.archetypes import archetypes
from assets.demand.buildings import Demand, building_demand
from assets.demand.zone import ZoneResults, Zones, simulate_zones

__all__ = ["Demand", "ZoneResults", "Zones", "archetypes", "building_demand", "simulate_zones"]
