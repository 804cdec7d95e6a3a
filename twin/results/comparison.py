"""Results side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

from twin._errors import ResultsError
from twin.results.kpis import district_kpis, kpi_catalogue, kpi_table
from twin.results.results import Results
from twin.scenario import Change, diff

if TYPE_CHECKING:
    from twin.networks.results.results import NetworkResults


@dataclass(frozen=True, eq=False)
class Comparison:
    """The district's KPIs under several scenarios, held against a named baseline.

    Attributes
    ----------
    baseline : str
        Name of the baseline; the first column.
    figures : pandas.DataFrame
        Index KPI id, a column per scenario; NaN where a figure can't be told.
    changes, changes_pct : pandas.DataFrame
        The same less the baseline, and that in percent of it (NaN where that is zero); without the baseline's column.
    about : pandas.DataFrame
        Index KPI id; `label`, `unit`, `better`, `kind`, `description`, `limit` (NaN without one) and `limit_side`.
    exceeded : pandas.DataFrame
        As `figures`: whether each is beyond its limit.
    titles : mapping of str to str
        What people call each scenario.
    edits : mapping of str to tuple of Change
        How each scenario differs from the baseline, in words.
    """

    baseline: str
    figures: pd.DataFrame
    changes: pd.DataFrame
    changes_pct: pd.DataFrame
    about: pd.DataFrame
    titles: Mapping[str, str]
    edits: Mapping[str, tuple[Change, ...]]
    exceeded: pd.DataFrame = field(default_factory=pd.DataFrame)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the scenarios, the baseline first."""
        return tuple(str(name) for name in self.figures.columns)

    @property
    def table(self) -> pd.DataFrame:
        """All in one: `label`, `unit`, `better`, `kind`, each scenario, and `change <name>`, `change_pct <name>`."""
        parts = [self.about[["label", "unit", "better", "kind"]], self.figures]
        parts += [self.changes.add_prefix("change "), self.changes_pct.add_prefix("change_pct ")]
        return pd.concat(parts, axis=1)


def compare(
    *results: Results, baseline: str | None = None, networks: Mapping[str, NetworkResults] | None = None
) -> Comparison:
    """Compare the district's KPIs of several results.

    Parameters
    ----------
    *results : Results
        Two or more of the same district, or one alone.
    baseline : str, optional
        Name of the scenario that the others are held against; the first one's by default. Payback and the cost of
        avoided emissions are those against it.
    networks : mapping of str to NetworkResults, optional
        By the scenario's name: the key figures of its networks stand below those of its buildings. Where every scenario
        has some, all are told with them, as `kpis` does; otherwise none is.

    Returns
    -------
    Comparison

    Raises
    ------
    ResultsError
        Where they are of two districts, or none is the baseline.
    """
    if not results:
        raise ResultsError("there is nothing to compare: give the results of one scenario or more")
    names = _names(results)
    first = names[0] if baseline is None else baseline
    if first not in names:
        raise ResultsError(f"none of the results is of the baseline {first}; there are {', '.join(names)}")
    by_name = dict(zip(names, results, strict=True))
    order = [first, *(name for name in names if name != first)]
    base = by_name[first]
    scope = networks if networks is not None and set(names) <= set(networks) else {}
    told: dict[str, dict[str, dict[str, Any]]] = {}
    for name in order:
        same_district(base, by_name[name])
        own = district_kpis(
            by_name[name],
            None if name == first else base,
            networks=scope.get(name),
            baseline_networks=None if name == first else scope.get(first),
        )
        told[name] = own | _of_networks(name, networks)
    values = pd.DataFrame(
        {name: {key: float("nan") if kpi["value"] is None else float(kpi["value"]) for key, kpi in of.items()}
         for name, of in told.items()}
    )  # fmt: skip
    values.index.name = "kpi"
    over = pd.DataFrame(
        {name: [bool(of.get(str(key), {}).get("exceeded")) for key in values.index] for name, of in told.items()},
        index=values.index,
    )
    changes = values[order[1:]].sub(values[first], axis=0)
    catalogue = _about(told, networks or {}).loc[values.index]
    return Comparison(
        baseline=first,
        figures=values,
        changes=changes,
        changes_pct=100.0 * changes.div(values[first].where(values[first] != 0.0), axis=0),
        about=catalogue,
        titles={name: by_name[name].scenario.told()[0] for name in order},
        edits={name: diff(base.scenario, by_name[name].scenario) for name in order[1:]},
        exceeded=over,
    )


def _of_networks(name: str, networks: Mapping[str, NetworkResults] | None) -> dict[str, dict[str, Any]]:
    """Key figures of a scenario's networks; none where they are not given."""
    if networks is None or name not in networks:
        return {}
    return networks[name].kpis()


def _about(told: Mapping[str, Mapping[str, Mapping[str, Any]]], networks: Mapping[str, NetworkResults]) -> pd.DataFrame:
    """Describe every figure, with what it is held against."""
    columns = ["label", "unit", "better", "kind", "description"]
    parts = [kpi_catalogue()[columns], *(each.kpi_catalogue()[columns] for each in networks.values())]
    frame: pd.DataFrame = pd.concat(parts)
    frame = frame[~frame.index.duplicated()]
    limits: dict[str, tuple[float, str]] = {}
    for of in told.values():
        for key, kpi in of.items():
            if kpi.get("limit") is not None:
                limits[key] = (float(kpi["limit"]), str(kpi.get("limit_side", "most")))
    frame["limit"] = [limits.get(str(key), (float("nan"), ""))[0] for key in frame.index]
    frame["limit_side"] = [limits.get(str(key), (float("nan"), ""))[1] for key in frame.index]
    return frame


def building_changes(results_a: Results, results_b: Results) -> pd.DataFrame:
    """Tell what changes for each building: KPIs of the second less those of the first.

    Returns
    -------
    pandas.DataFrame
        Index building id, a column per KPI; rows of buildings that both results have.
    """
    same_district(results_a, results_b)
    first, second = kpi_table(results_a), kpi_table(results_b)
    both = first.index.intersection(second.index)
    change: pd.DataFrame = second.loc[both] - first.loc[both]
    change.attrs["units"] = first.attrs["units"]
    return change


def same_district(results_a: Results, results_b: Results) -> None:
    """Refuse results of two districts."""
    districts = [str(results.dataset.attrs["district"]) for results in (results_a, results_b)]
    if districts[0] != districts[1]:
        raise ResultsError(f"results of two districts cannot be compared: {districts[0]} and {districts[1]}")


def _names(results: tuple[Results, ...]) -> list[str]:
    """Names of the scenarios, a number behind those that come again."""
    names: list[str] = []
    for result in results:
        name, number = result.name, 1
        while name in names:
            number += 1
            name = f"{result.name} ({number})"
        names.append(name)
    return names
