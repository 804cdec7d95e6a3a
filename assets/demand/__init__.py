"""Demand of buildings: heat, cold, hot water, appliances and light, hour by hour."""
