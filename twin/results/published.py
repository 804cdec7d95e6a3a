"""Modelled consumption beside published figures of what such buildings consume."""

from __future__ import annotations

import pandas as pd

from assets.building_systems.supply import heating_systems
from assets.demand import comparison, heating_degree_days
from twin.results.results import Results
from twin.results.totals import totals


def beside_published(results: Results) -> pd.DataFrame:
    """Put heat and electricity per floor area, by use and age, beside the published range of each.

    Published heat is what a district heating meter shows, so the substation's loss is added to the modelled heat; it is
    brought to the climate of the published range by heating degree days.

    Parameters
    ----------
    results : Results
        Of a run, or loaded.

    Returns
    -------
    pandas.DataFrame
        As `assets.demand.comparison`: a row for each use, age and quantity with `n`, `floor_area_m2`,
        `modelled_kwh_m2`, `low_kwh_m2`, `high_kwh_m2`, `within`, `checked` and `source`.
    """
    dataset = results.dataset
    sums = totals(dataset)[0]
    substation = heating_systems().loc["district_heating"]
    buildings = pd.DataFrame(
        {name: dataset[name].to_numpy() for name in ("use", "construction_year", "floor_area_m2")},
    )
    air = pd.Series(dataset["air_temp_c"].to_numpy(), index=pd.DatetimeIndex(dataset["time"].to_numpy(), tz="UTC"))
    return comparison(
        buildings,
        sums["space_heat_kwh"] / float(substation["space_heat_efficiency"]),
        sums["hot_water_kwh"] / float(substation["hot_water_efficiency"]),
        sums["appliances_kwh"] + sums["lighting_kwh"],
        degree_days=heating_degree_days(air, dataset.attrs["timezone"]),
        country=dataset.attrs["country"],
    )
