"""The table of plants and stores of a twin: what the outside connects as it is, and what a scenario builds."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyproj

from assets.conversions import conversion_cost
from assets.conversions.catalogue import conversions
from assets.economics import annuity, interest
from assets.sources.plants import source_cost, source_plants
from assets.storage.registry import store_kinds
from twin._errors import ScenarioError
from twin.scenario import PlantEdit

if TYPE_CHECKING:
    from twin.model.twin import Twin

FAMILIES = ("outside", "source", "conversion", "store")
COLUMNS = ("kind", "family", "carrier", "title", "size_kw", "capacity_kwh", "x_m", "y_m", "origin")
OUTSIDE: Mapping[str, tuple[str, str]] = {
    "outside_electricity": ("electricity", "The grid outside"),
    "outside_heat": ("heat", "District heat from outside"),
    "outside_gas": ("gas", "Gas from outside"),
    "outside_cold": ("cold", "District cold from outside"),
}
"""Carrier and title of the connections to the outside, by their kind. Their ids are the kinds with hyphens."""
AS_IS = ("outside_electricity", "outside_heat", "outside_gas")
"""Connections that a district has as it is, where it has the network; cold comes from outside if a scenario says so."""
_CLOSE = 0.45


@cache
def plant_kinds() -> pd.DataFrame:
    """Gather every kind of plant and store that a scenario may build.

    Returns
    -------
    pandas.DataFrame
        Index `kind`; `family` (of `FAMILIES`), `carrier` (what it is run for, or stores; empty where the model tells),
        `title`, `source`.
    """
    parts = [
        pd.DataFrame({"family": "outside", "carrier": carrier, "title": title, "source": ""}, index=[kind])
        for kind, (carrier, title) in OUTSIDE.items()
    ]
    for family, frame in (("source", source_plants()), ("conversion", conversions()), ("store", store_kinds())):
        carrier = frame["carrier"] if "carrier" in frame else frame["family"].map(_MAIN)
        parts.append(
            pd.DataFrame(
                {"family": family, "carrier": carrier, "title": frame["title"], "source": frame["source"]},
                index=frame.index,
            )
        )
    return pd.concat(parts).rename_axis("kind")


_MAIN = {
    "heat_pump": "heat",
    "boiler": "heat",
    "chp": "heat",
    "trigeneration": "cold",
    "chiller": "cold",
    "absorption": "cold",
    "free_cooling": "cold",
    "electrolyser": "hydrogen",
    "fuel_cell": "electricity",
    "methanation": "gas",
}
"""What conversions of a family are run for."""


def plant_table(twin: Twin) -> pd.DataFrame:
    """List the plants and stores of a twin under its scenario.

    Parameters
    ----------
    twin : Twin

    Returns
    -------
    pandas.DataFrame
        Index `plant`, its id; `kind`, `family`, `carrier`, `title`, `size_kw` (infinite where nothing limits a
        connection), `capacity_kwh` (of stores, else 0), `x_m`, `y_m` (in the district's CRS; NaN where nobody said: it
        stands where the network of its carrier begins), `origin` ("assumed" as it is, "edited" where a scenario had
        a hand in it).

    Raises
    ------
    ScenarioError
        Edits that do not fit, all at once, with the nearest word that does.
    """
    found = {kind.replace("_", "-"): _as_it_is(kind) for kind in AS_IS}
    findings: list[str] = []
    for number, edit in enumerate(twin.scenario.edits, start=1):
        if isinstance(edit, PlantEdit):
            told = _ACTIONS[edit.do](found, edit, twin)
            findings += [f"edit {number} (plant {edit.id}): {what}" for what in told]
    if findings:
        raise ScenarioError(findings)
    rows = [[row[name] for name in COLUMNS] for row in found.values()]
    frame = pd.DataFrame(rows, columns=list(COLUMNS), index=pd.Index(list(found), dtype=object, name="plant"))
    numbers = ["size_kw", "capacity_kwh", "x_m", "y_m"]
    return frame.astype(dict.fromkeys(numbers, np.float64))


def _as_it_is(kind: str) -> dict[str, Any]:
    carrier, title = OUTSIDE[kind]
    nowhere = {"x_m": np.nan, "y_m": np.nan, "capacity_kwh": 0.0}
    return {
        "kind": kind,
        "family": "outside",
        "carrier": carrier,
        "title": title,
        "size_kw": np.inf,
        **nowhere,
        "origin": "assumed",
    }


def _add(found: dict[str, dict[str, Any]], edit: PlantEdit, twin: Twin) -> list[str]:
    kinds = plant_kinds()
    if edit.id in found:
        return ["there is one of this name already; resize it, or give the new one another `id`"]
    if edit.kind not in kinds.index:
        near = _near(str(edit.kind), kinds.index) or f"; kinds are {', '.join(kinds.index)}"
        return [f"there is no kind {edit.kind}{near}"]
    row = kinds.loc[edit.kind]
    power, capacity, told = _sizes(edit, str(row["family"]), str(edit.kind))
    title = row["title"]
    found[edit.id] = {
        "kind": edit.kind,
        "family": row["family"],
        "carrier": row["carrier"],
        "title": title,
        "size_kw": power,
        "capacity_kwh": capacity,
        **_place(edit, twin),
        "origin": "edited",
    }
    return told


def _sizes(edit: PlantEdit, family: str, kind: str) -> tuple[float, float, list[str]]:
    """Power [kW] and capacity [kWh] of what is added; a store's other figure goes with the one that is told."""
    if family != "store":
        if edit.size_kw is None:
            return 0.0, 0.0, [f"{kind} is no store: give `size_kw`, the most that it gives of its main carrier"]
        return float(edit.size_kw), 0.0, []
    per_h = float(store_kinds().loc[kind, "discharge_per_h"])
    capacity = edit.capacity_kwh if edit.capacity_kwh is not None else float(edit.size_kw or 0.0) / per_h
    power = edit.size_kw if edit.size_kw is not None else per_h * float(capacity)
    return float(power), float(capacity), []


