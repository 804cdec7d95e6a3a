"""Every conversion of the catalogue by its name: the one door that a district's model goes through."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from assets.conversions.absorption_chiller import absorption_technology
from assets.conversions.boiler import boiler_technology
from assets.conversions.catalogue import check_size, conversion_of, conversions
from assets.conversions.chiller import chiller_technology
from assets.conversions.chp import chp_technology
from assets.conversions.electrolyser import electrolyser_technology
from assets.conversions.free_cooling import free_cooling_technology
from assets.conversions.fuel_cell import fuel_cell_technology
from assets.conversions.large_heat_pump import heat_pump_technology
from assets.conversions.methanation import methanation_technology
from assets.conversions.site import ConversionSite
from assets.conversions.trigeneration import trigeneration_technology
from assets.sources.heat_source import HeatSource
from assets.technology import Technology

TRIGENERATION_CHILLER = "phoenix"
"""Absorption chiller of trigeneration plants, of `conversions_absorption.csv`."""


def conversion_kinds() -> list[str]:
    """Names of all conversions of the catalogue."""
    return [str(name) for name in conversions().index]


def technology_of(kind: str, size_kw: float, site: ConversionSite) -> Technology:
    """Tell what a conversion of the catalogue can do at a site, hour by hour.

    Parameters
    ----------
    kind : str
        Of `conversions.csv`.
    size_kw : float
        Power of its main carrier at its reference conditions [kW].
    site : ConversionSite
        Hourly conditions, with the source that a heat pump draws from. Chillers and free cooling by water need, or
        where a cooling tower can stand in for it may have, a source "water".

    Returns
    -------
    Technology
        At full load; the modules' `..._year` functions tell what part load costs.

    Raises
    ------
    InputError
        There is no such conversion, the size is negative or the site lacks what it draws from.
    """
    row = conversion_of(kind)
    check_size(kind, size_kw)
    return _FAMILIES[str(row["family"])](row, float(size_kw), site)


def _heat_pump(row: pd.Series[Any], size_kw: float, site: ConversionSite) -> Technology:
    source = site.source(str(row["draws_on"]))
    return heat_pump_technology(str(row["model"]), size_kw, site, source, least_share=float(row["least_share"]))


def _boiler(row: pd.Series[Any], size_kw: float, site: ConversionSite) -> Technology:
    return boiler_technology(str(row["model"]), size_kw, site, least_share=float(row["least_share"]))


def _chp(row: pd.Series[Any], size_kw: float, site: ConversionSite) -> Technology:
    return chp_technology(str(row["model"]), size_kw, site, least_share=float(row["least_share"]))


def _trigeneration(row: pd.Series[Any], size_kw: float, site: ConversionSite) -> Technology:
    return trigeneration_technology(
        str(row["model"]),
        TRIGENERATION_CHILLER,
        size_kw,
        site,
        _water(row, site),
        least_share=float(row["least_share"]),
    )


def _chiller(row: pd.Series[Any], size_kw: float, site: ConversionSite) -> Technology:
    return chiller_technology(
        str(row["model"]), size_kw, site, _water(row, site), least_share=float(row["least_share"])
    )


def _absorption(row: pd.Series[Any], size_kw: float, site: ConversionSite) -> Technology:
    return absorption_technology(
        str(row["model"]), size_kw, site, _water(row, site), least_share=float(row["least_share"])
    )


def _free_cooling(row: pd.Series[Any], size_kw: float, site: ConversionSite) -> Technology:
    medium = site.source(str(row["draws_on"]))
    return free_cooling_technology(str(row["model"]), size_kw, site, medium, least_share=float(row["least_share"]))


def _electrolyser(row: pd.Series[Any], size_kw: float, site: ConversionSite) -> Technology:
    return electrolyser_technology(str(row["model"]), size_kw, site, least_share=float(row["least_share"]))


def _fuel_cell(row: pd.Series[Any], size_kw: float, site: ConversionSite) -> Technology:
    return fuel_cell_technology(str(row["model"]), size_kw, site, least_share=float(row["least_share"]))


def _methanation(row: pd.Series[Any], size_kw: float, site: ConversionSite) -> Technology:
    return methanation_technology(size_kw, site, model=str(row["model"]), least_share=float(row["least_share"]))


def _water(row: pd.Series[Any], site: ConversionSite) -> HeatSource | None:
    return site.sources.get("water") if row["draws_on"] == "water" else None


_FAMILIES: Mapping[str, Callable[[pd.Series[Any], float, ConversionSite], Technology]] = {
    "heat_pump": _heat_pump,
    "boiler": _boiler,
    "chp": _chp,
    "trigeneration": _trigeneration,
    "chiller": _chiller,
    "absorption": _absorption,
    "free_cooling": _free_cooling,
    "electrolyser": _electrolyser,
    "fuel_cell": _fuel_cell,
    "methanation": _methanation,
}
