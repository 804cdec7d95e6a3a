"""Gas and hydrogen networks: catalogue of pipes and gases, sizing, years of trees, meshes through pandapipes."""

from assets.fluids.gases import Gas, blend, gases
from assets.networks.gas.mesh import GasMesh, MeshHours, gas_mesh_hours
from assets.networks.gas.pipes import GasPipes, gas_pipe_models, gas_pipes, size_gas_tree
from assets.networks.gas.year import HYDROGEN_LIMITS, GasLimits, GasYear, Injection, gas_year

__all__ = [
    "HYDROGEN_LIMITS",
    "Gas",
    "GasLimits",
    "GasMesh",
    "GasPipes",
    "GasYear",
    "Injection",
    "MeshHours",
    "blend",
    "gas_mesh_hours",
    "gas_pipe_models",
    "gas_pipes",
    "gas_year",
    "gases",
    "size_gas_tree",
]
