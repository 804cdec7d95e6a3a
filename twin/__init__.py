"""The twin: a district and a scenario in, a year of every energy carrier out, hour by hour.

>>> import twin
>>> district = twin.load_district("helsinki-centre")
>>> results = twin.run(district, twin.load_scenario("solar-roofs"))
>>> twin.kpis(results)["district"]["pv_kwh"]["value"]
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from twin._version import __version__

if TYPE_CHECKING:
    from gis_data import build_district, list_districts, load_district, save_district
    from twin._cache.memo import Memo
    from twin._errors import DistrictDataError, ExportError, ResultsError, ScenarioError, TwinError
    from twin.exports import export
    from twin.model.devices import device_table, sized_devices
    from twin.model.plants import plant_kinds, plant_table
    from twin.model.twin import Twin, make_twin
    from twin.networks.results.causes import causes
    from twin.networks.results.kpis import network_kpi_catalogue, network_kpis
    from twin.networks.results.results import NetworkResults, followed_ways, load_networks
    from twin.networks.results.studies import contingencies, hosting_capacity, study_kpis
    from twin.networks.run import run_networks
    from twin.reporting import report
    from twin.results.balance import accounts, balance
    from twin.results.comparison import Comparison, building_changes, compare
    from twin.results.energy_flows import energy_flows
    from twin.results.kpis import district_kpis, kpi_catalogue, kpi_table, kpis, save_kpis
    from twin.results.published import beside_published
    from twin.results.results import Results, load_results, save_csv, save_json
    from twin.scenario import (
        History,
        Scenario,
        combine,
        conflicts,
        decode_scenario,
        diff,
        dump_scenario,
        encode_scenario,
        list_presets,
        load_scenario,
        parse_scenario,
        save_scenario,
        tell,
        with_edits,
    )
    from twin.simulation.hours_again import building_hours
    from twin.simulation.run import run

# Where each public name lives: imported when first asked for, so that `twin --help` needs none of it.
_HOME = {
    "build_district": "gis_data",
    "list_districts": "gis_data",
    "load_district": "gis_data",
    "save_district": "gis_data",
    "DistrictDataError": "twin._errors",
    "ExportError": "twin._errors",
    "ResultsError": "twin._errors",
    "ScenarioError": "twin._errors",
    "TwinError": "twin._errors",
    "Comparison": "twin.results.comparison",
    "building_changes": "twin.results.comparison",
    "compare": "twin.results.comparison",
    "building_hours": "twin.simulation.hours_again",
    "report": "twin.reporting",
    "export": "twin.exports",
    "district_kpis": "twin.results.kpis",
    "kpi_catalogue": "twin.results.kpis",
    "kpi_table": "twin.results.kpis",
    "kpis": "twin.results.kpis",
    "save_kpis": "twin.results.kpis",
    "Memo": "twin._cache.memo",
    "Twin": "twin.model.twin",
    "make_twin": "twin.model.twin",
    "Results": "twin.results.results",
    "load_results": "twin.results.results",
    "save_csv": "twin.results.results",
    "save_json": "twin.results.results",
    "run": "twin.simulation.run",
    "NetworkResults": "twin.networks.results.results",
    "causes": "twin.networks.results.causes",
    "contingencies": "twin.networks.results.studies",
    "followed_ways": "twin.networks.results.results",
    "hosting_capacity": "twin.networks.results.studies",
    "study_kpis": "twin.networks.results.studies",
    "energy_flows": "twin.results.energy_flows",
    "load_networks": "twin.networks.results.results",
    "network_kpi_catalogue": "twin.networks.results.kpis",
    "network_kpis": "twin.networks.results.kpis",
    "device_table": "twin.model.devices",
    "sized_devices": "twin.model.devices",
    "plant_kinds": "twin.model.plants",
    "plant_table": "twin.model.plants",
    "run_networks": "twin.networks.run",
    "accounts": "twin.results.balance",
    "balance": "twin.results.balance",
    "beside_published": "twin.results.published",
    "History": "twin.scenario",
    "Scenario": "twin.scenario",
    "combine": "twin.scenario",
    "conflicts": "twin.scenario",
    "decode_scenario": "twin.scenario",
    "diff": "twin.scenario",
    "encode_scenario": "twin.scenario",
    "tell": "twin.scenario",
    "with_edits": "twin.scenario",
    "dump_scenario": "twin.scenario",
    "list_presets": "twin.scenario",
    "load_scenario": "twin.scenario",
    "parse_scenario": "twin.scenario",
    "save_scenario": "twin.scenario",
}

__all__ = [
    "Comparison",
    "DistrictDataError",
    "ExportError",
    "History",
    "Memo",
    "NetworkResults",
    "Results",
    "ResultsError",
    "Scenario",
    "ScenarioError",
    "Twin",
    "TwinError",
    "__version__",
    "accounts",
    "balance",
    "beside_published",
    "build_district",
    "building_changes",
    "building_hours",
    "causes",
    "combine",
    "compare",
    "conflicts",
    "contingencies",
    "decode_scenario",
    "device_table",
    "diff",
    "district_kpis",
    "dump_scenario",
    "encode_scenario",
    "energy_flows",
    "export",
    "followed_ways",
    "hosting_capacity",
    "kpi_catalogue",
    "kpi_table",
    "kpis",
    "list_districts",
    "list_presets",
    "load_district",
    "load_networks",
    "load_results",
    "load_scenario",
    "make_twin",
    "network_kpi_catalogue",
    "network_kpis",
    "parse_scenario",
    "plant_kinds",
    "plant_table",
    "report",
    "run",
    "run_networks",
    "save_csv",
    "save_district",
    "save_json",
    "save_kpis",
    "save_scenario",
    "sized_devices",
    "study_kpis",
    "tell",
    "with_edits",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'twin' has no attribute {name!r}")
    value = getattr(import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
