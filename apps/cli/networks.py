"""`twin networks`: a year of every network and plant, its key figures with their limits, and what is beyond them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from apps.cli.terminal import ERR, OUT, progress

_SHOWN = 10


def networks(
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for networks, network_kpis.json and flows.csv.")],
    name: Annotated[str, typer.Option("--district", "-d", help="District: a name or a folder.")] = "helsinki-centre",
    scenario: Annotated[
        str | None, typer.Option("--scenario", "-s", help="Scenario file (YAML) or preset; without it, as it is.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of everything drawn at random.")] = 0,
) -> None:
    """Run a district's networks and plants through a year: who gives what, what is lost, what is overloaded."""
    import twin  # noqa: PLC0415  the models take seconds to import

    with progress("Running the networks") as report:
        district = twin.load_district(name)
        chosen = None if scenario is None else twin.load_scenario(scenario)
        results = twin.run(district, chosen, seed=seed, progress=lambda share, what: report(0.3 * share, what))
        found = twin.run_networks(
            district,
            chosen,
            results=results,
            seed=seed,
            progress=lambda share, what: report(0.3 + 0.6 * share, what),
        )
        report(0.92, "writing the results")
        figures = twin.network_kpis(found)
        found.save(out / "networks")
        twin.save_json(figures, out / "network_kpis.json")
        twin.energy_flows(results, found).to_csv(out / "flows.csv", index=False)
    _show_figures(figures)
    _show_beyond(found)
    for note in found.notes:
        ERR.print(f"Note: {note}", markup=False)
    ERR.print(f"Written to {out / 'networks'}, {out / 'network_kpis.json'} and {out / 'flows.csv'}", markup=False)


def _show_figures(figures: dict[str, dict[str, Any]]) -> None:
    table = Table(box=None, pad_edge=False)
    for column in ("", "value", "unit", "limit", "", "kind"):
        table.add_column(column, justify="right" if column in {"value", "limit"} else "left")
    for figure in figures.values():
        if not figure["available"]:
            continue
        limit = figure["limit"]
        sign = {"most": "≤ ", "least": "≥ "}.get(figure["limit_side"], "")
        held = "" if limit is None else "[bold red]beyond[/]" if figure["exceeded"] else "[green]held[/]"
        table.add_row(
            figure["label"],
            f"{figure['value']:,.4g}",
            figure["unit"],
            "" if limit is None else f"{sign}{limit:,.4g}",
            held,
            figure["kind"],
        )
    OUT.print(table)


def _show_beyond(found: Any) -> None:
    """Show the elements that are longest beyond their limits, and who brings them there."""
    import twin  # noqa: PLC0415

    elements = found.elements
    over = elements[elements["hours_over"] > 0].sort_values("hours_over", ascending=False, kind="stable")
    if not len(over):
        OUT.print("Nothing is beyond its limit in any hour.")
        return
    table = Table(box=None, pad_edge=False, title=f"{len(over)} elements beyond their limits", title_justify="left")
    for column in ("element", "what", "worst", "limit", "hours", "origin", "most of it by", "because"):
        table.add_column(column, justify="right" if column in {"worst", "limit", "hours"} else "left")
    for name, row in over.head(_SHOWN).iterrows():
        blamed = twin.causes(found, str(name))
        first = "" if not len(blamed) else f"{blamed.index[0]} ({100 * blamed['share'].iloc[0]:.0f} %)"
        why = "" if not len(blamed) else str(blamed["reason"].iloc[0])
        table.add_row(
            str(name), row["title"], f"{row['worst']:.3g}", f"{row['limit']:.3g} {row['unit']}".removesuffix(" 1"),
            str(row["hours_over"]), row["origin"], first, why,
        )  # fmt: skip
    OUT.print(table)
