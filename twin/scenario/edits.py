"""The edits that a scenario is made of: their keys, types and units."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeVar

from pydantic import Field, field_validator, model_validator

from twin.scenario.network_edits import CoolingEdit, ElementEdit, NetworkEdit, PlantEdit
from twin.scenario.parts import (
    Factor,
    HeatingSystem,
    Part,
    Price,
    RetrofitLevel,
    Share,
    Shift,
    Where,
    plain_area,
)

_T = TypeVar("_T", bound=Part)
_MOST_FEATURES = 500


class PvEdit(Part):
    """Put photovoltaic modules on roofs."""

    what: Literal["pv"] = "pv"
    """Kind of edit."""
    share: Share
    """Part of the usable area of every roof plane of each selected building that carries modules [0 to 1]."""
    where: Where = Where()
    """Which buildings; without it, all."""


class RetrofitEdit(Part):
    """Insulate, tighten and reglaze buildings."""

    what: Literal["retrofit"] = "retrofit"
    """Kind of edit."""
    level: RetrofitLevel
    """A level of the catalogue of retrofits: how far it goes."""
    share: Share = 1.0
    """Part of the selected buildings that is retrofitted; a larger share holds all buildings of a smaller one."""
    where: Where = Where()
    """Which buildings; without it, all that are heated."""


class HeatingEdit(Part):
    """Change the heating system of buildings."""

    what: Literal["heating"] = "heating"
    """Kind of edit."""
    system: HeatingSystem
    """System of the catalogue."""
    share: Share = 1.0
    """Part of the selected buildings that changes; a larger share holds all buildings of a smaller one."""
    where: Where = Where()
    """Which buildings; without it, all that are heated."""


class SetpointsEdit(Part):
    """Heat or cool to other temperatures."""

    what: Literal["setpoints"] = "setpoints"
    """Kind of edit."""
    heating_c: Annotated[float, Field(ge=5.0, le=28.0)] | None = None
    """Rooms are heated up to this [°C]."""
    setback_k: Annotated[float, Field(ge=0.0, le=10.0)] | None = None
    """By how much it is lowered while nobody works or lives there [K]."""
    cooling_c: Annotated[float, Field(ge=18.0, le=40.0)] | None = None
    """Rooms that have cooling are cooled down to this [°C]."""
    share: Share = 1.0
    """Part of the selected buildings; a larger share holds all buildings of a smaller one."""
    where: Where = Where()
    """Which buildings; without it, all that are heated."""

    @model_validator(mode="after")
    def _says_something(self) -> SetpointsEdit:
        if self.heating_c is None and self.setback_k is None and self.cooling_c is None:
            raise ValueError("says nothing: give `heating_c`, `setback_k` or `cooling_c`")
        return self


class HotWaterTankEdit(Part):
    """Put hot-water tanks into buildings that heat with electricity, and heat them when it suits."""

    what: Literal["hot_water_tank"] = "hot_water_tank"
    """Kind of edit."""
    days: Annotated[float, Field(ge=0.0, le=7.0)] = 1.0
    """Size: how many mean days of hot water the tank holds; 0 takes tanks away."""
    control: Literal["any", "night"] = "night"
    """Heated at `any` hour, or at `night` (22 to 7) and otherwise only before it runs empty."""
    share: Share = 1.0
    """Part of the selected buildings; a larger share holds all buildings of a smaller one."""
    where: Where = Where()
    """Which buildings; without it, all that heat with electricity."""


class BatteryEdit(Part):
    """Put batteries into buildings; they store the surplus of their own roofs."""

    what: Literal["battery"] = "battery"
    """Kind of edit."""
    kwh: Annotated[float, Field(ge=0.0, le=1e5)] | None = None
    """Capacity in each selected building [kWh]; 0 takes batteries away."""
    kwh_per_kwp: Annotated[float, Field(ge=0.0, le=20.0)] | None = None
    """Capacity for each kWp of the modules on its roof [kWh/kWp]."""
    share: Share = 1.0
    """Part of the selected buildings; a larger share holds all buildings of a smaller one."""
    where: Where = Where()
    """Which buildings; without it, all."""

    @model_validator(mode="after")
    def _has_one_size(self) -> BatteryEdit:
        if (self.kwh is None) == (self.kwh_per_kwp is None):
            raise ValueError("takes one size: `kwh` or `kwh_per_kwp`")
        return self


class ChargersEdit(Part):
    """Let electric cars charge where they park at buildings."""

    what: Literal["chargers"] = "chargers"
    """Kind of edit."""
    cars: Share
    """Part of the cars that park at each selected building that are electric and charge there [0 to 1]."""
    where: Where = Where()
    """Which buildings; without it, all."""


class ChargingEdit(Part):
    """Decide when the cars at buildings are charged."""

    what: Literal["charging"] = "charging"
    """Kind of edit."""
    control: Literal["uncontrolled", "smart"]
    """`uncontrolled` charges from the moment of plugging in; `smart` in the hours of least load and most sun."""
    where: Where = Where()
    """Which buildings; without it, all."""


class AddBuildingsEdit(Part):
    """Build new buildings."""

    what: Literal["add_buildings"] = "add_buildings"
    """Kind of edit."""
    features: tuple[dict[str, Any], ...] | None = None
    """GeoJSON Features in WGS84: Polygons with `height` or `levels`, `use`, `year`, `heating_system`, `id`."""
    file: str | None = None
    """GeoJSON file of them, relative to the scenario's own folder."""

    @field_validator("features")
    @classmethod
    def _are_areas(cls, value: tuple[dict[str, Any], ...] | None) -> tuple[dict[str, Any], ...] | None:
        if value is None:
            return None
        if not 0 < len(value) <= _MOST_FEATURES:
            raise ValueError(f"must hold 1 to {_MOST_FEATURES} features, not {len(value)}; put more into a file")
        told = []
        for number, feature in enumerate(value, start=1):
            try:
                kept = {"id": feature["id"]} if "id" in feature else {}
                shape = plain_area(feature)
            except ValueError as error:
                raise ValueError(f"feature {number} {error}") from error
            told.append({"type": "Feature", **kept, "properties": feature.get("properties") or {}, "geometry": shape})
        return tuple(told)

    @model_validator(mode="after")
    def _has_one_source(self) -> AddBuildingsEdit:
        if (self.features is None) == (self.file is None):
            raise ValueError("takes `features` or `file`, one of them")
        return self


