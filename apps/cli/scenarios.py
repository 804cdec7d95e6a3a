"""`twin scenario` and `twin compare`: look at scenarios, hold them against each other."""

from __future__ import annotations

import math
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from apps.cli.terminal import ERR, OUT, progress

if TYPE_CHECKING:
    from twin import Comparison


class Language(StrEnum):
    """Languages that reports are written in."""

    en = "en"
    fi = "fi"
    sv = "sv"


app = typer.Typer(name="scenario", help="List, show, compare and check scenarios.", no_args_is_help=True)
Source = Annotated[str, typer.Argument(help="A scenario file (YAML) or the name of a preset.")]
_HEADLINES = (
    "energy_bought_kwh",
    "heat_kwh",
    "electricity_kwh",
    "peak_electricity_kw",
    "pv_kwh",
    "self_sufficiency",
    "energy_cost_eur",
    "investment_eur",
    "annual_cost_eur",
    "payback_years",
    "co2_t",
    "abatement_cost_eur_t",
    "overheated_buildings",
)


@app.command("list")
def list_() -> None:
    """List the presets."""
    import twin  # noqa: PLC0415  the models take seconds to import

    table = Table(box=None, pad_edge=False)
    for column in ("name", "title", "edits"):
        table.add_column(column, justify="right" if column == "edits" else "left")
    for scenario in twin.list_presets():
        table.add_row(scenario.name, scenario.told()[0], str(len(scenario.edits)))
    OUT.print(table)


@app.command("show")
def show(source: Source, link: Annotated[bool, typer.Option(help="Show the text of its link too.")] = False) -> None:
    """Show a scenario in words and as a file."""
    import twin  # noqa: PLC0415

    scenario = twin.load_scenario(source)
    title, description = scenario.told()
    OUT.print(title, style="bold", markup=False)
    if description:
        OUT.print(description, markup=False)
    for edit in scenario.edits:
        OUT.print(f"- {twin.tell(edit)}", markup=False)
    OUT.print("")
    OUT.print(twin.dump_scenario(scenario), markup=False, end="")
    if link:
        OUT.print(f"\n{twin.encode_scenario(scenario)}", markup=False)


@app.command("diff")
def diff(first: Source, second: Source) -> None:
    """Tell how a second scenario differs from a first."""
    import twin  # noqa: PLC0415

    changes = twin.diff(twin.load_scenario(first), twin.load_scenario(second))
    for change in changes:
        OUT.print(f"- {change.sentence}", markup=False)
    if not changes:
        OUT.print("The two do the same.")


@app.command("validate")
def validate(
    source: Source,
    district: Annotated[
        str | None, typer.Option("--district", "-d", help="Check the buildings that it names in this district.")
    ] = None,
) -> None:
    """Check a scenario; list everything that is wrong."""
    import twin  # noqa: PLC0415

    scenario = twin.load_scenario(source)
    notes: tuple[object, ...] = ()
    if district is not None:
        notes = twin.make_twin(twin.load_district(district), scenario).notes
    for note in notes:
        ERR.print(f"Note: {note}", markup=False)
    OUT.print(f"{scenario.name}: {len(scenario.edits)} edits, all as they should be", markup=False)


def compare(
    sources: Annotated[
        list[str], typer.Argument(metavar="A B…", help="Scenario files or presets, the baseline first.")
    ],
    *,
    name: Annotated[str, typer.Option("--district", "-d", help="District: a name or a folder.")] = "helsinki-centre",
    report: Annotated[
        Path | None, typer.Option("--report", help="HTML file to write: maps, charts, figures and sources.")
    ] = None,
    language: Annotated[Language, typer.Option("--language", "-l", help="Language of the report.")] = Language.en,
    every: Annotated[bool, typer.Option("--all", help="Show every figure, not the main ones alone.")] = False,
    networks: Annotated[
        bool, typer.Option("--networks", help="Run the networks and plants too: their figures and limits.")
    ] = False,
    seed: Annotated[int, typer.Option(help="Seed of everything drawn at random.")] = 0,
) -> None:
    """Compare scenarios: the first is the baseline."""
    import twin  # noqa: PLC0415

    scenarios = [twin.load_scenario(source) for source in sources]
    with progress("Computing the scenarios") as tell:
        district = twin.load_district(name)
        results, grids = [], []
        for number, scenario in enumerate(scenarios):
            told = _part(tell, number, len(scenarios))
            results.append(twin.run(district, scenario, keep="hours" if networks else None, seed=seed, progress=told))
            if networks:
                grids.append(twin.run_networks(district, scenario, results=results[-1], seed=seed))
        names = twin.compare(*results).names
        comparison = twin.compare(*results, networks=dict(zip(names, grids, strict=False)))
    _show(comparison, every=every, limits=networks)
    if report is not None:
        written = twin.report(results, district, report, language=language.value, networks=grids)
        ERR.print(f"Written to {written}", markup=False)


def _part(tell: Any, number: int, count: int) -> Any:
    return lambda share, what: tell((number + share) / count, what)


def _mark(beyond: object) -> str:
    """Mark a figure that is beyond its limit."""
    return " [bold red]beyond[/]" if beyond else ""


def _show(comparison: Comparison, *, every: bool, limits: bool = False) -> None:
    from twin.texts import amount, scaled  # noqa: PLC0415  as above

    table = Table(box=None, pad_edge=False)
    table.add_column("")
    table.add_column("unit")
    for name in comparison.names:
        table.add_column(name, justify="right")
    for kpi, about in comparison.about.iterrows():
        figures = comparison.figures.loc[kpi]
        beyond = comparison.exceeded.loc[kpi]
        if figures.isna().all() or not (every or kpi in _HEADLINES or (limits and math.isfinite(about["limit"]))):
            continue
        divisor, unit = scaled(figures.tolist(), str(about["unit"]))
        cells = [amount(float(figures[comparison.baseline]) / divisor, "en") + _mark(beyond[comparison.baseline])]
        for name in comparison.names[1:]:
            percent = float(comparison.changes_pct.loc[kpi, name])
            change = f" ({percent:+.1f} %)" if math.isfinite(percent) else ""
            cells.append(f"{amount(float(figures[name]) / divisor, 'en')}{change}{_mark(beyond[name])}")
        table.add_row(str(about["label"]), unit, *cells)
    OUT.print(table)
    for name in comparison.names[1:]:
        OUT.print(f"\n{comparison.titles[name]} ({name}):", markup=False)
        for edit in comparison.edits[name]:
            OUT.print(f"- {edit.sentence}", markup=False)
