"""Scenarios: a baseline and the edits on it, as a short file that a person can read."""

from twin.scenario.diffing import Change, combine, conflicts, diff
from twin.scenario.edits import AnyEdit, BuildingEdit, SharedEdit
from twin.scenario.history import History, with_edits
from twin.scenario.links import decode_scenario, encode_scenario
from twin.scenario.loading import (
    dump_scenario,
    list_presets,
    load_scenario,
    parse_scenario,
    save_scenario,
    scenario_data,
)
from twin.scenario.overriding import simplified
from twin.scenario.schema import (
    AddBuildingsEdit,
    BatteryEdit,
    ChargersEdit,
    ChargingEdit,
    CoolingEdit,
    Edit,
    ElementEdit,
    EmissionFactorsEdit,
    HeatingEdit,
    HotWaterTankEdit,
    NetworkEdit,
    PlantEdit,
    PricesEdit,
    PvEdit,
    RemoveBuildingsEdit,
    RetrofitEdit,
    Scenario,
    SetpointsEdit,
    WeatherEdit,
    Where,
)
from twin.scenario.selection import selected
from twin.scenario.wording import tell

__all__ = [
    "AddBuildingsEdit",
    "AnyEdit",
    "BatteryEdit",
    "BuildingEdit",
    "Change",
    "ChargersEdit",
    "ChargingEdit",
    "CoolingEdit",
    "Edit",
    "ElementEdit",
    "EmissionFactorsEdit",
    "HeatingEdit",
    "History",
    "HotWaterTankEdit",
    "NetworkEdit",
    "PlantEdit",
    "PricesEdit",
    "PvEdit",
    "RemoveBuildingsEdit",
    "RetrofitEdit",
    "Scenario",
    "SetpointsEdit",
    "SharedEdit",
    "WeatherEdit",
    "Where",
    "combine",
    "conflicts",
    "decode_scenario",
    "diff",
    "dump_scenario",
    "encode_scenario",
    "list_presets",
    "load_scenario",
    "parse_scenario",
    "save_scenario",
    "scenario_data",
    "selected",
    "simplified",
    "tell",
    "with_edits",
]
