"""What the edits of a scenario ask of each network: which are laid anew, imported or gone, and what is done to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import pyproj
import shapely

from assets.carriers import NETWORKED, carriers
from assets.conversions.catalogue import conversions
from twin.model.plants import plant_table
from twin.networks.layout.wording import near
from twin.scenario import ElementEdit, NetworkEdit, Scenario
from twin.texts import Note

_TOUCHES: Mapping[str, tuple[str, ...]] = {
    "heat_pump": ("heat", "electricity"),
    "boiler": ("heat",),
    "chp": ("heat", "electricity"),
    "trigeneration": ("cold", "heat", "electricity", "gas"),
    "chiller": ("cold", "electricity"),
    "absorption": ("cold", "heat", "electricity"),
    "free_cooling": ("cold", "electricity"),
    "electrolyser": ("gas", "electricity", "heat"),
    "fuel_cell": ("electricity", "heat", "gas"),
    "methanation": ("gas", "electricity", "heat"),
}
"""Networks that conversions of a family are joined to, the one that they are run for first."""
_ELECTRIC = {
    "heat_pump": 0.4,
    "boiler": 1.05,
    "chp": 1.2,
    "trigeneration": 1.4,
    "chiller": 0.4,
    "electrolyser": 1.8,
    "fuel_cell": 1.0,
}
"""Electricity by what a conversion gives of what it is run for: the most that its cable must carry, assumed from the
catalogue of conversions (a heat pump's COP of 2.5, as much power as heat of a combined cycle); 0.1 of all others."""


@dataclass
class CarrierEdits:
    """What a scenario asks of one network.

    Attributes
    ----------
    base : str
        "as it is", "lay", "import" or "remove".
    number : int
        Of the edit that says so, from 1; 0 as it is.
    file : str
        To import.
    generation : str, optional
    supply_temp_c, hydrogen_share : float, optional
        At which it is run.
    laid_temp_c, laid_share : float, optional
        The same, as it was laid for: an edit that operates it otherwise does not change its pipes.
    operated : int
        Number of the last edit that operates it; 0 without.
    elements : list of (int, ElementEdit)
        Edits of single elements and their numbers.
    notes : list of Note
    """

    base: str = "as it is"
    number: int = 0
    file: str = ""
    generation: str | None = None
    supply_temp_c: float | None = None
    hydrogen_share: float | None = None
    laid_temp_c: float | None = None
    laid_share: float | None = None
    operated: int = 0
    elements: list[tuple[int, ElementEdit]] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)

    def told(self) -> tuple[Any, ...]:
        """All that makes a difference, to tell whether two are the same."""
        edits = [(number, edit.model_dump_json()) for number, edit in self.elements]
        run = (self.generation, self.supply_temp_c, self.hydrogen_share, self.laid_temp_c, self.laid_share)
        return (self.base, self.file, *run, edits, tuple(self.notes))


def edits_of(scenario: Scenario) -> tuple[dict[str, CarrierEdits], list[str]]:
    """Sort the edits of networks and elements by carrier.

    Parameters
    ----------
    scenario : Scenario

    Returns
    -------
    edits : dict of str to CarrierEdits
    findings : list of str
        Edits of elements of which nobody can tell the network.
    """
    found: dict[str, CarrierEdits] = {carrier: CarrierEdits() for carrier in NETWORKED}
    added: dict[str, str] = {}
    findings = []
    for number, edit in enumerate(scenario.edits, start=1):
        if isinstance(edit, NetworkEdit):
            _network(found[edit.carrier], edit, number)
        elif isinstance(edit, ElementEdit):
            carrier = edit.carrier or added.get(edit.id) or _carrier_of(edit.id)
            if carrier is None:
                words = f"ids begin with {', '.join(NETWORKED)}, as the map shows them{near(edit.id, added)}"
                findings.append(f"edit {number} (element {edit.id}): there is no such element; {words}")
                continue
            if edit.do == "add":
                added[edit.id] = carrier
            found[carrier].elements.append((number, edit))
    return found, findings


def _network(found: CarrierEdits, edit: NetworkEdit, number: int) -> None:
    if edit.do != "operate":
        if found.elements:
            some = tuple(str(k) for k, _ in found.elements)
            found.notes.append(Note("void", some, {"number": number, "carrier": edit.carrier}))
        found.base, found.number, found.file = edit.do, number, edit.file or ""
        found.generation, found.supply_temp_c, found.hydrogen_share = None, None, None
        found.laid_temp_c, found.laid_share = edit.supply_temp_c, edit.hydrogen_share
        found.elements, found.operated = [], 0
    else:
        found.operated = number
    found.generation = edit.generation or found.generation
    found.supply_temp_c = edit.supply_temp_c if edit.supply_temp_c is not None else found.supply_temp_c
    found.hydrogen_share = edit.hydrogen_share if edit.hydrogen_share is not None else found.hydrogen_share


def _carrier_of(name: str) -> str | None:
    return next((carrier for carrier in NETWORKED if name.startswith(f"{carrier}-")), None)


def plants_of(twin: Any) -> dict[str, tuple[pd.DataFrame, dict[str, float]]]:
    """Plants by the networks that they are joined to.

    Parameters
    ----------
    twin : Twin

    Returns
    -------
    dict of str to (DataFrame, dict)
        By carrier: rows of `twin.model.plants.plant_table`, and what passes between each and the network, by its size.

    Raises
    ------
    ScenarioError
        Edits of plants that do not fit.
    """
    table = plant_table(twin)
    found: dict[str, tuple[pd.DataFrame, dict[str, float]]] = {}
    for carrier in NETWORKED:
        share = {str(name): part for name, row in table.iterrows() if (part := _share(row, carrier)) > 0.0}
        found[carrier] = (table.loc[list(share)], share)
    return found


def main_carrier(row: pd.Series[Any]) -> str:
    """Network that a plant is run for, or a store stores."""
    return carriers()[row["carrier"]].network or str(row["carrier"])


def _share(row: pd.Series[Any], carrier: str) -> float:
    """Tell what passes between a plant and a network by its size; 0 where they have nothing to do with each other."""
    main = main_carrier(row)
    if carrier == main:
        return 1.0
    if row["family"] != "conversion":
        pumped = row["family"] == "source" or (row["family"] == "store" and main in {"cold", "gas"})
        return 0.1 if carrier == "electricity" and pumped else 0.0
    family = str(conversions().loc[row["kind"], "family"])
    fuelled = carrier == "gas" and "gas" in str(row["kind"])
    if carrier not in _TOUCHES[family] and not fuelled and not (family == "boiler" and carrier == "electricity"):
        return 0.0
    if carrier == "electricity":
        electric = family != "boiler" or row["kind"] == "boiler_electric"
        return _ELECTRIC.get(family, 0.1) if electric else 0.02
    return 2.0 if carrier == "gas" else 1.5


def lines_of(elements: Sequence[tuple[int, ElementEdit]], crs: Any) -> list[Any]:
    """Lines of edits in the district's CRS; None where one has none."""
    to_metres = pyproj.Transformer.from_crs("EPSG:4326", crs, always_xy=True)
    found: list[Any] = []
    for _, edit in elements:
        if edit.line is None:
            found.append(None)
            continue
        x, y = to_metres.transform(*np.array(edit.line, dtype=np.float64).T)
        found.append(shapely.linestrings(np.column_stack([x, y])))
    return found
