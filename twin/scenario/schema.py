"""What a scenario may say: its keys, their types and units."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, model_validator

Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=80)]
Share = Annotated[float, Field(ge=0.0, le=1.0)]
Price = Annotated[float, Field(ge=-1.0, le=10.0)]
Factor = Annotated[float, Field(ge=0.0, le=3.0)]
Year = Annotated[int, Field(ge=1000, le=2200)]
Use = Literal[
    "detached_house",
    "row_house",
    "apartment_block",
    "office",
    "retail",
    "hotel",
    "school",
    "university",
    "hospital",
    "assembly",
    "sports",
    "industrial",
    "warehouse",
    "transport",
    "garage",
    "outbuilding",
]
HeatingSystem = Literal[
    "district_heating",
    "direct_electric",
    "electric_boiler",
    "gas_boiler",
    "oil_boiler",
    "wood_boiler",
    "ground_source_heat_pump",
    "air_water_heat_pump",
]
RetrofitLevel = Literal["none", "light", "standard", "deep"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, use_attribute_docstrings=True)


_T = TypeVar("_T", bound=_Part)


class Where(_Part):
    """Which buildings an edit touches: those that every given key is true of; all of them where none is given."""

    buildings: tuple[str, ...] | None = None
    """Ids of buildings, as in the district's table: [w123, r55]."""
    use: tuple[Use, ...] | None = None
    """Uses: [office, retail]."""
    built_before: Year | None = None
    """Completed before the beginning of this year."""
    built_after: Year | None = None
    """Completed after the end of this year."""
    heating_system: tuple[HeatingSystem, ...] | None = None
    """Heated so before this edit: [oil_boiler]."""


class PvEdit(_Part):
    """Put photovoltaic modules on roofs."""

    what: Literal["pv"] = "pv"
    """Kind of edit."""
    share: Share
    """Part of the usable area of every roof plane of each selected building that carries modules [0 to 1]."""
    where: Where = Where()
    """Which buildings; without it, all."""


class RetrofitEdit(_Part):
    """Insulate, tighten and reglaze buildings."""

    what: Literal["retrofit"] = "retrofit"
    """Kind of edit."""
    level: RetrofitLevel
    """A level of the catalogue of retrofits: how far it goes."""
    share: Share = 1.0
    """Part of the selected buildings that is retrofitted; a larger share holds all buildings of a smaller one."""
    where: Where = Where()
    """Which buildings; without it, all that are heated."""


class HeatingEdit(_Part):
    """Change the heating system of buildings."""

    what: Literal["heating"] = "heating"
    """Kind of edit."""
    system: HeatingSystem
    """System of the catalogue."""
    share: Share = 1.0
    """Part of the selected buildings that changes; a larger share holds all buildings of a smaller one."""
    where: Where = Where()
    """Which buildings; without it, all that are heated."""


class PricesEdit(_Part):
    """Set energy prices, VAT and taxes included, the same in every hour."""

    what: Literal["prices"] = "prices"
    """Kind of edit."""
    electricity_eur_kwh: Price | None = None
    """Electricity bought, with distribution and taxes [EUR/kWh]."""
    export_eur_kwh: Price | None = None
    """Electricity sold to the grid [EUR/kWh]."""
    district_heat_eur_kwh: Price | None = None
    """District heat [EUR/kWh]."""
    gas_eur_kwh: Price | None = None
    """Gas, lower heating value [EUR/kWh]."""
    oil_eur_kwh: Price | None = None
    """Heating oil, lower heating value [EUR/kWh]."""
    wood_eur_kwh: Price | None = None
    """Wood pellets, lower heating value [EUR/kWh]."""

    @model_validator(mode="after")
    def _says_something(self) -> PricesEdit:
        return _not_empty(self)


class EmissionFactorsEdit(_Part):
    """Set emissions per energy bought, the same in every hour."""

    what: Literal["emission_factors"] = "emission_factors"
    """Kind of edit."""
    electricity_kgco2_kwh: Factor | None = None
    """Electricity from the grid [kgCO2/kWh]."""
    district_heat_kgco2_kwh: Factor | None = None
    """District heat [kgCO2/kWh]."""
    gas_kgco2_kwh: Factor | None = None
    """Gas [kgCO2/kWh]."""
    oil_kgco2_kwh: Factor | None = None
    """Heating oil [kgCO2/kWh]."""
    wood_kgco2_kwh: Factor | None = None
    """Wood [kgCO2/kWh]."""

    @model_validator(mode="after")
    def _says_something(self) -> EmissionFactorsEdit:
        return _not_empty(self)


class WeatherEdit(_Part):
    """Take another year's weather, or a warmer one."""

    what: Literal["weather"] = "weather"
    """Kind of edit."""
    file: str | None = None
    """EPW or TMY3 file, relative to the scenario's own folder."""
    synthetic: bool = False
    """Generate a typical year from monthly normals."""
    seed: Annotated[int, Field(ge=0)] | None = None
    """Seed of the synthetic year; without it, the run's own."""
    shift_c: Annotated[float, Field(ge=-15.0, le=15.0)] = 0.0
    """Added to the air temperature of every hour [°C]: a simple future climate."""

    @model_validator(mode="after")
    def _makes_sense(self) -> WeatherEdit:
        if self.file is not None and self.synthetic:
            raise ValueError("takes `file` or `synthetic: true`, not both")
        if self.seed is not None and not self.synthetic:
            raise ValueError("`seed` needs `synthetic: true`")
        if self.file is None and not self.synthetic and self.shift_c == 0.0:
            raise ValueError("says nothing: give `file`, `synthetic: true` or `shift_c`")
        return self


Edit = Annotated[
    PvEdit | RetrofitEdit | HeatingEdit | PricesEdit | EmissionFactorsEdit | WeatherEdit,
    Field(discriminator="what"),
]


class Scenario(_Part):
    """A baseline and the edits on it, applied in their order: a later edit has the last word."""

    name: Name
    """Short name: small letters, digits and hyphens."""
    title: Annotated[str, Field(max_length=200)] = ""
    """What people call it."""
    description: Annotated[str, Field(max_length=2000)] = ""
    """What it is for."""
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


AS_IS = Scenario(name="as-is", title="As it is")
"""The district without any edit."""


def _not_empty(edit: _T) -> _T:
    if edit.model_fields_set <= {"what"}:
        raise ValueError("says nothing: give at least one value")
    return edit
