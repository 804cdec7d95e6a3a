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
    from twin._errors import DistrictDataError, ExportError, ResultsError, ScenarioError, TwinError
    from twin.city import run_city
    from twin.comparison import Comparison, building_changes, compare
    from twin.exports import export
    from twin.indicators import district_kpis, kpi_table, kpis
    from twin.key_figures import kpi_catalogue
    from twin.memo import Memo
    from twin.model import Twin, make_twin
    from twin.networks.causes import causes
    from twin.networks.coupling import run_networks
    from twin.networks.key_figures import network_kpi_catalogue, network_kpis
    from twin.networks.results import NetworkResults, followed_ways, load_networks
    from twin.networks.studies import contingencies, hosting_capacity, study_kpis
    from twin.pipeline import run
    from twin.plants import plant_kinds, plant_table
    from twin.published import beside_published
    from twin.reporting import report
    from twin.results import Results, load_results, save_json
    from twin.sankey import energy_flows
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
    "Comparison": "twin.comparison",
    "building_changes": "twin.comparison",
    "compare": "twin.comparison",
    "run_city": "twin.city",
    "report": "twin.reporting",
    "export": "twin.exports",
    "district_kpis": "twin.indicators",
    "kpi_catalogue": "twin.key_figures",
    "kpi_table": "twin.indicators",
    "kpis": "twin.indicators",
    "Memo": "twin.memo",
    "Twin": "twin.model",
    "make_twin": "twin.model",
    "Results": "twin.results",
    "load_results": "twin.results",
    "save_json": "twin.results",
    "run": "twin.pipeline",
    "NetworkResults": "twin.networks.results",
    "causes": "twin.networks.causes",
    "contingencies": "twin.networks.studies",
    "followed_ways": "twin.networks.results",
    "hosting_capacity": "twin.networks.studies",
    "study_kpis": "twin.networks.studies",
    "energy_flows": "twin.sankey",
    "load_networks": "twin.networks.results",
    "network_kpi_catalogue": "twin.networks.key_figures",
    "network_kpis": "twin.networks.key_figures",
    "plant_kinds": "twin.plants",
    "plant_table": "twin.plants",
    "run_networks": "twin.networks.coupling",
    "beside_published": "twin.published",
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
    "beside_published",
    "build_district",
    "building_changes",
    "causes",
    "combine",
    "compare",
    "conflicts",
    "contingencies",
    "decode_scenario",
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
    "run_city",
    "run_networks",
    "save_district",
    "save_json",
    "save_scenario",
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
