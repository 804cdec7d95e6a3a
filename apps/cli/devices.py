"""`twin devices`: list everything in a district that takes, gives, stores or measures energy."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from apps.cli.results import District, ScenarioFile, scenario_of
from apps.cli.terminal import ERR, OUT, progress


def devices(
    name: District = "helsinki-centre",
    scenario: ScenarioFile = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="CSV file to write; without it, a summary.")] = None,
    sizes: Annotated[
        bool, typer.Option(help="Compute the year for the sizes that only it tells: modules, tanks, heat pumps.")
    ] = False,
    seed: Annotated[int, typer.Option(help="Seed of everything drawn at random.")] = 0,
) -> None:
    """List devices with their ids, that meters, dispatch and trades point at: meters, chargers, batteries, plants."""
    import twin  # noqa: PLC0415  the models take seconds to import

    with progress("Listing devices") as report:
        district = twin.load_district(name)
        chosen = scenario_of(scenario)
        found = twin.make_twin(district, chosen, seed=seed).devices
        if sizes:
            results = twin.run(district, chosen, seed=seed, progress=report)
            found = twin.sized_devices(found, results.dataset)
    if out is not None:
        twin.save_csv(found, out)
        ERR.print(f"Written to {out}", markup=False)
        return
    shown = Table(box=None, pad_edge=False)
    for column in ("kind", "owners", "devices", "for example"):
        shown.add_column(column, justify="left" if column in {"kind", "for example"} else "right")
    for kind, rows in found.groupby("kind", sort=False):
        shown.add_row(str(kind), str(rows["owner"].nunique()), str(len(rows)), str(rows.index[0]))
    OUT.print(shown)
