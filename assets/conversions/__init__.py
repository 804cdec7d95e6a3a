"""Conversions: devices that turn carriers into each other, each with its efficiency, limits, costs and waste heat.

`technology_of` gives any of them in the form that all of a district's devices share; the `..._year` functions give the
exact energies of many devices over a year, with what part load costs.
"""

from assets.conversions.absorption_chiller import absorption_point, absorption_technology, absorption_year
from assets.conversions.boiler import boiler_efficiency, boiler_technology, boiler_year
from assets.conversions.catalogue import conversion_cost, conversions
from assets.conversions.chiller import chiller_capacity, chiller_cop, chiller_technology, chiller_year, condenser_temp
from assets.conversions.chp import (
    back_pressure_efficiencies,
    back_pressure_year,
    chp_technology,
    extraction_limits,
    extraction_year,
)
from assets.conversions.cold import condenser_heat
from assets.conversions.conversion_year import ConversionYear
from assets.conversions.electrolyser import electrolyser_technology, electrolyser_year, specific_consumption_kwh_kg
from assets.conversions.free_cooling import free_cooling_technology, free_cooling_year
from assets.conversions.fuel_cell import fuel_cell_efficiency, fuel_cell_technology, fuel_cell_year
from assets.conversions.large_heat_pump import (
    heat_pump_part_load,
    heat_pump_technology,
    jesper_cop,
    large_heat_pump_cop,
    large_heat_pump_year,
    lorenz_cop,
)
from assets.conversions.methanation import (
    carbon_dioxide_kg,
    methanation_efficiency,
    methanation_technology,
    methanation_year,
)
from assets.conversions.recovery import recoverable_kwh, recovery_source
from assets.conversions.registry import conversion_kinds, technology_of
from assets.conversions.site import ConversionSite
from assets.conversions.trigeneration import trigeneration_technology, trigeneration_year

__all__ = [
    "ConversionSite",
    "ConversionYear",
    "absorption_point",
    "absorption_technology",
    "absorption_year",
    "back_pressure_efficiencies",
    "back_pressure_year",
    "boiler_efficiency",
    "boiler_technology",
    "boiler_year",
    "carbon_dioxide_kg",
    "chiller_capacity",
    "chiller_cop",
    "chiller_technology",
    "chiller_year",
    "chp_technology",
    "condenser_heat",
    "condenser_temp",
    "conversion_cost",
    "conversion_kinds",
    "conversions",
    "electrolyser_technology",
    "electrolyser_year",
    "extraction_limits",
    "extraction_year",
    "free_cooling_technology",
    "free_cooling_year",
    "fuel_cell_efficiency",
    "fuel_cell_technology",
    "fuel_cell_year",
    "heat_pump_part_load",
    "heat_pump_technology",
    "jesper_cop",
    "large_heat_pump_cop",
    "large_heat_pump_year",
    "lorenz_cop",
    "methanation_efficiency",
    "methanation_technology",
    "methanation_year",
    "recoverable_kwh",
    "recovery_source",
    "specific_consumption_kwh_kg",
    "technology_of",
    "trigeneration_technology",
    "trigeneration_year",
]
