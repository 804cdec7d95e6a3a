"""Scenarios: a baseline and the edits on it, as a short file that a person can read."""

from twin.scenario.loading import dump_scenario, list_presets, load_scenario, parse_scenario, save_scenario
from twin.scenario.schema import (
    EmissionFactorsEdit,
    HeatingEdit,
    PricesEdit,
    PvEdit,
    RetrofitEdit,
    Scenario,
    WeatherEdit,
    Where,
)
from twin.scenario.selection import selected

__all__ = [
    "EmissionFactorsEdit",
    "HeatingEdit",
    "PricesEdit",
    "PvEdit",
    "RetrofitEdit",
    "Scenario",
    "WeatherEdit",
    "Where",
    "dump_scenario",
    "list_presets",
    "load_scenario",
    "parse_scenario",
    "save_scenario",
    "selected",
]
