"""`twin run` and `twin export`: compute a year and hand it over."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from apps.cli.terminal import ERR, OUT, progress

District = Annotated[str, typer.Option("--district", "-d", help="District: a name or a folder.")]
ScenarioFile = Annotated[
    str | None, typer.Option("--scenario", "-s", help="Scenario file (YAML) or preset; without it, as it is.")
]


class Keep(StrEnum):
    """What is kept of a run."""

    hours = "hours"
    annual = "annual"


KeepOption = Annotated[
    Keep | None,
    typer.Option(
        help="hours: every hour of every building; annual: yearly figures of each and every hour of the whole "
        "(`twin export --building` computes a building's hours again). "
        "Without it, hours of up to 2000 buildings, yearly figures of more."
    ),
]
MemoryOption = Annotated[
    float, typer.Option("--memory-gb", help="Memory that it may take [GB]: less of it means fewer buildings at once.")
]


class Format(StrEnum):
    """Formats that results can be handed over in."""

    geojson = "geojson"
    geoparquet = "geoparquet"
    csv = "csv"
    netcdf = "netcdf"
    cityjson = "cityjson"


_KEPT = {
    "hours": "Kept: every hour of every building (`--keep annual` keeps less).",
    "annual": "Kept: yearly figures of every building and every hour of the whole (`--keep hours` keeps all; "
    "`twin export --building ID` computes a building's hours again).",
}


def run(
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for results.nc and kpis.json.")],
    name: District = "helsinki-centre",
    scenario: ScenarioFile = None,
    *,
    keep: KeepOption = None,
    memory_gb: MemoryOption = 2.0,
    seed: Annotated[int, typer.Option(help="Seed of everything drawn at random.")] = 0,
) -> None:
    """Compute a district's year, hour by hour: results.nc and kpis.json."""
    import twin  # noqa: PLC0415  the models take seconds to import

    with progress("Computing the year") as report:
        district = twin.load_district(name)
        file = out / "results.nc"
        # One run and no other: there is nothing to remember it for.
        results = twin.run(
            district,
            scenario_of(scenario),
            keep=None if keep is None else keep.value,
            memory_gb=memory_gb,
            out=file,
            seed=seed,
            progress=report,
            memo=twin.Memo(0),
        )
        figures = twin.save_kpis(results, out / "kpis.json")
    _show_kpis(figures)
    ERR.print(_KEPT[results.keep], markup=False)
    ERR.print(f"Written to {out / 'results.nc'} and {out / 'kpis.json'}", markup=False)


def export(
    *,
    out: Annotated[Path, typer.Option("--out", "-o", help="File to write (CSV: a folder).")],
    what: Annotated[
        Format | None, typer.Option("--format", "-f", help="Format; without it, by the file's ending.")
    ] = None,
    name: District = "helsinki-centre",
    scenario: ScenarioFile = None,
    results_file: Annotated[
        Path | None,
        typer.Option("--results", "-r", help="results.nc of an earlier run; without it, the year is computed."),
    ] = None,
    buildings: Annotated[
        list[str] | None,
        typer.Option("--building", "-b", help="Id of a building: these alone, with every hour; may be given again."),
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of everything drawn at random.")] = 0,
) -> None:
    """Hand results over as GeoJSON, GeoParquet, CSV, netCDF or CityJSON."""
    import twin  # noqa: PLC0415

    with progress("Exporting") as report:
        district = twin.load_district(name)
        if results_file is None:
            results = twin.run(district, scenario_of(scenario), seed=seed, progress=report)
        else:
            results = twin.load_results(results_file)
        if buildings:
            results = twin.building_hours(results, district, buildings)
        written = twin.export(results, district, out, format=what.value if what else None)
    ERR.print(f"Written to {written}", markup=False)


def published(
    *,
    name: District = "helsinki-centre",
    results_file: Annotated[
        Path | None,
        typer.Option("--results", "-r", help="results.nc of an earlier run; without it, the year is computed."),
    ] = None,
    sources: Annotated[bool, typer.Option(help="Show where each published range comes from.")] = False,
) -> None:
    """Show heat and electricity per m², by use and age, beside what is published of such buildings."""
    import twin  # noqa: PLC0415

    with progress("Comparing") as report:
        results = (
            twin.load_results(results_file) if results_file else twin.run(twin.load_district(name), progress=report)
        )
        rows = twin.beside_published(results)
    table = Table(box=None, pad_edge=False)
    for column in ("use", "built", "kWh/m²a of"):
        table.add_column(column)
    for column in ("buildings", "modelled", "published", "within"):
        table.add_column(column, justify="right")
    if sources:
        table.add_column("source", overflow="fold")
    for row in rows.itertuples():
        built = f"{row.from_year or '…'}–{row.to_year if row.to_year < 2100 else '…'}"
        span = f"{row.low_kwh_m2:.0f}–{row.high_kwh_m2:.0f}"
        cells = (
            row.use,
            built,
            row.quantity,
            str(row.n),
            f"{row.modelled_kwh_m2:.0f}",
            span,
            "yes" if row.within else "NO",
        )
        table.add_row(*cells, *((row.source,) if sources else ()))
    OUT.print(table)


def scenario_of(source: str | None) -> Any:
    """Load a scenario of a command line; None for the district as it is."""
    import twin  # noqa: PLC0415

    return None if source is None else twin.load_scenario(source)


def _show_kpis(kpis: dict[str, dict[str, Any]]) -> None:
    table = Table(box=None, pad_edge=False)
    for column, side in (("", "left"), ("value", "right"), ("unit", "left"), ("kind", "left")):
        table.add_column(column, justify="right" if side == "right" else "left")
    for name, kpi in kpis.items():
        value = f"{kpi['value']:,.4g}" if kpi["available"] else "–"
        table.add_row(
            str(kpi.get("label", name)), value, kpi["unit"], kpi["kind"] if kpi["available"] else kpi["reason"]
        )
    OUT.print(table)
