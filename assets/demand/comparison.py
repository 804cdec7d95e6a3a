"""Modelled consumption beside what is published, by use and age."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from assets._errors import InputError
from assets.catalogue import country_table
from assets.demand.buildings import Demand

SMALLEST_M2 = 50.0
"""Kiosks and sheds below this are in no statistics of consumption (law 50/2013, 3 §: no energy certificate)."""
COLUMNS = (
    "use",
    "from_year",
    "to_year",
    "quantity",
    "n",
    "floor_area_m2",
    "modelled_kwh_m2",
    "low_kwh_m2",
    "high_kwh_m2",
    "within",
    "checked",
    "source",
)


def comparison(
    buildings: pd.DataFrame,
    space_heat_kwh: npt.ArrayLike,
    hot_water_kwh: npt.ArrayLike,
    electricity_kwh: npt.ArrayLike,
    *,
    degree_days: float | None = None,
    country: str = "FI",
) -> pd.DataFrame:
    """Put the modelled consumption of each use and age beside the range that is published for it.

    Parameters
    ----------
    buildings : DataFrame (n rows)
        Columns use, construction_year, floor_area_m2 (gross).
    space_heat_kwh, hot_water_kwh : array_like (n,)
        Heat for rooms and for hot water in a year, kWh, as a district heating meter would show it.
    electricity_kwh : array_like (n,)
        Electricity in a year without heating and cooling, kWh.
    degree_days : float, optional
        Heating degree days of the weather that was modelled, K d, from `heating_degree_days`. The heat of rooms is
        brought to the climate of the published range by their ratio, as is usual with measured heat (Motiva,
        *Kulutuksen normitus*). Left out, heat is compared as it is.
    country : str
        ISO 3166 alpha-2.

    Returns
    -------
    DataFrame
        One row for each use, age and quantity that occurs: n, floor_area_m2, modelled_kwh_m2 (all of the group's
        energy over all of its area), low_kwh_m2, high_kwh_m2, within, checked, source. Uses without published figures
        (garages) are left out, and so are buildings below 50 m².

    Raises
    ------
    InputError
        Columns are missing or lengths differ.
    """
    energy = {
        "heat of rooms": np.asarray(space_heat_kwh, dtype=float),
        "heat of hot water": np.asarray(hot_water_kwh, dtype=float),
        "electricity": np.asarray(electricity_kwh, dtype=float),
    }
    _check(buildings, energy)
    area = buildings["floor_area_m2"].to_numpy(dtype=float)
    year = buildings["construction_year"].to_numpy(dtype=float)
    rows = []
    for row in country_table("published_consumption", country).itertuples(index=False):
        group = (
            (buildings["use"].to_numpy() == row.use)
            & (year >= row.from_year)
            & (year <= row.to_year)
            & (area >= SMALLEST_M2)
        )
        if not group.any():
            continue
        of_group = {name: values[group].sum() for name, values in energy.items()}
        climate = 1.0 if degree_days is None or np.isnan(row.degree_days) else row.degree_days / degree_days
        total = (
            of_group["heat of rooms"] * climate + of_group["heat of hot water"]
            if row.quantity == "heat"
            else of_group["electricity"]
        )
        modelled = total / area[group].sum()
        rows.append(
            (row.use, row.from_year, row.to_year, row.quantity, int(group.sum()), area[group].sum(), modelled,
             row.low_kwh_m2, row.high_kwh_m2, row.low_kwh_m2 <= modelled <= row.high_kwh_m2, row.checked, row.source)
        )  # fmt: skip
    return pd.DataFrame(rows, columns=list(COLUMNS))


def annual_kwh(demand: Demand) -> dict[str, npt.NDArray[np.float64]]:
    """Sum a demand over the year, by the names that `comparison` takes.

    Parameters
    ----------
    demand : Demand
        n buildings over a year.

    Returns
    -------
    dict of ndarray (n,)
        space_heat_kwh, hot_water_kwh and electricity_kwh (appliances and light).
    """
    return {
        "space_heat_kwh": demand.space_heat_kw.sum(axis=1, dtype=np.float64),
        "hot_water_kwh": demand.hot_water_kw.sum(axis=1, dtype=np.float64),
        "electricity_kwh": demand.appliances_kw.sum(axis=1, dtype=np.float64)
        + demand.lighting_kw.sum(axis=1, dtype=np.float64),
    }


def heating_degree_days(air_temp_c: pd.Series, timezone: str) -> float:
    """Return the heating degree days S17 of a year, as the Finnish Meteorological Institute counts them.

    Days are left out when their mean exceeds 10 °C from January to June and 12 °C from July to December.

    Parameters
    ----------
    air_temp_c : Series (T,)
        Hourly outdoor air, °C, with a time-zone aware index.
    timezone : str
        IANA name of the zone whose days are counted.

    Returns
    -------
    float
        K d: sum of 17 °C less the day's mean.
    """
    index = pd.DatetimeIndex(air_temp_c.index).tz_convert(timezone)
    daily = air_temp_c.groupby(index.date).mean()
    month = np.array([date.month for date in daily.index])
    mean = daily.to_numpy(dtype=float)
    return float(np.where(mean <= np.where(month <= 6, 10.0, 12.0), 17.0 - mean, 0.0).sum())


def _check(buildings: pd.DataFrame, energy: dict[str, npt.NDArray[np.float64]]) -> None:
    lacking = [name for name in ("use", "construction_year", "floor_area_m2") if name not in buildings.columns]
    found = [f"buildings lack the column {', '.join(lacking)}"] if lacking else []
    found += [
        f"{len(values)} values of {name} for {len(buildings)} buildings: give one of each"
        for name, values in energy.items()
        if len(values) != len(buildings)
    ]
    if found:
        raise InputError(found)
