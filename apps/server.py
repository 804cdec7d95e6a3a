"""Start the map: Streamlit's page and the web service on one port."""

from __future__ import annotations

import logging
import socket
from pathlib import Path
from typing import Any

import streamlit as st
from starlette.routing import Mount

import gis_data
import twin
from apps._errors import PortInUseError
from apps.api import create_api
from apps.map.view.opening import Opening, choose, prepare
from apps.views.district_views import AS_IS, Views

_SCRIPT = Path(__file__).parent / "map" / "main.py"
_SETTINGS: dict[str, Any] = {
    "browser.gatherUsageStats": False,
    "client.toolbarMode": "minimal",
    "client.showErrorDetails": "none",
    "global.developmentMode": False,
    "server.fileWatcherType": "none",
    "server.runOnSave": False,
    # A browser that draws in software, or sleeps, may be silent for long: it is not gone.
    "server.websocketPingInterval": 300,
    "runner.magicEnabled": False,
    "theme.base": "light",
    "theme.primaryColor": "#1f4e79",
    "theme.backgroundColor": "#f5f2ed",
    "theme.secondaryBackgroundColor": "#f4f1ec",
    "theme.textColor": "#26231f",
    "theme.baseRadius": "8px",
}


def serve(
    *,
    port: int = 8501,
    host: str = "127.0.0.1",
    district: str = "helsinki-centre",
    scenario: Path | None = None,
    browser: bool = False,
) -> int:
    """Show the map until it is stopped.

    Parameters
    ----------
    port : int
        Port of the map's address.
    host : str
        Address to listen on.
    district : str
        Name or folder of the district to open.
    scenario : pathlib.Path, optional
        Scenario file to start with; the district as it is can be chosen beside it.
    browser : bool
        Whether to open the map in the browser.

    Returns
    -------
    int
        0, once the server was stopped.
    """
    _check_port(host, port)
    opening = open_district(district, scenario)
    choose(opening)
    prepare(opening)
    # Streamlit says on every start that usage is not gathered and how to open the page: one line of ours is enough.
    logging.getLogger("streamlit").setLevel(logging.WARNING)
    st.App(_SCRIPT, routes=[Mount("/api", app=create_api(opening.views, opening.networks))]).run(
        config={**_SETTINGS, "server.port": port, "server.address": host, "server.headless": not browser}
    )
    return 0


def open_district(district: str, scenario: Path | None) -> Opening:
    """Find what the map opens with.

    Parameters
    ----------
    district : str
        Name or folder of a district.
    scenario : pathlib.Path, optional
        Scenario file.
    """
    folder = gis_data.district_dir(district)
    # One that can be found by its name is loaded while the server already answers.
    listed = any(info.path == folder for info in gis_data.list_districts())
    loaded = {} if listed else {(found := gis_data.load_district(folder)).name: found}
    scenarios = {preset.name: preset for preset in twin.list_presets() if preset.name != AS_IS}
    first = AS_IS
    if scenario is not None:
        read = twin.load_scenario(scenario)
        # A file may bear a preset's name and do something else: it must not be taken for the preset.
        first = read.name if read.name not in {AS_IS, *scenarios} else f"{read.name}-file"
        scenarios[first] = read
    return Opening(Views(loaded, scenarios), next(iter(loaded), folder.name), first)


def _check_port(host: str, port: int) -> None:
    """Tell that the port is taken before the district is loaded; Streamlit would silently take another."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise PortInUseError(
                f"Port {port} of {host} is taken. Choose another: twin app --port {port + 1}."
            ) from error
