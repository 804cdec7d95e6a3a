"""Urban waste heat: data centres, food stores, ice rinks, industry and metro, by the hour."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from assets.catalogue import table
from assets.sources._validate import done, each, hourly, known
from assets.sources.heat_source import HeatSource

Array = npt.NDArray[np.float64]

YEAR_H = 8760.0


def waste_heat_kinds() -> pd.DataFrame:
    """Catalogue of waste heat, index `source_kind`: heat by size, temperature, how far it may be cooled, source."""
    return table("waste_heat").set_index("source_kind")


def waste_heat_power(
    source_kind: Sequence[str],
    size: npt.ArrayLike,
    *,
    index: pd.DatetimeIndex,
    timezone: str,
    air_temp_c: npt.ArrayLike,
) -> Array:
    """Heat that sources give off, hour by hour.

    Parameters
    ----------
    source_kind : sequence of str, length n
        Of `waste_heat.csv`: "data_centre", "supermarket", "ice_rink", "industry", "metro".
    size : array_like, shape (n,)
        In the catalogue's `size_unit`.
    index : DatetimeIndex, length T
        Start of each hour, tz-aware.
    timezone : str
        Of the people whose day and week it follows.
    air_temp_c : array_like, shape (T,)
        [°C]: cooling gives more when it is warm.

    Returns
    -------
    ndarray, shape (n, T)
        [kW]. A year gives the catalogue's heat a size, other spans their share of a year.

    Raises
    ------
    InputError
        Names, shapes or numbers that cannot be; all findings at once.
    """
    findings: list[str] = []
    known(findings, source_kind, waste_heat_kinds().index, "waste heat")
    sizes = each(findings, "size", size, len(source_kind), low=0.0)
    air = hourly(findings, "air_temp_c", air_temp_c, len(index), low=-90.0, high=60.0)
    if index.tz is None:
        findings.append("the index has no time zone: localise it to UTC")
    done(findings)
    kinds, code = np.unique(np.asarray(source_kind, dtype=str), return_inverse=True)
    shapes = np.zeros((len(kinds), len(index)))
    for k, kind in enumerate(kinds):
        shapes[k] = _shape(waste_heat_kinds().loc[kind], index.tz_convert(timezone), air)
    yearly = waste_heat_kinds().loc[list(source_kind), "heat_kwh_unit_a"].to_numpy(dtype=np.float64) * sizes
    return np.asarray(shapes[code] * (yearly / YEAR_H)[:, None])


def waste_heat_temperature(source_kind: str, air_temp_c: npt.ArrayLike) -> Array:
    """Temperature at which waste heat can be taken up, shape (T,) [°C].

    Parameters
    ----------
    source_kind : str
        Of `waste_heat.csv`.
    air_temp_c : array_like, shape (T,)
        [°C].
    """
    findings: list[str] = []
    known(findings, [source_kind], waste_heat_kinds().index, "waste heat")
    air = hourly(findings, "air_temp_c", air_temp_c, low=-90.0, high=60.0)
    done(findings)
    row = waste_heat_kinds().loc[source_kind]
    temp = row["base_temp_c"] + row["temp_per_air"] * air
    return np.asarray(np.clip(temp, row["least_temp_c"], row["most_temp_c"]))


def waste_heat_source(
    source_kind: str,
    size: float,
    *,
    index: pd.DatetimeIndex,
    timezone: str,
    air_temp_c: npt.ArrayLike,
    pump_share: float = 0.01,
) -> HeatSource:
    """One source of waste heat for heat pumps, or to use as it is (`direct_heat_technology`).

    Parameters
    ----------
    source_kind, size, index, timezone, air_temp_c
        As in `waste_heat_power`.
    pump_share : float
        Electricity of fans and pumps per kWh of heat; assumed.
    """
    heat = waste_heat_power([source_kind], [size], index=index, timezone=timezone, air_temp_c=air_temp_c)[0]
    limit = float(waste_heat_kinds().loc[source_kind, "return_limit_c"])
    return HeatSource("waste_heat", waste_heat_temperature(source_kind, air_temp_c), heat, limit, pump_share)


def _shape(row: pd.Series, local: pd.DatetimeIndex, air: Array) -> Array:
    """Heat of each hour over the mean of the span."""
    hours = table("waste_heat_hours")
    hours = hours[hours["profile"] == row["profile"]].sort_values("hour")
    months = table("waste_heat_months")
    months = months[months["profile"] == row["profile"]].sort_values("month")
    day = np.clip(local.dayofweek - 4, 0, 2)
    rhythm = hours[["weekday", "saturday", "sunday"]].to_numpy(dtype=np.float64)[local.hour, day]
    season = months["share"].to_numpy(dtype=np.float64)[local.month - 1]
    warm = 1.0 + row["more_per_k"] * np.maximum(air - row["warm_from_c"], 0.0)
    shape = rhythm * season * warm
    whole = len(local) >= YEAR_H
    # Within a year, a span in which nothing runs gives nothing: its mean is that of the profile.
    mean = shape.mean() if whole else float(rhythm.mean() * months["share"].mean() * warm.mean())
    return np.asarray(shape / mean if mean > 0.0 else shape)
