"""Networks of gas: pressures, what flows in them, and pipes."""

from __future__ import annotations

from typing import Any

from assets.networks.gas import GasPipes, gas_pipes
from twin.networks.layout.plan import NetworkPlan

ENTRY_BAR, LEAST_BAR = 4.0, 3.0
"""Pressure where a distribution network begins and the least at any node, above ambient: Finnish distribution networks
of polyethylene run at 4 bar (from memory of Gasgrid's and Auris's terms); the least is assumed."""
NATURAL, HYDROGEN = "natural_gas_fi", "hydrogen"
SERIES = "pe100_sdr11"


def gas_design(*, hydrogen_share: float = 0.0) -> dict[str, Any]:
    """Say how a gas network is made.

    Parameters
    ----------
    hydrogen_share : float
        Part of hydrogen in the volume that enters [0 to 1].

    Returns
    -------
    dict
        entry_bar, least_bar [bar above ambient], gas (volume shares), hydrogen_share, series of the pipes.
    """
    share = float(hydrogen_share)
    gas = {name: part for name, part in ((NATURAL, 1.0 - share), (HYDROGEN, share)) if part > 0.0}
    return {
        "entry_bar": ENTRY_BAR,
        "least_bar": LEAST_BAR,
        "gas": gas,
        "hydrogen_share": share,
        "series": SERIES,
    }


def tree_gas_pipes(plan: NetworkPlan) -> GasPipes:
    """Pipes of a gas plan's tree, as `assets.networks.gas.gas_year` takes them."""
    size = plan.edges["size"].to_numpy()
    return gas_pipes(tuple(str(size[e]) if e >= 0 else "" for e in plan.laid_tree.edge))
