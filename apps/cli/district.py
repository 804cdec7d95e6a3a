"""`twin district`: build, list, show and validate districts."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from apps.cli.terminal import ERR, OUT, progress

app = typer.Typer(name="district", help="Build, list, show and validate districts.", no_args_is_help=True)


@app.command("build")
def build(
    name: Annotated[str, typer.Argument(help="Name of the district: letters, digits and hyphens.")],
    *,
    place: Annotated[str | None, typer.Option(help='A place that OpenStreetMap knows: "Otaniemi, Espoo".')] = None,
    bbox: Annotated[
        tuple[float, float, float, float] | None, typer.Option(metavar="W S E N", help="A box in degrees.")
    ] = None,
    osm: Annotated[Path | None, typer.Option(help="An OSM file: .osm, .osm.gz or .osm.pbf.")] = None,
    geojson: Annotated[Path | None, typer.Option(help="A GeoJSON file of building footprints.")] = None,
    weather: Annotated[
        str | None,
        typer.Option(
            help="An EPW or TMY3 file, 'pvgis', 'synthetic', or a CSV of monthly normals; "
            "without it, a synthetic typical year from published normals."
        ),
    ] = None,
    title: Annotated[str | None, typer.Option(help="Name for people, shown on the map.")] = None,
    seed: Annotated[int, typer.Option(help="Seed of the synthetic weather.")] = 0,
    out: Annotated[Path | None, typer.Option(help="Folder to write to; without it, the user's data folder.")] = None,
) -> None:
    """Build a district from OpenStreetMap or GeoJSON."""
    import gis_data  # noqa: PLC0415  geopandas takes a second to import

    given = [
        option
        for option, value in (("--place", place), ("--bbox", bbox), ("--osm", osm), ("--geojson", geojson))
        if value
    ]
    if set(given) not in ({"--place"}, {"--bbox"}, {"--osm"}, {"--geojson"}, {"--osm", "--bbox"}):
        raise typer.BadParameter(
            "give exactly one of --place, --bbox, --osm or --geojson (--osm may go with --bbox); "
            f"got {', '.join(given) or 'none'}"
        )
    with progress(f"Building {name}") as report:
        built = gis_data.build_district(
            name,
            place=place,
            bbox=bbox,
            osm=osm,
            geojson=geojson,
            weather=weather,
            title=title,
            seed=seed,
            progress=report,
        )
        folder = gis_data.save_district(built, out if out is not None else gis_data.user_data_dir() / name)
    OUT.print(gis_data.describe(built), markup=False)
    ERR.print(f"Written to {folder}", markup=False)


@app.command("list")
def list_() -> None:
    """List the districts at hand."""
    import gis_data  # noqa: PLC0415

    table = Table(box=None, pad_edge=False)
    for column in ("name", "title", "buildings", "data of", "where"):
        table.add_column(column, justify="right" if column == "buildings" else "left")
    for info in gis_data.list_districts():
        table.add_row(info.name, info.title, str(info.n_buildings), info.data_date, info.where)
    OUT.print(table)


@app.command("show")
def show(name: Annotated[str, typer.Argument(help="Name or folder of a district.")] = "helsinki-centre") -> None:
    """Show what a district holds and where its attributes come from."""
    import gis_data  # noqa: PLC0415

    OUT.print(gis_data.describe(gis_data.load_district(name)), markup=False)


@app.command("validate")
def validate(name: Annotated[str, typer.Argument(help="Name or folder of a district.")] = "helsinki-centre") -> None:
    """Check a district's tables; list everything that is wrong."""
    import gis_data  # noqa: PLC0415

    faults = gis_data.validate_folder(name)
    for fault in faults:
        ERR.print(fault, markup=False)
    if faults:
        raise typer.Exit(1)
    OUT.print(f"{name}: every table is as it should be", markup=False)
