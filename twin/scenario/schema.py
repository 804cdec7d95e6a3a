"""What a scenario may say: its keys, their types and units."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, PrivateAttr

from twin.scenario.edits import (
    AddBuildingsEdit,
    BatteryEdit,
    ChargersEdit,
    ChargingEdit,
    Edit,
    EmissionFactorsEdit,
    HeatingEdit,
    HotWaterTankEdit,
    PricesEdit,
    PvEdit,
    RemoveBuildingsEdit,
    RetrofitEdit,
    SetpointsEdit,
    WeatherEdit,
)
from twin.scenario.network_edits import CoolingEdit, ElementEdit, NetworkEdit, PlantEdit
from twin.scenario.parts import HeatingSystem, Name, Part, RetrofitLevel, Use, Where

__all__ = [
    "AS_IS",
    "AddBuildingsEdit",
    "BatteryEdit",
    "ChargersEdit",
    "ChargingEdit",
    "CoolingEdit",
    "Edit",
    "ElementEdit",
    "EmissionFactorsEdit",
    "HeatingEdit",
    "HeatingSystem",
    "HotWaterTankEdit",
    "NetworkEdit",
    "PlantEdit",
    "PricesEdit",
    "PvEdit",
    "RemoveBuildingsEdit",
    "RetrofitEdit",
    "RetrofitLevel",
    "Scenario",
    "SetpointsEdit",
    "Use",
    "WeatherEdit",
    "Where",
]
Title = Annotated[str, Field(max_length=200)]
Text = Annotated[str, Field(max_length=2000)]


class Scenario(Part):
    """A baseline and the edits on it, applied in their order: a later edit has the last word."""

    name: Name
    """Short name: small letters, digits and hyphens."""
    title: Title = ""
    """What people call it."""
    title_fi: Title = ""
    """The title in Finnish."""
    title_sv: Title = ""
    """The title in Swedish."""
    description: Text = ""
    """What it is for."""
    description_fi: Text = ""
    """The description in Finnish."""
    description_sv: Text = ""
    """The description in Swedish."""
    district: str | None = None
    """District it was made for; without it, any."""
    baseline: Literal["as-is"] = "as-is"
    """What the edits start from: the district as it is."""
    edits: tuple[Edit, ...] = ()
    """The edits, in order."""

    _folder: Path | None = PrivateAttr(default=None)

    @property
    def folder(self) -> Path | None:
        """Folder of the file it was read from, which files named in it are relative to."""
        return self._folder

    def told(self, language: str = "en") -> tuple[str, str]:
        """Title and description in a language ("en", "fi", "sv"); English where there is no translation."""
        title = getattr(self, f"title_{language}", "") or self.title or self.name
        return title, getattr(self, f"description_{language}", "") or self.description


AS_IS = Scenario(name="as-is", title="As it is", title_fi="Nykytila", title_sv="Nuläget")
"""The district without any edit."""
