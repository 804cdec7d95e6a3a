"""The networks outside: electricity with peak and valley prices or hourly ones, gas, district heat."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from assets._errors import CatalogueError
from assets.catalogue import country_table, table
from assets.sources._validate import done, hourly, known
from assets.sources.delivery import Delivery, steady
from assets.sources.fuels import fuel_delivery

Array = npt.NDArray[np.float64]

_DAYS = {"all": range(7), "mon_sat": range(6), "mon_fri": range(5), "sat_sun": range(5, 7)}
_SUNDAY = 6
_FALLBACK = "FI"


@dataclass(frozen=True)
class PeakValley:
    """Time-of-use tariff over a span.

    Attributes
    ----------
    price_eur_kwh : ndarray, shape (T,)
    band : ndarray of str, shape (T,)
        "sharp", "peak", "flat" or "valley".
    """

    price_eur_kwh: Array
    band: npt.NDArray[np.str_]


def time_of_use_tariffs() -> pd.DataFrame:
    """Catalogue of tariffs: the first row that fits an hour is its band."""
    return table("time_of_use")


def peak_valley(
    tariff: str,
    index: pd.DatetimeIndex,
    timezone: str,
    *,
    holidays: Collection[date] = (),
    tariffs: pd.DataFrame | None = None,
) -> PeakValley:
    """Price of each hour by a tariff's local clock.

    Parameters
    ----------
    tariff : str
        Of `time_of_use.csv`, or of `tariffs`.
    index : DatetimeIndex, length T
        Start of each hour, tz-aware. An hour that the change of clocks skips or repeats is what the clock shows.
    timezone : str
        Of the tariff.
    holidays : collection of date
        Days that count as Sundays.
    tariffs : DataFrame, optional
        Other tariffs, with the columns of `time_of_use.csv`.

    Returns
    -------
    PeakValley

    Raises
    ------
    InputError
        No such tariff, an index without zone, or hours that no band covers.
    """
    rows = time_of_use_tariffs() if tariffs is None else tariffs
    findings: list[str] = []
    known(findings, [tariff], rows["tariff"].unique(), "time-of-use tariff")
    if index.tz is None:
        findings.append("the index has no time zone: localise it to UTC")
    done(findings)
    local = index.tz_convert(timezone)
    days = np.array(local.dayofweek)
    if holidays:
        days[np.isin(np.array(local.date, dtype="datetime64[D]"), np.array(list(holidays), dtype="datetime64[D]"))] = (
            _SUNDAY
        )
    price = np.full(len(index), np.nan)
    band = np.full(len(index), "", dtype="U16")
    for row in rows[rows["tariff"] == tariff].itertuples():
        hit = _within(local.month.to_numpy(), row.first_month, row.last_month, closed=True)
        hit &= _within(local.hour.to_numpy(), row.from_h, row.to_h, closed=False)
        hit &= np.isin(days, list(_DAYS[str(row.days)])) & (band == "")
        price[hit], band[hit] = row.price_eur_kwh, str(row.band)
    bare = np.flatnonzero(band == "")
    if bare.size:
        findings.append(
            f"the tariff {tariff} has no band for {bare.size} hours, first {local[bare[0]]}: add a row for all others"
        )
    done(findings)
    return PeakValley(price, band)


def outside_electricity(
    price_eur_kwh: npt.ArrayLike,
    *,
    adders_eur_kwh: npt.ArrayLike = 0.0,
    connection_kw: npt.ArrayLike = np.inf,
    feed_in_kw: npt.ArrayLike = np.inf,
    feed_in_margin_eur_kwh: float = 0.003,
    fossil_kgco2_kwh: npt.ArrayLike | None = None,
    country: str = "FI",
) -> Delivery:
    """Electricity of the grid outside, bought and sold.

    Parameters
    ----------
    price_eur_kwh : array_like, shape (T,)
        Of the energy [EUR/kWh]: a market's hourly price, or `peak_valley(...).price_eur_kwh`.
    adders_eur_kwh : array_like, shape () or (T,)
        Distribution, tax and margin on what is bought [EUR/kWh], 0 or more.
    connection_kw, feed_in_kw : array_like, shape () or (T,)
        Most that the connection lets in and out [kW].
    feed_in_margin_eur_kwh : float
        What the buyer of the district's own electricity keeps of the energy's price [EUR/kWh]: 0.3 c/kWh as in
        `tariffs_fi.csv`.
    fossil_kgco2_kwh : array_like, shape () or (T,), optional
        Emissions [kg/kWh]; the country's mean by default.
    country : str
        ISO 3166 code.

    Returns
    -------
    Delivery
    """
    findings: list[str] = []
    price = hourly(findings, "price_eur_kwh", price_eur_kwh, low=-10.0, high=100.0)
    adders = hourly(findings, "adders_eur_kwh", adders_eur_kwh, len(price), low=0.0, high=10.0)
    if not feed_in_margin_eur_kwh >= 0.0:
        findings.append(f"feed_in_margin_eur_kwh is {feed_in_margin_eur_kwh:g}: give 0 or more")
    done(findings)
    return steady(
        "electricity",
        len(price),
        price + adders,
        available_kw=connection_kw,
        fossil_kgco2_kwh=_emission("electricity", country) if fossil_kgco2_kwh is None else fossil_kgco2_kwh,
        taken_back_kw=feed_in_kw,
        taken_back_eur_kwh=price - feed_in_margin_eur_kwh,
    )


def outside_heat(
    index: pd.DatetimeIndex,
    timezone: str,
    *,
    price_eur_kwh: npt.ArrayLike | None = None,
    available_kw: npt.ArrayLike = np.inf,
    taken_back_kw: npt.ArrayLike = 0.0,
    taken_back_share: float = 0.0,
    fossil_kgco2_kwh: npt.ArrayLike | None = None,
    country: str = "FI",
) -> Delivery:
    """District heat of the network outside.

    Parameters
    ----------
    index : DatetimeIndex, length T
        Start of each hour, tz-aware.
    timezone : str
        Whose months the price goes by.
    price_eur_kwh : array_like, shape () or (T,), optional
        The country's price by months by default [EUR/kWh].
    available_kw : array_like, shape () or (T,)
        Most that the connection gives [kW].
    taken_back_kw : array_like, shape () or (T,)
        Heat that the network outside takes of the district [kW]: open district heating.
    taken_back_share : float
        Share of the price that it pays for it [0 to 1].
    fossil_kgco2_kwh : array_like, shape () or (T,), optional
        Emissions [kg/kWh]; the country's by default.
    country : str
        ISO 3166 code.
    """
    findings: list[str] = []
    if index.tz is None:
        findings.append("the index has no time zone: localise it to UTC")
    if not 0.0 <= taken_back_share <= 1.0:
        findings.append(f"taken_back_share is {taken_back_share:g}: give a share from 0 to 1")
    done(findings)
    if price_eur_kwh is None:
        rows = _of(country, "tariffs")
        rows = rows[(rows["carrier"] == "heat") & (rows["component"] == "energy")].set_index("month")
        price = rows["eur_kwh"].loc[index.tz_convert(timezone).month].to_numpy(dtype=np.float64)
    else:
        price = hourly(findings, "price_eur_kwh", price_eur_kwh, len(index), low=-10.0, high=100.0)
        done(findings)
    return steady(
        "heat",
        len(index),
        price,
        available_kw=available_kw,
        fossil_kgco2_kwh=_emission("heat", country) if fossil_kgco2_kwh is None else fossil_kgco2_kwh,
        taken_back_kw=taken_back_kw,
        taken_back_eur_kwh=taken_back_share * np.maximum(price, 0.0) + np.minimum(price, 0.0),
    )


def outside_gas(
    hours: int = 8760,
    *,
    price_eur_kwh: npt.ArrayLike | None = None,
    available_kw: npt.ArrayLike = np.inf,
    biogas_share: float = 0.0,
) -> Delivery:
    """Gas of the grid outside.

    Parameters
    ----------
    hours : int
        T.
    price_eur_kwh : array_like, shape () or (T,), optional
        The catalogue's by default, of both parts [EUR/kWh].
    available_kw : array_like, shape () or (T,)
        Most that the connection gives [kW].
    biogas_share : float
        Share of its energy that is biomethane [0 to 1].
    """
    findings: list[str] = []
    if not 0.0 <= biogas_share <= 1.0:
        findings.append(f"biogas_share is {biogas_share:g}: give a share from 0 to 1")
    done(findings)
    fossil, grown = (fuel_delivery(name, hours) for name in ("natural_gas", "biogas"))
    mixed = (1 - biogas_share) * fossil.price_eur_kwh + biogas_share * grown.price_eur_kwh
    return steady(
        "gas",
        hours,
        mixed if price_eur_kwh is None else price_eur_kwh,
        available_kw=available_kw,
        fossil_kgco2_kwh=(1 - biogas_share) * fossil.fossil_kgco2_kwh,
        biogenic_kgco2_kwh=biogas_share * grown.biogenic_kgco2_kwh,
    )


def _within(values: npt.NDArray[np.int32], first: int, last: int, *, closed: bool) -> npt.NDArray[np.bool_]:
    """Whether clock values lie between two of them, over the turn of the year or the day where the last is less."""
    after, before = values >= first, (values <= last) if closed else (values < last)
    return np.asarray(after & before if first <= last else after | before)


def _of(country: str, kind: str) -> pd.DataFrame:
    """Table of a country; Finland's where it has none."""
    try:
        return country_table(kind, country)
    except CatalogueError:
        return country_table(kind, _FALLBACK)


def _emission(carrier: str, country: str) -> float:
    rows = _of(country, "emission_factors").set_index("carrier")
    return float(rows.loc[carrier, "kgco2_kwh"])
