"""The default district, computed once and kept for every test of the scenes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

import gis_data
import twin
from apps.map.view import opening
from apps.map.view.opening import Opening
from apps.views.district_views import Views
from apps.views.networks.network_views import Networks
from apps.views.view import View
from tests.twin.districts import four_buildings_with_streets

DISTRICT = "helsinki-centre"
MAIN = Path(__file__).resolve().parents[2] / "apps" / "map" / "main.py"


@pytest.fixture(scope="session")
def view_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Folder of the views on disk, shared by the workers of a run and the servers they start."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / "views"
    before = os.environ.get("CITY_ENERGY_TWIN_CACHE")
    os.environ["CITY_ENERGY_TWIN_CACHE"] = str(folder)
    yield folder
    if before is None:
        del os.environ["CITY_ENERGY_TWIN_CACHE"]
    else:
        os.environ["CITY_ENERGY_TWIN_CACHE"] = before


@pytest.fixture(scope="session")
def views(view_cache: Path) -> Views:
    """Views over the default district."""
    district = gis_data.load_district(DISTRICT)
    return Views({district.name: district})


@pytest.fixture(scope="session")
def view(views: Views) -> View:
    """The default district as it is."""
    return views.open(DISTRICT)


@pytest.fixture
def page(views: Views, view: View) -> Iterator[AppTest]:
    """The map's page over the default district, with every preset."""
    presets = {preset.name: preset for preset in twin.list_presets() if preset.name != "as-is"}
    views.scenarios.update(presets)
    opening.choose(Opening(views, DISTRICT))
    yield AppTest.from_file(str(MAIN), default_timeout=60)
    opening._chosen.clear()
    for name in presets:
        views.scenarios.pop(name)


OVERLOADED = """
name: overloaded
title: Overloaded
edits:
  - {what: heating, system: direct_electric, where: {buildings: [w1]}}
  - {what: network, carrier: heat, do: operate, supply_temp_c: 55}
"""
"""Flats on electric heaters are more than their cable was laid for; the heat network is run too cool for the office."""


@pytest.fixture(scope="session")
def small_networks(view_cache: Path) -> Networks:
    """Networks of a district of four buildings, as it is and where they cannot carry what is asked."""
    district = four_buildings_with_streets()
    return Networks(Views({district.name: district}, {"overloaded": twin.parse_scenario(OVERLOADED)}))
