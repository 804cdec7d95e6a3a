"""`twin networks`: a year of every network and plant, its figures with their limits, what is beyond them, studies."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from apps.cli.terminal import ERR, OUT, progress

if TYPE_CHECKING:
    import pandas as pd

_SHOWN = 10
_FEEDERS = 5
_TECHNOLOGIES = {"pv": "solar panels", "ev": "charging", "heat_pump": "heat pumps"}


def networks(
    out: Annotated[
        Path, typer.Option("--out", "-o", help="Folder for networks, kpis.json, network_kpis.json and flows.csv.")
    ],
    name: Annotated[str, typer.Option("--district", "-d", help="District: a name or a folder.")] = "helsinki-centre",
    scenario: Annotated[
        str | None, typer.Option("--scenario", "-s", help="Scenario file (YAML) or preset; without it, as it is.")
    ] = None,
    *,
    seed: Annotated[int, typer.Option(help="Seed of everything drawn at random.")] = 0,
    hosting: Annotated[
        bool, typer.Option("--hosting", help="Also find how much PV, EV charging and heat pumps each feeder can take.")
    ] = False,
    n_1: Annotated[
        bool, typer.Option("--n-1", help="Also cut each section of the medium-voltage rings in turn.")
    ] = False,
) -> None:
    """Run a district's networks and plants through a year: who gives what, what is lost, what is overloaded."""
    import pandas as pd  # noqa: PLC0415

    import twin  # noqa: PLC0415  the models take seconds to import

    with progress("Running the networks") as report:
        district = twin.load_district(name)
        chosen = None if scenario is None else twin.load_scenario(scenario)
        results = twin.run(
            district, chosen, keep="hours", seed=seed, progress=lambda share, what: report(0.3 * share, what)
        )
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
        twin.save_json(twin.kpis(results, networks=found), out / "kpis.json")
        twin.energy_flows(results, found).to_csv(out / "flows.csv", index=False)
        rooms, lost = _rooms(results, found, report) if hosting else ({}, [])
        outages = twin.contingencies(found) if n_1 else None
        figures |= twin.study_kpis(rooms, outages)
        twin.save_json(figures, out / "network_kpis.json")
        if rooms:
            pd.concat(rooms, names=["technology"]).to_csv(out / "hosting.csv")
        if outages is not None:
            outages.to_csv(out / "contingencies.csv")
    _show_figures(figures)
    _show_beyond(found)
    if rooms:
        _show_rooms(rooms)
    if outages is not None:
        _show_outages(outages)
    for note in [*found.notes, *lost]:
        ERR.print(f"Note: {note}", markup=False)
    files = [str(out / name) for name in ("networks", "kpis.json", "network_kpis.json")]
    ERR.print(f"Written to {', '.join(files)} and {out / 'flows.csv'}", markup=False)


def _rooms(results: Any, found: Any, report: Any) -> tuple[dict[str, pd.DataFrame], list[str]]:
    """Room by technology, and why there is none of some."""
    import twin  # noqa: PLC0415
    from twin.networks.results.studies import TECHNOLOGIES  # noqa: PLC0415

    rooms, lost = {}, []
    for technology in TECHNOLOGIES:
        report(0.95, f"room for {_TECHNOLOGIES[technology]}")
        try:
            rooms[technology] = twin.hosting_capacity(found, results, technology)
        except twin.ResultsError as error:
            lost.append(f"{_TECHNOLOGIES[technology]}: {error}")
    return rooms, lost


def _show_rooms(rooms: dict[str, pd.DataFrame]) -> None:
    """Show the feeders that can take least of each technology."""
    table = Table(box=None, pad_edge=False, title="Feeders with the least room", title_justify="left")
    for column in ("", "feeder", "buildings", "kW", "kW each", "stopped by", "element", "hour"):
        table.add_column(column, justify="right" if column in {"buildings", "kW", "kW each"} else "left")
    for technology, found in rooms.items():
        for feeder, row in found.head(_FEEDERS).iterrows():
            table.add_row(
                _TECHNOLOGIES[technology], str(feeder), str(row["buildings"]), f"{row['capacity_kw']:,.3g}",
                f"{row['per_building_kw']:,.3g}", row["limit"], row["element"], f"{row['hour']:%d %b %H:%M}",
            )  # fmt: skip
    OUT.print(table)


def _show_outages(outages: pd.DataFrame) -> None:
    """Show the sections whose failure the grid does not bear."""
    bad = outages[~outages["ok"]]
    if not len(bad):
        OUT.print(f"The grid bears the failure of each of its {len(outages)} medium-voltage sections.")
        return
    table = Table(
        box=None, pad_edge=False, title=f"{len(bad)} of {len(outages)} sections must not fail", title_justify="left"
    )
    for column in ("section", "what", "closed then", "kW dark", "loading", "voltage", "broken"):
        table.add_column(column, justify="right" if column in {"kW dark", "loading", "voltage"} else "left")
    for name, row in bad.head(_SHOWN).iterrows():
        table.add_row(
            str(name), str(row["title"]), row["tie"], f"{row['unsupplied_kw']:,.3g}", f"{row['worst_loading']:.0%}",
            f"{row['lowest_voltage']:.3f}", row["limit"],
        )  # fmt: skip
    OUT.print(table)


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
            str(name), row["title"], f"{row['worst']:.3g}", _limit(row["limit"], row["unit"]),
            str(row["hours_over"]), row["origin"], first, why,
        )  # fmt: skip
    OUT.print(table)


def _limit(limit: float, unit: str) -> str:
    """Tell a limit with its unit; nothing where there is none: what comes in is beyond where anything is missing."""
    return f"{limit:.3g} {unit}".removesuffix(" 1") if math.isfinite(limit) else ""
