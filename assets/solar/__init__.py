"""Sun on roofs and walls: position, horizon, irradiance of planes, PV power, sizes of arrays."""

from assets.solar._errors import SolarInputError
from assets.solar.catalogue import pv_losses, pv_modules, pv_mountings, system_losses
from assets.solar.horizon import horizon_angles, rack_horizon
from assets.solar.irradiance import irradiance_by_owner, plane_irradiance, plane_irradiation
from assets.solar.power import PVChain, pv_energy, pv_power, pv_power_by_owner
from assets.solar.sizing import ModulePlanes, module_plane, pv_capacity
from assets.solar.sky_view import sky_view_factor
from assets.solar.sun import SiteSun, site_sun

__all__ = [
    "ModulePlanes",
    "PVChain",
    "SiteSun",
    "SolarInputError",
    "horizon_angles",
    "irradiance_by_owner",
    "module_plane",
    "plane_irradiance",
    "plane_irradiation",
    "pv_capacity",
    "pv_energy",
    "pv_losses",
    "pv_modules",
    "pv_mountings",
    "pv_power",
    "pv_power_by_owner",
    "rack_horizon",
    "site_sun",
    "sky_view_factor",
    "system_losses",
]