class RemoveBuildingsEdit(Part):
    """Tear buildings down."""

    what: Literal["remove_buildings"] = "remove_buildings"
    """Kind of edit."""
    where: Where
    """Which buildings; at least one key must be given."""

    @model_validator(mode="after")
    def _not_everything(self) -> RemoveBuildingsEdit:
        if not self.where.model_dump(exclude_none=True):
            raise ValueError("would tear everything down: say in `where` which buildings")
        return self


class PricesEdit(Part):
    """Set energy prices, VAT and taxes included: the same in every hour, or electricity's by peak and valley."""

    what: Literal["prices"] = "prices"
    """Kind of edit."""
    electricity_eur_kwh: Price | None = None
    """Electricity bought, with distribution and taxes [EUR/kWh]."""
    electricity_tariff: Annotated[str, Field(min_length=1, max_length=80)] | None = None
    """In its place a tariff of time_of_use.csv, with peak and valley prices by the local clock: fi_seasonal."""
    export_eur_kwh: Price | None = None
    """Electricity sold to the grid [EUR/kWh]."""
    district_heat_eur_kwh: Price | None = None
    """District heat [EUR/kWh]."""
    gas_eur_kwh: Price | None = None
    """Gas, lower heating value [EUR/kWh]."""
    district_cold_eur_kwh: Price | None = None
    """District cold [EUR/kWh]."""
    oil_eur_kwh: Price | None = None
    """Heating oil, lower heating value [EUR/kWh]."""
    wood_eur_kwh: Price | None = None
    """Wood pellets, lower heating value [EUR/kWh]."""

    @model_validator(mode="after")
    def _says_something(self) -> PricesEdit:
        if self.electricity_tariff is not None and self.electricity_eur_kwh is not None:
            raise ValueError("says two prices of electricity: give `electricity_eur_kwh` or `electricity_tariff`")
        return _not_empty(self)


