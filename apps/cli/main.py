"""Entry point of the command `twin`: what it can do, and how it tells errors."""

from __future__ import annotations

import logging
import sys
from pathlib import Path
from typing import Annotated

import typer

from apps.cli import devices, district, networks, results, scenarios
from apps.cli.terminal import errors
from twin._version import __version__

app = typer.Typer(
    name="twin",
    help="A city energy digital twin: districts from OpenStreetMap, every energy carrier, hour by hour.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(district.app, name="district")
app.add_typer(scenarios.app, name="scenario")
app.command("run")(results.run)
app.command("devices")(devices.devices)
app.command("networks")(networks.networks)
app.command("compare")(scenarios.compare)
app.command("export")(results.export)
app.command("published")(results.published)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"city-energy-twin {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Tell what happens, step by step.")] = False,
    _show_version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    logging.basicConfig(level=logging.INFO if verbose else logging.WARNING, format="%(name)s: %(message)s")


@app.command("app")
def serve_app(
    port: Annotated[int, typer.Option(help="Port of the map's address.", min=1, max=65535)] = 8501,
    host: Annotated[
        str, typer.Option(help="Address to listen on; 0.0.0.0 lets others on the network in.")
    ] = "127.0.0.1",
    name: Annotated[
        str, typer.Option("--district", "-d", help="District to open: a name or a folder.")
    ] = "helsinki-centre",
    scenario: Annotated[Path | None, typer.Option(help="Scenario file to start with.")] = None,
    browser: Annotated[bool, typer.Option(help="Open the map in the browser.")] = False,
) -> None:
    """Show the map in the browser."""
    from apps.server import serve  # noqa: PLC0415  the web framework takes seconds to import

    raise typer.Exit(serve(port=port, host=host, district=name, scenario=scenario, browser=browser))


def main() -> None:
    """Run the command; an error of ours is told in a sentence, without a traceback."""
    with errors():
        app()
    sys.exit(0)
