"""Modelled consumption beside what is published, by use and age."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from assets._errors import InputError
from assets.catalogue import country_table
from assets.demand.buildings import Demand

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
    heat_kwh: npt.ArrayLike,
    electricity_kwh: npt.ArrayLike,
    country: str = "FI",
) -> pd.DataFrame:
    """Put the modelled consumption of each use and age beside the range that is published for it.

    Parameters
    ----------
    buildings : DataFrame (n rows)
        Columns use, construction_year, floor_area_m2 (gross).
    heat_kwh : array_like (n,)
        Heat for rooms and hot water in a year, kWh, as a district heating meter would show it.
    electricity_kwh : array_like (n,)
        Electricity in a year without heating and cooling, kWh.
    country : str
        ISO 3166 alpha-2.

    Returns
    -------
    DataFrame
        One row for each use, age and quantity that occurs: n, floor_area_m2, modelled_kwh_m2 (all of the group's
        energy over all of its area), low_kwh_m2, high_kwh_m2, within, checked, source. Uses without published figures
        (garages) are left out, and so are buildings without floor area.

    Raises
    ------
    InputError
        Columns are missing or lengths differ.
    """
    lacking = [name for name in ("use", "construction_year", "floor_area_m2") if name not in buildings.columns]
    energy = {"heat": np.asarray(heat_kwh, dtype=float), "electricity": np.asarray(electricity_kwh, dtype=float)}
    found = [f"buildings lack the column {', '.join(lacking)}"] if lacking else []
    found += [
        f"{len(values)} values of {name} for {len(buildings)} buildings: give one of each"
        for name, values in energy.items()
        if len(values) != len(buildings)
    ]
    if found:
        raise InputError(found)
    published = country_table("published_consumption", country)
    area = buildings["floor_area_m2"].to_numpy(dtype=float)
    year = buildings["construction_year"].to_numpy(dtype=float)
    rows = []
    for row in published.itertuples(index=False):
        group = (
            (buildings["use"].to_numpy() == row.use) & (year >= row.from_year) & (year <= row.to_year) & (area > 0.0)
        )
        if not group.any():
            continue
        modelled = energy[row.quantity][group].sum() / area[group].sum()
        rows.append(
            (row.use, row.from_year, row.to_year, row.quantity, int(group.sum()), area[group].sum(), modelled,
             row.low_kwh_m2, row.high_kwh_m2, row.low_kwh_m2 <= modelled <= row.high_kwh_m2, row.checked, row.source)
        )  # fmt: skip
    return pd.DataFrame(rows, columns=list(COLUMNS))


def annual_kwh(demand: Demand) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return heat and electricity of a year for `comparison`.

    Parameters
    ----------
    demand : Demand
        n buildings over a year.

    Returns
    -------
    heat_kwh, electricity_kwh : ndarray (n,)
        kWh.
    """
    heat = demand.space_heat_kw.sum(axis=1, dtype=float) + demand.hot_water_kw.sum(axis=1, dtype=float)
    electricity = demand.appliances_kw.sum(axis=1, dtype=float) + demand.lighting_kw.sum(axis=1, dtype=float)
    return heat, electricity
