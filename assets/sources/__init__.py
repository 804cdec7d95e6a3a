"""Sources: what nature, other people's processes and the networks outside give a district, hour by hour."""

from assets.sources.heat_source import HeatSource, air_source, direct_heat_technology, flow_heat_kw

__all__ = ["HeatSource", "air_source", "direct_heat_technology", "flow_heat_kw"]
