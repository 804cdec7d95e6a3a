"""The page of a report: scenarios in words, key figures, maps, charts and sources."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd

from twin._errors import ResultsError
from twin._version import __version__
from twin.comparison import Comparison, compare
from twin.indicators import kpi_table
from twin.key_figures import kpi_catalogue
from twin.memo import Memo
from twin.model import make_twin
from twin.reporting.charts import bars, curves
from twin.reporting.colours import SCENARIOS
from twin.reporting.maps import Maps
from twin.reporting.numbers import number, scaled
from twin.rests import sources_of
from twin.results import Results, whole_file
from twin.scenario import tell
from twin.scenario.edits import AddBuildingsEdit
from twin.totals import ANNUAL, KEEP

if TYPE_CHECKING:
    from gis_data.district import District

HEADLINES = ("energy_bought_kwh", "co2_t", "energy_cost_eur", "annual_cost_eur", "peak_electricity_kw", "heat_kwh")
"""Figures that the bars show, in percent of the baseline."""
_MONTHS = tuple("JFMAMJJASOND")
_BOUGHT = ("grid_import_kwh", "district_heat_kwh", "gas_kwh", "oil_kwh", "wood_kwh")


def report(
    results: Sequence[Results],
    district: District,
    path: str | Path,
    *,
    baseline: str | None = None,
    quantities: Sequence[str] = ("co2_kg_m2", "heat_kwh_m2"),
) -> Path:
    """Write scenarios of a district side by side to one HTML file: no other file or address is needed to read it.

    Parameters
    ----------
    results : sequence of Results
        One for each scenario, of `run` or `run_city`.
    district : District
        For the maps.
    path : str or Path
        File to write, whole or not at all; folders are made.
    baseline : str, optional
        Name of the scenario that the others are held against; the first by default.
    quantities : sequence of str
        KPIs of buildings that are mapped, with their differences.

    Returns
    -------
    Path

    Raises
    ------
    ResultsError
        Where results are of another district, or a quantity is no KPI of buildings.
    """
    comparison = compare(*results, baseline=baseline)
    if str(results[0].dataset.attrs["district"]) != district.name:
        raise ResultsError(f"the results are not of the district {district.name}; give the district they are of")
    catalogue = kpi_catalogue()
    known = [str(name) for name in catalogue.index[catalogue["level"] != "district"]]
    unknown = [name for name in quantities if name not in known]
    if unknown:
        raise ResultsError(f"no figure of buildings is called {', '.join(unknown)}; take one of {', '.join(known)}")
    by_title = _ordered(results, comparison)
    parts = [
        _head(comparison, district, results[0]),
        _scenarios(comparison, by_title),
        _table(comparison),
        _maps(comparison, by_title, district, quantities),
        _charts(comparison, by_title),
        _sources(by_title),
    ]
    style = (resources.files("twin.reporting") / "style.css").read_text(encoding="utf-8")
    title = escape(f"{district.title}: {', '.join(comparison.titles[name] for name in comparison.names)}")
    page = (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta name="viewport" content="width=device-width,initial-scale=1"><style>{style}</style></head>'
        f"<body>{''.join(parts)}</body></html>\n"
    )
    with whole_file(path) as part:
        part.write_text(page, encoding="utf-8")
    return Path(path)


def _ordered(results: Sequence[Results], comparison: Comparison) -> dict[str, Results]:
    """Results by name, the baseline first."""
    rest = [result for result in results if result.name != comparison.baseline]
    first = [result for result in results if result.name == comparison.baseline]
    return dict(zip(comparison.names, [*first, *rest], strict=True))


def _head(comparison: Comparison, district: District, results: Results) -> str:
    attrs = results.dataset.attrs
    count = results.dataset.sizes["building"]
    several = f" against “{escape(comparison.titles[comparison.baseline])}”" if len(comparison.names) > 1 else ""
    return (
        f"<header><h1>{escape(district.title)}: what if?</h1>"
        f'<p class="lead">{len(comparison.names)} scenarios{several}, {count} buildings, one year hour by hour. '
        f"Map of {escape(district.data_date)}; weather: {escape(str(attrs['weather_kind']))}. "
        "Modelled figures on assumed buildings: good for comparing, not for billing.</p></header>"
    )


def _scenarios(comparison: Comparison, results: dict[str, Results]) -> str:
    cards = []
    for k, (name, result) in enumerate(results.items()):
        scenario = result.scenario
        if name == comparison.baseline:
            words = [tell(edit) for edit in scenario.edits] or ["No change"]
        else:
            words = [change.sentence for change in comparison.edits[name]] or ["The same as the baseline"]
        notes = [note for note in str(result.dataset.attrs.get("notes", "")).split("; ") if note]
        items = "".join(f"<li>{escape(word)}</li>" for word in [*words, *(f"Note: {note}" for note in notes)])
        colour = SCENARIOS[min(k, len(SCENARIOS) - 1)]
        mark = " (baseline)" if name == comparison.baseline else ""
        cards.append(
            f'<section style="--c:{colour}"><h3>{escape(comparison.titles[name])}{mark}</h3>'
            f"<div>{escape(scenario.told()[1])}</div><ul>{items}</ul></section>"
        )
    return f'<h2>Scenarios</h2><div class="scenarios">{"".join(cards)}</div>'


def _table(comparison: Comparison) -> str:
    heads = "".join(f"<th>{escape(comparison.titles[name])}</th>" for name in comparison.names)
    rows = []
    for kpi, about in comparison.about.iterrows():
        values = comparison.figures.loc[kpi]
        if values.isna().all():
            continue
        divisor, unit = scaled(values.tolist(), str(about["unit"]))
        cells = []
        for name in comparison.names:
            change = "" if name == comparison.baseline else _change(comparison, str(kpi), name, divisor)
            cells.append(f"<td>{number(values[name] / divisor)}{change}</td>")
        rows.append(
            f'<tr><td title="{escape(str(about["description"]))}">{escape(str(about["label"]))}'
            f"<small>{escape(unit)} · {escape(str(about['kind']))}</small></td>{''.join(cells)}</tr>"
        )
    return (
        "<h2>Key figures</h2><p>Below each figure its change against the baseline; ✓ better, ✗ worse. "
        '“–”: cannot be told.</p><div class="wide"><table><thead><tr><th>Figure</th>'
        f"{heads}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )


def _change(comparison: Comparison, kpi: str, name: str, divisor: float) -> str:
    change = float(comparison.changes.loc[kpi, name])
    if not np.isfinite(change):
        return ""
    if abs(change) / divisor < 5e-4 * max(abs(float(comparison.figures.loc[kpi, comparison.baseline])) / divisor, 1e-9):
        return "<small>same</small>"
    better = (change < 0) == (comparison.about.loc[kpi, "better"] == "lower")
    percent = float(comparison.changes_pct.loc[kpi, name])
    more = f" ({number(percent, sign=True)} %)" if np.isfinite(percent) else ""
    mark, word = ("✓", "better") if better else ("✗", "worse")
    return f'<small class="{word}">{mark} {number(change / divisor, sign=True)}{more}</small>'


def _maps(comparison: Comparison, results: dict[str, Results], district: District, quantities: Sequence[str]) -> str:
    maps = Maps(district, _footprints(results, district))
    tables = {name: kpi_table(result) for name, result in results.items()}
    base = tables[comparison.baseline]
    catalogue, parts = kpi_catalogue(), [maps.shared()]
    for quantity in quantities:
        label, unit = (str(catalogue.loc[quantity, column]) for column in ("label", "unit"))
        everything = pd.concat([table[quantity] for table in tables.values()]).dropna()
        # The ends leave out the odd building, which would take all colour from the others.
        low, high = (float(v) for v in everything.quantile([0.02, 0.98])) if len(everything) else (0.0, 1.0)
        figures = [maps.amount(base[quantity], f"{label}: {comparison.titles[comparison.baseline]}", unit, (low, high))]
        differences = {name: table[quantity] - base[quantity] for name, table in tables.items() if table is not base}
        most = max((float(d.abs().quantile(0.98)) for d in differences.values() if d.notna().any()), default=0.0)
        for name, change in differences.items():
            title = comparison.titles[name]
            figures.append(maps.amount(tables[name][quantity], f"{label}: {title}", unit, (low, high)))
            told = f"Change: {title} less {comparison.titles[comparison.baseline]}"
            figures.append(maps.difference(change, told, unit, most or 1.0))
        parts.append(f'<h3>{escape(label)}</h3><div class="figures">{"".join(figures)}</div>')
    attribution = escape("; ".join(source.attribution for source in district.sources))
    return f"<h2>Maps</h2>{''.join(parts)}<p><small>{attribution}. Grey: cannot be told. North is up.</small></p>"


def _footprints(results: dict[str, Results], district: District) -> Any:
    """Footprints of all buildings of all scenarios; new ones are made as the run made them."""
    found = district.buildings.geometry
    for result in results.values():
        if any(isinstance(edit, AddBuildingsEdit) for edit in result.scenario.edits):
            made = make_twin(district, result.scenario, seed=int(result.dataset.attrs["seed"]), memo=Memo(keep=0))
            new = made.buildings.geometry[~made.buildings.index.isin(found.index)]
            found = gpd.GeoSeries(pd.concat([found, new]), crs=found.crs)
    return found


def _charts(comparison: Comparison, results: dict[str, Results]) -> str:
    titles = comparison.titles
    figures = []
    hours = {name: _district_hours(result) for name, result in results.items()}
    for month, word in ((1, "January"), (7, "July")):
        days = {
            titles[name]: _mean_day(result, hours[name]["grid_import_kwh"], month) for name, result in results.items()
        }
        divisor, unit = scaled([float(v) for values in days.values() for v in values], "kW")
        told = {title: values / divisor for title, values in days.items()}
        figures.append(curves(told, f"Electricity from the grid, mean day of {word}, by the hour", unit))
    monthly = {titles[name]: _monthly(result, sum(hours[name].values())) for name, result in results.items()}
    divisor, unit = scaled([float(v) for values in monthly.values() for v in values], "kWh")
    told = {title: values / divisor for title, values in monthly.items()}
    figures.append(bars(told, _MONTHS, "Energy bought, by the month", unit))
    if len(results) > 1:
        labels = [str(comparison.about.loc[kpi, "label"]) for kpi in HEADLINES]
        shares = {
            titles[name]: comparison.changes_pct.loc[list(HEADLINES), name].to_numpy() for name in comparison.names[1:]
        }
        baseline = {titles[comparison.baseline]: np.zeros(len(HEADLINES))}
        short = [label.replace(" used", "").replace(" per year", "/a") for label in labels]
        figures.append(bars(baseline | shares, short, "Change against the baseline", "%"))
    return f'<h2>Charts</h2><div class="figures">{"".join(figures)}</div>'


def _district_hours(results: Results) -> dict[str, Any]:
    """Energy bought by the whole district in each hour, by carrier, public charging in it."""
    data = results.dataset
    annual = data.attrs.get(KEEP) == ANNUAL
    found = {}
    for name in _BOUGHT:
        key = f"district_{name}"
        found[name] = data[key].to_numpy() if annual else data[name].to_numpy().sum(axis=0, dtype=np.float64)
    if "station_charging_kwh" in data:
        found["grid_import_kwh"] = found["grid_import_kwh"] + data["station_charging_kwh"].to_numpy().sum(axis=0)
    return found


def _local(results: Results) -> pd.DatetimeIndex:
    data = results.dataset
    return pd.DatetimeIndex(data["time"].to_numpy()).tz_localize("UTC").tz_convert(str(data.attrs["timezone"]))


def _mean_day(results: Results, hourly: Any, month: int) -> Any:
    local = _local(results)
    chosen = local.month == month
    return pd.Series(hourly[chosen]).groupby(local.hour[chosen]).mean().to_numpy()


def _monthly(results: Results, hourly: Any) -> Any:
    month = _local(results).month
    return np.bincount(month - 1, weights=hourly, minlength=12)


def _sources(results: dict[str, Results]) -> str:
    rows = []
    first = next(iter(results.values()))
    told = sources_of(first.dataset)
    told |= {"costs": sources_of(list(results.values())[-1].dataset)["costs"]}
    for entry in told.values():
        kind = f" ({entry['kind']})" if entry["kind"] else ""
        rows.append(f"<dt>{escape(entry['what'])}{escape(kind)}</dt><dd>{escape(entry['source'])}</dd>")
    attrs = first.dataset.attrs
    rows.append(f"<dt>Weather's licence</dt><dd>{escape(str(attrs['weather_licence']))}</dd>")
    rows.append(f"<dt>Seed and versions</dt><dd>{attrs['seed']}; {escape(str(attrs['versions']))}</dd>")
    return (
        f"<h2>What the figures rest on</h2><dl>{''.join(rows)}</dl>"
        f"<footer>Made with city-energy-twin {escape(__version__)}.</footer>"
    )