class EmissionFactorsEdit(Part):
    """Set emissions per energy bought, the same in every hour."""

    what: Literal["emission_factors"] = "emission_factors"
    """Kind of edit."""
    electricity_kgco2_kwh: Factor | None = None
    """Electricity from the grid [kgCO2/kWh]."""
    district_heat_kgco2_kwh: Factor | None = None
    """District heat [kgCO2/kWh]."""
    gas_kgco2_kwh: Factor | None = None
    """Gas [kgCO2/kWh]."""
    district_cold_kgco2_kwh: Factor | None = None
    """District cold [kgCO2/kWh]."""
    oil_kgco2_kwh: Factor | None = None
    """Heating oil [kgCO2/kWh]."""
    wood_kgco2_kwh: Factor | None = None
    """Wood [kgCO2/kWh]."""

    @model_validator(mode="after")
    def _says_something(self) -> EmissionFactorsEdit:
        return _not_empty(self)


class WeatherEdit(Part):
    """Take another year's weather, or a warmer one."""

    what: Literal["weather"] = "weather"
    """Kind of edit."""
    file: str | None = None
    """EPW or TMY3 file, relative to the scenario's own folder."""
    synthetic: bool = False
    """Generate a typical year from monthly normals."""
    seed: Annotated[int, Field(ge=0)] | None = None
    """Seed of the synthetic year; without it, the run's own."""
    shift_c: Shift = 0.0
    """Added to the air temperature of every hour [°C]: a simple future climate."""
    shift_by_month_c: Annotated[tuple[Shift, ...], Field(min_length=12, max_length=12)] | None = None
    """Added to the air temperature of January to December [°C]: a future climate that warms unevenly."""

    @model_validator(mode="after")
    def _makes_sense(self) -> WeatherEdit:
        if self.file is not None and self.synthetic:
            raise ValueError("takes `file` or `synthetic: true`, not both")
        if self.seed is not None and not self.synthetic:
            raise ValueError("`seed` needs `synthetic: true`")
        if self.shift_c and self.shift_by_month_c is not None:
            raise ValueError("takes `shift_c` or `shift_by_month_c`, not both")
        if self.file is None and not self.synthetic and not self.shift_c and self.shift_by_month_c is None:
            raise ValueError("says nothing: give `file`, `synthetic: true` or `shift_c`")
        return self


BuildingEdit = (
    PvEdit
    | RetrofitEdit
    | HeatingEdit
    | CoolingEdit
    | SetpointsEdit
    | HotWaterTankEdit
    | BatteryEdit
    | ChargersEdit
    | ChargingEdit
)
"""Edits of what buildings have."""
SharedEdit = PlantEdit | NetworkEdit | ElementEdit
"""Edits of what buildings share."""
AnyEdit = (
    BuildingEdit | SharedEdit | AddBuildingsEdit | RemoveBuildingsEdit | PricesEdit | EmissionFactorsEdit | WeatherEdit
)
Edit = Annotated[AnyEdit, Field(discriminator="what")]

EDITS: dict[str, type[Part]] = {
    "pv": PvEdit,
    "retrofit": RetrofitEdit,
    "heating": HeatingEdit,
    "setpoints": SetpointsEdit,
    "hot_water_tank": HotWaterTankEdit,
    "battery": BatteryEdit,
    "chargers": ChargersEdit,
    "charging": ChargingEdit,
    "add_buildings": AddBuildingsEdit,
    "remove_buildings": RemoveBuildingsEdit,
    "prices": PricesEdit,
    "emission_factors": EmissionFactorsEdit,
    "weather": WeatherEdit,
    "cooling": CoolingEdit,
    "plant": PlantEdit,
    "network": NetworkEdit,
    "element": ElementEdit,
}
"""Kinds of edits by their `what`."""


def _not_empty(edit: _T) -> _T:
    if edit.model_fields_set <= {"what"}:
        raise ValueError("says nothing: give at least one value")
    return edit
