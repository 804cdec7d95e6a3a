"""The carriers of energy, one vocabulary for every floor: declared in `catalogue/carriers.csv` and nowhere else.

Inside, a carrier goes by its `id`. Buildings have names of their own for what they buy of it: heat out of a network is
sold as district heat. Those names stand in scenarios and in saved results; `Carrier.retail` is the one place that joins
the two.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any, Literal, get_args

from assets._errors import CatalogueError
from assets.catalogue import table

KINDS = ("bought", "free", "rejected", "shown")
NetworkCarrier = Literal["electricity", "heat", "cold", "gas"]
"""`NETWORKED` as a type, for what scenarios may say: reading the catalogue holds the two to each other."""
REJECTED = "rejected_heat"
"""Heat that a device gives to its surroundings on purpose: condensers, dry coolers."""
_TEXTS = ("id", "kind", "title", "colour", "unit", "network", "medium", "retail", "fuel")


@dataclass(frozen=True)
class Carrier:
    """What is known of a carrier.

    Attributes
    ----------
    id : str
        Its name, everywhere.
    kind : str
        "bought" (networks, tanks and lorries bring it), "free" (nature and other people's processes give it),
        "rejected" (given to the surroundings on purpose) or "shown" (no carrier: what charts name beside them).
    title : str
        In words.
    colour : str
        "#RRGGBB", the same on every chart and map.
    unit : str
        Of its energy.
    network : str
        Carrier whose network brings it, its own or another's; empty where lorries do, or nobody.
    medium : str
        What carries it there: "wire", "water" or "gas"; empty where no network brings it.
    met : int
        Place in the order in which the merit order meets carriers, from 1; 0 where it meets none.
    retail : str
        What buildings buy it as, in scenarios and saved results: "district_heat"; empty where they do not buy it.
    fuel : str
        Of `catalogue/fuels.csv`, what plants burn of it; empty where its tariff prices it.
    """

    id: str
    kind: str
    title: str
    colour: str
    unit: str
    network: str
    medium: str
    met: int
    retail: str
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
        Two carriers share an id or a retail name, one is of an unknown kind, or other carriers have networks than
        `NetworkCarrier` says.
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
    networks = tuple(carrier.id for carrier in found.values() if carrier.network == carrier.id)
    if networks != get_args(NetworkCarrier):
        raise CatalogueError(
            f"carriers.csv gives networks to {', '.join(networks)}, and NetworkCarrier in assets/carriers.py to "
            f"{', '.join(get_args(NetworkCarrier))}: make them the same."
        )
    return MappingProxyType(found)


def _carrier(row: Mapping[Any, Any]) -> Carrier:
    return Carrier(met=int(row["met"] or 0), **{name: str(row[name]) for name in _TEXTS})


def _of(kind: str) -> tuple[str, ...]:
    return tuple(carrier.id for carrier in carriers().values() if carrier.kind == kind)


BOUGHT = _of("bought")
"""Carriers that the district's networks, tanks and lorries bring."""
FREE = _of("free")
"""What nature and other people's processes give: it has no network of its own, and no price unless one is told."""
NETWORKED = tuple(name for name in BOUGHT if carriers()[name].network == name)
"""Carriers that have a network of their own."""
WATERBORNE = tuple(name for name in NETWORKED if carriers()[name].medium == "water")
"""Carriers whose networks move water, with a supply and a return."""
PIPED = tuple(name for name in BOUGHT if carriers()[name].medium in {"water", "gas"})
"""Carriers that pipes hold."""
BY_LORRY = tuple(name for name in BOUGHT if not carriers()[name].network)
"""Carriers that lorries bring, as much as anybody wants."""
MET = tuple(sorted((name for name in BOUGHT if carriers()[name].met), key=lambda name: carriers()[name].met))
"""Carriers in the order they are met: who drives, before who is driven."""
RETAIL: Mapping[str, str] = MappingProxyType(
    {name: carriers()[name].retail for name in BOUGHT if carriers()[name].retail}
)
"""What buildings buy each carrier as, of those that they buy."""
