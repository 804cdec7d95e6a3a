"""Stores of electricity, heat, cold and gas: one common form for dispatch, and own models of each one's physics.

`store_of` gives any kind of the catalogue in the common form, `store_year` runs it. The models of tanks, pits,
boreholes, buildings' mass, network water, ice, gas and cars each have a year of their own, and an `equivalent` store.
"""

from assets.fluids.compressed_gas import compressibility, density_kg_m3, gases
from assets.storage.battery_ageing import Ageing, age_batteries, chemistries, rainflow
from assets.storage.borehole_store import (
    BoreholeStores,
    BoreholeYear,
    borehole_models,
    borehole_stores,
    borehole_year,
    g_function,
    kept_share,
)
from assets.storage.building_mass import BuildingMass, MassYear, mass_of_buildings, mass_of_zones, mass_year
from assets.storage.gas_store import GasStores, GasYear, gas_store_models, gas_stores, gas_year
from assets.storage.ice_store import IceStores, IceYear, ice_models, ice_stores, ice_year
from assets.storage.layers import Layered, LayeredYear, layered_year
from assets.storage.network_water import NetworkWater, network_water_year, water_of_pipes
from assets.storage.pit_store import pit_models, pit_stores
from assets.storage.registry import store_kinds, store_of
from assets.storage.store import Store, StoreYear, joined, store_year
from assets.storage.stratified_tank import stratified_models, stratified_tanks
from assets.storage.vehicle_to_grid import (
    Batteries,
    VehicleYear,
    vehicle_batteries,
    vehicle_models,
    vehicle_stores,
    vehicle_year,
)

__all__ = [
    "Ageing",
    "Batteries",
    "BoreholeStores",
    "BoreholeYear",
    "BuildingMass",
    "GasStores",
    "GasYear",
    "IceStores",
    "IceYear",
    "Layered",
    "LayeredYear",
    "MassYear",
    "NetworkWater",
    "Store",
    "StoreYear",
    "VehicleYear",
    "age_batteries",
    "borehole_models",
    "borehole_stores",
    "borehole_year",
    "chemistries",
    "compressibility",
    "density_kg_m3",
    "g_function",
    "gas_store_models",
    "gas_stores",
    "gas_year",
    "gases",
    "ice_models",
    "ice_stores",
    "ice_year",
    "joined",
    "kept_share",
    "layered_year",
    "mass_of_buildings",
    "mass_of_zones",
    "mass_year",
    "network_water_year",
    "pit_models",
    "pit_stores",
    "rainflow",
    "store_kinds",
    "store_of",
    "store_year",
    "stratified_models",
    "stratified_tanks",
    "vehicle_batteries",
    "vehicle_models",
    "vehicle_stores",
    "vehicle_year",
    "water_of_pipes",
]
