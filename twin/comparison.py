"""Two results side by side."""

from __future__ import annotations

from typing import Any

import pandas as pd

from twin._errors import ResultsError
from twin.indicators import district_kpis, kpi_table
from twin.key_figures import kpi_catalogue
from twin.results import Results


def compare(results_a: Results, results_b: Results) -> pd.DataFrame:
    """Compare the district's KPIs of two results, the second against the first.

    Parameters
    ----------
    results_a, results_b : Results
        Of the same district.

    Returns
    -------
    pandas.DataFrame
        Index KPI id; `label`, `unit`, `better`, a column per scenario, `change` (second less first), `change_pct`
        (of the first; NaN where that is zero). NaN where a figure can't be told.

    Raises
    ------
    ResultsError
        Where they are of two districts.
    """
    _same_district(results_a, results_b)
    rows: dict[str, dict[str, Any]] = {}
    first, second = (_district_values(results) for results in (results_a, results_b))
    catalogue = kpi_catalogue()
    for name, value in first.items():
        change = second[name] - value
        rows[name] = {
            "label": catalogue.loc[name, "label"],
            "unit": catalogue.loc[name, "unit"],
            "better": catalogue.loc[name, "better"],
            "first": value,
            "second": second[name],
            "change": change,
            "change_pct": 100.0 * change / value if value else float("nan"),
        }
    names = {"first": results_a.name, "second": results_b.name}
    if names["first"] == names["second"]:
        names["second"] += " (2)"
    table = pd.DataFrame.from_dict(rows, orient="index").rename(columns=names)
    table.index.name = "kpi"
    return table


def building_changes(results_a: Results, results_b: Results) -> pd.DataFrame:
    """Tell what changes for each building: KPIs of the second less those of the first.

    Returns
    -------
    pandas.DataFrame
        Index building id, a column per KPI; rows of buildings that both results have.
    """
    _same_district(results_a, results_b)
    first, second = kpi_table(results_a), kpi_table(results_b)
    both = first.index.intersection(second.index)
    change: pd.DataFrame = second.loc[both] - first.loc[both]
    change.attrs["units"] = first.attrs["units"]
    return change


def _district_values(results: Results) -> dict[str, float]:
    told = district_kpis(results)
    return {name: float("nan") if kpi["value"] is None else float(kpi["value"]) for name, kpi in told.items()}


def _same_district(results_a: Results, results_b: Results) -> None:
    districts = [str(results.dataset.attrs["district"]) for results in (results_a, results_b)]
    if districts[0] != districts[1]:
        raise ResultsError(f"results of two districts cannot be compared: {districts[0]} and {districts[1]}")
