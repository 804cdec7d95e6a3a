"""Sources: what nature, other people's processes and the networks outside give a district, hour by hour.

Turbines, modules and collectors are `Technology`; what feeds heat pumps is a `HeatSource`; what is bought is a
`Delivery`.
"""

from assets.sources.borehole_field import (
    BoreholeField,
    borehole_source,
    g_function,
    grid_field,
    sustainable_share,
    wall_temperature,
)
from assets.sources.deep_geothermal import (
    Doublet,
    breakthrough_years,
    deep_source,
    deep_technology,
    deep_wells,
    production_temperature,
)
from assets.sources.delivery import Delivery, steady
from assets.sources.fuels import fuel_delivery, fuel_energy_kwh, fuel_kinds, municipal_waste
from assets.sources.heat_source import HeatSource, air_source, direct_heat_technology, flow_heat_kw
from assets.sources.open_water import WaterYear, water_bodies, water_source, water_year
from assets.sources.outside import (
    PeakValley,
    outside_electricity,
    outside_gas,
    outside_heat,
    peak_valley,
    time_of_use_tariffs,
)
from assets.sources.photovoltaics import pv_technology
from assets.sources.shallow_ground import (
    GroundClimate,
    extraction_limit_w,
    ground_climate,
    ground_kinds,
    ground_temperature,
    shallow_source,
)
from assets.sources.solar_thermal import (
    SolarHeat,
    collector_light,
    solar_collectors,
    solar_heat,
    solar_thermal_technology,
)
from assets.sources.waste_heat import waste_heat_kinds, waste_heat_power, waste_heat_source, waste_heat_temperature
from assets.sources.wastewater import (
    Sewers,
    WastewaterYear,
    wastewater_plants,
    wastewater_source,
    wastewater_year,
)
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
    "BoreholeField",
    "Delivery",
    "Doublet",
    "GroundClimate",
    "HeatSource",
    "PeakValley",
    "Sewers",
    "SolarHeat",
    "WastewaterYear",
    "WaterYear",
    "WindMast",
    "air_density",
    "air_source",
    "borehole_source",
    "breakthrough_years",
    "collector_light",
    "deep_source",
    "deep_technology",
    "deep_wells",
    "direct_heat_technology",
    "extraction_limit_w",
    "flow_heat_kw",
    "fuel_delivery",
    "fuel_energy_kwh",
    "fuel_kinds",
    "g_function",
    "grid_field",
    "ground_climate",
    "ground_kinds",
    "ground_temperature",
    "hub_speed_factor",
    "municipal_waste",
    "outside_electricity",
    "outside_gas",
    "outside_heat",
    "peak_valley",
    "production_temperature",
    "pv_technology",
    "roughness_length",
    "shallow_source",
    "solar_collectors",
    "solar_heat",
    "solar_thermal_technology",
    "steady",
    "sustainable_share",
    "time_of_use_tariffs",
    "wall_temperature",
    "waste_heat_kinds",
    "waste_heat_power",
    "waste_heat_source",
    "waste_heat_temperature",
    "wastewater_plants",
    "wastewater_source",
    "wastewater_year",
    "water_bodies",
    "water_source",
    "water_year",
    "wind_losses",
    "wind_power",
    "wind_technology",
    "wind_turbines",
]
