"""The page of a report: scenarios in words, key figures, maps, charts and sources."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from html import escape
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd

from twin._cache.memo import Memo
from twin._errors import ResultsError
from twin._version import __version__
from twin.model.twin import make_twin
from twin.reporting.charts import bars, curves
from twin.reporting.colours import SCENARIOS
from twin.reporting.days import bought_by_hour, mean_day, monthly
from twin.reporting.grounds import notes_of, sources
from twin.reporting.maps import Maps
from twin.reporting.networks import NetworkPart, titles_in
from twin.reporting.networks import by_name as named
from twin.results.comparison import Comparison, compare
from twin.results.kpis import kpi_catalogue, kpi_table
from twin.results.results import Results, whole_file
from twin.scenario import tell
from twin.scenario.edits import AddBuildingsEdit
from twin.texts import DEFAULT_LANGUAGE, Texts, amount, scaled, spelled, texts

if TYPE_CHECKING:
    from gis_data.district import District
    from twin.networks.results.results import NetworkResults

HEADLINES = ("energy_bought_kwh", "co2_t", "energy_cost_eur", "annual_cost_eur", "peak_electricity_kw", "heat_kwh")
"""Figures that the bars show, in percent of the baseline."""


def report(
    results: Sequence[Results],
    district: District,
    path: str | Path,
    *,
    baseline: str | None = None,
    quantities: Sequence[str] = ("co2_kg_m2", "heat_kwh_m2"),
    language: str = DEFAULT_LANGUAGE,
    networks: Sequence[NetworkResults] | None = None,
) -> Path:
    """Write scenarios of a district side by side to one HTML file: no other file or address is needed to read it.

    Parameters
    ----------
    results : sequence of Results
        One for each scenario, of `run`.
    district : District
        For the maps.
    path : str or Path
        File to write, whole or not at all; folders are made.
    baseline : str, optional
        Name of the scenario that the others are held against; the first by default.
    quantities : sequence of str
        KPIs of buildings that are mapped, with their differences.
    language : str
        "en", "fi" or "sv". Names and sources stay as they are published.
    networks : sequence of NetworkResults, optional
        Of the same scenarios, as `run_networks` gives them: a section tells their flows, figures, problems and maps.

    Returns
    -------
    Path

    Raises
    ------
    ResultsError
        Where results are of another district, or a quantity is no KPI of buildings.
    UnknownTextError
        Where there are no texts in the language.
    """
    words = texts(language)
    comparison = compare(*results, baseline=baseline)
    if str(results[0].dataset.attrs["district"]) != district.name:
        raise ResultsError(f"the results are not of the district {district.name}; give the district they are of")
    _check(quantities)
    by_name = _ordered(results, comparison)
    found = named(networks or (), by_name)
    scope = found if found.keys() == by_name.keys() else {}
    if scope:
        comparison = compare(*results, baseline=baseline, networks=scope)
    comparison = replace(
        comparison, titles={name: result.scenario.told(language)[0] for name, result in by_name.items()}
    )
    attribution = "; ".join(dict.fromkeys(source.attribution for source in district.sources))
    made = words("report.made", version=__version__)
    parts = [
        _head(comparison, district, by_name, words),
        _scenarios(comparison, by_name, titles_in(found, district.buildings, words), words),
        _table(comparison, words),
        _maps(comparison, by_name, district, quantities, words=words, scope=scope),
        _charts(comparison, by_name, words, scope),
        _networks(found, comparison, by_name, district, words),
        sources(by_name, comparison.titles, words),
        f"<footer>{escape(attribution)}. {escape(made)}.</footer>",
    ]
    style = (resources.files("twin.reporting") / "style.css").read_text(encoding="utf-8")
    style += _page_feet(f"{district.title} · {attribution} · city-energy-twin")
    title = escape(f"{district.title}: {', '.join(comparison.titles[name] for name in comparison.names)}")
    page = (
        f'<!DOCTYPE html>\n<html lang="{language}"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta name="viewport" content="width=device-width,initial-scale=1"><style>{style}</style></head>'
        f"<body>{''.join(parts)}</body></html>\n"
    )
    with whole_file(path) as part:
        part.write_text(page, encoding="utf-8")
    return Path(path)


def _page_feet(told: str) -> str:
    """Write whose data it is at the foot of each printed page, where the browser can, and its number."""
    quoted = "".join(char if char.isalnum() or char in " .,:;()-" else f"\\{ord(char):x} " for char in told)
    box = "font-size:7.5pt;color:#666b72;font-family:system-ui,sans-serif"
    return f'@page{{@bottom-left{{content:"{quoted}";{box}}}@bottom-right{{content:counter(page);{box}}}}}'


def _check(quantities: Sequence[str]) -> None:
    catalogue = kpi_catalogue()
    known = [str(name) for name in catalogue.index[catalogue["level"] != "district"]]
    unknown = [name for name in quantities if name not in known]
    if unknown:
        raise ResultsError(f"no figure of buildings is called {', '.join(unknown)}; take one of {', '.join(known)}")


def _ordered(results: Sequence[Results], comparison: Comparison) -> dict[str, Results]:
    """Results by name, the baseline first."""
    rest = [result for result in results if result.name != comparison.baseline]
    first = [result for result in results if result.name == comparison.baseline]
    return dict(zip(comparison.names, [*first, *rest], strict=True))


def _head(comparison: Comparison, district: District, results: dict[str, Results], words: Texts) -> str:
    first = results[comparison.baseline].dataset
    count, title = len(comparison.names), comparison.titles[comparison.baseline]
    lead = "report.lead.several" if count > 1 else "report.lead"
    weather = str(first.attrs["weather_kind"])
    told = (
        words(lead, count=count, baseline=title, buildings=first.sizes["building"]),
        words("report.lead.data", date=district.data_date, weather=words.get(f"kind.{weather}", weather)),
    )
    return (
        f"<header><h1>{escape(words('report.title', district=district.title))}</h1>"
        f'<p class="lead">{escape(" ".join(told))}</p></header>'
    )


def _scenarios(comparison: Comparison, results: dict[str, Results], names: dict[str, str], words: Texts) -> str:
    cards = []
    for k, (name, result) in enumerate(results.items()):
        scenario, title = result.scenario, comparison.titles[name]
        if name == comparison.baseline:
            told = [tell(edit, words.language, names) for edit in scenario.edits] or [words("report.unchanged")]
            title = words("report.baseline", title=title) if len(results) > 1 else title
        else:
            told = [change.told(words.language, names) for change in comparison.edits[name]] or [words("diff.none")]
        told += [words("report.note", note=note) for note in notes_of(result, words)]
        items = "".join(f"<li>{escape(one)}</li>" for one in told)
        cards.append(
            f'<section style="--c:{SCENARIOS[min(k, len(SCENARIOS) - 1)]}"><h3>{escape(title)}</h3>'
            f"<div>{escape(scenario.told(words.language)[1])}</div><ul>{items}</ul></section>"
        )
    return f'<h2>{escape(words("report.scenarios"))}</h2><div class="scenarios">{"".join(cards)}</div>'


def _table(comparison: Comparison, words: Texts) -> str:
    heads = "".join(f"<th>{escape(comparison.titles[name])}</th>" for name in comparison.names)
    rows = []
    # The networks' own figures have a section of theirs.
    for kpi in comparison.about.index.intersection(kpi_catalogue().index, sort=False):
        about, values = comparison.about.loc[kpi], comparison.figures.loc[kpi]
        # A row of zeros says that nothing of the kind is there: what is not there needs no row.
        if not values.fillna(0.0).any():
            continue
        divisor, unit = scaled(values.tolist(), str(about["unit"]))
        cells = []
        for name in comparison.names:
            change = "" if name == comparison.baseline else _change(comparison, str(kpi), name, divisor, words=words)
            cells.append(f"<td>{amount(values[name] / divisor, words.language)}{change}</td>")
        kind = words.get(f"kind.{about['kind']}", str(about["kind"]))
        under = " · ".join(part for part in (spelled(unit, words("per.year")), kind) if part)
        rows.append(
            f'<tr><td title="{escape(words(f"kpi.{kpi}.help"))}">{escape(words(f"kpi.{kpi}"))}'
            f"<small>{escape(under)}</small></td>{''.join(cells)}</tr>"
        )
    told = f"<p>{escape(words('report.figures.told'))}</p>" if len(comparison.names) > 1 else ""
    return (
        f'<h2>{escape(words("report.figures"))}</h2>{told}<div class="wide"><table><thead><tr>'
        f"<th>{escape(words('report.figure'))}</th>{heads}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )


def _change(comparison: Comparison, kpi: str, name: str, divisor: float, *, words: Texts) -> str:
    change = float(comparison.changes.loc[kpi, name])
    if not np.isfinite(change):
        return ""
    if abs(change) / divisor < 5e-4 * max(abs(float(comparison.figures.loc[kpi, comparison.baseline])) / divisor, 1e-9):
        return f"<small>{escape(words('report.same'))}</small>"
    better = (change < 0) == (comparison.about.loc[kpi, "better"] == "lower")
    percent = float(comparison.changes_pct.loc[kpi, name])
    more = f" ({amount(percent, words.language, signed=True)}\u00a0%)" if np.isfinite(percent) else ""
    mark, word = ("✓", "better") if better else ("✗", "worse")
    return f'<small class="{word}">{mark} {amount(change / divisor, words.language, signed=True)}{more}</small>'


def _networks(
    found: Mapping[str, NetworkResults],
    comparison: Comparison,
    results: dict[str, Results],
    district: District,
    words: Texts,
) -> str:
    if not found:
        return ""
    # The maps' shapes stand on the page already: one drawn of the same footprints refers to them.
    return NetworkPart(found, results, comparison.titles, district.buildings, words).html(
        Maps(district, _footprints(results, district), words)
    )


def _maps(
    comparison: Comparison, results: dict[str, Results], district: District, quantities: Sequence[str], *, words: Texts,
    scope: Mapping[str, NetworkResults],
) -> str:  # fmt: skip
    maps = Maps(district, _footprints(results, district), words)
    tables = {name: kpi_table(result, networks=scope.get(name)) for name, result in results.items()}
    base, titles = tables[comparison.baseline], comparison.titles
    first, catalogue, parts = titles[comparison.baseline], kpi_catalogue(), [maps.shared()]
    heading = f"<h2>{escape(words('report.maps'))}</h2>"
    for quantity in quantities:
        label, unit = words(f"kpi.{quantity}"), spelled(str(catalogue.loc[quantity, "unit"]), words("per.year"))
        ends = maps.ends(*(table[quantity] for table in tables.values()))
        figures = [maps.amount(base[quantity], first, unit, ends, f"{label}: {first}")]
        differences = {name: table[quantity] - base[quantity] for name, table in tables.items() if table is not base}
        most = maps.most(*differences.values()) if differences else 1.0
        for name, change in differences.items():
            title = titles[name]
            figures.append(maps.amount(tables[name][quantity], title, unit, ends, f"{label}: {title}"))
            title = words("report.map.change", title=title, baseline=first)
            figures.append(maps.difference(change, title, unit, most, f"{label}: {title}"))
        parts.append(_figures(f"{heading}<h3>{escape(label)}</h3>", figures, columns=maps.columns))
        heading = ""
    attribution = "; ".join(dict.fromkeys(source.attribution for source in district.sources))
    under = f"<p><small>{escape(attribution)}. {escape(words('report.maps.told'))}</small></p>"
    return f"<section>{''.join(parts)}{under}</section>"


def _figures(heading: str, figures: Sequence[str], *, columns: int = 2) -> str:
    """Lay figures out in rows; the heading stays with the first row when the page is printed."""
    rows = [figures[k : k + columns] for k in range(0, len(figures), columns)]
    kind = "figures three" if columns == 3 else "figures"
    laid = [f'<div class="{kind}">{"".join(row)}</div>' for row in rows]
    return f'<div class="together">{heading}{laid[0]}</div>{"".join(laid[1:])}'


def _footprints(results: dict[str, Results], district: District) -> Any:
    """Footprints of all buildings of all scenarios; new ones are made as the run made them."""
    found = district.buildings.geometry
    for result in results.values():
        if any(isinstance(edit, AddBuildingsEdit) for edit in result.scenario.edits):
            made = make_twin(district, result.scenario, seed=int(result.dataset.attrs["seed"]), memo=Memo(0))
            new = made.buildings.geometry[~made.buildings.index.isin(found.index)]
            found = gpd.GeoSeries(pd.concat([found, new]), crs=found.crs)
    return found


def _charts(
    comparison: Comparison, results: dict[str, Results], words: Texts, scope: Mapping[str, NetworkResults]
) -> str:
    titles, language = comparison.titles, words.language
    figures = []
    hours = {name: bought_by_hour(result, scope.get(name)) for name, result in results.items()}
    for month, word in ((1, "january"), (7, "july")):
        days = {titles[name]: mean_day(result, hours[name]["electricity"], month) for name, result in results.items()}
        divisor, unit = scaled([float(v) for values in days.values() for v in values], "kW")
        told = words("report.chart.day", month=words(f"report.{word}"))
        figures.append(
            curves({title: values / divisor for title, values in days.items()}, told, unit, language=language)
        )
    by_month = {titles[name]: monthly(result, sum(hours[name].values())) for name, result in results.items()}
    divisor, unit = scaled([float(v) for values in by_month.values() for v in values], "kWh")
    scaled_down = {title: values / divisor for title, values in by_month.items()}
    names = words("report.months").split()
    figures.append(bars(scaled_down, names, words("report.chart.months"), unit, language=language))
    if len(results) > 1:
        shares = {
            titles[name]: comparison.changes_pct.loc[list(HEADLINES), name].to_numpy() for name in comparison.names[1:]
        }
        baseline = {titles[comparison.baseline]: np.zeros(len(HEADLINES))}
        short = [words(f"report.short.{kpi}") for kpi in HEADLINES]
        figures.append(bars(baseline | shares, short, words("report.chart.change"), "%", language=language))
    heading = f"<h2>{escape(words('report.charts'))}</h2>"
    return f"<section>{_figures(heading, figures)}</section>"
