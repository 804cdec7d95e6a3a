"""Sources: what nature, other people's processes and the networks outside give a district, hour by hour."""

from assets.sources.heat_source import HeatSource, air_source, direct_heat_technology, flow_heat_kw
from assets.sources.wind import (
    WindMast,
    air_density,
    hub_speed_factor,
    roughness_length,
    wind_losses,
    wind_power,
    wind_technology,
    wind_turbines,
)

__all__ = [
    "HeatSource",
    "WindMast",
    "air_density",
    "air_source",
    "direct_heat_technology",
    "flow_heat_kw",
    "hub_speed_factor",
    "roughness_length",
    "wind_losses",
    "wind_power",
    "wind_technology",
    "wind_turbines",
]
