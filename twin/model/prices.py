"""What energy costs and emits, per carrier: the catalogue's figures and a scenario's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
import pandas as pd

from assets import catalogue
from assets.carriers import RETAIL

EXPORT = "electricity_export"
"""What prices call the electricity that buildings sell, beside the ids of the carriers that they buy."""
PRICED = (*RETAIL, EXPORT)
"""What has a price."""
FLAT: Mapping[str, str] = MappingProxyType({c: name for c, name in RETAIL.items() if c not in {"electricity", "heat"}})
"""Retail names of the carriers that cost the same in every hour, by id; prices of the others are series in results."""
Months = tuple[float, ...]


@dataclass(frozen=True)
class Prices:
    """Prices per energy, VAT and taxes included.

    Attributes
    ----------
    eur_kwh : mapping of str to 12 floats
        Price of each of `PRICED` in each month [EUR/kWh].
    source : mapping of str to str
        Where each carrier's price comes from.
    tariff : str
        Of time_of_use.csv: what electricity costs by the local clock, in the place of its months; empty without one.
    """

    eur_kwh: Mapping[str, Months]
    source: Mapping[str, str]
    tariff: str = ""

    def hourly(self, carrier: str, month: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
        """Price of every hour [EUR/kWh], for hours in the months 1 to 12."""
        return np.asarray(self.eur_kwh[carrier])[month - 1]

    def of_hours(self, carrier: str, index: pd.DatetimeIndex, timezone: str) -> npt.NDArray[np.float64]:
        """Price of every hour [EUR/kWh], electricity's by its tariff where it has one.

        Parameters
        ----------
        carrier : str
        index : DatetimeIndex, length T
            Start of each hour, tz-aware.
        timezone : str
            Of the clocks and months that prices go by.
        """
        if self.tariff and carrier == "electricity":
            from assets.sources import peak_valley  # noqa: PLC0415  models that most runs do not need

            return peak_valley(self.tariff, index, timezone).price_eur_kwh
        return self.hourly(carrier, index.tz_convert(timezone).month.to_numpy().astype(np.int64))

    def with_tariff(self, name: str) -> Prices:
        """Return the same prices with electricity by a tariff of time_of_use.csv."""
        rows = catalogue.table("time_of_use")
        told = "; ".join(dict.fromkeys(rows.loc[rows["tariff"] == name, "source"]))
        return replace(self, tariff=name, source=MappingProxyType({**self.source, "electricity": f"{name}: {told}"}))

    def with_price(self, carrier: str, eur_kwh: float) -> Prices:
        """Return the same prices with one carrier's replaced in every hour."""
        return replace(
            self,
            tariff="" if carrier == "electricity" else self.tariff,
            eur_kwh=MappingProxyType({**self.eur_kwh, carrier: (eur_kwh,) * 12}),
            source=MappingProxyType({**self.source, carrier: "edited"}),
        )


@dataclass(frozen=True)
class EmissionFactors:
    """Emissions per energy bought.

    Attributes
    ----------
    kgco2_kwh : mapping of str to float
        Of each carrier [kgCO2/kWh].
    source : mapping of str to str
        Where each carrier's factor comes from.
    """

    kgco2_kwh: Mapping[str, float]
    source: Mapping[str, str]

    def with_factor(self, carrier: str, kgco2_kwh: float) -> EmissionFactors:
        """Return the same factors with one carrier's replaced."""
        return replace(
            self,
            kgco2_kwh=MappingProxyType({**self.kgco2_kwh, carrier: kgco2_kwh}),
            source=MappingProxyType({**self.source, carrier: "edited"}),
        )


@cache
def prices_of(country: str) -> Prices:
    """Read the catalogue's tariffs of a country; Finland's where it has none.

    Parameters
    ----------
    country : str
        ISO 3166 code.
    """
    table = _read("tariffs", country)
    months: dict[str, Months] = {}
    for carrier in PRICED:
        rows = table[table["carrier"] == carrier]
        flat = rows.loc[rows["month"].isna(), "eur_kwh"].sum()
        by_month = rows.dropna(subset=["month"]).groupby("month")["eur_kwh"].sum()
        months[carrier] = tuple(round(float(flat + by_month.get(month, 0.0)), 6) for month in range(1, 13))
    return Prices(MappingProxyType(months), MappingProxyType(_sources(table)))


@cache
def emission_factors_of(country: str) -> EmissionFactors:
    """Read the catalogue's emission factors of a country; Finland's where it has none."""
    table = _read("emission_factors", country)
    factors = {str(carrier): float(value) for carrier, value in zip(table["carrier"], table["kgco2_kwh"], strict=True)}
    return EmissionFactors(MappingProxyType(factors), MappingProxyType(_sources(table)))


def _sources(table: pd.DataFrame) -> dict[str, str]:
    """Join the sources of each carrier's rows with their years, without repeating one."""
    rows = table[table["source"].str.lower() != "as above"]
    told = rows["source"] + " [" + rows["year"].astype(str) + "]"
    return {str(carrier): "; ".join(dict.fromkeys(said)) for carrier, said in told.groupby(rows["carrier"])}


def _read(name: str, country: str) -> pd.DataFrame:
    folder = resources.files("assets") / "catalogue"
    file = folder / f"{name}_{country.lower()}.csv"
    if not file.is_file():
        file = folder / f"{name}_fi.csv"
    with file.open(encoding="utf-8") as text:
        return pd.read_csv(text)
