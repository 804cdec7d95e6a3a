"""The carriers of energy, one vocabulary for every floor: declared in `catalogue/carriers.csv` and nowhere else.

Inside, a carrier goes by its `id`. Buildings and tariffs have names of their own for what they buy of it: heat out of
a network is sold as district heat. Those names stand in scenarios, tariffs and results, and `Carrier.retail` is the one
place that joins the two.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from assets._errors import CatalogueError
from assets.catalogue import table

KINDS = ("bought", "free", "rejected")
_TEXTS = ("id", "kind", "title", "colour", "unit", "retail", "emission", "fuel")


@dataclass(frozen=True)
class Carrier:
    """What is known of a carrier.

    Attributes
    ----------
    id : str
        Its name, everywhere.
    kind : str
        "bought" (networks, tanks and lorries bring it), "free" (nature and other people's processes give it) or
        "rejected" (given to the surroundings on purpose).
    title : str
        In words.
    colour : str
        "#RRGGBB", the same on every chart and map.
    unit : str
        Of its energy.
    has_network : bool
        Whether a network of the district can carry it.
    met : int
        Place in the order in which the merit order meets carriers, from 1; 0 where it meets none.
    retail : str
        What buildings buy it as, and what tariffs, emission factors and results call that: "district_heat"; empty
        where buildings do not buy it.
    emission : str
        Row of the emission factors; empty without one.
    fuel : str
        Of `catalogue/fuels.csv`, what plants burn of it; empty where its tariff or its network prices it.
    """

    id: str
    kind: str
    title: str
    colour: str
    unit: str
    has_network: bool
    met: int
    retail: str
    emission: str
    fuel: str


@cache
def carriers() -> Mapping[str, Carrier]:
    """Read every carrier.

    Returns
    -------
    mapping of str to Carrier
        By id, in the order of the file.

    Raises
    ------
    CatalogueError
        Two carriers share an id or a retail name, or one is of an unknown kind.
    """
    rows = table("carriers").astype(object)
    rows = rows.where(rows.notna(), "").to_dict("records")
    found = {str(row["id"]): _carrier(row) for row in rows}
    retail = [carrier.retail for carrier in found.values() if carrier.retail]
    unknown = [carrier.id for carrier in found.values() if carrier.kind not in KINDS]
    if len(found) < len(rows) or len(set(retail)) < len(retail) or unknown:
        raise CatalogueError(
            f"carriers.csv: ids and retail names must differ, and kinds be of {', '.join(KINDS)}; "
            f"it has the ids {', '.join(str(row['id']) for row in rows)}, the retail names {', '.join(retail)}"
            f"{', and of no such kind ' + ', '.join(unknown) if unknown else ''}."
        )
    return MappingProxyType(found)


@cache
def carrier_ids(kind: str = "") -> tuple[str, ...]:
    """Ids of the carriers of a kind, or of all, in the order of the file."""
    return tuple(carrier.id for carrier in carriers().values() if kind in {"", carrier.kind})


@cache
def network_carriers() -> tuple[str, ...]:
    """Ids of the carriers that networks of the district bring, in the order of the file."""
    return tuple(carrier.id for carrier in carriers().values() if carrier.has_network)


@cache
def met_order() -> tuple[str, ...]:
    """Ids of the carriers in the order they are met: who drives, before who is driven."""
    return tuple(c.id for c in sorted(carriers().values(), key=lambda carrier: carrier.met) if c.met)


@cache
def retail_carriers() -> Mapping[str, Carrier]:
    """Carriers that buildings buy, by what they buy them as: "district_heat"."""
    return MappingProxyType({carrier.retail: carrier for carrier in carriers().values() if carrier.retail})


def _carrier(row: Mapping[Any, Any]) -> Carrier:
    texts = {name: str(row[name]) for name in _TEXTS}
    return Carrier(has_network=bool(row["network"]), met=int(row["met"] or 0), **texts)
