"""The networks of a district: laid along its streets as it is, edited by scenarios, and a year of each of them.

- `design_loads(results) -> DesignLoads`: what networks are sized for, out of a year of `twin.run`.
- `plan_networks(twin, peaks, *, now=None, memo=None, progress=None) -> dict[str, NetworkPlan]`: by carrier, the network
  as it stands under the twin's scenario, sized for `peaks`, the design loads of the district as it is; `now` are those
  under the scenario.
- `tree_pipes(plan)`, `tree_gas_pipes(plan)`: pipes of a plan's tree as `heat_year` and `gas_year` take them.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from twin.networks.layout.design_loads import DesignLoads, design_loads
    from twin.networks.layout.gas_plan import tree_gas_pipes
    from twin.networks.layout.heat_plan import tree_pipes
    from twin.networks.layout.plan import NetworkPlan
    from twin.networks.layout.planning import plan_networks

# Imported when first asked for: networks bring geometry and solvers, which take seconds to load.
_HOME = {
    "DesignLoads": "twin.networks.layout.design_loads",
    "NetworkPlan": "twin.networks.layout.plan",
    "design_loads": "twin.networks.layout.design_loads",
    "plan_networks": "twin.networks.layout.planning",
    "tree_gas_pipes": "twin.networks.layout.gas_plan",
    "tree_pipes": "twin.networks.layout.heat_plan",
}

__all__ = [
    "DesignLoads",
    "NetworkPlan",
    "design_loads",
    "plan_networks",
    "tree_gas_pipes",
    "tree_pipes",
]


def __getattr__(name: str) -> Any:
    """Fetch a public name from the module that holds it."""
    if name not in _HOME:
        raise AttributeError(f"module 'twin.networks' has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOME])
