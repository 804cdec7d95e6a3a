"""Starting the map: its port, its district, its scenario."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

import gis_data
from apps._errors import PortInUseError
from apps.server import _SETTINGS, open_district, serve


def test_a_taken_port_is_told_with_what_to_type() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(PortInUseError, match=f"--port {port + 1}"):
            serve(port=port)


def test_an_unknown_district_is_told_before_the_server_starts() -> None:
    with pytest.raises(gis_data.UnknownDistrictError, match="atlantis"):
        open_district("atlantis", None)


def test_presets_and_a_scenario_file_can_be_chosen_and_the_file_comes_first(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("name: mine\ntitle: Mine\nedits:\n  - {what: pv, share: 0.5}\n", encoding="utf-8")
    opening = open_district("helsinki-centre", file)
    assert opening.district == "helsinki-centre"
    assert opening.scenario == "mine"
    assert {"as-is", "mine", "solar-roofs"} <= set(opening.views.scenarios)


def test_a_folder_can_be_opened_that_no_list_names(tmp_path: Path) -> None:
    district = gis_data.load_district("helsinki-centre")
    gis_data.save_district(district, tmp_path / "elsewhere")
    opening = open_district(str(tmp_path / "elsewhere"), None)
    assert opening.views.districts[opening.district].title == district.title


def test_usage_is_not_gathered_and_files_are_not_watched() -> None:
    assert _SETTINGS["browser.gatherUsageStats"] is False
    assert _SETTINGS["server.fileWatcherType"] == "none"
