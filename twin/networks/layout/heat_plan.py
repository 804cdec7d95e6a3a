"""Networks of heat and cold: what their generation means for temperatures and pipes."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy as np

from assets.networks.heat.pipes import PipeSizes, heat_pipes
from twin.networks.layout.plan import Index, NetworkPlan
from twin.networks.layout.temperatures import GENERATIONS, network_temperatures

AS_IS_GENERATION = "3"
"""Of a heat network that is there already: Finnish ones run at up to 115 °C."""
AMBIENT_COP = 4.0
"""Of the heat pumps in buildings on an ambient loop on the coldest day: a quarter of the heat is power; assumed."""
AMBIENT_DROP_K = 5.0
"""By how much they cool its water: Buffa et al., Renewable and Sustainable Energy Reviews 104, 2019, 3 to 8 K."""
PIPES: Mapping[str, tuple[str, int]] = MappingProxyType(
    {"3": ("steel_single", 2), "4": ("steel_single", 2), "5": ("pe_bare_sdr17", 0), "cold": ("steel_single", 1)}
)
"""Family and series of the catalogue of pipes by generation. Cold mains are of steel as heat's, as plastic ones end at
131 mm; ambient loops lie bare in the ground."""
_TITLES = {"3": "heating", "4": "heating", "5": "ambient", "cold": "cooling"}


def water_design(
    carrier: str,
    coldest: tuple[float, str],
    *,
    generation: str | None = None,
    supply_temp_c: float | None = None,
) -> dict[str, Any]:
    """Say how a network of heat or cold is made.

    Parameters
    ----------
    carrier : str
        "heat" or "cold".
    coldest : (float, str)
        Coldest hour of the year that it is sized for [°C], and the country, whose design day decides on the curve.
    generation : str, optional
        Of heat: "3", "4" or "5".
    supply_temp_c : float, optional
        On the coldest day, of cold all year [°C]; the generation's own by default.

    Returns
    -------
    dict
        generation (of heat), kind (of `assets.networks.heat.heat_year`), supply_temp_c on the design day,
        return_temp_c, mild_temp_c, sized_temp_c (supply in the hour that it is sized for) [°C], network_share (of what
        buildings draw, that comes through the network), family and series of the pipes.
    """
    made = "cold" if carrier == "cold" else (generation or AS_IS_GENERATION)
    usual = GENERATIONS[made]
    high = usual.supply_c if supply_temp_c is None else float(supply_temp_c)
    back = usual.return_c
    if made == "5":
        back = high - AMBIENT_DROP_K
    elif made == "cold":
        back = max(back, high + 4.0)
    else:
        back = min(back, high - 10.0)
    family, series = PIPES[made]
    found: dict[str, Any] = {
        "kind": _TITLES[made],
        "supply_temp_c": high,
        "mild_temp_c": min(usual.mild_c, high),
        "return_temp_c": back,
        "network_share": 1.0 - 1.0 / AMBIENT_COP if made == "5" else 1.0,
        "family": family,
        "series": series,
    }
    if carrier == "heat":
        found["generation"] = made
    curve = network_temperatures(found, carrier, np.array([coldest[0]]), coldest[1])
    return found | {"sized_temp_c": high if made == "5" else float(curve.supply_c[0])}


def tree_pipes(plan: NetworkPlan) -> tuple[PipeSizes, Index]:
    """Pipes of a plan of heat or cold, as `assets.networks.heat.heat_year` takes them.

    Parameters
    ----------
    plan : NetworkPlan

    Returns
    -------
    sizes : PipeSizes
    pipes : ndarray of int64, shape (k,)
        Place in them of the pipe to each tree node's parent; 0 for the root.
    """
    sizes = heat_pipes(plan.design["family"], plan.design["series"])
    place = {name: k for k, name in enumerate(sizes.name)}
    size = plan.edges["size"].to_numpy()
    return sizes, np.array([place[size[e]] if e >= 0 else 0 for e in plan.laid_tree.edge], dtype=np.int64)
