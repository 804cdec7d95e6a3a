"""Cables and transformers that a grid is built of."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd

from assets.catalogue import table

LOW, MEDIUM = "LV", "MV"


def cables(level: str | None = None, country: str | None = None) -> pd.DataFrame:
    """Cables of the catalogue, the thinnest first.

    Parameters
    ----------
    level : str, optional
        "LV" or "MV"; both by default.
    country : str, optional
        "FI" for those that Finland lays; all by default.

    Returns
    -------
    DataFrame
        Index: cable; columns as `attributes_power.csv` says.
    """
    return _cables(level, country).copy()


@cache
def _cables(level: str | None, country: str | None) -> pd.DataFrame:
    found = table("cables").set_index("cable")
    if level is not None:
        found = found[found["level"] == level]
    if country is not None:
        found = found[found["country"] == country]
    return found.sort_values(["level", "max_current_a"], kind="stable")


def transformers(rated_hv_kv: float | None = None, country: str | None = None) -> pd.DataFrame:
    """Return transformers of the catalogue, the smallest first.

    Parameters
    ----------
    rated_hv_kv : float, optional
        Upper voltage [kV]; all by default.
    country : str, optional
        "EU" for those of the Ecodesign regulation; all by default.

    Returns
    -------
    DataFrame
        Index: transformer; columns as `attributes_power.csv` says.
    """
    return _transformers(rated_hv_kv, country).copy()


@cache
def _transformers(rated_hv_kv: float | None, country: str | None) -> pd.DataFrame:
    found = table("transformers").set_index("transformer")
    if rated_hv_kv is not None:
        found = found[found["rated_hv_kv"] == rated_hv_kv]
    if country is not None:
        found = found[found["country"] == country]
    return found.sort_values("rated_kva", kind="stable")


def cable_capacity_kw(frame: pd.DataFrame, power_factor: float) -> pd.Series:
    """Return the power at 100 % current of each cable [kW]."""
    return np.sqrt(3) * frame["rated_kv"] * frame["max_current_a"] * power_factor