def _remove(found: dict[str, dict[str, Any]], edit: PlantEdit, _twin: Twin) -> list[str]:
    told = _missing(found, edit.id)
    found.pop(edit.id, None)
    return told


def _resize(found: dict[str, dict[str, Any]], edit: PlantEdit, _twin: Twin) -> list[str]:
    told = _missing(found, edit.id)
    if told:
        return told
    row = found[edit.id]
    if edit.capacity_kwh is not None and row["family"] != "store":
        return [f"{row['kind']} is no store: give `size_kw`"]
    if edit.capacity_kwh is not None:
        # Without a power of its own, it keeps the hours that it takes to empty it.
        if edit.size_kw is None:
            row["size_kw"] *= edit.capacity_kwh / row["capacity_kwh"]
        row["capacity_kwh"] = float(edit.capacity_kwh)
    if edit.size_kw is not None:
        row["size_kw"] = float(edit.size_kw)
    row["origin"] = "edited"
    return []


def _move(found: dict[str, dict[str, Any]], edit: PlantEdit, twin: Twin) -> list[str]:
    told = _missing(found, edit.id)
    if not told:
        found[edit.id] |= _place(edit, twin) | {"origin": "edited"}
    return told


_ACTIONS = {"add": _add, "remove": _remove, "resize": _resize, "move": _move}


def _missing(found: Mapping[str, Any], name: str) -> list[str]:
    if name in found:
        return []
    there = f"there are {', '.join(found)}" if found else "there is none left"
    return [f"there is no such plant{_near(name, found)}; {there}"]


def _near(word: str, words: Any) -> str:
    close = difflib.get_close_matches(word.lower().replace(" ", "_"), [str(w) for w in words], n=1, cutoff=_CLOSE)
    return f", did you mean {close[0]}?" if close else ""


def _place(edit: PlantEdit, twin: Twin) -> dict[str, float]:
    if edit.at is None:
        return {"x_m": np.nan, "y_m": np.nan}
    crs = twin.buildings.crs
    x, y = pyproj.Transformer.from_crs("EPSG:4326", crs, always_xy=True).transform(*edit.at)
    return {"x_m": float(x), "y_m": float(y)}


@dataclass(frozen=True)
class PlantCosts:
    """What a scenario's plants and stores cost.

    Attributes
    ----------
    eur : float
        Investment in what the scenario adds or makes larger [EUR].
    annuity_eur : float
        Spread over the lifetimes, with the yearly operation and maintenance [EUR/a].
    by_plant_eur : mapping of str to float
        Investment of each [EUR].
    sources : mapping of str to str
        Where each one's costs come from.
    """

    eur: float
    annuity_eur: float
    by_plant_eur: Mapping[str, float]
    sources: Mapping[str, str]


def plant_costs(twin: Twin) -> PlantCosts:
    """Price what a scenario builds; connections to the outside, which the networks' owners build, are not priced.

    Parameters
    ----------
    twin : Twin
    """
    plants = plant_table(twin)
    rate = interest(twin.country)
    by_plant: dict[str, float] = {}
    yearly = 0.0
    for name, row in plants[plants["family"] != "outside"].iterrows():
        eur, life, fixed = _cost(row)
        by_plant[str(name)] = eur
        yearly += float(annuity(eur, life, rate)) + fixed
    kinds = plant_kinds()["source"]
    sources = {str(name): str(kinds[plants.loc[name, "kind"]]) for name in by_plant}
    return PlantCosts(sum(by_plant.values()), yearly, by_plant, sources)


def _cost(row: pd.Series[Any]) -> tuple[float, float, float]:
    """Investment [EUR], lifetime [a], fixed operation [EUR/a] of a plant or store."""
    kind = str(row["kind"])
    if row["family"] == "store":
        known = store_kinds().loc[kind]
        return float(known["investment_eur_kwh"]) * float(row["capacity_kwh"]), float(known["lifetime_years"]), 0.0
    cost = source_cost if row["family"] == "source" else conversion_cost
    return cost(kind, float(row["size_kw"]))[:3]
