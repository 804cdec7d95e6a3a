"""The networks of a district: laid along its streets as it is, edited by scenarios, and a year of each of them.

- `plan_networks(twin, peaks, *, memo, progress=None) -> dict[str, NetworkPlan]`: by carrier, the network as it stands
  under the twin's scenario; `peaks` are the buildings' design loads in kW, a column for each carrier.
- `elements_of(plans) -> GeoDataFrame`: every element of every network, as the map shows them.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from twin.networks.plan import CARRIERS, NetworkPlan

# Imported when first asked for: networks bring geometry and solvers, which take seconds to load.
_HOME = {
    "CARRIERS": "twin.networks.plan",
    "NetworkPlan": "twin.networks.plan",
}

__all__ = [
    "CARRIERS",
    "NetworkPlan",
]


def __getattr__(name: str) -> Any:
    """Fetch a public name from the module that holds it."""
    if name not in _HOME:
        raise AttributeError(f"module 'twin.networks' has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOME])
