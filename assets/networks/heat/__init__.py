"""Heat and cooling networks: pipes, sizing, years of operation and dynamics."""

from assets.fluids.water import WATER, Water, constant_liquid
from assets.networks.heat.inputs import Consumers, HeatLimits, HeatState, Producers
from assets.networks.heat.limits import excesses
from assets.networks.heat.meshed import MeshHours, mesh_hours, pandapipes_net
from assets.networks.heat.pipes import Laying, PipeSizes, heat_pipes
from assets.networks.heat.sizing import simultaneity, size_tree
from assets.networks.heat.year import HeatYear, heat_year

__all__ = [
    "WATER",
    "Consumers",
    "HeatLimits",
    "HeatState",
    "HeatYear",
    "Laying",
    "MeshHours",
    "PipeSizes",
    "Producers",
    "Water",
    "constant_liquid",
    "excesses",
    "heat_pipes",
    "heat_year",
    "mesh_hours",
    "pandapipes_net",
    "simultaneity",
    "size_tree",
]
