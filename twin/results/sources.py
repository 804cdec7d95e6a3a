"""What figures rest on: the sources behind a run, in words, with the kind of each."""

from __future__ import annotations

import json
from typing import Any

import xarray as xr

from assets.catalogue import table

NO_COSTS = "No measures, no costs"
_PRICED = ("price_sources", "emission_factor_sources", "investment_sources")


def sources_of(dataset: xr.Dataset) -> dict[str, dict[str, Any]]:
    """Gather the sources of a run.

    Parameters
    ----------
    dataset : xarray.Dataset
        Of a run.

    Returns
    -------
    dict
        By a word (`map`, `buildings`, `weather`, `modules`, `cars`, `prices`, `emission_factors`, `costs`,
        `scenario`): `what`, `kind` (`measured`, `modelled`, `assumed`, `synthetic`, `input`) and `source`, a text.
    """
    attrs = dataset.attrs
    prices, factors, costs = (_joined(str(attrs.get(name, "{}"))) for name in _PRICED)
    weather = str(attrs.get("weather_source", ""))
    found = {
        "map": ("The map", "input", f"{attrs.get('attribution', '')} ({attrs.get('data_date', '')})"),
        "buildings": (
            "Archetypes of buildings by use and age, ISO 13790",
            "assumed",
            "Building codes and published consumption as named in the catalogue of archetypes",
        ),
        "weather": ("The weather", str(attrs.get("weather_kind", "")), weather),
        "modules": ("Solar panels", "assumed", "; ".join(dict.fromkeys(table("pv_modules")["source"]))),
        "cars": ("Charging sessions", "modelled", str(table("ev_sessions")["source"].iloc[0])),
        "prices": ("Energy prices", "assumed", prices),
        "emission_factors": ("Emission factors", "assumed", factors),
        "costs": ("Costs of measures", "assumed", costs or NO_COSTS),
        "scenario": ("The scenario", "input", str(attrs.get("scenario_name", ""))),
    }
    return {word: {"what": what, "kind": kind, "source": source} for word, (what, kind, source) in found.items()}


def _joined(told: str) -> str:
    return "; ".join(dict.fromkeys(str(text) for text in json.loads(told).values()))
